"""Bring the catalogues up to date after a text changed: ``python -m gui.i18n.update``, translate, run it again.

It runs the two tools that come with Qt: lupdate collects the texts of the package, lrelease compiles what is translated.
The names and help texts of techniques come from the engine's own catalogue, and have a file of their own.
"""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import CATALOGUES, FOLDER, Language

PACKAGE = FOLDER.parent


def sources() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def collect(catalogue: Path) -> None:
    """Write all texts of the package into a catalogue, keeping its translations."""
    _tool("lupdate", *map(str, sources()), "-no-obsolete", "-locations", "none", "-ts", str(catalogue))


def engine_texts(catalogue: Mapping[str, Any]) -> list[str]:
    """Texts a person reads in the document of ``flyweight techniques --json``: names, help, units."""
    techniques = catalogue["techniques"]
    knobs = [knob for technique in techniques for knob in technique["knobs"]]
    found = [technique[key] for key in ("name", "family", "summary") for technique in techniques]
    found += [knob["name"].replace("_", " ") for knob in knobs]
    return list(dict.fromkeys(filter(None, [*found, *(knob[key] for key in ("unit", "help") for knob in knobs)])))


def collect_engine(texts: list[str], path: Path) -> None:
    """Write these texts into a catalogue, keeping its translations; a new one is unfinished."""
    kept: dict[str, str] = {}
    if path.exists():
        for message in ElementTree.parse(path).getroot().iter("message"):
            kept[message.findtext("source", "")] = message.findtext("translation", "")
    root = ElementTree.Element("TS", version="2.1", language=path.stem.partition("_")[2])
    context = ElementTree.SubElement(root, "context")
    ElementTree.SubElement(context, "name").text = "Engine"
    for text in texts:
        message = ElementTree.SubElement(context, "message")
        ElementTree.SubElement(message, "source").text = text
        translation = ElementTree.SubElement(message, "translation")
        translation.text = kept.get(text)
        if not translation.text:
            translation.set("type", "unfinished")
    ElementTree.indent(root, "    ")
    words = ElementTree.tostring(root, encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{words}\n', encoding="utf-8")


def compile_(catalogue: Path, compiled: Path) -> None:
    """Compile a catalogue."""
    _tool("lrelease", "-silent", str(catalogue), "-qm", str(compiled))


def _catalogue() -> dict[str, Any]:
    program = [str(Path(sys.executable).with_name("flyweight")), "techniques", "--json"]
    found = json.loads(subprocess.run(program, check=True, timeout=120, capture_output=True).stdout)
    assert isinstance(found, dict)
    return found


def _tool(name: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{name}")
    subprocess.run([str(program), *arguments], check=True, timeout=120, stdout=subprocess.DEVNULL)


def main() -> None:
    """Update every language but English."""
    texts = engine_texts(_catalogue())
    for language in Language:
        if language is not Language.ENGLISH:
            window, engine = (FOLDER / f"{name}_{language}.ts" for name in CATALOGUES)
            collect(window)
            collect_engine(texts, engine)
            for catalogue in (window, engine):
                compile_(catalogue, catalogue.with_suffix(".qm"))


if __name__ == "__main__":
    main()

"""Bring the catalogues up to date after a text changed: ``python -m gui.i18n.update``, translate, run it again.

It runs the two tools that come with Qt: lupdate collects the texts of the package, lrelease compiles what is translated.
What the engine says (names and help texts of techniques, errors, remarks) has a catalogue of its own; its translations are
written into a table beside the engine, too, for reports are made without Qt (:mod:`engine.saying`).
"""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from . import CATALOGUES, FOLDER, Language
from .sentences import sentences

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


def choices(catalogue: Mapping[str, Any]) -> list[str]:
    """Values a person can choose for a knob, as ``flyweight techniques --json`` has them."""
    knobs = [knob for technique in catalogue["techniques"] for knob in technique["knobs"]]
    return list(dict.fromkeys(str(choice) for knob in knobs for choice in knob["choices"] or ()))


def engine_catalogue(catalogue: Mapping[str, Any]) -> dict[str, list[str]]:
    """Everything the engine says, by context."""
    said = dict.fromkeys([*engine_texts(catalogue), *sentences()])
    techniques = catalogue["techniques"]
    units = dict.fromkeys(knob["unit"] for technique in techniques for knob in technique["knobs"] if knob["unit"])
    ids = [technique["id"] for technique in techniques]
    return {"Engine": list(said), "Choice": choices(catalogue), "Unit": list(units), "Technique": ids}


def engine_table(catalogue: Path) -> str:
    """What is translated of the engine's sentences, as the engine reads it: an entry a line."""
    contexts = ElementTree.parse(catalogue).getroot().iter("context")
    messages = (one for context in contexts if context.findtext("name") == "Engine" for one in context.iter("message"))
    found = {one.findtext("source", ""): one.findtext("translation", "") for one in messages}
    said = {source: translated for source, translated in found.items() if translated}
    return json.dumps(said, ensure_ascii=False, indent=0) + "\n"


def engine_table_path(language: Language) -> Path:
    """Where the engine reads it."""
    return Path(str(find_spec("engine").origin)).with_name(f"sentences.{language}.json")  # type: ignore[union-attr]


def collect_engine(contexts: Mapping[str, list[str]], path: Path) -> None:
    """Write these texts into a catalogue, keeping its translations; a new one is unfinished."""
    kept: dict[tuple[str, str], str] = {}
    if path.exists():
        for context in ElementTree.parse(path).getroot().iter("context"):
            for message in context.iter("message"):
                key = context.findtext("name", ""), message.findtext("source", "")
                kept[key] = message.findtext("translation", "")
    root = ElementTree.Element("TS", version="2.1", language=path.stem.partition("_")[2])
    for name, texts in contexts.items():
        context = ElementTree.SubElement(root, "context")
        ElementTree.SubElement(context, "name").text = name
        for text in texts:
            message = ElementTree.SubElement(context, "message")
            ElementTree.SubElement(message, "source").text = text
            translation = ElementTree.SubElement(message, "translation")
            translation.text = kept.get((name, text))
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
    contexts = engine_catalogue(_catalogue())
    for language in Language:
        if language is not Language.ENGLISH:
            window, engine = (FOLDER / f"{name}_{language}.ts" for name in CATALOGUES)
            collect(window)
            collect_engine(contexts, engine)
            engine_table_path(language).write_text(engine_table(engine), encoding="utf-8")
            for catalogue in (window, engine):
                compile_(catalogue, catalogue.with_suffix(".qm"))


if __name__ == "__main__":
    main()

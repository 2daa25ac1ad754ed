"""Bring the catalogues up to date after a text changed: ``python -m gui.i18n.update``, translate, run it again.

It runs the two tools that come with Qt: lupdate collects the texts of the package, lrelease compiles what is translated.
"""

import subprocess
import sys
from pathlib import Path

from . import FOLDER, Language

PACKAGE = FOLDER.parent


def sources() -> list[Path]:
    """Every module of the package."""
    return sorted(PACKAGE.rglob("*.py"))


def collect(catalogue: Path) -> None:
    """Write all texts of the package into a catalogue, keeping its translations."""
    _tool("lupdate", *map(str, sources()), "-no-obsolete", "-locations", "none", "-ts", str(catalogue))


def compile_(catalogue: Path, compiled: Path) -> None:
    """Compile a catalogue."""
    _tool("lrelease", "-silent", str(catalogue), "-qm", str(compiled))


def _tool(name: str, *arguments: str) -> None:
    program = Path(sys.executable).with_name(f"pyside6-{name}")
    subprocess.run([str(program), *arguments], check=True, timeout=120, stdout=subprocess.DEVNULL)


def main() -> None:
    """Update every language but English."""
    for language in Language:
        if language is not Language.ENGLISH:
            catalogue = FOLDER / f"flyweight_{language}.ts"
            collect(catalogue)
            compile_(catalogue, catalogue.with_suffix(".qm"))


if __name__ == "__main__":
    main()

"""Prints a Markdown document: ``python -m gui.printing FILE.md FILE.pdf TITLE``. For ``flyweight report --format pdf``."""

import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    """Print; what went wrong is the last line of stderr."""
    from PySide6.QtWidgets import QApplication

    from .theme.style import font
    from .theme.tokens import TypeSize
    from .widgets.paper import write_pdf

    source, target, title = Path(arguments[0]), Path(arguments[1]), arguments[2]
    application = QApplication(["flyweight"])
    application.setFont(font(TypeSize.BODY))
    try:
        write_pdf(source.read_text(encoding="utf-8"), target, title, source.parent)
    except OSError as error:
        print(error.strerror or error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

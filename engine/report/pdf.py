"""A Markdown document on paper. Qt lays it out, and Qt is the window's: its program prints in a process of its own."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from ..errors import MissingExtraError, WorkspaceError

PRINTER = "gui.printing"
TIMEOUT_S = 120.0


def print_pdf(markdown: Path, path: Path, title: str) -> None:
    """Print a document and the drawings beside it into a PDF file.

    Raises:
        MissingExtraError: the extra ``gui`` is not installed.
        WorkspaceError: the file cannot be written, or the printer did not end well.
    """
    if find_spec("PySide6") is None:
        raise MissingExtraError("gui", "a report as PDF")
    program = [sys.executable, "-m", PRINTER, str(markdown), str(path), title]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired:
        raise WorkspaceError(
            "not-printed", f"printing {path} took more than {TIMEOUT_S:.0f} s", "write HTML and print it from a browser"
        ) from None
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["the printer ended without a word"]
        raise WorkspaceError("not-printed", f"cannot print {path}: {lines[-1]}", "choose another place with --out FILE")

"""Where the command ``flyweight`` starts: its overview is answered before anything is loaded.

The overview is a file of the package, written by ``make docs`` from the commands themselves; a test fails when it is
stale. Everything else goes through the parser.
"""

import shutil
import sys
from pathlib import Path

OVERVIEW = Path(__file__).with_name("overview.txt")
COLUMNS = 80
"""Width the overview is written for; narrower terminals get it wrapped anew."""


def run() -> None:
    """Entry point of the command ``flyweight``."""
    if sys.argv[1:] in (["--help"], ["-h"]) and shutil.get_terminal_size().columns >= COLUMNS:
        sys.stdout.write(OVERVIEW.read_text(encoding="utf-8"))
        return
    from .main import run as run_command

    run_command()


if __name__ == "__main__":
    run()

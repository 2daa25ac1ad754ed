"""The package on the page about techniques of one's own, built and installed into a folder."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "own-technique.md").read_text(encoding="utf-8")
"""The page that tells how holds the package that is tested."""


def _block(language: str) -> str:
    """The first piece of code of a language on the page."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found.group(1)


def install(source: Path, target: Path) -> None:
    """Write the package into ``source`` and have pip install it into ``target``."""
    (source / "pyproject.toml").write_text(_block("toml"))
    (source / "tiny_techniques.py").write_text(_block("python"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(target), str(source)], check=True, timeout=300, capture_output=True)
    assert (target / "tiny_techniques.py").is_file()

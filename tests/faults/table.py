"""The table of what the fault tests saw, and what is kept of a row that failed."""

import os
import platform
import re
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.workspace import user_cache_dir

QUICK = "--quick" in sys.argv


@dataclass
class Row:
    """One line of the table; seconds and day are its own where it was not all run just now, the day that of its oldest part."""

    id: str
    what: str
    seen: str
    good: bool
    seconds: float = 0.0
    day: str = ""


class BrokeOffError(Exception):
    """A driver or the tests of a row failed.

    Args:
        what: that was run.
        done: its end.
    """

    def __init__(self, what: str, done: subprocess.CompletedProcess[str]) -> None:
        self.said = f"{done.stdout}\n{done.stderr}"
        last = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()][-1:] or ["it said nothing"]
        super().__init__(f"{what} ended with {done.returncode}: {last[0].strip()[:200]}")


def kept(id_: str, said: str) -> Path:
    """Keep what a row said; where."""
    path = user_cache_dir() / "faults" / f"{id_}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(said)
    return path


def report(rows: list[Row], before: str) -> str:
    """The page, with date and machine class.

    Args:
        rows: of this run.
        before: the page as it was; its lines stay unless they were run again, and so do the notes below the table.
    """
    system = f"Linux {platform.release().split('-')[0]}, Python {platform.python_version()}"
    day, load = f"{datetime.now(UTC):%Y-%m-%d}", os.getloadavg()[2]
    lines = {}
    for line in before.splitlines():
        cells = line.split(" | ")
        if line.startswith("| ") and len(cells) == COLUMNS and cells[0] != "|":
            lines[cells[0].removeprefix("| "), cells[1]] = line
    fresh = {r.id for r in rows}
    lines = {key: line for key, line in lines.items() if key[0] not in fresh}
    for r in rows:
        result = "NOT RUN" if r.seen.startswith("NOT RUN") else "ok" if r.good else "NOT OK"
        lines[r.id, r.what] = (
            f"| {r.id} | {r.what} | {r.seen} | {result} | {r.seconds:.0f} | {r.day or day}{', quick' * QUICK} |"
        )
    head = [
        "# Faults", "",
        "What `make faults` saw. Each row says when it was run; the seconds are those of this machine with whatever else ran",
        f"on it: {os.cpu_count()} cores, {platform.machine()}, {system}, load {load:.0f} at the end.",
        "The numbers R1 to R15 are those of the demands the tests were written for; each test asserts that its fault really",
        "happened and has a control that plants a mistake and must find it.", "",
        "| | fault | seen | result | s | day |", "|---|---|---|---|---|---|",
    ]  # fmt: skip
    notes = before.rpartition("\n| ")[2].partition("\n")[2].rstrip()
    return "\n".join([*head, *(lines[key] for key in sorted(lines, key=_place)), *([notes] if notes else [])]) + "\n"


COLUMNS = 6


def _place(key: tuple[str, str]) -> tuple[int, str, str]:
    """Where a row stands: R1, R1b, R2, ..., and what has no number at the end."""
    number = re.match(r"R(\d+)", key[0])
    return int(number[1]) if number else 99, key[0], key[1]


def attempted(step: Callable[[], Row], id_: str, before: str) -> Row:
    """A row, also where its step broke off: then with the reason."""
    try:
        return step()
    except Exception as error:  # one row that breaks off must not take the others with it
        said = error.said if isinstance(error, BrokeOffError) else traceback.format_exc()
        reason = str(error) if isinstance(error, BrokeOffError) else f"{type(error).__name__}: {str(error)[:200]}"
        print(f"{id_:6} broke off; all it said: {kept(id_, said)}", file=sys.stderr)
        cells = [line.split(" | ") for line in before.splitlines() if line.startswith(f"| {id_} | ")]
        what = cells[0][1] if len(cells) == 1 else getattr(step, "__name__", id_)
        return Row(id_, what, "it broke off: " + " ".join(reason.split()).replace("|", "/"), False)

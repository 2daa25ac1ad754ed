"""The page of results: rows that were not run keep their line, and its day."""

import subprocess
from pathlib import Path

from engine.workspace import user_cache_dir

from .table import BrokeOffError, Row, attempted, report


def rows(page: str) -> list[list[str]]:
    return [
        line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ") and "| fault |" not in line
    ]


def test_that_a_row_that_is_run_again_takes_the_place_of_its_old_line_and_the_others_stay():
    first = report([Row("R9", "tamper", "refused", True, 3.0), Row("R15", "race", "0 faults", True)], "")
    assert [row[0] for row in rows(first)] == ["R9", "R15"]
    again = report(
        [Row("R9", "tamper anew", "accepted", False, 4.0), Row("R1b", "kill", "NOT RUN: no strace", True)], first
    )
    assert [row[:4] for row in rows(again)] == [
        ["R1b", "kill", "NOT RUN: no strace", "NOT RUN"],
        ["R9", "tamper anew", "accepted", "NOT OK"],
        ["R15", "race", "0 faults", "ok"],
    ]
    assert again.count("| fault |") == first.count("| fault |") == 1


def test_that_notes_below_the_table_stay():
    first = report([Row("R9", "tamper", "refused", True)], "")
    again = report([Row("R1", "kill", "fine", True)], f"{first}\nOn a shared | machine.\nTwo lines.\n")
    assert again.endswith("|\n\nOn a shared | machine.\nTwo lines.\n")
    assert [row[0] for row in rows(again)] == ["R1", "R9"]


def test_that_both_rows_of_one_demand_are_kept():
    both = [Row("R12", "killed writers", "0 lost", True), Row("R12", "changed values", "noticed", True)]
    assert len(rows(report(both, report(both, "")))) == 2


def test_that_a_row_that_breaks_off_gives_its_reason_and_keeps_all_that_was_said(home: Path):
    def lab() -> Row:
        raise BrokeOffError("the lab", subprocess.CompletedProcess([], 3, "much text", "Traceback\nno | board\n"))

    def broken() -> Row:
        return [][1]

    before = report([Row("R6b", "12 boards", "fine", True)], "")
    row = attempted(lab, "R6b", before)
    assert (row.what, row.seen, row.good) == ("12 boards", "it broke off: the lab ended with 3: no / board", False)
    assert "much text" in (user_cache_dir() / "faults" / "R6b.log").read_text()
    assert len(rows(report([row], before))) == 1
    assert "IndexError" in attempted(broken, "R9", "").seen
    assert "Traceback" in (user_cache_dir() / "faults" / "R9.log").read_text()

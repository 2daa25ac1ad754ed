"""R6b is added up over several runs: each seed with the day and the code of its own."""

from pathlib import Path
from typing import Any

from .lab_seeds import keep, load, revision, row, stamped
from .table import report


def result(seed: int, **other: Any) -> dict[str, Any]:
    seen = {
        "kills": 2,
        "harmed": 1,
        "fired": {"cut": 3, "agent": 1},
        "wrong": [],
        "planted": True,
        "seconds": 300 + seed,
    }
    return {"boards": 50, "seed": seed, **seen, "day": "2026-11-28", "revision": "aaaaaaa", **other}


def test_that_the_seeds_of_two_runs_add_up_and_name_their_code_and_their_oldest_day(tmp_path: Path):
    kept = tmp_path / "kept.jsonl"
    for seed in (0, 1):
        keep(kept, result(seed))
    for seed in (4, 2):
        keep(kept, result(seed, day="2026-11-30", revision="bbbbbbb+"))
    keep(kept, result(0, boards=12))
    added = row(50, load(kept, 50))
    assert added.good
    assert added.seen.startswith("4 rollouts (seeds 0-2, 4; code of aaaaaaa, bbbbbbb+; 300 to 304 s each), ")
    assert (
        "killed 8 times, faults that hit: agent 4, cut 12; 4 boards harmed within the limits, 0 things wrong"
        in added.seen
    )
    (line,) = [line for line in report([added], "").splitlines() if line.startswith("| R6b")]
    assert line.endswith(f"| {300 + 301 + 302 + 304} | 2026-11-28 |")
    assert row(12, load(kept, 12)).seen.startswith("1 rollouts (seeds 0;")


def test_that_a_seed_that_is_run_again_takes_the_place_of_its_old_result(tmp_path: Path):
    kept = tmp_path / "kept.jsonl"
    keep(kept, result(3, wrong=["lab07: still on trial"]))
    keep(kept, result(5))
    bad = row(50, load(kept, 50))
    assert not bad.good
    assert "1 things wrong: seed 3: lab07: still on trial" in bad.seen
    keep(kept, result(3))
    assert len(kept.read_text().splitlines()) == 2
    assert row(50, load(kept, 50)).good


def test_that_a_row_is_not_good_without_a_seed_a_kill_or_the_control(tmp_path: Path):
    assert not row(50, load(tmp_path / "none", 50)).good
    assert not row(50, [result(1, kills=0)]).good
    assert not row(50, [result(1), result(2, planted=False)]).good


def test_that_a_result_says_which_code_it_is_of():
    seen = stamped({"seed": 1}, 50)
    assert seen["boards"] == 50
    assert len(revision().rstrip("+")) >= 7
    assert seen["revision"] == revision()

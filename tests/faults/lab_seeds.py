"""The rollouts of R6b, kept seed by seed: 20 of them take hours, so the row is added up over several runs.

A line of JSON per seed and number of boards, with its day, the revision of the code and the load of the computer.
"""

import json
import os
import subprocess
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .table import Row

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "docs" / "faults-r6b.jsonl"
Seen = dict[str, Any]


def revision() -> str:
    """The commit that runs, with a + when anything but the results differs from it."""
    head = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=ROOT, check=True)
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", ".", ":!docs"], cwd=ROOT, check=False)
    return head.stdout.strip() + "+" * bool(changed.returncode)


def stamped(seen: Seen, boards: int) -> Seen:
    """What a rollout saw, with what one has to know about it later."""
    return {
        "boards": boards,
        **seen,
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "revision": revision(),
        "load": round(os.getloadavg()[2], 1),
    }


def load(path: Path, boards: int) -> list[Seen]:
    """The last result of each seed with so many boards, in the order of the seeds."""
    found = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    last = {item["seed"]: item for item in found if item["boards"] == boards}
    return [last[seed] for seed in sorted(last)]


def keep(path: Path, seen: Seen) -> None:
    """Write one result down, in place of an older one of its seed and number of boards."""
    lines = path.read_text().splitlines() if path.exists() else []
    others = [line for line in lines if _key(json.loads(line)) != _key(seen)]
    new = path.with_suffix(".tmp")
    new.write_text("".join(f"{line}\n" for line in [*others, json.dumps(seen)]))
    new.replace(path)


def _key(seen: Seen) -> tuple[int, int]:
    return seen["boards"], seen["seed"]


def row(boards: int, results: Sequence[Seen]) -> Row:
    """The line of the table for all of them; of the oldest day among them."""
    what = f"{boards} lab boards (own network, disk, OpenSSH, real agent), random faults, killed desktop"
    if not results:
        return Row("R6b", what, "no seed has been run", False)
    fired = Counter[str]()
    for seen in results:
        fired.update(seen["fired"])
    wrong = [f"seed {seen['seed']}: {item}" for seen in results for item in seen["wrong"]]
    kills, harmed = sum(seen["kills"] for seen in results), sum(seen["harmed"] for seen in results)
    found = sum(seen["planted"] for seen in results)
    text = f"{len(results)} rollouts (seeds {_ranges([seen['seed'] for seen in results])}; code of "
    text += f"{', '.join(dict.fromkeys(seen['revision'] for seen in results))}; "
    text += (
        f"{min(seen['seconds'] for seen in results):.0f} to {max(seen['seconds'] for seen in results):.0f} s each), "
    )
    text += f"desktop killed {kills} times, faults that hit: "
    text += ", ".join(f"{kind} {number}" for kind, number in sorted(fired.items()))
    text += f"; {harmed} boards harmed within the limits, {len(wrong)} things wrong{': ' if wrong else ''}{'; '.join(wrong)}"
    text += f"; a desktop whose book is wrong is found: {found} of {len(results)}"
    good = not wrong and kills >= len(results) <= sum(fired.values()) and found == len(results)
    return Row("R6b", what, text, good, sum(seen["seconds"] for seen in results), min(seen["day"] for seen in results))


def _ranges(seeds: Sequence[int]) -> str:
    """``0-3, 7``."""
    runs: list[list[int]] = []
    for seed in sorted(seeds):
        if runs and runs[-1][1] == seed - 1:
            runs[-1][1] = seed
        else:
            runs.append([seed, seed])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)

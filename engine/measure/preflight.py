"""How far a board's state before a run lets its readings be trusted, and rounds in which the machine was disturbed.

A run is not refused because a board is busy or hot: what was found is recorded with the reading, as a grade and the checks it
rests on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from device_agent.contract.messages import Conditions, MeasureResult

BUSY = 0.5
"""Load average per processor from which on other work competes."""
LEAST_RAM_SHARE, LEAST_RAM = 0.1, 128_000_000
HOT_C = 70.0
SLOWED = 1.10
"""The probe after a run over the probe before, from which on the clock fell (AndroidX Benchmark discards from here)."""
STEADY = {"performance", "userspace"}
OWN_SHARE = 0.05
"""Of a processor's time, from which on the agent itself competes with what it measures."""
OWN = "agent"
"""The check that tells what measuring itself took."""
HELD = "held for the run"
"""What the check of the governor says where the board set it for the run and put it back."""
MOST_DISTURBED, WORTH_A_NOTE = 0.5, 0.1
REASONS = {
    "throttled": "the board throttled",
    "swap": "memory was swapped",
    "steal": "at least 5 % of the processor time was taken by other machines on this host",
    "gap": "a sensor that tells of disturbances fell silent",
}


class Grade(StrEnum):
    """``high``: nothing speaks against it; ``fair``: one or two things do; ``low``: more, or one that spoils the figures."""

    HIGH = "high"
    FAIR = "fair"
    LOW = "low"


@dataclass(frozen=True)
class Condition:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str
    grave: bool = False


@dataclass(frozen=True)
class Trust:
    """The grade and what it rests on."""

    grade: Grade
    checks: tuple[Condition, ...]

    def to_json(self) -> dict[str, Any]:
        """``trust`` of a reading."""
        return {"grade": str(self.grade), "checks": [asdict(item) for item in self.checks]}


def grade(conditions: Conditions) -> Trust | None:
    """Grade the state of a board around a run; None where its agent is too old to tell.

    Args:
        conditions: of the run.
    """
    before = conditions.preflight
    if before is None:
        return None
    found: list[Condition] = []

    def check(name: str, ok: bool, detail: str, grave: bool = False) -> None:
        found.append(Condition(name, ok, detail, grave and not ok))

    if before.load_1min is not None:
        share = before.load_1min / max(before.cpus, 1)
        check("load", share < BUSY, f"{before.load_1min:.2f} on {before.cpus} processors")
    if before.ram_available_bytes is not None and before.ram_bytes:
        least = max(LEAST_RAM, LEAST_RAM_SHARE * before.ram_bytes)
        check(
            "memory", before.ram_available_bytes >= least, f"{before.ram_available_bytes / 1e6:.0f} MB available", True
        )
    if before.power_source != "unknown":
        check("power", before.power_source == "mains", before.power_source)
    if conditions.pinned_governor is not None:
        check("governor", True, f"{conditions.pinned_governor}, {HELD}")
    elif before.governors:
        check("governor", set(before.governors) <= STEADY, ", ".join(before.governors))
    if before.temperature_c is not None:
        check("temperature", before.temperature_c < HOT_C, f"{before.temperature_c:.0f} C at the start")
    if before.probe_ns > 0 and conditions.probe_after_ns > 0:
        ratio = conditions.probe_after_ns / before.probe_ns
        check("clock", ratio <= SLOWED, f"the same work took {ratio:.2f} times as long after the run", True)
    if conditions.agent_wall_ns > 0:
        own = conditions.agent_cpu_ns / conditions.agent_wall_ns
        check(OWN, own < OWN_SHARE, f"took {own:.1%} of a processor itself")
    bad = [item for item in found if not item.ok]
    if any(item.grave for item in bad) or len(bad) > 2:
        return Trust(Grade.LOW, tuple(found))
    return Trust(Grade.FAIR if bad else Grade.HIGH, tuple(found))


def held(trust: Mapping[str, Any] | None) -> bool:
    """Whether the board held its clocks for a run, so that the governor it usually has does not matter."""
    checks = [] if trust is None else trust.get("checks", ())
    return any(item.get("name") == "governor" and str(item.get("detail")).endswith(HELD) for item in checks)


@dataclass(frozen=True)
class Undisturbed:
    """An answer without its disturbed rounds; what was left out, and why the rest cannot be believed if it cannot."""

    result: MeasureResult
    samples: tuple[np.ndarray, ...]
    note: str | None = None
    rejected: str | None = None


def undisturbed(result: MeasureResult, samples: Sequence[np.ndarray]) -> Undisturbed:
    """Leave out rounds in which the board throttled, swapped, or lost time to other machines.

    The board has made them again. Where more than half of all rounds are of that kind nothing is left out, and the readings
    are rejected.

    Args:
        result: a checked answer.
        samples: int64 ``[n]`` of each entry.
    """
    rounds = {block.round for block in result.blocks}
    bad = {block.round: block.disturbed for block in result.blocks if block.disturbed}
    if not bad:
        return Undisturbed(result, tuple(samples))
    why = "; ".join(REASONS.get(name, "the machine was disturbed") for name in sorted(set(bad.values())))
    if len(bad) > MOST_DISTURBED * len(rounds):
        return Undisturbed(result, tuple(samples), rejected=f"{len(bad)} of {len(rounds)} rounds were disturbed: {why}")
    kept: list[list[np.ndarray]] = [[] for _ in samples]
    reached, blocks = [0] * len(samples), []
    for block in result.blocks:
        if block.round in bad:
            continue
        kept[block.entry].append(samples[block.entry][block.first : block.first + block.count])
        blocks.append(replace(block, first=reached[block.entry]))
        reached[block.entry] += block.count
    entries = [replace(item, samples=count) for item, count in zip(result.entries, reached, strict=True)]
    if not all(reached):
        return Undisturbed(result, tuple(samples), rejected=f"no undisturbed round of every model: {why}")
    note = f"{len(bad)} of {len(rounds)} rounds were disturbed and left out: {why}"
    return Undisturbed(
        replace(result, blocks=blocks, entries=entries),
        tuple(np.concatenate(parts) for parts in kept),
        note if len(bad) > WORTH_A_NOTE * len(rounds) else None,
    )

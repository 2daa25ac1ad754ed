"""Which candidate of a preset to take: thinned by estimates before the work, picked by measurements after it, with reasons.

Everything here is plain comparison of figures that others took, so that a person can check every step by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..errors import UsageError

SAME_SIZE = 1.02
SAME_SPEED = 1.03  # two latencies closer than this are told apart by something else
SIZE_SLACK = 1.1  # an outline may be larger than what training makes of it by this much
SPEED_SLACK = 1.5  # guided placement may make an outline faster by this much
SAME_LOSS = 0.1  # percentage points


class Goal(StrEnum):
    """What a preset is after."""

    SIZE = "size"
    LATENCY = "latency"
    ACCURACY = "accuracy"


UNITS: Mapping[str, str] = {"accuracy_loss": "points", "latency_ms": "ms", "size_bytes": "bytes", "energy_mj": "mJ"}
"""What can be limited, with its unit."""


@dataclass(frozen=True)
class Limit:
    """``name`` is a key of :data:`UNITS`; ``most`` is the largest value that is accepted."""

    name: str
    most: float

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"name": self.name, "most": self.most, "unit": UNITS[self.name]}


@dataclass(frozen=True)
class Expected:
    """An outline's packed size and its quick timing on the board, None where it was not timed: it needs another runtime."""

    packed_bytes: int
    latency_ms: float | None


@dataclass(frozen=True)
class Found:
    """What was measured of one candidate. Loss in percentage points, latency and energy with their 95 % interval."""

    name: str
    packed_bytes: int
    loss_points: float | None
    latency_ms: float | None
    latency_ci95: tuple[float, float] | None = None
    energy_mj: float | None = None
    speedup: float | None = None


def read_limit(text: str) -> Limit:
    """A limit as it is typed.

    Raises:
        UsageError: it is not ``NAME<=NUMBER`` with a known name.

    >>> read_limit("accuracy_loss<=1")
    Limit(name='accuracy_loss', most=1.0)
    """
    name, sign, most = (part.strip() for part in text.partition("<="))
    try:
        value = float(most)
    except ValueError:
        value = -1.0
    if not sign or name not in UNITS or not 0 <= value < float("inf"):
        known = ", ".join(f"{key} ({unit})" for key, unit in UNITS.items())
        raise UsageError("bad-limit", f"'{text}' is no limit", f"write NAME<=NUMBER with one of: {known}")
    return Limit(name, value)


def thin(
    expected: Mapping[str, Expected], limits: Sequence[Limit], keep: int
) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Leave out what the estimates rule out.

    Args:
        expected: by name, the gentlest candidate first.
        limits: of the user.
        keep: how many may stay at most.

    Returns:
        The names that stay, and for each other one the reason.
    """
    out: dict[str, str] = {}
    for name, own in expected.items():
        for limit in limits:
            if reason := _beyond(own, limit):
                out[name] = reason
    stay: list[str] = []
    for name, own in expected.items():
        if name in out:
            continue
        gentler = next((other for other in stay if _no_gain(own, expected[other])), None)
        if gentler is not None:
            out[name] = f"estimated neither smaller nor faster than {gentler}, which changes less"
        else:
            stay.append(name)
    if len(stay) > keep:
        chosen = {stay[round(place * (len(stay) - 1) / max(keep - 1, 1))] for place in range(keep)}
        for name in stay:
            if name not in chosen:
                out[name] = f"left out to keep the run short: at most {keep} candidates are compressed"
        stay = [name for name in stay if name in chosen]
    return tuple(stay), out


def _beyond(own: Expected, limit: Limit) -> str:
    if limit.name == "size_bytes" and own.packed_bytes > limit.most * SIZE_SLACK:
        return f"estimated at {own.packed_bytes:,} bytes, the limit is {limit.most:,.0f}"
    if limit.name == "latency_ms" and own.latency_ms is not None and own.latency_ms > limit.most * SPEED_SLACK:
        return f"estimated at {own.latency_ms:.3f} ms, the limit is {limit.most:g}"
    return ""


def _no_gain(own: Expected, gentler: Expected) -> bool:
    """True when a harsher candidate promises nothing over a gentler one, as far as both are known alike."""
    if (own.latency_ms is None) is not (gentler.latency_ms is None):
        return False
    smaller = own.packed_bytes * SAME_SIZE < gentler.packed_bytes
    faster = (
        own.latency_ms is not None
        and gentler.latency_ms is not None
        and own.latency_ms * SAME_SPEED < gentler.latency_ms
    )
    return not smaller and not faster


def misses(found: Found, limits: Sequence[Limit]) -> tuple[str, ...]:
    """Why a candidate is not within the limits; empty when it surely is.

    A latency is within its limit when the upper end of its interval is.
    """
    reasons = []
    for limit in limits:
        value = _value(found, limit.name)
        if value is None:
            reasons.append(f"{_words(limit.name)} is unknown, the limit is {limit.most:g} {UNITS[limit.name]}")
        elif value > limit.most:
            reasons.append(f"{_words(limit.name)} is {_figure(value)}, the limit is {limit.most:g} {UNITS[limit.name]}")
    return tuple(reasons)


def _value(found: Found, name: str) -> float | None:
    if name == "latency_ms":
        return found.latency_ms if found.latency_ci95 is None else found.latency_ci95[1]
    values = {
        "accuracy_loss": found.loss_points,
        "size_bytes": float(found.packed_bytes),
        "energy_mj": found.energy_mj,
    }
    return values[name]


def _words(name: str) -> str:
    return {
        "accuracy_loss": "accuracy loss",
        "latency_ms": "latency (upper end)",
        "size_bytes": "packed size",
        "energy_mj": "energy",
    }[name]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def pick(found: Sequence[Found], goal: Goal, limits: Sequence[Limit]) -> tuple[str | None, tuple[str, ...]]:
    """The best candidate within the limits for a goal, and why.

    Those as good as the best (within 3 % of latency, 2 % of size, 0.1 point of accuracy) are told apart by accuracy loss,
    for the goal ``accuracy`` by latency.
    """
    within = [item for item in found if not misses(item, limits) and _merit(item, goal) is not None]
    if not within:
        return None, (f"none of {len(found)} measured candidates is within the limits",)
    best = min(_merit(item, goal) or 0.0 for item in within)
    slack = {Goal.LATENCY: best * SAME_SPEED, Goal.SIZE: best * SAME_SIZE, Goal.ACCURACY: best + SAME_LOSS}[goal]
    equal = [item for item in within if (_merit(item, goal) or 0.0) <= slack]
    chosen = min(equal, key=lambda item: _second(item, goal))
    reasons = [_first_reason(chosen, goal, len(within))]
    others = [item.name for item in equal if item is not chosen]
    if others:
        then = "is faster" if goal is Goal.ACCURACY else "loses less accuracy"
        reasons.append(f"as good as {', '.join(others)} in that, but {then}")
    reasons += [f"{_words(limit.name)} within {limit.most:g} {UNITS[limit.name]}" for limit in limits]
    if chosen.speedup is not None:
        reasons.append(f"{chosen.speedup:.2f}x the speed of the original, measured side by side")
    return chosen.name, tuple(reasons)


def not_picked(item: Found, chosen: Found, goal: Goal) -> str:
    """Why a candidate within the limits is not the one."""
    mine, best = _merit(item, goal), _merit(chosen, goal)
    if mine is None or best is None:
        return f"{_noun(goal)} is unknown"
    how = {
        Goal.LATENCY: f"{mine:.3f} ms against {best:.3f} ms",
        Goal.SIZE: f"{mine:,.0f} bytes against {best:,.0f}",
        Goal.ACCURACY: f"{mine:+.2f} points lost against {best:+.2f}",
    }[goal]
    return f"within the limits, but {chosen.name} is the better choice: {how}"


def _merit(item: Found, goal: Goal) -> float | None:
    """What the goal makes small."""
    return {
        Goal.LATENCY: item.latency_ms,
        Goal.SIZE: float(item.packed_bytes),
        Goal.ACCURACY: item.loss_points,
    }[goal]


def _second(item: Found, goal: Goal) -> float:
    value = item.latency_ms if goal is Goal.ACCURACY else item.loss_points
    return float("inf") if value is None else value


def _noun(goal: Goal) -> str:
    return {Goal.LATENCY: "latency", Goal.SIZE: "packed size", Goal.ACCURACY: "accuracy loss"}[goal]


def _first_reason(item: Found, goal: Goal, count: int) -> str:
    how = {
        Goal.LATENCY: f"{item.latency_ms or 0:.3f} ms",
        Goal.SIZE: f"{item.packed_bytes:,} bytes packed",
        Goal.ACCURACY: f"{item.loss_points or 0:+.2f} points",
    }[goal]
    most = {Goal.LATENCY: "lowest latency", Goal.SIZE: "smallest", Goal.ACCURACY: "least accuracy loss"}[goal]
    return f"{most} of {count} within the limits: {how}" if count > 1 else f"the only one within the limits: {how}"

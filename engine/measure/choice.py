"""Which candidate of a preset to take: thinned by estimates before the work, picked by measurements after it, with reasons.

Everything here is plain comparison of figures that others took, so that a person can check every step by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from statistics import geometric_mean

from profiles.columns import figure

from .limits import LIMIT_WORDS, OF_A_BOARD, UNITS, Limit

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


@dataclass(frozen=True)
class Expected:
    """An outline's packed size and its quick timing on the board, None where it was not timed: it needs another runtime.

    Of several boards ``latency_ms`` is the geometric mean, and ``boards_ms`` has each board's.
    """

    packed_bytes: int
    latency_ms: float | None
    boards_ms: Mapping[str, float] = field(default_factory=dict)

    @property
    def slowest_ms(self) -> float | None:
        """On the slowest board."""
        return max(self.boards_ms.values(), default=self.latency_ms)


@dataclass(frozen=True)
class Found:
    """What was measured of one candidate on one board. Loss in points of ``metric``, the latency with its 95 % interval."""

    name: str
    packed_bytes: int
    loss_points: float | None
    latency_ms: float | None
    latency_ci95: tuple[float, float] | None = None
    energy_mj: float | None = None
    memory_mb: float | None = None
    speedup: float | None = None
    target: str = ""
    metric: str = "accuracy"


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
        places = (
            [round(place * (len(stay) - 1) / (keep - 1)) for place in range(keep)] if keep > 1 else [len(stay) // 2]
        )
        chosen = {stay[place] for place in places}
        for name in stay:
            if name not in chosen:
                out[name] = f"left out to keep the run short: at most {keep} candidates are compressed"
        stay = [name for name in stay if name in chosen]
    return tuple(stay), out


def _beyond(own: Expected, limit: Limit) -> str:
    if limit.name == "size_bytes" and own.packed_bytes > limit.most * SIZE_SLACK:
        return f"estimated at {own.packed_bytes:,} bytes, the limit is {limit.most:,.0f}"
    slowest = own.slowest_ms
    if limit.name == "latency_ms" and slowest is not None and slowest > limit.most * SPEED_SLACK:
        return f"estimated at {slowest:.3f} ms, the limit is {limit.most:g}"
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


def misses(found: Sequence[Found], limits: Sequence[Limit]) -> tuple[str, ...]:
    """Why a candidate is not within the limits, on every board it was measured on; empty when it surely is.

    A latency is within its limit when the upper end of its interval is.
    """
    several = len(found) > 1
    reasons: dict[str, None] = {}
    for limit in limits:
        for item in found if limit.name in OF_A_BOARD else found[:1]:
            reason = _miss_reason(item, limit)
            if reason:
                reasons[f"on {item.target}: {reason}" if several and limit.name in OF_A_BOARD else reason] = None
    return tuple(reasons)


def _miss_reason(found: Found, limit: Limit) -> str:
    value, noun = _value(found, limit.name), _limit_words(limit.name, found.metric)
    if value is None:
        return f"{noun} is unknown, the limit is {limit.most:g} {_unit(limit)}"
    if value > limit.most:
        return f"{noun} is {figure(value)}, the limit is {limit.most:g} {_unit(limit)}"
    return ""


def _value(found: Found, name: str) -> float | None:
    if name == "latency_ms":
        return found.latency_ms if found.latency_ci95 is None else found.latency_ci95[1]
    values = {
        "accuracy_loss": found.loss_points,
        "size_bytes": float(found.packed_bytes),
        "energy_mj": found.energy_mj,
        "memory_mb": found.memory_mb,
    }
    return values[name]


def _limit_words(name: str, metric: str) -> str:
    return _loss_words(metric) if name == "accuracy_loss" else LIMIT_WORDS[name]


def _unit(limit: Limit) -> str:
    return "point" if limit.name == "accuracy_loss" and limit.most == 1 else UNITS[limit.name]


def _loss_words(metric: str) -> str:
    return "accuracy loss" if metric == "accuracy" else f"loss of {metric}"


def pick(found: Sequence[Found], goal: Goal, limits: Sequence[Limit]) -> tuple[str | None, tuple[str, ...]]:
    """The best candidate within the limits for a goal, and why.

    A candidate keeps a limit when it keeps it on every board it was measured on; the latency of several boards is their
    geometric mean. Those as good as the best (within 3 % of latency, 2 % of size, 0.1 point of accuracy) are told apart by
    accuracy loss, for the goal ``accuracy`` by latency; those as good in that, too, by packed size, for the goal ``size`` by
    latency.

    Args:
        found: one entry a candidate and board.
        goal: what the picked one is best at.
        limits: of the user.
    """
    groups = by_name(found)
    whole = {name: over_boards(group) for name, group in groups.items()}
    within = [
        whole[name]
        for name, group in groups.items()
        if not misses(group, limits) and _merit(whole[name], goal) is not None
    ]
    if not within:
        return None, (f"none of {len(groups)} measured candidates is within the limits",)
    first, second, third = ORDER[goal]
    equal = _as_good(within, first)
    alike = _as_good(equal, second)
    last = _as_good(alike, third)
    chosen = min(last, key=lambda item: _sortable(item, second))
    reasons = [_first_reason(chosen, goal, len(within))]
    for others, by in (
        ([item.name for item in equal if item not in alike], second),
        ([item.name for item in alike if item not in last], third),
    ):
        if others:
            reasons.append(f"as good as {', '.join(others)} in that, but {_better(by, chosen.metric)}")
    if len(last) > 1:
        same = ", ".join(item.name for item in last if item is not chosen)
        reasons.append(f"as good as {same} in all that counts")
    group = groups[chosen.name]
    if len(group) > 1 and goal is Goal.LATENCY:
        reasons[0] += f" (geometric mean of {len(group)} boards)"
    if len(group) > 1 and limits:
        reasons.append(f"within the limits on each of {len(group)} boards")
    for limit in limits:
        reasons.append(f"{_limit_words(limit.name, chosen.metric)} within {limit.most:g} {_unit(limit)}")
    for item in group:
        if item.speedup is not None:
            reasons.append(_speed_reason(item, several=len(group) > 1))
    return chosen.name, tuple(reasons)


def _speed_reason(item: Found, *, several: bool) -> str:
    words = f"{item.speedup:.2f}x the speed of the original, measured side by side"
    return f"on {item.target}: {words}" if several else words


def by_name(found: Sequence[Found]) -> dict[str, list[Found]]:
    """What was measured of each candidate, a board after the other."""
    groups: dict[str, list[Found]] = {}
    for item in found:
        groups.setdefault(item.name, []).append(item)
    return groups


def over_boards(group: Sequence[Found]) -> Found:
    """A candidate over its boards: the geometric mean of its latencies, None where a board has none."""
    if len(group) == 1:
        return group[0]
    known = [item.latency_ms for item in group if item.latency_ms is not None]
    latency = geometric_mean(known) if len(known) == len(group) else None
    return replace(
        group[0], latency_ms=latency, latency_ci95=None, energy_mj=None, memory_mb=None, speedup=None, target=""
    )


def not_picked(item: Found, chosen: Found, goal: Goal) -> str:
    """Why a candidate within the limits is not the one."""
    if _merit(item, goal) is None or _merit(chosen, goal) is None:
        return f"{_noun(goal, item.metric)} is unknown"
    by = next((by for by in ORDER[goal] if item not in _as_good([item, chosen], by)), None)
    if by is None:
        return f"within the limits, and as good as {chosen.name} in all that counts"
    mine, best = _merit(item, by), _merit(chosen, by)
    if mine is None or best is None:
        return f"{_noun(by, item.metric)} is unknown"
    how = {
        Goal.LATENCY: f"{mine:.3f} ms against {best:.3f} ms",
        Goal.SIZE: f"{mine:,.0f} bytes against {best:,.0f}",
        Goal.ACCURACY: f"{mine:+.2f} points lost against {best:+.2f}",
    }[by]
    return f"within the limits, but {chosen.name} is the better choice: {how}"


ORDER: Mapping[Goal, tuple[Goal, Goal, Goal]] = {
    Goal.LATENCY: (Goal.LATENCY, Goal.ACCURACY, Goal.SIZE),
    Goal.SIZE: (Goal.SIZE, Goal.ACCURACY, Goal.LATENCY),
    Goal.ACCURACY: (Goal.ACCURACY, Goal.LATENCY, Goal.SIZE),
}
"""What candidates are told apart by, the first where it differs."""


def _as_good(found: Sequence[Found], by: Goal) -> list[Found]:
    """Those as good as the best of them in one respect."""
    best = min(_sortable(item, by) for item in found)
    most = {Goal.LATENCY: best * SAME_SPEED, Goal.SIZE: best * SAME_SIZE, Goal.ACCURACY: best + SAME_LOSS}[by]
    return [item for item in found if _sortable(item, by) <= most]


def _sortable(item: Found, by: Goal) -> float:
    value = _merit(item, by)
    return float("inf") if value is None else value


def _better(by: Goal, metric: str) -> str:
    if by is Goal.ACCURACY:
        return "loses less accuracy" if metric == "accuracy" else f"loses less of {metric}"
    return "is faster" if by is Goal.LATENCY else "is smaller"


def _merit(item: Found, goal: Goal) -> float | None:
    """What the goal makes small."""
    return {
        Goal.LATENCY: item.latency_ms,
        Goal.SIZE: float(item.packed_bytes),
        Goal.ACCURACY: item.loss_points,
    }[goal]


def _noun(goal: Goal, metric: str) -> str:
    return {Goal.LATENCY: "latency", Goal.SIZE: "packed size", Goal.ACCURACY: _loss_words(metric)}[goal]


def _first_reason(item: Found, goal: Goal, count: int) -> str:
    how = {
        Goal.LATENCY: f"{item.latency_ms or 0:.3f} ms",
        Goal.SIZE: f"{item.packed_bytes:,} bytes packed",
        Goal.ACCURACY: f"{item.loss_points or 0:+.2f} points",
    }[goal]
    least = "least accuracy loss" if item.metric == "accuracy" else f"least loss of {item.metric}"
    most = {Goal.LATENCY: "lowest latency", Goal.SIZE: "smallest", Goal.ACCURACY: least}[goal]
    return f"{most} of {count} within the limits: {how}" if count > 1 else f"the only one within the limits: {how}"

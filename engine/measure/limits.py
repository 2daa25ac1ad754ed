"""What a variant may cost at most, as a person types it: the same names and units wherever something is limited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from profiles.columns import figure

from ..errors import UsageError

UNITS: Mapping[str, str] = {
    "accuracy_loss": "points", "latency_ms": "ms", "memory_mb": "MB", "size_bytes": "bytes", "energy_mj": "mJ"
}  # fmt: skip
"""What can be limited, with its unit. The loss is that of the metric that judges, the memory what the model adds at the peak of
its runs, the size that of the packed file, the energy that of one inference."""
LIMIT_WORDS = {
    "accuracy_loss": "accuracy loss", "latency_ms": "latency (upper end)", "memory_mb": "memory",
    "size_bytes": "packed size", "energy_mj": "energy",
}  # fmt: skip
"""What a limit is of, in words."""
OF_A_BOARD = ("latency_ms", "memory_mb", "energy_mj")
"""Limits that a variant keeps on one board and may miss on another."""


@dataclass(frozen=True)
class Limit:
    """``name`` is a key of :data:`UNITS`; ``most`` is the largest value that is accepted."""

    name: str
    most: float

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"name": self.name, "most": self.most, "unit": UNITS[self.name]}


@dataclass(frozen=True)
class Miss:
    """A limit that was not kept, with the value that did not keep it: None where it is not known, which is never within."""

    limit: Limit
    value: float | None

    @property
    def over(self) -> float | None:
        """By how much, in the limit's unit."""
        return None if self.value is None else self.value - self.limit.most

    @property
    def share(self) -> float:
        """By how much of the limit; infinite where that is not known, or nothing is allowed at all."""
        return self.over / self.limit.most if self.over is not None and self.limit.most else float("inf")

    @property
    def words(self) -> str:
        """For people."""
        noun, unit, most = LIMIT_WORDS[self.limit.name], UNITS[self.limit.name], figure(self.limit.most)
        if self.value is None or self.over is None:
            return f"{noun} is not known, the limit is {most} {unit}"
        return f"{noun} is {figure(self.value)} {unit}, {figure(self.over)} over the limit of {most}"

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {**self.limit.to_json(), "value": self.value, "over": self.over, "words": self.words}


def missed(figures: Mapping[str, float | None], limits: Iterable[Limit]) -> tuple[Miss, ...]:
    """The limits that a variant with these figures does not keep.

    >>> [miss.words for miss in missed({"memory_mb": 140.0}, [Limit("memory_mb", 120), Limit("energy_mj", 5)])]
    ['memory is 140 MB, 20 over the limit of 120', 'energy is not known, the limit is 5 mJ']
    """
    values = ((limit, figures.get(limit.name)) for limit in limits)
    return tuple(Miss(limit, value) for limit, value in values if value is None or value > limit.most)


def kept_words(figures: Mapping[str, float | None], limits: Iterable[Limit]) -> tuple[str, ...]:
    """How far a variant that keeps these limits is from them, for people.

    >>> kept_words({"memory_mb": 14.0}, [Limit("memory_mb", 120)])
    ('memory is 14 MB of 120',)
    """
    known = ((limit, figures.get(limit.name)) for limit in limits)
    return tuple(_kept_words(limit, value) for limit, value in known if value is not None)


def _kept_words(limit: Limit, value: float) -> str:
    return f"{LIMIT_WORDS[limit.name]} is {figure(value)} {UNITS[limit.name]} of {figure(limit.most)}"


def read_limit(text: str) -> Limit:
    """A limit as it is typed; ``NAME=NUMBER`` needs no quotes in a shell and means the same.

    Raises:
        UsageError: it is not ``NAME<=NUMBER`` with a known name.

    >>> read_limit("accuracy_loss<=1"), read_limit("memory_mb=120")
    (Limit(name='accuracy_loss', most=1.0), Limit(name='memory_mb', most=120.0))
    """
    name, most = (part.strip() for part in _parts(text))
    value = _number(most)
    if name not in UNITS or value is None:
        known = ", ".join(f"{key} ({unit})" for key, unit in UNITS.items())
        raise UsageError("bad-limit", f"'{text[:100]}' is no limit", f"write NAME<=NUMBER with one of: {known}")
    return Limit(name, value)


def read_board_limit(text: str) -> tuple[str | None, Limit]:
    """A limit and the board or device it is of, None for all: ``[BOARD:]NAME=NUMBER``, or ``BOARD=MS`` for a latency.

    Raises:
        UsageError: it is neither.

    >>> read_board_limit("pi5:memory_mb=120"), read_board_limit("pi5=20")[1]
    (('pi5', Limit(name='memory_mb', most=120.0)), Limit(name='latency_ms', most=20.0))
    """
    key, most = (part.strip() for part in _parts(text))
    board, sign, _ = key.rpartition(":")
    if key in UNITS or sign:
        return board.strip() or None, read_limit(text.strip().removeprefix(board).removeprefix(":") if sign else text)
    value = _number(most)
    if not key or not value:
        known = ", ".join(UNITS)
        raise UsageError(
            "bad-limit", f"'{text[:100]}' is no limit",
            f"write BOARD=MS or [BOARD:]NAME=NUMBER with one of: {known}; for example --limit raspberry-pi-4:memory_mb=120",
        )  # fmt: skip
    return key, Limit("latency_ms", value)


def _parts(text: str) -> tuple[str, str]:
    name, sign, most = text.rpartition("<=" if "<=" in text else "=")
    return (name, most) if sign else ("", "")


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None

"""A heat map: columns of cells, each with a value, and how much of the full colour a value has. No Qt in here."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt


@dataclass(frozen=True)
class HeatColumn:
    """One column: its id, what stands below it, and a value for every row (None where there is none)."""

    id: str
    mark: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Heat:
    """All columns and the names of the rows; a value of ``full`` or more has the full colour."""

    columns: tuple[HeatColumn, ...] = ()
    rows: tuple[str, ...] = ()
    full: float = 1.0

    def share(self, value: float) -> float:
        """How much of the full colour a value has, 0..1: by its root, so that small values are told apart, too.

        >>> [Heat(full=20.0).share(value) for value in (-1.0, 0.0, 5.0, 20.0, 60.0)]
        [0.0, 0.0, 0.5, 1.0, 1.0]
        """
        return sqrt(min(max(value / self.full, 0.0), 1.0))

    def position(self, id_: str | None) -> int | None:
        """Where the column of this id stands."""
        return next((number for number, column in enumerate(self.columns) if column.id == id_), None)


def marked(widths: Sequence[float], room: float) -> list[int]:
    """Which columns have room for what stands below them: the first, and every second, fifth, tenth ... after it.

    Args:
        widths: pixels each mark needs, air included.
        room: pixels of a column.

    >>> marked([8.0] * 7, 5.0)
    [0, 2, 4, 6]
    """
    if not widths or room <= 0:
        return []
    least = ceil(max(widths) / room)
    step = next((step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if step >= least), least)
    return list(range(0, len(widths), step))

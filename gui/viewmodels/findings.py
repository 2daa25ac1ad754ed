"""Findings: facts and small tables of cells, as every dialog that answers with a document shows them."""

from dataclasses import dataclass

from .rows import ColumnSpec
from .spread import Spread


@dataclass(frozen=True)
class Cell:
    """A text, what it is sorted by where that is a number, and the kind of pill it stands in."""

    text: str
    key: float | None = None
    pill: str = ""


Line = tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """A small table: heads, which of them are above numbers or pills, lines; ``words`` say how to read it.

    ``spreads``: of lines that are readings, how the latencies of each are spread; empty where lines are none.
    """

    title: str
    heads: tuple[str, ...]
    numbers: frozenset[int]
    lines: tuple[Line, ...]
    words: str = ""
    wide: int = 0
    pills: frozenset[int] = frozenset()
    spreads: tuple[Spread | None, ...] = ()

    def columns(self) -> tuple[ColumnSpec[Line], ...]:
        """For a table."""
        return tuple(self._column(place, head) for place, head in enumerate(self.heads))

    def _column(self, place: int, head: str) -> ColumnSpec[Line]:
        number = place in self.numbers
        key = (lambda line: line[place].key) if number else None
        pill = (lambda line: line[place].pill) if place in self.pills else None
        return ColumnSpec(str(place), lambda: head, lambda line: line[place].text, key=key, number=number, pill=pill)


@dataclass(frozen=True)
class Findings:
    """Everything a study has to say."""

    facts: tuple[tuple[str, str], ...]
    sheets: tuple[Sheet, ...]

"""Any list of records as a table: columns are data, so a page's table is a tuple of :class:`ColumnSpec`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from . import wording

Row = TypeVar("Row")
Value = TypeVar("Value", int, float)
PILL_ROLE = int(Qt.ItemDataRole.UserRole) + 10
ID_ROLE = PILL_ROLE + 1
BADGE_ROLE = PILL_ROLE + 2
_ALIGNMENT = int(Qt.ItemDataRole.TextAlignmentRole)
_TEXTS = frozenset({int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.ToolTipRole)})
_ANSWERED = _TEXTS | {_ALIGNMENT, int(Qt.ItemDataRole.AccessibleTextRole), PILL_ROLE, ID_ROLE, BADGE_ROLE}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ROWS_A_TURN = 100
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class ColumnSpec(Generic[Row]):
    """One column.

    Args:
        id: stable name.
        title: its words, asked anew after a change of language.
        text: what a cell says.
        key: what it is sorted by (None sorts last); default: the text.
        number: numbers stand to the right.
        pill: kind of pill the text is drawn in (``ok``, ``warn``, ``bad``, ``info``, ``idle``), None for plain text.
        badge: a word in a pill behind the text, empty for none.
        explanation: tool tip of the header.
        together: for figures that are written alike in all rows: what a cell says, from the rows there are.
    """

    id: str
    title: Callable[[], str]
    text: Callable[[Row], str]
    key: Callable[[Row], Any] | None = None
    number: bool = False
    pill: Callable[[Row], str] | None = None
    badge: Callable[[Row], str] | None = None
    explanation: Callable[[], str] | None = None
    together: Callable[[Sequence[Row]], Callable[[Row], str]] | None = None


def numbers(
    id_: str,
    title: Callable[[], str],
    value: Callable[[Row], Value | None],
    shown: Callable[[Value], str],
    explanation: Callable[[], str] | None = None,
    missing: Callable[[], str] = lambda: wording.NO_VALUE,
) -> ColumnSpec[Row]:
    """A column of numbers: sorted by the number, to the right, ``missing`` where there is none."""

    def text(row: Row) -> str:
        found = value(row)
        return missing() if found is None else shown(found)

    return ColumnSpec(id_, title, text, key=value, number=True, explanation=explanation)


def alike(
    id_: str,
    title: Callable[[], str],
    value: Callable[[Row], Value | None],
    scaled: Callable[[Iterable[Value | None]], Callable[[Value], str]],
    explanation: Callable[[], str] | None = None,
) -> ColumnSpec[Row]:
    """A column of numbers that share one unit and one number of decimals, so that their points stand below each other."""

    def together(rows: Sequence[Row]) -> Callable[[Row], str]:
        shown = scaled([value(row) for row in rows])

        def text(row: Row) -> str:
            found = value(row)
            return wording.NO_VALUE if found is None else shown(found)

        return text

    return ColumnSpec(
        id_, title, lambda row: together([row])(row), key=value, number=True, explanation=explanation, together=together
    )


class RowsModel(QAbstractTableModel, Generic[Row]):
    """Records for a table view; sorts and filters in Python lists, which is fast for thousands of rows.

    ``filled`` tells that the rows are others than before, and not only in another order.
    """

    filled = Signal()

    def __init__(
        self, columns: Sequence[ColumnSpec[Row]], id_of: Callable[[Row], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._id_of = id_of
        self._all: list[Row] = []
        self._shown: list[Row] = []
        self._needle = ""
        self._words: list[str] = []  # what is looked through, row by row
        self._texts: dict[int, tuple[str, ...]] = {}  # of the cells, by the identity of their row
        self._say: list[Callable[[Row], str]] | None = None  # what writes them
        self._reading = QTimer(self, interval=0)
        self._reading.timeout.connect(self._read_some)
        self._sorted: tuple[int, Qt.SortOrder] | None = None

    def show(self, rows: Iterable[Row]) -> None:
        """Replace all rows; order and filter stay."""
        self._all, self._words, self._texts, self._say = list(rows), [], {}, None
        self._arrange()
        self._reading.start()
        self.filled.emit()

    def filter(self, needle: str) -> None:
        """Show rows that have this text in any column, whatever the case."""
        if needle.casefold() != self._needle:
            self._needle = needle.casefold()
            self._arrange()

    @property
    def rows(self) -> Sequence[Row]:
        """The rows that are shown, in their order."""
        return self._shown

    @property
    def total(self) -> int:
        """How many rows there are with those the filter hides."""
        return len(self._all)

    def column(self, id_: str) -> int:
        """Where the column of this id stands."""
        return next(number for number, column in enumerate(self.columns) if column.id == id_)

    def row(self, number: int) -> Row:
        """A shown row."""
        return self._shown[number]

    def texts(self, number: int) -> tuple[str, ...]:
        """What the cells of a shown row say."""
        return self.texts_of(self._shown[number])

    def texts_of(self, row: Row) -> tuple[str, ...]:
        """What the cells of a row say."""
        found = self._texts.get(id(row))
        if found is None:
            if self._say is None:
                self._say = [c.text if c.together is None else c.together(self._all) for c in self.columns]
            found = self._texts[id(row)] = tuple(say(row) for say in self._say)
        return found

    def id_at(self, number: int) -> str:
        """The id of a shown row."""
        return self._id_of(self._shown[number])

    def position(self, id_: str) -> int | None:
        """Where the row of this id is shown."""
        return next((n for n, row in enumerate(self._shown) if self._id_of(row) == id_), None)

    def retranslate(self) -> None:
        """The language changed: every text is new."""
        self._words, self._texts, self._say = [], {}, None
        self._reading.start()
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(self.columns) - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; a negative one keeps the order the rows came in."""
        self._sorted = (column, order) if 0 <= column < len(self.columns) else None
        self._arrange()

    def _read_some(self) -> None:
        """Write the texts of a few more rows, so that they can be looked through before somebody types."""
        more = self._all[len(self._words) : len(self._words) + ROWS_A_TURN]
        self._words += ["\n".join(self.texts_of(row)).casefold() for row in more]
        if len(self._words) == len(self._all):
            self._reading.stop()

    def _arrange(self) -> None:
        self.beginResetModel()
        rows = self._all
        if self._needle:
            while len(self._words) < len(rows):
                self._read_some()
            rows = [row for row, words in zip(rows, self._words, strict=True) if self._needle in words]
        if self._sorted is not None:
            rows = _in_order(rows, self.columns[self._sorted[0]], self._sorted[1] == Qt.SortOrder.DescendingOrder)
        self._shown = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self.columns)

    def headerData(  # noqa: D102
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title()
        if role == Qt.ItemDataRole.ToolTipRole and column.explanation is not None:
            return column.explanation()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if role not in _ANSWERED:  # a cell that is painted asks for a dozen roles
            return None
        row, column = self._shown[index.row()], self.columns[index.column()]
        if role in _TEXTS:
            return self.texts_of(row)[index.column()]
        if role == _ALIGNMENT:
            return _side(column)
        if role == PILL_ROLE:
            return None if column.pill is None else column.pill(row)
        if role == BADGE_ROLE:
            return None if column.badge is None else column.badge(row)
        if role == ID_ROLE:
            return self._id_of(row)
        return f"{column.title()}: {self.texts_of(row)[index.column()]}"


def _in_order(rows: list[Row], column: ColumnSpec[Row], backwards: bool) -> list[Row]:
    key = column.key or (lambda row: column.text(row).casefold())
    keyed = [(key(row), row) for row in rows]
    known = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=backwards)
    return [row for _, row in known] + [row for value, row in keyed if value is None]


def _side(column: ColumnSpec[Any]) -> Qt.AlignmentFlag:
    return _RIGHT if column.number else _LEFT

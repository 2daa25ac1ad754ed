"""One table for every list: sorts by its headers, draws states as pills, shares its selection with the page.

It paints its cells itself, a screenful in one go: a delegate behind a style sheet needs five times as long, and is felt as a
stutter when a long list is scrolled.
"""

import math
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from ..theme.style import Style, font
from ..theme.tokens import Tokens, TypeSize
from ..viewmodels.rows import RowsModel
from ..viewmodels.selection import Selection

ROW_PIXELS = 32
ROWS_LOOKED_AT = 25  # for the width of a column: so many of the first rows, and so many of all of them
WIDEST_PIXELS = 360
WIDE_AT_LEAST = 200
WIDE_SQUEEZED = 90  # where the others leave no more: rather an ellipsis than a column out of sight
LEAST_PIXELS = 48
ARROW_PIXELS = 25
HEAD_AIR = 10  # what the style adds to the text and padding of a title
INDENT = 9  # where the style puts the text of a cell
CELL_AIR = 8
PILL_PIXELS = 20
PILL_PADDING = 10
PILL_GAP = 10
LEFT_MIDDLE = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def pill_colours(tokens: Tokens, kind: str) -> tuple[str, str]:
    """Back and front of a pill."""
    return {
        "ok": (tokens.ok_soft, tokens.ok),
        "bad": (tokens.bad_soft, tokens.bad),
        "warn": (tokens.warn_soft, tokens.warn),
        "info": (tokens.accent_soft, tokens.accent),
    }.get(kind, (tokens.page, tokens.muted))


def _bold(pixels: int) -> QFont:
    return font(pixels, QFont.Weight.DemiBold)


def _pill_width(text: str) -> float:
    return QFontMetricsF(_bold(TypeSize.TABLE)).horizontalAdvance(text) + 2 * PILL_PADDING


def cell_width(text: str, pill: str = "", badge: str = "") -> int:
    """Pixels a cell needs for a text that is plain, or a pill of this kind, or has a word in a pill behind it."""
    if pill:
        width = _pill_width(text)
    elif badge:
        width = QFontMetricsF(_bold(TypeSize.BODY)).horizontalAdvance(text) + PILL_GAP + _pill_width(badge)
    else:
        width = QFontMetricsF(font(TypeSize.BODY)).horizontalAdvance(text)
    return math.ceil(width) + 2 * INDENT


class Table(QTableView):
    """Shows a :class:`RowsModel`; the column ``wide`` takes the space that is left."""

    opened = Signal(str)  # id of a row: double click or Enter

    def __init__(
        self,
        model: RowsModel[Any],
        style: Style,
        selection: Selection | None = None,
        *,
        wide: int = 0,
        many: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.rows = model
        self._selection = selection
        self._wide = wide
        self._following = False
        self._cells: dict[int, int] = {}  # widths of columns, measured once for the rows that are there
        self.setModel(model)
        self._style = style
        self.setShowGrid(False)
        self.setSortingEnabled(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        mode = QAbstractItemView.SelectionMode
        self.setSelectionMode(mode.ExtendedSelection if many else mode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PIXELS)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(LEAST_PIXELS)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        style.changed.connect(self.viewport().update)
        model.modelReset.connect(self._follow)
        model.filled.connect(self._measure)
        model.headerDataChanged.connect(self._measure)
        head.sortIndicatorChanged.connect(self._fit_sorted)
        self.selectionModel().selectionChanged.connect(self._tell)
        self.doubleClicked.connect(lambda index: self.opened.emit(self.rows.id_at(index.row())))
        if selection is not None:
            selection.changed.connect(self._follow)
        self._fit()
        self._follow()

    def setColumnHidden(self, column: int, hide: bool) -> None:
        """Hide a column and share its width."""
        if self.isColumnHidden(column) != hide:
            super().setColumnHidden(column, hide)
            self._fit()

    def activate_on_enter(self, act: Callable[[str], object]) -> None:
        """Call ``act`` with a row's id on a double click or Enter."""
        self.opened.connect(act)
        self.activated.connect(lambda index: self.opened.emit(self.rows.id_at(index.row())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with left or right chooses the column the rows are sorted by, Alt with up or down the order."""
        orders = {Qt.Key.Key_Up: Qt.SortOrder.AscendingOrder, Qt.Key.Key_Down: Qt.SortOrder.DescendingOrder}
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if event.modifiers() != Qt.KeyboardModifier.AltModifier or key not in {**orders, **steps}:
            super().keyPressEvent(event)
            return
        head = self.horizontalHeader()
        shown = [column for column in range(len(self.rows.columns)) if not self.isColumnHidden(column)]
        sorted_by, order = head.sortIndicatorSection(), orders.get(key, head.sortIndicatorOrder())
        place = shown.index(sorted_by) + steps.get(key, 0) if sorted_by in shown else 0
        self.sortByColumn(shown[place % len(shown)], order)

    def sizeHint(self) -> QSize:
        """A table whose least height was set takes what is left above it, and is scrolled to before it is squeezed below it."""
        hint = super().sizeHint()
        return QSize(hint.width(), self.minimumHeight() or hint.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are seen."""
        box, count = event.rect(), len(self.rows.rows)
        first, last = self.rowAt(box.top()), self.rowAt(box.bottom())
        if not count or first < 0:
            return
        shown = [
            (number, QRect(self.columnViewportPosition(number), 0, self.columnWidth(number), ROW_PIXELS))
            for number in range(len(self.rows.columns))
            if not self.isColumnHidden(number)
        ]
        shown = [item for item in shown if item[1].left() <= box.right() and item[1].right() >= box.left()]
        painter, tokens = QPainter(self.viewport()), self._style.tokens
        text, line, chosen = QColor(tokens.text), QColor(tokens.page), QColor(tokens.accent_soft)
        plain = font(TypeSize.BODY)
        painter.setFont(plain)
        metrics, selection = QFontMetrics(plain), self.selectionModel()
        for number in range(first, (count if last < 0 else last + 1)):
            top = self.rowViewportPosition(number)
            painter.setPen(line)
            painter.drawLine(box.left(), top + ROW_PIXELS - 1, box.right(), top + ROW_PIXELS - 1)
            if selection.isRowSelected(number):
                painter.fillRect(box.left(), top, box.width(), ROW_PIXELS, chosen)
            painter.setPen(text)
            for place, cell in shown:
                self._paint_cell(painter, number, place, cell.translated(QPoint(0, top)), metrics)

    def _paint_cell(self, painter: QPainter, row: int, place: int, cell: QRect, metrics: QFontMetrics) -> None:
        column = self.rows.columns[place]
        words, inside = self.rows.texts(row)[place], cell.adjusted(INDENT, 0, -INDENT, 0)
        if column.pill is not None and (kind := column.pill(self.rows.row(row))):
            self._pill(painter, QRectF(cell).adjusted(INDENT - 3, 0, 0, 0), words, kind)
            return
        badge = "" if column.badge is None else column.badge(self.rows.row(row))
        if badge:
            self._named(painter, inside, words, badge)
            return
        width = metrics.horizontalAdvance(words)
        if width > inside.width():
            words, width = metrics.elidedText(words, Qt.TextElideMode.ElideRight, inside.width()), inside.width()
        left = inside.left() if not column.number else inside.left() + inside.width() - width
        painter.drawText(left, cell.top() + (ROW_PIXELS + metrics.ascent() - metrics.descent()) // 2, words)

    def _named(self, painter: QPainter, inside: QRect, words: str, badge: str) -> None:
        """A name in bold with a word in a pill behind it."""
        bold = _bold(TypeSize.BODY)
        painter.save()
        painter.setFont(bold)
        painter.drawText(inside, LEFT_MIDDLE, words)
        painter.restore()
        gap = QFontMetricsF(bold).horizontalAdvance(words) + PILL_GAP
        self._pill(painter, QRectF(inside).adjusted(gap, 0, 0, 0), badge, "info")

    def _pill(self, painter: QPainter, place: QRectF, words: str, kind: str) -> None:
        """A word on a tint at the left of a place."""
        back, front = pill_colours(self._style.tokens, kind)
        middle = place.center().y()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(_bold(TypeSize.TABLE))
        box = QRectF(place.left(), middle - PILL_PIXELS / 2, _pill_width(words), PILL_PIXELS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(back))
        painter.drawRoundedRect(box, PILL_PIXELS / 2, PILL_PIXELS / 2)
        painter.setPen(QColor(front))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Share the width; while it is hidden, nothing is measured for it."""
        super().showEvent(event)
        self._fit()

    def _fit_sorted(self, column: int) -> None:
        """Make room for the arrow of the column it is sorted by."""
        if 0 <= column < len(self.rows.columns) and self.columnWidth(column) < self._head_width(column):
            self.setColumnWidth(column, self._head_width(column))

    def _measure(self) -> None:
        self._cells.clear()
        self._fit()

    def _fit(self) -> None:
        """Every column what it needs; where there is room to spare, some air each and the rest for the wide one."""
        shown = [column for column in range(len(self.rows.columns)) if not self.isColumnHidden(column)]
        if self._wide not in shown or not self.isVisible():
            return
        widths = {column: min(self._needed(column), WIDEST_PIXELS) for column in shown}
        if not self.rows.columns[self._wide].badge:
            widths[self._wide] = max(self._head_width(self._wide), min(widths[self._wide], WIDE_AT_LEAST))
            lacking = max(sum(widths.values()) - self.viewport().width(), 0)
            least = max(self._head_width(self._wide), min(widths[self._wide], WIDE_SQUEEZED))
            if widths[self._wide] - lacking >= least:  # else a column is out of sight anyway
                widths[self._wide] -= lacking
        self._squeeze(widths)
        spare = max(self.viewport().width() - sum(widths.values()), 0)
        air = min(CELL_AIR, spare // len(shown))
        for column, width in widths.items():
            self.setColumnWidth(column, width + (air if column != self._wide else spare - air * (len(shown) - 1)))

    def _squeeze(self, widths: dict[int, int]) -> None:
        """Rather a little less air beside some titles than a scroll bar for a few pixels."""
        lacking = sum(widths.values()) - self.viewport().width()
        give = {
            column: min(HEAD_AIR // 2, widths[column] - self._cells.get(column, widths[column])) for column in widths
        }
        if 0 < lacking <= sum(give.values()):
            for column in widths:
                taken = min(give[column], lacking)
                widths[column], lacking = widths[column] - taken, lacking - taken

    def _needed(self, column: int) -> int:
        if column not in self._cells:
            self._cells[column] = self._cells_width(column)
        return max(self._head_width(column), self._cells[column])

    def _cells_width(self, column: int) -> int:
        """Width of the widest of the cells that are looked at; texts are measured here, not by the delegate."""
        spec, rows = self.rows.columns[column], self.rows.rows
        looked_at = [*rows[:ROWS_LOOKED_AT], *rows[:: max(1, len(rows) // ROWS_LOOKED_AT)]]
        if not spec.pill and not spec.badge:
            metrics = QFontMetricsF(font(TypeSize.BODY))
            widest = max((metrics.horizontalAdvance(self.rows.texts_of(row)[column]) for row in looked_at), default=0.0)
            return math.ceil(widest) + 2 * INDENT
        pill, badge = spec.pill or (lambda row: ""), spec.badge or (lambda row: "")
        return max((cell_width(self.rows.texts_of(row)[column], pill(row), badge(row)) for row in looked_at), default=0)

    def _head_width(self, column: int) -> int:
        """Width of a title; the one that is sorted by has an arrow beside it."""
        words = QFontMetrics(font(TypeSize.TABLE, QFont.Weight.DemiBold)).horizontalAdvance(
            self.rows.columns[column].title()
        )
        arrow = ARROW_PIXELS if self.horizontalHeader().sortIndicatorSection() == column else 0
        return max(words + 2 * INDENT + HEAD_AIR + arrow, LEAST_PIXELS)

    def _tell(self) -> None:
        if self._selection is None or self._following:
            return
        self._selection.select(self.rows.id_at(index.row()) for index in self.selectionModel().selectedRows())

    def _follow(self) -> None:
        if self._selection is None:
            return
        positions = [p for id_ in self._selection.ids if (p := self.rows.position(id_)) is not None]
        now = {index.row() for index in self.selectionModel().selectedRows()}
        if now == set(positions):
            return
        self._following = True
        model = self.selectionModel()
        model.clearSelection()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        for position in positions:
            model.select(self.rows.index(position, 0), flags)
        if positions:
            self.scrollTo(self.rows.index(positions[0], 0))
        self._following = False

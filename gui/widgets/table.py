"""One table for every list: sorts by its headers, draws states as pills, shares its selection with the page."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from ..theme.style import Style, font
from ..theme.tokens import Tokens, TypeSize
from ..viewmodels.rows import PILL_ROLE, RowsModel
from ..viewmodels.selection import Selection
from .results_table import INDENT, PILL_PADDING, PILL_PIXELS, pill_font, pill_width

ROW_PIXELS = 32
ROWS_LOOKED_AT = 25  # for the width of a column
WIDEST_PIXELS = 320
WIDE_AT_LEAST = 200
LEAST_PIXELS = 48
ARROW_PIXELS = 18


def pill_colours(tokens: Tokens, kind: str) -> tuple[str, str]:
    """Back and front of a pill."""
    return {
        "ok": (tokens.ok_soft, tokens.ok),
        "bad": (tokens.bad_soft, tokens.bad),
        "warn": (tokens.warn_soft, tokens.warn),
        "info": (tokens.accent_soft, tokens.accent),
    }.get(kind, (tokens.page, tokens.muted))


class _Pills(QStyledItemDelegate):
    """Draws cells that have a kind as pills."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        kind = index.data(PILL_ROLE)
        if not kind:
            super().paint(painter, option, index)
            return
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        text, blank.text = blank.text, ""
        style = blank.widget.style()
        style.drawControl(style.ControlElement.CE_ItemViewItem, blank, painter, blank.widget)
        if not text:
            return
        back, front = pill_colours(self._style.tokens, kind)
        left, middle = blank.rect.left() + INDENT - 3, blank.rect.center().y() + 0.5
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(pill_font())
        box = QRectF(left, middle - PILL_PIXELS / 2, pill_width(text), PILL_PIXELS)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(back))
        painter.drawRoundedRect(box, PILL_PIXELS / 2, PILL_PIXELS / 2)
        painter.setPen(QColor(front))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for a pill."""
        hint = super().sizeHint(option, index)
        if index.data(PILL_ROLE):
            hint.setWidth(
                round(QFontMetricsF(pill_font()).horizontalAdvance(index.data() or "")) + 2 * PILL_PADDING + 16
            )
        return hint


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
        self.setModel(model)
        self.setItemDelegate(_Pills(style, self))
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
        head.setResizeContentsPrecision(ROWS_LOOKED_AT)
        style.changed.connect(self.viewport().update)
        model.modelReset.connect(self._follow)
        model.filled.connect(self._fit)
        model.headerDataChanged.connect(self._fit)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit_sorted(self, column: int) -> None:
        """Make room for the arrow of the column it is sorted by."""
        if 0 <= column < len(self.rows.columns) and self.columnWidth(column) < self._head_width(column):
            self.setColumnWidth(column, self._head_width(column))

    def _fit(self) -> None:
        count, taken = len(self.rows.columns), 0
        for column in range(count):
            if column == self._wide or self.isColumnHidden(column):
                continue
            width = max(self._head_width(column), self.sizeHintForColumn(column) + 8)
            self.setColumnWidth(column, min(width, WIDEST_PIXELS))
            taken += min(width, WIDEST_PIXELS)
        if count:
            least = max(self._head_width(self._wide), min(self.sizeHintForColumn(self._wide), WIDE_AT_LEAST))
            self.setColumnWidth(self._wide, max(least, self.viewport().width() - taken))

    def _head_width(self, column: int) -> int:
        """Width of a title; the one that is sorted by has an arrow beside it."""
        words = QFontMetrics(font(TypeSize.TABLE, QFont.Weight.DemiBold)).horizontalAdvance(
            self.rows.columns[column].title()
        )
        arrow = ARROW_PIXELS if self.horizontalHeader().sortIndicatorSection() == column else 0
        return max(words + 2 * INDENT + arrow + 2, LEAST_PIXELS)

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

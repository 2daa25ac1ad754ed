"""The table of results: numbers to the right, the verdict as a pill, the recommended variant marked."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QResizeEvent
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
from ..viewmodels.results import RECOMMENDED_ROLE, VERDICT_ROLE, Column, ResultsModel

ROW_PIXELS = 36
PILL_PIXELS = 20
PILL_PADDING = 10
PILL_GAP = 10
INDENT = 9  # where the style puts the text of a cell

_KINDS = {"PASS": "ok", "FAIL": "bad", "INCONCLUSIVE": "warn"}


class _PillDelegate(QStyledItemDelegate):
    """Draws the text of a cell as a pill: the verdict, or the word Recommended behind the variant's name."""

    def __init__(self, style: Style, parent: QWidget) -> None:
        super().__init__(parent)
        self._style = style

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one cell."""
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        if index.column() == Column.VERDICT:
            text, blank.text = blank.text, ""
            left = float(blank.rect.left() + INDENT - 3)  # the tint begins a little before the header's text
            kind = _KINDS.get(index.data(VERDICT_ROLE), "idle")
        elif index.data(RECOMMENDED_ROLE):
            blank.font.setWeight(QFont.Weight.DemiBold)
            text, kind = self.tr("Recommended"), "info"
            left = blank.rect.left() + INDENT + QFontMetricsF(blank.font).horizontalAdvance(blank.text) + PILL_GAP
        else:
            text, kind, left = "", "", 0.0
        blank.widget.style().drawControl(
            blank.widget.style().ControlElement.CE_ItemViewItem, blank, painter, blank.widget
        )
        if text:
            self._pill(painter, left, blank.rect.center().y() + 0.5, text, kind)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the name and its pill."""
        hint = super().sizeHint(option, index)
        if index.column() == Column.VERDICT:
            hint.setWidth(round(2 * INDENT + pill_width(index.data())))
        elif index.data(RECOMMENDED_ROLE):
            name = QFontMetricsF(font(TypeSize.BODY, QFont.Weight.DemiBold)).horizontalAdvance(index.data())
            hint.setWidth(round(2 * INDENT + name + PILL_GAP + pill_width(self.tr("Recommended"))))
        return hint

    def _pill(self, painter: QPainter, left: float, middle: float, text: str, kind: str) -> None:
        back, front = _colours(self._style.tokens, kind)
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


def pill_font() -> QFont:
    """The font of pills in tables."""
    return font(TypeSize.TABLE, QFont.Weight.DemiBold)


def pill_width(text: str) -> float:
    """Width of a pill around a text."""
    return QFontMetricsF(pill_font()).horizontalAdvance(text) + 2 * PILL_PADDING


def _colours(tokens: Tokens, kind: str) -> tuple[str, str]:
    return {
        "ok": (tokens.ok_soft, tokens.ok),
        "bad": (tokens.bad_soft, tokens.bad),
        "warn": (tokens.warn_soft, tokens.warn),
        "info": (tokens.accent_soft, tokens.accent),
    }.get(kind, (tokens.page, tokens.muted))


class ResultsTable(QTableView):
    """Shows a :class:`ResultsModel`; the variant column takes what space is left, nothing is ever cut."""

    def __init__(self, model: ResultsModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        delegate = _PillDelegate(style, self)
        for column in (Column.VARIANT, Column.VERDICT):
            self.setItemDelegateForColumn(column, delegate)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_PIXELS)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(Column.VARIANT, QHeaderView.ResizeMode.Fixed)
        head.geometriesChanged.connect(self._fit)
        head.sectionResized.connect(lambda column, old, new: self._fit() if column != Column.VARIANT else None)
        head.setHighlightSections(False)
        head.setMinimumSectionSize(56)
        style.changed.connect(self.viewport().update)
        model.modelReset.connect(self._hide_what_says_nothing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        others = sum(self.columnWidth(column) for column in Column if column is not Column.VARIANT)
        room = self.viewport().width() - others
        self.setColumnWidth(Column.VARIANT, max(self.sizeHintForColumn(Column.VARIANT), room))

    def _hide_what_says_nothing(self) -> None:
        model = self.model()
        names = {model.index(row, Column.MODEL).data() for row in range(model.rowCount())}
        self.setColumnHidden(Column.MODEL, len(names) < 2)
        self._fit()

"""The inventory as cards: what each board is, whether something about it needs a look, and how old its last reading is."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ...theme.style import Style, font
from ...theme.tokens import Space, TypeSize
from ...viewmodels.devices import DeviceCard, DeviceRow
from ...viewmodels.rows import RowsModel
from ...viewmodels.selection import Selection
from ...widgets.table import pill_colours

CARD_PIXELS = 92
RADIUS = 10
Index = QModelIndex | QPersistentModelIndex


class _Paint(QStyledItemDelegate):
    """Paints one card; what stands on it comes from ``card``."""

    def __init__(self, style: Style, card: Callable[[int], DeviceCard], parent: QWidget) -> None:
        super().__init__(parent)
        self._style, self._card = style, card

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the list."""
        return QSize(0, CARD_PIXELS + Space.S)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Name and board, the state as a pill, the address, what is known."""
        card, tokens = self._card(index.row()), self._style.tokens
        place: QRectF = QRectF(option.rect).adjusted(1, 1, -1, -Space.S - 1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = painter.pen()
        pen.setColor(QColor(tokens.accent if chosen else tokens.border))
        pen.setWidthF(2.0 if chosen else 1.0)
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(place, RADIUS, RADIUS)
        inside = place.adjusted(Space.L, Space.M, -Space.L, -Space.M)
        room = inside.width() - self._pill(painter, inside, card) - Space.M
        strong, caption = font(TypeSize.CARD_TITLE, QFont.Weight.DemiBold), font(TypeSize.TABLE)
        end = self._words(painter, strong, tokens.text, inside, 0, card.name, room)
        room -= end + Space.S
        if room > Space.XXL:
            self._words(painter, caption, tokens.muted, inside.adjusted(end + Space.S, 0, 0, 0), 3, card.board, room)
        self._words(painter, caption, tokens.muted, inside, 26, card.address, inside.width())
        self._words(painter, caption, tokens.text, inside, 48, card.known, inside.width())
        painter.restore()

    def _words(
        self, painter: QPainter, face: QFont, colour: str, inside: QRectF, down: int, words: str, room: float
    ) -> int:
        metrics = QFontMetrics(face)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, int(room))
        painter.setFont(face)
        painter.setPen(QColor(colour))
        painter.drawText(int(inside.left()), int(inside.top()) + down + metrics.ascent(), shown)
        return metrics.horizontalAdvance(shown)

    def _pill(self, painter: QPainter, inside: QRectF, card: DeviceCard) -> float:
        """The state at the right; its width."""
        if not card.state:
            return 0.0
        back, front = pill_colours(self._style.tokens, card.kind)
        face = font(TypeSize.TABLE, QFont.Weight.DemiBold)
        width = QFontMetrics(face).horizontalAdvance(card.state) + 20.0
        box = QRectF(inside.right() - width, inside.top(), width, 20.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(back))
        painter.drawRoundedRect(box, 10, 10)
        painter.setPen(QColor(front))
        painter.setFont(face)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, card.state)
        return width


class DeviceCards(QListView):
    """The same rows and the same selection as the table of devices."""

    def __init__(
        self,
        model: RowsModel[DeviceRow],
        style: Style,
        selection: Selection,
        card: Callable[[DeviceRow], DeviceCard],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("cards")
        self._rows, self._selection, self._following = model, selection, False
        self.setModel(model)
        self.setItemDelegate(_Paint(style, lambda number: card(model.row(number)), self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        style.changed.connect(self.viewport().update)
        model.modelReset.connect(self._follow)
        selection.changed.connect(self._follow)
        self.selectionModel().selectionChanged.connect(self._tell)
        self._follow()

    def _tell(self) -> None:
        if not self._following:
            self._selection.select(self._rows.id_at(index.row()) for index in self.selectionModel().selectedIndexes())

    def _follow(self) -> None:
        id_ = self._selection.first
        place = None if id_ is None else self._rows.position(id_)
        self._following = True
        if place is None:
            self.selectionModel().clearSelection()
        else:
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(self._rows.index(place, 0), flags)
        self._following = False

"""The inventory as cards: what each board is and runs, its sensors as bars, and whether something about it needs a look."""

from collections.abc import Callable

from PySide6.QtCore import (
    QCoreApplication,
    QIdentityProxyModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHideEvent, QPainter, QShowEvent
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
from ...viewmodels.glance import Gauge, Glance
from ...viewmodels.rows import RowsModel
from ...viewmodels.selection import Selection
from ...widgets.table import pill_colours

CARD_PIXELS = 148
RADIUS = 10
LINE_PIXELS = 18
LATENCY_PIXELS = 22
BAR_PIXELS = 6
LABEL_SHARE = 0.27
FIGURE_SHARE = 0.33
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
        """Name and board with the state as a pill, what runs and how long it takes, the sensors, what is known."""
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
        if card.now is not None and card.now.failure:
            self._failure(painter, inside.adjusted(0, 30, 0, 0), card.now.failure)
        elif card.now is not None:
            half = inside.adjusted(0, 0, -0.56 * inside.width(), 0)
            self._model(painter, half, card.now)
            self._sensors(painter, inside.adjusted(half.width() + Space.M, 30, 0, 0), card.now)
        last = " · ".join(filter(None, (card.address, card.known)))
        self._words(painter, caption, tokens.muted, inside, 106, last, inside.width())
        painter.restore()

    def _failure(self, painter: QPainter, place: QRectF, words: str) -> None:
        """Why there is nothing to see."""
        painter.setFont(font(TypeSize.TABLE))
        painter.setPen(QColor(self._style.tokens.muted))
        box = place.adjusted(0, 0, 0, 4 * LINE_PIXELS - place.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, words)

    def _model(self, painter: QPainter, place: QRectF, now: Glance) -> None:
        """What runs there and how long it takes."""
        tokens, caption = self._style.tokens, font(TypeSize.TABLE)
        figure, unit = now.p50.rpartition(" ")[::2] if now.p50 else ("", "")
        down = 30
        if figure:
            face = font(LATENCY_PIXELS, QFont.Weight.DemiBold)
            end = self._words(painter, face, tokens.text, place, down, figure, place.width())
            room = place.width() - end - Space.S
            words = QCoreApplication.translate("Devices", "{0} p50").format(unit)
            self._words(painter, caption, tokens.muted, place.adjusted(end + Space.S, 0, 0, 0), down + 11, words, room)
            down += 34
        runs = now.runs or QCoreApplication.translate("Devices", "nothing is deployed")
        if now.more_slots:
            runs = QCoreApplication.translate("Devices", "{0} and {1} more").format(runs, now.more_slots)
        self._words(painter, caption, tokens.text if now.runs else tokens.muted, place, down, runs, place.width())
        if now.runs and not figure:
            words = QCoreApplication.translate("Devices", "not measured here")
            self._words(painter, caption, tokens.muted, place, down + LINE_PIXELS, words, place.width())

    def _sensors(self, painter: QPainter, place: QRectF, now: Glance) -> None:
        """Bars one below the other."""
        tokens, caption = self._style.tokens, font(TypeSize.TABLE)
        label, figure = LABEL_SHARE * place.width(), FIGURE_SHARE * place.width()
        for number, gauge in enumerate(now.gauges):
            down = number * LINE_PIXELS
            self._words(painter, caption, tokens.muted, place, down, gauge.title, label - Space.S)
            self._right(painter, place, down, gauge, figure)
            bar = QRectF(place.left() + label, place.top() + down + 6, place.width() - label - figure, BAR_PIXELS)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.track))
            painter.drawRoundedRect(bar, 3, 3)
            if gauge.share is not None:
                live = tokens.faint if now.stale else tokens.accent
                painter.setBrush(QColor(tokens.warn if gauge.over else live))
                painter.drawRoundedRect(
                    QRectF(bar.topLeft(), bar.size()).adjusted(0, 0, (min(gauge.share, 1) - 1) * bar.width(), 0), 3, 3
                )

    def _right(self, painter: QPainter, place: QRectF, down: int, gauge: Gauge, room: float) -> None:
        """The figure of a bar, at the right edge."""
        face, tokens = font(TypeSize.TABLE), self._style.tokens
        metrics = QFontMetrics(face)
        words = metrics.elidedText(gauge.words, Qt.TextElideMode.ElideRight, int(room - Space.XS))
        painter.setFont(face)
        painter.setPen(QColor(tokens.muted if gauge.share is None else tokens.text))
        left = place.right() - metrics.horizontalAdvance(words)
        painter.drawText(int(left), int(place.top()) + down + metrics.ascent(), words)

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


class _Spoken(QIdentityProxyModel):
    """The rows of the inventory; a screen reader and a tool tip tell the whole card."""

    def __init__(self, rows: RowsModel[DeviceRow], card: Callable[[int], DeviceCard], parent: QWidget) -> None:
        super().__init__(parent)
        self._card = card
        self.setSourceModel(rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._card(index.row()).spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._hint(self._card(index.row()))
        return super().data(index, role)

    def _hint(self, card: DeviceCard) -> str:
        """What there was no room for: why sensors are missing, and how bars without a limit are drawn."""
        if card.now is None or card.now.failure:
            return "" if card.now is None else card.now.failure
        scale = QCoreApplication.translate("Devices", "Clock and power: of the highest seen since the page was opened")
        return "\n".join(filter(None, (card.now.reasons, scale)))


class DeviceCards(QListView):
    """The same rows and the same selection as the table of devices; ``shown`` tells whether somebody sees them."""

    shown = Signal(bool)

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
        self.setModel(_Spoken(model, lambda number: card(model.row(number)), self))
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

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody sees the boards."""
        super().showEvent(event)
        self.shown.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees them any more."""
        super().hideEvent(event)
        self.shown.emit(False)

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
            self.selectionModel().setCurrentIndex(self.model().index(place, 0), flags)
        self._following = False

"""Rows of a list that say more than a name: the name, what it means in a smaller type, and keys at the right."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..theme.style import Style, font
from ..theme.tokens import Space, TypeSize

KIND_ROLE = int(Qt.ItemDataRole.UserRole) + 1
KEYS_ROLE = KIND_ROLE + 1
OFF = "off"
GAP = 3
Index = QModelIndex | QPersistentModelIndex


class TwoLines(QStyledItemDelegate):
    """Paints the text up to its first line end as the name, the rest below it; what is ``off`` says why in its second line."""

    def __init__(self, box: QListWidget, style: Style) -> None:
        super().__init__(box)
        self._style = style
        box.setItemDelegate(self)
        style.changed.connect(box.viewport().update)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line or two."""
        _, _, below = str(index.data() or "").partition("\n")
        high = QFontMetrics(_name_font()).height() + 2 * Space.S
        return QSize(0, high + (GAP + QFontMetrics(_small()).height() if below else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The tint of the selection, the name, the line below, the keys."""
        tokens = self._style.tokens
        place: QRect = option.rect
        state = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        tint = None
        if state & QStyle.StateFlag.State_Selected:
            tint = tokens.accent_soft
        elif state & QStyle.StateFlag.State_MouseOver:
            tint = tokens.page
        if tint is not None:
            painter.setBrush(QColor(tint))
            painter.drawRoundedRect(place, 6, 6)
        name, _, below = str(index.data() or "").partition("\n")
        inside = place.adjusted(Space.M, Space.S, -Space.M, -Space.S)
        keys = str(index.data(KEYS_ROLE) or "")
        small = QFontMetrics(_small())
        if keys:
            painter.setFont(_small())
            painter.setPen(QColor(tokens.muted))
            painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, keys)
        room = inside.width() - (small.horizontalAdvance(keys) + Space.M if keys else 0)
        off = index.data(KIND_ROLE) == OFF
        self._write(painter, _name_font(), tokens.muted if off else tokens.text, inside, 0, name, room)
        down = QFontMetrics(_name_font()).height() + GAP
        self._write(painter, _small(), tokens.warn if off else tokens.muted, inside, down, below, room)
        painter.restore()

    def _write(
        self, painter: QPainter, face: QFont, colour: str, inside: QRect, down: int, words: str, room: int
    ) -> None:
        metrics = QFontMetrics(face)
        painter.setFont(face)
        painter.setPen(QColor(colour))
        shown = metrics.elidedText(words.replace("\n", " "), Qt.TextElideMode.ElideRight, room)
        painter.drawText(inside.left(), inside.top() + down + metrics.ascent(), shown)


def _name_font() -> QFont:
    return font(TypeSize.BODY, QFont.Weight.Medium)


def _small() -> QFont:
    return font(TypeSize.TABLE)

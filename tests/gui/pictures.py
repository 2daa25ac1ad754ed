"""Pictures of widgets: painting them, comparing them with baselines, finding texts that are cut and widgets out of place.

A baseline is one small picture per scene with its four looks. They are compared block by block after shrinking, so that
another antialiasing or a digit more is nothing, and a missing card, table, plot or theme is not.
"""

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontInfo, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QStackedLayout,
    QTableView,
    QWidget,
)

from gui.i18n import Language
from gui.theme.tokens import Theme
from gui.widgets.text import ShrinkingText

BASELINES = Path(__file__).parent / "baselines"
FONT_FILE = BASELINES / "font.txt"
SMALL = QSize(340, 215)
BLOCK = 8  # pixels of a small picture, 32 of the window
BLOCK_DIFFERS = 9.0  # levels of 255 between the mean colours of a block
SHARE_ALLOWED = 0.03
SHARE_WITH_OTHER_FONTS = 0.15
LOOKS = [(theme, language) for theme in Theme for language in Language]


def painted(widget: QWidget, ratio: float = 1.0) -> QImage:
    """A widget as it is painted."""
    image = QImage(widget.size() * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    widget.render(image)
    return image


def clipped(page: QWidget) -> list[str]:
    """Texts that have less room than they need: labels, buttons, chosen values, heads and cells of tables."""
    found = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisibleTo(page) or isinstance(widget, ShrinkingText):
            continue
        if isinstance(widget, QLabel) and widget.text() and widget.sizePolicy().horizontalPolicy().name != "Ignored":
            needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            width = 0 if widget.wordWrap() else widget.sizeHint().width()
            if widget.width() < width or widget.height() < needed:
                found.append(f"label {widget.text()}")
        elif isinstance(widget, QAbstractButton) and widget.text() and widget.width() < widget.sizeHint().width():
            found.append(f"button {widget.text()}")
        elif isinstance(widget, QComboBox):
            room = widget.width() - widget.sizeHint().width() + _widest(widget)
            if widget.fontMetrics().horizontalAdvance(widget.currentText()) > room:
                found.append(f"choice {widget.currentText()}")
        elif isinstance(widget, QTableView):
            found += _cut_cells(widget)
    return found


def misplaced(page: QWidget) -> list[str]:
    """Widgets that hang out of the one they lie in, or cover another; what is scrolled may be larger than what shows it."""
    found = []
    for widget in page.findChildren(QWidget):
        around = widget.parentWidget()
        shown = widget.isVisibleTo(page) and not widget.isWindow() and not widget.size().isEmpty()
        if not shown or isinstance(around.parentWidget(), QAbstractScrollArea):
            continue
        if not around.rect().contains(widget.geometry()):
            found.append(f"outside {_named(widget)}")
        for other in _beside(widget) if around.layout() is not None else ():
            common = widget.geometry().intersected(other.geometry())
            if other.isVisibleTo(page) and common.width() > 1 and common.height() > 1:
                found.append(f"overlap {_named(widget)} with {_named(other)}")
    return found


def too_large(page: QWidget) -> list[str]:
    """The window of a page where its screen has no room for it."""
    window = page.window()
    room = window.screen().availableGeometry().size()
    fits = window.width() <= room.width() and window.height() <= room.height()
    return [] if fits else [f"window of {window.width()} x {window.height()}"]


def _beside(widget: QWidget) -> list[QWidget]:
    """What a layout put beside a widget."""
    inside = widget.parentWidget()
    others = inside.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [other for other in others if other is not widget and not other.isWindow() and _laid(inside.layout(), other)]


def _laid(layout: QLayout, widget: QWidget) -> bool:
    if layout.indexOf(widget) >= 0:
        return not isinstance(layout, QStackedLayout)
    inner = (layout.itemAt(place).layout() for place in range(layout.count()))
    return any(_laid(one, widget) for one in inner if one is not None)


def _named(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton | QLineEdit) else widget.accessibleName()
    return f"{type(widget).__name__} {words}".strip()


def _widest(box: QComboBox) -> int:
    """What the hint of a box reckons with: its longest choice."""
    return max((box.fontMetrics().horizontalAdvance(box.itemText(n)) for n in range(box.count())), default=0)


def _cut_cells(table: QTableView) -> list[str]:
    """Numbers and heads must never be cut; a long text may end in dots where its tool tip holds it."""
    model, head, found = table.model(), table.horizontalHeader(), []
    right = Qt.AlignmentFlag.AlignRight
    for column in range(model.columnCount()):
        if table.isColumnHidden(column):
            continue
        title = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        if QHeaderView.sectionSize(head, column) < head.fontMetrics().horizontalAdvance(title) + 12:
            found.append(f"head {title}")
        for row in range(min(model.rowCount(), 12)):
            index = model.index(row, column)
            words = str(index.data() or "")
            number = bool(Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole) or 0) & right)
            cut = table.columnWidth(column) < table.fontMetrics().horizontalAdvance(words) + 12
            if cut and (number or index.data(Qt.ItemDataRole.ToolTipRole) != index.data()):
                found.append(f"cell {words}")
    return found


def shrunk(image: QImage) -> QImage:
    """A picture as baselines keep it."""
    return image.scaled(SMALL, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)


def blocks(image: QImage) -> list[tuple[float, float, float]]:
    """Mean colour of every block of a small picture."""
    means = image.convertToFormat(QImage.Format.Format_RGB888).scaled(
        SMALL / BLOCK, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    colours = (means.pixelColor(x, y) for y in range(means.height()) for x in range(means.width()))
    return [(colour.red(), colour.green(), colour.blue()) for colour in colours]


def difference(first: QImage, second: QImage) -> float:
    """Share of the blocks whose mean colour differs."""
    pairs = list(zip(blocks(first), blocks(second), strict=True))
    differing = sum(max(abs(a - b) for a, b in zip(one, other, strict=True)) > BLOCK_DIFFERS for one, other in pairs)
    return differing / len(pairs)


def baseline(scene: str) -> QImage:
    """The four looks of a scene in one picture."""
    return QImage(str(BASELINES / f"{scene}.png"))


def place(theme: Theme, language: Language) -> QRect:
    """Where a look lies in a baseline."""
    number = LOOKS.index((theme, language))
    return QRect((number % 2) * SMALL.width(), (number // 2) * SMALL.height(), SMALL.width(), SMALL.height())


def font_here() -> str:
    """The family texts are really painted in."""
    return QFontInfo(QApplication.font()).family()


def allowed() -> float:
    """The share of blocks that may differ; more where other fonts make other lines."""
    return SHARE_ALLOWED if FONT_FILE.read_text().strip() == font_here() else SHARE_WITH_OTHER_FONTS

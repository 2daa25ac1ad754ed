"""Line icons, drawn from paths in the colour they are asked for, crisp at every pixel ratio."""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

PATHS = {
    "start": '<path d="M4 10.5 12 4l8 6.5V20H4z"/><path d="M10 20v-5h4v5"/>',
    "flyweight": '<path d="M12 3.5 20 8v8l-8 4.5L4 16V8z"/><path d="M4 8l8 4.5L20 8M12 12.5v8"/>',
    "moon": '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17'
    'M17 7l1.4-1.4"/>',
    "language": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c2.6 2.4 3.8 5.2 3.8 8.5s-1.2 6.1-3.8 8.5'
    'c-2.6-2.4-3.8-5.2-3.8-8.5S9.4 5.9 12 3.5z"/>',
    "warning": '<path d="M12 4.5 21 20H3z"/><path d="M12 10.5v4M12 17v.3"/>',
    "stop": '<circle cx="12" cy="12" r="8.5"/><path d="M9.5 9.5h5v5h-5z"/>',
}
TEMPLATE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><g fill="none" stroke="{colour}" '
    'stroke-width="{width}" stroke-linecap="round" stroke-linejoin="round">{path}</g></svg>'
)


def pixmap(name: str, colour: str, pixels: int, ratio: float = 1.0, width: float = 1.7) -> QPixmap:
    """An icon of ``pixels`` x ``pixels`` device-independent pixels."""
    made = QPixmap(round(pixels * ratio), round(pixels * ratio))
    made.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(TEMPLATE.format(colour=colour, width=width, path=PATHS[name]).encode()))
    painter = QPainter(made)
    renderer.render(painter, QRectF(0, 0, made.width(), made.height()))
    painter.end()
    made.setDevicePixelRatio(ratio)
    return made


def icon(name: str, normal: str, selected: str | None = None, pixels: int = 18, gap: int = 0) -> QIcon:
    """An icon whose colour follows the selection, with ``gap`` pixels of air to its right."""
    made = QIcon()
    for ratio in (1.0, 2.0):
        for state, colour in ((QIcon.State.Off, normal), (QIcon.State.On, selected or normal)):
            made.addPixmap(_with_gap(pixmap(name, colour, pixels, ratio), gap), QIcon.Mode.Normal, state)
    return made


def _with_gap(drawn: QPixmap, gap: int) -> QPixmap:
    if not gap:
        return drawn
    ratio = drawn.devicePixelRatio()
    made = QPixmap(drawn.width() + round(gap * ratio), drawn.height())
    made.fill(Qt.GlobalColor.transparent)
    made.setDevicePixelRatio(ratio)
    painter = QPainter(made)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return made

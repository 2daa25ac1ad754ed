"""Line icons, drawn from paths in the colour they are asked for, crisp at every pixel ratio."""

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

PATHS = {
    "start": '<path d="M4 10.5 12 4l8 6.5V20H4z"/><path d="M10 20v-5h4v5"/>',
    "models": '<path d="M12 3.5 19.5 7.8v8.4L12 20.5 4.5 16.2V7.8z"/><path d="M4.5 7.8 12 12l7.5-4.2M12 12v8.5"/>',
    "compress": '<path d="M4 7h16M7 12h10M10 17h4"/>',
    "jobs": '<path d="M5 5h14v14H5z"/><path d="M10 9l5 3-5 3z"/>',
    "variants": '<path d="M4 4v16h16"/><circle cx="9" cy="14" r="1.4"/><circle cx="13" cy="9.5" r="1.4"/>'
    '<circle cx="18" cy="7" r="1.4"/>',
    "devices": '<path d="M4 5h16v11H4z"/><path d="M9 20h6M12 16v4"/>',
    "deploy": '<path d="M12 16V4M7.5 8.5 12 4l4.5 4.5"/><path d="M4 15v5h16v-5"/>',
    "profiles": '<path d="M4 20h16M7 20v-7M12 20V6M17 20v-10"/>',
    "report": '<path d="M6 3.5h8l4 4v13H6z"/><path d="M14 3.5v4h4M9 12h6M9 16h6"/>',
    "settings": '<circle cx="12" cy="12" r="3"/><path d="M12 3.5v3M12 17.5v3M3.5 12h3M17.5 12h3M6 6l2.1 2.1M15.9 15.9 18 18'
    'M6 18l2.1-2.1M15.9 8.1 18 6"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "ok": '<circle cx="12" cy="12" r="8.5"/><path d="M8 12.3l2.8 2.8L16 9.5"/>',
    "flyweight": '<path d="M12 3.5 20 8v8l-8 4.5L4 16V8z"/><path d="M4 8l8 4.5L20 8M12 12.5v8"/>',
    "moon": '<path d="M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z"/>',
    "sun": '<circle cx="12" cy="12" r="4"/><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17'
    'M17 7l1.4-1.4"/>',
    "language": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c2.6 2.4 3.8 5.2 3.8 8.5s-1.2 6.1-3.8 8.5'
    'c-2.6-2.4-3.8-5.2-3.8-8.5S9.4 5.9 12 3.5z"/>',
    "warning": '<path d="M12 4.5 21 20H3z"/><path d="M12 10.5v4M12 17v.3"/>',
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

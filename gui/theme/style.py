"""Tokens -> palette, style sheet and fonts of the application; widgets set no colour of their own."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from .tokens import FAMILIES, MONOSPACE, TOKENS, Theme, Tokens, TypeSize

FOLDER = Path(__file__).parent
KEYBOARD_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def font(
    pixels: int, weight: QFont.Weight = QFont.Weight.Normal, families: Sequence[str] = FAMILIES, hint: bool = False
) -> QFont:
    """A font of the application; ``hint`` asks for a fixed pitch."""
    made = QFont()
    made.setFamilies(list(families))
    made.setPixelSize(pixels)
    made.setWeight(weight)
    if hint:
        made.setStyleHint(QFont.StyleHint.Monospace)
    return made


def monospace(pixels: int = TypeSize.TABLE) -> QFont:
    """The font of logs."""
    return font(pixels, families=MONOSPACE, hint=True)


def palette(tokens: Tokens) -> QPalette:
    """The palette behind the style sheet."""
    made, role = QPalette(), QPalette.ColorRole
    colours = {
        role.Window: tokens.page,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.page,
        role.Button: tokens.surface,
        role.Text: tokens.text,
        role.WindowText: tokens.text,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.text,
        role.Highlight: tokens.accent_soft,
        role.HighlightedText: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.ToolTipBase: tokens.surface,
        role.ToolTipText: tokens.text,
        role.Link: tokens.accent,
        role.Accent: tokens.accent,
    }
    for key, colour in colours.items():
        made.setColor(key, QColor(colour))
    for key in (role.Text, role.WindowText, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, key, QColor(tokens.faint))
    return made


def style_sheet(theme: Theme) -> str:
    """The style sheet of a theme."""
    values = TOKENS[theme].colours() | {
        name: (FOLDER / f"{name}_{theme}.svg").as_posix() for name in ("check", "arrow")
    }
    text = (FOLDER / "style.qss").read_text(encoding="utf-8")
    for name in sorted(values, key=len, reverse=True):
        text = text.replace(f"@{name}", values[name])
    return text


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties that the style sheet looks at."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def system_theme() -> Theme:
    """The theme the desktop prefers; light where it does not say."""
    dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return Theme.DARK if dark else Theme.LIGHT


class Style(QObject):
    """The look of the running application."""

    changed = Signal()

    def __init__(self, application: QApplication, theme: Theme | None) -> None:
        super().__init__(application)
        self._application = application
        self.theme = theme or system_theme()
        self.follows = theme is None
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        application.setStyle("Fusion")
        application.setFont(font(TypeSize.BODY))
        application.installEventFilter(self)
        self._show(self.theme)

    @property
    def tokens(self) -> Tokens:
        """Tokens of the theme in use."""
        return TOKENS[self.theme]

    def follow_system(self) -> None:
        """Take the theme of the desktop, now and whenever it changes."""
        self.follows = True
        self._show(system_theme())

    def use(self, theme: Theme) -> None:
        """Switch the theme and keep it, whatever the desktop says."""
        self.follows = False
        self._show(theme)

    def _system_changed(self) -> None:
        if self.follows:
            self._show(system_theme())

    def _show(self, theme: Theme) -> None:
        self.theme = theme
        sheet = style_sheet(theme)
        if self._application.styleSheet() != sheet:  # it polishes every widget anew, which takes seconds
            self._application.setPalette(palette(self.tokens))
            self._application.setStyleSheet(sheet)
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Mark widgets that got the focus from the keyboard: only they show a ring."""
        if isinstance(event, QFocusEvent) and isinstance(watched, QWidget):  # asked first: every event passes here
            came = event.gotFocus()
            keyboard = came and event.reason() in KEYBOARD_REASONS
            if (came or event.lostFocus()) and bool(watched.property("ring")) != keyboard:
                restyle(watched, ring=keyboard)
        return False

"""The window: navigation to the left, a page to the right. It lays out and hands on; it decides nothing."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QToolButton, QWidget

from .actions import Command, add_shortcuts
from .i18n import Language, Translation, can_show
from .operations import Operation
from .pages.start import StartPage
from .pages.start.page import Opener, open_file
from .settings import Settings, save_settings
from .theme.icons import icon
from .theme.style import Style
from .theme.tokens import Space, Theme
from .viewmodels.start import VERB, StartModel
from .widgets.layout import button, column
from .widgets.text import Text

SIZE = QSize(1360, 860)
SMALLEST = QSize(960, 600)
NAV_PIXELS = 208
ICON_GAP = 6


class MainWindow(QWidget):
    """Everything a person sees. ``gone`` is emitted when the window is closed and no worker is left."""

    gone = Signal()

    def __init__(
        self,
        style: Style,
        translation: Translation,
        operation: Operation | None = None,
        *,
        settings_file: Path | None = None,
        opener: Opener = open_file,
    ) -> None:
        super().__init__()
        self.style_ = style
        self.translation = translation
        self._settings_file = settings_file
        self.operation = operation or Operation(VERB)
        self.operation.setParent(self)
        self.model = StartModel(self.operation, self)
        self.start_page = StartPage(self.model, style, opener)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start_page)
        self._closing = False
        self.commands = [
            *self.start_page.commands,
            Command("go-start", "Ctrl+1", lambda: self.pages.setCurrentWidget(self.start_page)),
            Command("toggle-theme", "Ctrl+Shift+T", self.toggle_theme),
            Command("toggle-language", "Ctrl+Shift+L", self.toggle_language, self._other_language_is_shown),
            Command("quit", "Ctrl+Q", self.close),
        ]
        self._build()
        self._shortcuts = add_shortcuts(self, self.commands)
        style.changed.connect(self._draw)
        self.operation.ended.connect(self._worker_gone)
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE.boundedTo(self.screen().availableGeometry().size()).expandedTo(SMALLEST))
        self._draw()
        self.retranslate()

    def command(self, id_: str) -> Command:
        """A command by its id."""
        return next(command for command in self.commands if command.id == id_)

    def _build(self) -> None:
        self.nav = QWidget()
        self.nav.setObjectName("nav")
        self.nav.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.nav.setFixedWidth(NAV_PIXELS)
        self._brand = Text("brand")
        self._brand.setContentsMargins(Space.M, 0, 0, 0)
        self.start_button = QToolButton()
        self.start_button.setProperty("nav", True)
        self.start_button.setCheckable(True)
        self.start_button.setChecked(True)
        self.start_button.setAutoExclusive(True)
        self.start_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.start_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.start_button.setIconSize(QSize(18 + ICON_GAP, 18))
        self.start_button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.start_button.clicked.connect(lambda: self.command("go-start")())
        self.language_button = self._switch(lambda: self.command("toggle-language")())
        self.theme_button = self._switch(lambda: self.command("toggle-theme")())
        self.nav.setLayout(
            column(
                self._brand,
                Space.L,
                self.start_button,
                None,
                self.language_button,
                self.theme_button,
                gap=Space.XS,
                margins=(Space.M, Space.L, Space.M, Space.M),
            )
        )
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.nav)
        layout.addWidget(self.pages, 1)

    def _switch(self, clicked: Callable[[], object]) -> QPushButton:
        made = button(clicked, quiet=True)
        made.setIconSize(QSize(16 + ICON_GAP, 16))
        return made

    def retranslate(self) -> None:
        """Set the texts."""
        self.setWindowTitle("Flyweight")
        self._brand.setText("Flyweight")
        self.start_button.setText(self.tr("Start"))
        self.start_button.setToolTip(self.command("go-start").hint)
        self.language_button.setText(self._other_language().own_name)
        shown = self._other_language_is_shown()
        self.language_button.setEnabled(shown)
        missing = self.tr("Chinese needs a font, for example: sudo apt install fonts-noto-cjk")
        self.language_button.setToolTip(self.command("toggle-language").hint if shown else missing)
        self.theme_button.setToolTip(self.command("toggle-theme").hint)
        self._name_theme_button()
        for action, command in zip(self._shortcuts, self.commands, strict=True):
            action.setText(command.title)
        self.start_page.retranslate()

    def toggle_theme(self) -> None:
        """Light to dark, dark to light; remembered."""
        self.style_.use(Theme.LIGHT if self.style_.theme is Theme.DARK else Theme.DARK)
        self._remember()

    def toggle_language(self) -> None:
        """The other language; remembered."""
        self.translation.use(self._other_language())
        self._remember()

    def _other_language(self) -> Language:
        return Language.CHINESE if self.translation.language is Language.ENGLISH else Language.ENGLISH

    def _other_language_is_shown(self) -> bool:
        return can_show(self._other_language())

    def _remember(self) -> None:
        if self._settings_file is not None:
            save_settings(self._settings_file, Settings(self.style_.theme, self.translation.language.value))

    def _draw(self) -> None:
        tokens = self.style_.tokens
        self.setWindowIcon(QIcon(icon("flyweight", tokens.accent, pixels=64)))
        self.start_button.setIcon(icon("start", tokens.muted, tokens.accent, gap=ICON_GAP))
        self.language_button.setIcon(icon("language", tokens.muted, pixels=16, gap=ICON_GAP))
        look = "moon" if self.style_.theme is Theme.LIGHT else "sun"
        self.theme_button.setIcon(icon(look, tokens.muted, pixels=16, gap=ICON_GAP))
        self._name_theme_button()

    def _name_theme_button(self) -> None:
        light = self.style_.theme is Theme.LIGHT
        self.theme_button.setText(self.tr("Dark") if light else self.tr("Light"))

    def changeEvent(self, event: QEvent) -> None:
        """A new language means new texts."""
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """The first focus belongs to the page, without a ring."""
        super().showEvent(event)
        self.start_page.setFocus(Qt.FocusReason.OtherFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:
        """A running worker goes first, the window is gone at once; the application ends when both are."""
        if not self.operation.state.busy:
            event.accept()
            self.gone.emit()
            return
        event.ignore()
        if not self._closing:
            self._closing = True
            self.hide()
            self.operation.shut_down()

    def _worker_gone(self) -> None:
        if self._closing:
            self._closing = False
            self.close()

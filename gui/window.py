"""The window: navigation to the left, a page to the right. It lays out and hands on; it decides nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QShowEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from .actions import Command, add_shortcuts, fill_menu
from .i18n import Translation
from .looks import Looks
from .notifications import Notifier
from .operations import Operation
from .pages import PAGES
from .pages.start import StartPage
from .pages.start.page import Opener, open_file
from .pages.tools import Tools
from .settings import Settings, sample_project, save_settings
from .theme.icons import icon
from .theme.style import Style
from .theme.tokens import Space, Theme
from .viewmodels.run import Run
from .viewmodels.session import Session
from .viewmodels.start import VERB, StartModel
from .widgets.layout import button, column
from .widgets.page import Page
from .widgets.palette import CommandPalette
from .widgets.question import Question
from .widgets.text import ShrinkingText, Text

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
        session: Session | None = None,
        settings: Settings | None = None,
        settings_file: Path | None = None,
        opener: Opener = open_file,
    ) -> None:
        super().__init__()
        self.style_ = style
        self.translation = translation
        self.looks = Looks(style, translation, self)
        self.session = session or Session()
        self.session.setParent(self)
        self.settings = settings or Settings()
        self.opener = opener
        self._settings_file = settings_file
        self.remembers = settings_file is not None
        self.operation = operation or Operation(VERB)
        self.operation.setParent(self)
        self.session.watch(self.operation)
        self.model = StartModel(self.operation, self)
        self.start_page: StartPage = StartPage(
            self.model, self.session, style, self.command, opener, self._other_recent
        )
        self.tools = Tools(self.session, style, self)
        self.pages = QStackedWidget()
        self._made: dict[str, Page] = {}
        self._closing = False
        self.box: Question | None = None
        self.commands = self._make_commands()
        self._build()
        self._shortcuts = add_shortcuts(self, self.commands)
        self.notifier = Notifier(self, self._show_run, self._watches)
        self.notifier.follow(self.model)
        self.session.run_started.connect(self.notifier.follow)
        style.changed.connect(self._draw)
        self.looks.changed.connect(self._remember)
        self.session.project_changed.connect(self._project_changed)
        self.session.quiet.connect(self._workers_gone)
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE.boundedTo(self.screen().availableGeometry().size()).expandedTo(SMALLEST))
        if self.settings.geometry is not None:
            self.restoreGeometry(QByteArray.fromBase64(self.settings.geometry.encode("ascii", "ignore")))
        self._draw()
        self.go("start")
        self.retranslate()

    def _other_recent(self) -> list[tuple[str, Callable[[], object]]]:
        """What was open before the project that is open now."""
        return [item for item in self.recent() if item[0] != str(self.session.folder)]

    def recent(self) -> list[tuple[str, Callable[[], object]]]:
        """Projects and models opened lately, each with the way back to it."""
        projects = [folder for folder in self.settings.recent if Path(folder).is_dir()]
        found: list[tuple[str, Callable[[], object]]] = []
        for folder in projects:
            found.append((folder, lambda folder=folder: self.session.open(Path(folder))))  # type: ignore[misc]
        for source in self.settings.models:
            found.append((source, lambda source=source: self._open_source(source)))  # type: ignore[misc]
        return found

    def _open_source(self, source: str) -> None:
        self.go("models")
        self.page("models").open(source)  # type: ignore[attr-defined]

    def model_opened(self, source: str) -> None:
        """Remember a model that could be read."""
        self.settings = replace(self.settings, models=self.settings.with_model(source))
        self._remember()

    def _show_run(self, run: Run) -> None:
        self.go("start" if run is self.model else "jobs")

    def _watches(self, run: Run) -> bool:
        """True while the page in front shows how this run ended."""
        page = self.pages.currentWidget()
        if run is self.model:
            return page is self.start_page
        return any(page is self._made.get(id_) for id_ in ("compress", "jobs", "deploy", "devices"))

    def _make_commands(self) -> list[Command]:
        return [
            *self.start_page.commands,
            *(Command(f"go-{p.id}", p.shortcut, self._go_to(p.id), menu="go") for p in PAGES),
            Command("open-model", "Ctrl+O", self._open_model, menu="project"),
            Command("open-project", "Ctrl+Shift+O", self._choose_project, menu="project"),
            Command("open-sample", "Ctrl+Shift+S", self._open_sample, self._has_sample, menu="project"),
            Command("open-recipe", "Ctrl+Shift+R", self._on_wizard("open_recipe"), self._on_compress, menu="project"),
            Command("save-recipe", "Ctrl+S", self._on_wizard("save_recipe"), self._on_compress, menu="project"),
            Command("undo", "Ctrl+Z", self._on_wizard("undo"), self._on_compress),
            Command("redo", "Ctrl+Shift+Z", self._on_wizard("redo"), self._on_compress),
            Command("add-device", "Ctrl+D", self._add_device),
            Command("look-closer", "Ctrl+I", self._look_closer, self._has_variant),
            Command("profile-fleet", "Ctrl+Shift+P", self._profile_fleet),
            Command("measure", "Ctrl+M", lambda: self.tools.measure(self._variant)),
            Command("try", "Ctrl+T", lambda: self.tools.attempt(self._variant)),
            Command("offline", "Ctrl+Shift+F", lambda: self.tools.offline(self._variant)),
            Command("foresee", "Ctrl+Shift+E", self.tools.foresee),
            Command("packs", "Ctrl+Shift+I", self.tools.packs),
            Command("rights", "Ctrl+Shift+G", self._rights, self._has_device),
            Command("keys", "Ctrl+Shift+K", self.tools.keys),
            Command("show-ended", "Ctrl+J", lambda: self.notifier.show_last(), lambda: self.notifier.knows, menu="go"),
            Command("shortcuts", "F1", self._show_shortcuts, menu="view"),
            Command("refresh", "F5", lambda: self.current.activate(), menu="view"),
            Command("palette", "Ctrl+K", self.find_command, menu="view"),
            Command("toggle-theme", "Ctrl+Shift+T", self.looks.toggle_theme, menu="view"),
            Command(
                "toggle-language",
                "Ctrl+Shift+L",
                lambda: self.looks.use_language(self.looks.other_language),
                lambda: self.looks.shows(self.looks.other_language),
                menu="view",
            ),
            Command("quit", "Ctrl+Q", self.leave, menu="project"),
        ]

    def command(self, id_: str) -> Command:
        """A command by its id."""
        return next(command for command in self.commands if command.id == id_)

    @property
    def current(self) -> Page:
        """The page that is shown."""
        shown = self.pages.currentWidget()
        assert isinstance(shown, Page)
        return shown

    def page(self, id_: str) -> Page:
        """A page by its id, built when it is asked for the first time."""
        if id_ not in self._made:
            made = next(spec for spec in PAGES if spec.id == id_).make(self)
            self._made[id_] = made
            self.pages.addWidget(made)
            made.retranslate()
        return self._made[id_]

    def go(self, id_: str) -> None:
        """Show a page."""
        page = self.page(id_)
        self.pages.setCurrentWidget(page)
        self._nav[id_].setChecked(True)
        page.activate()
        if self.isVisible():
            page.first_focus()

    def compress(self, model: str) -> None:
        """Begin a compression of this model."""
        page = self.page("compress")
        page.begin(model)  # type: ignore[attr-defined]
        self.go("compress")

    def _build(self) -> None:
        self.nav = QWidget()
        self.nav.setObjectName("nav")
        self.nav.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.nav.setFixedWidth(NAV_PIXELS)
        self._brand = Text("brand")
        self._project = ShrinkingText("caption")
        for label in (self._brand, self._project):
            label.setContentsMargins(Space.M, 0, 0, 0)
        self._nav = {spec.id: self._nav_button(spec.id) for spec in PAGES}
        self.start_button = self._nav["start"]
        self.menu_button = self._switch(self._show_menu)
        self.menu = QMenu(self)
        self.menu.aboutToShow.connect(lambda: fill_menu(self.menu, self.commands, self.recent()))
        self.language_button = self._switch(lambda: self.command("toggle-language")())
        self.theme_button = self._switch(lambda: self.command("toggle-theme")())
        self.nav.setLayout(
            column(
                self._brand,
                self._project,
                Space.M,
                *self._nav.values(),
                None,
                self.menu_button,
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

    def _nav_button(self, id_: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("nav", True)
        made.setCheckable(True)
        made.setAutoExclusive(True)
        made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        made.setIconSize(QSize(18 + ICON_GAP, 18))
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        made.clicked.connect(lambda: self.command(f"go-{id_}")())
        return made

    def _switch(self, clicked: Callable[[], object]) -> QPushButton:
        made = button(clicked, quiet=True)
        made.setIconSize(QSize(16 + ICON_GAP, 16))
        return made

    def retranslate(self) -> None:
        """Set the texts."""
        self.setWindowTitle("Flyweight")
        self._brand.setText("Flyweight")
        self._project.show_text(self.session.name)
        for spec in PAGES:
            self._nav[spec.id].setText(spec.title)
            self._nav[spec.id].setToolTip(self.command(f"go-{spec.id}").hint)
        self.menu_button.setText(self.tr("Menu"))
        self.menu_button.setToolTip(self.command("palette").hint)
        self.language_button.setText(self.looks.other_language.own_name)
        shown = self.looks.shows(self.looks.other_language)
        self.language_button.setEnabled(shown)
        missing = self.tr("Chinese needs a font, for example: sudo apt install fonts-noto-cjk")
        self.language_button.setToolTip(self.command("toggle-language").hint if shown else missing)
        self.theme_button.setToolTip(self.command("toggle-theme").hint)
        self._name_theme_button()
        for action, command in zip(self._shortcuts, self.commands, strict=True):
            action.setText(command.title)
        for page in self._made.values():
            page.retranslate()
        self.notifier.toasts.retranslate()

    def find_command(self) -> None:
        """Open the palette."""
        CommandPalette(self.commands, self.style_, self).open()

    def _show_menu(self) -> None:
        self.menu.popup(self.menu_button.mapToGlobal(self.menu_button.rect().topRight()))

    def _open_model(self) -> None:
        self.go("models")
        self.page("models").choose()  # type: ignore[attr-defined]

    def _add_device(self) -> None:
        self.go("devices")
        self.page("devices").add()  # type: ignore[attr-defined]

    def _profile_fleet(self) -> None:
        self.go("profiles")
        self.page("profiles").profile_fleet()  # type: ignore[attr-defined]

    def _look_closer(self) -> None:
        self.tools.study(self.page("variants").model.selected[0])  # type: ignore[attr-defined]

    def _has_variant(self) -> bool:
        page = self._made.get("variants")
        return page is not None and page is self.pages.currentWidget() and bool(page.model.selected)  # type: ignore[attr-defined]

    @property
    def _variant(self) -> str:
        """The variant that is selected on the page in front."""
        return self.page("variants").model.selected[0].id if self._has_variant() else ""  # type: ignore[attr-defined]

    def _has_device(self) -> bool:
        page = self._made.get("devices")
        return page is not None and page is self.pages.currentWidget() and page.model.device is not None  # type: ignore[attr-defined]

    def _rights(self) -> None:
        self.page("devices").show_rights()  # type: ignore[attr-defined]

    def _show_shortcuts(self) -> None:
        self.go("settings")
        self.page("settings").shortcuts.setFocus(Qt.FocusReason.ShortcutFocusReason)  # type: ignore[attr-defined]

    def _choose_project(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.command("open-project").title, str(self.session.folder))
        if folder:
            self.session.open(Path(folder))

    def _has_sample(self) -> bool:
        return any(sample_project(quick).is_dir() for quick in (False, True))

    def _open_sample(self) -> None:
        found = [sample_project(quick) for quick in (self.model.quick, not self.model.quick)]
        self.session.open(next(folder for folder in found if folder.is_dir()))
        self.go("variants")

    def _go_to(self, id_: str) -> Callable[[], object]:
        return lambda: self.go(id_)

    def _on_wizard(self, name: str) -> Callable[[], object]:
        def act() -> None:
            getattr(self.page("compress"), name)()

        return act

    def _on_compress(self) -> bool:
        return self._made.get("compress") is self.pages.currentWidget()

    def _project_changed(self) -> None:
        self._project.show_text(self.session.name)
        self.settings = replace(
            self.settings,
            project=str(self.session.folder),
            recent=self.settings.with_project(str(self.session.folder)),
        )
        self._remember()
        self.start_page.render_state()
        self.current.activate()

    def _remember(self) -> None:
        self.settings = replace(
            self.settings, theme=self.looks.theme, language=self.translation.language.value, geometry=self._place()
        )
        if self.remembers and self._settings_file is not None:
            save_settings(self._settings_file, self.settings)

    def _place(self) -> str:
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def _draw(self) -> None:
        tokens = self.style_.tokens
        self.setWindowIcon(QIcon(icon("flyweight", tokens.accent, pixels=64)))
        for id_, made in self._nav.items():
            made.setIcon(icon(id_, tokens.muted, tokens.accent, gap=ICON_GAP))
        self.menu_button.setIcon(icon("menu", tokens.muted, pixels=16, gap=ICON_GAP))
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
        self.current.first_focus()

    def leave(self) -> None:
        """Close the window; where that would cut off work that costs something, a person is asked first."""
        if not self.session.costly:
            self.close()
            return
        self.box = Question(
            self.style_,
            self.tr("Work is still running. Stop it and close the window?"),
            self.tr(
                "A compression, a campaign or a rollout can be resumed from its last finished step. "
                "A measurement, a deployment or a new device begins anew; boards keep what they run."
            ),
            ((self.tr("Stop it and close"), self.close),),
            self,
        )
        self.box.open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Running workers go first, the window is gone at once; the application ends when all are."""
        if event.spontaneous() and not self._closing and self.session.costly:  # a person, by the frame of the window
            event.ignore()
            self.leave()
            return
        if not self._closing:
            self._remember()
        if not self.session.busy:
            event.accept()
            self.gone.emit()
            return
        event.ignore()
        if not self._closing:
            self._closing = True
            self.hide()
            self.session.shut_down()

    def _workers_gone(self) -> None:
        if self._closing:
            self._closing = False
            self.close()

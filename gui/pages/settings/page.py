"""How the window looks and speaks; whether this computer is ready; what this program sends: nothing."""

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ...actions import Command
from ...i18n import Language
from ...looks import Looks
from ...theme.style import Style
from ...theme.tokens import Space, Theme
from ...viewmodels.devices import CheckRow, check_columns, read_checks
from ...viewmodels.query import Query
from ...viewmodels.rows import ColumnSpec, RowsModel
from ...viewmodels.saying import trouble
from ...viewmodels.session import Session
from ...widgets.choices import choice_box
from ...widgets.facts import Facts
from ...widgets.layout import Card, button, column, row
from ...widgets.page import Page
from ...widgets.table import Table
from ...widgets.text import Pill, Text

MARGINS = (Space.L, Space.M, Space.L, Space.L)


class SettingsPage(Page):
    """Looks and shortcuts to the left, diagnostics to the right."""

    def __init__(
        self,
        session: Session,
        style: Style,
        looks: Looks,
        commands: Sequence[Command] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(style, parent)
        self._looks, self._session = looks, session
        self.doctor = Query(session, "doctor", self)
        self.checks: RowsModel[CheckRow] = RowsModel(check_columns(), lambda check: check.name, self)
        self.doctor.answered.connect(lambda: self.checks.show(read_checks(self.doctor.document)))
        self.doctor.changed.connect(self.render_state)
        self.theme, self.language = choice_box(), choice_box()
        self.theme.activated.connect(self._choose_theme)
        self.language.activated.connect(lambda: looks.use_language(Language(self.language.currentData())))
        self._looks_title, self._theme_name, self._language_name = Text("card-title"), Text("muted"), Text("muted")
        for label in (self._theme_name, self._language_name):
            label.setFixedWidth(110)
        self._font = Text("caption", wrap=True)
        left = Card()
        left.setLayout(
            column(
                self._looks_title,
                row(self._theme_name, self.theme),
                row(self._language_name, self.language),
                self._font,
                gap=Space.M,
                margins=MARGINS,
            )
        )
        self._about_title, self.privacy = Text("card-title"), Text("muted", wrap=True)
        self.about = Facts()
        about = Card()
        about.setLayout(column(self._about_title, self.privacy, self.about, gap=Space.M, margins=MARGINS))
        self._checks_title, self.pill, self._words = Text("card-title"), Pill(), Text("muted", wrap=True)
        self.check_button, self.copy_button = button(self.doctor.load), button(self._copy)
        self.table = Table(self.checks, style, wide=2)
        right = Card()
        inside = column(
            row(self._checks_title, self.pill, None, self.copy_button, self.check_button),
            self._words,
            self.table,
            gap=Space.M,
            margins=MARGINS,
        )
        inside.setStretch(2, 1)
        right.setLayout(inside)
        columns = (
            ColumnSpec[Command]("what", lambda: self.tr("What"), lambda command: command.title),
            ColumnSpec[Command]("keys", lambda: self.tr("Keys"), lambda command: command.keys),
        )
        self.keys: RowsModel[Command] = RowsModel(columns, lambda command: command.id, self)
        self.keys.show(command for command in commands if command.keys)
        self._keys_title = Text("card-title")
        self.shortcuts = Table(self.keys, style)
        keys = Card()
        keys.setLayout(column(self._keys_title, self.shortcuts, margins=MARGINS))
        beside = column(left, about, keys, gap=Space.M)
        beside.setStretch(2, 1)
        whole = row(beside, right, gap=Space.M)
        whole.setStretch(0, 2)
        whole.setStretch(1, 3)
        self.content.setLayout(whole)
        self.frame()
        looks.changed.connect(self.render_state)
        session.project_changed.connect(self.render_state)

    def activate(self) -> None:
        """Look whether this computer is ready, the first time."""
        if self.doctor.document is None:
            self.doctor.load()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Settings"))
        self.sentence.setText(self.tr("Everything stays on this computer."))
        self._looks_title.setText(self.tr("Appearance"))
        self._theme_name.setText(self.tr("Theme"))
        self._language_name.setText(self.tr("Language"))
        themes = (
            (None, self.tr("As the desktop says")),
            (Theme.LIGHT, self.tr("Light")),
            (Theme.DARK, self.tr("Dark")),
        )
        self.theme.clear()
        for theme, text in themes:
            self.theme.addItem(text, theme)
        self.language.clear()
        for language, shown in self._looks.choices():
            if shown:
                self.language.addItem(language.own_name, language.value)
        self._font.setText(self.tr("Chinese needs a font, for example: sudo apt install fonts-noto-cjk"))
        self._about_title.setText(self.tr("About"))
        self.privacy.setText(
            self.tr(
                "No account, no cloud, no telemetry: Flyweight talks to your own devices over SSH and to nobody else."
            )
        )
        self._keys_title.setText(self.tr("Keyboard shortcuts"))
        self.shortcuts.setAccessibleName(self.tr("Keyboard shortcuts"))
        self.keys.retranslate()
        self._checks_title.setText(self.tr("Diagnostics"))
        self.check_button.setText(self.tr("Check again"))
        self.copy_button.setText(self.tr("Copy"))
        self.copy_button.setToolTip(self.tr("Copy the diagnostics; there are no secrets in them"))
        for widget, name in (
            (self.theme, self.tr("Theme")),
            (self.language, self.tr("Language")),
            (self.table, self.tr("Diagnostics")),
        ):
            widget.setAccessibleName(name)
        self.checks.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what is set and found."""
        self.theme.setCurrentIndex(max(self.theme.findData(self._looks.theme), 0))
        self.language.setCurrentIndex(max(self.language.findData(self._looks.language.value), 0))
        self._font.setVisible(not all(shown for _, shown in self._looks.choices()))
        self.about.show_facts([(self.tr("Project"), str(self._session.folder)), (self.tr("Licence"), "Apache-2.0")])
        failure = self.doctor.failure if not self.doctor.loading else None
        bad = [check for check in read_checks(self.doctor.document) if not check.ok]
        if self.doctor.loading:
            self.pill.show_state("info", self.tr("Checking…"))
        elif failure is not None or bad:
            self.pill.show_state("bad", self.tr("Trouble"))
        else:
            self.pill.show_state("ok", self.tr("Ready"))
        self._words.setText("" if failure is None else trouble(failure))
        self._words.setVisible(failure is not None)
        self.check_button.setEnabled(not self.doctor.loading)
        self.copy_button.setEnabled(self.checks.total > 0)

    def _choose_theme(self) -> None:
        chosen = self.theme.currentData()  # Qt hands back a plain text
        self._looks.use_theme(Theme(chosen) if chosen else None)

    def _copy(self) -> None:
        lines = [f"{'ok ' if check.ok else 'BAD'} {check.name}: {check.detail}" for check in self.checks.rows]
        QGuiApplication.clipboard().setText("\n".join(lines))

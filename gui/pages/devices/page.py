"""Devices to the left with the checks of the selected one, the selected one to the right."""

from collections.abc import Callable
from typing import cast

from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.adapters import AdaptersModel
from ...viewmodels.board_log import BoardLogModel
from ...viewmodels.devices import DeviceRow, DevicesModel, checks_remedy
from ...viewmodels.enrol import EnrolModel
from ...viewmodels.lease import HeldModel
from ...viewmodels.live import LiveModel
from ...viewmodels.query import Query
from ...viewmodels.saying import trouble
from ...viewmodels.session import Session
from ...widgets.facts import Facts
from ...widgets.flow import Flow
from ...widgets.form import KnobForm
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.more import More, Rare
from ...widgets.page import Page
from ...widgets.question import Question
from ...widgets.table import Table
from ...widgets.tabs import Tabs
from ...widgets.text import Pill, Text
from ..tools import Tools
from .cards import DeviceCards
from .enrol import EnrolDialog
from .history import BoardLogPanel, HistoryPanel
from .lease import HeldLine
from .live import LivePanel
from .many import FleetDialog, FoundDialog
from .runtimes import RuntimesPanel

Panel = LivePanel | HistoryPanel | BoardLogPanel | RuntimesPanel
MARGINS = (Space.L, Space.M, Space.L, Space.M)
NAME_PIXELS = 84
SETTING_PIXELS = 320


class DevicesPage(Page):
    """Shows a :class:`DevicesModel`."""

    def __init__(self, session: Session, style: Style, tools: Tools, parent: QWidget | None = None) -> None:
        super().__init__(style, parent)
        self.model = DevicesModel(session, self)
        self._session, self._tools = session, tools
        self.dialog: EnrolDialog | None = None
        self.found: FoundDialog | None = None
        self.fleet: FleetDialog | None = None
        self.box: Question | None = None
        self.refresh_button = button(self.model.refresh)
        self.add_button = button(lambda: self.add(), primary=True)
        self.find_button, self.file_button = button(self.look_around), button(self._choose_file)
        self.cards = DeviceCards(self.model.table, style, self.model.selection, self.model.card)
        self._table: Table | None = None
        self.switch_button = button(self.switch_list, quiet=True)
        self.watch_button = button(self._watch_or_not, quiet=True)
        self.agents_button = button(lambda: self.model.agents.bring(self.model.lacking))
        self.agents_words = Text("caption", wrap=True)
        self.name, self.pill, self.board = Text("card-title"), Pill(), Text("caption")
        self.look_button, self.check_button = button(self.model.look), button(self.model.check)
        self.test_button, self.forget_button = button(self.model.test), button(self._forget)
        self.more = More(self._rare, self)
        self.facts, self.sensors = Facts(NAME_PIXELS), Facts(NAME_PIXELS)
        self.settings: KnobForm | None = None
        self._settings_place = column()
        self._settings_of: object = None
        self.needle = QLineEdit()
        self.needle.setClearButtonEnabled(True)
        self.needle.textChanged.connect(self.model.table.filter)
        self.hint = Text("muted", wrap=True)
        self._sensors_title = Text("card-title")
        listed, detail, self.checks_card = (Card(parent=self.content) for _ in range(3))
        self._listed = column(
            row(self.needle, self.watch_button, self.switch_button),
            self.agents_button,
            self.agents_words,
            self.cards,
            margins=(Space.M,) * 4,
        )
        listed.setLayout(self._listed)
        self.checks = Table(self.model.checks, style, wide=2)
        self._checks_title, self.checks_words = Text("card-title"), Text("muted", wrap=True)
        self.checks_card.setLayout(column(self._checks_title, self.checks, self.checks_words, margins=MARGINS))
        self.held = HeldLine(HeldModel(session, self), style)
        about = Scrolled(
            column(
                self.held,
                Flow(self.look_button, self.check_button, self.test_button, self.forget_button, self.more.button),
                self.hint,
                self._settings_place,
                self.facts,
                self._sensors_title,
                self.sensors,
                None,
                gap=Space.M,
            )
        )
        self.tabs = Tabs([
            about,
            lambda: self._ready(LivePanel(LiveModel(session, self), Query(session, "profile_history", self), style)),
            lambda: self._ready(HistoryPanel(Query(session, "device_history", self), style)),
            lambda: self._ready(BoardLogPanel(BoardLogModel(session, self))),
            lambda: self._ready(RuntimesPanel(AdaptersModel(session, self), style)),
        ])  # fmt: skip
        detail.setLayout(column(row(self.name, self.board, None, self.pill), self.tabs, gap=Space.S, margins=MARGINS))
        left = column(listed, self.checks_card, gap=Space.M)
        left.setStretch(0, 3)
        left.setStretch(1, 2)
        whole = row(left, detail, gap=Space.M)
        whole.setStretch(0, 4)
        whole.setStretch(1, 5)
        self.content.setLayout(whole)
        self.frame(self.refresh_button, self.find_button, self.file_button, self.add_button)
        self.model.changed.connect(self.render_state)
        self.model.probe.answered.connect(self.held.model.ask)
        self.cards.shown.connect(self.model.glances.set_visible)
        self.model.glances.changed.connect(self._show_glances)

    @property
    def table(self) -> Table:
        """The inventory as a table, made when it is wanted for the first time."""
        if self._table is None:
            self._table = Table(self.model.table, self.style_, self.model.selection, wide=1)
            self._table.setAccessibleName(self.tr("Devices"))
            self._table.hide()
            self._listed.insertWidget(self._listed.indexOf(self.cards), self._table)
        return self._table

    @property
    def _tabular(self) -> bool:
        """Whether the inventory is shown as a table now."""
        return self._table is not None and not self._table.isHidden()

    @property
    def live(self) -> LivePanel:
        """Its second tab."""
        return cast("LivePanel", self.tabs.widget(1))

    @property
    def history(self) -> HistoryPanel:
        """Its third tab."""
        return cast("HistoryPanel", self.tabs.widget(2))

    @property
    def log(self) -> BoardLogPanel:
        """Its fourth tab."""
        return cast("BoardLogPanel", self.tabs.widget(3))

    @property
    def runtimes(self) -> RuntimesPanel:
        """Its last tab."""
        return cast("RuntimesPanel", self.tabs.widget(4))

    @property
    def _panels(self) -> list[Panel]:
        """The tabs behind the first one that were shown already."""
        return [cast("Panel", self.tabs.widget(number)) for number in range(1, 5) if self.tabs.built(number)]

    def _ready(self, panel: Panel) -> Panel:
        """A new one shows what the others show."""
        panel.retranslate()
        self._follow(panel)
        return panel

    def _follow(self, panel: Panel) -> None:
        """Show the selected device on a tab."""
        device, board = self.model.device, self.model.board
        if device is None:
            return
        if isinstance(panel, RuntimesPanel):
            panel.show_device(device.name, None if board is None else board.runtimes)
        elif isinstance(panel, HistoryPanel):
            panel.show_device(device.name)
        else:
            panel.model.show_device(device.name)

    def activate(self) -> None:
        """Read the inventory."""
        self.model.refresh()

    def switch_list(self) -> None:
        """Cards instead of the table, or the table instead of cards."""
        table = not self._tabular
        self.table.setVisible(table)
        self.cards.setVisible(not table)
        self.watch_button.setVisible(not table)
        self._name_switch()

    def _watch_or_not(self) -> None:
        self.model.glances.set_wanted(not self.model.glances.wanted)

    def _show_glances(self) -> None:
        """The cards as the boards are now."""
        glances = self.model.glances
        self.watch_button.setText(self.tr("Pause") if glances.wanted else self.tr("Go on"))
        self.watch_button.setToolTip(
            glances.failure
            or self.tr("Looks at every board each 5 s while its card is seen; installs, deploys and measures nothing")
        )
        self._show_agents()
        self.cards.viewport().update()

    def _show_agents(self) -> None:
        """What brings this version's agent to the boards that lack it, and which of them did not take it."""
        lacking, agents = self.model.lacking, self.model.agents
        one, many = self.tr("Bring this version's agent to {0}"), self.tr("Bring this version's agent to {0} boards")
        words = self.tr("Bringing the agent to {0}…").format(agents.name)
        if not agents.busy:
            words = one.format(*lacking) if len(lacking) == 1 else many.format(len(lacking))
        self.agents_button.setText(words)
        self.agents_button.setEnabled(not agents.busy)
        self.agents_button.setVisible(bool(lacking) or agents.busy)
        self.agents_words.setText("\n".join(agents.failures))
        self.agents_words.setVisible(bool(agents.failures))

    def _name_switch(self) -> None:
        self.switch_button.setText(self.tr("As cards") if self._tabular else self.tr("As a table"))

    def add(self, address: str = "") -> None:
        """Open the dialog that adds a board."""
        known = [row.name for row in self.model.table.rows]
        self.dialog = EnrolDialog(EnrolModel(self._session, self), self.style_, self._find_for, known, self)
        self.dialog.address.setText(address)
        self.dialog.open()

    def show_rights(self) -> None:
        """What more rights would let the selected board measure."""
        if self.model.device is not None:
            self._tools.rights(self.model.device.name, loopback=self.model.device.loopback)

    def _rare(self) -> tuple[Rare, ...]:
        name = "" if self.model.device is None else self.model.device.name
        return (
            Rare(self.tr("Measure on it…"), lambda: self._tools.measure(targets=[name]), bool(name)),
            Rare(self.tr("Try its model on a file…"), lambda: self._tools.attempt(target=name), bool(name)),
            Rare(self.tr("Rights…"), self.show_rights, bool(name)),
            Rare(self.tr("Signing keys of all boards…"), self._tools.keys),
        )

    def _find_for(self, take: Callable[[str], object]) -> None:
        """Look for boards on behalf of the dialog."""
        self.found = FoundDialog(self._session, self.style_, take, self)
        self.found.open()

    def look_around(self) -> None:
        """Look for boards nearby."""
        self.found = FoundDialog(self._session, self.style_, self.add, self)
        self.found.open()

    def add_from(self, path: str) -> None:
        """Add all boards of a file."""
        self.fleet = FleetDialog(self._session, self.style_, path, self)
        self.fleet.open()

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Add from a file…"), "", "*.csv *.json")
        if path:
            self.add_from(path)

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Devices"))
        self.refresh_button.setText(self.tr("Refresh"))
        self.add_button.setText(self.tr("Add a device…"))
        self.find_button.setText(self.tr("Find boards…"))
        self.file_button.setText(self.tr("Add from a file…"))
        self._settings_of = None  # made anew in the other language
        self.needle.setPlaceholderText(self.tr("Filter by name, group or tag"))
        self.needle.setAccessibleName(self.tr("Filter by name, group or tag"))
        self.agents_button.setToolTip(
            self.tr("What runs there goes on. A deployment or a measurement brings the agent by itself, too.")
        )
        self.look_button.setText(self.tr("Look at it"))
        self.look_button.setToolTip(self.tr("Connect and ask the board what it is and has"))
        self.check_button.setText(self.tr("Check"))
        self.check_button.setToolTip(self.tr("Check the way to the board step by step"))
        self.test_button.setText(self.tr("Self-test"))
        self.test_button.setToolTip(self.tr("Try every sensor, unit, runtime and protocol step on the board"))
        self.forget_button.setText(self.tr("Forget…"))
        self.more.button.setText(self.tr("More"))
        self.more.button.setToolTip(self.tr("Measure on it, try its model on a file, rights, signing keys"))
        self._sensors_title.setText(self.tr("Sensors"))
        self._checks_title.setText(self.tr("Checks"))
        if self._table is not None:
            self._table.setAccessibleName(self.tr("Devices"))
        self.cards.setAccessibleName(self.tr("Devices"))
        self._name_switch()
        self.checks.setAccessibleName(self.tr("Checks"))
        self.tabs.name(self.tr("Board"), self.tr("Live"), self.tr("History"), self.tr("Log"), self.tr("Runtimes"))
        self.tabs.bar.setAccessibleName(self.tr("What to see of this device"))
        for panel in (*self._panels, self.held):
            panel.retranslate()
        self.model.table.retranslate()
        self.model.checks.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        boards = sum(not row.loopback for row in model.table.rows)
        own = self.tr("loopback is this computer over SSH; add your own boards.")
        more = self.tr("1 board and this computer") if boards == 1 else self.tr("{0} boards and this computer")
        self.sentence.setText(more.format(boards) if boards else own)
        if self.show_query(model.list, model.refresh):
            return
        self.show_content()
        self._show_glances()
        device, board = model.device, model.board
        if device is None:
            return
        self.name.setText(device.name)
        self.held.model.show_device(device.name)
        for panel in self._panels:
            self._follow(panel)
        self.board.setText("" if board is None else board.board)
        self.forget_button.setEnabled(not device.loopback)
        self._show_settings(device)
        busy = any(query.loading for query in (model.probe, model.doctor, model.selftest, model.removal))
        self.look_button.setEnabled(not busy)
        self.check_button.setEnabled(not busy)
        self.test_button.setEnabled(not busy)
        self._say(busy)
        facts = () if board is None else board.facts
        runtimes = "" if board is None else ", ".join(board.runtimes)
        notes = "" if board is None else "\n".join(board.notes)
        self.facts.show_facts([*facts, (self.tr("Runtimes"), runtimes), (self.tr("Remarks"), notes)])
        sensors = () if board is None else board.sensors
        missing = self.tr("no sensor: {0}")
        self.sensors.show_facts([(n, v if measured else missing.format(v)) for n, v, measured in sensors])
        self._sensors_title.setVisible(bool(sensors))
        self.checks_card.setVisible(bool(model.checks.total))
        self.checks_words.setText(checks_remedy(model.checks.rows))
        self.checks_words.setVisible(bool(self.checks_words.text()))

    def _show_settings(self, device: DeviceRow) -> None:
        """The form of what can be set; it is made anew when something else is set, and not while a person types in it."""
        wanted = (device.name, dict(device.settings), self.model.schema)
        typing = self.settings is not None and self.settings.isAncestorOf(QApplication.focusWidget() or self)
        same_device = isinstance(self._settings_of, tuple) and self._settings_of[0] == device.name
        if wanted == self._settings_of or (typing and same_device):
            return
        shows_advanced = self.settings is not None and self.settings.shows_advanced
        if self.settings is not None:
            self.settings.hide()
            self.settings.deleteLater()
        self._settings_of = wanted
        self.settings = KnobForm(
            wanted[2], device.settings, self.model.set, advanced=shows_advanced, field_pixels=SETTING_PIXELS
        )
        self._settings_place.addWidget(self.settings)

    def _say(self, busy: bool) -> None:
        model = self.model
        failure = (
            model.probe.failure
            or model.doctor.failure
            or model.selftest.failure
            or model.removal.failure
            or model.settling.failure
        )
        if busy:
            self.pill.show_state("info", self.tr("Connecting…"))
        elif failure is not None:
            self.pill.show_state("bad", self.tr("Trouble"))
        elif model.board is not None:
            self.pill.show_state("ok", self.tr("Answered"))
        else:
            self.pill.show_state("idle", self.tr("Not asked yet"))
        words = "" if failure is None or busy else trouble(failure)
        if not words and model.board is None and not busy:
            words = self.tr("Look at the board to see its processor, memory, runtimes and sensors.")
        self.hint.setText(words)
        self.hint.setVisible(bool(words))

    def _forget(self) -> None:
        device = self.model.device
        if device is None:
            return
        self.box = Question(
            self.style_,
            self.tr("Forget the device {0}?").format(device.name),
            self.tr("Its readings stay. The agent can be deleted from the board, too."),
            (
                (self.tr("Forget"), lambda: self.model.forget(purge=False)),
                (self.tr("Forget and delete the agent"), lambda: self.model.forget(purge=True)),
            ),
            self,
        )
        self.box.open()

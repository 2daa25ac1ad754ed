"""The devices page: the inventory, what a board says of itself, its checks, how it is forgotten."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from . import documents, wording
from .dates import age
from .glance import Glance, GlanceModel
from .isolation import isolation_words
from .knowledge import FleetRow, fleet_state, read_fleet
from .query import Query
from .rows import ColumnSpec, RowsModel
from .saying import said, trouble, with_remedy
from .selection import Selection
from .session import Session
from .techniques import Knob, read_knob


@dataclass(frozen=True)
class DeviceRow:
    """A device as the inventory knows it."""

    name: str
    address: str
    board: str
    loopback: bool
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()  # KEY=VALUE
    settings: Mapping[str, Any] = field(default_factory=dict)


def read_devices(document: Mapping[str, Any] | None) -> list[DeviceRow]:
    """The document of ``flyweight device list --json``."""
    return [
        DeviceRow(
            documents.text(item.get("name")),
            documents.text(item.get("address")),
            documents.text(item.get("board")),
            item.get("loopback") is True,
            documents.texts(item.get("groups")),
            tuple(f"{key}={documents.text(value)}" for key, value in documents.object_(item.get("tags")).items()),
            documents.object_(item.get("settings")),
        )
        for item in documents.objects((document or {}).get("devices"))
    ]


@dataclass(frozen=True)
class DeviceCard:
    """What stands on the card of a device; ``state`` is empty while nothing is known of its readings.

    ``now`` is None until the board told something.
    """

    name: str
    board: str
    address: str
    kind: str
    state: str
    known: str
    now: Glance | None = None

    @property
    def spoken(self) -> str:
        """The card as one sentence, for a screen reader."""
        parts = [self.name, self.board, self.state, self.address, self.known]
        if self.now is not None:
            gauges = [f"{gauge.title} {gauge.words}" for gauge in self.now.gauges]
            parts += [self.now.runs, self.now.p50, self.now.throttling, self.now.failure, *gauges]
        return ", ".join(filter(None, parts))


def device_card(row: DeviceRow, known: FleetRow | None, now: Glance | None = None, *, asked: bool) -> DeviceCard:
    """A device with what it tells and what its readings say; ``asked`` is False while nobody answered about readings."""
    told = "" if known is None else age(known.last)
    if not asked:
        kind, state, words = "", "", ""
    elif known is None or not known.readings:
        kind, state = "idle", QCoreApplication.translate("Devices", "Not measured")
        words = QCoreApplication.translate("Devices", "nothing measured yet")
    else:
        kind, state = fleet_state(known)
        words = QCoreApplication.translate("Devices", "{0} readings, the last {1}")
        if known.readings == 1:
            words = QCoreApplication.translate("Devices", "{0} reading, {1}")
        words = words.format(wording.count(known.readings), told)
    if now is not None and now.lacks_agent:
        kind, state = "info", QCoreApplication.translate("Devices", "Needs this version's agent")
    elif now is not None and now.failure:
        kind, state = "bad", QCoreApplication.translate("Devices", "No answer")
    elif now is not None and now.throttling:
        kind, state = "warn", QCoreApplication.translate("Devices", "Throttled")
    marks = [f"@{group}" for group in row.groups] + list(row.tags)
    board = row.board or ("" if known is None else known.board)
    return DeviceCard(row.name, board, said(row.address), kind, state, " · ".join(filter(None, [words, *marks])), now)


@dataclass(frozen=True)
class CheckRow:
    """One check of a doctor."""

    name: str
    ok: bool
    detail: str
    remedy: str
    optional: bool = False
    tried: bool = True

    @property
    def state(self) -> tuple[str, str]:
        """Kind of pill and word."""
        if not self.tried:
            return "idle", QCoreApplication.translate("Devices", "Not tried")
        if not self.ok:
            return "bad", QCoreApplication.translate("Devices", "Trouble")
        if self.optional:
            return "idle", QCoreApplication.translate("Devices", "Optional")
        return "ok", QCoreApplication.translate("Devices", "Good")


def read_checks(document: Mapping[str, Any] | None) -> list[CheckRow]:
    """The checks of ``flyweight device doctor --json`` and ``flyweight doctor --json``."""
    return [
        CheckRow(
            documents.text(item.get("name")),
            item.get("ok") is True,
            documents.text(item.get("detail")),
            documents.text(item.get("remedy")),
            item.get("optional") is True,
            item.get("tried") is not False,
        )
        for item in documents.objects((document or {}).get("checks"))
    ]


def checks_remedy(rows: Iterable[CheckRow]) -> str:
    """What is wrong in the first check that failed, and what helps: a cell of the table cuts it."""
    failed = next((row for row in rows if row.tried and not row.ok), None)
    return "" if failed is None else with_remedy(failed.detail, failed.remedy)


def check_columns() -> tuple[ColumnSpec[CheckRow], ...]:
    """Columns of a table of checks."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Devices", "Check"), lambda row: said(row.name)),
        ColumnSpec(
            "ok",
            lambda: QCoreApplication.translate("Devices", "State"),
            lambda row: row.state[1],
            key=lambda row: row.ok,
            pill=lambda row: row.state[0],
        ),
        ColumnSpec(
            "detail",
            lambda: QCoreApplication.translate("Devices", "What was found"),
            lambda row: " · ".join(filter(None, map(said, (row.detail, "" if row.ok else row.remedy)))),
        ),
    )


def device_columns() -> tuple[ColumnSpec[DeviceRow], ...]:
    """Columns of the table of devices."""
    return (
        ColumnSpec("name", lambda: QCoreApplication.translate("Devices", "Device"), lambda row: row.name),
        ColumnSpec("address", lambda: QCoreApplication.translate("Devices", "Address"), lambda row: said(row.address)),
        ColumnSpec(
            "board",
            lambda: QCoreApplication.translate("Devices", "Board"),
            lambda row: row.board or wording.NO_VALUE,
        ),
        ColumnSpec(
            "groups",
            lambda: QCoreApplication.translate("Devices", "Groups"),
            lambda row: ", ".join(row.groups) or wording.NO_VALUE,
        ),
        ColumnSpec(
            "tags",
            lambda: QCoreApplication.translate("Devices", "Tags"),
            lambda row: ", ".join(row.tags) or wording.NO_VALUE,
        ),
    )


@dataclass(frozen=True)
class BoardFacts:
    """What a board said when it was looked at; sensors are (name, value or reason, measured)."""

    name: str
    board: str
    facts: tuple[tuple[str, str], ...]
    sensors: tuple[tuple[str, str, bool], ...]
    runtimes: tuple[str, ...]
    notes: tuple[str, ...]


def read_board(document: Mapping[str, Any]) -> BoardFacts:
    """The document of ``flyweight device probe --json``."""
    hello = documents.object_(document.get("hello"))
    machine = documents.object_(hello.get("machine"))
    ram, disk = documents.whole(machine.get("ram_bytes")), documents.whole(machine.get("disk_free_bytes"))
    facts = (
        (QCoreApplication.translate("Devices", "Processor"), documents.text(machine.get("cpu_model"))),
        (QCoreApplication.translate("Devices", "Cores"), str(documents.whole(machine.get("cpus")) or "")),
        (QCoreApplication.translate("Devices", "Architecture"), documents.text(machine.get("arch"))),
        (QCoreApplication.translate("Devices", "Memory"), wording.size(ram) if ram else ""),
        (QCoreApplication.translate("Devices", "Free disk"), wording.size(disk) if disk else ""),
        (QCoreApplication.translate("Devices", "System"), documents.text(machine.get("os"))),
        (QCoreApplication.translate("Devices", "Kernel"), documents.text(machine.get("kernel"))),
        (QCoreApplication.translate("Devices", "Governor"), documents.text(machine.get("governor"))),
        ("Python", documents.text(hello.get("python"))),
        (QCoreApplication.translate("Devices", "Agent"), documents.text(hello.get("agent_id"))[:16]),
        (QCoreApplication.translate("Devices", "Isolation"), _isolation(document)),
    )
    return BoardFacts(
        documents.text(document.get("name")),
        said(documents.text(document.get("board_name")) or documents.text(document.get("board"))),
        facts,
        tuple(map(_sensor, documents.objects(hello.get("samples")))),
        tuple(
            " ".join(filter(None, (documents.text(r.get("id")), documents.text(r.get("version")))))
            for r in documents.objects(document.get("runtimes"))
        ),
        tuple(map(said, documents.texts(hello.get("notes")))),
    )


def _isolation(document: Mapping[str, Any]) -> str:
    """Only a probe asks for it; "device add" ends before."""
    return isolation_words(document["isolation"]) if "isolation" in document else ""


def _sensor(sample: Mapping[str, Any]) -> tuple[str, str, bool]:
    value = documents.number(sample.get("value"))
    name = sensor_name(documents.text(sample.get("sensor")))
    if value is None:
        return name, said(documents.text(sample.get("reason"))), False
    return name, f"{wording.number(value, 1)} {documents.text(sample.get('unit'))}", True


def sensor_name(id_: str) -> str:
    """A sensor in words; one without a translation keeps its own name."""
    return {
        "temperature": QCoreApplication.translate("Devices", "Temperature"),
        "frequency": QCoreApplication.translate("Devices", "Frequency"),
        "throttled": QCoreApplication.translate("Devices", "Throttling"),
        "power": QCoreApplication.translate("Devices", "Power"),
        "energy": QCoreApplication.translate("Devices", "Energy"),
        "load": QCoreApplication.translate("Devices", "Load"),
    }.get(id_, id_)


class Bringing(QObject):
    """Brings this version's agent to boards, one after the other; ``failures`` are those of boards that did not take it."""

    changed = Signal()
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._query = Query(session, "device_probe", self)
        self._query.changed.connect(self._next)
        self._left: list[str] = []
        self.failures: list[str] = []
        self.name = ""

    @property
    def busy(self) -> bool:
        """True until the last board was tried."""
        return bool(self.name)

    def bring(self, names: Iterable[str]) -> None:
        """Connect to each, which leaves it with an agent of this version."""
        if not self.busy:
            self._left, self.failures = list(names), []
            self._begin()

    def _begin(self) -> None:
        self.name = self._left.pop(0) if self._left else ""
        if self.name:
            self._query.load(name=self.name)
        else:
            self.ended.emit()
        self.changed.emit()

    def _next(self) -> None:
        if not self.name or self._query.loading:
            return
        if self._query.failure is not None:
            self.failures.append(f"{self.name}: {trouble(self._query.failure)}")
        self._begin()


class DevicesModel(QObject):
    """The inventory; one device is selected and can be looked at, checked and forgotten."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.list = Query(session, "device_list", self)
        self.fleet = Query(session, "profile_fleet", self)
        self._known: dict[str, FleetRow] = {}
        self.glances = GlanceModel(session, self)
        self.probe = Query(session, "device_probe", self)
        self.doctor = Query(session, "device_doctor", self)
        self.selftest = Query(session, "device_selftest", self)
        self.removal = Query(session, "device_remove", self)
        self.settling = Query(session, "device_set", self)
        self.agents = Bringing(session, self)
        self.table: RowsModel[DeviceRow] = RowsModel(device_columns(), lambda row: row.name, self)
        self.checks: RowsModel[CheckRow] = RowsModel(check_columns(), lambda row: row.name, self)
        self.selection = Selection(self)
        self.list.answered.connect(self._listed)
        self.fleet.answered.connect(self._know)
        for asked in (self.doctor, self.selftest):
            asked.answered.connect(lambda query=asked: self.checks.show(read_checks(query.document)))
        self.probe.answered.connect(self._looked)
        self.agents.ended.connect(self.glances.look_again)
        self.agents.changed.connect(self.changed)
        self.removal.answered.connect(self.refresh)
        self.settling.answered.connect(self.refresh)
        for query in (self.list, self.probe, self.doctor, self.selftest, self.removal, self.settling):
            query.changed.connect(self.changed)
        self.selection.changed.connect(self._selected)
        session.changed.connect(self._stale)

    @property
    def device(self) -> DeviceRow | None:
        """The selected device."""
        place = None if self.selection.first is None else self.table.position(self.selection.first)
        return None if place is None else self.table.row(place)

    @property
    def board(self) -> BoardFacts | None:
        """What the selected device said, once it was asked."""
        if self.probe.document is None or self.device is None:
            return None
        found = read_board(self.probe.document)
        return found if found.name == self.device.name else None

    def refresh(self) -> None:
        """Read the inventory again, and what the readings say of each board."""
        self.list.load()
        self.fleet.load()

    def card(self, row: DeviceRow) -> DeviceCard:
        """What stands on the card of a device."""
        now = self.glances.glance(row.name)
        return device_card(row, self._known.get(row.name), now, asked=self.fleet.document is not None)

    @property
    def lacking(self) -> list[str]:
        """Boards that answer and have no agent of this version."""
        seen = ((row.name, self.glances.glance(row.name)) for row in self.table.rows)
        return [name for name, now in seen if now is not None and now.lacks_agent]

    def _looked(self) -> None:
        """Who was looked at has an agent of this version now."""
        if self.device is not None and self.device.name in self.lacking:
            self.glances.look_again()

    def _know(self) -> None:
        self._known = {row.device: row for row in read_fleet(self.fleet.document)}
        self.changed.emit()

    def look(self) -> None:
        """Ask the selected board what it is and has."""
        if self.device is not None:
            self.probe.load(name=self.device.name)

    def check(self) -> None:
        """Check the selected board step by step."""
        if self.device is not None:
            self.checks.show([])
            self.doctor.load(name=self.device.name)

    def test(self) -> None:
        """Try every sensor, unit, runtime and protocol step of the selected board."""
        if self.device is not None:
            self.checks.show([])
            self.selftest.load(name=self.device.name)

    def forget(self, purge: bool) -> None:
        """Forget the selected board; ``purge`` deletes the agent and its store there, too."""
        if self.device is not None and not self.device.loopback:
            self.removal.load(name=self.device.name, purge=purge)

    def set(self, name: str, value: Any) -> None:
        """Change a setting of the selected device."""
        device = self.device
        if device is not None and not self.settling.loading and device.settings.get(name) != value:
            self.settling.load(name=device.name, changes={name: value})

    @property
    def schema(self) -> tuple[Knob, ...]:
        """What can be set of the selected device; this computer has groups and tags only."""
        knobs = map(read_knob, documents.objects((self.list.document or {}).get("settings")))
        own = self.device is not None and self.device.loopback
        return tuple(knob for knob in knobs if not (own and knob.advanced))

    def _listed(self) -> None:
        self.table.show(read_devices(self.list.document))
        self.glances.show_names([row.name for row in read_devices(self.list.document)])
        if self.device is None and self.table.rows:
            self.selection.select([self.table.id_at(0)])

    def _selected(self) -> None:
        self.probe.forget()
        self.doctor.forget()
        self.selftest.forget()
        self.checks.show([])
        self.changed.emit()

    def _stale(self, verb: str) -> None:
        if verb in ("device_add", "device_add_from", "device_remove"):
            self.refresh()

"""What the boards of the inventory tell at this moment: their sensors as bars, what runs there and how long it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from engine.events import Look

from ..operations import OperationState
from ..protocol import Outcome
from . import wording
from .live import throttling_words
from .saying import said, trouble
from .session import Session

EVERY_S = 5.0
WATCH_S = 86_400.0
REFRESH_MS = 250
HOT_C = 80.0
"""From here on a Raspberry Pi slows down; the boards of others do so a little later."""
FULL_SHARE = 0.9
NO_AGENT = "no-agent"
SENSORS = ("temperature", "memory", "frequency", "power")
CHANGES_WHAT_RUNS = frozenset({"demo", "deploy", "rollback", "measure", "profile_run", "fleet_rollout", "fleet_resume"})


@dataclass(frozen=True)
class Gauge:
    """One bar: its words, how full it is (None: nothing is known), whether it is over its threshold, why it is empty."""

    title: str
    words: str
    share: float | None
    over: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Glance:
    """A board at this moment; ``failure`` where it does not answer, ``p50`` empty where what runs was not measured.

    ``lacks_agent``: it does answer, and only has no agent of this version, as every board after an update of this computer.
    """

    gauges: tuple[Gauge, ...]
    runs: str
    p50: str
    more_slots: int
    throttling: str
    failure: str
    stale: bool
    lacks_agent: bool = False

    @property
    def reasons(self) -> str:
        """Why sensors are missing, a line each."""
        return "\n".join(f"{gauge.title}: {gauge.reason}" for gauge in self.gauges if gauge.reason)


@dataclass
class _Board:
    """What looks at one board told so far."""

    values: Mapping[str, float | None] = field(default_factory=dict)
    channels: dict[str, Mapping[str, str | None]] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)
    throttling: tuple[str, ...] | None = None
    running: tuple[Mapping[str, str | float | None], ...] = ()
    failure: str = ""
    lacks_agent: bool = False

    def take(self, look: Look) -> None:
        """One more look."""
        self.failure, self.lacks_agent = look.failure or "", look.failure_code == NO_AGENT
        self.values, self.throttling = look.values, look.throttling
        self.channels.update(look.channels or {})
        if look.running is not None:
            self.running = look.running
        for sensor, value in look.values.items():
            if value is not None:
                self.most[sensor] = max(value, self.most.get(sensor, value))

    def first(self, kind: str) -> tuple[str, float] | None:
        """The first sensor of a kind that tells something."""
        found = ((s, v) for s, v in self.values.items() if s.partition(":")[0] == kind and v is not None)
        return next(found, None)


class GlanceModel(QObject):
    """Looks at all boards while somebody sees their cards; never while this computer or the boards do heavy work."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._names: tuple[str, ...] = ()
        self._boards: dict[str, _Board] = {}
        self._asked: tuple[str, ...] = ()
        self._visible = self._over = False
        self.wanted = True
        self.operation = session.operation("fleet_watch", self)
        self.operation.look.connect(self._look)
        self.operation.ended.connect(self._ended)
        session.run_started.connect(lambda run: self._follow())
        session.changed.connect(self._stale)
        self._refresh = QTimer(self, singleShot=True, interval=REFRESH_MS)
        self._refresh.timeout.connect(self.changed)

    @property
    def failure(self) -> str:
        """Why nobody is looked at, empty while all is well."""
        outcome = self.operation.outcome
        if self.operation.state is OperationState.CANCELLED or outcome is None or outcome.failure is None:
            return ""
        return trouble(outcome.failure)

    def show_names(self, names: Sequence[str]) -> None:
        """Look at these boards."""
        if tuple(names) != self._names:
            self._names, self._over = tuple(names), False
            self._boards = {name: self._boards.get(name, _Board()) for name in names}
            self._follow()

    def set_visible(self, visible: bool) -> None:
        """Cards are seen or not."""
        self._visible, self._over = visible, False
        self._follow()

    def set_wanted(self, wanted: bool) -> None:
        """A person wants boards to be looked at, or not."""
        self.wanted, self._over = wanted, False
        self._follow()
        self.changed.emit()

    @property
    def _should(self) -> bool:
        seen = self.wanted and self._visible and bool(self._names)
        return seen and not (self._over or self._session.heavy or self._session.closing)

    def _follow(self) -> None:
        if self.operation.state.busy:
            if not self._should or self._asked != self._names:
                self.operation.cancel()
        elif self._should:
            self._asked = self._names
            self.operation.start({"targets": list(self._names), "every_s": EVERY_S, "for_s": WATCH_S})
            self.changed.emit()

    def look_again(self) -> None:
        """Something changed on the boards: connect anew, now."""
        if self.operation.state.busy:
            self.operation.cancel()
        self._follow()

    def _stale(self, verb: str) -> None:
        if verb in CHANGES_WHAT_RUNS:
            self.look_again()
        self._follow()

    def _ended(self, outcome: Outcome) -> None:
        self._over = self.operation.state is not OperationState.CANCELLED
        self._follow()
        self.changed.emit()

    def _look(self, look: Look) -> None:
        board = self._boards.get(look.device or "")
        if board is not None:
            board.take(look)
            if not self._refresh.isActive():
                self._refresh.start()

    def flush(self) -> None:
        """Tell the views now what they would be told soon."""
        self._refresh.stop()
        self.changed.emit()

    def glance(self, name: str) -> Glance | None:
        """What a board tells; None until it told something."""
        board = self._boards.get(name)
        if board is None or not (board.values or board.failure):
            return None
        first = board.running[0] if board.running else None
        p50 = None if first is None else first["p50_ms"]
        return Glance(
            () if board.failure else tuple(_gauge(board, kind) for kind in SENSORS),
            "" if first is None else str(first["name"]),
            f"{wording.milliseconds(p50)}" if isinstance(p50, float) else "",
            max(len(board.running) - 1, 0),
            ", ".join(map(throttling_words, board.throttling or ())),
            QCoreApplication.translate("Glance", "It has no agent of this version yet; what runs there goes on.")
            if board.lacks_agent
            else said(board.failure),
            not self.wanted
            or self._session.heavy
            or self.operation.state in (OperationState.FAILED, OperationState.CRASHED),
            board.lacks_agent,
        )


def gauge_title(kind: str) -> str:
    """A kind of sensor in one short word."""
    return {
        "temperature": QCoreApplication.translate("Glance", "Temp"),
        "memory": QCoreApplication.translate("Glance", "Memory"),
        "frequency": QCoreApplication.translate("Glance", "Clock"),
        "power": QCoreApplication.translate("Glance", "Power"),
    }[kind]


def _gauge(board: _Board, kind: str) -> Gauge:
    title = gauge_title(kind)
    if kind == "memory":
        used, free = board.values.get("memory:used"), board.values.get("memory:available")
        found = None if used is None or free is None or used + free <= 0 else ("memory:used", used / (used + free))
    else:
        found = board.first(kind)
    if found is None:
        reasons = (c.get("reason") for s, c in board.channels.items() if s.partition(":")[0] == kind)
        reason = said(next(filter(None, reasons), None) or "")
        return Gauge(title, QCoreApplication.translate("Glance", "no sensor"), None, reason=reason)
    sensor, value = found
    if kind == "memory":
        return Gauge(title, f"{wording.number(100 * value, 0)} %", value, value >= FULL_SHARE)
    if kind == "temperature":
        return Gauge(title, f"{wording.number(value, 1)} °C", max(value, 0.0) / 100.0, value >= HOT_C)
    words = f"{wording.number(value, 0)} MHz" if kind == "frequency" else f"{wording.number(value, 1)} W"
    most = board.most[sensor]
    return Gauge(title, words, max(value, 0.0) / most if most > 0 else 0.0)

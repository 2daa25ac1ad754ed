"""A board's sensors while they are watched: one chart for each kind, what is missing with its reason."""

from bisect import bisect_left
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from engine.events import Look

from ..operations import OperationState
from ..protocol import Outcome
from . import wording
from .curves import MAX_POINTS
from .saying import said, trouble
from .session import Session

KINDS = ("temperature", "frequency", "load", "memory", "power")
KEPT_S = 15 * 60.0
SPANS_S = (60, 5 * 60, 15 * 60)
PACES_S = (1.0, 2.0, 5.0)
WATCH_S = 3600.0
REFRESH_MS = 200
MAX_LINES = 4


class Trail:
    """Values of one sensor with their times, as far back as charts go; None where it told nothing."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float | None]] = deque()

    def add(self, at_s: float, value: float | None) -> None:
        """One more look."""
        self._points.append((at_s, value))
        while self._points[0][0] < at_s - KEPT_S:
            self._points.popleft()

    @property
    def last(self) -> float | None:
        """The newest value."""
        return self._points[-1][1] if self._points else None

    def points(self, now_s: float, span_s: float) -> tuple[list[float], list[float]]:
        """Seconds before now and values, at most as many as a plot draws; a gap is a NaN, so that no line crosses it."""
        times = [at for at, _ in self._points]
        shown = list(self._points)[bisect_left(times, now_s - span_s) :]
        stride = -(-len(shown) // MAX_POINTS) or 1
        shown = shown[::-stride][::-1]
        return [at - now_s for at, _ in shown], [float("nan") if v is None else v for _, v in shown]


@dataclass(frozen=True)
class Line:
    """One line of a chart."""

    name: str
    x: list[float]
    y: list[float]


@dataclass(frozen=True)
class Chart:
    """A kind of sensor: its value now in words, its lines, or why there are none."""

    kind: str
    title: str
    now: str
    detail: str
    missing: str
    lines: tuple[Line, ...]
    low: float | None = None
    high: float | None = None


def kind_title(kind: str) -> str:
    """A kind of sensor in words."""
    return {
        "temperature": QCoreApplication.translate("Live", "Temperature"),
        "frequency": QCoreApplication.translate("Live", "Clock"),
        "load": QCoreApplication.translate("Live", "Processor load"),
        "memory": QCoreApplication.translate("Live", "Memory in use"),
        "power": QCoreApplication.translate("Live", "Power"),
    }.get(kind, kind)


def scope_words(scope: str) -> str:
    """What a power sensor measures."""
    return {
        "soc": QCoreApplication.translate("Live", "of the chip"),
        "module": QCoreApplication.translate("Live", "of the module"),
        "board": QCoreApplication.translate("Live", "of the whole board"),
        "wall": QCoreApplication.translate("Live", "at the wall"),
    }.get(scope, scope)


def throttling_words(word: str) -> str:
    """What holds a board back."""
    return {
        "under-voltage": QCoreApplication.translate("Live", "under-voltage"),
        "frequency capped": QCoreApplication.translate("Live", "clock capped"),
        "throttled": QCoreApplication.translate("Live", "throttled"),
        "soft temperature limit": QCoreApplication.translate("Live", "soft temperature limit"),
    }.get(word, word)


class LiveModel(QObject):
    """Watches one board while somebody looks; nothing runs while the page is hidden."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.device = ""
        self.span_s = SPANS_S[0]
        self.every_s = PACES_S[0]
        self.throttling: tuple[str, ...] | None = None
        self._trails: dict[str, Trail] = {}
        self._channels: dict[str, Mapping[str, str | None]] = {}
        self._now_s = self._last_t = 0.0
        self._offset_s: float | None = None
        self._wanted = False
        self._visible = False
        self._session = session
        self.operation = session.operation("device_watch", self)
        self.operation.look.connect(self._look)
        self.operation.state_changed.connect(lambda state: self.changed.emit())
        self.operation.ended.connect(self._ended)
        self._refresh = QTimer(self)
        self._refresh.setSingleShot(True)
        self._refresh.setInterval(REFRESH_MS)
        self._refresh.timeout.connect(self.changed)

    @property
    def running(self) -> bool:
        """True while the board is asked, or will be as soon as the page is seen again."""
        return self._wanted

    @property
    def seen(self) -> bool:
        """True once there was a look."""
        return bool(self._trails)

    @property
    def failure(self) -> str:
        """Why the watch ended, empty when nobody has to know."""
        outcome = self.operation.outcome
        if self._wanted or outcome is None or self.operation.state is OperationState.CANCELLED:
            return ""
        if outcome.failure is not None:
            return trouble(outcome.failure)
        return "" if outcome.crash is None else wording.crash(outcome.crash)

    def show_device(self, name: str) -> None:
        """Another board: what is known of the one before goes."""
        if name != self.device:
            self.stop()
            self.device = name
            self._clear()
            self.changed.emit()

    def _clear(self) -> None:
        self._trails, self._channels, self.throttling = {}, {}, None
        self._now_s, self._offset_s = 0.0, None

    def start(self) -> None:
        """Begin to watch."""
        if self.device:
            self._wanted = True
            self._go()

    def stop(self) -> None:
        """End it; what was seen stays."""
        self._wanted = False
        self.operation.cancel()
        self.changed.emit()

    def set_visible(self, visible: bool) -> None:
        """Charts are seen or not: a watch pauses while nobody sees it."""
        self._visible = visible
        if visible:
            self._go()
        else:
            self.operation.cancel()

    def set_pace(self, every_s: float) -> None:
        """Another pace; a watch under way begins anew with it."""
        if every_s != self.every_s:
            self.every_s = every_s
            self.operation.cancel()

    def set_span(self, span_s: int) -> None:
        """How far back the charts go."""
        self.span_s = span_s
        self.changed.emit()

    def _go(self) -> None:
        if self._wanted and self._visible and not self.operation.state.busy and not self._session.closing:
            self._offset_s = None
            self.operation.start({"name": self.device, "every_s": self.every_s, "for_s": WATCH_S})

    def _ended(self, outcome: Outcome) -> None:
        if self.operation.state is not OperationState.CANCELLED:
            self._wanted = False
        self._go()
        self.changed.emit()

    def _look(self, look: Look) -> None:
        if self._offset_s is None:  # a watch that goes on after a pause goes on behind what was seen
            pause = look.t - self._last_t if self._trails else 0.0
            self._offset_s = self._now_s + max(pause, 0.0) - look.at_s
            for trail in self._trails.values():
                trail.add(self._now_s + max(pause, 0.0) / 2, None)
        self._last_t = look.t
        self._now_s = look.at_s + self._offset_s
        self._channels.update(look.channels or {})
        for sensor in {*look.values, *self._trails}:
            self._trails.setdefault(sensor, Trail()).add(self._now_s, look.values.get(sensor))
        self.throttling = look.throttling
        if not self._refresh.isActive():
            self._refresh.start()

    def flush(self) -> None:
        """Tell the views now what they would be told soon."""
        self._refresh.stop()
        self.changed.emit()

    @property
    def throttling_line(self) -> tuple[str, str]:
        """Kind and words of the pill."""
        if not self.seen:
            return "idle", ""
        if self.throttling is None:
            return "idle", QCoreApplication.translate("Live", "Throttling unknown")
        if self.throttling:
            return "warn", ", ".join(map(throttling_words, self.throttling))
        return "ok", QCoreApplication.translate("Live", "Not throttled")

    def charts(self) -> list[Chart]:
        """One chart for each kind, in a fixed order."""
        return [self._chart(kind) for kind in KINDS]

    def _chart(self, kind: str) -> Chart:
        sensors = [name for name in self._channels if name.partition(":")[0] == kind]
        telling = [name for name in sensors if self._trails[name].last is not None]
        title = kind_title(kind)
        if not telling:
            reason = next((str(r) for s in sensors if (r := self._channels[s].get("reason"))), "")
            missing = QCoreApplication.translate("Live", "no sensor: {0}").format(said(reason)) if sensors else ""
            return Chart(kind, title, "", "", missing, ())
        if kind == "memory":
            return self._memory(title)
        lines = tuple(
            Line(name.partition(":")[2] or name, *self._trails[name].points(self._now_s, self.span_s))
            for name in telling[:MAX_LINES]
        )
        first = telling[0]
        unit = {"C": "°C"}.get(str(self._channels[first].get("unit")), str(self._channels[first].get("unit")))
        value = self._trails[first].last or 0.0
        now = f"{wording.number(value, {'power': 2, 'temperature': 1}.get(kind, 0))} {unit}"
        detail = scope_words(str(self._channels[first].get("scope"))) if kind == "power" else ""
        span = (0.0, 105.0) if kind == "load" else (None, None)
        return Chart(kind, title, now, detail, "", lines, *span)

    def _memory(self, title: str) -> Chart:
        used, free = self._trails.get("memory:used"), self._trails.get("memory:available")
        if used is None or used.last is None:
            return Chart("memory", title, "", "", "", ())
        available = 0.0 if free is None or free.last is None else free.last
        total = used.last + available
        now = wording.size(int(used.last * 1e6))
        detail = QCoreApplication.translate("Live", "of {0}").format(wording.size(int(total * 1e6)))
        return Chart(
            "memory", title, now, detail, "", (Line("used", *used.points(self._now_s, self.span_s)),), 0.0, 1.05 * total
        )

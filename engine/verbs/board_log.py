"""The verbs ``device_log`` and ``device_history``: what was done on a board, by whom, and what became of it."""

import time
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from device_agent.contract.messages import SlotState

from ..deploy.agent_log import MAX_LINES, LogEntry, LogPage, read_log, releases_of, switches
from ..deploy.connect import connect
from ..errors import UsageError
from ..events import Cancel, Emit, Log, Stage, ignore

FOLLOW_S = 1.0
MAX_FOLLOW_S = 86_400.0


@dataclass(frozen=True)
class BoardLog:
    """Lines of a board's log; ``clock_ahead_s`` is how far its clock is ahead of this computer's."""

    name: str
    lines: tuple[LogEntry, ...]
    clock_ahead_s: float | None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device log --json``."""
        return {
            "name": self.name,
            "lines": [item.to_json() for item in self.lines],
            "clock_ahead_s": self.clock_ahead_s,
        }


def device_log(
    name: str,
    *,
    lines: int = 200,
    follow_s: float = 0.0,
    timeout_s: float = 60.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> BoardLog:
    """Read what the agent of a board wrote down: switches, trials, refusals, failures, measurements.

    Args:
        lines: the newest so many, at most 5000.
        follow_s: go on for so many seconds and tell every new line (a log event); ``cancel.finish()`` ends it early.
        timeout_s: for connecting.

    Raises:
        UsageError: a number outside its limits. RejectedError: the agent there is older than the log.
    """
    if not 0 < lines <= MAX_LINES:
        raise UsageError("bad-lines", f"{lines} lines are outside the limits", f"choose 1 to {MAX_LINES}")
    if not 0 <= follow_s <= MAX_FOLLOW_S:
        raise UsageError(
            "bad-length", f"following for {follow_s:g} s is outside the limits", f"choose up to {MAX_FOLLOW_S:g} s"
        )
    stop = cancel or Cancel()
    emit(Stage("connect", name))
    with connect(name, emit=emit, cancel=stop, timeout_s=timeout_s) as client:
        page = read_log(client)
        ahead = _ahead(page)
        kept = deque(page.entries[-lines:], maxlen=lines)
        if follow_s:
            _tell(kept, emit)
        end = time.monotonic() + follow_s
        while follow_s and time.monotonic() < end and not stop.finishing:
            stop.wait(min(FOLLOW_S, end - time.monotonic()))
            page = read_log(client, page.cursor)
            kept.extend(page.entries)
            _tell(page.entries, emit)
    return BoardLog(name, tuple(kept), ahead)


def _ahead(page: LogPage) -> float | None:
    return None if page.now is None else round(page.now - time.time(), 1)


def _tell(entries: Iterable[LogEntry], emit: Emit) -> None:
    for entry in entries:
        bad = entry.what in ("failed", "broke", "revert") or entry.facts.get("state") == "rejected"
        emit(Log(line_of(entry), "warning" if bad else "info"))


def line_of(entry: LogEntry) -> str:
    """The line as a person reads it: time of the board, who asked, what."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.t))
    return "  ".join(filter(None, (stamp, entry.client, entry.text)))


@dataclass(frozen=True)
class Happened:
    """One event of a slot; ``t`` is None for what happened before this board kept a log."""

    t: float | None
    client: str
    slot: str
    event: str  # deployed | on-trial | committed | rolled-back | went-back | rejected | failed
    release: int | None
    bundle: str
    variant: str
    reason: str = ""


@dataclass(frozen=True)
class DeviceHistory:
    """What happened to the slots of a board, the newest first."""

    name: str
    events: tuple[Happened, ...]
    current: Mapping[str, int | None]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device history --json``."""
        return {"name": self.name, "current": dict(self.current), "events": [asdict(item) for item in self.events]}


def device_history(
    name: str, *, timeout_s: float = 60.0, emit: Emit = ignore, cancel: Cancel | None = None
) -> DeviceHistory:
    """Every deployment, way back, end of a trial and refusal on a board, whichever desktop or rollout it came from.

    The board's own log tells them; releases from before it kept one are listed without a time.
    """
    emit(Stage("connect", name))
    with connect(name, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        slots = client.slots().slots
        entries = read_log(client).entries
    return DeviceHistory(name, tuple(history(entries, slots)), {slot: state.current for slot, state in slots.items()})


def history(entries: Iterable[LogEntry], slots: Mapping[str, SlotState]) -> list[Happened]:
    """Events of slots from a log and the releases a board lists, the newest first."""
    found: list[Happened] = []
    bundles: dict[tuple[str, int], tuple[str, str]] = {
        (slot, item.release): (item.bundle, item.name) for slot, state in slots.items() for item in state.releases
    }
    before: dict[str, list[str]] = {}
    for entry in entries:
        found += _events(entry, bundles, before)
    told = {(item.slot, item.release) for item in found if item.event in ("deployed", "on-trial", "rolled-back")}
    older = [
        Happened(None, "", slot, "deployed", item.release, item.bundle, item.name)
        for slot, state in slots.items()
        for item in sorted(state.releases, key=lambda item: item.release)
        if (slot, item.release) not in told
    ]
    return [*reversed(found), *reversed(older)]


def _events(
    entry: LogEntry, bundles: dict[tuple[str, int], tuple[str, str]], before: dict[str, list[str]]
) -> Iterable[Happened]:
    said = str(entry.facts.get("said") or "")
    if entry.what == "activate":
        for slot, release, bundle, variant in switches(entry.facts):
            bundles[slot, release] = bundle, variant
            known = before.setdefault(slot, [])
            back = bundle in known[:-1] and known[-1] != bundle
            event = "on-trial" if entry.facts.get("trial") else "rolled-back" if back else "deployed"
            known.append(bundle)
            yield Happened(entry.t, entry.client, slot, event, release, bundle, variant)
    elif entry.what == "commit":
        for slot, number in releases_of(entry.facts.get("releases")):
            yield _of(entry, slot, "committed", number, bundles)
    elif entry.what == "revert":
        for slot, number in releases_of(entry.facts.get("tried")):
            yield _of(entry, slot, "went-back", number, bundles, said)
    elif entry.what == "bundle.stage" and entry.facts.get("state") == "rejected":
        yield Happened(entry.t, entry.client, "", "rejected", None, str(entry.facts.get("bundle") or ""), "", said)
    elif entry.what == "failed" and str(entry.facts.get("op")).startswith(("slot.", "bundle.")):
        yield Happened(entry.t, entry.client, "", "failed", None, "", "", said)


def _of(
    entry: LogEntry,
    slot: str,
    event: str,
    number: int | None,
    bundles: Mapping[tuple[str, int], tuple[str, str]],
    reason: str = "",
) -> Happened:
    bundle, variant = bundles.get((slot, number), ("", "")) if number is not None else ("", "")
    return Happened(entry.t, entry.client, slot, event, number, bundle, variant, reason)

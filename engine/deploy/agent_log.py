"""The log a board keeps of what was done there: read in bounds, freed of whatever could steer a terminal, put into words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import RejectedError
from .agent_client import AgentClient

SINCE = 4
"""Minor version of the protocol of the first agent that keeps a log."""

MAX_LINES = 5000
MAX_BYTES = 256 * 1024
MAX_TEXT = 300
MAX_FACTS = 20


@dataclass(frozen=True)
class LogEntry:
    """One line: when by the board's clock and in which of its starts, who asked, what, and the facts of it."""

    t: float
    boot: str
    client: str
    what: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """One entry of ``lines``."""
        return {
            "t": self.t,
            "boot": self.boot,
            "from": self.client,
            "what": self.what,
            "facts": dict(self.facts),
            "text": self.text,
        }

    @property
    def text(self) -> str:
        """The line in words."""
        facts = self.facts
        said = f": {facts['said']}" if facts.get("said") else ""
        match self.what:
            case "activate":
                trial = " on trial" if facts.get("trial") else ""
                return f"switched{trial}: " + ", ".join(f"{s} to release {r} ({n})" for s, r, _, n in switches(facts))
            case "commit":
                return "committed" + _releases(facts.get("releases"))
            case "revert":
                return "went back" + _releases(facts.get("back")) + said
            case "hook-failed":
                return "the hook after the way back failed" + said
            case "bundle.stage":
                return f"{facts.get('state', '')} {str(facts.get('bundle', ''))[:16]}{said}"
            case "failed" | "broke":
                return f"{facts.get('op', '')} failed{said}"
            case "env.install":
                return f"runtime {str(facts.get('env', ''))[:12]} installed, {facts.get('wheels', '?')} wheels"
            case "keys.change":
                return f"signing keys changed, {facts.get('keys', '?')} are trusted"
            case "measure" | "scenario":
                return f"{self.what}: {facts.get('models', '?')} models"
            case _:
                return self.what + said


def switches(facts: Mapping[str, Any]) -> Iterator[tuple[str, int, str, str]]:
    """Slot, release, bundle and name of what an order switched."""
    slots = facts.get("slots")
    for slot, value in slots.items() if isinstance(slots, dict) else ():
        if isinstance(value, list) and len(value) == 3 and isinstance(value[0], int):
            yield slot, value[0], str(value[1]), str(value[2])


def releases_of(value: object) -> Iterator[tuple[str, int | None]]:
    """Slot and release of an answer; None where the slot is empty."""
    for slot, release in value.items() if isinstance(value, dict) else ():
        if release is None or (isinstance(release, int) and not isinstance(release, bool)):
            yield slot, release


def _releases(value: object) -> str:
    shown = [f"{slot} " + ("empty" if n is None else f"release {n}") for slot, n in releases_of(value)]
    return f" ({', '.join(shown)})" if shown else ""


@dataclass(frozen=True)
class LogPage:
    """Lines in their order, where the next reading goes on, and how far the board's clock is ahead of the desktop's."""

    entries: tuple[LogEntry, ...]
    cursor: str
    now: float | None


def clock_words(ahead_s: float) -> str:
    """How far a board's clock is off, for people.

    >>> clock_words(-94_608_000), clock_words(7200), clock_words(0.4)
    ("1,095 d behind this computer's", "2 h ahead of this computer's", "like this computer's")
    """
    if abs(ahead_s) < 1:
        return "like this computer's"
    units = ((86_400.0, "d"), (3600.0, "h"), (60.0, "min"), (1.0, "s"))
    size, unit = next((item for item in units if abs(ahead_s) >= 2 * item[0]), units[-1])
    return f"{abs(ahead_s) / size:,.0f} {unit} {'behind' if ahead_s < 0 else 'ahead of'} this computer's"


def read_log(client: AgentClient, cursor: str = "", limit_bytes: int = MAX_BYTES) -> LogPage:
    """What the board's log holds, or what came since ``cursor``; lines that are none are left out.

    Raises:
        RejectedError: the agent is older than the log.
    """
    hello = client.hello
    if hello.minor < SINCE:
        raise RejectedError(
            "no-log",
            f"the agent there speaks protocol {hello.major}.{hello.minor} and keeps no log",
            "update it: flyweight device add NAME ADDRESS",
        )
    reply, content = client.read_log(limit_bytes, cursor)
    now = reply.get("now")
    entries = [entry for line in content.splitlines()[-MAX_LINES:] if (entry := parse(line)) is not None]
    known = isinstance(now, (int, float)) and not isinstance(now, bool)
    return LogPage(tuple(entries), reply["cursor"], float(now) if known else None)  # type: ignore[arg-type]


def parse(line: bytes) -> LogEntry | None:
    """One line of the log; None for what a power cut tore or nobody wrote."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(value.get("what"), str):
        return None
    t = value.pop("t", None)
    if isinstance(t, bool) or not isinstance(t, (int, float)) or not 0 <= t < 1e11:
        return None
    boot, client, what = (_plain(value.pop(key, "")) for key in ("boot", "from", "what"))
    facts = {_plain(key): _bounded(item) for key, item in list(value.items())[:MAX_FACTS]}
    return LogEntry(float(t), boot, client, what, facts)


def _plain(value: object) -> str:
    """Text without control characters, of bounded length."""
    text = str(value)[:MAX_TEXT]
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _bounded(value: object, depth: int = 0) -> Any:
    """Small JSON values; what is deeper than a switch's facts becomes text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if abs(value) < 1e15 else None
    if isinstance(value, dict) and depth < 2:
        return {_plain(key): _bounded(item, depth + 1) for key, item in list(value.items())[:64]}
    if isinstance(value, list) and depth < 2:
        return [_bounded(item, depth + 1) for item in value[:64]]
    return _plain(value)

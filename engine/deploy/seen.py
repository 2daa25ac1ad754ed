"""What each board was when this desktop last talked to it: its readings from before a change of the system are stale.

One small file a board, ``seen/<hash of its id>.json`` in the user's data folder. It never stands in the way of a session.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from device_agent.contract.messages import Hello, Runtime
from profiles.stale import State

from ..records import sha256_hex
from ..workspace import user_data_dir, write_atomic

AGAIN = timedelta(minutes=10)
"""So long a note of the same state is not written anew."""


def _folder() -> Path:
    return user_data_dir() / "seen"


def note(hello: Hello, runtimes: Sequence[Runtime] | None = None, now: datetime | None = None) -> None:
    """Remember what a board is; one with a made-up root says nothing of the board.

    Args:
        hello: how it introduced itself.
        runtimes: of it, where it was asked for them; else those known from before stay.
        now: default: this moment.
    """
    if hello.root != "/":
        return
    path, now = _folder() / f"{sha256_hex(hello.device_id.encode())[:32]}.json", now or datetime.now(UTC)
    before, machine = _read(path), hello.machine
    versions: dict[str, tuple[str, ...]] = dict(before[1].runtimes) if before is not None else {}
    if runtimes is not None:
        versions = {}
        for item in runtimes:
            versions[item.id] = (*versions.get(item.id, ()), item.version)
    state = State(now.isoformat(timespec="milliseconds"), machine.os, machine.kernel, machine.power_mode, versions)
    same = before is not None and _same(before[1], state) and _agent(path) == hello.agent_id
    if same and before is not None and now - datetime.fromisoformat(before[1].seen_at) < AGAIN:
        return
    document = {**vars(state), "device_id": hello.device_id, "agent_id": hello.agent_id}
    with suppress(OSError):  # a full disk: then the newest reading tells
        write_atomic(path, json.dumps(document).encode(), 0o600)


def last_seen() -> dict[str, State]:
    """The last state of every board this desktop ever talked to, by the id of the board."""
    found = (_read(path) for path in sorted(_folder().glob("*.json")))
    return dict(item for item in found if item is not None)


def last_agents() -> dict[str, str]:
    """The agent this desktop talked to last on each board, by the id of the board; what nothing is known of is left out."""
    files = ((path, _read(path)) for path in sorted(_folder().glob("*.json")))
    found = ((known[0], _agent(path)) for path, known in files if known is not None)
    return {device_id: agent for device_id, agent in found if agent is not None}


def _agent(path: Path) -> str | None:
    """None where there is no note, or one of a version that did not note it."""
    try:
        value = json.loads(path.read_bytes())["agent_id"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return value if isinstance(value, str) else None


def _same(a: State, b: State) -> bool:
    return (a.os, a.kernel, a.power_mode, a.runtimes) == (b.os, b.kernel, b.power_mode, b.runtimes)


def _read(path: Path) -> tuple[str, State] | None:
    """Id and state; None for no file or one that cannot be used, which the next session writes anew."""
    try:
        value = json.loads(path.read_bytes())
        versions = {str(name): tuple(map(str, items)) for name, items in value["runtimes"].items()}
        datetime.fromisoformat(value["seen_at"])
        state = State(str(value["seen_at"]), str(value["os"]), str(value["kernel"]), value["power_mode"], versions)
        return str(value["device_id"]), state
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None

"""What was done on this board, by whom and how it ended: the agent's log, and the history of its slots.

    log/agent.log      one JSON object a line, the newest last
    log/agent.log.1    the file before it, from when this one had become too long

It is for people: nothing of the agent reads it, so that a line which is lost (a full disk, a power cut) changes nothing, and
no line is waited for until the disk has it. Commands and contents are never written down, only what was asked and the outcome.
"""

import json
import os
import time
from typing import Any, Callable, Dict, List, Tuple

from .board import read_text
from .contract.errors import FlyweightError
from .contract.messages import Op
from .store import Store

FOLDER, FILE, OLDER = "log", "agent.log", "agent.log.1"
MAX_FILE_BYTES = 256 * 1024
MAX_TEXT = 300
MAX_READ_BYTES = 512 * 1024

Answer = Tuple[Dict[str, Any], bytes]
Handler = Callable[[Dict[str, Any]], Answer]


def note(store: Store, what: str, **facts: Any) -> None:
    """Append one line; what cannot be written is left out.

    Args:
        store: of the agent.
        what: happened, in one word.
        facts: small JSON values; texts are cut.
    """
    line = {"t": round(time.time(), 3), "boot": boot(), "from": _client(), "what": what}
    line.update({key: value[:MAX_TEXT] if isinstance(value, str) else value for key, value in facts.items()})
    path = store.path(FOLDER, FILE)
    try:
        os.makedirs(store.path(FOLDER), mode=0o700, exist_ok=True)
        if os.path.exists(path) and os.path.getsize(path) > MAX_FILE_BYTES:
            os.replace(path, store.path(FOLDER, OLDER))
        with open(path, "ab+") as stream:
            stream.write(_after(stream) + json.dumps(line).encode("ascii") + b"\n")
    except OSError:
        return


def boot() -> str:
    """Which start of the board this is; clocks of boards jump, and only within one start do they tell an order."""
    return (read_text("/", "proc/sys/kernel/random/boot_id") or "unknown")[:8]


def _client() -> str:
    """Address of the desktop, as the SSH server knows it."""
    return os.environ.get("SSH_CONNECTION", "").split(" ")[0][:64]


def _after(stream: Any) -> bytes:
    """What has to stand before a new line: the end of one that a power cut left unfinished."""
    if stream.seek(0, os.SEEK_END) == 0:
        return b""
    stream.seek(-1, os.SEEK_END)
    return b"" if stream.read(1) == b"\n" else b"\n"


def keeping(store: Store, op: str, handler: Handler) -> Handler:
    """The handler of an operation, with a line for what it came to; switches write their own."""

    def handled(arguments: Dict[str, Any]) -> Answer:
        try:
            answer = handler(arguments)
        except FlyweightError as error:
            note(store, "failed", op=op, code=error.code, said=error.message)
            raise
        facts = _facts(op, arguments, answer[0])
        if facts:
            note(store, op, **facts)
        return answer

    return handled


def _facts(op: str, arguments: Dict[str, Any], reply: Dict[str, Any]) -> Dict[str, Any]:
    if op == Op.BUNDLE_STAGE:
        return {"bundle": reply["bundle"], "state": reply["state"], "said": reply["reason"] or ""}
    if op == Op.ENV_INSTALL:
        return {"env": arguments["env"], "wheels": len(arguments["wheels"])}
    if op == Op.KEYS_CHANGE:
        return {"keys": len(reply["keys"])}
    if op in (Op.MEASURE, Op.SCENARIO):
        return {"models": len(arguments["entries"]) if isinstance(arguments.get("entries"), list) else 1}
    return {}


def read(store: Store, limit: int, cursor: str) -> Tuple[str, bytes]:
    """The newest whole lines, at most ``limit`` bytes of them, and where the next reading goes on.

    Args:
        store: of the agent.
        limit: in bytes.
        cursor: of the reading before, so that only what came since is read; empty for the first.
    """
    limit = min(limit, MAX_READ_BYTES)
    older, current = (_content(store.path(FOLDER, name)) for name in (OLDER, FILE))
    place, _, offset = cursor.partition(":")
    parts: List[bytes] = [older[1], current[1]]
    if place and offset.isdigit() and place == current[0]:
        parts = [current[1][int(offset) :]]
    elif place and offset.isdigit() and place == older[0]:
        parts = [older[1][int(offset) :], current[1]]
    found = b"".join(parts)
    # A line that is being written right now belongs to the next reading.
    rest = len(found) - (found.rfind(b"\n") + 1)
    found = found[: len(found) - rest]
    if len(found) > limit:
        found = found[-limit:]
        found = found[found.find(b"\n") + 1 :]
    return "%s:%d" % (current[0], len(current[1]) - rest), found


def _content(path: str) -> Tuple[str, bytes]:
    """Number of a file, and what is in it."""
    try:
        with open(path, "rb") as stream:
            return str(os.fstat(stream.fileno()).st_ino), stream.read(2 * MAX_FILE_BYTES)
    except OSError:
        return "0", b""


__all__ = ["boot", "keeping", "note", "read"]

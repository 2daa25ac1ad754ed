"""The agent's loop: one request after the other over stdin and stdout, no listening port.

It ends when stdin closes. A repeated op-id is answered with the stored reply, so that nothing is changed twice. An error of
an operation is an answer; an error of the framing ends the session, because what follows cannot be trusted to be frames.
"""

import sys
from typing import BinaryIO, Dict, Tuple

from .contract import codec
from .contract.errors import AgentError, ContractError, FlyweightError, unforeseen
from .contract.messages import Op
from .contract.version import MARKER
from .desktop import Desktop, DesktopGone
from .operations import Answer, Operations, OutOfStep

STORED_REPLIES = 64
STORED_BYTES = 256 << 10
"""Of all stored replies but the newest together, as they travel: a session that waits for hours stays small."""

NEWEST_BYTES = 4 << 20
"""Of the newest one, such as a measurement with its samples."""

ASKED_ANEW = (Op.SLOT_LIST, Op.SENSORS, Op.SELFTEST, Op.RIGHTS, Op.LOG_READ, Op.JOB_READ)
"""What only looks, and is asked again and again by whoever watches a board: it is done anew, and its reply not kept."""

MAX_DEADLINE_S = 86_400.0
MAX_ID = 128


Framed = Tuple[bytes, bytes]
"""A reply in JSON, and the bytes that follow it as chunks. As objects the same replies would take ten times the memory."""


class Server:
    """One session with one desktop.

    Args:
        home: the store's folder.
        root: where /sys and /proc are looked for; anything but ``/`` makes readings ``simulated``.
        desktop: where frames come from.
        out: where frames go.
    """

    def __init__(self, home: str, root: str, desktop: Desktop, out: BinaryIO) -> None:
        self._desktop = desktop
        self._out = out
        self._operations = Operations(home, root, desktop, self._event)
        self._replies: Dict[str, Framed] = {}
        self._id = ""
        self._greeted = False

    def serve(self) -> int:
        """Answer requests until stdin closes or ``shutdown`` is asked; the exit code of the agent."""
        self._out.write(MARKER)
        self._out.flush()
        skip_chunks = False
        while True:
            self._desktop.begin(None)
            try:
                kind, payload = codec.read_frame(self._desktop.read)
                if kind == codec.CHUNK_KIND and skip_chunks:
                    continue  # the rest of an upload that was refused; the desktop does not wait while it sends
                request = self._request(kind, payload)
            except EOFError:
                return 0
            except ContractError as error:
                self._refuse("", error)
                return 1
            op, self._id = str(request["op"]), str(request["id"])
            try:
                self._desktop.begin(_deadline_s(request))
                answered = self._answer(op, request.get("args"))
            except EOFError:
                return 0
            except OutOfStep as failure:
                self._refuse(self._id, failure.error)
                return 1
            skip_chunks = op == Op.BLOB_PUT and not answered
            if op == Op.SHUTDOWN and answered:
                return 0

    def _request(self, kind: bytes, payload: bytes) -> codec.Json:
        if kind != codec.JSON_KIND:
            raise ContractError("a chunk came where a request was expected")
        request = codec.loads(payload)
        if not all(isinstance(request.get(key), str) for key in ("id", "op")) or len(request["id"]) > MAX_ID:
            raise ContractError("a request needs an id and an op")
        return request

    def _answer(self, op: str, arguments: object) -> bool:
        """Do what is asked and answer; whether all that belongs to the request was read and done."""
        stored = self._replies.get(self._id)
        if stored is not None:
            self._send(stored)
            return op != Op.BLOB_PUT
        try:
            framed = self._framed(self._run(op, arguments))
        except FlyweightError as error:
            self._refuse(self._id, error)
            return False
        except (EOFError, BrokenPipeError, DesktopGone, OutOfStep):
            raise
        except Exception as error:
            # The next request deserves an answer whatever went wrong with this one; the type says where to look.
            print("%s: %s: %s" % (op, type(error).__name__, error), file=sys.stderr)
            text = "%s: %s" % (type(error).__name__, str(error)[:500])
            self._operations.broke(op, text)
            self._refuse(self._id, unforeseen(error))
            return False
        if op not in ASKED_ANEW:
            self._keep(framed)
        self._send(framed)
        return True

    def _run(self, op: str, arguments: object) -> Answer:
        handler = self._operations.handlers.get(op)
        if handler is None:
            raise AgentError(
                "unknown-op",
                "this agent does not know %r" % op[:40],
                "update the agent: flyweight device add NAME ADDRESS",
            )
        if arguments is not None and not isinstance(arguments, dict):
            raise ContractError("args must be an object")
        if not self._greeted and op not in (Op.HELLO, Op.PING, Op.SHUTDOWN):
            raise ContractError("the first request of a session is hello")
        answer = handler(arguments or {})
        self._greeted = self._greeted or op == Op.HELLO
        return answer

    def _framed(self, answer: Answer) -> Framed:
        reply, payload = answer
        message: codec.Json = {"id": self._id, "reply": reply}
        if payload:
            message["chunks"] = len(payload)
        return codec.dumps(message), payload

    def _keep(self, framed: Framed) -> None:
        """Store a reply for a repetition of its id; the oldest give way."""
        if sum(map(len, framed)) > NEWEST_BYTES:
            return
        sizes = [sum(map(len, item)) for item in self._replies.values()]
        total = sum(sizes)
        for name, size in zip(list(self._replies), sizes):
            if len(self._replies) < STORED_REPLIES and total <= STORED_BYTES:
                break
            del self._replies[name]
            total -= size
        self._replies[self._id] = framed

    def _send(self, framed: Framed) -> None:
        message, payload = framed
        self._out.write(codec.HEADER.pack(codec.JSON_KIND, len(message)) + message)
        for start in range(0, len(payload), codec.MAX_CHUNK_BYTES):
            codec.write_chunk(self._out, payload[start : start + codec.MAX_CHUNK_BYTES])
        self._out.flush()

    def _refuse(self, operation: str, error: FlyweightError) -> None:
        codec.write_json(self._out, {"id": operation, "error": error.to_json()})

    def _event(self, event: codec.Json) -> None:
        codec.write_json(self._out, {"id": self._id, "event": event})


def _deadline_s(request: codec.Json) -> float:
    value = request.get("deadline_s")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < MAX_DEADLINE_S:
        return float(value)
    return MAX_DEADLINE_S

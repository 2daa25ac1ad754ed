"""The agent's loop: one request after the other over stdin and stdout, no listening port.

It ends when stdin closes. A repeated op-id is answered with the stored reply, so a desktop that lost the link can ask
again without doing the work twice.
"""

import os
import sys
import time
from collections import OrderedDict
from typing import Any, BinaryIO, Callable, Dict, Iterator, List, Optional, Tuple

from . import environments
from .board import read_board, read_machine
from .contract import codec
from .contract.errors import AgentError, ContractError, FlyweightError, VersionError
from .contract.messages import (
    ActivateRequest,
    Hello,
    HelloRequest,
    Machine,
    MeasurePlan,
    Op,
    PredictRequest,
    Runtime,
    StageRequest,
    Wheel,
    decode,
    encode,
)
from .contract.version import MAJOR, MARKER, MINOR
from .store import Store

STORED_REPLIES = 64
PREDICT_TIMEOUT_S = 60.0

Answer = Tuple[Dict[str, Any], bytes]


def agent_id() -> str:
    """SHA-256 of the archive this agent runs from; ``source`` when it runs from a folder."""
    container = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if not os.path.isfile(container):
        return "source"
    from .store import sha256_of

    return sha256_of(container)[0]


class Server:
    """One session with one desktop.

    Args:
        home: the store's folder.
        root: where /sys and /proc are looked for; anything but ``/`` makes readings ``simulated``.
        read: reads at most n bytes of the desktop's frames.
        out: where frames go.
    """

    def __init__(self, home: str, root: str, read: Callable[[int], bytes], out: BinaryIO) -> None:
        self.store = Store(home)
        self.root = root
        self._read = read
        self._out = out
        self._replies: "OrderedDict[str, Answer]" = OrderedDict()
        self._runtimes: Dict[Optional[str], List[Runtime]] = {}
        self._machine: Optional[Machine] = None
        self._releases: Any = None
        self._operation = ""
        self._handlers: Dict[str, Callable[[Dict[str, Any]], Answer]] = {
            Op.HELLO: self._hello,
            Op.PING: self._ping,
            Op.RUNTIMES: self._list_runtimes,
            Op.SENSORS: self._sensors,
            Op.BLOB_OPEN: self._blob_open,
            Op.BLOB_PUT: self._blob_put,
            Op.ENV_INSTALL: self._changing(self._env_install),
            Op.BUNDLE_STAGE: self._changing(self._stage),
            Op.SLOT_ACTIVATE: self._changing(self._activate),
            Op.SLOT_LIST: self._slot_list,
            Op.PREDICT: self._predict,
            Op.MEASURE: self._measure,
            Op.SHUTDOWN: lambda arguments: ({}, b""),
        }

    def serve(self) -> int:
        """Answer requests until stdin closes or ``shutdown`` is asked."""
        self._out.write(MARKER)
        self._out.flush()
        while True:
            try:
                request = codec.read_json(self._read)
                self._operation, op = str(request["id"]), str(request["op"])
            except EOFError:
                return 0
            except (ContractError, KeyError) as error:
                # Out of step: what follows cannot be trusted to be a frame.
                message = (
                    error.to_json() if isinstance(error, ContractError) else ContractError("no id or op").to_json()
                )
                codec.write_json(self._out, {"id": "", "error": message})
                return 1
            try:
                self._answer(op, request.get("args") or {})
            except EOFError:
                return 0
            if op == Op.SHUTDOWN:
                return 0

    def _answer(self, op: str, arguments: Dict[str, Any]) -> None:
        stored = self._replies.get(self._operation)
        if stored is None or op == Op.BLOB_PUT:
            try:
                handler = self._handlers.get(op)
                if handler is None:
                    raise AgentError(
                        "unknown-op", "this agent does not know %r" % op[:40], "update the agent: device add"
                    )
                if not isinstance(arguments, dict):
                    raise ContractError("args must be an object")
                stored = handler(arguments)
            except FlyweightError as error:
                codec.write_json(self._out, {"id": self._operation, "error": error.to_json()})
                return
            except (OSError, MemoryError, KeyError, TypeError, ValueError) as error:
                failure = AgentError("agent-failed", "%s: %s" % (type(error).__name__, error), "try again")
                codec.write_json(self._out, {"id": self._operation, "error": failure.to_json()})
                return
            self._replies[self._operation] = stored if len(stored[1]) < codec.MAX_CHUNK_BYTES else (stored[0], b"")
            while len(self._replies) > STORED_REPLIES:
                self._replies.popitem(last=False)
        self._send(*stored)

    def _send(self, reply: Dict[str, Any], payload: bytes) -> None:
        message: Dict[str, Any] = {"id": self._operation, "reply": reply}
        if payload:
            message["chunks"] = len(payload)
        codec.write_json(self._out, message)
        for start in range(0, len(payload), codec.MAX_CHUNK_BYTES):
            codec.write_chunk(self._out, payload[start : start + codec.MAX_CHUNK_BYTES])
        self._out.flush()

    def _event(self, event: Dict[str, Any]) -> None:
        codec.write_json(self._out, {"id": self._operation, "event": event})

    def _changing(self, handler: Callable[[Dict[str, Any]], Answer]) -> Callable[[Dict[str, Any]], Answer]:
        def locked(arguments: Dict[str, Any]) -> Answer:
            self.store.lock()
            try:
                return handler(arguments)
            finally:
                self.store.unlock()

        return locked

    @property
    def machine(self) -> Machine:
        """Facts about this computer, read once."""
        if self._machine is None:
            self._machine = read_machine(self.store.home, self.root)
        return self._machine

    @property
    def releases(self) -> Any:
        """Bundles and slots; loaded on first use to keep an idle agent small."""
        if self._releases is None:
            from .releases import Releases

            self._releases = Releases(self.store)
        return self._releases

    def device_id(self) -> "Tuple[str, str]":
        """Identity of the board and its source."""
        return self.store.device_id(read_board(self.root).serial)

    def runtimes(self, environment: Optional[str]) -> List[Runtime]:
        """Runtimes of an environment (None = the interpreter's own), probed once per session."""
        if environment not in self._runtimes:
            from .children import probe_runtimes

            folders = environments.folders(self.store, environment)
            self._runtimes[environment] = [
                Runtime(item.id, item.version, item.providers, item.numpy, environment)
                for item in probe_runtimes(folders, self.machine.ram_bytes)
            ]
        return self._runtimes[environment]

    def _hello(self, arguments: Dict[str, Any]) -> Answer:
        request = decode(HelloRequest, arguments)
        if request.major != MAJOR:
            raise VersionError(
                "the desktop speaks protocol %d, this agent %d" % (request.major, MAJOR),
                "update Flyweight on the older side; 'flyweight device add' installs the agent that fits",
                "version",
            )
        from .sensors import read_all

        identity, source = self.device_id()
        hello = Hello(
            MAJOR,
            MINOR,
            agent_id(),
            identity,
            source,
            read_board(self.root),
            self.machine,
            "%d.%d.%d" % sys.version_info[:3],
            self.store.home,
            self.root,
            sorted(self.store.keys()),
            self.releases.counters(),
            read_all(self.root),
        )
        return encode(hello), b""

    def _ping(self, arguments: Dict[str, Any]) -> Answer:
        return {"t_ns": time.monotonic_ns()}, b""

    def _list_runtimes(self, arguments: Dict[str, Any]) -> Answer:
        wanted: List[Optional[str]] = [None, *self.store.environments()]
        if "env" in arguments and arguments["env"] is not None:
            wanted = [arguments["env"]]
        return {"runtimes": [encode(item) for name in wanted for item in self.runtimes(name)]}, b""

    def _sensors(self, arguments: Dict[str, Any]) -> Answer:
        from .sensors import read_all

        return {"samples": [encode(item) for item in read_all(self.root)]}, b""

    def _blob_open(self, arguments: Dict[str, Any]) -> Answer:
        offset, complete = self.store.open_blob(str(arguments["sha256"]), int(arguments["size"]))
        return {"offset": offset, "complete": complete}, b""

    def _blob_put(self, arguments: Dict[str, Any]) -> Answer:
        sha256, size, offset = str(arguments["sha256"]), int(arguments["size"]), int(arguments["offset"])
        self.store.blob(sha256)
        received = self.store.receive(sha256, size, offset, self._chunks(size - offset))
        return {"bytes": received}, b""

    def _chunks(self, total: int) -> Iterator[bytes]:
        while total > 0:
            kind, payload = codec.read_frame(self._read)
            if kind != codec.CHUNK_KIND or len(payload) > total:
                raise EOFError("the upload is out of step")
            total -= len(payload)
            yield payload

    def _env_install(self, arguments: Dict[str, Any]) -> Answer:
        name = str(arguments["env"])
        environments.install(self.store, name, [decode(Wheel, item) for item in arguments["wheels"]])
        return {"runtimes": [encode(item) for item in self.runtimes(name)]}, b""

    def _stage(self, arguments: Dict[str, Any]) -> Answer:
        request = decode(StageRequest, arguments)
        folders = environments.folders(self.store, request.env)
        result = self.releases.stage(request, self.machine, lambda: self.runtimes(request.env), folders)
        return encode(result), b""

    def _activate(self, arguments: Dict[str, Any]) -> Answer:
        placed = self.releases.activate(decode(ActivateRequest, arguments), self.device_id()[0])
        return {"placements": placed}, b""

    def _slot_list(self, arguments: Dict[str, Any]) -> Answer:
        return encode(self.releases.list()), b""

    def _predict(self, arguments: Dict[str, Any]) -> Answer:
        from .prediction import predict

        request = decode(PredictRequest, arguments)
        return {"predictions": predict(self, request, PREDICT_TIMEOUT_S)}, b""

    def _measure(self, arguments: Dict[str, Any]) -> Answer:
        from .bench import Bench

        plan = decode(MeasurePlan, arguments)
        bench = Bench(
            self.releases.manifest, lambda name: environments.folders(self.store, name), self.machine, self.root
        )
        result, raw = bench.run(plan, self.device_id()[0], self._event)
        return encode(result), raw

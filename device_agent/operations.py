"""What the agent can do, one method per operation of the contract.

Modules that only some operations need are imported there: an agent that waits stays small.
"""

import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Optional, Tuple, Union

from .board import read_board, read_machine
from .contract import codec
from .contract.errors import AgentError, ContractError, FlyweightError, VersionError
from .contract.messages import Hello, HelloRequest, Machine, Op, Runtime, decode, encode
from .contract.version import MAJOR, MINOR
from .desktop import Desktop, Unattended
from .lease import Lease, describe
from .store import LOCK_LOOK_S, Store

if TYPE_CHECKING:
    from .detached import Jobs
    from .releases import Releases
    from .sensors.usage import Usage

LOCK_WAIT_S = 3.0
CLOCK = getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)

LOGGED = (
    *(Op.ENV_INSTALL, Op.BUNDLE_STAGE, Op.SLOT_ACTIVATE, Op.SLOT_CHECK, Op.SLOT_COMMIT, Op.SLOT_REVERT),
    *(Op.KEYS_CHANGE, Op.ADAPTERS_CHANGE, Op.MEASURE, Op.SCENARIO),
)
"""Operations whose outcome stands in the agent's log."""

Answer = Tuple[Dict[str, Any], bytes]
"""A reply and the bytes that follow it as chunks."""

Handler = Callable[[Dict[str, Any]], Answer]


def written_bytes(path: str = "/proc/self/io") -> Optional[int]:
    """What this session has written to disks, as the kernel counts it; None where it does not.

    What was written into memory (``/dev/shm``) is no part of it.
    """
    try:
        with open(path, "rb") as stream:
            lines = stream.read(4096).decode("ascii", "replace").splitlines()
    except OSError:
        return None
    found = next((line.split()[1] for line in lines if line.startswith("write_bytes: ")), "")
    return int(found) if found.isdigit() else None


class OutOfStep(Exception):
    """An upload ended inside a frame: what follows may be content, so the session must not go on.

    Args:
        error: for the desktop.
    """

    def __init__(self, error: FlyweightError) -> None:
        super().__init__(error.message)
        self.error = error


def agent_id() -> str:
    """SHA-256 of the archive this agent runs from; ``source`` when it runs from a folder."""
    container = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if not os.path.isfile(container):
        return "source"
    from . import bytecode, hashing

    return bytecode.archive_id or hashing.file_sha256(container)


class Operations:
    """The operations of one session.

    Args:
        home: the store's folder.
        root: where /sys and /proc are looked for.
        desktop: sends uploads, and knows the deadline.
        event: sends an event to the desktop.
    """

    def __init__(
        self, home: str, root: str, desktop: Union[Desktop, Unattended], event: Callable[[Dict[str, Any]], None]
    ) -> None:
        self._store = Store(home)
        self._lease = Lease(self._store)
        self._root = root
        self._desktop = desktop
        self._event = event
        self._runtimes: Dict[Optional[str], List[Runtime]] = {}
        self._isolation: Optional[Dict[str, Any]] = None
        self._machine: Optional[Machine] = None
        self._releases: "Optional[Releases]" = None
        self._usage: "Optional[Usage]" = None
        self.handlers: Dict[str, Handler] = {
            Op.HELLO: self._hello,
            Op.PING: self._ping,
            Op.RUNTIMES: self._list_runtimes,
            Op.SENSORS: self._sensors,
            Op.SELFTEST: self._selftest,
            Op.RIGHTS: self._rights,
            Op.BLOB_OPEN: self._exclusive(self._blob_open),
            Op.BLOB_PUT: self._exclusive(self._blob_put),
            Op.BLOB_UNPACK: self._exclusive(self._later("unpack")),
            Op.ENV_INSTALL: self._exclusive(self._later("env_install")),
            Op.BUNDLE_STAGE: self._exclusive(self._later("stage")),
            Op.SLOT_ACTIVATE: self._exclusive(self._later("activate", "order_operations")),
            Op.SLOT_CHECK: self._exclusive(self._later("slot_check", "order_operations")),
            Op.SLOT_COMMIT: self._exclusive(self._later("slot_commit", "order_operations")),
            Op.SLOT_REVERT: self._exclusive(self._later("slot_revert", "order_operations")),
            Op.KEYS_CHANGE: self._exclusive(self._later("keys_change", "order_operations")),
            Op.LOG_READ: self._log_read,
            Op.SLOT_LIST: self._slot_list,
            Op.ADAPTERS: self._later("list_adapters"),
            Op.ADAPTERS_CHANGE: self._exclusive(self._later("adapters_change")),
            Op.PREDICT: self._later("predict"),
            Op.ANSWERS: self._exclusive(self._later("answers")),
            Op.MEASURE: self._exclusive(self._later("measure")),
            Op.SCENARIO: self._exclusive(self._later("scenario")),
            Op.JOB_START: self._job_start,
            Op.JOB_READ: self._job_read,
            Op.JOB_CANCEL: lambda arguments: ({"state": self.jobs().cancel(text_of(arguments, "job"))}, b""),
            Op.JOB_DROP: self._job_drop,
            Op.LEASE_TAKE: self._later("lease_take", "order_operations"),
            Op.LEASE_DROP: self._lease_drop,
            Op.LEASE_SHOW: self._later("lease_show", "order_operations"),
            Op.LEASE_BREAK: self._later("lease_break", "order_operations"),
            Op.SHUTDOWN: lambda arguments: ({}, b""),
        }
        for op in LOGGED:
            self.handlers[op] = self._logged(op, self.handlers[op])

    def _logged(self, op: str, handler: Handler) -> Handler:
        def logged(arguments: Dict[str, Any]) -> Answer:
            from .journal import keeping

            return keeping(self._store, op, handler)(arguments)

        return logged

    def _later(self, name: str, module: str = "model_operations") -> Handler:
        """An operation of another module, loaded when it is asked for."""

        def loaded(arguments: Dict[str, Any]) -> Answer:
            from importlib import import_module

            handler = getattr(import_module("." + module, __package__), name)
            return handler(self, arguments)  # type: ignore[no-any-return]

        return loaded

    def _exclusive(self, handler: Handler) -> Handler:
        """Changes and measurements go one at a time, whichever desktop asks, and none gets between those of a lease.

        The short wait is for a session whose link was cut and that is about to end.
        """

        def locked(arguments: Dict[str, Any]) -> Answer:
            self._lock()
            try:
                return handler(arguments)
            finally:
                try:
                    self._lease.renew()
                finally:
                    self._store.unlock()

        return locked

    def _lock(self) -> None:
        """The store's lock, once no other desktop has the board."""
        end = time.monotonic() + self._desktop.left_s(LOCK_WAIT_S)
        while True:
            self._store.lock(max(end - time.monotonic(), 0.0))
            try:
                self._lease.check()
                claim = self._lease.other()
            except BaseException:
                self._store.unlock()
                raise
            if claim is None:
                self._lease.tidy()
                return
            self._store.unlock()
            if time.monotonic() >= end:
                raise AgentError("busy", *describe(claim))
            time.sleep(LOCK_LOOK_S)

    def broke(self, op: str, said: str) -> None:
        """Keep what a fault of the agent's own said."""
        from .journal import note

        note(self._store, "broke", op=op, said=said)

    def machine(self) -> Machine:
        """Facts about this computer, read once in a session."""
        if self._machine is None:
            self._machine = read_machine(self._store.home, self._root)
        return self._machine

    def releases(self) -> "Releases":
        """Bundles and slots."""
        if self._releases is None:
            from .releases import Releases

            self._releases = Releases(self._store)
        return self._releases

    def jobs(self) -> "Jobs":
        """Work that outlives a session."""
        from .detached import Jobs

        return Jobs(self._store, self._root)

    def device_id(self) -> "Tuple[str, str]":
        """Identity of the board and its source."""
        return self._store.device_id(read_board(self._root).serial)

    def folders(self, environment: Optional[str]) -> List[str]:
        """Folders of an environment of the agent's own; none for the interpreter's packages."""
        from .environments import folders

        return folders(self._store, environment)

    def runtimes(self, environment: Optional[str]) -> List[Runtime]:
        """Runtimes of an environment, looked at once in a session."""
        if environment not in self._runtimes:
            from .children import probe_runtimes
            from .probed import Probed

            kept = Probed(self._store, environment, self.machine().boot_id, agent_id())
            folders, ram_bytes = self.folders(environment), self.machine().ram_bytes
            found, self._isolation = probe_runtimes(folders, ram_bytes, self._desktop.check, probed=kept)
            self._runtimes[environment] = [replace(item, env=environment) for item in found]
        return self._runtimes[environment]

    def _hello(self, arguments: Dict[str, Any]) -> Answer:
        request = decode(HelloRequest, arguments)
        if request.major != MAJOR:
            raise VersionError(
                "the desktop speaks protocol %d, this agent %d" % (request.major, MAJOR),
                "update Flyweight on the older side; 'flyweight device add' installs the agent that fits",
                "version",
            )
        from .as_root import check
        from .generations import Generations
        from .sensors import read_all

        check(self._store)
        notes = ["the agent runs as root; an account of its own is safer"] if os.geteuid() == 0 else []
        generations = Generations(self._store)
        state = generations.state()
        if state.trial is not None or generations.hook_tries() is not None:
            from .trial import recover

            try:
                recover(self._store, self._root)
            except OSError as error:  # a full disk, say: whoever comes has to be let in to free it
                notes.append("a release on trial is over and cannot go back: %s" % error.strerror)
        if state.salvaged:
            notes.append("the record of what runs was damaged on the disk; what serves was read from its links")
        if os.path.exists(self._store.path("restore.json")):
            from .pinning import recover as restore

            restore(self._store, self._root)
        identity, source = self.device_id()
        hello = Hello(
            MAJOR,
            MINOR,
            agent_id(),
            identity,
            source,
            read_board(self._root),
            self.machine(),
            "%d.%d.%d" % sys.version_info[:3],
            self._store.home,
            self._root,
            sorted(self._store.keys()),
            generations.state().counters,
            read_all(self._root),
            notes,
        )
        return encode(hello), b""

    def _ping(self, arguments: Dict[str, Any]) -> Answer:
        return {"t_ns": time.clock_gettime_ns(CLOCK), "written": written_bytes()}, b""

    def _list_runtimes(self, arguments: Dict[str, Any]) -> Answer:
        wanted: List[Optional[str]] = [None, *self._store.environments()]
        if arguments.get("env") is not None:
            wanted = [text_of(arguments, "env")]
        found = [encode(item) for name in wanted for item in self.runtimes(name)]
        return {"runtimes": found, "isolation": self._isolation}, b""

    def _sensors(self, arguments: Dict[str, Any]) -> Answer:
        from .sensors import read_all
        from .sensors.usage import Usage

        if self._usage is None:
            self._usage = Usage(self._root)
        return {"samples": [encode(item) for item in [*read_all(self._root), *self._usage.read()]]}, b""

    def _log_read(self, arguments: Dict[str, Any]) -> Answer:
        from .journal import boot, read

        cursor, lines = read(self._store, _number(arguments, "limit"), text_of(arguments, "cursor"))
        return {"now": time.time(), "boot": boot(), "cursor": cursor}, lines

    def _selftest(self, arguments: Dict[str, Any]) -> Answer:
        from .selftest import selftest

        return selftest(self._root), b""

    def _rights(self, arguments: Dict[str, Any]) -> Answer:
        from .rights import look

        return {"rights": [encode(item) for item in look(self._root)]}, b""

    def _blob_open(self, arguments: Dict[str, Any]) -> Answer:
        offset, complete = self._store.open_blob(text_of(arguments, "sha256"), _number(arguments, "size"))
        return {"offset": offset, "complete": complete}, b""

    def _blob_put(self, arguments: Dict[str, Any]) -> Answer:
        sha256, size, offset = text_of(arguments, "sha256"), _number(arguments, "size"), _number(arguments, "offset")
        self._store.check_space(size - offset)
        return {"bytes": self._store.receive(sha256, size, offset, self._chunks(size - offset))}, b""

    def _chunks(self, total: int) -> Iterator[bytes]:
        """The chunk frames of an upload."""
        while total > 0:
            try:
                kind, payload = codec.read_frame(self._desktop.read)
            except FlyweightError as error:
                raise OutOfStep(error) from None
            if kind != codec.CHUNK_KIND or len(payload) > total:
                raise OutOfStep(ContractError("the upload is out of step"))
            total -= len(payload)
            yield payload

    def _slot_list(self, arguments: Dict[str, Any]) -> Answer:
        return encode(self.releases().list()), b""

    def _job_start(self, arguments: Dict[str, Any]) -> Answer:
        wanted, seconds = arguments.get("args"), arguments.get("deadline_s")
        if not isinstance(wanted, dict) or isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise ContractError("job.start: expected args and deadline_s")
        name, op = text_of(arguments, "job"), text_of(arguments, "op")
        return {"state": self.jobs().start(name, op, wanted, float(seconds))}, b""

    def _job_read(self, arguments: Dict[str, Any]) -> Answer:
        wait_s = arguments.get("wait_s", 0)
        if isinstance(wait_s, bool) or not isinstance(wait_s, (int, float)):
            raise ContractError("job.read: wait_s must be a number")
        name, offset = text_of(arguments, "job"), _number(arguments, "offset")
        state, data = self.jobs().read(name, offset, float(wait_s), self._desktop.check)
        return {"state": state}, data

    def _job_drop(self, arguments: Dict[str, Any]) -> Answer:
        self.jobs().drop(text_of(arguments, "job"))
        return {}, b""

    def _lease_drop(self, arguments: Dict[str, Any]) -> Answer:
        self._lease.drop()
        return {}, b""


def text_of(arguments: Dict[str, Any], name: str) -> str:
    """A text among the arguments; ContractError where there is none."""
    value = arguments.get(name)
    if not isinstance(value, str):
        raise ContractError("the argument '%s' must be a text" % name)
    return value


def _number(arguments: Dict[str, Any], name: str) -> int:
    value = arguments.get(name)
    if type(value) is not int or value < 0:
        raise ContractError("the argument '%s' must be a whole number from 0 on" % name)
    return value

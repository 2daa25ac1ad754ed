"""Holding a board steady while something is measured; what was before always comes back.

That is the clock, where this user may set it, and the user's own service, where the plan asks for it (see service.py). What
processes are pinned to ends with them (see seat.py).

What to restore is written down before anything is changed, and a guardian is started that does nothing but wait for the end
of its input. However the measuring process ends, its end of that pipe closes and the guardian restores. Should both be killed,
the next agent that starts, or the next run, finds the note. A guardian that wakes late leaves the note of a later run alone.
The clocks in a note from before a restart of the board are void: it begins with its own. The service is resumed all the same,
because a container that was stopped stays stopped.
"""

import glob
import os
import subprocess
import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, Dict, List, Optional, Type

from .board import read_board, read_text
from .contract.errors import AgentError
from .store import Store, write_durably
from .trial import boot_id

if TYPE_CHECKING:
    from .contract.releasing import ActivateRequest

GOVERNORS = "sys/devices/system/cpu/cpufreq/policy*/scaling_governor"
CPUS = "sys/devices/system/cpu"
STEADY = "performance"
NOTE = "restore.json"
GUARD_S = 5.0
GUARD_TRIES = 10
COMMAND_S = 30.0
"""The longest time a pausing command that outlived its agent keeps others from resuming."""
LOOK_S = 0.05


class Pinned:
    """A context in which all clusters run at their highest clock, if every governor can be set, and a service is paused.

    Args:
        store: keeps the note.
        root: where the governors are.
        service: the signed order that names the commands which pause and resume it, if any.
        check: called while they run; raises when the work must stop.
    """

    def __init__(
        self,
        store: Store,
        root: str,
        service: "Optional[ActivateRequest]" = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._root = store, root
        self._service, self._check = service, check
        self.failed = ""
        """Why the service was not resumed, if it was not."""
        self._guardian: "Optional[subprocess.Popen[bytes]]" = None
        self.governor: Optional[str] = None

    def __enter__(self) -> "Pinned":
        # What a run killed a moment ago pinned would be taken for what was before: its guardian may not have been there yet.
        restore(self._store, self._root)
        files = sorted(glob.glob(os.path.join(self._root, GOVERNORS)))
        before = {path: (read_text("", path) or "") for path in files}
        wanted = {path: value for path, value in before.items() if value != STEADY}
        if not all(os.access(path, os.W_OK) and _offers(path) for path in wanted):
            wanted = {}
        words: List[str] = []
        if self._service is not None:
            from .service import commands

            words = commands(self._store, self._service, _device_id(self._store, self._root))[0]
        if not wanted and not words:
            return self
        run = os.urandom(8).hex()
        self._guardian = _start_guardian(self._store.home, self._root, run)
        note: Dict[str, Any] = {"schema": 1, "run": run, "boot_id": boot_id(self._root), "governors": wanted}
        if self._service is not None:
            from .contract.messages import encode

            note["service"] = encode(self._service)
        write_durably(self._store.path(NOTE), _dumps(note))
        if words:
            self._pause(words)
        try:
            for path in wanted:
                with open(path, "w") as stream:
                    stream.write(STEADY)
            self.governor = STEADY if wanted else None
        except OSError:
            self.__exit__(None, None, None)
        return self

    def _pause(self, words: List[str]) -> None:
        import fcntl

        from .service import pause

        try:
            with open(self._store.path(NOTE), "rb") as note:
                fcntl.flock(note, fcntl.LOCK_EX)
                pause(words, note, self._check)
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._guardian is None:
            return
        try:
            self.failed = restore(self._store, self._root)
        except OSError as failure:  # the guardian tries again
            self.failed = "what was before could not be read: %s" % failure.strerror
        if self._guardian.stdin is not None:
            self._guardian.stdin.close()
        try:
            self._guardian.wait(GUARD_S)
        except subprocess.TimeoutExpired:
            self._guardian.kill()
            self._guardian.wait()
        self._guardian = None


def _offers(path: str) -> bool:
    offered = read_text("", os.path.join(os.path.dirname(path), "scaling_available_governors"))
    return offered is None or STEADY in offered.split()


def _dumps(value: object) -> bytes:
    import json

    return json.dumps(value).encode()


def _start_guardian(home: str, root: str, run: str) -> "subprocess.Popen[bytes]":
    from .children import invocation

    command = [*invocation(["-I", "-S"]), "restore", "--home", home, "--root", root, "--run", run]
    null = subprocess.DEVNULL
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=null, stderr=null, start_new_session=True, cwd="/", bufsize=0
    )


def restore(store: Store, root: str, run: Optional[str] = None) -> str:
    """Set back what the note says, then forget it; what went wrong with the service, or "".

    Whoever comes first holds the note's lock while it works; the others wait and find nothing left to do.

    Args:
        store: keeps the note.
        root: where the governors are.
        run: only its note; None = whoever's.
    """
    try:
        stream = open(store.path(NOTE), "rb")  # noqa: SIM115 - held open for as long as the lock is
    except FileNotFoundError:
        return ""
    with stream:
        _lock(stream.fileno())
        if not _is_still(stream, store.path(NOTE)):
            return ""
        note = store.read_json(NOTE) or {}
        if run is not None and note.get("run") != run:
            return ""
        if note.get("boot_id") == boot_id(root):
            _set_governors(note.get("governors") or {}, root)
        said = ""
        if note.get("service") is not None:
            from .service import resume

            said = resume(store, note["service"], _device_id(store, root))
            if said:
                print(said, file=sys.stderr)
        if _is_still(stream, store.path(NOTE)):  # else somebody who did not wait any longer was quicker
            os.unlink(store.path(NOTE))
    return said


def _is_still(stream: BinaryIO, path: str) -> bool:
    """Whether an open file is the one that has the name now."""
    try:
        return os.path.samestat(os.stat(path), os.fstat(stream.fileno()))
    except FileNotFoundError:
        return False


def _lock(descriptor: int) -> None:
    """Wait for whoever restores already, and for a pausing command that outlived its agent, but not for ever."""
    import fcntl

    end = time.monotonic() + COMMAND_S
    while time.monotonic() < end:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            time.sleep(LOOK_S)


def _set_governors(values: Dict[str, str], root: str) -> None:
    for path, value in values.items():
        if path in glob.glob(os.path.join(root, GOVERNORS)):  # a note is data: it opens no other file
            try:
                with open(path, "w") as stream:
                    stream.write(value)
            except OSError as error:
                print("%s: %s" % (path, error), file=sys.stderr)


def _device_id(store: Store, root: str) -> str:
    return store.device_id(read_board(root).serial)[0]


def recover(store: Store, root: str) -> None:
    """Restore what a killed agent and its killed guardian left, unless somebody measures right now."""
    if not os.path.exists(store.path(NOTE)):
        return
    try:
        store.lock()
    except AgentError:
        return
    try:
        restore(store, root)
    finally:
        store.unlock()


def guard(home: str, root: str, run: Optional[str]) -> int:
    """The guardian: waits until nobody holds the other end of its input, then restores."""
    import signal

    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 4096):
        continue
    for attempt in range(GUARD_TRIES):
        try:
            restore(Store(home), root, run)
            break
        except OSError as error:  # of the disk: the note is still there
            print(error, file=sys.stderr)
            time.sleep(attempt + 1.0)
    return 0


def best_cpus(root: str, threads: int) -> List[int]:
    """The processors of the fastest cluster, where clusters differ and it has enough of them; else none."""
    capacity: Dict[int, int] = {}
    for path in glob.glob(os.path.join(root, CPUS, "cpu[0-9]*", "cpu_capacity")):
        text = read_text("", path) or ""
        if text.isdigit():
            capacity[int(os.path.basename(os.path.dirname(path))[3:])] = int(text)
    if len(set(capacity.values())) < 2:
        return []
    allowed = os.sched_getaffinity(0)
    fastest = sorted(cpu for cpu, value in capacity.items() if value == max(capacity.values()) and cpu in allowed)
    return fastest if len(fastest) >= threads else []


__all__ = ["Pinned", "best_cpus", "guard", "recover", "restore"]

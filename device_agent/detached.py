"""Measuring that outlives the link: a process of its own whose log any later session can read from any place on.

    jobs/<id>/job.json   what was asked, and in which boot of the board
    jobs/<id>/log        the frames the desktop would have got: events, then one reply with its chunks, or an error
    jobs/<id>/ended      there is nothing more to come
    jobs/<id>/cancel     a wish to stop; the job looks for it several times a second

The desktop chooses the id, so that asking twice after a lost answer starts nothing twice. A job is alive as long as the lock on
its log is held: the lock goes with the process, however that ends, and no process id can be mistaken. What neither ended
nor lives was interrupted, and so is everything from before the board's last start.
"""

import os
import signal
import subprocess
import sys
import time
from typing import Any, BinaryIO, Dict, Tuple

from .contract import codec
from .contract.errors import AgentError, ContractError, FlyweightError, unforeseen
from .contract.messages import NAME, Op
from .desktop import Unattended
from .store import Store, fsync_folder, remove_tree, write_durably
from .trial import boot_id

DETACHABLE = (Op.MEASURE, Op.SCENARIO)
KEPT = 8
MAX_WAIT_S = 10.0
LOOK_S = 0.1
STOP_S = 5.0
READ_BYTES = codec.MAX_CHUNK_BYTES
RUNNING, DONE, INTERRUPTED = "running", "done", "interrupted"


class Jobs:
    """The jobs of one store.

    Args:
        store: the agent's.
        root: where the boot's id is read.
    """

    def __init__(self, store: Store, root: str) -> None:
        self._store, self._root = store, root

    def start(self, name: str, op: str, arguments: Dict[str, Any], deadline_s: float) -> str:
        """Start a job unless it is there already; its state."""
        if op not in DETACHABLE:
            raise ContractError("%r cannot be detached" % op[:40])
        folder = self._folder(name)
        if os.path.exists(os.path.join(folder, "job.json")):
            return self.state(name)
        self._tidy()
        os.makedirs(folder, mode=0o700, exist_ok=True)
        facts = {"schema": 1, "op": op, "args": arguments, "deadline_s": deadline_s, "boot_id": boot_id(self._root)}
        # The lock is taken before the job is known, and handed on to its process with the descriptor of its output.
        with open(os.path.join(folder, "log"), "ab") as log:
            _lock(log)
            write_durably(os.path.join(folder, "job.json"), codec.dumps(facts))
            fsync_folder(os.path.dirname(folder))
            _leave(self._store.home, self._root, name, log)
        return RUNNING

    def state(self, name: str) -> str:
        """``running``, ``done`` or ``interrupted``; AgentError for one that is not here."""
        facts, log = self._facts(name), self._path(name, "log")
        if facts.get("boot_id") != boot_id(self._root):
            return INTERRUPTED
        ended = self._path(name, "ended")  # written last: its process only has to go then
        if os.path.exists(ended):
            return DONE
        if _is_locked(log):
            return RUNNING
        return DONE if os.path.exists(ended) else INTERRUPTED

    def read(self, name: str, offset: int, wait_s: float, check: Any) -> Tuple[str, bytes]:
        """State, and what the log holds from ``offset`` on; waits for something new while the job runs."""
        end = time.monotonic() + min(max(wait_s, 0.0), MAX_WAIT_S)
        while True:
            state = self.state(name)  # first: what is read afterwards is then complete if the job had ended
            with open(self._path(name, "log"), "rb") as stream:
                stream.seek(offset)
                data = stream.read(READ_BYTES)
            if data or state != RUNNING or time.monotonic() >= end:
                return state, data
            check()
            time.sleep(LOOK_S)

    def cancel(self, name: str) -> str:
        """Ask a job to stop and wait a moment for it; its state then."""
        if self.state(name) == RUNNING:
            with open(self._path(name, "cancel"), "ab"):
                pass
            end = time.monotonic() + STOP_S
            while self.state(name) == RUNNING and time.monotonic() < end:
                time.sleep(LOOK_S)
        return self.state(name)

    def drop(self, name: str) -> None:
        """Forget a job that does not run any more."""
        if os.path.isdir(self._folder(name)) and self.state(name) != RUNNING:
            remove_tree(self._folder(name))

    def work(self, name: str, out: BinaryIO) -> int:
        """The job itself: do what was asked and write every frame of it to ``out``."""
        from .operations import Operations

        facts = self._facts(name)
        nobody = Unattended(float(facts["deadline_s"]), self._path(name, "cancel"))

        def tell(message: Dict[str, Any]) -> None:
            codec.write_json(out, message)

        payload = b""
        try:
            operations = Operations(
                self._store.home, self._root, nobody, lambda event: tell({"id": name, "event": event})
            )
            reply, payload = operations.handlers[facts["op"]](facts["args"])
            message: Dict[str, Any] = {"id": name, "reply": reply, "chunks": len(payload)}
            codec.dumps(message)
        except FlyweightError as error:
            message, payload = {"id": name, "error": error.to_json()}, b""
        except Exception as error:
            # As in the server: whatever went wrong is an answer, and the type says where to look.
            message, payload = {"id": name, "error": unforeseen(error).to_json()}, b""
        tell(message)
        for start in range(0, len(payload), codec.MAX_CHUNK_BYTES):
            codec.write_chunk(out, payload[start : start + codec.MAX_CHUNK_BYTES])
        out.flush()
        os.fsync(out.fileno())
        write_durably(self._path(name, "ended"), b"")
        return 0

    def _facts(self, name: str) -> Dict[str, Any]:
        facts = self._store.read_json("jobs", os.path.basename(self._folder(name)), "job.json")
        if facts is None or facts.get("schema") != 1:
            raise AgentError("no-job", "there is no job %s on this board" % name[:64], "measure again")
        return facts

    def _folder(self, name: str) -> str:
        if not NAME.match(name):
            raise ContractError("%r is no name of a job" % name[:80])
        return self._store.path("jobs", name)

    def _path(self, name: str, file: str) -> str:
        return os.path.join(self._folder(name), file)

    def _tidy(self) -> None:
        """Of the jobs that ended and that nobody fetched, the newest few are kept."""
        folder = self._store.path("jobs")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        ended = []
        for name in names:
            try:
                if self.state(name) != RUNNING:
                    ended.append((os.path.getmtime(self._path(name, "log")), name))
            except (FlyweightError, OSError):
                ended.append((0.0, name))  # begun and never written: nobody can know it
        for _, name in sorted(ended)[: max(len(ended) - KEPT + 1, 0)]:
            remove_tree(os.path.join(folder, name))


def _lock(stream: BinaryIO) -> None:
    import fcntl

    fcntl.flock(stream, fcntl.LOCK_EX)


def _is_locked(path: str) -> bool:
    import fcntl

    try:
        with open(path, "rb") as stream:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _leave(home: str, root: str, name: str, log: BinaryIO) -> None:
    """Start the process of a job; it inherits the lock on its log and outlives this session."""
    from .children import invocation

    command = [*invocation(["-I", "-S"]), "job", "--home", home, "--root", root, "--name", name]
    null = subprocess.DEVNULL
    subprocess.Popen(command, stdin=null, stdout=log, stderr=null, start_new_session=True, cwd="/")


def main(home: str, root: str, name: str) -> int:
    """Entry of a job's process; its standard output is the log."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "ab")
    # What is printed by mistake goes nowhere, and no child inherits the log and with it the lock.
    os.dup2(2, 1)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(1))
    return Jobs(Store(home), root).work(name, out)


__all__ = ["DONE", "INTERRUPTED", "RUNNING", "Jobs", "main"]

"""The desktop's side of measuring that outlives the link: start it, follow its log, come back after a cut, find it again.

What a board is measuring for this desktop is written down in a ticket, a small file in the user's data folder that is locked as
long as the process that asked lives. Whoever gives the same command again after that process was killed finds the ticket and
fetches the result of the run under way; a run that nobody will fetch any more is stopped.
"""

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from device_agent.contract import codec
from device_agent.contract.errors import AgentError, ContractError
from device_agent.contract.messages import NAME

from ..errors import Cancelled, DeviceError, HostKeyError, RejectedError, UnreachableError
from ..events import Cancel
from ..records import content_id
from ..workspace import user_data_dir, write_atomic

WAIT_S = 1.0
"""Of one look into the log while nothing comes; a wish to stop is heard in between."""
PATIENCE_S = 180.0
"""So long the link may stay away before the command gives up; the board goes on."""
MAX_PAUSE_S = 10.0
MAX_EVENTS = 100_000
MAX_PAYLOAD = 256 << 20
RUNNING, DONE = "running", "done"

OnEvent = Callable[[dict[str, Any]], None]


class InterruptedOnBoardError(RejectedError):
    """The board started anew, or ended the run: there is no result, and none will come."""


class Session(Protocol):
    """What is needed of an agent's session."""

    def job_start(self, job: str, op: str, arguments: dict[str, Any], deadline_s: float) -> str:
        """Start it unless it is there; its state."""

    def job_read(self, job: str, offset: int, wait_s: float) -> tuple[str, bytes]:
        """State, and what its log holds from ``offset`` on."""

    def job_cancel(self, job: str) -> str:
        """Stop it."""

    def job_drop(self, job: str) -> None:
        """Forget it."""

    def reopen(self, timeout_s: float) -> None:
        """Connect anew after the link was lost."""


class Log:
    """Frames of a job's log as they come in; ``offset`` is where the next piece begins."""

    def __init__(self) -> None:
        self.offset = 0
        self.reply: dict[str, Any] | None = None
        self._pending = b""
        self._payload = bytearray()
        self._announced = 0
        self._events = 0

    @property
    def complete(self) -> bool:
        """Whether the reply and all of its data are here."""
        return self.reply is not None and len(self._payload) == self._announced

    @property
    def payload(self) -> bytes:
        """The data that came with the reply."""
        return bytes(self._payload)

    def feed(self, data: bytes, on_event: OnEvent) -> None:
        """Take in the next bytes.

        Raises:
            AgentError: the job ended with it. ContractError: these are no frames of a job.
        """
        self.offset += len(data)
        self._pending += data
        while len(self._pending) >= codec.HEADER.size:
            kind, length = codec.HEADER.unpack_from(self._pending)
            if kind not in (codec.JSON_KIND, codec.CHUNK_KIND) or length > codec.MAX_CHUNK_BYTES:
                raise ContractError("the log of the job is out of step", "measure again")
            end = codec.HEADER.size + length
            if len(self._pending) < end:
                return
            payload, self._pending = self._pending[codec.HEADER.size : end], self._pending[end:]
            self._take(kind, payload, on_event)

    def _take(self, kind: bytes, payload: bytes, on_event: OnEvent) -> None:
        if kind == codec.CHUNK_KIND:
            self._payload += payload
            if self.reply is None or len(self._payload) > self._announced:
                raise ContractError("the data of the job is out of step", "measure again")
            return
        message = codec.loads(payload)
        if isinstance(message.get("event"), dict):
            self._events += 1
            if self._events > MAX_EVENTS:
                raise ContractError("the board floods this desktop with events", "measure again")
            on_event(message["event"])
        elif isinstance(message.get("error"), dict):
            raise AgentError(*(str(message["error"].get(key, ""))[:2000] for key in ("code", "message", "remedy")))
        else:
            chunks = message.get("chunks")
            if not isinstance(message.get("reply"), dict) or not isinstance(chunks, int) or isinstance(chunks, bool):
                raise ContractError("the job answered neither event, reply nor error", "measure again")
            if not 0 <= chunks <= MAX_PAYLOAD:
                raise ContractError(f"the job announces {chunks} bytes of data", "measure again")
            self.reply, self._announced = message["reply"], chunks


@dataclass
class Ticket:
    """A run a board does for this desktop; a lock says whether the process that asked still lives."""

    path: Path
    job: str
    lock: IO[bytes] | None

    @classmethod
    def take(cls, device_id: str, op: str, plan: dict[str, Any], session: Session) -> "Ticket":
        """The ticket for a plan: that of an equal run whose asker is gone, else a new one.

        Other runs on this board whose asker is gone are stopped: their result would never be fetched.
        """
        folder = user_data_dir() / "measuring" / content_id({"device": device_id})
        folder.mkdir(parents=True, exist_ok=True)
        key = content_id({"op": op, "plan": {name: value for name, value in plan.items() if name != "nonce"}})
        for path in sorted(folder.glob("*.json")):
            found = cls._left(path)
            if found is None:
                continue
            if path.stem == key:
                return found
            session.job_cancel(found.job)
            session.job_drop(found.job)
            found.settle()
        return cls._written(folder / f"{key}.json", str(plan["nonce"]))

    @classmethod
    def _left(cls, path: Path) -> "Ticket | None":
        """The ticket in a file if nobody holds it any more."""
        lock = _locked(path.with_suffix(".lock"))
        if lock is None:
            return None
        try:
            job = json.loads(path.read_text())["job"]
        except (OSError, ValueError, KeyError, TypeError):
            job = None
        if not isinstance(job, str) or not NAME.match(job):
            path.unlink(missing_ok=True)
            lock.close()
            return None
        return cls(path, job, lock)

    @classmethod
    def _written(cls, path: Path, job: str) -> "Ticket":
        lock = _locked(path.with_suffix(".lock"))
        if lock is None:  # another process of this user asks for the very same: each has a run of its own
            path = path.with_name(f"{path.stem}-{job}.json")
            lock = _locked(path.with_suffix(".lock"))
        write_atomic(path, json.dumps({"job": job}).encode(), 0o600)
        return cls(path, job, lock)

    def settle(self) -> None:
        """The run is fetched or given up."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".lock").unlink(missing_ok=True)  # still held: see _locked
        self.leave()

    def leave(self) -> None:
        """This process does not follow the run any more; the ticket stays for the next one that asks."""
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def _locked(path: Path) -> IO[bytes] | None:
    """The open and locked file; None when another process holds it."""
    try:
        import fcntl
    except ImportError:
        return path.open("ab")
    while True:
        stream = path.open("ab")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.close()
            return None
        # Its holder may have deleted the file just before: then this lock is on nothing.
        if path.exists() and path.stat().st_ino == os.fstat(stream.fileno()).st_ino:
            return stream
        stream.close()


def run_detached(
    session: Session,
    ticket: Ticket,
    op: str,
    plan: dict[str, Any],
    limit_s: float,
    *,
    on_event: OnEvent,
    cancel: Cancel,
    patience_s: float | None = None,
) -> tuple[dict[str, Any], bytes]:
    """Have a board do something that may outlive the link, and follow it to its end.

    Args:
        session: with the agent.
        ticket: of the plan; its job is started, or followed if it is there already.
        op: what to do.
        plan: its arguments.
        limit_s: what the board may take.
        on_event: receives progress.
        cancel: stops it on the board, too.
        patience_s: how long the link may stay away (default: PATIENCE_S).

    Returns:
        The reply and the data that came with it.

    Raises:
        InterruptedOnBoardError: the board started anew or the run ended without a result.
        UnreachableError: the link stayed away; the same command fetches the result later.
    """
    try:
        patience_s = PATIENCE_S if patience_s is None else patience_s
        return _follow(session, ticket, op, plan, limit_s, on_event, cancel, patience_s)
    finally:
        ticket.leave()


def _follow(
    session: Session,
    ticket: Ticket,
    op: str,
    plan: dict[str, Any],
    limit_s: float,
    on_event: OnEvent,
    cancel: Cancel,
    patience_s: float,
) -> tuple[dict[str, Any], bytes]:
    log, gone_since, pause_s, known = Log(), 0.0, 1.0, False
    while True:
        try:
            cancel.check()
            if not known:
                session.job_start(ticket.job, op, plan, limit_s)
                known = True
            state, data = session.job_read(ticket.job, log.offset, WAIT_S)
            gone_since, pause_s = 0.0, 1.0
        except Cancelled:
            _stop(session, ticket)
            raise
        except HostKeyError:
            raise
        except UnreachableError as error:
            gone_since = gone_since or time.monotonic()
            if time.monotonic() - gone_since > patience_s:
                raise UnreachableError(
                    "link-away",
                    f"the link to the board was lost while it measures: {error.message}",
                    "the board goes on; give the same command again to fetch the result",
                ) from None
            pause_s = _back(session, pause_s, cancel)
            continue
        except AgentError as error:
            if error.code != "no-job":
                ticket.settle()
                raise
            raise _interrupted(ticket, "the board does not know the run any more") from None
        try:
            log.feed(data, on_event)
        except (AgentError, ContractError):
            _end(session, ticket)
            raise
        if log.complete and log.reply is not None:
            _end(session, ticket)
            return log.reply, log.payload
        if state != RUNNING and not data:
            _end(session, ticket)
            raise _interrupted(ticket, "the board started anew, or its run was ended")


def _back(session: Session, pause_s: float, cancel: Cancel) -> float:
    """Wait, then try to connect again; the next pause."""
    end = time.monotonic() + pause_s
    while time.monotonic() < end and not cancel.requested:
        time.sleep(0.05)
    try:
        session.reopen(MAX_PAUSE_S)
    except HostKeyError:
        raise
    except DeviceError:
        return min(2 * pause_s, MAX_PAUSE_S)
    return 1.0


def _end(session: Session, ticket: Ticket) -> None:
    """Everything is here: neither board nor desktop need to remember the run."""
    ticket.settle()
    try:
        session.job_drop(ticket.job)
    except (DeviceError, AgentError):
        return  # the board forgets it by itself


def _stop(session: Session, ticket: Ticket) -> None:
    try:
        session.job_cancel(ticket.job)
    except (DeviceError, AgentError):
        return  # the ticket stays: the next command on this board stops the run
    _end(session, ticket)


def _interrupted(ticket: Ticket, why: str) -> InterruptedOnBoardError:
    ticket.settle()
    return InterruptedOnBoardError("interrupted", f"the run was interrupted: {why}", "measure again")


__all__ = ["InterruptedOnBoardError", "Log", "Ticket", "run_detached"]

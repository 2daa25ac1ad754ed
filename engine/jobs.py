"""A job: one run of a verb with a journal on disk, so that it can be watched, cancelled, killed and resumed.

    jobs/<id>/job.json        verb, arguments, process id and start time
    jobs/<id>/events.jsonl    every event, one JSON object a line, appended
    jobs/<id>/memo/<key>      results of finished steps; a resumed job reads them instead of working again
    jobs/<id>/scratch/        checkpoints of the step that runs

The id is the hash of product version, verb and arguments: running the same command again finds the same job and goes on.
A job whose process is gone without a ``finished`` line was interrupted.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from .errors import Cancelled, FlyweightError, WorkspaceError
from .events import Cancel, Emit, Event, ignore
from .records import content_id, sha256_hex
from .workspace import Workspace, write_atomic


class JobState(StrEnum):
    """State of a job as its journal tells it."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class JobInfo:
    """What ``jobs`` lists."""

    id: str
    verb: str
    arguments: Mapping[str, Any]
    state: JobState
    folder: Path

    def __repr__(self) -> str:
        return f"JobInfo({self.id[:8]}: {self.verb}, {self.state.value})"


class Job:
    """The running side of a job; use as a context manager.

    ``request`` are the arguments the verb was called with: whoever resumes the job calls it with them again.
    """

    def __init__(
        self,
        workspace: Workspace,
        verb: str,
        arguments: Mapping[str, Any],
        emit: Emit = ignore,
        cancel: Cancel | None = None,
        request: Mapping[str, Any] | None = None,
    ) -> None:
        self.id = content_id({"product": version("flyweight-studio"), "verb": verb, "arguments": dict(arguments)})
        self.verb = verb
        self.arguments = arguments
        self._request = request
        self.folder = workspace.jobs_dir / self.id
        self.cancel = cancel or Cancel()
        self._forward = emit
        self._journal: IO[str] | None = None

    @property
    def scratch(self) -> Path:
        """Checkpoints of this job; kept until it finishes."""
        path = self.folder / "scratch"
        path.mkdir(parents=True, exist_ok=True)
        return path

    def __enter__(self) -> Self:
        running = _owner(self.folder)
        if running is not None and running != os.getpid():
            raise WorkspaceError(
                "job-running",
                f"the same job already runs as process {running}",
                f"wait for it, or stop it with: kill {running}",
            )
        owner = {
            "verb": self.verb,
            "arguments": dict(self.arguments),
            "pid": os.getpid(),
            "start": _start_time(os.getpid()),
            "request": None if self._request is None else dict(self._request),
        }
        write_atomic(self.folder / "job.json", json.dumps(owner).encode())
        self._journal = (self.folder / "events.jsonl").open("a", encoding="utf-8")
        self._line({"event": "started"})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            self._line({"event": JobState.FINISHED.value})
        elif isinstance(error, (Cancelled, KeyboardInterrupt)):
            self._line({"event": JobState.CANCELLED.value})
        else:
            detail = error.to_json() if isinstance(error, FlyweightError) else {"message": repr(error)}
            self._line({"event": JobState.FAILED.value, "error": detail})
        if self._journal is not None:
            self._journal.close()
            self._journal = None

    def emit(self, event: Event) -> None:
        """Journal an event and pass it on to the front end."""
        self._line(event.to_json())
        self._forward(event)

    def _line(self, value: Mapping[str, Any]) -> None:
        if self._journal is not None:
            self._journal.write(json.dumps(value, default=str) + "\n")
            self._journal.flush()

    def memo(self, key: str, compute: Callable[[], bytes], keep: Callable[[bytes], bool] = lambda _: True) -> bytes:
        """The stored result of a finished step, or compute, store and return it.

        The stored bytes are checked against their hash; a damaged memo is computed again.

        Args:
            key: of the step.
            compute: the step.
            keep: whether a result is worth keeping; one that is not is computed again when the job is resumed.
        """
        self.cancel.check()
        path = self.folder / "memo" / sha256_hex(key.encode())[:32]
        if path.exists():
            digest, _, content = path.read_bytes().partition(b"\n")
            if digest.decode("ascii", "replace") == sha256_hex(content):
                return content
        content = compute()
        if keep(content):
            write_atomic(path, sha256_hex(content).encode() + b"\n" + content)
        return content


def _start_time(pid: int) -> int | None:
    """Start time of a process in clock ticks since boot: tells a reused process id from the old one."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return None


def _owner(folder: Path) -> int | None:
    """The process that runs this job now, None when there is none."""
    try:
        owner = json.loads((folder / "job.json").read_text())
        pid, start = int(owner["pid"]), owner["start"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if _last_event(folder) in (JobState.FINISHED, JobState.FAILED, JobState.CANCELLED):
        return None
    return pid if start is not None and _start_time(pid) == start else None


def read_owner(folder: Path) -> dict[str, Any]:
    """What ``job.json`` says; empty where it cannot be read."""
    try:
        owner = json.loads((folder / "job.json").read_text())
    except (OSError, ValueError):
        return {}
    return owner if isinstance(owner, dict) else {}


def _last_event(folder: Path) -> str | None:
    last = None
    for event in read_events(folder):
        last = event.get("event")
    return last


def read_events(folder: Path) -> list[dict[str, Any]]:
    """All events of a job; a last line torn by a crash is left out."""
    events = []
    try:
        lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    for line in lines:
        try:
            events.append(json.loads(line))
        except ValueError:
            continue
    return events


def list_jobs(workspace: Workspace) -> tuple[JobInfo, ...]:
    """All jobs of a project with their state."""
    found = []
    for path in sorted((workspace.root / "jobs").glob("*/job.json")):
        try:
            owner = json.loads(path.read_text())
        except (OSError, ValueError):
            continue
        last = _last_event(path.parent)
        if last in (JobState.FINISHED, JobState.FAILED, JobState.CANCELLED):
            state = JobState(last)
        else:
            state = JobState.RUNNING if _owner(path.parent) is not None else JobState.INTERRUPTED
        found.append(JobInfo(path.parent.name, owner.get("verb", "?"), owner.get("arguments", {}), state, path.parent))
    return tuple(found)

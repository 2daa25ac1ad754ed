"""Run foreign models and native kernels in a limited child process; the parent reads a bounded JSON result.

The child runs in its own session with limits on address space, CPU time, file size and open files, without network and
without write access outside its working folder (where the kernel offers that, see :mod:`engine.model.isolation`), and
ends with its parent. Its working folder and everything in it are removed afterwards. However the child dies, the caller
gets a :class:`~engine.errors.ModelError` that says why in words.

    >>> run_limited("engine.model.child:echo", stdin_json={"a": 1})
    {'a': 1}
"""

import contextlib
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .. import errors
from ..errors import Cancelled, FlyweightError, ModelError
from ..events import Cancel

GIB = 1 << 30
OUTPUT_BYTES = 64 * 1024  # what is kept of stdout and stderr, from their ends
_KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "LD_LIBRARY_PATH",
    "PYTHONPATH",
    "PYTHONUSERBASE",
    "VIRTUAL_ENV",
    "SYSTEMROOT",
)
_CRASHES = {"SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGSYS", "SIGTRAP"}
_NO_MEMORY = (b"bad_alloc", b"MemoryError", b"Cannot allocate memory", b"out of memory", b"failed to map")


@dataclass(frozen=True)
class Limits:
    """What a child may use. ``wall_s`` covers everything including the start of the interpreter."""

    address_bytes: int = 4 * GIB
    cpu_s: int = 8
    wall_s: float = 9.0
    file_bytes: int = 2 * GIB
    open_files: int = 256
    result_bytes: int = 32 << 20
    threads: int = 2

    def scaled_to(self, size_bytes: int) -> "Limits":
        """More memory and time for a large file: 6 bytes and 40 ns for each of its bytes."""
        seconds = size_bytes * 40e-9
        return replace(
            self,
            address_bytes=self.address_bytes + 6 * size_bytes,
            cpu_s=self.cpu_s + round(seconds) * self.threads,
            wall_s=self.wall_s + seconds,
        )


PARSE = Limits()
"""Read and describe a file with onnx, onnxruntime or flatbuffers."""
CONVERT = Limits(address_bytes=12 * GIB, cpu_s=300, wall_s=180.0)
"""Run torch on it: load, trace, export."""
INFER = Limits(address_bytes=12 * GIB, cpu_s=7200, wall_s=3600.0)
"""Predict on a data set."""


_PATIENCE = 3.0
"""On a busy machine a child that gets little of the cores may take so many times its wall clock."""


def echo(payload: dict[str, Any]) -> dict[str, Any]:
    """Return the payload; used to check that children can be started."""
    return payload


@contextlib.contextmanager
def temporary_workdir() -> Iterator[Path]:
    """A private folder for files that a child leaves for its parent; gone afterwards, whatever is in it."""
    folder = Path(tempfile.mkdtemp(prefix="flyweight-child-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_limited(
    task: str | Sequence[str],
    *,
    stdin_json: Any = None,
    limits: Limits = PARSE,
    workdir: Path | None = None,
    what: str = "the model",
    cancel: Cancel | None = None,
    isolate: bool = True,
) -> dict[str, Any]:
    """Run ``task`` in a limited child and return its result.

    Args:
        task: ``"package.module:function"`` (gets the payload, returns a JSON-able dict), or an argument vector of a
            program that reads JSON on stdin and writes ``{"result": {...}}`` on descriptor ``$FLYWEIGHT_REPORT_FD``.
        stdin_json: the payload.
        limits: resource limits.
        workdir: the child's current, temporary and only writable folder; None = a fresh one, removed afterwards.
        what: name of the file or model for messages.
        cancel: asked ten times a second; a requested cancel ends the child.
        isolate: give up network and writing; False only for code the user named.

    Raises:
        ModelError: the child failed, was too slow, ran out of memory, crashed or answered too much.
        Cancelled: ``cancel`` was set.
    """
    with contextlib.ExitStack() as stack:
        if workdir is None:
            workdir = stack.enter_context(temporary_workdir())
        stdin = stack.enter_context(tempfile.TemporaryFile())
        stdin.write(json.dumps(stdin_json).encode())
        stdin.seek(0)
        run = _Run(task, limits, workdir, what, isolate, stdin)
        try:
            run.watch(cancel)
        finally:
            run.end()
        return run.outcome()


class _Run:
    """One child: its pipes, its deadline, what it said."""

    def __init__(
        self, task: str | Sequence[str], limits: Limits, workdir: Path, what: str, isolate: bool, stdin: Any
    ) -> None:
        self.limits, self.what = limits, what
        self.stage = "starting"
        self.answer: dict[str, Any] | None = None
        self.too_much = False
        self.timed_out: float | None = None
        self._pending = bytearray()
        self._received = 0
        self.tail = {"stdout": b"", "stderr": b""}
        report, report_child = os.pipe()
        settings = {
            "parent": os.getpid(),
            "report_fd": report_child,
            "limits": {
                "address_bytes": limits.address_bytes,
                "cpu_s": limits.cpu_s,
                "file_bytes": limits.file_bytes,
                "open_files": limits.open_files,
            },
            "writable": [str(workdir)],
            "isolate": isolate,
            "task": task if isinstance(task, str) else None,
            "argv": None if isinstance(task, str) else list(task),
        }
        program = "from engine.model.child_side import main; main()"
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", program, json.dumps(settings)],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=workdir,
                env=_environment(workdir, limits.threads),
                pass_fds=(report_child,),
                start_new_session=True,
            )
        except BaseException:
            os.close(report)
            raise
        finally:
            os.close(report_child)
        self._report = os.fdopen(report, "rb", buffering=0)
        self._start = time.monotonic()
        self._deadline = self._wall = self._start + limits.wall_s
        self._within = limits.wall_s
        self._since, self._used_before_s = self._start, 0.0

    def watch(self, cancel: Cancel | None) -> None:
        """Collect what the child says until it ends, answers too much, is cancelled or too slow."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._report, selectors.EVENT_READ, "report")
            for name in ("stdout", "stderr"):
                selector.register(getattr(self.process, name), selectors.EVENT_READ, name)
            while selector.get_map() and self.process.poll() is None:
                if cancel is not None and cancel.requested:
                    raise Cancelled
                left = self._deadline - time.monotonic()
                if left <= 0 and self._starved():
                    self._deadline = time.monotonic() + self._within / 2
                    self._wall = max(self._wall, self._deadline)
                    continue
                if left <= 0:
                    self.timed_out = self._within
                    return
                for key, _ in selector.select(min(left, 0.1 if cancel else 0.5)):
                    self._take(selector, key)
                if self.too_much:
                    return
            self._drain(selector)

    def _starved(self) -> bool:
        """Whether others kept the cores busy and the stage got less than half of its time: that is no endless loop."""
        elapsed, used_s = time.monotonic() - self._since, self._used_s()
        if elapsed > _PATIENCE * self._within or os.getloadavg()[0] <= (os.cpu_count() or 1):
            return False
        return used_s is not None and used_s - self._used_before_s < elapsed / 2

    def _used_s(self) -> float | None:
        """CPU seconds of the child so far; None when it is gone."""
        import psutil

        try:
            used = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error:
            return None
        return float(used.user + used.system)

    def _drain(self, selector: selectors.BaseSelector) -> None:
        while selector.get_map() and not self.too_much:
            ready = selector.select(0)
            if not ready:
                return
            for key, _ in ready:
                self._take(selector, key)

    def _take(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        data = os.read(key.fd, 1 << 16)
        if not data:
            selector.unregister(key.fileobj)
        elif key.data == "report":
            self._received += len(data)
            self.too_much = self._received > self.limits.result_bytes
            self._pending += data
            if b"\n" in data:
                *lines, rest = self._pending.split(b"\n")
                self._pending = bytearray(rest)
                for line in lines:
                    self._line(bytes(line))
        else:
            self.tail[key.data] = (self.tail[key.data] + data)[-OUTPUT_BYTES:]

    def _line(self, line: bytes) -> None:
        try:
            value = json.loads(line)
        except ValueError:
            return
        if not isinstance(value, dict):
            return
        if "stage" in value:
            self.stage = str(value["stage"])
            within = value.get("within_s")
            self._since = self._start if within is None else time.monotonic()
            self._used_before_s = 0.0 if within is None else self._used_s() or 0.0
            self._deadline = self._wall if within is None else min(self._wall, self._since + float(within))
            self._within = self._deadline - self._since
        else:
            self.answer = value

    def end(self) -> None:
        """Kill what is left of the child's session and reap the child."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._report.close()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def outcome(self) -> dict[str, Any]:
        """The result, or the error that fits how the child ended."""
        if self.too_much:
            raise ModelError("result-too-large", f"{self.what} gave an answer beyond the limit", _report_it())
        if self.answer is not None and "error" in self.answer:
            raise self._reported(self.answer["error"])
        if self.answer is not None and isinstance(self.answer.get("result"), dict):
            result: dict[str, Any] = self.answer["result"]
            return result
        raise self._death()

    def _reported(self, error: dict[str, Any]) -> FlyweightError:
        kind = getattr(errors, str(error.get("class")), ModelError)
        if not (isinstance(kind, type) and issubclass(kind, FlyweightError)):
            kind = ModelError
        code, message = str(error.get("code")), printable(str(error.get("message")))
        if code == "out-of-memory" and not error.get("remedy"):
            return self._out_of_memory()
        if code == "unreadable":
            message = f"{self.what} cannot be read: {message}"
        remedy = (
            printable(str(error.get("remedy"))) or "check that the file is complete and of the format its name says"
        )
        try:
            return kind(code, message, remedy)
        except TypeError:
            return ModelError(code, message, remedy)

    def _out_of_memory(self) -> ModelError:
        size = f"{self.limits.address_bytes / GIB:.1f} GiB"
        return ModelError(
            "out-of-memory",
            f"{self.what} needs more memory than the limit of {size}",
            "use a smaller or repaired model",
        )

    def _death(self) -> ModelError:
        code = self.process.returncode
        name = signal.Signals(-code).name if code < 0 else ""
        if self.timed_out is not None or name == "SIGXCPU":
            seconds = self.limits.cpu_s if self.timed_out is None else round(self.timed_out, 1)
            return ModelError(
                "too-slow",
                f"{self.what} did not finish within {seconds} s (while: {printable(self.stage)})",
                "the model may contain an endless loop; if it is just large, use a smaller one",
            )
        stderr = self.tail["stderr"]
        if name == "SIGKILL" or any(word in stderr for word in _NO_MEMORY):
            return self._out_of_memory()
        if name == "SIGXFSZ":
            return ModelError(
                "file-limit", f"{self.what} tried to write a file beyond the limit", "use a smaller model"
            )
        if name in _CRASHES:
            return ModelError(
                "crashed",
                f"{self.what} crashed the program that read it ({name}, while: {printable(self.stage)})",
                "the file is damaged or hostile; export the model again",
            )
        last = printable(stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]) or f"exit status {code}"
        return ModelError("child-failed", f"{self.what} cannot be processed: {last}", _report_it())


def _report_it() -> str:
    return "check the file; if it is in order, report it with the output of: flyweight doctor --json"


def _environment(workdir: Path, threads: int) -> dict[str, str]:
    """A small environment: no tokens or proxies of the user reach foreign code, caches end up in the work folder."""
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    folder = str(workdir)
    for name in ("TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TORCHINDUCTOR_CACHE_DIR"):
        environment[name] = folder
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment[name] = str(threads)
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", "MALLOC_ARENA_MAX": "4"}
    return environment


def printable(text: str, limit: int = 600) -> str:
    """Foreign text made safe for a terminal and a log: no control characters, no line ends, bounded."""
    text = re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", text)
    clean = "".join(c if c.isprintable() else " " for c in text)
    clean = " ".join(clean.split())
    return clean if len(clean) <= limit else clean[: limit - 3] + "..."

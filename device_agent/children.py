"""The agent's side of its child processes: start with limits, ask with a deadline, end for certain."""

import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Tuple, Type

from .contract import codec
from .contract.errors import AgentError, ContractError
from .contract.messages import Runtime, decode

if TYPE_CHECKING:
    from .probed import Probed

ADDRESS_SPACE_EXTRA = 6 << 30
OPEN_FILES = 512
FILE_BYTES = 64 << 20  # what a runtime may write: traces of where its operators ran
ENGINE_BYTES = 2 << 30  # of a file, where TensorRT keeps its engines
STDERR_KEPT = 2000
LOOK_AROUND_S = 0.25
PROBE_S = 150.0
"""To import all runtimes: seconds on a small board, a minute where it has much else to do."""

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")


def invocation(flags: Sequence[str]) -> List[str]:
    """The command line that starts this agent's own code: its archive where it runs from one, else its folder."""
    container = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if os.path.isfile(container):
        return [sys.executable, *flags, container]
    start = "import sys; sys.path.insert(0, sys.argv.pop(1)); from device_agent.__main__ import main; sys.exit(main())"
    return [sys.executable, *flags, "-c", start, container]


def command(folders: Sequence[str]) -> List[str]:
    """The command line of a child.

    With an environment of the agent's own the interpreter's packages are left out, so that the two never mix; but one that
    brings no numpy, because none is published for the board, takes the board's own.

    Args:
        folders: of the environment; and files (``.py``) of adapters that a user added.
    """
    alone = any(not path.endswith(".py") and os.path.isdir(os.path.join(path, "numpy")) for path in folders)
    return [*invocation(["-I", "-S"] if alone else ["-I"]), "child", str(os.getpid()), *folders]


def _limits(cpu_s: int, memory_bytes: int, cpus: Sequence[int] = (), on_gpu: bool = False) -> None:
    import resource

    os.setsid()
    if cpus:
        try:
            os.sched_setaffinity(0, cpus)
        except OSError:
            cpus = ()  # one of them went offline: then all are used
    wanted = (
        # CUDA reserves far more addresses than there is memory, and does not start without them.
        (resource.RLIMIT_AS, resource.RLIM_INFINITY if on_gpu else memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_FSIZE, ENGINE_BYTES if on_gpu else FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    )
    for kind, value in wanted:
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError, OverflowError):
            continue


class ChildProcess:
    """One child; a context manager that kills it at the end.

    Args:
        folders: of the environment its runtime lives in, and adapters' files (see :func:`command`).
        cpu_s: CPU seconds it may use in its life.
        ram_bytes: memory of the board; its address space is limited to this and some GB for mappings.
        check: called several times a second while the child works; what it raises ends the wait.
        cpus: it runs on these processors alone; none = on all.
        on_gpu: its model runs on a GPU, which needs addresses without a limit and may write larger files.
    """

    def __init__(
        self,
        folders: Sequence[str],
        cpu_s: int,
        ram_bytes: int,
        check: Callable[[], None] = lambda: None,
        cpus: Sequence[int] = (),
        on_gpu: bool = False,
    ) -> None:
        memory = min(
            ram_bytes + ADDRESS_SPACE_EXTRA, sys.maxsize
        )  # a 32-bit system takes no larger number, and keeps none then
        environment = {key: os.environ[key] for key in KEPT_VARIABLES if key in os.environ}
        environment["OMP_NUM_THREADS"] = "1"
        self._check = check
        self._process = subprocess.Popen(
            command(folders),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=environment,
            preexec_fn=lambda: _limits(cpu_s, memory, cpus, on_gpu),
        )
        self._stderr = b""
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._process.stdout, selectors.EVENT_READ, "out")  # type: ignore[arg-type]
        self._selector.register(self._process.stderr, selectors.EVENT_READ, "err")  # type: ignore[arg-type]
        self._buffer = bytearray()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def __enter__(self) -> "ChildProcess":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill the child with everything it started, and wait for it."""
        if self._process.poll() is None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                self._process.kill()
            self._process.wait()
        self._selector.close()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def ask(self, request: Dict[str, Any], timeout_s: float, chunks: int = 0) -> Tuple[Dict[str, Any], bytes]:
        """Send a command and wait for its answer.

        Args:
            request: with the key ``do``.
            timeout_s: wall clock for the answer; the child is killed when it passes.
            chunks: bytes of raw chunks that follow a good answer.

        Raises:
            AgentError: the child refused, crashed, was killed by a limit, or took too long.
        """
        end = time.monotonic() + timeout_s
        try:
            codec.write_json(self._process.stdin, request)  # type: ignore[arg-type]
            answer = codec.read_json(lambda count: self._read(count, end))
            if "error" in answer:
                error = answer["error"]
                raise AgentError(str(error["code"]), str(error["message"]), str(error["remedy"]))
            payload = bytearray()
            while len(payload) < chunks:
                payload += codec.read_frame(lambda count: self._read(count, end))[1]
            return answer["reply"], bytes(payload)
        except (EOFError, BrokenPipeError, ContractError, KeyError, TypeError):
            raise self._death() from None

    def _read(self, count: int, end: float) -> bytes:
        while not self._buffer:
            left = end - time.monotonic()
            if left <= 0:
                self.close()
                raise AgentError(
                    "model-too-slow", "the model did not answer in time and was stopped", "use a smaller model"
                )
            self._check()
            for key, _ in self._selector.select(min(left, LOOK_AROUND_S)):
                data = os.read(key.fd, 1 << 16)
                if key.data == "err":
                    self._stderr = (self._stderr + data)[-STDERR_KEPT:]
                    if not data:
                        self._selector.unregister(key.fileobj)
                elif data:
                    self._buffer += data
                else:
                    raise EOFError
        part = bytes(self._buffer[:count])
        del self._buffer[:count]
        return part

    def _death(self) -> AgentError:
        try:
            code = self._process.wait(2)
        except subprocess.TimeoutExpired:
            return AgentError(
                "model-rejected", "the model's process broke its channel", "check the model on the desktop"
            )
        if code == -signal.SIGXCPU:
            return AgentError(
                "model-too-slow", "the model used more CPU time than allowed and was stopped", "check the model"
            )
        if code == -signal.SIGKILL:
            return AgentError(
                "model-killed",
                "the system killed the model's process: out of memory or CPU time",
                "use a smaller model",
            )
        name = signal.Signals(-code).name if code < 0 else "exit code %d" % code
        said = self._stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        detail = ": " + said[0][:200] if said else ""
        return AgentError("model-crashed", "the model crashed its process (%s)%s" % (name, detail), "check the model")


def probe_runtimes(
    folders: Sequence[str],
    ram_bytes: int,
    check: Callable[[], None] = lambda: None,
    timeout_s: float = PROBE_S,
    probed: "Optional[Probed]" = None,
) -> Tuple[List[Runtime], Optional[Dict[str, Any]]]:
    """Runtimes that import in a fresh child, and what kept it in (``Isolation``).

    Each one that a user added is looked at in a child of its own, so that it harms no other.

    Args:
        folders: see :func:`command`.
        ram_bytes: memory of the board.
        check: see :class:`ChildProcess`.
        timeout_s: wall clock for each child.
        probed: what an earlier look found, which spares the imports as long as nothing changed.
    """
    with ChildProcess(folders, int(timeout_s), ram_bytes, check) as child:
        answer, _ = child.ask({"do": "probe", "mark": None if probed is None else probed.mark}, timeout_s)
    found = _found(answer, probed)
    for path in folders:
        if path.endswith(".py"):
            try:
                said = describe_adapter(folders, path, ram_bytes, check, timeout_s)
            except AgentError as error:
                if error.code in ("deadline", "cancelled"):
                    raise
                continue  # adapters.list tells why
            if said["version"] is not None:
                known = os.path.basename(os.path.dirname(path))
                found.append(replace(decode(Runtime, said), adapter=known))
    return found, answer.get("isolation")


def _found(answer: Dict[str, Any], probed: "Optional[Probed]") -> List[Runtime]:
    """What the child found, or what an earlier one did where nothing changed."""
    if answer["runtimes"] is None and probed is not None:
        return [decode(Runtime, item) for item in probed.runtimes]
    if probed is not None and answer["runtimes"]:
        probed.keep(str(answer["mark"]), answer["runtimes"])
    return [decode(Runtime, item) for item in answer["runtimes"]]


def describe_adapter(
    folders: Sequence[str], path: str, ram_bytes: int, check: Callable[[], None] = lambda: None, timeout_s: float = 60.0
) -> Dict[str, Any]:
    """What the adapter in a file is: ``{"id", "formats", "version", "providers", "reason"}`` and more where it can be used.

    Raises:
        AgentError: it is no adapter, or its file is broken.
    """
    try:
        with ChildProcess(folders, int(timeout_s), ram_bytes, check) as child:
            return child.ask({"do": "describe", "path": path}, timeout_s)[0]
    except AgentError as error:
        if not error.code.startswith("model-"):
            raise
        raise AgentError("adapter-broken", error.message.replace("model", "adapter"), "repair the file") from None

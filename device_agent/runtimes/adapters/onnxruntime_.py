"""onnxruntime: ONNX files, CPU by default, other execution providers by name.

A build lists providers whose libraries are not there, and onnxruntime then quietly runs on the CPU. A session is
therefore believed only when it says itself that the wanted provider comes first, and the trace of a run tells which
provider really ran each node. CUDA and TensorRT were not run on hardware yet.
"""

from typing import TYPE_CHECKING, Any, Dict, List, Set, Tuple

from ..session import Session

if TYPE_CHECKING:
    import numpy

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"
_BEHIND = {CPU: [], CUDA: [CPU], TENSORRT: [CUDA, CPU]}
"""What takes the nodes that a provider has no kernel for, in this order; CPU behind all others."""
_NUMPY = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16", "tensor(bool)": "bool"}


class OnnxRuntimeSession(Session):
    """Sequential execution with a fixed number of threads; warnings of the runtime are silenced."""

    runtime = "onnxruntime"
    formats = ("onnx",)
    default_provider = CPU

    @classmethod
    def version(cls) -> str:
        """Version of onnxruntime."""
        onnxruntime = _quiet_onnxruntime()

        return str(onnxruntime.__version__)

    @classmethod
    def providers(cls) -> List[str]:
        """Providers this build has."""
        onnxruntime = _quiet_onnxruntime()

        return list(onnxruntime.get_available_providers())

    def __init__(self, path: str, provider: str, threads: int, options: Dict[str, str]) -> None:
        onnxruntime = _quiet_onnxruntime()

        self._session = _open(onnxruntime, path, provider, _settings(threads, options), options)
        self._inputs = self._session.get_inputs()
        self._names = [item.name for item in self._inputs]

    def run(self, inputs: "List[numpy.ndarray]") -> "List[numpy.ndarray]":
        """One inference."""
        return list(self._session.run(None, dict(zip(self._names, inputs))))

    def shapes(self) -> "List[List[int]]":
        """Input shapes; -1 for symbolic sizes."""
        return [[size if isinstance(size, int) else -1 for size in item.shape] for item in self._inputs]

    def dtypes(self) -> List[str]:
        """Input dtypes."""
        return [_NUMPY.get(item.type, item.type[len("tensor(") : -1]) for item in self._inputs]

    @classmethod
    def placement(
        cls, path: str, provider: str, options: Dict[str, str], feed: "List[numpy.ndarray]"
    ) -> Dict[str, int]:
        """Nodes by provider from the trace of one run, because a build lists providers it cannot use."""
        return placed(_trace(path, provider, 1, options, feed, 1))

    @classmethod
    def operators(
        cls, path: str, provider: str, threads: int, options: Dict[str, str], feed: "List[numpy.ndarray]"
    ) -> "List[Dict[str, Any]]":
        """Median time of every node of the optimised graph; the first traced runs are not counted."""
        nodes: Dict[str, List[Any]] = {}
        for event in _trace(path, provider, threads, options, feed, TRACED_RUNS):
            nodes.setdefault(str(event["name"])[: -len(KERNEL)], []).append(event)
        return [_operator(name, events) for name, events in nodes.items()]


TRACED_RUNS, UNCOUNTED_RUNS = 30, 5
KERNEL = "_kernel_time"


def placed(events: List[Any]) -> Dict[str, int]:
    """Nodes by provider, from the kernel events of a trace.

    A node in a loop has an event per turn and counts once. Copies to and from a GPU are the runtime's own, no nodes of
    the model, and are left out.
    """
    seen: Set[Tuple[str, str, str]] = set()
    for event in events:
        details = event["args"]
        provider = str(details.get("provider", ""))
        if provider and not str(details.get("op_name", "")).startswith("Memcpy"):
            seen.add((provider, str(event["name"]), str(details.get("node_index", ""))))
    found = [provider for provider, _, _ in seen]
    return {name: found.count(name) for name in sorted(set(found))}


def _open(onnxruntime: Any, path: str, provider: str, settings: Any, options: Dict[str, str]) -> Any:
    """A session that really has the provider; AgentError where onnxruntime would quietly take the CPU instead."""
    from ...contract.errors import AgentError

    offered = list(onnxruntime.get_available_providers())
    if provider not in offered:
        raise AgentError(
            "no-provider",
            "onnxruntime %s on this board has no %s, only: %s"
            % (onnxruntime.__version__, provider, ", ".join(offered)),
            "install a build of onnxruntime that has it on the board, or measure on the CPU",
        )
    chain: List[Any] = [name for name in _BEHIND.get(provider, [CPU]) if name in offered]
    more = _engine_cache(options, str(onnxruntime.__version__)) if provider == TENSORRT else {}
    session = onnxruntime.InferenceSession(path, settings, providers=[(provider, more), *chain])
    first = session.get_providers()[0]
    if first != provider:
        raise AgentError(
            "provider-unusable",
            "onnxruntime has %s but cannot use it here and would run on %s" % (provider, first),
            "install the libraries of the provider on the board (CUDA, cuDNN, TensorRT), or measure on the CPU",
        )
    return session


def _engine_cache(options: Dict[str, str], version: str) -> Dict[str, str]:
    """Provider options that keep TensorRT's engines in the folder the agent names, by the versions that made them."""
    import os

    if not options.get("engine_cache"):
        return {}
    folder = os.path.join(options["engine_cache"], "onnxruntime-%s-tensorrt-%s" % (version, tensorrt_version()))
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return {"trt_engine_cache_enable": "1", "trt_engine_cache_path": folder}


def tensorrt_version() -> str:
    """Number that TensorRT's library gives itself; "unknown" where there is none."""
    import ctypes

    for name in ("libnvinfer.so.10", "libnvinfer.so.8", "libnvinfer.so"):
        try:
            return str(int(ctypes.CDLL(name).getInferLibVersion()))
        except (OSError, AttributeError):
            continue
    return "unknown"


def _operator(name: str, events: List[Any]) -> Dict[str, Any]:
    import statistics

    times = [int(event["dur"]) for event in events[UNCOUNTED_RUNS:] or events]
    details = events[0]["args"]
    provider = str(details.get("provider", ""))
    return {
        "name": name,
        "op": str(details.get("op_name", "")),
        "provider": provider,
        # A trace has whole microseconds, and many operators take one or two.
        "median_us": statistics.median_grouped(times),
        "runs": len(times),
    }


def _trace(
    path: str, provider: str, threads: int, options: Dict[str, str], feed: "List[numpy.ndarray]", runs: int
) -> List[Any]:
    """Kernel events of traced runs, in a session of its own."""
    import json
    import os
    import tempfile

    onnxruntime = _quiet_onnxruntime()

    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(threads, options)
        settings.enable_profiling = True
        settings.profile_file_prefix = os.path.join(folder, "trace")
        session = _open(onnxruntime, path, provider, settings, options)
        names = [item.name for item in session.get_inputs()]
        for _ in range(runs):
            session.run(None, dict(zip(names, feed)))
        with open(session.end_profiling(), "rb") as stream:
            events = json.load(stream)
    return [item for item in events if item.get("cat") == "Node" and str(item.get("name", "")).endswith(KERNEL)]


def _quiet_onnxruntime() -> Any:
    """The module, told before its first import not to report to its maker (it would, from version 1.32 on)."""
    import os

    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    return onnxruntime


def _settings(threads: int, options: Dict[str, str]) -> Any:
    onnxruntime = _quiet_onnxruntime()

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = threads
    settings.inter_op_num_threads = 1
    settings.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    settings.log_severity_level = 3
    if options.get("optimize") == "off":
        settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return settings


ADAPTER = OnnxRuntimeSession

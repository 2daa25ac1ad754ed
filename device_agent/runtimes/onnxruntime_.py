"""onnxruntime: ONNX files, CPU by default, other execution providers by name."""

from typing import TYPE_CHECKING, Any, Dict, List

from .session import Session

if TYPE_CHECKING:
    import numpy

_NUMPY = {"tensor(float)": "float32", "tensor(double)": "float64", "tensor(float16)": "float16", "tensor(bool)": "bool"}


class OnnxRuntimeSession(Session):
    """Sequential execution with a fixed number of threads; warnings of the runtime are silenced."""

    runtime = "onnxruntime"

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

        settings = _settings(threads, options)
        self._session = onnxruntime.InferenceSession(path, settings, providers=[provider])
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
        import json
        import os
        import tempfile

        onnxruntime = _quiet_onnxruntime()

        with tempfile.TemporaryDirectory() as folder:
            settings = _settings(1, options)
            settings.enable_profiling = True
            settings.profile_file_prefix = os.path.join(folder, "trace")
            session = onnxruntime.InferenceSession(path, settings, providers=[provider])
            session.run(None, dict(zip([item.name for item in session.get_inputs()], feed)))
            with open(session.end_profiling(), "rb") as stream:
                events = json.load(stream)
        nodes: Dict[str, str] = {}
        for event in events:
            if event.get("cat") == "Node" and str(event.get("name", "")).endswith("_kernel_time"):
                nodes[str(event["name"])] = str(event["args"].get("provider", ""))
        found = list(nodes.values())
        return {name: found.count(name) for name in sorted(set(found)) if name}


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

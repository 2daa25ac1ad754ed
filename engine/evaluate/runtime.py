"""The child's half of :mod:`engine.evaluate.predict`: ONNX and TFLite files run by their own runtimes.

Nothing of this runs in the desktop's own process; models come from anywhere.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..errors import DataError, FlyweightError, ModelError
from ..model.child_side import stage
from ..records import Format

MAX_BATCH = 64
MAX_BATCH_BYTES = 64 << 20


@dataclass(frozen=True)
class Port:
    """One input or output: shape with None where any size goes; scale and zero point of a quantized tensor."""

    name: str
    shape: tuple[int | None, ...]
    dtype: np.dtype[Any]
    scale: float | None = None
    zero_point: int = 0

    def fit(self, values: np.ndarray) -> np.ndarray:
        """Values in the dtype the model takes.

        Raises:
            DataError: real numbers for an integer input that has no scale.
        """
        if values.dtype == self.dtype:
            return values
        if values.dtype.kind == "f" and self.dtype.kind in "iu":
            if self.scale is None:
                raise DataError(
                    "does-not-fit",
                    f"the model's input '{self.name}' takes {self.dtype}, the data gives {values.dtype}",
                    f"give the data as an .npz with {self.dtype} arrays",
                )
            limits = np.iinfo(self.dtype)
            steps = np.rint(values / self.scale) + self.zero_point
            return steps.clip(limits.min, limits.max).astype(self.dtype)
        return values.astype(self.dtype)

    def real(self, values: np.ndarray) -> np.ndarray:
        """Quantized values as real numbers."""
        if self.scale is None or values.dtype.kind not in "iu":
            return values
        return ((values.astype(np.float32) - self.zero_point) * np.float32(self.scale)).astype(np.float32)

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {**vars(self), "dtype": str(self.dtype)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The inverse of :meth:`to_json`."""
        return cls(**{**value, "dtype": np.dtype(value["dtype"]), "shape": tuple(value["shape"])})


class Runner(ABC):
    """An opened model file."""

    inputs: Sequence[Port]
    outputs: Sequence[Port]

    @abstractmethod
    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """One inference, arrays in the order of ``inputs``."""


class OnnxRunner(Runner):
    """onnxruntime on the CPU.

    Args:
        path: of the file.
        threads: of one operator.
        optimize: False executes the graph as written, so that QDQ pairs become float arithmetic on quantized values.
    """

    def __init__(self, path: Path, threads: int, *, optimize: bool = True) -> None:
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.inter_op_num_threads = 1
        settings.log_severity_level = 3
        settings.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # others may need the core it waits on
        if not optimize:
            settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        self._session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
        self.inputs = [self._port(item) for item in self._session.get_inputs()]
        self.outputs = [self._port(item) for item in self._session.get_outputs()]

    @staticmethod
    def _port(item: Any) -> Port:
        names = {"float": "float32", "double": "float64"}
        kind = item.type.removeprefix("tensor(").removesuffix(")")
        try:
            dtype = np.dtype(names.get(kind, kind))
        except TypeError:
            raise ModelError(
                "unsupported-type",
                f"'{item.name}' is a {item.type}; only tensors of numbers are run",
                "export the model with tensors of numbers as inputs and outputs",
            ) from None
        shape = tuple(size if isinstance(size, int) and size > 0 else None for size in item.shape)
        return Port(item.name, shape, dtype)

    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """One inference."""
        feed = {port.name: port.fit(array) for port, array in zip(self.inputs, arrays, strict=True)}
        return [np.asarray(output) for output in self._session.run(None, feed)]


class TfliteRunner(Runner):
    """LiteRT on the CPU; ``optimize=False`` takes the reference kernels."""

    def __init__(self, path: Path, threads: int, *, optimize: bool = True) -> None:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        kind = OpResolverType.AUTO if optimize else OpResolverType.BUILTIN_REF
        try:
            self._interpreter = Interpreter(
                model_path=str(path), num_threads=threads, experimental_op_resolver_type=kind
            )
        except ValueError as error:  # its words, "allocation", would read like a lack of memory
            raise ModelError(
                "damaged-tflite", f"{path.name} is no complete TFLite file: {error}", "convert the model again"
            ) from None
        self._interpreter.allocate_tensors()
        details = self._interpreter.get_input_details()
        self._indices = [item["index"] for item in details]
        self.inputs = [self._port(item) for item in details]
        self.outputs = [self._port(item) for item in self._interpreter.get_output_details()]
        self._outputs = [item["index"] for item in self._interpreter.get_output_details()]
        self._shapes = [tuple(int(size) for size in item["shape"]) for item in details]

    @staticmethod
    def _port(item: dict[str, Any]) -> Port:
        scale, zero_point = item["quantization"]
        sizes = item["shape_signature"] if len(item["shape_signature"]) else item["shape"]
        shape = tuple(int(size) if size > 0 else None for size in sizes)
        return Port(item["name"], shape, np.dtype(item["dtype"]), float(scale) if scale else None, int(zero_point))

    def run(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """One inference; an input of free size is resized first."""
        if [array.shape for array in arrays] != self._shapes:
            for index, array in zip(self._indices, arrays, strict=True):
                self._interpreter.resize_tensor_input(index, list(array.shape))
            self._interpreter.allocate_tensors()
            self._shapes = [array.shape for array in arrays]
        for index, port, array in zip(self._indices, self.inputs, arrays, strict=True):
            self._interpreter.set_tensor(index, port.fit(array))
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def open_runner(path: Path, format_: Format, threads: int, *, optimize: bool = True) -> Runner:
    """Open a model file with the runtime of its format."""
    kind = OnnxRunner if format_ is Format.ONNX else TfliteRunner
    return kind(path, threads, optimize=optimize)


def in_batches(runner: Runner, arrays: Sequence[np.ndarray], size: int | None = None) -> list[np.ndarray]:
    """Outputs for all samples, ``size`` at a time (None = as many as the model takes); a short last one is filled up.

    A file that says it takes any batch but fails, or answers with another count, is run one sample at a time.
    """
    fixed = runner.inputs[0].shape[0] if runner.inputs[0].shape else None
    if fixed is not None or size is not None:
        return _pieces(runner, arrays, fixed or size or 1)
    sample = max(1, sum(array[:1].nbytes for array in arrays))
    size = max(1, min(MAX_BATCH, MAX_BATCH_BYTES // sample, len(arrays[0])))
    if isinstance(runner, TfliteRunner) or size == 1:
        return _pieces(runner, arrays, 1)
    try:
        return _pieces(runner, arrays, size)
    except Exception:
        return _pieces(runner, arrays, 1)


def _pieces(runner: Runner, arrays: Sequence[np.ndarray], size: int) -> list[np.ndarray]:
    total = len(arrays[0])
    parts: list[list[np.ndarray]] = [[] for _ in runner.outputs]
    for start in range(0, total, size):
        piece = [np.ascontiguousarray(array[start : start + size]) for array in arrays]
        have = len(piece[0])
        if have < size:
            piece = [np.concatenate([item, np.repeat(item[-1:], size - have, axis=0)]) for item in piece]
        for number, output in enumerate(runner.run(piece)):
            if size == 1 and (output.ndim == 0 or output.shape[0] != 1):
                output = output[None]
            if output.shape[:1] != (size,):
                raise ModelError(
                    "batch",
                    f"the model answers {size} samples with an output of shape {output.shape}",
                    "export the model with the batch as the first axis of every output",
                )
            parts[number].append(output[:have])
    return [np.concatenate(item) for item in parts]


def ports_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: what a model file takes and gives.

    Args:
        payload: ``path`` and ``format``.
    """
    stage("opening the model")
    runner = open_runner(Path(payload["path"]), Format(payload["format"]), 1)
    sides = {"inputs": runner.inputs, "outputs": runner.outputs}
    return {name: [port.to_json() for port in ports] for name, ports in sides.items()}


def predict_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: input files in the working folder in, ``output_<i>.npy`` out.

    Args:
        payload: ``path``, ``format``, ``threads``, ``batch`` and ``inputs``: name, file, dtype, shape of each.
    """
    stage("opening the model")
    runner = open_runner(Path(payload["path"]), Format(payload["format"]), int(payload["threads"]))
    named = {item["name"]: item for item in payload["inputs"]}
    if len(named) != len(runner.inputs):
        raise DataError(
            "does-not-fit",
            f"the data has {len(named)} input(s), the model takes {len(runner.inputs)}",
            "give an .npz with one array per model input, named like the inputs",
        )
    ports = [port.name for port in runner.inputs]
    order = [named[name] for name in ports] if set(ports) == set(named) else payload["inputs"]
    arrays = [np.memmap(item["file"], np.dtype(item["dtype"]), "r", shape=tuple(item["shape"])) for item in order]
    stage("predicting")
    try:
        outputs = in_batches(runner, arrays, payload["batch"])
    except (FlyweightError, MemoryError):
        raise
    except Exception as error:  # the runtimes have no common base
        if "llocat" in str(error):
            raise MemoryError from error
        text = str(error).rpartition("Status Message: ")[2]
        raise ModelError(
            "inference-failed",
            f"{Path(payload['path']).name} fails on this data: {text[:300]}",
            "check that the data is what the model takes: value ranges, types and sizes",
        ) from error
    for number, (port, output) in enumerate(zip(runner.outputs, outputs, strict=True)):
        np.save(f"output_{number}.npy", port.real(output), allow_pickle=False)
    return {"outputs": len(outputs)}

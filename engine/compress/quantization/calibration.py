"""Ranges of activations over calibration data, and QDQ graphs made from them.

The ranges are computed once; after that a graph with any set of float nodes takes milliseconds, which is what makes searching
over placements possible.
"""

from __future__ import annotations

import contextlib
import io
import logging
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DataError, TechniqueError
from ...events import Cancel

if TYPE_CHECKING:
    from onnx import ModelProto

    from ..technique import Context

GROUP_BYTES = 512 * 2**20
METHODS = ("min-max", "percentile", "entropy", "mse")


@dataclass(frozen=True)
class Scheme:
    """How integers are made from floats: see the knobs of static quantization."""

    per_channel: bool = True
    activation: str = "uint8"
    weights: str = "int8"
    reduced: bool = False
    symmetric: bool = False

    @property
    def name(self) -> str:
        """Such as ``U8S8 per channel, 7-bit weights``: activations, weights, granularity, range."""
        kinds = {"uint8": "U8", "int8": "S8"}
        granularity = "per channel" if self.per_channel else "per tensor"
        narrow = ", 7-bit weights" if self.reduced else ""
        even = ", symmetric" if self.symmetric else ""
        return f"{kinds[self.activation]}{kinds[self.weights]} {granularity}{narrow}{even}"


class _Reader:
    """Feeds calibration samples one by one, until somebody asks to stop."""

    def __init__(self, names: Sequence[str], arrays: Sequence[np.ndarray], cancel: Cancel) -> None:
        self._names, self._arrays, self._cancel = names, arrays, cancel
        self._count = self._end = len(self._arrays[0])
        self.rewind()

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next feed, None at the end."""
        self._cancel.check()
        place = self._place
        if place >= self._end:
            return None
        self._place += 1
        return {name: array[place : place + 1] for name, array in zip(self._names, self._arrays, strict=True)}

    def rewind(self) -> None:
        """Start again."""
        self._place = 0

    def limit(self, count: int) -> bool:
        """End after so many more feeds; False where none is left."""
        self._end = min(self._count, self._place + count)
        return self._place < self._end


def calibration_arrays(context: Context, count: int) -> list[np.ndarray]:
    """Up to ``count`` calibration samples, one array ``[n, ...]`` per input.

    Raises:
        DataError: there is no data to calibrate on.
    """
    if context.data is None:
        raise DataError("needs-data", "static quantization needs calibration samples", "give data: --data DATA")
    split = next((name for name in ("calibration", "train", "test") if context.data.count(name)), None)
    if split is None:
        raise DataError("needs-data", f"{context.data.name} has no samples", "give a data set that is not empty")
    batches = [batch.inputs for batch in context.data.batches(split, 100, seed=context.seed, limit=count)]
    return [np.concatenate(items) for items in zip(*batches, strict=True)]


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Onnxruntime's quantizer prints progress and warns about its own defaults; neither is for the user."""
    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(previous)


def activation_ranges(
    graph: ModelProto, arrays: Sequence[np.ndarray], method: str, percentile: float, cancel: Cancel
) -> Any:
    """Range of every tensor over the samples.

    Args:
        graph: float graph.
        arrays: one per input.
        method: see :data:`METHODS`.
        percentile: used by that method; 99.9 keeps all but a thousandth.
        cancel: asked between samples.
    """
    from onnxruntime.quantization.calibrate import EntropyCalibrater, MinMaxCalibrater, PercentileCalibrater

    from ...model.external_data import write_with_data
    from .ranges_mse import least_error_ranges

    kinds = {
        "min-max": MinMaxCalibrater,
        "percentile": PercentileCalibrater,
        "entropy": EntropyCalibrater,
        "mse": PercentileCalibrater,  # only for its histograms
    }
    options: dict[str, Any] = {"percentile": percentile} if kinds[method] is PercentileCalibrater else {}
    names = [item.name for item in graph.graph.input]
    with TemporaryDirectory() as folder, quiet():
        path = Path(folder) / "float.onnx"
        write_with_data(graph, path)
        augmented = str(Path(folder) / "augmented.onnx")
        calibrator = kinds[method](
            path,
            _quantizable(),
            augmented_model_path=augmented,
            symmetric=False,
            use_external_data_format=True,  # leaves the weights to the disk, from where the session maps them
            **options,
        )
        calibrator.augment_graph()
        calibrator.model = None  # all weights once more, and the session has the file
        calibrator.infer_session = _session(augmented)
        reader = _Reader(names, arrays, cancel)
        if method == "min-max":
            calibrator.collect_data(reader)
        else:
            _collect(calibrator, reader)
        squared = method == "mse"
        ranges = least_error_ranges(calibrator.collector.histogram_dict) if squared else calibrator.compute_data()
        del calibrator
    return ranges


def _session(path: str) -> Any:
    """Runs every node as it is written, with threads that sleep while they have nothing to do."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _collect(calibrator: Any, reader: _Reader) -> None:
    """Histograms of all samples, taken in groups: onnxruntime keeps every tensor of every sample of a group in memory."""
    first = reader.get_next()
    sizes = [output.nbytes for output in calibrator.infer_session.run(None, first)]
    reader.rewind()
    group = max(1, GROUP_BYTES // max(1, sum(sizes)))
    while reader.limit(group):
        calibrator.collect_data(reader)


def _quantizable() -> list[str]:
    from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

    return sorted(set(QDQRegistry) | set(QLinearOpsRegistry))


def quantized(graph: ModelProto, ranges: Any, scheme: Scheme, exclude: Collection[str] = ()) -> ModelProto:
    """The QDQ graph with int8 weights; nodes named in ``exclude`` stay float.

    Raises:
        TechniqueError: onnxruntime's quantizer cannot handle the graph; its own words are in the message.
    """
    import onnx
    from onnxruntime.quantization import QuantType
    from onnxruntime.quantization.qdq_quantizer import QDQQuantizer

    from ...model.noted_steps import note_steps
    from ...model.save import strip_metadata
    from .biases import plain_biases
    from .idle_pairs import without_idle_pairs
    from .lean import lean

    copied = onnx.ModelProto()
    copied.CopyFrom(graph)
    plain_biases(copied)
    kinds = {"uint8": QuantType.QUInt8, "int8": QuantType.QInt8}
    try:
        with quiet():
            quantizer = QDQQuantizer(
                copied,
                scheme.per_channel,
                scheme.reduced,
                kinds[scheme.weights],
                kinds[scheme.activation],
                ranges,
                [],
                list(exclude),
                _quantizable(),
                {"ActivationSymmetric": scheme.symmetric, "WeightSymmetric": scheme.weights == "int8"},
            )
            quantizer.quantize_model()
            quantizer.model.topological_sort()
    except (ValueError, RuntimeError, KeyError, TypeError, AttributeError) as error:
        raise TechniqueError(
            "not-quantizable",
            f"the graph cannot be quantized: {str(error)[:300]}",
            "exclude the node named there: exclude: [NAME]",
        ) from None
    result: ModelProto = quantizer.model.model
    strip_metadata(result)
    result.ir_version = min(result.ir_version, graph.ir_version)
    lean(result)
    note_steps(result, without_idle_pairs(result))
    return result

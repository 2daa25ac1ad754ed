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

if TYPE_CHECKING:
    from onnx import ModelProto

    from ..technique import Context

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
    """Feeds calibration samples one by one."""

    def __init__(self, names: Sequence[str], arrays: Sequence[np.ndarray]) -> None:
        self._names, self._arrays = names, arrays
        self.rewind()

    def get_next(self) -> dict[str, np.ndarray] | None:
        """The next feed, None at the end."""
        return next(self._feeds, None)

    def rewind(self) -> None:
        """Start again."""
        count = len(self._arrays[0])
        self._feeds: Iterator[dict[str, np.ndarray]] = (
            {name: array[i : i + 1] for name, array in zip(self._names, self._arrays, strict=True)}
            for i in range(count)
        )


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


def activation_ranges(graph: ModelProto, arrays: Sequence[np.ndarray], method: str, percentile: float) -> Any:
    """Range of every tensor over the samples.

    Args:
        graph: float graph.
        arrays: one per input.
        method: see :data:`METHODS`.
        percentile: used by that method; 99.9 keeps all but a thousandth.
    """
    import onnx
    from onnxruntime.quantization import CalibrationMethod, create_calibrator

    from .ranges_mse import least_error_ranges

    kinds = {
        "min-max": CalibrationMethod.MinMax,
        "percentile": CalibrationMethod.Percentile,
        "entropy": CalibrationMethod.Entropy,
        "mse": CalibrationMethod.Percentile,  # only for its histograms
    }
    options = (
        {"percentile": percentile, "symmetric": False} if method in ("percentile", "mse") else {"symmetric": False}
    )
    names = [item.name for item in graph.graph.input]
    with TemporaryDirectory() as folder, quiet():
        path = Path(folder) / "float.onnx"
        onnx.save(graph, path)
        calibrator = create_calibrator(
            path,
            _quantizable(),
            augmented_model_path=str(Path(folder) / "augmented.onnx"),
            calibrate_method=kinds[method],
            extra_options=options,
        )
        calibrator.collect_data(_Reader(names, arrays))
        squared = method == "mse"
        ranges = least_error_ranges(calibrator.collector.histogram_dict) if squared else calibrator.compute_data()
        del calibrator
    return ranges


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

    from ...model.save import strip_metadata

    copied = onnx.ModelProto()
    copied.CopyFrom(graph)
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
    return result

"""Run a model file on a stream of batches, in a limited child process.

Inputs travel through files in the child's working folder, at most :data:`CHUNK_BYTES` at a time, so neither side holds
a data set; outputs come back the same way. Quantized inputs and outputs are converted from and to real numbers.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Self

import numpy as np

from ..errors import DataError, ModelError
from ..events import Cancel
from ..model.child import INFER, run_limited, temporary_workdir
from ..records import Format

if TYPE_CHECKING:
    from ..model.data import Batch

CHUNK_BYTES = 256 << 20
_BATCH_DEPENDENT = b"DynamicQuantizeLinear"
RUNNABLE = (Format.ONNX, Format.TFLITE)


def predict(
    model_path: Path, format_: Format, inputs: "Iterable[Batch]", threads: int = 2, *, cancel: Cancel | None = None
) -> np.ndarray:
    """The first output for every sample, ``[n, ...]``; see :func:`predict_all`."""
    return predict_all(model_path, format_, inputs, threads, cancel=cancel)[0]


def predict_all(
    model_path: Path,
    format_: Format,
    inputs: "Iterable[Batch]",
    threads: int = 2,
    *,
    names: Sequence[str] = (),
    cancel: Cancel | None = None,
) -> list[np.ndarray]:
    """Every output for every sample, each ``[n, ...]``, in order.

    Args:
        model_path: ONNX or TFLite file.
        format_: of the file.
        inputs: batches of pre-processed arrays; they are consumed as they are needed.
        threads: of the runtime.
        names: of the inputs; where they are the model's own, they decide the order, else their order does.
        cancel: ends the child.

    Raises:
        ModelError: the file cannot be run.
        DataError: there is no sample, or the arrays do not fit.
    """
    if format_ not in RUNNABLE:
        raise ModelError("not-runnable", f"{model_path} is {format_}", "evaluate its ONNX or TFLite form")
    if not model_path.is_file():
        raise ModelError("model-not-found", f"{model_path} is not there", "name a model file that exists")
    # Dynamic quantization takes its scale from the whole batch, so only single samples give what a board would.
    batch = 1 if format_ is Format.ONNX and _BATCH_DEPENDENT in model_path.read_bytes() else None
    results = []
    left = iter(inputs)
    while (first := next(left, None)) is not None:
        with temporary_workdir() as folder, _Feed(folder, first.inputs, names) as feed:
            feed.add(first.inputs)
            while feed.size_bytes < CHUNK_BYTES and (item := next(left, None)) is not None:
                feed.add(item.inputs)
            if feed.count:
                results.append(_run(model_path, format_, feed, threads, batch, cancel))
    if not results:
        raise DataError("no-samples", "there is no sample to predict on", "choose a split that has samples")
    return [np.concatenate(parts) for parts in zip(*results, strict=True)]


class _Feed:
    """Input files of one child, written as batches come."""

    def __init__(self, folder: Path, first: Sequence[np.ndarray], names: Sequence[str]) -> None:
        self.folder = folder
        self.count = 0
        self.size_bytes = 0
        self._kinds = [(array.dtype, array.shape[1:]) for array in first]
        self._names = list(names) if len(names) == len(first) else [f"input_{i}" for i in range(len(first))]
        self._paths = [folder / f"input_{i}.bin" for i in range(len(first))]
        self._streams: list[BinaryIO] = [path.open("wb") for path in self._paths]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in self._streams:
            stream.close()

    def add(self, arrays: Sequence[np.ndarray]) -> None:
        """Append one batch."""
        if [(array.dtype, array.shape[1:]) for array in arrays] != self._kinds:
            raise DataError("uneven", "the samples differ in shape or type", "bring them to one size first")
        for stream, array in zip(self._streams, arrays, strict=True):
            self.size_bytes += stream.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
        self.count += len(arrays[0])

    def described(self) -> list[dict[str, object]]:
        """The finished files, as the child needs to know them."""
        for stream in self._streams:
            stream.flush()
        return [
            {"name": name, "file": path.name, "dtype": str(dtype), "shape": [self.count, *shape]}
            for name, path, (dtype, shape) in zip(self._names, self._paths, self._kinds, strict=True)
        ]


def _run(
    path: Path, format_: Format, feed: _Feed, threads: int, batch: int | None, cancel: Cancel | None
) -> list[np.ndarray]:
    payload = {
        "path": str(path.resolve()),
        "format": str(format_),
        "threads": threads,
        "batch": batch,
        "inputs": feed.described(),
    }
    answer = run_limited(
        "engine.evaluate.runtime:predict_task",
        stdin_json=payload,
        limits=INFER,
        workdir=feed.folder,
        what=path.name,
        cancel=cancel,
    )
    return [_output(feed.folder / f"output_{i}.npy", feed.count, path) for i in range(int(answer["outputs"]))]


def _output(file: Path, count: int, path: Path) -> np.ndarray:
    try:
        array = np.load(file, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError("no-output", f"{path.name} left no readable output: {error}", "check the model") from None
    if not isinstance(array, np.ndarray) or array.dtype.kind not in "fiub" or array.shape[:1] != (count,):
        raise ModelError("no-output", f"{path.name} left an output that is no array of {count} rows", "check the model")
    return array

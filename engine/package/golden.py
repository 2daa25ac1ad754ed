"""Golden samples: what a bundle carries so that a board can prove its runtime right before the model is used.

At least 16 inputs with their expected outputs as tensors, and some of them as raw files, which go through the board's own
pre-processing first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from device_agent.contract.io import InputContract, preprocess
from device_agent.contract.manifest import MIN_GOLDEN, Tolerance

from ..errors import BundleError, ContractError
from ..events import Cancel
from ..model.child import Limits, run_limited, temporary_workdir
from ..records import Format
from .tolerance import float_tolerance, integer_tolerance

if TYPE_CHECKING:
    from ..model.data import DataSet

SAMPLES = MIN_GOLDEN
RAW_SAMPLES = 4
SEARCHED = 512
SEED = 20_261_124
RUN = Limits(cpu_s=120, wall_s=120.0)
_SUFFIXES = ("png", "npy", "wav")
_SPLITS = ("calibration", "test", "train", "all")


@dataclass(frozen=True)
class RawFile:
    """A golden sample as a file of the bundle; ``index`` is its row in the tensors."""

    name: str
    kind: str
    index: int
    content: bytes


@dataclass(frozen=True)
class GoldenInputs:
    """Inputs in the order of the data; each ``[samples, ...]``."""

    names: tuple[str, ...]
    arrays: tuple[np.ndarray, ...]
    raw: tuple[RawFile, ...] = ()


@dataclass(frozen=True)
class GoldenRun:
    """What one model file did with the golden inputs.

    Attributes:
        inputs: name, shape, dtype, scale and zero point of every input of the file.
        result: the same of its first output.
        order: which input of the data each of them took; None for random inputs.
        arrays: the inputs as the file takes them.
        outputs: expected outputs.
        tolerance: how far another processor may be from them.
    """

    inputs: tuple[dict[str, Any], ...]
    result: dict[str, Any]
    order: tuple[int, ...] | None
    arrays: tuple[np.ndarray, ...]
    outputs: tuple[np.ndarray, ...]
    tolerance: Tolerance
    precision: str
    opset: int | None
    ir: int | None


def choose_inputs(data: "DataSet") -> GoldenInputs:
    """16 samples spread over the calibration data (or what else there is), four of them also raw.

    Raises:
        BundleError: the data is empty, or its raw samples do not become its tensors by its own contract.
    """
    split = next((name for name in _SPLITS if data.count(name)), None)
    if split is None:
        raise BundleError("no-samples", f"the data '{data.name}' holds no samples", "name other data: --data")
    count = min(data.count(split), SEARCHED)
    wanted = [index * count // SAMPLES for index in range(SAMPLES)]
    rows = _rows(data, split, set(wanted))
    arrays = tuple(np.stack([rows[index][number] for index in wanted]) for number in range(len(rows[wanted[0]])))
    raw = []
    if len(data.contract.inputs) == 1:
        for place in range(0, SAMPLES, SAMPLES // RAW_SAMPLES):
            file = _raw(data, split, wanted[place], place)
            if file is not None:
                _check_raw(data.contract.inputs[0], file, arrays[0][place])
                raw.append(file)
    return GoldenInputs(tuple(item.name for item in data.contract.inputs), arrays, tuple(raw))


def _rows(data: "DataSet", split: str, wanted: set[int]) -> dict[int, tuple[np.ndarray, ...]]:
    found, position = {}, 0
    for batch in data.batches(split, 32, limit=max(wanted) + 1):
        for row in range(len(batch.inputs[0])):
            if position in wanted:
                found[position] = tuple(np.array(array[row]) for array in batch.inputs)
            position += 1
    return found


def _raw(data: "DataSet", split: str, index: int, place: int) -> RawFile | None:
    sample = data.raw(split, index)
    kind, content = sample.kind, sample.content
    if kind == "jpeg":  # not every board can decode it, and decoders differ; the pixels are kept
        from PIL import Image

        stream = BytesIO()
        with Image.open(BytesIO(content)) as image:
            image.convert("L" if image.mode == "L" else "RGB").save(stream, "PNG")
        kind, content = "png", stream.getvalue()
    if kind not in _SUFFIXES:
        return None
    return RawFile(f"golden-{place}.{kind}", kind, place, content)


def _check_raw(contract: InputContract, file: RawFile, wanted: np.ndarray) -> None:
    try:
        found = preprocess(contract, file.content, file.kind)
    except ContractError as error:
        raise BundleError("contract-mismatch", f"a raw sample cannot be read: {error}", error.remedy) from error
    if found.shape != wanted.shape or not np.allclose(found, wanted, rtol=1e-4, atol=1e-4):
        raise BundleError(
            "contract-mismatch",
            "the data's raw samples, pre-processed by its contract, are not the tensors it gives",
            "correct the data set's contract: a board would see other inputs than the desktop",
        )


def run_golden(
    path: Path,
    format_: Format,
    given: GoldenInputs | None,
    *,
    seed: int = SEED,
    cancel: Cancel | None = None,
) -> GoldenRun:
    """Run the golden inputs through one model file in a limited child.

    Args:
        path: of the file.
        format_: ONNX or TFLite.
        given: None makes seeded random inputs of the model's own shapes.
        seed: of those.
        cancel: ends the child.

    Raises:
        BundleError: the inputs do not fit, or the answers are not finite.
        ModelError: the file cannot be run.
    """
    with temporary_workdir() as folder:
        for number, array in enumerate(() if given is None else given.arrays):
            np.save(folder / f"given_{number}.npy", array, allow_pickle=False)
        answer = run_limited(
            "engine.package.golden_run:golden_task",
            stdin_json={
                "path": str(path.resolve()),
                "format": str(format_),
                "samples": SAMPLES,
                "seed": seed,
                "names": [] if given is None else list(given.names),
            },
            limits=RUN.scaled_to(path.stat().st_size),
            workdir=folder,
            what=path.name,
            cancel=cancel,
        )
        arrays = _loaded(folder, "input", len(answer["inputs"]))
        outputs = _loaded(folder, "output", int(answer["outputs"]))
        second = _loaded(folder, "second", int(answer["outputs"])) if answer["quantized"] else []
    if not all(np.isfinite(item).all() for item in outputs):
        raise BundleError(
            "not-finite",
            f"{path.name} answers golden inputs with values that are not finite",
            "check the model, or use data it was made for: --data",
        )
    tolerance = integer_tolerance(outputs, second, answer["steps"]) if answer["quantized"] else float_tolerance(outputs)
    return GoldenRun(
        tuple(answer["inputs"]),
        dict(answer["result"]),
        None if answer["order"] is None else tuple(answer["order"]),
        tuple(arrays),
        tuple(outputs),
        tolerance,
        str(answer["precision"]),
        answer["opset"],
        answer["ir"],
    )


def _loaded(folder: Path, what: str, count: int) -> list[np.ndarray]:
    arrays = []
    for number in range(count):
        array = np.load(folder / f"{what}_{number}.npy", allow_pickle=False)
        if array.dtype.kind not in "fiub" or array.shape[:1] != (SAMPLES,):
            raise BundleError("bad-output", f"{what} {number} of the model is no array of numbers", "check the model")
        arrays.append(array)
    return arrays


def to_npz(arrays: Sequence[np.ndarray], outputs: dict[str, Sequence[np.ndarray]]) -> bytes:
    """The file ``golden.npz``: ``input_<i>`` and ``<model file>/output_<i>``; the same bytes for the same arrays."""
    named = {f"input_{number}": array for number, array in enumerate(arrays)}
    for file, items in outputs.items():
        named |= {f"{file}/output_{number}": array for number, array in enumerate(items)}
    stream = BytesIO()
    np.savez_compressed(stream, allow_pickle=False, **named)
    return stream.getvalue()

"""The verb ``data_preview``: samples of a data set as the model sees them, and the rules that made them so."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from device_agent.contract.io import InputContract, IoContract

from ..errors import UsageError
from ..evaluate.judging import metrics_of
from ..events import Cancel, Emit, ignore
from ..model.data import CALIBRATION, TEST, TRAIN, DataSet
from ..model.datasets import check_fits, open_data
from ..model.open import inspect
from ..showing import several

SAMPLES = 8
MAX_SAMPLES = 32
MAX_VALUES = 4096
"""Of one shown sample; larger ones are thinned evenly along their last axes."""
MAX_SIDE = 96


@dataclass(frozen=True)
class ShownSample:
    """One sample after pre-processing: ``values`` of the first input, thinned to at most ``MAX_VALUES``.

    Args:
        label: name of its class, None for data without labels or with another task than classification.
        kind: ``image`` (``shape`` is height, width, channels), ``wave`` or ``table`` (one axis), ``tensor`` (one axis).
        shape: of ``values``. values: flat, as the model takes them.
        low, high: smallest and largest value of the whole sample.
    """

    label: str | None
    kind: str
    shape: tuple[int, ...]
    values: tuple[float, ...]
    low: float
    high: float

    def __repr__(self) -> str:
        return f"ShownSample({self.label!r}: {self.kind} {self.shape}, {self.low:.4g} .. {self.high:.4g})"

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "label": self.label,
            "kind": self.kind,
            "shape": list(self.shape),
            "values": list(self.values),
            "low": self.low,
            "high": self.high,
        }


@dataclass(frozen=True)
class DataPreview:
    """What a data set holds and how its first samples reach the model.

    ``metrics`` can judge a model on it, the one that does by default first; empty for data without labels.
    """

    name: str
    classes: tuple[str, ...] | None
    counts: Mapping[str, int]
    contract: IoContract
    samples: tuple[ShownSample, ...]
    metrics: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = ", ".join(f"{number:,} {split}" for split, number in self.counts.items())
        classes = "no classes" if self.classes is None else f"{len(self.classes)} classes"
        return several("DataPreview", self.samples, f"{self.name!r}: {counts}; {classes}")

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {
            "name": self.name,
            "classes": None if self.classes is None else list(self.classes),
            "counts": dict(self.counts),
            "contract": {"inputs": [vars(item) for item in self.contract.inputs], "output": self.contract.output.kind},
            "samples": [item.to_json() for item in self.samples],
            "metrics": list(self.metrics),
        }


def data_preview(
    data: str,
    *,
    model: str | None = None,
    task: str | None = None,
    arch: str | None = None,
    samples: int = SAMPLES,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> DataPreview:
    """The first samples of a data set after pre-processing, with the rules of the I/O contract.

    Args:
        data: what follows ``--data``.
        model: the model they are for; its input decides layout and size. arch: as for ``inspect``.
        task: what the labels mean, where the data does not say it.
        samples: how many, 1 to 32; of the test split where there is one.

    Raises:
        UsageError: a number of samples out of range.
        DataError: the data cannot be read, does not fit the model, or is for another task.
    """
    if not 1 <= samples <= MAX_SAMPLES:
        raise UsageError("bad-samples", f"{samples} samples cannot be shown", f"name a number from 1 to {MAX_SAMPLES}")
    inputs = None if model is None else inspect(model, arch=arch).inputs
    found = open_data(data, inputs, task)
    if inputs is not None:
        check_fits(found, inputs)
    counts = {split: found.count(split) for split in (TRAIN, CALIBRATION, TEST)}
    split = next((name for name in (TEST, CALIBRATION, TRAIN) if counts[name]), "all")
    labelled = next((item.labels is not None for item in found.batches(split, 1, limit=1)), False)
    return DataPreview(
        found.name,
        found.classes,
        counts,
        found.contract,
        _samples(found, split, samples, _is_table(data)),
        metrics_of(found) if labelled else (),
    )


def _is_table(spec: str) -> bool:
    return Path(spec).suffix.lower() in (".csv", ".tsv", ".parquet")


def _samples(data: DataSet, split: str, wanted: int, table: bool) -> tuple[ShownSample, ...]:
    shown: list[ShownSample] = []
    contract = data.contract.inputs[0]
    for batch in data.batches(split, wanted, limit=wanted):
        for place, array in enumerate(batch.inputs[0]):
            label = None if batch.labels is None or batch.labels.ndim != 1 else batch.labels[place]
            shown.append(_shown(np.asarray(array), _name(label, data.classes), contract, table))
    return tuple(shown[:wanted])


def _name(label: Any, classes: tuple[str, ...] | None) -> str | None:
    if label is None:
        return None
    if classes is not None and np.issubdtype(type(label), np.integer) and 0 <= label < len(classes):
        return classes[int(label)]
    return f"{float(label):g}"


def _shown(array: np.ndarray, label: str | None, contract: InputContract, table: bool) -> ShownSample:
    values = array.astype(np.float64)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if contract.kind == "image" and values.ndim == 3:
        if contract.layout == "CHW":
            values = values.transpose(1, 2, 0)
        step = max(1, -(-max(values.shape[:2]) // MAX_SIDE))
        values, kind = values[::step, ::step, :3], "image"
    else:
        kind = "table" if table else "wave" if contract.kind == "audio" else "tensor"
        flat = values.reshape(-1)
        values = flat[:: max(1, -(-flat.size // MAX_VALUES))]
    rounded = tuple(float(f"{value:.4g}") for value in values.reshape(-1))
    return ShownSample(label, kind, tuple(values.shape), rounded, low, high)

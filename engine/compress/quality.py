"""How right a state between two steps answers: what choices inside a recipe are made by."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from .losses import counted, label_loss, label_tensor
from .teacher import first_output, session_beside_torch
from .technique import Context, ModelState

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from ..model.data import DataSet

_BATCH = 250


class Quality:
    """Added up batch by batch: the share of right classes, of right places in a mask, or R2 where labels are numbers."""

    def __init__(self) -> None:
        self.count = 0
        self.numbers = False
        self._right = self._right_squared = 0.0
        self._sums = np.zeros((4, 1))  # of every value: squared error, its square, label, squared label

    def add(self, outputs: Tensor, labels: Tensor) -> None:
        """Count one batch; outputs as :func:`engine.compress.losses.label_loss` takes them."""
        self.count += len(labels)
        self.numbers = labels.is_floating_point()
        if self.numbers:
            wanted = labels.detach().double().flatten(1) if labels.ndim > 1 else labels.detach().double()[:, None]
            squared = (outputs.detach().double().reshape(wanted.shape) - wanted).pow(2)
            rows = (squared, squared.pow(2), wanted, wanted.pow(2))
            self._sums = self._sums + np.stack([row.sum(dim=0).numpy() for row in rows])
            return
        right, counts = (outputs.argmax(dim=1) == labels), counted(labels)
        shares = (
            (right & counts).flatten(1).sum(1) / counts.flatten(1).sum(1).clamp_min(1) if labels.ndim > 1 else right
        )
        self._right += float(shares.double().sum())
        self._right_squared += float(shares.double().pow(2).sum())

    @property
    def name(self) -> str:
        """``R2`` or ``accuracy``."""
        return "R2" if self.numbers else "accuracy"

    @property
    def value(self) -> float:
        """1 for perfect answers; R2 is averaged over the values of a sample and may be below 0."""
        if not self.numbers:
            return self._right / self.count
        return float((1 - self._sums[0] / self.count / self._spread()).mean())

    @property
    def error(self) -> float:
        """Standard error of the value."""
        if not self.numbers:
            share = self._right / self.count
            return math.sqrt(max(self._right_squared / self.count - share**2, 1e-9) / self.count)
        mean = self._sums[0] / self.count
        deviation = np.sqrt(np.maximum(self._sums[1] / self.count - mean**2, 0))
        return float((deviation / self._spread()).mean() / math.sqrt(self.count))

    def _spread(self) -> np.ndarray:
        """Variance of every value of the labels."""
        mean = self._sums[2] / self.count
        spread: np.ndarray = np.maximum(self._sums[3] / self.count - mean**2, 1e-12)
        return spread


def quality(state: ModelState, batches: Iterable[tuple[tuple[Tensor, ...], Tensor | None]]) -> Quality:
    """Of a module or of a graph in onnxruntime, on labelled batches.

    Raises:
        DataError: there are no labels.
        TechniqueError: the outputs are no answers to them.
    """
    import torch

    answer = _runner(state)
    found = Quality()
    for inputs, labels in batches:
        if labels is None:
            raise DataError("no-labels", "accuracy needs labels, and the data has none", "give labelled data")
        with torch.no_grad():
            outputs = answer(inputs)
        label_loss(outputs, labels)  # refuses outputs that are no scores
        found.add(outputs, labels)
    return found


def labelled_batches(data: DataSet, split: str, context: Context) -> Iterable[tuple[tuple[Tensor, ...], Tensor | None]]:
    """A split as tensors; stops when asked."""
    import torch

    for batch in data.batches(split, _BATCH):
        context.cancel.check()
        known = None if batch.labels is None else label_tensor(batch.labels)
        yield tuple(torch.from_numpy(array) for array in batch.inputs), known


def _runner(state: ModelState) -> Callable[[tuple[torch.Tensor, ...]], torch.Tensor]:
    if state.module is not None:
        module = state.module.eval()
        return lambda inputs: first_output(module(*inputs))
    import torch

    assert state.onnx is not None
    session = session_beside_torch(state.onnx.SerializeToString())
    names = [item.name for item in session.get_inputs()]

    def answer(inputs: tuple[torch.Tensor, ...]) -> torch.Tensor:
        feed = {name: value.numpy() for name, value in zip(names, inputs, strict=True)}
        return torch.from_numpy(session.run(None, feed)[0]).float()

    return answer

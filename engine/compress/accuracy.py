"""Share of samples a state between two steps answers rightly: what choices inside a recipe are made by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ..errors import DataError
from .losses import label_loss
from .teacher import first_output, session_beside_torch
from .technique import Context, ModelState

if TYPE_CHECKING:
    import torch

    from ..model.data import DataSet

_BATCH = 250


def accuracy(state: ModelState, batches: Iterable[tuple[tuple[torch.Tensor, ...], torch.Tensor | None]]) -> float:
    """Accuracy 0..1 on labelled batches, of a module or of a graph in onnxruntime.

    Raises:
        DataError: there are no labels.
        TechniqueError: the outputs are no class scores.
    """
    import torch

    answer = _runner(state)
    right = count = 0
    for inputs, labels in batches:
        if labels is None:
            raise DataError("no-labels", "accuracy needs labels, and the data has none", "give labelled data")
        with torch.no_grad():
            outputs = answer(inputs)
        label_loss(outputs, labels)  # refuses outputs that are no scores
        right += int((outputs.argmax(dim=1) == labels).sum())
        count += len(labels)
    return right / count


def labelled_batches(
    data: DataSet, split: str, context: Context
) -> Iterable[tuple[tuple[torch.Tensor, ...], torch.Tensor | None]]:
    """A split as tensors; stops when asked."""
    import torch

    for batch in data.batches(split, _BATCH):
        context.cancel.check()
        known = None if batch.labels is None else torch.from_numpy(batch.labels).long()
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

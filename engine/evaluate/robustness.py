"""Generalisation: the gap between training and test data, common corruptions, and attacks along the gradient.

Corruptions (after Hendrycks and Dietterich, 2019) act on the model's own input, in units of the range its values have, so
that they mean the same whatever the pre-processing. Attacks: FGSM (Goodfellow et al., 2015) and PGD (Madry et al., 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from ..errors import DataError
from ..model.data import Batch, RawSample
from ..model.task import Target, target_of
from .metrics import SEED

if TYPE_CHECKING:
    from torch import nn

    from ..model.data import DataSet

SEVERITY = 0.1
"""Strength of the corruptions and of nothing else, as a share of the range of the inputs."""
EPSILON = 0.03
"""Largest change of a value by an attack, as a share of the range."""
PGD_STEPS = 10

Corruption = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


def _noise(x: np.ndarray, span: float, random: np.random.Generator) -> np.ndarray:
    return x + random.normal(0, SEVERITY * span, x.shape)


def _impulse(x: np.ndarray, span: float, random: np.random.Generator) -> np.ndarray:
    hit = random.random(x.shape)
    low, high = x.min(), x.max()
    return np.where(hit < SEVERITY / 4, low, np.where(hit > 1 - SEVERITY / 4, high, x))


def _brightness(x: np.ndarray, span: float, random: np.random.Generator) -> np.ndarray:
    return x + SEVERITY * span


def _contrast(x: np.ndarray, span: float, random: np.random.Generator) -> np.ndarray:
    mean = x.mean(axis=tuple(range(1, x.ndim)), keepdims=True)
    result: np.ndarray = mean + (x - mean) * (1 - 4 * SEVERITY)
    return result


def _blur(x: np.ndarray, span: float, random: np.random.Generator) -> np.ndarray:
    """Mean of three neighbours along every axis of space (the last two of an image, the last of a signal)."""
    for axis in range(max(1, x.ndim - 2), x.ndim):
        x = (np.roll(x, 1, axis) + x + np.roll(x, -1, axis)) / 3
    return x


CORRUPTIONS: Mapping[str, Corruption] = {
    "gaussian-noise": _noise,
    "impulse-noise": _impulse,
    "brightness": _brightness,
    "contrast": _contrast,
    "blur": _blur,
}


class Held:
    """Samples in memory under one split, with the meaning of the data they were made from."""

    def __init__(self, data: DataSet, inputs: tuple[np.ndarray, ...], labels: np.ndarray, split: str) -> None:
        self.name, self.contract, self.classes = data.name, data.contract, data.classes
        self.target: Target = target_of(data)
        self.inputs, self.labels, self.split = inputs, labels, split

    def count(self, split: str) -> int:
        """Number of samples; 0 for other splits."""
        return len(self.inputs[0]) if split == self.split else 0

    def batches(
        self, split: str, batch_size: int, *, seed: int | None = None, limit: int | None = None
    ) -> Iterator[Batch]:
        """The samples in order."""
        total = min(self.count(split), limit or self.count(split))
        for start in range(0, total, batch_size):
            place = slice(start, min(start + batch_size, total))
            yield Batch(tuple(array[place] for array in self.inputs), self.labels[place])

    def raw(self, split: str, index: int) -> RawSample:
        """There are no files behind these samples.

        Raises:
            DataError: always.
        """
        raise DataError("no-file", f"sample {index} of '{self.name}' was changed in memory", "use the data itself")


def held(data: DataSet, split: str, limit: int) -> Held:
    """The first samples of a split in memory.

    Raises:
        DataError: they have no labels, or there are none.
    """
    parts = list(data.batches(split, 256, limit=limit))
    if not parts or any(part.labels is None for part in parts):
        raise DataError("no-labels", f"'{data.name}' has no labelled samples in split '{split}'", "give labelled data")
    inputs = tuple(np.concatenate(arrays) for arrays in zip(*(part.inputs for part in parts), strict=True))
    return Held(data, inputs, np.concatenate([part.labels for part in parts if part.labels is not None]), split)


def corrupted(samples: Held, name: str) -> Held:
    """The same samples under one of :data:`CORRUPTIONS`; inputs that are no real numbers stay."""
    random = np.random.default_rng([SEED, list(CORRUPTIONS).index(name)])
    changed = tuple(
        CORRUPTIONS[name](array.astype(np.float64), _span(array), random).astype(array.dtype)
        if array.dtype.kind == "f"
        else array
        for array in samples.inputs
    )
    return Held(samples, changed, samples.labels, samples.split)


def attacked(samples: Held, module: nn.Module, name: str) -> Held:
    """The samples of a classifier with one input, changed by ``fgsm`` or ``pgd`` to raise the loss of ``module``.

    No value changes by more than 3 % of the inputs' range or leaves it.

    Raises:
        DataError: there is more than one input, or it holds no real numbers.
    """
    import torch

    if len(samples.inputs) != 1 or samples.inputs[0].dtype.kind != "f":
        raise DataError("not-attackable", "attacks need one input of real numbers", "leave the attacks out")
    (array,) = samples.inputs
    epsilon = EPSILON * _span(array)
    steps, stride = (1, epsilon) if name == "fgsm" else (PGD_STEPS, 2.5 * epsilon / PGD_STEPS)
    low, high = float(array.min()), float(array.max())
    module = module.eval()
    found = []
    for start in range(0, len(array), 128):
        clean = torch.from_numpy(array[start : start + 128])
        labels = torch.from_numpy(samples.labels[start : start + 128])
        moved = clean.clone()
        for _ in range(steps):
            moved.requires_grad_(True)
            answer = module(moved)
            scores = answer[0] if isinstance(answer, tuple) else answer
            loss = torch.nn.functional.cross_entropy(scores.reshape(len(moved), -1), labels)
            (gradient,) = torch.autograd.grad(loss, moved)
            moved = moved.detach() + stride * gradient.sign()
            moved = torch.minimum(torch.maximum(moved, clean - epsilon), clean + epsilon).clamp(low, high)
        found.append(moved.numpy())
    return Held(samples, (np.concatenate(found),), samples.labels, samples.split)


def _span(array: np.ndarray) -> float:
    return float(array.max() - array.min()) if array.size else 0.0

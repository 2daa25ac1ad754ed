"""P9: sensitivity. How much the loss suffers when one layer alone is pruned, or rounded to few bits.

Han et al.: Learning both Weights and Connections, 2015 (arXiv:1506.02626), figure 6: layers differ, so ratios should.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..events import Eta, Progress
from ..showing import several
from .losses import label_loss
from .observation import calibration_batches
from .quality import Quality
from .teacher import first_output
from .technique import Context
from .weight_masks import keep_masks
from .weighted_layers import prunable_weights

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class SensitivityRow:
    """One layer changed in one way: ``change`` is ``sparsity`` (share of zeros) or ``bits``.

    ``accuracy`` is a share (0..1) of ``n`` samples, R2 where the labels are numbers; ``loss`` is the mean cross-entropy or
    the mean squared error.
    """

    layer: str
    change: str
    amount: float
    loss: float
    accuracy: float
    n: int

    def __repr__(self) -> str:
        return (
            f"SensitivityRow({self.layer!r} {self.change} {self.amount:g}: {self.accuracy:.4f}, loss {self.loss:.4f})"
        )

    def to_json(self) -> dict[str, Any]:
        """One entry of ``rows``."""
        return asdict(self)


@dataclass(frozen=True)
class Sensitivity:
    """The untouched network and one row for every layer and change; ``metric`` says what ``accuracy`` is."""

    loss: float
    accuracy: float
    n: int
    rows: tuple[SensitivityRow, ...]
    metric: str = "accuracy"

    def __repr__(self) -> str:
        return several("Sensitivity", self.rows, f"untouched {self.metric} {self.accuracy:.4f} of {self.n} samples")

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight sensitivity --json``."""
        untouched = {"loss": self.loss, "accuracy": self.accuracy, "n": self.n}
        return {"metric": self.metric, "untouched": untouched, "rows": [row.to_json() for row in self.rows]}


def sensitivity(
    module: nn.Module,
    context: Context,
    *,
    sparsities: Sequence[float] = (0.5, 0.8, 0.9),
    bits: Sequence[int] = (8, 4, 2),
    samples: int = 512,
    names: Collection[str] | None = None,
) -> Sensitivity:
    """Change one layer after the other and look at the loss on calibration data.

    Args:
        module: not changed.
        context: data with labels, progress, cancel.
        sparsities: shares of a layer's smallest weights that become zero.
        bits: widths of symmetric rounding per output channel.
        samples: how many samples are looked at.
        names: of the weights that are changed; None = all.

    Raises:
        DataError: there are no labelled data.
    """
    work = copy.deepcopy(module).eval()
    batches = [
        (inputs, labels)
        for inputs, labels in calibration_batches(context, "sensitivity analysis", samples, labels=True)
        if labels is not None
    ]
    loss, untouched = _judged(work, batches)
    n = untouched.count
    weights, _ = prunable_weights(work, "sensitivity")
    weights = {name: weight for name, weight in weights.items() if names is None or name in names}
    changes = [("sparsity", float(share)) for share in sparsities] + [("bits", float(width)) for width in bits]
    rows: list[SensitivityRow] = []
    eta = Eta(len(weights) * len(changes))
    for name, weight in weights.items():
        original = weight.detach().clone()
        for change, amount in changes:
            context.cancel.check()
            array = original.numpy()
            changed = pruned(array, amount) if change == "sparsity" else rounded(array, int(amount))
            _set(weight, changed)
            worse, found = _judged(work, batches)
            rows.append(SensitivityRow(name.removesuffix(".weight"), change, amount, worse, found.value, n))
            done = len(rows)
            context.emit(Progress(done, len(weights) * len(changes), "trials", eta.at(done)))
        _set(weight, original.numpy())
    return Sensitivity(loss, untouched.value, n, tuple(rows), untouched.name)


def shares_of_zeros(
    losses: Mapping[str, Mapping[float, float]], sizes: Mapping[str, int], sparsity: float
) -> dict[str, float]:
    """A share of zeros for each layer that together are ``sparsity`` of all weights.

    Layer by layer the next share is taken where it costs least loss per weight; the last step goes only as far as is needed.

    Args:
        losses: of every layer alone at rising shares, 0 included.
        sizes: weights of every layer.
        sparsity: of all together, at most the largest share that was tried.

    >>> shares_of_zeros({"a": {0: 1, 0.5: 1.1, 0.9: 1.2}, "b": {0: 1, 0.5: 4, 0.9: 9}}, {"a": 10, "b": 10}, 0.5)
    {'a': 0.9, 'b': 0.1}
    """
    shares = {name: 0.0 for name in losses}
    missing = sparsity * sum(sizes[name] for name in losses)
    while missing > 1e-9:
        steps = [
            (max(tried[more] - tried[shares[name]], 0.0) / (sizes[name] * (more - shares[name])), name, more)
            for name, tried in losses.items()
            for more in tried
            if more > shares[name]
        ]
        if not steps:
            break
        _, name, more = min(steps)
        if sizes[name] * (more - shares[name]) > missing:
            shares[name] = round(shares[name] + missing / sizes[name], 12)
            break
        missing -= sizes[name] * (more - shares[name])
        shares[name] = more
    return shares


def pruned(weight: np.ndarray, sparsity: float) -> np.ndarray:
    """The weight without the share of its smallest values."""
    return np.where(keep_masks({"w": np.abs(weight)}, sparsity, None, "local")["w"], weight, 0).astype(weight.dtype)


def rounded(weight: np.ndarray, bits: int) -> np.ndarray:
    """Symmetric integers of so many bits with one scale per output, and back to floats."""
    rows = weight.reshape(len(weight), -1)
    top = 2 ** (bits - 1) - 1
    scale = np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1e-30) / top
    values = np.clip(np.rint(rows / scale), -top, top) * scale
    return np.asarray(values.astype(weight.dtype).reshape(weight.shape))


def _set(weight: Tensor, array: np.ndarray) -> None:
    import torch

    with torch.no_grad():
        weight.copy_(torch.from_numpy(array))


def _judged(module: nn.Module, batches: Sequence[tuple[tuple[Tensor, ...], Tensor]]) -> tuple[float, Quality]:
    """Mean loss and how right the answers are."""
    import torch

    loss, found = 0.0, Quality()
    with torch.no_grad():
        for inputs, labels in batches:
            outputs = first_output(module(*inputs))
            loss += float(label_loss(outputs, labels)) * len(labels)
            found.add(outputs, labels)
    return loss / found.count, found

"""L3r: data-aware low rank. A layer's outputs lie near a few principal directions; only those are computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..observation import answering, by_channel, calibration_batches
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..weighted_layers import weighted_layers
from .replacement import (
    LowRankKnobs,
    bias_of,
    factorized,
    is_plain_convolution,
    pair_of,
    rank_of,
    weight_of,
)

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class PcaFactorization(LowRankKnobs):
    """Knobs of the factorization by principal components."""

    energy: float = knob(0.95, "Share of the outputs' variance that is kept; gives the rank.", min=0.01, max=1)
    samples: int = knob(512, "Samples whose outputs are looked at.", unit="samples", min=1, max=100_000)

    def needs(self) -> tuple[Need, ...]:
        """Calibration data, labels for fine-tuning."""
        return (Need.CALIBRATION, Need.LABELS) if self.epochs else (Need.CALIBRATION,)


@technique(
    "pca-factorization",
    name="Low rank by principal components",
    family="lowrank",
    covers=("L3r",),
    summary="Splits layers along the principal directions of their outputs on your data; closer than low rank of weights.",
    paper="Zhang, Zou, He, Sun: Accelerating Very Deep Convolutional Networks, 2016 (arXiv:1505.06798), section 3.1",
    config=PcaFactorization,
    takes=Takes.TORCH,
    needs=(Need.CALIBRATION,),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.MASKS, Effect.PATTERN),
)
def pca_factorization(state: ModelState, config: PcaFactorization, context: Context) -> ModelState:
    """``y ~ P P^T (y - mean) + mean`` with the first columns of the eigenvectors ``P`` of the outputs' covariance."""
    from torch import nn

    assert state.module is not None
    moments = output_moments(state.module, context, config.samples)

    def factors(name: str, layer: nn.Module) -> nn.Module | str:
        if not isinstance(layer, nn.Linear) and not is_plain_convolution(layer):
            return "no linear layer and no plain convolution"
        if name not in moments:
            return "it does not run on the data"
        mean, covariance = moments[name]
        basis = principal(covariance, config)
        first = np.tensordot(basis.T, weight_of(layer), axes=1)
        old = bias_of(layer)
        bias = mean + basis @ (basis.T @ ((0.0 if old is None else old) - mean))
        return pair_of(layer, first, basis, bias)

    return factorized(state, config, context, "pca-factorization", factors)


def principal(covariance: np.ndarray, knobs: LowRankKnobs) -> np.ndarray:
    """The first columns of the eigenvectors, by falling variance: as many as keep what the knobs ask for."""
    values, vectors = np.linalg.eigh(covariance)
    rank = rank_of(np.sqrt(np.maximum(values[::-1], 0)), knobs)
    basis: np.ndarray = vectors[:, ::-1][:, :rank]
    return basis


def output_moments(module: nn.Module, context: Context, samples: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Mean ``[out]`` and covariance ``[out, out]`` of every layer's output over samples and places."""
    sums: dict[str, list[np.ndarray | int]] = {}

    def note(name: str, layer: nn.Module, output: Tensor) -> None:
        values = by_channel(layer, output).double().numpy()
        total, square, count = sums.get(name, [0, 0, 0])
        sums[name] = [total + values.sum(axis=1), square + values @ values.T, count + values.shape[1]]

    hooks = [
        layer.register_forward_hook(lambda owner, inputs, output, name=name: note(name, owner, output))
        for name, layer in weighted_layers(module)
    ]
    with answering(module, hooks):
        for inputs, _ in calibration_batches(context, "low rank by principal components", samples):
            module(*inputs)
    moments = {}
    for name, (total, square, count) in sums.items():
        mean = np.asarray(total) / count
        moments[name] = (mean, np.asarray(square) / count - np.outer(mean, mean))
    return moments

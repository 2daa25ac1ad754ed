"""L3b: PCA input reduction. The first layer reads a few principal directions of its input features instead of all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..observation import answering, by_channel, calibration_batches
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..weighted_layers import weighted_layers
from .replacement import LowRankKnobs, bias_of, factorized, is_plain_convolution, linear_pair, rank_of, weight_of

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class InputReduction(LowRankKnobs):
    """Knobs of the reduction."""

    energy: float = knob(
        0.99, "Share of the inputs' variance that is kept; gives the number of features.", min=0.01, max=1
    )
    samples: int = knob(2048, "Samples whose features are looked at.", unit="samples", min=1, max=100_000)

    def needs(self) -> tuple[Need, ...]:
        """Calibration data, labels for fine-tuning."""
        return (Need.CALIBRATION, Need.LABELS) if self.epochs else (Need.CALIBRATION,)


@technique(
    "pca-input-reduction",
    name="PCA input reduction",
    family="lowrank",
    covers=("L3b",),
    summary="Projects correlated input features onto their principal directions, folded into the first layer; smaller.",
    paper="Pearson: On Lines and Planes of Closest Fit, 1901; Jolliffe: Principal Component Analysis, 2002, chapter 8",
    config=InputReduction,
    takes=Takes.TORCH,
    needs=(Need.CALIBRATION,),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.MASKS, Effect.PATTERN),
    idempotent=True,
)
def pca_input_reduction(state: ModelState, config: InputReduction, context: Context) -> ModelState:
    """``W x + b = (W V)(V^T x) + W (I - V V^T) mean + b`` for x near ``mean + span(V)``; V are columns of eigenvectors."""
    from torch import nn

    assert state.module is not None
    moments = _input_moments(state.module, context, config.samples)

    def factors(name: str, layer: nn.Module) -> nn.Module | str:
        if name not in moments:
            return "it does not read the model's input"
        mean, second_moment = moments[name]
        if isinstance(layer, nn.Linear):
            basis = _basis(second_moment - np.outer(mean, mean), config)
            weight, old = weight_of(layer), bias_of(layer)
            bias = weight @ (mean - basis @ (basis.T @ mean)) + (0.0 if old is None else old)
            return linear_pair(layer, basis.T, weight @ basis, bias)
        if not is_plain_convolution(layer):
            return "no linear layer and no plain convolution"
        # beside the image there are zeros, not means: the directions of the raw channels are right for both
        return _reduced_convolution(layer, _basis(second_moment, config))

    return factorized(state, config, context, "pca-input-reduction", factors)


def _basis(moment: np.ndarray, config: InputReduction) -> np.ndarray:
    values, vectors = np.linalg.eigh(moment)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    basis: np.ndarray = vectors[:, : rank_of(np.sqrt(values), config)]
    return basis


def _reduced_convolution(layer: Any, basis: np.ndarray) -> nn.Module:
    import torch
    from torch import nn

    kind = type(layer)
    kernel = np.einsum("oi...,ir->or...", weight_of(layer), basis)
    pair: Any = nn.Sequential(
        kind(layer.in_channels, basis.shape[1], 1, bias=False),
        kind(
            basis.shape[1], layer.out_channels, layer.kernel_size, layer.stride, layer.padding, layer.dilation,
            bias=layer.bias is not None, padding_mode=layer.padding_mode,
        ),
    )  # fmt: skip
    with torch.no_grad():
        pair[0].weight.copy_(torch.from_numpy(basis.T.reshape(pair[0].weight.shape).copy()))
        pair[1].weight.copy_(torch.from_numpy(kernel))
        if layer.bias is not None:
            pair[1].bias.copy_(layer.bias)
    made: nn.Module = pair
    return made


def _input_moments(module: nn.Module, context: Context, samples: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Mean ``[in]`` and second moment ``[in, in]`` of the features of every layer that reads the input itself."""
    given: list[int] = []
    sums: dict[str, list[Any]] = {}

    def watch(name: str) -> Any:
        def hook(layer: nn.Module, args: tuple[Tensor, ...]) -> None:
            if args[0].data_ptr() not in given:
                return
            values = by_channel(layer, args[0]).double().numpy()
            total, square, count = sums.get(name, [0, 0, 0])
            sums[name] = [total + values.sum(axis=1), square + values @ values.T, count + values.shape[1]]

        return hook

    hooks = [layer.register_forward_pre_hook(watch(name)) for name, layer in weighted_layers(module)]
    with answering(module, hooks):
        for inputs, _ in calibration_batches(context, "PCA input reduction", samples):
            given[:] = [tensor.data_ptr() for tensor in inputs]
            module(*inputs)
    return {name: (total / count, square / count) for name, (total, square, count) in sums.items()}

"""L4r: autoencoder bottleneck. A learned encoder and decoder take a layer's place and reconstruct its output."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..module_state import module_sha256
from ..observation import answering, by_channel, calibration_batches
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_checkpoint import Checkpoint
from .pca import output_moments, principal
from .replacement import (
    LowRankKnobs,
    bias_of,
    factorized,
    is_plain_convolution,
    pair_of,
    weight_of,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

_CHECK_EVERY = 10


@dataclass(frozen=True)
class AutoencoderBottleneck(LowRankKnobs):
    """Knobs of the bottleneck."""

    energy: float = knob(0.95, "Share of the outputs' variance that a linear code of its width keeps.", min=0.01, max=1)
    activation: str = knob("relu", "What the code goes through.", choices=("relu", "none"))
    steps: int = knob(200, "Updates that fit each pair to its layer's outputs.", unit="updates", min=0, max=100_000)
    fit_rate: float = knob(0.003, "Learning rate of these updates (Adam).", min=0, max=1, advanced=True)
    samples: int = knob(256, "Samples whose outputs are reconstructed.", unit="samples", min=1, max=100_000)

    def needs(self) -> tuple[Need, ...]:
        """Calibration data, labels for fine-tuning."""
        return (Need.CALIBRATION, Need.LABELS) if self.epochs else (Need.CALIBRATION,)


@technique(
    "autoencoder-bottleneck",
    name="Autoencoder bottleneck",
    family="lowrank",
    covers=("L4r",),
    summary="Replaces layers by an encoder and a decoder with a narrow code between them, fitted to the layer's outputs.",
    paper="Hinton, Salakhutdinov: Reducing the Dimensionality of Data with Neural Networks, Science 2006",
    config=AutoencoderBottleneck,
    takes=Takes.TORCH,
    needs=(Need.CALIBRATION,),
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.MASKS, Effect.PATTERN),
)
def autoencoder_bottleneck(state: ModelState, config: AutoencoderBottleneck, context: Context) -> ModelState:
    """Minimise ``|decode(act(encode(x))) - layer(x)|^2`` from the principal components on; the best pair is kept."""
    from torch import nn

    assert state.module is not None
    original = state.module
    moments = output_moments(original, context, config.samples)

    def factors(name: str, layer: nn.Module) -> nn.Module | str:
        if not isinstance(layer, nn.Linear) and not is_plain_convolution(layer):
            return "no linear layer and no plain convolution"
        if name not in moments:
            return "it does not run on the data"
        mean, covariance = moments[name]
        basis = np.ascontiguousarray(principal(covariance, config))
        batches = _seen(original, name, context, config.samples)
        pair = bottleneck(layer, mean, basis, _until_asked(batches, context), config.activation == "relu")
        return _fitted(pair, layer, batches, config, context)

    return factorized(state, config, context, "autoencoder-bottleneck", factors)


def bottleneck(
    layer: nn.Module, mean: np.ndarray, basis: np.ndarray, batches: Iterable[Tensor], relu: bool
) -> nn.Module:
    """The pair of the principal components. With ReLU the code is shifted until it is positive on the data."""
    import torch
    from torch import nn

    weight, old = weight_of(layer), bias_of(layer)
    first = np.tensordot(basis.T, weight, axes=1)
    pair: Any = pair_of(layer, first, basis, mean)
    encoder, decoder = pair[0], pair[1]
    start = basis.T @ ((0.0 if old is None else old) - mean)
    encoder.bias = nn.Parameter(torch.from_numpy(start).float())
    if not relu:
        made: nn.Module = pair
        return made
    with torch.no_grad():
        lows = [by_channel(layer, encoder(x)).amin(dim=1) for x in batches]
        shift = -torch.stack(lows).amin(dim=0)
        encoder.bias += shift
        decoder.bias -= torch.from_numpy(basis).float() @ shift
    return nn.Sequential(encoder, nn.ReLU(), decoder)


def _seen(module: nn.Module, name: str, context: Context, samples: int) -> list[Tensor]:
    """The inputs of one layer, batch by batch."""
    found: list[Tensor] = []
    hook = module.get_submodule(name).register_forward_pre_hook(lambda layer, args: found.append(args[0].detach()))
    with answering(module, [hook]):
        for inputs, _ in calibration_batches(context, "an autoencoder bottleneck", samples):
            module(*inputs)
    return found


def _until_asked(batches: Sequence[Tensor], context: Context) -> Iterator[Tensor]:
    for batch in batches:
        context.cancel.check()
        yield batch


def _fitted(
    pair: nn.Module, layer: nn.Module, batches: list[Tensor], config: AutoencoderBottleneck, context: Context
) -> nn.Module:
    """The pair after its updates; a run that goes on takes the pairs that were fitted before."""
    import copy

    import torch

    begun = [str(pair), module_sha256(pair), module_sha256(layer)]  # the pair comes from the data
    kept = Checkpoint(context.scratch, [*begun, config.steps, config.fit_rate, config.samples])
    if kept.finished(pair):
        return pair
    with torch.no_grad():
        wanted = [layer(x) for x in _until_asked(batches, context)]

    def error() -> float:
        with torch.no_grad():
            pairs = zip(_until_asked(batches, context), wanted, strict=True)
            parts = [float((pair(x) - y).pow(2).sum()) for x, y in pairs]
        return sum(parts)

    best, least = copy.deepcopy(pair.state_dict()), error()
    optimizer = torch.optim.Adam(pair.parameters(), lr=config.fit_rate)
    for step in range(config.steps):
        context.cancel.check()
        place = step % len(batches)
        optimizer.zero_grad()
        loss = (pair(batches[place]) - wanted[place]).pow(2).mean()
        loss.backward()
        optimizer.step()
        if (step + 1) % _CHECK_EVERY == 0 and (now := error()) < least:
            best, least = copy.deepcopy(pair.state_dict()), now
    pair.load_state_dict(best)
    kept.finish(pair)
    return pair

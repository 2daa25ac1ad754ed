"""Q9: binary and ternary weights with one scale per output channel, trained straight through, stored in 1 or 2 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    import numpy as np
    from onnx import ModelProto

    from .affine import Grid

_LAYERS = ("Conv", "ConvTranspose", "Gemm", "MatMul")
TERNARY_SHARE = 0.7


@dataclass(frozen=True)
class LowBitWeights(TrainingKnobs):
    """Knobs of binary and ternary weights; those of training are for the straight-through fine-tuning."""

    levels: str = knob("ternary", "Two values or three (with zero) a channel.", choices=("binary", "ternary"))
    keep_ends: bool = knob(True, "The first and the last layer stay float: they are small and cost most accuracy.")
    epochs: int = knob(4, "Passes of fine-tuning; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.01, "Peak learning rate of fine-tuning.", min=0, max=10)
    distill: bool = knob(True, "Fine-tune towards the original's outputs, where it is a module.")
    exclude: list[str] = knob([], "Layers that stay float, by name or pattern (stem*).", advanced=True)

    def needs(self) -> tuple[Need, ...]:
        """Data only for fine-tuning."""
        return (Need.LABELS,) if self.epochs else ()


@technique(
    "low-bit-weights",
    name="Binary and ternary weights",
    family="quantization",
    covers=("Q9",),
    summary="Weights of 1 or 2 bits with a scale per channel: up to 30x smaller, not faster, costs accuracy.",
    paper="Rastegari et al.: XNOR-Net, 2016 (arXiv:1603.05279); Li, Zhang, Liu: Ternary Weight Networks, 2016 "
    "(arXiv:1605.04711)",
    config=LowBitWeights,
    takes=Takes.EITHER,
    needs=(Need.LABELS,),
    changes=(Effect.WEIGHTS, Effect.INTEGERS),
    destroys=(Effect.TRAINABLE,),
)
def low_bit_weights(state: ModelState, config: LowBitWeights, context: Context) -> ModelState:
    """Fine-tune with rounded weights in the forward pass, then store signs and scales."""
    from .stored import store_affine
    from .straight_through import graph_of
    from .weights import copied, float_weights

    if config.epochs:
        state = state.as_module()  # what comes out of training is named as a module is
    graph = graph_of(state)
    weights, skipped = float_weights(graph, "low-bit-weights", exclude=config.exclude)
    skipped += [Skip(item.layer, f"{item.op} stays float") for item in weights if item.op not in _LAYERS]
    weights = [item for item in weights if item.op in _LAYERS]
    if config.keep_ends and len(weights) > 2:
        skipped += [Skip(item.layer, "first or last layer, stays float") for item in (weights[0], weights[-1])]
        weights = weights[1:-1]
    chosen = {item.layer for item in weights}
    if config.epochs:
        graph = _fine_tuned(state, config, context, chosen)
    graph = copied(graph)
    stored = 0
    for weight in float_weights(graph, "low-bit-weights")[0]:
        if weight.layer in chosen and weight.op in _LAYERS:
            codes, grid = low_bit_codes(weight.values, weight.axis, config.levels)
            store_affine(graph, weight.name, codes, grid)
            stored += 1
    bits = 1 if config.levels == "binary" else 2
    note = f"{stored} layers hold {config.levels} weights in {bits} bit; they run as float, so nothing gets faster"
    return state.as_graph(graph, skipped, (note,))


def low_bit_codes(values: np.ndarray, axis: int, levels: str) -> tuple[np.ndarray, Grid]:
    """Codes and grid of the binary (XNOR-Net) or ternary (TWN) approximation, one scale per channel of ``axis``.

    >>> import numpy as np
    >>> codes, grid = low_bit_codes(np.array([[3.0, -1.0, 0.1, -2.9]]), 0, "ternary")
    >>> codes.tolist(), float(grid.scale.item())
    ([[1, 0, 0, -1]], 2.95)
    """
    import numpy as np

    from .affine import Grid

    others = tuple(i for i in range(values.ndim) if i != axis)
    size = np.abs(values)
    if levels == "binary":
        scale = size.mean(axis=others, keepdims=True)
        return (values >= 0).astype(np.int64), Grid(1, 2 * np.where(scale > 0, scale, 1), np.array(0.5), 0, 1)
    large = size > TERNARY_SHARE * size.mean(axis=others, keepdims=True)
    scale = (size * large).sum(axis=others, keepdims=True) / np.maximum(large.sum(axis=others, keepdims=True), 1)
    codes = (np.sign(values) * large).astype(np.int64)
    return codes, Grid(2, np.where(scale > 0, scale, 1), np.zeros_like(scale), -1, 1)


def _fine_tuned(state: ModelState, config: LowBitWeights, context: Context, chosen: set[str]) -> ModelProto:
    import torch

    from ...model.save import to_onnx
    from .straight_through import Through, folded, trained_through, weighted

    module = folded(state)

    def project(weight: torch.Tensor) -> torch.Tensor:
        codes, grid = low_bit_codes(weight.detach().numpy(), 0, config.levels)
        return torch.from_numpy(grid.real(codes))

    rounding = {
        name: Through(project, config.levels)
        for name, layer in weighted(module).items()
        if name in chosen and not isinstance(layer, torch.nn.modules.conv._ConvTransposeNd)
    }
    trained = trained_through(
        module,
        rounding,
        config,
        context,
        what=f"{config.levels} weights",
        distill=config.distill,
        keep_zeros=bool(state.masks) and config.levels == "ternary",
    )
    return to_onnx(trained, state.inputs)

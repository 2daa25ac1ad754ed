"""P1: magnitude pruning. The smallest weights become zero; the LARGE ones stay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...records import Skip
from ..layer_choice import check_patterns, matches
from ..registry import technique
from ..sensitivity import sensitivity, shares_of_zeros
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from ..weight_masks import joined, keep_masks, zero
from ..weighted_layers import prunable_weights

if TYPE_CHECKING:
    from onnx import ModelProto
    from torch import nn

Losses = dict[str, dict[float, float]]
"""Weight to share of zeros to loss."""

GRID = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98)
SAMPLES = 256
_RECURRENT = ("LSTM", "GRU", "RNN")
_WEIGHTED = ("Conv", "ConvTranspose", "Gemm", "MatMul", *_RECURRENT)
NOTE = "zeros make the packed file smaller; dense kernels do not run faster with them"


@dataclass(frozen=True)
class MagnitudePruning(TrainingKnobs):
    """Knobs of magnitude pruning; those of training are for fine-tuning with the zeros held."""

    sparsity: float = knob(0.5, "Share of the weights that become zero.", min=0, max=0.999)
    threshold: float | None = knob(
        None, "Zero everything smaller than this instead; overrides sparsity.", min=0, max=1e6
    )
    scope: str = knob(
        "global",
        "One limit for all layers, one share in each, or a share for each layer by what it costs on calibration data.",
        choices=("global", "local", "sensitivity"),
    )
    ramp: str = knob(
        "one-shot",
        "All at once, or in rising steps with training between.",
        choices=("one-shot", "iterative", "gradual"),
    )
    stages: int = knob(3, "Number of rising steps.", unit="steps", min=1, max=100, advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning with the zeros held; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)
    distill: bool = knob(True, "Fine-tune towards the original's outputs, where it is a module.")
    exclude: list[str] = knob([], "Layers left alone, by name or pattern (stem*).", advanced=True)
    min_weights: int = knob(
        64,
        "Layers with fewer weights are left alone, where there are larger ones.",
        unit="weights",
        min=0,
        max=10**9,
        advanced=True,
    )

    def needs(self) -> tuple[Need, ...]:
        """Data only for fine-tuning, and for a choice by sensitivity."""
        return (Need.LABELS,) if self.epochs or self.by_sensitivity else ()

    @property
    def by_sensitivity(self) -> bool:
        """Whether every layer gets a share of its own."""
        return self.scope == "sensitivity" and self.threshold is None

    @property
    def idempotent(self) -> bool:
        """The zeros are the smallest weights of the second time too; a sensitivity is measured anew."""
        return not (self.epochs or self.by_sensitivity)

    def passes(self, train_samples: int) -> float:
        """Sample passes of fine-tuning: one epoch after every step of the ramp, all of them after the last."""
        steps = len(_targets(self))
        return super().passes(train_samples) * (1 + (steps - 1) / max(1, self.epochs))


@technique(
    "magnitude-pruning",
    name="Magnitude pruning",
    family="pruning",
    covers=("P1", "P8"),
    summary="Sets the smallest weights to zero and fine-tunes the rest; smaller packed, not faster.",
    paper="Han, Pool, Tran, Dally: Learning both Weights and Connections, 2015 (arXiv:1506.02626); "
    "cubic schedule: Zhu, Gupta 2017 (arXiv:1710.01878)",
    config=MagnitudePruning,
    takes=Takes.EITHER,
    changes=(Effect.MASKS, Effect.WEIGHTS),
)
def magnitude_pruning(state: ModelState, config: MagnitudePruning, context: Context) -> ModelState:
    """Zero the weights with the smallest absolute value, at once or along a schedule."""
    if state.module is None and (config.epochs or config.by_sensitivity):
        state = state.as_module()
    if state.module is None:
        return _on_graph(state, config)
    targets = _targets(config)
    losses = _losses(state.module, config, context) if config.by_sensitivity else None
    for number, target in enumerate(targets):
        context.cancel.check()
        state = _on_module(state, config, target, losses)
        if config.epochs:
            state = _fine_tuned(state, config, context, config.epochs if number == len(targets) - 1 else 1)
    notes = [NOTE]
    if losses is not None:
        shares = ", ".join(
            f"{name.removesuffix('.weight')} {float((~m).float().mean()):.2f}" for name, m in state.masks.items()
        )
        notes.append(f"share of zeros by what each layer costs on calibration data: {shares}")
    return replace(state, notes=(*state.notes, *notes))


def _losses(module: nn.Module, config: MagnitudePruning, context: Context) -> Losses:
    """The loss with one layer alone pruned to each share of the grid."""
    names, _ = prunable_weights(module, "magnitude-pruning", exclude=config.exclude, min_weights=config.min_weights)
    grid = sorted({*GRID, max(config.sparsity, GRID[-1])})
    found = sensitivity(module, context, sparsities=grid, bits=(), samples=SAMPLES, names=list(names))
    losses: Losses = {name: {0.0: found.loss} for name in names}
    for row in found.rows:
        losses[f"{row.layer}.weight" if f"{row.layer}.weight" in losses else row.layer][row.amount] = row.loss
    return losses


def _targets(config: MagnitudePruning) -> list[float]:
    """Sparsities to go through: one, equal steps, or Zhu and Gupta's cubic ramp."""
    if config.ramp == "one-shot" or config.threshold is not None:
        return [config.sparsity]
    share = [(i + 1) / config.stages for i in range(config.stages)]
    if config.ramp == "gradual":
        share = [1 - (1 - s) ** 3 for s in share]
    return [config.sparsity * s for s in share]


def _on_module(state: ModelState, config: MagnitudePruning, sparsity: float, losses: Losses | None) -> ModelState:
    import copy

    module = copy.deepcopy(state.module)
    assert module is not None
    weights, skipped = prunable_weights(
        module, "magnitude-pruning", exclude=config.exclude, min_weights=config.min_weights
    )
    sizes = {name: np.abs(tensor.detach().cpu().numpy()) for name, tensor in weights.items()}
    if losses is None:
        kept = keep_masks(sizes, sparsity, config.threshold, config.scope)
    else:
        shares = shares_of_zeros(losses, {name: size.size for name, size in sizes.items()}, sparsity)
        kept = {name: keep_masks({name: size}, shares[name], None, "local")[name] for name, size in sizes.items()}
    masks, _ = joined(state.masks, zero(weights, kept))
    known = {item.layer for item in state.skipped}
    more = tuple(item for item in skipped if item.layer not in known)
    return replace(state, module=module, masks=masks, skipped=(*state.skipped, *more))


def _fine_tuned(state: ModelState, config: MagnitudePruning, context: Context, epochs: int) -> ModelState:
    from ..losses import SoftLabels, suited
    from ..training import train

    assert state.module is not None
    teacher = context.teacher if config.distill else None
    module = train(
        state.module,
        replace(config, epochs=epochs),
        context,
        what="fine-tuning",
        soft=None if teacher is None else suited(SoftLabels(), context, "magnitude-pruning"),
        masks=state.masks,
        teacher=teacher,
    )
    return replace(state, module=module)


def _on_graph(state: ModelState, config: MagnitudePruning) -> ModelState:
    """Weights of an ONNX graph, without training."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.ModelProto()
    graph.CopyFrom(state.onnx)
    owners = _owners(graph)
    check_patterns(config.exclude, owners.values(), "magnitude-pruning")
    tensors = {t.name: t for t in graph.graph.initializer if t.name in owners and len(t.dims) > 1}
    largest = max((int(np.prod(tensor.dims)) for tensor in tensors.values()), default=0)
    least = config.min_weights if largest >= config.min_weights else 0  # a linear model is small as a whole
    arrays = {
        name: numpy_helper.to_array(tensor)
        for name, tensor in tensors.items()
        if tensor.data_type == onnx.TensorProto.FLOAT
        and np.prod(tensor.dims) >= least
        and not matches(owners[name], config.exclude)
    }
    skipped = [Skip(owners[n], "excluded, too few weights, or not float32") for n in tensors if n not in arrays]
    sizes = {name: np.abs(array) for name, array in arrays.items()}
    for name, mask in keep_masks(sizes, config.sparsity, config.threshold, config.scope).items():
        kept = np.where(mask, arrays[name], np.float32(0))
        tensors[name].CopyFrom(numpy_helper.from_array(kept, name))
    return replace(state, onnx=graph, skipped=(*state.skipped, *skipped), notes=(*state.notes, NOTE))


def _owners(graph: ModelProto) -> dict[str, str]:
    """Weight initializers and the readable name of the convolution or matrix product that owns them."""
    from ...model.module_builder import readable_name

    known = {tensor.name for tensor in graph.graph.initializer}
    owners: dict[str, str] = {}
    for node in graph.graph.node:
        if node.op_type in _WEIGHTED:
            for name in node.input[1:3] if node.op_type in _RECURRENT else node.input[:2]:
                if name in known:
                    owners.setdefault(name, readable_name(node))
    return owners

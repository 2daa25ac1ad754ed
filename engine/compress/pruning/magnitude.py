"""P1: magnitude pruning. The smallest weights become zero; the LARGE ones stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob

if TYPE_CHECKING:
    import torch

NOTE = "zeros make the packed file smaller; dense kernels do not run faster with them"


@dataclass(frozen=True)
class MagnitudePruning:
    """Knobs of magnitude pruning."""

    sparsity: float = knob(0.5, "Share of the weights that become zero.", min=0, max=0.999)
    threshold: float | None = knob(
        None, "Zero everything smaller than this instead; overrides sparsity.", min=0, max=1e6
    )
    scope: str = knob("global", "One limit for all layers, or one share in each.", choices=("global", "local"))
    schedule: str = knob(
        "one-shot",
        "All at once, or in rising steps with training between.",
        choices=("one-shot", "iterative", "gradual"),
    )
    stages: int = knob(3, "Number of rising steps.", min=1, max=100, advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning with the zeros held; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.01, "Peak of the fine-tuning schedule.", min=1e-7, max=10)
    distill: bool = knob(True, "Fine-tune towards the original's outputs, where it is a module.")
    batch_size: int = knob(128, "Samples per step.", unit="samples", min=2, max=65_536, advanced=True)
    min_weights: int = knob(64, "Layers with fewer weights are left alone.", min=0, max=10**9, advanced=True)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Data only for fine-tuning."""
        return (Need.LABELS, Need.DATA) if self.epochs else ()


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
    if state.module is None and config.epochs:
        from ...model.onnx_to_torch import to_module

        assert state.onnx is not None
        state = replace(state, module=to_module(state.onnx), onnx=None)
    if state.module is None:
        return _on_graph(state, config)
    targets = _targets(config)
    for number, target in enumerate(targets):
        context.cancel.check()
        state = _on_module(state, config, target)
        if config.epochs:
            state = _fine_tuned(state, config, context, config.epochs if number == len(targets) - 1 else 1)
    return replace(state, notes=(*state.notes, NOTE))


def _targets(config: MagnitudePruning) -> list[float]:
    """Sparsities to go through: one, equal steps, or Zhu and Gupta's cubic ramp."""
    if config.schedule == "one-shot" or config.threshold is not None:
        return [config.sparsity]
    share = [(i + 1) / config.stages for i in range(config.stages)]
    if config.schedule == "gradual":
        share = [1 - (1 - s) ** 3 for s in share]
    return [config.sparsity * s for s in share]


def keep_masks(
    weights: Mapping[str, np.ndarray], sparsity: float, threshold: float | None, scope: str
) -> dict[str, np.ndarray]:
    """Which weights stay (True): the large ones.

    Args:
        weights: arrays by name.
        sparsity: share that goes.
        threshold: absolute value below which weights go; None = by sparsity.
        scope: ``global`` ranks all weights together, ``local`` within each array.

    Returns:
        Boolean arrays; exactly ``floor(sparsity * n)`` are False (ties are broken by position).
    """
    if threshold is not None:
        return {name: np.abs(w) >= threshold for name, w in weights.items()}
    if scope == "local":
        return {name: _largest(np.abs(w), sparsity) for name, w in weights.items()}
    if not weights:
        return {}
    together = _largest(np.concatenate([np.abs(w).reshape(-1) for w in weights.values()]), sparsity)
    masks, position = {}, 0
    for name, w in weights.items():
        masks[name] = together[position : position + w.size].reshape(w.shape)
        position += w.size
    return masks


def _largest(magnitude: np.ndarray, sparsity: float) -> np.ndarray:
    flat = magnitude.reshape(-1)
    keep = np.ones(flat.size, dtype=bool)
    keep[np.argsort(flat, kind="stable")[: int(sparsity * flat.size)]] = False
    return keep.reshape(magnitude.shape)


def _on_module(state: ModelState, config: MagnitudePruning, sparsity: float) -> ModelState:
    import copy

    import torch
    from torch import nn

    module = copy.deepcopy(state.module)
    assert module is not None
    parameters: dict[str, torch.Tensor] = {}
    skipped = []
    for name, layer in module.named_modules():
        weight: Any = getattr(layer, "weight", None)
        if not isinstance(layer, (nn.Linear, nn.modules.conv._ConvNd)) or weight is None:
            continue
        if weight.numel() < config.min_weights:
            skipped.append(Skip(name, f"only {weight.numel()} weights"))
            continue
        parameters[f"{name}.weight" if name else "weight"] = weight
    arrays = {name: tensor.detach().cpu().numpy() for name, tensor in parameters.items()}
    masks = {
        name: torch.from_numpy(mask)
        for name, mask in keep_masks(arrays, sparsity, config.threshold, config.scope).items()
    }
    with torch.no_grad():
        for name, tensor in parameters.items():
            tensor.mul_(masks[name])
    known = {item.layer for item in state.skipped}
    return replace(
        state, module=module, masks=masks, skipped=(*state.skipped, *(s for s in skipped if s.layer not in known))
    )


def _fine_tuned(state: ModelState, config: MagnitudePruning, context: Context, epochs: int) -> ModelState:
    from ..training import TrainingPlan, cross_entropy, distillation, train

    assert state.module is not None
    plan = TrainingPlan(epochs=epochs, learning_rate=config.learning_rate, batch_size=config.batch_size)
    teacher = context.teacher if config.distill else None
    loss = cross_entropy() if teacher is None else distillation(4.0, 0.9, "kl")
    module = train(state.module, plan, loss, context, tag="fine-tuning", masks=state.masks, teacher=teacher)
    return replace(state, module=module)


def _on_graph(state: ModelState, config: MagnitudePruning) -> ModelState:
    """Weights of an ONNX graph, without training."""
    import onnx
    from onnx import numpy_helper

    from ...model.cost import weights as graph_weights

    graph = onnx.ModelProto()
    graph.CopyFrom(state.onnx)
    wanted = {item.name for item in graph_weights(graph)}
    tensors = {t.name: t for t in graph.graph.initializer if t.name in wanted and len(t.dims) > 1}
    arrays = {
        name: numpy_helper.to_array(t)
        for name, t in tensors.items()
        if t.data_type == onnx.TensorProto.FLOAT and np.prod(t.dims) >= config.min_weights
    }
    skipped = [Skip(name, "too few weights, or not float32") for name in tensors if name not in arrays]
    for name, mask in keep_masks(arrays, config.sparsity, config.threshold, config.scope).items():
        tensors[name].CopyFrom(numpy_helper.from_array(arrays[name] * mask, name))
    return replace(state, onnx=graph, skipped=(*state.skipped, *skipped), notes=(*state.notes, NOTE))

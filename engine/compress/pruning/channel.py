"""P4: channel pruning. Channels and everything that depends on them leave; the model really gets smaller and faster."""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...errors import TechniqueError
from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob

if TYPE_CHECKING:
    import torch
    from torch import nn

TAYLOR_BATCHES = 8
BATCH = 64


@dataclass(frozen=True)
class ChannelPruning:
    """Knobs of channel pruning."""

    ratio: float = knob(0.5, "Share of the channels that leave.", min=0, max=0.95)
    importance: str = knob(
        "l2",
        "What makes a channel important; random is a control.",
        choices=("l1", "l2", "taylor", "bn-scale", "random"),
    )
    scope: str = knob(
        "local", "The same share in every layer, or the least important of all.", choices=("local", "global")
    )
    round_to: int = knob(8, "Channel counts stay multiples of this; kernels like multiples of 8.", min=1, max=128)
    stages: int = knob(1, "Prune in this many rising steps.", min=1, max=50, advanced=True)
    epochs: int = knob(0, "Passes of fine-tuning on the labels afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak of the fine-tuning schedule.", min=1e-7, max=10)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Data for fine-tuning and for Taylor importance."""
        wanted: tuple[Need, ...] = (Need.LABELS, Need.DATA) if self.epochs else ()
        return (*wanted, Need.LABELS, Need.GRADIENTS) if self.importance == "taylor" else wanted


@technique(
    "channel-pruning",
    name="Channel pruning",
    family="pruning",
    covers=("P4",),
    summary="Removes whole channels with everything that depends on them; smaller and faster, then needs fine-tuning.",
    paper="Li et al.: Pruning Filters for Efficient ConvNets, 2017 (arXiv:1608.08710); dependency graph: Fang et al., "
    "DepGraph, 2023 (arXiv:2301.12900); Taylor: Molchanov et al. 2019 (arXiv:1906.10771)",
    config=ChannelPruning,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
    destroys=(Effect.MASKS,),
)
def channel_pruning(state: ModelState, config: ChannelPruning, context: Context) -> ModelState:
    """Remove the least important channels along the dependency graph, in one or several rising steps."""
    import torch

    assert state.module is not None
    module = copy.deepcopy(state.module).eval()
    examples = tuple(_example(item.shape, item.dtype) for item in state.inputs)
    before = {name: _width(layer) for name, layer in module.named_modules() if _width(layer) is not None}
    torch.manual_seed(context.seed)
    _prune(module, examples, config, context)
    skipped = _left_alone(module, before, config)
    with torch.no_grad():
        module(*examples)
    state = replace(state, module=module, masks={}, skipped=(*state.skipped, *skipped))
    if config.epochs:
        state = _fine_tuned(state, config, context)
    return state


def _prune(module: nn.Module, examples: tuple[torch.Tensor, ...], config: ChannelPruning, context: Context) -> None:
    import torch_pruning as tp

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pruner = tp.pruner.BasePruner(
                module,
                examples if len(examples) > 1 else examples[0],
                importance=_importance(config.importance),
                pruning_ratio=config.ratio,
                global_pruning=config.scope == "global",
                round_to=config.round_to,
                iterative_steps=config.stages,
                ignored_layers=_output_layers(module, examples),
            )
            for _ in range(config.stages):
                context.cancel.check()
                if config.importance == "taylor":
                    _accumulate_gradients(module, context)
                pruner.step()
    except (ValueError, RuntimeError, AttributeError, IndexError, KeyError, AssertionError) as error:
        raise TechniqueError(
            "not-prunable",
            f"the dependencies of this network cannot be followed: {str(error)[:200] or type(error).__name__}",
            "leave channel-pruning out of the recipe, or give the network as PyTorch code",
        ) from None
    finally:
        module.zero_grad(set_to_none=True)


def _importance(kind: str) -> Any:
    import torch_pruning as tp

    if kind == "taylor":
        return tp.importance.GroupTaylorImportance()
    if kind == "bn-scale":
        return tp.importance.BNScaleImportance()
    if kind == "random":
        return tp.importance.RandomImportance()
    return tp.importance.GroupMagnitudeImportance(p=1 if kind == "l1" else 2)


def _accumulate_gradients(module: nn.Module, context: Context) -> None:
    """Gradients of the loss over a few calibration batches, with batch statistics frozen."""
    import torch
    from torch.nn.functional import cross_entropy

    from ...model.data import TRAIN

    if context.data is None or context.data.count(TRAIN) == 0:
        raise TechniqueError("needs-data", "Taylor importance needs labelled data", "give --data, or importance: l2")
    module.zero_grad(set_to_none=True)
    for batch in context.data.batches(TRAIN, BATCH, seed=context.seed, limit=BATCH * TAYLOR_BATCHES):
        context.cancel.check()
        outputs = module(*(torch.from_numpy(item) for item in batch.inputs))
        cross_entropy(outputs, torch.from_numpy(batch.labels).long()).backward()  # type: ignore[no-untyped-call]


def _output_layers(module: nn.Module, examples: tuple[torch.Tensor, ...]) -> list[nn.Module]:
    """Layers whose result is the model's output: their width is the number of classes and stays."""
    import torch

    seen: list[tuple[nn.Module, torch.Tensor]] = []
    hooks = [
        layer.register_forward_hook(lambda owner, inputs, output: seen.append((owner, output)))
        for layer in module.modules()
        if _width(layer) is not None
    ]
    with torch.no_grad():
        result = module(*examples)
    for hook in hooks:
        hook.remove()
    outputs = [item for item in (result if isinstance(result, (tuple, list)) else [result]) if torch.is_tensor(item)]
    sizes = {item.shape[1] if item.dim() > 1 else item.shape[0] for item in outputs}
    found = [owner for owner, output in seen if any(output is item for item in outputs)]
    return found or [owner for owner, output in seen[-1:] if output.shape[1] in sizes]


def _width(layer: nn.Module) -> int | None:
    from torch import nn

    if isinstance(layer, nn.modules.conv._ConvNd):
        return layer.out_channels
    return layer.out_features if isinstance(layer, nn.Linear) else None


def _left_alone(module: nn.Module, before: dict[str, int | None], config: ChannelPruning) -> list[Skip]:
    """Layers that kept their width although channels were to leave, with the reason."""
    after = {name: _width(layer) for name, layer in module.named_modules()}
    names = list(before)
    skipped = []
    for name in names:
        width = before[name]
        if config.ratio == 0 or width is None or after.get(name) != width:
            continue
        if name == names[-1]:
            reason = "its width is the model's output"
        elif width <= config.round_to:
            reason = f"{width} channels are not more than round_to = {config.round_to}"
        else:
            reason = "a layer that depends on it cannot change its width"
        skipped.append(Skip(name, reason))
    return skipped


def _example(shape: tuple[int | None, ...], dtype: str) -> torch.Tensor:
    import torch

    sizes = [1 if size is None else size for size in shape]
    kind = getattr(torch, dtype)
    if kind.is_floating_point:
        generator = torch.Generator().manual_seed(0)
        return torch.randn(sizes, generator=generator).to(kind)
    return torch.zeros(sizes, dtype=kind)


def _fine_tuned(state: ModelState, config: ChannelPruning, context: Context) -> ModelState:
    from ..training import TrainingPlan, cross_entropy, train

    assert state.module is not None
    plan = TrainingPlan(epochs=config.epochs, learning_rate=config.learning_rate)
    return replace(state, module=train(state.module, plan, cross_entropy(), context, tag="fine-tuning"))

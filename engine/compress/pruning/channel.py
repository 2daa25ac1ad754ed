"""P4: channel pruning. Channels and everything that depends on them leave; the model really gets smaller and faster."""

from __future__ import annotations

import copy
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...errors import TechniqueError
from ...model.save import example_inputs
from ...records import Skip
from ..layer_choice import check_patterns, matches
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    import torch
    from torch import nn

TAYLOR_BATCHES = 8
BATCH = 64


@dataclass(frozen=True)
class ChannelPruning(TrainingKnobs):
    """Knobs of channel pruning; those of training are for fine-tuning afterwards."""

    ratio: float = knob(0.5, "Share of the channels that leave.", min=0, max=0.95)
    importance: str = knob(
        "l2",
        "What makes a channel important; random is a control.",
        choices=("l1", "l2", "taylor", "bn-scale", "random"),
    )
    scope: str = knob(
        "local", "The same share in every layer, or the least important of all.", choices=("local", "global")
    )
    round_to: int = knob(
        8, "Channel counts stay multiples of this; kernels like multiples of 8.", unit="channels", min=1, max=128
    )
    exclude: list[str] = knob([], "Layers whose channels all stay, by name or pattern (stem*).", advanced=True)
    stages: int = knob(
        1,
        "Prune in this many rising steps, fine-tuning after each where epochs are given.",
        unit="steps",
        min=1,
        max=50,
    )
    epochs: int = knob(0, "Passes of fine-tuning on the labels afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.02, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for fine-tuning and for Taylor importance."""
        if self.importance == "taylor":
            return (Need.LABELS, Need.GRADIENTS)
        return (Need.LABELS,) if self.epochs else ()


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
    assert state.module is not None
    examples = example_inputs(state.inputs)
    before = {name: width for name, layer in state.module.named_modules() if (width := _width(layer)) is not None}
    check_patterns(config.exclude, before, "channel-pruning")
    module = state.module
    for stage in range(1, config.stages + 1):
        context.cancel.check()
        module = copy.deepcopy(module).eval()
        _prune(module, examples, before, stage / config.stages, config, context)
        if config.epochs:
            module = _fine_tuned(module, config, context)
    skipped = _left_alone(module, before, config)
    kept = sum(_width(layer) or 0 for layer in module.modules())
    note = f"{sum(before.values()) - kept} of {sum(before.values())} channels left"
    return replace(state, module=module, masks={}, skipped=(*state.skipped, *skipped), notes=(*state.notes, note))


def _prune(
    module: nn.Module,
    examples: tuple[torch.Tensor, ...],
    original: dict[str, int],
    share: float,
    config: ChannelPruning,
    context: Context,
) -> None:
    """Prune so far that ``share`` of the wanted ratio of the original channels is gone."""
    import torch
    import torch_pruning as tp

    ratios = {}
    for name, layer in module.named_modules():
        if name in original:
            left = original[name] * (1 - config.ratio * share)
            ratios[layer] = max(0.0, 1 - left / (_width(layer) or 1))
    kept = [layer for name, layer in module.named_modules() if name in original and matches(name, config.exclude)]
    torch.manual_seed(context.seed)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if config.importance == "taylor":
                _accumulate_gradients(module, context)
            pruner = tp.pruner.BasePruner(
                module,
                examples if len(examples) > 1 else examples[0],
                importance=_importance(config.importance),
                pruning_ratio=max(ratios.values()),
                pruning_ratio_dict={} if config.scope == "global" else ratios,
                max_pruning_ratio=0.95,
                global_pruning=config.scope == "global",
                round_to=config.round_to,
                ignored_layers=[*_output_layers(module, examples), *kept],
            )
            pruner.step()
            with torch.no_grad():
                module(*examples)
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


def _left_alone(module: nn.Module, before: dict[str, int], config: ChannelPruning) -> list[Skip]:
    """Layers that kept their width although channels were to leave, with the reason."""
    after = {name: _width(layer) for name, layer in module.named_modules()}
    names = list(before)
    skipped = []
    for name in names:
        width = before[name]
        if config.ratio == 0 or after.get(name) != width:
            continue
        if matches(name, config.exclude):
            reason = "excluded by the recipe"
        elif name == names[-1]:
            reason = "its width is the model's output"
        elif width <= config.round_to:
            reason = f"{width} channels are not more than round_to = {config.round_to}"
        else:
            reason = "a layer that depends on it cannot change its width"
        skipped.append(Skip(name, reason))
    return skipped


def _fine_tuned(module: nn.Module, config: ChannelPruning, context: Context) -> nn.Module:
    from ..training import train

    return train(module, config, context, what="fine-tuning")

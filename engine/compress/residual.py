"""Blocks that can be left out of a network: what comes in could go on as what comes out.

A network of modules has them as modules. A network that was read from a file is one flat graph; there a block is what is added
to its own input, see :mod:`engine.compress.residual_graph`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from ..model.save import example_inputs
from ..records import TensorSpec
from . import residual_graph
from .weighted_layers import replace_layer

if TYPE_CHECKING:
    from torch import Tensor, nn

MOST = 0.9
"""A block with a larger share of the weights is the network, not a part of it."""


def removable_blocks(module: nn.Module, inputs: Sequence[TensorSpec]) -> tuple[str, ...]:
    """Modules made of others, with weights, called once with one tensor and giving one of the same shape.

    Of blocks inside one another the outer ones are named, unless the outer one holds nearly all weights of the network.
    """
    import torch
    from torch import fx

    if isinstance(module, fx.GraphModule):
        return tuple(residual_graph.sections(module, inputs, MOST))

    calls: dict[str, list[bool]] = {}

    def watch(name: str) -> Any:
        def hook(layer: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            tensors = [item for item in (*args, *kwargs.values()) if torch.is_tensor(item)]
            same = len(tensors) == 1 and torch.is_tensor(output)
            calls.setdefault(name, []).append(
                same and tensors[0].shape == output.shape and tensors[0].dtype == output.dtype
            )

        return hook

    whole = sum(parameter.numel() for parameter in module.parameters())
    with ExitStack() as hooks, torch.no_grad():
        for name, layer in module.named_modules():
            own = sum(parameter.numel() for parameter in layer.parameters())
            made_of = sum(1 for child in layer.children() if any(True for _ in child.parameters()))
            if name and 0 < own < MOST * whole and made_of > 1:
                hooks.enter_context(layer.register_forward_hook(watch(name), with_kwargs=True))
        module.eval()(*example_inputs(inputs, batch=2))
    good = [name for name, seen in calls.items() if seen == [True]]
    stacks = {name for name in good if _is_stack(module.get_submodule(name), name, good)}
    good = [name for name in good if name not in stacks]
    return tuple(
        name
        for name in dict(module.named_modules())
        if name in good and not any(name.startswith(f"{o}.") for o in good)
    )


def _is_stack(layer: nn.Module, name: str, good: Sequence[str]) -> bool:
    """A container whose members are blocks themselves: they leave one by one."""
    children = [child for child, item in layer.named_children() if any(True for _ in item.parameters())]
    return all(f"{name}.{child}" in good for child in children)


def without_blocks(module: nn.Module, names: Iterable[str]) -> nn.Module:
    """A copy in which these blocks hand on what they get."""
    from torch import fx, nn

    module = copy.deepcopy(module)
    if isinstance(module, fx.GraphModule):
        return residual_graph.without(module, names).eval()
    for name in names:
        replace_layer(module, name, nn.Identity())
    return module.eval()


def ports(module: nn.Module, names: Sequence[str], batch: Sequence[Tensor]) -> dict[str, tuple[Tensor, Tensor]]:
    """Input and output of blocks for one batch."""
    import torch
    from torch import fx

    if isinstance(module, fx.GraphModule):
        return residual_graph.ports(module, names, batch)
    found: dict[str, tuple[Tensor, Tensor]] = {}

    def watch(name: str) -> Any:
        def hook(layer: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            found[name] = (args[0], output)

        return hook

    with ExitStack() as hooks, torch.no_grad():
        for name in names:
            hooks.enter_context(module.get_submodule(name).register_forward_hook(watch(name)))
        module(*batch)
    return found

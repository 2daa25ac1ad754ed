"""A1: activation replacement. Functions that are dear on small boards become cheap ones; fine-tuning makes up for it."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...records import Skip
from ..layer_choice import matches
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs
from ..weighted_layers import replace_layer

if TYPE_CHECKING:
    from torch import nn

FROM = ("all", "gelu", "silu", "hardswish", "sigmoid", "tanh", "elu", "leaky_relu", "mish", "softplus")
TO = ("auto", "relu", "relu6", "hardswish", "hardsigmoid", "hardtanh")
_KINDS = {
    "gelu": "GELU", "silu": "SiLU", "hardswish": "Hardswish", "sigmoid": "Sigmoid", "tanh": "Tanh", "elu": "ELU",
    "leaky_relu": "LeakyReLU", "mish": "Mish", "softplus": "Softplus", "relu": "ReLU", "relu6": "ReLU6",
    "hardsigmoid": "Hardsigmoid", "hardtanh": "Hardtanh",
}  # fmt: skip
_AUTO = {"sigmoid": "hardsigmoid", "tanh": "hardtanh", "gelu": "hardswish", "silu": "hardswish", "mish": "hardswish"}


@dataclass(frozen=True)
class ActivationReplacement(TrainingKnobs):
    """Knobs of activation replacement; those of training are for fine-tuning afterwards."""

    replace: str = knob("all", "Which activations are replaced.", choices=FROM)
    by: str = knob(
        "auto",
        "What takes their place; auto is the nearest: hardswish for GELU, SiLU, Mish, the hard form of sigmoid and tanh, "
        "else ReLU.",
        choices=TO,
    )
    exclude: list[str] = knob([], "Activations left alone, by name or pattern (head*).", advanced=True)
    epochs: int = knob(2, "Passes of fine-tuning afterwards; 0 = none.", unit="epochs", min=0, max=10_000)
    learning_rate: float = knob(0.01, "Peak learning rate of fine-tuning.", min=0, max=10)

    def needs(self) -> tuple[Need, ...]:
        """Labels for fine-tuning."""
        return (Need.LABELS,) if self.epochs else ()

    @property
    def idempotent(self) -> bool:
        """What was replaced is not there a second time; then nothing is trained either."""
        return True


@technique(
    "activation-replacement",
    name="Activation replacement",
    family="activation",
    covers=("A1",),
    summary="Replaces GELU, SiLU, sigmoid and the like by functions that small boards compute fast; weights stay.",
    paper="Howard et al.: Searching for MobileNetV3, 2019 (arXiv:1905.02244), section 5.2: hard-swish",
    config=ActivationReplacement,
    takes=Takes.TORCH,
    changes=(Effect.STRUCTURE, Effect.WEIGHTS),
)
def activation_replacement(state: ModelState, config: ActivationReplacement, context: Context) -> ModelState:
    """Replace activation modules, and functions where the network can be traced; then fine-tune."""
    assert state.module is not None
    module, done = replaced_modules(copy.deepcopy(state.module), config)
    module, called, skipped = _replaced_calls(module, config)
    count = len(done) + called
    if config.epochs and count:
        from ..training import train

        module = train(module, config, context, what="fine-tuning", masks=state.masks)
    there = ", ".join(sorted(_kinds_in(state.module)))
    if count:
        note = f"{count} activations replaced"
    elif there:
        note = f"no activation of that kind was found; the network has {there}"
    else:
        note = "no activation of that kind was found"
    return replace(state, module=module.eval(), skipped=(*state.skipped, *skipped), notes=(*state.notes, note))


def _kinds_in(module: nn.Module) -> set[str]:
    """Kinds of activations among the layers."""
    from torch import nn

    types = {type(layer) for layer in module.modules()}
    return {word for word, known in _KINDS.items() if getattr(nn, known) in types}


def replaced_modules(module: nn.Module, config: ActivationReplacement) -> tuple[nn.Module, list[str]]:
    """Change modules in place; returns the names of those that were changed."""
    from torch import nn

    done = []
    for name, layer in list(module.named_modules()):
        kind = next((word for word, known in _KINDS.items() if type(layer) is getattr(nn, known)), None)
        wanted = None if kind is None or matches(name, config.exclude) else _wanted(kind, config)
        if wanted is not None and name:
            replace_layer(module, name, getattr(nn, _KINDS[wanted])())
            done.append(name)
    return module, done


def _wanted(kind: str, config: ActivationReplacement) -> str | None:
    """What takes the place of an activation; None where it stays."""
    if kind not in FROM or config.replace not in ("all", kind):
        return None
    wanted = _AUTO.get(kind, "relu") if config.by == "auto" else config.by
    if config.replace == "all" and kind == "hardswish" and config.by == "auto":
        return None  # cheap already
    return None if wanted == kind else wanted


def _replaced_calls(module: nn.Module, config: ActivationReplacement) -> tuple[nn.Module, int, list[Skip]]:
    """Functions in a traced copy; a network that cannot be traced keeps its functions and says so."""
    import torch
    from torch import fx
    from torch.nn import functional

    if not any(_calls(layer) for layer in module.modules()):
        return module, 0, []
    try:
        traced = module if isinstance(module, fx.GraphModule) else fx.symbolic_trace(module)
    except Exception as error:  # whatever the network's own code raises on proxies
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        return module, 0, [Skip("(functions)", f"activations called as functions stay: {reason[:160]}")]
    functions: dict[Any, str] = {}
    for word in _KINDS:
        for place in (functional, torch, torch.ops.aten):
            found = getattr(place, word, None)
            if callable(found):
                functions[found] = word
    count = 0
    for node in list(traced.graph.nodes):
        kind = functions.get(node.target) if node.op == "call_function" else None
        if node.op == "call_method" and node.target in ("sigmoid", "tanh"):
            kind = node.target
        wanted = None if kind is None or matches(node.name, config.exclude) else _wanted(kind, config)
        if wanted is None:
            continue
        with traced.graph.inserting_after(node):
            new = traced.graph.call_function(getattr(functional, wanted), (node.args[0],))
        node.replace_all_uses_with(new)
        traced.graph.erase_node(node)
        count += 1
    if not count:
        return module, 0, []
    traced.recompile()
    return traced, count, []


def _calls(layer: nn.Module) -> bool:
    """Does the code of a module name an activation function? Saves a trace where it does not."""
    import inspect

    code = getattr(layer, "code", None)
    if not isinstance(code, str):
        if type(layer).__module__.startswith("torch.nn.modules"):
            return False
        try:
            code = inspect.getsource(type(layer).forward)
        except (OSError, TypeError):
            return True
    return any(word in code for word in FROM[1:])

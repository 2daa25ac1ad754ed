"""Removes heads from attention layers; a removal that does not compute what a silenced head computes is taken back."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.save import example_inputs
from ..records import TensorSpec
from .attention import AttentionLayer, attention_layers
from .teacher import first_output
from .trial_runs import quiet_failures

if TYPE_CHECKING:
    from torch import Tensor, nn

    from .graph_attention import GraphAttention

_CANNOT = (RuntimeError, ValueError, AttributeError, IndexError, KeyError, AssertionError, TypeError)
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Heads:
    """An attention layer whose heads can leave.

    Attributes:
        layer: where it is.
        out: the linear layer that mixes the heads.
        inner: linear layers that make queries, keys and values.
        fused: one layer makes all three.
        size: width of a head.
        graph: where the network came from an ONNX file: the nodes whose sizes follow the heads.
    """

    layer: AttentionLayer
    out: str
    inner: tuple[str, ...]
    fused: bool
    size: int
    graph: GraphAttention | None = None

    @property
    def width(self) -> int:
        """Of all heads together."""
        return self.layer.heads * self.size


def prunable_heads(module: nn.Module, inputs: Sequence[TensorSpec]) -> list[tuple[str, Heads | str]]:
    """Every attention layer by name, with the reason where its heads must stay."""
    from .graph_attention import graph_attention

    layers = attention_layers(module)
    after = _readers(module, inputs, [layer.name for layer in layers if layer.out is None])
    found: list[tuple[str, Heads | str]] = []
    for layer in layers:
        out = layer.out or after.get(layer.name)
        if out is None:
            found.append((layer.name, "the layer that mixes its heads was not found"))
            continue
        found.append((layer.name, _heads(module, replace(layer, out=out), out)))
    for name, item in graph_attention(module, inputs):
        found.append((name, item if isinstance(item, str) else _graph_heads(module, item)))
    return found


def _graph_heads(module: nn.Module, item: GraphAttention) -> Heads | str:
    found = _heads(module, AttentionLayer(item.name, module, item.heads, "", item.inner, item.out), item.out)
    return found if isinstance(found, str) else replace(found, graph=item)


def _heads(module: nn.Module, layer: AttentionLayer, out: str) -> Heads | str:
    from torch import nn

    mixer = module.get_submodule(out)
    if not isinstance(mixer, nn.Linear) or layer.heads < 2 or mixer.in_features % layer.heads:
        return f"its {layer.heads} heads cannot be told apart in the layer that mixes them"
    inner = [module.get_submodule(name) for name in layer.inner]
    sizes = [item.out_features for item in inner if isinstance(item, nn.Linear)]
    width = mixer.in_features
    if sizes == [3 * width]:
        return Heads(layer, out, layer.inner, True, width // layer.heads)
    if sizes == [width] * 3:
        return Heads(layer, out, layer.inner, False, width // layer.heads)
    return "its queries, keys and values are not of one width"


def _readers(module: nn.Module, inputs: Sequence[TensorSpec], names: Sequence[str]) -> dict[str, str]:
    """The linear layer that is given an attention layer's very output, by the attention layer's name."""
    import torch
    from torch import nn

    made: dict[int, tuple[str, Tensor]] = {}
    found: dict[str, str] = {}

    def writes(name: str) -> Any:
        def hook(layer: nn.Module, args: Any, output: Any) -> None:
            tensor = first_output(output)
            made[id(tensor)] = (name, tensor)

        return hook

    def reads(name: str) -> Any:
        def hook(layer: nn.Module, args: Any) -> None:
            if args and id(args[0]) in made:
                found.setdefault(made[id(args[0])][0], name)

        return hook

    with ExitStack() as hooks, torch.no_grad():
        for name, layer in module.named_modules():
            if name in names:
                hooks.enter_context(layer.register_forward_hook(writes(name)))
            if isinstance(layer, nn.Linear):
                hooks.enter_context(layer.register_forward_pre_hook(reads(name)))
        module.eval()(*example_inputs(inputs, batch=2))
    return found


def without_heads(module: nn.Module, heads: Heads, gone: np.ndarray, inputs: Sequence[TensorSpec]) -> nn.Module | str:
    """A copy without some heads of one layer, or why that cannot be.

    The layouts and attributes that networks use are tried in turn; the one that gives the outputs of the network with
    these heads silenced is right.
    """
    import torch

    examples = example_inputs(inputs, batch=2, seed=1)
    with torch.no_grad():
        wanted = first_output(_silenced(module, heads, gone)(*examples))
    why = "the network does not run with fewer heads"
    for owner, sizes in _ways(heads, gone):
        trial = copy.deepcopy(module).eval()
        try:
            with torch.no_grad(), quiet_failures():
                _cut(trial, heads, gone, owner, sizes, inputs)
                got = first_output(trial(*examples))
        except _CANNOT as error:
            why = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            continue
        if got.shape == wanted.shape and float((got - wanted).abs().max()) <= TOLERANCE * (
            1 + float(wanted.abs().max())
        ):
            return trial
        why = "with fewer heads it does not compute what it computes with these heads silenced"
    return why


def _ways(heads: Heads, gone: np.ndarray) -> Iterator[tuple[np.ndarray, dict[str, int]]]:
    """The head of each row of the inner layers, and counts to set, for every layout there is."""
    every = np.repeat(np.arange(heads.layer.heads), heads.size)
    layouts = [np.tile(every, 3), np.repeat(np.arange(heads.layer.heads), 3 * heads.size)] if heads.fused else [every]
    left = heads.layer.heads - len(gone)
    numbers = {
        name: value
        for name, value in ({} if heads.graph is not None else vars(heads.layer.module)).items()
        if type(value) is int and not name.startswith("_") and name != heads.layer.counter
    }
    same_width = {name: left * heads.size for name, value in numbers.items() if value == heads.width}
    same_count = {name: left for name, value in numbers.items() if value == heads.layer.heads}
    for owner in layouts:
        for more in ({}, same_width, same_count, same_width | same_count) if numbers else ({},):
            yield owner, more


def _cut(
    module: nn.Module,
    heads: Heads,
    gone: np.ndarray,
    owner: np.ndarray,
    sizes: dict[str, int],
    inputs: Sequence[TensorSpec],
) -> None:
    import torch
    from torch import nn

    from .graph_attention import shrink

    keep = np.setdiff1d(np.arange(heads.layer.heads), gone)
    if heads.graph is not None:
        shrink(module, heads.graph, dict.fromkeys(heads.inner, owner), len(keep), inputs)
    columns = torch.from_numpy((keep[:, None] * heads.size + np.arange(heads.size)).ravel())
    index = torch.from_numpy(np.flatnonzero(np.isin(owner, keep)))
    for name in heads.inner:
        layer = module.get_submodule(name)
        assert isinstance(layer, nn.Linear)
        layer.weight = nn.Parameter(layer.weight.detach()[index].clone())
        if layer.bias is not None:
            layer.bias = nn.Parameter(layer.bias.detach()[index].clone())
        layer.out_features = len(index)
    mixer = module.get_submodule(heads.out)
    assert isinstance(mixer, nn.Linear)
    mixer.weight = nn.Parameter(mixer.weight.detach()[:, columns].clone())
    mixer.in_features = len(columns)
    if heads.graph is None:
        owning: Any = module.get_submodule(heads.layer.name)
        setattr(owning, heads.layer.counter, len(keep))
        for name, value in sizes.items():
            setattr(owning, name, value)


def _silenced(module: nn.Module, heads: Heads, gone: np.ndarray) -> nn.Module:
    """A copy in which nothing reads these heads."""
    import torch

    work = copy.deepcopy(module).eval()
    mixer: Any = work.get_submodule(heads.out)
    with torch.no_grad():
        for head in gone:
            mixer.weight[:, head * heads.size : (head + 1) * heads.size] = 0
    return work


def head_magnitudes(module: nn.Module, heads: Heads) -> np.ndarray:
    """Euclidean norm of the weights that read each head: its columns in the layer that mixes the heads."""
    mixer: Any = module.get_submodule(heads.out)
    weight = mixer.weight.detach().double().numpy()
    norms: np.ndarray = np.sqrt((weight.reshape(len(weight), heads.layer.heads, heads.size) ** 2).sum(axis=(0, 2)))
    return norms


def head_gradients(
    module: nn.Module, found: Sequence[Heads], run: Callable[[nn.Module], Iterator[Tensor]]
) -> dict[str, np.ndarray]:
    """``E |d loss / d gate|`` of every head (Michel, Levy, Neubig 2019): the gate scales what the head says.

    Args:
        module: not changed but for its gradients, which are cleared.
        found: the layers looked at.
        run: yields the summed loss of one batch after the other.
    """
    sums = {heads.layer.name: np.zeros(heads.layer.heads) for heads in found}
    seen: dict[str, Tensor] = {}

    def keep(name: str) -> Any:
        def hook(layer: nn.Module, args: tuple[Tensor, ...]) -> None:
            args[0].retain_grad()
            seen[name] = args[0]

        return hook

    with ExitStack() as hooks:
        for heads in found:
            hooks.enter_context(module.get_submodule(heads.out).register_forward_pre_hook(keep(heads.layer.name)))
        for loss in run(module):
            loss.backward()  # type: ignore[no-untyped-call]
            for heads in found:
                said = seen[heads.layer.name]
                if said.grad is None:
                    continue
                product = (said.detach() * said.grad).double().reshape(*said.shape[:-1], heads.layer.heads, heads.size)
                per_sample = product.sum(-1).reshape(len(said), -1, heads.layer.heads).sum(1)
                sums[heads.layer.name] += per_sample.abs().sum(0).numpy()
            module.zero_grad(set_to_none=True)
    return sums

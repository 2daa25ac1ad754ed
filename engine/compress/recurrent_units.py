"""Hidden units of recurrent layers: who reads them, and their removal from every gate.

All layers and directions of one ``nn.LSTM``, ``nn.GRU`` or ``nn.RNN`` keep the same number of units, each its own.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from ..model.save import example_inputs
from ..records import TensorSpec
from .teacher import first_output
from .trial_runs import quiet_failures
from .weighted_layers import replace_layer

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOW, _HIGH = 0.25, 0.75  # what units say while the network is probed: inside the range of tanh, on one side of zero
_NORMS = (nn.LayerNorm, nn.modules.batchnorm._BatchNorm)
_READERS = (nn.Linear, nn.modules.conv._ConvNd, nn.RNNBase)
_CANNOT = (RuntimeError, ValueError, AttributeError, IndexError, KeyError, AssertionError, TypeError)
TOLERANCE = 1e-4

Units = Mapping[tuple[int, int], "NDArray[np.int64]"]
"""Units by layer and direction."""


@dataclass(frozen=True)
class Readers:
    """Which input of which layer is which unit.

    Attributes:
        owners: by layer, the unit (direction * hidden + unit) of every input feature, -1 where it is none.
    """

    owners: Mapping[str, NDArray[np.int64]]


def directions(layer: nn.RNNBase) -> int:
    """2 where the layer also reads backwards."""
    return 2 if layer.bidirectional else 1


def places(layer: nn.RNNBase) -> Iterator[tuple[int, int, str]]:
    """Layer, direction and the ending of its parameters' names."""
    for depth in range(layer.num_layers):
        for way in range(directions(layer)):
            yield depth, way, f"l{depth}{'_reverse' if way else ''}"


def readers_of(module: nn.Module, name: str, inputs: Sequence[TensorSpec]) -> Readers | str:
    """Find the layers that read the units by changing one unit after the other; or why units cannot leave."""
    probe = _Probe(copy.deepcopy(module).eval(), name, inputs)
    try:
        with quiet_failures():
            return probe.found()
    except _Mixed as error:
        return str(error)
    except _CANNOT as error:
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]


class _Mixed(Exception):
    """The units cannot be told apart where they are read."""


class _Probe:
    def __init__(self, module: nn.Module, name: str, inputs: Sequence[TensorSpec]) -> None:
        self._module, self._examples = module, example_inputs(inputs, batch=2)
        layer = module.get_submodule(name)
        assert isinstance(layer, nn.RNNBase)
        self._width = layer.hidden_size * directions(layer)
        self._hidden, self._ways = layer.hidden_size, directions(layer)
        self._said = torch.full((self._width,), _LOW)
        self._inner = 0.0
        self._seen: dict[str, Tensor] = {}
        self._kept: dict[str, Any] = {}
        self._replay = False
        layer.register_forward_hook(self._speak)
        for other, part in module.named_modules():
            if other != name and isinstance(part, (*_READERS, *_NORMS)):
                part.register_forward_hook(self._listen(other))

    def _speak(self, layer: Any, args: Any, output: Any) -> Any:
        out, states = output
        if not torch.is_tensor(out):
            raise _Mixed("it works on packed sequences")
        out = torch.zeros_like(out) + self._said
        hidden = states[0] if isinstance(states, tuple) else states
        last = self._said.reshape(self._ways, 1, self._hidden)
        hidden = torch.cat([torch.full_like(hidden[: -self._ways], self._inner), last.expand_as(hidden[-self._ways :])])
        if isinstance(states, tuple):
            return out, (hidden, torch.full_like(states[1], self._inner))
        return out, hidden

    def _listen(self, name: str) -> Any:
        def hook(layer: nn.Module, args: tuple[Any, ...], output: Any) -> Any:
            if name in self._seen:
                raise _Mixed(f"{name} runs more than once")
            self._seen[name] = args[0]
            if isinstance(layer, _NORMS):
                return args[0]
            if self._replay:
                return self._kept[name]
            self._kept[name] = output
            return None

        return hook

    def _run(self) -> tuple[dict[str, Tensor], list[Tensor]]:
        self._seen = {}
        with torch.no_grad():
            outputs = self._module(*self._examples)
        items = outputs if isinstance(outputs, (tuple, list)) else [outputs]
        return self._seen, [item for item in items if torch.is_tensor(item)]

    def found(self) -> Readers:
        """One run as it is, one with other inner states, one for every unit."""
        base, outputs = self._run()
        self._replay = True
        self._inner = 1.0
        seen, changed = self._run()
        if any(not torch.equal(seen[name], base[name]) for name in base) or _differ(changed, outputs):
            raise _Mixed("its cell states, or the states of its inner layers, are read by others")
        self._inner = 0.0
        owners: dict[str, NDArray[np.int64]] = {}
        for unit in range(self._width):
            self._said[unit] = _HIGH
            seen, changed = self._run()
            self._said[unit] = _LOW
            if _differ(changed, outputs):
                raise _Mixed("its units are the model's output")
            for name, tensor in seen.items():
                if torch.equal(tensor, base[name]):
                    continue
                columns = _columns(self._module.get_submodule(name), tensor - base[name])
                known = owners.setdefault(name, np.full(len(columns), -1, np.int64))
                if (known[columns] >= 0).any():
                    raise _Mixed(f"its units are mixed before {name} reads them")
                known[columns] = unit
        return Readers(owners)


def _differ(some: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    return any(not torch.equal(a, b) for a, b in zip(some, others, strict=True))


def _columns(layer: nn.Module, difference: Tensor) -> NDArray[np.bool_]:
    """Which input features of a layer changed."""
    axis = 1 if isinstance(layer, (nn.modules.conv._ConvNd, nn.modules.batchnorm._BatchNorm)) else -1
    changed: NDArray[np.bool_] = (difference.movedim(axis, 0).flatten(1).abs() > 0).any(dim=1).numpy()
    return changed


def without_units(
    module: nn.Module, name: str, gone: Units, readers: Readers, inputs: Sequence[TensorSpec]
) -> nn.Module | str:
    """A copy without some units, checked against the network in which nothing reads them; or why that cannot be."""
    examples = example_inputs(inputs, batch=2, seed=1)
    normed = any(isinstance(module.get_submodule(reader), _NORMS) for reader in readers.owners)
    with torch.no_grad():
        wanted = first_output(_silenced(module, name, gone, readers)(*examples))
    why = "the network does not run with fewer units"
    for with_parent in (False, True):
        trial = copy.deepcopy(module).eval()
        try:
            _cut(trial, name, gone, readers, with_parent)
            with torch.no_grad(), quiet_failures():
                got = first_output(trial(*examples))
        except _CANNOT as error:
            why = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            continue
        close = got.shape == wanted.shape and float((got - wanted).abs().max()) <= TOLERANCE * (
            1 + float(wanted.abs().max())
        )
        if close or (normed and got.shape == wanted.shape):
            return trial
        why = "with fewer units it does not compute what it computes with these units silenced"
    return why


def _last(layer: nn.RNNBase, gone: Units) -> NDArray[np.int64]:
    """Units of the last layer that leave, as readers count them."""
    depth = layer.num_layers - 1
    return np.concatenate([gone[depth, way] + way * layer.hidden_size for way in range(directions(layer))])


def _silenced(module: nn.Module, name: str, gone: Units, readers: Readers) -> nn.Module:
    work = copy.deepcopy(module).eval()
    layer: Any = work.get_submodule(name)
    with torch.no_grad():
        for depth, way, ending in places(layer):
            getattr(layer, f"weight_hh_{ending}")[:, gone[depth, way]] = 0
            if depth:
                before = np.concatenate([gone[depth - 1, w] + w * layer.hidden_size for w in range(directions(layer))])
                getattr(layer, f"weight_ih_{ending}")[:, before] = 0
        left = _last(layer, gone)
        for reader, owners in readers.owners.items():
            part: Any = work.get_submodule(reader)
            columns = np.isin(owners, left)
            if isinstance(part, nn.RNNBase):
                for depth, _, ending in places(part):
                    if depth == 0:
                        getattr(part, f"weight_ih_{ending}")[:, columns] = 0
            elif not isinstance(part, _NORMS):
                part.weight[:, columns] = 0
    return work


def _cut(module: nn.Module, name: str, gone: Units, readers: Readers, with_parent: bool) -> None:
    layer: Any = module.get_submodule(name)
    hidden = layer.hidden_size
    smaller = _resized(layer, None, {place: np.setdiff1d(np.arange(hidden), units) for place, units in gone.items()})
    replace_layer(module, name, smaller)
    if with_parent:
        parent = module.get_submodule(name.rpartition(".")[0])
        for attribute, value in list(vars(parent).items()):
            if type(value) is int and value in (hidden, hidden * directions(layer)):
                setattr(parent, attribute, value // hidden * smaller.hidden_size)
    left = _last(layer, gone)
    for reader, owners in readers.owners.items():
        part: Any = module.get_submodule(reader)
        keep = np.flatnonzero(~np.isin(owners, left))
        if isinstance(part, nn.RNNBase):
            every = np.arange(part.hidden_size)
            replace_layer(module, reader, _resized(part, keep, {(d, w): every for d, w, _ in places(part)}))
        else:
            _narrow(part, keep)


def _narrow(part: Any, keep: NDArray[np.int64]) -> None:
    """Fewer input features of a linear layer, convolution or normalisation."""
    index = torch.from_numpy(keep)
    if isinstance(part, nn.modules.conv._ConvNd) and part.groups != 1:
        raise ValueError("a grouped convolution reads its units")
    if isinstance(part, _NORMS):
        for role in ("weight", "bias"):
            if getattr(part, role) is not None:
                setattr(part, role, nn.Parameter(getattr(part, role).detach()[index].clone()))
        if isinstance(part, nn.LayerNorm):
            if len(part.normalized_shape) != 1:
                raise ValueError("a normalisation over several axes reads its units")
            part.normalized_shape = (len(keep),)
            return
        part.num_features = len(keep)
        for role in ("running_mean", "running_var"):
            if getattr(part, role) is not None:
                setattr(part, role, getattr(part, role)[index].clone())
        return
    part.weight = nn.Parameter(part.weight.detach()[:, index].clone())
    setattr(part, "in_features" if isinstance(part, nn.Linear) else "in_channels", len(keep))


def _resized(layer: Any, inputs: NDArray[np.int64] | None, keep: Units) -> Any:
    """The same kind of layer with these input features (None = all) and units."""
    hidden, width = layer.hidden_size, len(keep[0, 0])
    made = type(layer)(
        layer.input_size if inputs is None else len(inputs), width, num_layers=layer.num_layers, bias=layer.bias,
        batch_first=layer.batch_first, dropout=layer.dropout, bidirectional=layer.bidirectional,
        **({"nonlinearity": layer.nonlinearity} if type(layer) is nn.RNN else {}),
    )  # fmt: skip
    gates = layer.weight_hh_l0.shape[0] // hidden
    with torch.no_grad():
        for depth, way, ending in places(layer):
            rows = (np.arange(gates)[:, None] * hidden + keep[depth, way]).ravel()
            if depth:
                columns = np.concatenate([keep[depth - 1, w] + w * hidden for w in range(directions(layer))])
            else:
                columns = np.arange(layer.input_size) if inputs is None else inputs
            old = dict(layer.named_parameters())
            new = dict(made.named_parameters())
            new[f"weight_ih_{ending}"].copy_(old[f"weight_ih_{ending}"][rows][:, columns])
            new[f"weight_hh_{ending}"].copy_(old[f"weight_hh_{ending}"][rows][:, keep[depth, way]])
            if layer.bias:
                for role in ("bias_ih", "bias_hh"):
                    new[f"{role}_{ending}"].copy_(old[f"{role}_{ending}"][rows])
    return made.train(layer.training)


def unit_scores(layer: nn.RNNBase, value: str) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Importance of every unit: over the rows of its gates and the columns that hand it on to the next step.

    ``l2`` is the Euclidean norm of these weights, ``taylor`` the sum of the sizes of weight times gradient (which
    must be there): with their signs they cancel where training ended, and what is left is chance.
    """
    parameters = dict(layer.named_parameters())
    scores = {}
    for depth, way, ending in places(layer):
        total = np.zeros(layer.hidden_size)
        for role in ("weight_ih", "weight_hh"):
            parameter = parameters[f"{role}_{ending}"]
            weight = parameter.detach().double().numpy()
            if value == "taylor":
                assert parameter.grad is not None
                weight = np.abs(weight * parameter.grad.double().numpy())
            else:
                weight = weight**2
            total += weight.reshape(-1, layer.hidden_size, weight.shape[1]).sum(axis=(0, 2))
            if role == "weight_hh":
                total += weight.sum(axis=0)
        scores[depth, way] = total if value == "taylor" else np.sqrt(total)
    return scores

"""Training through a rounding: the forward pass sees quantized weights, the gradient passes as if nothing had been rounded.

Source: Bengio, Léonard, Courville 2013 (arXiv:1308.3432).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ..training_knobs import TrainingKnobs
from .affine import least_error_grid

if TYPE_CHECKING:
    from onnx import ModelProto

    from ..technique import Context, ModelState

Project = Callable[[Tensor], Tensor]
"""Real weights to the nearest ones the format can hold, in the same shape."""

ORIGINAL = "parametrizations.weight.original"


class Through(nn.Module):
    """Rounds in the forward pass; the gradient goes straight through."""

    def __init__(self, project: Project, about: str) -> None:
        super().__init__()
        self._project, self._about = project, about

    def forward(self, weight: Tensor) -> Tensor:
        """The projected weight with the gradient of the identity."""
        return weight + (self._project(weight) - weight).detach()

    def extra_repr(self) -> str:
        """Names the rounding, so that checkpoints of different ones differ."""
        return self._about


class LearnedStep(nn.Module):
    """Rounds weights to few levels whose step is trained beside them, one per channel or one for the tensor.

    Source: Esser et al.: Learned Step Size Quantization, 2020 (arXiv:1902.08153).

    Args:
        weight: to round; the step begins where its squared error is least.
        bits: of the levels, ``2 * top + 1`` around zero with ``top = 2^(bits - 1) - 1``.
        stored: the largest weight in steps of the stored integers; levels become the whole numbers next to them, so that
            training sees exactly what is stored.
        axis: of the channels, None = one step for the tensor.
    """

    def __init__(self, weight: Tensor, bits: int, stored: float, axis: int | None) -> None:
        super().__init__()
        self._bits, self._top = bits, 2 ** (bits - 1) - 1
        self._stored = stored / self._top
        grid = least_error_grid(weight.detach().numpy(), bits, axis=axis)
        scale = torch.from_numpy(np.asarray(grid.scale, np.float32))
        self._shape = tuple(scale.shape)
        self.step = nn.Parameter(scale.reshape(-1))
        self._gradient = (weight.numel() / scale.numel() * self._top) ** -0.5

    def forward(self, weight: Tensor) -> Tensor:
        """Levels times step; the gradient passes to weights inside the range, and to the step."""
        share = self._gradient
        step = ((self.step * share) + (self.step * (1 - share)).detach()).abs().clamp_min(1e-12).reshape(self._shape)
        levels = (weight / step).clamp(-self._top, self._top)
        most = self._stored * self._top // 1
        stored = (levels.round() * self._stored).round().clamp(-most, most) / self._stored
        rounded: Tensor = (levels + (stored - levels).detach()) * step
        return rounded

    def extra_repr(self) -> str:
        """Names the rounding, so that checkpoints of different ones differ."""
        return f"{self._bits} bits in {self._stored:g}"


class Shared(nn.Module):
    """Weights read from a trainable table: what shares an entry stays shared (Deep Compression, section 3)."""

    def __init__(self, indices: Tensor, table: Tensor, fixed: Tensor) -> None:
        super().__init__()
        self.table = nn.Parameter(table)
        self.register_buffer("indices", indices)
        self.register_buffer("fixed", fixed)

    def forward(self, weight: Tensor) -> Tensor:
        """The table's entries; entries that are fixed (zero) get no gradient."""
        indices, fixed = self.get_buffer("indices"), self.get_buffer("fixed")
        return torch.where(fixed, self.table.detach(), self.table)[indices]


class FakeActivation(nn.Module):
    """Rounds activations to ``levels`` steps of a range that holds zero, gradient straight through inside it."""

    def __init__(self, low: float, high: float, levels: int = 255) -> None:
        super().__init__()
        low, high = min(low, 0.0), max(high, 0.0)
        self.levels = levels
        scale = (high - low) / levels or 1.0
        self.register_buffer("scale", torch.tensor(scale))
        self.register_buffer("zero", torch.tensor(round(-low / scale), dtype=torch.int32))

    def forward(self, values: Tensor) -> Tensor:
        """Quantized and back."""
        scale, zero = self.get_buffer("scale"), self.get_buffer("zero")
        rounded: Tensor = torch.fake_quantize_per_tensor_affine(values, scale, zero, 0, self.levels)
        return rounded


class RoundedInput(nn.Module):
    """A layer behind a rounding of what it reads; whoever asks for its weight, or anything else, gets that of the layer."""

    def __init__(self, rounding: nn.Module, layer: nn.Module) -> None:
        super().__init__()
        self.rounding, self.layer = rounding, layer

    def forward(self, values: Tensor) -> Tensor:
        """What the layer makes of the rounded values."""
        result: Tensor = self.layer(self.rounding(values))
        return result

    def __getattr__(self, name: str) -> Any:
        """Of the layer, where this module has no such attribute."""
        try:
            return super().__getattr__(name)
        except AttributeError:
            if name.startswith("__"):  # how to copy is this module's own affair
                raise
            return getattr(super().__getattr__("layer"), name)


def folded(state: ModelState) -> nn.Module:
    """The model with batch normalisation folded into its layers, as a module whose layers are named like the graph's."""
    from ...model.onnx_to_torch import to_module

    return to_module(graph_of(state))


def graph_of(state: ModelState) -> ModelProto:
    """The ONNX graph of a state."""
    if state.onnx is not None:
        return state.onnx
    from ...model.save import to_onnx

    assert state.module is not None
    return to_onnx(state.module, state.inputs)


def weighted(module: nn.Module) -> dict[str, nn.Module]:
    """Layers with a weight that can be replaced: convolutions and linear layers by name."""
    kinds = (nn.Linear, nn.modules.conv._ConvNd)
    return {name: layer for name, layer in module.named_modules() if isinstance(layer, kinds)}


def trained_through(
    module: nn.Module,
    rounding: Mapping[str, nn.Module],
    knobs: TrainingKnobs,
    context: Context,
    *,
    what: str,
    distill: bool,
    keep_zeros: bool,
) -> nn.Module:
    """Train with roundings in place and return the module with rounded plain weights.

    Args:
        module: with folded batch normalisation; it is not changed.
        rounding: by layer, :class:`Through` or :class:`Shared`.
        knobs: of the training.
        context: data, teacher and the like.
        what: is trained, for messages.
        distill: let the original count as teacher.
        keep_zeros: weights that are zero stay zero.
    """
    from ..losses import SoftLabels
    from ..training import train

    student = copy.deepcopy(module)
    layers = weighted(student)
    masks = zero_masks(student, rounding) if keep_zeros else {}
    for name, item in rounding.items():
        parametrize.register_parametrization(layers[name], "weight", item)
    teacher = context.teacher if distill else None
    soft = None if teacher is None else SoftLabels()
    trained = train(student, knobs, context, what=what, soft=soft, masks=masks, teacher=teacher)
    for layer in weighted(trained).values():
        if parametrize.is_parametrized(layer):
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)
    return trained


def zero_masks(module: nn.Module, parametrized: Collection[str]) -> dict[str, Tensor]:
    """Masks that keep zero weights zero, under the names the weights have once they are parametrized."""
    masks = {}
    for name, layer in weighted(module).items():
        weight = layer.weight
        assert isinstance(weight, Tensor)
        role = ORIGINAL if name in parametrized else "weight"
        masks[f"{name}.{role}"] = weight.detach() != 0
    return masks

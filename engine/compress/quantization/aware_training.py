"""Q8: quantization-aware training. Fine-tuned with rounding in the forward pass, exported by static quantization."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from ..training_knobs import TrainingKnobs

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import numpy as np
    import torch
    from torch import nn

    from ...records import TensorSpec
    from .straight_through import Project

LARGEST = {7: 64, 8: 127.5}
"""The largest weight of a channel in steps of its integers, as the exported file counts them."""


@dataclass(frozen=True)
class QuantizationAwareTraining(TrainingKnobs):
    """Knobs of quantization-aware training."""

    granularity: str = knob(
        "per-channel", "One weight scale per output channel or per tensor.", choices=("per-channel", "per-tensor")
    )
    epochs: int = knob(
        3, "Passes of fine-tuning with rounded weights and activations.", unit="epochs", min=0, max=10_000
    )
    learning_rate: float = knob(0.005, "Peak learning rate of fine-tuning.", min=0, max=10)
    distill: bool = knob(True, "Fine-tune towards the original's outputs, where it is a module.")
    samples: int = knob(200, "Calibration samples of the activations.", unit="samples", min=1, max=100_000)
    calibration: str = knob(
        "min-max",
        "How activation ranges are chosen.",
        choices=("min-max", "percentile", "entropy", "mse"),
        advanced=True,
    )
    weight_range: str = knob(
        "auto",
        "Bits of the weights: 8 (full), 7 (reduced), or 7 only where the target's processor would overflow (auto).",
        choices=("auto", "full", "reduced"),
        advanced=True,
    )
    weight_bits: int = knob(
        8,
        "Bits the weights are trained to. With fewer than 8 every channel learns the step between its few values; the file "
        "stores them as int8, so its size and speed stay, and the packed file gets smaller, with 4 bits by a third and more. "
        "The first and the last layer keep 8.",
        unit="bits",
        min=2,
        max=8,
    )
    placement: str = knob(
        "all",
        "Quantize everything, or let measurements on the target decide layer by layer.",
        choices=("all", "latency-guided"),
    )
    max_timings: int = knob(80, "Budget of measured candidates.", min=2, max=10_000, advanced=True)
    exclude: list[str] = knob([], "Names of nodes that stay float.", advanced=True)

    @property
    def needs(self) -> tuple[Need, ...]:
        """A device only for the guided placement."""
        training = (Need.LABELS, Need.CALIBRATION)
        return (*training, Need.DEVICE) if self.placement == "latency-guided" else training


@technique(
    "quantization-aware-training",
    name="Quantization-aware training",
    family="quantization",
    covers=("Q8",),
    summary="Fine-tunes with int8 rounding (or fewer bits), then exports the same plain int8 file as static quantization.",
    paper="Jacob et al. 2018 (arXiv:1712.05877); Bengio et al. 2013 (arXiv:1308.3432); Esser et al.: Learned Step Size "
    "Quantization, 2020 (arXiv:1902.08153)",
    config=QuantizationAwareTraining,
    takes=Takes.EITHER,
    needs=(Need.LABELS, Need.CALIBRATION),
    changes=(Effect.WEIGHTS, Effect.INTEGERS),
    destroys=(Effect.TRAINABLE,),
)
def quantization_aware_training(state: ModelState, config: QuantizationAwareTraining, context: Context) -> ModelState:
    """Put rounding before and into every layer, train, take the rounding out, quantize statically."""
    from ...model.save import to_onnx
    from ..processor import this_processor
    from .calibration import calibration_arrays
    from .static import StaticQuantization, static_quantization

    module = _to_train(state, config)
    arrays = calibration_arrays(context, config.samples)
    target = context.processor or this_processor()
    reduced = config.weight_range == "reduced" or (config.weight_range == "auto" and target.saturates)
    floating = _layers_of(config.exclude, module, state.inputs)
    bits = 7 if reduced else 8
    trained = _trained(module, config, context, arrays, bits, floating, keep_zeros=bool(state.masks))
    static = StaticQuantization(
        granularity=config.granularity,
        calibration=config.calibration,
        samples=config.samples,
        weight_range="reduced" if reduced else "full",
        placement=config.placement,
        max_timings=config.max_timings,
        exclude=config.exclude,
    )
    graph = to_onnx(trained, state.inputs)
    if config.weight_bits < bits:
        said = f"weights between the first and the last layer were trained to {config.weight_bits} bits, stored as int8"
        state = replace(state, notes=(*state.notes, said))
    return static_quantization(replace(state, module=None, onnx=graph, masks={}), static, context)


def _to_train(state: ModelState, config: QuantizationAwareTraining) -> nn.Module:
    """With its batch normalisation where each channel has its own step: folding it then changes steps, and no level.

    Training with it bears higher rates and ends better; with one step for a tensor it has to be folded first.
    """
    from torch import nn

    from .straight_through import folded

    kinds = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
    module = state.module
    if config.granularity == "per-tensor" or module is None or not any(isinstance(m, kinds) for m in module.modules()):
        return folded(state)
    return module


def _layers_of(nodes: Collection[str], module: nn.Module, inputs: Sequence[TensorSpec]) -> set[str]:
    """Names of the layers that become these nodes of the exported graph."""
    from ...model.save import to_onnx

    if not nodes:
        return set()
    held = [name for node in to_onnx(module, inputs).graph.node if node.name in nodes for name in node.input]
    return {name.removesuffix(".weight") for name in held}


def _trained(
    module: nn.Module,
    config: QuantizationAwareTraining,
    context: Context,
    arrays: list[np.ndarray],
    bits: int,
    floating: Collection[str],
    *,
    keep_zeros: bool,
) -> nn.Module:
    """The module after training with rounding; weights of 8 bits stay real, the quantizer rounds them again."""
    import copy

    import torch
    from torch import nn
    from torch.nn.utils import parametrize

    from ..losses import SoftLabels
    from ..training import train
    from .straight_through import FakeActivation, LearnedStep, RoundedInput, Through, weighted, zero_masks

    student = copy.deepcopy(module)
    ranges = input_ranges(student, arrays)
    about = f"int{bits} {config.granularity}"
    named = weighted(student).items()
    layers = {name: layer for name, layer in named if name in ranges and name not in floating}
    masks = zero_masks(student, layers) if keep_zeros else {}
    wrapped = {}
    few = set(list(layers)[1:-1]) if config.weight_bits < bits else set()
    for name, layer in layers.items():
        weight = layer.weight
        assert isinstance(weight, torch.Tensor)
        transposed = isinstance(layer, nn.modules.conv._ConvTransposeNd)
        axis = None if config.granularity != "per-channel" else 1 if transposed else 0
        if name in few:
            rounding: nn.Module = LearnedStep(weight, config.weight_bits, LARGEST[bits], axis)
        else:
            rounding = Through(weight_rounding(bits, axis), about)
        parametrize.register_parametrization(layer, "weight", rounding)
        if (
            name not in few
        ):  # beside few bits of a weight 8 bits of what it meets are exact, and ranges move in training
            student.set_submodule(name, RoundedInput(FakeActivation(*ranges[name]), layer))
            wrapped[name] = f"{name}.layer"
    masks = {_renamed(name, wrapped): mask for name, mask in masks.items()}
    teacher = context.teacher if config.distill else None
    soft = None if teacher is None else SoftLabels()
    what = "quantization-aware training"
    trained = train(student, config, context, what=what, soft=soft, masks=masks, teacher=teacher)
    for name in layers:
        layer = trained.get_submodule(wrapped.get(name, name))
        parametrize.remove_parametrizations(layer, "weight", leave_parametrized=name in few)
        trained.set_submodule(name, layer)
    return trained


def _renamed(name: str, wrapped: dict[str, str]) -> str:
    for before, after in wrapped.items():
        if name.startswith(f"{before}."):
            return f"{after}{name[len(before) :]}"
    return name


def weight_rounding(bits: int, axis: int | None) -> Project:
    """Symmetric rounding of a weight tensor, one scale for it or one per channel, as torch computes it in training."""
    top = 2 ** (bits - 1) - 1

    def project(weight: torch.Tensor) -> torch.Tensor:
        others = [i for i in range(weight.ndim) if i != axis]
        largest = (
            weight.detach().abs().amax(dim=others, keepdim=True) if axis is not None else weight.detach().abs().max()
        )
        scale = (largest / top).clamp_min(1e-12)
        rounded: torch.Tensor = (weight / scale).round().clamp(-top, top) * scale
        return rounded

    return project


def input_ranges(module: nn.Module, arrays: list[np.ndarray]) -> dict[str, tuple[float, float]]:
    """Smallest and largest input of every convolution and linear layer over the samples."""
    import torch

    from .straight_through import weighted

    found: dict[str, tuple[float, float]] = {}

    def watch(name: str) -> Callable[[nn.Module, tuple[torch.Tensor, ...]], None]:
        def see(layer: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            low, high = float(inputs[0].min()), float(inputs[0].max())
            before = found.get(name, (0.0, 0.0))
            found[name] = (min(before[0], low), max(before[1], high))

        return see

    with ExitStack() as hooks, torch.no_grad():
        for name, layer in weighted(module).items():
            hooks.enter_context(layer.register_forward_pre_hook(watch(name)))
        for start in range(0, len(arrays[0]), 64):
            module(*(torch.from_numpy(array[start : start + 64]) for array in arrays))
    return found

"""Q1 and Q1b: affine quantization with any number of bits, weights stored as codes, activations simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob

if TYPE_CHECKING:
    import numpy as np
    from onnx import ModelProto

    from .affine import Grid
    from .weights import Weight


@dataclass(frozen=True)
class AffineQuantization:
    """Knobs of affine quantization."""

    bits: int = knob(8, "Bits of a weight.", unit="bits", min=2, max=16)
    symmetric: bool = knob(True, "Zero point 0; else the range runs from the smallest to the largest weight.")
    granularity: str = knob(
        "per-channel", "One scale per output channel or per tensor.", choices=("per-channel", "per-tensor")
    )
    range: str = knob("min-max", "Hold every weight, or clip to the least squared error.", choices=("min-max", "mse"))
    rounding: str = knob(
        "nearest-even",
        "How a value between two codes is rounded; adaptive looks at what the layer's outputs lose on calibration data.",
        choices=("nearest-even", "floor", "truncate", "adaptive"),
    )
    activation_bits: int = knob(
        0, "Bits of simulated activations before each layer; 0 leaves them float.", unit="bits", min=0, max=16
    )
    samples: int = knob(100, "Calibration samples of the activations.", unit="samples", min=1, max=100_000)
    scale: float = knob(
        0.0, "Step of the general form Q(gamma x + beta) + alpha; 0 chooses the scale from the weights.", min=0, max=1e6
    )
    gamma: float = knob(1.0, "Factor of the general form.", min=-1e6, max=1e6, advanced=True)
    beta: float = knob(0.0, "Offset before rounding in the general form.", min=-1e6, max=1e6, advanced=True)
    alpha: float = knob(0.0, "Offset after rounding in the general form.", min=-1e6, max=1e6, advanced=True)
    exclude: list[str] = knob([], "Layers that stay float, by name or pattern (stem*).", advanced=True)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Samples only for activations and adaptive rounding."""
        return (Need.CALIBRATION,) if self.activation_bits or self.rounding == "adaptive" else ()


@technique(
    "affine-quantization",
    name="Affine quantization, 2 to 16 bits",
    family="quantization",
    covers=("Q1", "Q1b"),
    summary="Weights of any width as packed codes with scale and zero point; smaller, not faster; activations simulated.",
    paper="Jacob et al. 2018 (arXiv:1712.05877); Nagel et al. 2021 (arXiv:2106.08295)",
    config=AffineQuantization,
    takes=Takes.ONNX,
    changes=(Effect.INTEGERS,),
    destroys=(Effect.TRAINABLE,),
)
def affine_quantization(state: ModelState, config: AffineQuantization, context: Context) -> ModelState:
    """Store every weight as codes of its grid; quantize activations in float arithmetic where asked."""
    from .affine import grid_of, least_error_grid
    from .stored import store_affine
    from .weights import copied, float_weights

    assert state.onnx is not None
    graph = copied(state.onnx)
    if config.activation_bits:
        _simulate_activations(graph, config, context)
    weights, skipped = float_weights(graph, "affine-quantization", exclude=config.exclude)
    seen = _inputs(state.onnx, config, context)
    for weight in weights:
        context.cancel.check()
        axis = weight.axis if config.granularity == "per-channel" else None
        if config.scale > 0:
            codes, grid = _general(weight.values, config)
        else:
            make = least_error_grid if config.range == "mse" else grid_of
            grid = make(weight.values, config.bits, symmetric=config.symmetric, axis=axis)
            codes = _codes(weight, grid, config, seen)
        store_affine(graph, weight.name, codes, grid)
    adapted = sum(weight.name in seen for weight in weights)
    about = f", {adapted} of them rounded adaptively" if config.rounding == "adaptive" else ""
    note = f"{len(weights)} weight tensors stored with {config.bits} bits{about}; they run as float, so nothing gets faster"
    return state.as_graph(graph, skipped, (note,))


def _inputs(graph: ModelProto, config: AffineQuantization, context: Context) -> dict[str, np.ndarray]:
    """What the layers see, for adaptive rounding; nothing for the others."""
    from ...errors import RecipeError
    from .adaptive_rounding import layer_inputs
    from .calibration import calibration_arrays

    if config.rounding != "adaptive":
        return {}
    if config.scale > 0:
        raise RecipeError("bad-knob", "rounding=adaptive and scale > 0 exclude each other", "leave scale at 0")
    return layer_inputs(graph, calibration_arrays(context, config.samples))


def _codes(weight: Weight, grid: Grid, config: AffineQuantization, seen: dict[str, np.ndarray]) -> np.ndarray:
    """Codes of one tensor; layers whose inputs are not known are rounded to the nearest."""
    from .adaptive_rounding import adaptive_codes

    if weight.name not in seen:
        return grid.codes(weight.values, "nearest-even" if config.rounding == "adaptive" else config.rounding)
    values, rows = weight.values, seen[weight.name]
    if weight.axis == 1:  # a Gemm that is not transposed
        return adaptive_codes(values.T, grid, rows).T
    return adaptive_codes(values.reshape(len(values), -1), grid, rows).reshape(values.shape)


def _general(values: np.ndarray, config: AffineQuantization) -> tuple[np.ndarray, Grid]:
    """Codes of Q(gamma x + beta) and the grid whose real values are ``code * scale + alpha``."""
    import numpy as np

    from .affine import Grid, rounded

    top = 2 ** (config.bits - 1)
    steps = rounded((config.gamma * values + config.beta) / config.scale, config.rounding)
    grid = Grid(config.bits, np.array(config.scale), np.array(-config.alpha / config.scale), -top, top - 1)
    return np.clip(steps, -top, top - 1).astype(np.int64), grid


def _simulate_activations(graph: ModelProto, config: AffineQuantization, context: Context) -> None:
    """Round the inputs of convolutions and matrix products to a grid of their calibrated range: x/s, Round, Clip, *s."""
    from .calibration import activation_ranges, calibration_arrays
    from .simulated import insert_rounding

    arrays = calibration_arrays(context, config.samples)
    ranges = activation_ranges(graph, arrays, "min-max", 99.99, context.cancel)
    insert_rounding(graph, ranges, config.activation_bits)

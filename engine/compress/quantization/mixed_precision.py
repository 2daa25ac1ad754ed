"""Q7: mixed precision. Every layer gets the bits its sensitivity asks for, under a stated budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...events import Eta, Progress, Stage
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob

if TYPE_CHECKING:
    import numpy as np
    from onnx import ModelProto

    from .weights import Weight

WIDTHS = (8, 6, 4, 3, 2)


@dataclass(frozen=True)
class MixedPrecision:
    """Knobs of mixed precision."""

    average_bits: float = knob(4.0, "Budget: mean bits of a weight over all layers.", unit="bits", min=2, max=8)
    max_loss: float = knob(
        100.0, "Stop narrowing before more accuracy is lost on the calibration data.", unit="points", min=0, max=100
    )
    samples: int = knob(64, "Samples of the sensitivity table.", unit="samples", min=1, max=100_000)
    exclude: list[str] = knob([], "Layers that stay float, by name or pattern (stem*).", advanced=True)


@dataclass(frozen=True)
class Sensitivity:
    """What each width of each layer costs: mean squared error of the outputs, as a share of their variance."""

    layers: tuple[str, ...]
    sizes: tuple[int, ...]
    errors: Mapping[tuple[str, int], float]


@technique(
    "mixed-precision",
    name="Mixed precision (bits per layer)",
    family="quantization",
    covers=("Q7",),
    summary="Chooses 2 to 8 bits for every layer from a sensitivity table under a size or accuracy budget.",
    paper="Wang et al.: HAQ, 2019 (arXiv:1811.08886); Dong et al.: HAWQ, 2019 (arXiv:1905.03696)",
    config=MixedPrecision,
    takes=Takes.ONNX,
    needs=(Need.CALIBRATION,),
    changes=(Effect.INTEGERS,),
    destroys=(Effect.TRAINABLE,),
)
def mixed_precision(state: ModelState, config: MixedPrecision, context: Context) -> ModelState:
    """Measure every layer at every width, narrow greedily until the budget holds, store the codes."""
    from .calibration import calibration_arrays
    from .weights import float_weights

    assert state.onnx is not None
    graph = state.onnx
    arrays = calibration_arrays(context, config.samples)
    weights, skipped = float_weights(graph, "mixed-precision", exclude=config.exclude)
    table = sensitivity(graph, weights, arrays, context)
    path = narrowing(table, config.average_bits)
    chosen, lost = _within_loss(path, config.max_loss, lambda bits: stored(graph, weights, bits), state, context)
    result = stored(graph, weights, path[chosen])
    notes = [_note(table, path[chosen])]
    if lost is not None:
        notes.append(f"on the calibration data this costs {lost:.2f} points; the limit is {config.max_loss:g}")
    if chosen < len(path) - 1:
        budget = f"{config.average_bits:g} bits on average"
        notes.append(f"the budget of {budget} is not reached: it would cost more than {config.max_loss:g} points")
    return state.as_graph(result, skipped, notes)


def stored(graph: ModelProto, weights: Sequence[Weight], bits: Mapping[str, int]) -> ModelProto:
    """The graph with these weights as codes of their widths."""
    from .affine import least_error_grid
    from .stored import store_affine
    from .weights import copied

    result = copied(graph)
    for weight in weights:
        grid = least_error_grid(weight.values, bits[weight.name], axis=weight.axis)
        store_affine(result, weight.name, grid.codes(weight.values), grid)
    return result


def sensitivity(
    graph: ModelProto, weights: Sequence[Weight], arrays: Sequence[np.ndarray], context: Context
) -> Sensitivity:
    """The table: one layer at a time is rounded, all others stay float."""
    import numpy as np

    from .affine import least_error_grid
    from .saturation import outputs
    from .weights import copied, replace_values

    original = [item.astype(np.float64) for item in outputs(graph, arrays, exact=False, cancel=context.cancel)]
    spread = max(sum(float(item.var()) for item in original), 1e-12)
    tried = copied(graph)
    errors: dict[tuple[str, int], float] = {}
    context.emit(Stage("sensitivity", f"{len(weights)} layers at {len(WIDTHS)} widths"))
    eta = Eta(len(weights) * len(WIDTHS))
    for weight in weights:
        for bits in WIDTHS:
            grid = least_error_grid(weight.values, bits, axis=weight.axis)
            replace_values(tried, weight.name, grid.real(grid.codes(weight.values)))
            found = outputs(tried, arrays, exact=False, cancel=context.cancel)
            error = sum(float(np.square(a - b).mean()) for a, b in zip(found, original, strict=True))
            errors[weight.name, bits] = error / spread
            context.emit(Progress(len(errors), len(weights) * len(WIDTHS), "widths", eta.at(len(errors))))
        replace_values(tried, weight.name, weight.values)
    return Sensitivity(tuple(w.name for w in weights), tuple(int(w.values.size) for w in weights), errors)


def narrowing(table: Sensitivity, average_bits: float) -> list[dict[str, int]]:
    """Choices from all 8 bits down to the budget, each one step narrower where that costs least error per bit saved.

    >>> table = Sensitivity(("a", "b"), (10, 10), {(n, b): (8 - b) * k for n, k in (("a", 1), ("b", 9)) for b in WIDTHS})
    >>> narrowing(table, 5.0)[-1]
    {'a': 2, 'b': 8}
    """
    sizes = dict(zip(table.layers, table.sizes, strict=True))
    total = max(sum(sizes.values()), 1)
    bits = dict.fromkeys(table.layers, WIDTHS[0])
    path = [dict(bits)]
    while sum(sizes[name] * width for name, width in bits.items()) > average_bits * total + 1e-9:
        steps = []
        for name, width in bits.items():
            for narrower in WIDTHS[WIDTHS.index(width) + 1 :]:
                more = max(table.errors[name, narrower] - table.errors[name, width], 0.0)
                steps.append((more / (sizes[name] * (width - narrower)), name, narrower))
        if not steps:
            break
        _, name, narrower = min(steps)
        bits[name] = narrower
        path.append(dict(bits))
    return path


def _within_loss(
    path: Sequence[Mapping[str, int]],
    max_loss: float,
    build: Callable[[Mapping[str, int]], ModelProto],
    state: ModelState,
    context: Context,
) -> tuple[int, float | None]:
    """The last choice on the path that loses no more than the limit, by bisection; and what it loses."""
    score = context.score
    if score is None or max_loss >= 100:
        return len(path) - 1, None
    original = score(state)

    def lost(index: int) -> float:
        context.cancel.check()
        return 100 * (original - score(ModelState(state.inputs, onnx=build(path[index]))))

    last = lost(len(path) - 1)
    if last <= max_loss:
        return len(path) - 1, last
    low, high, known = 0, len(path) - 1, lost(0)
    while high - low > 1:
        middle = (low + high) // 2
        now = lost(middle)
        if now <= max_loss:
            low, known = middle, now
        else:
            high = middle
    return low, known


def _note(table: Sensitivity, bits: Mapping[str, int]) -> str:
    sizes = dict(zip(table.layers, table.sizes, strict=True))
    mean = sum(sizes[name] * width for name, width in bits.items()) / max(sum(sizes.values()), 1)
    layers = ", ".join(f"{name.removesuffix('.weight')} {width}" for name, width in bits.items())
    return f"bits per layer, {mean:.2f} on average: {layers}"

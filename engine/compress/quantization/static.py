"""Q3: static post-training quantization to int8, with integer kernels where they pay."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob

if TYPE_CHECKING:
    from onnx import ModelProto


@dataclass(frozen=True)
class StaticQuantization:
    """Knobs of static quantization."""

    granularity: str = knob(
        "per-channel", "One weight scale per output channel or per tensor.", choices=("per-channel", "per-tensor")
    )
    calibration: str = knob(
        "min-max", "How activation ranges are chosen.", choices=("min-max", "percentile", "entropy")
    )
    percentile: float = knob(99.99, "Share of activations inside the range.", unit="%", min=90, max=100, advanced=True)
    samples: int = knob(200, "Calibration samples.", unit="samples", min=1, max=100_000)
    activation: str = knob(
        "uint8", "Integers of the activations; uint8 lets ReLU fuse.", choices=("uint8", "int8"), advanced=True
    )
    weights: str = knob(
        "int8",
        "Integers of the weights; uint8 sums exactly on every processor and is slower on x86.",
        choices=("int8", "uint8"),
        advanced=True,
    )
    weight_range: str = knob(
        "auto",
        "Bits of int8 weights: 8 (full), 7 (reduced), or 7 only where the target's processor would overflow (auto).",
        choices=("auto", "full", "reduced"),
        advanced=True,
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
        return (Need.CALIBRATION, Need.DEVICE) if self.placement == "latency-guided" else (Need.CALIBRATION,)


@technique(
    "static-quantization",
    name="Static int8 quantization",
    family="quantization",
    covers=("Q3",),
    summary="int8 weights and activations with ranges from calibration data; 4x smaller, usually faster.",
    paper="Jacob et al.: Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference, "
    "2018 (arXiv:1712.05877)",
    config=StaticQuantization,
    takes=Takes.ONNX,
    needs=(Need.CALIBRATION,),
    changes=(Effect.INTEGERS,),
    destroys=(Effect.TRAINABLE,),
)
def static_quantization(state: ModelState, config: StaticQuantization, context: Context) -> ModelState:
    """Calibrate, quantize to QDQ, check that integer kernels really run, and place by measurement where asked."""
    from .calibration import Scheme, activation_ranges, calibration_arrays, quantized
    from .saturation import chosen_range

    assert state.onnx is not None
    graph = _named(state.onnx)
    arrays = calibration_arrays(context, config.samples)
    context.cancel.check()
    ranges = activation_ranges(graph, arrays, config.calibration, config.percentile)
    context.cancel.check()
    scheme = Scheme(config.granularity == "per-channel", config.activation, config.weights)
    notes: list[str] = []
    floating = frozenset(config.exclude)
    if scheme.weights == "int8":
        full = quantized(graph, ranges, scheme, floating) if config.weight_range == "auto" else None
        reduced, said = chosen_range(config.weight_range, context.processor, full, arrays)
        scheme = replace(scheme, reduced=reduced)
        notes += [said] if said else []
    if config.placement == "latency-guided":
        floating, placed = _placed(state, graph, ranges, scheme, floating, config, context)
        notes.append(placed)
    result = quantized(graph, ranges, scheme, floating)
    skipped = _uncovered(graph, result, floating)
    return replace(state, onnx=result, masks={}, skipped=(*state.skipped, *skipped), notes=(*state.notes, *notes))


def _named(graph: ModelProto) -> ModelProto:
    """A copy in which every node has a name of its own, so that single nodes can be excluded."""
    import onnx

    copied = onnx.ModelProto()
    copied.CopyFrom(graph)
    seen: set[str] = set()
    for number, node in enumerate(copied.graph.node):
        if not node.name or node.name in seen:
            node.name = f"{node.op_type.lower()}_{number}"
        seen.add(node.name)
    return copied


def _placed(
    state: ModelState,
    graph: ModelProto,
    ranges: object,
    scheme: object,
    excluded: frozenset[str],
    config: StaticQuantization,
    context: Context,
) -> tuple[frozenset[str], str]:
    from .calibration import Scheme, quantized
    from .placement import place

    if context.time is None:
        return excluded, "placement: no device to measure on, so every layer was quantized (give --target DEVICE)"
    assert isinstance(scheme, Scheme)
    timer = context.time

    def build(names: frozenset[str]) -> ModelProto:
        context.cancel.check()
        return quantized(graph, ranges, scheme, names | excluded)

    placed = place(
        graph,
        build,
        lambda graphs: timer([ModelState(state.inputs, onnx=item) for item in graphs]),
        max_timings=config.max_timings,
        emit=context.emit,
    )
    heavy = [node.name for node in graph.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
    left = sum(name in placed.floating for name in heavy)
    gain = placed.all_integer_ms / placed.chosen_ms if placed.chosen_ms > 0 else 1.0
    note = (
        f"placement: {left} of {len(heavy)} layers stay float, measured {gain:.2f}x faster than all-int8 "
        f"({placed.timings} timings)"
    )
    return placed.floating | excluded, note


def _uncovered(graph: ModelProto, result: ModelProto, floating: frozenset[str]) -> list[Skip]:
    """Layers that were to run as integers and do not, and those that stay float on purpose."""
    from .coverage import coverage

    found = coverage(result)
    skips = [
        Skip(node.name, "stays float: the network is measured to be faster so, or it was excluded")
        for node in graph.graph.node
        if node.op_type in ("Conv", "Gemm", "MatMul") and node.name in floating
    ]
    known = {item.layer for item in skips}
    for name in found.floating:
        origin = next((n.name for n in graph.graph.node if n.name and name.startswith(n.name)), name)
        if origin not in known:
            skips.append(Skip(origin, "the runtime has no integer kernel for it in this place and runs it in float"))
    return skips

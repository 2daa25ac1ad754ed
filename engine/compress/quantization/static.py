"""Q3: static post-training quantization to int8, with integer kernels where they pay."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Need, Takes, knob
from .recurrent import RECURRENT

if TYPE_CHECKING:
    import numpy as np
    from onnx import ModelProto

    from .calibration import Scheme

_HEAVY = ("Conv", "ConvTranspose", "Gemm", "MatMul")
_NO_RECURRENT = (
    "{} has no kernel with static ranges, so it runs in float; dynamic-quantization runs LSTM on int8 kernels"
)


@dataclass(frozen=True)
class StaticQuantization:
    """Knobs of static quantization."""

    granularity: str = knob(
        "per-channel", "One weight scale per output channel or per tensor.", choices=("per-channel", "per-tensor")
    )
    calibration: str = knob(
        "min-max",
        "How activation ranges are chosen.",
        choices=("min-max", "percentile", "entropy", "mse"),
    )
    percentile: float = knob(99.99, "Share of activations inside the range.", unit="%", min=90, max=100, advanced=True)
    samples: int = knob(200, "Calibration samples.", unit="samples", min=1, max=100_000)
    activation: str = knob(
        "uint8", "Integers of the activations; uint8 lets ReLU fuse.", choices=("uint8", "int8"), advanced=True
    )
    symmetric: bool = knob(False, "Activations with zero point 0, which some accelerators ask for.", advanced=True)
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
    weight_bits: int = knob(
        8,
        "Bits the weights are rounded to before they become int8. One bit less saves about a bit of every weight that is not "
        "zero in the packed file; the file itself and its speed stay.",
        unit="bits",
        min=2,
        max=8,
        advanced=True,
    )
    alternatives: bool = knob(
        False,
        "Also try uint8 weights, int8 activations, per tensor and float, and keep what measures fastest on the target "
        "among those that are not surely less accurate.",
    )
    placement: str = knob(
        "all",
        "Quantize everything, or let measurements on the target decide layer by layer.",
        choices=("all", "latency-guided"),
    )
    equalize: bool = knob(False, "First bring the channels of neighbouring layers to one size; helps per tensor.")
    bias_correction: bool = knob(False, "Take the mean error of every layer's outputs into its bias.")
    max_loss: float = knob(
        100.0,
        "Layers that cost most return to float until no more accuracy is lost on the calibration data.",
        unit="points",
        min=0,
        max=100,
    )
    max_timings: int = knob(80, "Budget of measured candidates.", min=2, max=10_000, advanced=True)
    float_weights: str = knob(
        "int8",
        "Weights of layers that stay float because they are faster so: stored as int8 (4x smaller, float again when the "
        "file is loaded) or as they are. Layers in exclude always keep theirs.",
        choices=("int8", "float32"),
        advanced=True,
    )
    exclude: list[str] = knob([], "Names of nodes that stay float.", advanced=True)

    @property
    def needs(self) -> tuple[Need, ...]:
        """A device only where measurements decide."""
        measured = self.placement == "latency-guided" or self.alternatives
        return (Need.CALIBRATION, Need.DEVICE) if measured else (Need.CALIBRATION,)


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
    from .calibration import Scheme, activation_ranges, calibration_arrays
    from .dynamic import in_branches
    from .size import unsaved

    assert state.onnx is not None
    rounds = config.weight_bits < 8
    graph = _prepared(state.onnx, changes=config.equalize or config.bias_correction or rounds)
    arrays = calibration_arrays(context, config.samples)
    context.cancel.check()
    said = _equalized(graph) if config.equalize else ()
    if rounds:
        said += _rounded(graph, config)
    ranges = activation_ranges(graph, arrays, config.calibration, config.percentile, context.cancel)
    scheme = Scheme(config.granularity == "per-channel", config.activation, config.weights, symmetric=config.symmetric)
    work = _Work(state, graph, ranges, arrays, frozenset(config.exclude), config, context)
    work.notes += said
    result = work.measured(scheme) if config.alternatives else work.plain(scheme)
    if result is None:
        result = work.all_float(scheme)
    for node in graph.graph.node:
        work.skipped += in_branches(node, _HEAVY, config.exclude)
    work.skipped += unsaved(graph, result)
    return state.as_graph(result, _once(work.skipped), work.notes)


class _Work:
    """One quantization: the float graph, its ranges, and what is said about the result."""

    def __init__(
        self,
        state: ModelState,
        graph: ModelProto,
        ranges: object,
        arrays: list[np.ndarray],
        excluded: frozenset[str],
        config: StaticQuantization,
        context: Context,
    ) -> None:
        self._state, self._graph, self._ranges, self._arrays = state, graph, ranges, arrays
        self._excluded, self._config, self._context = excluded, config, context
        self.notes: list[str] = []
        self.skipped: list[Skip] = []

    def plain(self, scheme: Scheme) -> ModelProto:
        """Quantize with one scheme, place by measurement where asked."""
        scheme = self._with_range(scheme)
        floating = self._excluded
        if self._config.placement == "latency-guided":
            floating, said = self._placed(scheme)
            self.notes.append(said)
        if self._config.bias_correction:
            from .bias_correction import correct_biases

            build, cancel = lambda: self._build(scheme, floating), self._context.cancel
            _, said = correct_biases(self._graph, build, self._arrays, floating, cancel)
            self.notes.append(said)
        if self._config.max_loss < 100:
            floating = self._protected(scheme, floating)
        return self._finished(scheme, floating)

    def _protected(self, scheme: Scheme, floating: frozenset[str]) -> frozenset[str]:
        """Return the layers to float that cost more accuracy than allowed."""
        from .protection import SAMPLES, protect, squared_error
        from .saturation import outputs

        score, inputs = self._context.score, self._state.inputs
        if score is None:
            self.notes.append("max_loss: there are no labels to score with, so no layer was returned to float")
            return floating
        few = [array[:SAMPLES] for array in self._arrays]
        wanted = outputs(self._graph, few, exact=False)
        original = score(ModelState(inputs, onnx=self._graph))
        layers = [n.name for n in self._graph.graph.node if n.op_type in _HEAVY and n.name not in floating]
        found = protect(
            layers,
            lambda names: self._build(scheme, names | floating),
            lambda graph: 100 * (original - score(ModelState(inputs, onnx=graph))),
            lambda graph: squared_error(wanted, outputs(graph, few, exact=False)),
            self._config.max_loss,
            self._context.emit,
        )
        limit = f"{self._config.max_loss:g} points"
        if found.layers:
            named_layers = ", ".join(found.layers)
            self.notes.append(
                f"max_loss: {named_layers} stay float; {found.lost_before:.2f} points were lost on the calibration data, "
                f"{found.lost:.2f} are now, {limit} are allowed"
            )
        self._excluded |= frozenset(found.layers)
        return floating | frozenset(found.layers)

    def measured(self, scheme: Scheme) -> ModelProto | None:
        """Try several schemes; None where float is fastest."""
        from .alternatives import choose

        context, config = self._context, self._config
        chosen = choose(
            scheme,
            lambda item: self._covered(self._with_range(item, say=False), self._excluded).graph,
            lambda graph: ModelState(self._state.inputs, onnx=graph),
            self._graph,
            context,
        )
        self.notes.append(chosen.note)
        if chosen.scheme is None:
            if config.placement != "latency-guided":
                return None
            return self.plain(scheme)
        return self.plain(chosen.scheme)

    def all_float(self, scheme: Scheme) -> ModelProto:
        """The float graph, its weights stored small where asked."""
        import onnx

        copied = onnx.ModelProto()
        copied.CopyFrom(self._graph)
        self._store(copied, scheme, {n.name for n in copied.graph.node if n.op_type in (*_HEAVY, *RECURRENT)})
        return copied

    def _build(self, scheme: Scheme, floating: frozenset[str]) -> ModelProto:
        from .calibration import quantized

        self._context.cancel.check()
        return quantized(self._graph, self._ranges, scheme, floating)

    def _with_range(self, scheme: Scheme, *, say: bool = True) -> Scheme:
        from .saturation import chosen_range

        if scheme.weights != "int8":
            return scheme
        reduced, said = chosen_range(
            self._config.weight_range,
            self._context.processor,
            lambda: self._build(scheme, self._excluded),
            self._arrays,
        )
        if said and say:
            self.notes.append(said)
        return replace(scheme, reduced=reduced)

    def _covered(self, scheme: Scheme, floating: frozenset[str]) -> Any:
        from .coverage import covered

        return covered(self._graph, self._build, scheme, floating, self._context.processor)

    def _placed(self, scheme: Scheme) -> tuple[frozenset[str], str]:
        from .placement import place

        context, excluded = self._context, self._excluded
        if context.time is None:
            return excluded, "placement: no device to measure on, so every layer was quantized (give --target DEVICE)"
        timer = context.time
        placed = place(
            self._graph,
            lambda names: self._build(scheme, names | excluded),
            lambda graphs: timer([ModelState(self._state.inputs, onnx=item) for item in graphs]),
            max_timings=self._config.max_timings,
            emit=context.emit,
        )
        heavy = [node.name for node in self._graph.graph.node if node.op_type in _HEAVY]
        left = sum(name in placed.floating for name in heavy)
        gain = placed.all_integer_ms / placed.chosen_ms if placed.chosen_ms > 0 else 1.0
        note = (
            f"placement: {left} of {len(heavy)} layers stay float, measured {gain:.2f}x faster than all-int8 "
            f"({placed.timings} timings)"
        )
        return placed.floating | excluded, note

    def _finished(self, scheme: Scheme, floating: frozenset[str]) -> ModelProto:
        done = self._covered(scheme, floating)
        if done.note:
            self.notes.append(done.note)
        why_float = "stays float: the network is measured to be faster so, or it was excluded"
        for node in self._graph.graph.node:
            if node.op_type in _HEAVY and node.name in floating:
                self.skipped.append(Skip(node.name, why_float))
            elif node.name in done.returned:
                why = "the runtime has no integer kernel for it in this place, so it stays float"
                self.skipped.append(Skip(node.name, why))
        graph: ModelProto = done.graph
        recurrent = [node for node in self._graph.graph.node if node.op_type in RECURRENT]
        self._store(graph, scheme, {*floating, *done.returned, *(node.name for node in recurrent)})
        self.skipped += [Skip(node.name, _NO_RECURRENT.format(node.op_type)) for node in recurrent]
        return graph

    def _store(self, graph: ModelProto, scheme: Scheme, floating: Collection[str]) -> None:
        """Weights of layers that measuring or missing kernels made float need not be stored as floats."""
        from .stored_weights import store_as_int8

        if self._config.float_weights != "int8":
            return
        stored = store_as_int8(graph, set(floating) - self._excluded, per_channel=scheme.per_channel)
        if stored:
            self.notes.append(f"{stored:,} weights of layers that stay float are stored as int8")


def _prepared(graph: ModelProto, *, changes: bool) -> ModelProto:
    """The graph with named nodes and its weights where quantizers look; a copy only where something ``changes``."""
    from ...model.pooling import means_to_pooling
    from ...model.save import lift_constants
    from .naming import all_named, named

    rewritten = any(node.op_type in ("Constant", "Identity", "ReduceMean") for node in graph.graph.node)
    if not (changes or rewritten) and all_named(graph):
        return graph
    prepared = lift_constants(named(graph))  # weights in Constant nodes are weights like others
    means_to_pooling(prepared)
    return prepared


def _equalized(graph: ModelProto) -> tuple[str, ...]:
    """Equalize in place, and what is said about it."""
    from .equalization import equalize

    count = equalize(graph)
    if not count:
        return ("equalize: no two layers have nothing but ReLU between them, so nothing was changed",)
    return (f"equalize: the channels of {count} pairs of layers were brought to one size",)


def _rounded(graph: ModelProto, config: StaticQuantization) -> tuple[str, ...]:
    """Bring the weights in place to few values, which int8 then tells apart, and what is said about it."""
    from onnx import numpy_helper

    from .affine import grid_of
    from .weights import float_weights

    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    left = {name for node in graph.graph.node if node.name in config.exclude for name in node.input}
    weights = [
        item for item in float_weights(graph, "static-quantization")[0] if item.op in _HEAVY and item.name not in left
    ]
    for item in weights:
        axis = item.axis if config.granularity == "per-channel" else None
        grid = grid_of(item.values, config.weight_bits, axis=axis)
        values = grid.real(grid.codes(item.values))
        tensors[item.name].CopyFrom(numpy_helper.from_array(values, item.name))
    return (f"{len(weights)} weight tensors were rounded to {config.weight_bits} bits first",)


def _once(skips: list[Skip]) -> list[Skip]:
    """The first reason of each layer."""
    found: dict[str, Skip] = {}
    for item in skips:
        found.setdefault(item.layer, item)
    return list(found.values())

"""Q6: half precision. Weights in 16 bits; float16 arithmetic where the runtime has it."""

from __future__ import annotations

from dataclasses import dataclass

from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob


@dataclass(frozen=True)
class HalfPrecision:
    """Knobs of half precision."""

    kind: str = knob(
        "float16", "float16 has finer steps, bfloat16 the range of float32.", choices=("float16", "bfloat16")
    )
    use: str = knob(
        "storage",
        "Only the file is half as large and runs as float32 everywhere, or also the arithmetic is float16.",
        choices=("storage", "compute"),
    )
    exclude: list[str] = knob([], "Layers that stay float32, by name or pattern (stem*).", advanced=True)


@technique(
    "half-precision",
    name="Half precision (float16, bfloat16)",
    family="quantization",
    covers=("Q6",),
    summary="16-bit weights: the file is half as large; faster only on devices with float16 arithmetic.",
    paper="Micikevicius et al. 2018 (arXiv:1710.03740); Kalamkar et al. 2019 (arXiv:1905.12322)",
    config=HalfPrecision,
    takes=Takes.ONNX,
    changes=(Effect.INTEGERS,),
    destroys=(Effect.TRAINABLE,),
)
def half_precision(state: ModelState, config: HalfPrecision, context: Context) -> ModelState:
    """Store weights in 16 bits, or turn the whole graph to float16 with float32 inputs and outputs."""
    from ...errors import TechniqueError

    assert state.onnx is not None
    if config.use == "compute" and config.kind == "bfloat16":
        raise TechniqueError(
            "no-bfloat16-arithmetic", "no runtime on boards computes in bfloat16 on the CPU", "use: storage, or float16"
        )
    return _computing(state, config) if config.use == "compute" else _stored(state, config)


def _stored(state: ModelState, config: HalfPrecision) -> ModelState:
    import numpy as np

    from ...records import Skip
    from .stored import store_half
    from .weights import copied, float_weights

    assert state.onnx is not None
    graph = copied(state.onnx)
    weights, skipped = float_weights(graph, "half-precision", exclude=config.exclude)
    limit = float(np.finfo(np.float16).max)
    notes = []
    for weight in weights:
        if config.kind == "float16" and np.abs(weight.values).max(initial=0) > limit:
            skipped.append(
                Skip(weight.layer, f"has weights beyond {limit:g}, the largest float16; bfloat16 holds them")
            )
            continue
        store_half(graph, weight.name, config.kind)
    notes.append(f"{config.kind} weights run as float32: the file is smaller, not faster")
    return state.as_graph(graph, skipped, notes)


def _computing(state: ModelState, config: HalfPrecision) -> ModelState:
    from onnxruntime.quantization.onnx_model import ONNXModel
    from onnxruntime.transformers.float16 import convert_float_to_float16

    from ...model.save import finished
    from ..layer_choice import check_patterns, matches
    from .naming import named

    assert state.onnx is not None
    graph = named(state.onnx)
    names = [node.name for node in graph.graph.node]
    check_patterns(config.exclude, names, "half-precision")
    blocked = [name for name in names if matches(name, config.exclude)]
    converted = ONNXModel(convert_float_to_float16(graph, keep_io_types=True, node_block_list=blocked))
    converted.topological_sort()
    graph = finished(converted.model)
    note = "float16 arithmetic: faster where the device has it (Arm with fphp/asimdhp, GPUs); elsewhere it is converted"
    return state.as_graph(graph, notes=(note,))

"""Q4: dynamic quantization. Weights become int8 ahead of time, activations at run time; good for transformers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

_CONVOLUTION = "convolutions run slower with dynamic int8"


@dataclass(frozen=True)
class DynamicQuantization:
    """Knobs of dynamic quantization."""

    granularity: str = knob(
        "per-channel", "One scale per output channel or per tensor.", choices=("per-channel", "per-tensor")
    )
    convolutions: bool = knob(
        False, "Also convolutions; they usually get slower (0.07x to 0.9x were measured).", advanced=True
    )
    embeddings: bool = knob(
        True, "Tables of embeddings become 8-bit integers, too; their rows are float again when looked up."
    )
    recurrent: bool = knob(
        True,
        "LSTM layers run on int8 kernels, too; GRU and plain recurrent layers, for which onnxruntime has none, store their "
        "weights as int8 and run in float.",
    )
    weight_range: str = knob(
        "auto",
        "Bits of the weights: 8 (full), 7 (reduced), or 7 only where the target's processor would overflow (auto).",
        choices=("auto", "full", "reduced"),
        advanced=True,
    )
    exclude: list[str] = knob([], "Names of nodes that stay float.", advanced=True)


@technique(
    "dynamic-quantization",
    name="Dynamic int8 quantization",
    family="quantization",
    covers=("Q4",),
    summary="int8 weights for matrix products and LSTM, activations quantized while running; needs no data.",
    paper="onnxruntime.quantization.quantize_dynamic; Jacob et al. 2018 (arXiv:1712.05877)",
    config=DynamicQuantization,
    takes=Takes.ONNX,
    changes=(Effect.INTEGERS,),
    destroys=(Effect.TRAINABLE,),
)
def dynamic_quantization(state: ModelState, config: DynamicQuantization, context: Context) -> ModelState:
    """Quantize MatMul, Gemm, LSTM and tables of embeddings; says which nodes were not."""
    from ...model.save import strip_metadata
    from .naming import named
    from .recurrent import KERNEL, RECURRENT, STORED, left_to_float, store_recurrent
    from .saturation import chosen_range

    assert state.onnx is not None
    graph = named(state.onnx)
    nodes, exclude = graph.graph.node, set(config.exclude)
    kinds = ["MatMul", "Gemm", *(["Conv"] if config.convolutions else []), *(["LSTM"] if config.recurrent else [])]
    left = {name: why for name, why in left_to_float(graph.graph).items() if name not in exclude}
    layers = [node.name for node in nodes if node.op_type in kinds and node.name not in exclude | set(left)]
    tables = embeddings(graph.graph)
    looked_up = [name for name in tables if config.embeddings and name not in exclude]
    skipped = [] if config.convolutions else [Skip(n.name, _CONVOLUTION) for n in nodes if n.op_type == "Conv"]
    skipped += [Skip(name, "an embedding that the recipe leaves float") for name in tables if name not in looked_up]
    if not config.recurrent:
        skipped += [Skip(n.name, f"the recipe leaves {n.op_type} float") for n in nodes if n.op_type in RECURRENT]
    reduced, said = chosen_range(config.weight_range, context.processor, None, [])
    if layers or looked_up:
        kept, piled = exclude | set(left), stacked(graph.graph) if config.granularity == "per-channel" else set()
        operators = [*kinds, *(["Gather"] if looked_up else [])]
        per_channel = config.granularity == "per-channel"
        graph = _quantized(graph, operators, kept | piled, per_channel=per_channel, reduced=reduced)
        if piled - kept:
            others = {node.name for node in graph.graph.node} - piled
            graph = _quantized(graph, ["MatMul"], kept | others, per_channel=False, reduced=reduced)
    stored = store_recurrent(graph, left) if config.recurrent else frozenset()
    if config.recurrent:
        skipped += [Skip(n, f"{why}; {STORED if n in stored else 'it stays float'}") for n, why in left.items()]
    counted = Counter(node.op_type for node in graph.graph.node)
    products = counted[KERNEL] + counted["MatMulInteger"] + counted["ConvInteger"]
    notes = [said] if said and products else []
    if counted[KERNEL]:
        notes.append(f"{counted[KERNEL]} LSTM layers run on onnxruntime's int8 kernel")
    if not products and not counted["DequantizeLinear"] and not stored:
        notes.append("nothing was quantized: the graph has no MatMul, Gemm, LSTM or embedding with stored weights")
    strip_metadata(graph)
    skipped += [item for item in still_float(graph.graph, kinds, exclude) if item.layer not in left]
    return state.as_graph(graph, skipped, notes)


def stacked(graph: GraphProto) -> set[str]:
    """Names of products with a stack of weight matrices: the kernel takes no scale per channel for them."""
    ranks = {tensor.name: len(tensor.dims) for tensor in graph.initializer}
    return {node.name for node in graph.node if node.op_type == "MatMul" and ranks.get(node.input[1], 2) > 2}


def _quantized(
    graph: ModelProto, kinds: list[str], exclude: Collection[str], *, per_channel: bool, reduced: bool
) -> ModelProto:
    """What onnxruntime's quantizer makes of a graph."""
    import contextlib
    import io
    import logging
    from tempfile import TemporaryDirectory

    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    previous = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            onnx.save(graph, f"{folder}/in.onnx")
            quantize_dynamic(
                f"{folder}/in.onnx",
                f"{folder}/out.onnx",
                op_types_to_quantize=kinds,
                per_channel=per_channel,
                reduce_range=reduced,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=list(exclude),
            )
            return onnx.load(f"{folder}/out.onnx")
    finally:
        logging.disable(previous)


def embeddings(graph: GraphProto) -> list[str]:
    """Names of the nodes that look rows up in a table of float weights."""
    tables = {tensor.name for tensor in graph.initializer if tensor.data_type == 1 and len(tensor.dims) == 2}
    return [node.name for node in graph.node if node.op_type == "Gather" and node.input[0] in tables]


def still_float(graph: GraphProto, kinds: Collection[str], exclude: Collection[str], branch: str = "") -> list[Skip]:
    """Nodes of these kinds that the quantizer left as they were, with the reason; those of branches too."""
    stored = {tensor.name for tensor in graph.initializer}
    constants = {node.output[0] for node in graph.node if node.op_type == "Constant"}
    found = []
    for node in graph.node:
        found += in_branches(node, kinds, exclude)
        if node.op_type not in kinds:
            continue
        if node.name in exclude:
            reason = "excluded by the recipe"
        elif branch:
            reason = f"it lies in a branch of {branch}, which the quantizer does not enter"
        elif node.input[1] in constants:
            reason = "its weights are a Constant node, which the quantizer leaves alone"
        elif node.input[1] in stored:
            reason = "the quantizer left it alone"
        elif node.input[0] in stored:
            reason = "its weights are the left operand, for which there is no kernel"
        else:
            reason = "both of its inputs are computed"
        found.append(Skip(node.name or node.output[0], reason))
    return found


def in_branches(node: NodeProto, kinds: Collection[str], exclude: Collection[str]) -> list[Skip]:
    """Nodes of these kinds inside an If or Loop, which no quantizer enters, with that reason."""
    found = []
    for attribute in node.attribute:
        if attribute.HasField("g"):
            found += still_float(attribute.g, kinds, exclude, node.name or node.op_type)
    return found

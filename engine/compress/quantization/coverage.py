"""Which convolutions and matrix products really run with integer kernels: read from the graph the runtime executes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from ..processor import Processor, this_processor
from .calibration import Scheme

if TYPE_CHECKING:
    from onnx import ModelProto

INTEGER = {
    "QLinearConv",
    "QGemm",
    "QLinearMatMul",
    "MatMulIntegerToFloat",
    "ConvInteger",
    "MatMulInteger",
    "DynamicQuantizeMatMul",
}
FLOAT = {"Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "FusedMatMul", "NhwcFusedConv", "ConvTranspose"}


@dataclass(frozen=True)
class Coverage:
    """Names of the nodes that run as integers, and of those that fell back to float."""

    integer: tuple[str, ...]
    floating: tuple[str, ...]


def coverage(graph: ModelProto, processor: Processor | None = None) -> Coverage:
    """Optimize the graph as the runtime does before it runs, and look at what is left.

    Args:
        graph: quantized.
        processor: of the target; on Arm the runtime keeps int8 activations, on x86 it turns them into uint8 first.
    """
    import onnx
    import onnxruntime

    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "optimized.onnx")
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = path
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        options.add_session_config_entry("session.disable_prepacking", "1")  # it is looked at, not run
        if not (processor or this_processor()).is_x86:
            options.add_session_config_entry("session.qdqisint8allowed", "1")
        onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
        nodes = onnx.load(path).graph.node
    return Coverage(
        tuple(node.name for node in nodes if node.op_type in INTEGER),
        tuple(node.name for node in nodes if node.op_type in FLOAT),
    )


@dataclass(frozen=True)
class Covered:
    """A quantized graph, the scheme it has at last, nodes that went back to float, and a note on what was repaired."""

    graph: ModelProto
    scheme: Scheme
    returned: frozenset[str]
    note: str | None = None


def covered(
    graph: ModelProto,
    build: Callable[[Scheme, frozenset[str]], ModelProto],
    scheme: Scheme,
    floating: Collection[str],
    processor: Processor | None = None,
) -> Covered:
    """Quantize so that what has integers also runs on integer kernels.

    A layer the runtime would run in float anyway only pays for the conversions. Where int8 activations are the reason
    (onnxruntime on x86 needs a tensor's one reader to turn it into uint8), uint8 is taken; what is still left goes back
    to float.

    Args:
        graph: the float graph.
        build: makes the graph of a scheme whose named nodes stay float.
        scheme: wanted.
        floating: nodes that stay float on purpose.
        processor: of the target.
    """
    wanted = frozenset(floating)
    first = _attempt(graph, build, scheme, wanted, processor)
    if not first.returned or scheme.activation == "uint8":
        return _back_to_float(first, build, wanted)
    second = _attempt(graph, build, replace(scheme, activation="uint8", symmetric=False), wanted, processor)
    if len(second.returned) >= len(first.returned):
        return _back_to_float(first, build, wanted)
    note = (
        f"activations are uint8, not int8: with int8 the runtime would run {len(first.returned)} layers in float on x86"
    )
    return replace(_back_to_float(second, build, wanted), note=note)


def _attempt(
    graph: ModelProto,
    build: Callable[[Scheme, frozenset[str]], ModelProto],
    scheme: Scheme,
    floating: frozenset[str],
    processor: Processor | None,
) -> Covered:
    result = build(scheme, floating)
    names = {node.name for node in graph.graph.node if node.op_type in FLOAT}
    fell = {origin(name, names) for name in coverage(result, processor).floating}
    return Covered(result, scheme, frozenset(name for name in fell if name in names) - floating)


def _back_to_float(
    found: Covered, build: Callable[[Scheme, frozenset[str]], ModelProto], floating: frozenset[str]
) -> Covered:
    if not found.returned:
        return found
    return replace(found, graph=build(found.scheme, floating | found.returned))


def origin(name: str, names: Collection[str]) -> str:
    """The node of the float graph that a node of the runtime's graph was made from: its name with something behind."""
    fitting = [item for item in names if name == item or name.startswith(item)]
    return max(fitting, key=len, default=name)

"""Which convolutions and matrix products really run with integer kernels: read from the graph the runtime executes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

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
FLOAT = {"Conv", "FusedConv", "Gemm", "FusedGemm", "MatMul", "FusedMatMul", "NhwcFusedConv"}


@dataclass(frozen=True)
class Coverage:
    """Names of the nodes that run as integers, and of those that fell back to float."""

    integer: tuple[str, ...]
    floating: tuple[str, ...]


def coverage(graph: ModelProto) -> Coverage:
    """Optimize the graph as the runtime does before it runs, and look at what is left."""
    import onnx
    import onnxruntime

    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "optimized.onnx")
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = path
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
        nodes = onnx.load(path).graph.node
    return Coverage(
        tuple(node.name for node in nodes if node.op_type in INTEGER),
        tuple(node.name for node in nodes if node.op_type in FLOAT),
    )

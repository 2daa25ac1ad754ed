"""Adaptive rounding: up or down is decided by what a layer's outputs lose, not by the nearest code.

Columns are rounded one after the other; the error of each is made up for by the columns that are still real, weighted
by how the layer's inputs vary together. Source: Nagel et al.: Up or Down? Adaptive Rounding, 2020 (arXiv:2004.10568) for
the aim; Frantar et al.: GPTQ, 2023 (arXiv:2210.17323) for this solution in closed form.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .affine import Grid

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

DAMPING = 0.01
SAMPLES = 32
MAX_ROWS = 4096


def adaptive_codes(matrix: np.ndarray, grid: Grid, inputs: np.ndarray) -> np.ndarray:
    """Codes of a weight matrix that keep its products with typical inputs.

    Args:
        matrix: ``[outputs, inputs]``.
        grid: scale and zero point, one for all or one per row (``[outputs, 1]``).
        inputs: rows the matrix is multiplied with, ``[n, inputs]``.

    >>> grid = Grid(8, np.array([[1.0]]), np.array([[0.0]]), -127, 127)
    >>> ones = np.ones((4, 3))
    >>> int(adaptive_codes(np.array([[0.4, 0.4, 0.4]]), grid, ones).sum())  # nearest gives 0 for a sum of 1.2
    1
    """
    hessian = inputs.T.astype(np.float64) @ inputs / len(inputs)
    mean = float(np.trace(hessian)) / len(hessian)
    hessian += (DAMPING * mean + 1e-12) * np.eye(len(hessian))
    upper = np.linalg.cholesky(np.linalg.inv(hessian)).T
    left = matrix.astype(np.float64).copy()
    scale = np.broadcast_to(grid.scale.reshape(-1, 1), (len(matrix), 1))[:, 0]
    zero = np.broadcast_to(grid.zero.reshape(-1, 1), (len(matrix), 1))[:, 0]
    codes = np.zeros(matrix.shape, np.int64)
    for column in range(matrix.shape[1]):
        chosen = np.clip(np.rint(left[:, column] / scale) + zero, grid.low, grid.high)
        codes[:, column] = chosen
        error = (left[:, column] - (chosen - zero) * scale) / upper[column, column]
        left[:, column + 1 :] -= error[:, None] * upper[column, column + 1 :]
    return codes


def layer_inputs(graph: ModelProto, arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Rows that the weights of plain convolutions and Gemms are multiplied with, by the weight's name.

    Layers of other kinds (grouped, one-dimensional, unevenly padded) are left out.
    """
    import onnx
    import onnxruntime

    fitting = [node for node in graph.graph.node if _fits(node)]
    watched = onnx.ModelProto()
    watched.CopyFrom(graph)
    known = {item.name for item in (*graph.graph.input, *graph.graph.output)}
    wanted = dict.fromkeys(node.input[0] for node in fitting)
    for name in wanted:
        if name not in known:
            watched.graph.output.add().name = name
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    session = onnxruntime.InferenceSession(watched.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {item.name: array[:SAMPLES] for item, array in zip(session.get_inputs(), arrays, strict=True)}
    asked = [name for name in wanted if name not in feed]
    seen = {**feed, **dict(zip(asked, session.run(asked, feed) if asked else [], strict=True))}
    shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.graph.initializer}
    return {
        node.input[1]: _rows(node, seen[node.input[0]], shapes[node.input[1]])
        for node in fitting
        if node.input[1] in shapes
    }


def _fits(node: NodeProto) -> bool:
    values = {item.name: item for item in node.attribute}
    if node.op_type == "Gemm":
        return not ("transA" in values and values["transA"].i)
    if node.op_type != "Conv" or ("group" in values and values["group"].i != 1):
        return False
    pads = list(values["pads"].ints) if "pads" in values else [0, 0, 0, 0]
    plain = "auto_pad" not in values or values["auto_pad"].s in (b"", b"NOTSET")
    return len(pads) == 4 and pads[:2] == pads[2:] and plain


def _rows(node: NodeProto, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Windows of a convolution's input, or a Gemm's input as it is; evenly thinned out."""
    if node.op_type == "Gemm":
        rows = values.reshape(len(values), -1)
    else:
        import torch

        settings = {item.name: tuple(int(size) for size in item.ints) for item in node.attribute}
        windows = torch.nn.functional.unfold(
            torch.from_numpy(np.ascontiguousarray(values, np.float32)),
            shape[2:],
            dilation=settings.get("dilations", (1, 1)),
            padding=settings.get("pads", (0, 0))[:2],
            stride=settings.get("strides", (1, 1)),
        )
        rows = windows.transpose(1, 2).reshape(-1, windows.shape[1]).numpy()
    step = max(1, -(-len(rows) // MAX_ROWS))
    return rows[::step]

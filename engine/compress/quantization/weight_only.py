"""Q5: weight-only quantization in blocks: int4 or int8 weights with a scale for every few values, float activations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ...records import Skip
from ..registry import technique
from ..technique import Context, Effect, ModelState, Takes, knob

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto

MICROSOFT = "com.microsoft"


@dataclass(frozen=True)
class WeightOnly:
    """Knobs of weight-only quantization."""

    bits: int = knob(4, "Bits of a weight: 4 or 8.", unit="bits", min=4, max=8)
    block: int = knob(32, "Weights that share a scale: 16, 32, 64, 128 or 256.", unit="weights", min=16, max=256)
    symmetric: bool = knob(True, "Zero point in the middle; else one zero point a block.")
    accuracy_level: int = knob(
        0, "Arithmetic of the kernel: 0 = the runtime's choice, 1 = float32, 4 = int8.", min=0, max=4, advanced=True
    )
    exclude: list[str] = knob([], "Layers that stay float, by name or pattern (head*).", advanced=True)


@technique(
    "weight-only-quantization",
    name="Weight-only quantization in blocks (int4, int8)",
    family="quantization",
    covers=("Q5",),
    summary="int4 or int8 weights of matrix products, executed as such by onnxruntime; for transformers and large layers.",
    paper="Dettmers, Zettlemoyer 2023 (arXiv:2212.09720); onnxruntime's MatMulNBits",
    config=WeightOnly,
    takes=Takes.ONNX,
    changes=(Effect.INTEGERS,),
    destroys=(Effect.TRAINABLE,),
)
def weight_only(state: ModelState, config: WeightOnly, context: Context) -> ModelState:
    """Turn matrix products with constant weights into MatMulNBits; store embeddings and convolutions as codes."""
    from ...errors import RecipeError
    from .affine import grid_of
    from .stored import store_affine
    from .weights import copied, float_weights

    assert state.onnx is not None
    if config.bits not in (4, 8) or config.block not in (16, 32, 64, 128, 256):
        what = f"bits={config.bits}, block={config.block}"
        raise RecipeError("bad-knob", f"{what} is not offered", "use bits 4 or 8 and block 16, 32, 64, 128 or 256")
    graph = copied(state.onnx)
    weights, skipped = float_weights(graph, "weight-only-quantization", exclude=config.exclude)
    products = 0
    for weight in weights:
        context.cancel.check()
        readers = [node for node in graph.graph.node if weight.name in node.input]
        if all(_fits(node, weight.name) for node in readers) and weight.values.ndim == 2:
            for node in readers:
                _to_blocks(graph, node, weight.values, config)
            products += 1
            _drop(graph, weight.name)
        elif weight.op in ("Conv", "ConvTranspose", "Gather"):
            grid = grid_of(weight.values, config.bits, axis=weight.axis)
            store_affine(graph, weight.name, grid.codes(weight.values), grid)
            skipped.append(Skip(weight.layer, "stored with one scale a channel and run as float: no block-wise kernel"))
        else:
            skipped.append(Skip(weight.layer, f"{weight.op} has no weight-only kernel; it stays float"))
    if products and not any(item.domain == MICROSOFT for item in graph.opset_import):
        graph.opset_import.add(domain=MICROSOFT, version=1)
    note = f"{products} matrix products run with int{config.bits} weights in blocks of {config.block}"
    if config.bits == 8 and products:
        note += "; int8 blocks need onnxruntime 1.22 or newer on the board"
    return state.as_graph(graph, skipped, (note,))


def _fits(node: NodeProto, weight: str) -> bool:
    if node.op_type == "MatMul":
        return bool(node.input[1] == weight)
    if node.op_type != "Gemm" or node.input[1] != weight:
        return False
    values = {item.name: item for item in node.attribute}
    scaled = any(name in values and values[name].f != 1.0 for name in ("alpha", "beta"))
    return not scaled and not ("transA" in values and values["transA"].i)


def blocks(
    values: np.ndarray, bits: int, block: int, *, symmetric: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Codes of a matrix in blocks along its inputs.

    Args:
        values: ``[K, N]``, inputs by outputs.
        bits: 4 or 8.
        block: values that share a scale; the last block of a column is filled with zeros.
        symmetric: zero point ``2^(bits-1)``, told as None.

    Returns:
        Codes ``u8[N, blocks, block]``, scales ``f32[N, blocks]``, zero points ``u8[N, blocks]`` or None.
    """
    k, n = values.shape
    count = -(-k // block)
    padded = np.zeros((n, count * block), np.float32)
    padded[:, :k] = values.T
    padded = padded.reshape(n, count, block)
    middle, top = 2 ** (bits - 1), 2**bits - 1
    if symmetric:
        # the value with the largest size gets the code that has no partner on the other side
        place = np.abs(padded).argmax(axis=2)[..., None]
        scale = np.take_along_axis(padded, place, 2)[..., 0] / -middle
        zero = np.full(scale.shape, middle)
    else:
        low, high = np.minimum(padded.min(2), 0), np.maximum(padded.max(2), 0)
        scale = (high - low) / top
        zero = np.clip(np.rint(-low / np.where(scale > 0, scale, 1)), 0, top)
    scale = np.where(scale != 0, scale, 1).astype(np.float32)
    codes = np.clip(np.rint(padded / scale[..., None]) + zero[..., None], 0, top).astype(np.uint8)
    return codes, scale, None if symmetric else zero.astype(np.uint8)


def _to_blocks(graph: ModelProto, node: NodeProto, values: np.ndarray, config: WeightOnly) -> None:
    """Replace one MatMul or Gemm; a bias stays as an Add of its own."""
    from onnx import helper, numpy_helper

    from .stored import pack_codes

    transposed = node.op_type == "Gemm" and any(item.name == "transB" and item.i for item in node.attribute)
    matrix = values.T if transposed else values
    codes, scale, zero = blocks(matrix, config.bits, config.block, symmetric=config.symmetric)
    n, count, block = codes.shape
    packed = codes if config.bits == 8 else pack_codes(codes, 4).reshape(n, count, block // 2)
    constants = {"codes": packed, "scales": scale.reshape(-1)}
    if zero is not None:
        even = np.pad(zero, ((0, 0), (0, zero.shape[1] % 2)))
        constants["zeros"] = zero.reshape(-1) if config.bits == 8 else pack_codes(even, 4).reshape(-1)
    stem = f"{node.name or node.output[0]}_blocks"
    for role, array in constants.items():
        graph.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(array), f"{stem}_{role}"))
    bias = node.input[2] if node.op_type == "Gemm" and len(node.input) > 2 else None
    result = node.output[0] if bias is None else f"{stem}_product"
    made = [
        helper.make_node(
            "MatMulNBits",
            [node.input[0], *(f"{stem}_{role}" for role in constants)],
            [result],
            node.name,
            domain=MICROSOFT,
            K=matrix.shape[0],
            N=n,
            bits=config.bits,
            block_size=config.block,
            accuracy_level=config.accuracy_level,
        )
    ]
    if bias is not None:
        known = [item for item in (*graph.graph.value_info, *graph.graph.output) if item.name == node.output[0]]
        for item in known[:1]:
            graph.graph.value_info.add().CopyFrom(item)
            graph.graph.value_info[-1].name = result
        made.append(helper.make_node("Add", [result, bias], list(node.output), f"{stem}_bias"))
    nodes: list[NodeProto] = []
    for item in graph.graph.node:
        nodes += made if item.output[0] == node.output[0] else [item]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def _drop(graph: ModelProto, name: str) -> None:
    tensor = next(item for item in graph.graph.initializer if item.name == name)
    graph.graph.initializer.remove(tensor)

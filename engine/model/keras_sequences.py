"""Rules for Keras layers that read sequences: embedding, recurrent layers, multi-head attention."""

from __future__ import annotations

from typing import Any

import numpy as np

from .keras_emitter import Emitter, Value, refused
from .keras_layers import Rule, array, dense

_GATES = {"LSTM": (0, 3, 1, 2), "GRU": (0, 1, 2), "SimpleRNN": (0,)}
"""Where ONNX's gates (i o f c; z r h) are among Keras' (i f c o; z r h)."""
_ACTIVATIONS = {"LSTM": ("sigmoid", "tanh"), "GRU": ("sigmoid", "tanh"), "SimpleRNN": (None, "tanh")}


def _embedding(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    if layer.mask_zero:
        raise refused(f"layer '{path}' (Embedding)", "masks its padding (mask_zero), which no exported graph does")
    from onnx import TensorProto

    value = emitter.logical(values[0], path)
    places = emitter.one("Cast", [value.name], path, to=TensorProto.INT64)
    name = emitter.one("Gather", [emitter.weight(f"{path}.weight", array(layer.embeddings)), places], path, axis=0)
    return [Value(name, (*value.shape, layer.output_dim))]


def _recurrent(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    return [_run(emitter, [layer], layer, values[0], path)]


def _bidirectional(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    if layer.merge_mode != "concat":
        raise refused(f"layer '{path}' (Bidirectional)", f"merges its ways by {layer.merge_mode}")
    return [_run(emitter, [layer.forward_layer, layer.backward_layer], layer, values[0], path)]


def _run(emitter: Emitter, ways: list[Any], layer: Any, value: Value, path: str) -> Value:
    """One node for one or two ways; ``[n, steps, c]`` in, ``[n, steps, ways * units]`` or ``[n, ways * units]`` out."""
    forward = ways[0]
    kind = type(forward).__name__
    _check(ways, kind, path)
    value = emitter.logical(value, path)
    steps = emitter.one("Transpose", [value.name], f"{path}.steps", perm=[1, 0, 2])
    parts = [_weights(way, kind) for way in ways]
    names = ("weight_ih", "weight_hh", "bias")
    weights = [
        emitter.weight(f"{path}.{name}", np.stack([part[index] for part in parts])) for index, name in enumerate(names)
    ]
    attributes: dict[str, Any] = {"hidden_size": forward.units}
    if len(ways) == 2:
        attributes["direction"] = "bidirectional"
    if kind == "GRU":
        attributes["linear_before_reset"] = 1
    node = {"SimpleRNN": "RNN"}.get(kind, kind)
    every, last = emitter.node(node, [steps, *weights], path, outputs=2, **attributes)
    width = forward.units * len(ways)
    if forward.return_sequences:
        turned = emitter.one("Transpose", [every], path, perm=[2, 0, 1, 3])
        shape = emitter.weight(f"{path}.shape", [0, 0, width], np.int64)
        return Value(emitter.one("Reshape", [turned, shape], path), (*value.shape[:2], width))
    turned = emitter.one("Transpose", [last], path, perm=[1, 0, 2])
    return Value(emitter.one("Flatten", [turned], path, axis=1), (value.shape[0], width))


def _check(ways: list[Any], kind: str, path: str) -> None:
    if kind not in _GATES:
        raise refused(f"layer '{path}'", f"is recurrent with a {kind}")
    for number, way in enumerate(ways):
        gate, output = _ACTIVATIONS[kind]
        used = (getattr(getattr(way, "recurrent_activation", None), "__name__", None), way.activation.__name__)
        if used != (gate, output):
            raise refused(f"layer '{path}' ({kind})", f"uses the activations {used[0]} and {used[1]}")
        if way.return_state or way.stateful or bool(way.go_backwards) != bool(number):
            raise refused(f"layer '{path}' ({kind})", "keeps or returns its state, or only reads backwards")
        if kind == "GRU" and not way.reset_after:
            raise refused(f"layer '{path}' (GRU)", "resets before the linear layer (reset_after=False)")
        if getattr(way.cell, "quantization_mode", None):
            raise refused(f"layer '{path}' ({kind})", "holds quantized weights")


def _weights(way: Any, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Kernel ``[gates * units, c]``, recurrent kernel and both biases of one way in ONNX's order."""
    cell, count, units = way.cell, len(_GATES[kind]), way.units

    def ordered(columns: np.ndarray) -> np.ndarray:
        gates = columns.reshape(-1, count, units)[:, list(_GATES[kind])]
        return gates.reshape(-1, count * units)

    zeros = np.zeros((1, count * units), np.float32)
    bias = array(cell.bias) if way.use_bias else zeros
    rows = ordered(bias) if bias.ndim == 2 else ordered(bias[None])
    into, onward = (rows[0], rows[1]) if len(rows) == 2 else (rows[0], zeros[0])
    return ordered(array(cell.kernel)).T, ordered(array(cell.recurrent_kernel)).T, np.concatenate([into, onward])


def _attention(emitter: Emitter, layer: Any, values: list[Value], path: str) -> list[Value]:
    """Query, key and value projections, scaled dot product, output projection."""
    if len(values) not in (2, 3):
        raise refused(f"layer '{path}' (MultiHeadAttention)", "is given a mask")
    if layer._use_gate or layer._sliding_window is not None or list(layer._attention_axes or [1]) != [1]:
        raise refused(f"layer '{path}' (MultiHeadAttention)", "has a gate, a window or other axes than the sequence")
    query, value = (emitter.logical(item, path) for item in values[:2])
    key = emitter.logical(values[2], path) if len(values) == 3 else value
    heads, width = layer.num_heads, layer.key_dim
    q = _heads(emitter, layer._query_dense, query, heads, f"{path}.query", [0, 2, 1, 3])
    k = _heads(emitter, layer._key_dense, key, heads, f"{path}.key", [0, 2, 3, 1])
    v = _heads(emitter, layer._value_dense, value, heads, f"{path}.value", [0, 2, 1, 3])
    factor = emitter.weight(f"{path}.scale", np.float32(width**-0.5))
    scores = emitter.one("MatMul", [emitter.one("Mul", [q, factor], path), k], path)
    mixed = emitter.one("MatMul", [emitter.one("Softmax", [scores], path, axis=-1), v], path)
    joined = emitter.one("Transpose", [mixed], path, perm=[0, 2, 1, 3])
    total = heads * layer._value_dim
    shape = emitter.weight(f"{path}.join", [0, 0, total], np.int64)
    joined = emitter.one("Reshape", [joined, shape], path)
    kernel = array(layer._output_dense.kernel)
    bias = array(layer._output_dense.bias).reshape(-1) if layer._use_bias else None
    return [
        dense(emitter, kernel.reshape(total, -1), bias, Value(joined, (*query.shape[:2], total)), f"{path}.out_proj")
    ]


def _heads(emitter: Emitter, projection: Any, value: Value, heads: int, path: str, order: list[int]) -> str:
    kernel = array(projection.kernel)
    bias = array(projection.bias).reshape(-1) if projection.bias is not None else None
    projected = dense(emitter, kernel.reshape(kernel.shape[0], -1), bias, value, path)
    shape = emitter.weight(f"{path}.split", [0, 0, heads, kernel.shape[-1]], np.int64)
    split = emitter.one("Reshape", [projected.name, shape], path)
    return emitter.one("Transpose", [split], path, perm=order)


RULES: dict[str, Rule] = {
    "Embedding": _embedding,
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "SimpleRNN": _recurrent,
    "Bidirectional": _bidirectional,
    "MultiHeadAttention": _attention,
}

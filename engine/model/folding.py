"""Constant arithmetic of ONNX graphs in numpy: what follows from weights and known shapes without running the model.

Only operators that appear in shape computations and weight layouts are here; a result of more than a million values is
not computed unless it merely re-arranges a weight that is there already, so no graph can make this ask for much memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

MAX_ELEMENTS = 1 << 20
Attributes = Mapping[str, Any]
Fold = Callable[[Attributes, Sequence[np.ndarray]], np.ndarray]


def attributes(node: Any) -> dict[str, Any]:
    """The attributes of a node as Python values (bytes decoded, tensors and graphs as protos)."""
    from onnx.helper import get_attribute_value

    values = {item.name: get_attribute_value(item) for item in node.attribute}
    return {name: value.decode() if isinstance(value, bytes) else value for name, value in values.items()}


def tensor_array(tensor: Any) -> np.ndarray:
    """A TensorProto as an array; 4-bit and 8-bit float types come as what ml_dtypes calls them."""
    from onnx import numpy_helper

    array: np.ndarray = numpy_helper.to_array(tensor)
    return array


def constant_node(values: Attributes) -> np.ndarray | None:
    """The array of a Constant node; None for sparse tensors and strings."""
    if "value" in values:
        return tensor_array(values["value"])
    for name, dtype in (("value_float", "f4"), ("value_floats", "f4"), ("value_int", "i8"), ("value_ints", "i8")):
        if name in values:
            return np.asarray(values[name], dtype=dtype)
    return None


def elements(shape: Sequence[int]) -> int:
    """Number of elements of a shape, exact for any size; 0 where a size is negative."""
    return 0 if any(size < 0 for size in shape) else math.prod(int(size) for size in shape)


def fold(op: str, values: Attributes, inputs: Sequence[np.ndarray], most: float = MAX_ELEMENTS) -> np.ndarray | None:
    """The output of one node from constant inputs; None where it is not arithmetic on constants of ``most`` elements or fewer.

    Raises:
        ValueError, IndexError, KeyError, TypeError: the node does not fit its inputs.
    """
    rule = _FOLDS.get(op)
    if rule is None or not inputs:
        return None
    size = max(array.size for array in inputs)
    if size > most and op not in _LAYOUT:
        return None
    if op in ("Expand", "ConstantOfShape", "Tile", "Range") and _asked(op, inputs) > MAX_ELEMENTS:
        return None
    with np.errstate(all="ignore"):
        return rule(values, inputs)


def _asked(op: str, inputs: Sequence[np.ndarray]) -> int:
    if op == "ConstantOfShape":
        return elements(inputs[0].tolist())
    if op == "Range":
        start, limit, step = (float(array) for array in inputs[:3])
        return max(0, math.ceil((limit - start) / step)) if step else 0
    if op == "Tile":
        return inputs[0].size * elements(inputs[1].tolist())
    return max(elements(inputs[1].tolist()), elements(inputs[1].tolist()) * inputs[0].size)


def _axes(values: Attributes, inputs: Sequence[np.ndarray], position: int = 1) -> tuple[int, ...] | None:
    if "axes" in values:
        return tuple(int(axis) for axis in values["axes"])
    return tuple(int(axis) for axis in inputs[position].ravel()) if len(inputs) > position else None


def _slice(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    data = inputs[0]
    starts = values.get("starts", inputs[1].tolist() if len(inputs) > 1 else [])
    ends = values.get("ends", inputs[2].tolist() if len(inputs) > 2 else [])
    axes = values.get("axes", inputs[3].tolist() if len(inputs) > 3 else list(range(len(starts))))
    steps = inputs[4].tolist() if len(inputs) > 4 else [1] * len(starts)
    index = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        low = -data.shape[axis] - 1
        index[axis] = slice(start, None if step < 0 and end <= low else end, step)
    return data[tuple(index)]


def _reshape(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    data = inputs[0]
    target = [int(size) for size in inputs[1]]
    if not values.get("allowzero"):
        target = [data.shape[axis] if size == 0 else size for axis, size in enumerate(target)]
    return data.reshape(target)


def _squeeze(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    return np.squeeze(inputs[0], _axes(values, inputs))


def _unsqueeze(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    return np.expand_dims(inputs[0], _axes(values, inputs) or ())


def _constant_of_shape(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    fill = tensor_array(values["value"]) if "value" in values else np.zeros(1, np.float32)
    return np.full([int(size) for size in inputs[0]], fill.ravel()[0], fill.dtype)


def _cast(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    from onnx.helper import tensor_dtype_to_np_dtype

    return inputs[0].astype(tensor_dtype_to_np_dtype(values["to"]))


def _reduce_prod(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    keep = bool(values.get("keepdims", 1))
    return np.asarray(np.prod(inputs[0], axis=_axes(values, inputs), keepdims=keep, dtype=inputs[0].dtype))


def _divide(_: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    a, b = inputs
    if np.issubdtype(a.dtype, np.integer):
        return np.asarray(np.where(b == 0, 0, np.trunc(a / np.where(b == 0, 1, b))), dtype=a.dtype)
    return np.asarray(a / b, dtype=a.dtype)


def _concat(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    return np.concatenate(inputs, axis=values["axis"])


def _gather(values: Attributes, inputs: Sequence[np.ndarray]) -> np.ndarray:
    return np.take(inputs[0], inputs[1], axis=values.get("axis", 0))


def _binary(function: Callable[[Any, Any], Any]) -> Fold:
    return lambda _, inputs: np.asarray(function(inputs[0], inputs[1]))


def _unary(function: Callable[[Any], Any]) -> Fold:
    return lambda _, inputs: np.asarray(function(inputs[0]), dtype=inputs[0].dtype)


_LAYOUT = {"Identity", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Cast", "Flatten", "Neg"}
_FOLDS: dict[str, Fold] = {
    "Identity": lambda _, x: x[0],
    "Transpose": lambda v, x: np.transpose(x[0], v.get("perm")),
    "Reshape": _reshape,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Flatten": lambda v, x: x[0].reshape(elements(x[0].shape[: v.get("axis", 1)]), -1),
    "Cast": _cast,
    "Concat": _concat,
    "Gather": _gather,
    "Slice": _slice,
    "Range": lambda _, x: np.arange(x[0].item(), x[1].item(), x[2].item(), dtype=x[0].dtype),
    "ConstantOfShape": _constant_of_shape,
    "Expand": lambda _, x: np.array(x[0] * np.ones([int(s) for s in x[1]], x[0].dtype)),
    "Tile": lambda _, x: np.tile(x[0], x[1]),
    "ReduceProd": _reduce_prod,
    "Size": lambda _, x: np.asarray(x[0].size, np.int64),
    "Add": _binary(np.add),
    "Sub": _binary(np.subtract),
    "Mul": _binary(np.multiply),
    "Div": _divide,
    "Mod": _binary(np.mod),
    "Pow": lambda _, x: np.asarray(np.power(x[0], x[1]), dtype=x[0].dtype),
    "Min": lambda _, x: np.asarray(np.minimum.reduce(list(x))),
    "Max": lambda _, x: np.asarray(np.maximum.reduce(list(x))),
    "Equal": _binary(np.equal),
    "Greater": _binary(np.greater),
    "Less": _binary(np.less),
    "And": _binary(np.logical_and),
    "Or": _binary(np.logical_or),
    "Not": lambda _, x: np.logical_not(x[0]),
    "Where": lambda _, x: np.where(x[0], x[1], x[2]),
    "Neg": _unary(np.negative),
    "Abs": _unary(np.abs),
    "Floor": _unary(np.floor),
    "Ceil": _unary(np.ceil),
    "Sqrt": _unary(np.sqrt),
    "Reciprocal": _unary(np.reciprocal),
    "Exp": _unary(np.exp),
}

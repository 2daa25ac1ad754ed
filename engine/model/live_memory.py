"""How much memory activations take: the most bytes of computed tensors that are alive at once, for one sample.

Operators run in the order of the file; a tensor lives from the operator that makes it to the last one that reads it, inputs
of the model live all the while. What a runtime computes in place or in one kernel would need less, a reserve more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from onnx import ModelProto

Name = TypeVar("Name", bound=Hashable)


def most_alive(
    steps: Sequence[tuple[Iterable[Name], Iterable[Name]]],
    size: Callable[[Name], float],
    inputs: Collection[Name],
    outputs: Collection[Name],
) -> float:
    """The largest sum of sizes that are alive at once.

    Args:
        steps: what each operator reads and makes, in their order.
        size: of a tensor.
        inputs: of the model, which stay.
        outputs: of the model, which stay once they are made.

    >>> most_alive([("x", "a"), ("a", "b"), ("b", "y")], {"x": 1, "a": 5, "b": 3, "y": 1}.__getitem__, "x", "y")
    9
    """
    last = {name: index for index, (reads, _) in enumerate(steps) for name in reads}
    live = {name: size(name) for name in inputs}
    most = sum(live.values())
    for index, (reads, makes) in enumerate(steps):
        reads, makes = list(reads), list(makes)
        live.update({name: size(name) for name in makes})
        most = max(most, sum(live.values()))
        for name in (*reads, *makes):
            if name in live and name not in outputs and name not in inputs and last.get(name, index) <= index:
                del live[name]
    return most


def peak_activation_bytes(model: ModelProto) -> int | None:
    """Of an ONNX graph; None where a shape is only known when the model runs.

    A value that is only rounded to integers, or only read back from them, is never stored: integer kernels hand integers on.
    """
    from .graph import facts, real_inputs

    known, nodes = facts(model), list(model.graph.node)
    passing = {name for node in nodes if node.op_type == "DequantizeLinear" for name in node.output}
    rounded = {name for node in nodes if node.op_type == "QuantizeLinear" for name in node.input[:1]}
    read = {name for node in nodes if node.op_type != "QuantizeLinear" for name in node.input}
    inputs, outputs = {item.name for item in real_inputs(model.graph)}, {item.name for item in model.graph.output}
    passing = (passing | (rounded - read)) - inputs - outputs
    steps = [
        (
            [name for name in node.input if name not in known.constants],
            [name for name in node.output if _computed(name, known.constants)],
        )
        for node in nodes
    ]
    sizes: dict[str, int] = {}
    for name in inputs | {name for _, made in steps for name in made}:
        shape = known.shape(name)
        if shape is None or None in shape:
            return None
        width = np.dtype(known.dtypes.get(name, "float32")).itemsize if known.dtypes.get(name) in _PLAIN else 4
        sizes[name] = 0 if name in passing else math.prod(item or 0 for item in shape) * width
    return int(most_alive(steps, sizes.__getitem__, inputs, outputs))


_PLAIN = {"int8", "uint8", "bool", "float16", "int16", "uint16", "int32", "float32", "int64", "float64"}


def _computed(name: str, constants: Collection[str]) -> bool:
    return bool(name) and name not in constants

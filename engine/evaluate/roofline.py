"""The least time a network can take on a processor: its arithmetic or its memory traffic, whichever is slower.

The roofline of Williams, Waterman and Patterson (2009), layer by layer: weights are read once, inputs read and outputs
written once. A real run is slower; how many times is what kernels and overheads cost. The arithmetic roof is float32's:
integer kernels may stay below its bound.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..model.cost import layer_table
from ..model.graph import Facts, facts

if TYPE_CHECKING:
    from onnx import ModelProto

_BYTES = {"int8": 1, "uint8": 1, "bool": 1, "float16": 2, "bfloat16": 2, "int16": 2, "float64": 8, "int64": 8}


@dataclass(frozen=True)
class Roof:
    """What a processor reaches at best on one core: multiply-accumulates and bytes per second."""

    macs_per_s: float
    bytes_per_s: float


@dataclass(frozen=True)
class Bound:
    """One layer under the roof."""

    layer: str
    op: str
    macs: int
    bytes_moved: int
    bound_ms: float
    limit: str

    @property
    def intensity(self) -> float:
        """Multiply-accumulates per byte moved."""
        return self.macs / self.bytes_moved if self.bytes_moved else 0.0

    def to_json(self) -> dict[str, Any]:
        """One entry of ``layers``."""
        return {
            "layer": self.layer,
            "op": self.op,
            "macs": self.macs,
            "bytes_moved": self.bytes_moved,
            "intensity": self.intensity,
            "bound_ms": self.bound_ms,
            "limit": self.limit,
        }


def bounds(model: ModelProto, roof: Roof) -> tuple[Bound, ...]:
    """Every layer with weights or multiply-accumulates, for one sample; layers whose shapes are unknown are left out."""
    known = facts(model, batch=1)
    nodes = {node.name or node.output[0]: node for node in model.graph.node}
    stored = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "DequantizeLinear"}
    stored |= {node.input[0]: node.output[0] for node in model.graph.node if node.op_type == "QuantizeLinear"}
    found = []
    for row in layer_table(model):
        node = nodes.get(row.name)
        if node is None:
            continue
        sizes = []
        for name in [*filter(None, node.input), *filter(None, node.output)]:
            shape = known.shape(name)
            if shape is None or None in shape:
                break
            sizes.append(int(np.prod([size or 0 for size in shape])) * _width(known, stored.get(name, name)))
        else:
            macs, moved = row.macs or 0, sum(sizes)
            compute, memory = macs / roof.macs_per_s, moved / roof.bytes_per_s
            limit = "arithmetic" if compute > memory else "memory"
            found.append(Bound(row.name, row.op, macs, moved, 1e3 * max(compute, memory), limit))
    return tuple(found)


def _width(known: Facts, name: str) -> int:
    """Bytes of one value as it is stored: those of the integers where it is quantized."""
    dtype = str(known.constants[name].dtype) if name in known.constants else known.dtypes.get(name, "")
    return _BYTES.get(dtype, 4)


def this_processor(seconds: float = 0.3) -> Roof:
    """The roof of one core of this computer: the best float32 matrix product and the best copy seen in that time.

    The larger product runs on as many threads as numpy's library is set to; set OMP_NUM_THREADS=1 for one core. On a busy
    computer these wait for one another up to a hundred times as long as they work: the smaller one is never shared out.
    """
    squares = [np.ones((size, size), np.float32) for size in (64, 384)]
    macs = max(_best(lambda a=a: a @ a, a.shape[0] ** 3, seconds / 4) for a in squares)
    source, target = np.ones(1 << 24, np.uint8), np.empty(1 << 24, np.uint8)
    return Roof(macs, _best(lambda: np.copyto(target, source), 2 * source.nbytes, seconds / 2))


def _best(work: Any, amount: int, seconds: float) -> float:
    work()
    end, best = time.perf_counter() + seconds, 0.0
    while time.perf_counter() < end or not best:
        start = time.perf_counter()
        work()
        best = max(best, amount / max(time.perf_counter() - start, 1e-9))
    return best

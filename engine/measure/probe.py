"""The micro-benchmark behind predictions: small graphs of one kind of operator each, timed on the board by its own runtime.

Sizes and widths differ within each kind, so that the costs of multiplying, of gathering and storing, of half-filled blocks and
of the call tell themselves apart; float and int8 (quantize/dequantize pairs that the runtime fuses) are different kinds. About
ten seconds of board time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from device_agent.contract.messages import StopRule
from profiles.predict import Known, Source

from ..compress.technique import Timed
from .features import operators

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET, IR = 17, 8
STOP = StopRule(min_n=40, min_s=0.05, max_s=0.1, half_width=0.01)
TOGETHER = 40
"""Graphs in one process: an agent takes at most 64, and what the costs learn is less that process's own."""
CONV = (
    (3, 8, 32, 3, 2, 1),
    (3, 32, 28, 3, 1, 1),
    (16, 16, 32, 3, 1, 2),
    (16, 32, 32, 3, 2, 1),
    (24, 24, 28, 3, 1, 2),
    (48, 48, 14, 3, 1, 2),
    (64, 64, 4, 3, 1, 2),
    (256, 256, 4, 3, 1, 1),
    (16, 16, 32, 1, 1, 3),
    (16, 64, 28, 1, 1, 1),
    (24, 128, 7, 1, 1, 1),
    (48, 48, 14, 1, 1, 3),
    (64, 16, 28, 1, 1, 1),
    (64, 64, 4, 1, 1, 3),
    (128, 128, 4, 1, 1, 3),
    (128, 128, 14, 1, 1, 3),
)
"""(channels in, channels out, size, kernel, stride, layers): of 42 shapes those that left least doubt about all of them."""
FURTHER = (
    (32, 96, 24, 3, 1, 1),
    (64, 64, 24, 3, 1, 3),
    (16, 128, 24, 3, 2, 1),
    (96, 128, 14, 3, 1, 1),
    (8, 128, 14, 3, 1, 1),
    (24, 64, 32, 3, 1, 1),
    (32, 128, 14, 3, 2, 1),
    (96, 48, 14, 3, 2, 1),
    (128, 128, 4, 3, 1, 3),
    (16, 96, 24, 3, 1, 1),
    (24, 48, 14, 3, 2, 1),
    (32, 96, 32, 1, 1, 1),
)
"""As :data:`CONV`: of 220 shapes those after which the cost model is surest of random networks, which was computed, not tried."""
DEPTHWISE = ((8, 32, 1, 3), (16, 32, 1, 3), (32, 7, 1, 3), (32, 32, 2, 1), (64, 14, 1, 3))
"""(channels, size, stride, layers)."""
POOL = ((64, 7), (128, 7), (128, 14))
DENSE = ((256, 3, 1), (1024, 2, 1), (128, 2, 64))
"""(width, operators, rows)."""
OTHER = ((32, 56, 6), (8, 7, 16))
"""(channels, size, operators in a row)."""


def probe_models() -> tuple[ModelProto, ...]:
    """The graphs."""
    made = []
    for int8 in (False, True):
        for channels, wide, size, kernel, stride, count in CONV:
            made.append(Chain(channels, size, int8).conv(count, kernel, out=wide, stride=stride).model())
        for channels, size, stride, count in DEPTHWISE:
            made.append(Chain(channels, size, int8).conv(count, 3, depthwise=True, stride=stride).model())
        made += [Chain(channels, size, int8).pooled().dense(1, 10).model() for channels, size in POOL]
        made += [Chain(width, 0, int8, rows).dense(count).model() for width, count, rows in DENSE]
    made += [Chain(channels, size, False).add(count).model() for channels, size, count in OTHER]
    for int8 in (False, True):
        for channels, wide, size, kernel, stride, count in FURTHER:
            made.append(Chain(channels, size, int8).conv(count, kernel, out=wide, stride=stride).model())
    return tuple(made)


def probe(time: Callable[[Sequence[bytes]], list[Timed]]) -> list[Known]:
    """Rows of the micro-benchmark.

    Args:
        time: on the board, see :func:`engine.measure.candidates.candidate_timer`; :data:`STOP` is long enough.
    """
    models = probe_models()
    files = [model.SerializeToString() for model in models]
    timed = [item for begin in range(0, len(files), TOGETHER) for item in time(files[begin : begin + TOGETHER])]
    return [Known(operators(m), t.p50_ms, Source.PROBE) for m, t in zip(models, timed, strict=True)]


class Chain:
    """A graph that is built operator by operator; weights are seeded and small, so that values stay in range.

    Args:
        channels: of the input.
        size: height and width of the input; 0 = a vector.
        int8: operators between quantize/dequantize pairs.
        rows: how many vectors at once.
    """

    def __init__(self, channels: int, size: int, int8: bool, rows: int = 1) -> None:
        from onnx import TensorProto, helper

        self.channels, self.size, self._int8, self._rows = channels, size, int8, rows
        shape = [1, channels, size, size] if size else self._vectors()
        self._input = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
        self._nodes: list[Any] = []
        self._tensors: list[Any] = []
        self._last, self._count = "x", 0
        self._draw = np.random.default_rng(0)
        if int8:
            self._tensor("scale", np.float32(0.05))
            self._tensor("zero", np.int8(0))
            self._tensor("lowest", np.int8(-128))  # behind a ReLU: then the runtime can drop it
            self._last = self._requantized("x")

    def conv(
        self, count: int, kernel: int, *, depthwise: bool = False, out: int | None = None, stride: int = 1
    ) -> Chain:
        """Convolutions with ReLU."""
        for _ in range(count):
            group = self.channels if depthwise else 1
            wide = self.channels if depthwise else out or self.channels
            weight = self._weight((wide, self.channels // group, kernel, kernel))
            pad = kernel // 2
            self._node(
                "Conv",
                [self._last, weight],
                kernel_shape=[kernel] * 2,
                pads=[pad] * 4,
                strides=[stride] * 2,
                group=group,
            )
            self.channels, self.size = wide, -(-self.size // stride)
            self._node("Relu", [self._last])
            if self._int8:
                self._last = self._requantized(self._last, "lowest")
        return self

    def dense(self, count: int, out: int | None = None) -> Chain:
        """Matrix products with the vector, or with each of the rows."""
        for _ in range(count):
            wide = out or self.channels
            self._node("MatMul" if self._rows > 1 else "Gemm", [self._last, self._weight((self.channels, wide))])
            self.channels = wide
            if self._int8:
                self._last = self._requantized(self._last)
        return self

    def add(self, count: int) -> Chain:
        """Sums of the running value and the input."""
        for _ in range(count):
            self._node("Add", [self._last, "x"])
        return self

    def pooled(self) -> Chain:
        """The mean over height and width, as a vector."""
        self._node("GlobalAveragePool", [self._last])
        self._node("Flatten", [self._last])
        if self._int8:
            self._last = self._requantized(self._last)
        self.size = 0
        return self

    def model(self) -> ModelProto:
        """The graph."""
        from onnx import TensorProto, helper

        shape = [1, self.channels, self.size, self.size] if self.size else self._vectors()
        output = helper.make_tensor_value_info(self._last, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self._nodes, "probe", [self._input], [output], self._tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)

    def _vectors(self) -> list[int]:
        return [1, self._rows, self.channels] if self._rows > 1 else [1, self.channels]

    def _node(self, op: str, inputs: list[str], **attributes: Any) -> None:
        from onnx import helper

        self._count += 1
        self._last = f"v{self._count}"
        self._nodes.append(helper.make_node(op, inputs, [self._last], name=f"n{self._count}", **attributes))

    def _requantized(self, value: str, zero: str = "zero") -> str:
        self._node("QuantizeLinear", [value, "scale", zero])
        self._node("DequantizeLinear", [self._last, "scale", zero])
        return self._last

    def _weight(self, shape: tuple[int, ...]) -> str:
        self._count += 1
        name = f"w{self._count}"
        if not self._int8:
            deviation = 1 / np.sqrt(np.prod(shape[1:]) or 1)
            self._tensor(name, self._draw.normal(0, deviation, shape).astype(np.float32))
            return name
        self._tensor(name, self._draw.integers(-20, 20, shape).astype(np.int8))
        self._tensor(f"{name}s", np.float32(0.002))
        before = self._last
        self._node("DequantizeLinear", [name, f"{name}s", "zero"])
        weight, self._last = self._last, before
        return weight

    def _tensor(self, name: str, value: Any) -> None:
        from onnx import numpy_helper

        self._tensors.append(numpy_helper.from_array(np.asarray(value), name))

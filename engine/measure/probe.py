"""The micro-benchmark behind predictions: small graphs of one kind of operator each, timed on the board by its own runtime.

Two sizes per kind tell the cost per multiply-accumulate from the cost per operator; float and int8 (quantize/dequantize pairs
that the runtime fuses) are different kinds. About ten seconds of board time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from profiles.predict import Known

from ..compress.technique import Timed
from .features import amounts

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET, IR = 17, 8
CONV = ((16, 28, 3), (64, 14, 3), (128, 7, 2), (32, 56, 2))
DEPTHWISE = ((32, 28, 4), (128, 14, 4), (64, 56, 2))
DENSE = ((256, 3), (1024, 2))
OTHER = ((32, 56, 6), (8, 7, 16))
"""(channels, size, operators in a row); dense: (width, operators)."""


def probe_models() -> tuple[ModelProto, ...]:
    """The graphs."""
    made = []
    for int8 in (False, True):
        for channels, size, count in CONV:
            made.append(Chain(channels, size, int8).conv(count, 3).model())
            made.append(Chain(channels, size, int8).conv(count, 1).model())
        made += [
            Chain(channels, size, int8).conv(count, 3, depthwise=True).model() for channels, size, count in DEPTHWISE
        ]
        made += [Chain(width, 0, int8).dense(count).model() for width, count in DENSE]
    made += [Chain(channels, size, False).add(count).model() for channels, size, count in OTHER]
    return tuple(made)


def probe(time: Callable[[Sequence[bytes]], list[Timed]]) -> list[Known]:
    """Rows of the micro-benchmark.

    Args:
        time: on the board, see :func:`engine.measure.candidates.candidate_timer`.
    """
    models = probe_models()
    timed = time([model.SerializeToString() for model in models])
    return [Known(amounts(m), t.p50_ms, probe=True) for m, t in zip(models, timed, strict=True)]


class Chain:
    """A graph that is built operator by operator; weights are seeded and small, so that values stay in range.

    Args:
        channels: of the input.
        size: height and width of the input; 0 = a vector.
        int8: operators between quantize/dequantize pairs.
    """

    def __init__(self, channels: int, size: int, int8: bool) -> None:
        from onnx import TensorProto, helper

        self.channels, self.size, self._int8 = channels, size, int8
        shape = [1, channels, size, size] if size else [1, channels]
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
        """Matrix products with a vector."""
        for _ in range(count):
            wide = out or self.channels
            self._node("Gemm", [self._last, self._weight((self.channels, wide))])
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

        shape = [1, self.channels, self.size, self.size] if self.size else [1, self.channels]
        output = helper.make_tensor_value_info(self._last, TensorProto.FLOAT, shape)
        graph = helper.make_graph(self._nodes, "probe", [self._input], [output], self._tensors)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)

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

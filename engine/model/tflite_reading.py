"""Read, check and describe a TFLite file; runs in the limited child only.

Parameters, non-zeros and MACs follow the same definitions as :mod:`engine.model.cost`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ModelError
from ..records import Layer, TensorSpec
from .child import printable
from .child_side import stage
from .folding import elements
from .live_memory import most_alive
from .shared_values import final_note

_REMEDY = "convert the model again, or check that the file is complete"
_TRIAL_S = 4.0
_MAX_OPERATORS = 100_000
_TYPES = {
    0: "float32",
    1: "float16",
    2: "int32",
    3: "uint8",
    4: "int64",
    6: "bool",
    7: "int16",
    9: "int8",
    10: "float64",
}
_TYPES |= {12: "uint64", 15: "uint32", 16: "uint16", 17: "int4"}
_WEIGHT_TYPES = {"float32", "float16", "float64", "int8", "uint8", "int16", "int4"}
# operator -> position of the weight, position of the bias
_WEIGHTED = {"CONV_2D": (1, 2), "DEPTHWISE_CONV_2D": (1, 2), "FULLY_CONNECTED": (1, 2), "TRANSPOSE_CONV": (1, 3)}


def read_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: ``path`` of a file in, its description out."""
    path = Path(payload["path"])
    stage("reading")
    content = path.read_bytes()
    try:
        graph = _Graph(content)
        layers = tuple(graph.layers())
    except (
        struct.error,
        IndexError,
        ValueError,
        TypeError,
        AttributeError,
        UnicodeDecodeError,
        AssertionError,
    ) as error:
        raise ModelError("damaged-tflite", f"{path.name} is not a complete TFLite file", _REMEDY) from error
    stage("one inference", float(payload.get("trial_s", _TRIAL_S)))
    shared = final_note(graph.weight_arrays())
    warnings = [*_trial(path), *([] if shared is None else [shared])]
    stage("reporting")
    macs = [layer.macs for layer in layers]
    known = [value for value in macs if value is not None]
    return {
        "inputs": [spec.to_json() for spec in graph.specs(graph.inputs)],
        "outputs": [spec.to_json() for spec in graph.specs(graph.outputs)],
        "parameters": sum(size for size, _ in graph.weights.values()),
        "nonzero_parameters": sum(nonzero for _, nonzero in graph.weights.values()),
        "macs": sum(known) if len(known) == len(macs) else None,
        "peak_activation_bytes": graph.peak_activation_bytes(),
        "quantized": graph.quantized,
        "layers": [layer.to_json() for layer in layers],
        "warnings": warnings,
        "opset": None,
        "ir_version": None,
        "size_bytes": len(content),
    }


class _Graph:
    """The first sub-graph of a model: its tensors, operators and weights."""

    def __init__(self, content: bytes) -> None:
        from ai_edge_litert import schema_py_generated as schema

        self._schema = schema
        self._content = content
        self._model = schema.Model.GetRootAs(content, 0)
        if self._model.SubgraphsLength() < 1:
            message = "no graph"
            raise ValueError(message)
        self._graph = self._model.Subgraphs(0)
        count = self._graph.TensorsLength()
        if count > len(content) or self._graph.OperatorsLength() > _MAX_OPERATORS:
            message = "impossible counts"
            raise ValueError(message)
        self._tensors = [self._graph.Tensors(index) for index in range(count)]
        self.inputs = [self._graph.Inputs(index) for index in range(self._graph.InputsLength())]
        self.outputs = [self._graph.Outputs(index) for index in range(self._graph.OutputsLength())]
        self.weights: dict[int, tuple[int, int]] = {}
        names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
        self._operators = [self._operator(index, names) for index in range(self._graph.OperatorsLength())]
        for op, inputs, _ in self._operators:
            self._count(op, inputs)
        self.quantized = any(self._is_quantized(tensor) for tensor in self._tensors)

    def specs(self, indices: list[int]) -> Iterator[TensorSpec]:
        """Specs of inputs or outputs; a size the signature leaves open is None."""
        for index in indices:
            tensor = self._tensors[index]
            signature = [tensor.ShapeSignature(axis) for axis in range(tensor.ShapeSignatureLength())]
            sizes = signature or list(self.shape(index))
            shape = tuple(None if size < 0 else int(size) for size in sizes)
            yield TensorSpec(printable((tensor.Name() or b"").decode(), 200), shape, self._dtype(index))

    def layers(self) -> Iterator[Layer]:
        """One row per operator with weights or multiply-accumulates."""
        claimed: set[int] = set()
        for op, inputs, outputs in self._operators:
            mine = [index for index in inputs if index in self.weights and index not in claimed]
            claimed.update(mine)
            macs = self._macs(op, inputs, outputs)
            if mine or macs:
                shape = self.shape(outputs[0]) if outputs else ()
                name = (self._tensors[outputs[0]].Name() or b"").decode() if outputs else op
                parameters = sum(self.weights[index][0] for index in mine)
                yield Layer(printable(name, 200), op, parameters, macs, (None, *shape[1:]))

    def peak_activation_bytes(self) -> int:
        """The computed tensors that are alive at once, at most; weights that are unpacked at load are none."""
        stored = {index for index in range(len(self._tensors)) if self._data(index) is not None}
        for op, inputs, outputs in self._operators:
            if op == "DEQUANTIZE" and set(inputs) <= stored:
                stored |= set(outputs)
        steps = [
            ([index for index in inputs if index >= 0 and index not in stored], set(outputs) - stored)
            for _, inputs, outputs in self._operators
        ]
        return int(most_alive(steps, self._bytes, set(self.inputs), set(self.outputs)))

    def _bytes(self, index: int) -> int:
        dtype = self._dtype(index)
        return elements(self.shape(index)) * (np.dtype(dtype).itemsize if dtype in _WEIGHT_TYPES - {"int4"} else 4)

    def weight_arrays(self) -> Iterator[np.ndarray]:
        """The stored weights of whole bytes."""
        for index in self.weights:
            dtype, data = self._dtype(index), self._data(index)
            if dtype != "int4" and data is not None:
                yield np.frombuffer(data, np.dtype(dtype), count=elements(self.shape(index))).reshape(self.shape(index))

    def shape(self, index: int) -> tuple[int, ...]:
        """Shape of a tensor."""
        tensor = self._tensors[index]
        return tuple(int(tensor.Shape(axis)) for axis in range(tensor.ShapeLength()))

    def _dtype(self, index: int) -> str:
        return _TYPES.get(self._tensors[index].Type(), "undefined")

    def _operator(self, index: int, names: dict[int, str]) -> tuple[str, list[int], list[int]]:
        operator = self._graph.Operators(index)
        code = self._model.OperatorCodes(operator.OpcodeIndex())
        name = names.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()), "CUSTOM")
        inputs = [operator.Inputs(position) for position in range(operator.InputsLength())]
        outputs = [operator.Outputs(position) for position in range(operator.OutputsLength())]
        return name, inputs, outputs

    def _is_quantized(self, tensor: Any) -> bool:
        quantization = tensor.Quantization()
        narrow = _TYPES.get(tensor.Type()) in ("int8", "uint8", "int16", "int4")
        return narrow and quantization is not None and quantization.ScaleLength() > 0

    def _count(self, op: str, inputs: list[int]) -> None:
        """Count the stored constants of an operator that are weights."""
        for position, index in enumerate(inputs):
            if index < 0 or index in self.weights or not self.shape(index):
                continue
            bias = op in _WEIGHTED and position == _WEIGHTED[op][1]
            dtype = self._dtype(index)
            if dtype not in _WEIGHT_TYPES and not (bias and dtype in ("int32", "int64")):
                continue
            data = self._data(index)
            if data is not None:
                self.weights[index] = self._counted(index, dtype, data)

    def _counted(self, index: int, dtype: str, data: bytes) -> tuple[int, int]:
        size = elements(self.shape(index))
        if dtype == "int4":
            halves = np.frombuffer(data, np.uint8)
            values = np.stack([halves & 15, halves >> 4], axis=1).reshape(-1)[:size].astype(np.int64)
        else:
            values = np.frombuffer(data, np.dtype(dtype), count=size)
        zero = self._zero_points(index)
        if zero.size > 1:
            axis = self._tensors[index].Quantization().QuantizedDimension()
            shape = self.shape(index)
            zero = zero.reshape([-1 if position == axis else 1 for position in range(len(shape))])
            values = values.reshape(shape)
        return size, int(np.count_nonzero(values != (zero if zero.size else 0)))

    def _zero_points(self, index: int) -> np.ndarray:
        quantization = self._tensors[index].Quantization()
        if quantization is None or quantization.ZeroPointLength() == 0:
            return np.zeros(0, np.int64)
        return np.asarray([quantization.ZeroPoint(i) for i in range(quantization.ZeroPointLength())], np.int64)

    def _data(self, index: int) -> bytes | None:
        """Bytes of a constant; None for values that are computed."""
        number = self._tensors[index].Buffer()
        if not 0 < number < self._model.BuffersLength():
            return None
        buffer = self._model.Buffers(number)
        offset, size = (buffer.Offset(), buffer.Size()) if hasattr(buffer, "Offset") else (0, 0)
        if offset > 1:  # large buffers lie behind the flatbuffer
            if offset + size > len(self._content):
                message = "a buffer beyond the end of the file"
                raise ValueError(message)
            return self._content[offset : offset + size]
        length = buffer.DataLength()
        return bytes(buffer.DataAsNumpy()) if length else None

    def _macs(self, op: str, inputs: list[int], outputs: list[int]) -> int | None:
        if op not in _WEIGHTED and op != "BATCH_MATMUL":
            return 0
        output, weight = self.shape(outputs[0]), self.shape(inputs[1])
        batch = max(1, self.shape(self.inputs[0])[0] if self.inputs and self.shape(self.inputs[0]) else 1)
        if not weight or not output:
            return None
        if op == "CONV_2D":
            return elements(output) * elements(weight[1:]) // batch
        if op == "DEPTHWISE_CONV_2D":
            return elements(output) * elements(weight[1:3]) // batch
        if op == "FULLY_CONNECTED":
            return elements(output) * weight[-1] // batch
        if op == "TRANSPOSE_CONV":
            return elements(self.shape(inputs[2])) * elements(weight[:3]) // batch
        inner = self.shape(inputs[0])
        return elements(output) * (inner[-1] if inner else 1) // batch


def _trial(path: Path) -> list[str]:
    """Run once on zeros.

    Raises:
        ModelError: the runtime refuses the file.
    """
    from ai_edge_litert.interpreter import Interpreter

    try:
        interpreter = Interpreter(model_path=str(path), num_threads=1)
        interpreter.allocate_tensors()
        for detail in interpreter.get_input_details():
            interpreter.set_tensor(detail["index"], np.zeros(detail["shape"], detail["dtype"]))
        interpreter.invoke()
    except MemoryError:
        raise
    except Exception as error:
        text = printable(str(error), 300)
        if "custom op" in text.lower() or "flex" in text.lower():
            return [f"not tried: {text}"]
        raise ModelError("damaged-tflite", f"LiteRT refuses {path.name}: {text}", _REMEDY) from error
    return []

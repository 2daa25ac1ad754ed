"""Builds TFLite files: tensors, buffers and operators of one subgraph, by the schema that comes with ai-edge-litert.

Everything lies inside the flatbuffer (no external buffers), so that tflite-runtime 2.13 reads the files, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

_TYPES = {"float32": 0, "float16": 1, "int32": 2, "uint8": 3, "int64": 4, "bool": 6, "int8": 9}
_WORDS = {number: word for word, number in _TYPES.items()}
_VERSIONS = {"DEQUANTIZE": 5}  # per-channel scales
_FILE_ID = b"TFL3"


class TfliteBuilder:
    """Collects one subgraph; tensors are known by their number."""

    def __init__(self) -> None:
        from ai_edge_litert import schema_py_generated as schema

        self._schema = schema
        self._tensors: list[Any] = []
        self._buffers: list[Any] = [schema.BufferT()]  # by convention the first one is empty
        self._operators: list[Any] = []
        self._codes: dict[str, int] = {}
        self._versions = dict(_VERSIONS)
        self._constants: dict[tuple[str, tuple[int, ...], bytes], int] = {}

    def tensor(
        self, name: str, shape: Sequence[int], dtype: str = "float32", steps: tuple[float, int] | None = None
    ) -> int:
        """A tensor that is computed, or an input; ``steps`` are scale and zero point of integers."""
        tensor = self._schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name.encode(), list(shape), _TYPES[dtype], 0
        if steps is not None:
            tensor.quantization = self._schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = [steps[0]], [steps[1]]
        self._tensors.append(tensor)
        return len(self._tensors) - 1

    def kind(self, number: int) -> str:
        """Type of a tensor's numbers."""
        return _WORDS[self._tensors[number].type]

    def constant(
        self,
        name: str,
        values: np.ndarray,
        *,
        scales: np.ndarray | None = None,
        axis: int | None = None,
        steps: tuple[float, int] | None = None,
    ) -> int:
        """A stored tensor; the same content is stored once.

        Args:
            name: for people.
            values: row-major.
            scales: of int8 codes with zero point 0: one, or one for each index of ``axis``.
            axis: of the scales.
            steps: of int8 codes with one scale and any zero point.
        """
        content = np.ascontiguousarray(values).tobytes()
        key = (str(values.dtype), values.shape, content)
        known = scales is None and steps is None
        if known and key in self._constants:
            return self._constants[key]
        number = self.tensor(name, values.shape, str(values.dtype), steps)
        buffer = self._schema.BufferT()
        buffer.data = np.frombuffer(content, np.uint8)
        self._buffers.append(buffer)
        self._tensors[number].buffer = len(self._buffers) - 1
        if scales is None:
            if known:
                self._constants[key] = number
            return number
        quantization = self._schema.QuantizationParametersT()
        quantization.scale = [float(item) for item in scales]
        quantization.zeroPoint = [0] * len(scales)
        quantization.quantizedDimension = axis or 0
        self._tensors[number].quantization = quantization
        return number

    def operator(
        self,
        kind: str,
        inputs: Sequence[int],
        outputs: Sequence[int],
        options: str = "",
        *,
        version: int = 1,
        **values: Any,
    ) -> None:
        """An operator.

        Args:
            kind: name of the built-in operator (``CONV_2D``).
            inputs, outputs: tensors; -1 is an input that is not there.
            options: name of the options table (``Conv2DOptions``); empty = none.
            version: of the operator that these types need; the file asks for the highest.
            values: its fields.
        """
        operator = self._schema.OperatorT()
        operator.opcodeIndex = self._codes.setdefault(kind, len(self._codes))
        self._versions[kind] = max(self._versions.get(kind, 1), version)
        operator.inputs, operator.outputs = list(inputs), list(outputs)
        if options:
            operator.builtinOptionsType = getattr(self._schema.BuiltinOptions, options)
            operator.builtinOptions = getattr(self._schema, f"{options}T")()
            for name, value in values.items():
                setattr(operator.builtinOptions, name, value)
        self._operators.append(operator)

    def finish(self, inputs: Sequence[tuple[str, int]], outputs: Sequence[tuple[str, int]]) -> bytes:
        """The file, with the signature ``serving_default`` over the named inputs and outputs."""
        import flatbuffers

        schema = self._schema
        graph = schema.SubGraphT()
        graph.name, graph.tensors, graph.operators = b"main", self._tensors, self._operators
        graph.inputs, graph.outputs = [number for _, number in inputs], [number for _, number in outputs]
        model = schema.ModelT()
        model.version, model.description = 3, b"Flyweight"
        model.subgraphs, model.buffers = [graph], self._buffers
        model.operatorCodes = [self._code(kind) for kind in self._codes]
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = b"serving_default", 0
        signature.inputs, signature.outputs = self._maps(inputs), self._maps(outputs)
        model.signatureDefs = [signature]
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(model.Pack(builder), _FILE_ID)
        return bytes(builder.Output())

    def _code(self, kind: str) -> Any:
        code = self._schema.OperatorCodeT()
        code.builtinCode = getattr(self._schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)  # what readers before 2.4 look at
        code.version = self._versions[kind]
        return code

    def _maps(self, named: Sequence[tuple[str, int]]) -> list[Any]:
        maps = []
        for name, number in named:
            item = self._schema.TensorMapT()
            item.name, item.tensorIndex = name.encode(), number
            maps.append(item)
        return maps

"""The child's half of a bundle's making: describe a model file and run the golden inputs, as a board would.

Samples go through one at a time. A quantized ONNX model runs twice: with integer kernels, and with the graph as it is
written, where QDQ pairs are float arithmetic on quantized values. LiteRT has no such mode; there the second run takes its
reference kernels. How far the two are apart tells what other processors may do with the file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import BundleError
from ..evaluate.runtime import Port, Runner, in_batches, open_runner
from ..model.child_side import stage
from ..records import Format

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto

MAX_RANDOM_BYTES = 256 << 20
_INTEGER = {
    "QLinearConv",
    "QLinearMatMul",
    "ConvInteger",
    "MatMulInteger",
    "QGemm",
    "MatMulNBits",
    "DynamicQuantizeMatMul",
    "MatMulIntegerToFloat",
    "DynamicQuantizeLSTM",
}
_WEIGHTED = {"Conv", "ConvTranspose", "Gemm", "MatMul", "LSTM", "GRU", "RNN"}
_SHAPE_ONLY = {"Reshape", "Flatten", "Identity", "Squeeze", "Unsqueeze", "Transpose"}
_TFLITE_WEIGHTED = {"CONV_2D": 1, "DEPTHWISE_CONV_2D": 1, "FULLY_CONNECTED": 1, "TRANSPOSE_CONV": 1}


@dataclass(frozen=True)
class _Described:
    quantized: bool
    precision: str
    steps: list[float | None]
    opset: int | None = None
    ir: int | None = None


def golden_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: golden inputs in, expected outputs out, as files in the working folder.

    Args:
        payload: ``path``, ``format``, ``samples``, ``seed``; ``names`` and the files ``given_<i>.npy`` hold the inputs, or
            are missing, which makes random ones.

    The answer describes the file; ``input_<i>.npy`` are the inputs as the model takes them (its order and types),
    ``output_<i>.npy`` the outputs, ``second_<i>.npy`` those of the second run where the model is quantized.
    """
    path, format_ = Path(payload["path"]), Format(payload["format"])
    stage("reading")
    described = _onnx(path) if format_ is Format.ONNX else _tflite(path)
    stage("opening the model")
    runner = open_runner(path, format_, 1)
    if runner.inputs and runner.inputs[0].shape and (runner.inputs[0].shape[0] or 1) > 1:
        raise BundleError(
            "fixed-batch",
            f"{path.name} takes {runner.inputs[0].shape[0]} samples at once",
            "export it with a free batch axis, or a batch of 1",
        )
    order, arrays = _given(runner, payload["names"]) if payload["names"] else (None, _random(runner, payload))
    arrays = [port.fit(array) for port, array in zip(runner.inputs, arrays, strict=True)]
    stage("running the golden inputs")
    outputs = in_batches(runner, arrays, 1)
    _save("input", arrays)
    _save("output", outputs)
    if described.quantized:
        stage("running the golden inputs a second time")
        _save("second", in_batches(open_runner(path, format_, 1, optimize=False), arrays, 1))
    ported = [1.0 if output.dtype.kind in "iu" else None for output in outputs]
    steps = described.steps if len(described.steps) == len(outputs) else [None] * len(outputs)
    return {
        "inputs": [_port_json(port, array) for port, array in zip(runner.inputs, arrays, strict=True)],
        "result": _port_json(runner.outputs[0], outputs[0]),
        "order": order,
        "outputs": len(outputs),
        "quantized": described.quantized,
        "precision": described.precision,
        "steps": [own or step for own, step in zip(ported, steps, strict=True)],
        "opset": described.opset,
        "ir": described.ir,
    }


def _port_json(port: Port, array: np.ndarray) -> dict[str, Any]:
    return {
        "name": port.name,
        "shape": [int(size) for size in array.shape[1:]],
        "dtype": str(port.dtype),
        "scale": port.scale,
        "zero_point": None if port.scale is None else port.zero_point,
    }


def _save(what: str, arrays: list[np.ndarray]) -> None:
    for number, array in enumerate(arrays):
        np.save(f"{what}_{number}.npy", array, allow_pickle=False)


def _given(runner: Runner, names: list[str]) -> tuple[list[int], list[np.ndarray]]:
    """Inputs of the data in the model's order; which position of the data each came from."""
    if len(names) != len(runner.inputs):
        raise BundleError(
            "does-not-fit",
            f"the data has {len(names)} input(s), the model takes {len(runner.inputs)}",
            "give data with one array per model input, named like the inputs",
        )
    ports = [port.name for port in runner.inputs]
    order = [names.index(name) for name in ports] if set(ports) == set(names) else list(range(len(names)))
    arrays = [np.load(f"given_{index}.npy", allow_pickle=False) for index in order]
    for port, array in zip(runner.inputs, arrays, strict=True):
        fits = len(port.shape) == array.ndim and all(
            size is None or size == have for size, have in zip(port.shape[1:], array.shape[1:], strict=True)
        )
        if not fits:
            raise BundleError(
                "does-not-fit",
                f"the data gives {list(array.shape[1:])} for input '{port.name}', the model takes "
                f"{list(port.shape[1:])}",
                "use data of the model's input size, or a folder of images, which is resized to it",
            )
    return order, arrays


def _random(runner: Runner, payload: dict[str, Any]) -> list[np.ndarray]:
    """Seeded random inputs: normal numbers, small indices, or bytes."""
    generator = np.random.default_rng(int(payload["seed"]))
    arrays = []
    for port in runner.inputs:
        if None in port.shape[1:]:
            raise BundleError(
                "free-shape",
                f"input '{port.name}' has the free shape {list(port.shape[1:])}, which leaves open what to test with",
                "name data of the right size: --data",
            )
        shape = [int(payload["samples"]), *(int(size or 1) for size in port.shape[1:])]
        if np.prod(shape, dtype=float) * port.dtype.itemsize > MAX_RANDOM_BYTES:
            raise BundleError("too-large", f"input '{port.name}' of shape {shape} is too large", "use a smaller model")
        if port.dtype.kind == "f":
            arrays.append(generator.standard_normal(shape).astype(port.dtype))
        elif port.dtype.itemsize == 1 and port.dtype.kind in "iu":
            arrays.append(generator.integers(0, 100, shape).astype(port.dtype))
        else:
            arrays.append(generator.integers(0, 2, shape).astype(port.dtype))
    return arrays


def _onnx(path: Path) -> _Described:
    from ..model.cost import is_quantized
    from ..model.graph import opset
    from ..model.onnx_reading import load

    model, inlined = load(path)
    if inlined:
        raise BundleError(
            "external-data",
            f"{path.name} keeps weights in other files",
            "make a variant of it first: flyweight compress",
        )
    quantized = is_quantized(model)
    precision = _onnx_precision(model) if quantized else "float"
    steps = [_onnx_step(model.graph, value.name) for value in model.graph.output]
    return _Described(quantized, precision, steps, opset(model), int(model.ir_version))


def _onnx_precision(model: "ModelProto") -> str:
    """``int8`` where every layer with weights takes them quantized, else ``mixed``."""
    makers = {name: node.op_type for node in model.graph.node for name in node.output}
    whole = [
        node.op_type in _INTEGER or makers.get(node.input[1]) == "DequantizeLinear"
        for node in model.graph.node
        if node.op_type in _INTEGER or (node.op_type in _WEIGHTED and len(node.input) > 1)
    ]
    return "int8" if whole and all(whole) else "mixed"


def _onnx_step(graph: "GraphProto", name: str) -> float | None:
    """The scale of the DequantizeLinear an output comes from."""
    from onnx import numpy_helper

    makers = {output: node for node in graph.node for output in node.output}
    while name in makers and makers[name].op_type in _SHAPE_ONLY:
        name = makers[name].input[0]
    if name not in makers or makers[name].op_type != "DequantizeLinear":
        return None
    scale = makers[name].input[1]
    for tensor in graph.initializer:
        if tensor.name == scale:
            return float(np.max(numpy_helper.to_array(tensor)))
    return None


def _tflite(path: Path) -> _Described:
    from ai_edge_litert import schema_py_generated as schema

    model = schema.Model.GetRootAs(path.read_bytes(), 0)
    graph = model.Subgraphs(0)
    names = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    operators = []
    for index in range(graph.OperatorsLength()):
        operator = graph.Operators(index)
        code = model.OperatorCodes(operator.OpcodeIndex())
        operators.append((names.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()), ""), operator))
    integers = {schema.TensorType.INT8, schema.TensorType.UINT8, schema.TensorType.INT16, schema.TensorType.INT4}
    whole = [
        graph.Tensors(operator.Inputs(_TFLITE_WEIGHTED[name])).Type() in integers
        for name, operator in operators
        if name in _TFLITE_WEIGHTED
    ]
    steps = []
    for index in range(graph.OutputsLength()):
        makers = [
            operator
            for name, operator in operators
            if name == "DEQUANTIZE" and operator.Outputs(0) == graph.Outputs(index)
        ]
        scale = graph.Tensors(makers[0].Inputs(0)).Quantization() if makers else None
        steps.append(float(scale.Scale(0)) if scale is not None and scale.ScaleLength() else None)
    precision = "float" if not any(whole) else "int8" if all(whole) else "mixed"
    return _Described(any(whole), precision, steps)

"""Read, check, describe and try an ONNX file; runs in the limited child only.

The trial is one inference on random inputs in onnxruntime, so that a graph which never ends or eats all memory is found
here, with the child, and not later.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..records import TensorSpec
from .child import GIB, printable
from .child_side import stage
from .cost import count_macs, count_nonzero, count_parameters, is_quantized, layer_table
from .external_data import inline_external_data, tensors
from .folding import attributes, elements, tensor_array
from .graph import all_graphs, dtype_name, input_specs, opset, output_specs, real_inputs
from .live_memory import peak_activation_bytes
from .shared_values import clustered_note, final_note

if TYPE_CHECKING:
    from onnx import ModelProto

_REMEDY = "export the model again, or check that the file is complete"
_TRIAL_S = 4.0
_MAX_FILL_BYTES = 1 * GIB
_MAX_FEED_BYTES = 512 << 20
_MAX_NODES = 200_000
_MAX_NAME = 500


def read_task(payload: dict[str, Any]) -> dict[str, Any]:
    """Child task: ``path`` of a file in, its description out; the self-contained model goes to ``out``.

    ``trial_s`` is what one inference may take.
    """
    path = Path(payload["path"])
    stage("reading")
    try:
        model, inlined = load(path)
        result = describe(model, float(payload.get("trial_s", _TRIAL_S)))
    except (TypeError, AttributeError) as error:  # names that are no text arrive as bytes
        raise ModelError("damaged-onnx", f"{path.name} holds a name that is no text", _REMEDY) from error
    result["size_bytes"] = path.stat().st_size + inlined
    result["self_contained"] = not inlined
    if payload.get("out"):
        content = model.SerializeToString() if inlined or payload.get("rewrite") else path.read_bytes()
        Path(payload["out"]).write_bytes(content)
    return result


def load(path: Path) -> tuple[ModelProto, int]:
    """Parse a file and inline its external data; gives the model and the bytes that were inlined.

    Raises:
        ModelError: it is not a complete ONNX model.
    """
    import onnx
    import onnx.inliner
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        model = onnx.ModelProto.FromString(path.read_bytes())
    except DecodeError as error:
        raise ModelError("damaged-onnx", f"{path.name} is not a complete ONNX file", _REMEDY) from error
    if not model.HasField("graph") or not model.graph.output or not model.opset_import:
        raise ModelError("damaged-onnx", f"{path.name} holds no complete ONNX graph", _REMEDY)
    if sum(len(graph.node) for graph in all_graphs(model)) > _MAX_NODES:
        raise ModelError("too-large", f"{path.name} has more than {_MAX_NODES} nodes", "use a smaller model")
    names = [value.name for value in (*model.graph.input, *model.graph.output)]
    if not all(name.isprintable() and len(name) < _MAX_NAME for name in names):
        raise ModelError("unsafe-name", f"an input or output of {path.name} has a name that cannot be shown", _REMEDY)
    inlined = inline_external_data(model, path.parent)
    _check_tensors(model, path.name)
    _check_fills(model, path.name)
    if model.functions:
        model = onnx.inliner.inline_local_functions(model)
    return model, inlined


def describe(model: ModelProto, trial_s: float = _TRIAL_S) -> dict[str, Any]:
    """Everything ``inspect`` says about a graph, after one trial inference."""
    stage("counting")
    warnings: list[str] = []
    layers = layer_table(model)
    inputs, outputs = input_specs(model), output_specs(model)
    stage("one inference", trial_s)
    shapes = _trial(model, inputs, warnings)
    stage("reporting")
    outputs = tuple(_completed(spec, shapes.get(spec.name)) for spec in outputs)
    macs = count_macs(model)
    if macs is None:
        warnings.append("the multiply-accumulates cannot be counted: a shape is only known when the model runs")
    return {
        "inputs": [spec.to_json() for spec in inputs],
        "outputs": [spec.to_json() for spec in outputs],
        "parameters": count_parameters(model),
        "nonzero_parameters": count_nonzero(model),
        "macs": macs,
        "peak_activation_bytes": peak_activation_bytes(model),
        "quantized": is_quantized(model),
        "layers": [layer.to_json() | {"name": printable(layer.name, 200)} for layer in layers],
        "warnings": [*warnings, *_advice(model)],
        "opset": opset(model),
        "ir_version": int(model.ir_version),
    }


def _advice(model: ModelProto) -> list[str]:
    import onnx

    advice = []
    if opset(model) > 20 or model.ir_version > 10:
        advice.append(f"opset {opset(model)} / IR {model.ir_version}: old boards read opset <= 20 and IR <= 10")
    unknown = [value.name for value in real_inputs(model.graph) if not value.type.tensor_type.HasField("shape")]
    if unknown:
        advice.append(f"the file does not state the shape of input {printable(', '.join(unknown), 100)}")
    foreign = {node.domain for graph in all_graphs(model) for node in graph.node} - {"", "ai.onnx"}
    if foreign:
        advice.append(f"operators outside the ONNX standard: {printable(', '.join(sorted(foreign)), 100)}")
    kinds, note = [onnx.TensorProto.FLOAT], clustered_note
    if is_quantized(model):
        kinds, note = [*kinds, onnx.TensorProto.INT8, onnx.TensorProto.UINT8], final_note
    shared = note(tensor_array(tensor) for tensor in model.graph.initializer if tensor.data_type in kinds)
    if shared is not None:
        advice.append(shared)
    return advice


def _completed(spec: TensorSpec, ran: tuple[int, ...] | None) -> TensorSpec:
    """An output without a stated shape gets that of the trial; its first axis is the batch."""
    if spec.shape or ran is None:
        return spec
    return TensorSpec(spec.name, (None, *ran[1:]) if ran else (), spec.dtype)


def _check_tensors(model: ModelProto, name: str) -> None:
    for tensor in tensors(model):
        if dtype_name(tensor.data_type) in ("string", "undefined"):
            continue
        size = elements(tensor.dims)
        if any(dimension < 0 for dimension in tensor.dims):
            raise ModelError("damaged-onnx", f"a weight of {name} has a negative size", _REMEDY)
        if size and not tensor.HasField("raw_data") and not _has_typed_data(tensor):
            raise ModelError("damaged-onnx", f"weight '{printable(tensor.name, 80)}' of {name} has no data", _REMEDY)
        try:
            tensor_array(tensor)
        except (ValueError, TypeError, RuntimeError) as error:
            raise ModelError(
                "damaged-onnx", f"weight '{printable(tensor.name, 80)}' of {name} does not fit its shape", _REMEDY
            ) from error


def _has_typed_data(tensor: Any) -> bool:
    return any(
        len(getattr(tensor, f"{kind}_data")) for kind in ("float", "int32", "int64", "double", "uint64", "string")
    )


def _check_fills(model: ModelProto, name: str) -> None:
    """Refuse a constant that would be filled with more than a gigabyte: no file of a few bytes needs that."""
    constants: dict[str, Any] = {}
    for graph in all_graphs(model):
        constants.update({tensor.name: tensor for tensor in graph.initializer})
        for node in graph.node:
            if node.op_type == "Constant" and "value" in attributes(node):
                constants[node.output[0]] = attributes(node)["value"]
    for graph in all_graphs(model):
        for node in graph.node:
            if node.op_type == "ConstantOfShape" and node.input and node.input[0] in constants:
                fill = attributes(node).get("value")
                width = 4 if fill is None else tensor_array(fill).dtype.itemsize
                size = elements(tensor_array(constants[node.input[0]]).reshape(-1).tolist()) * width
                if size > _MAX_FILL_BYTES:
                    raise ModelError(
                        "out-of-memory",
                        f"node '{printable(node.name or node.output[0], 80)}' of {name} asks for {size / GIB:.1f} GiB",
                        "the file is damaged or hostile; export the model again",
                    )


def _trial(model: ModelProto, inputs: tuple[TensorSpec, ...], warnings: list[str]) -> dict[str, tuple[int, ...]]:
    """Run once on random inputs; gives the shapes of the outputs.

    Raises:
        ModelError: onnxruntime refuses the graph. A run that merely dislikes the random input is a warning.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except MemoryError:
        raise
    except Exception as error:  # onnxruntime has a class per status code and no common base
        raise _session_error(error) from error
    try:
        feeds = {spec.name: _random(spec) for spec in inputs}
    except _TooLargeError:
        warnings.append("not tried: one input alone would take more than 512 MiB")
        return {}
    except TypeError as error:
        warnings.append(f"not tried: {printable(str(error), 200)}")
        return {}
    try:
        results = session.run(None, feeds)
    except Exception as error:
        if _is_memory(error):
            raise MemoryError from error
        warnings.append(f"one inference on random input failed: {printable(_plain(error), 200)}")
        return {}
    names = [item.name for item in session.get_outputs()]
    return {name: tuple(array.shape) for name, array in zip(names, results, strict=True) if hasattr(array, "shape")}


class _TooLargeError(Exception):
    pass


def _random(spec: TensorSpec) -> np.ndarray:
    shape = [1 if size is None else size for size in spec.shape]
    if elements(shape) * 8 > _MAX_FEED_BYTES:
        raise _TooLargeError
    random = np.random.default_rng(0)
    if spec.dtype == "bool":
        return np.zeros(shape, bool)
    if spec.dtype in ("string", "undefined"):
        message = f"input '{spec.name}' is of type {spec.dtype}"
        raise TypeError(message)
    if "float" in spec.dtype:
        return np.asarray(random.random(shape)).astype(np.dtype(spec.dtype))
    return np.zeros(shape, np.dtype(spec.dtype))


def _is_memory(error: Exception) -> bool:
    return any(word in str(error) for word in ("bad_alloc", "llocat", "out of memory"))


def _plain(error: Exception) -> str:
    """The message without onnxruntime's status prefix."""
    text = str(error).partition("[ONNXRuntimeError] : ")[2] or str(error)
    return text.rpartition(" : ")[2] if text[:1].isdigit() else text


def _session_error(error: Exception) -> Exception:
    if _is_memory(error):
        return MemoryError()
    if "ValidateOpset" in str(error) or "IR version" in str(error):
        return ModelError(
            "too-new",
            "the model is written in a version of ONNX (opset or IR) that the installed onnxruntime does not read",
            "export it with opset 20 or lower, which old boards read as well",
        )
    return ModelError("invalid-onnx", f"onnxruntime refuses the model: {printable(_plain(error), 300)}", _REMEDY)

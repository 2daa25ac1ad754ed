"""Modules to clean ONNX graphs: BatchNorm folded, dynamic batch, stated names, opset <= 20, IR <= 10, no metadata.

The tracing exporter of torch (``dynamo=False``) is tried first: it takes 0.1 s where the other takes seconds and writes
plain names. What it cannot trace goes to the ``torch.export`` based one. Either way the result is checked;
:func:`largest_difference` runs it against the module.
"""

from __future__ import annotations

import copy
import io
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ModelError
from ..records import TensorSpec
from .child import printable
from .decided_branches import decide_branches
from .graph import all_graphs

if TYPE_CHECKING:
    import numpy as np
    from onnx import GraphProto, ModelProto
    from torch import Tensor, nn

OPSET = 17
MAX_OPSET, MAX_IR = 20, 10
PRODUCER = "flyweight"


def to_onnx(
    module: nn.Module,
    inputs: Sequence[TensorSpec],
    *,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    opset: int = OPSET,
) -> ModelProto:
    """Export a module in evaluation mode; the first axis of every input and output is the batch and stays free.

    Args:
        module: any traceable module; it is not changed.
        inputs: one spec per argument; None in a shape becomes 2 for the trace.
        input_names: names in the file, default those of ``inputs``.
        output_names: names in the file, default ``output`` or ``output_0``, ``output_1``, ...
        opset: 17 to 20.

    Raises:
        ModelError: neither exporter can express the module, or the result is not valid.
    """
    if not 17 <= opset <= MAX_OPSET:
        raise ModelError("bad-opset", f"opset {opset} is outside 17 .. {MAX_OPSET}", "leave the opset at its default")
    names = list(input_names or [spec.name for spec in inputs])
    frozen = copy.deepcopy(module).eval()
    for parameter in frozen.parameters():
        parameter.detach_()
    _flatten_names(frozen)
    examples = example_inputs(inputs)
    if output_names is None:
        output_names = _output_names(frozen, examples)
    try:
        model = _traced(frozen, examples, names, list(output_names), opset)
    except Exception as error:
        model = _exported(frozen, examples, names, list(output_names), error)
    _restore_names(model)
    return finished(decide_branches(model))


_DOT = "_dot_"


def _flatten_names(module: nn.Module) -> None:
    """Make nested modules of an imported graph direct children, so that the tracer names nodes by the whole path."""
    from torch import fx

    if not isinstance(module, fx.GraphModule):
        return
    for node in module.graph.nodes:
        if node.op == "call_module" and "." in node.target:
            flat = node.target.replace(".", _DOT)
            module.add_module(flat, module.get_submodule(node.target))
            node.target = flat
    module.delete_all_unused_submodules()
    module.recompile()


def _restore_names(model: ModelProto) -> None:
    """Undo :func:`_flatten_names` in the graph, and name folded weights after their node."""
    from .module_builder import readable_name

    graph = model.graph
    for node in graph.node:
        node.name = node.name.replace(_DOT, ".")
    taken = {tensor.name for tensor in graph.initializer}
    renamed = {name: name.replace(_DOT, ".") for name in taken if _DOT in name}
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
            for name, role in zip(node.input[1:], ("weight", "bias"), strict=False):
                better = f"{readable_name(node)}.{role}"
                if name in taken and name.startswith("onnx::") and better not in taken | set(renamed.values()):
                    renamed[name] = better
    for tensor in graph.initializer:
        tensor.name = renamed.get(tensor.name, tensor.name)
    for node in graph.node:
        for position, name in enumerate(node.input):
            node.input[position] = renamed.get(name, name)


def example_inputs(inputs: Sequence[TensorSpec], batch: int = 2, seed: int = 0) -> tuple[Tensor, ...]:
    """Seeded random tensors of these specs; None becomes ``batch``, the axis 0 too."""
    import torch

    generator = torch.Generator().manual_seed(seed)
    tensors = []
    for spec in inputs:
        shape = [batch if size is None or axis == 0 else size for axis, size in enumerate(spec.shape)]
        dtype = getattr(torch, spec.dtype)
        if dtype.is_floating_point:
            tensors.append(torch.rand(shape, generator=generator).to(dtype))
        else:
            tensors.append(torch.randint(0, 2, shape, generator=generator).to(dtype))
    return tuple(tensors)


def _output_names(module: nn.Module, examples: tuple[Tensor, ...]) -> list[str]:
    import torch

    try:
        with torch.inference_mode():
            outputs = module(*examples)
    except Exception as error:
        shapes = ", ".join(str(list(tensor.shape)) for tensor in examples)
        raise ModelError(
            "module-failed",
            f"the module cannot compute inputs of shape {shapes}: {_first_line(error)}",
            "give the shape it expects (data that fits, or a factory that returns (module, example inputs))",
        ) from error
    count = len(outputs) if isinstance(outputs, (tuple, list, dict)) else 1
    return ["output"] if count == 1 else [f"output_{index}" for index in range(count)]


def _traced(
    module: nn.Module, examples: tuple[Tensor, ...], inputs: list[str], outputs: list[str], opset: int
) -> ModelProto:
    import onnx
    import torch

    buffer = io.BytesIO()
    with warnings.catch_warnings(), _QuietExporter():
        # the tracing exporter announces its successor and every shape it made constant; the check below decides
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            examples,
            buffer,  # type: ignore[arg-type]  # a stream is legal for this exporter
            input_names=inputs,
            output_names=outputs,
            opset_version=opset,
            dynamic_axes={name: {0: "batch"} for name in (*inputs, *outputs)},
            do_constant_folding=True,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    _fix_batch_names(model)
    return model


def _exported(
    module: nn.Module, examples: tuple[Tensor, ...], inputs: list[str], outputs: list[str], first: Exception
) -> ModelProto:
    import torch

    with warnings.catch_warnings(), _QuietExporter():
        # FutureWarnings of torch's own tree code, none of them about this module
        warnings.simplefilter("ignore")
        try:
            batch = torch.export.Dim("batch")
            program = torch.onnx.export(
                module,
                examples,
                input_names=inputs,
                output_names=outputs,
                opset_version=MAX_OPSET,
                dynamic_shapes=tuple({0: batch} for _ in examples),
                dynamo=True,
                verbose=False,
            )
        except Exception as error:
            raise ModelError(
                "export-failed",
                f"the module cannot be written as ONNX: {_first_line(first)}; torch.export: {_first_line(error)}",
                "rewrite the operation the message names with operations ONNX knows",
            ) from error
    if program is None:
        raise ModelError("export-failed", "torch.onnx wrote nothing", "update torch and onnxscript")
    model: ModelProto = program.model_proto
    return model


class _QuietExporter:
    """torch.onnx logs a line per missing torchvision operator, and on failure prints its graph to stdout.

    Attention's fast path is one operator no exporter knows, so it is off meanwhile.
    """

    _loggers = ("torch.onnx", "torch.onnx._internal.exporter._registration", "onnxscript", "onnx_ir")

    def __enter__(self) -> None:
        import torch

        self._printed = torch._C._jit_is_onnx_log_enabled()
        torch._C._jit_set_onnx_log_enabled(False)
        self._fast_path = torch.backends.mha.get_fastpath_enabled()
        torch.backends.mha.set_fastpath_enabled(False)
        self._levels = [logging.getLogger(name).level for name in self._loggers]
        for name in self._loggers:
            logging.getLogger(name).setLevel(logging.ERROR)

    def __exit__(self, *_: object) -> None:
        import torch

        torch._C._jit_set_onnx_log_enabled(self._printed)
        torch.backends.mha.set_fastpath_enabled(self._fast_path)
        for name, level in zip(self._loggers, self._levels, strict=True):
            logging.getLogger(name).setLevel(level)


def _first_line(error: Exception) -> str:
    return printable((str(error).strip() or type(error).__name__).splitlines()[0], 300)


def _fix_batch_names(model: ModelProto) -> None:
    """Every output's first axis is the batch: the tracer drops that where a reshape hides it."""
    for value in (*model.graph.input, *model.graph.output):
        shape = value.type.tensor_type.shape
        if len(shape.dim):
            shape.dim[0].dim_param = "batch"


def finished(model: ModelProto) -> ModelProto:
    """Infer shapes, drop metadata, set the oldest IR the opset allows, and check; changes and returns ``model``.

    Raises:
        ModelError: the opset or IR is above what boards run, or the checker refuses the graph.
    """
    import onnx

    strip_metadata(model)
    lift_constants(model)
    opset = max((item.version for item in model.opset_import if item.domain in ("", "ai.onnx")), default=0)
    model.ir_version = min(model.ir_version, MAX_IR) or MAX_IR
    if opset > MAX_OPSET:
        raise ModelError(
            "opset-too-new", f"the graph needs opset {opset}", f"export it with opset {MAX_OPSET} or lower"
        )
    try:
        inferred = onnx.shape_inference.infer_shapes(model, data_prop=True)
        model.graph.CopyFrom(inferred.graph)
    except (onnx.shape_inference.InferenceError, ValueError):
        pass  # shapes are a help for readers of the file, not a condition
    _tell_shapes_once(model.graph)
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        raise ModelError(
            "invalid-onnx", f"the graph is not valid: {_first_line(error)}", "export the model again"
        ) from error
    return model


def _tell_shapes_once(graph: GraphProto) -> None:
    """Drop what is told twice: a value of the graph told again, and of inputs, outputs and weights, which tell it themselves.

    Simplifiers append the shapes they infer to those that are there; in a small file that was more than they saved.
    """
    known = {item.name for item in (*graph.input, *graph.output, *graph.initializer)}
    made = {name for node in graph.node for name in node.output}
    # of what is told twice the last is the newest
    told = {value.name: value for value in graph.value_info if value.name in made - known}
    once = [copy.deepcopy(value) for value in told.values()]
    del graph.value_info[:]
    graph.value_info.extend(once)


def lift_constants(model: ModelProto) -> ModelProto:
    """Turn Constant nodes and Identity nodes of weights into initializers; changes and returns ``model``.

    The tracer stores equal tensors once behind Identity nodes. Vectors are given to each layer again, as quantizers and
    pruners want them; a matrix or kernel stays one tensor, because layers with the same one are tied.
    """
    from onnx import numpy_helper

    graph = model.graph
    known = {tensor.name: tensor for tensor in graph.initializer}
    results = {value.name for value in graph.output}
    kept = []
    tied: dict[str, str] = {}
    for node in graph.node:
        name = node.output[0] if node.output else ""
        tensor = None
        if node.domain not in ("", "ai.onnx") or name in results:
            pass
        elif node.op_type == "Constant" and node.attribute[0].name == "value":
            tensor = node.attribute[0].t
        elif node.op_type == "Constant" and node.attribute[0].name in _CONSTANT_ATTRIBUTES:
            tensor = numpy_helper.from_array(_constant_array(node.attribute[0]))
        elif node.op_type == "Identity" and node.input[0] in known:
            tensor = known[node.input[0]]
            if len(tensor.dims) > 1:
                tied[name] = tensor.name
                known[name] = tensor
                continue
        if tensor is None:
            kept.append(node)
            continue
        added = graph.initializer.add()
        added.CopyFrom(tensor)
        added.name = name
        known[name] = added
    del graph.node[:]
    graph.node.extend(kept)
    for inner in all_graphs(model) if tied else ():
        for node in inner.node:
            node.input[:] = [tied.get(name, name) for name in node.input]
    used = {name for node in graph.node for name in node.input} | _outer_names(graph.node) | results
    for index in reversed(range(len(graph.initializer))):
        if graph.initializer[index].name not in used:
            del graph.initializer[index]
    return model


_CONSTANT_ATTRIBUTES = {
    "value_float": "float32",
    "value_floats": "float32",
    "value_int": "int64",
    "value_ints": "int64",
}


def _constant_array(attribute: Any) -> np.ndarray:
    import numpy as np
    from onnx.helper import get_attribute_value

    return np.asarray(get_attribute_value(attribute), dtype=_CONSTANT_ATTRIBUTES[attribute.name])


def _outer_names(nodes: Sequence[Any]) -> set[str]:
    """Names that sub-graphs may take from the graph around them."""
    names: set[str] = set()
    for node in nodes:
        for attribute in node.attribute:
            for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                names |= {name for inner in graph.node for name in inner.input}
                names |= {value.name for value in graph.output} | _outer_names(graph.node)
    return names


def strip_metadata(model: ModelProto) -> ModelProto:
    """Remove doc strings, exporter metadata, source locations and custom properties; changes and returns ``model``."""
    model.ClearField("doc_string")
    model.producer_name, model.producer_version, model.domain = PRODUCER, "", ""
    model.ClearField("metadata_props")
    _strip_graph(model.graph)
    for function in model.functions:
        function.ClearField("doc_string")
        function.ClearField("metadata_props")
        for node in function.node:
            _strip_node(node)
    return model


def _strip_graph(graph: GraphProto) -> None:
    graph.ClearField("doc_string")
    graph.ClearField("metadata_props")
    for item in (*graph.input, *graph.output, *graph.value_info, *graph.initializer):
        item.ClearField("doc_string")
        item.ClearField("metadata_props")
    for node in graph.node:
        _strip_node(node)


def _strip_node(node: Any) -> None:
    node.ClearField("doc_string")
    node.ClearField("metadata_props")
    for attribute in node.attribute:
        attribute.ClearField("doc_string")
        if attribute.HasField("g"):
            _strip_graph(attribute.g)
        for graph in attribute.graphs:
            _strip_graph(graph)


def largest_difference(module: nn.Module, model: ModelProto, inputs: Sequence[TensorSpec], batch: int = 3) -> float:
    """Largest absolute difference between a module and its exported graph in onnxruntime on seeded random inputs.

    Only for graphs made here: foreign graphs run in a child.
    """
    import numpy as np
    import torch

    examples = example_inputs(inputs, batch, seed=1)
    was_training = module.training
    module.eval()
    with torch.inference_mode():
        expected = module(*examples)
    module.train(was_training)
    tensors = list(expected) if isinstance(expected, (tuple, list)) else [expected]
    actual = run_onnx(model, [tensor.numpy() for tensor in examples])
    pairs = zip(tensors, actual, strict=True)
    return max(float(np.abs(tensor.numpy() - array).max(initial=0.0)) for tensor, array in pairs)


def run_onnx(model: ModelProto, arrays: Sequence[np.ndarray], threads: int = 1) -> list[np.ndarray]:
    """Outputs of a graph made here, from onnxruntime in this process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feeds = {item.name: array for item, array in zip(session.get_inputs(), arrays, strict=True)}
    outputs: list[np.ndarray] = session.run(None, feeds)
    return outputs


def write_onnx(model: ModelProto, path: Path) -> int:
    """Write a graph as one file; returns its size in bytes."""
    from ..workspace import write_atomic

    content = model.SerializeToString()
    write_atomic(path, content)
    return len(content)

"""The one importer: an ONNX graph of CNN operators becomes a ``torch.fx`` module of Conv2d, Linear, BatchNorm2d, ...

The result trains, has a readable ``state_dict`` and works with dependency-graph pruning. Shape arithmetic is folded by
looking at the graph with two batch sizes: what differs between them is the batch, everything else is a constant. An
operator without a rule, or a quantized graph, is refused by name. Rules live in ``import_layers`` (weights),
``import_recurrent`` (LSTM, GRU), ``import_shapes`` (layout) and ``import_arithmetic`` (activations and element-wise operators).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import ModelError
from ..records import TensorSpec
from .decided_branches import decide_branches
from .folding import attributes
from .graph import facts, input_specs, real_inputs
from .module_builder import Builder, unsupported

if TYPE_CHECKING:
    from onnx import ModelProto, NodeProto
    from torch import fx, nn

_BATCHES = (2, 3)


def to_module(model: ModelProto) -> nn.Module:
    """Convert; the module is in evaluation mode and computes what onnxruntime computes (within 1e-4).

    A batch axis that the file fixes becomes free. Arguments and results come in the order of the graph.

    Raises:
        UnsupportedOperatorError: names the operator and node.
        ModelError: the graph is quantized, so there is nothing to train.
    """
    from torch import fx

    from .cost import is_quantized

    if is_quantized(model):
        raise ModelError(
            "quantized",
            "the model is already quantized: its weights are integers and cannot be trained, pruned or quantized again",
            "start from the float model it was made from",
        )
    model = _with_free_batch(_with_decided_branches(model))
    builder = Builder((facts(model, _BATCHES[0]), facts(model, _BATCHES[1])), _BATCHES)
    for value in real_inputs(model.graph):
        builder.values[value.name] = builder.graph.placeholder(_argument(value.name, builder.graph))
    _convert_nodes(model, builder)
    results = tuple(_result(builder, value.name) for value in model.graph.output)
    builder.graph.output(results[0] if len(results) == 1 else results)
    builder.graph.lint()
    module = fx.GraphModule(builder.root, builder.graph, class_name="Imported")
    module.delete_all_unused_submodules()
    return module.eval()


def module_inputs(model: ModelProto) -> tuple[TensorSpec, ...]:
    """Input specs of :func:`to_module`'s result: those of the graph with a free batch axis."""
    return tuple(TensorSpec(s.name, (None, *s.shape[1:]) if s.shape else (), s.dtype) for s in input_specs(model))


def _convert_nodes(model: ModelProto, builder: Builder) -> None:
    from .import_arithmetic import RULES as ARITHMETIC
    from .import_layers import RULES as LAYERS
    from .import_recurrent import RULES as RECURRENT
    from .import_shapes import RULES as SHAPES

    rules = {**LAYERS, **RECURRENT, **SHAPES, **ARITHMETIC}
    consumers: dict[str, list[NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            consumers.setdefault(name, []).append(node)
    for node in _needed(model, builder):
        if not any(name in builder.done for name in node.output):
            if node.domain not in ("", "ai.onnx") or node.op_type not in rules:
                raise unsupported(node, "is not one the importer knows")
            rules[node.op_type](builder, node, consumers)


def _needed(model: ModelProto, builder: Builder) -> list[NodeProto]:
    """Nodes that results depend on and that are neither constants nor shape arithmetic, in graph order."""
    wanted = {value.name for value in model.graph.output}
    needed = []
    for node in reversed(model.graph.node):
        if not wanted.intersection(node.output):
            continue
        if all(builder.is_folded(name) for name in node.output if name):
            continue
        needed.append(node)
        wanted.update(name for name in node.input if name)
    return needed[::-1]


def _result(builder: Builder, name: str) -> fx.Node:
    if name in builder.values:
        return builder.values[name]
    raise ModelError(
        "constant-output", f"output '{name[:100]}' does not depend on any input", "export the model without that output"
    )


def _argument(name: str, graph: fx.Graph) -> str:
    clean = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "x"
    taken = {node.target for node in graph.nodes}
    clean = clean if not clean[0].isdigit() else f"x_{clean}"
    return clean if clean not in taken else f"{clean}_{len(taken)}"


def _with_decided_branches(model: ModelProto) -> ModelProto:
    if all(node.op_type != "If" for node in model.graph.node):
        return model
    copy = type(model)()
    copy.CopyFrom(model)
    return decide_branches(copy)


def _with_free_batch(model: ModelProto) -> ModelProto:
    """Where the file fixes the batch, reshapes to that very number take the batch of their input instead."""
    from onnx import ModelProto, numpy_helper

    sizes = {spec.shape[0] for spec in input_specs(model) if spec.shape}
    fixed = next(iter(sizes)) if len(sizes) == 1 else None
    if fixed is None:
        return model
    copy = ModelProto()
    copy.CopyFrom(model)
    graph = copy.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    constants = {
        n.output[0]: n.attribute[0].t for n in graph.node if n.op_type == "Constant" and n.attribute[0].name == "value"
    }
    for index, node in enumerate(graph.node):
        target = {**constants, **weights}.get(node.input[1]) if node.op_type == "Reshape" else None
        if target is None or node.input[0] in weights or node.input[0] in constants:
            continue
        shape = numpy_helper.to_array(target).copy()
        if shape.size > 1 and shape[0] == fixed and not (attributes(node).get("allowzero") and 0 in shape):
            shape[0] = 0
            name = f"free_batch_{index}"
            graph.initializer.append(numpy_helper.from_array(shape, name))
            node.input[1] = name
            node.ClearField("attribute")  # allowzero, which would take the 0 literally
    return copy

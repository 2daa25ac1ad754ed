"""Import rules for recurrent operators: LSTM, GRU and RNN nodes become ``nn.LSTM``, ``nn.GRU``, ``nn.RNN`` of one layer."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from .import_layers import Consumers, Rule
from .module_builder import Builder, tensor_of, unsupported

if TYPE_CHECKING:
    from onnx import NodeProto
    from torch import nn

_ORDER = {"LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2), "RNN": (0,)}
"""Where torch's gates (i f g o; r z n) are among ONNX's (i o f c; z r h)."""

_ACTIVATIONS = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
_LENGTHS, _FIRST_STATES, _PEEPHOLES = 4, (5, 6), 7


def _recurrent(builder: Builder, node: NodeProto, _: Consumers) -> None:
    import torch

    kind = node.op_type
    values = builder.attributes(node)
    ways = 2 if values.get("direction", "forward") == "bidirectional" else 1
    relu = _checked(builder, node, values, ways)
    weights, states = builder.need_array(node, 1), builder.need_array(node, 2)
    biases = builder.need_array(node, 3) if len(node.input) > 3 and node.input[3] else None
    hidden = states.shape[2]
    kinds: dict[str, Any] = {"LSTM": torch.nn.LSTM, "GRU": torch.nn.GRU, "RNN": torch.nn.RNN}
    more = {"nonlinearity": "relu" if relu else "tanh"} if kind == "RNN" else {}
    layer = kinds[kind](weights.shape[2], hidden, bias=biases is not None, bidirectional=ways == 2, **more)
    for way in range(ways):
        _fill(layer, kind, f"l0{'_reverse' if way else ''}", weights[way], states[way], biases, way)
    result = builder.module(node, layer.eval(), builder.value(node, 0))
    said = builder.call(operator.getitem, result, 0)
    last = builder.call(operator.getitem, result, 1)
    # [steps, n, ways * hidden] to ONNX's [steps, ways, n, hidden]
    if ways == 1:
        steps = builder.method("unsqueeze", said, 1)
    else:
        steps = builder.call(torch.stack, builder.method("chunk", said, ways, 2), 1)
    if kind != "LSTM":
        builder.set(node, steps, last)
        return
    builder.set(node, steps, builder.call(operator.getitem, last, 0), builder.call(operator.getitem, last, 1))


def _checked(builder: Builder, node: NodeProto, values: dict[str, Any], ways: int) -> bool:
    """Refuse what torch's layers cannot do; True where a plain recurrent layer uses ReLU."""
    kind = node.op_type
    if values.get("direction", "forward") == "reverse":
        raise unsupported(node, "only reads backwards")
    if values.get("layout", 0) or values.get("input_forget", 0) or "clip" in values:
        raise unsupported(node, "uses layout, input_forget or clip")
    if kind == "GRU" and not values.get("linear_before_reset", 0):
        raise unsupported(node, "resets before the linear layer, which torch's GRU does not")
    names = [name.decode() if isinstance(name, bytes) else name for name in values.get("activations", [])]
    relu = kind == "RNN" and names == ["Relu"] * ways
    if names and not relu and names != _ACTIVATIONS[kind] * ways:
        raise unsupported(node, f"uses the activations {', '.join(names)}")
    for position in (_LENGTHS, _PEEPHOLES):
        if len(node.input) > position and node.input[position]:
            raise unsupported(node, "takes lengths of its sequences, or peepholes")
    for position in _FIRST_STATES:
        if len(node.input) > position and node.input[position] and not builder.is_zero(node.input[position]):
            raise unsupported(node, "begins with states that are not zero")
    return relu


def _fill(
    layer: nn.Module,
    kind: str,
    ending: str,
    weights: np.ndarray,
    states: np.ndarray,
    biases: np.ndarray | None,
    way: int,
) -> None:
    import torch

    def ordered(array: np.ndarray) -> torch.Tensor:
        gates = array.reshape(len(_ORDER[kind]), -1, *array.shape[1:])
        return tensor_of(gates[list(_ORDER[kind])].reshape(array.shape))

    parameters = dict(layer.named_parameters())
    with torch.no_grad():
        parameters[f"weight_ih_{ending}"].copy_(ordered(weights))
        parameters[f"weight_hh_{ending}"].copy_(ordered(states))
        if biases is not None:
            into, onward = np.split(biases[way], 2)
            parameters[f"bias_ih_{ending}"].copy_(ordered(into))
            parameters[f"bias_hh_{ending}"].copy_(ordered(onward))


RULES: dict[str, Rule] = {"LSTM": _recurrent, "GRU": _recurrent, "RNN": _recurrent}

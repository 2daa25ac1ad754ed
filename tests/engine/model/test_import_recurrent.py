"""Recurrent layers come out of ONNX files as layers of torch that train and can be pruned."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper
from torch import nn

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.errors import UnsupportedOperatorError
from engine.model.onnx_to_torch import module_inputs, to_module
from engine.model.save import to_onnx
from engine.records import TensorSpec
from tests.engine.compress.toys import exported_difference, inputs_for, state_of

SPEC = (TensorSpec("x", (None, 7, 3), "float32"),)


class Reader(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.cells = kind(3, 8, batch_first=True, **options)
        self.head = nn.Linear(16 if options.get("bidirectional") else 8, 4)

    def forward(self, x):
        out, state = self.cells(x)
        hidden = state[0] if isinstance(state, tuple) else state
        return self.head(out[:, -1]) + hidden[-1].mean(1, keepdim=True)


def graph_of(kind, **options):
    torch.manual_seed(2)
    return to_onnx(Reader(kind, **options).eval(), SPEC)


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
@pytest.mark.parametrize("options", [{}, {"num_layers": 2}, {"bidirectional": True, "num_layers": 2}, {"bias": False}])
def test_that_the_module_computes_what_the_runtime_computes(kind, options):
    graph = graph_of(kind, **options)
    module = to_module(graph)
    layers = [layer for layer in module.modules() if isinstance(layer, nn.RNNBase)]
    assert len(layers) == options.get("num_layers", 1)
    assert all(type(layer) is kind for layer in layers)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    for batch in (1, 5):
        x = torch.randn(batch, 7, 3, generator=torch.Generator().manual_seed(batch))
        with torch.no_grad():
            got = module(x).numpy()
        assert np.abs(got - session.run(None, {"x": x.numpy()})[0]).max() < 1e-5


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_that_units_leave_every_layer_of_a_network_that_came_as_a_file(name):
    original = state_of(name)
    graph = to_onnx(original.module, original.inputs)
    state = ModelState(module_inputs(graph), module=to_module(graph))
    technique = find("recurrent-pruning")
    made = technique.apply(state, technique.configure({"round_to": 2}), Context(None, 0))
    assert [layer.hidden_size for layer in made.module.modules() if isinstance(layer, nn.RNNBase)] == [6, 6]
    assert not made.skipped
    assert exported_difference(made, inputs_for(state)) < 1e-5


def test_that_a_gru_that_resets_first_is_refused_by_name():
    graph = graph_of(nn.GRU)
    node = next(node for node in graph.graph.node if node.op_type == "GRU")
    kept = [item for item in node.attribute if item.name != "linear_before_reset"]
    del node.attribute[:]
    node.attribute.extend(kept)
    with pytest.raises(UnsupportedOperatorError, match="GRU"):
        to_module(graph)


def test_that_first_states_that_are_not_zero_are_refused():
    rng = np.random.default_rng(0)
    arrays = {"W": (1, 8, 3), "R": (1, 8, 8), "h": (1, 2, 8)}
    initial = [
        onnx.numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), name) for name, shape in arrays.items()
    ]
    node = helper.make_node("RNN", ["x", "W", "R", "", "", "h"], ["y", "last"], hidden_size=8)
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 2, 3])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [4, 1, 2, 8])
    model = helper.make_model(
        helper.make_graph([node], "g", [x], [y], initial), opset_imports=[helper.make_opsetid("", 17)]
    )
    with pytest.raises(UnsupportedOperatorError, match="not zero"):
        to_module(model)

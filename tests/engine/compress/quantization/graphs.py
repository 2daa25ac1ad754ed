"""Small ONNX graphs, written node by node."""

import onnx
from onnx import TensorProto, helper, numpy_helper


def graph_of(nodes, tensors, inputs, outputs):
    """A checked model of some nodes; inputs and outputs are floats, given as name -> shape."""
    sides = [
        [helper.make_tensor_value_info(*item) for item in ((k, TensorProto.FLOAT, v) for k, v in side.items())]
        for side in (inputs, outputs)
    ]
    stored = [numpy_helper.from_array(value, name) for name, value in tensors.items()]
    graph = helper.make_graph(nodes, "small", *sides, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model

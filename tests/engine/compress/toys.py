"""Small tasks a network of the zoo can learn in seconds, and states of its networks."""

import numpy as np
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from device_agent.contract.io import IoContract, OutputContract
from engine.compress.technique import Context, ModelState
from engine.model.data import CALIBRATION, TEST, TRAIN
from engine.model.datasets.arrays import ArrayData, Rows, encode_arrays, pass_through, tensor_contract
from engine.model.save import to_onnx
from engine.records import TensorSpec
from tests.engine.model.zoo import build

CLASSES = {"residual": 5, "mobile": 4, "squeeze-excite": 4, "concat": 6, "perceptron": 3, "waveform": 3, "unet": 2}


def classes_of(name):
    """Number of outputs of a network of the zoo."""
    return CLASSES.get(name, 5 if name in ("dense-concat", "deep-residual", "vision-transformer") else 4)


def toy_data(shape, classes, count=160, tokens=False, labels=True, seed=0):
    """Noisy copies of one pattern per class, or token sequences whose first token tells the class."""
    generator = np.random.default_rng(seed)
    answers = (np.arange(count) % classes).astype(np.int64)
    if tokens:
        inputs = generator.integers(0, 32, (count, *shape))
        inputs[:, 0] = answers
    else:
        patterns = generator.normal(size=(classes, *shape)).astype(np.float32)
        inputs = patterns[answers] + generator.normal(scale=0.7, size=(count, *shape)).astype(np.float32)
    known = answers if labels else None
    dtype = "int64" if tokens else "float32"
    contract = IoContract(
        [tensor_contract("input", shape, dtype)], OutputContract("classification", [str(k) for k in range(classes)])
    )
    whole = Rows((inputs,), known)
    splits = {TRAIN: whole, CALIBRATION: Rows((inputs,), known, np.arange(64)), TEST: whole}
    loaders = {split: (lambda rows=rows: rows) for split, rows in splits.items()}
    return ArrayData("toy", contract, loaders, pass_through([dtype]), encode_arrays(["input"]))


def state_of(name):
    """A seeded network of the zoo as a state."""
    network, shape = build(name)
    dtype = "int64" if name == "text-transformer" else "float32"
    return ModelState((TensorSpec("input", (None, *shape), dtype),), module=network)


def data_for(name, **options):
    """A task for a network of the zoo."""
    _, shape = build(name)
    return toy_data(shape, classes_of(name), tokens=name == "text-transformer", **options)


def context_for(name, seed=0, **options):
    """A context with data and the untouched network as teacher."""
    return Context(data_for(name), seed, teacher=build(name)[0], threads=1, **options)


def inputs_for(state, batch=3, seed=5):
    """Random inputs for a state."""
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randint(0, 30, (batch, *spec.shape[1:]), generator=generator)
        if spec.dtype == "int64"
        else torch.randn((batch, *spec.shape[1:]), generator=generator)
        for spec in state.inputs
    )


def outputs_of(state, inputs):
    """What the module of a state answers."""
    with torch.no_grad():
        return state.module.eval()(*inputs)


def exported_difference(state, inputs):
    """Largest difference between the module and its ONNX file in onnxruntime; works on graphs too (then 0)."""
    graph = state.onnx if state.onnx is not None else to_onnx(state.module, state.inputs)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [item.name for item in session.get_inputs()]
    result = session.run(None, {name: value.numpy() for name, value in zip(names, inputs, strict=True)})[0]
    assert np.isfinite(result).all()
    if state.module is None:
        return 0.0
    return float(np.abs(result - outputs_of(state, inputs).numpy()).max())


def cluttered_state():
    """Conv, BatchNorm, ReLU; an identity, a constant sum and a node that nobody reads."""
    rng = np.random.default_rng(0)

    def constant(name, array):
        return numpy_helper.from_array(array.astype(np.float32), name)

    arrays = {"w": rng.normal(size=(4, 2, 3, 3)), "shift": rng.normal(size=4), "mean": rng.normal(size=4)}
    arrays |= {
        "scale": rng.uniform(0.5, 2, 4),
        "var": rng.uniform(0.5, 2, 4),
        "one": np.ones(1),
        "two": np.full(1, 2.0),
    }
    values = [constant(name, array) for name, array in arrays.items()]
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["c", "scale", "shift", "mean", "var"], ["n"]),
        helper.make_node("Identity", ["n"], ["i"]),
        helper.make_node("Relu", ["i"], ["r"]),
        helper.make_node("Add", ["one", "two"], ["three"]),
        helper.make_node("Mul", ["r", "three"], ["y"]),
        helper.make_node("Sigmoid", ["c"], ["nobody"]),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2, 6, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 4, 6, 6])],
        values,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return ModelState((TensorSpec("x", (None, 2, 6, 6), "float32"),), onnx=model)


def graph_of(state):
    """The ONNX graph of a state."""
    return state.onnx if state.onnx is not None else to_onnx(state.module, state.inputs)


def parameter_count(module):
    """Number of weights."""
    return sum(parameter.numel() for parameter in module.parameters())

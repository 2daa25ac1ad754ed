"""Bundles of the shipped networks, made once."""

from pathlib import Path

import pytest

from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe, RecipeStep

NETWORK = sample("fashion-mobilenet")
RECIPE = Recipe((RecipeStep("static-quantization", {"granularity": "per-channel"}),), "int8")


@pytest.fixture(scope="session")
def data():
    return open_data("fashion-mnist:shipped")


@pytest.fixture(scope="session")
def key(tmp_path_factory):
    return signing_key(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def make(data, key, tmp_path_factory):
    def made(files, out=None, **changes):
        arguments = {"data": data, "recipe": RECIPE, "name": "net", "signing_key": key} | changes
        return make_bundle(files, out_dir=out or tmp_path_factory.mktemp("bundles"), **arguments)

    return made


@pytest.fixture(scope="session")
def bundle(make):
    """An int8 network for both runtimes."""
    return make({Format.ONNX: NETWORK.onnx_int8, Format.TFLITE: NETWORK.tflite_int8}, variant="v1", model="sample:x")


@pytest.fixture(scope="session")
def integer_network(tmp_path_factory):
    """The int8 TFLite network without the conversions at its ends: int8 values in, int8 values out."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(NETWORK.tflite_int8.read_bytes(), 0))
    graph = model.subgraphs[0]

    def builtin(operator):
        return model.operatorCodes[operator.opcodeIndex].builtinCode

    first = next(item for item in graph.operators if next(iter(item.inputs)) == graph.inputs[0])
    last = next(item for item in graph.operators if next(iter(item.outputs)) == graph.outputs[0])
    assert builtin(first) == schema.BuiltinOperator.QUANTIZE
    assert builtin(last) == schema.BuiltinOperator.DEQUANTIZE
    signature = model.signatureDefs[0]
    signature.inputs[0].tensorIndex = first.outputs[0]
    signature.outputs[0].tensorIndex = last.inputs[0]
    graph.inputs, graph.outputs = [first.outputs[0]], [last.inputs[0]]
    graph.operators = [item for item in graph.operators if item is not first and item is not last]
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    path: Path = tmp_path_factory.mktemp("integer") / "integer.tflite"
    path.write_bytes(builder.Output())
    return path

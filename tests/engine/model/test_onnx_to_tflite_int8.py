"""QDQ graphs as TFLite files: integer kernels where the graph has integers, and the answers of the ONNX file."""

from dataclasses import replace

import numpy as np
import onnxruntime
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter
from onnx import numpy_helper

from engine.compress.recipe import load_recipe
from engine.compress.registry import find
from engine.compress.run import apply_recipe
from engine.compress.technique import Context
from engine.errors import ModelError
from engine.model.noted_steps import noted_steps
from engine.model.onnx_to_tflite import to_tflite
from engine.model.onnx_to_tflite_int8 import integer_layers
from engine.records import Format
from tests.engine.compress.quantization.apply import apply, of_zoo

NETWORKS = ("residual", "mobile", "dense-concat", "deep-residual", "waveform", "concat")
INT8 = 9


def quantized(name, **knobs):
    state, data = of_zoo(name)
    return apply("static-quantization", state, Context(data=data, seed=0, threads=1), samples=16, **knobs), data


def by_litert(content, x):
    runner = Interpreter(model_content=content, num_threads=1)
    runner.allocate_tensors()
    rows = []
    for row in x:
        runner.set_tensor(runner.get_input_details()[0]["index"], row[None])
        runner.invoke()
        rows.append(runner.get_tensor(runner.get_output_details()[0]["index"])[0])
    return np.stack(rows)


def by_onnxruntime(graph, x):
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.x64quantprecision", "1")
    session = onnxruntime.InferenceSession(graph.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def output_step(graph):
    """The scale of the pair that the output comes out of, or the one noted for it; None where it has none."""
    tensors = {item.name: numpy_helper.to_array(item) for item in graph.graph.initializer}
    name = graph.graph.output[0].name
    last = next(node for node in graph.graph.node if name in node.output)
    if last.op_type == "DequantizeLinear":
        return float(tensors[last.input[1]])
    return noted_steps(graph)[name][0] if name in noted_steps(graph) else None


def within_range(graph, values):
    """What int8 of the noted steps can hold of an output that the ONNX file leaves in float."""
    steps = noted_steps(graph).get(graph.graph.output[0].name)
    if steps is None:
        return values
    scale, zero = steps
    return np.clip(values, scale * (-128 - zero), scale * (127 - zero))


def operators(content):
    """Kind of every operator with the types of its inputs and first output, and the version it asks for."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    words = {value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)}
    graph = model.subgraphs[0]
    return [
        (
            words[model.operatorCodes[item.opcodeIndex].builtinCode],
            [graph.tensors[number].type for number in item.inputs if number >= 0],
            graph.tensors[item.outputs[0]].type,
        )
        for item in graph.operators
    ]


@pytest.mark.parametrize("activation", ["uint8", "int8"])
@pytest.mark.parametrize("name", NETWORKS)
def test_that_the_answers_are_those_of_the_onnx_file_within_steps_of_rounding(name, activation):
    state, data = quantized(name, activation=activation)
    content = to_tflite(state.onnx)
    found, expected = by_litert(content, data.x[:24]), by_onnxruntime(state.onnx, data.x[:24])
    step = output_step(state.onnx)
    expected = within_range(state.onnx, expected)
    off = np.abs(found - expected)
    if step is not None:
        assert np.quantile(off, 0.9) <= 1.01 * step
        assert off.max() <= 3.01 * step
    else:
        assert off.max() <= 0.03 * np.abs(expected).max()


@pytest.mark.parametrize("granularity", ["per-channel", "per-tensor"])
@pytest.mark.parametrize("name", ["residual", "mobile", "waveform"])
def test_that_every_layer_with_weights_runs_on_an_integer_kernel(name, granularity):
    state, _ = quantized(name, granularity=granularity)
    layers = [node for node in state.onnx.graph.node if node.op_type in ("Conv", "Gemm", "MatMul")]
    heavy = [
        item
        for item in operators(to_tflite(state.onnx))
        if item[0] in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")
    ]
    assert len(heavy) == len(layers)
    for _, inputs, output in heavy:
        assert inputs[:2] == [INT8, INT8]
        assert output == INT8
    kinds = {kind for kind, _, _ in heavy}
    assert ("FULLY_CONNECTED" in kinds) == (granularity == "per-tensor")
    assert len([kind for kind in integer_layers(state.onnx) if kind in ("Conv", "Gemm", "MatMul")]) == len(layers)


def test_that_bias_codes_have_the_scale_of_input_times_weight():
    state, _ = quantized("residual")
    model = schema.ModelT.InitFromPackedBuf(to_tflite(state.onnx), 0)
    graph = model.subgraphs[0]
    for item in graph.operators:
        if len(item.inputs) == 3 and graph.tensors[item.inputs[1]].type == INT8:
            data, weight, bias = (graph.tensors[number].quantization for number in item.inputs)
            assert bias.scale == pytest.approx(np.array(data.scale) * np.array(weight.scale), rel=1e-5)


def test_that_layers_left_in_float_stay_so_between_integers():
    state, data = quantized("residual", exclude=["/b1/Conv"])
    floats = [item for item in operators(to_tflite(state.onnx)) if item[0] == "CONV_2D" and item[2] != INT8]
    assert len(floats) == 1
    found, expected = by_litert(to_tflite(state.onnx), data.x[:24]), by_onnxruntime(state.onnx, data.x[:24])
    assert np.abs(found - expected).max() <= 3.01 * output_step(state.onnx)


def test_that_a_recipe_may_end_in_an_integer_tflite_file():
    state, data = of_zoo("residual")
    recipe = load_recipe([{"technique": "static-quantization", "knobs": {"samples": 16}}, {"technique": "tflite-file"}])
    from engine.compress.chain import find_problems

    assert not [problem for problem in find_problems(recipe) if problem.fatal]
    after = apply_recipe(state, recipe, Context(data=data, seed=0, threads=1), lambda s: s.onnx)
    assert after.format is Format.TFLITE
    assert any("integer kernels for" in note and "4 Conv" in note for note in after.notes)
    assert len(to_tflite(after.onnx)) < len(to_tflite(state.onnx))


def test_that_activations_of_16_bits_are_refused():
    state, _ = quantized("residual")
    graph = type(state.onnx)()
    graph.CopyFrom(state.onnx)
    zero = next(item for item in graph.graph.initializer if item.name == "input_zero_point")
    zero.CopyFrom(numpy_helper.from_array(np.uint16(5), zero.name))
    technique = find("tflite-file")
    with pytest.raises(ModelError, match="activations of uint16"):
        technique.apply(replace(state, onnx=graph), technique.configure({}), Context(None, 0))

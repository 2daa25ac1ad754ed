import numpy as np
import onnx
import onnxruntime
import pytest

from engine.compress.quantization.saturation import outputs
from engine.compress.quantization.weight_only import blocks
from engine.compress.quantization.weights import float_weights, replace_values
from engine.errors import RecipeError
from engine.model.cost import count_macs, count_parameters, is_quantized

from .apply import apply, of_zoo


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("symmetric", [True, False])
def test_that_the_kernel_computes_with_the_block_wise_rounded_weights(bits, symmetric):
    state, data = of_zoo("perceptron")
    result = apply("weight-only-quantization", state, bits=bits, block=16, symmetric=symmetric, accuracy_level=1)
    expected = onnx.ModelProto()
    expected.CopyFrom(state.onnx)
    for weight in float_weights(expected, "test")[0]:
        matrix = weight.values if weight.axis == 1 else weight.values.T
        codes, scale, zero = blocks(matrix, bits, 16, symmetric=symmetric)
        middle = 2 ** (bits - 1) if zero is None else zero[..., None].astype(np.float32)
        real = ((codes.astype(np.float32) - middle) * scale[..., None]).reshape(len(codes), -1)[:, : matrix.shape[0]].T
        assert np.abs(real - matrix).max() <= 1.01 * np.abs(scale).max()
        replace_values(expected, weight.name, real if weight.axis == 1 else real.T)
    found, wanted = (outputs(graph, [data.x[:8]], exact=True)[0] for graph in (result.onnx, expected))
    assert found == pytest.approx(wanted, abs=2e-3)


def test_that_the_runtime_executes_block_wise_kernels_and_counts_stay(tmp_path):
    state, _ = of_zoo("perceptron")
    result = apply("weight-only-quantization", state, block=16)
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath, options.log_severity_level = str(tmp_path / "loaded.onnx"), 3
    onnxruntime.InferenceSession(result.onnx.SerializeToString(), options, providers=["CPUExecutionProvider"])
    kinds = [node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node]
    products = sum(node.op_type in ("MatMul", "Gemm") for node in state.onnx.graph.node)
    assert kinds.count("MatMulNBits") == products == 3
    assert not {"MatMul", "Gemm"} & set(kinds)
    assert count_parameters(result.onnx) == count_parameters(state.onnx)
    assert count_macs(result.onnx) == count_macs(state.onnx)
    assert is_quantized(result.onnx)
    assert any("3 matrix products" in note for note in result.notes)


def test_that_convolutions_are_stored_as_codes_and_said_to_run_as_float():
    state, data = of_zoo("residual")
    result = apply("weight-only-quantization", state, bits=8)
    convolutions = sum(node.op_type == "Conv" for node in state.onnx.graph.node)
    assert len([item for item in result.skipped if "run as float" in item.reason]) == convolutions
    found, wanted = (outputs(graph, [data.x[:4]], exact=True)[0] for graph in (result.onnx, state.onnx))
    assert found == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize("knobs", [{"bits": 5}, {"block": 48}])
def test_that_widths_and_blocks_without_a_kernel_are_refused(knobs):
    with pytest.raises(RecipeError, match="not offered"):
        apply("weight-only-quantization", of_zoo("perceptron")[0], **knobs)

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper

from engine.compress.quantization.saturation import outputs
from engine.compress.quantization.weights import float_weights, replace_values
from engine.errors import TechniqueError
from engine.model.cost import count_parameters

from .apply import apply, of_zoo


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
def test_that_stored_weights_are_torchs_rounding_to_16_bits_and_half_the_file(kind):
    state, data = of_zoo("concat")
    result = apply("half-precision", state, kind=kind)
    expected = onnx.ModelProto()
    expected.CopyFrom(state.onnx)
    for weight in float_weights(expected, "test")[0]:
        rounded = torch.from_numpy(weight.values.copy()).to(getattr(torch, kind)).float().numpy()
        replace_values(expected, weight.name, rounded)
    found, wanted = (outputs(graph, [data.x[:4]], exact=True)[0] for graph in (result.onnx, expected))
    assert found == pytest.approx(wanted, abs=1e-5)
    assert count_parameters(result.onnx) == count_parameters(state.onnx)
    stored = {t.data_type for t in result.onnx.graph.initializer if len(t.dims) == 4}
    assert stored == {TensorProto.FLOAT16 if kind == "float16" else TensorProto.BFLOAT16}


def test_that_computing_in_float16_keeps_float_inputs_and_outputs():
    state, data = of_zoo("residual")
    result = apply("half-precision", state, use="compute").onnx
    kinds = {item.type.tensor_type.elem_type for item in (*result.graph.input, *result.graph.output)}
    assert kinds == {TensorProto.FLOAT}
    weights = {t.data_type for t in result.graph.initializer if len(t.dims) == 4}
    assert weights == {TensorProto.FLOAT16}
    found, wanted = (outputs(graph, [data.x[:4]], exact=True)[0] for graph in (result, state.onnx))
    assert found == pytest.approx(wanted, abs=0.02)


def test_that_weights_beyond_float16_stay_float_and_are_named():
    state, _ = of_zoo("perceptron")
    first = float_weights(state.onnx, "test")[0][0]
    replace_values(state.onnx, first.name, np.full(first.values.shape, 1e5))
    result = apply("half-precision", state)
    assert [item.layer for item in result.skipped] == [first.layer]
    kept = next(numpy_helper.to_array(t) for t in result.onnx.graph.initializer if t.name == first.name)
    assert kept.dtype == np.float32


def test_that_bfloat16_arithmetic_is_refused():
    with pytest.raises(TechniqueError, match="bfloat16"):
        apply("half-precision", of_zoo("perceptron")[0], kind="bfloat16", use="compute")

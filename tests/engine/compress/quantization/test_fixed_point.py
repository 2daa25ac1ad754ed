import json

import numpy as np
import pytest
from onnx import numpy_helper

from engine.compress.quantization.fixed_point import export_integers, fixed_point_weights
from engine.compress.quantization.weights import float_weights, replace_values

from .apply import apply, of_zoo


@pytest.mark.parametrize("bits", [4, 8, 16])
def test_that_every_weight_is_an_integer_times_a_power_of_two_within_half_a_step(bits):
    state, _ = of_zoo("residual")
    result = apply("fixed-point-quantization", state, bits=bits)
    found = {name: (codes, n) for name, codes, n in fixed_point_weights(result.onnx)}
    for weight in float_weights(state.onnx, "test")[0]:
        codes, n = found[weight.name]
        assert codes.shape == weight.values.shape
        assert codes.dtype == (np.int16 if bits == 16 else np.int8)
        assert np.abs(codes * 2.0**-n - weight.values).max() <= 0.5001 * 2.0**-n
        # one bit more behind the point would not hold the largest weight
        assert np.rint(np.abs(weight.values).max() * 2.0 ** (n + 1)) > 2 ** (bits - 1) - 1


def test_that_chosen_fraction_bits_clip_what_does_not_fit_and_say_so():
    state, _ = of_zoo("residual")
    result = apply("fixed-point-quantization", state, bits=8, fraction_bits=10)
    assert all(n == 10 and codes.max() <= 127 for _, codes, n in fixed_point_weights(result.onnx))
    assert any("clipped" in note for note in result.notes)


@pytest.mark.parametrize("rounding", ["nearest-even", "floor", "truncate"])
@pytest.mark.parametrize("edge", [-1.001, -1.0, 0.999, 0.9961])
def test_that_automatic_fraction_bits_clip_nothing_whatever_the_rounding(edge, rounding):
    result = apply("fixed-point-quantization", of_one_weight(edge), bits=8, rounding=rounding)
    assert not any("clipped" in note for note in result.notes)
    ((_, codes, n),) = fixed_point_weights(result.onnx)
    most = 0.5 if rounding == "nearest-even" else 1.0
    assert np.abs(codes.reshape(-1)[0] - edge * 2.0**n) <= most + 1e-4


@pytest.mark.parametrize(
    ("edge", "note"),
    [
        (-1.001, None),  # -128.1 steps: the lowest code is the nearest
        (
            0.9961,
            "1 weight lies outside its format and was clipped; lower fraction_bits",
        ),  # 127.5 steps, 127 is the last
        (3.0, "1 weight lies outside its format and was clipped; lower fraction_bits"),
    ],
)
def test_that_a_weight_is_called_clipped_where_the_range_moves_it_further_than_rounding(edge, note):
    result = apply("fixed-point-quantization", of_one_weight(edge), bits=8, fraction_bits=7)
    assert [said for said in result.notes if "clipped" in said] == ([note] if note else [])


def test_that_several_clipped_weights_are_spoken_of_as_several():
    state = of_one_weight(3.0, -2.0)
    result = apply("fixed-point-quantization", state, bits=8, fraction_bits=7)
    assert "2 weights lie outside their format and were clipped; lower fraction_bits" in result.notes


def of_one_weight(*edges):
    """A linear model with these weights and small ones."""
    state, _ = of_zoo("logistic")
    (weight,) = float_weights(state.onnx, "test")[0]
    values = np.full(weight.values.shape, 0.01, np.float32)
    values.reshape(-1)[: len(edges)] = edges
    replace_values(state.onnx, weight.name, values)
    return state


def test_that_the_exported_integers_are_those_of_the_file(tmp_path):
    state, _ = of_zoo("perceptron")
    result = apply("fixed-point-quantization", state, bits=4)
    files = export_integers(result.onnx, tmp_path / "net.q")
    assert [path.name for path in files] == ["net.q.json", "net.q.h"]
    about = json.loads(files[0].read_text())["weights"]
    header = files[1].read_text()
    for item, (name, codes, n) in zip(about, fixed_point_weights(result.onnx), strict=True):
        assert (item["name"], item["shape"], item["fraction_bits"]) == (name, list(codes.shape), n)
        line = next(line for line in header.splitlines() if f"int8_t {item['symbol']}[" in line)
        numbers = [int(text) for text in line.partition("{")[2].partition("}")[0].split(",")]
        assert numbers == codes.reshape(-1).tolist()
    assert export_integers(state.onnx, tmp_path / "float") == []


def test_that_the_scale_in_the_file_is_a_power_of_two():
    state, _ = of_zoo("perceptron")
    result = apply("fixed-point-quantization", state)
    scales = [numpy_helper.to_array(t) for t in result.onnx.graph.initializer if t.name.endswith("_scale")]
    assert scales
    assert all(np.log2(scale) == np.round(np.log2(scale)) for scale in scales)

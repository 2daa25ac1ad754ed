import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from engine.compress.quantization.adaptive_rounding import adaptive_codes
from engine.compress.quantization.affine import grid_of, least_error_grid
from engine.compress.quantization.saturation import outputs
from engine.compress.quantization.stored import pack_codes, unpack_codes
from engine.compress.quantization.weights import float_weights, replace_values
from engine.compress.technique import Context
from engine.errors import DataError, RecipeError
from engine.model.cost import count_macs, count_nonzero, count_parameters, is_quantized, layer_table

from .apply import apply, of_zoo


def by_hand(values, bits, axis, symmetric):
    """The definition, channel by channel."""
    result = np.empty_like(values)
    for channel in range(values.shape[axis]):
        place = tuple(channel if i == axis else slice(None) for i in range(values.ndim))
        w = values[place].astype(np.float64)
        if symmetric:
            scale = np.abs(w).max() / (2 ** (bits - 1) - 1)
            result[place] = np.clip(np.round(w / scale), -(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1) * scale
        else:
            low, high = min(w.min(), 0), max(w.max(), 0)
            scale = (high - low) / (2**bits - 1)
            zero = np.round(-low / scale)
            result[place] = (np.clip(np.round(w / scale) + zero, 0, 2**bits - 1) - zero) * scale
    return result


@pytest.mark.parametrize("bits", [2, 3, 4, 6, 8, 12, 16])
@pytest.mark.parametrize("symmetric", [True, False])
def test_that_the_stored_codes_compute_what_weights_rounded_by_hand_compute(bits, symmetric):
    state, data = of_zoo("residual")
    result = apply("affine-quantization", state, bits=bits, symmetric=symmetric)
    expected = onnx.ModelProto()
    expected.CopyFrom(state.onnx)
    for weight in float_weights(expected, "test")[0]:
        replace_values(expected, weight.name, by_hand(weight.values, bits, weight.axis, symmetric))
    onnx.checker.check_model(result.onnx)
    found, wanted = (outputs(graph, [data.x[:4]], exact=True)[0] for graph in (result.onnx, expected))
    assert found == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_that_counts_see_the_weights_behind_the_codes(bits):
    state, _ = of_zoo("residual")
    result = apply("affine-quantization", state, bits=bits).onnx
    assert count_parameters(result) == count_parameters(state.onnx)
    assert count_macs(result) == count_macs(state.onnx)
    zeros = sum(
        int((grid_of(w.values, bits, axis=w.axis).codes(w.values) == 0).sum())
        for w in float_weights(state.onnx, "test")[0]
    )
    assert count_nonzero(result) == count_nonzero(state.onnx) - zeros
    assert is_quantized(result)
    before, after = (sum(layer.parameters for layer in layer_table(graph)) for graph in (state.onnx, result))
    assert after == before


def test_that_the_runtime_folds_the_decoding_away_at_load(resnet, tmp_path):
    import onnxruntime

    result = apply("affine-quantization", resnet, bits=4)
    assert result.onnx.ByteSize() < resnet.onnx.ByteSize() / 6
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(tmp_path / "loaded.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(result.onnx.SerializeToString(), options, providers=["CPUExecutionProvider"])
    kinds = {node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node}
    assert not kinds & {"BitShift", "Mod", "Cast", "Mul", "Slice", "Gather"}


def test_that_zeros_of_pruning_stay_zero():
    state, _ = of_zoo("residual")
    pruned = apply("magnitude-pruning", state, sparsity=0.6, min_weights=1)
    result = apply("affine-quantization", pruned, bits=4)
    assert count_nonzero(result.onnx) <= count_nonzero(pruned.onnx)


def test_that_packing_and_unpacking_are_inverse_for_every_width_and_length():
    random = np.random.RandomState(0)
    for bits in (1, 2, 4):
        for count in (1, 7, 8, 33):
            codes = random.randint(0, 2**bits, count)
            assert np.array_equal(unpack_codes(pack_codes(codes, bits), bits, count), codes)


def test_that_the_least_error_grid_is_no_worse_than_the_full_range_on_every_channel():
    values = np.random.RandomState(0).standard_t(2, (6, 40))
    for axis in (None, 0):
        errors = []
        for make in (grid_of, least_error_grid):
            grid = make(values, 4, axis=axis)
            errors.append(np.square(grid.real(grid.codes(values)) - values).mean(axis=None if axis is None else 1))
        assert np.all(errors[1] <= errors[0])
        assert np.any(errors[1] < 0.9 * errors[0])


def test_that_the_general_form_is_its_formula_with_the_chosen_rounding():
    state, data = of_zoo("perceptron")
    knobs = {"scale": 0.05, "gamma": 1.5, "beta": 0.01, "alpha": 0.002, "rounding": "floor", "bits": 6}
    result = apply("affine-quantization", state, **knobs)
    expected = onnx.ModelProto()
    expected.CopyFrom(state.onnx)
    for weight in float_weights(expected, "test")[0]:
        steps = np.clip(np.floor((1.5 * weight.values.astype(np.float64) + 0.01) / 0.05), -32, 31)
        replace_values(expected, weight.name, steps * 0.05 + 0.002)
    found, wanted = (outputs(graph, [data.x[:4]], exact=True)[0] for graph in (result.onnx, expected))
    assert found == pytest.approx(wanted, abs=1e-4)


def test_that_activations_are_rounded_to_the_grid_of_their_calibrated_range():
    state, data = of_zoo("perceptron")
    context = Context(data=data, seed=0)
    result = apply("affine-quantization", state, context, bits=16, activation_bits=3, samples=50)
    step, lowest = (
        float(numpy_helper.to_array(next(t for t in result.onnx.graph.initializer if t.name == f"input_{role}")))
        for role in ("step", "lowest")
    )
    seen = data.x[:50]
    assert step == pytest.approx((seen.max() - seen.min()) / 7, rel=1e-4)
    assert lowest == pytest.approx(np.round(seen.min() / step), abs=1)
    onnx.checker.check_model(result.onnx)
    with pytest.raises(DataError):
        apply("affine-quantization", state, activation_bits=3)


def test_that_an_exclusion_that_fits_nothing_is_refused_and_one_that_fits_is_named():
    state, _ = of_zoo("residual")
    with pytest.raises(RecipeError, match="fits no layer"):
        apply("affine-quantization", state, exclude=["nothing*"])
    assert [item.layer for item in apply("affine-quantization", state, exclude=["head"]).skipped] == ["head"]


@pytest.mark.parametrize("granularity", ["per-channel", "per-tensor"])
@pytest.mark.parametrize("name", ["residual", "perceptron"])
def test_that_adaptive_rounding_loses_less_of_the_outputs_than_the_nearest_code(name, granularity):
    state, data = of_zoo(name)
    context = Context(data=data, seed=0)
    wanted = outputs(state.onnx, [data.x], exact=True)[0]
    errors = {}
    for rounding in ("nearest-even", "adaptive"):
        knobs = {"bits": 3, "rounding": rounding, "granularity": granularity, "samples": 32}
        result = apply("affine-quantization", state, context, **knobs)
        errors[rounding] = float(np.square(outputs(result.onnx, [data.x], exact=True)[0] - wanted).mean())
    assert errors["adaptive"] < errors["nearest-even"]


def test_that_adaptive_codes_keep_the_products_better_than_any_of_many_random_roundings():
    random = np.random.RandomState(0)
    inputs = random.randn(200, 6) @ random.randn(6, 12)
    matrix = random.randn(5, 12)
    grid = grid_of(matrix, 4, axis=0)

    def lost(codes):
        return np.square(inputs @ (grid.scale * codes - matrix).T).sum()

    found = lost(adaptive_codes(matrix, grid, inputs))
    low = np.floor(matrix / grid.scale)
    assert found < lost(grid.codes(matrix))
    assert all(found < lost(np.clip(low + random.randint(0, 2, low.shape), -7, 7)) for _ in range(300))

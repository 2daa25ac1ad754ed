import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter
from onnx import numpy_helper

from engine.compress.quantization.stored_weights import rounded
from engine.compress.quantization.tflite_file import tflite_file
from engine.compress.registry import find
from engine.compress.technique import ModelState
from engine.errors import ModelError, TechniqueError
from engine.model.onnx_to_tflite import to_tflite
from engine.model.packed import pack
from engine.model.samples import sample
from engine.records import Format
from tests.engine.compress.toys import context_for


@pytest.fixture(scope="module")
def network():
    import onnx

    return ModelState((), onnx=onnx.load(sample("fashion-mobilenet").onnx))


def made(network, **knobs):
    technique = find("tflite-file")
    return technique.apply(network, technique.configure(knobs), context_for("mobile"))


def test_that_float_weights_stay_as_they_are(network):
    state = made(network, weights="float32")
    assert state.format is Format.TFLITE
    assert state.onnx.SerializeToString() == network.onnx.SerializeToString()


def test_that_fewer_bits_pack_smaller_and_every_weight_lies_on_its_grid(network):
    sizes = [len(pack(to_tflite(made(network, bits=bits).onnx), Format.TFLITE)) for bits in (8, 7, 6)]
    plain = len(pack(to_tflite(network.onnx), Format.TFLITE))
    assert plain > 3 * sizes[0] > 3 * sizes[1] > 3 * sizes[2]
    graph = made(network, bits=6).onnx.graph
    tensors = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    before = {item.name: numpy_helper.to_array(item) for item in network.onnx.graph.initializer}
    stored = [name.removesuffix("_int8") for name in tensors if name.endswith("_int8")]
    assert len(stored) > 15
    for name in stored:
        levels, scale = tensors[f"{name}_int8"], tensors[f"{name}_scale"]
        assert np.abs(levels).max() <= 31
        assert np.all(np.abs(levels * scale - before[name]) <= 0.5001 * scale)


def test_that_the_file_runs_in_litert(network):
    interpreter = Interpreter(model_content=to_tflite(made(network).onnx))
    interpreter.allocate_tensors()
    assert [list(item["shape"]) for item in interpreter.get_input_details()] == [[1, 1, 28, 28]]


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ("weight-clustering", "packed into less than a byte"),
        ("weight-only-quantization", "of 4 bits|less than a byte"),
        ("dynamic-quantization", "while running"),
        ("half-precision", "float16"),
    ],
)
def test_that_what_an_earlier_step_made_and_tflite_cannot_hold_is_named_with_the_way_out(network, before, what):
    technique = find(before)
    earlier = technique.apply(network, technique.configure({}), context_for("mobile"))
    with pytest.raises(TechniqueError, match=what) as caught:
        made(earlier)
    assert "leave that step out" in caught.value.remedy


def test_that_a_network_without_a_rule_is_refused_before_anything_is_written(network):
    import onnx

    graph = onnx.ModelProto()
    graph.CopyFrom(network.onnx)
    graph.graph.node[0].op_type = "Einsum"
    with pytest.raises(ModelError, match="Einsum"):
        made(ModelState((), onnx=graph))
    assert tflite_file.__doc__


def test_that_short_scales_have_eight_significant_bits_and_are_at_most_one_percent_larger():
    weights = np.random.default_rng(0).normal(size=(64, 30)).astype(np.float32)
    _, long = rounded(weights, 0)
    levels, short = rounded(weights, 0, short_scales=True)
    mantissa, _ = np.frexp(short.astype(np.float64))
    assert np.all(mantissa * 256 == np.rint(mantissa * 256))
    assert np.all((short >= long) & (short <= long * 1.008))
    assert np.all(np.abs(levels * short - weights) <= 0.5001 * short)


@pytest.mark.parametrize("name", ["fashion-resnet", "fashion-mobilenet"])
def test_that_integers_of_onnx_files_stay_and_answer_real_images_alike(images, tmp_path, name):
    import onnx

    from engine.compress.quantization.saturation import outputs
    from engine.model.samples.scoring import predicted_by_litert

    path = tmp_path / "int8.tflite"
    state = made(ModelState((), onnx=onnx.load(sample(name).onnx_int8)))
    path.write_bytes(to_tflite(state.onnx))
    assert any("integer kernels for" in note for note in state.notes)
    x, y = images.x[:300], images.y[:300]
    there = outputs(state.onnx, [x], exact=True)[0]
    here = predicted_by_litert(path, x)
    assert (here == there.argmax(1)).mean() >= 0.99
    assert abs((here == y).mean() - (there.argmax(1) == y).mean()) <= 0.01
    assert path.stat().st_size < 1.1 * sample(name).onnx_int8.stat().st_size

"""Golden samples: chosen from data, run in the child, believed by the agent's own check."""

from io import BytesIO

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from device_agent.contract.io import InputContract, IoContract, preprocess
from device_agent.contract.messages import encode
from device_agent.runtimes.child import Child
from engine.errors import BundleError, ModelError
from engine.model.data import Batch, RawSample
from engine.package.golden import SAMPLES, GoldenInputs, choose_inputs, run_golden, to_npz
from engine.records import Format

from .conftest import NETWORK


class Pictures:
    """40 small JPEG pictures; ``wrong`` tensors do not follow from them."""

    name = "pictures"
    classes = None
    contract = IoContract([InputContract("x", "image", [3, 8, 8])])

    def __init__(self, wrong=False, kind="jpeg", splits=("test",)):
        self.wrong, self.kind, self.splits = wrong, kind, splits

    def count(self, split):
        return 40 if split in self.splits else 0

    def raw(self, split, index):
        stream = BytesIO()
        pixels = np.random.default_rng(index).integers(0, 256, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(stream, "JPEG")
        return RawSample(f"{index}", self.kind, stream.getvalue(), None)

    def batches(self, split, batch_size, *, seed=None, limit=None):
        total = min(40, limit or 40)
        for start in range(0, total, batch_size):
            rows = range(start, min(total, start + batch_size))
            arrays = [preprocess(self.contract.inputs[0], self.raw(split, i).content, "jpeg") for i in rows]
            yield Batch((np.stack(arrays) + self.wrong,), None)


def test_that_samples_are_spread_over_the_calibration_data(data):
    found = choose_inputs(data)
    assert found.arrays[0].shape == (SAMPLES, 1, 28, 28)
    assert len({array.tobytes() for array in found.arrays[0]}) == SAMPLES
    assert [raw.index for raw in found.raw] == [0, 4, 8, 12]
    for raw in found.raw:
        again = preprocess(data.contract.inputs[0], raw.content, raw.kind)
        assert np.allclose(again, found.arrays[0][raw.index], atol=1e-5)


def test_that_jpegs_travel_as_the_pixels_they_are_so_that_every_board_can_read_them():
    found = choose_inputs(Pictures())
    assert {raw.kind for raw in found.raw} == {"png"}
    for raw in found.raw:
        assert (preprocess(Pictures.contract.inputs[0], raw.content, "png") == found.arrays[0][raw.index]).all()


def test_that_data_whose_contract_does_not_hold_is_refused():
    with pytest.raises(BundleError, match="not the tensors it gives"):
        choose_inputs(Pictures(wrong=True))


def test_that_raw_samples_of_a_kind_boards_do_not_read_are_left_out():
    assert choose_inputs(Pictures(kind="npz")).raw == ()


def test_that_empty_data_is_refused():
    with pytest.raises(BundleError, match="no samples"):
        choose_inputs(Pictures(splits=()))


def test_that_the_expected_outputs_are_those_of_single_samples(data):
    import onnxruntime

    given = choose_inputs(data)
    found = run_golden(NETWORK.onnx, Format.ONNX, given)
    session = onnxruntime.InferenceSession(str(NETWORK.onnx), providers=["CPUExecutionProvider"])
    wanted = [session.run(None, {"input": given.arrays[0][i : i + 1]})[0][0] for i in range(SAMPLES)]
    assert np.allclose(found.outputs[0], wanted, atol=1e-5)
    assert (found.precision, found.tolerance.kind, found.opset, found.ir) == ("float", "float", 17, 8)


def test_that_an_int8_network_knows_its_output_step(data):
    found = run_golden(NETWORK.onnx_int8, Format.ONNX, choose_inputs(data))
    last = onnx.load(NETWORK.onnx_int8).graph.node[-1]
    scale = next(
        float(numpy_helper.to_array(item))
        for item in onnx.load(NETWORK.onnx_int8).graph.initializer
        if item.name == last.input[1]
    )
    assert found.precision == "int8"
    assert found.tolerance.output_step == pytest.approx(scale)
    assert found.tolerance.atol >= 2 * scale
    steps = found.outputs[0] / scale
    assert np.allclose(steps, np.rint(steps), atol=1e-3)


@pytest.mark.parametrize(
    ("file", "format_", "precision"),
    [(NETWORK.tflite, Format.TFLITE, "float"), (NETWORK.tflite_int8, Format.TFLITE, "int8")],
)
def test_that_tflite_files_are_described_and_run(data, file, format_, precision):
    found = run_golden(file, format_, choose_inputs(data))
    assert found.precision == precision
    assert found.outputs[0].shape == (SAMPLES, 10)
    spread = float(np.ptp(found.outputs[0]))
    assert 0 < found.tolerance.atol < 0.1 * spread


def check_on_board(path, runtime, run, tmp_path, atol=None):
    """The agent's own golden check, in this process."""
    (tmp_path / "golden.npz").write_bytes(to_npz(run.arrays, {path.name: run.outputs}))
    tolerance = encode(run.tolerance) | ({} if atol is None else {"atol": atol, "rtol": 0.0})
    return Child().do_golden(
        {
            "runtime": runtime,
            "provider": "CPUExecutionProvider" if runtime == "onnxruntime" else "CPU",
            "threads": 1,
            "path": str(path),
            "file": path.name,
            "golden": str(tmp_path / "golden.npz"),
            "tolerance": tolerance,
            "io": encode(IoContract([])),
            "raw": [],
        }
    )


@pytest.mark.parametrize(
    ("file", "format_", "runtime"),
    [
        (NETWORK.onnx, Format.ONNX, "onnxruntime"),
        (NETWORK.onnx_int8, Format.ONNX, "onnxruntime"),
        (NETWORK.tflite, Format.TFLITE, "litert"),
        (NETWORK.tflite_int8, Format.TFLITE, "litert"),
    ],
)
def test_that_the_agent_passes_the_right_model_and_rejects_another(data, file, format_, runtime, tmp_path):
    run = run_golden(file, format_, choose_inputs(data))
    assert check_on_board(file, runtime, run, tmp_path)["passed"]
    other = run_golden(file, format_, GoldenInputs(("input",), (run.arrays[0][::-1].copy(),)))
    swapped = type(run)(**{**vars(run), "outputs": other.outputs})
    answer = check_on_board(file, runtime, swapped, tmp_path)
    assert not answer["passed"]
    assert answer["top1_agreement"] < 1


def small(folder, nodes, shape, initializers=(), out=None, opset=17, ir=8, dtype=TensorProto.FLOAT):
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", dtype, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, out or shape)],
        initializer=list(initializers),
    )
    path = folder / "model.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir), path)
    return path


def test_that_random_inputs_are_the_same_every_time(tmp_path):
    path = small(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], ["n", 3])
    one, two = (run_golden(path, Format.ONNX, None) for _ in range(2))
    assert np.array_equal(one.arrays[0], two.arrays[0])
    assert one.order is None
    assert np.array_equal(one.outputs[0], np.maximum(one.arrays[0], 0))


def test_that_a_dynamically_quantized_model_may_differ_by_a_byte_of_its_range(tmp_path):
    nodes = [
        helper.make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"]),
    ]
    found = run_golden(small(tmp_path, nodes, ["n", 30]), Format.ONNX, None)
    assert found.tolerance.kind == "integer"
    assert found.tolerance.atol >= 2 * np.ptp(found.outputs[0]) / 255 * 0.999


@pytest.mark.parametrize(
    ("shape", "words"), [(["n", "h", 3], "free shape"), ([4, 3], "4 samples at once"), (["n", 1 << 25], "too large")]
)
def test_that_a_model_that_cannot_be_tested_says_why(tmp_path, shape, words):
    path = small(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], shape)
    with pytest.raises(BundleError, match=words):
        run_golden(path, Format.ONNX, None)


def test_that_answers_that_are_not_finite_make_no_golden_set(tmp_path):
    path = small(tmp_path, [helper.make_node("Log", ["x"], ["y"])], ["n", 3])
    with pytest.raises(BundleError, match="not finite"):
        run_golden(path, Format.ONNX, None)


def test_that_data_of_another_shape_is_refused_naming_both(tmp_path):
    path = small(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], ["n", 3])
    with pytest.raises(BundleError, match=r"\[5\] for input 'x', the model takes \[3\]"):
        run_golden(path, Format.ONNX, GoldenInputs(("x",), (np.zeros((16, 5), np.float32),)))


def test_that_a_damaged_model_is_a_model_error(tmp_path):
    (tmp_path / "bad.onnx").write_bytes(NETWORK.onnx.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"bad\.onnx"):
        run_golden(tmp_path / "bad.onnx", Format.ONNX, None)


def test_that_the_golden_file_is_the_same_bytes_for_the_same_arrays():
    arrays = [np.arange(48, dtype=np.float32).reshape(16, 3)]
    assert to_npz(arrays, {"m": arrays}) == to_npz(arrays, {"m": arrays})
    with np.load(BytesIO(to_npz(arrays, {"m": arrays})), allow_pickle=False) as stored:
        assert sorted(stored.files) == ["input_0", "m/output_0"]

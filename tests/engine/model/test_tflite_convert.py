import importlib.util
import json
import subprocess
import sys

import numpy as np
import pytest

from engine.errors import DataError, MissingExtraError, ModelError
from engine.model import samples, tflite_convert

HAS_EXTRA = all(importlib.util.find_spec(name) for name in ("litert_torch", "ai_edge_quantizer"))
FLOAT_FILE = samples.sample("fashion-mobilenet").tflite


def test_that_rewriting_a_model_keeps_its_answers_and_is_idempotent():
    from ai_edge_litert.interpreter import Interpreter

    original = FLOAT_FILE.read_bytes()
    rewritten = tflite_convert.with_inline_buffers(original)
    assert tflite_convert.with_inline_buffers(rewritten) == rewritten
    image = np.random.RandomState(0).rand(1, 1, 28, 28).astype(np.float32)
    answers = []
    for content in (original, rewritten):
        runner = Interpreter(model_content=content, num_threads=1).get_signature_runner(tflite_convert.SIGNATURE)
        answers.append(runner(args_0=image)["output_0"])
    assert np.array_equal(*answers)


def test_that_buffers_behind_the_flatbuffer_are_moved_inside():
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    original = FLOAT_FILE.read_bytes()
    outside = _with_one_buffer_outside(original)
    tree = schema.ModelT.InitFromPackedBuf(bytearray(tflite_convert.with_inline_buffers(outside)), 0)
    assert all(buffer.offset == 0 and buffer.size == 0 for buffer in tree.buffers)
    biggest = max((b.data for b in tree.buffers if b.data is not None), key=len)
    source = schema.ModelT.InitFromPackedBuf(bytearray(original), 0)
    assert np.array_equal(biggest, max((b.data for b in source.buffers if b.data is not None), key=len))
    assert flatbuffers.util.BufferHasIdentifier(outside, 0, b"TFL3")


def test_that_a_file_cut_before_its_outer_buffers_is_refused():
    outside = _with_one_buffer_outside(FLOAT_FILE.read_bytes())
    with pytest.raises(ModelError, match="ends at byte"):
        tflite_convert.with_inline_buffers(outside[:-100])


def test_that_a_file_that_is_not_tflite_is_refused():
    with pytest.raises(ModelError) as caught:
        tflite_convert.with_inline_buffers(b"\x08\x07\x12\x07pytorch" * 4)
    assert caught.value.code == "not-tflite"


@pytest.mark.parametrize("name", samples.names())
def test_that_the_shipped_files_need_no_outer_buffers(name):
    from ai_edge_litert import schema_py_generated as schema

    for path in (samples.sample(name).tflite, samples.sample(name).tflite_int8):
        tree = schema.ModelT.InitFromPackedBuf(bytearray(path.read_bytes()), 0)
        assert all(buffer.offset == 0 for buffer in tree.buffers), path
        assert not tree.metadata


def test_that_input_shapes_come_from_the_signature():
    assert tflite_convert.input_shapes(FLOAT_FILE.read_bytes()) == {"args_0": (1, 1, 28, 28)}


def test_that_calibration_rows_become_batches_in_the_models_shape(tmp_path):
    path = tmp_path / "calibration.npz"
    np.savez(path, x=np.arange(5 * 3, dtype=np.float64).reshape(5, 3))
    batches = list(tflite_convert.calibration_samples(path, {"args_0": (2, 3)}))
    assert [batch["args_0"].shape for batch in batches] == [(2, 3), (2, 3)]
    assert batches[1]["args_0"].dtype == np.float32
    assert batches[1]["args_0"][0].tolist() == [6.0, 7.0, 8.0]


@pytest.mark.parametrize(
    ("arrays", "shapes", "code"),
    [
        ({"x": np.zeros((4, 3))}, {"args_0": (1, 5)}, "calibration-shape"),
        ({"y": np.zeros((4, 3))}, {"args_0": (1, 3)}, "calibration-names"),
        (
            {"args_0": np.zeros((4, 3)), "x": np.zeros((4, 3))},
            {"args_0": (1, 3), "args_1": (1, 3)},
            "calibration-names",
        ),
    ],
)
def test_that_calibration_data_that_does_not_fit_is_refused(tmp_path, arrays, shapes, code):
    path = tmp_path / "calibration.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError) as caught:
        list(tflite_convert.calibration_samples(path, shapes))
    assert caught.value.code == code


@pytest.mark.skipif(HAS_EXTRA, reason="the extra 'tflite' is installed")
def test_that_a_missing_extra_is_named_with_the_command_that_installs_it(tmp_path):
    with pytest.raises(MissingExtraError, match="tflite"):
        tflite_convert.quantize_static(b"", [])
    command = ["convert", "--arch", "builtins:dict", "--input-shape", "1,1", "--out", str(tmp_path / "out.tflite")]
    done = subprocess.run(
        [sys.executable, "-m", "engine.model.tflite_convert", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "pip install -c constraints.txt '.[tflite]'" in json.loads(done.stderr.splitlines()[-1])["error"]["remedy"]


@pytest.mark.slow
@pytest.mark.skipif(not HAS_EXTRA, reason="the extra 'tflite' is not installed")
def test_that_a_module_becomes_float_and_int8_tflite_with_float_inputs(tmp_path):
    from ai_edge_litert.interpreter import Interpreter

    sample = samples.sample("fashion-mobilenet")
    floating, integer, calibration = tmp_path / "a.tflite", tmp_path / "b.tflite", tmp_path / "c.npz"
    with np.load(samples.data_file()) as archive:
        images = archive["calibration_x"][:100].astype(np.float32)[:, None] / 255
    inputs = (images - np.float32(sample.normalisation.mean)) / np.float32(sample.normalisation.std)
    np.savez(calibration, x=inputs)
    source = ["--arch", sample.architecture, "--weights", str(sample.safetensors), "--input-shape", "1,1,28,28"]
    for command in (
        ["convert", *source, "--out", str(floating)],
        ["quantize", str(floating), "--calibration", str(calibration), "--out", str(integer)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "engine.model.tflite_convert", *command], capture_output=True, text=True, check=True
        )
        assert json.loads(done.stdout)["size_bytes"] > 0
    answers = {}
    for path in (sample.tflite, floating, integer):
        runner = Interpreter(model_path=str(path), num_threads=1).get_signature_runner(tflite_convert.SIGNATURE)
        answers[path] = np.concatenate([runner(args_0=inputs[row : row + 1])["output_0"] for row in range(100)])
    assert answers[floating] == pytest.approx(answers[sample.tflite], abs=1e-5)
    assert (answers[integer].argmax(1) == answers[floating].argmax(1)).mean() >= 0.95
    assert integer.stat().st_size < floating.stat().st_size / 2


def _with_one_buffer_outside(model: bytes) -> bytes:
    """The file as the quantizer writes it: the largest buffer's bytes stand behind the flatbuffer."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    tree = schema.ModelT.InitFromPackedBuf(bytearray(model), 0)
    buffer = max((b for b in tree.buffers if b.data is not None), key=lambda b: len(b.data))
    data, buffer.data, buffer.size = bytes(buffer.data), None, len(buffer.data)
    length = 2
    for _ in range(2):  # the second time with the length of the first
        buffer.offset = length
        builder = flatbuffers.Builder(1024)
        builder.Finish(tree.Pack(builder), file_identifier=b"TFL3")
        length = len(builder.Output())
    return bytes(builder.Output()) + data

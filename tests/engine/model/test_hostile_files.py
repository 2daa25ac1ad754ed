"""Files that mean harm: each ends within ten seconds in a clear error, runs no code of its own and leaves no trace."""

import json
import os
import pickle
import struct
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from engine.errors import ModelError
from engine.model.open import inspect
from engine.model.samples import sample

SECONDS = 10.0


@pytest.fixture(autouse=True)
def no_trace(tmp_path, monkeypatch):
    """Temporary files of the test go to a folder of its own, which must be empty afterwards."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    start, before = time.monotonic(), os.times()
    yield
    after = os.times()
    spent = sum(after[:4]) - sum(before[:4])
    assert min(spent, time.monotonic() - start) < SECONDS  # a busy machine stretches the clock, not the work
    assert list(folder.iterdir()) == []
    assert not (tmp_path / "executed").exists()


def refused(path, code=None, **options):
    with pytest.raises(ModelError) as caught:
        inspect(path, **options)
    assert caught.value.remedy
    assert "Traceback" not in caught.value.message
    if code is not None:
        assert caught.value.code == code, caught.value.message
    return caught.value


def save(path, nodes, inputs=(), outputs=(("y", TensorProto.FLOAT, None),), initializers=()):
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info(*value) for value in inputs],
        [helper.make_tensor_value_info(*value) for value in outputs],
        list(initializers),
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def test_that_a_hundred_bytes_asking_for_160_gb_are_refused(tmp_path):
    shape = numpy_helper.from_array(np.array([200_000, 200_000]), "s")
    path = save(tmp_path / "a.onnx", [helper.make_node("ConstantOfShape", ["s"], ["y"])], initializers=[shape])
    assert path.stat().st_size < 200
    assert "149.0 GiB" in refused(path, "out-of-memory").message


def test_that_memory_asked_for_while_running_is_refused(tmp_path):
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Mul", ["s", "k"], ["t"]),
        helper.make_node("ConstantOfShape", ["t"], ["c"]),
        helper.make_node("ReduceSum", ["c"], ["y"]),
    ]
    factor = numpy_helper.from_array(np.array([200_000, 200_000]), "k")
    path = save(tmp_path / "a.onnx", nodes, [("x", TensorProto.FLOAT, [1, 1])], initializers=[factor])
    refused(path, "out-of-memory")


def test_that_an_endless_loop_is_refused(tmp_path):
    body = helper.make_graph(
        [helper.make_node("Identity", ["c"], ["c_out"]), helper.make_node("Add", ["v", "v"], ["v_out"])],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("c", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v", TensorProto.FLOAT, [1]),
        ],
        [
            helper.make_tensor_value_info("c_out", TensorProto.BOOL, []),
            helper.make_tensor_value_info("v_out", TensorProto.FLOAT, [1]),
        ],
    )
    forever = numpy_helper.from_array(np.array(True), "go")
    node = helper.make_node("Loop", ["", "go", "x"], ["y"], body=body)
    path = save(tmp_path / "a.onnx", [node], [("x", TensorProto.FLOAT, [1])], initializers=[forever])
    assert "one inference" in refused(path, "too-slow").message


_CUTS = [(kind, share) for kind in ("onnx", "onnx_int8", "tflite") for share in (0.02, 0.5, 0.98)]
_CUTS += [("safetensors", 0.02), ("safetensors", 0.9), ("pt", 0.5), ("pt2", 0.9), ("pt2", 0.3), ("torchscript", 0.5)]


@pytest.mark.parametrize(("kind", "share"), _CUTS)
def test_that_a_truncated_file_is_refused(tmp_path, files, kind, share):
    content = files[kind].read_bytes()
    path = tmp_path / f"cut{files[kind].suffix}"
    path.write_bytes(content[: int(len(content) * share)])
    refused(path)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    record = sample("fashion-resnet")
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.Flatten(), torch.nn.Linear(4 * 36, 3)).eval()
    torch.save(network.state_dict(), folder / "a.pt")
    torch.export.save(torch.export.export(network, (torch.rand(1, 1, 8, 8),)), folder / "a.pt2")
    _trace(network, folder / "script.pt")
    return {
        "onnx": record.onnx,
        "onnx_int8": record.onnx_int8,
        "tflite": record.tflite,
        "safetensors": record.safetensors,
        "pt": folder / "a.pt",
        "pt2": folder / "a.pt2",
        "torchscript": folder / "script.pt",
    }


def _trace(network, path):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch announces the end of TorchScript; users still have such files
        torch.jit.trace(network, torch.rand(1, 1, 8, 8)).save(str(path))


@pytest.mark.parametrize("name", ["a.onnx", "a.tflite", "a.pt", "a.pt2", "a.safetensors", "a"])
def test_that_an_empty_file_is_refused(tmp_path, name):
    (tmp_path / name).touch()
    refused(tmp_path / name, "empty-file")


@pytest.mark.parametrize("name", ["a.onnx", "a.tflite", "a.pt", "a.safetensors"])
def test_that_a_large_random_file_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(np.random.default_rng(0).bytes(20 << 20))
    refused(tmp_path / name)


@pytest.mark.parametrize("kind", ["onnx", "onnx_int8", "tflite"])
def test_that_flipped_bits_never_end_the_parent(tmp_path, files, kind):
    content = bytearray(files[kind].read_bytes())
    positions = np.random.default_rng(4).integers(0, min(len(content), 4000), 40)
    for position in positions:
        content[position] ^= 0xFF
    path = tmp_path / files[kind].name
    path.write_bytes(bytes(content))
    refused(path)


class RunsCode:
    def __init__(self, marker):
        self.marker = str(marker)

    def __reduce__(self):
        return (os.system, (f"touch {self.marker}",))


def test_that_a_pickle_that_runs_code_is_never_executed(tmp_path):
    path = tmp_path / "evil.pt"
    torch.save({"weight": RunsCode(tmp_path / "executed")}, path)
    error = refused(path, "unsafe-pickle")
    assert "system" in error.message
    assert "state_dict" in error.remedy


def test_that_a_bare_pickle_that_runs_code_is_never_executed(tmp_path):
    path = tmp_path / "evil.pt"
    path.write_bytes(pickle.dumps(RunsCode(tmp_path / "executed")))
    refused(path)


def test_that_a_whole_module_in_a_pickle_is_refused_with_the_remedy(tmp_path):
    path = tmp_path / "whole.pt"
    torch.save(torch.nn.Linear(2, 2), path)
    assert "torch.save(model.state_dict()" in refused(path, "unsafe-pickle").remedy


def test_that_a_pickle_inside_an_exported_program_is_never_executed(tmp_path, files):
    path = tmp_path / "evil.pt2"
    evil = pickle.dumps(RunsCode(tmp_path / "executed"))
    with zipfile.ZipFile(files["pt2"]) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for member in source.infolist():
            content = source.read(member)
            if member.filename.endswith(("sample_inputs/model.pt", ".pt")) or "weight_" in member.filename:
                content = evil
            if member.filename.endswith("_config.json"):
                config = json.loads(content)
                for entry in config.get("config", {}).values():
                    entry["use_pickle"] = True
                content = json.dumps(config).encode()
            target.writestr(member, content)
    assert "posix.system" in refused(path, "unsafe-pickle").message


@pytest.fixture(scope="module")
def bomb(tmp_path_factory):
    path = tmp_path_factory.mktemp("bomb") / "bomb"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/archive_format", "pt2")
        with archive.open("a/data.pkl", "w", force_zip64=True) as stream:
            for _ in range(300):
                stream.write(bytes(1 << 20))
    assert path.stat().st_size < 1 << 20
    return path


@pytest.mark.parametrize("name", ["bomb.pt", "bomb.pt2", "bomb.keras"])
def test_that_a_zip_bomb_is_refused_before_it_unpacks(tmp_path, bomb, name):
    (tmp_path / name).write_bytes(bomb.read_bytes())
    refused(tmp_path / name, "archive-too-large")


def external(path, location, **entries):
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4], data_location=TensorProto.EXTERNAL)
    for key, value in {"location": location, **entries}.items():
        weight.external_data.add(key=key, value=str(value))
    return save(
        path,
        [helper.make_node("Add", ["x", "w"], ["y"])],
        [("x", TensorProto.FLOAT, [None, 4])],
        [("y", TensorProto.FLOAT, [None, 4])],
        [weight],
    )


@pytest.mark.parametrize(
    "location", ["/etc/passwd", "../secret.bin", "a/../../secret.bin", "..\\secret.bin", "C:\\secret.bin", "", "a\0b"]
)
def test_that_external_data_outside_the_folder_is_refused(tmp_path, location):
    (tmp_path / "secret.bin").write_bytes(bytes(16))
    folder = tmp_path / "model"
    folder.mkdir()
    refused(external(folder / "a.onnx", location), "unsafe-external-data")


def test_that_external_data_behind_a_symbolic_link_is_refused(tmp_path):
    (tmp_path / "secret.bin").write_bytes(bytes(16))
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    refused(external(folder / "a.onnx", "link.bin"), "unsafe-external-data")
    (folder / "inner").symlink_to(tmp_path)
    refused(external(folder / "a.onnx", "inner/secret.bin"), "unsafe-external-data")


@pytest.mark.parametrize(
    "entries", [{"offset": 8}, {"length": 4}, {"offset": -16}, {"length": 1 << 40}, {"offset": "x"}]
)
def test_that_external_data_that_does_not_fit_is_refused(tmp_path, entries):
    (tmp_path / "data.bin").write_bytes(bytes(16))
    refused(external(tmp_path / "a.onnx", "data.bin", **entries), "external-data")


def test_that_missing_external_data_is_named(tmp_path):
    assert "missing.bin" in refused(external(tmp_path / "a.onnx", "missing.bin"), "external-data").message


def test_that_a_script_that_never_ends_is_refused(tmp_path, monkeypatch):
    import warnings

    monkeypatch.setattr("engine.model.open._trial_seconds", lambda size: 1.0)

    class Forever(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            while bool(x.sum() == x.sum()):
                x = x + 1
            return x

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as above
        network = torch.nn.Sequential(torch.nn.Linear(4, 4), Forever())
        torch.jit.script(network).save(str(tmp_path / "forever.pt"))
    refused(tmp_path / "forever.pt", "too-slow")


def test_that_a_safetensors_header_that_lies_is_refused(tmp_path):
    header = json.dumps({"w": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}).encode()
    (tmp_path / "a.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + bytes(64))
    refused(tmp_path / "a.safetensors")


def test_that_a_graph_deep_in_itself_is_refused(tmp_path):
    inner = helper.make_graph([], "g", [], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])])
    for _ in range(60):
        node = helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)
        inner = helper.make_graph([node], "g", [], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])])
        if inner.ByteSize() > 1 << 17:
            break
    path = tmp_path / "a.onnx"
    model = helper.make_model(inner, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    refused(path)


def test_that_names_of_a_foreign_file_carry_no_terminal_escapes(tmp_path):
    weight = numpy_helper.from_array(np.ones((4, 4), np.float32), "w")
    node = helper.make_node("MatMul", ["x", "w"], ["y"], name="\x1b]0;owned\x07\x1b[31mlayer")
    path = save(tmp_path / "a.onnx", [node], [("x", TensorProto.FLOAT, [None, 4])], initializers=[weight])
    assert not any("\x1b" in layer.name for layer in inspect(path).layers)


def test_that_a_name_that_is_no_text_is_refused(tmp_path):
    path = save(tmp_path / "a.onnx", [helper.make_node("Relu", ["the_name"], ["y"])], [("the_name", 1, [1])])
    path.write_bytes(path.read_bytes().replace(b"the_name", b"the_\xff\xfe\xff\xff"))
    refused(path, "damaged-onnx")


def test_that_an_input_name_that_cannot_be_shown_is_refused(tmp_path):
    node = helper.make_node("Relu", ["\x1b[2J"], ["y"])
    refused(save(tmp_path / "a.onnx", [node], [("\x1b[2J", TensorProto.FLOAT, [1])]), "unsafe-name")


@pytest.mark.parametrize("path", ["/nowhere/a.onnx", "/", "no-such-thing"])
def test_that_what_is_no_file_is_refused(path):
    refused(Path(path) if path != "no-such-thing" else path)


@pytest.mark.parametrize(("opset", "ir"), [(99, 8), (17, 99)])
def test_that_a_file_of_a_newer_onnx_says_so(tmp_path, opset, ir):
    node = helper.make_node("Relu", ["x"], ["y"])
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    path = tmp_path / "new.onnx"
    path.write_bytes(model.SerializeToString())
    assert "opset 20" in refused(path, "too-new").remedy


def test_that_an_archive_of_torch_without_a_program_is_refused_at_once(tmp_path):
    path = tmp_path / "evil.pt2"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/data.pkl", pickle.dumps(os.getcwd))
        archive.writestr("x/archive_format", "pt2")
    refused(path, "damaged-pt2")


def keras_config(*layers, **more):
    return {"module": "keras", "class_name": "Sequential", "config": {"name": "s", "layers": list(layers)}, **more}


def keras_layer(kind="Dense", module="keras.layers", **config):
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def keras_archive(path, config, weights=None, more=()):
    """A ``.keras`` file; ``weights`` fills the HDF5 file."""
    import h5py

    inner = path.with_suffix(".weights")
    with h5py.File(inner, "w") as file:
        (weights or (lambda _: None))(file)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1"}))
        archive.writestr("config.json", json.dumps(config))
        archive.write(inner, "model.weights.h5")
        for name, content in more:
            archive.writestr(name, content)
    inner.unlink()
    return path


_CODE = ["4wEAAAAAAAAAAAAAAAIAAAADAAAA", None, None]
_INPUT = keras_layer("InputLayer", batch_shape=[None, 4], dtype="float32", name="i")


def _far(file):
    import h5py

    file["layers"] = h5py.ExternalLink("/etc/hostname", "/")


def _elsewhere(file):
    file.create_dataset("w", (4,), "u1", external=[("/etc/hostname", 0, 4)])


def _huge(file):
    file.create_dataset("w", (1 << 40,), "f4", chunks=(1 << 20,))


_KERAS = {
    "a lambda with code": (
        keras_config(_INPUT, keras_layer("Lambda", function={"class_name": "__lambda__", "config": {"code": _CODE}})),
        None,
        "keras-code",
    ),
    "a lambda inside a wrapper": (
        keras_config(_INPUT, keras_layer("TimeDistributed", layer=keras_layer("Lambda", function="f"))),
        None,
        "keras-code",
    ),
    "a class of another module": (keras_config(keras_layer("system", "os")), None, "keras-custom"),
    "a function in a setting": (
        keras_config(_INPUT, keras_layer(units=2, activation=keras_layer("get_file", "keras.utils", origin="x"))),
        None,
        "keras-custom",
    ),
    "a registered class": (keras_config(keras_layer() | {"registered_name": "mine>Dense"}), None, "keras-custom"),
    "a model of the user's": ({"module": "mine", "class_name": "Mine", "config": {}}, None, "keras-custom"),
    "a link to another file": (keras_config(_INPUT, keras_layer(units=2)), _far, "unsafe-weights"),
    "weights in another file": (keras_config(_INPUT, keras_layer(units=2)), _elsewhere, "unsafe-weights"),
    "four terabytes of weights": (keras_config(_INPUT, keras_layer(units=2)), _huge, "archive-too-large"),
    "a layer of a billion units": (keras_config(_INPUT, keras_layer(units=10**9)), None, "archive-too-large"),
    "no list of layers": (keras_config() | {"config": 3}, None, "keras-custom"),
}


@pytest.mark.parametrize("case", _KERAS)
def test_that_a_hostile_keras_file_is_refused_before_keras_sees_it(tmp_path, case):
    config, weights, code = _KERAS[case]
    error = refused(keras_archive(tmp_path / "a.keras", config, weights), code)
    assert "a.keras" in error.message


def test_that_a_keras_archive_with_a_member_outside_is_refused(tmp_path):
    path = keras_archive(tmp_path / "a.keras", keras_config(), more=[("../../executed", "x")])
    refused(path, "unsafe-archive")


def test_that_a_pickle_called_keras_is_refused(tmp_path):
    for suffix in (".keras", ".h5"):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(pickle.dumps(RunsCode(tmp_path / "executed")))
        refused(path, "unknown-format")


def test_that_weights_of_keras_alone_and_damaged_ones_are_told_apart(tmp_path):
    import h5py

    path = tmp_path / "a.weights.h5"
    with h5py.File(path, "w") as file:
        file["w"] = np.zeros(5000)
    assert "model.save('model.keras')" in refused(path, "weights-alone").remedy
    (tmp_path / "cut.h5").write_bytes(path.read_bytes()[:20_000])
    refused(tmp_path / "cut.h5", "damaged-keras")
    whole = keras_archive(tmp_path / "a.keras", keras_config(_INPUT)).read_bytes()
    (tmp_path / "cut.keras").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "cut.keras", "damaged-archive")

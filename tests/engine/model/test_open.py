"""Every format in: what inspect says, what open_model gives, and the errors with their remedies."""

import warnings

import numpy as np
import onnx
import pytest
import torch
from onnx import helper
from safetensors.torch import save_file

from engine.errors import ModelError
from engine.model.formats import detect
from engine.model.onnx_to_torch import to_module
from engine.model.open import inspect, open_model
from engine.model.samples import sample
from engine.model.save import run_onnx, to_onnx
from engine.records import Format, TensorSpec

from .zoo import build

ARCH = "tests.engine.model.zoo:residual"
ARCH_WITH_EXAMPLE = "tests.engine.model.zoo:residual_with_example"
INPUT = (TensorSpec("input", (None, 3, 16, 16), "float32"),)


@pytest.fixture(scope="module")
def network():
    return build("residual")[0]


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(2).random((3, 3, 16, 16), np.float32)


@pytest.fixture(scope="module")
def expected(network, images):
    with torch.inference_mode():
        return network(torch.from_numpy(images)).numpy()


@pytest.mark.parametrize(
    ("form", "format_", "quantized"),
    [
        ("onnx", Format.ONNX, False),
        ("onnx_int8", Format.ONNX, True),
        ("tflite", Format.TFLITE, False),
        ("tflite_int8", Format.TFLITE, True),
    ],
)
def test_that_all_files_of_a_sample_tell_the_same_costs(form, format_, quantized):
    info = inspect(getattr(sample("fashion-resnet"), form))
    assert (info.format, info.quantized) == (format_, quantized)
    assert info.parameters == 307_818
    assert info.macs == 13_016_576
    assert sum(layer.parameters for layer in info.layers) == info.parameters
    assert sum(layer.macs for layer in info.layers) == info.macs
    assert info.inputs[0].shape[1:] == (1, 28, 28)
    assert info.outputs[0].shape[1:] == (10,)


def test_that_a_sample_opens_as_a_module_with_its_weights():
    opened = open_model("sample:fashion-resnet")
    assert opened.onnx is None
    assert opened.module is not None
    assert opened.info.parameters == sample("fashion-resnet").parameters == 308_538
    assert opened.inputs == (TensorSpec("input", (None, 1, 28, 28), "float32"),)
    assert opened.name == "fashion-resnet"


def test_that_an_unknown_sample_names_the_known_ones():
    with pytest.raises(ModelError) as caught:
        inspect("sample:nothing")
    assert "sample:fashion-resnet" in caught.value.remedy


def test_that_an_onnx_file_opens_as_its_own_bytes(tmp_path, network):
    path = tmp_path / "net.onnx"
    path.write_bytes(to_onnx(network, INPUT).SerializeToString())
    opened = open_model(path)
    assert opened.module is None
    assert opened.onnx == path.read_bytes()
    assert opened.info.opset == 17


def test_that_external_data_is_put_into_one_blob(tmp_path, network, images, expected):
    path = tmp_path / "net.onnx"
    onnx.save_model(to_onnx(network, INPUT), path, save_as_external_data=True, location="net.data", size_threshold=0)
    total = path.stat().st_size + (tmp_path / "net.data").stat().st_size
    opened = open_model(path)
    (tmp_path / "net.data").unlink()
    assert opened.info.size_bytes == total
    assert np.allclose(run_onnx(onnx.load_from_string(opened.onnx), [images])[0], expected, atol=1e-4)


def test_that_a_factory_opens_as_a_module():
    opened = open_model(ARCH_WITH_EXAMPLE)
    assert opened.info.format is Format.MODULE
    assert opened.inputs == INPUT
    assert opened.info.macs == to_macs(opened.module)
    assert opened.info.warnings == ()


def to_macs(module):
    return inspectable(module).macs


def inspectable(module):
    from engine.model.open import onnx_info

    return onnx_info(to_onnx(module, INPUT))


def test_that_a_guessed_input_shape_is_said():
    info = inspect(ARCH)
    assert "guessed" in info.warnings[0]
    assert inspect(ARCH, inputs=INPUT).inputs == INPUT


@pytest.mark.parametrize("suffix", ["pt", "safetensors"])
def test_that_weights_open_with_their_architecture(tmp_path, network, images, expected, suffix):
    path = tmp_path / f"weights.{suffix}"
    if suffix == "pt":
        torch.save({"epoch": 3, "state_dict": network.state_dict()}, path)
    else:
        save_file(network.state_dict(), path)
    opened = open_model(path, ARCH_WITH_EXAMPLE)
    with torch.inference_mode():
        assert np.allclose(opened.module(torch.from_numpy(images)).numpy(), expected)
    assert opened.info.size_bytes == path.stat().st_size


def test_that_weights_alone_are_described_and_need_an_architecture_to_open(tmp_path, network):
    path = tmp_path / "weights.safetensors"
    save_file(network.state_dict(), path)
    info = inspect(path)
    assert info.parameters == sum(parameter.numel() for parameter in network.parameters())
    assert "--arch" in info.warnings[0]
    with pytest.raises(ModelError) as caught:
        open_model(path)
    assert "--arch module:factory" in caught.value.remedy


def test_that_weights_of_another_network_are_refused_by_name(tmp_path):
    path = tmp_path / "other.pt"
    torch.save({"head.weight": torch.zeros(5, 16), "other.bias": torch.zeros(3)}, path)
    with pytest.raises(ModelError, match=r"missing: stem.0.weight.*not in the network: other.bias"):
        open_model(path, ARCH_WITH_EXAMPLE)


@pytest.mark.parametrize(
    ("arch", "code"),
    [
        ("tests.engine.model.zoo:nothing", "bad-factory"),
        ("no.such.module:make", "factory-import"),
        ("builtins:dict", "not-a-module"),
        ("tests.engine.model.test_open:failing_factory", "factory-failed"),
    ],
)
def test_that_a_factory_that_cannot_be_used_is_named(arch, code):
    with pytest.raises(ModelError) as caught:
        inspect(arch)
    assert caught.value.code == code


def failing_factory():
    raise RuntimeError("on purpose")


def test_that_a_torchscript_file_comes_in_as_onnx(tmp_path, network, images, expected):
    path = tmp_path / "script.pt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch announces the end of TorchScript; users still have such files
        torch.jit.trace(network, torch.rand(1, 3, 16, 16)).save(str(path))
    assert detect(path) is Format.TORCHSCRIPT
    opened = open_model(path, inputs=INPUT)
    assert opened.module is None
    assert np.allclose(run_onnx(onnx.load_from_string(opened.onnx), [images])[0], expected, atol=1e-4)


@pytest.mark.parametrize("dynamic", [False, True])
def test_that_an_exported_program_comes_in_as_onnx(tmp_path, network, images, expected, dynamic):
    path = tmp_path / "program.pt2"
    shapes = ({0: torch.export.Dim("batch")},) if dynamic else None
    program = torch.export.export(network, (torch.rand(2 if dynamic else 1, 3, 16, 16),), dynamic_shapes=shapes)
    torch.export.save(program, path)
    assert detect(path) is Format.PT2
    opened = open_model(path)
    assert opened.inputs[0].shape == (None, 3, 16, 16)
    model = onnx.load_from_string(opened.onnx)
    assert np.allclose(run_onnx(model, [images])[0], expected, atol=1e-4)
    with torch.inference_mode():
        assert np.allclose(to_module(model)(torch.from_numpy(images)).numpy(), expected, atol=1e-4)


def test_that_the_content_tells_the_format_whatever_the_name(tmp_path):
    record = sample("fashion-resnet")
    for form, format_ in (("onnx", Format.ONNX), ("tflite", Format.TFLITE), ("safetensors", Format.SAFETENSORS)):
        path = tmp_path / f"{form}.pt"
        path.write_bytes(getattr(record, form).read_bytes())
        assert detect(path) is format_


def test_that_tflite_cannot_be_opened_for_compression():
    with pytest.raises(ModelError) as caught:
        open_model(sample("fashion-resnet").tflite)
    assert "ONNX or PyTorch" in caught.value.remedy


def test_that_keras_files_get_the_way_out_where_keras_is_not_installed(tmp_path, monkeypatch):
    import importlib.util
    import zipfile

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", "")
    with pytest.raises(ModelError) as caught:
        inspect(tmp_path / "a.keras")
    assert "pip install -c constraints.txt '.[keras]'" in caught.value.remedy
    assert "model.export('model.onnx', format='onnx')" in caught.value.remedy


def test_that_a_new_opset_is_warned_of(tmp_path):
    node = helper.make_node("Relu", ["x"], ["y"])
    values = [helper.make_tensor_value_info(name, 1, [None, 4]) for name in "xy"]
    graph = helper.make_graph([node], "g", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    assert "opset 22" in inspect(tmp_path / "a.onnx").warnings[0]


def test_that_an_input_whose_shape_is_not_stated_is_warned_of(tmp_path):
    import onnx
    from onnx import TensorProto, helper

    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", values[:1], values[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "m.onnx")
    assert any("shape of input x" in text for text in inspect(tmp_path / "m.onnx").warnings)

"""Bundles: whole or refused."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from device_agent.contract.io import preprocess
from device_agent.contract.manifest import MANIFEST, SIGNATURE, parse, to_bytes
from device_agent.contract.messages import encode
from device_agent.runtimes.child import Child
from engine.errors import BundleError
from engine.evaluate.score import evaluate_file
from engine.package.bundle import board_name, make_trial_bundle, open_bundle, read_bundle
from engine.package.keys import signing_key, verify
from engine.records import Format, sha256_hex

from .conftest import NETWORK, RECIPE
from .test_golden import small


@pytest.fixture
def copy(bundle, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(bundle.path, folder)
    return folder


@pytest.fixture
def keys(key):
    return {key.id: key.public}


def test_that_the_manifest_names_everything_in_the_folder(bundle):
    manifest, files = read_bundle(Path(bundle.path))
    assert {path.name for path in Path(bundle.path).iterdir()} == {*files, MANIFEST, SIGNATURE}
    for item in manifest.files:
        content = files[item.name].read_bytes()
        assert (len(content), sha256_hex(content)) == (item.size, item.sha256)
    roles = {item.name: item.role for item in manifest.files}
    assert roles["model.onnx"] == roles["model.tflite"] == "model"
    assert (roles["golden.npz"], roles["golden-0.png"], roles["run.py"]) == ("golden", "sample", "runner")


def test_that_the_manifest_says_how_the_model_was_made_and_what_it_takes(bundle, data):
    manifest, _ = read_bundle(Path(bundle.path))
    assert manifest.recipe == [step.to_json() for step in RECIPE.steps]
    assert manifest.recipe_sha256 == RECIPE.sha256
    assert (manifest.variant, manifest.model, manifest.purpose) == ("v1", "sample:x", "release")
    assert [(item.file, item.precision) for item in manifest.models] == [
        ("model.onnx", "int8"),
        ("model.tflite", "int8"),
    ]
    assert manifest.io.inputs[0].mean == data.contract.inputs[0].mean
    assert manifest.io.output.labels == list(data.classes)
    assert manifest.golden.samples == 16
    assert len(manifest.golden.raw) == 4


def test_that_the_signature_is_over_the_very_bytes_of_the_manifest(bundle, key):
    content = (Path(bundle.path) / MANIFEST).read_bytes()
    signature = (Path(bundle.path) / SIGNATURE).read_text().strip()
    assert verify(key.public, content, signature)
    assert to_bytes(parse(content)) == content
    assert bundle.sha256 == sha256_hex(content)
    assert bundle.id == bundle.sha256[:16]
    assert Path(bundle.path).name == f"net-{bundle.id}"
    assert bundle.signed_by == key.id
    assert bundle.size_bytes == sum(path.stat().st_size for path in Path(bundle.path).iterdir())


def test_that_opening_gives_the_record_back(bundle, keys):
    assert open_bundle(Path(bundle.path), keys) == bundle


def test_that_the_same_input_gives_the_same_bundle_and_leaves_nothing_behind(make, tmp_path):
    one = make({Format.ONNX: NETWORK.onnx_int8}, tmp_path)
    two = make({Format.ONNX: NETWORK.onnx_int8}, tmp_path)
    assert one == two
    assert [path.name for path in tmp_path.iterdir()] == [f"net-{one.id}"]


def test_that_a_damaged_copy_is_replaced_when_the_bundle_is_made_again(make, tmp_path, keys):
    made = make({Format.ONNX: NETWORK.onnx_int8}, tmp_path)
    (Path(made.path) / "model.onnx").write_bytes(b"x")
    make({Format.ONNX: NETWORK.onnx_int8}, tmp_path)
    assert open_bundle(Path(made.path), keys) == made


def test_that_a_failed_attempt_leaves_no_folder(make, tmp_path):
    with pytest.raises(BundleError):
        make({Format.SAFETENSORS: NETWORK.safetensors}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_that_the_agents_golden_check_passes_with_raw_samples_on_both_runtimes(bundle):
    manifest, files = read_bundle(Path(bundle.path))
    for model, runtime in zip(manifest.models, ("onnxruntime", "litert"), strict=True):
        request = {
            "runtime": runtime,
            "provider": "CPUExecutionProvider" if runtime == "onnxruntime" else "CPU",
            "threads": 1,
            "path": str(files[model.file]),
            "file": model.file,
            "golden": str(files[manifest.golden.file]),
            "tolerance": encode(model.tolerance),
            "io": encode(manifest.io),
            "raw": [
                {"path": str(files[item.file]), "kind": item.kind, "index": item.index} for item in manifest.golden.raw
            ],
        }
        assert Child().do_golden(request)["passed"]
        drifted = replace(manifest.io, inputs=[replace(manifest.io.inputs[0], mean=[0.4])])
        answer = Child().do_golden({**request, "io": encode(drifted)})
        assert not answer["passed"]
        assert "pre-processing" in answer["reason"]


def test_that_an_integer_network_gets_pixels_quantized_by_the_contract(make, integer_network, data, tmp_path):
    manifest, files = read_bundle(Path(make({Format.TFLITE: integer_network}, tmp_path).path))
    contract = manifest.io.inputs[0]
    assert (contract.dtype, contract.kind) == ("int8", "image")
    assert contract.scale > 0
    model = manifest.models[0]
    assert (model.precision, model.tolerance.output_step) == ("int8", 1.0)
    with np.load(files["golden.npz"], allow_pickle=False) as stored:
        assert stored["input_0"].dtype == stored["model.tflite/output_0"].dtype == np.int8
        raw = manifest.golden.raw[0]
        found = preprocess(contract, files[raw.file].read_bytes(), raw.kind)
        assert (found == stored["input_0"][raw.index]).all()
    output = manifest.io.output
    assert (output.kind, output.zero_point is None) == ("classification", False)
    score = evaluate_file(integer_network, Format.TFLITE, data, limit=500).score
    twin = evaluate_file(NETWORK.tflite_int8, Format.TFLITE, data, limit=500).score
    assert score.metrics["accuracy"] == twin.metrics["accuracy"]


def flip(path, place):
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1
    path.write_bytes(bytes(content))


def test_that_no_flipped_byte_of_manifest_or_signature_is_accepted(copy, keys):
    for name in (MANIFEST, SIGNATURE):
        size = (copy / name).stat().st_size - (name == SIGNATURE)
        for place in range(0, size, 7 if name == MANIFEST else 1):
            flip(copy / name, place)
            with pytest.raises(BundleError):
                open_bundle(copy, keys)
            flip(copy / name, place)
    open_bundle(copy, keys)


def test_that_no_flipped_byte_of_any_file_is_accepted(copy, keys):
    for name in [item.name for item in read_bundle(copy)[0].files]:
        for place in (0, 1000, -1):
            flip(copy / name, place)
            with pytest.raises(BundleError, match=name):
                open_bundle(copy, keys)
            flip(copy / name, place)


def test_that_a_missing_or_longer_file_is_refused(copy, keys):
    with (copy / "run.py").open("ab") as stream:
        stream.write(b"#")
    with pytest.raises(BundleError, match=r"run\.py"):
        open_bundle(copy, keys)
    (copy / "run.py").unlink()
    with pytest.raises(BundleError, match=r"run\.py"):
        open_bundle(copy, keys)


@pytest.mark.parametrize("trick", ["link", "pipe", "folder"])
def test_that_links_pipes_and_folders_are_no_files_of_a_bundle(copy, keys, trick):
    path = copy / "model.onnx"
    path.rename(copy / "moved")
    if trick == "link":
        path.symlink_to(copy / "moved")
    elif trick == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(BundleError, match=r"model\.onnx"):
        open_bundle(copy, keys)


def test_that_a_stranger_cannot_sign_for_us(copy, keys, tmp_path):
    stranger = signing_key(tmp_path / "stranger")
    content = (copy / MANIFEST).read_bytes().replace(b'"name":"net"', b'"name":"not"')
    (copy / MANIFEST).write_bytes(content)
    (copy / SIGNATURE).write_text(stranger.sign(content))
    with pytest.raises(BundleError, match="not signed by a known key") as caught:
        open_bundle(copy, keys)
    assert caught.value.code == "bad-signature"
    assert open_bundle(copy, {stranger.id: stranger.public}).signed_by == stranger.id


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"[" * 5000, b'{"schema": 99}', b"x" * (1 << 21)])
def test_that_a_signed_manifest_of_nonsense_is_a_bundle_error(copy, key, keys, content):
    (copy / MANIFEST).write_bytes(content)
    (copy / SIGNATURE).write_text(key.sign(content))
    with pytest.raises(BundleError):
        open_bundle(copy, keys)


def test_that_a_folder_that_is_no_bundle_says_how_to_make_one(tmp_path):
    with pytest.raises(BundleError) as caught:
        read_bundle(tmp_path)
    assert "flyweight bundle" in caught.value.remedy


@pytest.mark.parametrize(("opset", "ir"), [(21, 10), (17, 11)])
def test_that_a_file_too_new_for_old_boards_is_refused(make, tmp_path, opset, ir):
    path = small(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], ["n", 3], opset=opset, ir=ir)
    with pytest.raises(BundleError, match=r"opset 21|IR version 11"):
        make({Format.ONNX: path}, tmp_path / "out", data=None)


def test_that_a_bundle_without_data_has_random_golden_inputs_and_a_plain_contract(make, tmp_path):
    path = small(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], ["n", 3])
    manifest, files = read_bundle(Path(make({Format.ONNX: path}, tmp_path / "out", data=None).path))
    assert (manifest.io.inputs[0].kind, manifest.io.inputs[0].shape) == ("tensor", [3])
    assert manifest.io.output.kind == "none"
    assert manifest.golden.raw == []
    with np.load(files["golden.npz"], allow_pickle=False) as stored:
        assert (stored["model.onnx/output_0"] == np.maximum(stored["input_0"], 0)).all()


def test_that_weights_in_other_files_are_refused(make, tmp_path):
    model = onnx.load(NETWORK.onnx)
    onnx.save_model(model, tmp_path / "m.onnx", save_as_external_data=True, location="w.bin", size_threshold=0)
    with pytest.raises(BundleError, match="other files"):
        make({Format.ONNX: tmp_path / "m.onnx"}, tmp_path / "out")


def test_that_twins_must_take_the_same_input(make, tmp_path):
    path = small(tmp_path, [helper.make_node("Cast", ["x"], ["y"], to=1)], ["n", 1, 28, 28], dtype=TensorProto.DOUBLE)
    with pytest.raises(BundleError, match="other inputs"):
        make({Format.TFLITE: NETWORK.tflite, Format.ONNX: path}, tmp_path / "out")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("net.int8", "net.int8"),
        ("a b/c", "a-b-c"),
        ("../../x", "x"),
        ("", "bundle"),
        ("ä" * 9, "bundle"),
        ("n" * 90, "n" * 40),
    ],
)
def test_that_any_name_becomes_one_that_boards_accept(name, wanted):
    assert board_name(name) == wanted


def test_that_a_trial_holds_candidates_and_nothing_else(key, keys, tmp_path):
    made = make_trial_bundle([b"one", b"two"], out_dir=tmp_path, signing_key=key)
    manifest, files = read_bundle(Path(made.path))
    assert manifest.purpose == "trial"
    assert {name: path.read_bytes() for name, path in files.items()} == {
        "candidate-0.onnx": b"one",
        "candidate-1.onnx": b"two",
    }
    assert open_bundle(Path(made.path), keys) == made


def test_that_a_folder_that_cannot_be_written_is_named(make, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(BundleError, match="file"):
        make({Format.ONNX: NETWORK.onnx_int8}, tmp_path / "file" / "below")


def test_that_the_manifest_is_strict_json(bundle):
    json.loads((Path(bundle.path) / MANIFEST).read_text(), parse_constant=lambda text: pytest.fail(text))

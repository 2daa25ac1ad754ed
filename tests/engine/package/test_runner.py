"""The runner in a bundle: a fresh interpreter with numpy and one runtime, nothing of this product."""

import ast
import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from pwd import getpwuid

import numpy as np
import pytest

from device_agent.contract.io import postprocess, preprocess
from engine.evaluate.predict import predict
from engine.model.data import Batch
from engine.package.bundle import read_bundle
from engine.package.runner_files import runner_files
from engine.records import Format

from .conftest import NETWORK


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    """A folder with links to numpy and onnxruntime alone."""
    folder = tmp_path_factory.mktemp("packages")
    for name in ("numpy", "onnxruntime"):
        source = Path(find_spec(name).origin).parent
        (folder / name).symlink_to(source)
        if (source.parent / f"{name}.libs").is_dir():
            (folder / f"{name}.libs").symlink_to(source.parent / f"{name}.libs")
    return folder


def execute(arguments, packages, stdin=b"", python=(sys.executable, "-S")):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [*python, *arguments], input=stdin, env=environment, capture_output=True, timeout=60, cwd="/", check=False
    )


def answers(done):
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)["predictions"]


def expected(bundle, data, index, split="test", top_k=5):
    sample = data.raw(split, index)
    tensor = preprocess(data.contract.inputs[0], sample.content, sample.kind)[None]
    model = Path(bundle.path) / "model.onnx"
    return postprocess(data.contract.output, [predict(model, Format.ONNX, [Batch((tensor,), None)])[0]], top_k)


def test_that_the_product_is_out_of_reach_of_the_fresh_interpreter(packages):
    for name in ("engine", "device_agent", "torch", "onnx"):
        assert b"No module" in execute(["-c", f"import {name}"], packages).stderr


def test_that_run_predicts_a_png_like_the_desktop(bundle, data, packages, tmp_path):
    (tmp_path / "photo.png").write_bytes(data.raw("test", 3).content)
    done = execute([f"{bundle.path}/run.py", "--json", "--top-k", "3", str(tmp_path / "photo.png")], packages)
    found = answers(done)[0]["classes"]
    wanted = expected(bundle, data, 3, top_k=3)
    assert [item["label"] for item in found] == [item["label"] for item in wanted]
    assert [item["probability"] for item in found] == pytest.approx([item["probability"] for item in wanted], abs=1e-5)


def test_that_png_npy_csv_and_stdin_give_one_answer(bundle, data, packages, tmp_path):
    sample = data.raw("test", 0)
    tensor = preprocess(data.contract.inputs[0], sample.content, sample.kind)
    (tmp_path / "a.png").write_bytes(sample.content)
    np.save(tmp_path / "a.npy", tensor)
    (tmp_path / "a.csv").write_text(",".join(repr(float(value)) for value in tensor.reshape(-1)))
    files = [str(tmp_path / name) for name in ("a.png", "a.npy", "a.csv")]
    found = answers(execute([f"{bundle.path}/run.py", "--json", *files, "-"], packages, sample.content))
    assert [item["file"] for item in found] == [*files, "-"]
    assert len({json.dumps(item["classes"]) for item in found}) == 1


def test_that_without_a_file_the_shipped_sample_is_shown_to_a_person(bundle, packages):
    done = execute([f"{bundle.path}/run.py"], packages)
    assert done.returncode == 0
    assert b"golden-0.png" in done.stdout
    assert b"%" in done.stdout


@pytest.mark.parametrize(
    ("content", "words"), [(b"\x89PNG\r\n\x1a\nbroken", "PNG"), (b"hello", "numbers"), (None, "No such file")]
)
def test_that_a_bad_file_gives_one_line_and_a_remedy_not_a_traceback(bundle, packages, tmp_path, content, words):
    if content is not None:
        (tmp_path / "bad").write_bytes(content)
    done = execute([f"{bundle.path}/run.py", str(tmp_path / "bad")], packages)
    assert done.returncode == 1
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_that_a_python_without_a_runtime_says_what_to_install(bundle, tmp_path):
    done = execute([f"{bundle.path}/run.py"], tmp_path)
    assert done.returncode == 1
    assert b"install numpy and onnxruntime or litert or tflite-runtime" in done.stderr


def test_that_a_runtime_that_flyweight_put_on_the_board_is_found(bundle, packages, tmp_path):
    shutil.copytree(bundle.path, tmp_path / "bundles" / bundle.sha256)
    shutil.copytree(packages, tmp_path / "env" / ("a" * 64), symlinks=True)
    done = execute([str(tmp_path / "bundles" / bundle.sha256 / "run.py"), "--json"], tmp_path / "empty")
    assert answers(done)[0]["classes"]


def test_that_a_changed_model_file_is_not_run(bundle, packages, tmp_path):
    shutil.copytree(bundle.path, tmp_path / "b")
    (tmp_path / "b" / "model.onnx").write_bytes(NETWORK.onnx.read_bytes())
    done = execute([str(tmp_path / "b" / "run.py")], packages)
    assert done.returncode == 1
    assert b"damaged" in done.stderr


LOADER = """
import os, sys, json
slot, photo = sys.argv[1:3]
sys.path.insert(0, slot)
from loader import load
import numpy
model = load(slot)
def say():
    found = model.predict(photo)
    print(json.dumps([model.manifest.name, found[0]["probability"] if isinstance(found[0], dict) else len(found[0]),
                      model.problem]), flush=True)
for line in sys.stdin:
    say()
print(len(model.predict(numpy.load(sys.argv[3]))))
"""


def test_that_the_loader_follows_switches_of_the_slot_and_survives_a_broken_one(make, data, packages, tmp_path):
    for name, file in (("first", NETWORK.onnx), ("second", NETWORK.onnx_int8)):
        made = make({Format.ONNX: file}, tmp_path / "made", name=name)
        Path(made.path).rename(tmp_path / name)
    (tmp_path / "broken").mkdir()
    slot = tmp_path / "current"

    def switch(name):
        (tmp_path / "new").symlink_to(tmp_path / name)
        (tmp_path / "new").rename(slot)

    switch("first")
    (tmp_path / "photo.png").write_bytes(data.raw("test", 1).content)
    pixels = BytesIO()
    np.save(pixels, np.zeros((28, 28), np.uint8))
    (tmp_path / "pixels.npy").write_bytes(pixels.getvalue())
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [sys.executable, "-S", "-c", LOADER, str(slot), str(tmp_path / "photo.png"), str(tmp_path / "pixels.npy")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as child:

        def ask():
            child.stdin.write(b"\n")
            child.stdin.flush()
            return json.loads(child.stdout.readline())

        first = ask()
        assert first[0] == "first"
        switch("second")
        second = ask()
        assert second[0] == "second"
        assert second[1] != first[1]
        switch("broken")
        name, probability, problem = ask()
        assert (name, probability) == (second[0], second[1])
        assert problem
        switch("first")
        assert ask() == first
        child.stdin.close()
        assert child.stdout.read() == b"5\n"
    assert child.returncode == 0


def test_that_models_without_classes_answer_with_arrays(make, packages, tmp_path):
    from onnx import helper

    from .test_golden import small

    path = small(tmp_path, [helper.make_node("Relu", ["x"], ["y"])], ["n", 3])
    made = make({Format.ONNX: path}, tmp_path / "out", data=None)
    assert read_bundle(Path(made.path))[0].golden.raw == []
    found = answers(execute([f"{made.path}/run.py", "--json", "-"], packages, b"1,-2,3"))
    assert found == [{"file": "-", "classes": [], "outputs": [[1.0, 0.0, 3.0]]}]
    assert execute([f"{made.path}/run.py"], packages).returncode == 2


def test_that_the_runner_parses_as_python_3_8():
    for name, content in runner_files().items():
        if name.endswith(".py"):
            ast.parse(content, name, feature_version=(3, 8))


def test_that_the_runner_starts_on_every_python_found_here(bundle):
    """3.8 to 3.13 from pyenv; the versions that are not there are named in the skip."""
    versions = Path(getpwuid(os.getuid()).pw_dir) / ".pyenv" / "versions"
    found = {f"3.{minor}": sorted(versions.glob(f"3.{minor}.*/bin/python")) for minor in range(8, 14)}
    for places in found.values():
        for python in places[:1]:
            done = execute([f"{bundle.path}/run.py", "--help"], "", python=(str(python), "-S"))
            assert done.returncode == 0, done.stderr.decode()
            assert b"stdin" in done.stdout
    missing = [version for version, places in found.items() if not places]
    if missing:
        pytest.skip("not run, because not installed: Python " + ", ".join(missing))


def test_that_the_runner_files_are_the_same_bytes_every_time():
    first = runner_files()
    runner_files.cache_clear()
    assert runner_files() == first


def test_that_a_model_of_recordings_takes_wav_files(make, packages, tmp_path):
    """The model answers 'quiet' or 'loud' by the mean square of 50 samples."""
    import wave

    from onnx import helper, save

    from engine.model.datasets import open_data
    from engine.records import TensorSpec

    def write(path, value, rate=4000):
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as out:
            out.setparams((1, 2, rate, 0, "NONE", ""))
            out.writeframes(np.full(80, value * 32768, "<i2").tobytes())

    for number in range(16):
        write(tmp_path / "words" / "loud" / f"{number}.wav", 0.6 + 0.02 * number)
        write(tmp_path / "words" / "quiet" / f"{number}.wav", 0.01 * number)
    nodes = [
        helper.make_node("Mul", ["x", "x"], ["squared"]),
        helper.make_node("MatMul", ["squared", "w"], ["energy"]),
        helper.make_node("Add", ["energy", "b"], ["y"]),
    ]
    weights = [
        helper.make_tensor("w", 1, (50, 2), np.stack([np.full(50, 1.0), np.full(50, -1.0)], 1).ravel()),
        helper.make_tensor("b", 1, (2,), [-5.0, 5.0]),
    ]
    ends = [helper.make_tensor_value_info(name, 1, ["n", size]) for name, size in (("x", 50), ("y", 2))]
    graph = helper.make_graph(nodes, "energy", ends[:1], ends[1:], weights)
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "m.onnx")
    data = open_data(str(tmp_path / "words"), [TensorSpec("x", (None, 50), "float32")])
    bundle = make({Format.ONNX: tmp_path / "m.onnx"}, data=data)
    assert read_bundle(Path(bundle.path))[0].golden.raw[0].file.endswith(".wav")

    write(tmp_path / "a.wav", 0.7, rate=8000)  # resampled: 40 samples, then silence
    write(tmp_path / "b.wav", 0.05)
    files = [str(tmp_path / "a.wav"), str(tmp_path / "b.wav")]
    found = answers(
        execute([f"{bundle.path}/run.py", "--json", *files, "-"], packages, (tmp_path / "a.wav").read_bytes())
    )
    assert [item["classes"][0]["label"] for item in found] == ["loud", "quiet", "loud"]
    logit = 40 * 0.7**2 - 5
    assert found[0]["classes"][0]["probability"] == pytest.approx(1 / (1 + np.exp(-2 * logit)), abs=1e-3)

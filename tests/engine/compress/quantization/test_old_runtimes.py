"""Files of every technique on the oldest runtimes a board may have: onnxruntime 1.19.2 and tflite-runtime 2.13 and 2.14.

They live in side environments under the user's cache, made once, with the wheels boards get; onnxruntime 1.19.2 needs no more
than the Python of the tests. A machine without a package index, or without Python 3.8 for tflite-runtime 2.13, skips and says
what was not run.
"""

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.compress.quantization.saturation import outputs
from engine.compress.technique import Context
from engine.deploy.runtimes import PINS
from engine.model import samples
from tests.device_agent.test_pythons import interpreters

from .apply import apply, of_zoo

CACHE = Path(pwd.getpwuid(os.getuid()).pw_dir) / ".cache" / "flyweight-tests"
PACKAGES = sorted({package for pin in PINS if pin.python == "3.8" for package in pin.packages})
RUN = """
import json, sys
sys.path.insert(0, sys.argv[2])
import numpy as np
paths, out = json.loads(sys.argv[1])
for number, path in enumerate(paths):
    x = np.load("%s/inputs_%d.npy" % (out, number))
    if path.endswith(".onnx"):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.add_session_config_entry("session.x64quantprecision", "1")
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        result = session.run(None, {session.get_inputs()[0].name: x})[0]
    else:
        from tflite_runtime.interpreter import Interpreter
        try:
            runner = Interpreter(model_path=path, num_threads=1)
            runner.allocate_tensors()
        except Exception as error:
            sys.exit("%s: %s" % (path, error))
        rows = []
        for row in x:
            runner.set_tensor(runner.get_input_details()[0]["index"], row[None])
            runner.invoke()
            rows.append(runner.get_tensor(runner.get_output_details()[0]["index"])[0])
        result = np.stack(rows)
    np.save("%s/%d.npy" % (out, number), result)
"""


@pytest.fixture(scope="module")
def old_python():
    """Python 3.8 with the runtimes the product pins for it: onnxruntime 1.19.2 and tflite-runtime 2.13."""
    return side_environment((3, 8), "wheels", PACKAGES)


@pytest.fixture(scope="module")
def old_onnxruntime(request):
    """Where onnxruntime 1.19.2 runs: Python 3.8, else the Python of the tests, which it has wheels for, too."""
    if (3, 8) in interpreters():
        return request.getfixturevalue("old_python")
    packages = [package for package in PACKAGES if not package.startswith("tflite-runtime")]
    return side_environment(sys.version_info[:2], "onnxruntime", packages)


@pytest.fixture(scope="module")
def newer_python():
    """The newest Python that tflite-runtime 2.14, the last one, was made for."""
    version = next((item for item in ((3, 11), (3, 10), (3, 9)) if item in interpreters()), (3, 11))
    return side_environment(version, "tflite-2.14", ["numpy==1.26.4", "tflite-runtime==2.14.0"])


@pytest.fixture(scope="module", params=["2.13", "2.14"])
def old_tflite(request):
    """Each of the old runtimes for TFLite that a board may have."""
    return request.getfixturevalue("old_python" if request.param == "2.13" else "newer_python")


def side_environment(version, name, packages):
    """An interpreter and a folder with these packages for it."""
    python = ".".join(map(str, version))
    base = sys.executable if version == sys.version_info[:2] else interpreters().get(version)
    if base is None:
        pytest.skip(f"NOT RUN: this machine has no Python {python}, so {' and '.join(packages)} were not tried")
    folder = CACHE / f"python{python}-{name}"
    mark = folder / "complete"
    if not mark.exists() or mark.read_text() != " ".join(packages):
        install = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--upgrade", "--only-binary=:all:"]
        install += ["--python-version", python, "--target", str(folder), *packages]  # that Python may have no pip
        done = subprocess.run(install, capture_output=True, timeout=240, check=False)
        if done.returncode:
            pytest.skip(f"NOT RUN: {' '.join(packages)} cannot be installed on Python {python}")
        mark.write_text(" ".join(packages))
    return base, str(folder)


def run_there(python, paths, x, folder):
    """Outputs of model files in the side environment; ``x`` are the inputs of all, or a list with those of each."""
    for number, inputs in enumerate(x if isinstance(x, list) else [x] * len(paths)):
        np.save(folder / f"inputs_{number}.npy", inputs)
    task = json.dumps([[str(path) for path in paths], str(folder)])
    base, wheels = python
    done = subprocess.run(
        [base, "-I", "-c", RUN, task, wheels], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [np.load(folder / f"{number}.npy") for number in range(len(paths))]


MADE = {
    "static": ("static-quantization", {"samples": 16}),
    "static-mse-per-tensor": (
        "static-quantization",
        {"samples": 16, "calibration": "mse", "granularity": "per-tensor"},
    ),
    "affine-3": ("affine-quantization", {"bits": 3, "symmetric": False}),
    "affine-16": ("affine-quantization", {"bits": 16}),
    "fixed-point": ("fixed-point-quantization", {}),
    "float16": ("half-precision", {}),
    "bfloat16": ("half-precision", {"kind": "bfloat16"}),
    "float16-compute": ("half-precision", {"use": "compute"}),
    "int4-blocks": ("weight-only-quantization", {"block": 16}),
    "codebook": ("weight-clustering", {"min_weights": 16}),
    "log2": ("weight-clustering", {"levels": "log2", "min_weights": 16}),
    "ternary": ("low-bit-weights", {"epochs": 0}),
    "binary": ("low-bit-weights", {"epochs": 0, "levels": "binary"}),
    "mixed": ("mixed-precision", {"samples": 8}),
    "dynamic": ("dynamic-quantization", {}),
}


def test_that_onnxruntime_1_19_2_gives_the_same_answers_for_files_of_every_technique(old_onnxruntime, tmp_path):
    state, data = of_zoo("residual")
    context = Context(data=data, seed=0, threads=1)
    graphs = {name: apply(technique, state, context, **knobs).onnx for name, (technique, knobs) in MADE.items()}
    inputs = [data.x[:1]] * len(graphs)
    recurrent, sequences = of_zoo("lstm")
    graphs["dynamic LSTM"] = apply("dynamic-quantization", recurrent, context).onnx
    inputs.append(sequences.x[:1])
    paths = []
    for name, graph in graphs.items():
        assert graph.ir_version <= 10, name
        assert max(item.version for item in graph.opset_import if item.domain in ("", "ai.onnx")) <= 20, name
        paths.append(tmp_path / f"{name}.onnx")
        paths[-1].write_bytes(graph.SerializeToString())
    there = run_there(old_onnxruntime, paths, inputs, tmp_path)
    for name, x, found in zip(graphs, inputs, there, strict=True):
        here = outputs(graphs[name], [x], exact=True)[0]
        assert found == pytest.approx(here, abs=0.02 * float(np.abs(here).max())), name


@pytest.mark.parametrize("name", samples.names())
def test_that_old_tflite_runtimes_give_the_answers_of_litert_for_static_int8(old_tflite, images, tmp_path, name):
    from engine.model.samples.scoring import predicted_by_litert

    path = samples.sample(name).tflite_int8
    found = run_there(old_tflite, [path], images.x[:60], tmp_path)[0]
    agree = found.argmax(1) == predicted_by_litert(path, images.x[:60])
    assert agree.mean() >= 58 / 60
    assert (found.argmax(1) == images.y[:60]).mean() >= 0.85


def test_that_old_tflite_runtimes_give_the_answers_of_litert_for_files_made_of_qdq_graphs(old_tflite, tmp_path):
    from engine.model.onnx_to_tflite import to_tflite
    from engine.model.samples.scoring import predicted_by_litert

    graphs, paths, inputs = [], [], []
    for name in ("residual", "mobile", "dense-concat", "waveform"):
        state, data = of_zoo(name)
        graphs.append(apply("static-quantization", state, Context(data=data, seed=0, threads=1), samples=16).onnx)
        paths.append(tmp_path / f"{name}.tflite")
        paths[-1].write_bytes(to_tflite(graphs[-1]))
        inputs.append(data.x[:20])
    found = run_there(old_tflite, paths, inputs, tmp_path)
    for graph, path, x, answers in zip(graphs, paths, inputs, found, strict=True):
        expected = outputs(graph, [x], exact=True)[0]
        assert answers == pytest.approx(expected, abs=0.03 * float(np.abs(expected).max())), path.name
        assert (answers.argmax(1) == predicted_by_litert(path, x)).mean() >= 0.9


@pytest.fixture(scope="module")
def float_files(tmp_path_factory):
    """A TFLite file of every network of the zoo and of every operator alone, its input, and onnxruntime's answer."""
    from engine.model.onnx_to_tflite import to_tflite
    from engine.model.save import run_onnx, to_onnx
    from tests.engine.compress.toys import inputs_for, state_of
    from tests.engine.model.test_onnx_to_tflite import (
        CHOICES,
        FUNCTIONS,
        VOLUMES,
        choice_graph,
        function_graph,
        graph_of,
    )
    from tests.engine.model.zoo import MODULES, ZOO

    found = {name: function_graph(name) for name in FUNCTIONS}
    random = np.random.default_rng(0)
    for name in CHOICES:
        found[name] = choice_graph(name), random.normal(size=(1, 4, 4, 5)).astype(np.float32)
    for name, make in VOLUMES.items():
        found[name] = graph_of(make(), (2, 5, 9, 6)), random.normal(size=(1, 2, 5, 9, 6)).astype(np.float32)
    for name in ZOO | MODULES:
        state = state_of(name)
        found[name] = to_onnx(state.module, state.inputs), inputs_for(state, batch=1)[0].numpy()
    folder, files = tmp_path_factory.mktemp("float"), []
    for number, (name, (graph, x)) in enumerate(found.items()):
        path = folder / f"{number}.tflite"
        path.write_bytes(to_tflite(graph))
        files.append((name, path, x, run_onnx(graph, [x])[0]))
    return files


def test_that_old_tflite_runtimes_know_every_operator_in_the_version_written(old_tflite, float_files, tmp_path):
    names, paths, inputs, wanted = zip(*float_files, strict=True)
    for name, found, expected in zip(names, run_there(old_tflite, paths, list(inputs), tmp_path), wanted, strict=True):
        assert found == pytest.approx(expected, abs=2e-4, rel=2e-4), name

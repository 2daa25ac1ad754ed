"""A technique in a package of its own is found by its entry point alone: by the command line, recipes and the window."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gui.viewmodels.techniques import read_catalogue

ROOT = Path(__file__).parents[3]

PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "tiny-techniques"
version = "1.0"

[project.entry-points."flyweight.techniques"]
tiny = "tiny_techniques"

[tool.setuptools]
py-modules = ["tiny_techniques"]
"""

MODULE = '''
"""Adds the same number to every bias: enough to be seen in the file."""

from dataclasses import dataclass, replace

from engine.compress.registry import technique
from engine.compress.technique import Context, Effect, ModelState, Takes, knob


@dataclass(frozen=True)
class Shift:
    """Knobs of the shift."""

    amount: float = knob(0.5, "What is added to every bias.", unit="units", min=-10, max=10)


@technique(
    "bias-shift", name="Shift of biases", family="graph", covers=(), summary="Adds a number to every bias.",
    paper="none", config=Shift, takes=Takes.TORCH, changes=(Effect.WEIGHTS,),
)
def bias_shift(state: ModelState, config: Shift, context: Context) -> ModelState:
    """Add it."""
    import copy

    import torch

    module = copy.deepcopy(state.module)
    with torch.no_grad():
        for name, tensor in module.named_parameters():
            if name.endswith("bias"):
                tensor += config.amount
    return replace(state, module=module)
'''


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """Variables of a process that sees the package, built and installed into a folder of its own."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    (source / "pyproject.toml").write_text(PROJECT)
    (source / "tiny_techniques.py").write_text(MODULE)
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(source)], check=True, timeout=300, capture_output=True)
    assert (target / "tiny_techniques.py").is_file()
    return {**os.environ, "PYTHONPATH": f"{target}{os.pathsep}{ROOT}"}


def flyweight(environment, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli.main", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_that_command_line_and_window_see_it_with_its_knobs(environment):
    document = flyweight(environment, "techniques", "--json")
    assert document["broken"] == {}
    (item,) = [item for item in document["techniques"] if item["id"] == "bias-shift"]
    assert item["knobs"][0]["max"] == 10
    card = read_catalogue(document).find("bias-shift")
    assert (card.name, card.family, card.knobs[0].shown(card.default("amount"))) == ("Shift of biases", "graph", "0.5")


def test_that_a_recipe_runs_it_and_its_limits_hold(environment, tmp_path):
    import onnx
    import torch

    from engine.model.save import to_onnx
    from engine.records import TensorSpec

    network = torch.nn.Sequential(torch.nn.Linear(4, 3))
    path = tmp_path / "m.onnx"
    path.write_bytes(to_onnx(network, (TensorSpec("x", (None, 4), "float32"),)).SerializeToString())
    (tmp_path / "r.yaml").write_text("- technique: bias-shift\n  knobs: {amount: 2}\n")
    arguments = ("compress", str(path), "--recipe", str(tmp_path / "r.yaml"), "--project", str(tmp_path), "--json")
    (variant,) = flyweight(environment, *arguments)["variants"]
    arrays = [onnx.numpy_helper.to_array(item) for item in onnx.load(variant["path"]).graph.initializer]
    wanted = network[0].bias.detach().numpy() + 2
    assert any(array.shape == wanted.shape and abs(array - wanted).max() < 1e-6 for array in arrays)
    (tmp_path / "r.yaml").write_text("- technique: bias-shift\n  knobs: {amount: 11}\n")
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli.main", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode != 0
    assert "outside -10 .. 10" in done.stderr

"""A technique in a package of its own is found by its entry point alone: by the command line, recipes and the window."""

import json
import os
import subprocess
import sys

import pytest

from gui.viewmodels.techniques import read_catalogue

from .tiny_package import ROOT, install

BAD = {
    "noisy": "print('said while imported')\nraise ValueError('no licence\\n\\x1b[31m')",
    "leaving": "raise SystemExit(3)",
    "pathy": """
from pathlib import Path
from tiny_techniques import Takes, dataclass, technique
@dataclass(frozen=True)
class Config:
    place: Path = Path("x")
technique("pathy", name="", family="own", covers=(), summary="", paper="", config=Config, takes=Takes.ONNX)(print)
""",
    "offering": """
from engine.compress.technique import Offer
from tiny_techniques import Shift, Takes, technique
offers = (Offer("size", "half a recipe", (("bias-shift", {"amount": 11}),)),)
own = {"name": "", "family": "own", "covers": (), "summary": "", "paper": ""}
technique("offering", **own, config=Shift, takes=Takes.ONNX, offers=offers)(print)
""",
    "lacking": """
from tiny_techniques import Takes, dataclass, technique
@dataclass(frozen=True)
class Config:
    size: int
technique("lacking", name="", family="own", covers=(), summary="", paper="", config=Config, takes=Takes.ONNX)(print)
""",
}
"""Packages that cannot be used, each by an entry point of its name."""


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """Variables of a process that sees the package, built and installed into a folder of its own."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("installed")
    install(source, target)
    (information,) = target.glob("*.dist-info")
    with (information / "entry_points.txt").open("a") as stream:
        stream.writelines(f"{name} = {name}\n" for name in BAD)
    for name, text in BAD.items():
        (target / f"{name}.py").write_text(text)
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
    assert document["broken"] == {
        "noisy": "package tiny-techniques 1.0: ValueError: no licence \ufffd[31m",
        "leaving": "package tiny-techniques 1.0: SystemExit: 3",
        "pathy": "package tiny-techniques 1.0: RecipeError: pathy: the knob 'place' has the type Path; use one of int, "
        "float, bool, str, enum, list, range, dict",
        "offering": "package tiny-techniques 1.0: RecipeError: bias-shift: amount=11 is outside -10 .. 10 units",
        "lacking": "package tiny-techniques 1.0: RecipeError: lacking: the knob 'size' has no default",
    }
    assert not {"pathy", "offering"} & {item["id"] for item in document["techniques"]}
    offered = document["candidates"]["size"][-1]
    assert (offered["name"], offered["why"]) == ("bias-shift", "biases shifted, then integers (Shift of biases)")
    assert [step["technique"] for step in offered["steps"]] == ["bias-shift", "static-quantization"]
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

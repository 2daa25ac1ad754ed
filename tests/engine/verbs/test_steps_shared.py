"""What a step gave is kept for every later recipe of the project that begins with it; what no step needs is not loaded."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from engine.events import Stage
from engine.model.save import to_onnx
from engine.records import TensorSpec
from engine.verbs import compress

TRAINED = {"technique": "magnitude-pruning", "knobs": {"sparsity": 0.5, "epochs": 1}}
INT8 = {"technique": "static-quantization", "knobs": {}}


def data(path, count):
    rng = np.random.default_rng(0)
    parts = {f"{name}_{kind}": None for name in ("train", "test") for kind in "xy"}
    for name in ("train", "test"):
        parts[f"{name}_x"] = rng.normal(size=(count, 6)).astype(np.float32)
        parts[f"{name}_y"] = rng.integers(0, 3, count)
    np.savez(path, **parts)
    return str(path)


def images(folder, seed):
    rng = np.random.default_rng(seed)
    for number in range(60):
        path = folder / f"{number % 3}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (2, 3), np.uint8)).save(path)
    return str(folder)


def stages_of(model, recipe, **more):
    said = []
    made = compress(model, recipes=[recipe], emit=said.append, **more)
    return [event.name for event in said if isinstance(event, Stage)], made.variants[-1]


def test_that_another_recipe_with_the_same_beginning_trains_nothing_again(tmp_path):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    model = tmp_path / "net.onnx"
    model.write_bytes(to_onnx(network.eval(), (TensorSpec("input", (None, 6), "float32"),)).SerializeToString())
    with_data = {"data": data(tmp_path / "few.npz", 200), "project": tmp_path}
    first, _ = stages_of(str(model), [TRAINED], **with_data)
    assert "train" in first
    second, variant = stages_of(str(model), [TRAINED, INT8], **with_data)
    assert "train" not in second
    alone = {"data": with_data["data"], "project": tmp_path / "elsewhere"}
    third, again = stages_of(str(model), [TRAINED, INT8], **alone)
    assert "train" in third
    assert variant.sha256 == again.sha256, "what is made of kept steps is what is made of new ones"
    data(tmp_path / "few.npz", 260)
    grown, _ = stages_of(str(model), [TRAINED, INT8], **with_data)
    assert "train" in grown, "the data is no longer the same"


def test_that_images_prepared_in_another_way_or_exchanged_are_other_data(tmp_path):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    model = tmp_path / "net.onnx"
    model.write_bytes(to_onnx(network.eval(), (TensorSpec("input", (None, 1, 2, 3), "float32"),)).SerializeToString())
    with_data = {"data": images(tmp_path / "photos", 0), "project": tmp_path}
    assert "train" in stages_of(str(model), [TRAINED], **with_data)[0]
    assert "train" not in stages_of(str(model), [TRAINED], **with_data)[0]
    (tmp_path / "photos" / "flyweight.json").write_text('{"mean": [0.5], "std": [0.25]}')
    assert "train" in stages_of(str(model), [TRAINED], **with_data)[0]
    images(tmp_path / "photos", 1)
    assert "train" in stages_of(str(model), [TRAINED], **with_data)[0]
    assert "train" not in stages_of(str(model), [TRAINED], **with_data)[0]


LOADED = """
import sys
from engine.verbs import compress
made = compress(sys.argv[1], data=sys.argv[2], recipes=[[{"technique": sys.argv[4]}]], project=sys.argv[3])
print(made.variants[-1].recipe.steps[0].technique, "torch" in sys.modules)
"""


@pytest.mark.parametrize(("technique", "loaded"), [("static-quantization", False), ("magnitude-pruning", True)])
def test_that_only_steps_that_train_load_torch(tmp_path, technique, loaded):
    network = nn.Sequential(nn.Linear(6, 24), nn.ReLU(), nn.Linear(24, 3))
    model = tmp_path / "net.onnx"
    model.write_bytes(to_onnx(network.eval(), (TensorSpec("input", (None, 6), "float32"),)).SerializeToString())
    command = [sys.executable, "-c", LOADED, str(model), data(tmp_path / "few.npz", 200), str(tmp_path), technique]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.split() == [technique, str(loaded)]

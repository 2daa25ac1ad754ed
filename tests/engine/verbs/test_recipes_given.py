"""How recipes are given in Python: a list of them; each variant and each file gets a name of its own."""

import numpy as np
import pytest

from engine.errors import UsageError
from engine.model.save import to_onnx, write_onnx
from engine.records import TensorSpec
from engine.verbs import compress, project_show


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    import torch

    folder = tmp_path_factory.mktemp("given")
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(8, 16), torch.nn.ReLU(), torch.nn.Linear(16, 3))
    write_onnx(to_onnx(network, (TensorSpec("x", (None, 8), "float32"),)), folder / "net.onnx")
    rng = np.random.default_rng(0)
    np.savez(folder / "data.npz", x=rng.normal(size=(60, 8)).astype(np.float32), y=np.arange(60) % 3)
    return folder


def rounded(bits):
    return [{"technique": "affine-quantization", "knobs": {"bits": bits}}]


def test_that_lists_of_steps_are_named_after_their_techniques_and_no_file_hides_another(project):
    model, out = str(project / "net.onnx"), project / "out"
    made = compress(model, recipes=[rounded(4), rounded(6), []], project=project, out=out)
    assert [item.name for item in made.variants] == ["affine-quantization", "affine-quantization-2", "unchanged"]
    assert sorted(path.stem for path in out.iterdir()) == ["affine-quantization", "affine-quantization-2", "unchanged"]
    assert compress(model, recipes=[rounded(4)], name="four", project=project).variants[0].name == "four"


def test_that_a_recipe_without_steps_leaves_the_record_of_the_original_as_it_is(project):
    model, data = str(project / "net.onnx"), str(project / "data.npz")
    made = compress(model, recipes=[[]], data=data, project=project)
    assert (made.variants[0].id, made.variants[0].loss_points.value) == (made.baseline.id, 0.0)
    (kept,) = [item for item in project_show(project=project).variants if item.id == made.baseline.id]
    assert kept == made.baseline
    assert (kept.name, kept.baseline) == ("baseline", None)


@pytest.mark.parametrize("given", ["half.yaml", rounded(4), rounded(4)[0]])
def test_that_a_single_recipe_is_answered_with_how_it_is_written(project, given):
    with pytest.raises(UsageError, match="a list of recipes") as caught:
        compress(str(project / "net.onnx"), recipes=given, project=project)
    assert "recipes=[[" in caught.value.remedy

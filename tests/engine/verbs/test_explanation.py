"""Losses of layers and classes against outputs computed by torch, and reasons taken from the recipe."""

import copy
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn

from engine.errors import UsageError
from engine.evaluate.layers import parts
from engine.evaluate.roofline import Roof, bounds
from engine.model.datasets import open_data
from engine.model.save import to_onnx
from engine.records import TensorSpec
from engine.verbs import compress, explain

INPUT = (TensorSpec("x", (None, 8), "float32"),)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A classifier in three layers, its data, and a variant with half of the weights at zero."""
    folder = tmp_path_factory.mktemp("explained")
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3)).eval()
    (folder / "m.onnx").write_bytes(to_onnx(network, INPUT).SerializeToString())
    random = np.random.default_rng(0)
    x = random.normal(size=(200, 8)).astype(np.float32)
    with torch.inference_mode():
        y = network(torch.from_numpy(x)).argmax(1).numpy()
    np.savez(folder / "d.npz", x=x, y=y)
    recipe = [{"technique": "magnitude-pruning", "knobs": {"sparsity": 0.6, "min_weights": 16, "epochs": 0}}]
    variant = compress(str(folder / "m.onnx"), data=str(folder / "d.npz"), recipes=[recipe], project=folder).variants[0]
    return folder, network, variant, explain(variant.id, data=str(folder / "d.npz"), project=folder)


def test_that_each_layer_has_the_sqnr_of_its_own_outputs(made):
    folder, network, variant, found = made
    stored = [onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(variant.path).graph.initializer]
    pruned = copy.deepcopy(network)
    x = torch.from_numpy(next(iter(open_data(str(folder / "d.npz")).batches("test", 64, limit=64))).inputs[0])
    wanted, got = x, x
    assert len(found.layers) == 3
    with torch.inference_mode():
        for number, story in zip((0, 2, 4), found.layers, strict=True):
            layer = pruned[number]
            layer.weight.copy_(_stored_form(stored, layer.weight))
            wanted, got = network[number](wanted), layer(got)
            noise = 10 * torch.log10((wanted**2).sum() / ((wanted - got) ** 2).sum())
            assert story.loss.fidelity.sqnr_db == pytest.approx(float(noise), abs=0.02)
            wanted, got = wanted.relu(), got.relu()


def _stored_form(stored, weight):
    """The stored array that is this weight with zeros in it, either way round."""
    for array in stored:
        for form in (array, array.T):
            tensor = torch.from_numpy(form.copy())
            if tensor.shape == weight.shape and torch.equal(tensor[tensor != 0], weight[tensor != 0]):
                return tensor
    raise AssertionError("the variant does not hold this layer")


def test_that_the_reason_names_zeros_and_the_technique(made):
    document = made[3].to_json()
    for layer in document["layers"]:
        assert "zeros (magnitude-pruning)" in layer["removed"], layer
        assert layer["after"]["nonzero"] < layer["before"]["nonzero"] == layer["before"]["parameters"]


def test_that_classes_are_recalls_on_the_same_samples_and_sum_up_to_the_loss(made):
    found = made[3]
    assert all(row.before == 1 for row in found.classes), "the labels are the original's own answers"
    losses = [row.loss_points.value for row in found.classes]
    assert losses == sorted(losses, reverse=True)
    lost = sum(row.loss_points.value * row.loss_points.n for row in found.classes)
    total = sum(row.loss_points.n for row in found.classes)
    assert lost / total == pytest.approx(found.loss_points.value)


def test_that_the_roofline_takes_the_slower_of_arithmetic_and_memory(made):
    graph = onnx.load(str(made[0] / "m.onnx"))
    first = bounds(graph, Roof(1e9, 1e9))[0]
    assert first.macs == 8 * 32
    assert first.bytes_moved == 4 * (8 + 8 * 32 + 32 + 32)
    assert (first.limit, first.bound_ms) == ("memory", pytest.approx(1e3 * first.bytes_moved / 1e9))
    assert bounds(graph, Roof(1e6, 1e9))[0].limit == "arithmetic"
    assert len(parts(graph)) == 3


def test_that_integers_and_removed_channels_are_told_with_their_techniques(tmp_path: Path):
    torch.manual_seed(0)
    body = [nn.Conv2d(1, 8, 3), nn.BatchNorm2d(8), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.Flatten(), nn.Linear(128, 10)]
    network = nn.Sequential(*body)
    spec = (TensorSpec("input", (None, 1, 8, 8), "float32"),)
    (tmp_path / "m.onnx").write_bytes(to_onnx(network.eval(), spec).SerializeToString())
    recipe = [
        {"technique": "channel-pruning", "knobs": {"ratio": 0.5, "round_to": 2, "epochs": 0}},
        {"technique": "static-quantization", "knobs": {}},
    ]
    variant = compress(str(tmp_path / "m.onnx"), data="digits", recipes=[recipe], project=tmp_path).variants[0]
    found = explain(variant.id, data="digits", project=tmp_path)
    said = " | ".join(item.removed for item in found.layers)
    assert "(channel-pruning)" in said
    assert "int8 instead of float32" in said
    assert "(static-quantization)" in said
    assert any(item.loss.reason and "changed from" in item.loss.reason for item in found.layers)
    assert {"wall_s", "cpu_s", "decode_cpu_s", "peak_rss_mb"} <= set(variant.cost)


def test_that_a_file_without_an_original_is_a_usage_error(made):
    folder = made[0]
    (folder / "other").mkdir()
    with pytest.raises(UsageError, match="no original"):
        explain(str(folder / "m.onnx"), data=str(folder / "d.npz"), project=folder / "other")


@pytest.mark.parametrize(
    ("technique", "knobs"),
    [("svd-factorization", {"energy": 0.6}), ("sparse-low-rank", {"energy": 0.3, "density": 0.1})],
)
def test_that_factors_are_told_as_what_became_of_their_layer(made, technique, knobs):
    folder = made[0]
    recipe = [{"technique": technique, "knobs": knobs}]
    variant = compress(str(folder / "m.onnx"), data=str(folder / "d.npz"), recipes=[recipe], project=folder).variants[0]
    document = explain(variant.id, data=str(folder / "d.npz"), project=folder).to_json()
    stored = sum(int(np.prod(tensor.dims)) for tensor in onnx.load(variant.path).graph.initializer if len(tensor.dims))
    assert sum(layer["after"]["parameters"] for layer in document["layers"]) == stored
    split = [layer for layer in document["layers"] if "layers" in layer["removed"]]
    assert split, variant.notes
    for layer in split:
        count = {"svd-factorization": 2, "sparse-low-rank": 3}[technique]
        before, after = layer["before"]["parameters"], layer["after"]["parameters"]
        assert layer["removed"].startswith(f"{before:,} -> {after:,} weights in {count} layers ({technique})")
        if technique == "svd-factorization":
            assert 0 < layer["sqnr_db"] < 40
        else:
            assert (layer["sqnr_db"], layer["reason"]) == (None, "its factors are added up")

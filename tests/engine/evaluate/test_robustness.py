"""Corruptions stay in proportion to the inputs; attacks of a linear model have a closed form."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from engine.evaluate.robustness import CORRUPTIONS, EPSILON, SEVERITY, attacked, corrupted, held
from engine.model.datasets import open_data
from engine.model.save import to_onnx
from engine.records import TensorSpec
from engine.verbs import compress, robustness


@pytest.fixture(scope="module")
def samples():
    return held(open_data("digits"), "test", 120)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_that_a_corruption_changes_the_inputs_alone_and_means_the_same_at_every_scale(samples, name):
    changed = corrupted(samples, name)
    assert changed.inputs[0].shape == samples.inputs[0].shape
    assert not np.array_equal(changed.inputs[0], samples.inputs[0])
    assert np.array_equal(changed.labels, samples.labels)
    scaled = held(open_data("digits"), "test", 120)
    scaled.inputs = (scaled.inputs[0] * 255,)
    assert np.allclose(corrupted(scaled, name).inputs[0] / 255, changed.inputs[0], atol=1e-5)


def test_that_noise_has_the_strength_it_says(samples):
    difference = corrupted(samples, "gaussian-noise").inputs[0] - samples.inputs[0]
    span = samples.inputs[0].max() - samples.inputs[0].min()
    assert difference.std() == pytest.approx(SEVERITY * span, rel=0.05)


def test_that_fgsm_of_a_linear_model_moves_along_the_signs_of_its_weights(samples):
    torch.manual_seed(0)
    module = nn.Sequential(nn.Flatten(), nn.Linear(64, 10))
    found = attacked(samples, module, "fgsm")
    x = samples.inputs[0].reshape(len(samples.labels), -1).astype(np.float64)
    w, b = (tensor.detach().numpy().astype(np.float64) for tensor in module[1].parameters())
    scores = x @ w.T + b
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    gradient = (shares - np.eye(10)[samples.labels]) @ w
    wanted = np.clip(x + EPSILON * np.sign(gradient), 0, 1)
    assert np.allclose(found.inputs[0].reshape(len(x), -1), wanted, atol=1e-5)
    moved = attacked(samples, module, "pgd").inputs[0] - samples.inputs[0]
    assert np.abs(moved).max() <= EPSILON * 1.001


def test_that_attacks_hurt_more_than_chance_and_are_carried_over_to_integers(tmp_path: Path):
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    batch = next(iter(open_data("digits").batches("train", 2000)))
    inputs, labels = torch.from_numpy(batch.inputs[0]), torch.from_numpy(batch.labels)
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(120):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs), labels).backward()
        optimizer.step()
    spec = (TensorSpec("input", (None, 1, 8, 8), "float32"),)
    (tmp_path / "m.onnx").write_bytes(to_onnx(network.eval(), spec).SerializeToString())
    recipe = [{"technique": "static-quantization", "knobs": {}}]
    variant = compress(str(tmp_path / "m.onnx"), data="digits", recipes=[recipe], project=tmp_path).variants[0]
    found = robustness(variant.id, data="digits", samples=300, project=tmp_path)
    rows = {item.name: item for item in found.conditions}
    assert list(rows) == ["train", "test", *CORRUPTIONS, "fgsm", "pgd"]
    clean, fgsm, pgd = (rows[name].score.metrics["accuracy"].value for name in ("test", "fgsm", "pgd"))
    assert rows["pgd"].gradients_of == "original", "rounding has no gradient"
    assert pgd <= fgsm < clean - 0.03
    assert rows["train"].original.metrics["accuracy"].value >= rows["test"].original.metrics["accuracy"].value
    assert all(item.loss_points.n == 300 for item in found.conditions)

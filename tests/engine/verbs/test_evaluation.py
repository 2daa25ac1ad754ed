"""Which samples ``evaluate`` and ``compare`` use, and what they compare with."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import f1_score

from engine.errors import FlyweightError, ModelError
from engine.model.save import to_onnx
from engine.records import TensorSpec
from engine.verbs import compare, compress, evaluate


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A classifier of 6 features in 3 classes, and 100 labelled samples that do not say which are for testing."""
    torch.manual_seed(0)
    network = torch.nn.Linear(6, 3)
    (tmp_path / "m.onnx").write_bytes(
        to_onnx(network, (TensorSpec("features", (None, 6), "float32"),)).SerializeToString()
    )
    random = np.random.default_rng(0)
    x, y = random.standard_normal((100, 6)).astype(np.float32), random.integers(0, 3, 100)
    np.savez(tmp_path / "d.npz", x=x, y=y)
    with torch.inference_mode():
        np.save(tmp_path / "answers.npy", network(torch.from_numpy(x)).argmax(1).numpy())
    return tmp_path


def test_that_the_whole_of_the_users_data_is_used(files: Path):
    found = evaluate(str(files / "m.onnx"), data=str(files / "d.npz"), project=files)
    labels, answers = np.load(files / "d.npz")["y"], np.load(files / "answers.npy")
    assert (found.split, found.score.metrics["accuracy"].n) == ("all", 100)
    assert found.score.metrics["accuracy"].value == pytest.approx((labels == answers).mean())
    assert found.score.metrics["f1_macro"].value == pytest.approx(f1_score(labels, answers, average="macro"))


def test_that_a_variant_is_never_evaluated_on_the_data_it_was_made_with(files: Path):
    data, model = str(files / "d.npz"), str(files / "m.onnx")
    recipe = [{"technique": "static-quantization", "knobs": {}}]
    made = compress(model, data=data, recipes=[recipe], project=files)
    variant = made.variants[0]
    for name in (variant.id, variant.path):
        found = evaluate(name, data=data, project=files)
        assert (found.id, found.split, found.score.metrics["accuracy"].n) == (variant.id, "test", 20)
        assert found.score.metrics["accuracy"] == variant.score.metrics["accuracy"]
        assert found.fidelity == variant.fidelity, "a variant knows its original, even by its file"
    rows = compare([model, variant.path], data=data, project=files).rows
    assert [row.accuracy.n for row in rows] == [20, 20]
    first, second = (row.to_json()["efficiency"] for row in rows)
    assert first["improvement"] is None
    sizes = [row.info.size_bytes for row in rows]
    assert second["improvement"]["size"] == pytest.approx((sizes[0] - sizes[1]) / sizes[0])
    assert second["performance_difference"] == pytest.approx(rows[0].accuracy.value - rows[1].accuracy.value)
    assert second["cost"]["cpu_s"] == variant.cost["cpu_s"] > 0
    assert second["predictions_per_s"] == {}, "nothing was measured on a device"
    assert evaluate(variant.id, data=data, split="all", project=files).score.metrics["accuracy"].n == 100


def test_that_a_model_that_fails_on_the_data_is_told_apart_from_a_damaged_one(tmp_path: Path):
    from onnx import TensorProto, helper, numpy_helper, save

    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "ids"], ["y"])],
        "g",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["N"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 4])],
        [numpy_helper.from_array(np.zeros((10, 4), np.float32), "table")],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "m.onnx")
    np.savez(tmp_path / "d.npz", ids=np.arange(100))
    with pytest.raises(ModelError) as caught:
        evaluate(str(tmp_path / "m.onnx"), data=str(tmp_path / "d.npz"), project=tmp_path)
    assert caught.value.code == "inference-failed"
    assert "out of data bounds" in caught.value.message


@pytest.mark.parametrize("model", ["x" * 5000, "", "~nobody-here/m.onnx", "nothing.onnx"])
def test_that_a_name_that_is_no_model_is_an_error_with_a_remedy(files: Path, model: str):
    with pytest.raises(FlyweightError) as caught:
        evaluate(model, data=str(files / "d.npz"), project=files)
    assert caught.value.code in ("unknown-variant", "model-not-found")
    assert caught.value.remedy

"""Training and choices on labels that are numbers or masks, against scikit-learn and numpy."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Lasso, LinearRegression
from sklearn.metrics import log_loss, mean_squared_error, r2_score
from torch import nn

from engine.compress.losses import SoftLabels, label_loss, soft_loss, suited
from engine.compress.quality import Quality, quality
from engine.compress.registry import find, techniques
from engine.compress.technique import Context, ModelState
from engine.errors import TechniqueError
from engine.events import Log, Metric
from engine.model.data import TRAIN
from engine.model.datasets import open_data
from engine.model.sklearn_models import linear_module
from engine.model.task import Task, Unlabelled, target_of
from engine.verbs import compress, sensitivity

SPARSITY = [item.id for item in techniques() if {"P1", "P2", "S5"} & set(item.covers)]
KNOBS = {
    "magnitude-pruning": {"epochs": 1},
    "gradient-pruning": {"epochs": 1},
    "lasso-training": {"strength": 0.3},
    "reweighted-sparsity": {"threshold": 0.05},
    "l0-training": {"strength": 0.2, "epochs": 4, "learning_rate": 0.1},
    "sparsity-sweep": {"values": [0.1, 0.5], "epochs": 1},
}


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    x, y = load_diabetes(return_X_y=True)
    x, y = (x / x.std(axis=0)).astype(np.float32), ((y - y.mean()) / y.std()).astype(np.float32)
    path = tmp_path_factory.mktemp("numbers") / "diabetes.npz"
    np.savez(path, x=x, y=y)
    return path


@pytest.fixture(scope="module")
def regression(features):
    """A fitted regression as a state, and a context with its data."""
    data = open_data(str(features), task="regression")
    batch = next(data.batches(TRAIN, 1000))
    module, inputs = linear_module(LinearRegression().fit(batch.inputs[0], batch.labels), "here")
    return ModelState(inputs, module=module), Context(data, 0, teacher=module, threads=1), batch


def test_that_lasso_training_of_a_regression_ends_where_scikit_learns_lasso_does(regression):
    state, context, batch = regression
    strength = 0.2
    knobs = {"strength": strength, "epochs": 60, "weight_decay": 0.0, "holdout": 0.0, "learning_rate": 0.15}
    knobs |= {"optimizer": "sgd", "batch_size": len(batch.labels), "threshold": 0.0, "gradient_clip": 0.0}
    technique = find("lasso-training")
    made = technique.apply(state, technique.configure(knobs), context)
    # scikit-learn minimises half the mean squared error, so its alpha is half of lambda
    theirs = Lasso(alpha=strength / 2, tol=1e-8).fit(batch.inputs[0].astype(np.float64), batch.labels)
    ours = made.module.linear.weight.detach().numpy()[0]
    assert np.array_equal(ours == 0, theirs.coef_ == 0)
    assert 3 <= (ours == 0).sum() < 10
    assert ours == pytest.approx(theirs.coef_, abs=0.01)


@pytest.mark.parametrize("id", SPARSITY)
def test_that_every_sparsity_method_takes_a_linear_regression(id, regression):
    state, context, _ = regression
    technique = find(id)
    made = technique.apply(state, technique.configure(KNOBS.get(id, {})), context)
    weight = made.module.linear.weight.detach().numpy()
    assert 0 < (weight == 0).sum() < weight.size
    assert not any(skip.layer == "linear" for skip in made.skipped)


def test_that_importance_by_gradients_of_a_regression_is_that_of_the_closed_form(regression):
    state, context, batch = regression
    technique = find("gradient-pruning")
    made = technique.apply(
        state, technique.configure({"samples": 64, "importance": "taylor", "sparsity": 0.3}), context
    )
    weight = state.module.linear.weight.detach().numpy()[0].astype(np.float64)
    x, y = batch.inputs[0][:64].astype(np.float64), batch.labels[:64]
    off = x @ weight + float(state.module.linear.bias.detach()) - y
    scores = np.abs(weight * (2 * x.T @ off / 64))
    assert set(np.flatnonzero(made.module.linear.weight.detach().numpy()[0] == 0)) == set(np.argsort(scores)[:3])


def test_that_quality_is_scikit_learns_r2_with_its_standard_error(regression):
    state, _, batch = regression
    x, y = torch.from_numpy(batch.inputs[0]), torch.from_numpy(batch.labels)
    found = quality(state, [((x[:50],), y[:50]), ((x[50:],), y[50:])])
    with torch.no_grad():
        answers = state.module(x).numpy()[:, 0]
    assert found.name == "R2"
    assert found.value == pytest.approx(r2_score(batch.labels, answers), abs=1e-6)
    squared = (answers - batch.labels) ** 2
    assert found.error == pytest.approx(squared.std() / batch.labels.var() / len(squared) ** 0.5, rel=1e-4)
    assert float(label_loss(torch.from_numpy(answers)[:, None], y)) == pytest.approx(
        mean_squared_error(batch.labels, answers), rel=1e-5
    )
    two = Quality()
    two.add(torch.from_numpy(np.stack([answers, answers], 1)), torch.stack([y, -y], 1))
    assert two.value == pytest.approx(
        (r2_score(batch.labels, answers) + r2_score(-batch.labels, answers)) / 2, abs=1e-6
    )


def test_that_masks_count_where_they_have_a_class():
    outputs = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    labels = torch.randint(0, 3, (2, 4, 4), generator=torch.Generator().manual_seed(1))
    labels[0, 0], labels[1, :, 1] = 255, -1
    counts = ((labels >= 0) & (labels < 3)).numpy()
    rows = outputs.movedim(1, -1).numpy()[counts]
    shares = torch.from_numpy(rows).double().softmax(1).numpy()
    assert float(label_loss(outputs, labels)) == pytest.approx(log_loss(labels.numpy()[counts], shares), rel=1e-5)
    found = Quality()
    found.add(outputs, labels)
    right = (outputs.argmax(1).numpy() == labels.numpy()) & counts
    assert found.value == pytest.approx(np.mean([right[i].sum() / counts[i].sum() for i in range(2)]))
    teacher = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(2))
    wanted, got = teacher.movedim(1, -1).reshape(-1, 3), outputs.movedim(1, -1).reshape(-1, 3)
    assert torch.equal(soft_loss(outputs, teacher, SoftLabels()), soft_loss(got, wanted, SoftLabels()))


def test_that_a_segmenter_trains_on_its_masks(tmp_path):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(200, 1, 6, 6)).astype(np.float32)
    y = (x[:, 0] > 0.5).astype(np.int64)
    y[:, 0, 0] = 255
    np.savez(tmp_path / "masks.npz", x=x, y=y)
    data = open_data(str(tmp_path / "masks.npz"), task="segmentation")
    torch.manual_seed(0)
    network = nn.Conv2d(1, 2, 3, 1, 1)
    soft = find("soft-label-distillation")
    knobs = {"alpha": 0.0, "epochs": 4, "augment": "none", "batch_size": 20, "optimizer": "adam", "learning_rate": 0.1}
    start = ModelState((), module=network)
    made = soft.apply(start, soft.configure(knobs), Context(data, 0, teacher=network, threads=1))
    pair = [((torch.from_numpy(x),), torch.from_numpy(y))]
    assert quality(start, pair).value < 0.8
    assert quality(made, pair).value > 0.95


@pytest.mark.parametrize(("alpha", "counts"), [(0.9, 1.0), (1.0, 1.0), (0.0, 0.0)])
def test_that_the_original_counts_alone_where_boxes_are_no_labels(alpha, counts):
    told: list[object] = []
    context = Context(Unlabelled(open_data("digits-detection")), 0, emit=told.append)
    assert suited(SoftLabels(alpha=alpha, loss="mse"), context, "here").alpha == counts
    assert any("alpha 1" in str(item) for item in told) == (0 < alpha < 1)


def test_that_numbers_are_never_softened(regression):
    _, context, _ = regression
    told: list[object] = []
    context = Context(context.data, 0, emit=told.append)
    assert target_of(Unlabelled(context.data)).task is Task.REGRESSION
    assert suited(SoftLabels(), context, "here").loss == "mse"
    assert isinstance(told[0], Log)
    with pytest.raises(TechniqueError, match="regression has no classes"):
        suited(SoftLabels(loss="hard"), context, "here")
    one = torch.zeros(4, 1)
    with pytest.raises(TechniqueError, match="no distribution"):
        soft_loss(one, one, SoftLabels())
    with pytest.raises(TechniqueError, match="one score per class") as caught:
        label_loss(one, torch.zeros(4, dtype=torch.int64))
    assert "--task regression" in caught.value.remedy


def test_that_a_regression_goes_the_whole_way_by_the_verbs(features, tmp_path):
    (tmp_path / "mine.py").write_text(
        "import numpy as np\nfrom sklearn.linear_model import LinearRegression\n"
        f"held = np.load({str(features)!r})\n"
        "def model(): return LinearRegression().fit(held['x'][:300], held['y'][:300])\n"
    )
    spec = f"{tmp_path / 'mine.py'}:model"
    recipe = [{"technique": "lasso-training", "knobs": {"strength": 0.3, "epochs": 30}}]
    made = compress(spec, data=str(features), task="regression", recipes=[recipe], project=tmp_path)
    assert made.baseline.score.main == "r2"
    assert made.variants[0].nonzero_parameters < made.baseline.nonzero_parameters
    assert made.variants[0].loss_points.value < 15
    found = sensitivity(spec, data=str(features), task="regression", bits=(2,), sparsities=(0.9,))
    assert found.metric == "R2"
    assert all(row.accuracy < found.accuracy for row in found.rows)


def test_that_the_epoch_of_the_best_r2_is_taken_with_several_numbers_a_sample(tmp_path):
    draw = np.random.default_rng(0)
    x = draw.normal(size=(200, 3)).astype(np.float32)
    y = (x @ draw.normal(size=(3, 2)) + 5).astype(np.float32)
    np.savez(tmp_path / "two.npz", x=x, y=y)
    data = open_data(str(tmp_path / "two.npz"), task="regression")
    torch.manual_seed(0)
    start = ModelState((), module=nn.Linear(3, 2))
    told: list[object] = []
    knobs = {"alpha": 0.0, "epochs": 6, "augment": "none", "batch_size": 20, "learning_rate": 0.05, "holdout": 0.2}
    technique = find("soft-label-distillation")
    context = Context(data, 0, teacher=start.module, threads=1, emit=told.append)
    made = technique.apply(start, technique.configure(knobs), context)
    scores = [item.value for item in told if isinstance(item, Metric) and item.name == "held-out R2"]
    assert len(scores) == 6
    assert scores[0] < 0 < 0.95 < max(scores)
    assert {item.name for item in told if isinstance(item, Metric)} == {"loss", "training R2", "held-out R2"}
    assert quality(made, [((torch.from_numpy(x),), torch.from_numpy(y))]).value > 0.95

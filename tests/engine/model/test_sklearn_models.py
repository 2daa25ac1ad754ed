"""Linear models of scikit-learn come in with the very answers they give there, and every sparsity works on them."""

import pickle
import tracemalloc

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes, load_digits
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, PoissonRegressor, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, PolynomialFeatures, RobustScaler, StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from engine.compress.registry import find
from engine.compress.technique import Context, ModelState
from engine.errors import ModelError
from engine.model.open import open_model
from engine.model.sklearn_models import linear_module
from tests.engine.compress.toys import exported_difference, toy_data

DIGITS = load_digits()
X = DIGITS.data.astype(np.float32)
RNG = np.random.default_rng(0)
NOISY = RNG.normal(size=(200, 6)).astype(np.float32) * 3 + 1


def answers(estimator, x):
    module, _ = linear_module(estimator, "test")
    with torch.no_grad():
        return module(torch.from_numpy(x)).double()


def test_that_probabilities_of_many_classes_are_those_of_predict_proba():
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=40, tol=0.1)).fit(X[:400], DIGITS.target[:400])
    assert answers(model, X).softmax(1).numpy() == pytest.approx(model.predict_proba(X), abs=1e-4)


@pytest.mark.parametrize(
    "scaler",
    [
        MinMaxScaler(), MaxAbsScaler(), StandardScaler(with_mean=False), StandardScaler(), RobustScaler(),
        RobustScaler(with_centering=False, unit_variance=True), PCA(4), PCA(3, whiten=True), TruncatedSVD(4),
    ],
)  # fmt: skip
def test_that_two_classes_and_every_scaler_agree(scaler):
    y = (NOISY[:, 0] > NOISY[:, 1]).astype(int)
    logistic = make_pipeline(scaler, LogisticRegression()).fit(NOISY, y)
    assert answers(logistic, NOISY).softmax(1).numpy() == pytest.approx(logistic.predict_proba(NOISY), abs=1e-4)
    machine = make_pipeline(scaler, LinearSVC()).fit(NOISY, y)
    scores = answers(machine, NOISY)
    assert (scores[:, 1] - scores[:, 0]).numpy() == pytest.approx(machine.decision_function(NOISY), abs=1e-4)


def test_that_a_scaler_of_many_features_takes_no_square_of_them():
    """Counts of words have 50,000 features and more."""
    features = 5000
    draw = np.random.default_rng(0)
    estimator = make_pipeline(MaxAbsScaler(), RidgeClassifier()).fit(
        draw.normal(size=(20, features)), np.arange(20) % 2
    )
    tracemalloc.start()
    try:
        linear_module(estimator, "m:f")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 8 * features**2 / 2


@pytest.mark.parametrize("outputs", [1, 2])
def test_that_regressions_agree(outputs):
    data = load_diabetes()
    y = np.stack([data.target, -data.target], axis=1)[:, :outputs].squeeze()
    for model in (LinearRegression(), Lasso(alpha=0.5), LinearRegression(fit_intercept=False)):
        fitted = model.fit(data.data, y)
        expected = fitted.predict(data.data).reshape(-1, outputs)
        assert answers(fitted, data.data.astype(np.float32)).numpy() == pytest.approx(expected, abs=0.01)


def test_that_what_is_no_linear_model_is_refused_with_what_is():
    with pytest.raises(ModelError, match="LogisticRegression, which is not fitted") as caught:
        linear_module(LogisticRegression(), "mine:model")
    assert "StandardScaler" in caught.value.remedy
    with pytest.raises(ModelError, match="DecisionTreeClassifier, which is not a linear model"):
        linear_module(DecisionTreeClassifier().fit(NOISY, NOISY[:, 0] > 0), "mine:model")
    with pytest.raises(ModelError, match="PolynomialFeatures"):
        linear_module(make_pipeline(PolynomialFeatures(1), LinearRegression()).fit(NOISY, NOISY[:, 0]), "mine:model")


@pytest.mark.parametrize("estimator", [SVC(kernel="linear"), PoissonRegressor()])
def test_that_coefficients_which_are_not_the_whole_prediction_are_refused(estimator):
    fitted = estimator.fit(NOISY, np.digitize(NOISY[:, 0] + NOISY[:, 1] ** 2, [1.0, 5.0]))
    assert fitted.coef_ is not None
    with pytest.raises(ModelError, match="whose predict does more than coef_ x"):
        linear_module(fitted, "mine:model")
    pair = SVC(kernel="linear").fit(NOISY, NOISY[:, 0] > NOISY[:, 1])  # one pair of classes: one line
    assert answers(pair, NOISY).argmax(1).numpy().astype(bool).tolist() == pair.predict(NOISY).tolist()


def test_that_a_function_that_returns_one_opens_as_a_model(tmp_path):
    source = tmp_path / "mine.py"
    source.write_text(
        "from sklearn.datasets import load_diabetes\n"
        "from sklearn.linear_model import Ridge\n"
        "def model():\n"
        "    return Ridge().fit(*load_diabetes(return_X_y=True))\n"
    )
    opened = open_model(f"{source}:model")
    assert opened.info.parameters == 11
    assert opened.inputs[0].shape == (None, 10)


@pytest.mark.parametrize("name", ["model.joblib", "model.skops", "model.pickle"])
def test_that_pickles_are_not_opened_and_the_line_to_write_is_given(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x04cos\nsystem\n.")
    with pytest.raises(ModelError, match="not opened") as caught:
        open_model(tmp_path / name)
    assert f"joblib.load('{name}')" in caught.value.remedy


def test_that_a_pickled_estimator_named_as_weights_gets_that_line_too(tmp_path):
    path = tmp_path / "model.pkl"
    path.write_bytes(pickle.dumps(LinearRegression().fit(NOISY, NOISY[:, 0])))
    with pytest.raises(ModelError, match="not opened") as caught:
        open_model(path)
    assert "joblib.load('model.pkl')" in caught.value.remedy


def test_that_a_saved_model_gets_its_conversion_line(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"x")
    for given in (tmp_path, tmp_path / "saved_model.pb"):
        with pytest.raises(ModelError, match="SavedModel") as caught:
            open_model(given)
        assert f"tf2onnx.convert --saved-model {tmp_path} " in caught.value.remedy


@pytest.mark.parametrize(
    ("technique", "knobs"),
    [
        ("magnitude-pruning", {"sparsity": 0.5, "min_weights": 1}),
        ("gradient-pruning", {"min_weights": 1, "samples": 64}),
        ("n-m-sparsity", {}),
        ("lasso-training", {"strength": 1.0, "epochs": 2}),
        ("reweighted-sparsity", {"strength": 0.05, "threshold": 0.05, "epochs": 2}),
        ("l0-training", {"strength": 0.02, "epochs": 2, "learning_rate": 0.5}),
        ("dropout-sparsity", {"epochs": 2}),
        ("sparsity-sweep", {"over": "ratio", "values": [0.5, 0.7], "epochs": 1}),
    ],
)
def test_that_sparsity_works_on_a_logistic_regression(technique, knobs):
    data = toy_data((16,), 4)
    batch = next(data.batches("train", 160))
    fitted = LogisticRegression(max_iter=200).fit(batch.inputs[0], batch.labels)
    module, inputs = linear_module(fitted, "test")
    item = find(technique)
    state = ModelState(inputs, module=module)
    after = item.apply(state, item.configure(knobs), Context(data, 0, teacher=module, threads=1))
    weight = after.module.get_parameter("linear.weight")
    assert int((weight == 0).sum()) >= 4
    assert exported_difference(after, (torch.from_numpy(batch.inputs[0][:5]),)) < 1e-4

"""Scores of the shipped networks, against the figures measured when they were made."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.score import evaluate_file, score_outputs
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.records import Format

NETWORK = sample("fashion-mobilenet")


@pytest.fixture(scope="module")
def data():
    return open_data("fashion-mnist:shipped")


@pytest.fixture(scope="module")
def evaluation(data):
    return evaluate_file(NETWORK.onnx, Format.ONNX, data)


def test_that_the_accuracy_is_the_one_recorded_with_the_weights(evaluation):
    record = json.loads((Path(NETWORK.onnx).parent / "accuracy.json").read_text())
    wanted = record["networks"]["fashion-mobilenet"]["accuracy_top1"]["onnx"]["test_shipped"]
    found = evaluation.score.metrics["accuracy"]
    assert found.n == wanted["n"] == 5000
    assert found.value == pytest.approx(wanted["value"], abs=4e-4)  # kernels differ between processors
    assert found.ci95[0] < found.value < found.ci95[1]


def test_that_every_metric_has_a_value_inside_its_interval(evaluation):
    found = evaluation.score.metrics
    assert set(found) >= {
        "accuracy",
        "top5_accuracy",
        "precision_macro",
        "recall_macro",
        "f1_macro",
        "f1_weighted",
        "roc_auc_macro",
    }
    for estimate in found.values():
        assert estimate.ci95[0] <= estimate.value <= estimate.ci95[1]
        assert estimate.ci95[1] - estimate.ci95[0] < 0.05
    json.dumps(evaluation.score.to_json(), allow_nan=False)


def test_that_the_confusion_matrix_counts_every_sample_once(evaluation):
    confusion = np.array(evaluation.score.confusion)
    assert confusion.sum() == 5000
    assert np.trace(confusion) == evaluation.correct.sum()


def test_that_a_limit_takes_the_first_samples(data, evaluation):
    part = evaluate_file(NETWORK.onnx, Format.ONNX, data, limit=100)
    assert part.score.metrics["accuracy"].n == 100
    assert (part.correct == evaluation.correct[:100]).all()


def test_that_a_tflite_twin_scores_like_the_onnx_file(data):
    both = [
        evaluate_file(path, format_, data, split="test", limit=300).score.metrics["accuracy"].value
        for path, format_ in ((NETWORK.onnx, Format.ONNX), (NETWORK.tflite, Format.TFLITE))
    ]
    assert both[0] == pytest.approx(both[1], abs=0.01)


def test_that_data_without_labels_gives_outputs_and_no_metrics(tmp_path):
    np.savez(tmp_path / "x.npz", x=np.zeros((4, 1, 28, 28), np.float32))
    found = evaluate_file(NETWORK.onnx, Format.ONNX, open_data(str(tmp_path / "x.npz")), split="all")
    assert found.correct is None
    assert found.score.metrics == {}
    assert found.outputs.shape == (4, 10)


def test_that_an_empty_split_is_named(data):
    with pytest.raises(DataError, match="split 'absent'"):
        evaluate_file(NETWORK.onnx, Format.ONNX, data, split="absent")


def test_that_a_single_output_is_read_as_two_classes():
    logits, labels = np.array([[-2.0], [3.0], [0.5], [-1.0]]), np.array([0, 1, 0, 0])
    score, correct = score_outputs(logits, labels, "d")
    assert correct.tolist() == [True, True, False, True]
    shares = 1 / (1 + np.exp(-logits))
    again, same = score_outputs(shares, labels, "d", softmax=False)
    assert (same == correct).all()
    assert again.metrics["roc_auc_macro"].value == score.metrics["roc_auc_macro"].value == 1


def test_that_labels_beyond_the_classes_are_refused():
    with pytest.raises(DataError, match=r"label 7, the model has 3 classes"):
        score_outputs(np.zeros((2, 3)), np.array([0, 7]), "d")
    with pytest.raises(DataError, match="label 213") as caught:
        score_outputs(np.zeros((2, 1)), np.array([0, 213]), "d")
    assert "--task regression" in caught.value.remedy


def test_that_outputs_without_classes_are_refused():
    with pytest.raises(DataError, match="no list of classes"):
        score_outputs(np.zeros((2, 3, 4, 4)), np.array([0, 1]), "d")


def test_that_a_model_that_answers_with_nan_scores_zero_without_a_crash():
    score, correct = score_outputs(np.full((4, 3), np.nan), np.array([0, 1, 2, 0]), "d")
    assert not correct.any()
    assert score.metrics["roc_auc_macro"].value is None
    json.dumps(score.to_json(), allow_nan=False)


def test_that_a_sample_without_an_answer_is_wrong_in_every_metric_alike():
    outputs = np.eye(3)[[0, 1, 2, 0, 1, 2]] * 4.0
    labels = np.array([0, 1, 2, 0, 1, 2])
    outputs[3] = np.nan
    score, correct = score_outputs(outputs, labels, "data")
    assert correct.tolist() == [True, True, True, False, True, True]
    assert score.metrics["accuracy"].value == score.metrics["f1_micro"].value == pytest.approx(5 / 6)
    assert score.metrics["recall_macro"].value == pytest.approx((1 / 2 + 1 + 1) / 3)


def test_that_infinite_outputs_have_no_ranking_and_no_warning():
    score, _ = score_outputs(np.full((4, 2), np.inf), np.array([0, 1, 0, 1]), "data")
    assert score.metrics["roc_auc_macro"].value is None

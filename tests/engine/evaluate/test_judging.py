"""Which metric may judge: those of the task, and a clear word about every other one."""

import numpy as np
import pytest

from engine.errors import UsageError
from engine.evaluate.judging import METRICS, judge, metrics_of
from engine.evaluate.regression import Regression
from engine.evaluate.sequence import Sequences
from engine.model.datasets import open_data
from engine.model.task import Task
from engine.records import MAIN_METRICS


@pytest.fixture(scope="module")
def digits():
    return open_data("digits", None)


def test_that_every_task_has_its_main_metric_first():
    assert tuple(names[0] for names in METRICS.values()) == MAIN_METRICS
    assert set(METRICS) == set(Task)


def test_that_the_main_metric_is_the_same_as_none_and_another_is_kept(digits):
    assert judge(None, digits) is None
    assert judge("accuracy", digits) is None
    assert judge("f1_macro", digits) == "f1_macro"
    assert "top5_accuracy" in metrics_of(digits)


def test_that_few_classes_have_no_top_five(tmp_path):
    np.savez(tmp_path / "two.npz", x=np.zeros((8, 4), np.float32), y=np.arange(8) % 2)
    few = open_data(str(tmp_path / "two.npz"), None)
    assert "top5_accuracy" not in metrics_of(few) or not few.classes


@pytest.mark.parametrize(
    ("metric", "with_data", "code"), [("miou", True, "unknown-metric"), ("wer", False, "metric-without-data")]
)
def test_that_a_metric_of_another_task_is_refused_with_those_there_are(digits, metric, with_data, code):
    with pytest.raises(UsageError) as error:
        judge(metric, digits if with_data else None)
    assert error.value.code == code
    assert "--metric" in error.value.remedy or "f1_macro" in error.value.remedy


def test_that_an_error_is_judged_against_always_answering_the_mean():
    labels = np.array([1.0, 2.0, 3.0, 6.0])
    found = Regression(np.array([1.5, 2.0, 3.0, 5.0]), labels)
    assert found.value("mae") == pytest.approx(1 - np.abs([0.5, 0, 0, 1.0]).mean() / np.abs(labels - 3).mean())
    assert found.value("rmse") == pytest.approx(1 - np.sqrt(1.25 / 14))
    assert found.value("mse") == pytest.approx(found.value("r2"))


def test_that_an_error_rate_counts_as_what_is_right():
    found = Sequences([[1, 2], [3, 3]], [[1, 2], [3, 4]], "_ab c")
    assert found.value("wer") == pytest.approx(1 - found.values(np.ones((1, 2)))["wer"][0])
    assert found.value("exact") == 0.5

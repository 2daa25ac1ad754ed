"""Coresets cover what they leave out, keep every class, and are all the student sees."""

from itertools import combinations

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from engine.compress.distillation import coreset
from engine.compress.distillation.coreset import chosen_rows, herding, k_center, teacher_features
from engine.compress.registry import find
from engine.compress.training_subset import TrainingSubset
from engine.model.data import CALIBRATION, TEST, TRAIN
from tests.engine.compress.toys import context_for, data_for, outputs_of, state_of

TECHNIQUE = find("coreset-distillation")
FAST = {"batch_size": 40, "augment": "none", "holdout": 0.0, "keep_best": False, "alpha": 1.0}


def test_that_k_center_covers_at_most_twice_as_widely_as_the_best_of_all_subsets():
    points = np.random.default_rng(3).normal(size=(14, 2)).astype(np.float32)
    distances = cdist(points, points)
    best = min(distances[list(some)].min(0).max() for some in combinations(range(14), 4))
    kept = k_center(points, points, 4, 0)
    assert len(set(kept.tolist())) == 4
    assert distances[kept].min(0).max() <= 2 * best + 1e-6
    assert sorted(k_center(np.zeros((5, 2), np.float32), points[:5], 5, 0).tolist()) == [0, 1, 2, 3, 4]


def test_that_herding_keeps_the_mean_far_better_than_a_draw():
    points = np.random.default_rng(4).normal(size=(200, 8))
    drawn = [points[np.random.default_rng(seed).permutation(200)[:20]].mean(0) for seed in range(20)]
    off = np.linalg.norm(points[herding(points, points, 20, 0)].mean(0) - points.mean(0))
    assert off < 0.5 * min(np.linalg.norm(mean - points.mean(0)) for mean in drawn)


@pytest.mark.parametrize("select", coreset.SELECTIONS)
def test_that_every_class_keeps_its_share_once(select):
    context = context_for("dense")
    features, answers = teacher_features(context.teacher, context)
    rows = chosen_rows(features, answers, 0.25, select, context)
    assert len(set(rows.tolist())) == len(rows)
    found = answers.argmax(1)
    for label in np.unique(found):
        assert (found[rows] == label).sum() == max(1, round(0.25 * (found == label).sum()))


def test_that_the_most_uncertain_are_those_of_the_smallest_margin():
    answers = np.array([[0.9, 0.1], [0.51, 0.49], [0.7, 0.3], [0.6, 0.4]])
    assert coreset.uncertain(answers, answers, 2, 0).tolist() == [1, 3]


def test_that_features_are_what_enters_the_last_linear_layer():
    import torch

    context = context_for("dense")
    features, answers = teacher_features(context.teacher, context)
    x = torch.from_numpy(next(context.data.batches(TRAIN, 160)).inputs[0])
    with torch.no_grad():
        scores = context.teacher(x)
    weight, bias = (item.detach().numpy() for item in context.teacher.head.parameters())
    assert features @ weight.T + bias == pytest.approx(scores.numpy(), abs=1e-4)
    assert answers == pytest.approx(scores.softmax(1).numpy(), abs=1e-5)


def test_that_the_student_learns_from_the_kept_samples_and_the_note_counts_them(monkeypatch):
    import torch

    state, context = state_of("dense"), context_for("dense")
    torch.nn.init.normal_(state.module.head.weight, std=0.3, generator=torch.Generator().manual_seed(1))
    seen = []
    from engine.compress import training

    real = training.train
    monkeypatch.setattr(training, "train", lambda m, k, c, **kw: (seen.append(c.data), real(m, k, c, **kw))[1])
    after = TECHNIQUE.apply(state, TECHNIQUE.configure({**FAST, "share": 0.5, "epochs": 12}), context)
    kept = seen[0].count(TRAIN)
    assert abs(kept - 80) <= 2
    assert after.notes[-1] == f"coreset (k-center): {kept} of 160 training samples"
    x = (torch.from_numpy(next(context.data.batches(TRAIN, 160)).inputs[0]),)
    with torch.no_grad():
        target = context.teacher(*x).softmax(1)
    before, now = (float((outputs_of(some, x).softmax(1) - target).abs().mean()) for some in (state, after))
    assert now < 0.6 * before


def test_that_a_subset_is_those_rows_in_order_and_keeps_calibration_apart_where_asked():
    data = data_for("dense")
    whole = next(data.batches(TRAIN, 160))
    rows = np.array([30, 2, 159])
    small = TrainingSubset(data, rows)
    got = list(small.batches(TRAIN, 2))
    assert np.concatenate([batch.inputs[0] for batch in got]) == pytest.approx(whole.inputs[0][[2, 30, 159]])
    assert np.concatenate([batch.labels for batch in got]).tolist() == whole.labels[[2, 30, 159]].tolist()
    assert (small.count(TRAIN), small.count(CALIBRATION), small.count(TEST)) == (3, 64, 0)
    assert TrainingSubset(data, rows, calibrates=True).count(CALIBRATION) == 3
    assert small.raw(TRAIN, 1).content == data.raw(TRAIN, 30).content
    assert small.name != TrainingSubset(data, np.array([30, 3, 159])).name

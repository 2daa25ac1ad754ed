"""Cross-validation: disjoint folds, the choice scikit-learn would make, and the effects of the technique it sets."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score

from engine.compress.chain import find_problems
from engine.compress.choice.cross_validation import _chosen, folds
from engine.compress.expectation import passes
from engine.compress.recipe import load_recipe
from engine.compress.registry import find
from engine.compress.run import apply_recipe
from engine.errors import DataError, RecipeError
from engine.model.data import CALIBRATION, TRAIN
from engine.model.save import to_onnx
from tests.engine.compress.toys import context_for, outputs_of, state_of

TECHNIQUE = find("cross-validation")
PLAIN = {"values": [0.2, 0.5, 0.97], "folds": 4, "others": ["min_weights=16"]}


@cache
def trained():
    """A network that knows its task, so that removing weights costs something."""
    knobs = {"epochs": 6, "alpha": 0.0, "augment": "none", "batch_size": 40, "holdout": 0.0}
    soft = find("soft-label-distillation")
    return soft.apply(state_of("dense"), soft.configure(knobs), context_for("dense"))


def rows_of(part, data):
    whole = next(data.batches(TRAIN, 160)).inputs[0]
    mine = next(part.batches(TRAIN, 160)).inputs[0]
    return {int(np.flatnonzero((whole == one).all(axis=tuple(range(1, whole.ndim))))[0]) for one in mine}


def test_that_folds_judge_every_sample_once_and_never_what_was_learned():
    context = context_for("dense")
    judged = []
    for learned, judge in folds(context, TECHNIQUE.configure({"folds": 3})):
        mine, others = rows_of(judge, context.data), rows_of(learned, context.data)
        assert not mine & others
        assert len(mine | others) == 160
        assert learned.count(CALIBRATION) == learned.count(TRAIN)
        judged.append(mine)
    assert sorted(len(part) for part in judged) == [53, 53, 54]
    assert set().union(*judged) == set(range(160))


def test_that_the_accuracies_are_those_of_scikit_learn_and_the_best_value_is_applied_to_all():
    state, context = trained(), context_for("dense")
    config = TECHNIQUE.configure(PLAIN)
    after = TECHNIQUE.apply(state, config, context)
    pruning = find("magnitude-pruning")
    means = []
    for value in config.values:
        made = pruning.apply(state, pruning.configure({"sparsity": value, "min_weights": 16}), context)
        found = []
        for _, judge in folds(context, config):
            batch = next(judge.batches(TRAIN, 160))
            said = outputs_of(made, (torch.from_numpy(batch.inputs[0]),)).argmax(1)
            found.append(accuracy_score(batch.labels, said.numpy()))
        means.append(100 * np.mean(found))
    for note, mean in zip(after.notes[-3:], means, strict=True):
        assert f"accuracy {mean:.2f} %" in note
    best = config.values[int(np.argmax(means))]
    assert means[2] < max(means), "the network does not mind, so nothing is shown"
    assert next(note for note in after.notes if "(chosen)" in note).startswith(f"magnitude-pruning sparsity = {best}:")
    expected = pruning.apply(state, pruning.configure({"sparsity": best, "min_weights": 16}), context)
    for name, tensor in expected.module.state_dict().items():
        assert torch.equal(after.module.state_dict()[name], tensor)


def test_that_a_high_price_takes_the_smallest_file():
    after = TECHNIQUE.apply(trained(), TECHNIQUE.configure({**PLAIN, "price": 50.0}), context_for("dense"))
    assert "sparsity = 0.97" in next(note for note in after.notes if "(chosen)" in note)


def test_that_one_standard_error_takes_the_smaller_file_that_is_not_clearly_worse():
    sizes = {0: [0.9] * 4, 1: [0.5] * 4, 2: [0.1] * 4}
    costs = {0: [0.10, 0.12, 0.11, 0.13], 1: [0.12, 0.11, 0.13, 0.12], 2: [0.30, 0.31, 0.29, 0.32]}
    assert _chosen(costs, sizes, "best") == 0
    assert _chosen(costs, sizes, "one-standard-error") == 1


def test_that_it_sets_a_technique_of_graphs_and_has_its_form_and_effects():
    step = {
        "technique": "static-quantization",
        "vary": "granularity",
        "values": ["per-tensor", "per-channel"],
        "folds": 2,
    }
    recipe = load_recipe([{"technique": "cross-validation", "knobs": step}])
    state, context = trained(), context_for("dense")
    after = apply_recipe(state, recipe, context, lambda s: to_onnx(s.module, s.inputs))
    assert after.onnx is not None
    assert sum("granularity" in note for note in after.notes) == 2
    twice = load_recipe([{"technique": "static-quantization"}, {"technique": "cross-validation", "knobs": step}])
    assert any("quantizes what" in problem.message for problem in find_problems(twice))


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"technique": "no-such"}, "no technique"),
        ({"vary": "sparsty"}, "no knob 'sparsty'"),
        ({"values": [0.5, 7]}, "outside 0"),
        ({"values": []}, "values is empty"),
        ({"others": ["nonsense"]}, "others has"),
        ({"technique": "cross-validation"}, "its own knobs"),
    ],
)
def test_that_what_the_technique_would_refuse_is_refused_before_anything_runs(knobs, message):
    with pytest.raises(RecipeError, match=message):
        load_recipe([{"technique": "cross-validation", "knobs": knobs}])


def test_that_fewer_samples_than_folds_are_told_and_training_is_counted():
    with pytest.raises(DataError, match="4 folds"):
        TECHNIQUE.apply(state_of("dense"), TECHNIQUE.configure(PLAIN), replace(context_for("dense"), data=None))
    knobs = {
        "technique": "lasso-training",
        "vary": "strength",
        "values": [0.1, 0.2],
        "folds": 5,
    }
    for others, share in ((["epochs=3", "holdout=0.0"], 1.0), (["epochs=3"], 0.95)):
        recipe = load_recipe([{"technique": "cross-validation", "knobs": {**knobs, "others": others}}])
        assert passes(recipe, 100) == pytest.approx(share * 3 * (2 * 4 * 100 + 100))

"""The chain checker says before anything runs what a later step would destroy."""

import itertools

import pytest

from engine.compress.chain import check_chain, find_problems, repaired
from engine.compress.recipe import load_recipe
from engine.compress.registry import techniques
from engine.compress.technique import Effect, Takes
from engine.errors import RecipeError
from engine.records import Recipe, RecipeStep


def recipe(*ids, **knobs):
    return Recipe(tuple(RecipeStep(id, knobs if number == 0 else {}) for number, id in enumerate(ids)))


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (("static-quantization", "dynamic-quantization"), "quantized already"),
        (("static-quantization", "magnitude-pruning"), "made them integers"),
        (("graph-fusion", "channel-pruning"), "needs a model that can be trained"),
        (("tflite-file", "graph-fusion"), "ended it in its own kind of file"),
    ],
)
def test_that_a_step_that_destroys_an_earlier_one_is_refused_with_the_repair(steps, message):
    with pytest.raises(RecipeError, match=message) as caught:
        check_chain(recipe(*steps))
    assert "order" in caught.value.remedy or "leave one" in caught.value.remedy


def test_that_zeros_survive_pruning_of_channels():
    assert check_chain(recipe("magnitude-pruning", "channel-pruning")) == ()


def test_that_the_repaired_order_is_free_of_conflicts():
    better = repaired(recipe("static-quantization", "magnitude-pruning", "graph-fusion", "channel-pruning"))
    assert better is not None
    assert [step.technique for step in better.steps][-1] == "static-quantization"
    assert not [problem for problem in find_problems(better) if problem.fatal]


def test_that_missing_data_and_devices_are_told():
    with pytest.raises(RecipeError, match="no data is given"):
        check_chain(recipe("soft-label-distillation"), has_data=False)
    assert check_chain(recipe("magnitude-pruning"), has_data=False) == ()
    problems = check_chain(recipe("static-quantization", placement="latency-guided"), has_device=False)
    assert [problem.fatal for problem in problems] == [False]


def test_that_a_step_with_nothing_left_to_do_is_advised_against():
    advice = check_chain(recipe("n-m-sparsity", "n-m-sparsity"))
    assert [problem.message for problem in advice] == [
        "n-m-sparsity changes nothing after step 1 (n-m-sparsity) with the same knobs"
    ]
    other_knobs = recipe("n-m-sparsity", "n-m-sparsity", n=1)
    trained_between = recipe("n-m-sparsity", "soft-label-distillation", "n-m-sparsity")
    goes_further = recipe("channel-pruning", "channel-pruning")
    assert [check_chain(item) for item in (other_knobs, trained_between, goes_further)] == [(), (), ()]


def test_that_steps_before_another_network_are_advised_against():
    student = {"technique": "student", "knobs": {"share": 0.3}}
    narrow, faster = {"technique": "channel-pruning"}, {"technique": "activation-replacement"}
    (problem,) = check_chain(load_recipe([narrow, faster, student]))
    assert problem.step == 3
    assert problem.message == (
        "student builds another network, in which nothing is left of step 1 (channel-pruning), "
        "step 2 (activation-replacement)"
    )
    assert "after it" in problem.remedy
    assert check_chain(load_recipe([student, narrow])) == ()
    copied = {"technique": "student", "knobs": {"network": "copy"}}
    assert check_chain(load_recipe([narrow, copied])) == (), "a copy is made of what is there"
    sized = {"technique": "student", "knobs": {"max_macs": 10**6}}
    assert [item.message for item in check_chain(load_recipe([sized, sized]))] == [
        "student changes nothing after step 1 (student) with the same knobs"
    ]


def test_that_every_ordered_pair_is_judged_by_its_declared_effects():
    acting = [technique.acting(technique.config()) for technique in techniques()]
    for first, second in itertools.product(acting, repeat=2):
        fatal = [p for p in find_problems(recipe(first.id, second.id)) if p.fatal]
        integers = (
            Effect.INTEGERS in first.changes
            and Effect.FORMAT not in second.changes
            and (
                set(second.changes)
                & {Effect.INTEGERS, Effect.WEIGHTS, Effect.MASKS, Effect.STRUCTURE, Effect.TRAINABLE}
            )
        )
        ended = Effect.TRAINABLE in first.destroys and second.takes is Takes.TORCH
        written = Effect.FORMAT in first.changes and Effect.FORMAT not in second.changes
        lost = set(second.destroys) & set(first.changes)
        assert bool(fatal) == bool(integers or ended or written or lost), (first.id, second.id)

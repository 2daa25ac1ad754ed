"""What every technique promises, run over every registered one: a new technique is covered by being registered."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from engine.compress import registry
from engine.compress.chain import again, check_chain
from engine.compress.expectation import passes
from engine.compress.run import apply_recipe, fingerprint
from engine.compress.technique import Again, Context, Effect, Need, Takes
from engine.errors import Cancelled, DataError, FlyweightError, ModelError, RecipeError, TechniqueError
from engine.events import Metric, Stage
from engine.model.cost import count_nonzero, is_quantized
from engine.model.save import run_onnx, to_onnx
from engine.records import Recipe, RecipeStep
from tests.engine.compress.counting import Work, counted
from tests.engine.compress.examples import KNOBS, NETWORKS
from tests.engine.compress.hashes import file_hash
from tests.engine.compress.toys import (
    cluttered_state,
    context_for,
    data_for,
    exported_difference,
    graph_of,
    inputs_for,
    state_of,
)

TECHNIQUES = {item.id: item for item in registry.techniques()}
KNOB_KEYS = {"name", "type", "default", "unit", "min", "max", "choices", "help", "advanced"}
TRAINED = sorted(id for id, knobs in KNOBS.items() if knobs.get("epochs"))
TWICE = [(id, KNOBS.get(id, {})) for id in sorted(TECHNIQUES) if id != "cross-validation"] + [
    ("cross-validation", {"technique": "channel-pruning", "vary": "ratio", "values": [0.5], "others": ["round_to=2"]}),
    ("cross-validation", {"technique": "affine-quantization", "vary": "bits", "values": [4], "folds": 2}),
    ("magnitude-pruning", {"scope": "local", "ramp": "gradual", "min_weights": 16}),
    ("magnitude-pruning", {"scope": "sensitivity", "min_weights": 16}),
    ("magnitude-pruning", {"epochs": 1, "min_weights": 16}),
    ("gradient-pruning", {"importance": "gradient", "scope": "local", "min_weights": 16}),
    ("n-m-sparsity", {"epochs": 1}),
    ("dead-unit-removal", {"zeros": 1.0}),
    ("manual-pruning", {"connections": ["head: 0,1; 2,3"]}),
    ("student", {"epochs": 1, "network": "copy", "width": 0.5}),
    ("tflite-file", {"weights": "float32"}),
]
"""Every technique with the knobs of the examples, and where knobs decide what happens a second time, with others."""

COSTS = [(id, KNOBS[id]) for id in TRAINED] + [
    ("soft-label-distillation", {"epochs": 2, "max_samples": 100, "holdout": 0.2}),
    ("channel-pruning", {"epochs": 1, "stages": 2, "round_to": 2}),
    ("magnitude-pruning", {"epochs": 2, "ramp": "gradual", "stages": 3, "min_weights": 16}),
    ("magnitude-pruning", {"epochs": 2, "threshold": 0.1, "ramp": "iterative", "min_weights": 16}),
    ("sparsity-sweep", {"epochs": 1, "over": "ratio"}),
    ("coreset-distillation", {"epochs": 2, "share": 0.25, "holdout": 0.1}),
    (
        "cross-validation",
        {"technique": "hard-label-distillation", "vary": "learning_rate", "values": [0.01, 0.02], "folds": 2}
        | {"others": ["epochs=1", "holdout=0.1"]},
    ),
]
"""Techniques with knobs that make them train: once, and in ways in which trainings add up or samples are left out."""

NOISY = {"l0-training", "dropout-sparsity"}
"""Their loss is another one each time it is asked for."""

MOMENT = {
    "connectivity-pruning",
    "dynamic-quantization",
    "graph-fusion",
    "half-precision",
    "manual-pruning",
    "n-m-sparsity",
    "tflite-file",
}
"""One pass over the weights and no data: done before anybody can ask to stop."""

LONGEST = 16
"""Runs of a network, on one batch each, that somebody who asks to stop may have to wait for."""


def start_of(technique):
    if technique.id == "graph-fusion":  # an export of this product has nothing left to fuse
        return cluttered_state()
    state = state_of(NETWORKS.get(technique.id, "residual"))
    if technique.id == "dead-unit-removal":
        with torch.no_grad():
            next(layer for layer in state.module.modules() if getattr(layer, "bias", None) is not None).bias[:3] = -100
    if technique.takes is Takes.ONNX:
        return replace(state, module=None, onnx=to_onnx(state.module, state.inputs))
    return state


def applied(technique, context=None):
    network = NETWORKS.get(technique.id, "residual")
    knobs = technique.configure(KNOBS.get(technique.id, {}))
    return technique.apply(start_of(technique), knobs, context or context_for(network))


@pytest.mark.parametrize("id", sorted(TECHNIQUES))
class TestPromises:
    def test_that_its_declaration_is_complete(self, id):
        technique = TECHNIQUES[id]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id)
        assert technique.family in registry.FAMILIES
        assert technique.covers
        assert all(re.fullmatch(r"[A-Z]\d+[a-z]?", row) for row in technique.covers)
        assert technique.name[0].isupper()
        assert technique.summary.endswith(".")
        assert re.search(r"\d{4}|onnxruntime", technique.paper), "the paper names its year"
        assert technique.changes
        assert technique.apply.__doc__
        assert technique.config.__doc__
        described = technique.to_json()
        for knob in described["knobs"]:
            assert set(knob) == KNOB_KEYS
            assert len(knob["help"]) > 10
            assert knob["help"].endswith("."), knob["name"]
            assert knob["type"] in {"int", "float", "bool", "str", "enum", "list"}
            if knob["type"] in ("int", "float"):
                assert knob["min"] is not None
                assert knob["max"] is not None
            if knob["type"] == "enum":
                assert knob["default"] in knob["choices"]

    def test_that_the_defaults_are_legal_and_bad_values_are_refused_with_the_limit(self, id):
        technique = TECHNIQUES[id]
        assert technique.configure({spec.name: spec.default for spec in technique.knobs}) == technique.config()
        for spec in technique.knobs:
            if spec.max is not None:
                with pytest.raises(RecipeError, match=re.escape(f"{spec.min} .. {spec.max}")):
                    technique.configure({spec.name: spec.max + 1})
            if spec.min is not None:
                with pytest.raises(RecipeError, match=re.escape(f"{spec.min} .. {spec.max}")):
                    technique.configure({spec.name: spec.min - 1})
            if spec.choices is not None:
                with pytest.raises(RecipeError, match=spec.choices[0]):
                    technique.configure({spec.name: "no such choice"})
            with pytest.raises(RecipeError, match=spec.name):
                technique.configure({spec.name: {"a": "mapping"}})
        with pytest.raises(RecipeError, match="no knob"):
            technique.configure({"no_such_knob": 1})

    def test_that_the_seed_decides_the_result_the_given_model_stays_and_the_result_runs(self, id):
        technique = TECHNIQUES[id]
        start = start_of(technique)
        before = fingerprint(start)
        knobs = technique.configure(KNOBS.get(id, {}))
        context = context_for(NETWORKS.get(id, "residual"))
        first = technique.apply(start, knobs, context)
        assert fingerprint(start) == before
        assert fingerprint(first) != before, "it does nothing with these knobs"
        assert fingerprint(first) == fingerprint(applied(technique))
        inputs = inputs_for(start)
        assert exported_difference(first, inputs) < 1e-3
        assert all(skip.layer and skip.reason for skip in first.skipped)
        if Effect.MASKS in technique.changes and first.module is not None:
            assert first.masks
        for name, mask in first.masks.items():
            weight = first.module.get_parameter(name).detach()
            assert mask.shape == weight.shape
            assert not bool((weight[~mask] != 0).any())

    def test_that_what_it_needs_is_declared(self, id):
        technique = TECHNIQUES[id]
        needs = technique.needs_of(technique.configure(KNOBS.get(id, {})))
        network = NETWORKS.get(id, "residual")
        poor = Context(None, 0, teacher=state_of(network).module, threads=1)
        if not set(needs) & {Need.LABELS, Need.DATA, Need.CALIBRATION, Need.GRADIENTS}:
            assert applied(technique, poor) is not None
            return
        with pytest.raises((DataError, TechniqueError)) as caught:
            applied(technique, poor)
        assert isinstance(caught.value, FlyweightError)
        assert "--data" in caught.value.remedy
        said = []
        unlabelled = replace(context_for(network), data=data_for(network, labels=False), emit=said.append)
        if Need.LABELS not in needs:
            assert applied(technique, unlabelled) is not None
            return
        with pytest.raises((DataError, TechniqueError), match=r"no labels|has none") as caught:
            applied(technique, unlabelled)
        assert "give labelled data" in caught.value.remedy
        assert "teacher" not in {event.name for event in said if isinstance(event, Stage)}, (
            "it worked before it said so"
        )


@pytest.mark.parametrize("id", sorted(set(TECHNIQUES) - MOMENT))
def test_that_it_stops_in_the_middle_and_leaves_the_given_model(id):
    technique, start, context = TECHNIQUES[id], start_of(TECHNIQUES[id]), context_for(NETWORKS.get(id, "residual"))
    before, config, whole = fingerprint(start), technique.configure(in_small_batches(id)), Work()
    with counted(whole):
        technique.apply(start, config, replace(context, cancel=whole))
    assert whole.longest <= LONGEST
    assert (whole.trained > 0) == (id in TRAINED)
    for place in {1, (whole.checks + 1) // 2}:
        stopped = Work(stop_at=place)
        with counted(stopped), pytest.raises(Cancelled):
            technique.apply(start, config, replace(context, cancel=stopped))
        assert stopped.checks == place
        assert fingerprint(start) == before
        assert_that_it_is_as_it_came(start.module)
        assert_that_it_is_as_it_came(context.teacher)


def assert_that_it_is_as_it_came(module):
    """In evaluation, without hooks and gradients of whoever worked on it."""
    if module is None:
        return
    left = [layer for layer in module.modules() if layer.training or layer._forward_hooks or layer._forward_pre_hooks]
    assert left == []
    assert all(parameter.grad is None for parameter in module.parameters())


@pytest.mark.parametrize("id", sorted(MOMENT))
def test_that_what_cannot_be_stopped_is_done_in_a_moment(id):
    technique, work = TECHNIQUES[id], Work()
    config = technique.configure(KNOBS.get(id, {}))
    with counted(work):
        technique.apply(start_of(technique), config, replace(context_for("residual"), data=None, cancel=work))
    assert technique.needs_of(config) == ()
    assert work.checks == 0, "it can be stopped: test that it stops"
    assert work.longest <= LONGEST
    assert work.trained == 0


@pytest.mark.parametrize(("id", "knobs"), COSTS, ids=[f"{id} {list(k)}" for id, k in COSTS])
def test_that_it_trains_as_much_as_it_declares(id, knobs):
    technique, work, context = TECHNIQUES[id], Work(), context_for(NETWORKS.get(id, "residual"))
    with counted(work):
        technique.apply(start_of(technique), technique.configure(knobs), replace(context, cancel=work))
    samples = context.data.count("train")
    assert work.trained > 0
    assert work.trained == pytest.approx(passes(Recipe((RecipeStep(id, knobs),)), samples), rel=0.02)


def in_small_batches(id, **more):
    """Its knobs, with more updates in an epoch where it trains, and ``more`` there."""
    knobs = KNOBS.get(id, {})
    return {**knobs, "batch_size": 16, **more} if id in TRAINED else knobs


@pytest.mark.parametrize("id", sorted(TECHNIQUES))
def test_that_a_recipe_stopped_in_its_second_step_goes_on_there_to_the_same_result(id, tmp_path):
    first = RecipeStep("channel-pruning", {"ratio": 0.25, "round_to": 2})
    recipe = Recipe((first, RecipeStep(id, in_small_batches(id, epochs=2))))
    check_chain(recipe)
    start, plain = state_of(NETWORKS.get(id, "residual")), context_for(NETWORKS.get(id, "residual"))

    def run(name, work):
        """The result, or None where it was stopped; the steps that were begun, and the epochs that were ended."""
        steps, epochs = {}, 0

        def note(event):
            nonlocal epochs
            if isinstance(event, Stage) and event.detail.startswith("step "):
                steps[event.detail] = work.checks
            epochs += isinstance(event, Metric) and event.name == "loss"

        context = replace(plain, scratch=tmp_path / name, cancel=work, emit=note)
        try:
            return apply_recipe(start, recipe, context, graph_of), steps, epochs
        except Cancelled:
            return None, steps, epochs

    whole = Work()
    wanted, steps, epochs = run("whole", whole)
    assert list(steps) == ["step 1 of 2", "step 2 of 2"]
    begun = steps["step 2 of 2"]
    stopped, _, before = run("stopped", Work(stop_at=begun + -(-2 * (whole.checks - begun) // 3)))
    resumed, steps, after = run("stopped", Work())
    assert stopped is None
    assert list(steps) == ["step 2 of 2"], "the first step is done again"
    assert fingerprint(resumed) == fingerprint(wanted)
    assert [(name, mask.tolist()) for name, mask in resumed.masks.items()] == [
        (name, mask.tolist()) for name, mask in wanted.masks.items()
    ]
    assert (resumed.notes, resumed.skipped) == (wanted.notes, wanted.skipped)
    assert before + after == epochs, "an epoch that was ended is trained again"
    assert (before > 0) == (id in TRAINED)
    kept, _, trained = run("stopped", Work())
    assert fingerprint(kept) == fingerprint(wanted)
    assert trained == 0, "what was finished is trained again"


def test_that_another_process_makes_the_same_file_to_the_byte():
    asked = [*{TECHNIQUES[id].family: id for id in sorted(TECHNIQUES)}.values()]  # one of each family
    environment = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.engine.compress.hashes", *asked]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    assert json.loads(done.stdout) == {id: file_hash(id) for id in asked}


@pytest.mark.parametrize(("id", "knobs"), TWICE, ids=[f"{id} {list(k)}" for id, k in TWICE])
def test_that_a_second_time_does_what_is_declared(id, knobs):
    technique = TECHNIQUES[id]
    config = technique.configure(knobs)
    context = context_for(NETWORKS.get(id, "residual"))
    said, step = again(technique, config), RecipeStep(id, knobs)
    first = apply_recipe(start_of(technique), Recipe((step,)), context, graph_of)
    if said is Again.REFUSED:
        with pytest.raises(RecipeError, match="step 1") as caught:
            check_chain(Recipe((step, step)))
        assert caught.value.remedy
        if Effect.INTEGERS in technique.acting(config).changes:
            assert_that_the_file_is_refused_or_stays(first, Recipe((step,)), context)
        return
    second = technique.apply(first, config, context)
    advice = [problem.message for problem in check_chain(Recipe((step, step))) if "changes nothing" in problem.message]
    assert len(advice) == (said is Again.UNCHANGED)
    assert (fingerprint(second) == fingerprint(first)) is (said is Again.UNCHANGED)
    if said is Again.UNCHANGED:
        assert fingerprint(first) != fingerprint(start_of(technique)), "it did nothing the first time either"
        assert {name: mask.sum() for name, mask in second.masks.items()} == {n: m.sum() for n, m in first.masks.items()}
        assert_that_the_file_is_refused_or_stays(first, Recipe((step,)), context)


def assert_that_the_file_is_refused_or_stays(made, step, context):
    """What another command makes of the file: 16-bit weights may come in, quantized ones not."""
    file = replace(made, module=None, onnx=graph_of(made), masks={})
    if is_quantized(file.onnx):
        with pytest.raises(ModelError, match="already quantized"):
            apply_recipe(file, step, context, graph_of)
        return
    second = graph_of(apply_recipe(file, step, context, graph_of))
    assert count_nonzero(second) == count_nonzero(file.onnx)
    arrays = [tensor.numpy() for tensor in inputs_for(file)]
    before, after = (run_onnx(graph, arrays)[0] for graph in (file.onnx, second))
    assert np.abs(after - before).max() <= 1e-6 * np.abs(before).max()


def test_that_every_answer_to_a_second_time_is_given_by_some_technique():
    said = [again(TECHNIQUES[id], TECHNIQUES[id].configure(knobs)) for id, knobs in TWICE]
    assert min(said.count(answer) for answer in Again) >= 10


def test_that_every_network_and_knob_of_the_examples_belongs_to_a_technique():
    assert set(KNOBS) | set(NETWORKS) <= set(TECHNIQUES)


@pytest.mark.parametrize("id", TRAINED)
def test_that_it_trains_in_bfloat16_where_it_trains(id):
    technique = TECHNIQUES[id]
    knobs = technique.configure({**KNOBS.get(id, {})})
    network = NETWORKS.get(id, "residual")
    start, context = start_of(technique), context_for(network)
    exact = technique.apply(start, knobs, context)
    rough = technique.apply(start, replace(knobs, precision="bfloat16"), context)
    assert fingerprint(rough) != fingerprint(exact), "the knob decides nothing"
    assert exported_difference(rough, inputs_for(start)) < 1e-3
    if rough.module is not None:
        assert {tensor.dtype for tensor in rough.module.parameters()} == {torch.float32}


@pytest.mark.parametrize("id", sorted(set(TRAINED) - NOISY))
def test_that_it_trains_with_the_optimizer_that_asks_for_a_loss_several_times(id):
    technique, network = TECHNIQUES[id], NETWORKS.get(id, "residual")
    start, knobs = start_of(technique), technique.configure({**KNOBS[id], "optimizer": "lbfgs"})
    made = technique.apply(start, knobs, context_for(network))
    assert fingerprint(made) not in (fingerprint(start), fingerprint(applied(technique)))


def test_that_only_techniques_with_noise_do_not_offer_that_optimizer():
    offered = {id: spec.choices for id in TRAINED for spec in TECHNIQUES[id].knobs if spec.name == "optimizer"}
    assert {id for id, choices in offered.items() if "lbfgs" not in choices} == NOISY


def test_that_every_technique_that_trains_by_itself_has_an_example_that_trains():
    trains = {id for id, item in TECHNIQUES.items() if getattr(item.config(), "epochs", 0)}
    assert trains <= set(TRAINED)
    assert all("precision" in {spec.name for spec in TECHNIQUES[id].knobs} for id in TRAINED)

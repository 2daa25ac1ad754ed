"""What every technique promises, run over every registered one: a new technique is covered by being registered."""

import re
from dataclasses import replace

import pytest
import torch

from engine.compress import registry
from engine.compress.run import fingerprint
from engine.compress.technique import Context, Effect, Need, Takes
from engine.errors import Cancelled, DataError, FlyweightError, RecipeError, TechniqueError
from engine.events import Cancel
from engine.model.save import to_onnx
from tests.engine.compress.examples import KNOBS, NETWORKS
from tests.engine.compress.toys import context_for, exported_difference, inputs_for, state_of

TECHNIQUES = {item.id: item for item in registry.techniques()}
KNOB_KEYS = {"name", "type", "default", "unit", "min", "max", "choices", "help", "advanced"}


def start_of(technique):
    state = state_of(NETWORKS.get(technique.id, "residual"))
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
        assert fingerprint(first) != before or id in ("graph-fusion",), "it does nothing with these knobs"
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

    def test_that_it_trains_in_bfloat16_where_it_trains(self, id):
        technique = TECHNIQUES[id]
        knobs = technique.configure({**KNOBS.get(id, {})})
        if not getattr(knobs, "epochs", 0) or "precision" not in {spec.name for spec in technique.knobs}:
            return  # nothing is trained
        network = NETWORKS.get(id, "residual")
        start, context = start_of(technique), context_for(network)
        exact = technique.apply(start, knobs, context)
        rough = technique.apply(start, replace(knobs, precision="bfloat16"), context)
        assert fingerprint(rough) != fingerprint(exact), "the knob decides nothing"
        assert exported_difference(rough, inputs_for(start)) < 1e-3
        if rough.module is not None:
            assert {tensor.dtype for tensor in rough.module.parameters()} == {torch.float32}

    def test_that_it_stops_when_asked(self, id):
        technique = TECHNIQUES[id]
        config = technique.configure(KNOBS.get(id, {}))
        if not technique.needs_of(config) and id not in ("channel-pruning", "magnitude-pruning"):
            return  # a moment's work on the weights alone
        cancel = Cancel()
        cancel.set()
        with pytest.raises(Cancelled):
            applied(technique, replace(context_for(NETWORKS.get(id, "residual")), cancel=cancel))

    def test_that_what_it_needs_is_declared(self, id):
        technique = TECHNIQUES[id]
        needs = technique.needs_of(technique.configure(KNOBS.get(id, {})))
        network = NETWORKS.get(id, "residual")
        poor = Context(None, 0, teacher=state_of(network).module, threads=1)
        if set(needs) & {Need.LABELS, Need.DATA, Need.CALIBRATION, Need.GRADIENTS}:
            with pytest.raises((DataError, TechniqueError)) as caught:
                applied(technique, poor)
            assert isinstance(caught.value, FlyweightError)
            assert "--data" in caught.value.remedy
        else:
            assert applied(technique, poor) is not None


def test_that_every_network_and_knob_of_the_examples_belongs_to_a_technique():
    assert set(KNOBS) | set(NETWORKS) <= set(TECHNIQUES)

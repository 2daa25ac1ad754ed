"""Techniques are found by id; third parties come through an entry point; a broken one is named."""

import subprocess
import sys
from dataclasses import dataclass, fields

import pytest

from engine.compress import registry
from engine.compress.technique import Takes, knob
from engine.compress.training_knobs import TrainingKnobs
from engine.errors import RecipeError


@dataclass(frozen=True)
class Nothing:
    amount: int = knob(1, "Nothing at all.", unit="pieces", min=0, max=3)


def declare(id):
    return registry.technique(
        id, name="Nothing", family="graph", covers=(), summary="s", paper="p", config=Nothing, takes=Takes.EITHER
    )


def test_that_an_unknown_id_gets_close_matches():
    with pytest.raises(RecipeError) as caught:
        registry.find("chanel-pruning")
    assert "channel-pruning" in caught.value.remedy


def test_that_a_second_technique_of_the_same_id_is_refused():
    with pytest.raises(RecipeError, match="already provided"):
        declare("channel-pruning")(lambda state, config, context: state)


def test_that_listing_loads_no_torch():
    code = (
        "import sys; from engine.compress.registry import techniques; assert techniques();"
        "assert not {'torch', 'onnx', 'onnxruntime'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_that_the_names_are_known_without_loading_the_techniques():
    code = (
        "import sys; from engine.compress.registry import names, techniques; listed = names();"
        "assert 'numpy' not in sys.modules and 'engine.compress.pruning' not in sys.modules;"
        "assert sorted(listed) == sorted(item.id for item in techniques())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_that_third_parties_come_in_and_broken_ones_are_named(monkeypatch):
    class Point:
        def __init__(self, name, load):
            self.name, self.load, self.dist = name, load, None

    def bad():
        raise ImportError("no module named nowhere")

    monkeypatch.setattr(registry, "_TECHNIQUES", dict(registry._TECHNIQUES))
    monkeypatch.setattr(registry, "_BROKEN", {})
    monkeypatch.setattr(registry, "_BUILT_IN", {})
    points = [Point("good", lambda: declare("nothing")(lambda s, c, x: s)), Point("bad", bad)]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "flyweight.techniques" else [])
    registry._load.cache_clear()
    try:
        assert "nothing" in registry.names()
        assert registry.find("nothing").knobs[0].unit == "pieces"
        assert registry.broken() == {"bad": "ImportError: no module named nowhere"}
    finally:
        registry._load.cache_clear()


def test_that_a_techniques_own_knobs_come_first_and_those_of_training_last():
    names = [knob.name for knob in registry.find("svd-factorization").knobs]
    assert names[:3] == ["energy", "ratio", "exclude"]
    assert names.index("epochs") == 3
    named = {item.name for item in fields(TrainingKnobs)}
    for item in registry.techniques():
        shared = [knob.name in named for knob in item.knobs]
        assert shared == sorted(shared) or not issubclass(item.config, TrainingKnobs), item.id

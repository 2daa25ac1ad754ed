"""The candidates of the presets: readable, runnable, ordered, with outlines that train nothing."""

import pytest

from engine.compress.chain import find_problems
from engine.compress.presets import CANDIDATES, outline

ALL = [pytest.param(item, id=f"{name}-{item.name}") for name, items in CANDIDATES.items() for item in items]


def test_that_every_preset_has_six_to_ten_candidates_of_different_names():
    assert set(CANDIDATES) == {"size", "latency", "accuracy"}
    for items in CANDIDATES.values():
        assert 6 <= len(items) <= 10
        assert len({item.name for item in items}) == len({item.recipe.sha256 for item in items}) == len(items)


@pytest.mark.parametrize("item", ALL)
def test_that_a_candidate_is_a_chain_that_runs(item):
    assert not [p for p in find_problems(item.recipe, has_data=True, has_device=True) if p.fatal]


@pytest.mark.parametrize("item", ALL)
def test_that_an_outline_trains_nothing_and_keeps_the_shape(item):
    made = outline(item.recipe)
    taught = {"soft-label-distillation"}  # a student is another network: it stays, untrained
    kept = [step.technique for step in item.recipe.steps if step.technique not in taught]
    assert [step.technique for step in made.steps] == kept
    assert all(step.knobs.get("epochs", 0) == 0 for step in made.steps)
    assert not [p for p in find_problems(made, has_data=True, has_device=False) if p.fatal]

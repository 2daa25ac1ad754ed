"""Techniques of other packages get a copy of the model and must return one, whatever else they do."""

from dataclasses import dataclass, replace

import pytest
import torch

from engine.compress import registry
from engine.compress.registry import find, technique
from engine.compress.run import apply_recipe
from engine.compress.technique import Context, Effect, ModelState, Takes, knob
from engine.errors import TechniqueError
from engine.records import Recipe, RecipeStep, TensorSpec

INPUTS = (TensorSpec("x", (None, 8), "float32"),)


@dataclass(frozen=True)
class Config:
    how: str = knob("zero", "What it does.", choices=("zero", "nothing", "two", "leave"))


@pytest.fixture(autouse=True)
def foreign(monkeypatch):
    """A technique that works in place."""
    find("graph-fusion")
    monkeypatch.setattr(registry, "_TECHNIQUES", dict(registry._TECHNIQUES))

    @technique(
        "rows-away", name="", family="own", covers=(), summary="", paper="", config=Config, takes=Takes.TORCH,
        changes=(Effect.WEIGHTS, Effect.MASKS),
    )  # fmt: skip
    def rows_away(state, config, context):
        """Zeroes half of the rows."""
        if config.how == "leave":
            raise SystemExit(7)
        if config.how == "nothing":
            return None
        with torch.no_grad():
            state.module[0].weight[:2] = 0
        return replace(state, onnx=object()) if config.how == "two" else state


def run(module, how):
    steps = (RecipeStep("rows-away", {"how": how}),)
    return apply_recipe(ModelState(INPUTS, module=module), Recipe(steps), Context(None, 0), lambda state: None)


def test_that_what_works_in_place_leaves_the_original_alone_and_its_zeros_get_masks():
    module = torch.nn.Sequential(torch.nn.Linear(8, 4))
    before = module[0].weight.detach().clone()
    made = run(module, "zero")
    assert torch.equal(module[0].weight, before)
    assert not made.module[0].weight[:2].any()
    assert torch.equal(made.masks["0.weight"], made.module[0].weight != 0)


def test_that_its_zeros_get_masks_beside_those_of_the_steps_before():
    module = torch.nn.Sequential(torch.nn.Linear(8, 4), torch.nn.Linear(4, 4), torch.nn.Linear(4, 30))
    few = torch.ones(30, 4, dtype=torch.bool)
    few[0, 0] = False  # too few to be taken for placed ones
    with torch.no_grad():
        module[1].weight[:, 0] = 0
        module[2].weight[0, 0] = 0
    before = {"1.weight": module[1].weight != 0, "2.weight": few, "gone.weight": few}
    state = ModelState(INPUTS, module=module, masks=before)
    made = find("rows-away").apply(state, Config(), Context(None, 0))
    assert made.masks.keys() == {"0.weight", "1.weight", "2.weight"}
    for name, mask in made.masks.items():
        assert torch.equal(mask, made.module.get_parameter(name) != 0)


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ("nothing", "rows-away returned NoneType instead of the changed model"),
        ("two", "rows-away returned not one form of the model"),
        ("leave", r"rows-away ended the program \(exit code 7\)"),
    ],
)
def test_that_a_wrong_end_is_told_by_the_techniques_name(how, why):
    with pytest.raises(TechniqueError, match=why):
        run(torch.nn.Sequential(torch.nn.Linear(8, 4)), how)


def test_that_one_without_name_and_summary_has_its_id_and_its_docstring():
    item = find("rows-away")
    assert (item.name, item.summary) == ("rows-away", "Zeroes half of the rows.")

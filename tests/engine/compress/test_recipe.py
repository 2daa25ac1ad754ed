"""Recipes: YAML and JSON, checked before anything runs, equal ones of equal hash."""

import json

import pytest

from engine.compress.recipe import PRESETS, load_recipe, save_recipe
from engine.errors import RecipeError
from engine.records import Recipe


def test_that_yaml_json_lists_and_mappings_mean_the_same(tmp_path):
    steps = [{"technique": "channel-pruning", "knobs": {"ratio": 0.5}}, {"technique": "graph-fusion"}]
    (tmp_path / "a.yaml").write_text("- technique: channel-pruning\n  knobs: {ratio: 0.5}\n- technique: graph-fusion\n")
    (tmp_path / "b.json").write_text(json.dumps({"version": 1, "name": "b", "steps": steps}))
    recipes = [load_recipe(tmp_path / "a.yaml"), load_recipe(tmp_path / "b.json"), load_recipe(steps)]
    assert len({recipe.sha256 for recipe in recipes}) == 1
    assert [recipe.name for recipe in recipes] == ["a", "b", ""]


def test_that_whole_numbers_and_fractions_hash_alike():
    one = load_recipe([{"technique": "channel-pruning", "knobs": {"learning_rate": 1}}])
    other = load_recipe([{"technique": "channel-pruning", "knobs": {"learning_rate": 1.0}}])
    assert one.sha256 == other.sha256


@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_that_a_saved_recipe_comes_back(tmp_path, suffix):
    save_recipe(PRESETS["size"], tmp_path / f"r{suffix}")
    again = load_recipe(tmp_path / f"r{suffix}")
    assert again.sha256 == load_recipe(PRESETS["size"]).sha256
    assert again.name == "size"


def test_that_an_empty_list_is_a_legal_recipe():
    assert load_recipe([]) == Recipe((), "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "r.yaml"),
        ("technique: x", "unknown key|steps"),
        ("- 5", "not a mapping"),
        ("- technique: chanel-pruning", "line 1.*no technique"),
        ("- technique: channel-pruning\n  knobs: {ratio: 2}", "0 .. 0.95"),
        ("- technique: channel-pruning\n  knobs: {ratios: 0.2}", "no knob 'ratios'"),
        ("- technique: channel-pruning\n  knobz: {}", "unknown key 'knobz'"),
        ("version: 99\nsteps: []", "version"),
        ("- &a [1]\n- *a", "alias|r.yaml"),
        ("\xff", "r.yaml"),
    ],
)
def test_that_mistakes_are_named_with_their_place(tmp_path, text, message):
    (tmp_path / "r.yaml").write_text(text, encoding="latin-1")
    with pytest.raises(RecipeError, match=message):
        load_recipe(tmp_path / "r.yaml")


def test_that_a_file_that_is_not_there_or_too_large_is_refused(tmp_path):
    with pytest.raises(RecipeError, match="cannot be read"):
        load_recipe(tmp_path / "none.yaml")
    (tmp_path / "big.yaml").write_text("# " + "x" * (1 << 20))
    with pytest.raises(RecipeError, match="at most"):
        load_recipe(tmp_path / "big.yaml")


def test_that_presets_are_good_recipes():
    from engine.compress.chain import check_chain

    for name, recipe in PRESETS.items():
        assert load_recipe(recipe).name == name
        assert check_chain(recipe) == ()

"""Recipes as people and programs write them: forms, errors with their place, hostile text."""

import json
import os
import time
from pathlib import Path

import pytest

from engine.compress import other_names
from engine.compress.other_names import close_ids
from engine.compress.recipe import PRESETS, load_recipe, save_recipe
from engine.compress.registry import names
from engine.errors import RecipeError

STEPS = [{"technique": "magnitude-pruning", "knobs": {"sparsity": 0.5, "epochs": 0}}, {"technique": "graph-fusion"}]
BARE_YAML = "- technique: magnitude-pruning\n  knobs: {sparsity: 0.5, epochs: 0}\n- technique: graph-fusion\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("r.yaml", BARE_YAML),
        ("r.json", json.dumps(STEPS)),
        ("r.yml", "version: 1\nname: r\nsteps:\n" + BARE_YAML),
        ("r.txt", json.dumps({"version": 1, "name": "r", "steps": STEPS})),
        ("r.yaml", "\ufeff" + BARE_YAML),
    ],
)
def test_that_every_form_of_a_file_is_the_same_recipe(tmp_path: Path, name: str, text: str):
    (tmp_path / name).write_text(text, encoding="utf-8")
    recipe = load_recipe(tmp_path / name)
    assert recipe.sha256 == load_recipe({"name": "r", "steps": STEPS}).sha256
    assert [step.technique for step in recipe.steps] == ["magnitude-pruning", "graph-fusion"]


@pytest.mark.parametrize("text", ["[]", "version: 1\nsteps: []\n", '{"steps": []}'])
def test_that_no_step_is_a_legal_recipe(tmp_path: Path, text: str):
    (tmp_path / "r.yaml").write_text(text)
    assert load_recipe(tmp_path / "r.yaml").steps == ()


@pytest.mark.parametrize("name", ["r.json", "r.yaml"])
@pytest.mark.parametrize("preset", PRESETS)
def test_that_a_written_recipe_reads_as_itself(tmp_path: Path, preset: str, name: str):
    save_recipe(PRESETS[preset], tmp_path / name)
    assert load_recipe(tmp_path / name) == load_recipe(PRESETS[preset])


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("- technique: graph-fusion\n- technique: grph-fusion\n", "unknown-technique", "line 2, step 2"),
        ("- technique: magnitude-pruning\n  knobs: {sparsity: 7}\n", "bad-knob", "line 1, step 1"),
        ("- technique: magnitude-pruning\n  knobs: {sparsty: 0.5}\n", "unknown-knob", "sparsty"),
        ('[{"technique": "magnitude-pruning", "knobs": {"sparsity": NaN}}]', "bad-knob", "step 1"),
        ("- knobs: {}\n", "recipe-shape", "step 1"),
        ("- technique: graph-fusion\n  nobs: {}\n", "recipe-shape", "nobs"),
        ("steps: []\nversion: 99\n", "recipe-version", "99"),
        ("hello", "recipe-shape", "str"),
        ("", "recipe-shape", "empty"),
        ("{", "recipe-syntax", "line 1"),
        ('!!python/object/apply:os.system ["touch executed"]\n', "recipe-syntax", "line 1"),
        ("a: &a [x]\nb: *a\n", "recipe-alias", "aliases"),
        ("[" * 100_000, "recipe-shape", "levels deep"),
        ("- " * 20_000 + "x", "recipe-shape", "levels deep"),
        ('{"a":' * 50_000, "recipe-shape", "levels deep"),
    ],
)
def test_that_a_bad_recipe_is_refused_with_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, code: str, place: str
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(text)
    start = time.process_time()
    with pytest.raises(RecipeError) as caught:
        load_recipe(tmp_path / "r.yaml")
    assert caught.value.code == code
    assert place in caught.value.message
    assert caught.value.remedy
    assert time.process_time() - start < 10, "a hostile file must not keep the parser busy"
    assert os.listdir(tmp_path) == ["r.yaml"]  # noqa: PTH208 - names alone


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("chanel-pruning", "channel-pruning"),
        ("Fine_tuning", "soft-label-distillation"),
        ("2:4", "n-m-sparsity"),
        ("binarization", "low-bit-weights"),
        ("ptq", "static-quantization"),
    ],
)
def test_that_a_word_of_others_is_answered_with_the_technique_that_is_meant(asked: str, meant: str):
    with pytest.raises(RecipeError) as caught:
        load_recipe([{"technique": asked}])
    assert caught.value.remedy.startswith(f"did you mean {meant}"), caught.value.remedy


def test_that_what_others_call_a_technique_is_none_of_ours_and_leads_to_one_of_ours():
    for name, ids in other_names._BY_NAME.items():
        assert name not in names()
        assert set(ids) <= set(names()), name
    assert close_ids("zzzz", names()) == []


def test_that_a_mistyped_knob_is_answered_with_the_nearest():
    with pytest.raises(RecipeError) as caught:
        load_recipe([{"technique": "channel-pruning", "knobs": {"ration": 0.2}}])
    assert caught.value.remedy == "did you mean ratio? see: flyweight techniques channel-pruning"


def test_that_what_is_no_readable_file_is_named(tmp_path: Path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large.yaml").write_bytes(b"#" * (2 << 20))
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "binary.yaml", tmp_path / "large.yaml"):
        with pytest.raises(RecipeError, match=path.name):
            load_recipe(path)


def test_that_whole_numbers_and_fractions_hash_alike():
    one = load_recipe([{"technique": "channel-pruning", "knobs": {"learning_rate": 1}}])
    other = load_recipe([{"technique": "channel-pruning", "knobs": {"learning_rate": 1.0}}])
    assert one.sha256 == other.sha256


def test_that_presets_are_good_recipes():
    from engine.compress.chain import check_chain

    for name, recipe in PRESETS.items():
        assert load_recipe(recipe).name == name
        assert check_chain(recipe) == ()

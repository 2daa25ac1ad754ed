"""The pages of the techniques say what the registry says, and their recipes load."""

from pathlib import Path

import yaml

from engine.compress.recipe import load_recipe
from engine.compress.registry import find

from .techniques import FOLDER, built_in, example, facts, pages


def test_that_no_page_is_stale():
    made = pages()
    written = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    stale = sorted(name for name in made.keys() | written.keys() if made.get(name) != written.get(name))
    assert stale == [], "run: make docs"


def test_that_every_example_loads_and_stands_on_its_page(tmp_path: Path):
    known = facts()["technique"]
    for technique in built_in():
        text = example(technique, known.get(technique.id, {}))
        (tmp_path / "recipe.yaml").write_text(text)
        (step,) = load_recipe(tmp_path / "recipe.yaml").steps
        assert step.technique == technique.id
        assert text.rstrip() in (FOLDER / f"{technique.id}.md").read_text(encoding="utf-8")
        assert yaml.safe_load(text)[0].get("knobs", {}) == known.get(technique.id, {}).get("knobs", {})


def test_that_facts_are_of_techniques_that_exist_and_have_both_languages():
    for name, fact in facts()["technique"].items():
        assert find(name).id == name
        title, summary = fact["zh"]
        assert title
        assert summary.endswith("。")
        assert fact["helps"]
        assert fact["when"]


def test_that_the_index_names_every_technique_with_a_page():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for technique in built_in():
        assert f"[{technique.name}]({technique.id}.md)" in text

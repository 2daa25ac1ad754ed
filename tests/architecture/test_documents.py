"""What the documents say is so: commands, recipes, code, names that programs import."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import typer

from engine import verbs
from engine.cli.main import app
from engine.compress.recipe import load_recipe

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_that_the_readme_names_every_command():
    commands = typer.main.get_command(app).commands
    missing = [name for name, item in commands.items() if not item.hidden and f"flyweight {name}" not in README]
    assert missing == [], "say in README.md what they are for"


def test_that_the_recipes_of_the_readme_can_be_read(tmp_path: Path):
    blocks = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        (tmp_path / "recipe.yaml").write_text(block)
        assert load_recipe(tmp_path / "recipe.yaml").steps


def test_that_the_python_of_the_readme_imports_what_exists_and_passes_known_arguments():
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert blocks
    for block in blocks:
        tree = ast.parse(block)
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                module = import_module(node.module or "")
                assert [name.name for name in node.names if not hasattr(module, name.name)] == []
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                known = inspect.signature(getattr(verbs, node.func.id)).parameters
                assert {word.arg for word in node.keywords} <= set(known), node.func.id


def test_that_every_exported_verb_exists_and_says_what_it_does():
    assert set(verbs.__all__) == {*verbs.VERBS, "VERBS"}
    for name, module in verbs.VERBS.items():
        verb = getattr(verbs, name)
        assert verb is getattr(import_module(f"engine.verbs.{module}"), name)
        assert inspect.getdoc(verb), name


def test_that_every_file_the_readme_links_to_is_tracked_or_made_by_a_command():
    links = re.findall(r"(?<!!)\[[^]]+\]\(([^):]+)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []

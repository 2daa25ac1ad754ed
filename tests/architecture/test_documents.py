"""What the documents say is so: commands, recipes, code, names that programs import."""

import ast
import contextlib
import inspect
import json
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.core import TyperGroup

from engine import verbs
from engine.cli.main import app
from engine.compress.recipe import load_recipe
from engine.compress.registry import names
from engine.model.datasets.folder import ImageFolder

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "docs/guide.md")}
"""What users follow line by line."""
DOCUMENTS = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
}
ROOT_COMMAND = typer.main.get_command(app)
USAGE_ERROR = typer.BadParameter.__bases__[0]
"""click's, wherever typer keeps it."""


def commands_of(page: str) -> Iterator[str]:
    """Every ``flyweight ...`` line of the shell blocks of a page."""
    for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL):
        yield from (line for line in block.splitlines() if line.startswith("flyweight "))


def parse(line: str) -> None:
    """Read a command line as the program would, without running it.

    Raises:
        USAGE_ERROR: no such command or option, or a value it does not take.
    """
    command, words = ROOT_COMMAND, shlex.split(line, comments=True)[1:]
    context = typer.Context(command, info_name="flyweight")
    while isinstance(command, TyperGroup):
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command, context = found, typer.Context(found, info_name=found.name, parent=context)
    command.make_context(command.name, words, parent=context.parent)


def test_that_every_command_line_of_the_documents_is_one_the_program_takes():
    lines = [(page, line) for page, text in DOCUMENTS.items() for line in commands_of(text)]
    assert {page for page, _ in lines} >= {"docs/adapters.md", "docs/own-technique.md"}
    assert min(sum(page == followed for page, _ in lines) for followed in PAGES) > 10
    for page, line in lines:
        try:
            with contextlib.suppress(typer.Exit):  # options that answer at once, as --version does
                parse(line)
        except USAGE_ERROR as error:
            pytest.fail(f"{page}: {line}\n{error}")


@pytest.mark.parametrize("line", ["flyweight deplay x", "flyweight deploy x pi5 --no-such-option", "flyweight measure"])
def test_that_a_command_line_with_a_mistake_is_found(line: str):
    with pytest.raises(USAGE_ERROR):
        parse(line)


def test_that_the_readme_names_every_command():
    commands = ROOT_COMMAND.commands
    missing = [name for name, item in commands.items() if not item.hidden and f"flyweight {name}" not in README]
    assert missing == [], "say in README.md what they are for"


def test_that_the_readme_counts_the_techniques_that_there_are():
    assert f"**{len(names())} techniques**" in README


def unfounded(page: str) -> list[str]:
    """Factors and points of the paragraphs that point to the claims, which the tables of the claims do not hold."""
    claims = (ROOT / "docs" / "claims.md").read_text(encoding="utf-8")
    factors = [float(found) for found in re.findall(r"(\d+\.\d+)x", claims)]
    points = [float(found) for found in re.findall(r"\| \+?(-?\d+\.\d+) \[", claims)]
    missing = []
    for paragraph in re.split(r"\n\n|\n(?=- )", page):
        if "(docs/claims.md)" not in paragraph:
            continue
        for known, pattern in ((factors, r"(?<![\d.])(\d+(?:\.\d+)?)x"), (points, r"(\d+\.\d+)\s+points?")):
            for words in re.findall(pattern, paragraph):
                step = 10.0 ** -len(words.partition(".")[2])
                if not any(abs(value - float(words)) <= 0.5 * step + 1e-9 for value in known):
                    missing.append(words)
    return missing


def test_that_the_claims_hold_every_figure_the_readme_takes_from_them():
    assert unfounded(README) == []
    assert unfounded(README.replace("67x smaller", "77x smaller").replace("at 1.1 points", "at 2.6 points")) == [
        "77",
        "2.6",
    ]


def test_that_the_faults_hold_the_figures_the_readme_takes_from_them():
    faults = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
    (images,) = re.findall(r"([\d,]+)\s+disk images", README)
    assert f"{images.replace(',', '')} converged" in faults


@pytest.mark.parametrize("page", PAGES)
def test_that_the_recipes_of_the_documents_can_be_read(page: str, tmp_path: Path):
    blocks = re.findall(r"```yaml\n(.*?)```", PAGES[page], re.DOTALL)
    assert blocks
    for block in blocks:
        (tmp_path / "recipe.yaml").write_text(block)
        assert load_recipe(tmp_path / "recipe.yaml").steps


@pytest.mark.parametrize("page", PAGES)
def test_that_the_python_of_the_documents_imports_what_exists_and_passes_known_arguments(page: str):
    blocks = re.findall(r"```python\n(.*?)```", PAGES[page], re.DOTALL)
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


def anchors(text: str) -> set[str]:
    """What links may name behind ``#``: the headings, as the pages of a repository are shown."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(pages: dict[str, str]) -> list[str]:
    """Links of pages to files, or to headings of pages, that are not there."""
    dead = []
    for page, text in pages.items():
        for link in re.findall(r"\[[^]]*\]\(([^):\s]+)\)", text):
            name, _, anchor = link.partition("#")
            path = (ROOT / page).parent / name if name else ROOT / page
            target = path.resolve().relative_to(ROOT).as_posix()
            if not path.exists() or (anchor and anchor not in anchors(pages.get(target, ""))):
                dead.append(f"{page}: {link}")
    return dead


def test_that_everything_the_documents_link_to_exists():
    assert dead_links(DOCUMENTS) == []
    page = DOCUMENTS | {
        "README.md": "[a](docs/guide.md#data) [b](docs/guide.md#no-such) [c](docs/nothing.md) [d](#here)"
    }
    assert dead_links(page) == [f"README.md: {link}" for link in ("docs/guide.md#no-such", "docs/nothing.md", "#here")]


def test_that_what_the_documents_say_about_images_is_what_a_folder_takes(tmp_path: Path):
    (block,) = re.findall(r"```json\n(.*?)```", PAGES["docs/guide.md"], re.DOTALL)
    (said,) = re.findall(r"`photos/flyweight.json`, such as `(.*?)`", README, re.DOTALL)
    assert json.loads(said) == json.loads(block)
    (tmp_path / "cat").mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "cat" / "1.png")
    (tmp_path / "flyweight.json").write_text(block)
    contract = ImageFolder(tmp_path).contract.inputs[0]
    assert {name: getattr(contract, name) for name in json.loads(block)} == json.loads(block)

"""What ``--help`` of every command says about its values."""

import re
from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from engine.cli.main import app


def _commands(command, path: str) -> Iterator[tuple[str, str]]:
    context = typer.Context(command, info_name=path)
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context):
            yield from _commands(command.get_command(context, name), f"{path} {name}")
    else:
        yield path, command.get_help(context)


TEXTS = dict(_commands(typer.main.get_command(app), "flyweight"))


@pytest.mark.parametrize("path", TEXTS)
def test_that_values_and_limits_are_in_words(path: str):
    text = TEXTS[path]
    usage = text.split("\n\n", 1)[0]
    assert not re.search(r"[{<>]|\.\.\.\.", usage), "the usage line shows the parser's brackets"
    assert not re.search(r"<(str|int|float|bool|path|list|tuple)\b", text, re.IGNORECASE), "a value lacks its metavar"
    assert not re.search(r"\bx[<>]=|<=x", text), "a limit is written as a formula"
    assert not re.search(r"\d\.0[;\]]", text), "a whole number has a decimal place"


def test_that_limits_read_as_sentences():
    texts = {path: " ".join(text.split()) for path, text in TEXTS.items()}
    assert "--parallel N Boards that upload at once. [default: 4; 1 to 64]" in texts["flyweight fleet rollout"]
    assert "--min-runs N Runs per variant (p99 needs 299). [default: 299; at least 30]" in texts["flyweight measure"]
    assert texts["flyweight run"].startswith("Usage: flyweight run [OPTIONS] TARGET FILE... Predict")
    assert texts["flyweight fleet status"].startswith("Usage: flyweight fleet status [OPTIONS] [ROLLOUT] List")

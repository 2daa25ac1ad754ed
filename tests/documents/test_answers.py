"""The tests that ``docs/answers.md`` leans on exist, and so do the commands it names."""

import re
from pathlib import Path

import typer

from engine.cli.main import app

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "answers.md").read_text(encoding="utf-8")


def test_that_every_test_it_names_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) == 10
    assert [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")] == []


def test_that_every_command_it_names_exists():
    commands = typer.main.get_command(app).commands
    second = TEXT.partition("## Complaints")[2]
    named = {words.split()[0] for words in re.findall(r"[(`](?:`flyweight )?([a-z]+)(?: [^`]*)?`", second)}
    known = {"compress", "explain", "deploy", "sensitivity", "measure", "export", "profile"}
    assert known <= named
    assert known <= set(commands)

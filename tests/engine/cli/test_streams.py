"""What a program that calls ``flyweight`` finds on the standard streams, whatever the called code prints or does."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.console import print_json, report

FACTORY = """
import os, sys
import torch
def talkative():
    print("hello")
    os.write(1, b"from below")
    print("careful", file=sys.stderr)
    return torch.nn.Linear(3, 2), (torch.zeros(1, 3),)
def failing():
    print("careful", file=sys.stderr)
    raise RuntimeError("no \\x1b[31mnetwork")
def leaving():
    raise SystemExit(7)
"""


def _flyweight(*words: str, cwd: Path, stdout: int | None = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "engine.cli.main", *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        cwd=cwd,
    )


def _strict(text: str) -> dict:
    def once(pairs: list[tuple[str, object]]) -> dict:
        assert len({name for name, _ in pairs}) == len(pairs), "a key stands twice"
        return dict(pairs)

    def never(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=never)


def test_that_what_a_factory_prints_never_mixes_with_the_document(tmp_path: Path):
    (tmp_path / "mine.py").write_text(FACTORY)
    done = _flyweight("inspect", "mine.py:talkative", "--json", cwd=tmp_path)
    assert done.returncode == 0
    assert _strict(done.stdout)["parameters"] == 8
    assert done.stderr == ""


def test_that_an_error_is_the_only_thing_on_stderr(tmp_path: Path):
    (tmp_path / "mine.py").write_text(FACTORY)
    done = _flyweight("inspect", "mine.py:failing", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    error = _strict(done.stderr)["error"]
    assert error["code"] == "factory-failed"
    assert "\x1b" not in error["message"]


def test_that_code_which_ends_the_program_is_an_error_with_a_remedy(tmp_path: Path):
    (tmp_path / "mine.py").write_text(FACTORY)
    done = _flyweight("inspect", "mine.py:leaving", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert _strict(done.stderr)["error"]["code"] == "factory-failed"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_that_a_full_disk_is_an_error_that_says_so(tmp_path: Path):
    with Path("/dev/full").open("w") as full:
        done = _flyweight("techniques", "--json", cwd=tmp_path, stdout=full.fileno())
    assert done.returncode == 1
    assert "no space left" in _strict(done.stderr)["error"]["message"]


def test_that_a_reader_that_leaves_early_causes_no_noise(tmp_path: Path):
    read, write = os.pipe()
    os.close(read)
    done = _flyweight("techniques", "--json", cwd=tmp_path, stdout=write)
    os.close(write)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_that_a_document_is_ascii_with_null_for_what_json_has_no_number_for(capsys: pytest.CaptureFixture[str]):
    print_json({"name": "\u009b31m\u202e", "loss": float("nan"), "rows": [float("inf"), 1.5], "path": "\udcff"})
    text = capsys.readouterr().out
    assert text.isascii()
    assert _strict(text) == {"name": "\u009b31m\u202e", "loss": None, "rows": [None, 1.5], "path": "\udcff"}


def test_that_what_the_system_refuses_is_no_internal_fault(capsys: pytest.CaptureFixture[str]):
    assert report(OSError(36, "File name too long", "x" * 5000), True) == 1
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "system"
    assert len(error["message"]) < 300
    assert error["remedy"]


def test_that_a_command_without_its_sub_command_shows_the_help_as_it_is(tmp_path: Path):
    for words in ((), ("device",)):
        done = _flyweight(*words, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("Usage: flyweight")
        assert "Commands:" in done.stderr


def test_that_messages_of_the_parser_keep_the_case_of_names(tmp_path: Path):
    assert "'MODEL'" in _flyweight("inspect", cwd=tmp_path).stderr
    assert "--Data" in _flyweight("compress", "m", "--Data", "x", cwd=tmp_path).stderr

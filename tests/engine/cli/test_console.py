"""What a person and a program see of any command."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from engine.cli.console import ProgressLine, ProgressLog, duration, page, plain, show, size
from engine.cli.main import main
from engine.deploy.rollout_store import BoardRow, RolloutStore
from engine.events import Log, Progress, Stage
from engine.records import Format, Recipe, Variant
from engine.workspace import Workspace


def test_that_a_usage_error_is_exit_code_2_with_a_remedy(capsys: pytest.CaptureFixture[str]):
    assert main(["inspect"]) == 2
    error = capsys.readouterr().err
    assert "error:" in error
    assert "flyweight inspect --help" in error


def test_that_bars_on_a_terminal_without_unicode_become_question_marks(monkeypatch: pytest.MonkeyPatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    page().print("0.5 \N{LOWER HALF BLOCK} 0.7 ms")
    sys.stdout.flush()
    assert written.getvalue() == b"0.5 ? 0.7 ms\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--measure", "--preset", "size"], "measure-needs-preset"),
        (["--measure", "--preset", "size", "--target", "loopback", "--out", "x"], "measure-needs-preset"),
        (["--preset", "size", "--limit", "latency_ms<=1"], "limit-without-measure"),
        (["--preset", "size", "--target", "loopback", "--measure", "--data", "digits", "--limit", "x<=1"], "bad-limit"),
    ],
)
def test_that_a_measured_preset_says_what_it_needs(capsys: pytest.CaptureFixture[str], words: list[str], code: str):
    assert main(["compress", "sample:fashion-mobilenet", "--json", *words]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == code


def test_that_with_json_an_error_is_one_json_object_on_stderr(capsys: pytest.CaptureFixture[str]):
    assert main(["techniques", "no-such-thing", "--json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    error = json.loads(captured.err)["error"]
    assert set(error) == {"code", "message", "remedy"}
    assert error["code"] == "unknown-technique"


def test_that_a_misspelt_technique_names_the_right_one(capsys: pytest.CaptureFixture[str]):
    assert main(["techniques", "chanel-pruning", "--json"]) == 2
    assert "channel-pruning" in json.loads(capsys.readouterr().err)["error"]["remedy"]


def test_that_json_of_techniques_follows_the_contract(capsys: pytest.CaptureFixture[str]):
    assert main(["techniques", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    ids = {item["id"] for item in document["techniques"]}
    assert {"static-quantization", "dynamic-quantization", "magnitude-pruning", "channel-pruning"} <= ids
    for item in document["techniques"]:
        assert {"id", "name", "family", "covers", "needs", "knobs"} <= set(item)
        for knob in item["knobs"]:
            assert {"name", "type", "default", "unit", "min", "max", "choices", "help"} <= set(knob)
            assert knob["help"], f"{item['id']}.{knob['name']} has no help"


def test_that_control_characters_of_foreign_names_never_reach_the_terminal():
    assert "\x1b" not in plain("\x1b[31mred\x07\u202e")
    assert plain("normal – text") == "normal – text"


def test_that_progress_is_silent_when_stderr_is_no_terminal(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli.main", "techniques"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 0
    assert done.stderr == ""
    assert "magnitude-pruning" in done.stdout


def test_that_the_progress_line_says_stage_share_and_remaining_time(capsys: pytest.CaptureFixture[str]):
    line = ProgressLine()
    line(Stage("fine-tune", "epoch 2 of 8"))
    line(Progress(30, 120, "steps", 45.0))
    line(Log("a note", "warning"))
    text = capsys.readouterr().err
    assert "fine-tune epoch 2 of 8" in text
    assert "25%" in text
    assert "about 45 s left" in text
    assert "warning: a note" in text


def test_that_progress_in_a_file_is_a_line_per_stage_and_a_share_twice_a_minute(capsys: pytest.CaptureFixture[str]):
    now = [100.0]
    log = ProgressLog(lambda: now[0])
    log(Stage("fine-tune", "epoch 2 of 8"))
    log(Stage("fine-tune", "epoch 2 of 8"))
    for now[0] in (110.0, 129.0, 131.0, 140.0, 165.0):
        log(Progress(int(now[0]) - 100, 120, "steps", 45.0))
    log(Log("a \x1b[2Jnote", "warning"))
    assert capsys.readouterr().err.splitlines() == [
        "[0:00] fine-tune epoch 2 of 8",
        "[0:31] fine-tune epoch 2 of 8: 26%, about 45 s left",
        "[1:05] fine-tune epoch 2 of 8: 54%, about 45 s left",
        "[1:05] warning: a \N{REPLACEMENT CHARACTER}[2Jnote",
    ]


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (44.6, "45 s"), (100, "2 min")])
def test_that_durations_are_rounded_to_what_a_person_needs(seconds: float, words: str):
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"), [(12, "12 B"), (1_240_000, "1.24 MB"), (352_023, "352 kB"), (999_900, "1.00 MB")]
)
def test_that_sizes_are_decimal(count: int, words: str):
    assert size(count) == words


def test_that_an_unexpected_fault_names_a_file_and_shows_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    def broken(technique: str | None = None) -> None:
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("engine.verbs.catalogue.techniques", broken)
    assert main(["techniques", "--json"]) == 1
    captured = capsys.readouterr()
    error = json.loads(captured.err)["error"]
    assert error["code"] == "internal"
    assert "Traceback" not in captured.err
    crash = Path(error["remedy"].rsplit(" ", 1)[1])
    assert "ZeroDivisionError" in crash.read_text()


def test_that_version_prints_the_version(capsys: pytest.CaptureFixture[str]):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip().count(".") == 2


def _damaged_beside(folder: Path, name: str) -> None:
    """A project with one variant, and one whose record cannot be read."""
    made = Variant("0123aaaaaaaaaaaa", name, "net", None, "", Format.ONNX, Recipe(()), 1, 1, None, 1, 1, "0" * 64)
    Workspace(folder).save_variant(made, {Format.ONNX: b"x"})
    damaged = folder / ".flyweight" / "variants" / "4567bbbbbbbbbbbb" / "variant.json"
    damaged.parent.mkdir()
    damaged.write_text("{")


def test_that_the_shell_completes_commands_and_options(tmp_path: Path):
    def completed(words: str) -> list[str]:
        environment = {
            **os.environ, "_FLYWEIGHT_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "engine.cli.main"], capture_output=True, text=True, env=environment, cwd=tmp_path
        ).stdout.split()

    assert completed("flyweight comp") == ["compress", "compare"]
    assert completed("flyweight compress --re") == ["--recipe"]
    assert completed("flyweight techniques channel-p") == ["channel-pruning"]
    assert completed("flyweight compress --preset l") == ["latency"]
    assert completed("flyweight device probe loop") == ["loopback"]
    _damaged_beside(tmp_path, "small")
    assert completed("flyweight explain s") == ["small"]
    boards = [BoardRow("cam", "0" * 64, "x")]
    RolloutStore.of(Workspace(tmp_path)).create("0b41c2d3", "door", {"waves": ["1"], "max_failures": 0}, boards)
    assert completed("flyweight fleet resume 0") == ["0b41c2d3"]
    assert completed("flyweight deploy small loopback --slot ") == ["main", "door"]
    assert completed("flyweight profile run --targets @") == ["@all"]
    assert completed("flyweight profile run --bundles small --targets loopback @") == ["@all"], "its second value, too"


def test_that_a_misspelt_command_or_option_names_the_right_one(capsys: pytest.CaptureFixture[str]):
    assert main(["compres"]) == 2
    assert "'compress'" in capsys.readouterr().err
    assert main(["compress", "m", "--recpe", "x"]) == 2
    assert "--recipe" in capsys.readouterr().err


class Terminal(io.StringIO):
    """What stands on a terminal of 80 columns."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2

    def write(self, text: str) -> int:
        time.sleep(0)  # as a real one does, it lets other threads run meanwhile
        return super().write(text)


class Done:
    def to_json(self) -> dict[str, object]:
        return {}


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """In the test itself: between a fixture and its test pytest puts its own streams back."""
    both = Terminal()
    monkeypatch.setattr(sys, "stderr", both)
    monkeypatch.setattr(sys, "stdout", both)
    monkeypatch.setattr(os, "get_terminal_size", lambda number: os.terminal_size((80, 24)))
    return both


def test_that_a_result_begins_on_a_line_of_its_own(monkeypatch: pytest.MonkeyPatch):
    terminal = open_terminal(monkeypatch)

    def work(emit, cancel):
        emit(Stage("committed", "dock-2"))
        emit(Progress(1, 2, "boards"))
        return Done()

    show(work, render=lambda result, console: print("rollout r1  finished"))
    last, result = terminal.getvalue().rstrip("\n").split("\n")[-2:]
    assert last.endswith("50%")
    assert result == "rollout r1  finished"


def test_that_stages_of_several_threads_keep_a_line_each(monkeypatch: pytest.MonkeyPatch):
    terminal = open_terminal(monkeypatch)
    line, threads = ProgressLine(), 8
    together = threading.Barrier(threads)

    def tell(number: int) -> None:
        together.wait()
        for turn in range(40):
            line(Stage("added", f"board-{number}-{turn}"))

    running = [threading.Thread(target=tell, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    line.end()
    drawn = [text.removeprefix("\r\x1b[2K") for text in terminal.getvalue().split("\n")]
    assert sorted(filter(None, drawn)) == sorted(f"added board-{n}-{t}" for n in range(threads) for t in range(40))
    assert drawn.count("") == 1  # after the last newline

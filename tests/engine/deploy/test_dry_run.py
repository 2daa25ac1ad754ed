"""``--dry-run`` of what changes boards, rollouts and the inventory: it says what would happen, and nothing did."""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from engine.cli.main import app, main
from engine.deploy.rollout_store import BoardRow, Fate, RolloutStore, State
from engine.workspace import user_data_dir

from .boards import Board
from .conftest import empty

READERS = {
    *("device list", "device discover", "device probe", "device doctor", "device selftest", "device watch"),
    *("device log", "device history", "device adapter list", "fleet status", "fleet watch"),
}
"""What changes nothing that lasts: a selftest puts its small bundle on trial and takes it away again."""


def commands(group: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, set[str]]]:
    for name, found in getattr(group, "commands", {}).items():
        if hasattr(found, "commands"):
            yield from commands(found, (*path, name))
        else:
            yield " ".join((*path, name)), {option for item in found.params for option in item.opts}


def test_that_every_command_that_changes_boards_or_rollouts_has_a_dry_run_and_a_document():
    found = dict(commands(typer.main.get_command(app)))
    changing = [name for name in found if name.startswith(("device ", "fleet "))]
    changing = [name for name in (*changing, "deploy", "rollback") if name not in READERS]
    assert set(found) > READERS
    assert len(changing) >= 14
    assert [name for name in changing if not found[name] >= {"--dry-run", "--json"}] == []
    final = ("device keys", "device remove", "device unlock", "fleet cancel")
    assert [name for name in final if "--yes" not in found[name]] == []


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--dry-run", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def stand(board: Board) -> str:
    """Hash of all that a dry run must leave as it is: the board's files, and this desktop's inventory and keys."""
    digest = hashlib.sha256()
    data = user_data_dir()
    kept = [data / "devices.json", *sorted((data / "keys").rglob("*"))]
    for path in [*kept, *sorted(board.home.rglob("*"))]:
        lasting = not path.is_relative_to(board.home) or path.parts[-1] not in ("lock", "lease")
        if path.is_file() and lasting and "compiled" not in path.parts and "probed" not in path.parts:
            digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.mark.device
def test_that_a_board_is_looked_at_and_nothing_is_put_there(sshd: Board, capsys, tmp_path: Path):
    empty(sshd.home)
    sshd.home.mkdir()
    words = ["--identity", str(sshd.identity), "--python", sys.executable, "--accept-fingerprint", sshd.fingerprint]
    planned = told(capsys, "device", "add", "pi", sshd.address, *words)
    assert (planned["planned"], planned["fingerprint"], planned["python"]) == (True, sshd.fingerprint, sys.executable)
    assert [item["name"] for item in planned["checks"]] == ["board", "disk", "runtimes", "sensors"]
    assert any("authorized_keys" in line for line in planned["would"])
    fleet = tmp_path / "fleet.csv"
    fleet.write_text(f"name,address,identity,fingerprint\npi,{sshd.address},{sshd.identity},{sshd.fingerprint}\n")
    assert [row["state"] for row in told(capsys, "device", "add", "--from", str(fleet))["devices"]] == ["planned"]
    assert list(sshd.home.iterdir()) == []
    assert [item["name"] for item in json_of(capsys, "device", "list")["devices"]] == ["loopback"]
    assert main(["device", "add", "pi", sshd.address, *words[:4], "--dry-run", "--json"]) == 4, "its key is not known"


def json_of(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.device
def test_that_keys_adapters_groups_tags_and_rights_of_a_board_stay_as_they_are(board: Board, capsys, tmp_path: Path):
    key = json_of(capsys, "device", "keys", "board")["own"]
    before = stand(board)
    assert f"in place of {key}" in told(capsys, "device", "keys", "board", "--rotate")["planned"]
    revoked = told(capsys, "device", "keys", "board", "--revoke", key, "--revoke", "0" * 16)
    assert revoked["planned"] == f"revoked for good would be {key} on board; {'0' * 16} on no board: none trusts it"
    assert revoked["boards"] == {"board": [key]}
    adapter = tmp_path / "npu.py"
    adapter.write_text("ADAPTER = None\n")
    added = told(capsys, "device", "adapter", "add", "board", str(adapter))
    assert added == {"boards": {"board": []}, "planned": "add npu.py"}
    assert "no board" in told(capsys, "device", "adapter", "remove", "board", "npu")["planned"]
    assert [item["name"] for item in told(capsys, "device", "group", "eyes", "board")["devices"]] == ["board"]
    assert told(capsys, "device", "tag", "board", "site=hall")["devices"][0]["tags"] == {"site": "hall"}
    assert told(capsys, "device", "setup", "board", "--apply", "--right", "rapl")["would"] == ["grant rapl"]
    assert stand(board) == before


def test_that_a_rollout_is_neither_ended_nor_resumed(tmp_path: Path, capsys):
    store = RolloutStore(tmp_path / ".flyweight" / "rollouts.db")
    rows = [BoardRow("a", "b" * 64, "x"), BoardRow("c", "b" * 64, "x")]
    store.create("r1", "main", {"waves": ["100%"], "max_failures": 0}, rows)
    store.set_board("r1", "a", Fate.OFFLINE, reason="no answer")
    project = ["--project", str(tmp_path)]
    assert told(capsys, "fleet", "pause", *project)["reason"] == "nothing was touched; it would be paused"
    assert told(capsys, "fleet", "cancel", *project)["reason"] == "nothing was touched; it would be cancelled"
    resumed = told(capsys, "fleet", "resume", *project)
    assert [item["state"] for item in resumed["boards"]] == ["pending", "pending"]
    assert store.load("r1").state is State.RUNNING
    assert [item.state for item in store.load("r1").boards] == [Fate.OFFLINE, Fate.PENDING]
    store.set_state("r1", State.CANCELLED)
    assert main(["fleet", "pause", *project, "--dry-run", "--json"]) == 2


FINAL = (["fleet", "cancel"], ["device", "remove", "pi", "--purge"], ["device", "keys", "pi", "--rotate"])


@pytest.mark.parametrize("command", FINAL, ids=" ".join)
def test_that_a_person_is_asked_before_what_cannot_be_taken_back(command, monkeypatch: pytest.MonkeyPatch, capsys):
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda question, **more: asked.append(question) or False)
    assert main(command) == 130
    assert len(asked) == 1
    assert "nothing was changed" in capsys.readouterr().err
    assert main([*command, "--yes"]) not in (0, 130), "there is no such rollout or board here"
    assert len(asked) == 1
    assert main([*command, "--json"]) == 2
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    assert main(command) == 2
    assert "error: there is no terminal to ask on\n  -> give --yes" in capsys.readouterr().err
    assert len(asked) == 1

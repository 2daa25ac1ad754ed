"""``device selftest`` and ``device setup`` on a board behind OpenSSH."""

import json
import os
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.measuring import Isolation
from device_agent.contract.messages import Sample
from engine.cli.main import main
from engine.deploy.agent_client import AgentClient
from engine.deploy.enrol import open_agent
from engine.deploy.inventory import Inventory
from engine.deploy.login_key import agent_command
from engine.deploy.selftest import _implausible
from engine.deploy.ssh import SshTransport
from engine.errors import AuthenticationError, UnreachableError, UsageError
from engine.verbs import device_selftest, device_setup
from profiles.board import identify

from ...device_agent.sensors.test_sensors import CASES, approx, tree
from ...device_agent.test_sampler import WHOLE_BOARDS

pytestmark = pytest.mark.device


def test_that_a_board_is_checked_step_by_step_and_its_sensors_are_written(board, tmp_path: Path):
    done = device_selftest("board", export=tmp_path / "mine.json")
    assert [item.name for item in done.checks if not item.ok] == []
    assert [item.name for item in done.checks][:6] == ["hello", "clock", "upload", "refusal", "sensors", "runtimes"]
    assert any(item.name == "verify onnx" and "golden" in item.detail for item in done.checks)
    value = json.loads((tmp_path / "mine.json").read_text())
    assert set(value) == {"board", "about", "machine", "raw", "expected"}
    assert "power" in value["expected"] or any(name.startswith("power:") for name in value["expected"])


@pytest.mark.parametrize("name", WHOLE_BOARDS)
def test_that_a_whole_captured_board_is_told_over_ssh_as_it_was_captured(board, name: str, tmp_path: Path, monkeypatch):
    """The real agent behind OpenSSH, on files captured from a board: all its sensors, and never taken for a measurement."""
    captured = json.loads((CASES / f"{name}.json").read_text())
    root = tree(tmp_path, captured["raw"])
    monkeypatch.setattr(
        "engine.deploy.enrol.agent_command",
        lambda python, agent, verb: f"{agent_command(python, agent, verb)} --root {root}",
    )
    device = replace(Inventory.load().get("board"), identity=str(board.identity), restricted=False)
    with SshTransport(device) as transport, closing(open_agent(transport, device.python, 60)) as client:
        hello = client.hello
    assert identify(hello.board, hello.machine).id == WHOLE_BOARDS[name][0]
    found = {item.sensor: [item.value, item.unit, item.quality] for item in hello.samples}
    assert found == {sensor: [approx(value), *rest] for sensor, (value, *rest) in captured["expected"].items()}
    assert hello.root == root


def test_that_a_board_whose_models_reach_the_network_is_told(board, monkeypatch):
    monkeypatch.setattr("engine.deploy.selftest._formats", lambda runtimes: ())
    closed = next(item for item in device_selftest("board").checks if item.name == "isolation")
    assert (closed.ok, "no network" in closed.detail) == (True, True)
    monkeypatch.setattr(AgentClient, "isolation", lambda self: Isolation(None, 1 << 34))
    opened = next(item for item in device_selftest("board").checks if item.name == "isolation")
    assert not opened.ok
    assert "OPEN" in opened.detail
    assert "seccomp" in opened.remedy


def test_that_a_failing_step_is_told_and_the_next_one_done(board, monkeypatch):
    monkeypatch.setattr("engine.deploy.selftest.CLOCK_SLACK", -9.0)
    monkeypatch.setattr("engine.deploy.selftest._formats", lambda runtimes: ())
    done = device_selftest("board")
    assert [(item.name, item.ok) for item in done.checks][:3] == [("hello", True), ("clock", False), ("upload", True)]
    assert not done.to_json()["ok"]


def test_that_after_a_lost_link_the_other_steps_are_not_tried_and_not_called_failures(
    board, monkeypatch, capsys, tmp_path
):
    def cut(client: AgentClient) -> str:
        client._transport.close()
        client.ping()
        return "never"

    monkeypatch.setattr("engine.deploy.selftest._refusal", cut)
    assert main(["device", "selftest", "board", "--export", str(tmp_path / "mine.json"), "--quiet"]) == 5
    lines = capsys.readouterr().out.splitlines()
    assert [line[:4] for line in lines if not line.startswith(" ")] == ["ok  "] * 3 + ["FAIL"] + ["-   "] * 4
    assert [line for line in lines if line.startswith("-")] == [
        f"-    {name}: not tried: link lost" for name in ("sensors", "runtimes", "isolation", "verify onnx")
    ]
    assert not (tmp_path / "mine.json").exists(), "no sensor was read"


def test_that_a_step_without_an_answer_is_no_lost_link_where_the_board_answers_the_next_one(board, monkeypatch):
    def late(client: AgentClient) -> str:
        raise UnreachableError("deadline", "no answer within 1 s: predict", "try again")

    monkeypatch.setattr("engine.deploy.selftest._refusal", late)
    monkeypatch.setattr("engine.deploy.selftest._formats", lambda runtimes: ())
    done = device_selftest("board")
    assert [item.name for item in done.checks if not item.ok] == ["refusal"]
    assert all(item["tried"] for item in done.to_json()["checks"])


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (Sample("power:x", 1.0, "mW", "s", "m", 1), "in mW"),
        (Sample("temperature:x", None, "C", "s", "m", 1, "measured"), "with the value None"),
        (Sample("energy:x", None, "J", "s", "m", 1, "unavailable"), "neither value nor reason"),
        (Sample("frequency:x", 1.0, "MHz", "s", "m", 1, "rejected"), "with the value 1.0"),
    ],
)
def test_that_a_sample_that_cannot_be_is_named(sample: Sample, why: str):
    assert why in _implausible([sample])[0]


def test_that_setup_lists_rights_writes_the_script_and_changes_nothing_unasked(board, tmp_path: Path):
    listed = device_setup("board")
    assert {item.id for item in listed.rights} == {"governor", "pmic", "rapl", "gpu"}
    assert listed.act == "none"
    written = device_setup("board", wanted=["governor"], script=tmp_path / "setup.sh")
    assert written.script == str(tmp_path / "setup.sh")
    assert 'WANTED="governor"' in (tmp_path / "setup.sh").read_text()
    with pytest.raises(UsageError, match="loopback"):
        device_setup("loopback", wanted=["governor"], apply=True)


def test_that_undoing_what_was_never_done_is_no_error(board):
    """The script runs on the board as root; there is nothing under /etc/flyweight."""
    if Path("/etc/flyweight").exists():
        pytest.skip("NOT RUN: this computer has been set up")
    if os.geteuid() == 0:
        assert device_setup("board", undo=True).act == "undone"


def test_that_a_password_is_asked_for_only_where_sudo_wants_one(board, monkeypatch):
    monkeypatch.setattr("engine.deploy.rights.needs_no_password", lambda transport, timeout_s: False)
    with pytest.raises(AuthenticationError, match="asks for a password"):
        device_setup("board", wanted=["rapl"], apply=True)

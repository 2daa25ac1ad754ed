"""What a board was when it was last talked to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from device_agent.contract.messages import Runtime
from engine.cli.main import main
from engine.deploy.agent_archive import build
from engine.deploy.connect import connect
from engine.deploy.inventory import Device, Inventory
from engine.deploy.seen import last_seen, note
from engine.verbs import device_list
from engine.workspace import user_data_dir

from ..measure.board import HELLO, MACHINE

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_that_a_session_leaves_a_note_of_the_board_and_of_its_runtimes():
    with connect("loopback") as client:
        machine, device = client.hello.machine, client.hello.device_id
        assert last_seen()[device].runtimes == {}
        told = client.runtimes()
    state = last_seen()[device]
    assert (state.os, state.kernel, state.power_mode) == (machine.os, machine.kernel, machine.power_mode)
    assert state.runtimes == {item.id: (item.version,) for item in told}


def test_that_a_change_is_noted_at_once_and_runtimes_stay_known():
    note(HELLO, [Runtime("onnxruntime", "1.32.0", []), Runtime("onnxruntime", "1.19.2", [], env="e")], NOON)
    note(replace(HELLO, machine=replace(MACHINE, kernel="6.12")), None, NOON + timedelta(seconds=1))
    state = last_seen()[HELLO.device_id]
    assert (state.kernel, state.runtimes) == ("6.12", {"onnxruntime": ("1.32.0", "1.19.2")})
    assert state.seen_at == "2026-11-01T12:00:01.000+00:00"


def test_that_the_same_state_is_not_written_again_and_again():
    for minutes in (0, 5, 11):
        note(HELLO, None, NOON + timedelta(minutes=minutes))
        assert last_seen()[HELLO.device_id].seen_at[14:16] == ("00" if minutes < 10 else "11")


def test_that_boards_last_met_with_another_version_s_agent_are_listed_with_what_brings_it(capsys):
    own = build().agent_id
    for name, agent in (("hall", own), ("yard", "0" * 64), ("never-met", None)):
        Inventory.load().put(Device(name, f"{name}.local", device_id=f"id-{name}", tags={"rack": "b2"}))
        if agent is not None:
            note(replace(HELLO, device_id=f"id-{name}", agent_id=agent), None, NOON)
    listed = {item["name"]: item["agent"] for item in device_list().to_json()["devices"]}
    assert listed == {"loopback": None, "hall": None, "yard": "other-version", "never-met": None}
    assert main(["device", "list"]) == 0
    shown = capsys.readouterr().out
    assert "no agent of this version yet: yard;" in shown
    assert "flyweight device probe yard" in shown
    assert "rack=b2" in shown
    note(replace(HELLO, device_id="id-yard", agent_id=own), None, NOON)
    assert device_list().lacking == (), "a change of the agent is noted at once"


def test_that_a_made_up_root_and_a_damaged_note_tell_nothing():
    note(replace(HELLO, root="/fake"), None, NOON)
    assert last_seen() == {}
    note(HELLO, None, NOON)
    (file,) = (user_data_dir() / "seen").iterdir()
    for text in ("", "[]", '{"runtimes": 1}', file.read_text().replace("2026-11-01", "yesterday")):
        file.write_text(text)
        assert last_seen() == {}
    note(HELLO, None, NOON)
    assert set(last_seen()) == {HELLO.device_id}

"""``fleet watch``: the sensors of several boards at once, what runs there, and a board that does not answer."""

import time

import pytest
from typer.testing import CliRunner

from engine.cli.main import app
from engine.deploy.connect import connect
from engine.deploy.inventory import Device, HostKey, Inventory
from engine.deploy.release import deploy
from engine.errors import Cancelled, UsageError
from engine.events import Cancel, Event, Look, Stage
from engine.verbs import fleet_watch
from profiles.reading import Quality
from profiles.store import ProfileStore
from tests.engine.report.sample import RESNET, reading

from .boards import SSHD, Board

pytestmark = pytest.mark.device


def looks(events: list[Event], device: str) -> list[Look]:
    return [event for event in events if isinstance(event, Look) and event.device == device]


def test_that_boards_tell_sensors_and_what_runs_and_one_that_is_gone_keeps_no_other_waiting(bundles):
    assert deploy(bundles["int8"], "loopback").state == "committed"
    Inventory.load().put(Device("gone", "127.0.0.1", 1, "pi", host_key=HostKey("ssh-ed25519", "AAAA")))
    told: list[Event] = []
    cancel = Cancel()

    def tell(event: Event) -> None:
        told.append(event)
        if len(looks(told, "loopback")) >= 2 and looks(told, "gone"):
            cancel.finish()

    done = fleet_watch(["loopback", "gone"], every_s=0.3, for_s=40.0, emit=tell, cancel=cancel)
    here, gone = looks(told, "loopback"), looks(told, "gone")
    assert here[0].channels
    assert here[1].channels is None, "they are told once"
    assert [(item["slot"], item["name"], item["p50_ms"]) for item in here[0].running] == [("main", "int8", None)]
    assert here[1].running is None, "it is asked once a minute"
    assert here[-1].values["memory:used"] > 0
    assert [look.values for look in gone] == [{}]
    assert gone[0].failure
    board, other = done.to_json()["devices"]
    assert board["failure"] is None
    assert all((item["value"] is None) == (item["quality"] == "unavailable") for item in board["sensors"])
    assert other == {
        "name": "gone",
        "failure": gone[0].failure,
        "failure_code": gone[0].failure_code,
        "running": None,
        "sensors": [],
        "throttling": None,
    }


def test_that_what_runs_is_told_with_its_newest_reading_of_that_board(bundles):
    assert deploy(bundles["int8"], "loopback").state == "committed"
    own = {"bundle": bundles["int8"].sha256, "target": "loopback"}
    with ProfileStore.open() as store:
        for number, (hour, changes) in enumerate(((9, {}), (8, {}), (10, {"quality": Quality.REJECTED}))):
            at = f"2026-11-25T{hour:02}:00:00+00:00"
            store.add(reading("fashion-resnet", RESNET[number], number, **own, measured_at=at, **changes))
        store.add(reading("fashion-resnet", RESNET[3], 3, **own | {"target": "other"}))
    done = fleet_watch("loopback", every_s=0.3, for_s=0.3)
    assert [item["p50_ms"] for item in done.boards[0].running] == [RESNET[0][6]]


@pytest.mark.skipif(not SSHD, reason="no sshd here")
def test_that_watching_installs_nothing(tmp_path):
    told: list[Event] = []
    fleet_watch("loopback", every_s=0.3, for_s=0.3, emit=told.append)
    assert looks(told, "loopback")
    assert not [item for item in told if isinstance(item, Stage) and "install" in item.name]
    board = Board(tmp_path / "board")
    try:
        key = HostKey("ssh-ed25519", (board.folder / "host_key.pub").read_text().split()[1])
        Inventory.load().put(Device("bare", "127.0.0.1", board.port, board.user, str(board.identity), host_key=key))
        done = fleet_watch("bare", every_s=0.3, for_s=0.3)
        assert done.boards[0].failure_code == "no-agent"
        assert done.boards[0].failure == ("bare has no agent of this version; bring it: flyweight device probe bare")
        assert list(board.home.rglob("*.pyz")) == []
    finally:
        board.stop()


def test_that_a_watch_of_many_that_is_cancelled_ends_at_once_and_a_bad_pace_is_refused():
    cancel, began = Cancel(), []

    def tell(event: Event) -> None:
        if isinstance(event, Look):
            began.append(time.monotonic())
            cancel.set()

    with pytest.raises(Cancelled):
        fleet_watch("loopback", every_s=60, for_s=600, cancel=cancel, emit=tell)
    assert time.monotonic() - began[0] < 10
    with pytest.raises(UsageError):
        fleet_watch("loopback", every_s=0.1)
    with pytest.raises(UsageError):
        fleet_watch("nobody")


def test_that_a_fault_in_one_watch_ends_them_all_with_its_own_words(monkeypatch):
    Inventory.load().put(Device("odd", "127.0.0.1", 1, "pi", host_key=HostKey("ssh-ed25519", "AAAA")))

    def broken(name: str, **how: object):
        if name == "odd":
            raise KeyError("a fault of the program")
        return connect(name, **how)

    monkeypatch.setattr("engine.verbs.fleet_watching.connect", broken)
    began = time.monotonic()
    with pytest.raises(KeyError, match="a fault of the program"):
        fleet_watch(["loopback", "odd"], every_s=0.3, for_s=120.0)
    assert time.monotonic() - began < 60


def test_that_the_command_lists_every_board_and_says_no_sensor_where_there_is_none():
    told = CliRunner().invoke(app, ["fleet", "watch", "loopback", "--every", "0.3", "--seconds", "0.3"])
    assert told.exit_code == 0, told.output
    head, row = (line for line in told.stdout.splitlines() if line.strip())
    assert head.split()[:3] == ["device", "temp", "C"]
    assert row.startswith("loopback")

"""Names and addresses: what is taken, what is refused, what survives."""

import json
import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cli import completing
from engine.cli.fleet import _pair
from engine.cli.main import main
from engine.deploy.inventory import Device, HostKey, Inventory, check_name, parse_address
from engine.errors import RejectedError, UsageError, WorkspaceError
from engine.workspace import user_data_dir


def test_that_loopback_is_always_there_and_cannot_be_removed():
    inventory = Inventory.load()
    assert [device.name for device in inventory.all()] == ["loopback"]
    with pytest.raises(UsageError):
        inventory.remove("loopback")


def test_that_a_device_survives_and_its_file_is_private():
    Inventory.load().put(Device("pi5", "pi.local", 2222, "pi", None, "python3", HostKey("ssh-ed25519", "AAAA")))
    assert Inventory.load().get("pi5").host_key == HostKey("ssh-ed25519", "AAAA")
    path = user_data_dir() / "devices.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_that_devices_added_at_the_same_time_are_all_kept():
    def add(start: int) -> None:
        for number in range(start, start + 10):
            Inventory.load().put(Device(f"pi{number}", "pi.local"))

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(Inventory.load().all()) == 31


def test_that_of_two_boards_that_claim_one_identity_at_once_the_first_alone_is_taken():
    refused = []

    def add(number: int) -> None:
        key = HostKey("ssh-ed25519", f"key-{number}")
        try:
            Inventory.load().enrol(Device(f"pi{number}", "pi.local", host_key=key, device_id="serial"))
        except RejectedError as error:
            refused.append(error.code)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["identity-taken"] * 7
    (taken,) = [item for item in Inventory.load().all() if not item.loopback]
    again = Device(taken.name, "10.0.0.9", host_key=HostKey("ssh-ed25519", "new"), device_id="serial")
    Inventory.load().enrol(again)  # flashed anew under its own name
    Inventory.load().enrol(
        Device("usb", "10.0.0.8", host_key=again.host_key, device_id="serial")
    )  # at another address, too
    Inventory.load().enrol(Device("silent", "10.0.0.7", host_key=HostKey("ssh-ed25519", "x")))
    Inventory.load().enrol(Device("silent2", "10.0.0.6", host_key=HostKey("ssh-ed25519", "y")))
    assert len(Inventory.load().all()) == 5


def test_that_all_means_every_board_or_loopback_when_there_is_none():
    inventory = Inventory.load()
    assert inventory.expand("@all") == ("loopback",)
    inventory.put(Device("a", "a.local"))
    inventory.put(Device("b", "b.local"))
    assert inventory.expand("@all") == ("a", "b")


def test_that_a_tag_stands_for_the_devices_that_have_it():
    inventory = Inventory.load()
    inventory.put(Device("a", "a.local", tags={"rack": "b2", "room": "hall"}))
    inventory.put(Device("b", "b.local", tags={"rack": "b2"}, groups=("rack",)))
    inventory.put(Device("c", "c.local", tags={"rack": "b3"}))
    assert inventory.expand("@rack=b2") == ("a", "b")
    assert inventory.expand("@room=hall") == ("a",)
    assert inventory.expand("@rack") == ("b",), "a group is not the tag of the same name"
    assert inventory.tags() == ("rack=b2", "rack=b3", "room=hall")
    with pytest.raises(UsageError, match="no device has the tag 'rack=b9'") as raised:
        inventory.expand("@rack=b9")
    assert "known: @rack=b2, @rack=b3, @room=hall; note one: flyweight device tag" in raised.value.remedy
    assert completing.target("@ra") == ["@rack", "@rack=b2", "@rack=b3"]
    assert _pair("@rack=b2=fp16") == ("@rack=b2", "fp16")
    assert _pair("@rack=fp16") == ("@rack", "fp16")


def test_that_an_unknown_device_names_the_known_ones():
    with pytest.raises(UsageError) as raised:
        Inventory.load().get("pi6")
    assert "loopback" in raised.value.remedy
    for number in range(12):
        Inventory.load().put(Device(f"pi{number:02}", "10.0.0.9"))
    with pytest.raises(UsageError, match="no device 'pi6'") as raised:
        Inventory.load().get("pi6")
    assert "known: loopback, pi00, pi01, pi02, pi03, pi04, pi05, pi06 and 5 more;" in raised.value.remedy


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"version": 1}', '{"version": 1, "devices": [{"x": 1}]}', "\x00" * 9]
)
def test_that_a_damaged_inventory_is_named_and_left_alone(content: str):
    path = user_data_dir() / "devices.json"
    path.write_text(content)
    with pytest.raises(WorkspaceError, match=r"devices\.json"):
        Inventory.load()
    assert path.read_text() == content


def test_that_an_inventory_of_a_newer_version_is_not_touched():
    path = user_data_dir() / "devices.json"
    path.write_text(json.dumps({"version": 99, "devices": []}))
    with pytest.raises(WorkspaceError, match="newer"):
        Inventory.load()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("pi@raspberrypi.local", ("pi", "raspberrypi.local", None)),
        ("10.0.0.7:2222", (None, "10.0.0.7", 2222)),
        ("root@[fe80::1%eth0]:22", ("root", "fe80::1%eth0", 22)),
    ],
)
def test_that_addresses_are_read_as_ssh_writes_them(text: str, parts):
    assert parse_address(text) == parts


@given(st.text(max_size=80).filter(lambda text: any(c in text for c in "$`;&|<>(){}'\"\\\n\0 *?!")))
def test_that_names_and_addresses_with_characters_of_a_shell_are_refused(text: str):
    with pytest.raises(UsageError):
        check_name(text)
    with pytest.raises(UsageError):
        parse_address(text)


@pytest.mark.parametrize("name", ["", "..", "-rf", "a/b", "x" * 65, "na\u202eme", "all", ".hidden"])
def test_that_names_that_could_be_paths_or_options_are_refused(name: str):
    with pytest.raises(UsageError):
        check_name(name)


def test_that_tags_are_replaced_and_what_is_no_tag_is_refused(capsys: pytest.CaptureFixture[str]):
    Inventory.load().put(Device("pi", "10.0.0.1", tags={"old": "1"}))
    assert main(["device", "tag", "pi", "site=hall", "power=battery"]) == 0
    assert "power=battery" in capsys.readouterr().out
    assert dict(Inventory.load().get("pi").tags) == {"power": "battery", "site": "hall"}
    for wrong in ("site", "a,b=1", "a=1,2", "=x"):
        assert main(["device", "tag", "pi", wrong]) == 2
    assert dict(Inventory.load().get("pi").tags) == {"power": "battery", "site": "hall"}
    assert main(["device", "tag", "pi"]) == 0
    assert not Inventory.load().get("pi").tags

"""One schema for what can be set of a device; a real inventory on disk."""

import json
from dataclasses import fields

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from engine.cli.main import app
from engine.deploy.device_settings import DeviceSettings, schema
from engine.deploy.inventory import Device, HostKey, Inventory
from engine.errors import UsageError
from engine.verbs import device_list, device_set

KEY = HostKey("ssh-ed25519", "AAAA")


@pytest.fixture
def board():
    Inventory.load().put(Device("pi5", "pi.local", 2222, "pi", None, "python3", KEY, groups=("hall",)))


@pytest.mark.usefixtures("board")
def test_that_what_is_set_is_kept_and_the_rest_stays(tmp_path):
    key = tmp_path / "id"
    key.write_text("key")
    device_set("pi5", {"address": "root@10.0.0.9", "identity": str(key), "python": "", "tags": {"b": "2", "a": "1"}})
    kept = Inventory.load().get("pi5")
    assert (kept.user, kept.host, kept.port, kept.identity, kept.python) == ("root", "10.0.0.9", 22, str(key), None)
    assert list(kept.tags.items()) == [("a", "1"), ("b", "2")]
    assert kept.groups == ("hall",)
    assert kept.host_key == KEY, "behind a new address must be the same board"
    device_set("pi5", {"groups": ["@roof", "hall", "roof"], "identity": None})
    assert Inventory.load().get("pi5").groups == ("hall", "roof")
    assert Inventory.load().get("pi5").identity is None


@pytest.mark.usefixtures("board")
def test_that_the_list_tells_schema_and_values_of_every_device():
    told = device_list().to_json()
    assert [item["name"] for item in told["settings"]] == [item.name for item in fields(DeviceSettings)]
    assert all(item["help"] for item in schema())
    of = {item["name"]: item["settings"] for item in told["devices"]}
    assert of["pi5"] == {
        "groups": ["hall"], "tags": {}, "address": "pi@pi.local:2222", "identity": None, "python": "python3",
    }  # fmt: skip
    assert of["loopback"]["address"] is None


@pytest.mark.usefixtures("board")
@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("pi5", {"colour": "red"}, "unknown-setting"),
        ("pi5", {"address": "a b"}, "bad-address"),
        ("pi5", {"address": ""}, "no-address"),
        ("pi5", {"identity": "/nowhere/key"}, "no-identity"),
        ("pi5", {"groups": ["all"]}, "bad-name"),
        ("pi5", {"tags": {"a,b": "c"}}, "bad-tag"),
        ("pi5", {"tags": "a=b"}, "bad-tag"),
        ("loopback", {"python": "/usr/bin/python3"}, "setting-of-loopback"),
        ("pi6", {"python": None}, "unknown-device"),
    ],
)
def test_that_what_cannot_be_is_refused_and_nothing_is_written(name, changes, code):
    before = Inventory.load().all()
    with pytest.raises(UsageError) as error:
        device_set(name, changes)
    assert error.value.code == code
    assert Inventory.load().all() == before


@pytest.mark.usefixtures("board")
def test_that_every_setting_has_its_way_on_the_command_line():
    device = get_command(app).commands["device"].commands  # type: ignore[attr-defined]
    options = {item.name for item in device["set"].params}
    assert {item["name"] for item in schema()} - options == {"groups", "tags"}
    assert {"group", "tag"} <= set(device)
    done = CliRunner().invoke(app, ["device", "set", "pi5", "--python", "/opt/python3", "--dry-run", "--json"])
    assert json.loads(done.stdout)["devices"][0]["python"] == "/opt/python3"
    assert Inventory.load().get("pi5").python == "python3", "a dry run changes nothing"

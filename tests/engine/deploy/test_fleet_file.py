"""Lists of boards in files: what is read, what is refused and by which line, and how they are enrolled."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from engine.cli.device_show import added
from engine.cli.main import main
from engine.deploy.enrol_fleet import enrol_fleet
from engine.deploy.fleet_file import Row, read_fleet
from engine.deploy.inventory import HostKey, Inventory
from engine.errors import UsageError
from engine.verbs.enrolment import Enrolled, FleetAdded, device_add_from

from .boards import Board


def written(folder: Path, text: str, name: str = "fleet.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_that_a_csv_is_read_with_groups_and_tags(tmp_path: Path):
    text = 'name,address,groups,tag:site,fingerprint\ncam1,pi@10.0.0.1:2222,cams; hall,"hall, left",SHA256:x\ncam2,10.0.0.2,,,\n'
    assert read_fleet(written(tmp_path, text)) == (
        Row("cam1", "pi@10.0.0.1:2222", None, None, "SHA256:x", ("cams", "hall"), {"site": "hall, left"}),
        Row("cam2", "10.0.0.2"),
    )


def test_that_json_says_the_same(tmp_path: Path):
    rows = [{"name": "cam1", "address": "pi@10.0.0.1", "groups": ["cams"], "tags": {"site": "hall"}, "python": None}]
    wanted = (Row("cam1", "pi@10.0.0.1", groups=("cams",), tags={"site": "hall"}),)
    assert read_fleet(written(tmp_path, json.dumps(rows), "a.json")) == wanted
    assert read_fleet(written(tmp_path, json.dumps({"devices": rows}), "b.json")) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "name and address are needed"),
        ("name,address\n", "names no board"),
        ("name,host\na,b\n", "unknown column host"),
        ("name,address\na,b\na,c\n", "names a twice"),
        ("name,address\nok,h\n../x,h\n", "line 3"),
        ("name,address\nok,a b\n", "line 2"),
        ("name,address\nok,-oProxyCommand=x\n", "line 2"),
        ("name,address\nok,h,more\n", "number of fields"),
        ("name,address,groups\nok,h,$(id)\n", "line 2"),
    ],
)
def test_that_a_wrong_line_is_named_before_any_board_is_touched(tmp_path: Path, text: str, said: str):
    with pytest.raises(UsageError, match=said):
        read_fleet(written(tmp_path, text))


def test_that_clones_and_groups_are_told(home: Path, capsys: pytest.CaptureFixture[str]):
    inventory = Inventory.load()
    key = HostKey("ssh-ed25519", "AAAA")
    for name, address in (("one", "10.0.0.1"), ("two", "10.0.0.2"), ("three", "10.0.0.3")):
        inventory.put(replace(inventory.get("loopback"), name=name, host=address, loopback=False, groups=("g",)))
    assert Inventory.load().clones() == {}
    inventory.update("one", host_key=key, machine_id="m1")
    inventory.update("two", host_key=key, machine_id="m2")
    inventory.update("three", machine_id="m2")
    assert Inventory.load().clones() == {"one": ("two",), "two": ("one", "three"), "three": ("two",)}
    assert main(["device", "list"]) == 0
    (warning,) = [line for line in capsys.readouterr().out.splitlines() if "warning" in line]
    assert warning.startswith("warning: one, three, two share a host key"), "a line for all of them, not for each"
    assert Inventory.load().expand("@g") == ("one", "three", "two")
    with pytest.raises(UsageError) as caught:
        Inventory.load().expand("@h")
    assert "known: @g" in caught.value.remedy


def test_that_one_reason_of_many_boards_is_told_once(capsys: pytest.CaptureFixture[str]):
    same = {"code": "runs-as-root", "message": "it would be root", "remedy": "another login"}
    rows = [Enrolled(f"pi{number}", "10.0.0.9", "failed", same) for number in range(7)]
    other = {"code": "unreachable", "message": "no answer", "remedy": "switch it on"}
    added(FleetAdded((*rows, Enrolled("dark", "10.0.0.8", "failed", other))), Console(width=100))
    assert capsys.readouterr().out.splitlines()[8:] == [
        "pi0, pi1, pi2, pi3, pi4 and 2 more: it would be root",
        "  -> another login",
        "dark: no answer",
        "  -> switch it on",
    ]
    added(FleetAdded((Enrolled("gate-north", "10.0.0.9", "added"), Enrolled("a", "10.0.0.8", "known"))), Console())
    assert [line.split() for line in capsys.readouterr().out.splitlines()][:2] == [
        ["gate-north", "10.0.0.9", "added"],
        ["a", "10.0.0.8", "known"],
    ]


@pytest.mark.device
def test_that_a_wrong_fingerprint_is_put_right_in_the_file_it_came_from(board: Board, home: Path, tmp_path: Path):
    line = f"a,{board.address},{board.identity},SHA256:AAAA"
    path = written(tmp_path, f"name,address,identity,fingerprint\n{line}\n")
    (row,) = device_add_from(path, timeout_s=30).rows
    assert row.error is not None
    assert row.error["code"] == "host-key-mismatch"
    assert row.error["remedy"].endswith(f"if it is the board's, correct its fingerprint in {path}")


def test_that_one_table_of_fingerprints_is_confirmed_and_only_the_rest_is_tried_again(board: Board, home: Path):
    identity = str(board.identity)
    rows = [
        Row("a", board.address, identity, groups=("hall",)),
        Row("b", board.address, identity, fingerprint=board.fingerprint),
        Row("dark", "127.0.0.1:1", identity),
    ]
    asked: list[dict[str, str]] = []

    def confirm(found) -> bool:
        asked.append(dict(found))
        return True

    states = [(row.name, state) for row, state, _ in enrol_fleet(rows, None, None, timeout_s=30)]
    assert states == [("a", "failed"), ("b", "added"), ("dark", "failed")]
    states = [(row.name, state) for row, state, _ in enrol_fleet(rows, None, confirm, timeout_s=30)]
    assert states == [("a", "added"), ("b", "known"), ("dark", "failed")]
    assert asked == [{f"a ({board.address})": board.fingerprint}]
    assert Inventory.load().expand("@hall") == ("a",)
    assert "a" in Inventory.load().clones()["b"]

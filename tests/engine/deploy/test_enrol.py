"""Adding a board: which Python, what is put there, what is refused."""

import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engine.cli.main import main
from engine.deploy import doctor
from engine.deploy.agent_archive import MAX_BYTES, build, content
from engine.deploy.board_python import check_python, given_python, newest_python
from engine.deploy.connect import connect
from engine.deploy.enrol import INSTALL, _with_own_key, add_device, look_before
from engine.deploy.inventory import Device, HostKey, Inventory
from engine.deploy.transport import Channel, Deadline, Transport
from engine.errors import RejectedError, UsageError
from engine.events import Log, ignore
from engine.package.runner_files import runner_files
from engine.records import sha256_hex

from .boards import Board
from .conftest import empty


class Saying(Transport):
    """A board that answers every command with the same text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def run(self, command: str, deadline: Deadline) -> Channel:
        answers = [self.text.encode(), b""]

        class Answer(Channel):
            stderr_tail = ""

            def read(self, count: int, deadline: Deadline) -> bytes:
                return answers.pop(0)

            def write(self, data: bytes, deadline: Deadline) -> None: ...

            def finish_writing(self) -> None: ...

            def close(self) -> None: ...

        return Answer()

    def close(self) -> None: ...


def test_that_the_newest_python_the_agent_runs_on_is_chosen():
    found = "noise\nFOUND 3 9 /usr/bin/python3.9\nFOUND 3 14 /opt/python3.14\nFOUND 3 11 /usr/bin/python3.11\nFOUND \n"
    assert newest_python(Saying(found), 5) == "/usr/bin/python3.11"


def test_that_a_board_without_room_is_refused_before_anything_is_put_there():
    with pytest.raises(RejectedError, match="12 MB of free space"):
        look_before(Saying('LOOKED {"free": 12000000, "arch": "aarch64"}\n'), "python3", 5)


def test_that_what_a_strange_board_says_is_told_in_short_plain_lines():
    said = {
        "model": "Pi\x1b[2J" + "x" * 500,
        "free": "much",
        "ram": -1,
        "runtimes": ["a"] * 99,
        "sensors": {},
        "python": 3,
    }
    told = dict(look_before(Saying("motd\nLOOKED " + json.dumps(said) + "\n"), "python3", 5))
    assert all(line.isprintable() and len(line) < 300 for line in told.values())
    assert told["check disk"] == "unknown"
    assert told["check sensors"] == "none of temperature or power"
    for answer in ("", "LOOKED [1]", "LOOKED {", "nothing"):
        assert look_before(Saying(answer), "python3", 5) == [("check board", "it does not say what it is")]


def test_that_a_login_as_root_is_refused_unless_root_is_meant():
    said = Saying("LOOKED " + json.dumps({"root": True}) + "\n")
    with pytest.raises(RejectedError) as refused:
        look_before(said, "python3", 5, allow_root=False)
    assert refused.value.code == "runs-as-root"
    assert "--allow-root" in refused.value.remedy
    assert look_before(said, "python3", 5, allow_root=True)
    assert look_before(Saying('LOOKED {"root": false}\n'), "python3", 5, allow_root=False)


@pytest.mark.device
@pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN: this user cannot let root log in")
def test_that_a_board_reached_as_root_is_added_with_leave_alone(sshd: Board, capsys, monkeypatch: pytest.MonkeyPatch):
    empty(sshd.home)
    sshd.home.mkdir()
    monkeypatch.setattr("engine.deploy.enrol._is_here", lambda host: False)  # a test's board is this computer, too
    words = ["--identity", str(sshd.identity), "--accept-fingerprint", sshd.fingerprint, "--python", sys.executable]
    command = ["device", "add", "pi", sshd.address, *words, "--json"]
    assert main(command) == 1
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "runs-as-root"
    assert not (sshd.home / ".flyweight").exists(), "nothing was put there"
    assert main([*command, "--allow-root"]) == 0
    assert any("root" in note for note in json.loads(capsys.readouterr().out)["hello"]["notes"])
    assert main(command) == 0, "what was said once holds"
    (sshd.home / ".flyweight" / "allow-root").unlink()
    assert main(["device", "probe", "pi", "--json"]) == 1


@pytest.mark.device
@pytest.mark.parametrize("proven", [False, True], ids=["a board that lies", "the same board under two names"])
def test_that_a_board_gets_no_identity_of_another_one_when_it_is_added(board: Board, proven: bool):
    inventory = Inventory.load()
    victim = inventory.get("board")
    inventory.remove("board")
    assert victim.host_key is not None
    key = victim.host_key if proven else replace(victim.host_key, key="of-the-victim")
    inventory.put(replace(victim, name="victim", host_key=key))
    options = {"identity": board.identity, "accept_fingerprint": board.fingerprint, "python": sys.executable}
    if proven:
        assert add_device("second", board.address, timeout_s=30, **options).device_id == victim.device_id
        return
    own_key = (board.home / ".ssh" / "authorized_keys").read_text() if (board.home / ".ssh").exists() else ""
    with pytest.raises(RejectedError, match="which is victim with another host key") as caught:
        add_device("liar", board.address, timeout_s=30, **options)
    assert caught.value.code == "identity-taken"
    assert "device remove victim" in caught.value.remedy
    assert [item.name for item in Inventory.load().all()] == ["loopback", "victim"]
    assert ((board.home / ".ssh" / "authorized_keys").read_text() if own_key else "") == own_key


@pytest.mark.parametrize(
    "found", ["FOUND 3 6 /usr/bin/python3\nFOUND 3 7 /usr/bin/python3.7\n", "", "FOUND 3 11 /tmp/a;reboot\n"]
)
def test_that_a_board_without_a_fitting_python_gets_the_line_that_helps(found: str):
    with pytest.raises(RejectedError) as raised:
        newest_python(Saying(found), 5)
    assert "apt-get install" in raised.value.remedy


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("/bin/sh: 1: /nope: not found\n", "not found"),
        ("FOUND 3 6 /usr/bin/python3.6\n", "it is Python 3.6"),
        ("FOUND 3 14 /usr/bin/python3.14\n", "it is Python 3.14"),
        ("FOUND three 11 /usr/bin/python3\n", "FOUND"),
        ("", "it says nothing"),
    ],
)
def test_that_an_interpreter_that_was_asked_for_has_to_be_one(said: str, why: str):
    with pytest.raises(RejectedError, match=r"is no Python 3\.8 to 3\.13 on the board") as raised:
        given_python(Saying(said), "/opt/python", 5)
    assert why in raised.value.message
    assert "leave --python out" in raised.value.remedy
    assert given_python(Saying("hello from .bashrc\nFOUND 3 9 /usr/bin/python3.9\n"), "/opt/python", 5) == "/opt/python"


@pytest.mark.parametrize(
    "path",
    [
        "python3; reboot",
        "$(id)",
        "`id`",
        "a  b",
        "a 'b c'",
        "a $HOME",
        "-i python3",
        "a\tb",
        " a",
        "a ",
        "a b\n",
        "a " * 40 + "b",
        "",
        "-c",
        "x" * 300,
        "py\nthon",
        "/usr/bin/python3\n",
    ],
)
def test_that_a_python_path_that_could_be_a_command_is_refused(path: str):
    with pytest.raises(UsageError):
        check_python(path)


def test_that_a_plain_path_is_taken():
    for text in ("/opt/py-3.11/bin/python3.11", "docker exec -i --user=1000:1000 box python3"):
        assert check_python(text) == text


@pytest.mark.device
def test_that_a_command_that_starts_elsewhere_serves_as_python(sshd: Board):
    """As ``docker exec`` does: several words, and the agent does not begin in the home folder."""
    command = f"env -C / FLYWEIGHT_BOX=1 {sys.executable}"
    said = []
    options = {"identity": sshd.identity, "accept_fingerprint": sshd.fingerprint, "emit": said.append}
    add_device("boxed", sshd.address, python=command, **options)
    assert any("your login stays in use" in event.message for event in said if isinstance(event, Log))
    device = Inventory.load().get("boxed")
    assert (device.python, device.restricted) == (command, False)
    with connect("boxed") as client:
        assert client.hello.python == platform.python_version()
        agents = [item for item in psutil.process_iter(["cmdline"]) if _serves(item.info["cmdline"] or [])]
        boxed = [item for item in agents if item.environ().get("FLYWEIGHT_BOX") == "1"]
        assert [Path(item.cwd()) for item in boxed] == [sshd.home]
    assert main(["device", "remove", "boxed", "--purge", "--yes"]) == 0
    assert not (sshd.home / ".flyweight").exists()


def _serves(words: list[str]) -> bool:
    return words[-1:] == ["serve"] and ".flyweight/agent/" in words[-2]


def test_that_a_board_with_a_password_alone_needs_a_python_of_one_word():
    device = Device("pi", "10.0.0.9", python="docker exec -i box python3")
    with pytest.raises(UsageError, match="one program") as raised:
        _with_own_key(Saying(""), device, 5, ignore, needed=True)
    assert "script on the board" in raised.value.remedy


@pytest.mark.device
def test_that_python_is_found_on_a_real_board(sshd: Board):
    device = add_device("found", sshd.address, identity=sshd.identity, accept_fingerprint=sshd.fingerprint)
    assert device.python
    version = subprocess.run([device.python, "--version"], capture_output=True, text=True, check=True).stdout
    assert (3, 8) <= tuple(int(n) for n in version.split()[1].split(".")[:2]) <= (3, 13)


@pytest.mark.device
def test_that_the_command_line_adds_lists_checks_and_removes_a_board(sshd: Board, capsys, monkeypatch):
    options = ["--identity", str(sshd.identity), "--accept-fingerprint", sshd.fingerprint, "--python", sys.executable]
    assert main(["device", "add", "pi", sshd.address, *options, "--json"]) == 0
    added = json.loads(capsys.readouterr().out)
    assert added["name"] == "pi"
    assert {item["id"] for item in added["runtimes"]} >= {"onnxruntime"}
    assert main(["device", "list", "--json"]) == 0
    assert [item["name"] for item in json.loads(capsys.readouterr().out)["devices"]] == ["loopback", "pi"]
    assert main(["device", "doctor", "pi", "--json"]) == 0
    checked = json.loads(capsys.readouterr().out)
    assert checked["ok"], checked
    assert [item["name"] for item in checked["checks"]][:3] == ["address", "port", "host key"]
    assert checked["checks"][-1]["name"] == "clock"
    with monkeypatch.context() as tomorrow:
        late = SimpleNamespace(monotonic=time.monotonic, time=lambda: time.time() + 3 * 86_400)
        tomorrow.setattr(doctor, "time", late)
        assert main(["device", "doctor", "pi"]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "FAIL clock: 3 d behind this computer's" in told
    assert "timedatectl" in told
    assert main(["device", "remove", "pi", "--purge", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"name": "pi", "purged": True, "planned": True, "runs": []}
    assert (sshd.home / ".flyweight").exists()
    assert main(["device", "remove", "pi", "--purge", "--json"]) == 2
    assert json.loads(capsys.readouterr().err)["error"]["code"] == "not-confirmed"
    assert (sshd.home / ".flyweight").exists(), "nobody was asked"
    assert main(["device", "remove", "pi", "--purge", "--yes", "--json"]) == 0
    assert not (sshd.home / ".flyweight").exists()


@pytest.mark.device
def test_that_without_a_fingerprint_a_program_is_refused_with_code_4(sshd: Board, capsys):
    assert main(["device", "add", "pi", sshd.address, "--identity", str(sshd.identity), "--json"]) == 4
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "host-key-unknown"
    assert sshd.fingerprint in error["remedy"]


@pytest.mark.device
def test_that_an_unreachable_board_is_code_5(capsys):
    assert main(["device", "add", "pi", "pi@127.0.0.1:1", "--json"]) == 5
    remedy = json.loads(capsys.readouterr().err)["error"]["remedy"]
    assert remedy == "check the address, power, network and that SSH is switched on", "no doctor knows it yet"
    Inventory.load().put(Device("known", "127.0.0.1", 1, "pi", host_key=HostKey("ssh-ed25519", "AAAA")))
    assert main(["device", "probe", "known", "--json"]) == 5
    assert "flyweight device doctor known finds" in json.loads(capsys.readouterr().err)["error"]["remedy"]


def test_that_the_archive_is_reproducible_small_and_runs(tmp_path: Path):
    archive = build()
    assert archive.path.read_bytes() == content() == content()
    assert len(content()) <= MAX_BYTES
    done = subprocess.run(
        [sys.executable, "-I", "-S", archive.path, "version"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "protocol 1." in done.stdout


def test_that_installing_keeps_the_agent_before_and_lets_older_ones_go(tmp_path: Path):
    stamps = []
    for number in range(4):
        made = b"agent %d" % number
        header = {"agent": sha256_hex(made), "size": len(made), "key_id": "k", "key": "00"}
        given = json.dumps(header).encode() + b"\n" + made
        command, home = [sys.executable, "-I", "-S", "-c", INSTALL], {"HOME": str(tmp_path)}
        done = subprocess.run(command, input=given, capture_output=True, env=home, check=True)
        assert done.stdout == b"INSTALLED " + sha256_hex(made).encode() + b"\n"
        path = tmp_path / ".flyweight" / "agent" / f"{sha256_hex(made)}.pyz"
        os.utime(path, (1e9 + number, 1e9 + number))
        stamps.append(path)
    assert [path.exists() for path in stamps] == [False, False, True, True]
    assert (tmp_path / ".flyweight" / "agent" / "current.pyz").resolve() == stamps[-1]


@pytest.mark.device
def test_that_the_newest_agent_has_a_name_that_start_up_units_can_use(board: Board):
    current = board.home / ".flyweight" / "agent" / "current.pyz"
    assert current.resolve().name == f"{build().agent_id}.pyz"
    unit = runner_files()["example.service"].decode()
    assert "%h/.flyweight/agent/current.pyz start" in unit
    command = [sys.executable, "-I", "-S", current, "start", "--home", board.home / ".flyweight"]
    assert subprocess.run(command, check=False, timeout=20).returncode == 0

"""Enrolment by a password: it is used once, and nothing that stays behind or can be seen holds it."""

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.deploy.inventory import Inventory
from engine.errors import AuthenticationError, HostKeyError, UsageError
from engine.verbs import device_add_from

from .password_board import PasswordBoard

pytestmark = pytest.mark.device

CANARY = "cAnaRy-7f3b-pass word"


@pytest.fixture(params=["password", "keyboard-interactive"])
def board(request, tmp_path: Path):
    made = PasswordBoard(tmp_path / "board", CANARY, interactive=request.param != "password")
    yield made
    made.stop()


@pytest.fixture
def one(tmp_path: Path):
    made = PasswordBoard(tmp_path / "board", CANARY)
    yield made
    made.stop()


def enrol(board: PasswordBoard, *answers: str, fingerprint: str | None = None):
    left = list(answers)
    return add_device(
        "pi",
        board.address,
        accept_fingerprint=fingerprint or board.fingerprint,
        python=sys.executable,
        ask_password=lambda who: left.pop(0) if len(left) > 1 else left[0],
        timeout_s=60,
    )


def test_that_the_password_is_needed_once_and_then_the_own_key_is_used(board: PasswordBoard):
    device = enrol(board, CANARY)
    assert device.restricted
    assert board.logins == 1
    with connect("pi") as client:
        client.ping()
    assert board.logins == 1, "a second login by password"


def test_that_a_person_may_mistype_it(one: PasswordBoard):
    assert enrol(one, "wrong", CANARY).restricted
    assert (one.refused, one.logins) == (1, 1)


def test_that_a_wrong_password_from_a_script_is_tried_once(board: PasswordBoard):
    with pytest.raises(AuthenticationError) as raised:
        enrol(board, "not it")
    assert raised.value.code == "wrong-password"
    assert "not it" not in f"{raised.value!r}{raised.value.to_json()}"
    assert board.refused == 1
    assert [item.name for item in Inventory.load().all()] == ["loopback"]


def test_that_nobody_is_asked_before_the_host_key_is_right(one: PasswordBoard):
    asked: list[str] = []
    with pytest.raises(HostKeyError):
        add_device("pi", one.address, ask_password=lambda who: asked.append(who) or CANARY)
    assert not asked
    assert (one.refused, one.logins) == (0, 0)


def test_that_a_board_that_takes_no_key_is_not_added_because_no_password_is_stored(tmp_path: Path):
    board = PasswordBoard(tmp_path / "board", CANARY, takes_keys=False)
    try:
        with pytest.raises(AuthenticationError) as raised:
            enrol(board, CANARY)
    finally:
        board.stop()
    assert raised.value.code == "own-key-refused"
    assert [item.name for item in Inventory.load().all()] == ["loopback"]
    assert not (board.home / ".ssh").exists(), "the key was taken back"


def test_that_key_and_password_exclude_one_another(one: PasswordBoard, tmp_path: Path):
    with pytest.raises(UsageError):
        add_device("pi", one.address, identity=tmp_path / "key", ask_password=lambda who: CANARY)


def test_that_boards_of_a_file_share_a_password(one: PasswordBoard, tmp_path: Path):
    fleet = tmp_path / "fleet.csv"
    fleet.write_text(f"name,address,python,fingerprint\ncam1,{one.address},{sys.executable},{one.fingerprint}\n")
    assert [item.state for item in device_add_from(fleet, password=CANARY).rows] == ["added"]
    assert CANARY not in fleet.read_text()


def test_that_a_password_is_not_asked_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert main(["device", "add", "pi", "pi@127.0.0.1:1", "--password"]) == 2
    assert "--password-stdin" in capsys.readouterr().err
    assert main(["device", "add", "pi", "pi@127.0.0.1:1", "--password-stdin"]) == 2
    assert "stdin holds no password" in capsys.readouterr().err


@pytest.mark.parametrize("front", ["cli", "worker"])
def test_that_the_password_is_in_no_file_no_output_no_argument_and_no_environment(
    one: PasswordBoard, home: Path, tmp_path: Path, front: str
):
    arguments = {"accept_fingerprint": one.fingerprint, "python": sys.executable}
    if front == "cli":
        words = ["-m", "engine.cli.main", "device", "add", "pi", one.address, "--password-stdin", "--json"]
        words += ["--accept-fingerprint", one.fingerprint, "--python", sys.executable]
        given = CANARY + "\n"
    else:
        words = ["-m", "engine.worker"]
        request = {"name": "pi", "address": one.address, "password": CANARY, **arguments}
        given = json.dumps({"verb": "device_add", "arguments": request}) + "\n"
    seen: list[bytes] = []
    with subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stderr is not None
        watcher = threading.Thread(target=_watch, args=(child, seen), daemon=True)
        watcher.start()
        child.stdin.write(given)
        child.stdin.flush()
        out = child.stdout.read() if front == "cli" else "".join(_until_the_end(child.stdout))
        child.stdin.close()
        err = child.stderr.read()
        assert child.wait(60) == 0, out + err
    watcher.join(10)
    assert one.logins == 1
    assert any(b"engine" in item for item in seen), "the process was looked at while it ran"
    assert CANARY not in out + err
    secret = CANARY.encode()
    assert not [item for item in seen if secret in item]
    files = [path for root in (home, tmp_path) for path in root.rglob("*") if path.is_file()]
    assert len(files) > 3
    assert not [path for path in files if secret in path.read_bytes()]


def _until_the_end(lines: Iterable[str]) -> Iterator[str]:
    """What a worker says up to its closing line; it then waits for the end of its stdin."""
    for line in lines:
        yield line
        if json.loads(line)["event"] in ("result", "error"):
            return


def _watch(child: "subprocess.Popen[str]", seen: list[bytes]) -> None:
    """What anybody on this computer may see of the process and of those it starts, while it runs."""
    pid = child.pid
    while child.poll() is None:
        for folder in Path("/proc").iterdir():
            try:
                inside = folder.name.isdigit() and os.getsid(int(folder.name)) == os.getsid(pid)
                for name in ("cmdline", "environ") if inside else ():
                    seen.append((folder / name).read_bytes())
            except (OSError, ProcessLookupError):
                continue
        time.sleep(0.2)

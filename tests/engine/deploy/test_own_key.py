"""A desktop's own key: it starts the agent and nothing else, and leaves no trace when the board is removed."""

import subprocess
import sys
from pathlib import Path

import pytest

from engine.deploy.agent_archive import build
from engine.deploy.board_python import run_constant
from engine.deploy.connect import connect, open_transport
from engine.deploy.enrol import add_device, install_agent, remove_device
from engine.deploy.inventory import Inventory
from engine.deploy.login_key import login_key
from engine.errors import RejectedError
from engine.package.keys import signing_key

from .boards import SSHD, Board

pytestmark = pytest.mark.device

KEYS = "AuthorizedKeysFile {folder}/authorized_keys {folder}/board-home/.ssh/authorized_keys\nSetEnv HOME={folder}/board-home"


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """A board whose sshd runs what the keys allow, as a freshly installed one does."""
    if not SSHD:
        pytest.fail("OpenSSH's sshd is missing: apt-get install openssh-server")
    folder = tmp_path_factory.mktemp("plain")
    board = Board(folder, KEYS.format(folder=folder), gate=False)
    yield board
    board.stop()


def enrol(board: Board, name: str = "pi"):
    return add_device(
        name, board.address, identity=board.identity, accept_fingerprint=board.fingerprint, python=sys.executable
    )


def tree(home: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(home)): (path.stat().st_mode, b"" if path.is_dir() else path.read_bytes())
        for path in sorted(home.rglob("*"))
    }


@pytest.mark.parametrize("before", [None, b"", b"ssh-rsa AAAA somebody\n", b"# no newline at the end"])
def test_that_removing_a_board_leaves_its_home_byte_for_byte_as_it_was(plain: Board, before: bytes | None):
    keys = plain.home / ".ssh" / "authorized_keys"
    if before is not None:
        keys.parent.mkdir(mode=0o700)
        keys.write_bytes(before)
        keys.chmod(0o640)
    was = tree(plain.home)
    try:
        assert enrol(plain).restricted
        added = keys.read_bytes()
        assert added.startswith(before or b"")
        assert added.count(b"restrict,command=") == 1
        assert enrol(plain).restricted  # a second time adds nothing
        assert keys.read_bytes() == added
        remove_device("pi", purge=True)
        assert tree(plain.home) == was
    finally:
        subprocess.run(["rm", "-rf", plain.home / ".ssh", plain.home / ".flyweight"], check=True)


def test_that_the_key_starts_the_agent_and_nothing_else(plain: Board, tmp_path: Path):
    device = enrol(plain)
    with connect("pi") as client:
        client.ping()
    key = login_key().path
    assert key.stat().st_mode & 0o777 == 0o600

    def ssh(*words: str) -> subprocess.CompletedProcess[str]:
        options = [
            "-F",
            "none",
            "-i",
            str(key),
            "-p",
            str(plain.port),
            "-o",
            "IdentitiesOnly=yes",
            "-o",
            "BatchMode=yes",
        ]
        hosts = ["-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={tmp_path / 'known'}"]
        return subprocess.run(
            ["ssh", *options, *hosts, f"{plain.user}@127.0.0.1", *words],
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL, check=False,
        )  # fmt: skip

    for words in (["id"], ["id; flyweight-gate"], [f"{device.python} -c 'print(1)'"], ["sh", "-c", "id"], []):
        done = ssh(*words)
        assert done.returncode == 126, words
        assert "nothing else" in done.stderr
        assert "uid=" not in done.stdout
    assert ssh("flyweight-gate").stdout.strip() == "FLYWEIGHT-GATE"
    remove_device("pi", purge=True)


def test_that_a_newer_agent_comes_in_through_the_key_only_when_a_trusted_key_signed_it(plain: Board, monkeypatch):
    device = enrol(plain)
    agents = plain.home / ".flyweight" / "agent"
    (agents / f"{build().agent_id}.pyz").rename(agents / ("0" * 64 + ".pyz"))
    (agents / "current.pyz").unlink()
    (agents / "current.pyz").symlink_to("0" * 64 + ".pyz")
    with connect("pi") as client:  # this agent is not there any more: it is installed through the key
        assert client.hello.agent_id == build().agent_id
    assert (agents / "current.pyz").readlink() == Path(f"{build().agent_id}.pyz")
    assert (agents / ("0" * 64 + ".pyz")).exists()  # the one before stays
    monkeypatch.setattr("engine.deploy.enrol.signing_key", lambda: signing_key(plain.folder / "stranger"))
    (plain.folder / "stranger").mkdir(exist_ok=True)
    with open_transport(device) as transport, pytest.raises(RejectedError, match="does not trust"):
        install_agent(transport, device.python, 30, restricted=True)
    with open_transport(device) as transport:
        answer = run_constant(transport, "flyweight-install", b'{"agent": "x", "size": 3}\nabc', 30)
    assert "REFUSED" in answer
    remove_device("pi", purge=True)


def test_that_a_board_which_ignores_the_key_stays_with_the_users_login(sshd: Board):
    assert not enrol(sshd, "old").restricted
    assert not (sshd.home / ".ssh").exists()
    with connect("old") as client:
        client.ping()
    assert not Inventory.load().get("old").restricted


def test_that_two_desktops_have_a_line_each(plain: Board, home: Path, monkeypatch, tmp_path: Path):
    enrol(plain)
    first = login_key().name
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    enrol(plain)
    assert login_key().name != first
    text = (plain.home / ".ssh/authorized_keys").read_text()
    assert first in text
    assert login_key().name in text
    remove_device("pi", purge=True)
    assert not (plain.home / ".ssh").exists()

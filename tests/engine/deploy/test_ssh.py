"""Who the desktop talks to, and with what: host keys, logins, algorithms, deadlines."""

import sys
import time
from pathlib import Path

import pytest

import engine
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.deploy.inventory import Device, Inventory
from engine.deploy.ssh import SshTransport
from engine.errors import AuthenticationError, HostKeyError, UnreachableError

from .boards import Board, Proxy, free_port, keygen

pytestmark = pytest.mark.device


def _device(sshd: Board, **changes) -> Device:
    values = {"port": sshd.port, "user": sshd.user, "identity": str(sshd.identity)} | changes
    return Device("board", "127.0.0.1", **values)


def test_that_an_unknown_host_key_is_refused_and_no_login_is_tried(sshd: Board):
    before = sshd.log.read_text().count("Connection from")
    with pytest.raises(HostKeyError) as raised:
        SshTransport(_device(sshd))
    assert raised.value.code == "host-key-unknown"
    assert raised.value.exit_code == 4
    assert f"--accept-fingerprint {sshd.fingerprint}" in raised.value.remedy
    time.sleep(0.3)
    fresh = sshd.log.read_text().split("Connection from")[before + 1 :]
    assert fresh, "the attempt must have reached the board"
    assert not any("Accepted publickey" in part or "Failed publickey" in part for part in fresh)


def test_that_another_fingerprint_than_the_accepted_one_is_refused(sshd: Board):
    with pytest.raises(HostKeyError) as raised:
        SshTransport(_device(sshd), accept_fingerprint="SHA256:AAAA")
    assert raised.value.code == "host-key-mismatch"


def test_that_a_person_is_asked_with_the_fingerprint_and_may_refuse(sshd: Board):
    asked = []
    with pytest.raises(HostKeyError):
        SshTransport(_device(sshd), confirm=lambda host, key: asked.append((host, key)) or False)
    assert asked[0][1] == sshd.fingerprint
    with SshTransport(_device(sshd), confirm=lambda host, key: key == sshd.fingerprint) as link:
        assert link.host_key.type == "ssh-ed25519"


def test_that_a_changed_host_key_is_a_hard_stop_with_the_way_out(tmp_path: Path):
    board = Board(tmp_path / "board")
    try:
        add_device(
            "pi", board.address, identity=board.identity, accept_fingerprint=board.fingerprint, python=sys.executable
        )
        board.new_host_key()
        with pytest.raises(HostKeyError) as raised, connect("pi"):
            pass
        assert raised.value.code == "host-key-changed"
        assert "re-flashed" in raised.value.remedy
        with pytest.raises(HostKeyError):  # a new fingerprint alone does not replace a pinned key
            add_device(
                "pi",
                board.address,
                identity=board.identity,
                accept_fingerprint=board.fingerprint,
                python=sys.executable,
            )
    finally:
        board.stop()


def test_that_a_refused_key_says_how_to_install_one(sshd: Board, tmp_path: Path):
    keygen(tmp_path / "other")
    with pytest.raises(AuthenticationError) as raised:
        SshTransport(_device(sshd, identity=str(tmp_path / "other")), accept_fingerprint=sshd.fingerprint)
    assert "ssh-copy-id" in raised.value.remedy
    assert raised.value.exit_code == 4


def test_that_a_closed_port_and_an_unknown_name_are_unreachable(sshd: Board):
    with pytest.raises(UnreachableError) as raised:
        SshTransport(_device(sshd, port=free_port()))
    assert raised.value.exit_code == 5
    with pytest.raises(UnreachableError, match="does not resolve"):
        SshTransport(Device("x", "no-such-host.invalid"))


def test_that_a_server_with_only_weak_algorithms_is_refused(tmp_path: Path):
    board = Board(tmp_path / "weak", "Ciphers aes128-cbc\nMACs hmac-sha1\n")
    try:
        with pytest.raises(UnreachableError, match="SSH with"):
            SshTransport(_device(board), accept_fingerprint=board.fingerprint)
    finally:
        board.stop()


def test_that_gcm_is_negotiated_and_nagle_is_off(sshd: Board):
    import socket

    with SshTransport(_device(sshd), accept_fingerprint=sshd.fingerprint) as link:
        transport = link._client.get_transport()
        assert transport is not None
        assert transport.remote_cipher == "aes256-gcm@openssh.com"
        assert transport.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_that_connecting_to_a_silent_server_ends_at_its_deadline(sshd: Board):
    link = Proxy(sshd.port)
    link.stalled.set()
    try:
        start = time.monotonic()
        with pytest.raises(UnreachableError):
            SshTransport(_device(sshd, port=link.port), accept_fingerprint=sshd.fingerprint, timeout_s=2)
        assert time.monotonic() - start < 4
    finally:
        link.close()


def test_that_a_link_that_stalls_later_ends_the_request_at_its_deadline(board: Board, proxy: Proxy):
    with connect("far") as client:
        client.ping(5)
        proxy.stalled.set()
        start = time.monotonic()
        with pytest.raises(UnreachableError):
            client.ping(1.5)
        assert time.monotonic() - start < 3.5
        proxy.stalled.clear()


def test_that_the_ssh_config_names_host_port_user_and_key(sshd: Board, home: Path):
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_text(
        f"Host workshop-pi\n  HostName 127.0.0.1\n  Port {sshd.port}\n  User {sshd.user}\n  IdentityFile {sshd.identity}\n"
    )
    with SshTransport(Device("p", "workshop-pi"), accept_fingerprint=sshd.fingerprint) as link:
        assert link.host_key.type == "ssh-ed25519"


def test_that_a_jump_host_of_the_ssh_config_is_used(sshd: Board, home: Path):
    (home / ".ssh").mkdir(mode=0o700)
    hop = f"  HostName 127.0.0.1\n  Port {sshd.port}\n  User {sshd.user}\n  IdentityFile {sshd.identity}\n"
    (home / ".ssh" / "config").write_text(f"Host hop\n{hop}\nHost inner\n{hop}  ProxyJump hop\n")
    before = sshd.log.read_text().count("Accepted publickey")
    with SshTransport(Device("p", "inner"), accept_fingerprint=sshd.fingerprint):
        pass
    assert sshd.log.read_text().count("Accepted publickey") == before + 2


def test_that_a_broken_ssh_config_is_a_warning(sshd: Board, home: Path):
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "config").write_bytes(b"Host *\n  Port not-a-number\n\xff\xfe")
    said = []
    with SshTransport(_device(sshd), accept_fingerprint=sshd.fingerprint, emit=said.append):
        pass
    assert any("config" in getattr(event, "message", "") for event in said)


def test_that_no_code_adds_host_keys_by_itself():
    root = Path(engine.__file__).parent
    for path in root.rglob("*.py"):
        text = path.read_text()
        assert "AutoAddPolicy" not in text, path
        assert "WarningPolicy" not in text, path
        assert "shell=True" not in text, path


def test_that_the_pinned_key_is_kept_with_the_device(board: Board):
    device = Inventory.load().get("board")
    assert device.host_key is not None
    assert device.host_key.key in (board.folder / "host_key.pub").read_text()
    assert device.device_id

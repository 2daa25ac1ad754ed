"""Who the desktop talks to, and with what: host keys, logins, algorithms, deadlines."""

import contextlib
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import paramiko
import psutil
import pytest

import engine
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.deploy.host_keys import fingerprint, key_file
from engine.deploy.inventory import Device, HostKey, Inventory, keep_loopback_id, loopback_id
from engine.deploy.ssh import SshTransport
from engine.deploy.transport import Deadline
from engine.errors import AuthenticationError, HostKeyError, RejectedError, UnreachableError
from engine.events import Event, Log, Stage

from .boards import Board, Proxy, free_port, keygen

pytestmark = pytest.mark.device


def _device(sshd: Board, **changes) -> Device:
    values = {"port": sshd.port, "user": sshd.user, "identity": str(sshd.identity)} | changes
    return Device("board", "127.0.0.1", **values)


@contextlib.contextmanager
def _allowed(sshd: Board, public: Path) -> Iterator[None]:
    """A key that may log in for a while."""
    allowed = sshd.folder / "authorized_keys"
    before = allowed.read_text()
    allowed.write_text(before + public.read_text())
    try:
        yield
    finally:
        allowed.write_text(before)


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
    assert raised.value.remedy.endswith("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub")


@pytest.mark.parametrize(
    ("kind", "file"),
    [("ssh-rsa", "rsa"), ("ecdsa-sha2-nistp256", "ecdsa"), ("ssh-ed25519", "ed25519"), ("sk-unheard-of", "*")],
)
def test_that_the_remedy_of_a_wrong_fingerprint_names_the_file_of_the_key_that_was_shown(kind: str, file: str):
    assert key_file(HostKey(kind, "")) == f"/etc/ssh/ssh_host_{file}_key.pub"


def test_that_a_person_is_asked_with_the_fingerprint_and_may_refuse(sshd: Board):
    asked = []
    with pytest.raises(HostKeyError):
        SshTransport(_device(sshd), confirm=lambda host, key: asked.append((host, key)) or False)
    assert asked[0][1] == sshd.fingerprint
    with SshTransport(_device(sshd), confirm=lambda host, key: key == sshd.fingerprint) as link:
        assert link.host_key.type == "ssh-ed25519"


def test_that_the_fingerprint_that_was_given_counts_whatever_known_hosts_says(sshd: Board, home: Path):
    public = (sshd.folder / "host_key.pub").read_text()
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {public}")
    with SshTransport(_device(sshd)):
        pass  # who is in known_hosts is known
    with pytest.raises(HostKeyError, match="not SHA256:AAAA"):
        SshTransport(_device(sshd), accept_fingerprint="SHA256:AAAA")
    kind, key, *_ = public.split()
    with pytest.raises(HostKeyError, match="pinned"):
        SshTransport(_device(sshd, host_key=HostKey(kind, key)), accept_fingerprint="SHA256:AAAA")


def test_that_another_key_than_in_known_hosts_is_a_hard_stop(sshd: Board, home: Path, tmp_path: Path):
    keygen(tmp_path / "other")
    (home / ".ssh").mkdir(mode=0o700)
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {(tmp_path / 'other.pub').read_text()}")
    with pytest.raises(HostKeyError) as raised:
        SshTransport(_device(sshd), confirm=lambda host, key: True)
    assert raised.value.code == "host-key-changed"


def test_that_hashed_names_in_known_hosts_are_read(sshd: Board, home: Path, tmp_path: Path):
    """As Debian writes them (``HashKnownHosts``), hashed here by OpenSSH's own program."""
    known = home / ".ssh" / "known_hosts"
    known.parent.mkdir(mode=0o700)
    keygen(tmp_path / "other")
    for public in (sshd.folder / "host_key.pub", tmp_path / "other.pub"):
        known.write_text(f"[127.0.0.1]:{sshd.port} {public.read_text()}")
        subprocess.run(["ssh-keygen", "-q", "-H", "-f", known], check=True, capture_output=True)
        assert known.read_text().startswith("|1|")
        if public.name == "other.pub":
            with pytest.raises(HostKeyError, match="key"):
                SshTransport(_device(sshd), confirm=lambda host, key: True)
        else:
            with SshTransport(_device(sshd)) as link:
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
        assert f"re-flashed this board: flyweight device add pi {board.address} --reflashed" in raised.value.remedy
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


def test_that_a_reflashed_board_keeps_its_groups_and_tags_and_its_new_key_is_asked_about(home: Path, tmp_path: Path):
    board = Board(tmp_path / "board")
    login = {"identity": board.identity, "python": sys.executable}
    try:
        kind, key, *_ = (board.folder / "host_key.pub").read_text().split()
        (home / ".ssh").mkdir(mode=0o700)  # where the user's own ssh keeps the old key, too
        (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{board.port} {kind} {key}\n")
        facts = {"groups": ("cameras", "hall"), "tags": {"site": "roof"}}
        add_device("pi", board.address, accept_fingerprint=board.fingerprint, **login, **facts)
        old = board.fingerprint
        board.new_host_key()
        with pytest.raises(HostKeyError) as raised:
            add_device("pi", board.address, reflashed=True, **login)
        assert raised.value.code == "host-key-unknown", "the new key is asked about, whatever is known of the old one"
        assert "--reflashed --accept-fingerprint " + board.fingerprint in raised.value.remedy
        assert fingerprint(Inventory.load().get("pi").host_key) == old, "nothing changed before a person compared"
        with pytest.raises(HostKeyError, match="not " + re.escape(old)):
            add_device("pi", board.address, reflashed=True, accept_fingerprint=old, **login)
        told: list[Stage] = []
        again = add_device(
            "pi",
            board.address,
            reflashed=True,
            accept_fingerprint=board.fingerprint,
            emit=lambda event: told.append(event) if isinstance(event, Stage) else None,
            **login,
        )
        assert (again.groups, again.tags) == (("cameras", "hall"), {"site": "roof"})
        assert fingerprint(Inventory.load().get("pi").host_key) == board.fingerprint != old
        names = [stage.name for stage in told]
        looked = ["check board", "check disk", "check runtimes", "check sensors"]
        assert names == ["connect", "find Python", *looked, "install the agent", "own key"]
        found = {stage.name: stage.detail for stage in told}
        assert platform.machine() in found["check board"]
        assert "GB free" in found["check disk"]
        assert "onnxruntime" in found["check runtimes"]
    finally:
        board.stop()


def test_that_a_channel_ends_without_an_error_where_the_link_went_before(sshd: Board, monkeypatch: pytest.MonkeyPatch):
    def gone(data: bytes) -> None:
        raise EOFError

    with SshTransport(_device(sshd), accept_fingerprint=sshd.fingerprint) as transport:
        first, second = (transport.run("cat", Deadline(10)) for _ in range(2))
        monkeypatch.setattr(transport._transport.packetizer, "write_all", gone)
        with pytest.raises(EOFError):
            first._channel.close()  # the control: what the library does
        second.close()


def test_that_a_refused_key_says_how_to_install_one(sshd: Board, tmp_path: Path):
    keygen(tmp_path / "other")
    with pytest.raises(AuthenticationError) as raised:
        SshTransport(_device(sshd, identity=str(tmp_path / "other")), accept_fingerprint=sshd.fingerprint)
    assert f"ssh-copy-id -p {sshd.port} {sshd.user}@127.0.0.1 " in raised.value.remedy
    assert raised.value.exit_code == 4
    told: list[Event] = []
    half = _device(sshd, identity=f"{sshd.identity}.pub")
    with pytest.raises(AuthenticationError):
        SshTransport(half, accept_fingerprint=sshd.fingerprint, emit=told.append)
    (said,) = [event.message for event in told if isinstance(event, Log)]
    assert said.endswith(f"the private one is {sshd.identity}")


@pytest.mark.parametrize("kind", ["rsa", "ecdsa", "ed25519"])
def test_that_every_kind_of_key_logs_in_or_is_refused_as_a_key(sshd: Board, tmp_path: Path, kind: str):
    keygen(tmp_path / "key", kind)
    device = _device(sshd, identity=str(tmp_path / "key"))
    with pytest.raises(AuthenticationError) as raised:
        SshTransport(device, accept_fingerprint=sshd.fingerprint)
    assert raised.value.code == "login-refused"
    with _allowed(sshd, tmp_path / "key.pub"), SshTransport(device, accept_fingerprint=sshd.fingerprint) as link:
        assert link.host_key.type == "ssh-ed25519"


def test_that_an_encrypted_key_asks_for_its_passphrase(sshd: Board, tmp_path: Path):
    keygen(tmp_path / "key", passphrase="open sesame")
    device = _device(sshd, identity=str(tmp_path / "key"))
    with _allowed(sshd, tmp_path / "key.pub"):
        with pytest.raises(AuthenticationError) as raised:
            SshTransport(device, accept_fingerprint=sshd.fingerprint)
        assert raised.value.code == "key-encrypted"
        assert "ssh-add" in raised.value.remedy
        with pytest.raises(AuthenticationError) as raised:
            SshTransport(device, accept_fingerprint=sshd.fingerprint, ask_passphrase=lambda path: "wrong")
        assert raised.value.code == "wrong-passphrase"
        asked = []
        with SshTransport(
            device, accept_fingerprint=sshd.fingerprint, ask_passphrase=lambda path: asked.append(path) or "open sesame"
        ):
            pass
    assert asked == [str(tmp_path / "key")]


def test_that_the_time_a_person_needs_does_not_count(sshd: Board, tmp_path: Path):
    keygen(tmp_path / "key", passphrase="slow")
    with _allowed(sshd, tmp_path / "key.pub"):
        SshTransport(
            _device(sshd, identity=str(tmp_path / "key")),
            accept_fingerprint=sshd.fingerprint,
            ask_passphrase=lambda path: time.sleep(1.6) or "slow",
            timeout_s=1.5,
        ).close()


@pytest.mark.parametrize("only", ["yes", "no"])
def test_that_the_ssh_agent_opens_what_is_encrypted(
    sshd: Board, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, only: str
):
    keygen(tmp_path / "key")
    socket_path = Path(tempfile.mkdtemp(dir="/tmp")) / "agent"
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", socket_path], stdout=subprocess.DEVNULL)
    try:
        monkeypatch.setenv("SSH_AUTH_SOCK", str(socket_path))
        while not socket_path.exists():
            time.sleep(0.02)
        subprocess.run(["ssh-add", "-q", tmp_path / "key"], check=True, capture_output=True)
        subprocess.run(["ssh-keygen", "-q", "-p", "-N", "secret", "-f", tmp_path / "key"], check=True)
        (home / ".ssh").mkdir(mode=0o700)
        (home / ".ssh" / "config").write_text(
            f"Host 127.0.0.1\n  IdentityFile {tmp_path / 'key'}\n  IdentitiesOnly {only}\n"
        )
        with _allowed(sshd, tmp_path / "key.pub"):
            SshTransport(_device(sshd, identity=None), accept_fingerprint=sshd.fingerprint).close()
    finally:
        agent.terminate()
        agent.wait()
        shutil.rmtree(socket_path.parent)


def test_that_a_closed_port_and_an_unknown_name_are_unreachable(sshd: Board):
    with pytest.raises(UnreachableError) as raised:
        SshTransport(_device(sshd, port=free_port()))
    assert raised.value.exit_code == 5
    with pytest.raises(UnreachableError, match="does not resolve"):
        SshTransport(Device("x", "no-such-host.invalid"))


def test_that_a_server_with_only_weak_algorithms_is_refused(tmp_path: Path):
    board = Board(tmp_path / "weak", "Ciphers aes128-cbc\nMACs hmac-sha1\n")
    try:
        with pytest.raises(UnreachableError) as raised:
            SshTransport(_device(board), accept_fingerprint=board.fingerprint)
        assert raised.value.code == "weak-algorithms"
    finally:
        board.stop()


def test_that_gcm_is_negotiated_and_nagle_is_off(sshd: Board):
    with SshTransport(_device(sshd), accept_fingerprint=sshd.fingerprint) as link:
        transport = link._transport
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


def test_that_a_resolver_without_an_answer_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch):
    silence = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: silence.wait(20))
    start = time.monotonic()
    with pytest.raises(UnreachableError, match="address of pi"):
        SshTransport(Device("pi", "pi"), timeout_s=0.5)
    assert time.monotonic() - start < 2
    silence.set()


def test_that_an_address_that_does_not_answer_leaves_time_for_the_next(sshd: Board, monkeypatch: pytest.MonkeyPatch):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.socket() as first, socket.socket() as second:
        for link in (first, second):
            link.setblocking(False)
            link.connect_ex(full.getsockname())
        dead, alive = full.getsockname(), ("127.0.0.1", sshd.port)
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 0, "", at) for at in (dead, alive)],
        )
        with SshTransport(_device(sshd), accept_fingerprint=sshd.fingerprint, timeout_s=3):
            pass


def _endless_banner(link: socket.socket) -> None:
    while True:
        link.sendall(b"x" * 65536)


def _one_byte_at_a_time(link: socket.socket) -> None:
    for byte in b"SSH-2.0-slow" * 1000:
        link.sendall(bytes([byte]))
        time.sleep(0.05)


def _garbage_after_the_banner(link: socket.socket) -> None:
    link.sendall(b"SSH-2.0-x\r\n" + os.urandom(65536))
    time.sleep(0.5)


def _huge_packet(link: socket.socket) -> None:
    link.sendall(b"SSH-2.0-x\r\n" + b"\xff\xff\xff\xf0" + bytes(65536))
    while True:
        link.sendall(bytes(65536))


def _goodbye(link: socket.socket) -> None:
    link.close()


@pytest.mark.parametrize(
    "misbehave", [_endless_banner, _one_byte_at_a_time, _garbage_after_the_banner, _huge_packet, _goodbye]
)
def test_that_what_is_no_ssh_server_is_left_in_time_and_costs_little_memory(misbehave):
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            link = listener.accept()[0]
            with contextlib.suppress(OSError), link:
                misbehave(link)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        before, start = psutil.Process().memory_info().rss, time.monotonic()
        with pytest.raises(UnreachableError):
            SshTransport(Device("x", "127.0.0.1", listener.getsockname()[1]), timeout_s=2)
        assert time.monotonic() - start < 4
        assert psutil.Process().memory_info().rss - before < 64 << 20
        thread.join(6)


class _Silent(paramiko.ServerInterface):
    """Lets everybody in and never answers the request to start a program."""

    def __init__(self) -> None:
        self.asked, self.over = threading.Event(), threading.Event()

    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL

    def get_allowed_auths(self, username):
        return "publickey"

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel, command):
        self.asked.set()
        self.over.wait(20)
        return False


def test_that_a_board_that_never_answers_exec_is_left_at_the_deadline(sshd: Board):
    server, key = _Silent(), paramiko.Ed25519Key.from_private_key_file(str(sshd.folder / "host_key"))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            transport = paramiko.Transport(listener.accept()[0])
            transport.add_server_key(key)
            transport.start_server(server=server, event=threading.Event())
            server.over.wait(30)
            transport.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with SshTransport(
                _device(sshd, port=listener.getsockname()[1]), accept_fingerprint=sshd.fingerprint
            ) as link:
                start = time.monotonic()
                with pytest.raises(UnreachableError) as raised:
                    link.run("agent", Deadline(1))
                assert raised.value.code == "deadline"
                assert time.monotonic() - start < 3
            assert server.asked.is_set()
        finally:
            server.over.set()
            thread.join()


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
    device = Device("p", "inner")
    with pytest.raises(HostKeyError) as raised:  # the fingerprint is the board's, not the jump host's
        SshTransport(device, accept_fingerprint=sshd.fingerprint)
    assert "ssh hop" in raised.value.remedy
    public = (sshd.folder / "host_key.pub").read_text()
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {public}")
    before = sshd.log.read_text().count("Accepted publickey")
    with SshTransport(device, accept_fingerprint=sshd.fingerprint):
        pass
    assert sshd.log.read_text().count("Accepted publickey") == before + 2


def test_that_several_jump_hosts_are_passed_in_their_order(sshd: Board, home: Path):
    (home / ".ssh").mkdir(mode=0o700)
    where = f"  HostName 127.0.0.1\n  Port {sshd.port}\n  User {sshd.user}\n  IdentityFile {sshd.identity}\n"
    (home / ".ssh" / "config").write_text(
        f"Host outer\n{where}\nHost middle\n{where}\nHost inner\n{where}  ProxyJump outer,middle\n"
        f"Host round\n{where}  ProxyJump round\n"
    )
    public = (sshd.folder / "host_key.pub").read_text()
    (home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{sshd.port} {public}")
    before = sshd.log.read_text().count("Accepted publickey")
    with SshTransport(Device("p", "inner")):
        pass
    assert sshd.log.read_text().count("Accepted publickey") == before + 3
    with pytest.raises(UnreachableError, match="jump"):
        SshTransport(Device("p", "round"))


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


def test_that_another_board_behind_a_known_address_is_a_warning(board: Board):
    Inventory.load().update("board", device_id="serial-of-another")
    said = []
    with connect("board", emit=said.append):
        pass
    assert any("another board" in event.message for event in said if isinstance(event, Log))
    assert Inventory.load().get("board").device_id != "serial-of-another"


@pytest.mark.parametrize("proven", [False, True], ids=["another board", "the same board under two names"])
def test_that_one_device_can_write_only_its_own_rows(board: Board, proven: bool):
    """Readings are filed under what a board says it is; what is another board's by its pinned host key is not believed."""
    inventory = Inventory.load()
    device = inventory.get("board")
    assert device.host_key is not None
    key = device.host_key if proven else replace(device.host_key, key="of-the-victim")
    inventory.put(replace(device, name="victim", host_key=key))
    inventory.update("board", device_id="what-it-was-until-now")
    if proven:
        with connect("board") as client:
            assert client.hello.device_id == device.device_id
        return
    for _ in range(2):
        with pytest.raises(RejectedError, match="which is victim with another host key") as caught, connect("board"):
            pytest.fail("it was let in")
        assert caught.value.code == "identity-taken"
    assert Inventory.load().get("board").device_id == "what-it-was-until-now"


def test_that_no_board_takes_the_identity_of_this_computer(board: Board, tmp_path: Path, monkeypatch):
    monkeypatch.setattr("engine.deploy.inventory._loopback_id_file", lambda: tmp_path / "identity")
    device = Inventory.load().get("board")
    assert device.device_id is not None
    with connect("loopback") as client:
        assert loopback_id() == client.hello.device_id != device.device_id
    with connect("board"):
        pass  # the control: it is another one
    keep_loopback_id(device.device_id)
    Inventory.load().update("board", device_id="what-it-was-until-now")
    with pytest.raises(RejectedError, match="which is this computer") as caught, connect("board"):
        pytest.fail("it was let in")
    assert (caught.value.code, "loopback" in caught.value.remedy) == ("identity-taken", True)
    assert Inventory.load().get("board").device_id == "what-it-was-until-now"
    with pytest.raises(RejectedError, match="which is this computer"):
        Inventory.load().enrol(replace(device, name="second"))
    assert [item.name for item in Inventory.load().all()] == ["loopback", "board"]


def test_that_the_pinned_key_is_kept_with_the_device(board: Board):
    device = Inventory.load().get("board")
    assert device.host_key is not None
    assert device.host_key.key in (board.folder / "host_key.pub").read_text()
    assert device.device_id

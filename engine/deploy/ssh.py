"""SSH through paramiko: pinned host keys, strong algorithms only, a deadline on everything.

paramiko waits without end in several places (exit status, SFTP, a link that stalls), so every wait here has a timeout and
a watchdog closes the transport when an operation outlives its deadline. The socket is ours: TCP_NODELAY (paramiko never
sets it), keep-alive and TCP_USER_TIMEOUT.
"""

import base64
import hashlib
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paramiko

from ..errors import AuthenticationError, HostKeyError, UnreachableError
from ..events import Emit, Log, ignore
from .inventory import Device, HostKey
from .transport import Channel, Deadline, Transport, Watchdog, late

CIPHERS = ("aes256-gcm@openssh.com", "aes128-gcm@openssh.com", "aes256-ctr", "aes128-ctr")
DIGESTS = (
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
)
WEAK_KEX = ("diffie-hellman-group14-sha256", "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1")
CONNECT_TIMEOUT_S = 15.0
USER_TIMEOUT_MS = 20_000
MAX_JUMPS = 4
STDERR_KEPT = 4000
WINDOW_BYTES = 4 << 20

Confirm = Callable[[str, str], bool]
"""Asked with host and fingerprint of an unknown key; True = it is the board's."""

AskPassphrase = Callable[[str], str]

logging.getLogger("paramiko").setLevel(logging.CRITICAL)


def fingerprint(key: paramiko.PKey) -> str:
    """``SHA256:...`` as ssh-keygen prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


class _Policy(paramiko.MissingHostKeyPolicy):
    """Nothing is added by itself: an unknown key is accepted by its fingerprint or by a person, or refused."""

    def __init__(self, accept: str | None, confirm: Confirm | None) -> None:
        self._accept, self._confirm = accept, confirm

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        found = fingerprint(key)
        if self._accept is not None:
            if self._accept.strip() == found:
                return
            raise HostKeyError(
                "host-key-mismatch",
                f"{hostname} shows the key {found}, not {self._accept}",
                "look at the key on the board itself: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub",
            )
        if self._confirm is not None and self._confirm(hostname, found):
            return
        raise HostKeyError(
            "host-key-unknown",
            f"the host key of {hostname} is not known: {found}",
            f"compare it on the board, then: flyweight device add NAME USER@HOST --accept-fingerprint {found}",
        )


class SshChannel(Channel):
    """One exec channel."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._stderr = b""

    def read(self, count: int, deadline: Deadline) -> bytes:
        """At most ``count`` bytes."""
        self._drain()
        self._channel.settimeout(deadline.check("reading from the board"))
        try:
            data = self._channel.recv(count)
        except TimeoutError:
            raise late("reading from the board", deadline.seconds) from None
        except (OSError, paramiko.SSHException) as error:
            raise _lost(error) from None
        if not data:
            self._drain()
        return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Send all."""
        self._channel.settimeout(deadline.check("writing to the board"))
        try:
            self._channel.sendall(data)
        except TimeoutError:
            raise late("writing to the board", deadline.seconds) from None
        except (OSError, paramiko.SSHException, EOFError) as error:
            self._drain()
            raise _lost(error) from None

    def _drain(self) -> None:
        """Unread stderr would stop the channel when its window is full."""
        while self._channel.recv_stderr_ready():
            data = self._channel.recv_stderr(65536)
            if not data:
                return
            self._stderr = (self._stderr + data)[-STDERR_KEPT:]

    def finish_writing(self) -> None:
        """Half-close."""
        try:
            self._channel.shutdown_write()
        except (OSError, paramiko.SSHException):
            return

    def close(self) -> None:
        """End the channel."""
        self._channel.close()

    @property
    def stderr_tail(self) -> str:
        """What the program said last."""
        self._drain()
        return self._stderr.decode("utf-8", "replace").strip()


def _lost(error: Exception) -> UnreachableError:
    return UnreachableError(
        "link-lost",
        f"the connection to the board was lost: {str(error)[:200] or type(error).__name__}",
        "try again; uploads go on where they stopped",
    )


class SshTransport(Transport):
    """A connection to one board.

    Args:
        device: whom to reach; a Host of ~/.ssh/config may fill in the rest.
        accept_fingerprint: for the first contact.
        confirm: asked for an unknown key when no fingerprint was given.
        ask_passphrase: asked for the passphrase of an encrypted key file.
    """

    def __init__(
        self,
        device: Device,
        *,
        accept_fingerprint: str | None = None,
        confirm: Confirm | None = None,
        ask_passphrase: AskPassphrase | None = None,
        timeout_s: float = CONNECT_TIMEOUT_S,
        emit: Emit = ignore,
    ) -> None:
        self._clients: list[paramiko.SSHClient] = []
        self._ask = ask_passphrase
        self._emit = emit
        deadline = Deadline(timeout_s)
        with Watchdog(self, deadline) as dog:
            try:
                policy = _Policy(accept_fingerprint, confirm)
                self._client = self._connect(device, policy, deadline, 0)
            except BaseException:
                self.close()
                if dog.fired:
                    raise late(f"connecting to {device.address}", timeout_s) from None
                raise

    @property
    def host_key(self) -> HostKey:
        """The key the board showed in this connection."""
        transport = self._client.get_transport()
        if transport is None:
            raise UnreachableError("link-lost", "the connection is closed", "connect again")
        key = transport.get_remote_server_key()
        return HostKey(key.get_name(), key.get_base64())

    def _connect(self, device: Device, policy: _Policy, deadline: Deadline, depth: int) -> paramiko.SSHClient:
        settings = _settings(device.host, self._emit)
        host = settings.get("hostname", device.host)
        port = device.port if device.port != 22 else int(settings.get("port", 22))
        user = device.user or settings.get("user")
        identity = [device.identity] if device.identity else settings.get("identityfile", [])
        jump = settings.get("proxyjump", "none")
        if jump.lower() != "none":
            link = self._through(jump, host, port, policy, deadline, depth)
        else:
            link = _socket(host, port, deadline, device.address)
        client = paramiko.SSHClient()
        self._clients.append(client)
        client.set_missing_host_key_policy(policy)
        _known_hosts(client, device, host, port)
        self._login(client, link, host, port, user, [str(Path(p).expanduser()) for p in identity], settings, deadline)
        return client

    def _through(self, jump: str, host: str, port: int, policy: _Policy, deadline: Deadline, depth: int) -> Any:
        from .inventory import parse_address

        if depth >= MAX_JUMPS:
            raise UnreachableError(
                "too-many-jumps", f"more than {MAX_JUMPS} jump hosts", "shorten ProxyJump in ~/.ssh/config"
            )
        user, name, jump_port = parse_address(jump.split(",")[-1])
        hop = Device(name, name, jump_port or 22, user)
        client = self._connect(hop, policy, deadline, depth + 1)
        transport = client.get_transport()
        assert transport is not None
        try:
            return transport.open_channel("direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=deadline.left)
        except paramiko.SSHException as error:
            raise UnreachableError(
                "jump-failed", f"{name} cannot reach {host}:{port}: {error}", "check ProxyJump in ~/.ssh/config"
            ) from None

    def _login(
        self,
        client: paramiko.SSHClient,
        link: Any,
        host: str,
        port: int,
        user: str | None,
        identity: list[str],
        settings: dict[str, Any],
        deadline: Deadline,
        passphrase: str | None = None,
    ) -> None:
        only_named = bool(identity) and settings.get("identitiesonly", "no").lower() == "yes"
        try:
            client.connect(
                host,
                port,
                username=user,
                key_filename=[p for p in identity if Path(p).exists()] or None,  # type: ignore[arg-type]
                passphrase=passphrase,
                sock=link,
                timeout=deadline.left,
                banner_timeout=deadline.left,
                auth_timeout=deadline.left,
                channel_timeout=deadline.left,
                allow_agent=not only_named,
                look_for_keys=not identity,
                transport_factory=_transport,
            )
        except paramiko.PasswordRequiredException:
            if self._ask is None or passphrase is not None:
                raise AuthenticationError(
                    "key-encrypted",
                    f"the key {', '.join(identity) or 'in ~/.ssh'} is encrypted",
                    "add it to the ssh agent: ssh-add",
                ) from None
            client.close()
            fresh = _socket(host, port, deadline, host)
            answer = self._ask(", ".join(identity) or "~/.ssh")
            self._login(client, fresh, host, port, user, identity, settings, deadline, answer)
        except paramiko.BadHostKeyException as error:
            raise HostKeyError(
                "host-key-changed",
                f"the host key of {host} changed: pinned {fingerprint(error.expected_key)}, now {fingerprint(error.key)}",
                "if you re-flashed this board: flyweight device remove NAME, then add it again and compare the new key; "
                "if not, somebody may be in between",
            ) from None
        except paramiko.AuthenticationException as error:
            raise AuthenticationError(
                "login-refused",
                f"{host} accepted none of the keys for user {user or '(yours)'}: {error}",
                f"try: ssh-copy-id {user or 'USER'}@{host}   or give the right key: --identity FILE",
            ) from None
        except (HostKeyError, AuthenticationError):
            raise
        except (paramiko.SSHException, OSError, EOFError, ValueError) as error:
            raise UnreachableError(
                "ssh-failed",
                f"SSH with {host}:{port} failed: {str(error)[:300] or type(error).__name__}",
                "check with: ssh -v; the server must offer modern algorithms (AES-GCM or CTR, SHA-2)",
            ) from None

    def run(self, command: str, deadline: Deadline) -> SshChannel:
        """Start a program in an exec channel."""
        transport = self._client.get_transport()
        if transport is None or not transport.is_active():
            raise UnreachableError("link-lost", "the connection is closed", "connect again")
        try:
            channel = transport.open_session(timeout=deadline.check("opening a channel"), window_size=WINDOW_BYTES)
            channel.settimeout(deadline.left)
            channel.exec_command(command)
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise _lost(error) from None
        return SshChannel(channel)

    def close(self) -> None:
        """Close all hops."""
        for client in reversed(self._clients):
            client.close()


def _transport(sock: Any, **options: Any) -> paramiko.Transport:
    """A transport that offers strong algorithms only, GCM first."""
    transport = paramiko.Transport(sock, **options)
    security = transport.get_security_options()
    security.ciphers = tuple(name for name in CIPHERS if name in security.ciphers)
    security.digests = tuple(name for name in DIGESTS if name in security.digests)
    security.kex = tuple(name for name in security.kex if name not in WEAK_KEX)
    return transport


def _socket(host: str, port: int, deadline: Deadline, shown: str) -> socket.socket:
    try:
        link = socket.create_connection((host, port), max(deadline.left, 0.1))
    except socket.gaierror as error:
        raise UnreachableError(
            "name-unknown",
            f"{host} does not resolve ({error.strerror})",
            "is the board on and in this network? try its IP address",
        ) from None
    except OSError as error:
        raise UnreachableError(
            "unreachable",
            f"{shown}: {error.strerror or 'no answer'} (port {port})",
            "check power, network and that SSH is switched on; flyweight device doctor NAME finds the step",
        ) from None
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)
    return link


def _known_hosts(client: paramiko.SSHClient, device: Device, host: str, port: int) -> None:
    """The pinned key of the device; for a device without one, the user's own known_hosts is believed."""
    if device.host_key is not None:
        entry = f"[{host}]:{port}" if port != 22 else host
        line = paramiko.hostkeys.HostKeyEntry.from_line(f"{entry} {device.host_key.type} {device.host_key.key}")
        if line is not None and line.key is not None:
            client.get_host_keys().add(entry, device.host_key.type, line.key)
        return
    path = Path("~/.ssh/known_hosts").expanduser()
    if path.is_file():
        try:
            client.load_system_host_keys(str(path))
        except (OSError, paramiko.SSHException, ValueError):
            return


def _settings(host: str, emit: Emit) -> dict[str, Any]:
    """What ~/.ssh/config says of a host; a file that paramiko cannot read is a warning, not a failure."""
    path = Path("~/.ssh/config").expanduser()
    if not path.is_file():
        return {}
    try:
        return dict(paramiko.SSHConfig.from_path(str(path)).lookup(host))
    except (OSError, ValueError, paramiko.SSHException, KeyError) as error:
        emit(Log(f"~/.ssh/config was left out, it cannot be read: {str(error)[:200]}", "warning"))
        return {}

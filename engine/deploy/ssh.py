"""SSH through paramiko: pinned host keys, strong algorithms only, a deadline on everything.

paramiko waits without end in several places (the reply to exec, exit status, a socket that stalls), so every wait here is
a slice of a deadline, and a watchdog closes the transport when an operation outlives it. The liveness of a session is
asked with the agent's ping, because SSH's keep-alive sends but never looks for an answer.
"""

import logging
from contextlib import suppress
from dataclasses import replace
from typing import Any

import paramiko

from ..errors import FlyweightError, HostKeyError, UnreachableError
from ..events import Emit, ignore
from .host_keys import Confirm, Expectation, UnknownHostKeyError, fingerprint, known_hosts, shown_by
from .inventory import Device, HostKey, parse_address
from .login_key import login_key
from .sockets import open_socket
from .ssh_config import DEFAULT_PORT, host_settings
from .ssh_login import AskPassphrase, AskPassword, Login
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
MAX_JUMPS = 4
STDERR_KEPT = 4000
WINDOW_BYTES = 4 << 20
PACKET_BYTES = 32768
SLICE_S = 0.5

LOST = (OSError, paramiko.SSHException, EOFError)

logging.getLogger("paramiko").setLevel(logging.CRITICAL)


class SshChannel(Channel):
    """One exec channel."""

    def __init__(self, channel: paramiko.Channel) -> None:
        self._channel = channel
        self._stderr = b""

    def read(self, count: int, deadline: Deadline) -> bytes:
        """At most ``count`` bytes."""
        while True:
            self._drain()
            self._channel.settimeout(min(deadline.check("reading from the board"), SLICE_S))
            try:
                data = self._channel.recv(count)
            except TimeoutError:
                continue
            except LOST as error:
                raise _lost(error) from None
            if not data:
                self._drain()
            return data

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Send all."""
        sent = 0
        while sent < len(data):
            self._channel.settimeout(min(deadline.check("writing to the board"), SLICE_S))
            try:
                count = self._channel.send(data[sent : sent + PACKET_BYTES])
            except TimeoutError:
                self._drain()
                continue
            except LOST as error:
                self._drain()
                raise _lost(error) from None
            if count == 0:
                self._drain()
                raise _lost(EOFError("the program on the board ended"))
            sent += count

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
        except LOST:
            return

    def close(self) -> None:
        """End the channel; that the link is gone already is no error."""
        with suppress(*LOST):
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
        accept_fingerprint: of the board's key, for the first contact.
        confirm: asked with host and fingerprint of an unknown key when no fingerprint was given; True = it is the board's.
        ask_passphrase: asked for the passphrase of an encrypted key file.
        ask_password: log in by password instead of keys; jump hosts never see it.
        reflashed: a person says that the board was flashed anew: what ~/.ssh/known_hosts knows of it counts no longer, and the
            key it shows has to be accepted like that of a new board.
        timeout_s: for all of it; the time a person needs for an answer does not count.

    Raises:
        HostKeyError: the board's key is unknown or another one; nothing was sent to it.
        AuthenticationError: no key opens it. UnreachableError: the rest.
    """

    def __init__(
        self,
        device: Device,
        *,
        accept_fingerprint: str | None = None,
        confirm: Confirm | None = None,
        ask_passphrase: AskPassphrase | None = None,
        ask_password: AskPassword | None = None,
        reflashed: bool = False,
        timeout_s: float = CONNECT_TIMEOUT_S,
        emit: Emit = ignore,
    ) -> None:
        self._hops: list[paramiko.Transport] = []
        self._reflashed = reflashed
        self._ask, self._ask_password, self._emit = ask_passphrase, ask_password, emit
        deadline = Deadline(timeout_s)
        _agrees(device, accept_fingerprint)
        try:
            self._transport = self._connect(device, accept_fingerprint, deadline)
        except UnknownHostKeyError as unknown:
            # The first connection is closed while a person compares: a server does not wait that long for a login.
            self.close()
            if confirm is None or unknown.host != device.host or not confirm(device.host, unknown.found):
                raise
            self._transport = self._connect(device, unknown.found, Deadline(timeout_s))

    def _connect(self, device: Device, accept: str | None, deadline: Deadline) -> paramiko.Transport:
        with Watchdog(self, deadline) as dog:
            try:
                return self._reach(device, accept, deadline, (), 0)
            except BaseException as error:
                self.close()
                said = (
                    isinstance(error, UnreachableError) and error.code == "deadline"
                )  # what took the time is named already
                if dog.fired and not said and not isinstance(error, (HostKeyError, KeyboardInterrupt)):
                    raise late(f"connecting to {device.address}", deadline.seconds) from None
                raise

    @property
    def host_key(self) -> HostKey:
        """The key the board showed in this connection."""
        return shown_by(self._transport)

    def _reach(
        self, device: Device, accept: str | None, deadline: Deadline, jumps: tuple[str, ...], depth: int
    ) -> paramiko.Transport:
        settings = host_settings(device.host, self._emit)
        port = device.port if device.port != DEFAULT_PORT else settings.port
        jumps = jumps or settings.jumps
        if jumps:
            link = self._through(jumps, settings.host, port, deadline, depth)
        else:
            enrolled = device.name if depth == 0 and device.host_key is not None else None
            link = open_socket(settings.host, port, deadline, device.address, enrolled)
        expected = self._expectation(device, settings.host, port, accept, depth)
        identities = (device.identity,) if device.identity else settings.identities
        login = Login(device.user or settings.user, identities, settings.identities_only, self._ask, self._emit)
        if device.restricted:
            login = replace(login, identities=(str(login_key().path),), alone=True)
        elif depth == 0:
            login = replace(login, ask_password=self._ask_password)
        return self._open(link, expected, login, deadline)

    def _expectation(self, device: Device, host: str, port: int, accept: str | None, depth: int) -> Expectation:
        again = (
            f"if you re-flashed this board: flyweight device add {device.name} {device.address} --reflashed, and compare "
            "the new key; if not, somebody may be in between"
        )
        if device.host_key is not None:
            return Expectation(device.host, (device.host_key,), None, "", again)
        if depth:
            again = (
                f"if it got a new key: ssh-keygen -R {device.host}, then connect to it by hand and compare the key; if not, "
                "somebody may be in between"
            )
            remedy = f"connect to it by hand once and compare the key: ssh {device.host}"
        else:
            anew = " --reflashed" if self._reflashed else ""
            command = f"flyweight device add {device.name} {device.address}{anew} --accept-fingerprint {{found}}"
            remedy = f"compare it on the board, then: {command}"
        # A fingerprint that was given is what counts, whatever known_hosts says.
        known = () if accept is not None or (self._reflashed and not depth) else known_hosts(host, port)
        return Expectation(device.host, known, accept, remedy, again)

    def _through(self, jumps: tuple[str, ...], host: str, port: int, deadline: Deadline, depth: int) -> Any:
        if depth >= MAX_JUMPS:
            raise UnreachableError(
                "too-many-jumps", f"more than {MAX_JUMPS} jump hosts", "shorten ProxyJump in ~/.ssh/config"
            )
        user, name, jump_port = parse_address(jumps[-1])
        hop = Device(name, name, jump_port or DEFAULT_PORT, user)
        transport = self._reach(hop, None, deadline, jumps[:-1], depth + 1)
        try:
            return transport.open_channel("direct-tcpip", (host, port), ("127.0.0.1", 0), timeout=deadline.left)
        except LOST as error:
            raise UnreachableError(
                "jump-failed", f"{name} cannot reach {host}:{port}: {error}", "check ProxyJump in ~/.ssh/config"
            ) from None

    def _open(self, link: Any, expected: Expectation, login: Login, deadline: Deadline) -> paramiko.Transport:
        try:
            transport = _strong(link)
            self._hops.append(transport)
            transport.banner_timeout = transport.auth_timeout = transport.channel_timeout = deadline.left
            security = transport.get_security_options()
            security.key_types = expected.order(tuple(security.key_types))
            transport.start_client(timeout=deadline.left)
            expected.check(shown_by(transport))
            login.enter(transport, expected.host, deadline)
        except paramiko.ssh_exception.IncompatiblePeer as error:
            raise UnreachableError(
                "weak-algorithms",
                f"{expected.host} offers no algorithms that are safe: {str(error)[:200]}",
                "update the SSH server on the board: it needs AES-GCM or CTR and SHA-2",
            ) from None
        except FlyweightError:
            raise
        except (*LOST, ValueError) as error:
            raise UnreachableError(
                "ssh-failed",
                f"SSH with {expected.host} failed: {str(error)[:300] or type(error).__name__}",
                "check with: ssh -v; is it an SSH server, and is it allowed to log in there?",
            ) from None
        return transport

    def run(self, command: str, deadline: Deadline) -> SshChannel:
        """Start a program in an exec channel."""
        if not self._transport.is_active():
            raise UnreachableError(
                "link-lost",
                "the connection is closed",
                "check the board's power and network, then give the same command again",
            )
        # The wait for the answer to exec has no timeout of its own.
        with Watchdog(self, deadline) as dog:
            try:
                channel = self._transport.open_session(
                    timeout=deadline.check("opening a channel"), window_size=WINDOW_BYTES
                )
                channel.exec_command(command)
            except LOST as error:
                if dog.fired:
                    raise late("starting a program on the board", deadline.seconds) from None
                raise _lost(error) from None
        return SshChannel(channel)

    def close(self) -> None:
        """Close all hops, the farthest first."""
        for transport in reversed(self._hops):
            transport.close()


def shown_key(host: str, port: int, timeout_s: float) -> HostKey | None:
    """The key an SSH server shows, without a login; None when there is none to be had."""
    deadline = Deadline(timeout_s)
    try:
        transport = _strong(open_socket(host, port, deadline, host))
    except (FlyweightError, *LOST, ValueError):
        return None
    try:
        transport.banner_timeout = deadline.left
        transport.start_client(timeout=deadline.left)
        return shown_by(transport)
    except (FlyweightError, *LOST, ValueError):
        return None
    finally:
        transport.close()


def _agrees(device: Device, accept: str | None) -> None:
    """A fingerprint that is given for a device whose key is pinned must be the pinned one's."""
    if accept is None or device.host_key is None:
        return
    pinned = fingerprint(device.host_key)
    if accept.strip() != pinned:
        raise HostKeyError(
            "host-key-mismatch",
            f"the key that is pinned for {device.name} is {pinned}, not {accept[:100]}",
            f"if you re-flashed this board: flyweight device add {device.name} {device.address} --reflashed",
        )


def _strong(link: Any) -> paramiko.Transport:
    """A transport that offers strong algorithms only, GCM first."""
    transport = paramiko.Transport(link)
    security = transport.get_security_options()
    security.ciphers = tuple(name for name in CIPHERS if name in security.ciphers)
    security.digests = tuple(name for name in DIGESTS if name in security.digests)
    security.kex = tuple(name for name in security.kex if name not in WEAK_KEX)
    return transport

"""Login with the user's keys: named files, the ssh agent, the usual files in ~/.ssh; or by a password. Nothing is stored."""

import getpass
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import paramiko

from ..errors import AuthenticationError
from ..events import Emit, Log
from .transport import Deadline

KEY_TYPES: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")

AskPassphrase = Callable[[str], str]
"""Asked with the path of an encrypted key."""

AskPassword = Callable[[str], str]
"""Asked with ``user@host``, after the host key was found right; the answer is sent to that host and kept nowhere."""

PASSWORD_TRIES = 3
USUAL_PORT = 22


class _EncryptedError(Exception):
    """A key file needs a passphrase."""


@dataclass(frozen=True)
class Login:
    """Who wants in, and with which keys.

    Args:
        user: on the board; None = the name of this user.
        identities: key files; without any, the usual ones in ~/.ssh.
        only: of the ssh agent's keys only those that are named (IdentitiesOnly).
        ask: for passphrases; None = encrypted files are left to the ssh agent.
        alone: the files that are named and no other key: what a board lets this desktop's own key do is not to be had
            by accident with more.
        ask_password: log in by password instead of keys; one that gives the same answer again is not tried again.
    """

    user: str | None
    identities: tuple[str, ...]
    only: bool
    ask: AskPassphrase | None
    emit: Emit
    alone: bool = False
    ask_password: AskPassword | None = field(default=None, repr=False)

    def enter(self, transport: paramiko.Transport, host: str, deadline: Deadline) -> None:
        """Try one key after the other: readable files, the ssh agent, encrypted files; or the password that is asked for.

        Raises:
            AuthenticationError: the board accepts none of them, or a passphrase is needed.
        """
        user = self.user or getpass.getuser()
        if self.ask_password is not None:
            self._by_password(self.ask_password, transport, user, host, deadline)
            return
        tried: set[bytes] = set()
        encrypted: list[Path] = []
        with closing(self._keys(encrypted, deadline)) as keys:
            for key in keys:
                if key.asbytes() in tried:
                    continue
                tried.add(key.asbytes())
                try:
                    left = transport.auth_publickey(user, key)
                except paramiko.AuthenticationException:
                    if transport.is_active():
                        continue
                    break
                if not left:
                    return
                raise _second_factor(f"{host} wants more than a key of {user}", left)
        if encrypted and self.ask is None:
            raise AuthenticationError(
                "key-encrypted",
                f"the key {encrypted[0]} is encrypted",
                f"add it to the ssh agent: ssh-add {encrypted[0]}",
            )
        raise AuthenticationError(
            "login-refused",
            f"{host} accepted none of {len(tried)} keys for user {user}"
            if tried
            else f"no key to log in to {host} with",
            f"try: ssh-copy-id {_port(transport)}{user}@{host}   or give the right key: --identity FILE   or log in by password "
            "once: --password",
        )

    def _by_password(
        self, ask: AskPassword, transport: paramiko.Transport, user: str, host: str, deadline: Deadline
    ) -> None:
        """Send the password as such, or as the answer to the one question of keyboard-interactive."""
        before: str | None = None
        for _ in range(PASSWORD_TRIES):
            with deadline.paused():
                password = ask(f"{user}@{host}")
            if password == before:
                break
            before = password
            try:
                left = _with_password(transport, user, password)
            except paramiko.BadAuthenticationType as error:
                raise AuthenticationError(
                    "no-password-login",
                    f"{host} takes no passwords, only: {', '.join(error.allowed_types)[:200]}",
                    "log in with a key: --identity FILE",
                ) from None
            except paramiko.AuthenticationException:
                if transport.is_active():
                    continue
                break
            if left:
                raise _second_factor(f"{host} wants more than the password of {user}", left)
            return
        raise AuthenticationError(
            "wrong-password",
            f"{host} refused the password of {user}",
            "check user and password; many systems refuse passwords for root",
        )

    def _keys(self, encrypted: list[Path], deadline: Deadline) -> Generator[paramiko.PKey, None, None]:
        paths = [Path(item).expanduser() for item in self.identities]
        if not paths:
            paths = [Path("~/.ssh").expanduser() / name for name in USUAL]
        paths = [path for path in paths if path.is_file()]
        for path in paths:
            try:
                key = self._read(path, None)
            except _EncryptedError:
                encrypted.append(path)
                continue
            if key is not None:
                yield key
        if not self.alone:
            yield from self._of_agent(paths)
        for path in encrypted if self.ask is not None else ():
            with deadline.paused():
                passphrase = self.ask(str(path)) if self.ask is not None else ""
            key = self._read(path, passphrase)
            if key is None:
                raise AuthenticationError(
                    "wrong-passphrase", f"that passphrase does not open {path}", "try again, or: ssh-add FILE"
                )
            yield key

    def _read(self, path: Path, passphrase: str | None) -> paramiko.PKey | None:
        for kind in KEY_TYPES:
            try:
                return kind.from_private_key_file(str(path), passphrase)
            except paramiko.PasswordRequiredException:
                raise _EncryptedError from None
            except (paramiko.SSHException, ValueError, IndexError):
                continue
            except OSError as error:
                self.emit(Log(f"{path} cannot be read: {error.strerror}", "warning"))
                return None
        if passphrase is None and path.suffix == ".pub":
            self.emit(Log(f"{path} is the public half of a key; the private one is {path.with_suffix('')}", "warning"))
        elif passphrase is None:
            self.emit(Log(f"{path} is no private key that can be used here", "warning"))
        return None

    def _of_agent(self, named: list[Path]) -> Generator[paramiko.PKey, None, None]:
        try:
            agent = paramiko.Agent()
        except (OSError, paramiko.SSHException) as error:
            self.emit(Log(f"the ssh agent does not answer: {str(error)[:200]}", "warning"))
            return
        wanted = {_public(path) for path in named} - {None}
        with closing(agent):  # its keys sign through this connection
            yield from (key for key in agent.get_keys() if not self.only or key.get_base64() in wanted)


def _with_password(transport: paramiko.Transport, user: str, password: str) -> list[str]:
    """What the server wants besides the password; it is sent as such, or as the answer to the one question."""
    try:
        return transport.auth_password(user, password, fallback=False)
    except paramiko.BadAuthenticationType as error:
        if "keyboard-interactive" not in error.allowed_types:
            raise

    def answer(title: str, instructions: str, questions: list[tuple[str, bool]]) -> list[str]:
        # More than one question asks for a code or a new password, too: that is not known here, and refused there.
        return [password] * len(questions) if len(questions) == 1 else []

    return transport.auth_interactive(user, answer)


def _second_factor(what: str, left: list[str]) -> AuthenticationError:
    return AuthenticationError(
        "second-factor", f"{what}: {', '.join(left)}", "allow login by key alone for this user on the board"
    )


def _public(path: Path) -> str | None:
    """The public half beside a private key, in base64."""
    try:
        return path.with_name(path.name + ".pub").read_text().split()[1]
    except (OSError, ValueError, IndexError):
        return None


def _port(transport: paramiko.Transport) -> str:
    """The words by which ssh-copy-id goes to another port than the usual one."""
    try:
        port = transport.getpeername()[1]
    except (OSError, AttributeError, IndexError):  # it was lost, or leads through another host
        return ""
    return "" if port == USUAL_PORT else f"-p {port} "

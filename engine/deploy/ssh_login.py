"""Login with the user's keys: named files, the ssh agent, the usual files in ~/.ssh. No passwords, and nothing is stored."""

import getpass
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import paramiko

from ..errors import AuthenticationError
from ..events import Emit, Log
from .transport import Deadline

KEY_TYPES: tuple[type[paramiko.PKey], ...] = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)
USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")

AskPassphrase = Callable[[str], str]
"""Asked with the path of an encrypted key."""


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
    """

    user: str | None
    identities: tuple[str, ...]
    only: bool
    ask: AskPassphrase | None
    emit: Emit
    alone: bool = False

    def enter(self, transport: paramiko.Transport, host: str, deadline: Deadline) -> None:
        """Try one key after the other: readable files, the ssh agent, encrypted files.

        Raises:
            AuthenticationError: the board accepts none of them, or a passphrase is needed.
        """
        user = self.user or getpass.getuser()
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
                raise AuthenticationError(
                    "second-factor",
                    f"{host} wants more than a key of {user}: {', '.join(left)}",
                    "allow login by key alone for this user on the board",
                )
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
            f"try: ssh-copy-id {user}@{host}   or give the right key: --identity FILE",
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
        if passphrase is None:
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


def _public(path: Path) -> str | None:
    """The public half beside a private key, in base64."""
    try:
        return path.with_name(path.name + ".pub").read_text().split()[1]
    except (OSError, ValueError, IndexError):
        return None

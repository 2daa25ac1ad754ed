"""The user's ed25519 signing key: made on first use, private to the user, never sent anywhere.

It lies in the user's data folder as ``keys/signing.pem`` (PKCS #8, mode 0600). Public keys of other desktops whose
bundles may be opened here lie beside it as ``<key id>.pub`` (64 hex digits).
"""

import contextlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ..errors import WorkspaceError
from ..records import sha256_hex
from ..workspace import user_data_dir

FILE = "signing.pem"
NEXT = "signing.next.pem"


@dataclass(frozen=True)
class SigningKey:
    """A private key; ``public`` is its raw public key (32 bytes), ``id`` names it on boards and in bundles."""

    id: str
    public: bytes
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    def sign(self, content: bytes) -> str:
        """Signature of ``content`` in hex (128 digits)."""
        return self._private.sign(content).hex()


def key_id(public: bytes) -> str:
    """The first 16 hex digits of the SHA-256 of a raw public key."""
    return sha256_hex(public)[:16]


def next_key(folder: Path | None = None) -> SigningKey:
    """The key that will replace the user's; made on first use and kept until :func:`replace_key`."""
    return _key((folder or user_data_dir() / "keys") / NEXT)


def replace_key(folder: Path | None = None) -> SigningKey:
    """Make the next key the user's; bundles of the one before can still be opened here. Returns the key that went."""
    place = folder or user_data_dir() / "keys"
    old = signing_key(place)
    next_key(place)
    (place / f"{old.id}.pub").write_text(old.public.hex() + "\n", "ascii")
    (place / NEXT).replace(place / FILE)
    return old


def signing_key(folder: Path | None = None) -> SigningKey:
    """This user's key.

    Args:
        folder: where it lies; None = the user's data folder.

    Raises:
        WorkspaceError: the file is damaged, or other users of this computer can read it.
    """
    return _key((folder or user_data_dir() / "keys") / FILE)


def _key(path: Path) -> SigningKey:
    try:
        return _loaded(path, _private_bytes(path))
    except FileNotFoundError:
        _create(path)
        return _loaded(path, _private_bytes(path))


def verify(public: bytes, content: bytes, signature: str) -> bool:
    """Whether ``signature`` (hex) is that of ``content`` under a raw public key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def trusted_keys(folder: Path | None = None) -> dict[str, bytes]:
    """Public keys whose bundles are opened here, by id: the user's own and those put beside it."""
    own = signing_key(folder)
    found = {own.id: own.public}
    for path in sorted((folder or user_data_dir() / "keys").glob("*.pub")):
        try:
            public = bytes.fromhex(path.read_text("ascii").strip())
        except (OSError, ValueError):
            continue
        if len(public) == 32:
            found[key_id(public)] = public
    return found


def _create(path: Path) -> None:
    """Write a new key under a temporary name and link it, so that of two processes one wins and none sees a part."""
    content = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    temporary = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(temporary)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise WorkspaceError(
            "not-writable", f"cannot write {path}: {error.strerror}", "make the folder writable or set XDG_DATA_HOME"
        ) from None


def _private_bytes(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as stream:
        mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
        if mode & 0o077:
            raise WorkspaceError(
                "key-permissions",
                f"{path} can be read by other users (mode {mode:04o})",
                f"if only you had access so far: chmod 600 {path}; else delete it and add your devices again",
            )
        return stream.read(1 << 16)


def _loaded(path: Path, content: bytes) -> SigningKey:
    try:
        private = serialization.load_pem_private_key(content, None)
    except (ValueError, TypeError):
        private = None
    if not isinstance(private, Ed25519PrivateKey):
        raise WorkspaceError(
            "key-damaged",
            f"{path} holds no ed25519 key",
            "restore it from a backup, or delete it and add your devices again",
        )
    public = private.public_key().public_bytes_raw()
    return SigningKey(key_id(public), public, private)

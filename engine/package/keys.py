"""The signing key of this desktop: ed25519, one per user, never leaves the user's data folder."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..errors import WorkspaceError
from ..workspace import user_data_dir

FILE = "signing-key"


@dataclass(frozen=True)
class SigningKey:
    """A private key and its id, the first 16 hex digits of the SHA-256 of the public key."""

    id: str
    public_key: bytes
    _private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """64 bytes (RFC 8032)."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(id={self.id!r})"


def key_id(public_key: bytes) -> str:
    """Short name of a public key."""
    return sha256(public_key).hexdigest()[:16]


def signing_key(folder: Path | None = None) -> SigningKey:
    """This user's key, made on first use: 32 bytes in a file of mode 0600 that is never overwritten.

    Raises:
        WorkspaceError: the file is damaged or readable by others.
    """
    path = (folder or user_data_dir()) / FILE
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(Ed25519PrivateKey.generate().private_bytes_raw())
            stream.flush()
            os.fsync(stream.fileno())
    return _read(path)


def _read(path: Path) -> SigningKey:
    if path.stat().st_mode & 0o077:
        raise WorkspaceError("key-readable", f"{path} can be read by others", f"chmod 600 {path}")
    seed = path.read_bytes()
    if len(seed) != 32:
        raise WorkspaceError(
            "key-damaged",
            f"{path} is no signing key",
            "move it away; a new one is made, and boards must be added again: flyweight device add",
        )
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = private.public_key().public_bytes_raw()
    return SigningKey(key_id(public), public, private)

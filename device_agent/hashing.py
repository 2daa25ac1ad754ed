"""SHA-2 that stays small: the interpreter's own modules for little content, hashlib for large files.

Importing hashlib loads OpenSSL and costs an idle agent 4 MB; for a file of many megabytes its speed is worth that.
"""

from typing import Any, Optional, Tuple

LARGE_BYTES = 8_000_000
READ_BYTES = 1 << 20


def _new(name: str) -> Any:
    for module in ("_" + name, "_sha2"):
        try:
            return getattr(__import__(module), name)()
        except (ImportError, AttributeError):
            continue
    import hashlib

    return getattr(hashlib, name)()


def new_sha256(size: int = 0) -> Any:
    """A running SHA-256 for content of about ``size`` bytes."""
    if size >= LARGE_BYTES:
        import hashlib

        return hashlib.sha256()
    return _new("sha256")


def sha256_hex(content: bytes) -> str:
    """SHA-256 of bytes in hex."""
    digest = new_sha256(len(content))
    digest.update(content)
    return str(digest.hexdigest())


def sha512(content: bytes) -> bytes:
    """SHA-512 of bytes."""
    digest = _new("sha512")
    digest.update(content)
    return bytes(digest.digest())


def hash_file(path: str, size: Optional[int] = None) -> "Tuple[Any, int]":
    """The running SHA-256 over a file, and how many bytes it has.

    Args:
        path: of the file.
        size: expected in the end, where the file will grow; decides which implementation is used.
    """
    import os

    digest = new_sha256(os.path.getsize(path) if size is None else size)
    count = 0
    with open(path, "rb", buffering=0) as stream:
        while True:
            part = stream.read(READ_BYTES)
            if not part:
                return digest, count
            digest.update(part)
            count += len(part)


def file_sha256(path: str) -> str:
    """SHA-256 of a file in hex."""
    return str(hash_file(path)[0].hexdigest())

"""How small a file is in the packed container, worked out once per content.

Coding ResNet-50 and restoring it to check takes seconds, and every run that starts from a model asks for its original's size.
"""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from math import inf
from pathlib import Path

from device_agent.contract.packed import VERSION

from ..errors import WorkspaceError
from ..records import Format, content_id, sha256_hex
from ..workspace import user_cache_dir, write_atomic
from .packed import pack, unpack

KEPT = 10_000
"""Sizes that are kept: a file each, of which the oldest half goes when there are more."""


@dataclass(frozen=True)
class PackedSize:
    """Of one file.

    Attributes:
        size_bytes: of the container.
        decode_cpu_s: to restore the file, when its container was made and checked.
    """

    size_bytes: int
    decode_cpu_s: float


def packed_size(content: bytes, format: Format) -> PackedSize:
    """Of a model file: the one this version of the product found before for the same bytes, or found and checked now.

    Raises:
        ModelError: the file is larger than 4 GiB.
    """
    told = {"product": version("flyweight-studio"), "container": VERSION, "format": str(format)}
    name = f"{content_id({**told, 'file': sha256_hex(content)})}.json"
    with suppress(OSError, WorkspaceError, ValueError, TypeError, KeyError):  # not there yet, or damaged: found again
        return _read(_folder() / name)
    packed = pack(content, format)
    start = time.thread_time()  # what other threads of a window do meanwhile is none of it, and it is kept
    unpack(packed)
    found = PackedSize(len(packed), time.thread_time() - start)
    with suppress(OSError, WorkspaceError):  # a user without a cache waits, and is served
        write_atomic(_folder() / name, json.dumps(asdict(found)).encode())
        _forget_oldest()
    return found


def _read(path: Path) -> PackedSize:
    told = json.loads(path.read_bytes())
    size_bytes, decode_cpu_s = told["size_bytes"], told["decode_cpu_s"]
    if type(size_bytes) is not int or type(decode_cpu_s) is not float or size_bytes <= 0 or not 0 <= decode_cpu_s < inf:
        raise ValueError("no size")
    return PackedSize(size_bytes, decode_cpu_s)


def _forget_oldest() -> None:
    kept = list(_folder().glob("*.json"))
    if len(kept) > KEPT:
        for path in sorted(kept, key=lambda path: path.stat().st_mtime_ns)[: len(kept) // 2]:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    return user_cache_dir() / "packed-sizes"

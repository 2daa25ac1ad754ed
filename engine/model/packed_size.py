"""How small a file is in the packed container, worked out once per content.

Coding ResNet-50 and restoring it to check takes seconds, and every run that starts from a model asks for its original's size.
"""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from device_agent.contract.packed import VERSION

from ..errors import WorkspaceError
from ..records import Format, content_id, sha256_hex
from ..workspace import user_cache_dir, write_atomic
from .packed import pack, unpack


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
    with suppress(OSError, WorkspaceError, ValueError, TypeError):  # not there yet, or damaged: found again
        return PackedSize(**json.loads(_folder().joinpath(name).read_bytes()))
    packed = pack(content, format)
    start = time.process_time()
    unpack(packed)
    found = PackedSize(len(packed), time.process_time() - start)
    with suppress(OSError, WorkspaceError):  # a user without a cache waits, and is served
        write_atomic(_folder() / name, json.dumps(asdict(found)).encode())
    return found


def _folder() -> Path:
    return user_cache_dir() / "packed-sizes"

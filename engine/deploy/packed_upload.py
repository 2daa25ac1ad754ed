"""Model files that travel packed: entropy-coded here, restored by the board, where that is quicker than the link.

What the weights' zeros, codebooks and narrow integers save is worth a child process on the board only on a slow or metered
link. The files that are sent first tell how fast it is.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from device_agent.contract.errors import AgentError
from device_agent.contract.manifest import ModelFile
from device_agent.contract.releasing import UnpackRequest

from ..errors import RejectedError
from ..events import Emit, Log
from ..model.packed import pack
from ..records import Format, sha256_hex
from ..workspace import user_cache_dir, write_atomic
from .agent_client import AgentClient

SINCE = 5
"""The minor version of the protocol that brought packed uploads."""

START_S, RESTORE_BYTES_S = 1.5, 5e5
"""What a small board takes to start a Python with numpy, and how much it restores in a second (both on the cautious side)."""

LARGEST_BYTES = 48 << 20
"""The board's child may not write larger files."""

LEAST_BYTES = 16_384
"""Files below this say more about the board's disk than about the link."""

_PACKING = threading.Lock()  # boards of a fleet wait for one packing of their bundle


class Packed(StrEnum):
    """When model files travel packed."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


@dataclass
class Link:
    """What is known of a link: bytes and seconds of the file that travelled fastest, of those large enough to tell."""

    bytes: int = 0
    seconds: float = 0.0

    def saw(self, sent: int, seconds: float) -> None:
        """Take note of an upload."""
        if sent >= LEAST_BYTES and (not self.bytes or seconds * self.bytes < self.seconds * sent):
            self.bytes, self.seconds = sent, seconds

    def takes_s(self, size: int) -> float:
        """Seconds so many bytes take; 0 while nothing is known."""
        return size * self.seconds / self.bytes if self.bytes else 0.0


def restoring_s(size: int) -> float:
    """Seconds the board takes to restore a file."""
    return START_S + size / RESTORE_BYTES_S


def put_packed(
    client: AgentClient, path: Path, model: ModelFile, sha256: str, environment: Callable[[], str | None],
    link: Link, when: Packed, timeout_s: float, emit: Emit,
    on_progress: Callable[[int, int], None],
) -> int | None:  # fmt: skip
    """Send a model file packed where that pays; None where it did not travel so, and has to be sent as it is.

    Args:
        client: of the board.
        path: the file, ``sha256`` its hash, ``model`` its line in the manifest.
        environment: finds the one whose numpy restores it.
        link: what is known of the link.
        when: whether to ask what pays.
        timeout_s: for the upload, and again for the restoring.
        on_progress: of the packed form, see ``put_blob``.

    Returns:
        The bytes that travelled.
    """
    size = path.stat().st_size
    if when is Packed.NEVER or client.hello.minor < SINCE or not 0 < size <= LARGEST_BYTES:
        return None
    always = when is Packed.ALWAYS
    if not always and link.takes_s(size) < restoring_s(size):
        return None  # not even an empty file would pay
    have, complete = client.blob_place(sha256, size)
    if complete or have:
        return 0 if complete else None
    content = packed_form(path, model.format, sha256)
    if content is None or (not always and link.takes_s(size - len(content)) < restoring_s(size)):
        return None
    name = sha256_hex(content)
    start = time.monotonic()
    sent = client.put_blob(content, name, timeout_s=timeout_s, on_progress=on_progress)
    link.saw(sent, time.monotonic() - start)
    try:
        client.unpack(UnpackRequest(name, sha256, size, environment()), timeout_s)
    except (AgentError, RejectedError) as error:
        emit(Log(f"{path.name} could not be restored on the board and is sent as it is: {error.message}", "warning"))
        return None
    emit(Log(f"{path.name} travelled packed: {sent:,} of {size:,} bytes"))
    return sent


def packed_form(path: Path, format: str, sha256: str) -> bytes | None:
    """The packed form of a file, kept in the cache; None where it is hardly smaller."""
    kept = user_cache_dir() / "packed" / sha256
    with _PACKING:
        if kept.is_file():
            content = kept.read_bytes()
        else:
            content = pack(path.read_bytes(), Format(format))
            write_atomic(kept, content)
    return content if len(content) < 0.95 * path.stat().st_size else None

"""What a child said of a file whose bytes it has read: they are not parsed again while this process lives.

A command asks several times for the same model (its shapes, its data, its score), and a child that only starts costs
more than most files. What counts is the content, never a name or a date, so a file that changed is read anew.
"""

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import Any

from ..records import sha256_hex

KEPT = 32


class Described:
    """Descriptions of the last files, by kind and hash; none of their bytes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._results: OrderedDict[tuple[str, str], dict[str, Any]] = OrderedDict()
        self._sizes: dict[tuple[str, str], int] = {}

    def find(self, kind: str, path: Path) -> tuple[bytes, dict[str, Any]] | None:
        """The bytes of a file and its description; None when a child has to read it.

        Only a file as long as a known one is read here: what is too large for a child stays out of this process.
        """
        size = path.stat().st_size
        with self._lock:
            if not any(known == kind and self._sizes[known, digest] == size for known, digest in self._results):
                return None
        content = path.read_bytes()
        key = (kind, sha256_hex(content))
        with self._lock:
            result = self._results.get(key)
            if result is not None:
                self._results.move_to_end(key)
        return None if result is None else (content, result)

    def keep(self, kind: str, content: bytes, result: dict[str, Any]) -> None:
        """Remember what a child said of these bytes."""
        key = (kind, sha256_hex(content))
        with self._lock:
            self._results[key], self._sizes[key] = result, len(content)
            self._results.move_to_end(key)
            while len(self._results) > KEPT:
                oldest, _ = self._results.popitem(last=False)
                del self._sizes[oldest]

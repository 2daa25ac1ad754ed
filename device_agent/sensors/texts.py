"""How a source gets at the text of a sensor's file: opened for one look, or kept open for the many looks of a sampler.

A kept file is read again from its beginning by one ``pread``, which makes the kernel ask the sensor anew; opening, listing and
reading names and labels, which do not change, is most of what a look costs otherwise.
"""

import os
from typing import Callable, List, Optional

from .. import board
from ..contract.messages import Sample

SMALL = 4096
"""Bytes of a sysfs file at most: one page."""

Text = Callable[[], Optional[str]]
"""The present text of a file; None when it is not readable."""
Look = Callable[[], List[Sample]]
"""What one sensor (or one chip) tells now."""
Opener = Callable[..., Text]
"""From a root and the parts of a path to the text of that file."""


def once(root: str, *parts: str) -> Text:
    """A file that is opened anew for every look."""
    return lambda: board.read_text(root, *parts)


class Kept:
    """A file that stays open from look to look, and is opened again where it went away."""

    def __init__(self, root: str, *parts: str) -> None:
        self._path = os.path.join(root, *parts)
        self._file = -1

    def __call__(self) -> Optional[str]:
        """The present text; a file that was closed or went away is opened again."""
        try:
            if self._file < 0:
                self._file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            content = os.pread(self._file, SMALL, 0)
        except OSError:
            self.close()
            return None
        return content.decode("utf-8", "replace").strip("\0 \t\r\n")

    def close(self) -> None:
        """Let go of the file; the next look opens it again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def read(looks: List[Look]) -> List[Sample]:
    """Every look once."""
    return [sample for look in looks for sample in look()]


__all__ = ["Kept", "Look", "Opener", "Text", "once", "read"]

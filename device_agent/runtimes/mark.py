"""A mark of everything an import of the runtimes would find: another one means that something was installed or taken away."""

import os
import sys
from typing import List, Sequence

from ..hashing import sha256_hex

PACKAGES = ("onnxruntime", "ai_edge_litert", "tflite_runtime", "numpy")
VARIABLES = ("LD_LIBRARY_PATH", "PYTHONPATH")


def mark(folders: Sequence[str] = ()) -> str:
    """The mark of the interpreter, the folders it looks into, and the runtimes' packages in them.

    Args:
        folders: looked into; none = ``sys.path``.
    """
    parts: List[str] = [sys.version, sys.executable, *(os.environ.get(name, "") for name in VARIABLES)]
    for folder in folders or sys.path:
        parts.append("%s %s" % (folder, _stamp(folder)))
        for name in PACKAGES:
            package = os.path.join(folder, name)
            parts += [_stamp(package), _stamp(os.path.join(package, "__init__.py"))]
    return sha256_hex("\n".join(parts).encode("utf-8", "surrogateescape"))


def _stamp(path: str) -> str:
    """What changes with the content of a folder or a file."""
    try:
        found = os.stat(path)
    except OSError:
        return "-"
    return "%d %d %d" % (found.st_mtime_ns, found.st_ino, found.st_size)

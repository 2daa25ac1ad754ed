"""The agent as one file: a reproducible ``.pyz`` of the installed ``device_agent`` package, in the user's cache."""

import hashlib
import io
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import device_agent

from ..workspace import user_cache_dir, write_atomic

MAX_BYTES = 200_000
EPOCH = (1980, 1, 1, 0, 0, 0)
MAIN = b"""import sys
from device_agent.bytecode import keep
keep(__loader__)
from device_agent.__main__ import main
sys.exit(main())
"""


@dataclass(frozen=True)
class AgentArchive:
    """The archive and its identity, the SHA-256 of its bytes."""

    path: Path
    agent_id: str


def content() -> bytes:
    """The bytes of the archive: the same for the same files and the same zlib, wherever and whenever."""
    root = Path(device_agent.__file__).parent
    files = {f"device_agent/{path.relative_to(root)}": path.read_bytes() for path in root.rglob("*.py")}
    files["__main__.py"] = MAIN
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return b"#!/usr/bin/env python3\n" + buffer.getvalue()


@cache
def _built(cache_dir: Path) -> AgentArchive:
    made = content()
    agent_id = hashlib.sha256(made).hexdigest()
    path = cache_dir / "agent" / f"{agent_id}.pyz"
    if not path.exists() or path.read_bytes() != made:
        write_atomic(path, made)
    return AgentArchive(path, agent_id)


def build() -> AgentArchive:
    """The archive, made on first use."""
    return _built(user_cache_dir())

"""One file for a board that cannot be reached: agent, runtime, release and signature; ``python3 FILE`` installs it there."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.contract.manifest import MANIFEST, SIGNATURE, parse
from device_agent.contract.messages import NAME

from ..errors import RejectedError, UsageError
from ..events import Emit, Stage, ignore
from ..package.keys import trusted_keys
from ..records import Bundle, canonical_json, sha256_hex
from ..workspace import write_atomic
from .agent_archive import EPOCH, build
from .runtimes import PINS, WHEELS, Pin, fetch
from .transport import Deadline

ARCHITECTURES = ("aarch64", "x86_64", "armv7l")
MAIN = b"""import sys
if sys.argv[1:2] == ["child"]:
    from device_agent.__main__ import main
    sys.exit(main())
from device_agent.offline import main
sys.exit(main(sys.argv[0], sys.argv[1:]))
"""
"""The agent starts its child processes from the file it runs from."""
DOWNLOAD_S = 600.0


@dataclass(frozen=True)
class OfflineFile:
    """The file, and for which boards it brings a runtime (``"3.11 aarch64"``)."""

    path: str
    size_bytes: int
    bundle: str
    slot: str
    runtimes_for: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight offline --json``."""
        return {
            "path": self.path,
            "size_bytes": self.size_bytes,
            "bundle": self.bundle,
            "slot": self.slot,
            "runtimes_for": list(self.runtimes_for),
        }


def write_offline(
    bundle: Bundle,
    out: Path,
    *,
    slot: str = "main",
    pythons: Sequence[str] = (),
    arch: str = "aarch64",
    emit: Emit = ignore,
) -> OfflineFile:
    """Write the file.

    Args:
        bundle: the release.
        out: the file, best with the suffix ``.pyz``.
        slot: that is switched on the board.
        pythons: versions (``"3.11"``) of boards that get a runtime; none = they have their own.
        arch: of these boards.

    Raises:
        UsageError: an unknown version or architecture. RejectedError: there are no wheels for it.
    """
    if not NAME.match(slot):
        raise UsageError("bad-slot", f"'{slot[:100]}' is no name for a slot", "use letters, digits, dots, dashes")
    if arch not in ARCHITECTURES:
        raise UsageError(
            "bad-arch", f"'{arch[:40]}' is no architecture with wheels", f"use {' or '.join(ARCHITECTURES)}"
        )
    folder = Path(bundle.path)
    content, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_text().strip()
    manifest = parse(content)
    payload = {sha256_hex(content): content}
    payload |= {item.sha256: (folder / item.name).read_bytes() for item in manifest.files}
    agent = build()
    payload[agent.agent_id] = agent.path.read_bytes()
    environments = {}
    for python in dict.fromkeys(pythons):
        pin = _pin(python, arch, [name for model in manifest.models for name in WHEELS.get(model.format, ())])
        emit(Stage("runtime", f"{pin.packages[0]} for Python {python} on {arch}"))
        wheels = {path.name: path.read_bytes() for path in fetch(pin, arch, Deadline(DOWNLOAD_S))}
        listed = [{"name": name, "sha256": sha256_hex(data)} for name, data in wheels.items()]
        payload |= {sha256_hex(data): data for data in wheels.values()}
        name = sha256_hex(canonical_json([[item["name"], item["sha256"]] for item in listed]))
        environments[f"{python} {arch}"] = {"env": name, "wheels": listed}
    index = {
        "schema": 1,
        "name": manifest.name,
        "slot": slot,
        "manifest": sha256_hex(content),
        "signature": signature,
        "key_id": bundle.signed_by,
        "key": trusted_keys()[bundle.signed_by].hex(),
        "agent": agent.agent_id,
        "environments": environments,
        "blobs": [{"sha256": name, "size": len(data)} for name, data in sorted(payload.items())],
    }
    emit(Stage("write", str(out)))
    write_atomic(out, _archive(agent.path, json.dumps(index, sort_keys=True).encode(), payload), 0o755)
    return OfflineFile(str(out), out.stat().st_size, bundle.sha256, slot, tuple(environments))


def _pin(python: str, arch: str, runtimes: Sequence[str]) -> Pin:
    here = [pin for pin in PINS if arch in pin.architectures]
    for name in runtimes:
        for pin in here:
            if (pin.python, pin.runtime) == (python, name):
                return pin
    known = ", ".join(dict.fromkeys(pin.python for pin in here))
    raise RejectedError(
        "no-wheels", f"no runtime for Python {python[:20]} on {arch} and this bundle is published", f"known: {known}"
    )


def _archive(agent: Path, index: bytes, payload: dict[str, bytes]) -> bytes:
    """The agent's own archive with another start and the payload beside it; stored, because models do not shrink."""
    stream = io.BytesIO()
    with zipfile.ZipFile(agent) as source, zipfile.ZipFile(stream, "w") as target:
        files = {name: source.read(name) for name in source.namelist()} | {
            "__main__.py": MAIN,
            "payload/index.json": index,
        }
        files |= {f"payload/{name}": data for name, data in payload.items()}
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if name.startswith("payload/") else zipfile.ZIP_DEFLATED
            target.writestr(entry, files[name])
    return b"#!/usr/bin/env python3\n" + stream.getvalue()

"""The files that make a bundle runnable: ``run.py``, ``loader.py``, ``board.zip``; and ``example.service``.

``board.zip`` holds the very files the agent runs (contract and runtime adapters) under a package name of its own, so that
the runner cannot drift from the golden check. Its bytes depend on nothing but those files.
"""

import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import device_agent

PACKAGE = "flyweight_board"
EPOCH = (1980, 1, 1, 0, 0, 0)
_CONTRACT = ("__init__", "codec", "errors", "io", "manifest", "messages", "wav")
_RUNTIMES = ("__init__", "registry", "session", "tflite")


@cache
def runner_files() -> dict[str, bytes]:
    """Name and content of each file."""
    folder = Path(__file__).parent / "runner"
    return {
        "run.py": (folder / "run.py").read_bytes(),
        "loader.py": (folder / "loader.py").read_bytes(),
        "board.zip": _board_zip(),
        "example.service": (folder / "example.service").read_bytes(),
    }


def _board_zip() -> bytes:
    root = Path(device_agent.__file__).parent
    members = {f"{PACKAGE}/__init__.py": b""}
    for folder, names in (("contract", _CONTRACT), ("runtimes", _RUNTIMES)):
        for name in names:
            members[f"{PACKAGE}/{folder}/{name}.py"] = (root / folder / f"{name}.py").read_bytes()
    for path in (root / "runtimes" / "adapters").glob("*.py"):
        members[f"{PACKAGE}/runtimes/adapters/{path.name}"] = path.read_bytes()
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, members[name])
    return stream.getvalue()

"""The verb ``doctor``: is this computer ready?"""

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from ..deploy.agent_archive import build
from ..deploy.doctor import Check
from ..errors import FlyweightError
from ..package.keys import signing_key
from ..showing import several
from ..workspace import user_cache_dir, user_data_dir

LIBRARIES = ("torch", "onnx", "onnxruntime", "ai-edge-litert", "torch-pruning", "paramiko", "asyncssh", "numpy")
EXTRAS = {
    "gui": "PySide6_Essentials",
    "tflite": "litert-torch",
    "keras": "keras",
    "parquet": "pyarrow",
    "postgresql": "psycopg",
}


@dataclass(frozen=True)
class Diagnosis:
    """Checks in order, and the agent archive that boards get; None where it cannot be written."""

    checks: tuple[Check, ...]
    agent_path: str | None
    agent_id: str | None

    def __repr__(self) -> str:
        wrong = [check for check in self.checks if not check.ok]
        return several("Diagnosis", wrong, f"{len(self.checks)} checks, {len(wrong)} of them not passed")

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight doctor --json``."""
        return {
            "ok": all(item.ok for item in self.checks),
            "agent_path": self.agent_path,
            "agent_id": self.agent_id,
            "checks": [
                {"name": c.name, "ok": c.ok, "detail": c.detail, "remedy": c.remedy, "optional": c.optional}
                for c in self.checks
            ],
        }


def doctor() -> Diagnosis:
    """Check versions, extras, folders, signing key, profile store and agent archive of this installation."""
    checks = [
        Check("product", True, f"flyweight-studio {version('flyweight-studio')}"),
        _python(),
        *(_library(name) for name in LIBRARIES),
        *(_extra(name, package) for name, package in EXTRAS.items()),
        _try("data folder", lambda: _writable(user_data_dir())),
        _try("cache folder", lambda: _writable(user_cache_dir())),
        _try("signing key", lambda: signing_key().id),
        _try("profile store", _profile_store),
    ]
    try:
        agent = build()
    except FlyweightError as error:
        return Diagnosis((*checks, Check("agent", False, error.message, error.remedy)), None, None)
    checks.append(Check("agent", True, f"{agent.path.stat().st_size:,} bytes, id {agent.agent_id[:16]}"))
    return Diagnosis(tuple(checks), str(agent.path), agent.agent_id)


def _python() -> Check:
    fits = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Check("python", fits, f"{platform.python_version()} ({sys.executable})", "install Python 3.11, 3.12 or 3.13")


def _library(name: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False, "not installed", "pip install -c constraints.txt -e .")


def _extra(name: str, package: str) -> Check:
    try:
        return Check(f"extra {name}", True, f"{package} {version(package)}")
    except PackageNotFoundError:
        return Check(
            f"extra {name}",
            True,
            f"not installed (optional): in the clone, pip install -c constraints.txt '.[{name}]'",
            optional=True,
        )


def _try(name: str, find: Callable[[], str]) -> Check:
    try:
        return Check(name, True, find())
    except FlyweightError as error:
        return Check(name, False, error.message, error.remedy)


def _writable(folder: Path) -> str:
    """The folder, if files can be made in it; a disk that was mounted read-only is found so."""
    if not os.access(folder, os.W_OK):
        raise FlyweightError(
            "not-writable", f"{folder} cannot be written to", "check its permissions, or whether its disk is read-only"
        )
    return str(folder)


def _profile_store() -> str:
    from profiles.store import ProfileStore

    with ProfileStore.open() as store:
        return f"{len(store.readings()):,} readings in {store.url}"

"""Runtimes of the agent's own: wheels unzipped into ``env/<hash>``, no pip, no compiler, no internet on the board."""

import os
import shutil
import zipfile
from typing import List, Optional

from .contract.errors import AgentError
from .contract.messages import SHA256, Wheel
from .store import Store, fsync_folder, sha256_of

MAX_UNPACKED_BYTES = 2 << 30
MAX_RATIO = 200
MAX_MEMBERS = 50_000


def folders(store: Store, environment: Optional[str]) -> List[str]:
    """Folders that come first on a child's path; empty for the interpreter's own packages."""
    if environment is None:
        return []
    path = store.path("env", environment)
    if not SHA256.match(environment) or not os.path.isdir(path):
        raise AgentError("env-missing", "the environment %r is not on the board" % environment[:16], "deploy again")
    return [path]


def install(store: Store, environment: str, wheels: List[Wheel]) -> None:
    """Unzip wheels that were pushed as blobs; the folder appears under its name only when it is whole.

    Raises:
        AgentError: a wheel is missing, damaged, reaches outside its folder, holds links, or unpacks to too much.
    """
    if not SHA256.match(environment):
        raise AgentError("bad-hash", "an environment is named by 64 hex digits", "update Flyweight on the desktop")
    final = store.path("env", environment)
    if os.path.isdir(final):
        return
    temporary = final + ".new"
    shutil.rmtree(temporary, ignore_errors=True)
    os.makedirs(temporary)
    try:
        for wheel in wheels:
            path = store.blob(wheel.sha256)
            if not os.path.exists(path) or sha256_of(path)[0] != wheel.sha256:
                raise AgentError("blob-missing", "the wheel %s is not on the board" % wheel.name[:80], "deploy again")
            _unzip(path, temporary, wheel.name)
        fsync_folder(temporary)
        os.rename(temporary, final)
        fsync_folder(store.path("env"))
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _unzip(path: str, target: str, name: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _check(members, os.path.getsize(path), target, name)
            for member in members:
                archive.extract(member, target)
    except (zipfile.BadZipFile, OSError, RuntimeError) as error:
        raise AgentError("wheel-damaged", "%s cannot be unpacked: %s" % (name[:80], error), "deploy again") from None


def _check(members: "List[zipfile.ZipInfo]", packed: int, target: str, name: str) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or total > MAX_UNPACKED_BYTES or total > MAX_RATIO * max(packed, 1):
        raise AgentError(
            "wheel-refused", "%s unpacks to %d bytes" % (name[:80], total), "this is no wheel of a runtime"
        )
    root = os.path.realpath(target)
    for member in members:
        place = os.path.realpath(os.path.join(target, member.filename))
        is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
        if is_link or not (place + os.sep).startswith(root + os.sep):
            raise AgentError(
                "wheel-refused", "%s reaches outside its folder" % name[:80], "this is no wheel of a runtime"
            )

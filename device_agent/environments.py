"""Runtimes of the agent's own: wheels unzipped into ``env/<hash>``, no pip, no compiler, no internet on the board."""

import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Callable, List, Optional, Set

from .contract.errors import AgentError
from .contract.messages import SHA256
from .contract.releasing import Wheel
from .hashing import file_sha256
from .store import Store, fsync_folder, remove_tree

if TYPE_CHECKING:
    import zipfile

MAX_UNPACKED_BYTES = 2 << 30
MAX_RATIO = 200
MAX_MEMBERS = 50_000


def folders(store: Store, environment: Optional[str]) -> List[str]:
    """What a child is started with.

    Folders that come first on its path (none for the interpreter's own packages), and the files of adapters a user added.
    """
    from .adapters import Adapters

    files = Adapters(store).files()
    if environment is None:
        return files
    path = store.path("env", environment)
    if not SHA256.match(environment) or not os.path.isdir(path):
        raise AgentError("env-missing", "the environment %r is not on the board" % environment[:16], "deploy again")
    return [path, *files]


def install(store: Store, environment: str, wheels: List[Wheel], check: Callable[[], None] = lambda: None) -> None:
    """Unzip wheels that were pushed as blobs; the folder appears under its name only when it is whole.

    Raises:
        AgentError: a wheel is missing, damaged, reaches outside its folder, holds links, or unpacks to too much.
    """
    if not SHA256.match(environment):
        raise AgentError("bad-hash", "an environment is named by 64 hex digits", "update Flyweight on the desktop")
    final = store.path("env", environment)
    if os.path.isdir(final):
        return
    if not wheels:
        raise AgentError("no-wheels", "an environment needs at least one wheel", "update Flyweight on the desktop")
    temporary = final + ".new"
    remove_tree(temporary)
    os.makedirs(temporary)
    try:
        for wheel in wheels:
            path = store.blob(wheel.sha256)
            if not os.path.exists(path) or file_sha256(path) != wheel.sha256:
                raise AgentError("blob-missing", "the wheel %s is not on the board" % wheel.name[:80], "deploy again")
            _unzip(path, store, temporary, wheel.name, check)
        os.sync()  # thousands of small files: one sync of all is far quicker than one each
        os.rename(temporary, final)
        fsync_folder(store.path("env"))
    finally:
        remove_tree(temporary)


def brings_numpy(store: Store, environment: str) -> bool:
    """Whether an environment has a numpy of its own, or needs the board's."""
    return os.path.isdir(store.path("env", environment, "numpy"))


def remove(store: Store, environment: str) -> None:
    """Delete an environment that is of no use; one that is half deleted is never taken for whole."""
    if SHA256.match(environment):
        gone = store.path("env", environment + ".gone")
        remove_tree(gone)
        os.rename(store.path("env", environment), gone)
        fsync_folder(store.path("env"))
        remove_tree(gone)


def sweep(store: Store, unused: List[str]) -> None:
    """Delete environments that nothing refers to, unless a process runs from them, and what an interruption left of others.

    Args:
        store: of the agent; the caller holds its lock.
        unused: hashes of the environments.
    """
    for name in os.listdir(store.path("env")):
        if not SHA256.match(name):
            remove_tree(store.path("env", name))
    busy = running(store) if unused else set()
    for name in unused:
        if name not in busy:
            remove(store, name)
            with suppress(FileNotFoundError):
                os.unlink(store.path("probed", name + ".json"))


def running(store: Store, proc: str = "/proc") -> Set[str]:
    """Environments a process was started with or has code of in its memory, as far as this user may look."""
    found: Set[str] = set()
    folder = store.path("env")
    names = "|".join(re.escape(path) for path in {folder, os.path.realpath(folder)})
    place = re.compile(("(?:%s)/([0-9a-f]{64})" % names).encode())
    for process in os.listdir(proc):
        if process.isdigit():
            for file in ("cmdline", "maps"):
                with suppress(OSError), open(os.path.join(proc, process, file), "rb") as stream:
                    found.update(name.decode() for name in place.findall(stream.read()))
    return found


def _unzip(path: str, store: Store, target: str, name: str, check: Callable[[], None]) -> None:
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            store.check_space(_check(members, os.path.getsize(path), target, name))
            for member in members:
                check()
                archive.extract(member, target)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError) as error:
        if isinstance(error, AgentError):
            raise
        raise AgentError("wheel-damaged", "%s cannot be unpacked: %s" % (name[:80], error), "deploy again") from None


def _check(members: "List[zipfile.ZipInfo]", packed: int, target: str, name: str) -> int:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or total > MAX_UNPACKED_BYTES or total > MAX_RATIO * max(packed, 1):
        raise AgentError(
            "wheel-refused", "%s unpacks to %d bytes" % (name[:80], total), "this is no wheel of a runtime"
        )
    root = os.path.realpath(target)
    for member in members:
        place = os.path.realpath(os.path.join(target, member.filename))
        kind = (member.external_attr >> 16) & 0o170000
        if kind not in (0, 0o100000, 0o040000) or not (place + os.sep).startswith(root + os.sep):
            raise AgentError(
                "wheel-refused",
                "%s holds a link or a name outside its folder" % name[:80],
                "this is no wheel of a runtime",
            )
    return total

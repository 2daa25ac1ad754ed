"""The agent's modules as compiled code, kept beside its archive; to compile them anew takes a Pi Zero seconds at every start.

    agent/<sha256>.pyz
    agent/compiled/<sha256 of the archive>/<cache tag>/<module>     magic number, checksum, code

Python keeps no compiled code of what it imports from an archive. Each module is kept when it is compiled for the first time,
without a sync: what a power cut leaves of it does not fit its checksum and counts as missing, as does everything else that
is not as it should be. Nothing here ever fails an import.
"""

import marshal
import os
import stat
import sys
import zlib
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any, Dict, Optional, Sequence

from .hashing import file_sha256

INSTALLED, FOLDER = "agent", "compiled"
LEAST_FREE_BYTES = 64_000_000
"""With less than this nothing is kept, so that the last free space is left for what matters."""

archive_id: Optional[str] = None
"""SHA-256 of the archive this process runs from, once it is known."""


class Kept:
    """Finds the modules of an archive, and loads them from what was kept.

    Args:
        archive: path, as Python was given it.
        files: names in it.
        loader: reads them.
        folder: where compiled code is kept.
    """

    def __init__(self, archive: str, files: Dict[str, Any], loader: Any, folder: str) -> None:
        self._archive, self._files, self._loader, self._folder = archive, files, loader, folder
        self._readable, self._writable = _ours(folder), not sys.dont_write_bytecode
        self._magic = sys.modules["_frozen_importlib_external"].MAGIC_NUMBER

    def find_spec(
        self, name: str, path: Optional[Sequence[str]] = None, target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        """Where a module of the archive is; None for all others."""
        place = os.path.join(*name.split("."))
        for file in (os.path.join(place, "__init__.py"), place + ".py"):
            if file in self._files:
                package = file != place + ".py"
                spec = ModuleSpec(name, self, origin=os.path.join(self._archive, file), is_package=package)  # type: ignore[arg-type]
                spec.has_location = True
                if package:
                    spec.submodule_search_locations = [os.path.join(self._archive, place)]
                return spec
        return None

    def create_module(self, spec: ModuleSpec) -> None:
        """As usual."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a module's code."""
        exec(self._code(module.__name__, str(module.__file__)), module.__dict__)

    def get_source(self, name: str) -> str:
        """For those who show a line of it."""
        spec = self.find_spec(name)
        return self._loader.get_data(spec.origin).decode("utf-8") if spec is not None else ""

    def _code(self, name: str, origin: str) -> CodeType:
        path = os.path.join(self._folder, name)
        code = self._read(path) if self._readable else None
        if code is None:
            shown = os.path.relpath(origin, self._archive)  # the same wherever the archive lies
            code = compile(self._loader.get_data(origin), shown, "exec", dont_inherit=True)
            if self._writable:
                self._writable = self._write(path, marshal.dumps(code))
        return code

    def _read(self, path: str) -> Optional[CodeType]:
        try:
            with open(path, "rb", buffering=0) as stream:
                content = stream.read()
            head, body = content[:8], content[8:]
            if head != self._magic + zlib.crc32(body).to_bytes(4, "little"):
                return None
            code = marshal.loads(body)
        except (OSError, ValueError, EOFError, TypeError):
            return None
        return code if isinstance(code, CodeType) else None

    def _write(self, path: str, body: bytes) -> bool:
        """Keep a module; whether the next one may be tried. Of two that write one at once, the checksum tells a mixture."""
        try:
            if not self._readable:
                _make(self._folder)
                self._readable = _ours(self._folder)
                if not self._readable:
                    return False
            descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with open(descriptor, "wb", buffering=0) as stream:
                content = self._magic + zlib.crc32(body).to_bytes(4, "little") + body
                if stream.write(content) != len(content):
                    return False
            os.replace(path + ".new", path)
        except OSError:
            return False
        return True


def keep(loader: Any) -> None:
    """Load this agent's modules from compiled code from now on, where its archive is installed; called by its first line.

    Args:
        loader: the ``zipimporter`` of the archive.
    """
    global archive_id
    try:
        archive = str(loader.archive)
        place = os.path.dirname(os.path.realpath(archive))
        if os.path.basename(place) != INSTALLED or not sys.implementation.cache_tag:
            return
        files = sys.modules["zipimport"]._zip_directory_cache[archive]
        archive_id = file_sha256(archive)
        folder = os.path.join(place, FOLDER, archive_id, sys.implementation.cache_tag)
        sys.meta_path.insert(0, Kept(archive, files, loader, folder))
    except (OSError, KeyError, AttributeError):
        return  # then they are compiled, as ever


def forget(agents: str) -> None:
    """Delete the compiled code of agents that are no longer there.

    Args:
        agents: the folder of the archives.
    """
    compiled = os.path.join(agents, FOLDER)
    if not os.path.isdir(compiled):
        return
    gone = [name for name in os.listdir(compiled) if not os.path.exists(os.path.join(agents, name + ".pyz"))]
    for name in gone:
        if name != archive_id:
            import shutil

            shutil.rmtree(os.path.join(compiled, name), ignore_errors=True)


def _ours(folder: str) -> bool:
    """Whether a folder is there in which nobody but this user can put code."""
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _make(folder: str) -> None:
    """Make the folder of a new agent, and let go of those of old ones; OSError where there is no room to keep anything."""
    agents = os.path.dirname(os.path.dirname(os.path.dirname(folder)))
    room = os.statvfs(agents)
    if room.f_bavail * room.f_frsize < LEAST_FREE_BYTES:
        raise OSError("too little room")
    os.makedirs(folder, mode=0o700, exist_ok=True)
    forget(agents)

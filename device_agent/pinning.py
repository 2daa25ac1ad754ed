"""Holding the clock steady while something is measured, where this user may; what was before always comes back.

What to restore is written down before anything is changed, and a guardian is started that does nothing but wait for the end
of its input. However the measuring process ends, its end of that pipe closes and the guardian restores. Should both be killed,
the next agent that starts finds the note. Notes from before a restart of the board are void: it begins with its own settings.
"""

import glob
import os
import subprocess
import sys
from types import TracebackType
from typing import Dict, List, Optional, Type

from .board import read_text
from .contract.errors import AgentError
from .store import Store, write_durably
from .trial import boot_id

GOVERNORS = "sys/devices/system/cpu/cpufreq/policy*/scaling_governor"
CPUS = "sys/devices/system/cpu"
STEADY = "performance"
NOTE = "restore.json"
GUARD_S = 5.0


class Pinned:
    """A context in which all clusters run at their highest clock, if every governor can be set; else nothing changes.

    Args:
        store: keeps the note.
        root: where the governors are.
    """

    def __init__(self, store: Store, root: str) -> None:
        self._store, self._root = store, root
        self._guardian: "Optional[subprocess.Popen[bytes]]" = None
        self.governor: Optional[str] = None

    def __enter__(self) -> "Pinned":
        files = sorted(glob.glob(os.path.join(self._root, GOVERNORS)))
        before = {path: (read_text("", path) or "") for path in files}
        wanted = {path: value for path, value in before.items() if value != STEADY}
        if not wanted or not all(os.access(path, os.W_OK) and _offers(path) for path in wanted):
            return self
        self._guardian = _start_guardian(self._store.home, self._root)
        note = {"schema": 1, "boot_id": boot_id(self._root), "governors": wanted}
        write_durably(self._store.path(NOTE), _dumps(note))
        try:
            for path in wanted:
                with open(path, "w") as stream:
                    stream.write(STEADY)
            self.governor = STEADY
        except OSError:
            self.__exit__(None, None, None)
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        if self._guardian is None:
            return
        restore(self._store, self._root)
        if self._guardian.stdin is not None:
            self._guardian.stdin.close()
        try:
            self._guardian.wait(GUARD_S)
        except subprocess.TimeoutExpired:
            self._guardian.kill()
            self._guardian.wait()
        self._guardian = None


def _offers(path: str) -> bool:
    offered = read_text("", os.path.join(os.path.dirname(path), "scaling_available_governors"))
    return offered is None or STEADY in offered.split()


def _dumps(value: object) -> bytes:
    import json

    return json.dumps(value).encode()


def _start_guardian(home: str, root: str) -> "subprocess.Popen[bytes]":
    from .children import invocation

    command = [*invocation(["-I", "-S"]), "restore", "--home", home, "--root", root]
    null = subprocess.DEVNULL
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=null, stderr=null, start_new_session=True, cwd="/", bufsize=0
    )


def restore(store: Store, root: str) -> None:
    """Set back what the note says, then forget it."""
    note = store.read_json(NOTE)
    if note is None:
        return
    if note.get("boot_id") == boot_id(root):
        values: Dict[str, str] = note.get("governors") or {}
        for path, value in values.items():
            if path in glob.glob(os.path.join(root, GOVERNORS)):  # a note is data: it opens no other file
                try:
                    with open(path, "w") as stream:
                        stream.write(value)
                except OSError as error:
                    print("%s: %s" % (path, error), file=sys.stderr)
    if os.path.exists(store.path(NOTE)):
        os.unlink(store.path(NOTE))


def recover(store: Store, root: str) -> None:
    """Restore what a killed agent and its killed guardian left, unless somebody measures right now."""
    if not os.path.exists(store.path(NOTE)):
        return
    try:
        store.lock()
    except AgentError:
        return
    try:
        restore(store, root)
    finally:
        store.unlock()


def guard(home: str, root: str) -> int:
    """The guardian: waits until nobody holds the other end of its input, then restores."""
    import signal

    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    while os.read(0, 4096):
        continue
    restore(Store(home), root)
    return 0


def best_cpus(root: str, threads: int) -> List[int]:
    """The processors of the fastest cluster, where clusters differ and it has enough of them; else none."""
    capacity: Dict[int, int] = {}
    for path in glob.glob(os.path.join(root, CPUS, "cpu[0-9]*", "cpu_capacity")):
        text = read_text("", path) or ""
        if text.isdigit():
            capacity[int(os.path.basename(os.path.dirname(path))[3:])] = int(text)
    if len(set(capacity.values())) < 2:
        return []
    allowed = os.sched_getaffinity(0)
    fastest = sorted(cpu for cpu, value in capacity.items() if value == max(capacity.values()) and cpu in allowed)
    return fastest if len(fastest) >= threads else []


__all__ = ["Pinned", "best_cpus", "guard", "recover", "restore"]

# It records calls of code that is written with os, and must be written alike:
# ruff: noqa: PTH112, PTH114, PTH115, PTH116, PTH118
"""Power cuts by model: every state a disk may be in when the power fails in the middle of a change of releases.

The work is done once while every call that changes the disk is recorded. A file system promises little: what was written
to a file and not synced may be there up to any byte, and a name that was made, moved or removed in a folder that was not
synced since may be there or not, each on its own. A state is one moment of the recording and one choice of all that; it
is built as a real folder and looked at with the agent's own eyes. (The model of ALICE, OSDI 2014.)
"""

import builtins
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.device_agent.crash_points import Content, Scenario, in_child, make_prepared

Node = tuple[str, Any]
"""``("file", inode)``, ``("dir", inode)`` or ``("link", target)``."""


@dataclass
class Event:
    """One step: names of folders that change together, content of a file, or a sync."""

    kind: str  # names | data | sync-file | sync-folder
    names: dict[tuple[int, str], Node | None] = field(default_factory=dict)
    inode: int = 0
    content: bytes = b""


class Recorder:
    """Wraps what changes the disk while the work runs, in this process."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.events: list[Event] = []
        self.before: dict[tuple[int, str], Node] = {}
        self.content: dict[int, bytes] = {}
        self.keep: list[int] = []
        self._open_files: dict[int, tuple[int, bytes]] = {}
        self.root = os.stat(home).st_ino
        for folder, key, node in _tree(home):
            self.before[folder, key] = node
            if node[0] == "file":
                self.content[node[1]] = Path(f"/proc/self/fd/{self._hold(node[1], home)}").read_bytes()

    def _hold(self, inode: int, home: str) -> int:
        """A descriptor that keeps a file alive, so that its inode is not used for another one."""
        for top, _, files in os.walk(home):
            for name in files:
                path = os.path.join(top, name)
                if not os.path.islink(path) and os.stat(path).st_ino == inode:
                    self.keep.append(os.open(path, os.O_RDONLY))
                    return self.keep[-1]
        raise AssertionError("a file of the tree is gone")

    def names(self) -> dict[tuple[int, str], Node]:
        return {(folder, name): node for folder, name, node in _tree(self.home)}

    def _data(self) -> None:
        """What came into files that are open for writing."""
        for inode, (descriptor, known) in list(self._open_files.items()):
            content = Path(f"/proc/self/fd/{descriptor}").read_bytes()
            if content != known:
                self.events.append(Event("data", inode=inode, content=content))
                self._open_files[inode] = (descriptor, content)

    def _after(self, known: dict[tuple[int, str], Node]) -> None:
        now = self.names()
        changed = {key: now.get(key) for key in {*known, *now} if known.get(key) != now.get(key)}
        if changed:
            self.events.append(Event("names", names=changed))

    def wrap(self, real: Callable[..., Any], is_sync: bool = False, is_open: bool = False) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            if is_open and str(arguments[0]).startswith("/proc/"):
                return real(*arguments, **named)
            self._data()
            if is_sync:
                real(*arguments, **named)
                self._data()
                inode = os.fstat(arguments[0]).st_ino
                folder = os.path.isdir(f"/proc/self/fd/{arguments[0]}")
                self.events.append(Event("sync-folder" if folder else "sync-file", inode=inode))
                return None
            known = self.names()
            result = real(*arguments, **named)
            self._after(known)
            if is_open and str(arguments[0]).startswith(self.home) and result.writable():
                inode = os.fstat(result.fileno()).st_ino
                descriptor = os.open(f"/proc/self/fd/{result.fileno()}", os.O_RDONLY)
                self.keep.append(descriptor)
                content = Path(f"/proc/self/fd/{descriptor}").read_bytes()
                if inode not in self._open_files and content != self.content.get(inode):
                    self.events.append(Event("data", inode=inode, content=content))
                self._open_files[inode] = (descriptor, content)
            return result

        return call

    def record(self, act: Callable[[], None]) -> None:
        names = ("replace", "rename", "symlink", "link", "unlink", "mkdir", "rmdir")
        real: dict[str, Any] = {name: getattr(os, name) for name in (*names, "fsync")}
        real_open = builtins.open
        try:
            for name in names:
                setattr(os, name, self.wrap(real[name]))
            os.fsync = self.wrap(real["fsync"], is_sync=True)
            builtins.open = self.wrap(real_open, is_open=True)  # type: ignore[assignment]
            act()
            self._data()
        finally:
            builtins.open = real_open  # type: ignore[assignment]
            for name, function in real.items():
                setattr(os, name, function)


def _tree(home: str) -> Iterator[tuple[int, str, Node]]:
    """Every name below a folder: the folder's inode, the name, what it stands for."""
    pending = [home]
    while pending:
        folder = pending.pop()
        inode = os.stat(folder).st_ino
        for entry in os.scandir(folder):
            if entry.is_symlink():
                yield inode, entry.name, ("link", os.readlink(entry.path))
            elif entry.is_dir():
                yield inode, entry.name, ("dir", entry.stat(follow_symlinks=False).st_ino)
                pending.append(entry.path)
            else:
                yield inode, entry.name, ("file", entry.stat().st_ino)


class Disk:
    """What may be there after a power cut: certain names and contents, and those that are still under way."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.names: dict[tuple[int, str], Node | None] = dict(recorder.before)
        self.content = dict(recorder.content)
        self.pending: list[dict[tuple[int, str], Node | None]] = []
        self.torn: dict[int, bytes] = {}
        self.lost = 0

    def apply(self, event: Event) -> None:
        if event.kind == "names":
            self.pending.append(event.names)
        elif event.kind == "data":
            self.torn[event.inode] = event.content
        elif event.kind == "sync-file":
            if event.inode in self.torn:
                self.content[event.inode] = self.torn.pop(event.inode)
        else:
            rest = []
            for change in self.pending:
                if any(folder == event.inode for folder, _ in change):
                    self.names.update(change)
                else:
                    rest.append(change)
            self.pending = rest

    def cut(self, chance: random.Random, target: Path) -> bool:
        """Build one of the states the disk may be in now; whether something was lost in it."""
        names, content, lost = dict(self.names), dict(self.content), False
        for change in self.pending:
            if chance.random() < 0.5:
                names.update(change)
            else:
                lost = True
        for inode, full in self.torn.items():
            start = content.get(inode, b"")
            length = chance.choice([0, len(full), chance.randint(0, len(full))])
            content[inode] = (
                full[:length] if not (start and full.startswith(start)) else full[: max(length, len(start))]
            )
            lost |= content[inode] != full
        _build(target, self._recorder.root, names, content)
        return lost


def _build(target: Path, inode: int, names: dict[tuple[int, str], Node | None], content: dict[int, bytes]) -> None:
    target.mkdir()
    for (folder, name), node in names.items():
        if folder != inode or node is None:
            continue
        kind, value = node
        if kind == "dir":
            _build(target / name, value, names, content)
        elif kind == "link":
            (target / name).symlink_to(value)
        else:
            (target / name).write_bytes(content.get(value, b""))


def power_cuts(
    work: Path, scenario_name: str, states: int, *, seed: int = 0, without: str | None = None, converge_every: int = 0
) -> dict[str, Any]:
    """Look at ``states`` states of one scenario.

    Args:
        work: an empty folder.
        scenario_name: see ``crash_points``.
        states: how many states.
        seed: of the choices.
        without: ``sync-file`` or ``sync-folder``: leaves these out, as a careless agent would (the control).
        converge_every: after every so many states the work is done again and must reach its goal.
    """
    scenario = Scenario(scenario_name, Content("A"), Content("B"), ["main", "second"])
    home = work / "home"
    assert in_child(lambda: make_prepared(home, scenario)) == 0
    recorder = Recorder(str(home))
    recorder.record(lambda: scenario.act(str(home)))
    events = [event for event in recorder.events if event.kind != without]
    chance = random.Random(f"{seed} {scenario_name}")
    seen: dict[str, int] = {}
    lost = converged = tried = 0
    for number in range(states):
        disk = Disk(recorder)
        for event in events[: chance.randint(0, len(events))]:
            disk.apply(event)
        state = work / "state"
        lost += disk.cut(chance, state)
        found = scenario.found(str(state))
        seen[found] = seen.get(found, 0) + 1
        if converge_every and number % converge_every == 0:
            tried += 1
            again = in_child(lambda state=state: scenario.act(str(state)))
            converged += again == 0 and scenario.found(str(state)) == scenario.goal
        shutil.rmtree(state)
    for descriptor in recorder.keep:
        os.close(descriptor)
    return {"events": len(events), "states": states, "lost": lost, "seen": seen, "tried": tried, "converged": converged}


def main() -> None:
    """WORK SCENARIO STATES [WITHOUT]: prints what was seen as JSON; run in a process of its own."""
    import json

    without = sys.argv[4] if len(sys.argv) > 4 else None
    print(json.dumps(power_cuts(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), without=without, converge_every=20)))


if __name__ == "__main__":
    main()

"""The state of all slots as numbered, immutable generations; one rename makes the next one current.

A generation is a folder with one link per slot and ``state.json`` (release counters, histories, the order it came from).
It is written and synced completely before the link ``active`` moves to it. A power cut therefore leaves the old state
of every slot, its counter and its history, or the new state of all of them.

The way back from a trial is written with the trial, as a generation of its own that waits behind the link ``active.back``: to
go back is then one rename, which needs no space on a disk that the release on trial has filled meanwhile.

A card may damage what it was given. ``state.json`` carries a checksum; where it does not fit, the links of its generation still
say what serves, and the newest other generation what was counted before: nothing that serves is lost by the next order.

A way back brings the user's hook with it, as a file whose name counts the attempts that are left: the rename that goes back also
says that the hook still has to run. Counting down is a rename and the end an unlink, which need no space either.
"""

import json
import os
import zlib
from dataclasses import replace
from typing import Any, Dict, List, Optional

from .contract.messages import NAME, Release, SlotState, decode, encode
from .store import Store, fsync_folder, link_durably, remove_tree, write_durably

KEPT_RELEASES = 50
STATE = "state.json"
ACTIVE, BACK = "active", "active.back"
DUE = ".hook-%d"
"""In a generation's folder: its hook has to run, and how many attempts are left. No slot can be named so."""
HOOK_TRIES = 3
"""A hook that never ends, because it restarts the board for example, must not be run for ever."""


class State:
    """What a generation says.

    Attributes:
        number: of the generation; 0 before the first order.
        counters: the last release counter each slot has seen.
        slots: current release and history of each slot.
        order: SHA-256 of the order that made it, so that the same order asked again is known.
        placed: the answer to that order: release by slot.
        trial: what happens to these releases unless they are committed (see ``trial.py``); None = they are.
        reverts: trials in a row that went back.
        hook: words of the command that tells the user's program of a way back; empty = there is none to tell.
        salvaged: the record was damaged, and what it says was put together from what was left.
    """

    salvaged = False

    def __init__(self, value: Optional[Dict[str, Any]] = None) -> None:
        value = value or {}
        self.number = int(value.get("number", 0))
        self.counters: Dict[str, int] = {str(k): int(v) for k, v in value.get("counters", {}).items()}
        self.slots: Dict[str, SlotState] = {
            str(name): decode(SlotState, item) for name, item in value.get("slots", {}).items()
        }
        self.order: str = str(value.get("order", ""))
        self.placed: Dict[str, int] = {str(k): int(v) for k, v in value.get("placed", {}).items()}
        self.trial: Optional[Dict[str, Any]] = value.get("trial")
        self.reverts: int = int(value.get("reverts", 0))
        self.hook: List[str] = list(value.get("hook", []))

    def to_bytes(self) -> bytes:
        """The content of ``state.json``."""
        slots = {name: encode(item) for name, item in self.slots.items()}
        value = {"schema": 1, "number": self.number, "counters": self.counters, "slots": slots}
        value.update(order=self.order, placed=self.placed, trial=self.trial, reverts=self.reverts)
        if self.hook:
            value["hook"] = self.hook
        return json.dumps({**value, "check": _checksum(value)}, sort_keys=True).encode("utf-8")

    @classmethod
    def of(cls, content: bytes) -> "Optional[State]":
        """From the content of ``state.json``; None where it was damaged. Agents before 1.4 wrote no checksum."""
        try:
            value = json.loads(content.decode("utf-8"))
            if "check" in value and value.pop("check") != _checksum(value):
                return None
            return cls(value)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
            return None

    def current(self, slot: str) -> Optional[str]:
        """The bundle that runs in a slot."""
        state = self.slots.get(slot)
        if state is None:
            return None
        return next((item.bundle for item in state.releases if item.release == state.current), None)

    def run(self, slot: str) -> Dict[str, str]:
        """On what a slot runs its bundle; empty = on the board's usual."""
        state = self.slots.get(slot)
        if state is None:
            return {}
        return next((item.run for item in state.releases if item.release == state.current), {})

    def copied(self, trial: Optional[Dict[str, Any]], reverts: int) -> "State":
        """The state that follows when the slots stay and only a trial ends."""
        following = State()
        following.number, following.order, following.placed = self.number + 1, self.order, dict(self.placed)
        following.counters, following.slots = dict(self.counters), dict(self.slots)
        following.trial, following.reverts = trial, reverts
        return following

    def after(
        self,
        order: str,
        counter: int,
        bundles: Dict[str, str],
        names: Dict[str, str],
        runs: Optional[Dict[str, Dict[str, str]]] = None,
    ) -> "State":
        """The state that follows when ``bundles`` (by slot) are switched to under ``counter``, to run as ``runs`` says."""
        following = State()
        following.number, following.order = self.number + 1, order
        following.counters = {**self.counters, **{slot: counter for slot in bundles}}
        following.slots, following.placed = dict(self.slots), {slot: counter for slot in bundles}
        for slot, bundle in bundles.items():
            history = self.slots[slot].releases if slot in self.slots else []
            fresh = Release(counter, bundle, "committed", names[bundle], (runs or {}).get(slot, {}))
            following.slots[slot] = SlotState(counter, [fresh, *_superseded(history, bundle)][:KEPT_RELEASES])
        return following


def _superseded(history: List[Release], bundle: str) -> List[Release]:
    """The history below a new release: what came after the bundle that returns is marked as rolled back."""
    since = next((place for place, item in enumerate(history) if item.bundle == bundle), 0)
    return [replace(item, state="rolled-back") for item in history[:since]] + history[since:]


class Generations:
    """The generations of one store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def state(self) -> State:
        """The state that is current now; OSError where the disk does not let it be read."""
        while True:
            active = self._folder_of(ACTIVE)
            if active is None:
                return State()
            found = self._read(active)
            if found is not None:
                return found
            if self._folder_of(ACTIVE) == active:  # else another session has just switched and cleaned up
                return self._salvaged(active)

    def _read(self, folder: str) -> Optional[State]:
        try:
            with open(os.path.join(folder, STATE), "rb") as stream:
                return State.of(stream.read())
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _folder_of(self, link: str) -> Optional[str]:
        """The generation a link points at, whether or not it is there; None where there is no such link."""
        try:
            return os.path.join(self.store.home, os.readlink(self.store.path(link)))
        except FileNotFoundError:
            return None

    def _numbers(self) -> List[int]:
        return sorted(
            (int(name) for name in os.listdir(self.store.path("generations")) if name.isdigit()), reverse=True
        )

    def _salvaged(self, active: str) -> State:
        """What the links of the damaged generation say, on top of what the newest other one says."""
        numbers, base = self._numbers(), State()
        for number in numbers:
            folder = self.store.path("generations", str(number))
            found = None if folder == active else self._read(folder)
            if found is not None:
                base = found
                break
        state = base.copied(None, base.reverts)
        state.number, state.salvaged = max([0, *numbers]), True
        state.order, state.placed = "", {}
        serves = {name: os.readlink(os.path.join(active, name)) for name in _links(active)}
        for slot in [*state.slots, *serves]:
            bundle = os.path.basename(serves[slot]) if slot in serves else None
            if bundle != state.current(slot):
                history = state.slots[slot].releases if slot in state.slots else []
                state.slots[slot] = SlotState(None, history)
                if bundle is not None:
                    state.counters[slot] = state.counters.get(slot, 0) + 1
                    fresh = Release(state.counters[slot], bundle, "committed", "unknown", {})
                    state.slots[slot] = SlotState(fresh.release, [fresh, *history][:KEPT_RELEASES])
        return state

    def switch(self, following: State, back: Optional[State] = None) -> None:
        """Write a generation and make it current.

        Args:
            following: the state; its number is raised where that generation is already there and current.
            back: the state a trial goes back to, which is made ready before the trial serves.
        """
        active = os.path.basename(self._folder_of(ACTIVE) or "")
        if active.isdigit() and following.number <= int(active):
            following.number = int(active) + 1
        if back is not None:
            back.number = following.number + 1
            self._write(back)
            link_durably(os.path.join("generations", str(back.number)), self.store.path(BACK))
        self._write(following)
        self._link_slots(following)
        link_durably(os.path.join("generations", str(following.number)), self.store.path(ACTIVE))

    def go_back(self, wanted: State) -> bool:
        """Make the generation current that was made ready for it; False where it is not there as it should be."""
        folder = self._folder_of(BACK)
        try:
            if folder is None or os.path.basename(folder) != str(wanted.number):
                return False
            with open(os.path.join(folder, STATE), "rb") as stream:
                if stream.read() != wanted.to_bytes():
                    return False
            if wanted.hook and not os.path.exists(os.path.join(folder, DUE % HOOK_TRIES)):
                return False
            os.replace(self.store.path(BACK), self.store.path(ACTIVE))
        except OSError:
            return False
        fsync_folder(self.store.home)
        return True

    def _write(self, following: State) -> None:
        """A generation with all that belongs to it, durable, and nowhere in use yet."""
        store = self.store
        folder = store.path("generations", str(following.number))
        remove_tree(folder)  # what an interrupted attempt left; `active` never points at it
        os.makedirs(folder)
        for slot in following.slots:
            bundle = following.current(slot)
            if bundle is not None:
                os.symlink(os.path.join("..", "..", "bundles", bundle), os.path.join(folder, slot))
        if following.hook:
            write_durably(os.path.join(folder, DUE % HOOK_TRIES), b"")
        write_durably(os.path.join(folder, STATE), following.to_bytes())
        fsync_folder(store.path("generations"))

    def hook_tries(self) -> Optional[int]:
        """Attempts that are left for the hook of the way back that is current; None = it has ended, or there is none."""
        folder = self.store.path(ACTIVE)
        return next((left for left in range(HOOK_TRIES + 1) if os.path.exists(os.path.join(folder, DUE % left))), None)

    def begin_hook(self, left: int) -> None:
        """Count an attempt, durably: whatever the hook does to the board, the next attempt is another one."""
        folder = self.store.path(ACTIVE)
        os.rename(os.path.join(folder, DUE % left), os.path.join(folder, DUE % (left - 1)))
        fsync_folder(folder)

    def end_hook(self, left: int) -> None:
        """The hook has ended, or may not be tried again."""
        folder = self.store.path(ACTIVE)
        os.unlink(os.path.join(folder, DUE % left))
        fsync_folder(folder)

    def _link_slots(self, following: State) -> None:
        """The stable paths that users' programs follow; one of a new slot dangles until the switch."""
        for slot in following.slots:
            folder = self.store.path("slots", slot)
            if not os.path.isdir(folder):
                os.makedirs(folder)
                fsync_folder(self.store.path("slots"))
            current = os.path.join(folder, "current")
            target = os.path.join("..", "..", "active", slot)
            if not os.path.islink(current) or os.readlink(current) != target:
                link_durably(target, current)

    def collect(self) -> None:
        """Delete old generations: the current one, the one before it, and the way back from a trial stay."""
        if self.state().trial is None and os.path.lexists(self.store.path(BACK)):
            os.unlink(self.store.path(BACK))
        active = os.path.basename(self._folder_of(ACTIVE) or "")
        if not active.isdigit():
            return
        before = [number for number in self._numbers() if number < int(active)][:1]
        kept = {active, os.path.basename(self._folder_of(BACK) or ""), *map(str, before)}
        for name in os.listdir(self.store.path("generations")):
            if name not in kept:
                remove_tree(self.store.path("generations", name))


def _links(folder: str) -> List[str]:
    try:
        return sorted(name for name in os.listdir(folder) if os.path.islink(os.path.join(folder, name)))
    except FileNotFoundError:
        return []


def _checksum(value: Dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(value, sort_keys=True).encode("utf-8"))


def is_slot(name: object) -> bool:
    """Whether this may name a slot; ``state.json`` lives beside the links."""
    return isinstance(name, str) and NAME.match(name) is not None and name != STATE and not name.endswith(".new")

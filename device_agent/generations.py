"""The state of all slots as numbered, immutable generations; one rename makes the next one current.

A generation is a folder with one link per slot and ``state.json`` (release counters, histories, the order it came from).
It is written and synced completely before the link ``active`` moves to it. A power cut therefore leaves the old state
of every slot, its counter and its history, or the new state of all of them.
"""

import json
import os
from dataclasses import replace
from typing import Any, Dict, List, Optional

from .contract.messages import NAME, Release, SlotState, decode, encode
from .store import Store, fsync_folder, link_durably, remove_tree, write_durably

KEPT_RELEASES = 50
STATE = "state.json"


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
    """

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

    def to_bytes(self) -> bytes:
        """The content of ``state.json``."""
        slots = {name: encode(item) for name, item in self.slots.items()}
        value = {"schema": 1, "number": self.number, "counters": self.counters, "slots": slots}
        value.update(order=self.order, placed=self.placed, trial=self.trial, reverts=self.reverts)
        return json.dumps(value, sort_keys=True).encode("utf-8")

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
        """The state that is current now."""
        return State(self.store.read_json("active", STATE))

    def switch(self, following: State) -> None:
        """Write a generation and make it current."""
        store = self.store
        folder = store.path("generations", str(following.number))
        remove_tree(folder)  # what an interrupted attempt left; `active` never points at it
        os.makedirs(folder)
        for slot in following.slots:
            bundle = following.current(slot)
            if bundle is not None:
                os.symlink(os.path.join("..", "..", "bundles", bundle), os.path.join(folder, slot))
        write_durably(os.path.join(folder, STATE), following.to_bytes())
        fsync_folder(store.path("generations"))
        self._link_slots(following)
        link_durably(os.path.join("generations", str(following.number)), store.path("active"))

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
        """Delete the generations that are not current."""
        active = str(self.state().number)
        for name in os.listdir(self.store.path("generations")):
            if name != active:
                remove_tree(self.store.path("generations", name))


def is_slot(name: object) -> bool:
    """Whether this may name a slot; ``state.json`` lives beside the links."""
    return isinstance(name, str) and NAME.match(name) is not None and name != STATE and not name.endswith(".new")

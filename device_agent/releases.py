"""Bundles on the board: verify, activate, clean up.

A bundle's folder appears under its name only after every file was hashed and the golden check has passed. Every
activation hashes it again, so that a damaged card never puts a broken model into service.
"""

import json
import os
import time
from contextlib import suppress
from typing import Callable, Dict, List, Optional, Sequence, Set, Tuple

from . import environments, golden
from .contract.codec import loads
from .contract.errors import AgentError
from .contract.manifest import MANIFEST, SIGNATURE, Manifest, fits, parse
from .contract.measuring import RuntimeChoice
from .contract.messages import SHA256, Machine, Runtime, encode
from .contract.releasing import ActivateRequest, SlotList, StageRequest, StageResult
from .engines import cache_option, check_library
from .generations import Generations, State, is_slot
from .hashing import file_sha256, sha256_hex
from .store import Store, fsync_folder, remove_tree, write_durably

MAX_MANIFEST_BYTES = 1 << 20
MAX_SLOTS = 64
MAX_WORD = 1000
VERIFIED = "verified.json"
UNUSED_KEPT_S = 3600.0
"""Content that nothing refers to is kept this long: another desktop may be about to use what it has just uploaded."""

UNKNOWN = ""
"""Stands for the environment in a note of an agent that did not write it down."""

Check = Callable[[], None]
Verified = Tuple[golden.Run, Optional[str]]
"""On what, and in which environment; None = the board's own packages."""


class Releases:
    """Operations on the bundles of one store; the caller holds the lock for those that change it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.generations = Generations(store)
        self._fresh: Set[str] = set()

    def stage(
        self,
        request: StageRequest,
        machine: Machine,
        runtimes: Callable[[], List[Runtime]],
        folders: Sequence[str],
        check: Check = lambda: None,
        root: str = "/",
    ) -> StageResult:
        """Verify signature, hashes, needs and golden samples; a good bundle becomes ``bundles/<sha256>``.

        Args:
            request: names manifest, signature and key.
            machine: this board, for what the bundle needs.
            runtimes: those of the request's environment.
            folders: of that environment.
            check: called during the work; raises when it must stop.
            root: where the GPU's name is read.
        """
        check_library(request.run, self.store.home)
        sha256 = request.manifest
        content = self.store.blob_content(sha256, MAX_MANIFEST_BYTES)
        self.store.check_signature(request.key, content, request.signature)
        manifest = parse(content)
        reason = fits(manifest, machine.isa, machine.ram_bytes)
        if reason is not None:
            return StageResult(sha256, "rejected", [], reason)
        final = self.store.path("bundles", sha256)
        known = os.path.isdir(final)
        folder = final if known else final + ".new"
        if not known:
            remove_tree(folder)
            os.makedirs(folder)
        try:
            self._link_files(folder, manifest, content, request.signature, check)
            result = self._golden(folder, request, manifest, machine, runtimes, folders, check, root)
            on = [item for item in self._verified(sha256) if item[0] != request.run]
            if result.state != "verified":
                if known and on:
                    self._note(folder, StageResult(sha256, "verified"), on)
                elif known:
                    self._distrust(sha256)
                return result
            self._note(folder, result, [*on, (request.run, request.env)])
            if not known:
                os.rename(folder, final)
                fsync_folder(self.store.path("bundles"))
        finally:
            if not known:
                remove_tree(folder)
        self._fresh.add(sha256)
        return result

    def _golden(
        self,
        folder: str,
        request: StageRequest,
        manifest: Manifest,
        machine: Machine,
        runtimes: Callable[[], List[Runtime]],
        folders: Sequence[str],
        check: Check,
        root: str,
    ) -> StageResult:
        """The verdict of this board; trial bundles are only timed, so nothing is compared."""
        if manifest.purpose == "trial":
            return StageResult(request.manifest, "verified")

        def more(choice: RuntimeChoice) -> golden.Run:
            return cache_option(choice.provider, self.store.path("bundles", request.manifest), root)

        limits = (machine.ram_bytes, request.timeout_s)
        results = golden.check(folder, manifest, runtimes(), folders, *limits, check, request.run, more)
        bad = next((item for item in results if not item.passed), None)
        if bad is not None:
            return StageResult(request.manifest, "rejected", results, "%s: %s" % (bad.runtime, bad.reason))
        return StageResult(request.manifest, "verified", results)

    def _link_files(self, folder: str, manifest: Manifest, content: bytes, signature: str, check: Check) -> None:
        """Put every file in its place; those that are there already are repaired where they are damaged."""
        for item in manifest.files:
            check()
            target = os.path.join(folder, item.name)
            if os.path.isfile(target) and file_sha256(target) == item.sha256:
                continue
            source = self.store.blob(item.sha256)
            if not os.path.exists(source):
                raise AgentError(
                    "blob-missing", "the file %s of the bundle is not on the board" % item.name, "deploy again"
                )
            if file_sha256(source) != item.sha256:
                os.unlink(source)
                raise AgentError(
                    "blob-damaged", "the file %s was damaged on the board" % item.name, "deploy again: it is sent anew"
                )
            self.store.link(source, target)
        write_durably(os.path.join(folder, MANIFEST), content)
        write_durably(os.path.join(folder, SIGNATURE), signature.encode("ascii") + b"\n")

    def _note(self, folder: str, result: StageResult, on: List[Verified]) -> None:
        note = {**encode(result), "on": [run for run, _ in on], "env": [environment for _, environment in on]}
        write_durably(os.path.join(folder, VERIFIED), json.dumps(note).encode())

    def _verified(self, sha256: str) -> List[Verified]:
        """On what a bundle was verified, and in which environment; a note from before 1.4 means the board's usual."""
        note = self.store.read_json("bundles", sha256, VERIFIED)
        on = [] if note is None else list(note.get("on", [{}]))
        within = [] if note is None else list(note.get("env", []))
        return list(zip(on, [*within, *[UNKNOWN] * (len(on) - len(within))]))

    def check_run(self, sha256: str, run: golden.Run) -> None:
        """AgentError unless a bundle was verified on what it shall run on."""
        if run not in [known for known, _ in self._verified(sha256)]:
            text = " ".join("%s=%s" % item for item in sorted(run.items())) or "the board's usual runtime"
            raise AgentError(
                "not-verified",
                "the bundle %s is not verified on %s" % (sha256[:16], text[:200]),
                "deploy it so: flyweight deploy BUNDLE TARGET with the same --runtime, --provider or --delegate",
            )

    def _distrust(self, sha256: str) -> None:
        """A bundle that fails a later check may not be activated again; what runs keeps running."""
        try:
            os.unlink(self.store.path("bundles", sha256, VERIFIED))
            fsync_folder(self.store.path("bundles", sha256))
        except FileNotFoundError:
            pass

    def manifest(self, sha256: str) -> "Tuple[Manifest, str]":
        """Manifest and folder of a verified bundle; AgentError when it is not verified on this board."""
        if not SHA256.match(sha256) or self.store.read_json("bundles", sha256, VERIFIED) is None:
            raise AgentError(
                "not-verified", "the bundle %s is not verified on this board" % sha256[:16], "deploy it first"
            )
        folder = self.store.path("bundles", sha256)
        with open(os.path.join(folder, MANIFEST), "rb") as stream:
            content = stream.read(MAX_MANIFEST_BYTES)
        if sha256_hex(content) != sha256:
            raise self._damaged(sha256, MANIFEST)
        return parse(content), folder

    def check_files(self, sha256: str, names: Optional[Sequence[str]] = None) -> "Tuple[Manifest, str]":
        """Hash the files of a verified bundle (or only ``names``) again; AgentError when one is damaged."""
        manifest, folder = self.manifest(sha256)
        for item in manifest.files:
            if names is not None and item.name not in names:
                continue
            path = os.path.join(folder, item.name)
            if not os.path.isfile(path) or file_sha256(path) != item.sha256:
                raise self._damaged(sha256, item.name)
        return manifest, folder

    def _damaged(self, sha256: str, name: str) -> AgentError:
        self._distrust(sha256)
        return AgentError(
            "bundle-damaged",
            "the file %s of the bundle %s was damaged on the board" % (name, sha256[:16]),
            "deploy again: it is sent anew; look after the board's disk",
        )

    def activate(
        self, request: ActivateRequest, device_id: str, root: str = "/", ram_bytes: Optional[int] = None
    ) -> Dict[str, int]:
        """Switch slots as a signed order says; returns the release number of each slot.

        The order that made the present state is answered again without doing anything, so that a desktop which lost
        the answer can repeat it. A trial that is still open when another order comes goes back first.

        Args:
            request: the order and its signature.
            device_id: of this board.
            root: where the boot id is looked for.
            ram_bytes: of this board; what all slots need together must fit into it.
        """
        content = request.order.encode("utf-8")
        self.store.check_signature(request.key, content, request.signature)
        value = loads(content)
        device, counter, slots = _read_order(value)
        if device != device_id:
            raise AgentError("other-device", "the order is for another board", "deploy to this board")
        state, order = self.generations.state(), sha256_hex(content)
        if state.order == order:
            return state.placed
        state = self._settled(state)
        wanted, runs = value.get("trial"), _read_runs(value.get("run", {}), slots)
        return self._switch(state, order, counter, slots, wanted, root, ram_bytes, runs)

    def activate_here(self, slots: Dict[str, str], ram_bytes: Optional[int] = None) -> Dict[str, int]:
        """Switch slots by order of whoever has this board in hand, under the next number; bundles are checked alike."""
        state = self._settled(self.generations.state())
        counter = max([0, *(state.counters.get(slot, 0) for slot in slots)]) + 1
        if all(state.current(slot) == bundle for slot, bundle in slots.items()):
            return {slot: state.slots[slot].current or 0 for slot in slots}
        return self._switch(state, "", counter, slots, None, "/", ram_bytes)

    def _settled(self, state: State) -> State:
        """The state another order starts from: a trial that is still open has gone back, and its hook has run."""
        if state.trial is None and self.generations.hook_tries() is None:
            return state
        from .trial import revert, run_hook

        revert(self.generations, "another order came")
        run_hook(self.generations)
        return self.generations.state()

    def _switch(
        self,
        state: State,
        order: str,
        counter: int,
        slots: Dict[str, str],
        wanted: object,
        root: str,
        ram_bytes: Optional[int],
        runs: Optional[Dict[str, golden.Run]] = None,
    ) -> Dict[str, int]:
        names = {}
        for slot, bundle in slots.items():
            seen = state.counters.get(slot, 0)
            if counter <= seen:
                raise AgentError(
                    "old-order", "slot %s has seen order %d, this is %d" % (slot, seen, counter), "deploy again"
                )
            if self.manifest(bundle)[0].purpose != "release":
                raise AgentError("not-a-release", "a trial bundle cannot be activated", "make a bundle of the variant")
            names[bundle] = self.check_files(bundle)[0].name
            self.check_run(bundle, (runs or {}).get(slot, {}))
        following = state.after(order, counter, slots, names, runs)
        if len(following.slots) > MAX_SLOTS:
            raise AgentError("too-many-slots", "a board has at most %d slots" % MAX_SLOTS, "use an existing slot")
        self._check_memory(following, ram_bytes)
        if wanted is None:
            self.generations.switch(following)
        else:
            from . import trial

            back = trial.begin(following, state, trial.parse(wanted) or {}, trial.boot_id(root))
            self.generations.switch(following, back)
            trial.leave_watcher(self.store.home, root)
        from .journal import note

        switched = {slot: [counter, bundle, names[bundle]] for slot, bundle in slots.items()}
        note(self.store, "activate", slots=switched, trial=wanted is not None)
        self.collect()
        return following.placed

    def _check_memory(self, following: State, ram_bytes: Optional[int]) -> None:
        """The models of all slots may be in memory at the same time."""
        if ram_bytes is None:
            return
        bundles = {following.current(slot) for slot in following.slots} - {None}
        needed = sum(self._needs(str(bundle)) for bundle in bundles)
        if needed > ram_bytes:
            raise AgentError(
                "no-memory",
                "the models of all slots need %d MB together, the board has %d MB"
                % (needed // 1_000_000, ram_bytes // 1_000_000),
                "use a smaller model in one of the slots",
            )

    def _needs(self, bundle: str) -> int:
        try:
            with open(self.store.path("bundles", bundle, MANIFEST), "rb") as stream:
                return parse(stream.read(MAX_MANIFEST_BYTES)).needs.ram_bytes or 0
        except (OSError, ValueError):
            return 0  # a damaged bundle in another slot is not this order's fault

    def list(self) -> SlotList:
        """All slots, and the bundles that are verified but in no slot."""
        state = self.generations.state()
        current = {state.current(slot) for slot in state.slots}
        names = sorted(name for name in os.listdir(self.store.path("bundles")) if SHA256.match(name))
        verified = [name for name in names if self._is_verified(name)]
        left = None if state.trial is None else max(state.trial["until_s"] - time.monotonic(), 0.0)
        return SlotList(state.slots, [name for name in verified if name not in current], left)

    def _is_verified(self, name: str) -> bool:
        try:
            return self.store.read_json("bundles", name, VERIFIED) is not None
        except OSError:
            return False  # one that cannot be read hides no other

    def collect(self) -> None:
        """Delete what nothing needs: kept are current and previous of each slot, and what was used within an hour.

        Of the runtimes' environments those stay in which a bundle that stays was verified, and what a process runs from.
        """
        kept = self._kept(self.generations.state())
        used: Set[str] = set()
        for name in os.listdir(self.store.path("bundles")):
            path = self.store.path("bundles", name)
            if name not in kept and (not SHA256.match(name) or _unused(os.path.join(path, VERIFIED))):
                remove_tree(path)
                continue
            used.add(name)
            used.update(_hashes(os.path.join(path, MANIFEST)))
        if os.path.isdir(self.store.path("engines")):
            for name in os.listdir(self.store.path("engines")):
                if name not in used:
                    remove_tree(self.store.path("engines", name))
        for folder in ("blobs", "staging"):
            for name in os.listdir(self.store.path(folder)):
                path = self.store.path(folder, name)
                if name not in used and _unused(path):
                    os.unlink(path)
        unneeded = self._unneeded_environments()
        environments.sweep(self.store, [name for name in unneeded if _unused(self.store.path("env", name))])
        self.generations.collect()

    def _unneeded_environments(self) -> Set[str]:
        names = set(self.store.environments())
        for bundle in os.listdir(self.store.path("bundles")):
            verified = self._verified(bundle)
            if not verified or any(environment == UNKNOWN for _, environment in verified):
                return set()  # of this one nobody knows what it needs
            names.difference_update(str(environment) for _, environment in verified)
        return names

    def forget(self, sha256: str) -> None:
        """Delete a pushed blob that no bundle on the board is made of."""
        for name in os.listdir(self.store.path("bundles")):
            if sha256 in _hashes(os.path.join(self.store.path("bundles", name), MANIFEST)):
                return
        with suppress(FileNotFoundError):
            os.unlink(self.store.blob(sha256))

    def _kept(self, state: State) -> Set[str]:
        kept = set(self._fresh)
        for name, slot in state.slots.items():
            kept.add(str(state.current(name)))
            different: List[str] = []
            for item in slot.releases:
                # What went back from a trial, or was left by a rollback, is nothing to return to.
                if item.bundle not in different and (item.state == "committed" or item.release == slot.current):
                    different.append(item.bundle)
            kept.update(different[:2])
            kept.update(item.bundle for item in slot.releases[:2])
        return kept


def _unused(path: str) -> bool:
    """Whether it was written more than an hour ago, or under a clock that was ahead of the present one by as much."""
    try:
        return abs(time.time() - os.lstat(path).st_mtime) > UNUSED_KEPT_S
    except FileNotFoundError:
        return True


def _hashes(manifest: str) -> List[str]:
    """Hashes of the files a manifest names; a damaged manifest names none."""
    try:
        with open(manifest, "rb") as stream:
            return [item.sha256 for item in parse(stream.read(MAX_MANIFEST_BYTES)).files]
    except (OSError, ValueError):
        return []


def _read_runs(value: object, slots: Dict[str, str]) -> Dict[str, golden.Run]:
    if isinstance(value, dict) and all(name in slots and isinstance(item, dict) for name, item in value.items()):
        words = [word for item in value.values() for pair in item.items() for word in pair]
        if all(isinstance(word, str) and len(word) <= MAX_WORD for word in words):
            return value
    raise AgentError(
        "bad-order", "what the order says of runtimes is not of its form", "update Flyweight on both sides"
    )


def _read_order(order: "Dict[str, object]") -> "Tuple[str, int, Dict[str, str]]":
    device, counter, slots = order.get("device"), order.get("counter"), order.get("slots")
    if order.get("schema") != 1 or not isinstance(device, str) or type(counter) is not int or counter < 1:
        raise AgentError("bad-order", "the order is not of the form this agent knows", "update Flyweight on both sides")
    if not isinstance(slots, dict) or not slots or not all(is_slot(name) for name in slots):
        raise AgentError("bad-order", "the order names no slot, or one that is none", "use letters, digits, . _ -")
    if not all(isinstance(item, str) and SHA256.match(item) for item in slots.values()):
        raise AgentError("bad-order", "the order names a bundle that is none", "update Flyweight on both sides")
    return device, counter, slots

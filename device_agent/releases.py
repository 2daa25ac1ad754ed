"""Bundles and slots on the board: verify, switch atomically, remember, clean up.

A bundle folder appears under its final name only after every file is linked and the golden check has passed; a slot's
``current`` is one symbolic link replaced by a rename. The release counter is durable before the link moves, so that a
crash can waste a number but never lets an old order in again.
"""

import os
import shutil
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

from . import golden
from .contract.codec import loads
from .contract.errors import AgentError
from .contract.manifest import MANIFEST, SIGNATURE, Manifest, fits, parse
from .contract.messages import (
    NAME,
    ActivateRequest,
    Golden,
    Machine,
    Release,
    Runtime,
    SlotList,
    SlotState,
    StageRequest,
    StageResult,
    decode,
    encode,
)
from .store import Store, fsync_folder, sha256_of, write_durably

MAX_MANIFEST_BYTES = 1 << 20
VERIFIED = "verified.json"
KEPT_RELEASES = 20


class Releases:
    """Operations on bundles and slots of one store; the caller holds the lock for those that change it."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.fresh: Set[str] = set()

    def stage(
        self, request: StageRequest, machine: Machine, runtimes: Callable[[], List[Runtime]], folders: Sequence[str]
    ) -> StageResult:
        """Verify signature, hashes, needs and golden samples; a good bundle becomes ``bundles/<sha256>``."""
        store, sha256 = self.store, request.manifest
        content = store.blob_content(sha256, MAX_MANIFEST_BYTES)
        store.check_signature(request.key, content, request.signature)
        manifest = parse(content)
        final = store.path("bundles", sha256)
        known = store.read_json("bundles", sha256, VERIFIED)
        if known is not None and self._intact(sha256, manifest):
            self.fresh.add(sha256)
            return decode(StageResult, known)
        reason = fits(manifest, machine.isa, machine.ram_bytes)
        if reason is not None:
            return StageResult(sha256, "rejected", [], reason)
        folder = final + ".new"
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        try:
            self._link_files(folder, manifest, content, request.signature)
            results = self._golden(folder, manifest, runtimes(), folders, machine, request.timeout_s)
            bad = next((item for item in results if not item.passed), None)
            if bad is not None:
                return StageResult(sha256, "rejected", results, "%s: %s" % (bad.runtime, bad.reason))
            result = StageResult(sha256, "verified", results, None)
            import json

            write_durably(os.path.join(folder, VERIFIED), json.dumps(encode(result)).encode())
            fsync_folder(folder)
            shutil.rmtree(final, ignore_errors=True)
            os.rename(folder, final)
            fsync_folder(store.path("bundles"))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        self.fresh.add(sha256)
        return result

    def _golden(
        self,
        folder: str,
        manifest: Manifest,
        runtimes: List[Runtime],
        folders: Sequence[str],
        machine: Machine,
        timeout_s: float,
    ) -> List[Golden]:
        if manifest.purpose == "trial":
            return []
        return golden.check(folder, manifest, runtimes, folders, machine.ram_bytes, timeout_s)

    def _link_files(self, folder: str, manifest: Manifest, content: bytes, signature: str) -> None:
        for item in manifest.files:
            source = self.store.blob(item.sha256)
            if not os.path.exists(source):
                raise AgentError(
                    "blob-missing", "the file %s of the bundle is not on the board" % item.name, "deploy again"
                )
            self._check_file(source, item.name, item.sha256)
            self.store.link(source, os.path.join(folder, item.name))
        write_durably(os.path.join(folder, MANIFEST), content)
        write_durably(os.path.join(folder, SIGNATURE), signature.encode("ascii") + b"\n")

    def _check_file(self, path: str, name: str, sha256: str) -> None:
        if sha256_of(path)[0] != sha256:
            os.unlink(path)
            raise AgentError("blob-damaged", "the file %s was damaged on the board" % name, "deploy again")

    def _intact(self, sha256: str, manifest: Manifest) -> bool:
        folder = self.store.path("bundles", sha256)
        try:
            return all(sha256_of(os.path.join(folder, item.name))[0] == item.sha256 for item in manifest.files)
        except OSError:
            return False

    def manifest(self, sha256: str) -> "Tuple[Manifest, str]":
        """Manifest and folder of a verified bundle; AgentError when it is not verified on this board."""
        folder = self.store.path("bundles", sha256)
        if self.store.read_json("bundles", sha256, VERIFIED) is None:
            raise AgentError(
                "not-verified", "the bundle %s is not verified on this board" % sha256[:16], "deploy it first"
            )
        with open(os.path.join(folder, MANIFEST), "rb") as stream:
            return parse(stream.read(MAX_MANIFEST_BYTES)), folder

    def activate(self, request: ActivateRequest, device_id: str) -> Dict[str, int]:
        """Switch slots as a signed order says; returns the release number of each slot."""
        order_bytes = request.order.encode("utf-8")
        self.store.check_signature(request.key, order_bytes, request.signature)
        device, counter, slots = _read_order(loads(order_bytes))
        if device != device_id:
            raise AgentError("other-device", "the order is for another board", "deploy to this board")
        for slot, bundle in slots.items():
            seen = self._history(slot)["counter"]
            if counter <= seen:
                raise AgentError(
                    "old-order", "slot %s has seen order %d, this is %d" % (slot, seen, counter), "deploy again"
                )
            manifest, _ = self.manifest(bundle)
            if manifest.purpose != "release":
                raise AgentError("not-a-release", "a trial bundle cannot be activated", "make a bundle of the variant")
            if not self._intact(bundle, manifest):
                shutil.rmtree(self.store.path("bundles", bundle), ignore_errors=True)
                raise AgentError("bundle-damaged", "the bundle was damaged on the board", "deploy again")
        for slot, bundle in slots.items():
            self._switch(slot, bundle, counter, self.manifest(bundle)[0].name)
        self.collect()
        return {slot: counter for slot in slots}

    def _switch(self, slot: str, bundle: str, counter: int, name: str) -> None:
        folder = self.store.path("slots", slot)
        os.makedirs(folder, exist_ok=True)
        fsync_folder(self.store.path("slots"))
        history = self._history(slot)
        entry = encode(Release(counter, bundle, "committed", name))
        # First the counter and the intent, then the link, then nothing: a reader takes the link as the truth.
        history["counter"] = counter
        history["releases"] = [entry, *history["releases"]][:KEPT_RELEASES]
        self._write_history(slot, history)
        link = os.path.join(folder, "current.new")
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.path.join("..", "..", "bundles", bundle), link)
        os.replace(link, os.path.join(folder, "current"))
        fsync_folder(folder)

    def _write_history(self, slot: str, history: Dict[str, Any]) -> None:
        import json

        write_durably(self.store.path("slots", slot, "history.json"), json.dumps(history).encode())

    def _history(self, slot: str) -> Dict[str, Any]:
        found = self.store.read_json("slots", slot, "history.json") or {}
        return {"counter": int(found.get("counter", 0)), "releases": list(found.get("releases", []))}

    def current_bundle(self, slot: str) -> Optional[str]:
        """The bundle a slot's link points to; None for an empty slot."""
        try:
            return os.path.basename(os.readlink(self.store.path("slots", slot, "current")))
        except OSError:
            return None

    def slots(self) -> List[str]:
        """Names of the slots."""
        return sorted(name for name in os.listdir(self.store.path("slots")) if NAME.match(name))

    def counters(self) -> Dict[str, int]:
        """Last release counter of each slot."""
        return {slot: self._history(slot)["counter"] for slot in self.slots()}

    def list(self) -> SlotList:
        """All slots; an order that was interrupted before its link moved is shown as rolled back."""
        states = {}
        for slot in self.slots():
            bundle, releases = self.current_bundle(slot), []
            current: Optional[int] = None
            for value in self._history(slot)["releases"]:
                item = decode(Release, value)
                if current is None and item.bundle == bundle:
                    current = item.release
                elif current is None:
                    item = Release(item.release, item.bundle, "rolled-back", item.name)
                releases.append(item)
            states[slot] = SlotState(current, releases)
        return SlotList(states, self._verified())

    def _verified(self) -> List[str]:
        names = sorted(os.listdir(self.store.path("bundles")))
        return [name for name in names if self.store.read_json("bundles", name, VERIFIED) is not None]

    def collect(self) -> None:
        """Delete bundles and blobs nothing needs: kept are current and previous of each slot, and this session's."""
        kept = set(self.fresh)
        for slot in self.slots():
            kept.update(filter(None, [self.current_bundle(slot)]))
            different: List[str] = []
            for value in self._history(slot)["releases"]:
                if value["bundle"] not in different:
                    different.append(value["bundle"])
            kept.update(different[:2])
        used: Set[str] = set()
        for name in os.listdir(self.store.path("bundles")):
            if name not in kept:
                shutil.rmtree(self.store.path("bundles", name), ignore_errors=True)
                continue
            manifest, _ = self.manifest(name)
            used.add(name)
            used.update(item.sha256 for item in manifest.files)
        for name in os.listdir(self.store.path("blobs")):
            if name not in used:
                os.unlink(self.store.path("blobs", name))


def _read_order(order: Dict[str, Any]) -> "Tuple[str, int, Dict[str, str]]":
    device, counter, slots = order.get("device"), order.get("counter"), order.get("slots")
    if order.get("schema") != 1 or not isinstance(device, str) or not isinstance(counter, int) or not slots:
        raise AgentError("bad-order", "the order is not of the form this agent knows", "update Flyweight on both sides")
    if not isinstance(slots, dict) or not all(NAME.match(k) and isinstance(v, str) for k, v in slots.items()):
        raise AgentError("bad-order", "the order names a slot that is none", "use letters, digits, . _ - for slots")
    return device, counter, slots

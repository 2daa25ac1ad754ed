"""Runtime adapters that a user put on this board: files named by their content, added and removed by signed order.

    adapters/index.json           counter of the last order, and the SHA-256 of each adapter by id
    adapters/<sha256>/<id>.py     the file

They are loaded in the limited child alone, and hashed again before every use.
"""

import os
from typing import Any, Callable, Dict, List

from .contract.codec import dumps, loads
from .contract.errors import AgentError
from .contract.messages import NAME, SHA256
from .contract.releasing import ActivateRequest, Adapter
from .hashing import file_sha256
from .store import Store, fsync_folder, remove_tree, write_durably

MAX_ADAPTERS = 16
MAX_BYTES = 256_000

Describe = Callable[[str], Dict[str, Any]]
"""What a limited child says of an adapter's file: id, formats, version, providers, reason."""


class Adapters:
    """The adapters of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        value = store.read_json("adapters", "index.json") or {}
        self.counter = int(value.get("counter", 0))
        self.hashes: Dict[str, str] = {str(name): str(item) for name, item in value.get("adapters", {}).items()}

    def path(self, name: str) -> str:
        """Where the file of an adapter lies."""
        return self._store.path("adapters", self.hashes[name], name + ".py")

    def files(self) -> List[str]:
        """The files that are as they were signed, for a child; one that was damaged since is left out."""
        return [self.path(name) for name in sorted(self.hashes) if self.is_whole(name)]

    def is_whole(self, name: str) -> bool:
        """Whether a file is as it was signed."""
        path = self.path(name)
        return os.path.isfile(path) and file_sha256(path) == self.hashes[name]

    def change(self, request: ActivateRequest, device_id: str, describe: Describe) -> None:
        """Add and remove adapters as a signed order says; what it adds was pushed as blobs.

        Args:
            request: the order.
            device_id: of this board.
            describe: loads a file in a limited child.

        Raises:
            AgentError: the order is not signed, not for this board, or was overtaken; a file is no adapter.
        """
        content = request.order.encode("utf-8")
        self._store.check_signature(request.key, content, request.signature)
        order = loads(content)
        add, remove, counter = order.get("add", []), order.get("remove", []), order.get("counter")
        if (
            order.get("schema") != 1
            or order.get("kind") != "adapters"
            or not _all(add, SHA256)
            or not _all(remove, NAME)
        ):
            raise AgentError("bad-order", "the order does not change adapters", "update Flyweight on both sides")
        if order.get("device") != device_id:
            raise AgentError("other-device", "the order is for another board", "send it to this board")
        if type(counter) is not int or counter <= self.counter:
            raise AgentError("old-order", "order %r comes after %d" % (counter, self.counter), "try again")
        wanted = {name: item for name, item in self.hashes.items() if name not in remove}
        for sha256 in add:
            self._store.blob_content(sha256, MAX_BYTES)
            name = str(describe(self._store.blob(sha256))["id"])
            wanted[name] = sha256
            self._keep(name, sha256)
        if len(wanted) > MAX_ADAPTERS:
            raise AgentError("too-many-adapters", "a board has at most %d" % MAX_ADAPTERS, "remove one first")
        os.makedirs(self._store.path("adapters"), exist_ok=True)
        index = {"schema": 1, "counter": counter, "adapters": wanted}
        write_durably(self._store.path("adapters", "index.json"), dumps(index))
        self.counter, self.hashes = counter, wanted
        self._forget()

    def _keep(self, name: str, sha256: str) -> None:
        folder = self._store.path("adapters", sha256)
        os.makedirs(folder, exist_ok=True)
        self._store.link(self._store.blob(sha256), os.path.join(folder, name + ".py"))
        fsync_folder(folder)
        fsync_folder(self._store.path("adapters"))

    def _forget(self) -> None:
        for name in os.listdir(self._store.path("adapters")):
            if SHA256.match(name) and name not in self.hashes.values():
                remove_tree(self._store.path("adapters", name))


def described(name: str, sha256: str, said: Dict[str, Any]) -> Adapter:
    """The record of an adapter from what the child said of it."""
    return Adapter(name, sha256, said["formats"], said["version"], said["providers"], said["reason"])


def _all(values: object, pattern: Any) -> bool:
    if not isinstance(values, list) or len(values) > MAX_ADAPTERS:
        return False
    return all(isinstance(item, str) and pattern.match(item) for item in values)

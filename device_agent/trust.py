"""Which signing keys this board trusts, changed by order of a key it trusts already.

A revoked key leaves a mark that outlives every later enrolment: whoever stole it cannot bring it back. The last key
stays, because a board that trusts nobody can only be enrolled anew.
"""

import os
from typing import List

from .contract.codec import loads
from .contract.errors import AgentError
from .contract.releasing import ActivateRequest
from .hashing import sha256_hex
from .store import Store, fsync_folder, write_durably

MAX_KEYS = 32


def change(store: Store, request: ActivateRequest, device_id: str) -> List[str]:
    """Add and revoke keys as a signed order says; returns the ids that are trusted now. Asked again it does nothing."""
    content = request.order.encode("utf-8")
    store.check_signature(request.key, content, request.signature)
    order = loads(content)
    add, revoke = order.get("add", []), order.get("revoke", [])
    if order.get("schema") != 1 or order.get("kind") != "keys" or not _hex(add, 64) or not _hex(revoke, 16):
        raise AgentError("bad-order", "the order does not change keys", "update Flyweight on both sides")
    if order.get("device") != device_id:
        raise AgentError("other-device", "the order is for another board", "send it to this board")
    before = store.keys()
    wanted = {sha256_hex(bytes.fromhex(key))[:16]: key for key in add}
    if any(name in revoke or store.is_revoked(name) for name in wanted):
        raise AgentError("key-revoked", "a key that was revoked does not come back", "make a new key")
    after = (set(before) | set(wanted)) - set(revoke)
    if not after or len(after) > MAX_KEYS:
        raise AgentError("bad-order", "a board trusts 1 to %d keys" % MAX_KEYS, "add a key, or revoke fewer")
    for name, key in wanted.items():
        write_durably(store.path("keys", name + ".pub"), key.encode("ascii") + b"\n")
    for name in revoke:
        write_durably(store.path("keys", name + ".revoked"), b"")
        if os.path.exists(store.path("keys", name + ".pub")):
            os.unlink(store.path("keys", name + ".pub"))
    fsync_folder(store.path("keys"))
    return sorted(store.keys())


def _hex(values: object, length: int) -> bool:
    if not isinstance(values, list) or len(values) > MAX_KEYS:
        return False
    return all(
        isinstance(item, str) and len(item) == length and not set(item) - set("0123456789abcdef") for item in values
    )

"""What the agent keeps on the board, written so that a power cut at any point leaves the old state or the new one.

    ~/.flyweight/
      lock                     held by the operation that changes the store
      lease                    locked by the desktop that has the board for a whole deploy (see lease.py)
      device-id                random id, for boards without a serial number
      allow-root               somebody said that this agent may run as root (see as_root.py)
      agent/<sha256>.pyz       the agent, the one before it, and what was compiled of them (see bytecode.py)
      keys/<id>.pub            trusted signing keys (32 bytes in hex), put there by the enrolment
      keys/<id>.revoked        a key that is trusted never again
      staging/<sha256>.part    an upload under way; its prefix is hashed again before it goes on
      blobs/<sha256>           complete, verified content
      bundles/<sha256>/        the files of a verified bundle (hard links to blobs) and verified.json
      generations/<n>/         one state of all slots: a link <slot> -> ../../bundles/<sha256> each, and state.json
      active                   link to generations/<n>: the one rename that switches any number of slots at once
      active.back              link to the generation a trial goes back to, ready to be renamed over the other
      slots/<slot>/current     link to ../../active/<slot>: what the user's program follows
      env/<hash>/              unzipped wheels of a runtime
      engines/<sha256>/        what TensorRT built for a bundle (see engines.py)
      probed/<environment>.json  which runtimes were found (see probed.py)
      jobs/<id>/               measuring that goes on without a desktop (see detached.py)
      log/agent.log            what was done and how it ended, for people (see journal.py)

Every file is written beside its place, synced, renamed over it, and its folder synced.
"""

import errno
import json
import os
import time
from typing import Any, Dict, Iterator, List, Optional, Tuple

from .board import free_bytes
from .contract.errors import AgentError
from .contract.messages import SHA256
from .hashing import hash_file, new_sha256, sha256_hex

SYNC_BYTES = 8 << 20
"""What an upload writes before it asks the disk to keep up."""

RESERVE_BYTES = 64_000_000
LOCK_LOOK_S = 0.05
FOLDERS = ("keys", "staging", "blobs", "bundles", "generations", "slots", "env")


def fsync_folder(path: str) -> None:
    """Make renames and new names in a folder durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: str, content: bytes) -> None:
    """Replace a file atomically and durably."""
    temporary = path + ".new"
    with open(temporary, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)
    fsync_folder(os.path.dirname(path))


def link_durably(target: str, path: str) -> None:
    """Point a symbolic link somewhere else, atomically and durably."""
    temporary = path + ".new"
    if os.path.lexists(temporary):
        os.unlink(temporary)
    os.symlink(target, temporary)
    os.replace(temporary, path)
    fsync_folder(os.path.dirname(path))


def remove_tree(path: str) -> None:
    """Delete a folder with what is in it, if it is there."""
    import shutil

    shutil.rmtree(path, ignore_errors=True)


class Store:
    """The folder of the agent. ``home`` is usually ``~/.flyweight``."""

    def __init__(self, home: str) -> None:
        self.home = home
        fresh = not all(os.path.isdir(os.path.join(home, name)) for name in FOLDERS)
        if fresh:
            os.makedirs(home, mode=0o700, exist_ok=True)
            for name in FOLDERS:
                os.makedirs(os.path.join(home, name), mode=0o755, exist_ok=True)
            fsync_folder(home)
            fsync_folder(os.path.dirname(os.path.abspath(home)))
        self._lock: Any = None

    def path(self, *parts: str) -> str:
        """A path below the store."""
        return os.path.join(self.home, *parts)

    def lock(self, wait_s: float = 0.0) -> None:
        """Take the store for a change; AgentError when another session still holds it after ``wait_s``."""
        import fcntl

        stream = open(self.path("lock"), "ab")  # noqa: SIM115 - held open for as long as the lock is
        end = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError as error:
                if error.errno not in (errno.EACCES, errno.EAGAIN):
                    stream.close()
                    raise
            if time.monotonic() >= end:
                stream.close()
                from .holder import describe

                raise AgentError("busy", *describe(self.path("lock")))
            time.sleep(LOCK_LOOK_S)
        self._lock = stream

    def unlock(self) -> None:
        """Give the store back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def device_id(self, serial: Optional[str]) -> "Tuple[str, str]":
        """Identity of the board and where it comes from: its serial number, else a random id kept in the store."""
        if serial and serial.strip("0"):
            return serial, "serial"
        path = self.path("device-id")
        if not os.path.exists(path):
            # Two sessions may meet here: the first link stands, the other reads it.
            temporary = path + ".%d" % os.getpid()
            write_durably(temporary, os.urandom(8).hex().encode("ascii") + b"\n")
            try:
                os.link(temporary, path)
                os.unlink(temporary)
            except FileExistsError:
                os.unlink(temporary)
            except OSError:
                os.replace(temporary, path)
            fsync_folder(self.home)
        with open(path, "rb") as stream:
            return stream.read(64).decode("ascii", "replace").strip(), "random"

    def keys(self) -> Dict[str, bytes]:
        """Trusted public keys by id; a file that is no key, or not named by its hash, is left out."""
        found = {}
        for name in sorted(os.listdir(self.path("keys"))):
            if not name.endswith(".pub"):
                continue
            try:
                with open(self.path("keys", name), "rb") as stream:
                    key = bytes.fromhex(stream.read(200).decode("ascii").strip())
            except (OSError, ValueError):
                continue
            if len(key) == 32 and sha256_hex(key)[:16] == name[:-4] and not self.is_revoked(name[:-4]):
                found[name[:-4]] = key
        return found

    def is_revoked(self, key_id: str) -> bool:
        """Whether a key was taken back for good."""
        return os.path.exists(self.path("keys", key_id + ".revoked"))

    def check_signature(self, key_id: str, message: bytes, signature_hex: str) -> None:
        """AgentError unless a trusted key signed ``message``."""
        from .ed25519 import verify

        key = self.keys().get(key_id)
        if key is None and SHA256.match(key_id + "0" * 48) and self.is_revoked(key_id):
            raise AgentError(
                "key-revoked",
                "the signing key %s was revoked on this board" % key_id,
                "sign with the key that replaced it",
            )
        if key is None:
            raise AgentError(
                "key-unknown",
                "this board does not trust the signing key " + key_id[:16],
                "enrol this desktop: flyweight device add NAME USER@HOST",
            )
        try:
            signature = bytes.fromhex(signature_hex)
        except ValueError:
            signature = b""
        if not verify(key, message, signature):
            raise AgentError("signature-wrong", "the signature does not fit the content", "make the bundle again")

    def blob(self, sha256: str) -> str:
        """Path of a blob; the name is checked."""
        if not SHA256.match(sha256):
            raise AgentError("bad-hash", "a blob is named by 64 hex digits", "update Flyweight on the desktop")
        return self.path("blobs", sha256)

    def blob_content(self, sha256: str, limit: int) -> bytes:
        """Content of a small blob, hashed again."""
        path = self.blob(sha256)
        try:
            if os.path.getsize(path) > limit:
                raise AgentError(
                    "too-large", "the blob %s is larger than expected" % sha256[:16], "make the bundle again"
                )
            with open(path, "rb") as stream:
                content = stream.read()
        except FileNotFoundError:
            raise AgentError("blob-missing", "the blob %s is not on the board" % sha256[:16], "deploy again") from None
        if sha256_hex(content) != sha256:
            os.unlink(path)
            raise AgentError("blob-damaged", "the blob %s was damaged on the board" % sha256[:16], "deploy again")
        return content

    def open_blob(self, sha256: str, size: int) -> "Tuple[int, bool]":
        """Where an upload goes on: ``(offset, complete)``. Checks the space first."""
        if size < 0:
            raise AgentError("bad-size", "a blob cannot have %d bytes" % size, "update Flyweight on the desktop")
        path = self.blob(sha256)
        if os.path.exists(path):
            return size, True
        part = self.path("staging", sha256 + ".part")
        have = os.path.getsize(part) if os.path.exists(part) else 0
        if have > size:
            os.unlink(part)
            have = 0
        self.check_space(size - have)
        return have, False

    def check_space(self, needed: int) -> None:
        """AgentError unless ``needed`` bytes fit with a tenth to spare and the reserve left."""
        free = free_bytes(self.home)
        if needed + needed // 10 + RESERVE_BYTES > free:
            raise AgentError(
                "no-space",
                "the board has %d MB free, %d MB and a reserve of %d MB are needed"
                % (free // 1_000_000, -(-needed // 1_000_000), RESERVE_BYTES // 1_000_000),
                "free some space on the board",
            )

    def receive(self, sha256: str, size: int, offset: int, chunks: Iterator[bytes]) -> int:
        """Append chunks to the part file, verify the whole, and make it a blob; returns the bytes received.

        The prefix that is already there is read and hashed again: its length alone says nothing after a power cut.
        What was received before a cut stays for the next attempt; content that does not fit its name is deleted.
        """
        target = self.blob(sha256)
        part = self.path("staging", sha256 + ".part")
        digest, have = hash_file(part, size) if os.path.exists(part) else (new_sha256(size), 0)
        if offset != have:
            raise AgentError("wrong-offset", "the upload goes on at %d, not at %d" % (have, offset), "deploy again")
        received = unsynced = 0
        with open(part, "ab", buffering=0) as stream:
            for chunk in chunks:
                view = memoryview(chunk)
                while view:
                    view = view[stream.write(view) :]
                digest.update(chunk)
                received += len(chunk)
                unsynced += len(chunk)
                if unsynced >= SYNC_BYTES:
                    # The disk works while the next bytes travel, and little is left to wait for at the end.
                    os.fdatasync(stream.fileno())
                    unsynced = 0
            os.fsync(stream.fileno())
        if have + received != size or digest.hexdigest() != sha256:
            os.unlink(part)
            raise AgentError("hash-wrong", "the upload does not have the announced content", "deploy again")
        os.replace(part, target)
        fsync_folder(self.path("blobs"))
        return received

    def adopt(self, path: str, sha256: str, size: int) -> None:
        """Make a finished file a blob, if it is what it should be; else it is deleted."""
        digest, have = hash_file(path)
        if have != size or digest.hexdigest() != sha256:
            os.unlink(path)
            raise AgentError("hash-wrong", "the file does not have the announced content", "deploy again")
        with open(path, "rb+") as stream:
            os.fsync(stream.fileno())
        os.replace(path, self.blob(sha256))
        fsync_folder(self.path("blobs"))

    def read_json(self, *parts: str) -> Optional[Dict[str, Any]]:
        """A JSON file of the store; None when it is not there or damaged.

        A disk that does not let it be read just now is an OSError: what is kept there must not be taken for lost.
        """
        try:
            with open(self.path(*parts), "rb") as stream:
                value = json.loads(stream.read().decode("utf-8"))
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def link(self, source: str, target: str) -> None:
        """A hard link in place of ``target``, or a synced copy where the file system has no links."""
        temporary = target + ".new"
        if os.path.lexists(temporary):
            os.unlink(temporary)
        try:
            os.link(source, temporary)
        except OSError:
            import shutil

            shutil.copyfile(source, temporary)
            with open(temporary, "rb+") as stream:
                os.fsync(stream.fileno())
        os.replace(temporary, target)
        if os.path.lexists(temporary):
            os.unlink(temporary)  # both were the same file already: then a rename does nothing

    def environments(self) -> List[str]:
        """Hashes of the installed environments."""
        return sorted(name for name in os.listdir(self.path("env")) if SHA256.match(name))

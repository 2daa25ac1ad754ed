"""Installs a release from one file, on a board nobody can reach: ``python3 FILE [--home DIR]``.

The file is an archive Python can run: this agent, and beside it ``payload/index.json`` with the blobs it names. Everything
is checked as if it came over the network: signature, hashes, golden samples. A board that trusts nobody yet takes the key
of the file, because whoever starts it has the board in hand; a board that was enrolled accepts only keys it trusts.
"""

import errno
import json
import os
import shlex
import sys
from typing import Any, Callable, Dict, Iterator, List, Optional

from . import environments
from .contract.errors import AgentError, FlyweightError, of_the_disk
from .contract.messages import SHA256, decode
from .contract.releasing import StageRequest, Wheel
from .hashing import sha256_hex
from .store import Store, fsync_folder, link_durably, write_durably

INDEX = "payload/index.json"
SCHEMA = 1
MAX_INDEX_BYTES = 1 << 20
READ_BYTES = 1 << 20
STAGE_S = 600.0

Say = Callable[[str], None]


def main(file: str, arguments: List[str]) -> int:
    """Entry of the file; says what it does in words and ends with 0 when the release serves."""
    home = os.path.join(os.path.expanduser("~"), ".flyweight")
    if arguments[:1] == ["--home"] and len(arguments) == 2:
        home = arguments[1]
    elif arguments:
        print("usage: python3 %s [--home DIR]" % os.path.basename(file), file=sys.stderr)
        return 2
    try:
        install(file, home, print)
    except FlyweightError as error:
        print("error: %s\n  -> %s" % (error.message, error.remedy), file=sys.stderr)
        return 1
    return 0


def install(file: str, home: str, say: Say) -> int:
    """Put agent, runtime and release on this board and switch to it; returns the release number.

    Raises:
        AgentError: the file is damaged, its key is not trusted, the release is rejected, or there is no space.
    """
    import zipfile

    from .board import read_machine
    from .releases import Releases

    try:
        with zipfile.ZipFile(file) as archive:
            index = _index(archive)
            store = Store(home)
            store.lock(5.0)
            try:
                _trust(store, index)
                store.check_space(sum(item["size"] for item in index["blobs"]))
                for item in index["blobs"]:
                    _receive(store, archive, item)
                _keep_agent(store, index["agent"])
                releases, machine = Releases(store), read_machine(home)
                environment = _environment(store, index, machine.arch, say)
                say("checking the release with this board's own runtime ...")
                request = StageRequest(index["manifest"], index["signature"], index["key_id"], environment, STAGE_S)
                folders = environments.folders(store, environment)
                result = releases.stage(request, machine, lambda: _runtimes(folders, machine.ram_bytes), folders)
                if result.state != "verified":
                    raise AgentError(
                        "rejected", "the release was rejected: %s" % result.reason, "what ran before goes on"
                    )
                release = releases.activate_here({index["slot"]: index["manifest"]}, machine.ram_bytes)[index["slot"]]
            finally:
                store.unlock()
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        if isinstance(error, FlyweightError):
            raise
        damaged = AgentError("file-damaged", "the file cannot be used: %s" % error, "copy it again")
        # A stick that cannot be read says EIO, too: another copy is tried before a disk is replaced.
        unreadable = isinstance(error, OSError) and error.errno == errno.EIO
        raise (damaged if unreadable else of_the_disk(error) or damaged) from None
    say("slot %s runs %s as release %d" % (index["slot"], index["name"], release))
    say("next  python3 %s FILE" % shlex.quote(os.path.join(home, "slots", index["slot"], "current", "run.py")))
    return release


def _index(archive: Any) -> Dict[str, Any]:
    if archive.getinfo(INDEX).file_size > MAX_INDEX_BYTES:
        raise AgentError("file-damaged", "the index of the file is too large", "copy it again")
    index = json.loads(archive.read(INDEX).decode("utf-8"))
    if index.get("schema") != SCHEMA:
        raise AgentError("file-newer", "the file has schema %r" % index.get("schema"), "make it with this version")
    for item in index["blobs"]:
        if not SHA256.match(item["sha256"]) or type(item["size"]) is not int or item["size"] < 0:
            raise AgentError("file-damaged", "the index names a blob that is none", "make the file again")
    return dict(index)


def _trust(store: Store, index: Dict[str, Any]) -> None:
    key = bytes.fromhex(index["key"])
    name = sha256_hex(key)[:16]
    if name != index["key_id"] or len(key) != 32:
        raise AgentError("file-damaged", "the key of the file is not the one it names", "make the file again")
    trusted = store.keys()
    if not trusted and not store.is_revoked(name):
        write_durably(store.path("keys", name + ".pub"), key.hex().encode("ascii") + b"\n")
    elif name not in trusted:
        raise AgentError(
            "key-unknown",
            "this board trusts %s, not the key %s of the file" % (", ".join(sorted(trusted)) or "nobody", name),
            "make the file on the desktop this board was added to",
        )


def _receive(store: Store, archive: Any, item: Dict[str, Any]) -> None:
    offset, complete = store.open_blob(item["sha256"], item["size"])
    if complete:
        return
    with archive.open("payload/" + item["sha256"]) as stream:
        stream.read(offset)
        store.receive(item["sha256"], item["size"], offset, _chunks(stream))


def _chunks(stream: Any) -> Iterator[bytes]:
    while True:
        part = stream.read(READ_BYTES)
        if not part:
            return
        yield part


def _keep_agent(store: Store, sha256: str) -> None:
    """The agent as its enrolment would leave it, so that a desktop finds it later."""
    folder = store.path("agent")
    os.makedirs(folder, exist_ok=True)
    target = os.path.join(folder, sha256 + ".pyz")
    if not os.path.exists(target):
        store.link(store.blob(sha256), target)
        fsync_folder(folder)
    link_durably(sha256 + ".pyz", os.path.join(folder, "current.pyz"))


def _environment(store: Store, index: Dict[str, Any], arch: str, say: Say) -> Optional[str]:
    """The environment of the file that fits this Python; None where it brings none."""
    wanted = "%d.%d %s" % (sys.version_info[0], sys.version_info[1], arch)
    found = index["environments"].get(wanted)
    if found is None:
        return None
    say("unpacking the runtime ...")
    environments.install(store, found["env"], [decode(Wheel, item) for item in found["wheels"]])
    return str(found["env"])


def _runtimes(folders: List[str], ram_bytes: int) -> Any:
    from .children import probe_runtimes

    return probe_runtimes(folders, ram_bytes)[0]

"""The door for a desktop's own SSH key: one line in ``~/.ssh/authorized_keys`` that starts this agent and nothing else.

    restrict,command="'/usr/bin/python3' -I -S '/home/pi/.flyweight/agent/current.pyz' gate" ssh-ed25519 ... flyweight-<id>

``enrol`` adds the line and writes down what was there before; ``purge`` deletes the store and brings file and folder back to
exactly that. ``gate`` is what the server starts for a login with the key: it looks at what was asked for, and starts an agent,
takes in a newer one that a trusted key signed, purges, or refuses. Nothing of what was asked is ever given to a shell.
"""

import json
import os
import re
import sys
from typing import Dict, List, Optional

from . import bytecode
from .contract.errors import FlyweightError
from .hashing import sha256_hex
from .store import Store, link_durably, remove_tree, write_durably

ASKED = re.compile(r"^\S+ -I -S \.flyweight/agent/([0-9a-f]{64})\.pyz (serve|purge)\Z")
KEY = re.compile(r"^ssh-ed25519 [A-Za-z0-9+/]{60,80}={0,2}\Z")
NAME = re.compile(r"^flyweight-[0-9a-f]{16}\Z")
PLAIN = re.compile(r"^[A-Za-z0-9_./+-]+\Z")
MAX_AGENT = 4 << 20
HERE, INSTALL = "flyweight-gate", "flyweight-install"
SAID = "FLYWEIGHT-GATE"
KEPT_AGENTS = 2


def enrol() -> int:
    """Let a key in: reads ``{"key", "name"}`` from stdin."""
    wanted = json.loads(sys.stdin.buffer.readline(4096).decode())
    key, name = str(wanted["key"]), str(wanted["name"])
    home = os.path.expanduser("~")
    agent = os.path.join(home, ".flyweight", "agent", "current.pyz")
    if not (KEY.match(key) and NAME.match(name) and PLAIN.match(agent) and PLAIN.match(sys.executable)):
        print("REFUSED: the paths of this board do not fit into a line of authorized_keys")
        return 1
    line = "restrict,command=\"'%s' -I -S '%s' gate\" %s %s\n" % (sys.executable, agent, key, name)
    store = Store(os.path.join(home, ".flyweight"))
    record = store.path("enrolled", name + ".json")
    if os.path.exists(record):
        _withdraw(store, name)
    folder, file = os.path.join(home, ".ssh"), os.path.join(home, ".ssh", "authorized_keys")
    content = _content(file)
    before = {
        "line": line,
        "made_folder": not os.path.isdir(folder),
        "made_file": content is None,
        "made_newline": bool(content) and not (content or "").endswith("\n"),
    }
    os.makedirs(os.path.dirname(record), exist_ok=True)
    write_durably(record, json.dumps(before).encode())
    os.makedirs(folder, mode=0o700, exist_ok=True)
    _replace(file, (content or "") + ("\n" if before["made_newline"] else "") + line)
    print("ENROLLED")
    return 0


def withdraw() -> int:
    """Take the key back that ``enrol`` let in: reads ``{"name"}`` from stdin."""
    name = str(json.loads(sys.stdin.buffer.readline(4096).decode())["name"])
    if NAME.match(name):
        _withdraw(Store(os.path.join(os.path.expanduser("~"), ".flyweight")), name)
    print("WITHDRAWN")
    return 0


def purge() -> int:
    """Delete the store, and every line of ``authorized_keys`` that came with it."""
    home = os.path.expanduser("~")
    path = os.path.join(home, ".flyweight")
    if os.path.isdir(path):
        store = Store(path)
        names = os.listdir(store.path("enrolled")) if os.path.isdir(store.path("enrolled")) else []
        for name in sorted(names, key=lambda item: os.path.getmtime(store.path("enrolled", item)), reverse=True):
            _withdraw(store, name[: -len(".json")])
        remove_tree(path)
    print("LEFT" if os.path.exists(path) else "PURGED")
    return 0


def _withdraw(store: Store, name: str) -> None:
    before = store.read_json("enrolled", name + ".json")
    if before is None:
        return
    folder = os.path.join(os.path.expanduser("~"), ".ssh")
    file = os.path.join(folder, "authorized_keys")
    content, line = _content(file), str(before["line"])
    if content is not None and line in content:
        head, tail = content.split(line, 1)
        if before["made_newline"] and not tail:
            head = head[:-1]
        if not head + tail and before["made_file"]:
            os.unlink(file)
        else:
            _replace(file, head + tail)
    if before["made_folder"] and os.path.isdir(folder) and not os.listdir(folder):
        os.rmdir(folder)
    os.unlink(store.path("enrolled", name + ".json"))


def _content(file: str) -> Optional[str]:
    try:
        with open(file, "rb") as stream:
            return stream.read().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None


def _replace(file: str, content: str) -> None:
    """Atomically, with the mode it had; a link is followed, so that it stays one."""
    file = os.path.realpath(file)
    mode = os.stat(file).st_mode & 0o777 if os.path.exists(file) else 0o600
    temporary = file + ".flyweight"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content.encode("utf-8", "surrogateescape"))
        stream.flush()
        os.fsync(stream.fileno())
    os.chmod(temporary, mode)
    os.replace(temporary, file)


def gate(environment: Dict[str, str]) -> int:
    """What a login with the key gets."""
    asked, home = environment.get("SSH_ORIGINAL_COMMAND", ""), os.path.expanduser("~")
    os.chdir(home)
    if asked == HERE:
        print(SAID)
        return 0
    if asked == INSTALL:
        return _install(Store(os.path.join(home, ".flyweight")))
    match = ASKED.match(asked)
    if match is None:
        print("this key may start the agent and nothing else", file=sys.stderr)
        return 126
    path = os.path.join(home, ".flyweight", "agent", match[1] + ".pyz")
    if not os.path.isfile(path):
        print("this agent is not installed", file=sys.stderr)
        return 127
    sys.stdout.flush()
    if os.path.realpath(path) == os.path.realpath(os.path.dirname(os.path.dirname(__file__))):
        from .__main__ import (
            main,
        )  # the agent asked for is this one: a second start of Python would take a small board a second

        return main([match[2]])
    return os.execv(sys.executable, [sys.executable, "-I", "-S", path, match[2]])


def _install(store: Store) -> int:
    """A newer or older agent, signed by a trusted key: one JSON line, then the archive."""
    try:
        header = json.loads(sys.stdin.buffer.readline(4096).decode())
        size, name = int(header["size"]), str(header["agent"])
        content = sys.stdin.buffer.read(size) if 0 < size <= MAX_AGENT else b""
        if len(content) != size or sha256_hex(content) != name:
            print("REFUSED: damaged on the way")
            return 1
        store.check_signature(str(header["key_id"]), name.encode("ascii"), str(header["signature"]))
    except FlyweightError as error:
        print("REFUSED: %s" % error.message)
        return 1
    except (ValueError, KeyError, TypeError):
        print("REFUSED: this is no agent")
        return 1
    os.makedirs(store.path("agent"), exist_ok=True)
    write_durably(store.path("agent", name + ".pyz"), content)
    link_durably(name + ".pyz", store.path("agent", "current.pyz"))
    _forget_old(store, name)
    print("INSTALLED " + name)
    return 0


def _forget_old(store: Store, newest: str) -> None:
    """The newest agent and the one before it stay."""
    others: List[str] = [item for item in os.listdir(store.path("agent")) if re.match(r"^[0-9a-f]{64}\.pyz\Z", item)]
    others.remove(newest + ".pyz")
    others.sort(key=lambda item: os.path.getmtime(store.path("agent", item)))
    for item in others[: max(len(others) - KEPT_AGENTS + 1, 0)]:
        os.unlink(store.path("agent", item))
    bytecode.forget(store.path("agent"))

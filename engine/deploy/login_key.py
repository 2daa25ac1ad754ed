"""This desktop's own SSH key: the boards let it start the agent, and nothing else.

The user's own login is needed once, for the enrolment. Private key and public key lie in the user's data folder (mode 0600).
"""

import base64
import contextlib
import json
import os
import shlex
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from ..records import sha256_hex
from ..workspace import user_data_dir
from .board_python import run_constant
from .transport import Transport

HERE, INSTALL, SAID = "flyweight-gate", "flyweight-install", "FLYWEIGHT-GATE"
"""What the gate on the board answers to; the same words as in the agent."""


@dataclass(frozen=True)
class LoginKey:
    """Private key file, public half as in authorized_keys, and the name of its line there."""

    path: Path
    public: str

    @property
    def name(self) -> str:
        """The comment of the line, by which it is found again."""
        return f"flyweight-{sha256_hex(base64.b64decode(self.public.split()[1]))[:16]}"


def login_key() -> LoginKey:
    """The key of this desktop, made on first use."""
    folder = user_data_dir() / "login"
    path = folder / "id_ed25519"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        private = Ed25519PrivateKey.generate()
        fresh = folder / f"fresh.{os.getpid()}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(private.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        with contextlib.suppress(FileExistsError):  # of two processes the first one's key stays
            os.link(fresh, path)
        fresh.unlink()
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    loaded = load_ssh_private_key(path.read_bytes(), None)
    public = loaded.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return LoginKey(path, public)


START = (
    "import os,sys;os.chdir(os.path.expanduser('~'));"
    "os.execv(sys.executable,[sys.executable,'-I','-S','.flyweight/agent/{agent_id}.pyz','{verb}'])"
)


def agent_command(python: str, agent_id: str, verb: str) -> str:
    """The command line that starts an installed agent; the gate knows it by the form it has for a Python of one word.

    A command of several words may begin anywhere, as in a container; there the agent is looked for in the home folder first.
    """
    words = python.split()
    if len(words) > 1:
        return f"{shlex.join(words)} -I -S -c {shlex.quote(START.format(agent_id=agent_id, verb=verb))}"
    return f"{shlex.quote(python)} -I -S .flyweight/agent/{agent_id}.pyz {verb}"


def let_in(transport: Transport, python: str, agent_id: str, timeout_s: float) -> bool:
    """Have the agent add this desktop's key to authorized_keys; whether it could."""
    key = login_key()
    wanted = json.dumps({"key": key.public, "name": key.name}).encode() + b"\n"
    return "ENROLLED" in run_constant(transport, agent_command(python, agent_id, "enrol"), wanted, timeout_s)


def take_back(transport: Transport, python: str, agent_id: str, timeout_s: float) -> None:
    """Have the agent remove this desktop's key again."""
    wanted = json.dumps({"name": login_key().name}).encode() + b"\n"
    run_constant(transport, agent_command(python, agent_id, "withdraw"), wanted, timeout_s)

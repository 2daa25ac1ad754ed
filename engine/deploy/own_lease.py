"""What this desktop is called by a board, and that only one of its processes works on the board at a time.

So a claim on a board that another session of this desktop left there is a dead one, and need not be waited for.
"""

import getpass
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from device_agent.contract.errors import AgentError

from ..package.keys import signing_key
from ..records import sha256_hex
from ..workspace import user_data_dir


def who() -> str:
    """What other desktops are told."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


@contextmanager
def alone(device_id: str) -> Iterator[str]:
    """Be the only process of this desktop that works on a board; the name of the desktop, or "" where none can be sure.

    Raises:
        AgentError: another one does.
    """
    try:
        import fcntl
    except ImportError:
        yield ""
        return
    folder = user_data_dir() / "leases"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{sha256_hex(device_id.encode())[:16]}.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = "another command of this desktop deploys to this board"
            raise AgentError("busy", message, "wait until it is done, or end it") from None
        yield sha256_hex(f"{signing_key().id} {who()}".encode())[:32]

"""A board whose SSH server (asyncssh, on 127.0.0.1) takes passwords: a real login that needs no user of this system.

It runs in a process of its own: ``python password_board.py`` reads one JSON line of settings and ends with its stdin.
"""

import asyncio
import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncssh

USER = "pi"


class PasswordBoard:
    """A running server whose user ``pi`` lands in ``home``.

    Args:
        folder: for the home of the board.
        password: of ``pi``; it travels to the server on stdin, so that only the product could show it.
        interactive: it is asked as a question (keyboard-interactive), as PAM does.
        takes_keys: whether ``home/.ssh/authorized_keys`` counts.
    """

    def __init__(self, folder: Path, password: str, *, interactive: bool = False, takes_keys: bool = True) -> None:
        self.folder, self.home = folder, folder / "pi-home"
        self.home.mkdir(parents=True)
        self._settings = {"password": password, "interactive": interactive, "takes_keys": takes_keys}
        self.port = 0
        self.start()

    def start(self) -> None:
        """Start with a new host key, on the port it had."""
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        settings = {**self._settings, "home": str(self.home), "port": self.port, "log": str(self.folder / "log")}
        self._process.stdin.write(json.dumps(settings) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        self.port, self.fingerprint = said["port"], said["fingerprint"]

    def stop(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()

    def new_host_key(self) -> None:
        """What a board looks like after its card was written anew."""
        self.stop()
        self.start()

    def _count(self, what: str) -> int:
        log = self.folder / "log"
        return log.read_text().split().count(what) if log.exists() else 0

    @property
    def logins(self) -> int:
        """Logins by password so far."""
        return self._count("let-in")

    @property
    def refused(self) -> int:
        """Wrong passwords so far."""
        return self._count("refused")

    @property
    def address(self) -> str:
        return f"{USER}@127.0.0.1:{self.port}"


class _Server(asyncssh.SSHServer):
    def __init__(self, settings: dict[str, Any]) -> None:
        self._settings = settings

    def connection_made(self, conn: Any) -> None:
        self._conn = conn

    def begin_auth(self, username: str) -> bool:
        self._patient()
        return True

    def _patient(self) -> None:
        """Take the service request that paramiko repeats before every attempt, as OpenSSH and dropbear do."""
        self._conn._next_service = b"ssh-userauth"

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_public_key(self, username: str, key: Any) -> bool:
        file = Path(self._settings["home"]) / ".ssh" / "authorized_keys"
        if not self._settings["takes_keys"] or not file.exists():
            return False
        options = asyncssh.import_authorized_keys(file.read_text()).validate(key, username, "127.0.0.1")
        self._conn.set_extra_info(forced=(options or {}).get("command"))
        return options is not None

    def password_auth_supported(self) -> bool:
        return not self._settings["interactive"]

    def validate_password(self, username: str, password: str) -> bool:
        return self._right(username, password)

    def kbdint_auth_supported(self) -> bool:
        return bool(self._settings["interactive"])

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:
        return len(responses) == 1 and self._right(username, responses[0])

    def _right(self, username: str, password: str) -> bool:
        self._patient()
        right = username == USER and password == self._settings["password"]
        with Path(self._settings["log"]).open("a") as log:
            log.write("let-in\n" if right else "refused\n")
        return right


async def _serve(settings: dict[str, Any]) -> None:
    home = settings["home"]

    async def process(request: Any) -> None:
        forced = request.get_extra_info("forced")  # as OpenSSH does with ``command=`` of a key
        words = {"HOME": home, "PATH": os.environ["PATH"], "SSH_ORIGINAL_COMMAND": request.command or ""}
        child = subprocess.Popen(
            ["/bin/sh", "-c", forced or request.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=home,
            env=words,
            bufsize=0,
        )
        try:
            await request.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
            await request.stdout.drain()
            await request.stderr.drain()
            code = await asyncio.get_running_loop().run_in_executor(None, child.wait)
            request.exit(max(code, 0))
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()

    key = asyncssh.generate_private_key("ssh-ed25519")
    listener = await asyncssh.listen(
        "127.0.0.1",
        settings["port"],
        reuse_address=True,
        server_factory=lambda: _Server(settings),
        server_host_keys=[key],
        process_factory=process,
        encoding=None,
    )
    blob = base64.b64decode(key.export_public_key().decode().split()[1])
    shown = "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    print(json.dumps({"port": listener.get_port(), "fingerprint": shown}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.stdin.readline())))

"""Boards for tests: OpenSSH's own sshd on 127.0.0.1 with a home of its own, and a TCP proxy that misbehaves on demand."""

import base64
import contextlib
import getpass
import hashlib
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin") or ""

SETPRIV = shutil.which("setpriv") or ""

ENTER = """#!/bin/sh
HOME={home}; export HOME; cd "$HOME" && exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"
"""

CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
ForceCommand {folder}/enter
LogLevel VERBOSE
{extra}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def keygen(path: Path, kind: str = "ed25519", passphrase: str = "") -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", path], check=True)


class Board:
    """A running sshd whose users land in ``home``."""

    def __init__(self, folder: Path, extra: str = "", gate: bool = True) -> None:
        self.folder, self.home, self.port = folder, folder / "board-home", free_port()
        self.home.mkdir(parents=True)
        self.user = getpass.getuser()
        self.identity = folder / "client_key"
        for name in ("host_key", "client_key"):
            keygen(folder / name)
        shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
        (folder / "enter").write_text(ENTER.format(home=self.home))
        (folder / "enter").chmod(0o755)
        config = CONFIG.format(port=self.port, folder=folder, extra=extra)
        if not gate:  # only the user's own login is led to ``home``; ``extra`` says where other keys land
            kept = [line for line in config.splitlines() if not line.startswith("ForceCommand")]
            kept.remove(f"AuthorizedKeysFile {folder}/authorized_keys")
            config = "\n".join(kept)
            own = (folder / "authorized_keys").read_text()
            (folder / "authorized_keys").write_text(f'command="{folder}/enter" {own}')
        (folder / "config").write_text(config)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        self.log = folder / "log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            # A test run that is killed must not leave a server behind.
            bound = [SETPRIV, "--pdeathsig", "TERM"] if SETPRIV else []
            command = [*bound, SSHD, "-D", "-e", "-f", self.folder / "config"]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as link:
                link.settimeout(2)
                if link.recv(4) == b"SSH-":
                    return
            time.sleep(0.05)
        raise AssertionError(f"sshd did not start: {self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def new_host_key(self) -> None:
        """What a board looks like after its card was written anew."""
        self.stop()
        for name in ("host_key", "host_key.pub"):
            (self.folder / name).unlink()
        keygen(self.folder / "host_key")
        self.start()

    @property
    def fingerprint(self) -> str:
        blob = base64.b64decode((self.folder / "host_key.pub").read_text().split()[1])
        return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")

    @property
    def address(self) -> str:
        return f"{self.user}@127.0.0.1:{self.port}"


class Proxy:
    """Forwards TCP to a port; can cut after some bytes towards the board, stall, or go slowly."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cut_after: int | None = None
        self.stalled = threading.Event()
        self.bytes_per_s: float | None = None
        self.forwarded = 0
        self._open = True
        self._links: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while self._open:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            self._links += [near, far]
            for source, sink, up in ((near, far, True), (far, near, False)):
                threading.Thread(target=self._pump, args=(source, sink, up), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, up: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(16384):
                while self.stalled.is_set():
                    time.sleep(0.02)
                if up:
                    self.forwarded += len(data)
                    if self.bytes_per_s:
                        time.sleep(len(data) / self.bytes_per_s)
                    if self.cut_after is not None and self.forwarded > self.cut_after:
                        self.cut()
                        return
                sink.sendall(data)
        for link in (source, sink):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        for link in self._links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()
        self._links.clear()

    def close(self) -> None:
        self._open = False
        self.stalled.clear()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # a thread inside accept would let one more in
        self._listener.close()
        self.cut()

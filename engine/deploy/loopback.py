"""The loopback device: a real SSH server on 127.0.0.1 that runs the real agent in a scratch home on this computer.

The server (asyncssh, licence EPL-2.0) lives in a child process and ends when its stdin closes, so nothing outlives the command
that needed it. Login is by one key only; the only programs it starts are this interpreter with ``-I -S``: the agent and
its installer.
"""

import asyncio
import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import UnreachableError
from ..workspace import user_data_dir
from .inventory import Device, HostKey
from .ssh import SshTransport
from .transport import Channel, Deadline, Transport

START_TIMEOUT_S = 30.0
MAX_LINE = 65536
USER = "flyweight"


def home() -> Path:
    """The scratch home of the loopback board."""
    path = user_data_dir() / "loopback" / "home"
    path.mkdir(parents=True, exist_ok=True)
    return path


class Loopback(Transport):
    """A running server and a connection to it."""

    def __init__(self, timeout_s: float = START_TIMEOUT_S) -> None:
        folder = user_data_dir() / "loopback"
        self._process = subprocess.Popen(
            # -P: an "engine" folder in the current directory must not be taken for this package.
            [sys.executable, "-P", "-m", "engine.deploy.loopback", str(folder), str(home())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        deadline = Deadline(timeout_s)
        try:
            self.device = self._started(folder, deadline)
            self._ssh = SshTransport(self.device, timeout_s=deadline.check("starting the loopback server"))
        except BaseException:
            self._stop()
            raise

    def _started(self, folder: Path, deadline: Deadline) -> Device:
        assert self._process.stdout is not None
        late = threading.Timer(deadline.left, self._process.kill)
        late.start()
        line = self._process.stdout.readline(MAX_LINE)
        late.cancel()
        try:
            facts = json.loads(line)
        except ValueError:
            assert self._process.stderr is not None
            said = self._process.stderr.read(MAX_LINE).decode("utf-8", "replace").strip().splitlines()[-1:] or [
                "no reason"
            ]
            raise UnreachableError(
                "loopback-failed", f"the loopback server did not start: {said[0][:300]}", "check with: flyweight doctor"
            ) from None
        key = HostKey(*facts["host_key"])
        return Device(
            "loopback", "127.0.0.1", facts["port"], USER, str(folder / "client-key"), sys.executable, key, loopback=True
        )

    def run(self, command: str, deadline: Deadline) -> Channel:
        """Start the agent or its installer."""
        return self._ssh.run(command, deadline)

    def close(self) -> None:
        """Close the connection and stop the server."""
        self._ssh.close()
        self._stop()

    def _stop(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _key(path: Path) -> Any:
    """An ed25519 key of mode 0600, made on first use."""
    import asyncssh

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = asyncssh.generate_private_key("ssh-ed25519", comment="flyweight loopback")
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(made.export_private_key())
        # A link is all or nothing, and of two servers that start at the same time the first one's key stays.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return asyncssh.read_private_key(str(path))


async def _serve(folder: Path, scratch: Path) -> None:
    import asyncssh

    host, client = _key(folder / "host-key"), _key(folder / "client-key")
    allowed = asyncssh.import_authorized_keys(client.export_public_key().decode())

    class Server(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            return True

        def public_key_auth_supported(self) -> bool:
            return True

        def password_auth_supported(self) -> bool:
            return False

        def validate_public_key(self, username: str, key: Any) -> bool:
            return bool(username == USER and allowed.validate(key, username, "127.0.0.1") is not None)

    async def process(request: Any) -> None:
        try:
            await _run(request, scratch)
        except (OSError, asyncssh.Error) as error:
            request.stderr.write(f"{error}\n".encode())
            request.exit(126)

    listener = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_factory=Server,
        server_host_keys=[host],
        process_factory=process,
        encoding=None,
        allow_scp=False,
        agent_forwarding=False,
        x11_forwarding=False,
    )
    public = host.export_public_key().decode().split()
    print(json.dumps({"port": listener.get_port(), "host_key": public[:2]}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, _wait_for_parent)
    listener.close()


def _wait_for_parent() -> None:
    while os.read(0, 4096):
        continue


async def _run(request: Any, scratch: Path) -> None:
    arguments = shlex.split(request.command or "")
    if arguments[:3] != [sys.executable, "-I", "-S"]:
        request.stderr.write(b"only the agent may be started here\n")
        request.exit(126)
        return
    environment = {
        "HOME": str(scratch),
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        "LANG": os.environ.get("LANG", "C.UTF-8"),
    }
    child = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=scratch,
        env=environment,
        bufsize=0,
    )
    try:
        await request.redirect(stdin=child.stdin, stdout=child.stdout, stderr=child.stderr)
        # Both end when the program has closed its side and everything has gone out; only then may the channel close.
        await request.stdout.drain()
        await request.stderr.drain()
        code = await asyncio.get_running_loop().run_in_executor(None, child.wait)
        request.exit(code if code >= 0 else 1)
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def main() -> int:
    """Entry of the server's process: FOLDER HOME."""
    asyncio.run(_serve(Path(sys.argv[1]), Path(sys.argv[2])))
    return 0


if __name__ == "__main__":
    sys.exit(main())

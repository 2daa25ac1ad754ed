"""Lab boards: OpenSSH's sshd and the real agent, each in network and process namespaces of its own, with a disk of its own.

Everything lies inside namespaces that end with the process that opened them, so nothing of this computer is changed:

unshare --net --mount --fork --pid --kill-child --mount-proc python -m tests.faults.lab_rollout ...

Links are pairs of virtual Ethernet on a bridge; they are cut by switching them off and slowed by a token bucket.
"""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.engine.deploy.boards import CONFIG, ENTER, SSHD, Board, keygen

PREFIX = "10.213.8."
DISK = "400m"
LOOP = "while :; do {sshd} -D -e -f {config} 2>>{log}; sleep 0.3; done"
"""Whoever kills sshd finds it again a moment later, as under systemd."""


def why_not() -> str:
    """What stands in the way here; "" when boards can be made."""
    if os.geteuid() != 0:
        return "network namespaces with links are made by root alone"
    if not SSHD or not shutil.which("ip"):
        return "it needs apt-get install openssh-server iproute2"
    probe = "ip link add va type veth peer name vb && ip link add name lab0 type bridge"
    done = subprocess.run(["unshare", "--net", "--mount", "sh", "-c", probe], capture_output=True, check=False)
    return "this kernel has no network namespaces, or no veth and bridge" if done.returncode else ""


def inside(module: str, *arguments: str) -> list[str]:
    """The command that runs a module in namespaces that end with it."""
    spaces = ["unshare", "--net", "--mount", "--fork", "--pid", "--kill-child", "--mount-proc"]
    return [*spaces, sys.executable, "-m", module, *arguments]


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False, timeout=30)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(words)}: {done.stderr}")


def open_network(folder: Path) -> None:
    """The bridge, and a place for the names of namespaces that this computer does not see."""
    spaces = Path("/run/netns")
    spaces.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "netns", spaces], check=True)
    _ip("link", "set", "lo", "up")
    _ip("link", "add", "lab", "type", "bridge")
    _ip("addr", "add", f"{PREFIX}1/24", "dev", "lab")
    _ip("link", "set", "lab", "up")
    Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host_key", "client_key"):
        keygen(folder / name)


class LabBoard:
    """One board.

    Args:
        folder: of the lab, with its keys.
        number: from 1 on; decides name and address.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.name, self.host, self.port = f"lab{number:02}", f"{PREFIX}{number + 1}", 22
        self.folder, self.veth = folder / self.name, f"v{number}"
        self.user, self.identity = getpass.getuser(), folder / "client_key"
        self.disk = self.folder / "disk"
        self.home = self.disk / "home"
        self.disk.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "disk", self.disk], check=True)
        self.home.mkdir()
        for name in ("host_key", "host_key.pub"):
            shutil.copy(folder / name, self.folder / name)
        shutil.copy(folder / "client_key.pub", self.folder / "authorized_keys")
        (self.folder / "enter").write_text(ENTER.format(home=self.home))
        (self.folder / "enter").chmod(0o755)
        config = CONFIG.format(port=22, folder=self.folder, extra="").replace("127.0.0.1", self.host)
        (self.folder / "config").write_text(config)
        _ip("netns", "add", self.name)
        _ip("link", "add", self.veth, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        _ip("link", "set", self.veth, "master", "lab", "up")
        for words in (["addr", "add", f"{self.host}/24", "dev", "eth0"], ["link", "set", "eth0", "up"],
                      ["link", "set", "lo", "up"]):  # fmt: skip
            _ip("-n", self.name, *words)
        self._space = Path(f"/run/netns/{self.name}").stat().st_ino
        loop = LOOP.format(sshd=SSHD, config=self.folder / "config", log=self.folder / "log")
        command = ["ip", "netns", "exec", self.name, "unshare", "--pid", "--fork", "--kill-child", "sh", "-c", loop]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    fingerprint = Board.fingerprint

    @property
    def address(self) -> str:
        return f"{self.user}@{self.host}"

    def wait(self) -> None:
        """Until sshd answers."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection((self.host, 22), 1) as link:
                link.settimeout(5)
                if link.recv(4) == b"SSH-":
                    return
            time.sleep(0.05)
        raise AssertionError(f"sshd of {self.name} did not start: {(self.folder / 'log').read_text()[-1000:]}")

    def processes(self, word: str) -> list[int]:
        """Processes of this board with a word in their command."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with suppress(OSError):
                if (entry / "ns/net").stat().st_ino == self._space and word in _words(entry):
                    found.append(int(entry.name))
        return found

    def agents(self) -> list[int]:
        """Sessions of its agent: of the user's own login, and of the key that starts nothing else."""
        return [*self.processes("serve"), *self.processes("gate")]

    def kill(self, what: str) -> int:
        """Kill ``sshd`` or the ``agent``; how many processes there were."""
        killed = 0
        for process in self.agents() if what == "agent" else self.processes(what):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
                killed += 1
        return killed

    def link(self, up: bool) -> None:
        """Switch the link on or off; nothing is told to either side."""
        _ip("link", "set", self.veth, "up" if up else "down")

    def slow(self, rate: str | None) -> None:
        """Limit what comes to the board, for example to ``2mbit``; None ends that."""
        words = (
            ["add", "dev", self.veth, "root", "tbf", "rate", rate, "burst", "32k", "latency", "400ms"] if rate else []
        )
        if not rate:
            words = ["del", "dev", self.veth, "root"]
        done = subprocess.run(["tc", "qdisc", *words], capture_output=True, text=True, check=False)
        if rate and done.returncode:
            raise RuntimeError(done.stderr)

    def fill(self) -> int:
        """Fill the disk but for a little; bytes written."""
        left = shutil.disk_usage(self.disk).free - (1 << 20)
        with (self.disk / "filler").open("wb") as stream:
            os.posix_fallocate(stream.fileno(), 0, left)
        return left

    def well(self) -> None:
        """End every fault."""
        self.link(True)
        self.slow(None)
        (self.disk / "filler").unlink(missing_ok=True)
        (self.home / "well").touch()


def _words(entry: Path) -> Sequence[str]:
    return (entry / "cmdline").read_bytes().decode("utf-8", "replace").replace(": ", "\0").split("\0")

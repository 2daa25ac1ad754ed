"""What the way to a board costs: uploads against scp on the same OpenSSH server, round trips, connecting.

    python -m tests.benchmarks.bench_transport [SECONDS]        for the uploads; default 90, and five rounds at least

Uploads go to one sshd on 127.0.0.1 in rounds of random order, so that whatever else the machine does hits all alike. scp
goes through a connection that is already open, as the agent's upload does; unlike scp the agent also hashes what it gets
and waits until it is on the disk.
"""

import contextlib
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.deploy.agent_client import AgentClient
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.records import sha256_hex

from ..engine.deploy.boards import Board

SIZE_BYTES, MOST_ROUNDS, LEAST_ROUNDS = 64 << 20, 20, 5
UPLOADS_S = 90.0
PINGS, CONNECTS = 2000, 12
SFTP = "Subsystem sftp /usr/lib/openssh/sftp-server"
CIPHERS = {"scp": None, "scp, aes256-gcm": "aes256-gcm@openssh.com"}


def _ssh_options(board: Board, folder: Path, cipher: str | None) -> list[str]:
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{board.port} {(board.folder / 'host_key.pub').read_text()}")
    options = {
        "UserKnownHostsFile": folder / "known_hosts",
        "IdentityFile": board.identity,
        "IdentitiesOnly": "yes",
        "ControlPath": folder / (cipher or "default")[:12],
        **({"Ciphers": cipher} if cipher else {}),
    }
    return ["-F", "none", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]


def _scp(board: Board, options: list[str], path: Path) -> None:
    subprocess.run(["scp", "-q", *options, "-P", str(board.port), path, f"{board.user}@127.0.0.1:upload"], check=True)


def _told(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def uploads(board: Board, client: AgentClient, folder: Path, limit_s: float) -> dict[str, list[float]]:
    """Seconds of every upload; each round sends the same fresh content once per way, and none begins after ``limit_s``."""
    with contextlib.ExitStack() as masters:
        digest = ""  # a bundle knows the digests of its files
        ways: dict[str, Callable[[Path], object]] = {"flyweight": lambda path: client.put_blob(path, digest)}
        for name, cipher in CIPHERS.items():
            options = _ssh_options(board, folder, cipher)
            where = ["-p", str(board.port), f"{board.user}@127.0.0.1"]
            subprocess.run(["ssh", *options, "-o", "ControlMaster=yes", "-fN", *where], check=True)
            masters.callback(subprocess.run, ["ssh", *options, "-q", "-O", "exit", *where], stderr=subprocess.DEVNULL)
            ways[name] = lambda path, options=options: _scp(board, options, path)
        found: dict[str, list[float]] = {name: [] for name in ways}
        path, end = folder / "content", time.monotonic() + limit_s
        for number in range(MOST_ROUNDS + 1):
            if number > LEAST_ROUNDS and time.monotonic() > end:
                break
            content = os.urandom(SIZE_BYTES)
            path.write_bytes(content)
            digest = sha256_hex(content)
            for name in random.sample(list(ways), len(ways)):
                os.sync()  # scp leaves its bytes to the system: whoever waits for the disk next would pay for them
                start = time.perf_counter()
                ways[name](path)
                if number:  # the first round warms up
                    found[name].append(time.perf_counter() - start)
            for blob in (board.home / ".flyweight" / "blobs").iterdir():
                blob.unlink()
            last = ", ".join(f"{name} {times[-1]:.2f} s" for name, times in found.items() if times)
            _told(f"round {number} of {MOST_ROUNDS} at most: {last or 'warm-up'}")
        assert (board.home / "upload").read_bytes() == path.read_bytes()
    return found


def ratio(ours: list[float], theirs: list[float]) -> tuple[float, float, float]:
    """Median of the rounds' speed ratios (above 1 = faster than theirs) with its bootstrap interval."""
    ratios, dice = np.array(theirs) / np.array(ours), np.random.default_rng(0)
    medians = [np.median(dice.choice(ratios, len(ratios))) for _ in range(4000)]
    low, high = np.percentile(medians, [2.5, 97.5])
    return float(np.median(ratios)), float(low), float(high)


def round_trips(client: AgentClient) -> list[float]:
    """Milliseconds of pings over the open session."""
    times = []
    for _ in range(PINGS):
        start = time.perf_counter()
        client.ping()
        times.append((time.perf_counter() - start) * 1e3)
    return times


def connects(name: str) -> list[float]:
    """Milliseconds until the agent's hello, each time anew."""
    times = []
    for _ in range(CONNECTS):
        start = time.perf_counter()
        with connect(name):
            times.append((time.perf_counter() - start) * 1e3)
    return times


def main() -> None:
    """Measure and print a small table."""
    limit_s = float(sys.argv[1]) if len(sys.argv) > 1 else UPLOADS_S
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as after:
        os.environ.update({"HOME": folder, "XDG_DATA_HOME": f"{folder}/data", "XDG_CACHE_HOME": f"{folder}/cache"})
        board = Board(Path(folder) / "board", SFTP)
        after.callback(board.stop)
        add_device(
            "board",
            board.address,
            identity=board.identity,
            accept_fingerprint=board.fingerprint,
            python=sys.executable,
        )
        with connect("board") as client:
            _told(f"{PINGS} round trips")
            pings = round_trips(client)
            sent = uploads(board, client, Path(folder), limit_s)
        _told(f"{CONNECTS} connections each to OpenSSH and loopback")
        over_ssh, over_loopback = connects("board"), connects("loopback")
    rows = [
        (
            f"upload of {SIZE_BYTES >> 20} MiB, {name}",
            f"{SIZE_BYTES / 2**20 / statistics.median(times):.1f} MiB/s, n = {len(times)}",
            "",
        )
        for name, times in sent.items()
    ]
    for name in CIPHERS:
        value, low, high = ratio(sent["flyweight"], sent[name])
        rows.append((f"speed against {name}", f"{value:.3f}x [{low:.3f}, {high:.3f}]", ">= 1x"))
    rows += [
        ("round trip over SSH, median", f"{statistics.median(pings):.3f} ms", "<= 1 ms"),
        ("round trip over SSH, p99", f"{np.percentile(pings, 99):.3f} ms", "<= 20 ms"),
        ("connect to hello, OpenSSH, median", f"{statistics.median(over_ssh):.0f} ms", ""),
        ("connect to hello, loopback, median", f"{statistics.median(over_loopback):.0f} ms", ""),
    ]
    for row, figure, goal in rows:
        print(f"{row:<42} {figure:<30} {goal}")


if __name__ == "__main__":
    main()

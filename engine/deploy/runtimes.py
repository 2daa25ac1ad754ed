"""A runtime for a board that has none: the right wheels are fetched here, pushed, and unzipped into the agent's own folder.

The board needs no internet, no pip and no compiler. Versions come from a table, because the newest wheel that installs
somewhere is not always one that runs right (tflite-runtime on numpy 2, LiteRT before Python 3.10, ...).
"""

import contextlib
import hashlib
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from device_agent.contract.manifest import runtimes_for
from device_agent.contract.messages import Hello, Wheel

from ..errors import RejectedError
from ..events import Emit, Stage, ignore
from ..records import canonical_json, sha256_hex
from ..workspace import user_cache_dir
from .agent_client import AgentClient
from .transport import POLL_S, Deadline

DOWNLOAD_TIMEOUT_S = 600.0
GLIBC = re.compile(r"glibc (\d+)\.(\d+)")


@dataclass(frozen=True)
class Pin:
    """Packages that make one runtime on one Python; ``glibc`` is the oldest that the wheels accept.

    Without numpy among them the board's own is used: none is published for its architecture.
    """

    python: str
    runtime: str
    packages: tuple[str, ...]
    glibc: tuple[int, int]
    architectures: tuple[str, ...] = ("aarch64", "x86_64")


PINS = (
    Pin("3.8", "onnxruntime", ("onnxruntime==1.19.2", "numpy==1.24.4"), (2, 27)),
    Pin("3.8", "tflite-runtime", ("tflite-runtime==2.13.0", "numpy==1.24.4"), (2, 17)),
    Pin("3.9", "onnxruntime", ("onnxruntime==1.19.2", "numpy==2.0.2"), (2, 27)),
    Pin("3.9", "litert", ("ai-edge-litert==2.1.0", "numpy==2.0.2"), (2, 27)),
    Pin("3.10", "onnxruntime", ("onnxruntime==1.23.2", "numpy==2.2.6"), (2, 27)),
    Pin("3.10", "litert", ("ai-edge-litert==2.3.0", "numpy==2.2.6"), (2, 27)),
    Pin("3.11", "onnxruntime", ("onnxruntime==1.32.0", "numpy==2.4.6"), (2, 28)),
    Pin("3.11", "litert", ("ai-edge-litert==2.3.0", "numpy==2.4.6"), (2, 27)),
    Pin("3.12", "onnxruntime", ("onnxruntime==1.32.0", "numpy==2.4.6"), (2, 28)),
    Pin("3.12", "litert", ("ai-edge-litert==2.3.0", "numpy==2.4.6"), (2, 27)),
    Pin("3.13", "onnxruntime", ("onnxruntime==1.32.0", "numpy==2.4.6"), (2, 28)),
    Pin("3.13", "litert", ("ai-edge-litert==2.3.0", "numpy==2.4.6"), (2, 27)),
    Pin("3.9", "tflite-runtime", ("tflite-runtime==2.13.0",), (2, 17), ("armv7l",)),
    Pin("3.11", "tflite-runtime", ("tflite-runtime==2.14.0",), (2, 34), ("armv7l",)),
)
"""Measured to install and run; one row is one promise."""

WHEELS = {"onnx": ("onnxruntime",), "tflite": ("litert", "tflite-runtime")}
"""Runtimes that can be brought to a board, by the format they take; the preferred first."""

EXTRA = {
    "onnxruntime": ("protobuf>=4.25", "flatbuffers", "packaging"),
    "litert": ("flatbuffers",),
    "tflite-runtime": (),
}
"""Pure-Python packages that the runtimes import."""


def bring_runtime(
    client: AgentClient,
    formats: Sequence[str],
    *,
    runtime: str = "",
    emit: Emit = ignore,
    deadline: Deadline | None = None,
) -> str | None:
    """Make sure the board can run at least one of the model files; returns the environment to use, None = its own.

    Args:
        client: an open session.
        formats: of the model files, the preferred first.
        runtime: the only one that will do; "" = any.

    Raises:
        RejectedError: no wheels exist for this board, or they cannot be fetched.
    """
    have = client.runtimes()
    for format_ in formats:
        for found in runtimes_for(format_, have, runtime):
            return found.env
    for name in dict.fromkeys(name for format_ in formats for name in WHEELS.get(format_, ())):
        pin = find_pin(client.hello, name)
        if pin is not None and runtime in ("", name):
            emit(Stage("runtime", f"{pin.packages[0]} for Python {pin.python} on {client.hello.machine.arch}"))
            return install(client, pin, emit, deadline)
    machine = client.hello.machine
    if not any(format_ in WHEELS for format_ in formats):
        raise RejectedError(
            "no-runtime",
            f"the board has no runtime that takes {' or '.join(formats)}",
            "add the adapter of its vendor's runtime: flyweight device adapter add TARGET FILE",
        )
    raise RejectedError(
        "no-wheels",
        f"no runtime is published for Python {client.hello.python} on {machine.arch} with {machine.libc}",
        "32-bit boards run TFLite alone: make the bundle with its twin (flyweight bundle --twin)"
        if machine.arch == "armv7l" and "tflite" not in formats
        else "use a 64-bit system with Python 3.8 to 3.13 on the board, or install a runtime there",
    )


def find_pin(hello: Hello, runtime: str) -> Pin | None:
    """The row of the table for a board, None when there is none."""
    version = ".".join(hello.python.split(".")[:2])
    match = GLIBC.match(hello.machine.libc)
    glibc = (int(match[1]), int(match[2])) if match else (0, 0)
    fitting = (pin for pin in PINS if (pin.python, pin.runtime) == (version, runtime) and glibc >= pin.glibc)
    return next((pin for pin in fitting if hello.machine.arch in pin.architectures), None)


def install(client: AgentClient, pin: Pin, emit: Emit = ignore, deadline: Deadline | None = None) -> str:
    """Fetch, push and unzip the wheels of a pin; returns the environment's hash."""
    wheels = fetch(pin, client.hello.machine.arch, deadline or Deadline(DOWNLOAD_TIMEOUT_S))
    listed = []
    for path in wheels:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        emit(Stage("upload", path.name))
        client.put_blob(path, digest)
        listed.append(Wheel(path.name, digest))
    environment = sha256_hex(canonical_json([[item.name, item.sha256] for item in listed]))
    found = client.install_environment(environment, listed)
    if not any(item.id == pin.runtime for item in found):
        raise RejectedError(
            "runtime-broken",
            f"{pin.packages[0]} was installed on the board but does not start there",
            "install it on the board by hand",
        )
    return environment


UNREACHED = (
    "connection broken by",
    "Temporary failure in name resolution",
    "Connection refused",
    "Network is unreachable",
)
"""What pip says of an index it cannot reach, among much else."""


def platforms(arch: str, glibc: tuple[int, int]) -> list[str]:
    """Wheel tags a board accepts, newest first."""
    tags = [f"manylinux_2_{minor}_{arch}" for minor in range(glibc[1], 16, -1)]
    return [*tags, f"manylinux2014_{arch}"]


def fetch(pin: Pin, arch: str, deadline: Deadline) -> list[Path]:
    """Download the wheels of a pin into the user's cache, once.

    Raises:
        RejectedError: pip failed; its last line is in the message. UnreachableError: the deadline passed.
    """
    wanted = [*pin.packages, *EXTRA[pin.runtime]]
    digest = sha256_hex(canonical_json([wanted, pin.python, arch, list(pin.glibc)]))[:12]
    folder = user_cache_dir() / "wheels" / f"{pin.runtime}-{pin.python}-{arch}-{digest}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent) as fresh:
            _download([*_target(pin, arch), "--dest", fresh, *wanted], deadline)
            # Whole or not at all; somebody else's download of the same wheels is as good as this one.
            with contextlib.suppress(OSError):
                Path(fresh).rename(folder)
                Path(fresh).mkdir()
    return sorted(folder.glob("*.whl"))


def _target(pin: Pin, arch: str) -> list[str]:
    tags = [word for tag in platforms(arch, pin.glibc) for word in ("--platform", tag)]
    return ["--python-version", pin.python, "--implementation", "cp", *tags]


def _download(arguments: list[str], deadline: Deadline) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    process = subprocess.Popen(
        [*command, "--only-binary=:all:", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        while True:
            left = deadline.check("downloading the wheels for the board")
            with contextlib.suppress(subprocess.TimeoutExpired):
                said = process.communicate(timeout=min(left, POLL_S))[1]
                break
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    if process.returncode:
        raise RejectedError(
            "no-wheels",
            f"the wheels for the board could not be fetched: {_why(said)}",
            "check this computer's network and pip settings",
        )


def _why(said: str) -> str:
    """What pip told at length, in a few words."""
    if any(words in said for words in UNREACHED):
        return "the package index does not answer"
    missing = re.findall(r"No matching distribution found for (\S+)", said)
    if missing:
        return f"the package index has no {missing[-1]} for this board's Python and processor"
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR")]
    return errors[-1][:120] if errors else "pip failed"

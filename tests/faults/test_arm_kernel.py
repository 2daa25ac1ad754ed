"""The wall between a model and the network on real Arm kernels: Debian's, started by a whole emulated machine.

qemu-user passes no filter of system calls on, so only a kernel of that processor can say whether its filter holds. Run by
``make faults``.
"""

import json
import os
import re
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import device_agent
from tests.device_agent.test_confinement import WITHOUT_NAMESPACES

from .userland import source, userland

RELEASE, BOOT_S = "bookworm", 420
MACHINES = {
    "arm64": ("linux-image-arm64", ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a72", "-m", "2048"]),
    "armhf": ("linux-image-armmp", ["qemu-system-arm", "-M", "virt,highmem=off", "-cpu", "cortex-a15", "-m", "2048"]),
}
"""Debian's kernel, and the machine that runs it."""

LEFT_OUT = re.compile(r"(usr/)?lib/modules/|boot/|usr/share/|var/|proc/|sys/|dev/")
INIT = """#!/bin/busybox sh
/bin/busybox mount -t proc none /proc
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox ifconfig lo 127.0.0.1 up
export PATH=/usr/bin:/bin HOME=/tmp LANG=C.UTF-8
cd /agent
echo "KERNEL $(/bin/busybox uname -rm)"
for wall in filter careless; do echo "SAID $wall $(python3 walls.py $wall /agent 2>&1)"; done
echo "SAID child $(python3 child.py 2>&1)"
/bin/busybox poweroff -f
"""
CHILD = """
import json, sys
sys.path.insert(0, "/agent")
from device_agent.children import probe_runtimes
print(json.dumps(probe_runtimes([], 1 << 29)[1]))
"""


def missing() -> str | None:
    """Why this cannot run here."""
    if os.environ.get("FLYWEIGHT_ARM64") != "1":
        return "NOT RUN: it takes minutes; make faults runs it"
    if not shutil.which("mmdebstrap"):
        return "NOT RUN: it needs apt-get install mmdebstrap"
    done = subprocess.run(["unshare", "--user", "--map-root-user", "true"], capture_output=True, check=False)
    return "NOT RUN: it needs a user namespace" if done.returncode else None


REASON = missing()
pytestmark = [pytest.mark.device, pytest.mark.slow, pytest.mark.skipif(REASON is not None, reason=str(REASON))]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with machines for both processors."""
    root = tmp_path_factory.mktemp("emulator") / "root"
    command = ["mmdebstrap", "--variant=extract", "--include=qemu-system-arm,ipxe-qemu", RELEASE, str(root)]
    done = subprocess.run([*command, *source(RELEASE)], check=False, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    return root


def newc(root: Path) -> Iterator[bytes]:
    """A folder as the archive a kernel takes its first file system from (cpio, "newc")."""

    def entry(number: int, name: str, mode: int, content: bytes) -> bytes:
        fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % value for value in fields) + name.encode() + b"\0"
        return head + b"\0" * (-len(head) % 4) + content + b"\0" * (-len(content) % 4)

    for number, path in enumerate(sorted(root.rglob("*")), 1):
        name = str(path.relative_to(root))
        if LEFT_OUT.match(name):
            continue
        if path.is_symlink():
            yield entry(number, name, 0o120777, os.fsencode(path.readlink()))
        elif path.is_dir():
            yield entry(number, name, 0o40755, b"")
        elif path.is_file():
            yield entry(number, name, 0o100755, path.read_bytes())
    yield entry(0, "TRAILER!!!", 0, b"")


def booted(emulator: Path, root: Path, command: list[str]) -> str:
    """What a kernel and the programs it started said."""
    for name in ("proc", "sys", "dev", "tmp"):
        (root / name).mkdir(exist_ok=True)
    packer = zlib.compressobj(1, wbits=31)
    with (emulator / "first.gz").open("wb") as out:
        out.writelines(packer.compress(part) for part in newc(root))
        out.write(packer.flush())
    shutil.copy(next((root / "boot").glob("vmlinuz-*")), emulator / "kernel")
    words = ["unshare", "--user", "--map-root-user", "chroot", str(emulator), *command, "-nographic", "-no-reboot"]
    given = ["-kernel", "/kernel", "-initrd", "/first.gz", "-append", "console=ttyAMA0 quiet panic=-1"]
    done = subprocess.run([*words, *given], stdin=subprocess.DEVNULL, capture_output=True, timeout=BOOT_S, check=False)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


@pytest.mark.parametrize("arch", MACHINES)
def test_that_the_filter_of_system_calls_holds_on_an_arm_kernel(arch: str, emulator: Path, tmp_path: Path):
    kernel, command = MACHINES[arch]
    root = userland(arch, RELEASE, tmp_path / "root", f",busybox-static,{kernel}")
    agent = root / "agent"
    shutil.copytree(Path(device_agent.__file__).parent, agent / "device_agent")
    (agent / "walls.py").write_text(WITHOUT_NAMESPACES)
    (agent / "child.py").write_text(CHILD)
    (root / "init").write_text(INIT)
    (root / "init").chmod(0o755)
    said = booted(emulator, root, command)
    answers = dict(re.findall(r"SAID (\w+) (\{.*\})", said))
    assert set(answers) == {"filter", "careless", "child"}, said[-3000:]
    held, careless = json.loads(answers["filter"]), json.loads(answers["careless"])
    assert held.pop("AF_UNIX") == careless["AF_UNIX"] == "made"
    assert held.pop("wall") == "filter"
    assert set(held.values()) == {os.strerror(1)}
    assert careless["wall"] is None  # the control: it told that nothing holds
    assert {careless[name] for name in ("AF_INET", "thread", "program")} == {"made"}
    child = json.loads(answers["child"])
    assert child["network"] == "namespace"
    assert child["memory_bytes"] == (((1 << 29) + (6 << 30)) if arch == "arm64" else (1 << 31) - 1)
    running = re.search(r"KERNEL (\S+ \S+)", said)
    assert running is not None
    count = len(held)
    name = RELEASE if arch == "arm64" else f"{RELEASE} {arch}"
    print(f"\n{name}, Python 3.11.x, Linux {running[1]}: {count} of {count} ways to a socket refused by the filter, all open "
          f"without it; a model's process has {child['network']}, {child['file_bytes'] >> 20} MB a file, "
          f"{child['memory_bytes'] / 1e9:.1f} GB of addresses")  # fmt: skip

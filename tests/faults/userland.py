"""Debian userlands of other processors under qemu-user behind OpenSSH. Run by ``make faults``.

Interpreter, agent and runtimes are those of a Raspberry Pi; kernel, memory and speed are this computer's. The emulator is
registered in a user namespace of its own, so that nothing of this computer is changed.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.engine.deploy import boards

EMULATORS = {"arm64": "qemu-aarch64", "armhf": "qemu-arm"}
PACKAGES = "python3,python3-minimal,libpython3-stdlib,libstdc++6,libgomp1,ca-certificates,dash,coreutils,base-files"
ENTER = """#!/bin/sh
exec unshare --user --map-root-user --mount /bin/sh -c '
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && cat {binfmt} > /proc/sys/fs/binfmt_misc/register &&
mount --rbind /proc "$0/proc" && mount --rbind /sys "$0/sys" &&
exec chroot "$0" /bin/sh -c "cd /home/pi && exec env -i HOME=/home/pi \\
PATH=/usr/bin:/bin LANG=C.UTF-8 /bin/sh -c \\"\\$0\\"" "$SSH_ORIGINAL_COMMAND"' {root}
"""


def binfmt(arch: str) -> Path:
    """How the kernel is told of the emulator."""
    return Path(f"/usr/lib/binfmt.d/{EMULATORS[arch]}.conf")


SUITED, SUITED_IN, SUITS_ANY = 10, "trixie", ("bullseye",)
"""QEMU 7.2 ends with SIGSEGV in the C++ libraries of wheels under the C library of trixie, and now and then of bookworm; the
version that comes with trixie runs them. Bullseye runs under any."""


def emulation(arch: str, release: str, folder: Path) -> Path:
    """How the kernel is told of an emulator that runs a release: this computer's, or the newer one of a newer Debian.

    Args:
        arch: as Debian calls it.
        release: of the userland.
        folder: where a newer emulator is unpacked, if one is needed.
    """
    said = subprocess.run([f"{EMULATORS[arch]}-static", "--version"], capture_output=True, text=True, check=False)
    version = re.search(r"version (\d+)", said.stdout)
    if release in SUITS_ANY or (version is not None and int(version[1]) >= SUITED):
        return binfmt(arch)
    own = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
    command = ["mmdebstrap", "--variant=extract", f"--arch={own}", "--include=qemu-user", SUITED_IN, str(folder)]
    subprocess.run([*command, *source(SUITED_IN)], check=True, capture_output=True, timeout=900)
    told, _, flags = binfmt(arch).read_text().rsplit(":", 2)
    newer = folder / "binfmt.conf"
    newer.write_text(f"{told}:{folder / 'usr/bin' / EMULATORS[arch]}:{flags}")
    return newer


def missing(arch: str) -> str | None:
    """Why this cannot run here."""
    if os.environ.get("FLYWEIGHT_ARM64") != "1":
        return "NOT RUN: it takes minutes; make faults runs it"
    if not shutil.which("mmdebstrap") or not binfmt(arch).exists():
        return "NOT RUN: it needs apt-get install mmdebstrap qemu-user-static"
    probe = "mount -t binfmt_misc none /proc/sys/fs/binfmt_misc"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", probe], capture_output=True, check=False
    )
    return (
        "NOT RUN: this kernel gives a user namespace no binfmt_misc (it needs Linux 6.7)" if done.returncode else None
    )


def source(release: str) -> list[str]:
    """The archive this computer uses, without updates: those of an old release are taken away while it is still listed."""
    words = ["apt-get", "indextargets", "--format", "$(SITE)|$(RELEASE)|$(COMPONENT)"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout.split()
    sites = [site for site, name, part in (line.split("|") for line in told) if part == "main" and "-" not in name]
    return [f"deb {site} {release} main" for site in sites if site.rstrip("/").endswith("/debian")][:1]


def userland(arch: str, release: str, root: Path, more: str = "") -> Path:
    """Unpack Debian's packages into a folder; no script of theirs is run."""
    command = ["mmdebstrap", "--variant=extract", f"--arch={arch}", f"--include={PACKAGES}{more}", release, str(root)]
    done = subprocess.run([*command, *source(release)], check=False, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    (root / "home" / "pi").mkdir(parents=True)
    (root / "sys").mkdir(exist_ok=True)
    return root


class EmulatedBoard(boards.Board):
    """An SSH server whose users land in a userland.

    Args:
        folder: of the server.
        root: of the userland.
        emulator: how the kernel is told of it.
    """

    def __init__(self, folder: Path, root: Path, emulator: Path) -> None:
        super().__init__(folder)
        script = ENTER.replace("{root}", str(root)).replace("{binfmt}", str(emulator))
        (folder / "enter").write_text(script)

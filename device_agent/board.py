"""What board and machine this is: raw strings from an injectable root; the desktop's board table gives them a name."""

import os
import sys
from typing import Dict, List, Optional

from .contract.messages import Board, Machine

DEVICE_TREES = ("proc/device-tree", "sys/firmware/devicetree/base")


heard: Optional[Dict[str, str]] = None
"""While a selftest listens: every text that was read, by its path below the root."""


def read_text(root: str, *parts: str, limit: int = 65536) -> Optional[str]:
    """Text of a small file below ``root``, without NULs and white space at its ends; None when it is not readable."""
    try:
        with open(os.path.join(root, *parts), "rb") as stream:
            content = stream.read(limit)
    except OSError:
        return None
    text = content.decode("utf-8", "replace").strip("\0 \t\r\n")
    if heard is not None:
        heard["/".join(parts)] = text
    return text


def read_board(root: str = "/") -> Board:
    """Device-tree model, compatible list and serial; DMI names on a PC."""
    model = serial = None
    compatible: List[str] = []
    for tree in DEVICE_TREES:
        model = model or read_text(root, tree, "model")
        if not compatible:
            compatible = [item for item in (read_text(root, tree, "compatible") or "").split("\0") if item]
        serial = serial or read_text(root, tree, "serial-number")
    model = model or _model_of_cpuinfo(root)
    dmi = [read_text(root, "sys/class/dmi/id", name) for name in ("sys_vendor", "product_name", "board_name")]
    return Board(model or None, compatible, serial or None, " / ".join(item for item in dmi if item) or None)


def _model_of_cpuinfo(root: str) -> Optional[str]:
    """What a Raspberry Pi's kernel says also where the device tree is hidden, as it is in a container.

    Other kernels write ``model`` (a number), which is another field.
    """
    for line in (read_text(root, "proc/cpuinfo") or "").splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "Model":
            return value.strip() or None
    return None


def _cpuinfo(root: str) -> Dict[str, str]:
    values: Dict[str, str] = {}
    for line in (read_text(root, "proc/cpuinfo") or "").splitlines():
        key, colon, value = line.partition(":")
        if colon:
            values.setdefault(key.strip().lower(), value.strip())
    return values


ISA_OF_INTEREST = frozenset(
    {
        *("neon", "asimd", "asimdhp", "fphp", "asimddp", "i8mm", "bf16", "sve", "sve2", "vfpv4"),
        *("sse4_1", "sse4_2", "avx", "avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512_vnni"),
        *("avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16"),
    }
)


def read_machine(store: str, root: str = "/") -> Machine:
    """CPU, memory, system; ``store`` is the folder whose free disk space counts."""
    cpu = _cpuinfo(root)
    flags = (cpu.get("flags") or cpu.get("features") or "").split()
    uname = os.uname()
    return Machine(
        arch=architecture(uname.machine),
        cpu_model=cpu.get("model name") or cpu.get("cpu model") or _arm_core(cpu),
        cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        isa=sorted(ISA_OF_INTEREST.intersection(flags)),
        ram_bytes=_ram_bytes(root),
        disk_free_bytes=free_bytes(store),
        os=_os_name(root),
        kernel=uname.release,
        libc=_libc(),
        hostname=uname.nodename,
        boot_id=read_text(root, "proc/sys/kernel/random/boot_id") or "unknown",
        machine_id=read_text(root, "etc/machine-id"),
        governor=read_text(root, "sys/devices/system/cpu/cpufreq/policy0/scaling_governor")
        or read_text(root, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        power_mode=power_mode(root),
        l4t=parse_l4t(read_text(root, "etc/nv_tegra_release")),
    )


POLICIES = "sys/devices/system/cpu/cpufreq"
FIXED = "clocks fixed"
"""What a power mode ends with while ``jetson_clocks`` holds every cluster at its highest clock."""


def power_mode(root: str = "/") -> Optional[str]:
    """A Jetson's power mode as its kernel side keeps it, and whether ``jetson_clocks`` is on; None on other boards."""
    mode = read_text(root, "var/lib/nvpmodel/status")
    if not mode:
        return None
    try:
        names = sorted(name for name in os.listdir(os.path.join(root, POLICIES)) if name.startswith("policy"))
    except OSError:
        names = []
    limits = [[read_text(root, POLICIES, name, "scaling_%s_freq" % end) for end in ("min", "max")] for name in names]
    fixed = bool(limits) and all(low is not None and low == high for low, high in limits)
    return "%s, %s" % (mode, FIXED) if fixed else mode


ON_32_BITS = {"aarch64": "armv7l", "armv8l": "armv7l", "x86_64": "i686"}


def architecture(kernel: str, largest: int = sys.maxsize) -> str:
    """What this Python can load; a 32-bit system often has a 64-bit kernel, as Raspberry Pi OS does.

    Args:
        kernel: what the kernel calls the machine.
        largest: size of a container in this Python.
    """
    return kernel if largest > 1 << 32 else ON_32_BITS.get(kernel, kernel)


def parse_l4t(text: Optional[str]) -> Optional[str]:
    """``# R36 (release), REVISION: 4.4, GCID: ...`` as ``36.4.4``."""
    head, _, rest = (text or "").partition(", REVISION: ")
    words, minor = head.split(), rest.partition(",")[0].strip()
    if len(words) < 2 or words[0] != "#" or words[1][:1] != "R" or not words[1][1:].isdigit():
        return None
    return words[1][1:] + "." + minor if minor.replace(".", "").isdigit() else None


ARM_CORES = {
    "0xd03": "Cortex-A53",
    "0xd04": "Cortex-A35",
    "0xd05": "Cortex-A55",
    "0xd07": "Cortex-A57",
    "0xd08": "Cortex-A72",
    "0xd09": "Cortex-A73",
    "0xd0b": "Cortex-A76",
    "0xd42": "Cortex-A78AE",
}


def _arm_core(cpu: Dict[str, str]) -> Optional[str]:
    part = cpu.get("cpu part")
    return ARM_CORES.get(part, "ARM part " + part) if part else None


def _ram_bytes(root: str) -> int:
    for line in (read_text(root, "proc/meminfo") or "").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def free_bytes(folder: str) -> int:
    """Bytes an unprivileged writer may still use on the file system of ``folder``."""
    state = os.statvfs(folder)
    return state.f_bavail * state.f_frsize


def _os_name(root: str) -> str:
    for line in (read_text(root, "etc/os-release") or "").splitlines():
        if line.startswith("PRETTY_NAME="):
            return line.partition("=")[2].strip('"')
    return os.uname().sysname


def _libc() -> str:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "unknown").strip()
    except (ValueError, OSError):
        return "unknown"

"""What this user may do beyond the usual, found by trying: nothing is changed here."""

import glob
import os
from typing import List, Tuple

from .contract.releasing import Right

WANTED: Tuple[Tuple[str, str, Tuple[str, ...], int], ...] = (
    (
        "governor",
        "the processor's clock is held steady while something is measured",
        ("sys/devices/system/cpu/cpufreq/policy*/scaling_governor",),
        os.W_OK,
    ),
    (
        "pmic",
        "power of a Raspberry Pi 5, throttling and under-voltage of every Raspberry Pi",
        ("dev/vcio_gencmd", "dev/vcio"),
        os.R_OK,
    ),
    ("rapl", "energy of an x86 processor", ("sys/class/powercap/intel-rapl:*/energy_uj",), os.R_OK),
    (
        "gpu",
        "how busy a Jetson's GPU is",
        ("sys/class/devfreq/*.gpu/device/load", "sys/class/devfreq/*.ga10b/device/load"),
        os.R_OK,
    ),
)


def look(root: str = "/") -> List[Right]:
    """Every right: granted, missing, or absent where the board has nothing of the kind."""
    found = []
    for name, unlocks, patterns, mode in WANTED:
        paths = sorted(path for pattern in patterns for path in glob.glob(os.path.join(root, pattern)))
        paths = [path for path in paths if name != "rapl" or path.count(":") == 1]  # parts of a package are not read
        granted = all(os.access(path, mode) for path in paths)
        state = "absent" if not paths else "granted" if granted else "missing"
        found.append(Right(name, unlocks, state, ["/" + os.path.relpath(path, root) for path in paths]))
    return found

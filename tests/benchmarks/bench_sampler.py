"""What the power sampler costs at 10 Hz, on the captured file trees of boards: share of a core. Goal: at most 0.5 %.

Run: python -m tests.benchmarks.bench_sampler
"""

import json
import os
import tempfile
import time
from pathlib import Path

from device_agent.sampler import Sampler

from ..device_agent.sensors.test_sensors import CASES, tree

SECONDS, PERIOD_S = 20.0, 0.1


def share(root):
    """CPU time of the sampling process over its life after its start, relative to wall time."""
    with Sampler(root, PERIOD_S) as running:
        running.wait(lambda: None)
        ticks, start = cpu(running._process.pid), time.monotonic()
        time.sleep(SECONDS)
        return (cpu(running._process.pid) - ticks) / os.sysconf("SC_CLK_TCK") / (time.monotonic() - start)


def cpu(pid):
    """Clock ticks of a process, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def main():
    for name in ("orin-nano-jp6", "agx-orin", "nano-jp4", "pi5", "pc-rapl"):
        with tempfile.TemporaryDirectory() as folder:
            root = tree(Path(folder), json.loads((CASES / f"{name}.json").read_text())["raw"])
            print(f"{name}: {share(root):.2%} of a core at {1 / PERIOD_S:g} Hz")


if __name__ == "__main__":
    main()

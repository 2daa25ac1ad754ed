"""What the power sampler costs at 10 Hz, on the captured file trees of boards: share of a core. Goal: at most 0.5 %.

Run: python -m tests.benchmarks.bench_sampler [SECONDS]
"""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

from device_agent.sampler import Sampler

from ..device_agent.sensors.test_sensors import CASES, tree

BOARDS = ("orin-nano-jp6", "agx-orin", "nano-jp4", "pi5", "pc-rapl")
PERIOD_S, PASSES = 0.1, 3


def share(root, seconds):
    """CPU time of the sampling process over its life after its start, relative to wall time."""
    with Sampler(root, PERIOD_S) as running:
        running.wait(lambda: None)
        spent, start = cpu_s(running._process.pid), time.monotonic()
        time.sleep(seconds)
        return (cpu_s(running._process.pid) - spent) / (time.monotonic() - start)


def cpu_s(pid):
    """CPU time of another process, to the nanosecond: the clock that POSIX's clock_getcpuclockid names."""
    return time.clock_gettime((~pid << 3) | 2)


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    shares = {name: [] for name in BOARDS}
    for _ in range(PASSES):  # boards take turns, so that a busy moment of the machine hits them alike
        for name in BOARDS:
            with tempfile.TemporaryDirectory() as folder:
                root = tree(Path(folder), json.loads((CASES / f"{name}.json").read_text())["raw"])
                shares[name].append(share(root, seconds))
    for name, found in shares.items():
        print(
            f"{name}: {statistics.median(found):.2%} of a core at {1 / PERIOD_S:g} Hz, {min(found):.2%} to {max(found):.2%}"
        )


if __name__ == "__main__":
    main()

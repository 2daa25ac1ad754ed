"""What the agent costs: p50 against a bare onnxruntime loop, memory, round trip over a pipe.

    python -m tests.benchmarks.bench_agent

Both sides run the shipped MobileNet on the same random input with one thread, in processes of their own, in alternating
blocks, so that whatever else the machine does hits both alike. Processes are started anew again and again, because where its
memory happens to lie makes a process quicker or slower for its whole life, by a percent on some machines.
"""

import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy.stats import t as student

from device_agent.children import ChildProcess
from engine.deploy import agent_archive

from ..device_agent.session import Agent, trust

MODEL = Path(__file__).parents[2] / "engine" / "model" / "samples" / "fashion-mobilenet.onnx"
PROCESSES, ROUNDS, RUNS, WARM = 16, 30, 60, 5

BARE = """
import os, sys, time
import numpy, onnxruntime
settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = settings.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], settings, providers=["CPUExecutionProvider"])
need = session.get_inputs()[0]
shape = [size if isinstance(size, int) else 1 for size in need.shape]
feed = {need.name: numpy.random.default_rng(0).standard_normal(shape).astype("float32")}
for line in sys.stdin:
    samples = []
    for _ in range(int(line)):
        start = time.perf_counter_ns()
        session.run(None, feed)
        samples.append(time.perf_counter_ns() - start)
    print(*samples, flush=True)
"""


def overhead() -> tuple[float, float, float, float, float]:
    """Ratio of the p50s (child of the agent / bare loop) with its 95 % interval over the processes, and both p50s in ms."""
    pairs = np.array([np.median(process_pair(), axis=0) for _ in range(PROCESSES)])
    logs = np.log(pairs[:, 0] / pairs[:, 1])
    half = student.ppf(0.975, PROCESSES - 1) * logs.std(ddof=1) / np.sqrt(PROCESSES)
    ratio, low, high = np.exp(logs.mean() + np.array([0.0, -half, half]))
    agent_ms, bare_ms = np.median(pairs, axis=0) / 1e6
    return float(ratio), float(low), float(high), float(agent_ms), float(bare_ms)


def process_pair() -> np.ndarray:
    """Medians of the blocks of one process of each side, the agent's first, in nanoseconds: ``[rounds, 2]``."""
    bare = subprocess.Popen(
        [sys.executable, "-c", BARE, str(MODEL)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"},
        start_new_session=True,  # as the child has one: Linux shares a busy processor out between sessions
    )
    assert bare.stdin is not None
    assert bare.stdout is not None
    load = {"do": "load", "index": 0, "runtime": "onnxruntime", "provider": "CPUExecutionProvider", "threads": 1}
    pairs = []
    with ChildProcess([], 3600, 1 << 36) as child:
        child.ask({**load, "path": str(MODEL), "file": MODEL.name}, 60)
        for number in range(ROUNDS + WARM):
            medians: dict[str, float] = {}
            for side in random.sample(["agent", "bare"], 2):
                if side == "agent":
                    raw = child.ask({"do": "block", "index": 0, "count": RUNS}, 60, 8 * RUNS)[1]
                    medians[side] = float(np.median(np.frombuffer(raw, dtype="<i8")))
                else:
                    print(RUNS, file=bare.stdin, flush=True)
                    medians[side] = statistics.median(int(item) for item in bare.stdout.readline().split())
            if number >= WARM:
                pairs.append((medians["agent"], medians["bare"]))
    bare.stdin.close()
    bare.wait(10)
    bare.stdout.close()
    return np.array(pairs)


def session() -> tuple[int, int, float, float]:
    """Resident bytes after hello and after an upload, median and 99th percentile of a ping in ms."""
    with tempfile.TemporaryDirectory() as folder:
        pyz, home = Path(folder) / "agent.pyz", Path(folder) / "home"
        pyz.write_bytes(agent_archive.content())
        trust(home)
        with Agent(pyz, home) as agent:
            idle = agent.rss_bytes()
            times = []
            for _ in range(5000):
                start = time.perf_counter()
                agent.request("ping")
                times.append(time.perf_counter() - start)
            agent.put(bytes(4_000_000))
            return idle, agent.rss_bytes(), statistics.median(times) * 1e3, float(np.percentile(times, 99)) * 1e3


def main() -> None:
    """Measure and print a small table."""
    ratio, low, high, agent_ms, bare_ms = overhead()
    idle, used, ping_ms, ping_p99_ms = session()
    rows = [
        ("p50 through the agent", f"{agent_ms:.4f} ms", ""),
        ("p50 of a bare onnxruntime loop", f"{bare_ms:.4f} ms", ""),
        (f"ratio over {PROCESSES} pairs of processes", f"{ratio:.4f}x [{low:.4f}, {high:.4f}]", "<= 1.01x"),
        ("agent RSS after hello", f"{idle / 1e6:.1f} MB ({idle / 2**20:.1f} MiB)", "<= 15 MiB"),
        ("agent RSS after an upload of 4 MB", f"{used / 1e6:.1f} MB ({used / 2**20:.1f} MiB)", ""),
        ("round trip over a pipe, median", f"{ping_ms:.3f} ms", "<= 1 ms"),
        ("round trip over a pipe, p99", f"{ping_p99_ms:.3f} ms", ""),
        ("archive", f"{len(agent_archive.content()) / 1e3:.1f} kB", "<= 200 kB"),
    ]
    for name, value, goal in rows:
        print(f"{name:<36} {value:<34} {goal}")


if __name__ == "__main__":
    main()

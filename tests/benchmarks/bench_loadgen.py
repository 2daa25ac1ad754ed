"""Does our single-stream figure agree with MLPerf's LoadGen? Interleaved pairs of both on one model, each in its own process.

LoadGen (optional extra ``loadgen``) drives onnxruntime through its own Python binding, the other side is the agent's measuring
child; both run one query after another on the same file with one thread, and the 90th percentiles of their turns (ABBA)
are compared. What surrounds the two is the same: one processor for both in each pair, because on a busy machine processes stay
where they are and one of them is the luckier; a session of its own, because Linux shares a processor out between sessions
(autogroups) and not between processes; the same environment; no thread of onnxruntime that reports to its maker.
The model takes a few milliseconds, so that LoadGen's way through Python (some microseconds a query) does not decide.
Goal: over >= 10 pairs the 95 % interval of the median ratio lies inside 0.95 to 1.05.
Run: python -m tests.benchmarks.bench_loadgen [PAIRS [QUERIES]]
"""

import importlib.util
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from device_agent.children import KEPT_VARIABLES, ChildProcess
from engine.measure.probe import Chain
from engine.measure.statistics import latency

DRIVER = """
import re, sys, tempfile
from pathlib import Path
import mlperf_loadgen as loadgen
import numpy, onnxruntime
settings = onnxruntime.SessionOptions()
settings.intra_op_num_threads = settings.inter_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], settings, providers=["CPUExecutionProvider"])
need = session.get_inputs()[0]
feed = {need.name: numpy.random.default_rng(0).standard_normal(need.shape).astype("float32")}

def issue(samples):
    for sample in samples:
        session.run(None, feed)
        loadgen.QuerySamplesComplete([loadgen.QuerySampleResponse(sample.id, 0, 0)])

sut = loadgen.ConstructSUT(issue, lambda: None)
qsl = loadgen.ConstructQSL(1, 1, lambda _: None, lambda _: None)
for line in sys.stdin:
    test = loadgen.TestSettings()
    test.scenario, test.mode = loadgen.TestScenario.SingleStream, loadgen.TestMode.PerformanceOnly
    test.min_duration_ms, test.min_query_count, test.max_query_count = 0, int(line), int(line)
    with tempfile.TemporaryDirectory() as folder:
        log = loadgen.LogSettings()
        log.enable_trace = False
        log.log_output.outdir = folder
        loadgen.StartTestWithLogSettings(sut, qsl, test, log, "")
        summary = Path(folder, "mlperf_log_summary.txt").read_text()
    print(re.search(r"^90th percentile latency \\(ns\\)\\s*:\\s*(\\d+)|^90.00 percentile latency \\(ns\\)\\s*:\\s*(\\d+)",
                    summary, re.M).group().rsplit(":")[-1].strip(), flush=True)
"""


def pairs(count: int, queries: int) -> np.ndarray:
    """90th percentiles in nanoseconds of both sides, ours first.

    A pair is eight turns, twice ABBA or BAAB by chance, and each side's figure the geometric mean of its four: a machine that
    gets slower or quicker meanwhile, however fast, is the same for both to first order.
    """
    found, cpus = [], sorted(os.sched_getaffinity(0))
    alike = {"OMP_NUM_THREADS": "1", "ORT_DISABLE_TELEMETRY": "1"}
    alike.update({name: os.environ[name] for name in (*KEPT_VARIABLES, "PYTHONPATH") if name in os.environ})
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder) / "model.onnx"
        model.write_bytes(Chain(32, 56, False).conv(2, 3).pooled().dense(1, 10).model().SerializeToString())
        driver = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(model)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=alike,
            start_new_session=True,
        )
        assert driver.stdin is not None
        assert driver.stdout is not None
        load = {"do": "load", "index": 0, "runtime": "onnxruntime", "provider": "CPUExecutionProvider", "threads": 1}
        with ChildProcess([], 3600, 1 << 36) as child:
            child.ask({**load, "path": str(model), "file": model.name}, 60)
            for number in range(count + 1):
                p90: dict[str, list[float]] = {"ours": [], "loadgen": []}
                for pid in (child.pid, driver.pid):
                    os.sched_setaffinity(pid, [cpus[number % len(cpus)]])
                order = [random.sample(["ours", "loadgen"], 2) for _ in range(2)]
                for side in (side for one in order for side in (*one, *reversed(one))):
                    if side == "ours":
                        raw = child.ask({"do": "block", "index": 0, "count": queries}, 600, 8 * queries)[1]
                        p90[side].append((latency(np.frombuffer(raw, dtype="<i8")).p90 or 0.0) * 1e6)
                    else:
                        print(queries, file=driver.stdin, flush=True)
                        p90[side].append(float(driver.stdout.readline()))
                if number:  # the first warms both sides up
                    found.append([float(np.exp(np.log(p90[side]).mean())) for side in ("ours", "loadgen")])
        driver.stdin.close()
        driver.wait(30)
        driver.stdout.close()
    return np.array(found)


def main() -> None:
    if importlib.util.find_spec("mlperf_loadgen") is None:
        print("not run: LoadGen is not installed; pip install -c constraints.txt -e '.[loadgen]'")
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    queries = int(sys.argv[2]) if len(sys.argv) > 2 else 500
    found = pairs(count, queries)
    ratios = found[:, 0] / found[:, 1]
    dice = np.random.default_rng(0)
    low, high = np.percentile([np.median(dice.choice(ratios, len(ratios))) for _ in range(4000)], [2.5, 97.5])
    ours, theirs = np.median(found, axis=0) / 1e6
    inside = "inside" if low >= 0.95 and high <= 1.05 else "NOT inside"
    print(f"{count} pairs of {queries} queries: p90 {ours:.3f} ms (ours), {theirs:.3f} ms (LoadGen)")
    print(f"median ratio {np.median(ratios):.4f}, 95 % interval [{low:.4f}, {high:.4f}], {inside} 0.95 to 1.05")


if __name__ == "__main__":
    main()

"""What static int8 quantization costs on a network of ResNet-50's shape: this product's step and onnxruntime's quantizer.

Every run is a fresh process that reads the same ONNX file (224 x 224, one channel, random weights, 23.5 million parameters) and
the same calibration samples and writes an int8 ONNX file. Their order changes every round; CPU time and peak memory are the
kernel's account of the ended process. The third is the whole command `flyweight compress`, which also reads the model in a
limited process, packs both and writes the project, as a user's first; the fourth the same with other knobs, when the original
was packed before. Goal: the step at most 1.1x the time and the peak memory.
Run: python -m tests.benchmarks.bench_quantizer [ROUNDS] [SAMPLES]
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.model.data import TRAIN

SHAPE = (1, 224, 224)
PEER, STEP, COMMAND, AGAIN = "onnxruntime", "flyweight", "flyweight compress", "flyweight compress, another recipe"
PREPARE = "import sys; from tests.benchmarks.bench_quantizer import prepare; prepare(*sys.argv[1:])"
OURS = "import sys; from tests.benchmarks.bench_quantizer import step; step(*sys.argv[1:])"
CLI = "from engine.cli.entry import run; run()"
THEIRS = """
import sys
import numpy as np
from onnxruntime import quantization

class Reader(quantization.CalibrationDataReader):
    def __init__(self, samples):
        self.left = iter([{"input": sample[None]} for sample in samples])
    def get_next(self):
        return next(self.left, None)

quantization.quantize_static(sys.argv[1], sys.argv[3], Reader(np.load(sys.argv[2])["train_x"]), per_channel=True)
"""


def step(model: str, samples: str, out: str) -> None:
    """The technique alone, from file to file; like the peer it trusts the file."""
    import onnx

    from engine.compress.registry import find
    from engine.compress.technique import Context, ModelState
    from engine.model.datasets import open_data
    from engine.records import TensorSpec

    inputs = (TensorSpec("input", (None, *SHAPE), "float32"),)
    technique, data = find("static-quantization"), open_data(samples, inputs)
    config = technique.configure({"samples": data.count(TRAIN)})
    made = technique.apply(ModelState(inputs, onnx=onnx.load(model)), config, Context(data, 0, threads=1))
    assert made.onnx is not None
    onnx.save(made.onnx, out)


def cost(command: Sequence[str], folder: Path, home: Path | None = None) -> tuple[float, float]:
    """CPU seconds and peak resident MB of one process with its children."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HOME": str(home or folder)}
    with (folder / "said").open("wb") as said:
        child = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
        _, status, used = os.wait4(child.pid, 0)
    child.returncode = status
    if status:
        raise SystemExit(f"{' '.join(command[:4])} ended with {status}: {(folder / 'said').read_text()[-2000:]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def prepare(model: str, data: str, samples: str) -> None:
    """Write the network and its calibration samples; in a process of its own, whose memory a child would inherit."""
    import torch

    from engine.model.save import to_onnx
    from engine.records import TensorSpec

    from .claims.resnet50 import network

    torch.manual_seed(0)
    spec = (TensorSpec("input", (None, *SHAPE), "float32"),)
    Path(model).write_bytes(to_onnx(network().eval(), spec).SerializeToString())
    random = np.random.default_rng(0)
    np.savez(data, train_x=random.standard_normal((int(samples), *SHAPE), np.float32))


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    samples = int(sys.argv[2]) if len(sys.argv) > 2 else 32
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        model, data = str(folder / "resnet50.onnx"), str(folder / "samples.npz")
        cost([sys.executable, "-c", PREPARE, model, data, str(samples)], folder)
        recipes = {COMMAND: folder / "int8.yaml", AGAIN: folder / "again.yaml"}
        for name, knobs in ((COMMAND, f"samples: {samples}"), (AGAIN, f"samples: {samples}, float_weights: float32")):
            recipes[name].write_text(f"version: 1\nsteps:\n- technique: static-quantization\n  knobs: {{{knobs}}}\n")
        found: dict[str, list[tuple[float, float]]] = {PEER: [], STEP: [], COMMAND: [], AGAIN: []}
        for number in range(rounds):
            home = folder / f"home-{number}"
            home.mkdir()
            whole = ["-c", CLI, "compress", model, "--data", data, "--project", str(home), "--recipe"]
            commands = {
                PEER: [sys.executable, "-c", THEIRS, model, data, str(folder / "theirs.onnx")],
                STEP: [sys.executable, "-c", OURS, model, data, str(folder / "ours.onnx")],
                COMMAND: [sys.executable, *whole, str(recipes[COMMAND])],
            }
            order = list(commands)
            order = [*order[number % 3 :], *order[: number % 3], AGAIN]
            commands[AGAIN] = [sys.executable, *whole, str(recipes[AGAIN])]
            for name in order:
                found[name].append(cost(commands[name], folder, home))
                print(f"  {name}: {found[name][-1][0]:.1f} CPU s, {found[name][-1][1]:,.0f} MB", flush=True)
        print(f"{rounds} rounds, {samples} samples of 224 x 224")
        for name, pairs in found.items():
            seconds, memory = zip(*pairs, strict=True)
            line = f"{name}: {statistics.median(seconds):.1f} CPU s, {statistics.median(memory):,.0f} MB"
            ratios = [
                (ours[0] / theirs[0], ours[1] / theirs[1]) for ours, theirs in zip(pairs, found[PEER], strict=True)
            ]
            for what, values in zip(("time", "memory"), zip(*ratios, strict=True), strict=True):
                line += f"; {what} {statistics.median(values):.2f}x [{min(values):.2f}, {max(values):.2f}]"
            print(line)


if __name__ == "__main__":
    main()

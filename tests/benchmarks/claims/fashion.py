"""Fashion-MNIST with the two networks the demo compresses, at a budget of training the demo does not have."""

import gzip
import shutil
import subprocess
from pathlib import Path

import numpy as np

from engine.model.samples.make_data import TEST_IMAGES, read_idx

from .packages import package
from .peers import nncf, pruned, static
from .task import Claim, Task


def data(folder: Path) -> str:
    """The complete training set of Debian's dataset-fashion-mnist, and the second half of its test set.

    The first half is what recipes were chosen on: it is the test set of the sample that is shipped.
    """
    made = folder / "fashion-mnist"
    if not made.exists():
        part, unpacked = folder / "fashion-mnist.part", folder / "unpacked"
        shutil.rmtree(part, ignore_errors=True)
        subprocess.run(["dpkg", "-x", str(package("dataset-fashion-mnist", folder)), str(unpacked)], check=True)
        shutil.copytree(unpacked / "usr/share/datasets/fashion-mnist", part)
        for path in part.glob("t10k-*.gz"):
            held = read_idx(path)[TEST_IMAGES:]
            sizes = np.array(held.shape, ">u4").tobytes()
            path.write_bytes(gzip.compress(bytes([0, 0, 8, held.ndim]) + sizes + held.tobytes()))
        shutil.rmtree(unpacked)
        part.rename(made)
    return f"fashion-mnist:{made}"


INT8 = {"technique": "static-quantization"}
GUIDED = {"technique": "static-quantization", "knobs": {"placement": "latency-guided"}}
TFLITE = {"technique": "tflite-file", "knobs": {"bits": 7}}
PEERS = (
    static(per_channel=True),
    static(per_channel=False),
    *nncf(),
    pruned(0.5, quantized=False),
    pruned(0.5, quantized=True),
)


TAUGHT = {"views": 8, "learning_rate": 0.1, "weight_decay": 2e-4, "augment": "shift-flip", "precision": "bfloat16"}
"""The original's answers to eight augmented copies of the data."""
STUDENT = {**TAUGHT, "shift": 1}
"""A small network does not learn answers to shifts it never meets."""


def _student(most_macs: int, *ratios: float, sparsity: float, epochs: int = 12, bits: int = 8) -> list[dict]:
    """A residual network that strides early, taught for 64 epochs; fewer channels and 16 more for every ratio; zeros and
    ``epochs`` more; integers, with fewer than 8 bits trained to them for 24 epochs more.

    Recipes that begin alike share what they begin with.
    """
    network = {"network": "residual", "max_macs": most_macs, "epochs": 64, **STUDENT}
    steps = [{"technique": "student", "knobs": network}]
    for ratio in ratios:
        steps += _cut(ratio, 16, STUDENT)
    return [*steps, *_zeros(sparsity, epochs, STUDENT), GUIDED if bits == 8 else _trained_to(bits)]


def _trained_to(bits: int) -> dict:
    few = {
        "weight_bits": bits,
        "placement": "latency-guided",
        "epochs": 24,
        **STUDENT,
        "augment": "none",
        "learning_rate": 0.05,
    }
    return {"technique": "quantization-aware-training", "knobs": few}


def _copy(*ratios: float) -> list[dict]:
    """The original with fewer channels, taught by itself for 24 epochs after each cut, then 70 % zeros and a TFLite file."""
    return [*(step for ratio in ratios for step in _cut(ratio, 24, TAUGHT)), *_zeros(0.7, 8, TAUGHT), TFLITE]


def _cut(ratio: float, epochs: int, knobs: dict) -> list[dict]:
    return [{"technique": "channel-pruning", "knobs": {"ratio": ratio}}, _taught(epochs, knobs)]


def _zeros(sparsity: float, epochs: int, knobs: dict) -> list[dict]:
    pruned = {"technique": "magnitude-pruning", "knobs": {"sparsity": sparsity, "epochs": 0}}
    return [pruned, _taught(epochs, knobs)]


def _taught(epochs: int, knobs: dict) -> dict:
    return {"technique": "soft-label-distillation", "knobs": {"epochs": epochs, **knobs}}


RESNET = Task(
    "Fashion-MNIST, ResNet",
    (
        Claim("ResNet, pruned + quantized: -2 points, inference time -50 %", 2.0, faster=2.0),
        Claim("constrained device: 2x faster, >= 95 % kept, storage -80 %", 4.69, smaller=5.0, faster=2.0),
        Claim("own goal: 6x faster and 25x smaller packed at 0.5 points", 0.5, packed=25.0, faster=6.0),
    ),
    lambda _: "sample:fashion-resnet",
    data,
    {
        "int8": [INT8],
        "half-sparse": _copy(0.5),
        "third-sparse": _copy(0.5, 0.3),
        "quarter-sparse": _copy(0.5, 0.3, 0.3),
        "student": _student(2_600_000, sparsity=0.7),
        "student-5bit": _student(2_600_000, sparsity=0.7, epochs=40, bits=5),
        "student-thin": _student(2_600_000, 0.3, sparsity=0.6, bits=5),
        "student-least": _student(2_600_000, 0.3, 0.35, sparsity=0.6, bits=5),
    },
    PEERS,
    goal=0.56,
)
MOBILENET = Task(
    "Fashion-MNIST, MobileNetV2-like",
    (
        Claim("MobileNet, quantized + pruned: size -90 %, < 1 point, +60 % speed", 1.0, smaller=10.0, faster=1.6),
        Claim("constrained device: 2x faster, >= 95 % kept, storage -80 %", 4.64, smaller=5.0, faster=2.0),
        Claim("own goal: 4.5x faster and 16x smaller packed at 0.5 points", 0.5, packed=16.0, faster=4.5),
    ),
    lambda _: "sample:fashion-mobilenet",
    data,
    {
        "int8": [INT8],
        "tflite-int8": [TFLITE],
        "half-sparse": _copy(0.5),
        "third-sparse": _copy(0.5, 0.3),
        "student": _student(2_600_000, sparsity=0.8),
        "student-5bit": _student(2_600_000, sparsity=0.8, bits=5),
        "student-thin": _student(2_600_000, 0.3, sparsity=0.7, epochs=40, bits=4),
        "student-least": _student(2_600_000, 0.3, 0.38, sparsity=0.5, epochs=30, bits=5),
    },
    PEERS,
    goal=0.36,
)

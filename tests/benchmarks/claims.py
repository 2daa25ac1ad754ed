"""Published claims against this product and a plain peer, on real data, in one run: each row can be run by itself.

    python -m tests.benchmarks.claims [--only digits,audio] [--write docs/claims.md]

Every row trains its own original (the claim's kind of model), compresses it with a recipe of this product, and lets
onnxruntime's own static quantization (a plain script) work on the same file with the same data. Accuracy is on samples
that neither training nor recipe saw; losses are paired, with 95 % intervals. The recipe was chosen on training data.
"""

import argparse
import os
import platform
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from onnxruntime import quantization
from torch import nn

from engine.evaluate.paired import lost
from engine.evaluate.score import evaluate_file
from engine.events import Artifact, Event
from engine.model.data import CALIBRATION, TRAIN, DataSet
from engine.model.datasets import open_data
from engine.model.packed import pack
from engine.model.save import to_onnx
from engine.records import Estimate, Format, TensorSpec, Variant
from engine.verbs import compress, inspect

LANGUAGES = ("en", "es", "fr", "it", "ru")
RATE, SECONDS = 8000, 2


@dataclass(frozen=True)
class Row:
    """One claim with what this product and the peer reached."""

    name: str
    claim: str
    original: str
    ours: str
    peer: str
    met: bool


def digits() -> Row:
    """Half the parameters, an eighth of the storage, accuracy not lower."""
    torch.manual_seed(0)
    network = nn.Sequential(
        *(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, 2, 1),
            nn.BatchNorm2d(64),
        ),
        *(
            nn.ReLU(),
            nn.Conv2d(64, 64, 3, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        ),
        nn.Linear(64, 10),
    )
    recipe = [
        {"technique": "channel-pruning", "knobs": {"ratio": 0.4, "epochs": 0}},
        {"technique": "soft-label-distillation", "knobs": {"epochs": 40, "augment": "shift", "shift": 1}},
        {"technique": "static-quantization"},
    ]
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "digits.onnx"
        train(network, open_data("digits"), path, (1, 8, 8), epochs=25)
        found = compared(path, "digits", recipe, Path(name))
    met = found.parameters >= 2 and found.packed >= 8 and (found.loss.value or 0.0) <= 0
    claim = "half the parameters, 1/8 the storage, accuracy not lower"
    return Row("digits classifier", claim, found.original, found.ours, found.peer, met)


def audio() -> Row:
    """At least 20 times smaller at no more than one point: the language of a spoken prompt."""
    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.Conv1d(1, 64, 64, 16, 24), nn.BatchNorm1d(64), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(64, 128, 5, 2, 2)),
        *(
            nn.BatchNorm1d(128),
            nn.ReLU(),
            nn.MaxPool1d(2),
            nn.Conv1d(128, 128, 5, 2, 2),
            nn.BatchNorm1d(128),
            nn.ReLU(),
        ),
        *(nn.Conv1d(128, 256, 5, 2, 2), nn.BatchNorm1d(256), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten()),
        nn.Linear(256, len(LANGUAGES)),
    )
    recipe = [
        {"technique": "channel-pruning", "knobs": {"ratio": 0.6, "epochs": 0}},
        {"technique": "soft-label-distillation", "knobs": {"epochs": 10, "augment": "none", "views": 1}},
        {"technique": "weight-clustering", "knobs": {"epochs": 2, "min_weights": 64}},
    ]
    with tempfile.TemporaryDirectory() as name:
        data = prompts(Path(name))
        path = Path(name) / "audio.onnx"
        train(network, open_data(str(data)), path, (1, RATE * SECONDS), epochs=6)
        found = compared(path, str(data), recipe, Path(name))
    met = found.packed >= 20 and (found.loss.value or 0.0) <= 1
    claim = "size to a few hundredths: at least 20x smaller at <= 1 point"
    return Row("audio (language of a prompt)", claim, found.original, found.ours, found.peer, met)


ROWS: dict[str, Callable[[], Row]] = {"digits": digits, "audio": audio}


@dataclass(frozen=True)
class Comparison:
    """What a recipe and the peer made of one original; factors are original / result."""

    parameters: float
    packed: float
    loss: Estimate
    original: str
    ours: str
    peer: str


def compared(path: Path, data: str, recipe: Sequence[dict], project: Path) -> Comparison:
    """Compress with the recipe, quantize with onnxruntime's script, judge both on the test split."""
    start = time.process_time()
    made = compress(str(path), data=data, recipes=[list(recipe)], project=project, emit=shown)
    cpu_s = time.process_time() - start
    base, ours = made.baseline, made.variants[0]
    assert ours.loss_points is not None
    names = [step["technique"] for step in recipe]
    return Comparison(
        base.parameters / ours.parameters,
        base.packed_bytes / ours.packed_bytes,
        ours.loss_points,
        f"{base.parameters:,} parameters, {base.size_bytes / 1000:.0f} kB, {accuracy(base)}",
        f"{' + '.join(names)}: {figures(base, ours.parameters, ours.size_bytes, ours.packed_bytes, ours.loss_points)}, "
        f"{cpu_s:.0f} CPU s",
        peer(path, base, open_data(data, inspect(str(path)).inputs)),
    )


def peer(path: Path, base: Variant, data: DataSet) -> str:
    """onnxruntime's quantize_static with its defaults of a plain script: QDQ, min-max, per channel."""

    class Reader(quantization.CalibrationDataReader):
        def __init__(self) -> None:
            name = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).get_inputs()[0].name
            batches = data.batches(CALIBRATION, 50, limit=300)
            self.left = iter([{name: batch.inputs[0]} for batch in batches])

        def get_next(self) -> dict | None:
            return next(self.left, None)

    out = path.with_name("peer.onnx")
    start = time.process_time()
    quantization.quantize_static(str(path), str(out), Reader(), per_channel=True)
    cpu_s = time.process_time() - start
    first, second = (evaluate_file(file, Format.ONNX, data) for file in (path, out))
    loss = lost(first, second)
    assert loss is not None
    content = out.read_bytes()
    packed = len(pack(content, Format.ONNX))
    return f"quantize_static: {figures(base, base.parameters, len(content), packed, loss)}, {cpu_s:.0f} CPU s"


def figures(base: Variant, parameters: int, size: int, packed: int, loss: Estimate) -> str:
    """Factors and the loss in one line."""
    low, high = loss.ci95 or (float("nan"), float("nan"))
    return (
        f"{base.parameters / parameters:.1f}x fewer parameters, file {base.size_bytes / size:.1f}x smaller, packed "
        f"{base.packed_bytes / packed:.1f}x, {loss.value:+.2f} points lost [{low:+.2f}, {high:+.2f}] (n = {loss.n})"
    )


def accuracy(variant: Variant) -> str:
    """Accuracy in per cent with its interval."""
    assert variant.score is not None
    found = variant.score.metrics["accuracy"]
    low, high = found.ci95 or (0.0, 0.0)
    return f"accuracy {100 * (found.value or 0):.2f} % [{100 * low:.1f}, {100 * high:.1f}]"


def train(network: nn.Module, data: DataSet, path: Path, shape: tuple[int, ...], *, epochs: int) -> None:
    """Train on the training split with a one-cycle rate, export without training's traces."""
    parts = list(data.batches(TRAIN, 256))
    inputs = torch.from_numpy(np.concatenate([part.inputs[0] for part in parts])).reshape(-1, *shape)
    labels = torch.from_numpy(np.concatenate([part.labels for part in parts]))
    steps = epochs * (len(inputs) // 64)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 4e-3, total_steps=steps)
    order = torch.randperm(len(inputs))
    for step in range(steps):
        place = step * 64 % (len(inputs) - 64)
        if place < 64:
            order = torch.randperm(len(inputs))
        rows = order[place : place + 64]
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs[rows]), labels[rows]).backward()
        optimizer.step()
        schedule.step()
    spec = (TensorSpec("input", (None, *shape), "float32"),)
    path.write_bytes(to_onnx(network.eval(), spec).SerializeToString())


def prompts(folder: Path) -> Path:
    """Class folders of the spoken prompts of Debian's asterisk-core-sounds packages, two seconds from the first sound.

    The packages come from ``$FLYWEIGHT_SOUNDS`` (a folder of .deb files) or are fetched with apt-get. One speaker reads each
    language, so this is easier than language identification among people; silence-only prompts are left out.
    """
    import wave

    debs = Path(os.environ.get("FLYWEIGHT_SOUNDS", folder / "debs"))
    debs.mkdir(parents=True, exist_ok=True)
    data = folder / "prompts"
    for language in LANGUAGES:
        package = f"asterisk-core-sounds-{language}-wav"
        if not list(debs.glob(f"{package}_*.deb")):
            subprocess.run(["apt-get", "download", package], cwd=debs, check=True, capture_output=True)
        unpacked = folder / "unpacked" / language
        unpacked.mkdir(parents=True)
        subprocess.run(["dpkg", "-x", str(next(debs.glob(f"{package}_*.deb"))), str(unpacked)], check=True)
        (data / language).mkdir(parents=True)
        for number, path in enumerate(sorted(unpacked.rglob("*.wav"))):
            with wave.open(str(path)) as stream:
                if (stream.getframerate(), stream.getsampwidth(), stream.getnchannels()) != (RATE, 2, 1):
                    continue
                samples = np.frombuffer(stream.readframes(stream.getnframes()), np.int16)
            loud = np.nonzero(np.abs(samples) > 500)[0]
            if len(loud) < RATE // 10:
                continue
            cut = samples[loud[0] : loud[0] + RATE * SECONDS]
            with wave.open(str(data / language / f"{number:04d}.wav"), "wb") as out:
                out.setparams((1, 2, RATE, 0, "NONE", ""))
                out.writeframes(np.pad(cut, (0, RATE * SECONDS - len(cut))).tobytes())
        shutil.rmtree(unpacked)
    return data


def shown(event: Event) -> None:
    """Progress of long rows."""
    if isinstance(event, Artifact):
        print(f"  {event}", flush=True)


def table(rows: Sequence[Row]) -> str:
    """The result as a page."""
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}"
    )
    lines = [
        "# Published claims",
        "",
        f"Made by `python -m tests.benchmarks.claims` on {datetime.now(UTC):%Y-%m-%d} ({machine}).",
        "",
    ]
    lines += [
        "Sizes and accuracies only: speeds are measured by `flyweight measure` on a quiet machine. Losses are paired,"
    ]
    lines += ["with 95 % intervals; the peer is onnxruntime's quantize_static on the same file in the same run.", ""]
    lines += ["| task | claim | original | Flyweight | peer | met |", "|---|---|---|---|---|---|"]
    for row in rows:
        lines.append(
            f"| {row.name} | {row.claim} | {row.original} | {row.ours} | {row.peer} | {'yes' if row.met else 'no'} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run the rows that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(ROWS), help=f"rows, of {','.join(ROWS)}")
    parser.add_argument("--write", type=Path, help="file for the table")
    arguments = parser.parse_args()
    rows = []
    for name in arguments.only.split(","):
        print(f"== {name}", flush=True)
        rows.append(ROWS[name]())
        print(rows[-1], flush=True)
    text = table(rows)
    print(text)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

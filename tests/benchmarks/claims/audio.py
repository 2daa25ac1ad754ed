"""The language of a spoken prompt, from recordings of Debian packages."""

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engine.model.datasets import open_data

from .packages import package
from .peers import nncf, static
from .task import Claim, Task
from .training import train

LANGUAGES = ("en", "es", "fr", "it", "ru")
RATE, SECONDS = 8000, 2


def data(folder: Path) -> str:
    """Class folders of the spoken prompts of Debian's asterisk-core-sounds packages, two seconds from the first sound.

    98 MB where they are fetched. One speaker reads each language, so this is easier than language identification among people;
    prompts of silence are left out.
    """
    prompts = folder / "prompts"
    if prompts.exists():
        return str(prompts)
    made = folder / "prompts.part"
    shutil.rmtree(made, ignore_errors=True)
    for language in LANGUAGES:
        deb = package(f"asterisk-core-sounds-{language}-wav", folder)
        unpacked = folder / "unpacked" / language
        unpacked.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg", "-x", str(deb), str(unpacked)], check=True)
        (made / language).mkdir(parents=True)
        for number, path in enumerate(sorted(unpacked.rglob("*.wav"))):
            _excerpt(path, made / language / f"{number:04d}.wav")
        shutil.rmtree(unpacked)
    made.rename(prompts)
    return str(prompts)


def _excerpt(path: Path, out: Path) -> None:
    """The first two seconds of sound, where there are any."""
    with wave.open(str(path)) as stream:
        if (stream.getframerate(), stream.getsampwidth(), stream.getnchannels()) != (RATE, 2, 1):
            return
        samples = np.frombuffer(stream.readframes(stream.getnframes()), np.int16)
    loud = np.nonzero(np.abs(samples) > 500)[0]
    if len(loud) < RATE // 10:
        return
    cut = samples[loud[0] : loud[0] + RATE * SECONDS]
    with wave.open(str(out), "wb") as stream:
        stream.setparams((1, 2, RATE, 0, "NONE", ""))
        stream.writeframes(np.pad(cut, (0, RATE * SECONDS - len(cut))).tobytes())


def _original(folder: Path) -> str:
    torch.manual_seed(0)
    layers = [nn.Conv1d(1, 64, 64, 16, 24), nn.BatchNorm1d(64), nn.ReLU(), nn.MaxPool1d(2)]
    layers += [nn.Conv1d(64, 128, 5, 2, 2), nn.BatchNorm1d(128), nn.ReLU(), nn.MaxPool1d(2)]
    layers += [nn.Conv1d(128, 128, 5, 2, 2), nn.BatchNorm1d(128), nn.ReLU()]
    layers += [nn.Conv1d(128, 256, 5, 2, 2), nn.BatchNorm1d(256), nn.ReLU()]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(256, len(LANGUAGES)))
    return train(network, open_data(data(folder)), folder / "audio.onnx", (1, RATE * SECONDS), epochs=6)


def _taught(epochs: int) -> dict:
    """The original's answers to blends of two recordings: 2,100 of them alone are soon known by heart."""
    return {
        "technique": "soft-label-distillation",
        "knobs": {"epochs": epochs, "augment": "none", "views": 1, "mixup": 0.4},
    }


def _narrow(ratio: float) -> list[dict]:
    return [{"technique": "channel-pruning", "knobs": {"ratio": ratio}}, _taught(40)]


SPARSE = [{"technique": "magnitude-pruning", "knobs": {"sparsity": 0.8, "epochs": 0}}, _taught(20)]
INT8 = {"technique": "static-quantization"}
TASK = Task(
    "audio, language of a prompt",
    (Claim("size to a few hundredths: at least 20x smaller at <= 1 point", 1.0, packed=20.0),),
    _original,
    data,
    {
        "clustered": [*_narrow(0.6), {"technique": "weight-clustering", "knobs": {"epochs": 2, "min_weights": 64}}],
        "narrow-int8": [*_narrow(0.6), INT8],
        "sparse-int8": [*_narrow(0.3), *SPARSE, INT8],
    },
    (static(per_channel=True), *nncf()),
)

"""The digit classifier of the literature: small, and every image of the test split is 0.28 points."""

from pathlib import Path

import torch
from torch import nn

from engine.model.datasets import open_data

from .peers import nncf, static
from .task import Claim, Task
from .training import train


def _original(folder: Path) -> str:
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU()]
    layers += [nn.Conv2d(32, 64, 3, 2, 1), nn.BatchNorm2d(64), nn.ReLU()]
    layers += [nn.Conv2d(64, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU()]
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    return train(network, open_data("digits"), folder / "digits.onnx", (1, 8, 8), epochs=25)


TASK = Task(
    "digits classifier",
    (Claim("half the parameters, 1/8 the storage, accuracy not lower", 0.0, packed=8, parameters=2),),
    _original,
    lambda _: "digits",
    {
        "narrow-int8": [
            {"technique": "channel-pruning", "knobs": {"ratio": 0.4, "epochs": 0}},
            {"technique": "soft-label-distillation", "knobs": {"epochs": 40, "augment": "shift", "shift": 1}},
            {"technique": "static-quantization"},
        ]
    },
    (static(per_channel=True), *nncf()),
)

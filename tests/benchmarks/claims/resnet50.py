"""A network of ResNet-50's shape (He et al. 2016, arXiv:1512.03385: bottlenecks 3-4-6-3), trained on upscaled Fashion-MNIST."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.model.data import TEST, TRAIN
from engine.model.datasets import open_data

from .peers import nncf, static
from .task import Claim, Task
from .training import train

SIZE, TRAINING, TESTING = 56, 6000, 2000


def data(folder: Path) -> str:
    """6,000 training and 2,000 test images of Fashion-MNIST, each pixel doubled."""
    out = folder / "upscaled.npz"
    if not out.exists():
        arrays = {}
        for split, name, count in ((TRAIN, "train", TRAINING), (TEST, "test", TESTING)):
            parts = list(open_data("fashion-mnist").batches(split, 500, limit=count))
            images = np.concatenate([part.inputs[0] for part in parts])
            arrays[f"{name}_x"] = images.repeat(2, axis=2).repeat(2, axis=3)
            arrays[f"{name}_y"] = np.concatenate([part.labels for part in parts])
        np.savez(out, **arrays)
    return str(out)


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1 with a residual, four times as wide at its end."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        self.path = nn.Sequential(
            *(nn.Conv2d(before, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU()),
            *(nn.Conv2d(width, 4 * width, 1, bias=False), nn.BatchNorm2d(4 * width)),
        )
        self.skip: nn.Module = nn.Identity()
        if stride != 1 or before != 4 * width:
            self.skip = nn.Sequential(nn.Conv2d(before, 4 * width, 1, stride, bias=False), nn.BatchNorm2d(4 * width))

    def forward(self, x: Tensor) -> Tensor:
        """``[n, c, h, w]`` to four times the width."""
        return torch.relu(self.path(x) + self.skip(x))


def network() -> nn.Module:
    """23.5 million parameters, one input channel, ten classes."""
    layers: list[nn.Module] = [nn.Conv2d(1, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    layers.append(nn.MaxPool2d(3, 2, 1))
    before = 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(before, width, stride if block == 0 else 1))
            before = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))


def _original(folder: Path) -> str:
    torch.manual_seed(0)
    images = open_data(data(folder))
    return train(network(), images, folder / "resnet50.onnx", (1, SIZE, SIZE), epochs=4, rate=2e-3)


INT8 = {"technique": "static-quantization"}
TAUGHT = {"epochs": 4, "views": 2}
TASK = Task(
    "upscaled Fashion-MNIST, ResNet-50",
    (
        Claim("ResNet-50, pruned + quantized: -2 points, inference time -50 %", 2.0, faster=2.0),
        Claim("ResNet-50 to a MobileNet student: 3x faster, accuracy kept above 90 %", 8.0, faster=3.0),
        Claim("own goal: 3.4x faster", 0.5, faster=3.4),
    ),
    _original,
    data,
    {
        "int8": [INT8],
        "half-int8": [
            {"technique": "channel-pruning", "knobs": {"ratio": 0.5}},
            {"technique": "soft-label-distillation", "knobs": TAUGHT},
            INT8,
        ],
        "mobilenet-student": [
            {"technique": "student", "knobs": {"network": "mobilenet", "share": 0.05, "epochs": 12, "views": 2}},
            {"technique": "tflite-file", "knobs": {"bits": 7}},
        ],
    },
    (static(per_channel=True), static(per_channel=False), *nncf()),
)

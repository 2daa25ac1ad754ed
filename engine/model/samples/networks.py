"""The two reference networks, small enough to train on two cores and shaped like what boards really run.

Both take ``float32[N, 1, 28, 28]``, normalised as ``(pixel / 255 - 0.2860) / 0.3530``, and give ``float32[N, 10]``
logits. Every shape is fixed by the constructor and no module is used twice, so that dependency-graph pruning, the ONNX
and TFLite exporters and static int8 (convolution + BatchNorm + ReLU fused into one kernel) all see plain layers.
"""

import torch
from torch import Tensor, nn

MEAN = 0.2860
STD = 0.3530
CLASSES = 10


class BasicBlock(nn.Module):
    """Two 3x3 convolutions with a shortcut (He et al., "Deep Residual Learning for Image Recognition", 2016)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU(inplace=True)
        self.shortcut: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, images: Tensor) -> Tensor:
        """``[N, inputs, H, W]`` to ``[N, outputs, H / stride, W / stride]``."""
        inner = self.relu1(self.norm1(self.conv1(images)))
        inner = self.norm2(self.conv2(inner))
        total: Tensor = self.relu2(inner + self.shortcut(images))
        return total


class ResNet(nn.Module):
    """A stem and one basic block per stage; every stage but the first halves the picture."""

    def __init__(self, widths: tuple[int, ...], classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 3, padding=1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU(inplace=True)
        )
        pairs = zip((widths[0], *widths[:-1]), widths, strict=True)
        self.stages = nn.Sequential(
            *(BasicBlock(inputs, outputs, 1 if index == 0 else 2) for index, (inputs, outputs) in enumerate(pairs))
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(widths[-1], classes)

    def forward(self, images: Tensor) -> Tensor:
        """``float32[N, 1, 28, 28]`` to logits ``float32[N, classes]``."""
        features = self.pool(self.stages(self.stem(images)))
        logits: Tensor = self.classifier(torch.flatten(features, 1))
        return logits


def _conv_norm_relu6(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU6(inplace=True)]


class InvertedResidual(nn.Module):
    """Expand, filter depth-wise, project (Sandler et al., "MobileNetV2", 2018); a shortcut where shapes allow it."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = inputs * expansion
        layers = _conv_norm_relu6(inputs, hidden, 1) if expansion != 1 else []
        layers += _conv_norm_relu6(hidden, hidden, 3, stride, groups=hidden)
        layers += [nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.layers = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, images: Tensor) -> Tensor:
        """``[N, inputs, H, W]`` to ``[N, outputs, H / stride, W / stride]``."""
        out: Tensor = self.layers(images)
        return images + out if self.residual else out


class MobileNet(nn.Module):
    """A stem, inverted residuals and a 1x1 head; each row is (expansion, outputs, repeats, stride of the first)."""

    def __init__(self, stem: int, rows: tuple[tuple[int, int, int, int], ...], head: int, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_conv_norm_relu6(1, stem, 3))
        blocks: list[nn.Module] = []
        inputs = stem
        for expansion, outputs, repeats, stride in rows:
            for index in range(repeats):
                blocks.append(InvertedResidual(inputs, outputs, stride if index == 0 else 1, expansion))
                inputs = outputs
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Sequential(*_conv_norm_relu6(inputs, head, 1))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(head, classes)

    def forward(self, images: Tensor) -> Tensor:
        """``float32[N, 1, 28, 28]`` to logits ``float32[N, classes]``."""
        features = self.pool(self.head(self.blocks(self.stem(images))))
        logits: Tensor = self.classifier(torch.flatten(features, 1))
        return logits


def fashion_resnet() -> ResNet:
    """ResNet with widths 16-32-64-128, one basic block each: 308,538 parameters."""
    return ResNet(widths=(16, 32, 64, 128), classes=CLASSES)


def fashion_mobilenet() -> MobileNet:
    """MobileNetV2 in small (expansion 4, three stages of two blocks): 107,258 parameters."""
    rows = ((1, 16, 1, 1), (4, 24, 2, 2), (4, 40, 2, 2), (4, 64, 2, 2))
    return MobileNet(stem=24, rows=rows, head=256, classes=CLASSES)

"""Students of plain convolutions with an early stride: no branches, widths the kernels like, most arithmetic on small maps."""

from torch import nn


def early() -> nn.Module:
    """94,058 parameters, 4.7 MMACs at 28x28."""
    return plain((32, 5, 2), (64, 3, 2), (64, 3, 1), (64, 3, 1))


def slim() -> nn.Module:
    """60,762 parameters, 4.3 MMACs at 28x28."""
    return plain((16, 5, 2), (24, 3, 1), (24, 3, 1), (64, 3, 2), (64, 3, 1))


def tiny() -> nn.Module:
    """35,722 parameters, 2.3 MMACs at 28x28."""
    return plain((16, 5, 2), (24, 3, 1), (48, 3, 2), (48, 3, 1))


def plain(*stages: tuple[int, int, int], channels: int = 1, classes: int = 10) -> nn.Module:
    """Convolution, BatchNorm, ReLU for each ``(width, kernel, stride)``, then the mean and a linear layer."""
    layers: list[nn.Module] = []
    for width, kernel, stride in stages:
        layers += [
            nn.Conv2d(channels, width, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
        ]
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))

"""Small networks of the shapes that CNN files come in; seeded, with BatchNorm statistics that are not trivial."""

import torch
from torch import nn
from torch.nn import functional


class ResidualNet(nn.Module):
    """Stem, two basic blocks (one with a strided shortcut), global pool, classifier."""

    def __init__(self, widths=(8, 16), classes=5):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, padding=1, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU()
        )
        self.a1 = nn.Conv2d(widths[0], widths[0], 3, padding=1)
        self.n1 = nn.BatchNorm2d(widths[0])
        self.b1 = nn.Conv2d(widths[0], widths[1], 3, stride=2, padding=1)
        self.n2 = nn.BatchNorm2d(widths[1])
        self.down = nn.Conv2d(widths[0], widths[1], 1, stride=2)
        self.head = nn.Linear(widths[1], classes)

    def forward(self, x):
        x = self.stem(x)
        x = functional.relu(self.n1(self.a1(x)) + x)
        x = functional.relu(self.n2(self.b1(x)) + self.down(x))
        return self.head(functional.adaptive_avg_pool2d(x, 1).flatten(1))


class MobileNet(nn.Module):
    """Inverted residual with depth-wise convolution, ReLU6, hard-swish, mean instead of a pool."""

    def __init__(self, width=12):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.expand = nn.Sequential(nn.Conv2d(8, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU6())
        self.depth = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False), nn.BatchNorm2d(width), nn.Hardswish()
        )
        self.project = nn.Conv2d(width, 8, 1)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.stem(x)
        x = x + self.project(self.depth(self.expand(x)))
        return self.head(x.mean((2, 3)))


class SqueezeExcite(nn.Module):
    """Channel attention with hard-sigmoid, and one with sigmoid."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding=1)
        self.reduce, self.grow = nn.Conv2d(8, 4, 1), nn.Conv2d(4, 8, 1)
        self.silu = nn.SiLU()
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        x = self.silu(self.conv(x))
        gate = functional.hardsigmoid(self.grow(functional.relu(self.reduce(functional.adaptive_avg_pool2d(x, 1)))))
        x = x * gate
        return self.head(torch.flatten(functional.adaptive_max_pool2d(x, 1), 1))


class ConcatNet(nn.Module):
    """Inception-like branches, max and average pools, split, channel shuffle, a view that uses the batch size."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 5, padding=2)
        self.pool = nn.MaxPool2d(3, stride=2, padding=1)
        self.mean = nn.AvgPool2d(2, ceil_mode=False)
        self.c = nn.Conv2d(11, 8, 3, padding=1, groups=1)
        self.head = nn.Linear(8 * 4 * 4, 6)

    def forward(self, x):
        x = torch.cat([self.a(x), functional.leaky_relu(self.b(x), 0.2), functional.elu(x)], 1)
        x = self.c(self.pool(x))
        batch, channels, height, width = x.shape
        x = x.view(batch, 2, channels // 2, height, width).transpose(1, 2).reshape(batch, channels, height, width)
        left, right = x.chunk(2, dim=1)
        x = self.mean(torch.cat([right, left.abs()], 1))
        return functional.log_softmax(self.head(x.view(x.size(0), -1)), dim=1)


class UNet(nn.Module):
    """Encoder and decoder with nearest and bilinear up-sampling, transposed convolution and reflection padding."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(1, 6, 3, stride=2, padding=1)
        self.deep = nn.Conv2d(6, 8, 3, stride=2, padding=1)
        self.up = nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1)
        self.norm = nn.InstanceNorm2d(12, affine=True)
        self.act = nn.PReLU(12)
        self.out = nn.Conv2d(12, 2, 3)

    def forward(self, x):
        shallow = torch.tanh(self.down(x))
        deep = functional.softplus(self.deep(shallow))
        near = functional.interpolate(deep[:, :6], scale_factor=2.0, mode="nearest")
        both = self.act(self.norm(torch.cat([shallow * near, self.up(deep)], 1)))
        large = functional.interpolate(both, scale_factor=2.0, mode="bilinear", align_corners=False)
        return self.out(functional.pad(large, (1, 1, 1, 1), mode="reflect"))


class Perceptron(nn.Module):
    """Linear layers with GELU, layer norm, clamp and a residual."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(20, 16), nn.Linear(16, 16, bias=False)
        self.norm = nn.LayerNorm(16)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        x = functional.gelu(self.first(x))
        x = self.norm(x + self.second(x).clamp(-1.0, 2.0))
        return self.head(x / 2.0 - 1.0).softmax(-1)


class Waveform(nn.Module):
    """One-dimensional convolutions over a signal."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(2, 6, 5, stride=2, padding=2), nn.BatchNorm1d(6), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(6, 8, 3)
        )
        self.head = nn.Linear(8, 3)

    def forward(self, x):
        return self.head(self.layers(x).mean(-1))


ZOO = {
    "residual": (ResidualNet, (3, 16, 16)),
    "mobile": (MobileNet, (3, 12, 12)),
    "squeeze-excite": (SqueezeExcite, (3, 10, 10)),
    "concat": (ConcatNet, (3, 16, 16)),
    "unet": (UNet, (1, 16, 16)),
    "perceptron": (Perceptron, (20,)),
    "waveform": (Waveform, (2, 64)),
}


def build(name):
    """A seeded network of the zoo in evaluation mode and its input shape without batch."""
    make, shape = ZOO[name]
    torch.manual_seed(3)
    network = make()
    for module in network.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2.0)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    return network.eval(), shape


def residual():
    """Factory for ``--arch``."""
    return build("residual")[0]


def residual_with_example():
    """Factory that states its input."""
    return build("residual")[0], (torch.zeros(1, 3, 16, 16),)

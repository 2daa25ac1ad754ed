"""Small networks of the shapes that CNN files come in; seeded, with BatchNorm statistics that are not trivial."""

from itertools import pairwise

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


class DenseNet(nn.Module):
    """Two dense blocks: every layer reads the concatenation of all before it; a transition between them."""

    def __init__(self, growth=8):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.n1, self.c1 = nn.BatchNorm2d(8), nn.Conv2d(8, growth, 3, padding=1)
        self.n2, self.c2 = nn.BatchNorm2d(8 + growth), nn.Conv2d(8 + growth, growth, 3, padding=1)
        self.n3, self.transition = nn.BatchNorm2d(8 + 2 * growth), nn.Conv2d(8 + 2 * growth, 16, 1)
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        x = self.stem(x)
        x = torch.cat([x, self.c1(functional.relu(self.n1(x)))], 1)
        x = torch.cat([x, self.c2(functional.relu(self.n2(x)))], 1)
        x = functional.avg_pool2d(self.transition(functional.relu(self.n3(x))), 2)
        return self.head(functional.relu(x).mean((2, 3)))


class ResidualBlock(nn.Module):
    """A basic block that can be left out: its input and output have one shape."""

    def __init__(self, width):
        super().__init__()
        self.a, self.na = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        self.b, self.nb = nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)

    def forward(self, x):
        return functional.relu(x + self.nb(self.b(functional.relu(self.na(self.a(x))))))


class DeepResidualNet(nn.Module):
    """A stem, four residual blocks, a classifier."""

    def __init__(self, width=8, blocks=4):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU())
        self.blocks = nn.Sequential(*[ResidualBlock(width) for _ in range(blocks)])
        self.head = nn.Linear(width, 5)

    def forward(self, x):
        return self.head(self.blocks(self.stem(x)).mean((2, 3)))


class SelfAttention(nn.Module):
    """Multi-head attention with one Linear each for queries, keys, values and output."""

    def __init__(self, width, num_heads):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, width // num_heads
        self.q, self.k, self.v = nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        batch, length, _ = x.shape
        q, k, v = (
            layer(x).view(batch, length, self.num_heads, self.head_dim).transpose(1, 2)
            for layer in (self.q, self.k, self.v)
        )
        weights = (q @ k.transpose(-2, -1) / self.head_dim**0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(batch, length, self.num_heads * self.head_dim))


class TransformerBlock(nn.Module):
    """Pre-norm attention and a two-layer perceptron, each with a residual."""

    def __init__(self, width, num_heads):
        super().__init__()
        self.n1, self.attention = nn.LayerNorm(width), SelfAttention(width, num_heads)
        self.n2, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.Linear(2 * width, width)

    def forward(self, x):
        x = x + self.attention(self.n1(x))
        return x + self.down(functional.gelu(self.up(self.n2(x))))


class VisionTransformer(nn.Module):
    """Patches, position table, two blocks, mean over the tokens, classifier."""

    def __init__(self, width=16, num_heads=4, depth=2):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, stride=4)
        self.position = nn.Parameter(torch.randn(1, 16, width) * 0.1)
        self.blocks = nn.Sequential(*[TransformerBlock(width, num_heads) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 5)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2) + self.position
        return self.head(self.norm(self.blocks(x)).mean(1))


class TextTransformer(nn.Module):
    """Token and position tables, ``nn.MultiheadAttention``, post-norm, two layers."""

    def __init__(self, words=32, width=16, heads=4, depth=2):
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Parameter(torch.randn(1, 12, width) * 0.1)
        self.attention = nn.ModuleList([nn.MultiheadAttention(width, heads, batch_first=True) for _ in range(depth)])
        self.up = nn.ModuleList([nn.Linear(width, 2 * width) for _ in range(depth)])
        self.down = nn.ModuleList([nn.Linear(2 * width, width) for _ in range(depth)])
        self.norms = nn.ModuleList([nn.LayerNorm(width) for _ in range(2 * depth)])
        self.head = nn.Linear(width, 4)

    def forward(self, tokens):
        x = self.words(tokens) + self.places
        for i, attention in enumerate(self.attention):
            x = self.norms[2 * i](x + attention(x, x, x, need_weights=False)[0])
            x = self.norms[2 * i + 1](x + self.down[i](functional.relu(self.up[i](x))))
        return self.head(x[:, 0])


class Recurrent(nn.Module):
    """Two recurrent layers over a signal, the last step, a classifier."""

    def __init__(self, kind=nn.LSTM, width=12):
        super().__init__()
        self.cells = kind(3, width, num_layers=2, batch_first=True)
        self.head = nn.Linear(width, 4)

    def forward(self, x):
        return self.head(self.cells(x)[0][:, -1])


class GatedRecurrent(Recurrent):
    """The same with GRU cells."""

    def __init__(self):
        super().__init__(nn.GRU)


class Dense(nn.Module):
    """A plain multi-layer perceptron."""

    def __init__(self, inputs=20, hidden=(32, 16), classes=4):
        super().__init__()
        sizes = (inputs, *hidden)
        self.layers = nn.Sequential(*[item for a, b in pairwise(sizes) for item in (nn.Linear(a, b), nn.ReLU())])
        self.head = nn.Linear(sizes[-1], classes)

    def forward(self, x):
        return self.head(self.layers(x))


class Logistic(nn.Module):
    """Logistic regression: one linear layer."""

    def __init__(self, inputs=20, classes=4):
        super().__init__()
        self.linear = nn.Linear(inputs, classes)

    def forward(self, x):
        return self.linear(x)


ZOO = {
    "residual": (ResidualNet, (3, 16, 16)),
    "mobile": (MobileNet, (3, 12, 12)),
    "squeeze-excite": (SqueezeExcite, (3, 10, 10)),
    "concat": (ConcatNet, (3, 16, 16)),
    "unet": (UNet, (1, 16, 16)),
    "perceptron": (Perceptron, (20,)),
    "waveform": (Waveform, (2, 64)),
}

MODULES = {
    "dense-concat": (DenseNet, (3, 16, 16)),
    "deep-residual": (DeepResidualNet, (3, 16, 16)),
    "vision-transformer": (VisionTransformer, (3, 16, 16)),
    "text-transformer": (TextTransformer, (12,)),
    "lstm": (Recurrent, (9, 3)),
    "gru": (GatedRecurrent, (9, 3)),
    "dense": (Dense, (20,)),
    "logistic": (Logistic, (20,)),
}
"""Networks that come as PyTorch code; those of ``ZOO`` are read from ONNX files, too."""


def build(name):
    """A seeded network of the zoo in evaluation mode and its input shape without batch."""
    make, shape = (ZOO | MODULES)[name]
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

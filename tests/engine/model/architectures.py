"""Small networks with the building blocks of well-known architectures, written as their published code writes them."""

import torch
from torch import nn
from torch.nn import functional


class ViT(nn.Module):
    """Patches by a strided convolution, class token, torch's own attention, GELU, layer norms before (Dosovitskiy 2021)."""

    def __init__(self, width=16, heads=2, depth=2):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.places = nn.Parameter(0.1 * torch.randn(1, 17, width))
        layer = nn.TransformerEncoderLayer(width, heads, 2 * width, 0.0, "gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, depth, nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, 5)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        return self.head(self.encoder(x)[:, 0])


class WindowAttention(nn.Module):
    """Attention inside windows that may be shifted, with a learned bias per relative place (Liu 2021)."""

    def __init__(self, width, heads, size, window, shift):
        super().__init__()
        self.heads, self.window, self.shift, self.grid = heads, window, shift, size // window
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.table = nn.Parameter(0.1 * torch.randn((2 * window - 1) ** 2, heads))
        at = torch.stack(torch.meshgrid(torch.arange(window), torch.arange(window), indexing="ij")).flatten(1)
        apart = at[:, :, None] - at[:, None, :] + window - 1
        self.register_buffer("index", apart[0] * (2 * window - 1) + apart[1])
        region = torch.zeros(size, size)
        for number, rows in enumerate((slice(-window), slice(-window, -shift or None), slice(-shift, None))):
            for other, columns in enumerate((slice(-window), slice(-window, -shift or None), slice(-shift, None))):
                region[rows, columns] = 3 * number + other
        parts = region.view(self.grid, window, self.grid, window).transpose(1, 2).reshape(-1, window**2)
        apart_from = (parts[:, None, :] != parts[:, :, None]).float() * -100
        self.register_buffer("mask", apart_from[:, None] if shift else torch.zeros(1, 1, 1, 1))

    def forward(self, x):
        count, height, width, channels = x.shape
        w, g = self.window, self.grid
        if self.shift:
            x = torch.roll(x, (-self.shift, -self.shift), (1, 2))
        x = x.view(count, g, w, g, w, channels).permute(0, 1, 3, 2, 4, 5).reshape(-1, w * w, channels)
        q, k, v = self.qkv(x).view(-1, w * w, 3, self.heads, channels // self.heads).permute(2, 0, 3, 1, 4)
        scores = q * (channels // self.heads) ** -0.5 @ k.transpose(-2, -1)
        scores = scores + self.table[self.index.view(-1)].view(w * w, w * w, -1).permute(2, 0, 1)
        if self.shift:
            scores = scores.view(-1, g * g, self.heads, w * w, w * w) + self.mask
            scores = scores.view(-1, self.heads, w * w, w * w)
        x = self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(-1, w * w, channels))
        x = x.view(count, g, g, w, w, channels).permute(0, 1, 3, 2, 4, 5).reshape(count, height, width, channels)
        return torch.roll(x, (self.shift, self.shift), (1, 2)) if self.shift else x


class SwinBlock(nn.Module):
    """Window attention and a multi-layer perceptron, both residual."""

    def __init__(self, width, size, shift):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = WindowAttention(width, 2, size, 4, shift)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Merge(nn.Module):
    """Four neighbours become one place with twice the channels."""

    def __init__(self, width):
        super().__init__()
        self.norm, self.reduce = nn.LayerNorm(4 * width), nn.Linear(4 * width, 2 * width, bias=False)

    def forward(self, x):
        corners = [x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]]
        return self.reduce(self.norm(torch.cat(corners, -1)))


class Swin(nn.Module):
    """Two stages of plain and shifted windows."""

    def __init__(self, width=8):
        super().__init__()
        self.patches, self.norm = nn.Conv2d(3, width, 2, 2), nn.LayerNorm(width)
        self.stages = nn.Sequential(
            SwinBlock(width, 8, 0), SwinBlock(width, 8, 2), Merge(width), SwinBlock(2 * width, 4, 0)
        )
        self.last, self.head = nn.LayerNorm(2 * width), nn.Linear(2 * width, 5)

    def forward(self, x):
        x = self.stages(self.norm(self.patches(x).permute(0, 2, 3, 1)))
        return self.head(self.last(x).mean((1, 2)))


class FactorizedConv(nn.Sequential):
    """Convolution, batch norm, ReLU."""

    def __init__(self, inputs, outputs, size, **options):
        super().__init__(
            nn.Conv2d(inputs, outputs, size, bias=False, **options), nn.BatchNorm2d(outputs, eps=0.001), nn.ReLU()
        )


class Inception(nn.Module):
    """Branches of 1x1, 1x7 and 7x1, a pool that leaves out its padding, branches inside branches (Szegedy 2016)."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(FactorizedConv(3, 8, 3, stride=2), nn.MaxPool2d(3, 1, ceil_mode=True))
        self.one = FactorizedConv(8, 4, 1)
        self.seven = nn.Sequential(
            FactorizedConv(8, 4, 1),
            FactorizedConv(4, 4, (1, 7), padding=(0, 3)),
            FactorizedConv(4, 8, (7, 1), padding=(3, 0)),
        )
        self.before = FactorizedConv(8, 4, 1)
        self.wide = FactorizedConv(4, 4, (1, 3), padding=(0, 1))
        self.tall = FactorizedConv(4, 4, (3, 1), padding=(1, 0))
        self.pooled = FactorizedConv(8, 4, 1)
        self.down = FactorizedConv(24, 8, 3, stride=2)
        self.head = nn.Linear(32, 5)

    def forward(self, x):
        x = self.stem(x)
        split = self.before(x)
        pooled = self.pooled(functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False))
        x = torch.cat([self.one(x), self.seven(x), self.wide(split), self.tall(split), pooled], 1)
        x = torch.cat([self.down(x), functional.max_pool2d(x, 3, 2)], 1)
        return self.head(functional.dropout(functional.adaptive_avg_pool2d(x, 1).flatten(1), 0.5, self.training))


class ConvNeXtBlock(nn.Module):
    """Depthwise 7x7, layer norm over channels, inverted bottleneck of linear layers, a scale per channel (Liu 2022)."""

    def __init__(self, width):
        super().__init__()
        self.depthwise, self.norm = nn.Conv2d(width, width, 7, padding=3, groups=width), nn.LayerNorm(width, eps=1e-6)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.gamma = nn.Parameter(0.5 * torch.ones(width))

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.gamma * self.narrow(functional.gelu(self.wide(y)))
        return x + y.permute(0, 3, 1, 2)


class ChannelNorm(nn.LayerNorm):
    """Layer norm over the channels of images whose channels come first."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class ConvNeXt(nn.Module):
    """A stem, two stages and the layer between them."""

    def __init__(self, width=8):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, width, 2, 2),
            ChannelNorm(width),
            ConvNeXtBlock(width),
            ChannelNorm(width),
            nn.Conv2d(width, 2 * width, 2, 2),
            ConvNeXtBlock(2 * width),
        )
        self.norm, self.head = nn.LayerNorm(2 * width), nn.Linear(2 * width, 5)

    def forward(self, x):
        return self.head(self.norm(self.body(x).mean((-2, -1))))


ARCHITECTURES = {"vit": ViT, "swin": Swin, "inception": Inception, "convnext": ConvNeXt}
SHAPE = (3, 16, 16)

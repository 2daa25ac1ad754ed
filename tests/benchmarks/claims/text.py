"""Sentiment of movie sentences with a transformer of BERT's shape, trained here from nothing."""

import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.model.datasets import open_data

from .peers import dynamic, nncf, static
from .task import Claim, Task
from .training import train

LENGTH, WORDS = 32, 8000
WIDTH, DEPTH, HEADS = 192, 4, 6
MEMBER = "hutto_ICWSM_2014/movieReviewSnippets_GroundTruth.txt"


def data(folder: Path) -> str:
    """Tokens of 10,605 sentences scored by people (Hutto, Gilbert 2014; vaderSentiment, MIT): positive or not.

    Every fifth sentence is a test sentence. Words are the most frequent of the others; 0 fills, 1 is any other word.
    """
    out = folder / "movies.npz"
    if out.exists():
        return str(out)
    lines = [line.split("\t") for line in _table(folder).splitlines() if line.count("\t") == 2]
    words = [re.findall(r"[a-z']+|[!?.]", text.lower())[:LENGTH] for _, _, text in lines]
    labels = np.array([float(score) > 0 for _, score, _ in lines], np.int64)
    test = np.arange(len(lines)) % 5 == 4
    counts = Counter(word for text, held in zip(words, test, strict=True) if not held for word in text)
    places = {word: index + 2 for index, (word, _) in enumerate(counts.most_common(WORDS - 2))}
    tokens = np.zeros((len(lines), LENGTH), np.int64)
    for row, text in zip(tokens, words, strict=True):
        row[: len(text)] = [places.get(word, 1) for word in text]
    np.savez(out, train_x=tokens[~test], train_y=labels[~test], test_x=tokens[test], test_y=labels[test])
    return str(out)


def _table(folder: Path) -> str:
    packages = Path(os.environ.get("FLYWEIGHT_CLAIM_PACKAGES", folder / "packages"))
    if not list(packages.glob("vaderSentiment-0.5.*")):
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        subprocess.run([*fetch, "--dest", str(packages), "vaderSentiment==0.5"], check=True)
    with zipfile.ZipFile(next(packages.glob("vaderSentiment-0.5.zip"))) as archive:
        content = archive.read("vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(content)) as inner:
        member = inner.extractfile(MEMBER)
        assert member is not None
        return member.read().decode("latin-1")


class Attention(nn.Module):
    """Multi-head attention with a Linear each for queries, keys, values and output."""

    def __init__(self) -> None:
        super().__init__()
        self.q, self.k, self.v = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """``[n, t, w]`` to the same."""
        size = WIDTH // HEADS
        q, k, v = (layer(x).view(-1, LENGTH, HEADS, size).transpose(1, 2) for layer in (self.q, self.k, self.v))
        weights = (q @ k.transpose(-2, -1) / size**0.5).softmax(-1)
        mixed: Tensor = self.out((weights @ v).transpose(1, 2).reshape(-1, LENGTH, WIDTH))
        return mixed


class Block(nn.Module):
    """Pre-norm attention and a perceptron of four times the width, each with a residual."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(WIDTH), Attention()
        self.norm2, self.up, self.down = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)
        self.drop = nn.Dropout(0.2)

    def forward(self, x: Tensor) -> Tensor:
        """``[n, t, w]`` to the same."""
        x = x + self.drop(self.attention(self.norm1(x)))
        return x + self.drop(self.down(nn.functional.gelu(self.up(self.norm2(x)))))


class Encoder(nn.Module):
    """Words and places, blocks, the mean over the tokens, two scores."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(WORDS, WIDTH), nn.Parameter(torch.zeros(1, LENGTH, WIDTH))
        self.drop = nn.Dropout(0.3)
        self.blocks = nn.Sequential(*(Block() for _ in range(DEPTH)))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2)
        nn.init.normal_(self.words.weight, std=0.1)

    def forward(self, tokens: Tensor) -> Tensor:
        """``int64[n, t]`` to scores."""
        x = self.blocks(self.drop(self.words(tokens) + self.places))
        scores: Tensor = self.head(self.norm(x).mean(1))
        return scores


def _original(folder: Path) -> str:
    torch.manual_seed(0)
    tokens = open_data(data(folder))
    return train(Encoder(), tokens, folder / "text.onnx", (LENGTH,), epochs=5, rate=1e-3, dtype="int64")


DYNAMIC = {"technique": "dynamic-quantization"}
TAUGHT = {"epochs": 4, "learning_rate": 4e-4, "augment": "none", "views": 1, "optimizer": "adamw"}
TASK = Task(
    "text, transformer of BERT's shape",
    (
        Claim("BERT, sparse + quantized: score -5 %, time -40 %", 3.5, faster=1 / 0.6),
        Claim("BERT, 300 MB to 75 MB and +50 % speed", 3.5, smaller=4.0, faster=1.5),
        Claim("own goal: 2.8x faster and 6x smaller packed at 0.5 points", 0.5, packed=6.0, faster=2.8),
    ),
    _original,
    data,
    {
        "int8": [DYNAMIC],
        "half-depth-int8": [
            {"technique": "layer-pruning", "knobs": {"ratio": 0.5}},
            {"technique": "soft-label-distillation", "knobs": TAUGHT},
            DYNAMIC,
        ],
        "one-block-int8": [
            {"technique": "layer-pruning", "knobs": {"ratio": 0.75}},
            {"technique": "soft-label-distillation", "knobs": TAUGHT},
            DYNAMIC,
        ],
        "words-int8": [
            {
                "technique": "student",
                "knobs": {"network": "plain", "max_parameters": 550_000, **TAUGHT, "learning_rate": 0},
            },
            DYNAMIC,
        ],
    },
    (dynamic(), static(per_channel=True), *nncf()),
    goal=0.15,
    note="The original is trained here from nothing on 8,484 sentences, which need less depth than it has: half-depth keeps four "
    "of its eight sub-blocks (attention or perceptron), one-block two. A network trained on more text would lose more.",
)

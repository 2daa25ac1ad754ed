"""Train a reference network on Fashion-MNIST: ``python -m engine.model.samples.train fashion-resnet --epochs 16``.

The whole training split is used except its last 5,000 images (in the fixed order of ``make_data``), which choose the
epoch that is kept. Test images are read by no line of this file. One seed fixes the weights, the order and the
augmentation; the same seed on the same machine gives the same network.

The shipped weights came from::

    python -m engine.model.samples.train fashion-resnet --epochs 16 --bfloat16
    python -m engine.model.samples.train fashion-mobilenet --epochs 14 --weight-decay 2e-4 --erase-probability 0
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

from .make_data import SOURCE, VALIDATION_IMAGES, Pixels, Split, shuffled_training_split
from .networks import MEAN, STD, fashion_mobilenet, fashion_resnet

NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "fashion-resnet": fashion_resnet,
    "fashion-mobilenet": fashion_mobilenet,
}
SHIFT_PIXELS = 2


@dataclass(frozen=True)
class Settings:
    """What a run depends on besides the network and the data."""

    epochs: int = 16
    batch: int = 128
    peak_learning_rate: float = 0.1
    weight_decay: float = 5e-4
    label_smoothing: float = 0.05
    erase_probability: float = 0.1
    bfloat16: bool = False
    seed: int = 7


def normalised(images: Pixels) -> Tensor:
    """``uint8[N, 28, 28]`` to ``float32[N, 1, 28, 28]`` as the networks expect it."""
    pixels = torch.from_numpy(images.astype(np.float32)).unsqueeze(1)
    return (pixels / 255 - MEAN) / STD


def augmented(images: Tensor, erase_probability: float, random: torch.Generator) -> Tensor:
    """Mirror half of the batch, shift every image by up to two pixels, blank a small square in some of them."""
    count, _, height, width = images.shape
    mirrored = torch.rand(count, 1, 1, 1, generator=random) < 0.5
    images = torch.where(mirrored, images.flip(3), images)
    padded = functional.pad(images, [SHIFT_PIXELS] * 4, value=-MEAN / STD)
    corners = torch.randint(0, 2 * SHIFT_PIXELS + 1, (2, count, 1), generator=random)
    rows = (corners[0] + torch.arange(height)).view(count, height, 1)
    columns = (corners[1] + torch.arange(width)).view(count, 1, width)
    shifted = padded[torch.arange(count).view(count, 1, 1), 0, rows, columns]
    centres = torch.randint(0, height, (2, count, 1), generator=random)
    near_rows = (torch.arange(height) - centres[0]).abs() <= 4
    near_columns = (torch.arange(width) - centres[1]).abs() <= 4
    chosen = torch.rand(count, 1, 1, generator=random) < erase_probability
    erased = chosen & near_rows.unsqueeze(2) & near_columns.unsqueeze(1)
    return shifted.masked_fill(erased, 0.0).unsqueeze(1)


def batches(count: int, size: int, random: torch.Generator) -> Iterator[Tensor]:
    """Row numbers of the full batches of one shuffled pass; a last incomplete batch is left out."""
    order = torch.randperm(count, generator=random)
    yield from order[: count - count % size].view(-1, size)


def accuracy(network: nn.Module, split: Split) -> float:
    """Share of right top-1 answers in evaluation mode."""
    network.eval()
    right = 0
    with torch.inference_mode():
        for start in range(0, len(split.labels), 500):
            part = split[start : start + 500]
            images = normalised(part.images).contiguous(memory_format=torch.channels_last)
            right += int((network(images).argmax(1) == torch.from_numpy(part.labels.astype(np.int64))).sum())
    return right / len(split.labels)


def decayed_groups(network: nn.Module, weight_decay: float) -> list[dict[str, object]]:
    """Parameters in two groups: kernels decay, biases and BatchNorm's scales do not."""
    kernels = [parameter for parameter in network.parameters() if parameter.ndim > 1]
    rest = [parameter for parameter in network.parameters() if parameter.ndim <= 1]
    return [{"params": kernels, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]


def train_epoch(
    network: nn.Module,
    data: tuple[Tensor, Tensor],
    steps: tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler],
    settings: Settings,
    random: torch.Generator,
) -> float:
    """One pass over the training images; gives the mean training loss."""
    images, labels = data
    optimizer, schedule = steps
    network.train()
    losses = []
    for rows in batches(len(labels), settings.batch, random):
        inputs = augmented(images[rows], settings.erase_probability, random)
        with torch.autocast("cpu", torch.bfloat16, enabled=settings.bfloat16):
            logits = network(inputs.contiguous(memory_format=torch.channels_last))
        loss = functional.cross_entropy(logits.float(), labels[rows], label_smoothing=settings.label_smoothing)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
    return float(np.mean(losses))


def train(name: str, settings: Settings, source: Path, target: Path) -> float:
    """Train network ``name``; ``target`` always holds the epoch that did best on the validation images."""
    everything = shuffled_training_split(source)
    learned, validation = everything[:-VALIDATION_IMAGES], everything[-VALIDATION_IMAGES:]
    data = (normalised(learned.images), torch.from_numpy(learned.labels.astype(np.int64)))
    torch.manual_seed(settings.seed)
    random = torch.Generator().manual_seed(settings.seed)
    network = NETWORKS[name]()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.SGD(
        decayed_groups(network, settings.weight_decay), lr=settings.peak_learning_rate, momentum=0.9, nesterov=True
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer,
        settings.peak_learning_rate,
        total_steps=settings.epochs * (len(data[1]) // settings.batch),
        pct_start=0.2,
        cycle_momentum=False,
    )
    best = 0.0
    for epoch in range(settings.epochs):
        start = time.monotonic()
        loss = train_epoch(network, data, (optimizer, schedule), settings, random)
        reached = accuracy(network, validation)
        if reached > best:
            best = reached
            state = {key: value.contiguous() for key, value in network.state_dict().items()}
            save_file(state, target)
        line = {"epoch": epoch + 1, "loss": round(loss, 4), "validation": reached, "kept": best}
        print(json.dumps({**line, "seconds": round(time.monotonic() - start, 1)}), file=sys.stderr, flush=True)
    return best


def main(arguments: list[str] | None = None) -> int:
    """Command line; prints the settings and the validation accuracy of the kept epoch as JSON."""
    defaults = Settings()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("name", choices=sorted(NETWORKS))
    parser.add_argument("--source", type=Path, default=SOURCE, help="folder of the idx files")
    parser.add_argument("--target", type=Path, help="file to write; default: beside this script")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--bfloat16", action="store_true", help="mixed precision; faster where the processor has it")
    for field in ("epochs", "batch", "seed"):
        parser.add_argument(f"--{field}", type=int, default=getattr(defaults, field))
    for field in ("peak_learning_rate", "weight_decay", "label_smoothing", "erase_probability"):
        parser.add_argument(f"--{field.replace('_', '-')}", type=float, default=getattr(defaults, field))
    options = vars(parser.parse_args(arguments))
    name, source, threads = options.pop("name"), options.pop("source"), options.pop("threads")
    target = options.pop("target") or Path(__file__).with_name(f"{name}.safetensors")
    torch.set_num_threads(threads)
    settings = Settings(**options)
    best = train(name, settings, source, target)
    print(json.dumps({"network": name, "validation": best, **asdict(settings), "torch": torch.__version__}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

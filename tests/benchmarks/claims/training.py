"""Trains the originals: what a careful user would do before compression, nothing more."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from engine.model.data import TRAIN, DataSet
from engine.model.save import to_onnx
from engine.records import TensorSpec


def train(
    network: nn.Module,
    data: DataSet,
    path: Path,
    shape: tuple[int, ...],
    *,
    epochs: int,
    rate: float = 4e-3,
    batch: int = 64,
    dtype: str = "float32",
) -> str:
    """AdamW on the training split with a one-cycle rate; exports to ONNX and returns the path. An existing file is kept."""
    if path.exists():
        return str(path)
    parts = list(data.batches(TRAIN, 256))
    inputs = torch.from_numpy(np.concatenate([part.inputs[0] for part in parts])).reshape(-1, *shape)
    labels = torch.from_numpy(np.concatenate([part.labels for part in parts]))
    steps = epochs * (len(inputs) // batch)
    optimizer = torch.optim.AdamW(network.parameters(), rate / 4, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps)
    network.train()
    order: Tensor = torch.randperm(len(inputs))
    for step in range(steps):
        place = step * batch % (len(inputs) - batch)
        if place < batch:
            order = torch.randperm(len(inputs))
        rows = order[place : place + batch]
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(inputs[rows]), labels[rows]).backward()
        optimizer.step()
        schedule.step()
    spec = (TensorSpec("input", (None, *shape), dtype),)
    path.write_bytes(to_onnx(network.eval(), spec).SerializeToString())
    return str(path)

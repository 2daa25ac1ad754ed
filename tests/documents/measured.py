"""Measured rows of techniques that fine-tune, or that need another network than the shipped ResNet.

``python -m tests.documents.measured [ID...]`` compresses, evaluates and writes ``docs/techniques/measured.toml`` (half an hour
for all); ``make docs`` puts the rows on the pages.
"""

import contextlib
import datetime
import json
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import nn
from torch.nn import functional

from tests.engine.model.zoo import TransformerBlock

PATH = Path(__file__).parents[2] / "docs" / "techniques" / "measured.toml"
RESNET = ("sample:fashion-resnet", "fashion-mnist", "sample:fashion-resnet, the shipped 5,000 test images")
TRANSFORMER = (
    "tests.documents.measured:transformer",
    "digits",
    "a transformer of two layers over the rows of scikit-learn's digits",
)
LSTM = ("tests.documents.measured:lstm", "digits", "an LSTM over the rows of scikit-learn's digits")
PERCEPTRON = ("tests.documents.measured:perceptron", "digits", "a perceptron over the pixels of scikit-learn's digits")
SHORT = {"max_samples": 3000}
"""Fine-tuning sees so many of the training images, so that all rows are made within an hour."""
HALF = {"technique": "channel-pruning", "knobs": {"ratio": 0.5}}
ZEROS = {"technique": "magnitude-pruning", "knobs": {"sparsity": 0.8, "epochs": 1, **SHORT}}


@dataclass(frozen=True)
class Plan:
    """What is compressed by which knobs, and what stands before it in the recipe."""

    knobs: Mapping[str, Any]
    model: tuple[str, str, str] = RESNET
    before: list[dict[str, Any]] = field(default_factory=list)


PLANS = {
    "activation-replacement": Plan({"replace": "gelu", "by": "relu", "epochs": 5}, TRANSFORMER),
    "attention-transfer": Plan({"epochs": 2, **SHORT}, before=[HALF]),
    "autoencoder-bottleneck": Plan({"ratio": 0.5, "steps": 100}),
    "channel-pruning": Plan({"ratio": 0.5, "epochs": 2, **SHORT}),
    "connectivity-pruning": Plan({"ratio": 0.25, "epochs": 2, **SHORT}, before=[ZEROS]),
    "coreset-distillation": Plan({"share": 0.3, "epochs": 6, **SHORT}, before=[HALF]),
    "cross-validation": Plan(
        {"technique": "magnitude-pruning", "vary": "sparsity", "values": [0.5, 0.7, 0.9], "folds": 3}, PERCEPTRON
    ),
    "dead-unit-removal": Plan({}),
    "dropout-sparsity": Plan({"sparsity": 0.7, "epochs": 20}, PERCEPTRON),
    "dynamic-quantization": Plan({}, LSTM),
    "entropy-pruning": Plan({"ratio": 0.5, "epochs": 2, **SHORT}),
    "feature-distillation": Plan({"epochs": 2, **SHORT}, before=[HALF]),
    "gradient-pruning": Plan({"sparsity": 0.7, "epochs": 1, **SHORT}),
    "hard-label-distillation": Plan({"epochs": 2, **SHORT}, before=[HALF]),
    "head-pruning": Plan({"ratio": 0.5, "epochs": 5}, TRANSFORMER),
    "l0-training": Plan({"strength": 1e-4, "epochs": 40}, PERCEPTRON),
    "lasso-training": Plan({"strength": 1e-4, "epochs": 2, **SHORT}),
    "layer-pruning": Plan({"ratio": 0.5, "epochs": 5}, TRANSFORMER),
    "manual-pruning": Plan({"channels": ["stages.0.conv1: 0, 2-3"]}),
    "mixed-precision": Plan({}),
    "pca-factorization": Plan({"energy": 0.99}),
    "pca-input-reduction": Plan({"energy": 0.95}, PERCEPTRON),
    "quantization-aware-training": Plan({"epochs": 1, **SHORT}),
    "recurrent-pruning": Plan({"ratio": 0.5, "epochs": 5}, LSTM),
    "reweighted-sparsity": Plan({"strength": 1e-3, "epochs": 20}, PERCEPTRON),
    "soft-label-distillation": Plan({"epochs": 2, **SHORT}, before=[HALF]),
    "sparse-low-rank": Plan({"density": 0.1}),
    "sparsity-sweep": Plan({"over": "ratio", "price": 0.1, "epochs": 10}, PERCEPTRON),
    "student": Plan({"network": "plain", "share": 0.25, "epochs": 30}),
    "weight-only-quantization": Plan({"bits": 4}, TRANSFORMER),
}


class Rows(nn.Module):
    """The rows of a picture as a sequence, a body, a classifier."""

    def __init__(self, body: nn.Module, width: int) -> None:
        super().__init__()
        self.enter, self.body, self.head = nn.Linear(8, width), body, nn.Linear(width, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.enter(x.flatten(1, 2))).mean(1))


class Cells(nn.Module):
    """Recurrent cells over the rows of a picture, a classifier of the last state."""

    def __init__(self) -> None:
        super().__init__()
        self.cells, self.head = nn.LSTM(8, 64, batch_first=True), nn.Linear(64, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.cells(x.flatten(1, 2))[0][:, -1])


def transformer() -> tuple[nn.Module, tuple[torch.Tensor]]:
    """Trained; with an example of its input."""
    return _trained(lambda: Rows(nn.Sequential(TransformerBlock(32, 4), TransformerBlock(32, 4)), 32))


def lstm() -> tuple[nn.Module, tuple[torch.Tensor]]:
    """Trained; with an example of its input."""
    return _trained(Cells)


def perceptron() -> tuple[nn.Module, tuple[torch.Tensor]]:
    """Trained; with an example of its input."""
    return _trained(lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)))


def _trained(make: Any) -> tuple[nn.Module, tuple[torch.Tensor]]:
    from engine.model.data import TRAIN
    from engine.model.datasets.digits import open_digits

    torch.manual_seed(0)
    network = make()
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    for epoch in range(30):
        for batch in open_digits().batches(TRAIN, 64, seed=epoch):
            optimizer.zero_grad()
            loss = functional.cross_entropy(network(torch.from_numpy(batch.inputs[0])), torch.from_numpy(batch.labels))
            loss.backward()
            optimizer.step()
    return network.eval(), (torch.zeros(1, 1, 8, 8),)


def row(id: str, plan: Plan, folder: Path) -> dict[str, Any]:
    """One technique: what it takes away and what it costs."""
    from engine.verbs import compress

    model, data, what = plan.model
    recipe = [*plan.before, {"technique": id, "knobs": dict(plan.knobs)}]
    made = compress(
        model, data=data, recipes=[recipe, *([plan.before] if plan.before else [])], project=folder, threads=1
    )
    base, variant = made.baseline, made.variants[0]
    lost = variant.loss_points
    assert lost is not None
    assert lost.ci95 is not None
    found = {
        "size": round(base.size_bytes / variant.size_bytes, 2),
        "packed": round(base.packed_bytes / variant.packed_bytes, 2),
        "macs": round(base.macs / variant.macs, 2) if base.macs and variant.macs else 1.0,
        "loss": round(lost.value or 0.0, 2),
        "low": round(lost.ci95[0], 2),
        "high": round(lost.ci95[1], 2),
        "what": what,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "recipe": "; ".join(_said(step) for step in recipe),
    }
    if plan.before:
        without = made.variants[1].loss_points
        assert without is not None
        found["without"] = round(without.value or 0.0, 2)
    return found


def _said(step: Mapping[str, Any]) -> str:
    knobs = yaml.safe_dump(step["knobs"], default_flow_style=True, sort_keys=False, width=1000).strip()
    return step["technique"] if knobs == "{}" else f"{step['technique']} {knobs}"


def write(rows: Mapping[str, Mapping[str, Any]]) -> None:
    """The file of all rows."""
    lines = ["# Written by: python -m tests.documents.measured"]
    for id, found in sorted(rows.items()):
        lines += ["", f"[{id}]"]
        lines += [f"{name} = {_toml(value)}" for name, value in found.items()]
    PATH.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value:.2f}"


def main(ids: list[str]) -> None:
    """Measure these, or all."""
    torch.set_num_threads(1)
    rows = tomllib.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    for id in ids or PLANS:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
            rows[id] = row(id, PLANS[id], Path(folder))
        write(rows)
        print(id, rows[id], flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

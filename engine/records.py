"""The records of the flow: Model -> Variant -> Score -> Bundle -> Placement (-> Reading, in ``profiles``).

All are frozen, hold plain data and know their JSON form (the contract of ``--json``). Identity is content: ids are the
first 16 hex digits of a SHA-256.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from . import showing

RECIPE_VERSION = 1

Knob = str | int | float | bool | None | list[Any] | dict[str, Any]


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no white space, no NaN: the bytes that are hashed and signed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def sha256_hex(data: bytes) -> str:
    """SHA-256 of ``data`` in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def content_id(value: Any) -> str:
    """The first 16 hex digits of the hash of a JSON-able value."""
    return sha256_hex(canonical_json(value))[:16]


class Format(StrEnum):
    """File formats a model comes in or goes out as."""

    ONNX = "onnx"
    TFLITE = "tflite"
    PT2 = "pt2"
    TORCHSCRIPT = "torchscript"
    STATE_DICT = "state-dict"
    SAFETENSORS = "safetensors"
    MODULE = "module"
    KERAS = "keras"


@dataclass(frozen=True)
class TensorSpec:
    """Name, shape (None = any, the batch axis) and numpy dtype name of an input or output."""

    name: str
    shape: tuple[int | None, ...]
    dtype: str

    def __repr__(self) -> str:
        sizes = ", ".join("N" if size is None else str(size) for size in self.shape)
        return f"TensorSpec({self.name!r}: {self.dtype}[{sizes}])"

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"name": self.name, "shape": list(self.shape), "dtype": self.dtype}


@dataclass(frozen=True)
class Estimate:
    """A sampled value with its 95 % interval and the number of samples it rests on."""

    value: float | None
    ci95: tuple[float, float] | None
    n: int

    def __repr__(self) -> str:
        return f"Estimate({showing.interval(self.value, self.ci95)}, n={self.n})"

    def to_json(self) -> dict[str, Any]:
        """JSON form: ``{"value", "ci95", "n"}``."""
        return {"value": self.value, "ci95": None if self.ci95 is None else list(self.ci95), "n": self.n}


@dataclass(frozen=True)
class Layer:
    """One row of the per-layer table; ``macs`` is None where it cannot be known."""

    name: str
    op: str
    parameters: int
    macs: int | None
    output_shape: tuple[int | None, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


@dataclass(frozen=True)
class ModelInfo:
    """What ``inspect`` says of a model file. ``macs`` counts multiply-accumulates for one sample.

    ``peak_activation_bytes`` are the computed tensors that are alive at once, at most; None where a shape is not known.
    """

    format: Format
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    parameters: int
    nonzero_parameters: int
    macs: int | None
    size_bytes: int
    quantized: bool
    layers: tuple[Layer, ...]
    warnings: tuple[str, ...] = ()
    sha256: str = ""
    opset: int | None = None
    ir_version: int | None = None
    peak_activation_bytes: int | None = None

    def __repr__(self) -> str:
        return showing.one_line(
            "ModelInfo",
            (
                f"{self.format}{', quantized' if self.quantized else ''}",
                f"inputs {list(self.inputs)}",
                f"outputs {list(self.outputs)}",
                f"{self.parameters:,} parameters",
                showing.macs(self.macs),
                showing.size(self.size_bytes),
                f"{len(self.layers)} layers",
                *self.warnings,
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight inspect --json``."""
        return {
            "format": str(self.format),
            "inputs": [s.to_json() for s in self.inputs],
            "outputs": [s.to_json() for s in self.outputs],
            "parameters": self.parameters,
            "nonzero_parameters": self.nonzero_parameters,
            "macs": self.macs,
            "peak_activation_bytes": self.peak_activation_bytes,
            "size_bytes": self.size_bytes,
            "quantized": self.quantized,
            "warnings": list(self.warnings),
            "layers": [layer.to_json() for layer in self.layers],
            "sha256": self.sha256,
            "opset": self.opset,
            "ir_version": self.ir_version,
        }


@dataclass(frozen=True)
class RecipeStep:
    """One technique with its knobs, as written in a recipe."""

    technique: str
    knobs: Mapping[str, Knob] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"technique": self.technique, "knobs": dict(self.knobs)}


@dataclass(frozen=True)
class Recipe:
    """An ordered list of steps; its hash is written into every artefact it makes."""

    steps: tuple[RecipeStep, ...]
    name: str = ""
    version: int = RECIPE_VERSION

    def __repr__(self) -> str:
        return f"Recipe({self.name!r}: {' -> '.join(step.technique for step in self.steps) or 'no steps'})"

    @property
    def sha256(self) -> str:
        """Hash of version and steps (the name does not matter)."""
        return sha256_hex(canonical_json({"version": self.version, "steps": [s.to_json() for s in self.steps]}))

    def to_json(self) -> dict[str, Any]:
        """JSON form of a recipe file."""
        return {"version": self.version, "name": self.name, "steps": [s.to_json() for s in self.steps]}


@dataclass(frozen=True)
class Skip:
    """A layer that a technique left alone, and why."""

    layer: str
    reason: str

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


MAIN_METRICS = ("accuracy", "r2", "map50_95", "miou", "wer")
"""The metric that speaks for a model, one for each task."""


@dataclass(frozen=True)
class Score:
    """Metrics of one model on one data set, each with its interval."""

    metrics: Mapping[str, Estimate]
    data: str
    confusion: tuple[tuple[int, ...], ...] | None = None

    def __repr__(self) -> str:
        others = len(self.metrics) - (self.main is not None)
        more = f"{others} {'more ' if self.main else ''}in .metrics" if others else None
        return showing.one_line("Score", (f"{self.data!r}: {self._main_figure() or 'no main metric'}", more))

    def _main_figure(self) -> str | None:
        if self.main is None:
            return None
        estimate = self.metrics[self.main]
        return f"{self.main} {showing.interval(estimate.value, estimate.ci95)}"

    @property
    def main(self) -> str | None:
        """Name of the metric that speaks for the model; None without labels."""
        return next((name for name in MAIN_METRICS if name in self.metrics), None)

    def to_json(self) -> dict[str, Any]:
        """JSON form: metric name -> estimate."""
        return {name: estimate.to_json() for name, estimate in self.metrics.items()}


@dataclass(frozen=True)
class Fidelity:
    """How close a model's outputs are to the original's on the same inputs; None where undefined."""

    top1_agreement: float | None
    cosine: float | None
    sqnr_db: float | None

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)


@dataclass(frozen=True)
class Variant:
    """One compressed model in a project.

    ``path`` is the model file (ONNX or TFLite), ``twins`` maps other formats to files of the same model. ``loss_points`` is of
    the main metric of the task; ``losses`` holds what was lost of another metric that was named to judge it.
    """

    id: str
    name: str
    model: str
    baseline: str | None
    path: str
    format: Format
    recipe: Recipe
    parameters: int
    nonzero_parameters: int
    macs: int | None
    size_bytes: int
    packed_bytes: int
    sha256: str
    score: Score | None = None
    loss_points: Estimate | None = None
    fidelity: Fidelity | None = None
    skipped: tuple[Skip, ...] = ()
    notes: tuple[str, ...] = ()
    twins: Mapping[str, str] = field(default_factory=dict)
    cost: Mapping[str, float] = field(default_factory=dict)
    losses: Mapping[str, Estimate] = field(default_factory=dict)

    def __repr__(self) -> str:
        lost = self.loss_points
        return showing.one_line(
            "Variant",
            (
                f"{self.name!r} {self.id[:8]}: {self.format}",
                None if self.score is None else self.score._main_figure(),
                None if lost is None else f"{showing.interval(lost.value, lost.ci95, 2)} points lost",
                f"{self.parameters:,} parameters",
                f"{self.sparsity:.0%} zeros" if self.sparsity >= 0.005 else None,
                showing.macs(self.macs),
                f"{showing.size(self.size_bytes)}, packed {showing.size(self.packed_bytes)}",
            ),
        )

    def lost(self, metric: str | None = None) -> Estimate | None:
        """What it lost of a metric (None: the main one), in points; None where that was not evaluated."""
        return self.loss_points if metric is None else self.losses.get(metric)

    @property
    def sparsity(self) -> float:
        """Share of parameters that are zero, 0..1."""
        return 1 - self.nonzero_parameters / self.parameters if self.parameters else 0.0

    def to_json(self) -> dict[str, Any]:
        """The document VARIANT of the CLI contract."""
        return {
            "id": self.id,
            "name": self.name,
            "model": self.model,
            "baseline": self.baseline,
            "path": self.path,
            "format": str(self.format),
            "recipe": [s.to_json() for s in self.recipe.steps],
            "recipe_sha256": self.recipe.sha256,
            "parameters": self.parameters,
            "nonzero_parameters": self.nonzero_parameters,
            "sparsity": self.sparsity,
            "macs": self.macs,
            "size_bytes": self.size_bytes,
            "packed_bytes": self.packed_bytes,
            "sha256": self.sha256,
            "score": None if self.score is None else self.score.to_json(),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
            "fidelity": None if self.fidelity is None else self.fidelity.to_json(),
            "skipped": [s.to_json() for s in self.skipped],
            "notes": list(self.notes),
            "twins": dict(self.twins),
            "cost": dict(self.cost),
            "losses": {name: estimate.to_json() for name, estimate in self.losses.items()},
        }


@dataclass(frozen=True)
class Bundle:
    """A signed bundle on disk: a folder whose manifest binds every file in it. ``sha256`` is the manifest's hash."""

    id: str
    name: str
    path: str
    size_bytes: int
    sha256: str
    signed_by: str
    variant: str | None = None
    model: str | None = None

    def __repr__(self) -> str:
        return f"Bundle({self.name!r} {self.id[:8]}: {showing.size(self.size_bytes)}, {self.path!r})"

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight bundle --json``."""
        return asdict(self)


@dataclass(frozen=True)
class Placement:
    """A bundle on a board. ``state`` is ``committed``, ``rejected``, ``failed``, ``rolled-back``, or ``planned``."""

    target: str
    slot: str
    bundle: str
    release: int | None
    state: str
    verified: bool
    golden: Mapping[str, float | int | None] | None = None
    upload: Mapping[str, float] | None = None
    reason: str | None = None
    runs_on: tuple[Mapping[str, Any], ...] = ()
    """Runtime, provider and nodes by provider of each model file that was verified."""

    def __repr__(self) -> str:
        release = None if self.release is None else f"release {self.release}"
        place = f"{self.bundle[:8]!r} on {self.target}, slot {self.slot}: {self.state}"
        return showing.one_line("Placement", (place, release, "verified" if self.verified else None, self.reason))

    def to_json(self) -> dict[str, Any]:
        """JSON form, one entry of ``placements``."""
        return asdict(self)

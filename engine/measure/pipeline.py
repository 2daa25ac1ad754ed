"""E1: pipelined inference. A model cut into stages over cores: what it gains in throughput and costs in latency, measured."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ModelError
from ..events import Cancel
from ..model.child import INFER, run_limited, temporary_workdir
from ..model.cutting import Stage, cut
from ..records import Estimate
from .ratio import paired_ratio
from .statistics import median_interval

if TYPE_CHECKING:
    from onnx import ModelProto

ROUNDS = 12
WAYS = ("one", "threads", "pipeline")
"""The whole model on one core; the whole model on as many cores as there are stages; the pipeline."""


@dataclass(frozen=True)
class Way:
    """Samples per second at full flow and milliseconds of a sample alone, medians with 95 % intervals over the rounds."""

    throughput: Estimate
    latency_ms: Estimate

    def to_json(self) -> dict[str, Any]:
        """One entry of ``ways``."""
        return {"samples_per_s": self.throughput.to_json(), "latency_ms": self.latency_ms.to_json()}


@dataclass(frozen=True)
class Pipelined:
    """A pipeline beside the whole model, measured on this computer in one interleaved run.

    ``speedup`` and ``against_threads`` are ratios of throughput: to one core, and to the whole model on the same cores.
    """

    stages: tuple[Stage, ...]
    ways: Mapping[str, Way]
    speedup: Estimate
    against_threads: Estimate
    max_abs_diff: float
    cores: int
    paths: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What the figures say."""
        if len(self.stages) > self.cores:
            return f"{len(self.stages)} stages share {self.cores} cores, so no more can be gained than by threads"
        for estimate, other in ((self.speedup, "one core"), (self.against_threads, "threads on the same cores")):
            low, high = estimate.ci95 or (0.0, 0.0)
            if high < 1:
                return f"the pipeline yields less than {other}"
            if low <= 1:
                return f"the pipeline yields no clear gain over {other}"
        return "the pipeline yields more than one core and more than threads on the same cores"

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight pipeline --json``."""
        return {
            "stages": [
                {
                    "macs": stage.macs,
                    "inputs": list(stage.inputs),
                    "outputs": list(stage.outputs),
                    "handed_bytes": stage.handed_bytes,
                }
                for stage in self.stages
            ],
            "paths": list(self.paths),
            "cores": self.cores,
            "ways": {name: way.to_json() for name, way in self.ways.items()},
            "speedup": self.speedup.to_json(),
            "against_threads": self.against_threads.to_json(),
            "max_abs_diff": self.max_abs_diff,
            "verdict": self.words,
        }


def pipelined(
    model: ModelProto,
    inputs: Mapping[str, np.ndarray],
    stages: int,
    *,
    seconds: float = 3.0,
    out: Path | None = None,
    cancel: Cancel | None = None,
) -> Pipelined:
    """Cut a model, run it in three ways in turns, and compare.

    Args:
        model: the whole graph.
        inputs: one sample, batch axis first.
        stages: number of sub-networks, 2 or more.
        seconds: time of all three ways together.
        out: folder for the stages' files, ``stage-1.onnx`` and so on.

    Raises:
        ModelError: it cannot be cut or run, or the pipeline answers otherwise than the model.
    """
    parts = cut(model, stages)
    with temporary_workdir() as workdir:
        whole, held = workdir / "whole.onnx", workdir / "inputs.npz"
        whole.write_bytes(model.SerializeToString())
        np.savez(held, allow_pickle=False, **inputs)
        paths = _written(parts, workdir if out is None else out)
        payload = {
            "whole": str(whole),
            "stages": [str(path.resolve()) for path in paths],
            "inputs": str(held),
            "seconds": seconds,
            "rounds": ROUNDS,
        }
        task = "engine.measure.pipeline_child:measure_task"
        found = run_limited(task, stdin_json=payload, limits=INFER, workdir=workdir, cancel=cancel)
    if not found["max_abs_diff"] <= 1e-4 * max(found["scale"], 1.0):
        raise ModelError(
            "pipeline-differs",
            f"the pipeline's outputs are {found['max_abs_diff']:.3g} away from the model's",
            "ask for another number of stages",
        )
    flow = {name: [np.array([value]) for value in found["flow_ns"][name]] for name in WAYS}
    return Pipelined(
        parts,
        {name: Way(_per_second(found["flow_ns"][name]), _milliseconds(found["alone_ns"][name])) for name in WAYS},
        _ratio(flow["one"], flow["pipeline"]),
        _ratio(flow["threads"], flow["pipeline"]),
        found["max_abs_diff"],
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        () if out is None else tuple(map(str, paths)),
    )


def _written(parts: Sequence[Stage], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, part in enumerate(parts, 1):
        paths.append(folder / f"stage-{number}.onnx")
        paths[-1].write_bytes(part.model.SerializeToString())
    return paths


def _per_second(values_ns: Sequence[float]) -> Estimate:
    values = 1e9 / np.array(values_ns)
    return Estimate(float(np.median(values)), median_interval(values), len(values))


def _milliseconds(values_ns: Sequence[float]) -> Estimate:
    values = np.array(values_ns) / 1e6
    return Estimate(float(np.median(values)), median_interval(values), len(values))


def _ratio(reference: Sequence[np.ndarray], subject: Sequence[np.ndarray]) -> Estimate:
    ratio = paired_ratio(reference, subject)
    return Estimate(ratio.value, ratio.ci95, ratio.pairs)

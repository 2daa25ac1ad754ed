"""What a model gives for what it takes: per second, per byte, against the original, and what it cost to make and to load.

Definitions: time efficiency = predictions per second; space efficiency = size / score (bytes for each point of a full score:
fewer is better); performance difference = P0 - P1; efficiency improvement = (E0 - E1) / E0 of something that should shrink.
What was not measured is None or missing, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Taken:
    """What one model takes.

    Attributes:
        size_bytes: of its file. packed_bytes: in the packed container. macs: multiply-accumulates of one sample.
        score: its main metric, None without labelled data.
        p50_ms: newest median latency by device. load_ms: time to load it there.
        cost: of making it: ``cpu_s``, ``wall_s``, ``peak_rss_mb``; and ``decode_cpu_s`` to unpack it.
    """

    size_bytes: int
    packed_bytes: int
    macs: int | None
    score: float | None
    p50_ms: Mapping[str, float] = field(default_factory=dict)
    load_ms: Mapping[str, float] = field(default_factory=dict)
    cost: Mapping[str, float] = field(default_factory=dict)


def improvement(before: float | None, after: float | None) -> float | None:
    """``(E0 - E1) / E0``; None where one is unknown or there was nothing.

    >>> improvement(10.0, 2.5)
    0.75
    """
    return None if before is None or after is None or before == 0 else (before - after) / before


def efficiency(model: Taken, original: Taken | None) -> dict[str, Any]:
    """The figures of one model, as they stand in ``--json``; against the original where there is another one."""
    shared = [] if original is None else [name for name in model.p50_ms if name in original.p50_ms]
    first = original or model
    scores = (first.score, model.score)
    difference = None if original is None or None in scores else (scores[0] or 0.0) - (scores[1] or 0.0)
    gained = None
    if original is not None:
        gained = {
            "size": improvement(first.size_bytes, model.size_bytes),
            "packed": improvement(first.packed_bytes, model.packed_bytes),
            "macs": improvement(first.macs, model.macs),
            "latency": {name: improvement(first.p50_ms[name], model.p50_ms[name]) for name in shared},
        }
    return {
        "predictions_per_s": {name: 1000 / value for name, value in model.p50_ms.items() if value > 0},
        "bytes_per_score": model.size_bytes / model.score if model.score is not None and model.score > 0 else None,
        "performance_difference": difference,
        "improvement": gained,
        "cost": {
            **{name: model.cost.get(name) for name in ("cpu_s", "wall_s", "peak_rss_mb", "decode_cpu_s")},
            "load_ms": dict(model.load_ms),
        },
    }

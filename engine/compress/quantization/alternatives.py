"""int8 that is slower or less accurate than float is found by measuring; so is the kind of int8 that is not."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ...errors import TechniqueError
from ...events import Stage
from .calibration import Scheme

if TYPE_CHECKING:
    from onnx import ModelProto

    from ..technique import Context, ModelState

MIN_GAIN = 0.01


@dataclass(frozen=True)
class Chosen:
    """The scheme that measured best, None for float; the note holds the figures."""

    scheme: Scheme | None
    note: str


@dataclass(frozen=True)
class _Candidate:
    name: str
    scheme: Scheme | None
    graph: ModelProto
    score: float | None
    p50_ms: float | None = None


def variations(scheme: Scheme) -> tuple[Scheme, ...]:
    """The scheme asked for and its neighbours: the other weights, the other activations, the other granularity.

    >>> [item.name for item in variations(Scheme())]
    ['U8S8 per channel', 'U8U8 per channel', 'S8S8 per channel', 'U8S8 per tensor']
    """
    other = {"int8": "uint8", "uint8": "int8"}
    return (
        scheme,
        replace(scheme, weights=other[scheme.weights]),
        replace(scheme, activation=other[scheme.activation]),
        replace(scheme, per_channel=not scheme.per_channel),
    )


def choose(
    scheme: Scheme,
    build: Callable[[Scheme], ModelProto],
    state: Callable[[ModelProto], ModelState],
    original: ModelProto,
    context: Context,
) -> Chosen:
    """Build, score and time the variations; the fastest wins among those within one standard error of the best score.

    Args:
        scheme: asked for; it wins ties.
        build: the quantized graph of a scheme.
        state: wraps a graph for the context's services.
        original: the float graph; it wins only where it is measured to be faster.
        context: its ``score`` and ``time`` are used where they are there.
    """
    tried: list[_Candidate] = []
    for item in variations(scheme):
        context.cancel.check()
        context.emit(Stage("alternatives", item.name))
        try:
            graph = build(item)
        except TechniqueError:
            continue
        tried.append(_Candidate(item.name, item, graph, _score(context, state(graph))))
    if not tried:
        raise TechniqueError(
            "not-quantizable", "no kind of int8 can be made of this graph", "leave nodes in float: exclude: [NAME]"
        )
    if context.time is not None:
        tried.append(_Candidate("float", None, original, _score(context, state(original))))
        timed = context.time([state(item.graph) for item in tried])
        tried = [replace(item, p50_ms=time.p50_ms) for item, time in zip(tried, timed, strict=True)]
    best = _best(tried, _noise(tried, context))
    figures = ", ".join(_figures(item) for item in tried)
    kept = "float is fastest and stays" if best.scheme is None else f"{best.name} is kept"
    return Chosen(best.scheme, f"alternatives: {kept} ({figures})")


def _score(context: Context, state: ModelState) -> float | None:
    return None if context.score is None else context.score(state)


def _noise(tried: list[_Candidate], context: Context) -> float:
    """One standard error of the best score on the calibration samples."""
    scores = [item.score for item in tried if item.score is not None]
    count = 0 if context.data is None else context.data.count("calibration")
    if not scores or not count:
        return 0.0
    best = max(scores)
    return math.sqrt(max(best * (1 - best), 1e-4) / count)


def _best(tried: list[_Candidate], noise: float) -> _Candidate:
    top = max((item.score for item in tried if item.score is not None), default=None)
    good = [item for item in tried if top is None or item.score is None or item.score >= top - noise]
    if tried[0].p50_ms is None:
        # without a device only a surely better score displaces what was asked for
        return tried[0] if tried[0] in good else max(good, key=lambda item: item.score or 0.0)
    fastest = min(good, key=lambda item: item.p50_ms or 0.0)
    first = tried[0]
    assert first.p50_ms is not None and fastest.p50_ms is not None  # noqa: PT018 - one fact: all were timed
    if first in good and fastest.p50_ms > (1 - MIN_GAIN) * first.p50_ms:
        return first
    return fastest


def _figures(item: _Candidate) -> str:
    parts = []
    if item.score is not None:
        parts.append(f"{100 * item.score:.1f} %")
    if item.p50_ms is not None:
        parts.append(f"{item.p50_ms:.3f} ms")
    return f"{item.name} {' '.join(parts)}".strip()

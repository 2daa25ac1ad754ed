"""Latency of a model that was not measured yet, from those that were: a cost model of one device.

    log t = log(sum of c) + b + sum over operators of (c / sum of c) g(operator)
    c     = sum over amounts of (amount x cost), costs >= 0

An operator's amounts are its multiply-accumulates by kind of layer and number type, numbers made, taken and gathered, pixels,
weights, half-filled blocks, or the bytes it moves: a layer of few channels or of a small image pays for gathering, for storing
and for blocks that it does not fill. The costs come from non-negative least squares on relative errors over the device's own
readings and, with less weight, a micro-benchmark and the operators of traced runs.

What is not proportional to any amount is g, a Gaussian process over the shapes of operators: those of one kind whose channels,
pixels, kernel and stride are alike are as much slower or faster than their amounts say. Times are of whole models, so the
covariance of two of them is that of their operators, weighted by their shares. b is what all readings have in common;
traced operators have one of their own.

The interval is conformal: the quantile of leave-one-out residuals (leave-some-out, of many readings) with its finite-sample
correction, so it covers at its level if the new model is like the measured ones. Below nine readings no such interval exists and
none is given. A fitted model is plain numbers (:meth:`CostModel.to_json`).

Source: Rasmussen and Williams, Gaussian Processes for Machine Learning (2006), chapter 2.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Self

import numpy as np

from .errors import ProfileError

WORK: dict[str, tuple[str, ...]] = {
    "conv": ("", "_out", "_in", "_columns", "_pixels", "_weights", "_padded", "_sets", "_count"),
    "pointwise": ("", "_out", "_in", "_pixels", "_weights", "_padded", "_sets", "_count"),
    "depthwise": ("", "_in", "_pixels", "_padded", "_count"),
    "dense": ("", "_out", "_weights", "_count"),
}
"""Of each kind of layer: multiply-accumulates (""), numbers made and taken, numbers gathered per output pixel, output pixels,
weights, multiply-accumulates with the channels made and read filled up to whole blocks of :data:`LANES`, or those made up to
whole :data:`SETS` of them, and layers."""
LANES = 16
"""Kernels make and read channels in blocks of about this many, whether there are so many or not."""
SETS = 4 * LANES
"""Channels that the fastest kernels make at once; what is left over is made by slower ones."""
PIXELS = 6
"""Pixels of a row that the fastest kernels make at once."""
MACS = tuple(f"{kind}_{number}" for number in ("float", "int8") for kind in WORK)
FEATURES = (
    *(f"{kind}_{number}{what}" for number in ("float", "int8") for kind in WORK for what in WORK[kind]),
    *("input", "quantized", "other_bytes", "operators", "call"),
)
SAME_WORK = {
    name: name.replace(f"_{own}", f"_{other}")
    for own, other in (("float", "int8"), ("int8", "float"))
    for name in FEATURES
    if f"_{own}" in name
}
"""Of an amount, the same work in the other number type."""
SHAPE = {"channels_in": 0.4, "channels_out": 0.4, "pixels": 0.25, "kernel": 0.55, "taken": 0.25}
"""What an operator's shape consists of, and how far apart a factor of two in it puts two operators, in length scales: channels
read and made, pixels made (or numbers moved), places of the kernel, and pixels taken per pixel made."""
CHANNELS, ROW = (0, 1), 2
"""Places in :data:`SHAPE`: of these it matters, too, how well they fill blocks; of the pixels it is the row that does."""
KINDS = (*MACS, "quantized", "other_bytes", "call")
APART = 100.0
"""Between operators of two kinds, in length scales: they tell nothing of each other."""
DEVIATION, IN_COMMON = 0.3, 0.5
"""Of g and of b: standard deviations before anything is known, as logarithms of a factor."""
LEVEL = 0.9
MIN_FOR_INTERVAL = 9
GROUPS = 40
"""Readings are left out one by one up to this number, above in so many groups: each takes a fit of its own."""
GRID = 0.1
"""In length scales: operators nearer than that count as one, so that their covariances stay few."""
KEEP_SMALL = 1e-3
"""Of the costs: what nothing tells apart shares the cost instead of one taking all."""
LEAST_MS = 1e-9
VERSION = 5

Amounts = Mapping[str, float]


class Source(StrEnum):
    """What told a latency: a reading, a graph of the micro-benchmark, or one operator of a traced run."""

    READING = "reading"
    PROBE = "probe"
    TRACE = "trace"


NOISE = {Source.READING: 0.03, Source.PROBE: 0.15, Source.TRACE: 0.2}
"""Standard deviations of the logarithm of a latency. The micro-benchmark is short and repeats one operator on data that stay in
the cache; a trace slows what it times."""
WEIGHT = {Source.READING: 1.0, Source.PROBE: 0.3, Source.TRACE: 0.1}
"""Of a row in the least squares of the costs."""


@dataclass(frozen=True)
class Operator:
    """What one operator of a model, or its call, asks for.

    Attributes:
        amounts: by :data:`FEATURES`.
        shape: as :data:`SHAPE`; empty where it has none.
    """

    amounts: Amounts
    shape: tuple[float, ...] = ()

    @property
    def kind(self) -> str:
        """One of :data:`KINDS`."""
        return next((name for name in KINDS if name in self.amounts), "call")

    def in_other_numbers(self) -> "Operator":
        """The same work in the other number type."""
        return Operator({SAME_WORK.get(name, name): amount for name, amount in self.amounts.items()}, self.shape)

    @property
    def place(self) -> tuple[float, ...]:
        """Where it lies among operators: distances are in length scales."""
        sizes = self.shape or (1.0,) * len(SHAPE)
        logs = [scale * math.log2(size) for scale, size in zip(SHAPE.values(), sizes, strict=True)]
        fills = (*(filled(sizes[place]) for place in CHANNELS), filled(math.sqrt(sizes[ROW]), PIXELS))
        return (APART * KINDS.index(self.kind), *logs, *map(math.log2, fills))

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return {"amounts": dict(self.amounts), "shape": list(self.shape)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`."""
        amounts = {str(name): float(amount) for name, amount in value["amounts"].items()}
        return cls(amounts, tuple(float(size) for size in value["shape"]))


def filled(count: float, block: int = LANES) -> float:
    """How many times as many whole blocks have."""
    return math.ceil(count / block) * block / count


def total(operators: Iterable[Operator]) -> dict[str, float]:
    """The amounts of all operators together."""
    found: dict[str, float] = {}
    for operator in operators:
        for name, amount in operator.amounts.items():
            found[name] = found.get(name, 0.0) + amount
    return found


@dataclass(frozen=True)
class Known:
    """A model with its latency, or one of its operators.

    Attributes:
        model: a name that its reading and its traced operators share; what is left out is left out with all of them.
    """

    operators: tuple[Operator, ...]
    p50_ms: float
    source: Source = Source.READING
    model: str = ""


@dataclass(frozen=True)
class Predicted:
    """Origin is always ``predicted``. The interval is None below nine readings."""

    p50_ms: float
    interval: tuple[float, float] | None
    level: float
    readings: int
    leverage: float
    untold: tuple[str, ...] = ()
    """Kinds of layers of the model that nothing known has: their cost is that of the other number type, or left out."""

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        interval = None if self.interval is None else list(self.interval)
        return {
            "p50_ms": self.p50_ms, "interval": interval, "level": self.level, "readings": self.readings,
            "leverage": self.leverage, "origin": "predicted", "untold": list(self.untold),
        }  # fmt: skip


@dataclass(frozen=True)
class CostModel:
    """Costs per unit in milliseconds, g as weighted places, b, and the residuals the interval is made from."""

    costs: tuple[float, ...]
    in_common: float
    places: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]
    left_out: tuple[float, ...]
    information: tuple[tuple[float, ...], ...]
    readings: int

    def to_json(self) -> dict[str, Any]:
        """Plain data with a version."""
        return {"version": VERSION, **vars(self)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`."""
        if value.get("version") != VERSION:
            raise ProfileError("model-version", "the cost model is of another version", "fit it again")
        costs, weights, left_out = (_plain(value[name]) for name in ("costs", "weights", "left_out"))
        places, information = (tuple(map(_plain, value[name])) for name in ("places", "information"))
        common, readings = float(value["in_common"]), int(value["readings"])
        return cls(costs, common, places, weights, left_out, information, readings)

    def predict(self, operators: Sequence[Operator]) -> Predicted:
        """Latency of a model with its conformal interval."""
        value = self.middle(operators)
        count, interval = len(self.left_out), None
        rank = math.ceil((count + 1) * LEVEL)
        if count >= MIN_FOR_INTERVAL and rank <= count:
            half = sorted(abs(r) for r in self.left_out)[rank - 1]
            interval = (value * math.exp(-half), value * math.exp(half))
        return Predicted(value, interval, LEVEL, self.readings, self.leverage(operators), self.untold(operators))

    def middle(self, operators: Sequence[Operator]) -> float:
        """Latency of a model in milliseconds, alone."""
        untold = self.untold(operators)
        told = [item.in_other_numbers() if item.kind in untold else item for item in operators]
        costs = _rows(told) @ np.array(self.costs)
        whole = max(float(costs.sum()), LEAST_MS)
        near = _covariance(np.array([item.place for item in told]), np.array(self.places))
        return whole * math.exp(self.in_common + float(costs @ near @ np.array(self.weights)) / whole)

    def untold(self, operators: Sequence[Operator]) -> tuple[str, ...]:
        """The kinds of layers of a model, and their number type, that nothing known has."""
        seen, asked = np.diag(np.array(self.information)) > 0, total(operators)
        return tuple(name for name in MACS if asked.get(name, 0.0) > 0 and not seen[FEATURES.index(name)])

    def leverage(self, operators: Sequence[Operator]) -> float:
        """How far a model lies from what is known: the variance of its prediction per unit noise; measure the largest next."""
        x = _rows(operators).sum(axis=0) / self.middle(operators)
        return float(x @ _inverse(self.information) @ x)


@lru_cache(maxsize=8)
def _inverse(information: tuple[tuple[float, ...], ...]) -> np.ndarray:
    """Of one cost model, which predicts many networks: threads of the linear algebra cost more than so small a matrix."""
    found: np.ndarray = np.linalg.pinv(np.array(information), hermitian=True)
    return found


def fit(known: Sequence[Known]) -> CostModel:
    """Costs of one device with one runtime and thread count.

    Raises:
        ProfileError: nothing is known.
    """
    if not known or any(item.p50_ms <= 0 for item in known):
        raise ProfileError(
            "nothing-known", "a cost model needs at least one latency above zero", "measure something first"
        )
    evidence = _Evidence(known)
    whole = evidence.fitted()
    if whole.readings < MIN_FOR_INTERVAL:
        return whole
    readings = [place for place, item in enumerate(known) if item.source is Source.READING]
    left_out: list[float] = []
    for start in range(min(GROUPS, len(readings))):
        group = readings[start::GROUPS]
        models = {known[at].model for at in group} - {""}
        traced = (at for at, item in enumerate(known) if item.source is Source.TRACE and item.model in models)
        others = evidence.fitted(without=[*group, *traced])
        left_out += (math.log(known[at].p50_ms / others.middle(known[at].operators)) for at in group)
    return replace(whole, left_out=tuple(left_out))


class _Evidence:
    """What is known as arrays, which every fit of a part of it shares."""

    def __init__(self, known: Sequence[Known]) -> None:
        operators = [operator for item in known for operator in item.operators]
        self._rows = _rows(operators)
        self._owner = np.repeat(np.arange(len(known)), [len(item.operators) for item in known])
        places = GRID * np.round(np.array([operator.place for operator in operators]) / GRID)
        self._places, self._at = np.unique(places, axis=0, return_inverse=True)
        self._covariance = _covariance(self._places, self._places)
        self._amounts = np.array([_rows(item.operators).sum(axis=0) for item in known])
        self._times = np.array([item.p50_ms for item in known])
        self._sources = np.array([item.source for item in known])

    def fitted(self, without: Sequence[int] = ()) -> CostModel:
        """The cost model of all that is known but some."""
        from scipy.sparse import csr_array

        kept = ~np.isin(np.arange(len(self._times)), without)
        times, sources = self._times[kept], self._sources[kept]
        reading, traced = sources == Source.READING, sources == Source.TRACE
        relative = self._amounts[kept] / times[:, None]
        weight = np.array([WEIGHT[Source(source)] for source in sources])
        costs = _costs(relative * weight[:, None], weight)
        each = self._rows @ costs
        whole = np.maximum(np.bincount(self._owner, each, len(kept)), LEAST_MS)
        at = (self._owner, self._at.reshape(-1))
        shares = csr_array((each / whole[self._owner], at), shape=(len(kept), len(self._places)))[kept]
        noise = np.array([NOISE[Source(source)] for source in sources])
        covariance = (shares @ self._covariance) @ shares.T
        covariance += IN_COMMON**2 * (np.outer(reading, reading) + np.outer(traced, traced))
        found = np.linalg.solve(covariance + np.diag(noise**2), np.log(times / whole[kept]))
        information = (relative * weight[:, None]).T @ (relative * weight[:, None])
        return CostModel(
            _plain(costs), IN_COMMON**2 * float(found @ reading), tuple(map(_plain, self._places)),
            _plain(shares.T @ found), (), tuple(map(_plain, information)), int(reading.sum()),
        )  # fmt: skip


def _costs(relative: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Per unit of each amount, from weighted amounts per millisecond."""
    from scipy.optimize import nnls

    largest = np.abs(relative).max(axis=0)
    size = np.where(largest > 0, largest, 1.0)
    small = KEEP_SMALL * np.eye(len(FEATURES))
    found: np.ndarray = (
        nnls(np.vstack([relative / size, small]), np.concatenate([weight, np.zeros(len(small))]))[0] / size
    )
    return found


def _covariance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of g between places."""
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2 * one @ other.T
    found: np.ndarray = DEVIATION**2 * np.exp(-np.maximum(squares, 0.0) / 2)
    return found


def _rows(operators: Sequence[Operator]) -> np.ndarray:
    return np.array([[float(item.amounts.get(name, 0.0)) for name in FEATURES] for item in operators])


def _plain(values: Iterable[float]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)

"""Latency of a model that was not measured yet, from those that were: an additive cost model of one device.

    t = sum over features of (amount x cost), costs >= 0          amounts: for each kind of layer and number type its
                                                                  multiply-accumulates, numbers made, taken and gathered,
                                                                  pixels, weights, half-filled blocks; bytes moved by others,
                                                                  numbers that come in, operators, one call

The kinds' efficiencies are not constants: a layer of few channels or of a small image pays for gathering, for storing and for
blocks that it does not fill, and these are amounts of their own. The costs come from non-negative least squares on relative
errors over a micro-benchmark (rows with less weight) and the device's own readings; readings then scale the result (their median
log residual), and from twelve readings on a ridge regression of the log residual on the model's make-up corrects what is not
additive.

The interval is conformal: the quantile of leave-one-out residuals with its finite-sample correction, so it covers at its level
if the new model is like the measured ones. Below nine readings no such interval exists and none is given. A fitted model is plain
numbers (:meth:`CostModel.to_json`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np

from .errors import ProfileError

WORK: dict[str, tuple[str, ...]] = {
    "conv": ("", "_out", "_in", "_columns", "_pixels", "_weights", "_padded", "_count"),
    "pointwise": ("", "_out", "_in", "_pixels", "_weights", "_padded", "_count"),
    "depthwise": ("", "_in", "_pixels", "_padded", "_count"),
    "dense": ("", "_out", "_weights", "_count"),
}
"""Of each kind of layer: multiply-accumulates (""), numbers made and taken, numbers gathered per output pixel, output pixels,
weights, multiply-accumulates with the channels made and read filled up to whole blocks of :data:`LANES`, and layers."""
LANES = 16
"""Kernels make and read channels in blocks of about this many, whether there are so many or not."""
MACS = tuple(f"{kind}_{number}" for number in ("float", "int8") for kind in WORK)
FEATURES = (
    *(f"{kind}_{number}{what}" for number in ("float", "int8") for kind in WORK for what in WORK[kind]),
    *("input", "quantized", "other_bytes", "operators", "call"),
)
SAME_WORK = {
    name: FEATURES.index(name.replace(f"_{own}", f"_{other}"))
    for own, other in (("float", "int8"), ("int8", "float"))
    for name in FEATURES
    if f"_{own}" in name
}
"""Of an amount, the place of the same work in the other number type."""
LEVEL = 0.9
MIN_FOR_INTERVAL = 9
MIN_FOR_RESIDUAL = 12
PROBE_WEIGHT = 0.3
RIDGE = 30.0
KEEP_SMALL = 1e-3
"""Of the costs: what nothing tells apart shares the cost instead of one taking all."""
VERSION = 3

Amounts = Mapping[str, float]


@dataclass(frozen=True)
class Known:
    """A model with its latency; ``probe`` rows are of the micro-benchmark."""

    amounts: Amounts
    p50_ms: float
    probe: bool = False


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
    """Costs per unit in milliseconds, the correction, and the residuals the interval is made from."""

    costs: tuple[float, ...]
    scale: float
    residual: tuple[float, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]
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
        vectors = {k: tuple(float(v) for v in value[k]) for k in ("costs", "residual", "centre", "spread", "left_out")}
        rows = tuple(tuple(float(v) for v in row) for row in value["information"])
        return cls(**vectors, scale=float(value["scale"]), information=rows, readings=int(value["readings"]))

    def predict(self, amounts: Amounts) -> Predicted:
        """Latency of a model with its conformal interval."""
        value = self.middle(amounts)
        count, interval = len(self.left_out), None
        rank = math.ceil((count + 1) * LEVEL)
        if count >= MIN_FOR_INTERVAL and rank <= count:
            half = sorted(abs(r) for r in self.left_out)[rank - 1]
            interval = (value * math.exp(-half), value * math.exp(half))
        return Predicted(value, interval, LEVEL, self.readings, self.leverage(amounts), self.untold(amounts))

    def middle(self, amounts: Amounts) -> float:
        """Latency of a model in milliseconds, alone."""
        return _additive(self.costs, amounts) * math.exp(self.scale + self._correction(amounts))

    def untold(self, amounts: Amounts) -> tuple[str, ...]:
        """The kinds of layers of a model, and their number type, that nothing known has."""
        seen = np.diag(np.array(self.information)) > 0
        return tuple(name for name in MACS if amounts.get(name, 0.0) > 0 and not seen[FEATURES.index(name)])

    def _correction(self, amounts: Amounts) -> float:
        if not self.residual:
            return 0.0
        x = (_make_up(amounts) - np.array(self.centre)) / np.array(self.spread)
        return float(np.clip(x, -3, 3) @ np.array(self.residual))

    def leverage(self, amounts: Amounts) -> float:
        """How far a model lies from what is known: the variance of its prediction per unit noise; measure the largest next."""
        x = _row(amounts)
        x = x / max(_additive(self.costs, amounts), 1e-9)
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
    readings = [item for item in known if not item.probe]
    whole = _fit(known)
    left_out = []
    if len(readings) >= MIN_FOR_INTERVAL:
        for item in readings:
            without = _fit([other for other in known if other is not item])
            left_out.append(math.log(item.p50_ms / without.middle(item.amounts)))
    return CostModel(
        whole.costs, whole.scale, whole.residual, whole.centre, whole.spread, tuple(left_out), whole.information,
        len(readings),
    )  # fmt: skip


def _fit(known: Sequence[Known]) -> CostModel:
    from scipy.optimize import nnls

    rows = np.array([_row(item.amounts) for item in known])
    times = np.array([item.p50_ms for item in known])
    weight = np.array([PROBE_WEIGHT if item.probe else 1.0 for item in known])
    relative = rows / times[:, None] * weight[:, None]
    largest = np.abs(relative).max(axis=0)
    size = np.where(largest > 0, largest, 1.0)
    small = KEEP_SMALL * np.eye(len(FEATURES))
    costs = nnls(np.vstack([relative / size, small]), np.concatenate([weight, np.zeros(len(small))]))[0] / size
    costs = _borrowed(costs, largest > 0)
    readings = [item for item in known if not item.probe]
    logs = np.array([math.log(item.p50_ms / max(_additive(costs, item.amounts), 1e-9)) for item in readings])
    scale = float(np.median(logs)) if len(logs) else 0.0
    residual, centre, spread = _residual(readings, logs - scale)
    information = relative.T @ relative
    return CostModel(
        tuple(float(v) for v in costs), scale, residual, centre, spread, (),
        tuple(tuple(float(v) for v in row) for row in information), len(readings),
    )  # fmt: skip


def _borrowed(costs: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Costs, where amounts that nothing known has cost what the same work costs in the other number type, else nothing."""
    found = np.where(seen, costs, 0.0)
    for place, name in enumerate(FEATURES):
        kin = SAME_WORK.get(name)
        if not seen[place] and kin is not None and seen[kin]:
            found[place] = costs[kin]
    return found


def _residual(
    readings: Sequence[Known], logs: np.ndarray
) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    if len(readings) < MIN_FOR_RESIDUAL:
        return (), (), ()
    x = np.array([_make_up(item.amounts) for item in readings])
    centre, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    z = np.clip((x - centre) / spread, -3, 3)
    weights = np.linalg.solve(z.T @ z + RIDGE * np.eye(z.shape[1]), z.T @ logs)
    return tuple(map(float, weights)), tuple(map(float, centre)), tuple(map(float, spread))


def _row(amounts: Amounts) -> np.ndarray:
    return np.array([float(amounts.get(name, 0.0)) for name in FEATURES])


def _additive(costs: Sequence[float] | np.ndarray, amounts: Amounts) -> float:
    return float(_row(amounts) @ np.asarray(costs))


def _make_up(amounts: Amounts) -> np.ndarray:
    """Size and composition of a model, on scales that a linear correction can use."""
    macs = {name: float(amounts.get(name, 0.0)) for name in MACS}
    total = sum(macs.values()) + 1.0
    return np.array(
        [
            math.log(total),
            math.log1p(float(amounts.get("other_bytes", 0.0))),
            math.log1p(float(amounts.get("operators", 0.0))),
            (macs["depthwise_float"] + macs["depthwise_int8"]) / total,
            sum(value for name, value in macs.items() if name.endswith("int8")) / total,
        ]
    )

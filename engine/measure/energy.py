"""Energy per inference from power sampled while a model idles, works back to back, and idles again.

The trapezoid rule over the samples, with the edges of each window interpolated, gives the energy of the working window; what
the idle board would have used in that time is taken off for the dynamic part. The uncertainty adds, in quadrature: the sensor's
gain error, the scatter of the power with its autocorrelation, the scatter of the idle power, and the drift between both idle
windows (GUM; type B terms by sensor below). Nothing is computed from a trace that cannot be true: it is refused with a reason.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from device_agent.contract.messages import EnergyRun, Trace

from .statistics import Z_95, autocorrelation

MIN_WINDOW_S = 10.0
MIN_SAMPLES = 50
MIN_WALL_S, MIN_WALL_SAMPLES = 60.0, 40
"""A plug tells its power about once a second, averaged over as long."""
MAX_GAP = 3.0
"""Longest step between samples, in median steps, that is no gap."""
FROZEN = 0.99
LARGEST_W = 500.0
SETTLE = 0.1
"""Share of an idle window that is left out at its beginning, while clocks and caches come to rest."""
GAIN = {"ina3221": 0.015, "pmic": 0.05, "battery": 0.05, "energy": 0.05, "plug": 0.02}
"""Relative standard uncertainty of a source: INA3221 with its shunt; the scatter between published fits for the Pi 5."""
OTHER_GAIN = 0.02
SCOPES = ("board", "wall", "module", "soc")


@dataclass(frozen=True)
class Window:
    """Mean power of a window with its scatter."""

    mean_w: float
    variance: float
    effective_n: float
    energy_j: float


def to_watts(trace: Trace) -> Trace:
    """A joule counter as the mean power of each step, stamped in its middle; power stays as it is."""
    if trace.unit != "J":
        return trace
    t, j = np.asarray(trace.t_ns, dtype=np.float64), np.asarray(trace.values)
    step = np.diff(t)
    keep = step > 0
    watts = np.diff(j)[keep] / (step[keep] / 1e9)
    middle = ((t[1:] + t[:-1]) / 2)[keep]
    return Trace(
        trace.sensor, "W", trace.source, trace.method, trace.quality, trace.scope,
        [int(v) for v in middle], [float(v) for v in watts],
    )  # fmt: skip


def integrate(t_ns: np.ndarray, watts: np.ndarray, start_ns: int, end_ns: int) -> float:
    """Joules between two instants by the trapezoid rule; the power at the edges is interpolated.

    >>> integrate(np.array([0, 1e9, 2e9]), np.array([1.0, 3.0, 3.0]), 0, 2_000_000_000)
    5.0
    """
    inside = (t_ns > start_ns) & (t_ns < end_ns)
    t = np.concatenate([[start_ns], t_ns[inside], [end_ns]]).astype(np.float64)
    p = np.concatenate([np.interp([start_ns], t_ns, watts), watts[inside], np.interp([end_ns], t_ns, watts)])
    return float(((p[1:] + p[:-1]) / 2 * np.diff(t)).sum() / 1e9)


def window(trace: Trace, start_ns: int, end_ns: int) -> Window:
    """Mean, scatter and energy of one window of a power trace.

    Raises:
        ValueError: fewer than three samples lie inside.
    """
    t, watts = np.asarray(trace.t_ns, dtype=np.float64), np.asarray(trace.values, dtype=np.float64)
    own = watts[(t >= start_ns) & (t <= end_ns)]
    if len(own) < 3:
        raise ValueError("fewer than three samples")
    energy = integrate(t, watts, start_ns, end_ns)
    likeness = min(max(autocorrelation(own), 0.0), 0.98)
    effective = max(len(own) * (1 - likeness) / (1 + likeness), 1.0)
    return Window(energy / ((end_ns - start_ns) / 1e9), float(own.var(ddof=1)), effective, energy)


def why_not(trace: Trace, run: EnergyRun) -> str | None:
    """Why nothing may be computed from a trace; None when it can be."""
    t, watts = np.asarray(trace.t_ns, dtype=np.float64), np.asarray(trace.values, dtype=np.float64)
    start, end = run.instants_ns[2], run.instants_ns[3]
    if len(t) != len(watts) or not np.isfinite(watts).all():
        return "times and values of the power do not fit together"
    steps = np.diff(t)
    if len(steps) == 0 or (steps <= 0).any():
        return "the stamps of the power run backwards"
    if (watts < 0).any() or (watts > LARGEST_W).any():
        return "a power that cannot be true"
    inside = (t >= start) & (t <= end)
    wall = trace.scope == "wall"
    shortest, least = (MIN_WALL_S, MIN_WALL_SAMPLES) if wall else (MIN_WINDOW_S, MIN_SAMPLES)
    if (end - start) / 1e9 < shortest or int(inside.sum()) < least:
        return f"{int(inside.sum())} samples of power in {(end - start) / 1e9:.1f} s are too few"
    if t[0] > run.instants_ns[0] + 2 * np.median(steps) or t[-1] < run.instants_ns[5] - 2 * np.median(steps):
        return "the power was not sampled over the whole run"
    if steps.max() > MAX_GAP * np.median(steps):
        return f"the power has a gap of {steps.max() / 1e9:.1f} s"
    if float((np.diff(watts) == 0).mean()) > FROZEN and not wall:  # a plug may count in whole watts
        return "the power sensor stands still"
    return None


def gain_of(sensor: str) -> float:
    """Relative standard uncertainty of a sensor's gain; two readings of one sensor share it.

    >>> gain_of("power:ina3221")
    0.015
    """
    return next((share for key, share in GAIN.items() if key in sensor), OTHER_GAIN)


def energy(run: EnergyRun, trace: Trace) -> dict[str, Any]:
    """Energy per inference in millijoule from one trace that :func:`why_not` accepts.

    Returns:
        ``total`` and ``dynamic`` per inference with their 95 % intervals, idle and load power, and where they come from.
    """
    a0, a1, start, end, b0, b1 = run.instants_ns
    rest = [window(trace, low + int(SETTLE * (high - low)), high) for low, high in ((a0, a1), (b0, b1))]
    load, seconds = window(trace, start, end), (end - start) / 1e9
    idle_w = (rest[0].mean_w + rest[1].mean_w) / 2
    drift = abs(rest[0].mean_w - rest[1].mean_w)
    gain = gain_of(trace.sensor)
    dynamic = load.energy_j - idle_w * seconds
    scatter = seconds**2 * load.variance / load.effective_n
    idle = seconds**2 * (sum(r.variance / r.effective_n for r in rest) / 4 + drift**2 / 3)
    u_total = math.sqrt((gain * load.energy_j) ** 2 + scatter)
    u_dynamic = math.sqrt((gain * dynamic) ** 2 + scatter + idle)
    each = 1e3 / run.runs

    def with_interval(value: float, u: float) -> dict[str, Any]:
        return {"value": value * each, "ci95": [(value - Z_95 * u) * each, (value + Z_95 * u) * each]}

    return {
        "total": with_interval(load.energy_j, u_total),
        "dynamic": with_interval(dynamic, u_dynamic),
        "idle_mw": idle_w * 1e3,
        "load_mw": load.mean_w * 1e3,
        "idle_drift_mw": drift * 1e3,
        "window_s": seconds,
        "inferences": run.runs,
        "sensor": trace.sensor,
        "scope": trace.scope,
        "quality": trace.quality,
        "method": trace.method,
        "source": trace.source,
    }


@dataclass(frozen=True)
class Energy:
    """Energy of one entry: the figure of the best trace, the others beside it, or None with the reasons."""

    energy_mj: dict[str, Any] | None
    power_mw: float | None
    reasons: tuple[str, ...]


def of_run(run: EnergyRun | None) -> Energy:
    """The energy of an entry; measured before estimated, board before module before single rails.

    Scopes are never mixed: each trace gives a figure of its own, which names its scope.
    """
    if run is None:
        return Energy(None, None, ())
    if run.reason is not None:
        return Energy(None, None, (f"no energy: {run.reason}",))
    instants = run.instants_ns
    if len(instants) != 6 or sorted(instants) != list(instants) or run.runs <= 0:
        return Energy(None, None, ("energy rejected: the run was not finished",))
    found, reasons = [], []
    for trace in sorted((to_watts(item) for item in run.traces), key=_rank):
        reason = why_not(trace, run)
        if reason is None:
            try:
                found.append(energy(run, trace))
            except ValueError as error:
                reason = str(error)
        if reason is not None:
            reasons.append(f"energy of {trace.sensor} rejected: {reason}")
    if not found:
        return Energy(None, None, tuple(reasons) or ("energy rejected: the sensor fell silent",))
    best = found[0]
    if best["dynamic"]["ci95"][0] <= 0:
        reasons.append("the work hardly shows in the power: the dynamic energy is not surely above zero")
    return Energy({**best, "others": found[1:]}, best["load_mw"], tuple(reasons))


def _rank(trace: Trace) -> tuple[bool, int]:
    scope = SCOPES.index(trace.scope) if trace.scope in SCOPES else len(SCOPES)
    return (trace.quality != "measured", scope)

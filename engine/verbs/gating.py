"""The gate of a rollout: on every board the new release against the one that runs there, before anything switches.

Latency and energy are judged by their intervals, accuracy by what both lost against their original on the same samples.
Memory is one figure per process without an interval, so between the two margins it is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from device_agent.contract.messages import EnergyPlan, Release, StopRule
from profiles.reading import Comparison, Reading

from ..deploy.rollout_acts import Gate, Measuring
from ..deploy.run_on import RunOn
from ..errors import UsageError
from ..events import Cancel
from ..measure.energy import gain_of
from ..measure.statistics import Z_95
from ..records import Bundle, Estimate, Variant
from ..workspace import Workspace
from .bundling import find_bundle
from .measurement import measure_bundles

QUANTITIES = ("latency", "memory", "energy", "accuracy")
WORSE = 0.05
"""Share by which memory or energy may grow and still be no worse."""

MUCH_WORSE = 0.10
"""Share by which memory has to grow to be surely worse."""

POINTS = 1.0
"""Of accuracy that may be lost."""

TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Judged:
    """One quantity: PASS, FAIL or INCONCLUSIVE, and why."""

    verdict: str
    why: str


def wanted(gate: bool, on: Sequence[str]) -> list[str]:
    """What a gate looks at: nothing without one, latency where nothing is named.

    Raises:
        UsageError: a quantity it does not know.

    >>> wanted(True, ()), wanted(False, ["memory"]), wanted(False, ())
    (['latency'], ['memory'], [])
    """
    named = list(dict.fromkeys(item.strip() for item in on if item.strip()))
    for item in named:
        if item not in QUANTITIES:
            raise UsageError("bad-gate", f"a gate knows no '{item[:40]}'", f"it knows {', '.join(QUANTITIES)}")
    return named or (["latency"] if gate else [])


def gate(workspace: Workspace, run: RunOn, on: Sequence[str], cancel: Cancel) -> Gate:
    """Measure the new bundle against the one that runs, interleaved on that board, each on what it runs on.

    Args:
        workspace: where the bundle that runs is looked for.
        run: of the new bundle.
        on: some of ``QUANTITIES``.
        cancel: ends the measurement.
    """

    def judge(name: str, bundle: Bundle, before: Release, measuring: Measuring) -> tuple[str, str] | None:
        try:
            earlier = find_bundle(before.bundle[:16], workspace)
        except UsageError:
            return None
        with measuring() as emit:
            readings, compared = measure_bundles(
                [bundle, earlier],
                name,
                threads=1,
                stop=StopRule(),
                timeout_s=TIMEOUT_S,
                emit=emit,
                cancel=cancel,
                energy=EnergyPlan() if "energy" in on else None,
                run=[run, RunOn.of_told(before.run)],
            )
        judges = {
            "latency": lambda: latency(compared),
            "memory": lambda: memory(*readings),
            "energy": lambda: energy(*readings),
            "accuracy": lambda: accuracy(*(_variant(item, workspace) for item in (bundle, earlier))),
        }
        found = {item: judges[item]() for item in on}
        return overall(list(found.values())), "; ".join(
            item.why if len(found) == 1 else f"{quantity} {item.verdict}: {item.why}"
            for quantity, item in found.items()
        )

    return judge


def overall(found: Sequence[Judged]) -> str:
    """FAIL when one failed, PASS when all passed."""
    verdicts = {item.verdict for item in found}
    return "FAIL" if "FAIL" in verdicts else "PASS" if verdicts == {"PASS"} else "INCONCLUSIVE"


def latency(compared: Sequence[Comparison]) -> Judged:
    """From paired interleaved blocks."""
    if not compared:
        return Judged("INCONCLUSIVE", "too few rounds to compare the latency")
    found = compared[0]
    low, high = found.ci95
    return Judged(str(found.verdict), f"{found.speedup:.2f}x [{low:.2f}, {high:.2f}] as fast as what runs there")


def memory(new: Reading, old: Reading) -> Judged:
    """From the peaks of both processes."""
    now, before = new.memory_mb.run_peak, old.memory_mb.run_peak
    if now is None or not before:
        return Judged("INCONCLUSIVE", "the memory was not measured")
    verdict = "PASS" if now <= before * (1 + WORSE) else "FAIL" if now > before * (1 + MUCH_WORSE) else "INCONCLUSIVE"
    return Judged(verdict, f"{now:.1f} MB of memory, {before:.1f} MB what runs there")


def energy(new: Reading, old: Reading) -> Judged:
    """From the energies per inference; the gain of the sensor both were measured with is no part of their ratio's interval."""
    if new.energy_mj is None or old.energy_mj is None or new.energy_mj["sensor"] != old.energy_mj["sensor"]:
        return Judged("INCONCLUSIVE", "the energy was not measured")
    gain, parts = gain_of(str(new.energy_mj["sensor"])), []
    for total in (new.energy_mj["total"], old.energy_mj["total"]):
        half = (total["ci95"][1] - total["ci95"][0]) / 2 / total["value"]
        parts.append(max(half**2 - (Z_95 * gain) ** 2, 0.0))
    ratio, half = new.energy_mj["total"]["value"] / old.energy_mj["total"]["value"], sum(parts) ** 0.5
    low, high = ratio * (1 - half), ratio * (1 + half)
    verdict = "PASS" if high <= 1 + WORSE else "FAIL" if low > 1 + WORSE else "INCONCLUSIVE"
    return Judged(verdict, f"{ratio:.2f}x [{low:.2f}, {high:.2f}] the energy of what runs there")


def accuracy(new: Variant | None, old: Variant | None) -> Judged:
    """From what both lost against their original on the same samples, which is known where they were made."""
    if new is None or old is None or _origin(new) != _origin(old):
        return Judged("INCONCLUSIVE", "the accuracies of both are not known from the same samples")
    now, before = _loss(new), _loss(old)
    if now is None or before is None:
        return Judged("INCONCLUSIVE", "the accuracies of both are not known from the same samples")
    lost, half = now[0] - before[0], (now[1] ** 2 + before[1] ** 2) ** 0.5
    verdict = "PASS" if lost + half <= POINTS else "FAIL" if lost - half > POINTS else "INCONCLUSIVE"
    return Judged(verdict, f"{lost:+.2f} points lost [{lost - half:+.2f}, {lost + half:+.2f}] against what runs there")


def _variant(bundle: Bundle, workspace: Workspace) -> Variant | None:
    """Its record, which tells what is needed here also where its file is gone."""
    return next((item for item in workspace.read_variants()[0] if item.id == bundle.variant), None)


def _origin(variant: Variant) -> str:
    return variant.baseline or variant.id


def _loss(variant: Variant) -> tuple[float, float] | None:
    """Points lost and half of their interval; the original has lost nothing."""
    if variant.baseline is None:
        return 0.0, 0.0
    found: Estimate | None = variant.loss_points
    if found is None or found.value is None or found.ci95 is None:
        return None
    return found.value, (found.ci95[1] - found.ci95[0]) / 2

"""The effect map: what each technique did to size and speed on each device, from variants and readings.

A technique counts alone where a recipe has one step; combinations are rows of their own, because effects do not add up.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profiles.reading import Comparison, Quality, Reading, engine_name

from ..records import Estimate, Variant

SMALLER = 1.02
"""A packed file this many times smaller counts as smaller."""


@dataclass(frozen=True)
class Effect:
    """One variant on one device; ``target`` is None where it was not measured.

    Factors are original / variant: above 1 is smaller or faster.
    """

    techniques: tuple[str, ...]
    model: str
    variant: str
    name: str
    size_factor: float
    packed_factor: float
    loss_points: Estimate | None
    target: str | None = None
    board: str | None = None
    runtime: str | None = None
    speed_factor: float | None = None
    speed_ci95: tuple[float, float] | None = None

    @property
    def words(self) -> str:
        """``both``, ``smaller``, ``faster`` or ``neither``, with ``slower`` said; speed only where the interval says so."""
        smaller = self.packed_factor >= SMALLER
        if self.speed_ci95 is None:
            return "smaller, speed not measured" if smaller else "not smaller, speed not measured"
        if self.speed_ci95[0] > 1:
            return "both" if smaller else "faster"
        if self.speed_ci95[1] < 1:
            return "smaller and slower" if smaller else "slower"
        return "smaller" if smaller else "neither"

    def to_json(self) -> dict[str, Any]:
        """One entry of ``effects``."""
        return {
            "techniques": list(self.techniques),
            "model": self.model,
            "variant": self.variant,
            "name": self.name,
            "target": self.target,
            "board": self.board,
            "runtime": self.runtime,
            "size_factor": self.size_factor,
            "packed_factor": self.packed_factor,
            "speed_factor": self.speed_factor,
            "speed_ci95": None if self.speed_ci95 is None else list(self.speed_ci95),
            "loss_points": None if self.loss_points is None else self.loss_points.to_json(),
            "effect": self.words,
        }


def effects(
    variants: Sequence[Variant], readings: Iterable[Reading], comparisons: Iterable[Comparison]
) -> tuple[Effect, ...]:
    """One row for each variant and device it was compared on with its original; single techniques come first.

    Args:
        variants: of a project, originals among them.
        readings: which tell the variant, the board and the runtime of each bundle.
        comparisons: of variants with their originals; those with anything else are left out.
    """
    known = {variant.id: variant for variant in variants}
    usable = [r for r in readings if r.quality is not Quality.REJECTED and r.variant in known]
    measured = _measured(known, usable, comparisons)
    rows: list[Effect] = []
    for variant in variants:
        original = known.get(variant.baseline or "")
        if original is None or not variant.recipe.steps or not variant.size_bytes or not variant.packed_bytes:
            continue
        plain = Effect(
            tuple(dict.fromkeys(step.technique for step in variant.recipe.steps)),
            variant.model,
            variant.id,
            variant.name,
            original.size_bytes / variant.size_bytes,
            original.packed_bytes / variant.packed_bytes,
            variant.loss_points,
        )
        rows += [_on_device(plain, *pair) for pair in measured.get(variant.id, [])] or [plain]
    return tuple(sorted(rows, key=lambda row: (len(row.techniques), row.techniques, row.model, row.target or "")))


def markdown(rows: Sequence[Effect]) -> str:
    """The table for a README or an issue."""
    heads = ("technique", "model", "variant", "device", "size", "packed", "speed", "loss (points)", "effect")
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|---:|---:|---:|---:|---|"]
    for row in rows:
        device = f"{row.target} ({row.board})" if row.target else "not measured"
        speed = "" if row.speed_factor is None else f"{row.speed_factor:.2f}x{_interval(row.speed_ci95)}"
        loss = ""
        if row.loss_points is not None and row.loss_points.value is not None:
            loss = f"{row.loss_points.value:+.2f}{_interval(row.loss_points.ci95)}"
        sizes = (f"{row.size_factor:.2f}x", f"{row.packed_factor:.2f}x")
        cells = (" + ".join(row.techniques), row.model, row.name, device, *sizes, speed, loss, row.words)
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _interval(ci95: tuple[float, float] | None) -> str:
    return "" if ci95 is None else f" [{ci95[0]:.2f}, {ci95[1]:.2f}]"


def _cell(text: str) -> str:
    """Foreign names cannot end a cell, begin a row or become HTML."""
    plain = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")


def _measured(
    known: Mapping[str, Variant], readings: Sequence[Reading], comparisons: Iterable[Comparison]
) -> dict[str, list[tuple[Reading, Comparison]]]:
    """For each variant the newest comparison with its original on each device, runtime, provider and thread count."""
    ordered = sorted(readings, key=lambda r: r.measured_at)
    by_bundle = {(r.bundle, r.target): r for r in ordered}
    by_run = {(r.bundle, r.nonce): r for r in ordered}
    newest: dict[tuple[str, str, tuple[str, str, int]], tuple[Reading, Comparison]] = {}
    for item in sorted(comparisons, key=lambda c: c.measured_at):
        own, other = (by_run.get((one, item.nonce)) or by_bundle.get((one, item.target)) for one in (item.a, item.b))
        if own is None or other is None or own.variant is None:
            continue
        if known[own.variant].baseline == other.variant:
            newest[own.variant, item.target, own.way] = own, item
    found: dict[str, list[tuple[Reading, Comparison]]] = {}
    for (variant, _, _), pair in newest.items():
        found.setdefault(variant, []).append(pair)
    return found


def _on_device(plain: Effect, reading: Reading, comparison: Comparison) -> Effect:
    return Effect(
        plain.techniques,
        plain.model,
        plain.variant,
        plain.name,
        plain.size_factor,
        plain.packed_factor,
        plain.loss_points,
        comparison.target,
        reading.board,
        engine_name(reading.runtime, reading.provider),
        comparison.speedup,
        comparison.ci95,
    )

"""Which variant for which board: the figures of each variant on each board against the board's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from profiles.cover import Cover, cover
from profiles.reading import Reading

from ..records import Variant
from .limits import Limit, Miss, kept_words, missed


@dataclass(frozen=True)
class Judged:
    """A variant on a board: its figures there by the names of the limits, the limits, and those that are not kept."""

    variant: str
    figures: Mapping[str, float | None]
    limits: tuple[Limit, ...]
    misses: tuple[Miss, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """For people: what it misses, or how far from its limits it stays."""
        return tuple(miss.words for miss in self.misses) or kept_words(self.figures, self.limits)

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        missed = [miss.to_json() for miss in self.misses]
        return {"variant": self.variant, "figures": dict(self.figures), "missed": missed, "words": list(self.words)}


@dataclass(frozen=True)
class CoverReport:
    """Which variants suffice, and what was asked of them.

    Attributes:
        cover: the fewest, and which board gets which.
        considered: variants that were looked at.
        for_all: limits of boards that have none of their own.
        limits: of each board.
        judged: of each board the variants that were measured there, those nearest to its limits first.
        unmeasured: boards without a fresh reading of any of the variants: whether one suits them is not known.
        devices: of the inventory, without one either; told where no board was named.
    """

    cover: Cover
    considered: int
    for_all: tuple[Limit, ...]
    limits: Mapping[str, tuple[Limit, ...]]
    judged: Mapping[str, tuple[Judged, ...]]
    unmeasured: tuple[str, ...]
    devices: tuple[str, ...] = ()

    def nearest(self, board: str) -> Judged | None:
        """The variant that a board gets, or the one nearest to its limits; None where none was measured."""
        wanted = self.cover.assigned.get(board)
        return next((item for item in self.judged[board] if wanted in (None, item.variant)), None)

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile cover --json``."""
        return {
            **self.cover.to_json(),
            "considered": self.considered,
            "max_latency_ms": _most(self.for_all, "latency_ms"),
            "max_loss_points": _most(self.for_all, "accuracy_loss"),
            "limits": {board: [item.to_json() for item in limits] for board, limits in self.limits.items()},
            "limits_ms": {board: _most(limits, "latency_ms") for board, limits in self.limits.items()},
            "upper_ms": {
                board: None if (found := self.nearest(board)) is None else found.figures["latency_ms"]
                for board in self.cover.assigned
            },
            "judged": {board: [item.to_json() for item in found] for board, found in self.judged.items()},
            "unmeasured": list(self.unmeasured),
            "unmeasured_devices": list(self.devices),
        }


def cover_boards(
    variants: Sequence[Variant],
    readings: Sequence[Reading],
    boards: Sequence[str],
    for_all: Sequence[Limit],
    own: Sequence[tuple[str | None, Limit]] = (),
) -> CoverReport:
    """The fewest variants that surely keep every board's limits, and which board gets which.

    A latency is its interval's upper end, an energy, too. Of a board with several devices the worst counts, and each device runs
    a variant as it does best: with what keeps most limits, then with what is fastest.

    Args:
        variants: to choose from.
        readings: that may be compared, of these variants.
        boards: board ids or device names that are to be served.
        for_all: limits of all of them.
        own: of one board or device, which goes before; None = of all.
    """
    everywhere = _merged(for_all, [limit for board, limit in own if board is None])
    limits = {name: _merged(everywhere, [limit for board, limit in own if board == name]) for name in boards}
    names = labels(variants)
    judged: dict[str, tuple[Judged, ...]] = {}
    for board, asked in limits.items():
        there = [item for item in readings if board in (item.board, item.target)]
        of_each = {v.id: [r for r in there if r.variant == v.id] for v in variants}
        found = [_on_board(names[v.id], v, of_each[v.id], asked) for v in variants if of_each[v.id]]
        judged[board] = tuple(sorted(found, key=_distance))
    fits = {
        board: {item.variant: item.figures["latency_ms"] or 0.0 for item in found if not item.misses}
        for board, found in judged.items()
    }
    unmeasured = tuple(board for board, found in judged.items() if not found)
    return CoverReport(cover(fits), len(variants), everywhere, limits, judged, unmeasured)


def _merged(limits: Sequence[Limit], before: Sequence[Limit]) -> tuple[Limit, ...]:
    """One limit of each name; those of ``before`` go before the others."""
    return tuple({limit.name: limit for limit in (*limits, *before)}.values())


def _most(limits: Sequence[Limit], name: str) -> float | None:
    return next((item.most for item in limits if item.name == name), None)


def labels(variants: Sequence[Variant]) -> dict[str, str]:
    """By id, what people call a variant: its name, with its network's or its id where two have the same."""
    plain = {v.id: v.name or v.id for v in variants}
    longer = {v.id: f"{v.model} {plain[v.id]}" for v in variants}
    longest = {v.id: f"{longer[v.id]} {v.id[:8]}" for v in variants}
    found = {}
    for own in plain:
        clear = (names for names in (plain, longer, longest) if list(names.values()).count(names[own]) == 1)
        found[own] = next(clear, longest)[own]
    return found


def _distance(item: Judged) -> tuple[int, float, float, str]:
    """How far from the limits; among those within, the fastest comes first."""
    worst = max((miss.share for miss in item.misses), default=0.0)
    return len(item.misses), worst, item.figures["latency_ms"] or 0.0, item.variant


def _on_board(name: str, variant: Variant, readings: Sequence[Reading], limits: Sequence[Limit]) -> Judged:
    loss = variant.loss_points.value if variant.loss_points is not None else None
    own = {"accuracy_loss": 0.0 if variant.baseline is None else loss, "size_bytes": float(variant.packed_bytes)}
    devices: dict[str, dict[tuple[str, str, int], list[Reading]]] = {}
    for item in readings:
        devices.setdefault(item.device_id, {}).setdefault(item.way, []).append(item)
    best = [
        min((_judged(name, {**own, **_figures(way)}, limits) for way in ways.values()), key=_distance)
        for ways in devices.values()
    ]
    worst = {key: _worst([item.figures[key] for item in best]) for key in best[0].figures}
    return _judged(name, worst, limits)


def _judged(name: str, figures: Mapping[str, float | None], limits: Sequence[Limit]) -> Judged:
    return Judged(name, figures, tuple(limits), missed(figures, limits))


def _worst(values: Sequence[float | None]) -> float | None:
    """The largest; of a device where it is not known, it is not known."""
    known = [value for value in values if value is not None]
    return max(known) if len(known) == len(values) else None


def _figures(readings: Sequence[Reading]) -> dict[str, float | None]:
    """Of readings of one variant that ran alike on one device: each figure of the newest that has it."""
    newest = sorted(readings, key=lambda r: r.measured_at, reverse=True)
    memories = (r.memory_mb.run_peak for r in newest)
    energies = (_upper_mj(r) for r in newest)
    return {
        "latency_ms": (newest[0].latency_ms.ci95_p50 or (0.0, newest[0].latency_ms.p50))[1],
        "memory_mb": next((value for value in memories if value is not None), None),
        "energy_mj": next((value for value in energies if value is not None), None),
    }


def _upper_mj(reading: Reading) -> float | None:
    """Upper end of the interval of the energy of one inference."""
    if reading.energy_mj is None:
        return None
    total = reading.energy_mj["total"]
    return float((total.get("ci95") or (0.0, total["value"]))[1])

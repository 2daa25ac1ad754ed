"""The verbs ``profile_compare``, ``profile_drift``, ``profile_cover`` and ``profile_import``: what readings add up to."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from profiles.compare import BoardRatio, compare_boards, usable
from profiles.drift import ALPHA, Drift, Outlier, drift, outliers
from profiles.errors import ProfileError
from profiles.failures import shown
from profiles.pack import MAX_BYTES, open_pack
from profiles.published import PublishedRatio, compare_published, published
from profiles.reading import Reading, named_by
from profiles.salvage import Salvaged, salvage
from profiles.stale import Stale, stale
from profiles.store import Damage, Filter, ProfileStore, default_url

from ..deploy.inventory import Inventory
from ..deploy.seen import last_seen
from ..errors import UsageError
from ..measure.covering import CoverReport, cover_boards
from ..measure.limits import Limit, read_board_limit
from ..package.keys import key_id, signing_key, trusted_keys, verify
from ..workspace import Workspace
from .profiling import readings_of


@dataclass(frozen=True)
class BoardComparison:
    """Two boards or devices beside each other; stale rows were left out. ``published`` rows are of others and stand apart."""

    a: str
    b: str
    rows: tuple[BoardRatio, ...]
    stale: tuple[Stale, ...]
    published: tuple[PublishedRatio, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile compare --json``."""
        return {
            "a": self.a,
            "b": self.b,
            "rows": [row.to_json() for row in self.rows],
            "stale": [_stale(item) for item in self.stale],
            "published": [item.to_json() for item in self.published],
        }


def _stale(item: Stale) -> dict[str, Any]:
    r = item.reading
    return {
        "target": r.target,
        "model": r.model,
        "name": r.name,
        "measured_at": r.measured_at,
        "changed": list(item.changed),
    }


def profile_compare(a: str, b: str) -> BoardComparison:
    """The bundles that were measured on both boards (ids) or devices (names), as speed-ups of ``b`` over ``a``.

    What one source published of both boards comes with it, apart from what was measured.

    Raises:
        UsageError: nothing was measured or published of one of them, or they share nothing.
    """
    others = compare_published(_board_of(a), _board_of(b))
    if others and not (_measured(a) and _measured(b)):
        return BoardComparison(a, b, (), (), others)
    left, right = readings_of(a), readings_of(b)
    seen = last_seen()
    rows = compare_boards(left, right, seen)
    if not rows and not others:
        raise UsageError(
            "nothing-shared",
            f"{a} and {b} have no fresh reading of the same bundle, runtime and thread count",
            f"measure the same bundles on both: flyweight profile run --bundles B... --targets {a} {b}",
        )
    return BoardComparison(a, b, rows, (*stale(left, seen), *stale(right, seen)), others)


def _measured(name: str) -> list[Reading]:
    with ProfileStore.open() as store:
        return list(store.readings(Filter(board=name))) or list(store.readings(Filter(target=name)))


def _board_of(name: str) -> str:
    """The board a device is, if its readings say so."""
    found = _measured(name) if not published(name) else []
    return found[-1].board if found else name


@dataclass(frozen=True)
class DriftReport:
    """Drift of every row and outliers among devices, with the false-alarm rate of the whole list."""

    alpha: float
    rows: tuple[Drift, ...]
    outliers: tuple[Outlier, ...]
    stale: tuple[Stale, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile drift --json``."""
        return {
            "false_alarm_rate": self.alpha,
            "rows": [row.to_json() for row in self.rows],
            "outliers": [item.to_json() for item in self.outliers],
            "stale": [_stale(item) for item in self.stale],
        }


def profile_drift(board: str | None = None, *, alpha: float = ALPHA) -> DriftReport:
    """Whether boards became slower or faster than their own history, and which devices are unlike their sisters.

    Args:
        board: board id or device name; None = everything.
        alpha: probability of any false alarm in both lists together, shared between them.
    """
    if not 0 < alpha < 1:
        raise UsageError("bad-alpha", f"{alpha} is no probability", "give a number between 0 and 1, for example 0.05")
    readings = _all() if board is None else readings_of(board)
    seen = last_seen()
    found = drift(readings, alpha / 2, seen), outliers(readings, alpha / 2, seen)
    return DriftReport(alpha, *found, stale(readings, seen))


def _all() -> list[Reading]:
    with ProfileStore.open() as store:
        return list(store.readings())


def profile_cover(
    max_latency_ms: float | None = None,
    *,
    max_loss_points: float = 1.0,
    model: str | None = None,
    boards: Sequence[str] = (),
    limits: Sequence[str] = (),
    project: str | Path | None = None,
) -> CoverReport:
    """The fewest variants of the project that surely keep the limits of every board, and which board gets which.

    The newest fresh reading of a variant counts, on each device with what it runs it best on; on a board with several devices
    the worst of them. What was not measured is within no limit.

    Args:
        max_latency_ms: limit of the median; the upper end of its interval counts.
        max_loss_points: largest loss of accuracy.
        model: only variants of this model.
        boards: board ids or device names; none = every board with readings of these variants.
        limits: ``NAME=NUMBER`` of every board, or ``BOARD:NAME=NUMBER`` of one board or device, which goes before the others:
            of latency_ms, memory_mb (what the model adds at its peak), energy_mj (of an inference), size_bytes (packed) and
            accuracy_loss (points). ``BOARD=MS`` limits the latency.
        project: folder of the project.

    Raises:
        UsageError: nothing but the accuracy is limited, no variant of the project was measured, or a limit is that of no board.
    """
    own = [read_board_limit(text) for text in limits]
    for_all = [Limit("accuracy_loss", max_loss_points)]
    if max_latency_ms is not None:
        for_all.append(Limit("latency_ms", max_latency_ms))
    if not own and max_latency_ms is None:
        raise UsageError(
            "no-limit",
            "nothing is limited but the accuracy",
            "add --max-latency-ms MS, or a limit such as --limit memory_mb=120",
        )
    variants = [v for v in Workspace.find(project).variants() if model in (None, v.model)]
    ids = {v.id for v in variants}
    readings = [r for r in usable(_all(), last_seen()) if r.variant in ids]
    if not readings:
        raise UsageError(
            "nothing-measured",
            "no variant of this project has a fresh reading",
            "measure some: flyweight profile run --bundles B... --targets T...",
        )
    named = [board for board, _ in own if board is not None]
    known = {name for r in readings for name in (r.board, r.target)}
    strange = sorted(set(named) - known)
    if strange:
        raise UsageError(
            "unknown-board", f"no variant was measured on '{strange[0]}'", f"measured: {', '.join(sorted(known))}"
        )
    asked = list(dict.fromkeys((*boards, *named))) if boards else sorted({r.board for r in readings} | set(named))
    report = cover_boards(variants, readings, asked, for_all, own)
    measured = {r.target for r in readings}
    enrolled = () if boards else (item.name for item in Inventory.load().all() if not item.loopback)
    return replace(report, devices=tuple(name for name in enrolled if name not in measured))


@dataclass(frozen=True)
class Imported:
    """What an import brought."""

    path: str
    key: str
    readings: int
    new: int

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile import --json``."""
        return {"path": self.path, "key": self.key, "readings": self.readings, "new": self.new}


def profile_import(path: str | Path, *, accept_key: str | None = None) -> Imported:
    """Take over the readings of a signed profile pack; those that are here already stay as they are.

    Devices of another desktop are called ``NAME@KEY`` here, so that their readings stand apart from those of one's own.

    Args:
        path: of the pack.
        accept_key: id of a key to trust for this import.

    Raises:
        ProfileError: no pack, damaged, or signed by a key that is not trusted.
        UsageError: the file cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError("unreadable", f"cannot read {path}: {error.strerror}", "check the path") from None
    trusted = trusted_keys()

    def public_of(key: str, named: bytes) -> bytes | None:
        if key in trusted:
            return trusted[key]
        return named if accept_key == key == key_id(named) else None

    try:
        pack = open_pack(content, public_of, verify)
    except ProfileError as error:
        remedy = error.remedy.replace("import FILE", f"import {shlex.quote(str(path))}")
        raise ProfileError(error.code, f"{path}: {error.message}", remedy) from None
    readings, comparisons = pack.readings, pack.comparisons
    if pack.key != signing_key().id:  # everybody has a device called loopback
        readings = tuple(replace(item, target=named_by(item.target, pack.key)) for item in readings)
        comparisons = tuple(replace(item, target=named_by(item.target, pack.key)) for item in comparisons)
    with ProfileStore.open() as store:
        before = store.count()
        store.add_many([(item, None) for item in readings], comparisons)
        return Imported(str(path), pack.key, len(pack.readings), store.count() - before)


@dataclass(frozen=True)
class Checked:
    """Damage found, and what a salvage brought back."""

    store: str
    damage: tuple[Damage, ...]
    salvaged: Salvaged | None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile check --json``."""
        saved = self.salvaged
        return {
            "store": self.store,
            "damage": [{"table": d.table, "row": d.row, "reason": d.reason} for d in self.damage],
            "salvaged": None
            if saved is None
            else {"moved_to": str(saved.moved_to), "readings": saved.readings, "lost": saved.lost, "raw": saved.raw},
        }


def profile_check(*, repair: bool = False) -> Checked:
    """Look at every row, every sample and every run of the profile store.

    Args:
        repair: where there is damage, move the file aside and make a new one of all that is whole.

    Raises:
        ProfileError: the file cannot even be opened, and ``repair`` was not asked for.
    """
    url = default_url()
    path = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    name = shown(url)
    try:
        with ProfileStore.open() as store:
            damage = store.check()
    except ProfileError as error:
        if not repair or path is None or error.code != "store-damaged":
            raise
        damage = (Damage("database", "", error.message),)
    saved = salvage(path) if repair and damage and path is not None else None
    return Checked(name, damage, saved)


__all__ = [
    "BoardComparison",
    "Checked",
    "CoverReport",
    "DriftReport",
    "Imported",
    "profile_check",
    "profile_compare",
    "profile_cover",
    "profile_drift",
    "profile_import",
]

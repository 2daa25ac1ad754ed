"""The verbs ``profile_list``, ``profile_show`` and ``profile_export``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.reading import Reading
from profiles.store import Filter, ProfileStore

from ..deploy.inventory import Inventory
from ..errors import UsageError
from ..workspace import write_atomic


@dataclass(frozen=True)
class ProfileSummary:
    """One board in the list."""

    board: str
    devices: tuple[str, ...]
    models: int
    runtimes: tuple[str, ...]
    rows: int
    last_measured: str | None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``profiles``."""
        return {
            "board": self.board,
            "devices": list(self.devices),
            "models": self.models,
            "runtimes": list(self.runtimes),
            "rows": self.rows,
            "last_measured": self.last_measured,
        }


@dataclass(frozen=True)
class ProfileList:
    """All boards with readings."""

    profiles: tuple[ProfileSummary, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile list --json``; the same as long as nothing was measured."""
        return {"profiles": [item.to_json() for item in self.profiles]}


@dataclass(frozen=True)
class ProfileRow:
    """The newest reading of one bundle with one runtime and thread count, and how many there are."""

    newest: Reading
    readings: int

    def cells(self) -> tuple[str, ...]:
        """The row as text, for tables."""
        latency, peak = self.newest.latency_ms, self.newest.memory_mb.run_peak
        interval = "" if latency.ci95_p50 is None else f"[{latency.ci95_p50[0]:.4g}, {latency.ci95_p50[1]:.4g}]"
        return (
            self.newest.model,
            self.newest.name or (self.newest.variant or "")[:12],
            f"{self.newest.runtime} {self.newest.runtime_version}",
            str(self.newest.threads),
            f"{latency.p50:.4g}",
            interval,
            "n/a" if latency.p99 is None else f"{latency.p99:.4g}",
            "n/a" if peak is None else f"{peak:.1f}",
            str(latency.n),
            str(self.readings),
            str(self.newest.origin),
        )


@dataclass(frozen=True)
class ProfileDocument:
    """The data sheet of a board or device."""

    name: str
    facts: tuple[str, ...]
    rows: tuple[ProfileRow, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile show --json``."""
        return {
            "name": self.name,
            "facts": list(self.facts),
            "rows": [{"readings": row.readings, **row.newest.to_json()} for row in self.rows],
        }


@dataclass(frozen=True)
class Exported:
    """Where an export went."""

    path: str
    rows: int

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile export --json``."""
        return {"path": self.path, "rows": self.rows}


def profile_list() -> ProfileList:
    """Boards with readings, in the order of their names."""
    with ProfileStore.open() as store:
        readings = store.readings()
    boards = sorted({item.board for item in readings})
    return ProfileList(tuple(_summary(board, [r for r in readings if r.board == board]) for board in boards))


def _summary(board: str, readings: list[Reading]) -> ProfileSummary:
    return ProfileSummary(
        board,
        tuple(sorted({item.target for item in readings})),
        len({item.model for item in readings}),
        tuple(sorted({f"{item.runtime} {item.runtime_version}" for item in readings})),
        len(readings),
        max((item.measured_at for item in readings), default=None),
    )


def profile_show(board: str) -> ProfileDocument:
    """The data sheet of a board (by id) or of one device (by name).

    Raises:
        UsageError: nothing was measured there.
    """
    readings = _of(board)
    groups: dict[tuple[Any, ...], list[Reading]] = {}
    for item in sorted(readings, key=lambda r: r.measured_at):
        key = (item.model, item.variant, item.bundle, item.runtime, item.runtime_version, item.threads, item.origin)
        groups.setdefault(key, []).append(item)
    rows = sorted(
        (ProfileRow(group[-1], len(group)) for group in groups.values()),
        key=lambda row: (row.newest.model, row.newest.latency_ms.p50),
    )
    return ProfileDocument(board, _facts(readings[-1]), tuple(rows))


def _of(board: str) -> list[Reading]:
    with ProfileStore.open() as store:
        readings = list(store.readings(Filter(board=board))) or list(store.readings(Filter(target=board)))
    if readings:
        return readings
    known = {item.board for item in profile_list().profiles}
    names = ", ".join(sorted(known | {d.name for d in Inventory.load().all()}))
    raise UsageError(
        "no-profile",
        f"nothing was measured on '{board}'",
        f"known: {names}; measure: flyweight measure BUNDLE TARGET, or: flyweight demo --quick",
    )


def _facts(newest: Reading) -> tuple[str, ...]:
    return (
        f"board      {newest.board}",
        f"system     {newest.os}, kernel {newest.kernel}",
        f"ISA        {' '.join(newest.isa) or 'unknown'}",
        f"governor   {newest.governor or 'unknown'}, power mode {newest.power_mode or 'unknown'}",
    )


def profile_export(out: Path, *, board: str | None = None) -> Exported:
    """Write readings to a file: JSON, CSV or Markdown by its ending.

    Raises:
        UsageError: another ending, or nothing was measured.
    """
    kind = {".json": "json", ".csv": "csv", ".md": "markdown"}.get(out.suffix.lower())
    if kind is None:
        raise UsageError("unknown-ending", f"{out} ends in '{out.suffix}'", "name a file .json, .csv or .md")
    readings = _of(board) if board is not None else None
    with ProfileStore.open() as store:
        chosen = list(store.readings()) if readings is None else readings
        write_atomic(out, store.export(chosen, kind).encode())
    return Exported(str(out), len(chosen))

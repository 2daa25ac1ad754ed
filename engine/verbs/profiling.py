"""The verbs ``profile_list``, ``profile_show`` and ``profile_export``."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from profiles.board import descriptions
from profiles.columns import figure
from profiles.export import to_parquet
from profiles.pack import to_pack
from profiles.published import Published, published
from profiles.reading import Comparison, Quality, Reading, engine_name
from profiles.stale import stale
from profiles.store import Filter, ProfileStore
from profiles.verified import verified_by

from ..deploy.inventory import Inventory
from ..deploy.seen import last_seen
from ..errors import MissingExtraError, UsageError
from ..package.keys import signing_key
from ..workspace import write_atomic
from .sheet import (
    Fact,
    cold_line,
    compared_line,
    conditions_line,
    energy_line,
    histogram_line,
    isolation_line,
    latency_line,
    memory_line,
    neighbour_lines,
    newest_fact,
    remarks_line,
    service_lines,
    sustained_line,
    thermal_line,
    trust_line,
)


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
    """All boards with readings; and how many figures others published, by board (``published``)."""

    profiles: tuple[ProfileSummary, ...]
    published: Mapping[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile list --json``; the same as long as nothing was measured."""
        return {"profiles": [item.to_json() for item in self.profiles], "published": dict(self.published)}


@dataclass(frozen=True)
class ProfileRow:
    """The newest reading of one bundle with one runtime and thread count, how many there are, and what changed since.

    ``sustained`` and ``energy`` are those of the newest run that measured them, ``compared`` is the newest comparison with
    something that ran in the same plan, ``against`` its name; None = there is none.
    """

    newest: Reading
    readings: int
    changed: tuple[str, ...] = ()
    sustained: Fact | None = None
    energy: Fact | None = None
    compared: Comparison | None = None
    against: str = ""

    def details(self) -> tuple[tuple[str, str], ...]:
        """What the row's cells leave out, as names and sentences; a fact of an older run says when it was."""
        item = self.newest
        service = () if item.stream is None else service_lines(item.scenario, item.stream)
        return (
            ("conditions", conditions_line(item)),
            ("latency", latency_line(item)),
            ("histogram", histogram_line(item)),
            *(("service", line) for line in service),
            *(("beside", line) for line in neighbour_lines(item)),
            ("compared", compared_line(self.compared, self.against) + self._at(self.compared)),
            ("trust", trust_line(item)),
            ("isolation", isolation_line(item)),
            ("remarks", remarks_line(item)),
            ("cold start", cold_line(self.newest)),
            ("memory", memory_line(self.newest)),
            ("thermal", thermal_line(self.newest)),
            ("sustained", sustained_line(self.sustained) + self._when(self.sustained)),
            ("energy", energy_line(self.energy) + self._when(self.energy)),
        )

    def _when(self, fact: Fact | None) -> str:
        return "" if fact is None else f"{self._at(fact)}{' (stale)' if fact.stale else ''}"

    def _at(self, fact: Fact | Comparison | None) -> str:
        """When it was, if not in the newest run."""
        if fact is None or fact.measured_at in ("", self.newest.measured_at):
            return ""
        return f", in the run of {fact.measured_at[:16].replace('T', ' ')} UTC"

    def to_json(self) -> dict[str, Any]:
        """The newest reading, and the facts that may be of older ones under ``newest_sustained`` and ``newest_energy``."""
        return {
            "readings": self.readings,
            "changed": list(self.changed),
            **self.newest.to_json(),
            "newest_sustained": None if self.sustained is None else self.sustained.to_json(),
            "newest_energy": None if self.energy is None else self.energy.to_json(),
            "compared": None if self.compared is None else {**self.compared.to_json(), "against": self.against},
        }

    def cells(self) -> tuple[str, ...]:
        """The row as text, for tables."""
        item, latency = self.newest, self.newest.latency_ms
        interval = "" if latency.ci95_p50 is None else f"[{figure(latency.ci95_p50[0])}, {figure(latency.ci95_p50[1])}]"
        peak, energy = item.memory_mb.run_peak, item.energy_mj
        name = item.name or f"{item.model} {(item.variant or item.bundle)[:12]}"
        how = "" if item.scenario == "single-stream" else f" {item.scenario}"
        how += "".join(f" {key} {value}" for key, value in sorted(item.options.items()))
        return (
            name + (f" ({how.strip()})" if how else ""),
            engine_name(f"{item.runtime} {item.runtime_version}", item.provider),
            str(item.threads),
            figure(latency.p50, 4),
            interval,
            "n/a" if latency.p99 is None else figure(latency.p99, 4),
            "n/a" if peak is None else f"{peak:.1f}",
            "n/a" if energy is None else f"{figure(energy['total']['value'])}{_declared(energy)}",
            f"{latency.n}/{self.readings}",
            age(item.measured_at),
            self.state,
        )

    @property
    def state(self) -> str:
        """How far the row can be used: its origin where it was not measured, else stale, rejected, noted or ok."""
        if self.newest.origin != "measured":
            return str(self.newest.origin)
        if self.newest.quality is Quality.REJECTED:
            return "rejected"
        return "stale" if self.changed else str(self.newest.quality)


def _declared(energy: Mapping[str, Any]) -> str:
    return " decl." if energy.get("quality") == "declared" else ""


def age(measured_at: str, now: datetime | None = None) -> str:
    """How long ago, in the largest whole unit.

    >>> age("2026-01-01T00:00:00+00:00", datetime(2026, 1, 3, tzinfo=UTC))
    '2 d'
    """
    seconds = ((now or datetime.now(UTC)) - datetime.fromisoformat(measured_at)).total_seconds()
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return "now"


@dataclass(frozen=True)
class ProfileDocument:
    """The data sheet of a board or device; ``published`` figures are of others and stand apart from the rows."""

    name: str
    facts: tuple[str, ...]
    rows: tuple[ProfileRow, ...]
    published: tuple[Published, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile show --json``."""
        return {
            "name": self.name,
            "facts": list(self.facts),
            "rows": [row.to_json() for row in self.rows],
            "published": [item.to_json() for item in self.published],
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
    return ProfileList(
        tuple(_summary(board, [r for r in readings if r.board == board]) for board in boards),
        dict(sorted(Counter(item.board for item in published()).items())),
    )


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
    """The data sheet of a board (by id) or of one device (by name), with what others published of the board.

    Raises:
        UsageError: nothing was measured there, and nothing was published.
    """
    others = published(board)
    with ProfileStore.open() as store:
        readings = list(store.readings(Filter(board=board))) or list(store.readings(Filter(target=board)))
        compared = {(item.a, item.nonce): item for item in store.comparisons()} if readings else {}
    if not readings and others:
        return ProfileDocument(board, _described(board), (), others)
    readings = readings or readings_of(board)
    groups, pools = _grouped(readings, _identity), _grouped(readings, _beyond_duration)
    old = {id(item.reading): item.changed for item in stale(readings, last_seen())}
    names = {item.bundle: item.name or item.model for item in readings}
    rows = sorted(
        (
            _with_comparison(_profile_row(group, pools[_beyond_duration(group[-1])], old), group, compared, names)
            for group in groups.values()
        ),
        key=lambda row: (row.newest.model, row.newest.scenario != "single-stream", row.newest.latency_ms.p50),
    )
    return ProfileDocument(board, _facts(readings), tuple(rows), others or published(readings[-1].board))


def _with_comparison(
    row: ProfileRow, group: Sequence[Reading], compared: Mapping[tuple[str, str], Comparison], names: Mapping[str, str]
) -> ProfileRow:
    """The row with the newest comparison of its bundle that its own readings are part of."""
    found = [compared[item.bundle, item.nonce] for item in group if (item.bundle, item.nonce) in compared]
    return replace(row, compared=found[-1], against=names.get(found[-1].b, found[-1].b[:12])) if found else row


def _grouped(
    readings: Iterable[Reading], key: Callable[[Reading], tuple[Any, ...]]
) -> dict[tuple[Any, ...], list[Reading]]:
    """Readings by key, oldest first."""
    found: dict[tuple[Any, ...], list[Reading]] = {}
    for item in sorted(readings, key=lambda r: r.measured_at):
        found.setdefault(key(item), []).append(item)
    return found


def _identity(item: Reading) -> tuple[Any, ...]:
    """What makes a row of its own."""
    return (*_beyond_duration(item), item.options.get("sustained"))


def _beyond_duration(item: Reading) -> tuple[Any, ...]:
    """What short and sustained runs of one thing share: each tells in its row what only the other measured."""
    options = sorted(pair for pair in item.options.items() if pair[0] != "sustained")
    what = (item.model, item.variant, item.bundle, item.runtime_version, item.way)
    return (*what, item.origin, item.scenario, *options)


def _profile_row(group: list[Reading], pool: list[Reading], old: Mapping[int, tuple[str, ...]]) -> ProfileRow:
    return ProfileRow(
        group[-1],
        len(group),
        old.get(id(group[-1]), ()),
        newest_fact(pool, lambda item: item.sustained, old),
        newest_fact(pool, lambda item: item.energy_mj, old),
    )


def readings_of(board: str) -> list[Reading]:
    """Readings of a board (by id) or of one device (by name).

    Raises:
        UsageError: nothing was measured there.
    """
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


def _described(board: str) -> tuple[str, ...]:
    """What the board's description says, marked where no board confirmed it."""
    known = next((item for item in descriptions() if item.id == board), None)
    if known is None:
        return (_fact("board", board),)
    facts = (("board", known.name), *((n, known.facts[n]) for n in SHOWN_FACTS if n in known.facts))
    seen = verified_by(board)
    marks = {name: f" ({seen.of(name)})" for name in known.unverified}
    return tuple(_fact(name.replace("_", " "), f"{value}{marks.get(name, '')}") for name, value in facts)


def _fact(name: str, value: object) -> str:
    return f"{name:<13} {value}"


def _facts(readings: Sequence[Reading]) -> tuple[str, ...]:
    """What the board is, what runs on it, and how much was measured when."""
    newest = readings[-1]
    devices, times = sorted({item.target for item in readings}), sorted(item.measured_at for item in readings)
    first, last = (item[:16].replace("T", " ") for item in (times[0], times[-1]))
    foreign = sum(item.imported for item in readings)
    count = f"{len(readings)} reading{'s' * (len(readings) != 1)}"
    return (
        *_described(newest.board),
        _fact("devices" if len(devices) > 1 else "device", ", ".join(devices)),
        *(
            (
                _fact(
                    "imported", f"{foreign} of the readings, measured by others: @ and the signing key follow the name"
                ),
            )
            if foreign
            else ()
        ),
        _fact("system", f"{newest.os}, kernel {newest.kernel}"),
        _fact("instructions", " ".join(newest.isa) or "unknown"),
        _fact("clocks", f"governor {newest.governor or 'unknown'}, power mode {newest.power_mode or 'unknown'}"),
        _fact("measured", f"{count}, {first} UTC" if first == last else f"{count}, from {first} to {last} UTC"),
    )


SHOWN_FACTS = ("cpu", "gpu", "npu", "power_sensor")


def profile_export(out: str | Path, *, board: str | None = None) -> Exported:
    """Write readings to a file: JSON, CSV, Markdown, Parquet or a signed pack by its ending.

    Raises:
        UsageError: another ending, or nothing was measured.
        MissingExtraError: Parquet needs the extra ``parquet``.
    """
    endings = {".json": "json", ".csv": "csv", ".md": "markdown", ".parquet": "parquet", ".pack": "pack"}
    out = Path(out)
    kind = endings.get(out.suffix.lower())
    if kind is None:
        known = ", ".join(endings)
        raise UsageError("unknown-ending", f"{out} ends in '{out.suffix}'", f"name a file that ends in one of {known}")
    readings = readings_of(board) if board is not None else None
    with ProfileStore.open() as store:
        chosen = list(store.readings()) if readings is None else readings
        if not chosen:
            remedy = "measure: flyweight measure BUNDLE TARGET, or: flyweight demo --quick"
            raise UsageError(
                "no-readings", f"there is nothing to write to {out}: {store.url} holds no readings", remedy
            )
        if kind == "pack":
            key, runs = signing_key(), {item.nonce for item in chosen}
            compared = [item for item in store.comparisons() if item.nonce in runs]
            content = to_pack(chosen, compared, key.id, key.public, key.sign).encode()
        elif kind == "parquet":
            try:
                content = to_parquet(chosen)
            except ImportError as error:
                raise MissingExtraError("parquet", f"writing {out.name}") from error
        else:
            content = store.export(chosen, kind).encode()
        write_atomic(out, content)
    return Exported(str(out), len(chosen))

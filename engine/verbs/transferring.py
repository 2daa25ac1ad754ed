"""The verb ``profile_transfer``: latency on a board with few readings, by what other boards took for the same models.

Other boards' figures come from one place at a time: readings of this store (own and imported; bundles by their hash, one
runtime), or one published table (models by the table's names). The two are never put into one table.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.compare import usable
from profiles.published import sources, table
from profiles.reading import Origin, Reading
from profiles.store import ProfileStore
from profiles.transfer import MIN_ROWS, Transfer

from ..deploy.inventory import Inventory
from ..deploy.seen import last_seen
from ..errors import UsageError
from ..workspace import Workspace
from .bundling import find_bundle

LEVEL = 0.9
FEWEST = 2
"""Models of a configuration, below which it says nothing of how models compare."""


@dataclass(frozen=True)
class Anchor:
    """A model whose latency on this board is known: measured by Flyweight, or declared by the user."""

    name: str
    latency_ms: float
    origin: Origin

    def to_json(self) -> dict[str, Any]:
        """One entry of ``anchors``."""
        return {"name": self.name, "latency_ms": self.latency_ms, "origin": str(self.origin)}


@dataclass(frozen=True)
class TransferredModel:
    """One model with its prediction; a known latency of it (``anchor``) stands beside and was not used to predict it."""

    name: str
    latency_ms: float
    interval: tuple[float, float]
    anchors: int
    anchor: Anchor | None

    def to_json(self) -> dict[str, Any]:
        """One entry of ``models``."""
        return {
            "name": self.name,
            "p50_ms": self.latency_ms,
            "interval": list(self.interval),
            "level": LEVEL,
            "anchors": self.anchors,
            "origin": str(Origin.PREDICTED),
            "known": None if self.anchor is None else self.anchor.to_json(),
        }


@dataclass(frozen=True)
class Transferred:
    """Predictions for one device from its anchors and from others.

    Attributes:
        source: the published table, None for the readings of this store.
        runtime: of the anchors that were measured.
        boards: how many other boards.
        configurations: of these boards: each with a thread count, in the published tables also with its cores.
        measure_next: the model that would teach most on this board.
    """

    target: str
    source: str | None
    runtime: str
    threads: int
    anchors: tuple[Anchor, ...]
    boards: int
    configurations: int
    models: tuple[TransferredModel, ...]
    measure_next: str | None

    @property
    def basis(self) -> str:
        """What the predictions rest on, for people."""
        counted = Counter(item.origin for item in self.anchors)
        kinds = ", ".join(f"{count} {origin}" for origin, count in sorted(counted.items()))
        what = "readings of" if self.source is None else f"published {self.source} figures of"
        return (
            f"predicted from {len(self.anchors)} anchors on this board ({kinds}) and {what} {self.boards} other boards"
        )

    @property
    def caution(self) -> str | None:
        """What the interval does not cover."""
        if self.source is None or not any(item.origin is Origin.MEASURED for item in self.anchors):
            return None
        return f"the anchors ran with {self.runtime}, the table's models with {self.source}: no interval covers that"

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight profile predict --other-boards|--published --json``."""
        return {
            "target": self.target,
            "source": self.source,
            "runtime": self.runtime,
            "threads": self.threads,
            "basis": self.basis,
            "caution": self.caution,
            "anchors": [item.to_json() for item in self.anchors],
            "boards": self.boards,
            "configurations": self.configurations,
            "models": [item.to_json() for item in self.models],
            "measure_next": self.measure_next,
        }


@dataclass(frozen=True)
class _Others:
    """Configurations of other boards: latencies by key, and the boards they are of."""

    rows: tuple[Mapping[str, float], ...]
    boards: tuple[str, ...]


def profile_transfer(
    target: str,
    models: Sequence[str],
    *,
    published: str | None = None,
    anchors: Mapping[str, str] | None = None,
    runtime: str = "onnxruntime",
    threads: int = 1,
    project: str | Path | None = None,
) -> Transferred:
    """Predict latencies on a board from a few anchors there and from other boards.

    Args:
        target: device name or board id.
        models: bundles of the project; with ``published``, names of that table's models.
        published: name of a published table; None = the readings of this store.
        anchors: with ``published`` only: what each of the table's models takes on this board, as milliseconds or as the bundle
            of the project whose reading it is.
        runtime: of the readings.
        threads: of the readings on this board.
        project: folder of the project.

    Raises:
        UsageError: a model or table is not known, there is no anchor, or one was not measured.
        ProfileError: too few other boards are known.
    """
    workspace = Workspace.find(project)
    with ProfileStore.open() as store:
        readings = [
            item for item in usable(store.readings(), last_seen()) if item.runtime == runtime and item.on_processor
        ]
    here = [item for item in readings if target in (item.board, item.target)]
    same = {target, *(item.board for item in here), *_board_of(target)}
    own = {item.bundle: item for item in sorted(here, key=lambda r: r.measured_at) if item.threads == threads}
    if published is None:
        if anchors:
            raise UsageError("anchors-unused", "--anchor names models of a published table", "add --published ncnn")
        others = _measured(readings, same)
        keys = {name: find_bundle(name, workspace).sha256 for name in models}
        known = {key: Anchor(_name(item), item.latency_ms.p50, Origin.MEASURED) for key, item in own.items()}
        names = {item.bundle: _name(item) for item in readings}
    else:
        others = _published(published, same)
        keys = {name: name for name in models}
        known = {name: _anchor(name, value, own, workspace) for name, value in (anchors or {}).items()}
        names = {}
    transfer = Transfer(others.rows)
    unknown = [name for name in (*models, *(anchors or {})) if keys.get(name, name) not in transfer.models]
    if unknown:
        raise UsageError(
            "unknown-on-others",
            f"fewer than {MIN_ROWS} configurations of other boards have '{unknown[0]}'",
            f"known of others: {', '.join(names.get(key, key) for key in transfer.models)}",
        )
    kept = {key: item for key, item in known.items() if key in transfer.models}
    first = [names.get(key, key) for key in transfer.choose(3)]
    for key in keys.values():
        if not kept.keys() - {key}:
            raise UsageError(
                "no-anchor",
                f"no model that other boards have is known on '{target}' with {threads} threads",
                f"most telling first: {', '.join(first)} ("
                + ("flyweight measure BUNDLE TARGET)" if published is None else "--anchor MODEL=MS|BUNDLE)"),
            )
    found = tuple(_predicted(transfer, name, key, kept) for name, key in keys.items())
    left = [key for key in transfer.models if key not in kept]
    following = transfer.choose(len(kept) + 1, given=list(kept))[-1] if left else None
    return Transferred(
        target,
        published,
        runtime,
        threads,
        tuple(kept.values()),
        len(set(others.boards)),
        len(others.rows),
        found,
        None if following is None else names.get(following, following),
    )


def _predicted(transfer: Transfer, name: str, key: str, known: Mapping[str, Anchor]) -> TransferredModel:
    used = {other: item.latency_ms for other, item in known.items() if other != key}
    found = transfer.predict(used)[key]
    return TransferredModel(name, found.latency_ms, found.interval, len(used), known.get(key))


def _board_of(target: str) -> set[str]:
    """The board a device was when it was last seen."""
    return {item.board for item in Inventory.load().all() if item.name == target and item.board is not None}


def _name(item: Reading) -> str:
    return item.name or f"{item.model} {item.bundle[:12]}"


def _anchor(name: str, value: str, own: Mapping[str, Reading], workspace: Workspace) -> Anchor:
    """An anchor for a published model: a number is declared, anything else is a bundle that was measured here."""
    try:
        declared = float(value)
    except ValueError:
        reading = own.get(find_bundle(value, workspace).sha256)
        if reading is None:
            raise UsageError(
                "anchor-not-measured",
                f"'{value}' was not measured on this board",
                f"measure it: flyweight measure {value} TARGET",
            ) from None
        return Anchor(name, reading.latency_ms.p50, Origin.MEASURED)
    if not 0 < declared < float("inf"):
        raise UsageError("bad-anchor", f"{value} ms is no latency", f"give --anchor {name}=MILLISECONDS")
    return Anchor(name, declared, Origin.DECLARED)


def _measured(readings: Sequence[Reading], without: set[str]) -> _Others:
    """Readings of other boards by device and thread count."""
    rows: dict[tuple[str, str, int], dict[str, float]] = {}
    for item in sorted(readings, key=lambda r: r.measured_at):
        if item.board not in without and item.target not in without:
            rows.setdefault((item.board, item.device_id, item.threads), {})[item.bundle] = item.latency_ms.p50
    return _connected([(board, row) for (board, _, _), row in rows.items()])


def _published(source: str, without: set[str]) -> _Others:
    """Processor configurations of one table."""
    if source not in sources():
        raise UsageError("unknown-table", f"'{source}' is no published table", f"known: {', '.join(sources())}")
    chosen = [row for row in table(source) if row[0].cores != "gpu" and row[0].board not in without]
    return _connected([(row[0].board, {item.model: item.latency_ms for item in row}) for row in chosen])


def _connected(rows: Sequence[tuple[str, Mapping[str, float]]]) -> _Others:
    """Without models that fewer than five configurations have, and then without configurations of fewer than two models."""
    while True:
        count = Counter(key for _, row in rows for key in row)
        kept = [(board, {k: v for k, v in row.items() if count[k] >= MIN_ROWS}) for board, row in rows]
        kept = [(board, row) for board, row in kept if len(row) >= FEWEST]
        if kept == list(rows):
            return _Others(tuple(row for _, row in rows), tuple(board for board, _ in rows))
        rows = kept

"""Profiling a fleet: every variant on every board, a cell for each pair, live while it is measured."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from engine.events import Stage

from ..operations import OperationState
from ..protocol import Outcome
from . import documents, wording
from .deploy import DeployModel
from .rows import ColumnSpec, RowsModel
from .run import Run
from .saying import said
from .session import Session

MEASURED_TOGETHER = re.compile(r"bundles? on (.*)")


class CellState(StrEnum):
    """State of one variant on one board."""

    WAITING = "waiting"
    VERIFYING = "verifying"
    MEASURING = "measuring"
    MEASURED = "measured"
    KNOWN = "known"
    MISSING = "missing"

    @property
    def over(self) -> bool:
        """True when nothing more happens to it."""
        return self in (CellState.MEASURED, CellState.KNOWN, CellState.MISSING)


@dataclass(frozen=True)
class Cell:
    """One variant on one board."""

    state: CellState = CellState.WAITING
    p50_ms: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Row:
    """One variant with so many threads: a cell for each board."""

    bundle: str
    name: str
    label: str
    threads: int
    cells: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Identity of the row."""
        return f"{self.bundle}×{self.threads}"


def cell_words(cell: Cell) -> tuple[str, str]:
    """Kind of pill and word of a cell."""
    found = wording.milliseconds(cell.p50_ms)
    return {
        CellState.WAITING: ("idle", QCoreApplication.translate("Campaign", "Waiting")),
        CellState.VERIFYING: ("info", QCoreApplication.translate("Campaign", "Verifying")),
        CellState.MEASURING: ("info", QCoreApplication.translate("Campaign", "Measuring")),
        CellState.MEASURED: ("ok", found),
        CellState.KNOWN: ("idle", QCoreApplication.translate("Campaign", "{0}, known").format(found)),
        CellState.MISSING: ("bad", QCoreApplication.translate("Campaign", "Missing")),
    }[cell.state]


def campaign_columns(targets: Sequence[str], threads: bool) -> tuple[ColumnSpec[Row], ...]:
    """The variant, its threads where there are several counts, and every board."""
    more = (
        (
            ColumnSpec[Row](
                "threads",
                lambda: QCoreApplication.translate("Campaign", "Threads"),
                lambda row: str(row.threads),
                key=lambda row: row.threads,
                number=True,
            ),
        )
        if threads
        else ()
    )
    first = ColumnSpec[Row]("name", lambda: QCoreApplication.translate("Campaign", "Variant"), lambda row: row.label)
    return (first, *more, *map(_board_column, targets))


def _board_column(target: str) -> ColumnSpec[Row]:
    def cell(row: Row) -> Cell:
        return row.cells.get(target, Cell())

    return ColumnSpec(
        f"on-{target}",
        lambda: target,
        lambda row: cell_words(cell(row))[1],
        key=lambda row: cell(row).p50_ms,
        pill=lambda row: cell_words(cell(row))[0],
    )


class CampaignModel(QObject):
    """Packs the variants, measures them on the boards, and keeps the matrix as long as the window lives."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.deploy = DeployModel(session, self)
        self._session = session
        self.run: Run | None = None
        self.rows: tuple[Row, ...] = ()
        self.targets: tuple[str, ...] = ()
        self.threads: tuple[int, ...] = (1,)
        self._variants: tuple[str, ...] = ()
        self.deploy.changed.connect(self.changed)
        self.deploy.measuring.connect(self._began)

    @property
    def busy(self) -> bool:
        """True while variants are packed, wait or are measured."""
        return self.deploy.packing or (self.run is not None and (self.run.state.busy or self.run.waits))

    @property
    def resumable(self) -> bool:
        """True when the last campaign ended early."""
        return self.run is not None and self.run.notice is not None

    @property
    def done(self) -> tuple[int, int]:
        """Cells that are over, and all of them."""
        cells = [cell for row in self.rows for cell in self._cells(row)]
        return sum(cell.state.over for cell in cells), len(cells)

    @property
    def lost(self) -> int:
        """Cells that got no figure."""
        return sum(cell.state is CellState.MISSING for row in self.rows for cell in self._cells(row))

    def _cells(self, row: Row) -> list[Cell]:
        return [row.cells.get(target, Cell()) for target in self.targets]

    @property
    def missing(self) -> list[str]:
        """Why cells have no figure, a line for each reason."""
        found: dict[tuple[str, str], list[str]] = {}
        for row in self.rows:
            for target, cell in row.cells.items():
                if cell.state is CellState.MISSING:
                    found.setdefault((target, said(cell.reason)), []).append(row.label)
        return [self._reason(target, why, labels) for (target, why), labels in found.items()]

    def _reason(self, target: str, why: str, labels: Sequence[str]) -> str:
        """Of a board that has no figure at all, its name says enough."""
        if len(labels) == len(self.rows):
            return why if why.startswith(target) else f"{target}: {why}"
        return f"{target}, {', '.join(labels)}: {why}"

    def table(self) -> RowsModel[Row]:
        """A table for this matrix; its columns are the boards."""
        return RowsModel(campaign_columns(self.targets, len(self.threads) > 1), lambda row: row.id)

    def start(
        self,
        variants: Sequence[str],
        targets: Sequence[str],
        threads: Sequence[int] = (1,),
        *,
        only_stale: bool = False,
        energy: bool = False,
        operators: bool = False,
    ) -> None:
        """Measure every variant on every board with every thread count."""
        if self.busy or not variants or not targets or not threads:
            return
        self.run = None
        self._variants, self.targets, self.threads = tuple(variants), tuple(targets), tuple(threads)
        self.rows = tuple(
            Row(variant, self._name(variant), self.deploy.name(variant), count)
            for variant in variants
            for count in threads
        )
        wanted = {"only_stale": only_stale, "energy": energy, "operators": operators}
        options: dict[str, Any] = {"threads": list(threads), **{name: given or None for name, given in wanted.items()}}
        self.deploy.measure(list(variants), list(targets), on=options)
        self.changed.emit()

    def resume(self) -> None:
        """Go on where the last campaign was cut."""
        if self.run is not None and self.resumable and not self.busy:
            self._session.start(self.run, {**self.run.operation.arguments, "resume": True})

    def stop(self) -> None:
        """Stop; what was measured is kept."""
        if self.run is not None:
            self.run.cancel()

    def _name(self, variant: str) -> str:
        return next((row.name for row in self.deploy.variants if row.id == variant), variant)

    def _began(self, run: Run) -> None:
        self.run = run
        run.changed.connect(self.changed)
        run.operation.stage.connect(self._staged)
        run.operation.ended.connect(self._ended)
        self.changed.emit()

    def _staged(self, event: Stage) -> None:
        """``verify``: "int8 on pi5"; ``measure``: "3 bundles on pi5, interleaved, 1 thread"."""
        if event.name == "verify":
            name, _, target = event.detail.rpartition(" on ")
            self._mark(target, CellState.VERIFYING, name)
        elif event.name == "measure" and (found := MEASURED_TOGETHER.search(event.detail)):
            self._mark(next((t for t in self.targets if found[1].startswith(f"{t},")), ""), CellState.MEASURING)

    def _mark(self, target: str, state: CellState, name: str | None = None) -> None:
        if target in self.targets:
            self.rows = tuple(
                row
                if name not in (None, row.name) or row.cells.get(target, Cell()).state.over
                else replace(row, cells={**row.cells, target: Cell(state)})
                for row in self.rows
            )
            self.changed.emit()

    def _ended(self, outcome: Outcome) -> None:
        if outcome.result is not None:
            self._take(outcome.result)
        else:  # what was not measured waits for the campaign to go on
            self.rows = tuple(
                replace(row, cells={t: c for t, c in row.cells.items() if c.state.over}) for row in self.rows
            )
        self.changed.emit()

    def _take(self, document: Mapping[str, Any]) -> None:
        cells = documents.objects(document.get("cells"))
        self.rows = tuple(replace(row, cells={**row.cells, **self._of(row, cells)}) for row in self.rows)

    def _of(self, row: Row, cells: Sequence[Mapping[str, Any]]) -> dict[str, Cell]:
        bundle = self.deploy.bundle_of(row.bundle)
        return {
            documents.text(item.get("target")): Cell(
                CellState(state),
                documents.number(item.get("p50_ms")),
                documents.text(item.get("reason")),
            )
            for item in cells
            if documents.text(item.get("bundle")).startswith(bundle or "\0")
            and documents.whole(item.get("threads")) == row.threads
            and (state := documents.text(item.get("state"))) in set(CellState)
        }


def campaign_state(model: CampaignModel) -> tuple[str, str]:
    """Kind of pill and word of the campaign as a whole."""
    if model.deploy.packing:
        return "info", QCoreApplication.translate("Campaign", "Packing")
    if model.run is None:
        return "idle", QCoreApplication.translate("Campaign", "Ready")
    if model.run.state is OperationState.SUCCEEDED and model.lost:
        if model.lost == model.done[1]:
            return "bad", QCoreApplication.translate("Campaign", "Nothing measured")
        return "warn", QCoreApplication.translate("Campaign", "Partly done")
    kinds = {OperationState.SUCCEEDED: "ok", OperationState.FAILED: "bad", OperationState.CRASHED: "bad"}
    kind = kinds.get(model.run.state, "info" if model.run.state.busy else "idle")
    return kind, wording.state(model.run.state)

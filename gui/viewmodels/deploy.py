"""The deploy page: variants x devices, every pair a cell with its own state, its own reason and its own retry."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from ..operations import OperationState
from ..protocol import Outcome
from . import documents, wording
from .devices import read_devices
from .query import Query
from .run import Run
from .session import Session
from .variants import VariantRow, read_variants

AT_ONCE = 2  # devices are served side by side, but not all twenty of them


class CellState(StrEnum):
    """State of one variant on one device."""

    WAITING = "waiting"
    PACKING = "packing"
    RUNNING = "running"
    PLANNED = "planned"
    VERIFIED = "verified"
    REJECTED = "rejected"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """True when nothing more happens by itself."""
        return self not in (CellState.WAITING, CellState.PACKING, CellState.RUNNING)


class DeployStep(IntEnum):
    """What a variant goes through on its way to a device, in this order."""

    PACK = 0
    CONNECT = 1
    CHECK = 2
    UPLOAD = 3
    VERIFY = 4
    SWITCH = 5


STEP_OF = {
    "deploy": DeployStep.CONNECT,
    "agent": DeployStep.CONNECT,
    "install the agent": DeployStep.CONNECT,
    "check runtimes": DeployStep.CHECK,
    "runtime": DeployStep.CHECK,
    "upload": DeployStep.UPLOAD,
    "verify": DeployStep.VERIFY,
    "activate": DeployStep.SWITCH,
}
"""The step of each stage the engine tells of."""


@dataclass(frozen=True)
class Cell:
    """One variant on one device: the step ``at`` which it is, how much of it is done (0..1, None = not known)."""

    variant: str
    target: str
    state: CellState
    at: DeployStep = DeployStep.PACK
    share: float | None = None
    reason: str = ""
    release: int | None = None


Key = tuple[str, str]


class DeployModel(QObject):
    """Packs each variant once, then deploys it to every target; a target's failure stops nobody else."""

    changed = Signal()
    measuring = Signal(object)  # gui.viewmodels.run.Run: a campaign began

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.project = Query(session, "project_show", self)
        self.devices = Query(session, "device_list", self)
        self.releases = Query(session, "releases", self)
        self.rollback_query = Query(session, "rollback", self)
        self.cells: dict[Key, Cell] = {}
        self.slot = "main"
        self.data: str | None = None
        self._on: dict[str, Any] = {}
        self._bundles: dict[str, str] = {}
        self._runs: dict[Key, Run] = {}
        self._packs: dict[str, Run] = {}
        self._to_measure: tuple[list[str], list[str]] | None = None
        self.trouble = ""
        self.only_check = False
        for query in (self.project, self.devices, self.releases, self.rollback_query):
            query.changed.connect(self.changed)
        self.rollback_query.answered.connect(self._rolled_back)
        session.changed.connect(self._stale)
        session.project_changed.connect(self._forget)

    @property
    def variants(self) -> list[VariantRow]:
        """Variants of the project."""
        return read_variants(self.project.document or {})

    @property
    def targets(self) -> list[str]:
        """Names of the devices."""
        return [row.name for row in read_devices(self.devices.document)]

    @property
    def busy(self) -> bool:
        """True while a cell is worked on."""
        return any(not cell.state.over for cell in self.cells.values())

    @property
    def steps(self) -> tuple[DeployStep, ...]:
        """The steps that are gone: a check ends before anything travels."""
        return tuple(step for step in DeployStep if not self.only_check or step <= DeployStep.CHECK)

    @property
    def failed(self) -> list[Key]:
        """Cells that can be tried again."""
        again = (CellState.FAILED, CellState.REJECTED, CellState.CANCELLED)
        return [key for key, cell in self.cells.items() if cell.state in again]

    def refresh(self) -> None:
        """Ask for variants and devices."""
        self.project.load()
        self.devices.load()

    def bundle_of(self, variant: str) -> str | None:
        """The bundle a variant was packed into by this window."""
        return self._bundles.get(variant)

    def name(self, variant: str) -> str:
        """Name of a variant for people."""
        return next((row.label for row in self.variants if row.id == variant), variant)

    def deploy(
        self,
        variants: list[str],
        targets: list[str],
        slot: str = "main",
        data: str | None = None,
        *,
        check: bool = False,
        on: Mapping[str, Any] | None = None,
    ) -> None:
        """Deploy every variant to every target.

        Args:
            check: only ask what each would take, and change nothing there.
            on: what the boards run it on: ``runtime``, ``provider``, ``delegate``, ``delegate_options``; else their usual.
        """
        if self.busy or not variants or not targets:
            return
        self.only_check = check
        self.slot, self.data, self._on = slot, data, dict(on or {})
        self.cells = {(v, t): Cell(v, t, CellState.WAITING, self._first_step(v)) for t in targets for v in variants}
        self._runs.clear()
        self._next()

    def measure(
        self,
        variants: list[str],
        targets: list[str],
        data: str | None = None,
        *,
        on: Mapping[str, Any] | None = None,
    ) -> None:
        """Measure every variant on every target, ``on`` as in :meth:`deploy`; what was not packed yet is packed first."""
        if self.busy or self._to_measure is not None or not variants or not targets:
            return
        self.data, self.trouble, self._on = data, "", dict(on or {})
        self._to_measure = (variants, targets)
        self._measure_when_packed()

    @property
    def packing(self) -> bool:
        """True while variants are packed to be measured."""
        return self._to_measure is not None

    def _measure_when_packed(self) -> None:
        assert self._to_measure is not None
        variants, targets = self._to_measure
        missing = [variant for variant in variants if variant not in self._bundles]
        if missing:
            self._pack(missing[0])
        else:
            self._to_measure = None
            wanted = {"bundles": [self._bundles[v] for v in variants], "targets": targets, **self._on}
            self.measuring.emit(self._session.run("profile_run", wanted))
        self.changed.emit()

    def retry(self) -> None:
        """Try the cells again that did not end well; the others are left alone."""
        for key in self.failed:
            self.cells[key] = Cell(*key, CellState.WAITING, self._first_step(key[0]))
        self._next()

    def cancel(self) -> None:
        """Stop all that has not ended."""
        for key, cell in list(self.cells.items()):
            if cell.state in (CellState.WAITING, CellState.PACKING):
                self.cells[key] = replace(cell, state=CellState.CANCELLED)
        for run in (*self._runs.values(), *self._packs.values()):
            run.cancel()
        self.changed.emit()

    def show_releases(self, target: str) -> None:
        """Ask a device for its releases."""
        self.releases.load(target=target)

    def roll_back(self, target: str, slot: str) -> None:
        """Return a slot of a device to the bundle before."""
        self.rollback_query.load(targets=[target], slot=slot)

    def slots(self) -> list[tuple[str, int | None, list[tuple[int, str, str]]]]:
        """Slots of the device that was asked: name, current release, releases with their state."""
        document = self.releases.document or {}
        return [
            (
                name,
                documents.whole(documents.object_(slot).get("current")),
                [
                    (
                        documents.whole(r.get("release")) or 0,
                        documents.text(r.get("name")),
                        documents.text(r.get("state")),
                    )
                    for r in documents.objects(documents.object_(slot).get("releases"))
                ],
            )
            for name, slot in documents.object_(document.get("slots")).items()
        ]

    def _first_step(self, variant: str) -> DeployStep:
        return DeployStep.CONNECT if variant in self._bundles else DeployStep.PACK

    def _next(self) -> None:
        """Start what may run now."""
        for key in list(self.cells):
            if self.cells[key].state is not CellState.WAITING:
                continue
            if key[0] not in self._bundles:
                self._pack(key[0])
                continue
            running = [k for k, c in self.cells.items() if c.state is CellState.RUNNING]
            if len(running) >= AT_ONCE or key[1] in {target for _, target in running}:
                continue
            self._place(key)
        self.changed.emit()

    def _pack(self, variant: str) -> None:
        self._mark(variant, CellState.WAITING, CellState.PACKING)
        run = Run(self._session.operation("bundle"), self)
        self._packs[variant] = run
        run.operation.ended.connect(lambda outcome: self._packed(variant, outcome))
        self._session.start(run, {"variant": variant, "data": self.data})

    def _packed(self, variant: str, outcome: Outcome) -> None:
        if outcome.result is not None:
            self._bundles[variant] = documents.text(outcome.result.get("id"))
            self._mark(variant, CellState.PACKING, CellState.WAITING)
        else:
            self._mark(variant, CellState.PACKING, CellState.FAILED, _reason(outcome))
        if self._to_measure is not None:
            if outcome.result is not None:
                self._measure_when_packed()
                return
            self._to_measure, self.trouble = None, _reason(outcome)
        self._next()

    def _mark(self, variant: str, before: CellState, after: CellState, reason: str = "") -> None:
        for key, cell in list(self.cells.items()):
            if key[0] == variant and cell.state is before:
                self.cells[key] = replace(cell, state=after, at=self._first_step(variant), reason=reason)

    def _place(self, key: Key) -> None:
        self.cells[key] = replace(self.cells[key], state=CellState.RUNNING)
        run = Run(self._session.operation("deploy"), self)
        self._runs[key] = run
        run.changed.connect(lambda: self._moved(key, run))
        run.operation.ended.connect(lambda outcome: self._placed(key, outcome))
        asked = {"bundle": self._bundles[key[0]], "targets": [key[1]], "slot": self.slot, **self._on}
        self._session.start(run, {**asked, "dry_run": True} if self.only_check else asked)

    def _moved(self, key: Key, run: Run) -> None:
        cell = self.cells.get(key)
        if cell is not None and cell.state is CellState.RUNNING:
            self.cells[key] = replace(cell, at=STEP_OF.get(run.step.name, cell.at), share=run.step.share)
            self.changed.emit()

    def _placed(self, key: Key, outcome: Outcome) -> None:
        if key not in self.cells:
            return
        found = documents.objects((outcome.result or {}).get("placements"))
        if found:
            planned, verified = documents.text(found[0].get("state")) == "planned", found[0].get("verified") is True
            proved, at = CellState.REJECTED, DeployStep.VERIFY
            if planned:
                proved, at = CellState.PLANNED, DeployStep.CHECK
            elif verified:
                proved, at = CellState.VERIFIED, DeployStep.SWITCH
            sent = documents.whole(documents.object_(found[0].get("upload")).get("bytes"))
            told = documents.text(found[0].get("reason"))
            self.cells[key] = Cell(
                *key,
                proved,
                at,
                reason=wording.to_send(sent, told) if planned else told,
                release=documents.whole(found[0].get("release")),
            )
        else:
            cancelled = outcome.failure is None and outcome.crash is None
            state = CellState.CANCELLED if cancelled else CellState.FAILED
            self.cells[key] = Cell(*key, state, self.cells[key].at, reason=_reason(outcome))
        self._next()

    def _rolled_back(self) -> None:
        if target := self.releases.arguments.get("target"):
            self.releases.load(target=target)

    def _stale(self, verb: str) -> None:
        if self.project.document is not None and verb in ("demo", "compress", "choose"):
            self.project.load()

    def _forget(self) -> None:
        self._bundles.clear()
        self.cells = {}
        self.project.forget()


def _reason(outcome: Outcome) -> str:
    if outcome.failure is not None:
        return f"{outcome.failure.message}; {outcome.failure.remedy}"
    return "" if outcome.crash is None else wording.crash(outcome.crash)


def step_name(step: DeployStep) -> str:
    """Head of the column of a step."""
    return {
        DeployStep.PACK: QCoreApplication.translate("Deploy", "Pack"),
        DeployStep.CONNECT: QCoreApplication.translate("Deploy", "Connect"),
        DeployStep.CHECK: QCoreApplication.translate("Deploy", "Check"),
        DeployStep.UPLOAD: QCoreApplication.translate("Deploy", "Upload"),
        DeployStep.VERIFY: QCoreApplication.translate("Deploy", "Verify"),
        DeployStep.SWITCH: QCoreApplication.translate("Deploy", "Switch over"),
    }[step]


def step_words(cell: Cell, step: DeployStep) -> tuple[str, str]:
    """Kind of pill and word of a step of a cell; an empty word where it was not begun."""
    if step > cell.at:
        return "idle", ""
    if step < cell.at:
        proved = step is DeployStep.VERIFY and cell.state is CellState.VERIFIED
        return "ok", wording.verified() if proved else wording.state(OperationState.SUCCEEDED)
    running = wording.state(OperationState.RUNNING) if cell.share is None else f"{int(100 * cell.share)} %"
    release = QCoreApplication.translate("Deploy", "Release {0}").format(cell.release)
    return {
        CellState.WAITING: ("idle", wording.waiting()),
        CellState.PACKING: ("info", running),
        CellState.RUNNING: ("info", running),
        CellState.PLANNED: ("ok", wording.planned()),
        CellState.VERIFIED: ("ok", wording.state(OperationState.SUCCEEDED) if cell.release is None else release),
        CellState.REJECTED: ("bad", wording.rejected()),
        CellState.FAILED: ("bad", wording.state(OperationState.FAILED)),
        CellState.CANCELLED: ("idle", wording.state(OperationState.CANCELLED)),
    }[cell.state]


def summary(cells: Mapping[Any, Cell]) -> tuple[int, int, int]:
    """How many cells are verified, failed or rejected, and all of them."""
    states = [cell.state for cell in cells.values()]
    bad = sum(state in (CellState.FAILED, CellState.REJECTED) for state in states)
    return states.count(CellState.VERIFIED), bad, len(states)

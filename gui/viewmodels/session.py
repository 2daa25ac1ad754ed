"""The project that is open, and the door to the engine: every worker of the window is started here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from ..bridge import WorkerProcess
from ..operations import Operation, WorkerFactory
from .run import Run

OF_A_PROJECT = frozenset(
    {
        "project_show",
        "compare_layers",
        "evaluate",
        "explain",
        "robustness",
        "profile_cover",
        "export",
        "job_list",
        "job_show",
        "compress",
        "forecast",
        "choose",
        "bundle",
        "deploy",
        "measure",
        "measure_scenario",
        "offline",
        "effects",
        "profile_predict",
        "profile_transfer",
        "profile_run",
        "report",
        "fleet_rollout",
        "fleet_resume",
        "fleet_pause",
        "fleet_cancel",
        "fleet_status",
    }
)
CHANGING = frozenset(
    {
        "demo",
        "compress",
        "choose",
        "bundle",
        "deploy",
        "rollback",
        "fleet_rollout",
        "fleet_resume",
        "measure",
        "measure_scenario",
        "profile_import",
        "profile_check",
        "device_add",
        "device_add_from",
        "device_remove",
        "report",
        "profile_run",
    }
)
HEAVY = frozenset({"compress", "choose", "demo", "profile_run", "pipeline", "measure", "measure_scenario"})
"""Verbs that need the whole computer, or the boards to themselves: one at a time, the next ones wait."""
CUT_OFF = HEAVY | {"deploy", "fleet_rollout", "fleet_resume", "device_add", "device_add_from"}
"""Verbs whose end in their middle costs a person something."""


class Session(QObject):
    """Knows the open project and all operations; ``changed`` tells that a verb changed something on disk."""

    project_changed = Signal()
    changed = Signal(str)  # name of the verb that ended and may have changed what pages show
    run_started = Signal(object)  # gui.viewmodels.run.Run
    quiet = Signal()  # no worker is left

    def __init__(
        self, project: Path | None = None, worker_factory: WorkerFactory = WorkerProcess, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.project = project
        self.closing = False  # nothing begins anew then
        self._factory = worker_factory
        self._operations: list[Operation] = []
        self._queue: list[Run] = []
        self.runs: list[Run] = []

    @property
    def name(self) -> str:
        """Name of the project for people."""
        return (self.project or Path.cwd()).name

    @property
    def folder(self) -> Path:
        """Folder of the project."""
        return self.project or Path.cwd()

    def open(self, folder: Path) -> None:
        """Work on another project."""
        if folder != self.project:
            self.project = folder
            self.project_changed.emit()

    def operation(self, verb: str, parent: QObject | None = None) -> Operation:
        """A new operation for a verb; it is ended with the window."""
        made = Operation(verb, self._factory, parent or self)
        self.watch(made)
        return made

    def watch(self, operation: Operation) -> None:
        """End this operation with the window, too."""
        self._operations.append(operation)
        operation.ended.connect(lambda outcome: self._one_ended(operation))
        operation.destroyed.connect(lambda: self._forget(operation))

    def arguments(self, verb: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Arguments of a verb, with the project where the verb works on one; what is None is left out."""
        own = {"project": str(self.project)} if self.project is not None and verb in OF_A_PROJECT else {}
        return {**own, **{key: value for key, value in given.items() if value is not None}}

    def run(self, verb: str, given: Mapping[str, Any]) -> Run:
        """Start long work that pages follow; ``changed`` comes when it ends."""
        run = Run(self.operation(verb), self)
        self.start(run, given)
        return run

    def start(self, run: Run, given: Mapping[str, Any]) -> None:
        """Start a run that somebody else made; heavy work waits for the heavy work before it."""
        arguments = self.arguments(run.operation.verb, given)
        if run not in self.runs:
            self.runs.append(run)
            run.destroyed.connect(lambda: self._leave(run))
        if run.operation.verb in HEAVY and self.heavy:
            run.wait(arguments)
            self._queue.append(run)
        else:
            run.start(arguments)
        self.run_started.emit(run)

    @property
    def heavy(self) -> bool:
        """True while heavy work runs or waits."""
        return bool(self.waiting) or any(o.state.busy for o in self._operations if o.verb in HEAVY)

    @property
    def costly(self) -> bool:
        """True while work runs or waits that a person would have to begin or resume again."""
        return bool(self.waiting) or any(o.state.busy for o in self._operations if o.verb in CUT_OFF)

    @property
    def waiting(self) -> list[Run]:
        """The queue, the next one first."""
        return [run for run in self._queue if run.waits]

    def _leave(self, run: Run) -> None:
        for known in (self._queue, self.runs):
            if run in known:
                known.remove(run)

    def _start_next(self) -> None:
        self._queue = self.waiting
        if self._queue and not any(o.state.busy for o in self._operations if o.verb in HEAVY):
            run = self._queue.pop(0)
            run.start(run.operation.arguments)

    @property
    def busy(self) -> bool:
        """True while any worker lives."""
        return any(operation.state.busy for operation in self._operations)

    def shut_down(self) -> None:
        """The window goes; ``quiet`` comes when the last worker is gone."""
        self.closing = True
        self._queue.clear()
        for operation in list(self._operations):
            operation.shut_down()

    def _forget(self, operation: Operation) -> None:
        if operation in self._operations:
            self._operations.remove(operation)

    def _one_ended(self, operation: Operation) -> None:
        if operation.verb in CHANGING:
            self.changed.emit(operation.verb)
        self._start_next()
        if not self.busy:
            self.quiet.emit()

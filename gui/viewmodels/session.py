"""The project that is open, and the door to the engine: every worker of the window is started here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from ..bridge import WorkerProcess
from ..operations import Operation, WorkerFactory
from .run import Run

OF_A_PROJECT = frozenset(
    {"project_show", "job_list", "job_show", "compress", "bundle", "deploy", "measure", "profile_run", "report"}
)
CHANGING = frozenset(
    {
        "demo",
        "compress",
        "bundle",
        "deploy",
        "rollback",
        "measure",
        "device_add",
        "device_remove",
        "report",
        "profile_run",
    }
)


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
        self._factory = worker_factory
        self._operations: list[Operation] = []

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
        """Start a run that somebody else made."""
        run.start(self.arguments(run.operation.verb, given))
        self.run_started.emit(run)

    @property
    def busy(self) -> bool:
        """True while any worker lives."""
        return any(operation.state.busy for operation in self._operations)

    def shut_down(self) -> None:
        """The window goes; ``quiet`` comes when the last worker is gone."""
        for operation in list(self._operations):
            operation.shut_down()

    def _forget(self, operation: Operation) -> None:
        if operation in self._operations:
            self._operations.remove(operation)

    def _one_ended(self, operation: Operation) -> None:
        if operation.verb in CHANGING:
            self.changed.emit(operation.verb)
        if not self.busy:
            self.quiet.emit()

"""The jobs page: journals of the project and the runs of this window, one of them in focus."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from .jobs import JobRow, Story, columns, read_jobs, read_story, row_id
from .query import Query
from .rows import RowsModel
from .run import Run
from .selection import Selection
from .session import Session


class JobsModel(QObject):
    """Lists jobs; the journal of the selected one is read when it is selected."""

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.list = Query(session, "job_list", self)
        self.story_query = Query(session, "job_show", self)
        self.table: RowsModel[JobRow] = RowsModel(columns(), row_id, self)
        self.selection = Selection(self)
        self.runs: list[Run] = []
        self.story: Story | None = None
        self._waiting: dict[str, Run] = {}
        self._newest: Run | None = None  # what was begun last is looked at first
        self.list.answered.connect(self._listed)
        self.list.changed.connect(self.changed)
        self.story_query.answered.connect(self._told)
        self.story_query.changed.connect(self.changed)
        self.selection.changed.connect(self._selected)
        session.run_started.connect(self._started)
        session.changed.connect(lambda verb: self.refresh())
        for run in session.runs:
            self._started(run)
        session.project_changed.connect(self._forget)

    @property
    def job(self) -> JobRow | None:
        """The selected job."""
        place = None if self.selection.first is None else self.table.position(self.selection.first)
        return None if place is None else self.table.row(place)

    @property
    def run(self) -> Run | None:
        """The run of this window behind the selected job, if it is one."""
        job = self.job
        if job is None:
            return None
        return self._waiting.get(job.id) or next((r for r in self.runs if job.pid and r.pid == job.pid), None)

    def refresh(self) -> None:
        """Read the journals again."""
        self.list.load()

    def retranslate(self) -> None:
        """The language changed: the lines of the log are new."""
        self.table.retranslate()
        self._told()

    def resume(self) -> None:
        """Run the selected job's verb with the arguments it had; finished steps are not done again."""
        job = self.job
        if job is not None and job.resumable and job.request is not None:
            self._session.run(job.verb.replace("-", "_"), job.request)

    def _started(self, run: Run) -> None:
        if run in self.runs:
            return
        self.runs.append(run)
        self._newest = run
        run.operation.accepted.connect(lambda event: self.refresh())
        run.operation.state_changed.connect(lambda state: self._queue_changed())
        self._queue_changed()

    def _queue_changed(self) -> None:
        wanted = {f"waiting-{id(run)}": run for run in self._session.waiting}
        if wanted != self._waiting:
            self._waiting = wanted
            self._listed()

    def _listed(self) -> None:
        waiting = [
            JobRow(name, run.operation.verb, "waiting", run.operation.arguments, None, None)
            for name, run in self._waiting.items()
        ]
        self.table.show([*reversed(waiting), *read_jobs(self.list.document)])
        newest = next(
            (job for job in self.table.rows if job.pid and self._newest and job.pid == self._newest.pid), None
        )
        if newest is not None:
            self._newest = None
            self.selection.select([newest.id])
        if self.job is None and self.table.rows:
            self.selection.select([self.table.id_at(0)])
        else:
            self._selected()

    def _selected(self) -> None:
        self.story = None
        if self.job is not None and self.run is None:
            self.story_query.load(job=self.job.id)
        self.changed.emit()

    def _told(self) -> None:
        document: Mapping[str, Any] = self.story_query.document or {}
        if self.job is not None and self.story_query.arguments.get("job") == self.job.id:
            self.story = read_story(document)

    def _forget(self) -> None:
        self.table.show([])
        self.selection.select([])
        self.list.forget()

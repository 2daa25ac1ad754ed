"""The start page: header, the state of the run, the log, the bar at the bottom."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from ...actions import Command
from ...operations import OperationState
from ...settings import sample_project
from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.jobs import interrupted
from ...viewmodels.log_line import LogLine
from ...viewmodels.query import Query
from ...viewmodels.session import Session
from ...viewmodels.start import StartModel
from ...widgets.jobbar import JobBar
from ...widgets.layout import button, column
from ...widgets.log import LogPanel
from ...widgets.page import Page
from .empty import EmptyState
from .gained import GainedState
from .interrupted import InterruptedCard, SampleCard
from .notice import NoticeState
from .recent import Recent, RecentCard
from .running import RunningState

Opener = Callable[[str], bool]


def open_file(path: str) -> bool:
    """Open a file with the program the desktop has for it."""
    return bool(QDesktopServices.openUrl(QUrl.fromLocalFile(path)))


class StartPage(Page):
    """Shows a :class:`StartModel`, the ways into the program, and jobs that were interrupted."""

    def __init__(
        self,
        model: StartModel,
        session: Session,
        style: Style,
        command: Callable[[str], Command],
        opener: Opener = open_file,
        recent: Callable[[], Sequence[Recent]] = tuple,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(style, parent)
        self.model = model
        self._command = command
        self._jobs = Query(session, "job_list", self)
        self._jobs.changed.connect(self.render_state)
        self._sample = Query(session, "job_list", self)
        self._sample.changed.connect(self.render_state)
        self._session = session
        self._opener, self._recent = opener, recent
        self._log_wanted = False
        self.run_command = Command("run", "Ctrl+R", model.run, lambda: not model.state.busy)
        self.cancel_command = Command("cancel", "Ctrl+.", model.cancel, lambda: model.state is OperationState.RUNNING)
        self.report_command = Command("open-report", "Ctrl+E", self._open_report, lambda: self._report is not None)
        self.log_command = Command("toggle-log", "Ctrl+L", self._toggle_log, lambda: self._log_is_optional)
        self._build(style)
        model.changed.connect(self.render_state)
        model.logged.connect(self.log.append)
        model.log_cleared.connect(self._new_run)
        self.retranslate()

    @property
    def commands(self) -> list[Command]:
        """What can be done on this page."""
        return [self.run_command, self.cancel_command, self.report_command, self.log_command]

    def _build(self, style: Style) -> None:
        self.log_button = button(self.log_command)
        self.again_button = button(self.run_command)
        self.report_button = button(self.report_command, primary=True)
        self.empty = EmptyState(self.model, self.run_command, style, lambda id_: self._command(id_)())
        self.interrupted = InterruptedCard(lambda: self._command("go-jobs")())
        self.recent = RecentCard()
        self.sample = SampleCard(self._resume_sample)
        self.running = RunningState(self.model, style)
        self.notice = NoticeState(self.model, self.run_command)
        self.gained = GainedState(self.model, style)
        self.log = LogPanel()
        self.job = JobBar(self.cancel_command)
        self._parts = (self.empty, self.running, self.notice, self.gained)
        inside = column(self.interrupted, self.sample, *self._parts, self.recent, self.log, gap=Space.L)
        for part, share in ((self.empty, 1), (self.gained, 2), (self.log, 1)):
            inside.setStretchFactor(part, share)
        self.content.setLayout(inside)
        self.frame(self.log_button, self.again_button, self.report_button, footer=self.job)

    def activate(self) -> None:
        """Look for jobs that were interrupted."""
        if self.isVisible():
            self._jobs.load()
            if self.model.state is OperationState.IDLE:
                self._look_for_sample()

    def _look_for_sample(self) -> None:
        """The sample project lies in the user's data folder: a run of it that was cut off is asked for there."""
        folders = [sample_project(quick) for quick in (self.model.quick, not self.model.quick)]
        found = next((folder for folder in folders if folder.is_dir() and folder != self._session.project), None)
        if found is not None:
            self._sample.load(project=str(found))

    def _resume_sample(self) -> None:
        job = next(iter(interrupted(self._sample.document)), None)
        if job is not None:
            self.model.quick = (job.request or {}).get("quick") is True
            self.model.run()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Start"))
        self.again_button.setText(self.tr("Run again"))
        self.again_button.setToolTip(self.run_command.hint)
        self.report_button.setText(self.tr("Open report"))
        self.report_button.setToolTip(self.report_command.hint)
        self.log_button.setToolTip(self.log_command.hint)
        for part in (*self._parts, self.log, self.job, self.interrupted, self.sample, self.recent):
            part.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        state = self.model.state
        succeeded = state is OperationState.SUCCEEDED and self.model.results is not None
        shown = self._part(state)
        for part in self._parts:
            part.setVisible(part is shown)
        shown.render_state()
        self.log.setVisible(state is not OperationState.IDLE and (not succeeded or self._log_wanted))
        self.log_button.setVisible(succeeded)
        self.log_button.setText(self.tr("Hide log") if self._log_wanted else self.tr("View log"))
        self.again_button.setVisible(succeeded)
        self.report_button.setVisible(succeeded and self._report is not None)
        self.sentence.setText(self._sentence(state))
        waiting = interrupted(self._jobs.document)
        self.interrupted.show_count(len(waiting))
        self.interrupted.setVisible(bool(waiting) and not state.busy)
        self.sample.setVisible(state is OperationState.IDLE and bool(interrupted(self._sample.document)))
        self._show_recent(state)
        self._render_job(state)

    def _show_recent(self, state: OperationState) -> None:
        found = self._recent() if state is OperationState.IDLE else ()
        self.recent.show_recent(found)
        self.recent.setVisible(bool(found))

    def _part(self, state: OperationState) -> EmptyState | RunningState | NoticeState | GainedState:
        if state.busy:
            return self.running
        if state is OperationState.IDLE:
            return self.empty
        return self.gained if state is OperationState.SUCCEEDED else self.notice

    def _sentence(self, state: OperationState) -> str:
        if state.busy:
            return self.tr("The sample project is running. Everything stays on this computer.")
        if (results := self.model.results) is not None and state is OperationState.SUCCEEDED:
            return self.tr("{0} of {1} variants were deployed and verified on the device, then measured there.").format(
                results.verified, results.placed
            )
        if state is OperationState.IDLE:
            return self.tr("Compress a network, put it on a board, measure it there.")
        return self.tr("The sample project has no result yet.")

    def _render_job(self, state: OperationState) -> None:
        self.job.setVisible(state.busy)
        step, spent = self.model.step, self.model.step_s
        title = wording.stage(step.name) if step.name else self.tr("Starting")
        self.job.show_step(
            title, wording.stage_detail(step.detail), step.share, wording.rest(step.share, step.eta_s, spent)
        )
        self.job.show_silence(self.model.silent)
        stopping = state is OperationState.CANCELLING
        self.job.cancel_button.setText(self.tr("Stopping…") if stopping else self.tr("Cancel"))
        self.job.cancel_button.setToolTip(self.cancel_command.hint)
        self.job.cancel_button.setEnabled(not stopping)

    @property
    def _report(self) -> str | None:
        results = self.model.results
        return None if results is None or self.model.state is not OperationState.SUCCEEDED else results.report

    @property
    def _log_is_optional(self) -> bool:
        return self.model.state is OperationState.SUCCEEDED

    def _toggle_log(self) -> None:
        self._log_wanted = not self._log_wanted
        self.render_state()

    def _open_report(self) -> None:
        if self._report is not None and not self._opener(self._report):
            self._log_wanted = True
            path = self._report
            words = self.tr("No program opened the report. It is here: {0}")
            self.log.append([LogLine("", lambda: words.format(path))])
            self.render_state()

    def _new_run(self) -> None:
        self._log_wanted = False
        self.log.clear()

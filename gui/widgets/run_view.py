"""A run in full: state, step, bar, curves, log; of a run of this window or of a journal."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QProgressBar, QWidget

from ..operations import OperationState
from ..theme.style import Style
from ..theme.tokens import Space
from ..viewmodels import wording
from ..viewmodels.curves import Curves
from ..viewmodels.log_line import LogLine
from ..viewmodels.metrics import metric_name
from ..viewmodels.run import Run
from ..viewmodels.saying import with_remedy
from .choices import choice_box, choose_from, chosen
from .layout import Card, button, column, row
from .log import LogPanel
from .plots import LinePlot
from .text import Pill, ShrinkingText, Text

PILLS = {
    OperationState.WAITING: "idle",
    OperationState.RUNNING: "info",
    OperationState.CANCELLING: "warn",
    OperationState.SUCCEEDED: "ok",
    OperationState.FAILED: "bad",
    OperationState.CANCELLED: "idle",
    OperationState.CRASHED: "bad",
}


class RunView(QWidget):
    """Shows a :class:`Run` while it goes on, or what a journal tells; ``wide``: curves and log stand side by side."""

    def __init__(self, style: Style, *, wide: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: Run | None = None
        self._curves = Curves()
        self.pill, self.step = Pill(), Text("strong")
        self.detail = ShrinkingText("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.words, self.remedy = Text("caption"), Text("muted", wrap=True)
        self.cancel_button = button(self._cancel)
        self.resume_button = button(self._resume)
        self.finish_button = button(self._finish)
        self.whole = Text("caption")
        self._again: Callable[[], object] | None = None
        self.choice = choice_box()
        self.choice.currentIndexChanged.connect(lambda: self._draw())
        self.plot = LinePlot(style)
        self.log = LogPanel()
        head = row(self.pill, self.step, self.detail, None, self.words)
        below = row(self.whole, None, self.finish_button, self.cancel_button, self.resume_button)
        self.status = Card()
        self.status.setLayout(
            column(head, self.bar, self.remedy, below, gap=Space.S, margins=(Space.L, Space.M, Space.L, Space.M))
        )
        self._plot_title = Text("card-title")
        self.plot_card = Card()
        self.plot_card.setLayout(
            column(row(self._plot_title, None, self.choice), self.plot, margins=(Space.L, Space.M, Space.L, Space.M))
        )
        told = (row if wide else column)(self.plot_card, self.log, gap=Space.M)
        told.setStretch(0, 1)
        told.setStretch(1, 1)
        whole = column(self.status, told, gap=Space.M)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.plot_card.hide()
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts."""
        self.cancel_button.setText(self.tr("Cancel"))
        self.resume_button.setText(self.tr("Resume"))
        self.finish_button.setText(self.tr("Stop and keep the best"))
        self._plot_title.setText(self.tr("Progress"))
        self.choice.setAccessibleName(self.tr("Metric"))
        self.plot.setAccessibleName(self.tr("Progress"))
        self.bar.setAccessibleName(self.tr("Progress of this step"))
        self.log.retranslate()
        if self._run is not None:
            self.render_state()

    def show_run(self, run: Run | None) -> None:
        """Follow this run; None follows nothing."""
        if run is self._run:
            return
        if self._run is not None:
            self._run.changed.disconnect(self.render_state)
            self._run.logged.disconnect(self.log.append)
            self._run.log_cleared.disconnect(self.log.clear)
        self._run = run
        if run is not None:
            self.log.show_lines(list(run.log))
            run.changed.connect(self.render_state)
            run.logged.connect(self.log.append)
            run.log_cleared.connect(self.log.clear)
            self.render_state()

    def show_story(
        self,
        state: tuple[str, str],
        title: str,
        lines: Sequence[LogLine],
        curves: Curves,
        failure: str,
        resume: Callable[[], object] | None,
    ) -> None:
        """Show a journal: kind and word of its state, what it is, its log, its curves, its way to go on."""
        self.show_run(None)
        self.pill.show_state(*state)
        self.step.setText(title)
        self.detail.show_text("")
        self.detail.hide()
        self.words.setText("")
        self.bar.hide()
        self._say(failure)
        self.cancel_button.hide()
        self.finish_button.hide()
        self.whole.hide()
        self._again = resume
        self.resume_button.setVisible(resume is not None)
        self.log.show_lines(lines)
        self._show_curves(curves)

    def render_state(self) -> None:
        """Show what the run says."""
        run = self._run
        if run is None:
            return
        self.pill.show_state(PILLS.get(run.state, "idle"), wording.state(run.state))
        beginning = self.tr("Waits for the job before it") if run.waits else ""
        if run.state.busy:
            beginning = self.tr("Starting")
        self.step.setText(wording.stage(run.step.name) if run.step.name else beginning)
        self.detail.setVisible(bool(run.step.detail))
        self.detail.show_text(wording.stage_detail(run.step.detail))
        self.bar.setVisible(run.state.busy)
        self.bar.setValue(0 if run.step.share is None else round(1000 * run.step.share))
        self.words.setText(wording.rest(run.step.share, run.step.eta_s, run.step_s) if run.state.busy else "")
        notice = run.notice
        self._say("" if notice is None else with_remedy(notice.message, notice.remedy))
        self.whole.setText(wording.whole_run(run.spent_s, run.expected_s, run.memory_bytes) if run.state.busy else "")
        self.whole.setVisible(run.state.busy)
        self.finish_button.setVisible(run.state.busy and (run.can_finish or run.finishing))
        self.finish_button.setEnabled(run.can_finish)
        self.cancel_button.setVisible(run.state.busy or run.waits)
        self.cancel_button.setEnabled(run.state is OperationState.RUNNING or run.waits)
        self._again = run.retry
        self.resume_button.setVisible(notice is not None)
        self._show_curves(run.curves)

    def _say(self, failure: str) -> None:
        self.remedy.setText(failure)
        self.remedy.setVisible(bool(failure))

    def _show_curves(self, curves: Curves) -> None:
        self._curves = curves
        names = list(curves.names)
        choose_from(self.choice, [(name, metric_name(name)) for name in names])
        self.plot_card.setVisible(bool(names))
        self._draw()

    def _draw(self) -> None:
        name = chosen(self.choice)
        self.plot.show_curves(self._curves, [name] if name else [], self.tr("step"))

    def _cancel(self) -> None:
        if self._run is not None:
            self._run.cancel()

    def _finish(self) -> None:
        if self._run is not None:
            self._run.finish()
            self.render_state()

    def _resume(self) -> None:
        if self._again is not None:
            self._again()

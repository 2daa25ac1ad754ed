"""Jobs to the left, the selected one in full to the right."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.job_list import JobsModel
from ...viewmodels.jobs import KINDS, asked, job_state, made_lines
from ...viewmodels.session import Session
from ...widgets.facts import Facts
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.page import Page
from ...widgets.run_view import RunView
from ...widgets.table import Table
from ...widgets.text import Text

TABLE_PIXELS, ASKED_PIXELS = 280, 150  # of a small window


class JobsPage(Page):
    """Shows a :class:`JobsModel`."""

    def __init__(
        self, session: Session, style: Style, go: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(style, parent)
        self._go = go
        self.model = JobsModel(session, self)
        self.refresh_button = button(self.model.refresh)
        self.table = Table(self.model.table, style, self.model.selection)
        self.view = RunView(style)
        listed = Card()
        listed.setMinimumWidth(TABLE_PIXELS)
        self._listed_title = Text("card-title")
        listed.setLayout(column(self._listed_title, self.table, margins=(Space.L, Space.M, Space.L, Space.M)))
        self._asked_title, self.asked = Text("card-title"), Facts()
        self.asked_card = Card()
        self.asked_card.setMinimumHeight(ASKED_PIXELS)
        asked = Scrolled(column(self.asked, None))
        self.asked_card.setLayout(
            column(self._asked_title, asked, gap=Space.M, margins=(Space.L, Space.M, Space.L, Space.L))
        )
        left = column(listed, self.asked_card, gap=Space.M)
        left.setStretch(0, 1)
        whole = row(left, self.view, gap=Space.M)
        whole.setStretch(0, 5)
        whole.setStretch(1, 6)
        self.content.setLayout(whole)
        self.frame(self.refresh_button)
        self.model.changed.connect(self.render_state)

    def activate(self) -> None:
        """Read the journals."""
        self.model.refresh()

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Jobs"))
        self.refresh_button.setText(self.tr("Refresh"))
        self._listed_title.setText(self.tr("All jobs"))
        self._asked_title.setText(self.tr("What was asked"))
        self.table.setAccessibleName(self.tr("Jobs"))
        self.model.retranslate()
        self.view.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        running = sum(job.state == "running" for job in model.table.rows)
        idle = self.tr("Every job is journalled: it can be closed, killed and resumed.")
        self.sentence.setText(self.tr("{0} running").format(running) if running else idle)
        if self.show_query(model.list, model.refresh):
            return
        if not model.table.total:
            self.show_message(
                "jobs",
                self.tr("Nothing ran in this project yet"),
                self.tr("A compression appears here while it runs and stays with its log and its curves."),
                self.tr("Compress a model"),
                lambda: self._go("compress"),
                drop=False,
            )
            return
        self.show_content()
        job = model.job
        self.view.setVisible(job is not None)
        self.asked_card.setVisible(job is not None)
        if job is None:
            return
        told = model.run or model.story
        made = made_lines(told.made) if told is not None else ""
        self.asked.show_facts([(self.tr("Job"), job.id), *asked(job.request), (self.tr("What it made"), made)])
        if model.run is not None:
            self.view.show_run(model.run)
        elif model.story is not None:
            story = model.story
            state = (KINDS.get(job.state, "idle"), job_state(job.state))
            resume = model.resume if job.resumable else None
            why = story.failure
            if not why and job.state == "interrupted":
                why = self.tr("It was cut off before it was done. Resume goes on from its last finished step.")
            self.view.show_story(state, job.what, story.lines, story.curves, why, resume)

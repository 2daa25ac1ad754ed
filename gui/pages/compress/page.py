"""The wizard's frame: steps above, one of them in the middle, Back and Next below."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QFrame, QStackedWidget, QWidget

from ...settings import state_dir
from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.saying import trouble
from ...viewmodels.session import Session
from ...viewmodels.wizard import WizardModel, WizardStep
from ...widgets.layout import button, column, row
from ...widgets.page import Page, take_focus
from ...widgets.step_bar import StepBar
from ...widgets.text import Text
from .data import DataStep
from .methods import MethodsStep
from .model import ModelStep
from .result import ResultStep
from .review import ReviewStep
from .step import Steps
from .target import TargetStep


class CompressPage(Page):
    """Shows a :class:`WizardModel`."""

    def __init__(
        self, session: Session, style: Style, go: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(style, parent)
        self.model = WizardModel(session, state_dir() / "wizard.json", self)
        self.bar = StepBar(len(WizardStep), lambda number: self.model.go(WizardStep(number)))
        self.stack = QStackedWidget()
        self.steps = Steps(
            (
                lambda: ModelStep(self.model, style),
                lambda: DataStep(self.model, style),
                lambda: TargetStep(self.model, style),
                lambda: MethodsStep(self.model, style),
                lambda: ReviewStep(self.model, style),
                lambda: ResultStep(self.model, style, go),
            ),
            self.stack,
        )
        self.undo_button, self.redo_button = button(self.model.undo), button(self.model.redo)
        self.open_button, self.save_button = button(self.open_recipe), button(self.save_recipe)
        self.back_button = button(self._back)
        self.next_button = button(self._next, primary=True)
        self.reason = Text("muted", wrap=True)
        footer = QFrame()
        footer.setObjectName("jobbar")
        line = row(
            self.back_button, Space.S, self.reason, self.next_button, margins=(Space.XL, Space.S, Space.XL, Space.S)
        )
        line.setStretch(2, 1)
        footer.setLayout(line)
        self.footer = footer
        inside = column(self.bar, self.stack, gap=Space.L)
        inside.setStretch(1, 1)
        self.content.setLayout(inside)
        self.frame(self.undo_button, self.redo_button, self.open_button, self.save_button, footer=footer)
        self.model.changed.connect(self.render_state)
        self.model.result_changed.connect(self.render_state)

    def activate(self) -> None:
        """Ask for techniques and devices."""
        self.model.load()

    def begin(self, model: str) -> None:
        """Compress this model."""
        self.model.set(model=model)
        self.model.step = WizardStep.MODEL
        self.render_state()

    def undo(self) -> None:
        """Take the last change back."""
        self.model.undo()

    def redo(self) -> None:
        """Bring it back."""
        self.model.redo()

    def open_recipe(self) -> None:
        """Ask for a recipe file."""
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Open a recipe"), "", self.tr("Recipes") + " (*.yaml *.yml *.json);;* (*)"
        )
        if path:
            self.model.open_recipe(Path(path))

    def save_recipe(self) -> None:
        """Ask where to write the recipe."""
        path, _ = QFileDialog.getSaveFileName(self, self.tr("Save the recipe"), f"{self.model.state.name}.json")
        if path:
            try:
                self.model.save_recipe(Path(path))
            except OSError as error:
                self.reason.setText(self.tr("The recipe was not saved: {0}").format(error.strerror))

    def retranslate(self) -> None:
        """Set the texts."""
        self.title.setText(self.tr("Compress"))
        self.undo_button.setText(self.tr("Undo"))
        self.redo_button.setText(self.tr("Redo"))
        self.open_button.setText(self.tr("Open a recipe…"))
        self.save_button.setText(self.tr("Save the recipe…"))
        self.back_button.setText(self.tr("Back"))
        for step in self.steps.made:
            step.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model, step = self.model, self.model.step
        shown = self.steps[step]
        self.sentence.setText(shown.sentence())
        moved = self.stack.currentWidget() is not shown
        self.stack.setCurrentWidget(shown)
        shown.render_state()
        titles = [
            self.tr("Model"),
            self.tr("Data"),
            self.tr("Target"),
            self.tr("Methods"),
            self.tr("Review"),
            self.tr("Result"),
        ]
        finished = [not model.lacks(s) and model.reachable(s) and s < step for s in WizardStep]
        self.bar.show_steps(titles, step, finished, [model.reachable(s) for s in WizardStep])
        self.undo_button.setEnabled(model.history.can_undo)
        self.redo_button.setEnabled(model.history.can_redo)
        self.back_button.setEnabled(step > WizardStep.MODEL)
        lacking = model.lacks(step)
        if model.opening.failure is not None and not model.opening.loading:
            lacking = trouble(model.opening.failure)
        review = step is WizardStep.REVIEW
        start = self.tr("Add to the queue") if model.must_wait else self.tr("Start")
        goes_on = review or not model.lacks(step)
        stays = self.next_button.hasFocus() and goes_on and step is not WizardStep.RESULT
        stays = stays or (self.back_button.hasFocus() and step > WizardStep.MODEL)
        if moved and self.isVisible() and not stays:
            take_focus(shown)  # a button that goes would hand it on to the first page's name
        self.next_button.setText(start if review else self.tr("Next"))
        self.next_button.setEnabled(goes_on)
        self.next_button.setVisible(step is not WizardStep.RESULT)
        self.reason.setText("" if review else lacking)

    def _back(self) -> None:
        self.model.go(WizardStep(self.model.step - 1))

    def _next(self) -> None:
        if self.model.step is WizardStep.REVIEW:
            self.model.start()
        else:
            self.model.go(WizardStep(self.model.step + 1))

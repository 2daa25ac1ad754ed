"""Step 1: which model."""

from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.models import SAMPLES, welcome
from ...viewmodels.saying import said
from ...viewmodels.wizard import WizardModel
from ...widgets.drop import DropTarget
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.text import Text
from ..models.card import ModelCard
from .step import Step


class ModelStep(Step):
    """A field, a file dialog, samples; below, what the engine says of the model."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(model, style, parent)
        self._title, self._hint = Text("card-title"), Text("caption", wrap=True)
        self.field, self.arch = QLineEdit(), QLineEdit()
        self.field.editingFinished.connect(lambda: self.model.set(model=self.field.text().strip()))
        self.arch.editingFinished.connect(lambda: self.model.set(arch=self.arch.text().strip() or None))
        self.choose_button = button(self._choose)
        self.sample_buttons = [button(lambda s=s: self.model.set(model=s)) for s in SAMPLES]  # type: ignore[misc]
        for made, sample in zip(self.sample_buttons, SAMPLES, strict=True):
            made.setText(sample.removeprefix("sample:"))
        self._samples, self._arch_name = Text("muted"), Text("muted")
        line = row(self.field, self.choose_button)
        line.setStretch(0, 1)
        box = Card()
        box.setLayout(
            column(
                self._title,
                self._hint,
                line,
                row(self._samples, *self.sample_buttons, None),
                row(self._arch_name, self.arch, None),
                gap=Space.M,
                margins=(Space.L, Space.M, Space.L, Space.L),
            )
        )
        self.arch.setFixedWidth(320)
        self.card = ModelCard(style)
        self.trouble = Card()
        self._message, self._remedy = Text("strong", wrap=True), Text("muted", wrap=True)
        self.trouble.setLayout(
            column(self._message, self._remedy, gap=Space.XS, margins=(Space.L, Space.M, Space.L, Space.M))
        )
        self.setLayout(column(Scrolled(column(box, self.trouble, self.card, None, gap=Space.M))))
        DropTarget(self, style, welcome, lambda path: self.model.set(model=str(path)))

    def sentence(self) -> str:
        """What this step is for."""
        return self.tr("Which model should become smaller and faster?")

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Model"))
        self._hint.setText(self.tr("A file (you can drop it here), a sample, or module:factory of your own code."))
        self.field.setPlaceholderText(self.tr("Path of a model file"))
        self.field.setAccessibleName(self.tr("Model"))
        self.choose_button.setText(self.tr("Choose a file…"))
        self._samples.setText(self.tr("Samples:"))
        self._arch_name.setText(self.tr("Architecture, for a state dict:"))
        self.arch.setPlaceholderText("module:factory")
        self.arch.setAccessibleName(self.tr("Architecture, for a state dict:"))

    def render_state(self) -> None:
        """Show what the model says."""
        state, models = self.model.state, self.model.models
        if not self.field.hasFocus():
            self.field.setText(state.model)
        if not self.arch.hasFocus():
            self.arch.setText(state.arch or "")
        failure = models.query.failure if not models.query.loading else None
        known = bool(state.model) and models.facts is not None
        self.card.setVisible(known)
        if known and models.facts is not None:
            self.card.show_model(models.name, models.facts)
        self.trouble.setVisible(bool(state.model) and failure is not None)
        if failure is not None:
            self._message.setText(said(failure.message))
            self._remedy.setText(said(failure.remedy))

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a file…"))
        if path:
            self.model.set(model=path)

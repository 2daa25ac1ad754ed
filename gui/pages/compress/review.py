"""Step 5: what will run, and the same for a terminal and for a script."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from ...theme.style import Style, monospace
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.metrics import metric_name, task_name
from ...viewmodels.saying import with_remedy
from ...viewmodels.wizard import WizardModel
from ...widgets.facts import Facts
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.text import Text
from .step import Step, knobs_of, title_of

MARGINS = (Space.L, Space.M, Space.L, Space.L)


class ReviewStep(Step):
    """Facts to the left; to the right what to expect, and the command."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(model, style, parent)
        self._title, self._name_title, self._cli_title = Text("card-title"), Text("muted"), Text("card-title")
        self.name = QLineEdit()
        self.name.editingFinished.connect(lambda: self.model.set(name=self.name.text().strip() or "recipe"))
        self.facts = Facts()
        self._warnings = Text("caption", wrap=True)
        left = Card()
        name_line = row(self._name_title, self.name)
        self._expected_title, self.expected = Text("card-title"), Facts()
        parts = (self._title, name_line, self.facts, self._warnings, None)
        left.setLayout(column(Scrolled(column(*parts, gap=Space.M, margins=MARGINS))))
        expected = Card()
        expected.setLayout(column(self._expected_title, self.expected, gap=Space.M, margins=MARGINS))
        self.cli = QPlainTextEdit()
        self.cli.setReadOnly(True)
        self.cli.setFont(monospace())
        self.cli.setTabChangesFocus(True)
        self.copy_cli = button(self._copy(lambda: self.model.state.as_cli()))
        self.copy_python = button(self._copy(lambda: self.model.state.as_python()))
        self.copy_recipe = button(self._copy(lambda: self.model.state.to_text()))
        command = Card()
        inside = column(
            self._cli_title,
            self.cli,
            row(self.copy_cli, self.copy_python, self.copy_recipe, None),
            gap=Space.M,
            margins=MARGINS,
        )
        inside.setStretch(1, 1)
        command.setLayout(inside)
        right = column(expected, command, gap=Space.M)
        right.setStretch(1, 1)
        whole = row(left, right, gap=Space.M)
        whole.setStretch(0, 1)
        whole.setStretch(1, 1)
        self.setLayout(whole)

    def sentence(self) -> str:
        """What this step is for."""
        return self.tr("This is what will run. Everything stays on this computer and your own devices.")

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("What will run"))
        self._expected_title.setText(self.tr("What to expect"))
        self._name_title.setText(self.tr("Name of the variant"))
        self.name.setAccessibleName(self.tr("Name of the variant"))
        self._cli_title.setText(self.tr("The same in a terminal"))
        self.cli.setAccessibleName(self.tr("The same in a terminal"))
        self.copy_cli.setText(self.tr("Copy as CLI"))
        self.copy_python.setText(self.tr("Copy as Python"))
        self.copy_recipe.setText(self.tr("Copy the recipe"))

    def render_state(self) -> None:
        """Show what the model says."""
        state = self.model.state
        if not self.name.hasFocus():
            self.name.setText(state.name)
        limit, own = state.max_accuracy_loss, state.preset is None
        steps = []
        for number, line in enumerate(state.steps, 1):
            card = self.model.card(line.technique)
            steps.append(" · ".join(filter(None, (f"{number}  {title_of(line, card)}", knobs_of(line, card)))))
        self.name.setVisible(own)
        self._name_title.setVisible(own)
        self.copy_recipe.setVisible(own)
        self.facts.show_facts(
            [
                (self.tr("Model"), state.model),
                (self.tr("Data"), state.data or self.tr("none: latency only")),
                (self.tr("Task"), task_name(state.asked_task or "")),
                (self.tr("Judged by"), metric_name(self.model.metric) if state.data else ""),
                (self.tr("Devices"), "\n".join(state.targets) or self.tr("none: nothing is timed")),
                (
                    self.tr("Loss"),
                    "" if limit is None or not own else self.tr("at most {0} points").format(f"{limit:g}"),
                ),
                (self.tr("Recipe"), "\n".join(steps) if own else ""),
                (self.tr("Preset"), "" if own else self._preset()),
                (self.tr("Limits"), "" if own else self._limits()),
            ]
        )
        expected = self.model.expected
        waits = self.tr("Being estimated…") if self.model.forecast.loading else self.tr("unknown")
        self.expected.show_facts(
            [
                (self.tr("Time"), waits if expected is None else expected.time_words),
                (self.tr("Training"), "" if expected is None else expected.work_words),
                (self.tr("Model file"), "" if expected is None else expected.size_words),
            ]
        )
        advice = [f"{p.step}: {with_remedy(p.message, p.remedy)}" for p in self.model.problems if not p.fatal and own]
        self._warnings.setText("\n".join(advice))
        self._warnings.setVisible(bool(advice))
        if self.cli.toPlainText() != state.as_cli().rstrip("\n"):
            self.cli.setPlainText(state.as_cli().rstrip("\n"))

    def _limits(self) -> str:
        """The limits in words; without one, what the engine takes."""
        state = self.model.state
        lost, slow, large, hungry = (
            state.max_accuracy_loss,
            state.max_latency_ms,
            state.max_size_bytes,
            state.max_energy_mj,
        )
        words = [
            "" if lost is None else self._lost(lost),
            "" if slow is None else self.tr("at most {0} ms").format(f"{slow:g}"),
            "" if large is None else self.tr("at most {0} packed").format(wording.size(int(large))),
            "" if hungry is None else self.tr("at most {0} mJ").format(f"{hungry:g}"),
        ]
        return "\n".join(filter(None, words)) or self._lost(1)

    def _preset(self) -> str:
        """The candidates that will be tried."""
        catalogue, preset = self.model.catalogue, self.model.state.preset or ""
        names = [] if catalogue is None else [item.name for item in catalogue.candidates.get(preset, ())]
        return "\n".join([self.tr("the best of these, measured on the device:"), *names])

    def _copy(self, text: Callable[[], str]) -> Callable[[], None]:
        return lambda: QGuiApplication.clipboard().setText(text())

    def _lost(self, points: float) -> str:
        if points == 1:
            return self.tr("at most 1 point lost")
        return self.tr("at most {0} points lost").format(f"{points:g}")

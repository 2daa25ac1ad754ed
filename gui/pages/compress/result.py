"""Step 6: the run, and what it made."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from ...operations import OperationState
from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.choice import TriedRow, axes, tried_columns
from ...viewmodels.choice import row_id as tried_id
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import listed, said
from ...viewmodels.selection import Selection
from ...viewmodels.variants import VariantRow, row_id, variant_columns
from ...viewmodels.wizard import WizardModel
from ...widgets.flow import Flow
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.plots import ScatterPlot
from ...widgets.run_view import RunView
from ...widgets.table import Table
from ...widgets.text import Text
from .step import Step

LEAST_PLOT, LEAST_ROWS = 180, 110  # pixels; what has no room in a small window is scrolled to


class ResultStep(Step):
    """The run while it goes on; then its variants above it."""

    def __init__(
        self, model: WizardModel, style: Style, go: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(model, style, parent)
        columns = [c for c in variant_columns() if c.id != "model"]
        self.rows: RowsModel[VariantRow] = RowsModel(columns, row_id, self)
        self.own_selection = Selection(self)
        self.table = Table(self.rows, style, self.own_selection)
        self.tried: RowsModel[TriedRow] = RowsModel(tried_columns(), tried_id, self)
        self.selection = Selection(self)
        self.tried_table = Table(self.tried, style, self.selection, wide=6)
        self.plot = ScatterPlot(style, self._picked)
        self._plot_title, self._conditions = Text("card-title"), Text("caption")
        self.front = Card()
        inside = column(
            row(self._plot_title, Space.XS, self._conditions, None),
            self.plot,
            margins=(Space.L, Space.M, Space.L, Space.M),
        )
        inside.setStretch(1, 1)
        self.front.setLayout(inside)
        self.reasons = Text(wrap=True)
        self._title, self.skipped = Text("card-title"), Text("caption", wrap=True)
        self.variants_button = button(lambda: go("variants"), primary=True)
        self.deploy_button = button(lambda: go("deploy"))
        self.measure_button, self.stop_button = button(model.front.measure), button(model.front.steps.stop)
        self.made = Card()
        self.made.setLayout(
            column(
                Flow(
                    self._title, None, self.measure_button, self.stop_button, self.deploy_button, self.variants_button
                ),
                self.reasons,
                self.tried_table,
                self.table,
                self.skipped,
                margins=(Space.L, Space.M, Space.L, Space.M),
            )
        )
        self.view = RunView(style, wide=True)
        below = row(self.front, self.view, gap=Space.M)
        below.setStretch(0, 1)
        below.setStretch(1, 1)
        whole = column(self.made, below, gap=Space.M)
        whole.setStretch(0, 3)
        whole.setStretch(1, 2)
        self._whole = whole
        self.plot.setMinimumHeight(LEAST_PLOT)
        for table in (self.table, self.tried_table):
            table.setMinimumHeight(LEAST_ROWS)
        self.setLayout(column(Scrolled(whole)))
        model.result_changed.connect(self._fill)
        model.front.changed.connect(self._show_own)
        for selection in (self.selection, self.own_selection):
            selection.changed.connect(self._draw)
        self.made.hide()
        self.front.hide()

    def sentence(self) -> str:
        """What this step is for."""
        run = self.model.run
        if run is not None and run.state is OperationState.SUCCEEDED and self.model.choice is not None:
            return self.tr("Measured on the device and kept in the project. Deploy the one you want.")
        if run is not None and run.state is OperationState.SUCCEEDED:
            if not self.model.front.missing:
                return self.tr("Measured on the device and kept in the project. Deploy the one you want.")
            return self.tr("The variants are kept in the project. Deploy and measure them next.")
        return self.tr("You can leave this page: the job goes on and stays on the Jobs page.")

    def retranslate(self) -> None:
        """Set the texts."""
        self._say_reasons()
        self._title.setText(self.tr("Variants") if self.model.choice is None else self.tr("Candidates"))
        self.tried_table.setAccessibleName(self.tr("Candidates"))
        self.tried.retranslate()
        self.table.setAccessibleName(self.tr("Variants"))
        self.variants_button.setText(self.tr("Show all variants"))
        self.deploy_button.setText(self.tr("Deploy…"))
        self.stop_button.setText(self.tr("Stop"))
        self.rows.retranslate()
        self._show_own()
        self._plot_title.setText(self.tr("Measured front"))
        self.plot.setAccessibleName(self.tr("Measured front"))
        self._draw()
        self.view.retranslate()

    def render_state(self) -> None:
        """Show what the model says."""
        self.view.show_run(self.model.run)
        self.made.setVisible(bool(self.model.variants))
        self._draw()

    def _picked(self, id_: str) -> None:
        (self.own_selection if self.model.choice is None else self.selection).select([id_])

    def _draw(self) -> None:
        """What was measured as points; a click selects the row."""
        choice, front = self.model.choice, self.model.front
        points = front.points if choice is None else choice.points
        self.front.setVisible(bool(points) and bool(self.model.variants))
        self._whole.setStretch(0, 6 if points else 3)
        self._whole.setStretch(1, 5 if points else 2)
        if choice is not None:
            self._conditions.setText(choice.conditions)
            self.plot.show_points(points, self.selection.ids, axes(choice.metric), (False, False))
        elif points:
            self._conditions.setText(front.targets[0])
            self.plot.show_points(points, self.own_selection.ids, front.axes, (False, False))

    def _show_own(self) -> None:
        """The variants of one's own recipe with what is measured of them."""
        front, own = self.model.front, self.model.choice is None and bool(self.model.variants)
        self.measure_button.setText(self.tr("Measure on {0}").format(", ".join(front.targets)))
        self.measure_button.setVisible(own and bool(front.missing) and not front.steps.busy)
        self.stop_button.setVisible(own and front.steps.busy)
        if own:
            self.rows.show(front.own)
            self.reasons.setText(front.words)
            self.reasons.setVisible(front.steps.busy or front.steps.notice is not None)
            self._draw()

    def _say_reasons(self) -> None:
        choice = self.model.choice
        words = "" if choice is None else listed(choice.reasons)
        said_of_it = f"{choice.chosen}: {words}" if choice is not None and choice.chosen else words
        self.reasons.setText("\n".join(filter(None, (said_of_it, "" if choice is None else choice.alone))))

    def _fill(self) -> None:
        choice = self.model.choice
        self.table.setVisible(choice is None)
        self.tried_table.setVisible(choice is not None)
        self.reasons.setVisible(choice is not None)
        if choice is not None:
            self.tried.show(choice.rows)
            self.selection.select([choice.chosen] if choice.chosen else [])
        self.retranslate()
        skipped = [f"{layer}: {said(reason)}" for row in self.model.variants for layer, reason in row.skipped]
        self.skipped.setText("\n".join(skipped[:6]))
        self.skipped.setVisible(bool(skipped) and choice is None)
        self._show_own()
        self.render_state()

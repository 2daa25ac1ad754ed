"""The selected variant in full, or two to four of them side by side."""

import re
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSizePolicy, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import wording
from ...viewmodels.saying import said, trouble
from ...viewmodels.variants import QUANTITIES, VariantRow
from ...viewmodels.variants_model import VariantsModel
from ...widgets.facts import Facts
from ...widgets.flow import Flow
from ...widgets.layout import Card, Scrolled, button, clear_layout, column
from ...widgets.more import More, Rare
from ...widgets.spread import SpreadView
from ...widgets.text import Pill, ShrinkingText, Text
from ..tools import Tools

MARGINS = (Space.L, Space.M, Space.M, Space.M)
CONFUSIONS_SHOWN = 5

INTERVAL = re.compile(r"\[[^\[\]]*\]")
WORDS = re.compile(r"[^ \n-]+-?")  # lines are broken after a hyphen, too
NO_BREAK = "\N{NO-BREAK SPACE}"


class Detail(Card):
    """Shows the selection of a :class:`VariantsModel`."""

    def __init__(
        self,
        model: VariantsModel,
        tools: Tools,
        by_layer: Callable[[], object],
        save: Callable[[], object],
        style: Style,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent=parent)
        self._model = model
        self.layers_button, self.save_button = button(by_layer), button(save)
        self.look_button = button(lambda: tools.study(model.selected[0]))
        self.measure_button = button(lambda: tools.measure(model.selected[0].id))
        self._tools = tools
        self.more = More(self._rare, self)
        for small in (self.layers_button, self.save_button, self.look_button, self.measure_button, self.more.button):
            small.setProperty("small", True)
        self.name = ShrinkingText("card-title")
        self.verdict = Pill()
        self.only_differences = QCheckBox()
        self.only_differences.setChecked(True)
        self.only_differences.toggled.connect(lambda: self.render_state())
        self.facts, self.spread = Facts(), SpreadView(style)
        self.compared = QWidget()
        self.grid = QGridLayout(self.compared)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(Space.M)
        self.hint = Text("caption", wrap=True)
        self.confusions = Text("caption", wrap=True)
        parts = column(self.facts, self.spread, self.compared, self.confusions, None, gap=Space.M)
        area = Scrolled(parts, sideways=True)
        head = Flow(self.name, self.verdict, None, self.layers_button, self.only_differences)
        self.acts = QWidget()
        self.acts.setLayout(Flow(self.look_button, self.measure_button, self.save_button, self.more.button))
        whole = column(head, self.acts, area, self.hint, gap=Space.M, margins=MARGINS)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def retranslate(self) -> None:
        """Set the texts."""
        self.only_differences.setText(self.tr("Differences only"))
        self.layers_button.setText(self.tr("Layers…"))
        self.layers_button.setToolTip(self.tr("Compare them layer by layer"))
        self.look_button.setText(self.tr("Look closer…"))
        self.look_button.setToolTip(self.tr("Quality on a board, where it lost, robustness, pipeline"))
        self.measure_button.setText(self.tr("Measure…"))
        self.measure_button.setToolTip(self.tr("On boards: alone, as a service, with more threads, for minutes"))
        self.more.button.setText(self.tr("More"))
        self.more.button.setToolTip(self.tr("Try it on a file, write it for a board without network"))
        self.save_button.setText(self.tr("Save as…"))
        self.save_button.setToolTip(self.tr("Write it as ONNX, TFLite, a PyTorch program or packed"))

    def _rare(self) -> tuple[Rare, ...]:
        variant = self._model.selected[0].id
        return (
            Rare(self.tr("Try it on a file…"), lambda: self._tools.attempt(variant)),
            Rare(self.tr("A file for a board without network…"), lambda: self._tools.offline(variant)),
        )

    def render_state(self) -> None:
        """Show the selection."""
        rows = self._model.selected
        several = len(rows) > 1
        self.setVisible(bool(rows))
        self.only_differences.setVisible(several)
        self.layers_button.setVisible(several)
        self.acts.setVisible(bool(rows) and not several)
        self.save_button.setEnabled(not self._model.exporting.loading)
        self.hint.setText(self._hint())
        self.facts.setVisible(not several)
        self.spread.setVisible(not several and bool(rows) and rows[0].latency_ms is not None)
        self.compared.setVisible(several)
        self.verdict.setVisible(not several and bool(rows) and rows[0].verdict is not None)
        self.confusions.setVisible(several)
        if several:
            self.name.show_text(self.tr("Comparison"))
            self._compare(self._model.compared)
        elif rows:
            self._one(rows[0])

    def _hint(self) -> str:
        exporting = self._model.exporting
        if exporting.loading:
            return self.tr("Writing the file …")
        if exporting.failure is not None:
            return trouble(exporting.failure)
        if exporting.document is not None:
            return self.tr("Written: {0}").format(exporting.document.get("path"))
        return self.tr("Select two to four variants (Ctrl+click) to compare them.")

    def _one(self, row: VariantRow) -> None:
        self.name.show_text(row.label)
        self.verdict.show_state(wording.verdict_kind(row.verdict), wording.verdict(row.verdict))
        self.spread.show_spread(row.spread)
        skipped = "\n".join(f"{layer}: {said(reason)}" for layer, reason in row.skipped)
        measured = (
            "" if row.latency_ms is None else " · ".join(filter(None, (row.target, row.runtime, self._threads(row))))
        )
        self.facts.show_facts(
            [
                (self.tr("Recipe"), "\n".join(map(wording.technique, row.recipe)) or self.tr("the original")),
                *((q.name, q.shown(row)) for q in QUANTITIES if q.value(row) is not None),
                (self.tr("Points lost"), _known(wording.with_interval(row.lost_points, row.lost_ci95, 2))),
                (self.tr("Speed-up"), _known(wording.with_interval(row.speedup, row.speedup_ci95, 2, "×"))),
                (self.tr("Parameters"), _known(wording.count(row.parameters))),
                (self.tr("Zero weights"), _known(wording.share(row.sparsity))),
                (self.tr("Measured on"), measured or self.tr("not measured")),
                (
                    self.tr("Energy"),
                    "" if row.latency_ms is None or row.energy_mj is not None else self.tr("no sensor"),
                ),
                (self.tr("Layers left alone"), skipped),
                (self.tr("Remarks"), "\n".join(map(said, row.notes))),
                (self.tr("File"), row.path),
            ]
        )

    def _threads(self, row: VariantRow) -> str:
        if row.threads is None:
            return ""
        return self.tr("1 thread") if row.threads == 1 else self.tr("{0} threads").format(row.threads)

    def _compare(self, rows: list[VariantRow]) -> None:
        clear_layout(self.grid)
        for number, row_ in enumerate(rows, 1):
            head = Text("strong", wrap=True)
            head.setText(row_.name)
            _narrow(head)
            self.grid.addWidget(head, 0, number)
            self.grid.setColumnStretch(number, 1)
        for line, difference in enumerate(self._model.comparison(self.only_differences.isChecked()), 1):
            what = Text("caption", wrap=True)
            what.setText(difference.what)
            self.grid.addWidget(what, line, 0, Qt.AlignmentFlag.AlignTop)
            for number, value in enumerate(difference.values, 1):
                cell = Text(wrap=True)
                cell.setText(INTERVAL.sub(lambda found: found[0].replace(" ", NO_BREAK), value))
                _narrow(cell)
                self.grid.addWidget(cell, line, number, Qt.AlignmentFlag.AlignTop)
        found = self._model.confusions()[:CONFUSIONS_SHOWN]
        lines = [self.tr("class {0} taken for {1}: {2}").format(i, j, f"{change:+d}") for i, j, change in found]
        title = self.tr("Mistakes of the second against the first")
        self.confusions.setText("\n".join([title, *lines]) if lines else "")


def _narrow(label: Text) -> None:
    """As narrow as its longest word: columns share the room alike, and no word is cut."""
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    label.ensurePolished()
    words = WORDS.findall(label.text())
    label.setMinimumWidth(max((label.fontMetrics().horizontalAdvance(word) for word in words), default=0) + 2)


def _known(text: str) -> str:
    return "" if text == wording.NO_VALUE else text

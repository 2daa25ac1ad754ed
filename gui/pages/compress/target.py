"""Step 3: the boards whose timings steer the methods, and the limits to keep on them."""

from PySide6.QtWidgets import QListWidget, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.saying import said
from ...viewmodels.wizard import WizardModel
from ...widgets.layout import Card, column
from ...widgets.sieve import Sieve
from ...widgets.text import Text
from ...widgets.ticks import fill, tick, ticked
from .limits import LimitsCard
from .step import Step

MOST_ROWS = 8


class TargetStep(Step):
    """A list of the devices with a tick each."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(model, style, parent)
        self._title, self._hint, self._chosen = Text("card-title"), Text("caption", wrap=True), Text("muted", wrap=True)
        self.list = QListWidget()
        self.list.itemChanged.connect(self._ticked)
        box = Card()
        box.setLayout(
            column(
                self._title,
                self._hint,
                Sieve(self.list),
                self._chosen,
                gap=Space.S,
                margins=(Space.L, Space.M, Space.L, Space.L),
            )
        )
        self.limits = LimitsCard(model)
        self.setLayout(column(box, self.limits, None, gap=Space.M))

    def sentence(self) -> str:
        """What this step is for."""
        return self.tr("Methods that choose by measuring time their candidates on these devices.")

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Devices"))
        self._hint.setText(self.tr("Add your own boards on the Devices page; loopback is this computer over SSH."))
        self.list.setAccessibleName(self.tr("Devices"))
        self.limits.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        self.limits.render_state()
        targets, rows = self.model.state.targets, self.model.device_names
        gone = [(name, self.tr("not in the list of devices")) for name in targets if name not in dict(rows)]
        fill(self.list, [(name, f"{name}  ·  {said(address)}") for name, address in (*rows, *gone)])
        self.list.blockSignals(True)
        tick(self.list, targets)
        self.list.blockSignals(False)
        self._chosen.setText(self._words(len(targets)))
        shown = min(max(self.list.count(), 1), MOST_ROWS)
        self.list.setFixedHeight(shown * max(self.list.sizeHintForRow(0), 0) + 2 * self.list.frameWidth() + Space.XS)

    def _words(self, count: int) -> str:
        if not count:
            return self.tr("No device: nothing is timed while compressing.")
        if count == 1:
            return self.tr("A preset is measured on this device.")
        return self.tr("A preset is measured on each of them; what it picks keeps the limits on all.")

    def _ticked(self) -> None:
        self.model.set(targets=tuple(ticked(self.list)))

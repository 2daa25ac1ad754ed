"""Step 3: the board whose timings steer the methods, and the limits to keep on it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.saying import said
from ...viewmodels.wizard import WizardModel
from ...widgets.layout import Card, column
from ...widgets.text import Text
from .limits import LimitsCard
from .step import Step

MOST_ROWS = 8


class TargetStep(Step):
    """A list of the devices, and none."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(model, style, parent)
        self._title, self._hint = Text("card-title"), Text("caption", wrap=True)
        self.list = QListWidget()
        self.list.currentItemChanged.connect(self._chosen)
        box = Card()
        inside = column(self._title, self._hint, self.list, gap=Space.S, margins=(Space.L, Space.M, Space.L, Space.L))
        box.setLayout(inside)
        self.limits = LimitsCard(model)
        self.setLayout(column(box, self.limits, None, gap=Space.M))
        self._filled: object = None

    def sentence(self) -> str:
        """What this step is for."""
        return self.tr("Methods that choose by measuring time their candidates on this device.")

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Device"))
        self._hint.setText(self.tr("Add your own boards on the Devices page; loopback is this computer over SSH."))
        self.list.setAccessibleName(self.tr("Device"))
        self.limits.retranslate()
        self._filled = None
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        self.limits.render_state()
        wanted = (tuple(self.model.device_names), self.model.state.target)
        if wanted == self._filled:
            return
        self._filled = wanted
        self.list.blockSignals(True)
        self.list.clear()
        rows = [("", self.tr("No device: nothing is timed while compressing")), *wanted[0]]
        if self.model.state.target not in (None, *(name for name, _ in rows)):
            rows.append((str(self.model.state.target), self.tr("not in the list of devices")))
        for name, address in rows:
            item = QListWidgetItem(f"{name}  ·  {said(address)}" if name else address)
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.list.addItem(item)
            if name == (self.model.state.target or ""):
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        shown = min(self.list.count(), MOST_ROWS)
        self.list.setFixedHeight(shown * max(self.list.sizeHintForRow(0), 0) + 2 * self.list.frameWidth() + Space.XS)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.model.set(target=item.data(Qt.ItemDataRole.UserRole) or None)

"""What a board runs models with: its runtimes, and adapters of vendors' runtimes that are added and removed here."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.adapters import AdaptersModel
from ...widgets.layout import button, column, row
from ...widgets.question import Question
from ...widgets.table import Table
from ...widgets.text import Text


class RuntimesPanel(QWidget):
    """Shows an :class:`AdaptersModel`; the board is asked when the panel is seen."""

    def __init__(self, model: AdaptersModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self._style = model, style
        self._title, self.words = Text("card-title"), Text("muted", wrap=True)
        self.own = Text(wrap=True)
        self._own_title = Text("card-title")
        self.add_button, self.remove_button = button(self._choose), button(self._ask)
        self.refresh_button = button(model.read)
        self.table = Table(model.rows, style, wide=3)
        self.box: Question | None = None
        whole = column(
            self._own_title,
            self.own,
            Space.XS,
            row(self._title, None, self.refresh_button, self.remove_button, self.add_button),
            self.words,
            self.table,
            gap=Space.S,
        )
        whole.setStretch(5, 1)
        self.setLayout(whole)
        self.table.selectionModel().selectionChanged.connect(lambda: self.render_state())
        model.changed.connect(self.render_state)

    def show_device(self, name: str, runtimes: tuple[str, ...] | None) -> None:
        """Another board, or more of it is known; None = it was not looked at yet."""
        if name != self.model.device:
            self.model.show_device(name)
            if self.isVisible():
                self.model.read()
        if runtimes is None:
            self.own.setText(self.tr("Look at the board to see its runtimes."))
        else:
            self.own.setText(" · ".join(runtimes) or self.tr("none yet; the first deployment brings one"))

    def showEvent(self, event: QShowEvent) -> None:
        """Ask the board once."""
        super().showEvent(event)
        if not self.model.known and not self.model.busy:
            self.model.read()

    def retranslate(self) -> None:
        """Set the texts."""
        self._own_title.setText(self.tr("Runtimes"))
        self._title.setText(self.tr("Added adapters"))
        self.add_button.setText(self.tr("Add…"))
        self.add_button.setToolTip(
            self.tr("Put the adapter of a vendor's runtime (one Python file) on the board, signed")
        )
        self.remove_button.setText(self.tr("Remove…"))
        self.refresh_button.setText(self.tr("Refresh"))
        self.table.setAccessibleName(self.tr("Added adapters"))
        self.model.rows.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        model = self.model
        words = self.tr("A vendor's own runtime, for example of an NPU, is one Python file.")
        if model.busy:
            words = self.tr("Connecting…")
        elif model.failure:
            words = model.failure
        elif model.known and not model.rows.total:
            words = self.tr("None was added. A vendor's own runtime, for example of an NPU, is one Python file.")
        self.words.setText(words)
        self.add_button.setEnabled(not model.busy and bool(model.device))
        self.refresh_button.setEnabled(not model.busy)
        self.remove_button.setEnabled(not model.busy and self._chosen() is not None)

    def _chosen(self) -> str | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.rows.row(rows[0].row()).id if rows else None

    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Add…"), "", "*.py")
        if path:
            self.model.add(path)

    def _ask(self) -> None:
        chosen = self._chosen()
        if chosen is None:
            return
        self.box = Question(
            self._style,
            self.tr("Remove the adapter {0} from {1}?").format(chosen, self.model.device),
            self.tr("Slots that run on it have no runtime then."),
            ((self.tr("Remove"), lambda: self.model.remove(chosen)),),
            self,
        )
        self.box.open()

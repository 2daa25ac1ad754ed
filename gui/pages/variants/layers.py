"""The dialog that shows two to four variants layer by layer."""

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.layer_delta import LayerDelta, delta_columns, read_layers
from ...viewmodels.query import Query
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import trouble
from ...viewmodels.session import Session
from ...viewmodels.variants import VariantRow
from ...widgets.layout import button, column, framed, resize_on_screen, row
from ...widgets.search import SearchField
from ...widgets.table import Table
from ...widgets.text import Text

SIZE = (980, 560)


class LayersDialog(QDialog):
    """Asks the engine for the layers of these variants and shows those that differ, or all."""

    def __init__(self, session: Session, style: Style, variants: Sequence[VariantRow], parent: QWidget) -> None:
        super().__init__(parent)
        resize_on_screen(self, *SIZE)
        self.setWindowTitle(self.tr("Layer by layer"))
        self.query = Query(session, "compare_layers", self)
        names = [item.name for item in variants]
        self.rows: RowsModel[LayerDelta] = RowsModel(delta_columns(names), lambda item: item.layer, self)
        self._all: list[LayerDelta] = []
        self._title, self.words = Text("card-title"), Text("muted", wrap=True)
        self._title.setText(self.tr("Layer by layer"))
        self.only_differences = QCheckBox(self.tr("Differences only"))
        self.only_differences.setChecked(True)
        self.only_differences.toggled.connect(lambda: self._fill())
        self.search = SearchField(self.rows.filter)
        self.search.setPlaceholderText(self.tr("Filter"))
        self.search.setAccessibleName(self.tr("Filter the layers"))
        self.table = Table(self.rows, style)
        self.table.setAccessibleName(self.tr("Layer by layer"))
        self.close_button = button(self.reject)
        self.close_button.setText(self.tr("Close"))
        whole = column(
            row(self._title, None, self.search, self.only_differences),
            self.words,
            framed(self.table),
            row(None, self.close_button),
            gap=Space.M,
            margins=(Space.XL, Space.L, Space.XL, Space.L),
        )
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self.query.answered.connect(self._answered)
        self.query.changed.connect(self.render_state)
        self.query.load(models=[item.id for item in variants])
        self.render_state()

    def _answered(self) -> None:
        self._all = read_layers(self.query.document)
        self._fill()

    def _fill(self) -> None:
        only = self.only_differences.isChecked()
        self.rows.show([item for item in self._all if item.differs or not only])
        self.render_state()

    def render_state(self) -> None:
        """Say how far it is, or what the figures mean."""
        failure = self.query.failure
        same = len(self._all) - sum(item.differs for item in self._all)
        words = self.tr("Weights with the change against the first variant, how they are stored, and zeros among them.")
        if self.query.loading:
            words = self.tr("Reading the files…")
        elif failure is not None:
            words = trouble(failure)
        elif same and self.only_differences.isChecked():
            left_out = self.tr("{0} layers are the same in all of them.")
            if same == 1:
                left_out = self.tr("1 layer is the same in all of them.")
            words = " ".join((words, left_out.format(same)))
        self.words.setText(words)

    def done(self, result: int) -> None:
        """Closing stops the question."""
        self.query.cancel()
        super().done(result)

"""All devices at a glance, and what about them needs a look."""

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels import documents
from ...viewmodels.knowledge import FleetRow, fleet_columns, needs_words, read_fleet
from ...viewmodels.query import Query
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import trouble
from ...widgets.layout import column, row
from ...widgets.search import SearchField
from ...widgets.table import Table
from ...widgets.text import Text


class FleetPanel(QWidget):
    """Asked when it is seen; ``open_board`` is called with the board of a row."""

    def __init__(
        self, query: Query, style: Style, open_board: Callable[[str], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.query = query
        self.rows: RowsModel[FleetRow] = RowsModel(fleet_columns(), lambda item: item.device, self)
        self.words, self.needs = Text("muted", wrap=True), Text("caption", wrap=True)
        self.search = SearchField(self.rows.filter)
        self.table = Table(self.rows, style, wide=2)
        self.table.activate_on_enter(lambda id_: open_board(self._row(id_).board))
        self.table.selectionModel().selectionChanged.connect(lambda: self._tell())
        head = row(self.words, self.search)
        head.setStretch(0, 1)
        whole = column(head, self.table, self.needs, gap=Space.M)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        query.answered.connect(lambda: self.rows.show(read_fleet(query.document)))
        query.changed.connect(self.render_state)

    def _row(self, device: str) -> FleetRow:
        return next(item for item in self.rows.rows if item.device == device)

    def ask(self) -> None:
        """Ask for the devices again."""
        self.query.load()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask whenever it is seen: something may have been measured meanwhile."""
        super().showEvent(event)
        self.ask()

    def _tell(self) -> None:
        chosen = self.table.selectionModel().selectedRows()
        item = self.rows.row(chosen[0].row()) if chosen else None
        self.needs.setText("" if item is None else f"{item.device}: {needs_words(item)}")
        self.needs.setVisible(item is not None and bool(item.needs))

    def retranslate(self) -> None:
        """Set the texts."""
        self.search.setPlaceholderText(self.tr("Filter"))
        self.search.setAccessibleName(self.tr("Filter the devices"))
        self.table.setAccessibleName(self.tr("Devices"))
        self.rows.retranslate()
        self._tell()
        self.render_state()

    def render_state(self) -> None:
        """Say how many need a look."""
        document, failure = self.query.document or {}, self.query.failure
        count, needy = documents.whole(document.get("devices")), documents.whole(document.get("to_look_at")) or 0
        if failure is not None and not self.query.loading:
            words = trouble(failure)
        elif count is None:
            words = self.tr("Loading…")
        elif not count:
            words = self.tr("No device was added or measured yet.")
        elif not needy and count == 1:
            words = self.tr("The device is as it was.")
        elif not needy:
            words = self.tr("All {0} devices are as they were.").format(count)
        elif needy == 1:
            words = self.tr("{0} of {1} devices needs a look; it comes first.").format(needy, count)
        else:
            words = self.tr("{0} of {1} devices need a look; they come first.").format(needy, count)
        self.words.setText(words)

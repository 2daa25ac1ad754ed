"""Two dialogs over a list: boards found nearby, and boards of a file that are added together."""

from collections.abc import Callable

from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.many_devices import (
    EnrolledRow,
    FoundRow,
    enrolled_columns,
    found_columns,
    read_enrolled,
    read_found,
)
from ...viewmodels.query import Query
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import trouble
from ...viewmodels.session import Session
from ...widgets.layout import button, column, framed, resize_on_screen, row
from ...widgets.table import Table
from ...widgets.text import Pill, Text

SIZE = (720, 420)


class _ListDialog(QDialog):
    """A title, a sentence, a pill and a table that a query fills."""

    def __init__(self, query: Query, table: Table, parent: QWidget) -> None:
        super().__init__(parent)
        resize_on_screen(self, *SIZE)
        self.query, self.table, self.pill = query, table, Pill()
        self._title, self.words = Text("card-title"), Text("muted", wrap=True)
        self.close_button = button(self.reject)
        self.close_button.setText(self.tr("Close"))
        self._buttons = row(None, self.close_button)
        inside = column(
            row(self._title, None, self.pill),
            self.words,
            framed(table),
            self._buttons,
            gap=Space.M,
            margins=(Space.XL, Space.L, Space.XL, Space.L),
        )
        inside.setStretch(2, 1)
        self.setLayout(inside)
        query.changed.connect(self.render_state)

    def named(self, title: str, words: str) -> None:
        """Set title and sentence."""
        self.setWindowTitle(title)
        self._title.setText(title)
        self.table.setAccessibleName(title)
        self.words.setText(words)

    def done(self, result: int) -> None:
        """Closing stops the search."""
        self.query.cancel()
        super().done(result)

    def render_state(self) -> None:
        """Show how far the query is."""
        failure = self.query.failure
        if self.query.loading:
            self.pill.show_state("info", self.tr("Working…"))
        elif failure is not None:
            self.pill.show_state("bad", self.tr("Failed"))
            self.words.setText(trouble(failure))
        else:
            self.pill.show_state("ok", self.tr("Done"))


class FoundDialog(_ListDialog):
    """Looks for boards; one of them goes on to the dialog that adds it."""

    def __init__(self, session: Session, style: Style, add: Callable[[str], object], parent: QWidget) -> None:
        self.rows: RowsModel[FoundRow] = RowsModel(found_columns(), lambda item: item.address)
        query = Query(session, "device_discover")
        super().__init__(query, Table(self.rows, style), parent)
        self.rows.setParent(self)
        query.setParent(self)
        self._add = add
        self.add_button = button(self._chosen, primary=True)
        self.add_button.setText(self.tr("Add…"))
        self._buttons.addWidget(self.add_button)
        self.named(
            self.tr("Boards nearby"),
            self.tr("Hosts of your SSH configuration, and names and links where boards usually answer."),
        )
        self.table.selectionModel().selectionChanged.connect(lambda: self.render_state())
        self.table.opened.connect(lambda _: self._chosen())
        query.answered.connect(lambda: self.rows.show(read_found(query.document)))
        query.load()
        self.render_state()

    @property
    def chosen(self) -> FoundRow | None:
        """The selected host, if it can be added."""
        found = self.table.selectionModel().selectedRows()
        item = self.rows.row(found[0].row()) if found else None
        return item if item is not None and item.answers and not item.device else None

    def render_state(self) -> None:
        """Show how far the search is."""
        super().render_state()
        self.add_button.setEnabled(self.chosen is not None)
        if not self.query.loading and self.query.failure is None and not self.rows.total:
            self.words.setText(self.tr("No board answered. Check its power and its network, or add it by its address."))

    def _chosen(self) -> None:
        item = self.chosen
        if item is not None:
            self.accept()
            self._add(item.address)


class FleetDialog(_ListDialog):
    """Adds all boards of a file; those whose key is not in the file are not added."""

    def __init__(self, session: Session, style: Style, path: str, parent: QWidget) -> None:
        self.rows: RowsModel[EnrolledRow] = RowsModel(enrolled_columns(), lambda item: item.name)
        query, self._path = Query(session, "device_add_from"), path
        super().__init__(query, Table(self.rows, style), parent)
        self.rows.setParent(self)
        query.setParent(self)
        self.named(
            self.tr("Boards of a file"),
            self.tr("Boards are added side by side. A board whose key is unknown needs its fingerprint in the file."),
        )
        self.root = QCheckBox()
        self.root.setText(self.tr("Logins are root where the file says so, and that is meant"))
        self.root.setToolTip(self.tr("Without this tick the agent refuses to run as root."))
        self.start_button = button(self._start, primary=True)
        self.start_button.setText(self.tr("Add them"))
        self._buttons.insertWidget(0, self.root)
        self._buttons.addWidget(self.start_button)
        query.answered.connect(lambda: self.rows.show(read_enrolled(query.document)))
        self.render_state()

    def _start(self) -> None:
        self.query.load(path=self._path, allow_root=self.root.isChecked() or None)

    def render_state(self) -> None:
        """Show how far it is; what failed can be tried again, those that are known stay as they are."""
        super().render_state()
        begun = self.query.loading or self.query.document is not None or self.query.failure is not None
        self.pill.setVisible(begun)
        self.start_button.setEnabled(not self.query.loading)
        self.root.setEnabled(not self.query.loading)

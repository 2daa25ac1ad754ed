"""What happened on a board: the history of its slots, and the agent's log."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.board_log import BoardLogModel
from ...viewmodels.history import HappenedRow, about, event_words, history_columns, read_history
from ...viewmodels.query import Query
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import trouble
from ...widgets.layout import button, column, row
from ...widgets.log import LogPanel
from ...widgets.table import Table
from ...widgets.text import Text


def _head(words: Text, act: QPushButton) -> QHBoxLayout:
    made = row(words, act)
    made.setStretch(0, 1)
    return made


class HistoryPanel(QWidget):
    """Every deployment, way back, trial and refusal; read when it is seen."""

    def __init__(self, query: Query, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query, self.device = query, ""
        self.rows: RowsModel[HappenedRow] = RowsModel(history_columns(), lambda item: str(item.number), self)
        self.refresh_button = button(self.read)
        self.words = Text("muted", wrap=True)
        self.table = Table(self.rows, style, wide=3)
        self.about = Text("muted", wrap=True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        whole = column(_head(self.words, self.refresh_button), self.table, self.about, gap=Space.M)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        self.table.selectionModel().selectionChanged.connect(lambda: self._tell())
        query.answered.connect(lambda: self.rows.show(read_history(query.document)))
        query.changed.connect(self.render_state)

    def show_device(self, name: str) -> None:
        """Another board."""
        if name != self.device:
            self.device = name
            self.query.forget()
            self.rows.show([])
            if self.isVisible():
                self.read()

    def read(self) -> None:
        """Ask the board."""
        if self.device:
            self.query.load(name=self.device)

    def showEvent(self, event: QShowEvent) -> None:
        """Read it whenever it is seen: something may have been deployed meanwhile."""
        super().showEvent(event)
        self.read()

    def _tell(self) -> None:
        """The whole of the selected row."""
        chosen = self.table.selectionModel().selectedRows()
        row = self.rows.row(chosen[0].row()) if chosen else None
        self.about.setText("" if row is None else " · ".join((event_words(row.event), about(row))))
        self.about.setVisible(row is not None)

    def retranslate(self) -> None:
        """Set the texts."""
        self._tell()
        self.refresh_button.setText(self.tr("Refresh"))
        self.table.setAccessibleName(self.tr("History"))
        self.rows.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show how far the question is."""
        failure = self.query.failure
        words = self.tr("From every desktop and every rollout, the newest first.")
        if self.query.loading:
            words = self.tr("Connecting…")
        elif failure is not None:
            words = trouble(failure)
        elif self.query.document is not None and not self.rows.total:
            words = self.tr("Nothing was deployed to this board yet.")
        self.words.setText(words)
        self.refresh_button.setEnabled(not self.query.loading)


class BoardLogPanel(QWidget):
    """The agent's log, followed while it is seen."""

    def __init__(self, model: BoardLogModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.words, self.again_button = Text("muted", wrap=True), button(model.again)
        self.log = LogPanel()
        whole = column(_head(self.words, self.again_button), self.log, gap=Space.M)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        model.logged.connect(self.log.append)
        model.cleared.connect(self.log.clear)
        model.changed.connect(self.render_state)

    def retranslate(self) -> None:
        """Set the texts."""
        self.log.retranslate()
        self.again_button.setText(self.tr("Read again"))
        self.render_state()

    def showEvent(self, event: QShowEvent) -> None:
        """Follow it."""
        super().showEvent(event)
        self.model.set_visible(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody reads it."""
        super().hideEvent(event)
        self.model.set_visible(False)

    def render_state(self) -> None:
        """Say whether it is followed."""
        busy = self.model.operation.state.busy
        words = self.tr("What the agent wrote down on the board; new lines appear by themselves.")
        if self.model.failure:
            words = self.model.failure
        elif busy and not self.model.lines:
            words = self.tr("Connecting…")
        elif not busy and not self.model.lines:
            words = self.tr("Nothing was done on this board yet.")
        self.words.setText(words)
        self.again_button.setVisible(not busy)

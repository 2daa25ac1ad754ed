"""Which variant for which board: the fewest variants that surely keep the limits everywhere."""

from PySide6.QtWidgets import QLineEdit, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.knowledge import CoverRow, cover_columns, cover_words, read_cover
from ...viewmodels.query import Query
from ...viewmodels.rows import RowsModel
from ...viewmodels.saying import trouble
from ...widgets.layout import button, column, row
from ...widgets.table import Table
from ...widgets.text import Text

FIELD_PIXELS = 72
ANY_LOSS = 1e9
"""Points that no variant loses."""
LIMITS = (("latency_ms", 1.0), ("accuracy_loss", 1.0), ("memory_mb", 1.0), ("energy_mj", 1.0), ("size_bytes", 1000.0))
"""What a field limits, and how many of its units the shown unit has."""


class CoverPanel(QWidget):
    """Limits, a sentence, a table. An empty field is no limit."""

    def __init__(self, query: Query, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.query = query
        self.fields = dict(zip((name for name, _ in LIMITS), map(QLineEdit, ("10", "1", "", "", "")), strict=True))
        self._names = [Text("muted") for _ in LIMITS]
        self._behind = [Text("muted") for _ in LIMITS]
        for field in self.fields.values():
            field.setFixedWidth(FIELD_PIXELS)
            field.returnPressed.connect(self.ask)
            field.textChanged.connect(lambda _: self.render_state())
        self.find_button = button(self.ask)
        self.words = Text("muted", wrap=True)
        self.rows: RowsModel[CoverRow] = RowsModel(cover_columns(), lambda item: item.board, self)
        self.table = Table(self.rows, style, wide=2)
        asked = [row(*items) for items in zip(self._names, self.fields.values(), self._behind, strict=True)]
        first = row(*asked[:2], self.find_button, None, gap=Space.L)
        second = row(*asked[2:], None, gap=Space.L)
        self._rest = QWidget()
        whole = column(first, second, self.words, self.table, self._rest, gap=Space.M)
        whole.setStretch(3, 1)
        whole.setStretch(4, 1)
        self.setLayout(whole)
        query.answered.connect(lambda: self.rows.show(read_cover(query.document)))
        query.changed.connect(self.render_state)

    @property
    def limits(self) -> dict[str, float] | None:
        """By name, in the engine's units; None where something else than numbers was typed, or nothing."""
        typed = {name: (self.fields[name].text().strip(), factor) for name, factor in LIMITS}
        try:
            found = {name: float(text) * factor for name, (text, factor) in typed.items() if text}
        except ValueError:
            return None
        sound = all(0 <= value < float("inf") and (value or name == "accuracy_loss") for name, value in found.items())
        return found if sound and set(found) - {"accuracy_loss"} else None

    def ask(self) -> None:
        """Look for the fewest variants."""
        if self.limits is not None:
            # The engine has a default for the loss, so no limit is one that nothing misses but what was not evaluated.
            own = {"accuracy_loss": ANY_LOSS} | self.limits
            self.query.load(limits=[f"{name}={value:.12g}" for name, value in own.items()])

    def retranslate(self) -> None:
        """Set the texts."""
        words = (
            (self.tr("Latency at most"), self.tr("ms"), self.tr("Latency at most, in milliseconds")),
            (self.tr("Accuracy lost at most"), self.tr("points"), self.tr("Points of accuracy lost at most")),
            (self.tr("Memory at most"), self.tr("MB"), self.tr("Memory the model adds at most, in megabytes")),
            (self.tr("Energy at most"), self.tr("mJ"), self.tr("Energy of one inference at most, in millijoules")),
            (self.tr("Packed size at most"), self.tr("kB"), self.tr("Packed size at most, in kilobytes")),
        )
        fields = zip(self._names, self._behind, self.fields.values(), words, strict=True)
        for name, behind, field, (before, unit, whole) in fields:
            name.setText(before)
            behind.setText(unit)
            field.setAccessibleName(whole)
        self.find_button.setText(self.tr("Find the fewest"))
        self.table.setAccessibleName(self.tr("Which variant for which board"))
        self.rows.retranslate()
        self.render_state()

    def render_state(self) -> None:
        """Show what was found."""
        document, failure = self.query.document, self.query.failure
        if self.limits is None:
            words = self.tr("Limits are numbers; an empty field is no limit, but one besides the accuracy is needed.")
        elif self.query.loading:
            words = self.tr("Loading…")
        elif failure is not None:
            words = trouble(failure)
        elif document is None:
            words = self.tr("Finds the fewest variants that surely keep these limits on every board that was measured.")
        else:
            words = cover_words(document)
        self.words.setText(words)
        self.find_button.setEnabled(self.limits is not None and not self.query.loading)
        shows = document is not None and failure is None
        self.table.setVisible(shows)
        self._rest.setVisible(not shows)

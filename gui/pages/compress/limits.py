"""The limits a result must keep: latency, size and energy on the chosen board."""

from PySide6.QtWidgets import QLineEdit, QWidget

from ...theme.tokens import Space
from ...viewmodels.wizard import WizardModel
from ...widgets.layout import Card, column, row
from ...widgets.text import Text

FIELDS = (("max_latency_ms", 1.0, "ms"), ("max_size_bytes", 1000.0, "kB"), ("max_energy_mj", 1.0, "mJ"))
"""Field of the wizard's state, how many of its units the shown unit has, the shown unit."""


class LimitsCard(Card):
    """An empty field is no limit."""

    def __init__(self, model: WizardModel, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._model = model
        self._title, self._hint = Text("card-title"), Text("caption", wrap=True)
        self._names = [Text("muted") for _ in FIELDS]
        self.fields = [QLineEdit() for _ in FIELDS]
        lines = []
        for name, field, (key, factor, unit) in zip(self._names, self.fields, FIELDS, strict=True):
            name.setFixedWidth(160)
            field.setFixedWidth(100)
            field.editingFinished.connect(lambda k=key, f=factor, w=field: self._typed(k, f, w))
            shown = Text("muted")
            shown.setText(unit)
            lines.append(row(name, field, shown, None))
        self.setLayout(
            column(self._title, self._hint, *lines, gap=Space.M, margins=(Space.L, Space.M, Space.L, Space.L))
        )

    def retranslate(self) -> None:
        """Set the texts."""
        self._title.setText(self.tr("Limits"))
        self._hint.setText(
            self.tr(
                "A preset picks among the candidates that keep them on every chosen device. An empty field is no limit."
            )
        )
        words = (self.tr("Latency at most"), self.tr("Packed size at most"), self.tr("Energy at most"))
        for name, field, text in zip(self._names, self.fields, words, strict=True):
            name.setText(text)
            field.setAccessibleName(text)

    def render_state(self) -> None:
        """Show the limits that are set."""
        for field, (key, factor, _) in zip(self.fields, FIELDS, strict=True):
            value = getattr(self._model.state, key)
            if not field.hasFocus():
                field.setText("" if value is None else f"{value / factor:g}")

    def _typed(self, key: str, factor: float, field: QLineEdit) -> None:
        try:
            value = float(field.text())
        except ValueError:
            value = 0.0
        known = 0 < value < float("inf")
        self._model.set(**{key: value * factor if known else None})
        if not known:
            field.setText("")

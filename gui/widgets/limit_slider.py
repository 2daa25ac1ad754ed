"""A slider for the largest value that is still shown; at its right end nothing is limited."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider, QWidget

from .layout import row
from .text import Text

STEPS = 100
SLIDER_PIXELS = 96


class LimitSlider(QWidget):
    """``changed`` gets the limit, or None for no limit; the slider runs over the values that occur."""

    def __init__(
        self, shown: Callable[[float], str], changed: Callable[[float | None], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._shown, self._changed = shown, changed
        self._range = (0.0, 0.0)
        self._name = ""
        self.name, self.value = Text("muted"), Text("caption")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setValue(STEPS)
        self.slider.setFixedWidth(SLIDER_PIXELS)
        self.slider.valueChanged.connect(lambda: self._moved())
        self.setLayout(row(self.name, self.slider, self.value))

    def retranslate(self, name: str) -> None:
        """Say what is limited."""
        self._name = name
        self.name.setText(name)
        self.slider.setAccessibleName(name)
        self._say()

    @property
    def limit(self) -> float | None:
        """The largest value that is shown; None without a limit."""
        low, high = self._range
        return None if self.slider.value() >= STEPS else low + (high - low) * self.slider.value() / STEPS

    def show_range(self, values: Sequence[float], limit: float | None) -> None:
        """Run over these values; hidden where there is nothing to choose from."""
        self._range = (min(values), max(values)) if values else (0.0, 0.0)
        low, high = self._range
        self.setVisible(high > low)
        place = (
            STEPS if limit is None or high <= low else round(STEPS * min(max((limit - low) / (high - low), 0.0), 1.0))
        )
        if limit is None or self.slider.value() != place:
            self.slider.blockSignals(True)
            self.slider.setValue(place)
            self.slider.blockSignals(False)
        self._say()

    def _moved(self) -> None:
        self._say()
        self._changed(self.limit)

    def _say(self) -> None:
        limit = self.limit
        self.value.setText(self.tr("any") if limit is None else "≤ " + self._shown(limit))

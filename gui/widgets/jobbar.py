"""The bar at the bottom while something runs: what, how far, how long, and a way to stop it."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from ..theme.tokens import Space
from .layout import button, row
from .text import Pill, ShrinkingText, Text


class JobBar(QFrame):
    """Step in words, thin bar, rest in words, Cancel."""

    def __init__(self, cancel: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jobbar")
        self.step = Text("strong")
        self.detail = ShrinkingText("muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(220)
        self.words = Text("caption")
        self.pill = Pill("warn")
        self.pill.hide()
        self.cancel_button = button(cancel)
        self.setLayout(
            row(
                self.step,
                self.detail,
                Space.S,
                self.bar,
                Space.XS,
                self.words,
                None,
                self.pill,
                self.cancel_button,
                margins=(Space.XL, Space.S, Space.XL, Space.S),
            )
        )
        self.retranslate()

    def retranslate(self) -> None:
        """Set the texts that do not change while it runs."""
        self.bar.setAccessibleName(self.tr("Progress of this step"))

    def show_step(self, step: str, detail: str, share: float | None, words: str) -> None:
        """Set step, bar (empty while unknown) and rest."""
        self.step.setText(step)
        self.detail.setVisible(bool(detail))
        self.detail.show_text(detail)
        self.bar.setValue(0 if share is None else round(1000 * share))
        self.words.setText(words)

    def show_silence(self, silent: bool) -> None:
        """Say that the worker gives no sign of life."""
        self.pill.setText(self.tr("Not responding"))
        self.pill.setVisible(silent)

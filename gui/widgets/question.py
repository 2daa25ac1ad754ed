"""A question before something cannot be taken back: what happens, and buttons of which none but Cancel is chosen by Enter."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import QMessageBox, QWidget

from ..theme.icons import pixmap
from ..theme.style import Style

ICON_PIXELS = 32


class Question(QMessageBox):
    """Opened beside the work: nothing waits for the answer.

    Args:
        answers: words of a button and what it does, the gentlest first.
    """

    def __init__(
        self,
        style: Style,
        text: str,
        consequence: str,
        answers: Sequence[tuple[str, Callable[[], object]]],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setIconPixmap(pixmap("warning", style.tokens.warn, ICON_PIXELS, max(self.devicePixelRatioF(), 1.0), 1.5))
        self.setText(text)
        self.setInformativeText(consequence)
        for words, act in answers:
            self.addButton(words, QMessageBox.ButtonRole.DestructiveRole).clicked.connect(
                lambda _=False, act=act: act()
            )
        cancel = self.addButton(QMessageBox.StandardButton.Cancel)
        cancel.setIcon(QIcon())  # on a real screen Qt puts a red cross on it, the only picture on any button
        self.setDefaultButton(cancel)

    def showEvent(self, event: QShowEvent) -> None:
        """Give the buttons room once they are styled."""
        super().showEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Qt says Cancel in the new language; that may be longer."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        # The box keeps the width that a button had before its focus ring and its last words.
        for button in self.buttons():
            button.setMinimumWidth(button.sizeHint().width())

    def answer(self, words: str) -> None:
        """Press the button with these words."""
        next(button for button in self.buttons() if button.text() == words).click()

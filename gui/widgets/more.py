"""A button with the rarer things that can be done here, as a menu."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget

from .layout import button


@dataclass(frozen=True)
class Rare:
    """One entry: its words, what it does, whether it can be done now."""

    words: str
    act: Callable[[], object]
    enabled: bool = True


class More:
    """Owns the button; the entries are asked for when the menu opens."""

    def __init__(self, entries: Callable[[], Sequence[Rare]], parent: QWidget) -> None:
        self._entries, self._parent = entries, parent
        self.button = button(self._show)

    def menu(self) -> QMenu:
        """The menu as it would be now."""
        menu = QMenu(self._parent)
        for entry in self._entries():
            action = menu.addAction(entry.words)
            action.setEnabled(entry.enabled)
            action.triggered.connect(lambda _=False, act=entry.act: act())
        return menu

    def choose(self, words: str) -> None:
        """Choose the entry with these words."""
        next(action for action in self.menu().actions() if action.text() == words).trigger()

    def _show(self) -> None:
        self.menu().popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

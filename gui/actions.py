"""Commands as data: id, shortcut, what it does, when it may be used. Buttons, shortcuts and tests share them."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class Command:
    """One thing a person can do in the window."""

    id: str
    shortcut: str
    run: Callable[[], object]
    enabled: Callable[[], bool] = lambda: True

    def __call__(self) -> None:
        """Do it, if it may be done now."""
        if self.enabled():
            self.run()

    @property
    def title(self) -> str:
        """Its name in the language of the window."""
        return {
            "run": QCoreApplication.translate("Commands", "Run the sample project"),
            "cancel": QCoreApplication.translate("Commands", "Cancel"),
            "open-report": QCoreApplication.translate("Commands", "Open report"),
            "toggle-log": QCoreApplication.translate("Commands", "Show or hide the log"),
            "toggle-theme": QCoreApplication.translate("Commands", "Switch between light and dark"),
            "toggle-language": QCoreApplication.translate("Commands", "Switch the language"),
            "go-start": QCoreApplication.translate("Commands", "Start page"),
            "quit": QCoreApplication.translate("Commands", "Quit"),
        }[self.id]

    @property
    def hint(self) -> str:
        """Title and shortcut, for tool tips."""
        keys = QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        return f"{self.title} ({keys})" if keys else self.title


def add_shortcuts(window: QWidget, commands: list[Command]) -> list[QAction]:
    """Make the commands' shortcuts work in a window."""
    actions = []
    for command in commands:
        action = QAction(command.title, window)
        action.setObjectName(command.id)
        action.setShortcut(QKeySequence(command.shortcut))
        action.triggered.connect(lambda checked=False, command=command: command())
        window.addAction(action)
        actions.append(action)
    return actions

"""Commands as data: id, shortcut, menu, what it does, when it may be used. Menus, palette, shortcuts and tests share them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

MENUS = ("project", "go", "run", "view")


@dataclass(frozen=True)
class Command:
    """One thing a person can do in the window."""

    id: str
    shortcut: str
    run: Callable[[], object]
    enabled: Callable[[], bool] = lambda: True
    menu: str = "run"

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
            "go-models": QCoreApplication.translate("Commands", "Models page"),
            "go-compress": QCoreApplication.translate("Commands", "Compress page"),
            "go-jobs": QCoreApplication.translate("Commands", "Jobs page"),
            "go-variants": QCoreApplication.translate("Commands", "Variants page"),
            "go-devices": QCoreApplication.translate("Commands", "Devices page"),
            "go-deploy": QCoreApplication.translate("Commands", "Deploy page"),
            "go-profiles": QCoreApplication.translate("Commands", "Profiles page"),
            "go-report": QCoreApplication.translate("Commands", "Report page"),
            "go-settings": QCoreApplication.translate("Commands", "Settings page"),
            "open-model": QCoreApplication.translate("Commands", "Open a model…"),
            "open-project": QCoreApplication.translate("Commands", "Open a project folder…"),
            "open-sample": QCoreApplication.translate("Commands", "Open the sample project"),
            "open-recipe": QCoreApplication.translate("Commands", "Open a recipe…"),
            "save-recipe": QCoreApplication.translate("Commands", "Save the recipe…"),
            "undo": QCoreApplication.translate("Commands", "Undo a change of the recipe"),
            "redo": QCoreApplication.translate("Commands", "Redo a change of the recipe"),
            "add-device": QCoreApplication.translate("Commands", "Add a device…"),
            "profile-fleet": QCoreApplication.translate("Commands", "Profile the fleet…"),
            "measure": QCoreApplication.translate("Commands", "Measure a variant…"),
            "try": QCoreApplication.translate("Commands", "Try a model on a file…"),
            "offline": QCoreApplication.translate("Commands", "Write a file for a board without network…"),
            "rights": QCoreApplication.translate("Commands", "Rights of the agent on the device…"),
            "keys": QCoreApplication.translate("Commands", "Signing keys of the boards…"),
            "foresee": QCoreApplication.translate("Commands", "Predict without measuring…"),
            "packs": QCoreApplication.translate("Commands", "Profile packs and store…"),
            "look-closer": QCoreApplication.translate("Commands", "Look closer at the selected variant…"),
            "shortcuts": QCoreApplication.translate("Commands", "Keyboard shortcuts"),
            "show-ended": QCoreApplication.translate("Commands", "Show what ended last"),
            "refresh": QCoreApplication.translate("Commands", "Refresh the page"),
            "palette": QCoreApplication.translate("Commands", "Find a command…"),
            "quit": QCoreApplication.translate("Commands", "Quit"),
        }[self.id]

    @property
    def keys(self) -> str:
        """The shortcut as the desktop writes it."""
        return QKeySequence(self.shortcut).toString(QKeySequence.SequenceFormat.NativeText)

    @property
    def hint(self) -> str:
        """Title and shortcut, for tool tips."""
        return f"{self.title} ({self.keys})" if self.keys else self.title


def menu_title(id_: str) -> str:
    """Name of a menu."""
    return {
        "project": QCoreApplication.translate("Commands", "Project"),
        "go": QCoreApplication.translate("Commands", "Go to"),
        "run": QCoreApplication.translate("Commands", "Run"),
        "view": QCoreApplication.translate("Commands", "View"),
    }[id_]


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


def fill_menu(
    menu: QMenu, commands: Sequence[Command], recent: Sequence[tuple[str, Callable[[], object]]] = ()
) -> None:
    """All commands in their sub-menus; what cannot be done now is grey. ``recent`` are names and ways back to them."""
    menu.clear()
    if recent:
        part = menu.addMenu(QCoreApplication.translate("Commands", "Open recent"))
        for name, back in recent:
            part.addAction(name.replace("&", "&&")).triggered.connect(lambda checked=False, back=back: back())
    for id_ in MENUS:
        part = menu.addMenu(menu_title(id_))
        for command in commands:
            if command.menu == id_:
                action = part.addAction(command.title)
                action.setEnabled(command.enabled())
                action.setText(f"{command.title}\t{command.keys}")
                action.triggered.connect(lambda checked=False, command=command: command())


def find(commands: Sequence[Command], needle: str) -> list[Command]:
    """Commands whose title, or English name, has the letters of the needle in their order, the tightest matches first."""
    scored = []
    for place, command in enumerate(commands):
        names = (command.title.casefold(), command.id.replace("-", " "))
        scores = [score for name in names if (score := _score(name, needle.casefold().strip())) is not None]
        if scores:
            scored.append((min(scores), place, command))
    return [command for _, _, command in sorted(scored, key=lambda item: item[:2])]


def _score(title: str, needle: str) -> int | None:
    """Where and how widely the needle is spread in the title; None when it is not in there."""
    if needle in title:
        return title.index(needle)
    at, first = -1, -1
    for letter in needle:
        at = title.find(letter, at + 1)
        if at < 0:
            return None
        first = at if first < 0 else first
    return 100 + at - first

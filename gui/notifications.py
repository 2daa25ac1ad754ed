"""Tells that long work ended: with the desktop's own notification while the window is not in front, else inside it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from .operations import OperationState
from .viewmodels import wording
from .viewmodels.jobs import job_about
from .viewmodels.run import Run
from .viewmodels.saying import capital
from .widgets.run_view import PILLS
from .widgets.toast import Toasts, Told

TOLD = frozenset(
    {"demo", "compress", "choose", "deploy", "measure", "measure_scenario", "offline", "profile_run", "fleet_rollout"}
)
ENDED = (OperationState.SUCCEEDED, OperationState.FAILED, OperationState.CRASHED)
SHOWN_MS = 10_000


def tell(run: Run) -> Told:
    """What is said of a run that ended: its state, what kind of work it was, what it was about or why it failed."""
    about = job_about(run.operation.verb, run.operation.arguments) or wording.stage_detail(run.step.detail)
    words = about if run.notice is None else capital(run.notice.message)
    return Told((PILLS[run.state], wording.state(run.state)), wording.work(run.operation.verb), words)


class Notifier(QObject):
    """Follows runs. ``watched`` says whether the page in front shows a run already."""

    def __init__(self, window: QWidget, show: Callable[[Run], object], watched: Callable[[Run], bool]) -> None:
        super().__init__(window)
        self._window, self._show, self._watched = window, show, watched
        self.toasts = Toasts(window)
        self._tray: QSystemTrayIcon | None = None
        self._last: Run | None = None

    def follow(self, run: Run) -> None:
        """Tell when this run ends."""
        if run.operation.verb in TOLD:
            run.operation.ended.connect(lambda outcome: self._ended(run))

    def _ended(self, run: Run) -> None:
        if run.state not in ENDED or not self._window.isVisible():
            return
        self._last = run
        if not self._window.isActiveWindow() and QSystemTrayIcon.isSystemTrayAvailable():
            told = tell(run)
            self._tell_desktop(f"{told.title}: {told.state[1]}", told.words)
        elif not (self._window.isActiveWindow() and self._watched(run)):
            self.toasts.say(partial(tell, run), lambda: self._show(run))

    @property
    def knows(self) -> bool:
        """True when something ended since the window was opened."""
        return self._last is not None

    def show_last(self) -> None:
        """Show what ended last."""
        if self._last is not None:
            self.toasts.hide()
            self._show(self._last)

    def _tell_desktop(self, title: str, words: str) -> None:
        if self._tray is None:
            self._tray = QSystemTrayIcon(self)
            self._tray.messageClicked.connect(self._come)
            self._tray.activated.connect(self._come)
        self._tray.setIcon(self._window.windowIcon())
        self._tray.show()
        self._tray.showMessage(title, words, QIcon(self._window.windowIcon()), SHOWN_MS)

    def _come(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.raise_()
        self._window.activateWindow()
        if self._last is not None:
            self._show(self._last)

"""``flyweight gui``: opens the window, or writes pictures of its pages and exits.

Qt is imported inside the functions: without it, and without a screen, a person gets one sentence and a remedy.
"""

import argparse
import os
import signal
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from engine.errors import FlyweightError, MissingExtraError

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtWidgets import QApplication

    from .operations import Operation
    from .window import MainWindow

LAST_MOMENT_MS = 7000
PRELOAD_AFTER_MS = 1000  # when the window stands
TURNS_TO_DRAW = 10  # a layout settles a few turns after its texts, and a plot is made in steps of a turn each
SETTLE_S = 30.0


def run(arguments: Sequence[str] | None = None) -> int:
    """Entry point of ``flyweight-gui`` and ``python -m gui.app``; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.screenshot is not None:
            os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        _check_qt()
        if options.screenshot is not None:
            return _screenshots(options.screenshot, options.project)
        return _open(options.project)
    except FlyweightError as error:
        print(f"error: {error.message}\n  -> {error.remedy}", file=sys.stderr)
        return error.exit_code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="flyweight gui", description="Open the window of Flyweight.")
    parser.add_argument("--project", metavar="DIR", help="work on the project in this folder")
    parser.add_argument("--screenshot", metavar="DIR", type=Path, help="write a picture of every page to DIR and exit")
    return parser


def _check_qt() -> None:
    """Everything that would make Qt fail or end the process, asked beforehand."""
    from .display import check_display, missing_library

    try:
        import PySide6
    except ImportError:
        raise MissingExtraError("gui", "the window") from None
    check_display()
    try:
        import PySide6.QtSvg
        import PySide6.QtWidgets
    except ImportError as error:
        raise missing_library(error) from None
    _check_references(PySide6.__version__)


def _check_references(version: str) -> None:
    """PySide6 6.12.0 takes a reference of None with every call on Python 3.11: the window would soon be gone."""
    from PySide6.QtCore import QObject

    probe, before = QObject(), sys.getrefcount(None)
    for _ in range(100):
        probe.setObjectName("x")
    if sys.getrefcount(None) < before - 50:
        raise FlyweightError(
            "qt-faulty",
            f"PySide6 {version} does not work with Python {sys.version_info.major}.{sys.version_info.minor}",
            "pip install 'PySide6_Essentials<6.12'",
        )


def build(operation: "Operation | None" = None, project: str | None = None) -> "tuple[QApplication, MainWindow]":
    """The application and its window, not shown yet; settings of the user are applied."""
    from PySide6.QtWidgets import QApplication

    from .i18n import Language, Translation, can_show, system_language
    from .settings import load_settings, settings_path
    from .theme.style import Style
    from .viewmodels.session import Session
    from .window import MainWindow

    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(["flyweight"])
    application.setApplicationName("Flyweight")
    application.setDesktopFileName("flyweight")
    settings = load_settings(settings_path())
    translation = Translation(application)
    wanted = Language(settings.language) if settings.language in list(Language) else system_language()
    translation.use(wanted if can_show(wanted) else Language.ENGLISH)
    style = Style(application, settings.theme)
    given = project or settings.project
    session = Session(Path(given) if given and Path(given).is_dir() else None)
    return application, MainWindow(
        style, translation, operation, session=session, settings=settings, settings_file=settings_path()
    )


def _open(project: str | None) -> int:
    from PySide6.QtCore import QTimer

    from .preload import preload

    application, window = build(project=project)
    application.setQuitOnLastWindowClosed(False)  # a hidden window may still wait for its worker
    window.gone.connect(application.quit)
    stop = Signals(window)
    begin(window)
    loading: list[Thread] = []
    QTimer.singleShot(PRELOAD_AFTER_MS, lambda: loading.append(preload()))
    code = application.exec()
    stop.close()
    for thread in loading:
        thread.join()
    _tear_down(application, window)
    return code


def begin(window: "MainWindow") -> None:
    """Show the window; once it stands, its first page asks what it shows, jobs that were cut off among it."""
    from PySide6.QtCore import QTimer

    window.show()
    QTimer.singleShot(0, window, lambda: window.current.activate())


class Signals:
    """SIGTERM and SIGINT close the window; the process ends within eight seconds whatever the worker does."""

    def __init__(self, window: "MainWindow") -> None:
        from PySide6.QtCore import QSocketNotifier

        self._window = window
        self._here, there = socket.socketpair()
        self._there = there
        for end in (self._here, there):
            end.setblocking(False)
        self._before = signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
        self._handlers = {n: signal.signal(n, lambda number, frame: None) for n in (signal.SIGTERM, signal.SIGINT)}
        self._notifier = QSocketNotifier(self._here.fileno(), QSocketNotifier.Type.Read, window)
        self._notifier.activated.connect(self._arrived)

    def _arrived(self) -> None:
        from PySide6.QtCore import QTimer

        self._here.recv(64)
        QTimer.singleShot(LAST_MOMENT_MS, self._insist)
        self._window.close()

    def _insist(self) -> None:
        from PySide6.QtWidgets import QApplication

        QApplication.exit(1)

    def close(self) -> None:
        """Put back what was there before."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._before)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._here.close()
        self._there.close()


def _screenshots(folder: Path, project: str | None) -> int:
    """Write ``PAGE_THEME_LANGUAGE.png`` for every page, theme and language that can be shown."""
    from .i18n import Language, can_show
    from .pages import PAGES
    from .theme.tokens import Theme
    from .window import SIZE

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FlyweightError(
            "not-writable", f"cannot write pictures to {folder}: {error.strerror}", "name a folder you may write to"
        ) from None
    application, window = build(project=project)
    window.remembers = False  # the user's own choices stay what they are
    window.resize(SIZE)
    window.show()
    for theme in Theme:
        window.style_.use(theme)  # costs the most, for all pages are polished anew
        for language in filter(can_show, Language):
            window.translation.use(language)
            for page in PAGES:
                window.go(page.id)
                _settle(application, window)
                save_picture(application, window, folder / f"{page.id}_{theme}_{language}.png")
    window.close()
    _tear_down(application, window)
    return 0


def _settle(application: "QApplication", window: "MainWindow") -> None:
    """Let a page have the answers it asked for."""
    end = time.monotonic() + SETTLE_S
    application.processEvents()
    while window.session.busy and time.monotonic() < end:
        application.processEvents()
        time.sleep(0.01)
    application.processEvents()


def save_picture(application: "QApplication", window: "MainWindow", path: Path) -> None:
    """Paint the window as it is now into a PNG file."""
    for _ in range(TURNS_TO_DRAW):
        application.processEvents()
    if not window.grab().save(str(path)):
        raise FlyweightError("not-writable", f"cannot write {path}", "name a folder you may write to")
    print(path)


def _tear_down(application: "QApplication", window: "QObject") -> None:
    """Qt objects go before the interpreter does, in this order."""
    from PySide6.QtCore import QCoreApplication, QEvent

    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()


if __name__ == "__main__":
    sys.exit(run())

"""Every page of the window filled with recorded data, in both themes and both languages.

``python -m tests.gui.gallery --renew [SCENE...]`` paints the baselines anew after a page changed on purpose; look at them
before you keep them: ``python -m tests.gui.gallery --write DIR [SCENE...]`` writes the same pictures in full size.
``python -m tests.gui.gallery --clipped [SCREEN]`` prints what is cut, hangs out or overlaps, as JSON (used at twice the pixels
and on a small screen).
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from .screens import Screen

if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = Screen(
        sys.argv[2] if sys.argv[1:2] == ["--clipped"] and sys.argv[2:] else "desk"
    ).platform

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from engine.report.write import write_report
from gui.app import TURNS_TO_DRAW
from gui.bridge import WorkerProcess
from gui.i18n import Language, Translation, can_show
from gui.operations import Operation
from gui.theme.style import Style
from gui.theme.tokens import Theme
from gui.viewmodels.session import Session
from gui.window import SIZE, MainWindow
from tests.engine.report.sample import report

from .pictures import (
    BASELINES,
    FONT_FILE,
    LOOKS,
    SMALL,
    clipped,
    font_here,
    misplaced,
    painted,
    place,
    shrunk,
    too_large,
)
from .recorded import RecordedWorker
from .scenes import SCENES

HERE = Path(__file__).parent


class Gallery:
    """A window whose worker answers with recordings; ``folder`` is empty and takes what the window writes."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        self.application = application
        (folder / "engine").mkdir()
        for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            os.environ[name] = str(folder / "home")
        for language in Language:
            write_report(folder / f"draft_{language}.md", report(), language=language)
        fine = {"recipe": {}, "problems": [], "repaired": None}
        (folder / "engine" / "recipe_check.json").write_text(json.dumps(fine))
        scripted = [sys.executable, "-S", str(HERE / "fake_worker.py"), "success"]
        (folder / "engine" / "bundle.json").write_text(json.dumps({"id": "dd6143a645f463f5"}))
        placed = {"verified": True, "release": 5, "target": "loopback"}
        (folder / "engine" / "deploy.json").write_text(json.dumps({"placements": [placed]}))
        self.style = Style(application, Theme.LIGHT)
        self.translation = Translation(application)
        self.translation.use(Language.ENGLISH)
        self.demo = Operation("demo", lambda: WorkerProcess(scripted))
        project = Path("/home/user/projects/shelf-camera")
        session = Session(project, lambda: RecordedWorker(folder / "engine"))
        self.window = MainWindow(self.style, self.translation, self.demo, session=session)
        self.front: QWidget | None = None  # a dialog in front of the window
        self.engine = folder / "engine"
        self.window.looks.remembers = False
        self.window.resize(SIZE.boundedTo(self.window.screen().availableGeometry().size()))
        self.window.show()
        self.settle()

    def close(self) -> None:
        """End what runs and take the window away."""
        self.window.session.shut_down()
        self.settle()
        self.window.close()
        self.window.deleteLater()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def settle(self, done: Callable[[], bool] = lambda: True) -> None:
        """Let answers arrive and layouts settle."""
        end = time.monotonic() + 120  # of a machine that is busy; it goes on as soon as the page has its answer
        self.application.processEvents()
        while (self.window.session.busy or not done()) and time.monotonic() < end:
            self.application.processEvents()
            time.sleep(0.002)
        assert done(), "the page got no answer"
        for _ in range(TURNS_TO_DRAW):
            self.application.processEvents()
        self.application.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # as the loop of the window does

    def show(self, scene: str) -> QWidget:
        """Show a scene; the page or the dialog of it."""
        self.put_away()
        self.window.notifier.toasts.hide()
        made = SCENES[scene](self)
        self.front = made if isinstance(made, QWidget) else None
        self.settle()
        if not scene.endswith("messages"):
            self.window.notifier.toasts.hide()  # they tell that the run of another scene is done
        return self.front or self.window.current

    def put_away(self) -> None:
        """Close the dialog of the last scene."""
        if isinstance(self.front, QDialog):
            self.front.reject()  # its page keeps it until the next one
        elif self.front is not None:
            self.front.hide()
        self.front = None

    @property
    def top(self) -> QWidget:
        """The window in which the shown page or dialog is."""
        return self.window if self.front is None else self.front.window()

    def look(self, theme: Theme, language: Language) -> None:
        """Switch theme and language."""
        self.put_away()  # dialogs are made anew in each language
        if self.style.theme is not theme:
            self.style.use(theme)
        self.translation.use(language)
        self.settle()

    def picture(self, ratio: float = 1.0) -> QImage:
        """The window as it is painted, with so many pixels for each of its own; a dialog in its middle."""
        image = painted(self.window, ratio)
        if self.top is not self.window:
            painter = QPainter(image)
            painter.fillRect(self.window.rect(), QColor(0, 0, 0, 70))
            place = QRect(QPoint(0, 0), self.top.size())
            place.moveCenter(self.window.rect().center())
            painter.drawImage(place, painted(self.top, ratio))
            painter.setPen(QColor(self.style.tokens.faint))  # the desktop draws a frame
            painter.drawRect(place)
            painter.end()
        return image

    def walk(self, scenes: Sequence[str] = ()) -> Iterator[tuple[str, Theme, Language]]:
        """These scenes, or all, in all looks that can be shown here; the window shows each when it is yielded."""
        for theme, language in LOOKS:
            if can_show(language):
                self.look(theme, language)
                for scene in scenes or SCENES:
                    self.show(scene)
                    yield scene, theme, language


def _renew(gallery: Gallery, scenes: Sequence[str]) -> None:
    sheets = {scene: QImage(SMALL * 2, QImage.Format.Format_RGB32) for scene in scenes or SCENES}
    for scene, theme, language in gallery.walk():  # all of them: what is behind a dialog comes from the scenes before
        if scene not in sheets:
            continue
        painter = QPainter(sheets[scene])
        painter.drawImage(place(theme, language).topLeft(), shrunk(gallery.picture()))
        painter.end()
    BASELINES.mkdir(exist_ok=True)
    for scene, sheet in sheets.items():
        colours = sheet.convertToFormat(QImage.Format.Format_Indexed8, Qt.ImageConversionFlag.AvoidDither)
        colours.save(str(BASELINES / f"{scene}.png"))
    FONT_FILE.write_text(font_here() + "\n")


def _write(gallery: Gallery, folder: Path, scenes: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for scene, theme, language in gallery.walk(scenes):
        gallery.picture().save(str(folder / f"{scene}_{theme}_{language}.png"))


def _clipped(gallery: Gallery) -> dict[str, list[str]]:
    found = {}
    for language in filter(can_show, Language):
        gallery.look(Theme.LIGHT, language)
        for scene in SCENES:
            page = gallery.show(scene)
            if cut := [*clipped(page), *misplaced(page), *too_large(page)]:
                found[f"{scene} {language}"] = cut
    return found


def main(arguments: list[str]) -> None:
    """See the docstring of the module."""
    application = QApplication(["flyweight"])
    with tempfile.TemporaryDirectory() as folder:
        gallery = Gallery(application, Path(folder))
        if arguments[:1] == ["--renew"]:
            _renew(gallery, arguments[1:])
        elif arguments[:1] == ["--write"]:
            _write(gallery, Path(arguments[1]), arguments[2:])
        else:
            window = gallery.window
            size = [window.width(), window.height()]
            print(json.dumps({"ratio": window.devicePixelRatioF(), "window": size, "clipped": _clipped(gallery)}))
        gallery.close()


if __name__ == "__main__":
    main(sys.argv[1:])

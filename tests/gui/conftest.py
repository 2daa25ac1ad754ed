"""A window on no screen, with a scripted worker behind it."""

import os
import sys
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

pytest.importorskip("PySide6", reason="the extra 'gui' is not installed")

from gui.bridge import WorkerProcess
from gui.i18n import Language, Translation
from gui.operations import Operation
from gui.theme.style import Style
from gui.theme.tokens import Theme
from gui.window import SIZE, MainWindow

FAKE = Path(__file__).with_name("fake_worker.py")


class Script:
    """Which scenario the next worker plays."""

    def __init__(self) -> None:
        self.scenario = "success"

    def worker(self) -> WorkerProcess:
        return WorkerProcess([sys.executable, "-S", str(FAKE), self.scenario])


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def operation(script: Script, qtbot) -> Operation:
    made = Operation("demo", script.worker, terminate_after_ms=300, kill_after_ms=200)
    yield made
    if made.state.busy:
        made.shut_down()
        qtbot.waitUntil(lambda: not made.state.busy, timeout=5000)


@pytest.fixture(scope="session")
def look(qapp) -> Style:
    return Style(qapp, Theme.LIGHT)


@pytest.fixture
def opened() -> list[str]:
    return []


@pytest.fixture
def window(
    qtbot, qapp, look: Style, operation: Operation, opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MainWindow:
    monkeypatch.setattr("gui.window.can_show", lambda language: True)  # whatever fonts this computer has
    translation = Translation(qapp)
    translation.use(Language.ENGLISH)
    look.use(Theme.LIGHT)
    made = MainWindow(
        look,
        translation,
        operation,
        settings_file=tmp_path / "window.toml",
        opener=lambda path: opened.append(path) or True,
    )
    made.resize(SIZE)
    made.show()
    qtbot.waitExposed(made)
    yield made
    if operation.state.busy:
        operation.shut_down()
        qtbot.waitUntil(lambda: not operation.state.busy, timeout=5000)
    made.close()
    translation.use(Language.ENGLISH)
    made.deleteLater()

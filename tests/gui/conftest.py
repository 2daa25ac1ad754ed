"""A window on no screen, with a scripted worker behind it."""

import json
import os
import sys
from pathlib import Path

import pytest

from .screens import Screen

os.environ["QT_QPA_PLATFORM"] = Screen.DESK.platform

pytest.importorskip("PySide6", reason="the extra 'gui' is not installed")

from PySide6.QtCore import QLocale

from gui.bridge import WorkerProcess
from gui.i18n import Language, Translation
from gui.operations import Operation
from gui.theme.style import Style
from gui.theme.tokens import Theme
from gui.viewmodels.session import Session
from gui.window import SIZE, MainWindow

FAKE = Path(__file__).with_name("fake_worker.py")
ANSWERING = Path(__file__).with_name("answering_worker.py")


@pytest.fixture(autouse=True)
def english_figures():
    """Figures as the window writes them in English, whichever test ran before: a process begins with those of C."""
    QLocale.setDefault(QLocale(QLocale.Language.English))


class Script:
    """Which scenario the next worker plays."""

    def __init__(self) -> None:
        self.scenario = "success"

    def worker(self) -> WorkerProcess:
        return WorkerProcess([sys.executable, "-S", str(FAKE), self.scenario])


class Engine:
    """What the engine behind the pages answers: captured documents, unless a test says otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def worker(self) -> WorkerProcess:
        return WorkerProcess([sys.executable, "-S", str(ANSWERING), str(self.folder)])

    def answers(self, verb: str, document: dict) -> None:
        """From now on the verb answers this."""
        (self.folder / f"{verb}.json").write_text(json.dumps(document))

    def fails(self, verb: str, code: str, message: str, remedy: str) -> None:
        """From now on the verb fails like this."""
        self.answers(verb, {"error": {"code": code, "message": message, "remedy": remedy}})

    def asked(self, verb: str) -> list[dict]:
        """Arguments of every call of a verb so far."""
        path = self.folder / "asked.jsonl"
        requests = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
        return [request["arguments"] for request in requests if request["verb"] == verb]


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    folder = tmp_path / "engine"
    folder.mkdir()
    return Engine(folder)


@pytest.fixture
def session(engine: Engine, tmp_path: Path, qtbot) -> Session:
    made = Session(tmp_path / "project", engine.worker)
    yield made
    if made.busy:
        made.shut_down()
        qtbot.waitUntil(lambda: not made.busy, timeout=5000)


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
    qtbot,
    qapp,
    look: Style,
    operation: Operation,
    session: Session,
    opened: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> MainWindow:
    monkeypatch.setattr("gui.looks.can_show", lambda language: True)  # whatever fonts this computer has
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    translation = Translation(qapp)
    translation.use(Language.ENGLISH)
    look.use(Theme.LIGHT)
    made = MainWindow(
        look,
        translation,
        operation,
        session=session,
        settings_file=tmp_path / "window.toml",
        opener=lambda path: opened.append(path) or True,
    )
    made.resize(SIZE)
    made.show()
    qtbot.waitExposed(made)
    yield made
    if session.busy:
        session.shut_down()
        qtbot.waitUntil(lambda: not session.busy, timeout=5000)
    made.close()
    translation.use(Language.ENGLISH)
    made.deleteLater()

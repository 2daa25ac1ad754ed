"""Adding a board in the window as a person does it, with the real engine and real SSH servers."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from engine.deploy.host_keys import fingerprint
from engine.deploy.inventory import Inventory
from gui.viewmodels.enrol import EnrolState
from gui.viewmodels.session import Session
from tests.engine.deploy.boards import SSHD, Board
from tests.engine.deploy.password_board import PasswordBoard

pytestmark = [pytest.mark.ui, pytest.mark.slow]
LEFT = Qt.MouseButton.LeftButton
CANARY = "cAnaRy-51e0-window"
PATIENT_MS = 120_000


@pytest.fixture
def session(tmp_path: Path, qtbot):
    """The session of a window whose workers are the real ones."""
    made = Session(tmp_path / "project")
    yield made
    if made.busy:
        made.shut_down()
        qtbot.waitUntil(lambda: not made.busy, timeout=10_000)


@pytest.fixture
def page(qtbot, window):
    window.go("devices")
    made = window.page("devices")
    qtbot.waitUntil(lambda: made.model.device is not None, timeout=PATIENT_MS)
    return made


@pytest.fixture
def dialog(qtbot, page):
    qtbot.mouseClick(page.add_button, LEFT)
    yield page.dialog
    page.dialog.reject()


def reach(qtbot, dialog, state: EnrolState) -> None:
    def there() -> bool:
        assert state is EnrolState.FAILED or dialog.model.state is not EnrolState.FAILED, dialog.model.message
        return dialog.model.state is state

    qtbot.waitUntil(there, timeout=PATIENT_MS)


def test_that_a_board_is_added_by_a_password_that_is_kept_nowhere(qtbot, page, dialog, home: Path, tmp_path: Path):
    board = PasswordBoard(tmp_path / "board", CANARY)
    try:
        qtbot.keyClicks(dialog.name, "pi")
        qtbot.keyClicks(dialog.address, board.address)
        qtbot.mouseClick(dialog.go_button, LEFT)
        qtbot.keyClick(dialog.way, Qt.Key.Key_Down)
        assert dialog.password.isVisible()
        assert not dialog.identity.isVisible()
        assert dialog.password.echoMode() is QLineEdit.EchoMode.Password
        assert not dialog.go_button.isEnabled(), "no password yet"
        qtbot.keyClicks(dialog.password, "wrong")
        qtbot.mouseClick(dialog.go_button, LEFT)
        reach(qtbot, dialog, EnrolState.UNKNOWN_KEY)
        assert dialog.new_key.text() == board.fingerprint
        assert (board.refused, board.logins) == (0, 0), "nothing is sent before a person accepted the key"
        qtbot.mouseClick(dialog.go_button, LEFT)
        reach(qtbot, dialog, EnrolState.FAILED)
        assert "refused the password" in dialog.model.message
        qtbot.mouseClick(dialog.back_button, LEFT)
        dialog.password.clear()
        qtbot.keyClicks(dialog.password, CANARY)
        qtbot.mouseClick(dialog.go_button, LEFT)
        reach(qtbot, dialog, EnrolState.UNKNOWN_KEY)
        qtbot.mouseClick(dialog.go_button, LEFT)
        reach(qtbot, dialog, EnrolState.DONE)
        assert {"Processor", "Memory", "Free disk", "Runtimes", "Sensors"} <= set(dialog.facts.shown)
        assert (board.refused, board.logins) == (1, 1)
        assert dialog.password.text() == ""
        kept = (vars(dialog.model), dialog.model.run.operation.arguments, list(dialog.model.run.lines))
        assert CANARY not in repr(kept)
        qtbot.waitUntil(lambda: [row.name for row in page.model.table.rows] == ["loopback", "pi"], timeout=PATIENT_MS)
        assert Inventory.load().get("pi").restricted
        files = [path for root in (home, tmp_path) for path in root.rglob("*") if path.is_file()]
        assert any(path.name == "devices.json" for path in files)
        assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    finally:
        board.stop()


def test_that_a_reflashed_board_is_a_hard_stop_until_a_person_has_compared_its_new_key(qtbot, page, dialog, tmp_path):
    if not SSHD:
        pytest.fail("OpenSSH's sshd is missing: apt-get install openssh-server")
    board = Board(tmp_path / "board")
    try:
        qtbot.keyClicks(dialog.name, "pi")
        qtbot.keyClicks(dialog.address, board.address)
        qtbot.mouseClick(dialog.go_button, LEFT)
        qtbot.keyClicks(dialog.identity, str(board.identity))
        qtbot.mouseClick(dialog.go_button, LEFT)
        reach(qtbot, dialog, EnrolState.UNKNOWN_KEY)
        old = board.fingerprint
        assert dialog.new_key.text() == old
        qtbot.mouseClick(dialog.go_button, LEFT)
        reach(qtbot, dialog, EnrolState.DONE)
        assert {name for name, _ in dialog.model.found} == {
            f"check {w}" for w in ("board", "disk", "runtimes", "sensors")
        }
        qtbot.mouseClick(dialog.cancel_button, LEFT)
        Inventory.load().update("pi", groups=("cameras",), tags={"site": "roof"})
        board.new_host_key()
        qtbot.mouseClick(page.add_button, LEFT)
        again = page.dialog
        qtbot.keyClicks(again.name, "pi")
        qtbot.keyClicks(again.address, board.address)
        qtbot.mouseClick(again.go_button, LEFT)
        qtbot.keyClicks(again.identity, str(board.identity))
        qtbot.mouseClick(again.go_button, LEFT)
        reach(qtbot, again, EnrolState.CHANGED_KEY)
        assert again.old_key.text() == f"before: {old}"
        assert again.new_key.text() == f"now: {board.fingerprint}"
        pinned = Inventory.load().get("pi").host_key
        assert pinned is not None
        assert fingerprint(pinned) == old, "nothing was accepted by itself"
        qtbot.mouseClick(again.go_button, LEFT)
        reach(qtbot, again, EnrolState.UNKNOWN_KEY)
        assert again.new_key.text() == board.fingerprint
        qtbot.mouseClick(again.go_button, LEFT)
        reach(qtbot, again, EnrolState.DONE)
        pinned = Inventory.load().get("pi").host_key
        assert pinned is not None
        assert fingerprint(pinned) == board.fingerprint
        kept = Inventory.load().get("pi")
        assert (kept.groups, kept.tags) == (("cameras",), {"site": "roof"}), "what a person noted of it stays"
        again.reject()
    finally:
        board.stop()

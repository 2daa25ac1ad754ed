"""Trying a model on a file, and the rights of the agent, in the window with the real engine and a real SSH server."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.deploy.enrol import add_device
from engine.deploy.release import deploy
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from gui.viewmodels.session import Session
from tests.engine.deploy.boards import SSHD, Board

pytestmark = [pytest.mark.ui, pytest.mark.slow]
PATIENT_MS = 120_000


@pytest.fixture
def session(tmp_path: Path, qtbot):
    """The session of a window whose workers are the real ones."""
    made = Session(tmp_path / "project")
    yield made
    if made.busy:
        made.shut_down()
        qtbot.waitUntil(lambda: not made.busy, timeout=10_000)


def test_that_a_board_answers_to_a_file_lists_its_rights(qtbot, window, tmp_path):
    if not SSHD:
        pytest.fail("OpenSSH's sshd is missing: apt-get install openssh-server")
    board, data = Board(tmp_path / "board"), open_data("fashion-mnist:shipped")
    try:
        add_device(
            "pi",
            board.address,
            identity=board.identity,
            accept_fingerprint=board.fingerprint,
            python=sys.executable,
            timeout_s=60,
        )
        files = {Format.ONNX: sample("fashion-mobilenet").onnx_int8}
        bundle = make_bundle(
            files, data=data, recipe=Recipe(()), name="int8", out_dir=tmp_path, signing_key=signing_key(), model="m"
        )
        deploy(bundle, "pi", slot="door")
        raw = data.raw("test", 0)
        (tmp_path / "mine.png").write_bytes(raw.content)

        window.tools.attempt(target="pi")
        trying = window.tools.dialog
        qtbot.waitUntil(lambda: trying.model.count() > 0, timeout=PATIENT_MS)
        assert trying.model.currentText() == "in slot door"
        trying.take([str(tmp_path / "mine.png")])
        qtbot.mouseClick(trying.start_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: trying.steps.run is not None and not trying.steps.busy, timeout=PATIENT_MS)
        assert trying.steps.notice is None, trying.words.text()
        best = trying.sheets.views[0].rows.rows[0]
        assert raw.label is not None
        assert (best[0].text, best[1].text) == ("mine.png", data.classes[raw.label])
        trying.reject()

        window.tools.rights("pi")
        rights = window.tools.dialog
        qtbot.waitUntil(lambda: not rights.steps.busy, timeout=PATIENT_MS)
        assert rights.steps.document is not None, rights.words.text()
        assert len(rights.sheets.views[0].rows.rows) == 4
        rights.reject()
    finally:
        board.stop()

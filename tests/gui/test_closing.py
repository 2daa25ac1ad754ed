"""Work is left in its middle: Escape leaves a dialog, not its work; closing the window ends all work and begins nothing more."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from tests.gui.answering_worker import CASES

from .test_app import alive

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
PATIENT_MS = 15_000
BARE = {**json.loads((CASES / "project_show.json").read_text()), "bundles": []}
"""The project with nothing packed: what is measured is packed before."""


def _variants(qtbot, window):
    window.go("variants")
    page = window.page("variants")
    qtbot.waitUntil(lambda: bool(page.model.selected) and page.content.isVisible(), timeout=PATIENT_MS)
    return page


def _measure(qtbot, window):
    qtbot.mouseClick(_variants(qtbot, window).detail.measure_button, LEFT)
    dialog = window.tools.dialog
    qtbot.waitUntil(lambda: dialog.variant.count() > 1 and dialog.start_button.isEnabled(), timeout=PATIENT_MS)
    qtbot.mouseClick(dialog.start_button, LEFT)
    return dialog


def _study(qtbot, window):
    qtbot.mouseClick(_variants(qtbot, window).detail.look_button, LEFT)
    dialog = window.tools.dialog
    qtbot.mouseClick(dialog.start_button, LEFT)
    return dialog


def _campaign(qtbot, window):
    window.go("profiles")
    page = window.page("profiles")
    qtbot.waitUntil(page.content.isVisible, timeout=PATIENT_MS)
    qtbot.mouseClick(page.measure_button, LEFT)
    dialog = page.dialog
    qtbot.waitUntil(lambda: dialog.variants.count() > 1 and dialog.targets.count() > 0, timeout=PATIENT_MS)
    for box in (dialog.variants, dialog.targets):
        box.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.mouseClick(dialog.start_button, LEFT)
    return dialog


def _devices(qtbot, window):
    window.go("devices")
    page = window.page("devices")
    qtbot.waitUntil(lambda: page.model.device is not None and page.settings is not None, timeout=PATIENT_MS)
    return page


def _selftest(qtbot, window):
    qtbot.mouseClick(_devices(qtbot, window).test_button, LEFT)


def _settings(qtbot, window):
    field = _devices(qtbot, window).settings.editors["groups"]
    assert isinstance(field, QLineEdit)
    field.setText("kitchen")
    field.editingFinished.emit()


@pytest.mark.parametrize(
    ("begin", "verb", "next_verb"),
    [
        (_measure, "bundle", "measure"),
        (_study, "evaluate", None),
        (_campaign, "bundle", "profile_run"),
        (_selftest, "device_selftest", None),
        (_settings, "device_set", "device_list"),
    ],
    ids=["measure", "study", "profile the fleet", "self-test", "device settings"],
)
def test_that_what_runs_outlives_its_dialog_and_ends_with_the_window(qtbot, window, engine, begin, verb, next_verb):
    engine.answers("project_show", BARE)
    engine.answers(verb, {"wait": True})
    dialog = begin(qtbot, window)
    qtbot.waitUntil(lambda: len(engine.asked(verb)) == 1, timeout=PATIENT_MS)
    if dialog is not None:
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()
    working = [operation for operation in window.session._operations if operation.state.busy]
    assert verb in [operation.verb for operation in working]
    processes = [operation.pid for operation in working]
    assert all(processes)
    before = len(engine.asked(next_verb)) if next_verb else 0
    with qtbot.waitSignal(window.gone, timeout=PATIENT_MS):
        window.close()
    assert not window.isVisible()
    assert not window.session.busy
    assert not any(alive(process) for process in processes)
    assert next_verb is None or len(engine.asked(next_verb)) == before, "nothing more was begun"


def _by_its_frame(window):
    """As the desktop asks when a person clicks the cross."""
    QApplication.sendEvent(window.windowHandle(), QCloseEvent())


@pytest.mark.parametrize("close", [_by_its_frame, lambda window: window.command("quit")()], ids=["frame", "Ctrl+Q"])
def test_that_a_person_who_closes_the_window_over_long_work_is_asked(qtbot, window, engine, close):
    engine.answers("measure", {"wait": True})
    _measure(qtbot, window)
    qtbot.waitUntil(lambda: len(engine.asked("measure")) == 1, timeout=PATIENT_MS)
    close(window)
    assert window.isVisible()
    assert window.box.isVisible()
    window.box.reject()
    assert window.session.heavy, "the work goes on"
    close(window)
    with qtbot.waitSignal(window.gone, timeout=PATIENT_MS):
        window.box.answer("Stop it and close")
    assert not window.session.busy


@pytest.mark.parametrize("close", [_by_its_frame, lambda window: window.command("quit")()], ids=["frame", "Ctrl+Q"])
def test_that_nobody_is_asked_where_nothing_long_runs(qtbot, window, close):
    with qtbot.waitSignal(window.gone, timeout=PATIENT_MS):
        close(window)
    assert window.box is None

"""Work is left in its middle: Escape leaves a dialog, not its work; closing the window ends all work and begins nothing more."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QApplication, QLineEdit

from gui.viewmodels.wizard import WizardStep
from tests.gui.answering_worker import CASES

from .pages.wizard import ready
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


def _deploy(qtbot, window):
    window.go("deploy")
    page = window.page("deploy")
    qtbot.waitUntil(lambda: page.variants.count() > 1 and page.targets.count() > 0, timeout=PATIENT_MS)
    for box in (page.variants, page.targets):
        box.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.mouseClick(page.deploy_button, LEFT)


def _candidates(qtbot, window):
    window.go("compress")
    page = window.page("compress")
    ready(qtbot, page, WizardStep.METHODS)
    page.model.set(targets=("loopback",), preset="latency")
    qtbot.waitUntil(lambda: not page.model.lacks(WizardStep.METHODS), timeout=PATIENT_MS)
    page.model.go(WizardStep.REVIEW)
    qtbot.mouseClick(page.next_button, LEFT)


def _add(qtbot, window):
    page = _devices(qtbot, window)
    page.add("pi@raspberrypi.local")
    page.dialog.name.setText("pi5")
    for _ in range(2):
        qtbot.mouseClick(page.dialog.go_button, LEFT)
    return page.dialog


@pytest.mark.parametrize(
    ("begin", "verb", "next_verb"),
    [
        (_measure, "bundle", "measure"),
        (_study, "evaluate", None),
        (_campaign, "bundle", "profile_run"),
        (_selftest, "device_selftest", None),
        (_settings, "device_set", "device_list"),
        (_deploy, "bundle", "deploy"),
        (_candidates, "choose", None),
    ],
    ids=["measure", "study", "profile the fleet", "self-test", "device settings", "deploy", "candidates"],
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
@pytest.mark.parametrize(
    ("begin", "verb"),
    [(_measure, "measure"), (_deploy, "deploy"), (_candidates, "choose"), (_add, "device_add")],
    ids=["measure", "deploy", "candidates", "new device"],
)
def test_that_a_person_who_closes_the_window_over_work_that_costs_something_is_asked(
    qtbot, window, engine, close, begin, verb
):
    engine.answers("bundle", {"id": "dd6143a645f463f5"})
    engine.answers(verb, {"wait": True})
    begin(qtbot, window)
    qtbot.waitUntil(lambda: len(engine.asked(verb)) == 1, timeout=PATIENT_MS)
    close(window)
    assert window.isVisible()
    assert window.box.isVisible()
    window.box.reject()
    assert window.session.costly, "the work goes on"
    close(window)
    with qtbot.waitSignal(window.gone, timeout=PATIENT_MS):
        window.box.answer("Stop it and close")
    assert not window.session.busy


def test_that_a_device_is_not_added_by_a_dialog_that_was_left(qtbot, window, engine):
    engine.answers("device_add", {"wait": True})
    dialog = _add(qtbot, window)
    qtbot.waitUntil(lambda: len(engine.asked("device_add")) == 1, timeout=PATIENT_MS)
    (working,) = [o for o in window.session._operations if o.verb == "device_add" and o.state.busy]
    process = working.pid
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not window.session.costly, timeout=PATIENT_MS)
    assert not alive(process)


@pytest.mark.parametrize("close", [_by_its_frame, lambda window: window.command("quit")()], ids=["frame", "Ctrl+Q"])
def test_that_nobody_is_asked_where_nothing_long_runs(qtbot, window, close):
    with qtbot.waitSignal(window.gone, timeout=PATIENT_MS):
        close(window)
    assert window.box is None

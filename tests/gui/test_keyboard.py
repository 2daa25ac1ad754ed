"""The whole job with the keyboard alone: model, data, target, preset, run, deploy, measure, report."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gui.pages.tools.measure import MeasureDialog
from gui.viewmodels.deploy import CellState
from gui.viewmodels.wizard import WizardStep
from gui.widgets.palette import CommandPalette

pytestmark = pytest.mark.ui
Key, Modifier = Qt.Key, Qt.KeyboardModifier
MOST_STEPS = 120


def front(qtbot, window: QWidget) -> None:
    """Give the window the keys."""
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=8000)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Modifier.NoModifier) -> None:
    """Press a key where the focus is."""
    widget = QApplication.focusWidget() or QApplication.activeWindow()
    assert widget is not None, "nothing has the focus"
    assert widget.isVisible()
    QTest.keyClick(widget, key, modifier)
    QApplication.processEvents()


def tab_to(wanted: QWidget) -> None:
    """Press Tab until it is there; every stop is seen and has a name."""
    for _ in range(MOST_STEPS):
        if wanted.hasFocus():
            return
        press(Key.Key_Tab)
        here = QApplication.focusWidget()
        assert here is not None
        assert here.isVisible()
    raise AssertionError(f"the Tab key does not reach {wanted.accessibleName() or wanted}")


def test_that_the_whole_job_is_done_with_the_keyboard_alone(qtbot, window, engine, tmp_path):
    engine.answers("recipe_check", {"recipe": {}, "problems": [], "repaired": None})
    engine.answers("bundle", {"id": "dd6143a645f463f5"})
    engine.answers("deploy", {"placements": [{"verified": True, "release": 5, "target": "loopback"}]})
    paper = tmp_path / "report.html"
    paper.write_text("<html></html>")
    engine.answers("report", {"path": str(paper)})
    front(qtbot, window)

    press(Key.Key_3, Modifier.ControlModifier)
    page = window.page("compress")
    model, steps = page.model, page.steps
    qtbot.waitUntil(lambda: model.catalogue is not None and bool(model.device_names), timeout=8000)

    def next_step(step: WizardStep) -> None:
        qtbot.waitUntil(page.next_button.isEnabled, timeout=8000)
        tab_to(page.next_button)
        press(Key.Key_Space)
        qtbot.waitUntil(lambda: model.step is step, timeout=8000)

    tab_to(steps[WizardStep.MODEL].sample_buttons[0])
    press(Key.Key_Space)
    qtbot.waitUntil(lambda: model.models.facts is not None, timeout=8000)
    tab_to(steps[WizardStep.MODEL].arch)
    press(Key.Key_Tab)
    assert page.next_button.hasFocus(), "the footer follows what was made after it"
    next_step(WizardStep.DATA)
    tab_to(steps[WizardStep.DATA].built_in[0])
    press(Key.Key_Space)
    assert model.state.data == "fashion-mnist"
    next_step(WizardStep.TARGET)
    tab_to(steps[WizardStep.TARGET].list)
    press(Key.Key_Space)
    assert model.state.targets == ("loopback",)
    next_step(WizardStep.METHODS)
    ways = steps[WizardStep.METHODS].ways
    tab_to(next(way for way in ways if way.isChecked()))
    press(Key.Key_Right)
    press(Key.Key_Right)
    assert model.state.preset == "latency"
    next_step(WizardStep.REVIEW)
    next_step(WizardStep.RESULT)
    qtbot.waitUntil(lambda: model.choice is not None, timeout=8000)

    press(Key.Key_7, Modifier.ControlModifier)
    deploy = window.page("deploy")
    qtbot.waitUntil(lambda: deploy.variants.count() > 1 and deploy.targets.count() == 1, timeout=8000)
    for box in (deploy.variants, deploy.targets):
        tab_to(box)
        press(Key.Key_Home)
        press(Key.Key_Space)
    tab_to(deploy.deploy_button)
    press(Key.Key_Space)
    qtbot.waitUntil(lambda: [c.state for c in deploy.model.cells.values()] == [CellState.VERIFIED], timeout=8000)

    press(Key.Key_M, Modifier.ControlModifier)
    dialog = window.tools.dialog
    assert isinstance(dialog, MeasureDialog)
    qtbot.waitUntil(lambda: dialog.variant.count() > 0 and dialog.targets.count() > 0, timeout=8000)
    if not dialog.start_button.isEnabled():
        tab_to(dialog.targets)
        press(Key.Key_Home)
        press(Key.Key_Space)
    tab_to(dialog.start_button)
    press(Key.Key_Space)
    qtbot.waitUntil(lambda: dialog.steps.document is not None, timeout=8000)
    assert dialog.focusWidget() is dialog.start_button, (
        "the focus came back from the stop button, and is not at the top"
    )
    front(qtbot, dialog)  # as a desktop does
    press(Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=8000)
    front(qtbot, window)  # as a desktop does

    press(Key.Key_9, Modifier.ControlModifier)
    report = window.page("report")
    qtbot.waitUntil(report.write_button.isEnabled, timeout=8000)
    tab_to(report.write_button)
    press(Key.Key_Space)
    qtbot.waitUntil(report.open_button.isVisible, timeout=8000)
    assert report.written == str(paper)


def test_that_f1_lists_every_shortcut_and_escape_leaves_the_palette(qtbot, window):
    front(qtbot, window)
    press(Key.Key_F1)
    assert window.current is window.page("settings")
    shown = window.page("settings").keys
    listed = [shown.texts(number)[1] for number in range(len(shown.rows))]
    assert listed == [command.keys for command in window.commands if command.shortcut]
    assert "F1" in listed
    press(Key.Key_K, Modifier.ControlModifier)
    palette = window.findChildren(CommandPalette)[-1]
    assert palette.isVisible()
    QTest.keyClick(palette.needle, Key.Key_Escape)
    assert not palette.isVisible()

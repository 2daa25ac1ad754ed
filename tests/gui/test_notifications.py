"""What a person is told when long work ends, and that nothing takes the focus."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

pytestmark = pytest.mark.ui


def test_that_a_finished_run_is_told_in_a_corner_without_taking_the_focus(qtbot, window, engine):
    window.go("settings")
    page = window.page("settings")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)
    page.theme.setFocus()
    focused = QApplication.focusWidget()
    toast = window.notifier.toast
    engine.answers("compress", {"baseline": None, "variants": []})
    window.session.run("compress", {"model": "x"})
    qtbot.waitUntil(toast.isVisible, timeout=5000)
    assert QApplication.focusWidget() is focused
    assert (toast.pill.text(), toast.title.text()) == ("Done", "Compress")
    assert window.rect().contains(toast.geometry())
    qtbot.mouseClick(toast.show_button, Qt.MouseButton.LeftButton)
    assert window.current is window.page("jobs")
    assert not toast.isVisible()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


def test_that_a_failure_is_told_with_its_reason_and_questions_are_not(qtbot, window, engine):
    window.go("settings")
    toast = window.notifier.toast
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)
    assert not toast.isVisible()
    engine.fails("compress", "no-space", "the disk is full", "make room")
    window.session.run("compress", {"model": "x"})
    qtbot.waitUntil(toast.isVisible, timeout=5000)
    assert (toast.pill.text(), toast.words.text()) == ("Failed", "the disk is full")
    toast._timer.timeout.emit()
    assert not toast.isVisible(), "it goes by itself"


def test_that_the_page_in_front_that_shows_the_run_is_enough(qtbot, window, engine, monkeypatch):
    monkeypatch.setattr(type(window), "isActiveWindow", lambda self: True)
    window.go("jobs")
    engine.answers("compress", {"baseline": None, "variants": []})
    run = window.session.run("compress", {"model": "x"})
    qtbot.waitUntil(lambda: not run.state.busy and not window.session.busy, timeout=8000)
    assert not window.notifier.toast.isVisible()

"""What a person is told when long work ends, and that nothing takes the focus."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication

from gui.i18n import Language
from gui.notifications import TOLD
from gui.viewmodels import wording
from gui.widgets.toast import AT_ONCE, MOST_CHARACTERS, PIXELS

pytestmark = pytest.mark.ui


@pytest.fixture
def toasts(qtbot, window):
    """Those of a window that shows a page which says nothing of runs."""
    window.go("settings")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)
    return window.notifier.toasts


def end(qtbot, window, **arguments: object) -> None:
    before = len(window.notifier.toasts.shown)
    run = window.session.run("compress", {"model": "x", **arguments})
    qtbot.waitUntil(lambda: not run.state.busy and not run.waits, timeout=8000)
    assert len(window.notifier.toasts.shown) == min(before + 1, AT_ONCE)


def test_that_a_finished_run_is_told_in_a_corner_without_taking_the_focus(qtbot, window, engine, toasts):
    window.page("settings").theme.setFocus()
    focused = QApplication.focusWidget()
    engine.answers("compress", {"baseline": None, "variants": []})
    end(qtbot, window, recipes=[{"name": "half-int8"}])
    toast = toasts.newest
    assert QApplication.focusWidget() is focused
    assert (toast.pill.text(), toast.title.text(), toast.words.text()) == ("Done", "Compression", "x · half-int8")
    assert window.rect().contains(toast.geometry())
    window.translation.use(Language.CHINESE)
    QApplication.processEvents()
    assert (toast.pill.text(), toast.title.text()) == ("完成", "压缩")
    assert toast.show_button.text() == "查看"
    qtbot.mouseClick(toast.show_button, Qt.MouseButton.LeftButton)
    assert window.current is window.page("jobs")
    assert not toast.isVisible()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


def test_that_a_failure_is_told_with_its_reason_and_questions_are_not(qtbot, window, engine, toasts):
    assert not toasts.shown
    engine.fails("compress", "no-space", "the disk is full", "make room")
    end(qtbot, window)
    toast = toasts.newest
    assert (toast.pill.text(), toast.words.text()) == ("Failed", "The disk is full")
    toast.close_button.setFocus()
    toast._timer.timeout.emit()
    assert toast.isVisible(), "somebody is about to press its button"
    window.page("settings").theme.setFocus()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))  # the mouse is where the test before left it
    toast.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    toast._timer.timeout.emit()
    assert not toast.isVisible(), "it goes by itself"
    window.command("show-ended")()
    assert window.current is window.page("jobs"), "it is found when the message is gone"
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


def test_that_several_messages_lie_above_each_other_and_long_ones_are_cut(qtbot, window, engine, toasts):
    for number in range(AT_ONCE + 1):
        engine.fails("compress", "odd", f"{number} " + "/a/very/long/path" * 40, "look")
        end(qtbot, window)
    shown = toasts.shown
    assert [toast.words.text()[0] for toast in shown] == ["1", "2", "3"]
    for toast in shown:
        assert len(toast.words.text().replace("\u200b", "")) == MOST_CHARACTERS
        assert toast.width() == PIXELS
        assert toast.words.height() >= toast.words.heightForWidth(toast.words.width())
        assert window.rect().contains(toast.geometry())
    boxes = [toast.geometry() for toast in shown]
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)
    qtbot.keyClick(shown[0].close_button, Qt.Key.Key_Escape)
    assert toasts.shown == shown[1:]
    assert shown[1].geometry().bottom() == boxes[0].bottom(), "the others come down"
    toasts.hide()


def test_that_all_work_that_is_told_has_a_name_in_both_languages(window):
    named = {}
    for language in Language:
        window.translation.use(language)
        named[language] = {verb: wording.work(verb) for verb in TOLD}
    english, chinese = named[Language.ENGLISH], named[Language.CHINESE]
    assert all("_" not in words and words[0].isupper() for words in english.values())
    assert not {verb for verb in TOLD if english[verb] == chinese[verb]}


def test_that_the_page_in_front_that_shows_the_run_is_enough(qtbot, window, engine, monkeypatch):
    monkeypatch.setattr(type(window), "isActiveWindow", lambda self: True)
    window.go("jobs")
    engine.answers("compress", {"baseline": None, "variants": []})
    run = window.session.run("compress", {"model": "x"})
    qtbot.waitUntil(lambda: not run.state.busy and not window.session.busy, timeout=8000)
    assert not window.notifier.toasts.shown

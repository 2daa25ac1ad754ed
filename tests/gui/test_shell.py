"""The shell around the pages: navigation, menu, palette, place, project."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from gui.actions import MENUS, fill_menu, find
from gui.app import begin
from gui.pages import PAGES
from gui.settings import Settings, load_settings, sample_project, save_settings
from gui.theme.tokens import Theme
from gui.viewmodels.wizard import WizardStep
from gui.widgets.palette import CommandPalette
from gui.window import MainWindow

pytestmark = pytest.mark.ui


def settled(qtbot, window) -> None:
    qtbot.waitUntil(lambda: not window.session.busy, timeout=10_000)


@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: spec.id)
def test_that_every_page_is_one_click_and_one_shortcut_away(qtbot, window, spec):
    window.go(PAGES[-1].id if spec is PAGES[0] else "start")
    qtbot.mouseClick(window._nav[spec.id], Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.page(spec.id)
    assert window._nav[spec.id].isChecked()
    assert window.current.title.text() == spec.title
    settled(qtbot, window)


def test_that_pages_are_built_when_they_are_first_shown(window):
    assert set(window._made) == {"start"}
    window.go("models")
    assert set(window._made) == {"start", "models"}


def test_that_steps_and_tabs_behind_the_first_are_built_when_they_are_first_shown(qtbot, window):
    """All at once took 150 to 200 ms of the thread that paints."""
    window.go("compress")
    wizard, devices = window.page("compress"), window.page("devices")
    assert wizard.stack.count() == 1
    wizard.begin("sample:fashion-resnet")
    qtbot.waitUntil(lambda: not wizard.model.lacks(WizardStep.MODEL), timeout=5000)
    wizard.model.go(WizardStep.DATA)
    assert wizard.stack.count() == 2
    window.go("devices")
    assert [devices.tabs.built(n) for n in range(5)] == [True, False, False, False, False]
    devices.tabs.bar.setCurrentIndex(3)
    assert [devices.tabs.built(n) for n in range(5)] == [True, False, False, True, False]
    assert devices.tabs.stack.currentWidget() is devices.log
    devices.tabs.bar.setCurrentIndex(1)
    assert devices.tabs.stack.currentWidget() is devices.live
    assert devices.tabs.stack.count() == 5
    window.session.shut_down()
    settled(qtbot, window)


def test_that_the_menu_holds_every_command_once_and_greys_what_cannot_be_done(window):
    menu = QMenu()
    fill_menu(menu, window.commands)
    parts = [action.menu() for action in menu.actions()]
    titles = [action.text().partition("\t")[0] for part in parts for action in part.actions()]
    assert sorted(titles) == sorted(command.title for command in window.commands)
    assert len(parts) == len(MENUS)
    enabled = {a.text().partition("\t")[0]: a.isEnabled() for part in parts for a in part.actions()}
    assert enabled["Run the sample project"]
    assert not enabled["Cancel"]


def test_that_the_palette_finds_a_command_by_a_few_letters_and_runs_it(qtbot, window):
    window.find_command()
    palette = window.findChild(CommandPalette)
    qtbot.keyClicks(palette.needle, "mdls")
    assert palette.list.item(0).text().startswith("Models page")
    qtbot.keyClick(palette.needle, Qt.Key.Key_Return)
    assert window.pages.currentWidget() is window.page("models")
    assert not palette.isVisible()


def test_that_the_palette_is_moved_through_with_the_arrow_keys(qtbot, window):
    window.find_command()
    palette = window.findChild(CommandPalette)
    qtbot.keyClick(palette.needle, Qt.Key.Key_Down)
    assert palette.list.currentRow() == 1
    qtbot.keyClick(palette.needle, Qt.Key.Key_Up)
    qtbot.keyClick(palette.needle, Qt.Key.Key_Up)
    assert palette.list.currentRow() == palette.list.count() - 1
    palette.reject()


def test_that_a_tighter_match_comes_first(window):
    found = [command.id for command in find(window.commands, "report")]
    assert found[:2] == ["go-report", "open-report"] or found[0] in ("go-report", "open-report")
    assert find(window.commands, "zzz") == []


def test_that_ctrl_k_opens_the_palette(qtbot, window):
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.findChild(CommandPalette).isVisible()
    window.findChild(CommandPalette).reject()


def test_that_place_and_looks_come_back(qtbot, window, look, tmp_path):
    file = tmp_path / "window.toml"
    window.resize(1100, 683)
    QApplication.processEvents()
    window.looks.use_theme(Theme.DARK)
    window.close()
    saved = load_settings(file)
    again = MainWindow(look, window.translation, settings=saved, session=None)
    assert again.height() == 683, "the width is bounded by the small screen of this test"
    assert saved.theme is Theme.DARK
    again.looks.use_theme(None)
    assert again.looks.theme is None
    again.deleteLater()


def test_that_another_project_is_remembered_in_front_of_the_others(qtbot, window, tmp_path):
    for name in ("first", "second", "first"):
        (tmp_path / name).mkdir(exist_ok=True)
        window.session.open(tmp_path / name)
    saved = load_settings(tmp_path / "window.toml")
    assert saved.recent == (str(tmp_path / "first"), str(tmp_path / "second"))
    assert saved.project == str(tmp_path / "first")
    assert window._project.accessibleName() == "first"
    window.go("start")
    settled(qtbot, window)

    def offered() -> dict[str, QPushButton]:
        return {made.text(): made for made in window.start_page.recent.findChildren(QPushButton) if made.isVisible()}

    qtbot.waitUntil(lambda: list(offered()) == ["second"], timeout=5000)
    qtbot.mouseClick(offered()["second"], Qt.MouseButton.LeftButton)
    assert window.session.project == tmp_path / "second"
    qtbot.waitUntil(lambda: list(offered()) == ["first"], timeout=5000)
    settled(qtbot, window)


def test_that_settings_survive_a_round_trip_with_odd_names(tmp_path):
    path = tmp_path / "window.toml"
    settings = Settings(theme=Theme.DARK, language="zh_CN", geometry="AB==", project='/a "b"\\c', recent=("/x", "/日"))
    save_settings(path, settings)
    assert load_settings(path) == settings


def test_that_every_shortcut_reaches_its_command(window):
    actions = {action.objectName(): action for action in window.findChildren(QAction) if action.objectName()}
    for command in window.commands:
        assert actions[command.id].shortcut().toString() == command.shortcut or command.shortcut == ""


def test_that_a_sample_run_that_was_cut_off_is_offered_wherever_the_window_is_opened(qtbot, window, engine, script):
    assert not window.start_page.sample.isVisible()
    folder = sample_project(quick=True)
    folder.mkdir(parents=True)
    job = {"id": "1", "verb": "demo", "state": "interrupted", "request": {"quick": True}, "pid": 1}
    engine.answers("job_list", {"jobs": [job]})
    begin(window)
    qtbot.waitUntil(lambda: window.start_page.sample.isVisible(), timeout=8000)
    places = {str(window.session.project), str(folder)}  # asked side by side; either may be answered first
    qtbot.waitUntil(lambda: {asked.get("project") for asked in engine.asked("job_list")} == places, timeout=8000)
    qtbot.mouseClick(window.start_page.sample.button, Qt.MouseButton.LeftButton)
    assert window.operation.arguments == {"quick": True}
    qtbot.waitUntil(lambda: not window.start_page.sample.isVisible(), timeout=5000)
    settled(qtbot, window)


def test_that_an_interrupted_job_is_offered_on_the_start_page(qtbot, window, engine):
    job = {"id": "1", "verb": "compress", "state": "interrupted", "request": {"model": "a.onnx"}, "pid": 1}
    engine.answers("job_list", {"jobs": [job, {**job, "id": "2", "state": "finished"}]})
    begin(window)
    qtbot.waitUntil(lambda: window.start_page.interrupted.isVisible(), timeout=5000)
    assert "1 job" in window.start_page.interrupted.words.text()
    qtbot.mouseClick(window.start_page.interrupted.button, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.page("jobs")
    settled(qtbot, window)

"""A closer look at a variant, as a person takes it."""

import inspect
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine import verbs
from gui.i18n import Language
from gui.viewmodels.studies import Asked, Study, as_cli
from gui.viewmodels.study_readers import happened, read_findings
from gui.viewmodels.variants import read_variants
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
SAID = {study: json.loads((CASES / f"{study.value}.json").read_text()) for study in Study}


@pytest.fixture
def dialog(qtbot, window):
    window.go("variants")
    page = window.page("variants")
    qtbot.waitUntil(lambda: bool(page.model.selected) and page.content.isVisible(), timeout=8000)
    qtbot.mouseClick(page.detail.look_button, LEFT)
    yield window.tools.dialog
    window.tools.dialog.reject()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


def show(dialog, study: Study) -> None:
    dialog.what.setCurrentIndex(list(Study).index(study))


def begin(qtbot, dialog, study: Study) -> None:
    show(dialog, study)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: dialog.sheets.isVisible(), timeout=8000)


def rows_of(study: Study) -> list[int]:
    """How many rows each table has that shows a recorded answer."""
    said = SAID[study]
    if study is Study.QUALITY:
        return [len(said["score"])]
    if study is Study.LOSS:
        return [len(said["layers"]), len(said["classes"])]
    return [len(said["conditions"])] if study is Study.ROBUSTNESS else [3, len(said["stages"])]


def test_that_every_study_asks_its_verb_and_shows_every_row_of_the_answer(qtbot, dialog, engine):
    for study in Study:
        begin(qtbot, dialog, study)
        asked = engine.asked(study.value)[0]
        assert set(asked) <= set(inspect.signature(getattr(verbs, study.value)).parameters)
        assert [view.rows.total for view in dialog.sheets.views] == rows_of(study)
        qtbot.mouseClick(dialog.copy_button, LEFT)
        assert QGuiApplication.clipboard().text().startswith(f"flyweight {study.value} ")


def test_that_a_board_is_asked_with_its_name_and_beside_it_stands_this_computer(qtbot, dialog, engine):
    qtbot.waitUntil(lambda: dialog.device.count() > 1, timeout=8000)
    dialog.device.setCurrentIndex(1)
    begin(qtbot, dialog, Study.QUALITY)
    assert engine.asked("evaluate")[0]["on"] == dialog.device.currentText()
    board = SAID[Study.QUALITY]["device"]
    assert board["board"] in dialog.facts.shown["Answered by"]
    agree = 100 * board["fidelity"]["top1_agreement"]
    assert f"{agree:.1f} %" in dialog.facts.shown["Agreement with this computer"]


def test_that_figures_are_those_of_the_documents(qtbot, dialog):
    begin(qtbot, dialog, Study.ROBUSTNESS)
    lines = [[cell.text for cell in line] for line in dialog.sheets.views[0].rows.rows]
    for line, condition in zip(lines, SAID[Study.ROBUSTNESS]["conditions"], strict=True):
        assert line[2] == f"{100 * condition['score']['accuracy']['value']:.2f} %"
    begin(qtbot, dialog, Study.LOSS)
    layers = [[cell.text for cell in line] for line in dialog.sheets.views[0].rows.rows]
    assert [line[0] for line in layers] == [item["layer"] for item in SAID[Study.LOSS]["layers"]]
    assert f"{SAID[Study.LOSS]['roofline']['variant']['macs'] / 1e6:.1f} M" in dialog.facts.shown["This variant"]


def test_that_without_data_a_study_does_not_begin_and_says_why(qtbot, dialog):
    dialog.data.setCurrentText("")
    assert not dialog.start_button.isEnabled()
    assert dialog.words.text() == "Choose labelled data first."
    show(dialog, Study.PIPELINE)
    assert dialog.start_button.isEnabled()
    assert not dialog.data.isVisible()


def test_that_a_failed_study_says_what_helps_and_can_be_started_again(qtbot, dialog, engine):
    engine.fails("explain", "nothing-to-compare", "it has no original to compare with", "give the original")
    show(dialog, Study.LOSS)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: "give the original" in dialog.words.text(), timeout=8000)
    assert not dialog.sheets.isVisible()
    assert dialog.start_button.isEnabled()


def test_that_a_running_study_survives_its_dialog_and_is_stopped_in_the_next_one(qtbot, dialog, engine, window):
    stage = {"event": "stage", "name": "evaluate", "detail": "the original"}
    engine.answers("robustness", {"wait": True, "events_before": [stage]})
    show(dialog, Study.ROBUSTNESS)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: "the original" in dialog.words.text(), timeout=8000)
    dialog.reject()
    page = window.page("variants")
    qtbot.mouseClick(page.detail.look_button, LEFT)
    again = window.tools.dialog
    assert again is not dialog
    show(again, Study.ROBUSTNESS)
    assert again.stop_button.isVisible()
    qtbot.mouseClick(again.stop_button, LEFT)
    qtbot.waitUntil(lambda: again.start_button.isVisible(), timeout=8000)
    assert again.pill.text() == "Cancelled"
    again.reject()


def test_that_what_happened_to_a_layer_is_said_in_chinese_and_names_its_technique(window):
    window.translation.use(Language.CHINESE)
    words = happened("1,000 -> 500 weights (channel-pruning); stored as int8 instead of float32 (static-quantization)")
    assert "（通道剪枝）" in words
    assert "（静态 int8 量化）" in words
    assert "weights" not in words
    assert "stored" not in words
    assert happened("left alone: excluded by the recipe") != "left alone: excluded by the recipe"


def test_that_a_command_says_the_same_as_the_form():
    row = read_variants(json.loads((CASES / "project_show.json").read_text()))[1]
    asked = Asked("my data", "pi5", 100, 3)
    assert as_cli(Study.QUALITY, asked.arguments(Study.QUALITY, row)) == (
        f"flyweight evaluate {row.id} --data 'my data' --on pi5 --samples 100"
    )
    assert as_cli(Study.PIPELINE, asked.arguments(Study.PIPELINE, row)) == f"flyweight pipeline {row.path} --stages 3"


def test_that_an_answer_without_figures_is_shown_with_dashes():
    for study in Study:
        findings = read_findings(study, {})
        assert all(sheet.lines == () for sheet in findings.sheets)

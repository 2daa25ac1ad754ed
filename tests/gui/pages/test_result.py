"""What a compression ends with: the choice of a preset, or the measured front of a recipe of one's own."""

import json

import pytest
from PySide6.QtCore import Qt

from gui.i18n import Language
from gui.operations import OperationState
from gui.viewmodels.wizard import WizardStep
from tests.gui.answering_worker import CASES

from .wizard import ready

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
SHOWN = json.loads((CASES / "project_show.json").read_text())["variants"]
CHOSEN = json.loads((CASES / "choose.json").read_text())
COMPRESSED = {"baseline": SHOWN[0], "variants": SHOWN[1:]}


def test_that_a_measured_preset_is_walked_to_its_choice_with_reasons(qtbot, wizard, engine, window):
    engine.answers("choose", CHOSEN)
    ready(qtbot, wizard, WizardStep.TARGET)
    wizard.steps[2].list.item(0).setCheckState(Qt.CheckState.Checked)
    latency = wizard.steps[2].limits.fields[0]
    latency.setText("2.5")
    latency.editingFinished.emit()
    qtbot.mouseClick(wizard.next_button, LEFT)
    wizard.steps[3].ways[2].click()
    assert not wizard.steps[3].own.isVisible()
    names = [row.name for row in wizard.steps[3].preset.rows.rows]
    assert names == [item.name for item in wizard.model.catalogue.candidates["latency"]]
    assert 6 <= len(names) <= 10
    qtbot.mouseClick(wizard.next_button, LEFT)
    assert "flyweight compress sample:fashion-resnet --preset latency --measure" in wizard.steps[4].cli.toPlainText()
    qtbot.mouseClick(wizard.next_button, LEFT)
    qtbot.waitUntil(lambda: wizard.model.run.state is OperationState.SUCCEEDED, timeout=5000)
    assert engine.asked("choose") == [
        {
            "project": str(window.session.project),
            "model": "sample:fashion-resnet",
            "preset": "latency",
            "target": "loopback",
            "data": "fashion-mnist",
            "limits": ["latency_ms<=2.5"],
        }
    ]
    result = wizard.steps[5]
    assert result.front.isVisible()
    shown = {point.name: point for point in result.plot._points}
    measured = {item["name"]: item["found"] for item in CHOSEN["candidates"] if item["found"]}
    assert set(shown) == {*measured, "original"}
    for name, found in measured.items():
        assert (shown[name].x, shown[name].y) == (found["latency_ms"], found["loss_points"])
        beaten = any(
            other.x <= shown[name].x
            and other.y <= shown[name].y
            and (other.x, other.y) != (shown[name].x, shown[name].y)
            for other in shown.values()
        )
        assert shown[name].front is not beaten
    result.plot._picked("cut75-guided-int8")
    assert [index.row() for index in result.tried_table.selectionModel().selectedRows()] == [
        result.tried.position("cut75-guided-int8")
    ]
    assert result.tried_table.isVisible()
    assert not result.table.isVisible()
    chosen = next(item["name"] for item in CHOSEN["candidates"] if item["chosen"])
    assert result.reasons.text().startswith(f"{chosen}: ")
    shown = {row.name: row for row in result.tried.rows}
    assert set(shown) == {item["name"] for item in CHOSEN["candidates"]}
    assert all(row.chosen or row.reasons for row in shown.values())


def test_that_a_preset_of_two_boards_shows_each_and_what_would_be_best_on_one_alone(qtbot, wizard, engine):
    boards = ("loopback", "pi4")
    told = json.loads(json.dumps(CHOSEN))
    for item in told["candidates"]:
        found = item["found"]
        item["boards"] = (
            [{**found, "target": board, "speedup": factor} for board, factor in zip(boards, (2, 3), strict=True)]
            if found
            else []
        )
    other = next(item["name"] for item in told["candidates"] if item["found"] and not item["chosen"])
    chosen = next(item["name"] for item in told["candidates"] if item["chosen"])
    engine.answers(
        "choose", {**told, "targets": boards, "metric": "f1_macro", "best_on": {boards[0]: chosen, boards[1]: other}}
    )
    ready(qtbot, wizard, WizardStep.TARGET)
    wizard.model.set(targets=boards)
    step = wizard.steps[2]
    assert [step.list.item(n).checkState() is Qt.CheckState.Checked for n in range(step.list.count())][-1], (
        "pi4 is listed"
    )
    assert step._chosen.text().startswith("A preset is measured on each of them")
    wizard.model.measure_preset("latency")
    wizard.model.go(WizardStep.REVIEW)
    assert "--target loopback --target pi4" in wizard.steps[4].cli.toPlainText()
    wizard.model.start()
    qtbot.waitUntil(lambda: wizard.model.choice is not None, timeout=5000)
    assert engine.asked("choose")[0]["target"] == list(boards)
    result = wizard.steps[5]
    assert result._conditions.text() == "loopback, pi4: geometric mean"
    assert f"On loopback alone: {chosen}. On pi4 alone: {other}." in result.reasons.text()
    cells = {result.tried.index(row, column).data() for row in range(2) for column in range(result.tried.columnCount())}
    assert "2.00× · 3.00×" in cells


def own_result(qtbot, wizard, engine, project: dict) -> None:
    """The result of a recipe of one's own in a project that holds this."""
    engine.answers("project_show", project)
    engine.answers("compress", COMPRESSED)
    ready(qtbot, wizard, WizardStep.REVIEW)
    wizard.model.start()
    qtbot.waitUntil(
        lambda: wizard.model.front.project.document is not None and bool(wizard.model.variants), timeout=8000
    )


def test_that_a_recipe_of_ones_own_ends_with_the_measured_front_of_its_network(qtbot, wizard, engine):
    project = json.loads((CASES / "project_show.json").read_text())
    own_result(qtbot, wizard, engine, project)
    result = wizard.steps[5]
    medians = {
        item["variant"]: item["latency_ms"]["p50"] for item in project["readings"] if item["target"] == "loopback"
    }
    lost = {item["id"]: (item["loss_points"] or {"value": 0.0})["value"] for item in SHOWN}
    shown = {point.id: point for point in result.plot._points}
    assert set(shown) == set(medians) & set(lost)
    assert len(shown) > 2
    assert all((point.x, point.y) == (medians[id_], lost[id_]) for id_, point in shown.items())
    for point in shown.values():
        beaten = any(other.x <= point.x and other.y <= point.y and other is not point for other in shown.values())
        assert point.front is not beaten
    assert result.front.isVisible()
    last = list(shown)[-1]
    result.plot._picked(last)
    assert [row.row() for row in result.table.selectionModel().selectedRows()] == [result.rows.position(last)]


def test_that_what_was_made_is_packed_and_measured_from_the_result(qtbot, wizard, engine, window):
    project = json.loads((CASES / "project_show.json").read_text())
    own_result(qtbot, wizard, engine, {**project, "readings": [], "comparisons": [], "bundles": project["bundles"][:1]})
    result, front = wizard.steps[5], wizard.model.front
    assert not result.front.isVisible()
    assert result.measure_button.isVisible()
    assert result.measure_button.text() == "Measure on loopback"
    window.translation.use(Language.CHINESE)
    qtbot.waitUntil(lambda: result.measure_button.text() == "在 loopback 上测量", timeout=5000)
    window.translation.use(Language.ENGLISH)
    qtbot.waitUntil(lambda: result.measure_button.text() == "Measure on loopback", timeout=5000)
    packed = [project["bundles"][0]["variant"]]
    engine.answers("bundle", {"id": "c0ffee"})
    engine.answers("profile_run", {"cells": []})
    engine.answers("project_show", project)
    qtbot.mouseClick(result.measure_button, LEFT)
    qtbot.waitUntil(
        lambda: result.front.isVisible() and not front.steps.busy and not front.project.loading, timeout=15_000
    )
    made = [row.id for row in wizard.model.variants]
    assert [asked["variant"] for asked in engine.asked("bundle")] == [id_ for id_ in made if id_ not in packed]
    (asked,) = engine.asked("profile_run")
    assert asked["targets"] == ["loopback"]
    assert asked["bundles"] == [id_ if id_ in packed else "c0ffee" for id_ in made]
    assert not result.measure_button.isVisible()
    assert wizard.sentence.text() == "Measured on the device and kept in the project. Deploy the one you want."


def test_that_a_measurement_that_fails_says_why_beside_what_was_made(qtbot, wizard, engine):
    project = json.loads((CASES / "project_show.json").read_text())
    own_result(qtbot, wizard, engine, {**project, "readings": []})
    engine.fails("profile_run", "unreachable", "pi5 does not answer", "check its power")
    result = wizard.steps[5]
    qtbot.mouseClick(result.measure_button, LEFT)
    qtbot.waitUntil(lambda: "pi5 does not answer; check its power" in result.reasons.text(), timeout=8000)
    assert result.reasons.isVisible()
    assert result.measure_button.isVisible(), "it can be tried again"

"""The models page as a person uses it."""

import json

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from gui.actions import fill_menu
from gui.settings import load_settings
from gui.viewmodels.models import ZEROS, read_model
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
INSPECTED = json.loads((CASES / "inspect.json").read_text())


COPY, BUTTON, NO_KEYS = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def carried(path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    return data


def hover(page, data: QMimeData) -> QDragEnterEvent:
    event = QDragEnterEvent(QPoint(50, 50), COPY, data, BUTTON, NO_KEYS)
    QApplication.sendEvent(page, event)
    return event


def drop(page, path) -> None:
    data = carried(path)
    hover(page, data)
    QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), COPY, data, BUTTON, NO_KEYS))


@pytest.fixture
def page(window):
    window.go("models")
    return window.page("models")


def opened(qtbot, page) -> None:
    page.open("sample:fashion-resnet")
    qtbot.waitUntil(lambda: page.model.facts is not None, timeout=5000)


def test_that_an_empty_page_says_what_can_be_dropped(page):
    assert page.message.isVisible()
    assert ".onnx" in page.message.sentence.text()
    assert page.message.button.text() == "Open a sample model"


def test_that_a_dropped_file_is_inspected_by_the_worker(qtbot, page, engine, tmp_path):
    drop(page, tmp_path / "cat 猫.onnx")
    qtbot.waitUntil(lambda: page.model.facts is not None, timeout=5000)
    assert engine.asked("inspect") == [{"model": str(tmp_path / "cat 猫.onnx")}]
    assert page.card.isVisible()
    assert page.card.name.accessibleName() == "cat 猫.onnx"
    assert page.layers.model().rowCount() == len(INSPECTED["layers"])


def test_that_a_broken_file_shows_the_reason_the_remedy_and_a_way_back(qtbot, page, engine):
    engine.fails("inspect", "not-a-model", "cat.jpg is a JPEG, not a model", "give an ONNX file")
    page.open("cat.jpg")
    qtbot.waitUntil(lambda: page.message.title.text() == "cat.jpg is a JPEG, not a model", timeout=5000)
    assert page.message.sentence.text() == "Give an ONNX file"
    assert not page.content.isVisible()
    engine.answers("inspect", INSPECTED)
    qtbot.mouseClick(page.message.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.content.isVisible(), timeout=5000)


def test_that_a_hovering_model_is_welcomed_and_the_veil_goes_with_it(page, tmp_path):
    data = carried(tmp_path / "cat.onnx")
    assert hover(page, data).dropAction() is COPY
    assert page.drop.veil.isVisible()
    assert page.drop.veil.property("veil") == "taken"
    assert page.drop.veil.words.accessibleName() == "Drop it to open cat.onnx"
    QApplication.sendEvent(page, QDragLeaveEvent())
    assert not page.drop.veil.isVisible()
    assert page.model.source == ""


def test_that_a_folder_and_a_picture_are_refused_while_they_hover(page, tmp_path, engine):
    for path, words in (
        (tmp_path, "is a folder"),
        (tmp_path / "cat.jpg", "cat.jpg is no model file. These are: .onnx"),
    ):
        data = carried(path)
        event = hover(page, data)
        assert event.dropAction() is Qt.DropAction.IgnoreAction
        assert event.isAccepted(), "else the page is not told when it leaves"
        assert page.drop.veil.property("veil") == "refused"
        assert words in page.drop.veil.words.accessibleName()
        QApplication.sendEvent(page, QDropEvent(QPointF(50, 50), COPY, data, BUTTON, NO_KEYS))
        assert not page.drop.veil.isVisible()
    assert page.model.source == ""
    assert engine.asked("inspect") == []


def test_that_a_text_that_is_dropped_is_left_alone(page):
    data = QMimeData()
    data.setText("hello")
    event = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    event.ignore()
    QApplication.sendEvent(page, event)
    assert page.model.source == ""


def test_that_layers_are_sorted_by_number_and_not_by_text(qtbot, page):
    opened(qtbot, page)
    model = page.model.layers
    at = [column.id for column in model.columns].index("parameters")
    page.layers.sortByColumn(at, Qt.SortOrder.DescendingOrder)
    found = [row.parameters for row in model.rows]
    assert found == sorted((layer["parameters"] for layer in INSPECTED["layers"]), reverse=True)


def test_that_layers_are_filtered_and_counted(qtbot, page):
    opened(qtbot, page)
    qtbot.keyClicks(page.search, "linear")
    wanted = [layer for layer in INSPECTED["layers"] if "linear" in json.dumps(layer).lower()]
    qtbot.waitUntil(lambda: len(page.model.layers.rows) == len(wanted), timeout=2000)
    assert page._count.text() == f"{len(wanted)} of {len(INSPECTED['layers'])}"


def test_that_shares_of_all_layers_add_up_to_the_whole():
    facts = read_model(INSPECTED)
    assert sum(row.parameter_share for row in facts.layers) == pytest.approx(1.0, abs=0.02)
    assert facts.parameters == INSPECTED["parameters"]


def test_that_a_document_with_nothing_in_it_is_read(qtbot, page, engine):
    engine.answers("inspect", {"layers": [{"name": None}, 3], "inputs": "x", "warnings": [1, "odd"]})
    page.open("odd.onnx")
    qtbot.waitUntil(lambda: page.model.facts is not None, timeout=5000)
    assert page.card.warnings.text() == "odd"


def test_that_compress_takes_the_model_along(qtbot, page, window, monkeypatch):
    opened(qtbot, page)
    taken = []
    monkeypatch.setattr(window, "compress", taken.append)
    qtbot.mouseClick(page.compress_button, Qt.MouseButton.LeftButton)
    assert taken == ["sample:fashion-resnet"]


def sensed(qtbot, page) -> None:
    opened(qtbot, page)
    page.model.sense("fashion-mnist")
    qtbot.waitUntil(lambda: page.model.sensed, timeout=5000)


def test_that_the_sensitivity_of_the_layers_is_shown_when_it_was_measured(qtbot, page, engine):
    opened(qtbot, page)
    columns = [column.id for column in page.model.layers.columns]
    place = columns.index("lost_zeros")
    assert page.layers.isColumnHidden(place)
    assert not page.sensitivity.isVisible()
    sensed(qtbot, page)
    assert engine.asked("sensitivity")[0]["sparsities"] == [0.5, 0.8, 0.9]
    assert engine.asked("sensitivity")[0]["bits"] == [8, 4, 2]
    assert not page.layers.isColumnHidden(place)
    told = json.loads((CASES / "sensitivity.json").read_text())
    row = next(
        r
        for r in told["rows"]
        if (r["layer"], r["change"], r["amount"]) == ("stages.1.shortcut.0", "sparsity", pytest.approx(0.8))
    )
    shown = next(r for r in page.model.facts.layers if r.name.endswith("/stages.1/shortcut/shortcut.0/Conv"))
    assert shown.lost[ZEROS] == pytest.approx(100 * (told["untouched"]["accuracy"] - row["accuracy"]))
    assert {r.name for r in page.model.facts.layers if None in r.lost} == set()
    opened(qtbot, page)
    assert page.layers.isColumnHidden(place), "another model, another sensitivity"
    assert not page.sensitivity.isVisible()


def test_that_the_plot_of_the_sensitivity_tells_a_cell_and_selects_its_layer(qtbot, page):
    sensed(qtbot, page)
    plot, rows = page.sensitivity.map, page.model.layers
    assert len(plot.heat.columns) == len(INSPECTED["layers"])
    assert plot.heat.rows == ("50 % zeros", "80 % zeros", "90 % zeros", "8 bits", "4 bits", "2 bits")
    cell = plot.cell(3, 2).center().toPoint()
    layer = page.model.facts.layers[3]
    qtbot.mouseMove(plot, cell)
    words = f"{layer.name}, 90 % zeros: {layer.lost[2]:.1f} points lost"
    qtbot.waitUntil(lambda: page.sensitivity.words.accessibleName() == words, timeout=2000)
    page.search.setText("no such layer")
    qtbot.waitUntil(lambda: not rows.rows, timeout=2000)
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=cell)
    assert page.model.selection.ids == (str(layer.number),)
    qtbot.waitUntil(lambda: bool(page.layers.selectionModel().selectedRows()), timeout=2000)
    chosen = page.layers.selectionModel().selectedRows()
    assert [rows.row(index.row()).name for index in chosen] == [layer.name], "the filter that hid it is gone"
    page.layers.selectRow(rows.position("7"))
    assert plot.accessibleDescription() == words, "the pointer is still there"
    qtbot.mouseMove(plot, plot.rect().bottomLeft())
    at_the_keyboard = f"{page.model.facts.layers[6].name}, 90 % zeros: "
    qtbot.waitUntil(lambda: plot.accessibleDescription().startswith(at_the_keyboard), timeout=2000)
    page.layers.setFocus(Qt.FocusReason.TabFocusReason)
    assert page.sensitivity.words.accessibleName() == "points lost when a layer alone is changed · 128 samples"


def test_that_the_keyboard_walks_through_the_plot_of_the_sensitivity(qtbot, page):
    sensed(qtbot, page)
    plot, layers = page.sensitivity.map, page.model.facts.layers
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for keys, column, change in (
        ((Qt.Key.Key_Right,), 0, "50 % zeros"),
        ((Qt.Key.Key_Right, Qt.Key.Key_Down), 1, "80 % zeros"),
        ((Qt.Key.Key_End, Qt.Key.Key_Down), len(layers) - 1, "90 % zeros"),
        ((Qt.Key.Key_Home, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up), 0, "50 % zeros"),
    ):
        for key in keys:
            qtbot.keyClick(plot, key)
        assert page.model.selection.ids == (str(layers[column].number),)
        assert plot.accessibleDescription().startswith(f"{layers[column].name}, {change}: ")
    assert plot.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_that_a_recent_model_is_in_the_menu_and_outlives_the_window(qtbot, window, page, tmp_path):
    opened(qtbot, page)
    assert load_settings(tmp_path / "window.toml").models == ("sample:fashion-resnet",)
    window.go("start")
    way = dict(window.recent())["sample:fashion-resnet"]
    way()
    assert window.current is page
    fill_menu(window.menu, window.commands, window.recent())
    part = window.menu.actions()[0].menu()
    assert part.title() == "Open recent"
    assert "sample:fashion-resnet" in [action.text() for action in part.actions()]
    qtbot.waitUntil(lambda: not window.session.busy, timeout=5000)

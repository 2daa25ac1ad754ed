"""The variants page as a person uses it."""

import json

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtWidgets import QPushButton

from gui.viewmodels import scatter
from gui.viewmodels.layer_delta import read_layers
from gui.viewmodels.rows import ColumnSpec, RowsModel
from gui.viewmodels.scatter import Point
from gui.viewmodels.variants import points, quantity, read_variants
from gui.viewmodels.variants_model import FEW_ROWS, ROWS_A_TURN
from gui.viewmodels.views import Views
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
PROJECT = json.loads((CASES / "project_show.json").read_text())


@pytest.fixture
def page(qtbot, window):
    window.go("variants")
    made = window.page("variants")
    qtbot.waitUntil(lambda: bool(made.model.all) and made.content.isVisible(), timeout=8000)
    return made


def primary(page) -> list[QPushButton]:
    return [made for made in page.findChildren(QPushButton) if made.isVisible() and made.property("primary")]


def choose(page, *places: int) -> None:
    model = page.table.selectionModel()
    model.clearSelection()
    for place in places:
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        model.select(page.table.model().index(place, 0), flags)


def test_that_an_empty_project_invites_to_compress(qtbot, window, engine):
    engine.answers("project_show", {"folder": "/x", "variants": []})
    window.go("variants")
    page = window.page("variants")
    qtbot.waitUntil(lambda: page.message.title.text() == "No variants yet", timeout=5000)
    qtbot.mouseClick(page.message.button, Qt.MouseButton.LeftButton)
    assert window.pages.currentWidget() is window.page("compress")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


DAMAGED = {
    "code": "variant-damaged",
    "message": "/p/.flyweight/variants/ab/variant.json cannot be read: 'macs' is missing",
    "remedy": "move the folder /p/.flyweight/variants/ab away (its model file may still be good) and compress again",
}


@pytest.mark.parametrize("left", [0, 2])
def test_that_a_damaged_variant_is_named_beside_the_others(qtbot, window, engine, left: int):
    engine.answers("project_show", {**PROJECT, "variants": PROJECT["variants"][:left], "damaged": [DAMAGED]})
    window.go("variants")
    page = window.page("variants")
    place = page.damaged if left else page.message.sentence
    qtbot.waitUntil(lambda: "variant.json cannot be read" in place.text().replace("\u200b", ""), timeout=5000)
    assert "move the folder /p/.flyweight/variants/ab away" in place.text().replace("\u200b", "")
    assert place.isVisible()
    assert len(page.model.all) == left
    assert not page.content.isVisible() or left
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


def test_that_table_plot_and_detail_share_one_selection(qtbot, page):
    choose(page, 2)
    row = page.model.table.row(2)
    assert page.model.selection.ids == (row.id,)
    assert page.detail.name.accessibleName() == row.label
    page.plot._picked(page.model.table.row(0).id)
    assert {index.row() for index in page.table.selectionModel().selectedRows()} == {0}
    assert page.detail.name.accessibleName() == page.model.table.row(0).label


def test_that_a_variant_is_saved_in_the_form_a_person_chooses(qtbot, page, engine, monkeypatch, tmp_path):
    choose(page, 1)
    chosen, wanted = page.model.table.row(1).id, str(tmp_path / "small.pt2")
    engine.answers("export", {"path": wanted, "format": "pt2", "size_bytes": 9, "off_by": 1e-7})
    answer = (str(tmp_path / "small"), "PyTorch (*.pt2)")
    monkeypatch.setattr("gui.pages.variants.page.QFileDialog.getSaveFileName", lambda *args: answer)
    qtbot.mouseClick(page.detail.save_button, Qt.MouseButton.LeftButton)
    assert not page.detail.save_button.isEnabled(), "one file at a time"
    qtbot.waitUntil(lambda: page.detail.hint.text() == f"Written: {wanted}", timeout=8000)
    asked = page.model.exporting.arguments
    assert (asked["model"], asked["out"], asked["force"]) == (chosen, wanted, True)
    assert asked["project"]
    engine.fails("export", "quantized", "the model is already quantized", "start from the float model")
    page.model.export(wanted)
    qtbot.waitUntil(lambda: "start from the float model" in page.detail.hint.text(), timeout=8000)
    choose(page, 0, 1)
    assert not page.detail.save_button.isVisible()


def test_that_sorting_keeps_the_selection_on_its_variant(qtbot, page):
    choose(page, 0)
    chosen = page.model.selection.ids
    page.table.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert page.model.selection.ids == chosen
    found = {page.model.table.id_at(i.row()) for i in page.table.selectionModel().selectedRows()}
    assert found == set(chosen)


def test_that_two_variants_are_compared_and_equal_lines_can_be_hidden(qtbot, page):
    choose(page, 0, 2)
    assert page.detail.name.accessibleName() == "Comparison"
    short = len(page.model.comparison(only_differences=True))
    page.detail.only_differences.click()
    whole = len(page.model.comparison(only_differences=False))
    assert 0 < short < whole
    assert page.detail.grid.count() == whole * 3 + 2


def test_that_variants_are_compared_layer_by_layer_and_equal_layers_can_be_shown(qtbot, page, engine):
    document = json.loads((CASES / "compare_layers.json").read_text())
    recorded = document["layers"]
    equal = {**recorded[0], "layer": "equal", "differs": False, "cells": [recorded[0]["cells"][0]] * 2}
    engine.answers("compare_layers", {**document, "layers": [*recorded, equal]})
    choose(page, 0)
    assert not page.detail.layers_button.isVisible(), "one variant has nothing to be compared with"
    choose(page, 0, 2)
    qtbot.mouseClick(page.detail.layers_button, Qt.MouseButton.LeftButton)
    dialog = page.layers
    differing = [row["layer"] for row in recorded]
    qtbot.waitUntil(lambda: [row.layer for row in dialog.rows.rows] == differing, timeout=8000)
    asked = engine.asked("compare_layers")[0]["models"]
    assert asked == [row.id for row in page.model.selected]
    dialog.only_differences.click()
    assert [row.layer for row in dialog.rows.rows] == [*differing, "equal"]
    first = recorded[0]["cells"]
    assert dialog.rows.index(0, 2).data().startswith(f"{first[0]['parameters']:,} · float32")
    assert "int8" in dialog.rows.index(0, 3).data()
    dialog.reject()


def test_that_a_layer_that_is_gone_and_one_that_shrank_are_told():
    before = {"parameters": 100, "nonzero": 100, "stored_as": ["float32"]}
    after = {"parameters": 25, "nonzero": 20, "stored_as": ["int8"]}
    rows = read_layers({"layers": [{"layer": "a", "op": "Conv", "differs": True, "cells": [before, after, None]}, 5]})
    assert rows[0].cells == ("100 · float32", "25 (-75 %) · int8 · 20 % zeros", "none")
    assert rows[0].weights == (100, 25, None)


def test_that_confusion_changes_are_those_of_the_matrices(page):
    choose(page, 0, 3)
    first, second = (PROJECT["variants"][n]["confusion"] for n in (0, 3))
    found = page.model.confusions()
    assert found[0][2] == max((second[i][j] - first[i][j] for i in range(10) for j in range(10) if i != j), key=abs)
    assert sum(change for _, _, change in found) == sum(
        second[i][j] - first[i][j] for i in range(10) for j in range(10) if i != j
    )


def test_that_axes_and_limits_change_what_is_shown(qtbot, page):
    page.x_axis.setCurrentIndex(page.x_axis.findData("size"))
    page.x_axis.activated.emit(page.x_axis.currentIndex())
    assert page.model.x.id == "size"
    lost = [v["loss_points"]["value"] for v in PROJECT["variants"] if v["loss_points"]]
    page.limited.setChecked(True)
    page.limit.setText("1")
    page.limit.editingFinished.emit()
    assert page.table.model().rowCount() == 1 + sum(value <= 1 for value in lost)


def test_that_the_plot_is_written_as_a_picture(qtbot, page, tmp_path):
    qtbot.waitUntil(lambda: page.plot._parts is not None, timeout=5000)
    page.save_plot(str(tmp_path / "plot.svg"))
    assert "<svg" in (tmp_path / "plot.svg").read_text()
    page.save_plot(str(tmp_path / "plot.png"))
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_that_rows_carry_the_reading_and_the_comparison_of_their_bundle():
    rows = {row.name: row for row in read_variants(PROJECT)}
    by_bundle = {r["bundle"]: r for r in PROJECT["readings"]}
    for name, row in rows.items():
        reading = next(r for r in PROJECT["readings"] if r["variant"] == row.id)
        assert row.latency_ms == reading["latency_ms"]["p50"], name
        compared = [c for c in PROJECT["comparisons"] if c["a"] == reading["bundle"]]
        assert row.speedup == (compared[0]["speedup"] if compared else None), name
    assert len(by_bundle) == len(rows)


def test_that_the_front_is_what_no_other_point_beats():
    rows = read_variants(PROJECT)
    x, y = quantity("latency"), quantity("accuracy")
    for point in points(rows, x, y):
        beaten = [
            q for q in points(rows, x, y) if (q.x <= point.x and q.y >= point.y) and (q.x, q.y) != (point.x, point.y)
        ]
        assert point.front == (beaten == []), point.name


@pytest.mark.parametrize("directions", [(False, True), (True, True), (False, False), (True, False)])
def test_that_fronts_of_random_points_agree_with_a_comparison_of_all_pairs(directions):
    import random

    chance = random.Random(3)
    for _ in range(30):
        pairs = [(chance.randint(0, 6), chance.randint(0, 6)) for _ in range(12)]
        signs = [1 if high else -1 for high in directions]

        def better(a, b, signs=signs):
            gains = [s * (p - q) for s, p, q in zip(signs, a, b, strict=True)]
            return all(g >= 0 for g in gains) and any(g > 0 for g in gains)

        wanted = [not any(better(q, p) for q in pairs) for p in pairs]
        assert scatter.front(pairs, directions) == wanted


def test_that_the_staircase_never_promises_more_than_the_points_give():
    front = [Point("a", "a", 1, 10, front=True), Point("b", "b", 2, 20, front=True), Point("c", "c", 4, 25, front=True)]
    steps = scatter.staircase(front, (False, True), (0, 5), (0, 30))
    assert steps == [(1, 0), (1, 10), (2, 10), (2, 20), (4, 20), (4, 25), (5, 25)]


def test_that_two_thousand_rows_sort_with_what_is_unknown_last():
    column = ColumnSpec("v", lambda: "V", lambda row: str(row), key=lambda row: row if row % 7 else None)
    model = RowsModel((column,), str)
    model.show(range(2000))
    for order in Qt.SortOrder:
        model.sort(0, order)
        known = [row for row in model.rows if row % 7]
        assert known == sorted(known, reverse=order == Qt.SortOrder.DescendingOrder)
        assert list(model.rows[len(known) :]) == [row for row in range(2000) if row % 7 == 0]
    model.filter("199")
    assert all("199" in str(row) for row in model.rows)
    assert model.total == 2000


def test_that_a_large_project_is_read_in_portions_and_no_half_of_it_is_shown(qtbot, page, engine):
    shown_before = [row.id for row in page.model.rows]
    model = {**PROJECT["variants"][0], "baseline": None}
    many = [{**model, "id": f"v{n}", "name": f"variant {n}"} for n in range(2 * FEW_ROWS)]
    engine.answers("project_show", {**PROJECT, "variants": [*PROJECT["variants"], *many]})
    portions = []
    page.model._reading.timeout.connect(lambda: portions.append([row.id for row in page.model.table.rows]))
    page.model.refresh()
    qtbot.waitUntil(lambda: page.model.table.total == len(many) + 4, timeout=8000)
    qtbot.waitUntil(lambda: not page.model.reading and not page.plot._left, timeout=8000)
    assert len(portions) > len(many) // ROWS_A_TURN
    assert shown_before == portions[0] == portions[len(many) // ROWS_A_TURN]
    assert len(page.plot._points) == 4  # the copies were not measured
    assert page.sentence.text().startswith(f"{len(many) + 4} variants, 4 measured")


def test_that_sliders_limit_what_is_shown_and_a_view_brings_them_back(qtbot, page):
    model = page.model
    latencies = sorted(row.latency_ms for row in model.all)
    page.latency.slider.setValue(50)
    most = latencies[0] + (latencies[-1] - latencies[0]) / 2
    assert model.max_latency_ms == pytest.approx(most)
    kept = {row.id for row in model.all if row.latency_ms <= most}
    assert 0 < len(kept) < len(model.all)
    assert {row.id for row in model.table.rows} == kept
    model.show(x=quantity("size"))
    model.hide_column("packed", True)
    model.keep_view("small and fast")
    page.latency.slider.setValue(100)
    model.show(x=quantity("latency"))
    model.hide_column("packed", False)
    assert model.max_latency_ms is None
    again = Views(model.views._path)
    assert [view.name for view in again.all] == ["small and fast"]
    menu = page.fill_views()
    next(action for action in menu.actions() if action.text() == "small and fast").trigger()
    assert {row.id for row in model.table.rows} == kept
    assert (model.x.id, page.latency.slider.value()) == ("size", 50)
    place = [column.id for column in model.table.columns].index("packed")
    assert page.table.isColumnHidden(place)
    model.drop_view("small and fast")
    assert Views(model.views._path).all == []


def test_that_damaged_views_are_none(tmp_path):
    for text in ("{", "[1]", '[{"name": ""}]', '{"name": "x"}'):
        (tmp_path / "views.json").write_text(text)
        assert Views(tmp_path / "views.json").all == []


@pytest.mark.parametrize("page_id", ["variants", "deploy", "report"])
def test_that_pages_of_a_project_nobody_can_read_say_so_and_not_that_it_is_empty(qtbot, window, engine, page_id):
    records = [{**DAMAGED, "message": f"/p/.flyweight/variants/{n}/variant.json cannot be read"} for n in range(5)]
    engine.answers("project_show", {**PROJECT, "folder": "/p/.flyweight", "variants": [], "damaged": records})
    window.go(page_id)
    page = window.page(page_id)
    qtbot.waitUntil(lambda: page.message.title.text() == "No variant can be read", timeout=8000)
    said = page.message.sentence.text().replace("\u200b", "").split("\n\n")
    assert said[0].startswith(".flyweight/variants/0/variant.json cannot be read; move the folder .flyweight/")
    assert said[-1] == "and 2 more"
    assert page.message.button.text() == "Try again"
    assert primary(page) == [page.message.button]
    engine.answers("project_show", PROJECT)
    qtbot.mouseClick(page.message.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.content.isVisible(), timeout=8000)
    assert len(primary(page)) == 1
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)

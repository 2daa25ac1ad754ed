"""The fleet, two boards beside each other, which variant where, and a campaign over a fleet."""

import json

import pytest
from PySide6.QtCore import Qt

from gui.viewmodels.campaign import CellState
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
DEVICES = {"devices": [{"name": "loopback", "address": "127.0.0.1"}, {"name": "pi5", "address": "pi@pi5"}]}


@pytest.fixture
def page(qtbot, window, engine):
    engine.answers("device_list", DEVICES)
    window.go("profiles")
    made = window.page("profiles")
    qtbot.waitUntil(lambda: made.content.isVisible() and not window.session.busy, timeout=8000)
    return made


def tick(box, *places: int) -> None:
    for place in places:
        box.item(place).setCheckState(Qt.CheckState.Checked)


def test_that_the_fleet_says_which_devices_need_a_look_and_why(qtbot, page, engine):
    first = {"target": "shelf-3", "board": "pi5", "readings": 9, "bundles": 2, "stale": 1, "needs": ["int8 +12.0%"]}
    second = {"target": "loopback", "board": "pc-amd-epyc-2c", "readings": 4, "bundles": 4, "stale": 0, "needs": []}
    engine.answers("profile_fleet", {"devices": 2, "to_look_at": 1, "rows": [first, second]})
    page.tabs.bar.setCurrentIndex(1)
    fleet = page.fleet
    qtbot.waitUntil(lambda: fleet.rows.total == 2, timeout=8000)
    assert fleet.words.text() == "1 of 2 devices needs a look; it comes first."
    fleet.table.selectRow(0)
    assert fleet.needs.text() == "shelf-3: int8 +12.0%"
    fleet.table.opened.emit("loopback")
    assert page.tabs.bar.currentIndex() == 0
    assert page.model.board == "pc-amd-epyc-2c"


def test_that_two_boards_are_compared_and_published_figures_stand_apart(qtbot, page, engine):
    side = {"measured_at": "", "n": 299}
    own = {"model": "net", "name": "int8", "runtime": "onnxruntime", "threads": 1, "speedup": 2.0, "ci95": [1.9, 2.1]}
    own |= {"a": {"p50_ms": 4.0, **side}, "b": {"p50_ms": 2.0, **side}}
    other = {"model": "mobilenet", "source": "a paper", "a": {"latency_ms": 9.0}, "b": {"latency_ms": 3.0}}
    other |= {"speedup": 3.0, "ci95": None, "origin": "published"}
    answer = {"a": "pi4", "b": "pi5", "rows": [own], "published": [other], "stale": [{"target": "pi4"}]}
    engine.answers("profile_compare", answer)
    page.tabs.bar.setCurrentIndex(2)
    versus = page.versus
    assert "second" in versus.words.text()
    versus.show_names(["pi4", "pi5"])
    versus.ask()
    qtbot.waitUntil(lambda: versus.rows.total == 2, timeout=8000)
    assert engine.asked("profile_compare")[0] == {"a": "pi4", "b": "pi5"}
    texts = [[column.text(row) for column in versus.rows.columns] for row in versus.rows.rows]
    assert texts[0] == ["net · int8", "onnxruntime · 1 thread", "4.00 ms", "2.00 ms", "2.00× [1.90, 2.10]", "Measured"]
    assert texts[1][-1] == "Published"
    assert "1 reading is stale" in versus.words.text()
    assert [versus.rows.headerData(n, Qt.Orientation.Horizontal) for n in (2, 3)] == ["pi4", "pi5"]


def test_that_the_fewest_variants_are_found_within_the_limits(qtbot, page, engine):
    answer = {"chosen": ["int8"], "assigned": {"pi5": "int8"}, "left_out": ["pi-zero"], "considered": 4, "exact": True}
    missed = ["latency (upper end) is 24 ms, 4 over the limit of 20", "energy is not known, the limit is 5 mJ"]
    answer["judged"] = {
        "pi5": [{"variant": "tiny", "words": []}, {"variant": "int8", "words": ["memory is 9 MB of 120"]}],
        "pi-zero": [{"variant": "int8", "words": missed}, {"variant": "fp32", "words": []}],
    }
    engine.answers("profile_cover", answer)
    page.tabs.bar.setCurrentIndex(3)
    cover = page.cover
    for latency, memory in (("ten", ""), ("", ""), ("-1", ""), ("10", "0")):
        cover.fields["latency_ms"].setText(latency)
        cover.fields["memory_mb"].setText(memory)
        assert not cover.find_button.isEnabled(), (latency, memory)
    cover.fields["latency_ms"].setText("10")
    cover.fields["memory_mb"].setText("120")
    cover.fields["size_bytes"].setText("90.5")
    qtbot.mouseClick(cover.find_button, LEFT)
    qtbot.waitUntil(lambda: cover.rows.total == 2, timeout=8000)
    asked = engine.asked("profile_cover")[0]
    assert asked["limits"] == ["accuracy_loss=1", "latency_ms=10", "memory_mb=120", "size_bytes=90500"]
    assert cover.words.text() == "Enough for 1 of 2 boards: int8 (1 of 4 variants)"
    assert [[column.text(row) for column in cover.rows.columns] for row in cover.rows.rows] == [
        ["pi5", "int8", "memory is 9 MB of 120"],
        ["pi-zero", "none keeps the limits", f"Nearest is int8: {', '.join(missed)}"],
    ]
    cover.fields["accuracy_loss"].setText("")
    cover.ask()
    qtbot.waitUntil(lambda: len(engine.asked("profile_cover")) == 2, timeout=8000)
    assert engine.asked("profile_cover")[1]["limits"][0] == "accuracy_loss=1000000000"


@pytest.fixture
def campaign(qtbot, page, window):
    qtbot.mouseClick(page.measure_button, LEFT)
    dialog = page.dialog
    qtbot.waitUntil(lambda: dialog.variants.count() > 1 and dialog.targets.count() == 2, timeout=8000)
    yield dialog
    dialog.reject()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


def matrix(dialog) -> list[list[str]]:
    rows = dialog.table.rows
    return [[column.text(row) for column in rows.columns[1:]] for row in rows.rows]


def test_that_a_campaign_fills_its_matrix_and_says_why_cells_are_missing(qtbot, campaign, engine):
    engine.answers("bundle", {"id": "aa"})
    good = {"bundle": "aa11", "name": "fp32", "target": "loopback", "threads": 1, "state": "measured", "p50_ms": 0.37}
    bad = {"bundle": "aa11", "name": "fp32", "target": "pi5", "threads": 1, "state": "missing", "p50_ms": None}
    engine.answers("profile_run", {"cells": [good, bad | {"reason": "pi5 does not answer"}]})
    assert not campaign.start_button.isEnabled()
    tick(campaign.variants, 0)
    tick(campaign.targets, 0, 1)
    assert campaign.start_button.text() == "Measure 2"
    qtbot.mouseClick(campaign.start_button, LEFT)
    qtbot.waitUntil(lambda: not campaign.model.busy and campaign.model.done == (2, 2), timeout=8000)
    assert matrix(campaign) == [["0.370 ms", "Missing"]]
    assert campaign.reasons.text() == "pi5 does not answer"
    assert (campaign.pill.text(), campaign.told.text()) == ("Partly done", "1 of 2 measured · 1 missing")
    asked = engine.asked("profile_run")[0]
    assert (asked["bundles"], asked["targets"], asked["threads"]) == (["aa"], ["loopback", "pi5"], [1])
    assert asked["only_stale"] is True
    assert not {"energy", "operators"} & set(asked)


def test_that_the_matrix_moves_while_boards_work_and_a_cut_campaign_goes_on(qtbot, campaign, engine):
    engine.answers("bundle", {"id": "aa"})
    tick(campaign.variants, 0)
    tick(campaign.targets, 0, 1)
    name = campaign.model.deploy.variants[0].name
    stages = [
        {"event": "stage", "name": "verify", "detail": f"{name} on loopback"},
        {"event": "stage", "name": "verify", "detail": f"{name} on pi5"},
        {"event": "stage", "name": "measure", "detail": "1 bundle on pi5, interleaved, 1 thread"},
    ]
    engine.answers("profile_run", {"wait": True, "events_before": stages})
    campaign.operators.setChecked(True)
    qtbot.mouseClick(campaign.start_button, LEFT)
    qtbot.waitUntil(
        lambda: campaign.table is not None and matrix(campaign) == [["Verifying", "Measuring"]], timeout=8000
    )
    qtbot.mouseClick(campaign.stop_button, LEFT)
    qtbot.waitUntil(lambda: campaign.resume_button.isVisible(), timeout=8000)
    assert matrix(campaign) == [["Waiting", "Waiting"]]
    done = {"bundle": "aa1", "threads": 1, "state": "known", "p50_ms": 1.5}
    engine.answers("profile_run", {"cells": [{**done, "target": name_} for name_ in ("loopback", "pi5")]})
    qtbot.mouseClick(campaign.resume_button, LEFT)
    qtbot.waitUntil(lambda: campaign.model.done == (2, 2), timeout=8000)
    assert engine.asked("profile_run")[1]["resume"] is True
    assert [asked["operators"] for asked in engine.asked("profile_run")] == [True, True]
    assert {cell.state for row in campaign.model.rows for cell in row.cells.values()} == {CellState.KNOWN}


def test_that_several_thread_counts_make_a_row_each(qtbot, campaign, engine):
    engine.answers("bundle", {"id": "aa"})
    engine.answers("profile_run", {"cells": []})
    tick(campaign.variants, 0, 1)
    tick(campaign.targets, 1)
    campaign.threads.setText("1, x")
    assert not campaign.start_button.isEnabled()
    campaign.threads.setText("1, 2")
    assert campaign.start_button.text() == "Measure 4"
    qtbot.mouseClick(campaign.start_button, LEFT)
    qtbot.waitUntil(lambda: bool(engine.asked("profile_run")) and not campaign.model.busy, timeout=8000)
    assert engine.asked("profile_run")[0]["threads"] == [1, 2]
    assert [row[0] for row in matrix(campaign)] == ["1", "2", "1", "2"]


def test_that_effects_stand_by_technique_and_device_and_are_filtered(qtbot, page, engine):
    page.tabs.bar.setCurrentIndex(4)
    qtbot.waitUntil(lambda: bool(page.effects.sheets.views), timeout=8000)
    rows = page.effects.sheets.views[0].rows
    recorded = json.loads((CASES / "effects.json").read_text())["effects"]
    assert [line[4].key for line in rows.rows] == [item["size_factor"] for item in recorded]
    assert [line[6].key for line in rows.rows] == [item["speed_factor"] for item in recorded]
    assert rows.rows[0][3].text == "smaller and faster"
    view = page.effects.sheets.views[0]
    view.table.selectRow(1)
    assert view.whole.text() == "channel-pruning → soft-label-distillation → static-quantization", "it is cut above"
    view.table.selectRow(0)
    assert not view.whole.isVisible(), "static-quantization has its place"
    page.effects.search.setText("pruning")
    qtbot.waitUntil(lambda: len(rows.rows) == 1, timeout=8000)
    engine.fails("effects", "no-effects", "the project has no variant made by a recipe", "make some")
    page.effects.ask()
    qtbot.waitUntil(lambda: page.effects.words.text().endswith("; make some"), timeout=8000)
    assert not page.effects.sheets.isVisible()


def test_that_what_drifted_comes_first_and_an_empty_list_says_why(qtbot, page, engine):
    document = json.loads((CASES / "profile_drift.json").read_text())
    document["rows"][1] |= {"drifted": True, "p_value": 0.001, "change": 0.21, "history": 9}
    document["outliers"] = [{"board": "raspberry-pi-5-8gb", "target": "pi5", "ratio": 1.31, "score": 5.2, "rows": 4}]
    engine.answers("profile_drift", document)
    page.tabs.bar.setCurrentIndex(5)
    qtbot.waitUntil(lambda: len(page.drift.sheets.views) == 2, timeout=8000)
    first = page.drift.sheets.views[0].rows.rows[0]
    assert (first[1].text, first[2].text, first[5].text) == (document["rows"][1]["name"], "Slower", "+21.0 %")
    assert page.drift.sheets.views[1].rows.rows[0][2].text == "1.31×"
    assert page.drift.words.text().startswith("2 need a look.")
    engine.answers("profile_drift", {"false_alarm_rate": 0.05, "rows": [], "outliers": [], "stale": []})
    page.drift.ask()
    qtbot.waitUntil(lambda: page.drift.words.text().startswith("Nothing to compare yet"), timeout=8000)
    assert not page.drift.sheets.isVisible()


def test_that_what_is_lacking_to_compare_boards_stands_below_the_choices(qtbot, window):
    window.go("profiles")
    page = window.page("profiles")
    qtbot.waitUntil(page.content.isVisible, timeout=5000)
    page.tabs.bar.setCurrentIndex(2)
    words = page.versus.words
    assert words.text().startswith("One board was measured so far")
    assert words.alignment() & Qt.AlignmentFlag.AlignTop

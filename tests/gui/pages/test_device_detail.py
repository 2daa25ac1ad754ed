"""One device in detail: its sensors while they are watched, its history, its log."""

import json

import pytest
from PySide6.QtCore import Qt

from engine.events import Look
from gui.viewmodels.history import read_history, read_latencies
from gui.viewmodels.live import KEPT_S, LiveModel, Trail
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
WATCHED = json.loads((CASES / "device_watch.json").read_text())
BOARD, LIVE, HISTORY, LOG = range(4)


@pytest.fixture
def page(qtbot, window):
    window.go("devices")
    made = window.page("devices")
    qtbot.waitUntil(lambda: made.model.device is not None, timeout=8000)
    return made


@pytest.fixture
def patient(engine):
    """A board that goes on telling until it is asked to stop."""
    engine.answers("device_watch", {**WATCHED, "wait": True})


def test_that_sensors_are_watched_and_a_missing_one_says_why(qtbot, page, engine):
    page.tabs.bar.setCurrentIndex(LIVE)
    assert engine.asked("device_watch") == [], "nothing is asked before a person wants it"
    assert page.live.cards["load"].words.text() == "not watched yet"
    qtbot.mouseClick(page.live.start_button, LEFT)
    qtbot.waitUntil(lambda: page.live.cards["temperature"].now.text() != "", timeout=8000)
    qtbot.waitUntil(lambda: not page.live.model.running, timeout=8000)
    page.live.model.flush()
    last = WATCHED["events_before"][-1]["values"]
    assert page.live.cards["temperature"].now.text() == f"{last['temperature:cpu-thermal']:.1f} °C"
    assert page.live.cards["frequency"].now.text() == "2,400 MHz"
    assert page.live.cards["memory"].detail._whole == "of 4.1 GB"
    assert page.live.cards["power"].now.text() == ""
    assert page.live.cards["power"].words.text().startswith("no sensor: the kernel knows no power monitor")
    assert page.live.pill.text() == "Not throttled"
    assert engine.asked("device_watch") == [{"name": "loopback", "every_s": 1.0, "for_s": 3600.0}]


def test_that_nothing_runs_while_nobody_sees_the_charts_and_it_goes_on_afterwards(qtbot, page, engine, window, patient):
    page.tabs.bar.setCurrentIndex(LIVE)
    live = page.live.model
    qtbot.mouseClick(page.live.start_button, LEFT)
    qtbot.waitUntil(lambda: live.seen, timeout=8000)
    window.go("settings")
    qtbot.waitUntil(lambda: not live.operation.state.busy, timeout=8000)
    assert live.running
    assert len(engine.asked("device_watch")) == 1
    window.go("devices")
    qtbot.waitUntil(lambda: len(engine.asked("device_watch")) == 2, timeout=8000)
    page.tabs.bar.setCurrentIndex(BOARD)
    qtbot.waitUntil(lambda: not live.operation.state.busy, timeout=8000)
    page.tabs.bar.setCurrentIndex(LIVE)
    qtbot.waitUntil(lambda: len(engine.asked("device_watch")) == 3, timeout=8000)
    qtbot.mouseClick(page.live.start_button, LEFT)
    qtbot.waitUntil(lambda: not live.operation.state.busy, timeout=8000)
    assert not live.running
    assert page.live.start_button.text() == "Watch"
    assert page.live.cards["temperature"].now.text(), "what was seen stays"


def test_that_a_board_that_does_not_answer_says_so_where_the_charts_would_be(qtbot, page, engine):
    engine.fails("device_watch", "unreachable", "pi5.local does not answer", "is it on?")
    page.tabs.bar.setCurrentIndex(LIVE)
    qtbot.mouseClick(page.live.start_button, LEFT)
    qtbot.waitUntil(lambda: page.live.hint.text() == "pi5.local does not answer; is it on?", timeout=8000)
    assert page.live.start_button.text() == "Watch"


def test_that_another_device_begins_with_empty_charts(qtbot, page, engine):
    engine.answers(
        "device_list",
        {"devices": [{"name": n, "address": n, "board": "x", "loopback": False} for n in ("cam1", "cam2")]},
    )
    page.model.refresh()
    qtbot.waitUntil(lambda: page.model.table.total == 2, timeout=5000)
    page.model.selection.select(["cam1"])
    page.tabs.bar.setCurrentIndex(LIVE)
    qtbot.mouseClick(page.live.start_button, LEFT)
    qtbot.waitUntil(lambda: page.live.model.seen and not page.live.model.operation.state.busy, timeout=8000)
    page.model.selection.select(["cam2"])
    assert (page.live.model.device, page.live.model.seen) == ("cam2", False)
    assert engine.asked("device_watch")[-1]["name"] == "cam1"


def test_that_the_history_marks_what_runs_and_tells_why_something_went_back(qtbot, page):
    page.tabs.bar.setCurrentIndex(HISTORY)
    panel = page.history
    qtbot.waitUntil(lambda: panel.rows.total == 7, timeout=8000)
    assert [row.event for row in panel.rows.rows][:3] == ["deployed", "went-back", "on-trial"]
    assert [row.running for row in panel.rows.rows] == [True, *[False] * 6]
    panel.table.selectRow(1)
    assert "health: camera.service is not active" in panel.about.text()
    assert panel.rows.rows[-1].t is None
    assert panel.rows.index(6, 0).data() == "earlier"


def test_that_a_board_without_a_deployment_says_so(qtbot, page, engine):
    engine.answers("device_history", {"name": "loopback", "current": {}, "events": []})
    page.tabs.bar.setCurrentIndex(HISTORY)
    qtbot.waitUntil(lambda: page.history.words.text() == "Nothing was deployed to this board yet.", timeout=8000)


def test_that_the_log_is_followed_while_it_is_seen_filtered_and_copied(qtbot, qapp, page, engine):
    document = json.loads((CASES / "device_log.json").read_text())
    engine.answers("device_log", {**document, "wait": True})
    page.tabs.bar.setCurrentIndex(LOG)
    panel = page.log
    lines = [event["message"] for event in document["events_before"]]
    qtbot.waitUntil(lambda: panel.log.view.toPlainText().splitlines() == lines, timeout=8000)
    assert panel.model.operation.state.busy
    assert panel.words.text().startswith("What the agent wrote down")
    panel.log.search.setText("rejected")
    qtbot.waitUntil(lambda: len(panel.log.view.toPlainText().splitlines()) == 1, timeout=3000)
    qtbot.mouseClick(panel.log.copy_button, LEFT)
    assert "allowed 0.04" in qapp.clipboard().text()
    page.tabs.bar.setCurrentIndex(BOARD)
    qtbot.waitUntil(lambda: not panel.model.operation.state.busy, timeout=8000)
    page.tabs.bar.setCurrentIndex(LOG)
    qtbot.waitUntil(lambda: len(engine.asked("device_log")) == 2, timeout=8000)
    page.tabs.bar.setCurrentIndex(BOARD)
    qtbot.waitUntil(lambda: not panel.model.operation.state.busy, timeout=8000)


def test_that_a_trail_forgets_what_charts_do_not_reach_and_gaps_stay_gaps():
    trail = Trail()
    for second in range(2000):
        trail.add(float(second), None if second == 1990 else float(second))
    x, y = trail.points(1999.0, 15 * 60)
    assert len(x) <= 600
    assert x[-1] == 0.0
    assert min(x) >= -KEPT_S
    near_x, near_y = trail.points(1999.0, 60)
    assert len(near_x) == 61
    assert [a for a, b in zip(near_x, near_y, strict=True) if b != b] == [-9.0]
    assert all(b == 1999.0 + a for a, b in zip(x, y, strict=True) if b == b)


def test_that_looks_that_flood_in_are_told_a_few_times_a_second(qtbot, session):
    live, told = LiveModel(session), []
    live.show_device("pi5")
    live.changed.connect(lambda: told.append(1))
    for number in range(1000):
        live.operation.look.emit(Look(number / 1000, {"load:cpu": 1.0}, None, {"load:cpu": {"unit": "%"}}))
    assert len(told) <= 1
    live.flush()
    assert live.charts()[2].now == "1 %"
    assert live.throttling_line == ("idle", "Throttling unknown")


def test_that_broken_documents_give_rows_without_figures():
    assert read_history({"events": [{"t": "x", "release": "y", "slot": 5}, 7], "current": 3})[0].release is None
    odd = {"readings": [{"p50_ms": "x"}, {"p50_ms": 2.0, "variant": "a", "quality": "rejected"}, {"p50_ms": 3.0}]}
    assert read_latencies(odd).names == ("",)
    assert read_latencies(None).count == 0

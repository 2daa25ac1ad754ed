"""The cards of the devices page: what boards tell while somebody sees them."""

import json

import pytest
from PySide6.QtCore import Qt

from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
SHELF = json.loads((CASES / "fleet_watch_shelf.json").read_text())
NAMES = ["loopback", "shelf-3", "shelf-4"]


@pytest.fixture
def page(qtbot, window, engine):
    """Three boards, one of which does not answer; they go on telling until they are asked to stop."""
    engine.answers("device_list", {"devices": [{"name": name, "loopback": name == "loopback"} for name in NAMES]})
    engine.answers("fleet_watch", {**SHELF, "wait": True})
    window.go("devices")
    made = window.page("devices")
    qtbot.waitUntil(lambda: made.model.glances.glance("shelf-4") is not None, timeout=8000)
    return made


def card(page, name: str):
    return page.model.card(page.model.table.row(page.model.table.position(name)))


def test_that_a_card_tells_sensors_as_bars_what_runs_and_its_latency(page, engine):
    assert engine.asked("fleet_watch") == [{"targets": NAMES, "every_s": 5.0, "for_s": 86400.0}]
    now = card(page, "shelf-3").now
    assert (now.runs, now.p50) == ("fashion-resnet.int8", "0.412 ms")
    assert [(gauge.title, gauge.words, gauge.over) for gauge in now.gauges] == [
        ("Temp", "61.4 °C", False),
        ("Memory", "23 %", False),
        ("Clock", "1,500 MHz", False),
        ("Power", "4.3 W", False),
    ]
    shares = [round(gauge.share, 3) for gauge in now.gauges]
    assert shares == [0.614, round(1904.2 / (1904.2 + 6389.1), 3), 0.625, round(4.3 / 6.8, 3)]
    index = page.cards.model().index(1, 0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert "fashion-resnet.int8" in spoken
    assert "Temp 61.4 °C" in spoken
    assert "highest seen" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_that_a_missing_sensor_is_no_zero_and_a_board_that_is_gone_says_why(page):
    here = card(page, "loopback").now
    assert [(gauge.words, gauge.share) for gauge in here.gauges if gauge.title != "Memory"] == [("no sensor", None)] * 3
    assert "Temp: the kernel shows no thermal zone" in here.reasons
    gone = card(page, "shelf-4")
    assert (gone.kind, gone.state) == ("bad", "No answer")
    assert (gone.now.failure, gone.now.gauges) == ("shelf-4.local: no answer (port 22)", ())


def test_that_a_board_that_lacks_this_version_s_agent_is_no_alarm_and_gets_it_by_one_button(qtbot, page, engine):
    old = json.loads(json.dumps(SHELF))
    for event in old["events_before"]:
        if event["device"] != "loopback":
            event.update(values={}, failure=f"{event['device']} has no agent of this version", failure_code="no-agent")
    engine.answers("fleet_watch", {**old, "wait": True})
    assert not page.agents_button.isVisible()
    page.model.glances.look_again()
    qtbot.waitUntil(lambda: page.model.lacking == ["shelf-3", "shelf-4"], timeout=8000)
    shown = card(page, "shelf-3")
    assert (shown.kind, shown.state) == ("info", "Needs this version's agent")
    assert shown.now.failure == "It has no agent of this version yet; what runs there goes on."
    qtbot.waitUntil(lambda: page.agents_button.text() == "Bring this version's agent to 2 boards", timeout=8000)
    engine.answers("fleet_watch", {**SHELF, "wait": True})
    qtbot.mouseClick(page.agents_button, LEFT)
    assert not page.agents_button.isEnabled()
    assert page.agents_button.text() == "Bringing the agent to shelf-3…"
    qtbot.waitUntil(lambda: page.agents_button.isHidden(), timeout=8000)
    assert engine.asked("device_probe") == [{"name": "shelf-3"}, {"name": "shelf-4"}]
    assert card(page, "shelf-3").now.gauges, "it is looked at anew, at once"
    assert page.agents_words.isHidden()


def test_that_a_board_that_does_not_take_the_agent_says_why(qtbot, page, engine):
    engine.answers(
        "device_probe", {"error": {"code": "no-space", "message": "the disk is full", "remedy": "free some"}}
    )
    page.model.agents.bring(["shelf-3"])
    qtbot.waitUntil(lambda: not page.model.agents.busy and page.agents_words.isVisible(), timeout=8000)
    assert page.agents_words.text() == "shelf-3: the disk is full; free some"


def test_that_heat_and_throttling_are_seen(qtbot, page, engine):
    hot = json.loads(json.dumps(SHELF))
    hot["events_before"] = hot["events_before"][1:2]
    hot["events_before"][0] |= {"throttling": ["throttled"]}
    hot["events_before"][0]["values"] |= {"temperature:cpu-thermal": 84.0, "memory:available": 90.0}
    engine.answers("fleet_watch", {**hot, "wait": True})
    qtbot.mouseClick(page.watch_button, LEFT)
    qtbot.waitUntil(lambda: not page.model.glances.operation.state.busy, timeout=8000)
    qtbot.mouseClick(page.watch_button, LEFT)
    qtbot.waitUntil(lambda: card(page, "shelf-3").state == "Throttled", timeout=8000)
    assert [gauge.over for gauge in card(page, "shelf-3").now.gauges] == [True, True, False, False]


def test_that_boards_are_left_alone_while_nobody_looks_a_person_pauses_or_heavy_work_runs(
    qtbot, page, engine, window, session
):
    glances = page.model.glances

    def times(count: int) -> None:
        qtbot.waitUntil(lambda: len(engine.asked("fleet_watch")) == count, timeout=8000)

    def still() -> None:
        qtbot.waitUntil(lambda: not glances.operation.state.busy, timeout=8000)

    assert not glances.glance("shelf-3").stale
    window.go("settings")
    still()
    window.go("devices")
    times(2)
    qtbot.mouseClick(page.watch_button, LEFT)
    still()
    assert page.watch_button.text() == "Go on"
    assert glances.glance("shelf-3").stale, "what was seen stays, and looks old"
    qtbot.mouseClick(page.watch_button, LEFT)
    times(3)
    qtbot.mouseClick(page.switch_button, LEFT)
    still()
    qtbot.mouseClick(page.switch_button, LEFT)
    times(4)
    engine.answers("measure", {**json.loads((CASES / "measure.json").read_text()), "wait": True})
    run = session.run("measure", {})
    still()
    assert glances.glance("shelf-3").stale
    run.operation.cancel()
    times(5)

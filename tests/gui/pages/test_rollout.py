"""Rollouts in waves as a person starts, stops and reads them."""

import json
from typing import Any

import pytest
from PySide6.QtCore import Qt

from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
THREE = {"devices": [{"name": name, "address": "", "loopback": False} for name in ("pi4", "pi5", "orin")]}
VARIANTS = json.loads((CASES / "project_show.json").read_text())["variants"]


def status(state: str, *boards: tuple[str, str, str], rollout: str = "r2") -> dict[str, Any]:
    """What the engine says of a rollout, and of the list of all in the same document."""
    return {
        "rollouts": [
            {"rollout": "r1", "slot": "main", "state": "finished", "created": "2026-01-01T00:00:00+00:00"},
            {"rollout": "r2", "slot": "main", "state": state, "created": "2026-01-02T00:00:00+00:00"},
        ],
        "rollout": rollout,
        "slot": "main",
        "state": state,
        "reason": "failed: 1, allowed: 0" if state == "stopped" else None,
        "created": "2026-01-02T00:00:00+00:00",
        "plan": {"waves": ["1", "100%"]},
        "counts": {},
        "boards": [
            {"name": n, "state": s, "release": 4 if s == "committed" else None, "attempts": 1, "reason": why}
            for n, s, why in boards
        ],
        "audit": [{"t": "2026-01-02T00:00:01+00:00", "board": n, "what": f"{s} {why}"} for n, s, why in boards],
    }


STOPPED = status(
    "stopped", ("pi4", "committed", ""), ("pi5", "rejected", "the golden check failed"), ("orin", "pending", "")
)


@pytest.fixture
def page(qtbot, window, engine):
    engine.answers("device_list", THREE)
    engine.answers("fleet_status", {"rollouts": []})
    engine.answers("bundle", {"id": "packed"})
    window.go("deploy")
    made = window.page("deploy")
    qtbot.waitUntil(lambda: made.targets.count() == 3, timeout=8000)
    yield made
    if made.dialog is not None:
        made.dialog.reject()


def opened(qtbot, page, variants: tuple[int, ...] = (1,), targets: tuple[int, ...] = (0, 1, 2)):
    for box, places in ((page.variants, variants), (page.targets, targets)):
        for place in places:
            box.item(place).setCheckState(Qt.CheckState.Checked)
    qtbot.mouseClick(page.waves_button, LEFT)
    return page.dialog


def test_that_a_rollout_is_packed_and_started_with_its_waves_and_limits(qtbot, page, engine):
    engine.answers("fleet_rollout", STOPPED)
    dialog = opened(qtbot, page)
    qtbot.waitUntil(lambda: not dialog.model.list.loading, timeout=5000)
    assert not dialog.rollouts.isVisible(), "there is none yet"
    dialog.waves.setText("1, 50%,100%")
    dialog.most.setValue(2)
    dialog.gate.setChecked(True)
    engine.answers("fleet_status", STOPPED)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: dialog.table.rows.total == 3, timeout=8000)
    assert engine.asked("bundle")[0]["variant"] == VARIANTS[1]["id"]
    asked = engine.asked("fleet_rollout")[0]
    assert {key: asked[key] for key in ("bundle", "targets", "slot", "waves", "max_failures", "gate")} == {
        "bundle": "packed",
        "targets": ["pi4", "pi5", "orin"],
        "slot": "main",
        "waves": ["1", "50%", "100%"],
        "max_failures": 2,
        "gate": True,
    }
    assert asked["project"]


def test_that_a_stopped_rollout_says_which_board_failed_and_why_and_tries_only_the_failed(qtbot, page, engine):
    engine.answers("fleet_status", STOPPED)
    engine.answers("fleet_resume", STOPPED)
    dialog = opened(qtbot, page, (), ())
    qtbot.waitUntil(lambda: dialog.table.rows.total == 3, timeout=8000)
    assert not dialog.start_button.isEnabled(), "nothing is ticked"
    assert dialog.pill.text() == "Stopped: too many failed"
    assert dialog.state_words.text() == "1 of 3 boards run it  ·  1, 100%  ·  failed: 1, allowed: 0"
    assert [row.reason for row in dialog.table.rows.rows] == ["", "the golden check failed", ""]
    assert "pi5  rejected the golden check failed" in dialog.log.toPlainText()
    assert (dialog.pause_button.isEnabled(), dialog.resume_button.isEnabled()) == (False, True)
    qtbot.mouseClick(dialog.retry_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("fleet_resume")) == 1, timeout=5000)
    asked = engine.asked("fleet_resume")[0]
    assert (asked["rollout"], asked["retry_failed"]) == ("r2", True)


def test_that_a_running_rollout_can_be_paused_and_ended_and_an_earlier_one_be_read(qtbot, page, engine):
    running = status("running", ("pi4", "uploading", ""))
    for verb in ("fleet_status", "fleet_pause", "fleet_cancel"):
        engine.answers(verb, running)
    dialog = opened(qtbot, page, (), ())
    qtbot.waitUntil(lambda: dialog.table.rows.total == 1, timeout=8000)
    qtbot.mouseClick(dialog.pause_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("fleet_pause")) == 1, timeout=5000)
    qtbot.mouseClick(dialog.end_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("fleet_cancel")) == 1, timeout=5000)
    qtbot.waitUntil(lambda: not dialog.model.list.loading and not dialog.model.status.loading, timeout=5000)
    engine.answers("fleet_status", status("finished", ("orin", "committed", ""), rollout="r1"))
    dialog.rollouts.setFocus()
    qtbot.keyClick(dialog.rollouts, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: dialog.model.chosen == "r1", timeout=5000)
    qtbot.waitUntil(lambda: dialog.pill.text() == "Finished", timeout=5000)
    assert engine.asked("fleet_status")[-1]["rollout"] == "r1"


def test_that_a_rollout_whose_process_is_gone_says_so_and_is_resumed(qtbot, page, engine):
    engine.answers("fleet_status", status("interrupted", ("pi4", "committed", ""), ("pi5", "pending", "")))
    engine.answers("fleet_resume", status("finished", ("pi4", "committed", ""), ("pi5", "committed", "")))
    dialog = opened(qtbot, page, (), ())
    qtbot.waitUntil(lambda: dialog.table.rows.total == 2, timeout=8000)
    assert dialog.pill.text() == "Interrupted"
    assert dialog.state_words.text().startswith("The process that worked on it is gone. Resume goes on")
    assert (dialog.pause_button.isEnabled(), dialog.resume_button.isEnabled()) == (False, True)
    qtbot.mouseClick(dialog.resume_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("fleet_resume")) == 1, timeout=5000)
    assert engine.asked("fleet_resume")[0]["rollout"] == "r2"


def test_that_one_board_goes_back_from_the_history(qtbot, page, engine):
    engine.answers("fleet_status", STOPPED)
    engine.answers("rollback", {"placements": []})
    dialog = opened(qtbot, page, (), ())
    qtbot.waitUntil(lambda: dialog.table.rows.total == 3, timeout=8000)
    allowed = []
    for number in range(3):
        dialog.table.selectRow(number)
        allowed.append(dialog.back_button.isEnabled())
    assert allowed == [True, False, False], "only what runs the release goes back"
    dialog.table.selectRow(0)
    qtbot.mouseClick(dialog.back_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("rollback")) == 1, timeout=5000)
    assert engine.asked("rollback") == [{"targets": ["pi4"], "slot": "main"}]


def test_that_a_bundle_that_cannot_be_packed_says_why(qtbot, page, engine):
    engine.fails("bundle", "no-file", "the variant's file is gone", "compress it again")
    dialog = opened(qtbot, page)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: "compress it again" in dialog.state_words.text(), timeout=5000)
    assert engine.asked("fleet_rollout") == []
    assert dialog.start_button.isEnabled()

"""The deploy page as a person uses it."""

import inspect
import json
import sys

import pytest
from PySide6.QtCore import Qt

from engine import verbs
from gui.bridge import WorkerProcess
from gui.viewmodels.deploy import CellState, DeployStep, summary
from gui.viewmodels.session import Session
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
PROJECT = json.loads((CASES / "project_show.json").read_text())
THREE = {"devices": [{"name": name, "address": "", "loopback": False} for name in ("pi4", "pi5", "orin")]}
PLACES = """
import json, sys
request = json.loads(sys.stdin.readline())
def say(event, **fields): print(json.dumps({"v": 1, "seq": 0, "t": 0, "event": event, **fields}), flush=True)
say("accepted", verb=request["verb"], pid=1)
with open(sys.argv[1], "a") as asked: asked.write(json.dumps(request) + "\\n")
bad = open(sys.argv[2]).read().split()
if request["verb"] == "bundle": say("result", result={"id": "bundle-" + request["arguments"]["variant"]})
elif request["arguments"]["targets"][0] in bad:
    for name in ("deploy", "check runtimes", "upload"): say("stage", name=name, detail="")
    say("error", error={"code": "no-space", "message": "no space", "remedy": "remove releases"})
else: say("result", result={"placements": [{"verified": True, "release": 3, "target": request["arguments"]["targets"][0]}]})
"""


@pytest.fixture
def page(qtbot, window, engine):
    engine.answers("device_list", THREE)
    window.go("deploy")
    made = window.page("deploy")
    qtbot.waitUntil(lambda: made.targets.count() == 3, timeout=8000)
    return made


def tick(box, *places: int) -> None:
    for place in places:
        box.item(place).setCheckState(Qt.CheckState.Checked)


def test_that_nothing_ticked_deploys_nothing(page):
    assert not page.deploy_button.isEnabled()
    tick(page.variants, 0)
    assert not page.deploy_button.isEnabled()
    tick(page.targets, 0, 2)
    assert page.deploy_button.isEnabled()
    assert page.deploy_button.text() == "Deploy 2"


def test_that_of_three_devices_one_fails_alone_and_only_it_is_tried_again(qtbot, page, window, tmp_path, monkeypatch):
    asked, bad, program = tmp_path / "asked", tmp_path / "bad", tmp_path / "places.py"
    bad.write_text("pi5")
    program.write_text(PLACES)
    command = [sys.executable, "-S", str(program), str(asked), str(bad)]
    monkeypatch.setattr(page.model._session, "_factory", lambda: WorkerProcess(command))
    tick(page.variants, 0)
    tick(page.targets, 0, 1, 2)
    qtbot.mouseClick(page.deploy_button, LEFT)
    qtbot.waitUntil(lambda: bool(page.model.cells) and not page.model.busy, timeout=10_000)
    states = {target: cell.state for (_, target), cell in page.model.cells.items()}
    assert states == {"pi4": CellState.VERIFIED, "pi5": CellState.FAILED, "orin": CellState.VERIFIED}
    assert summary(page.model.cells) == (2, 1, 3)
    reasons = {target: text.text() for (_, target), text in page.matrix.reasons.items()}
    assert reasons == {"pi4": "", "pi5": "no space; remove releases", "orin": ""}
    shown = {(target, step): pill for ((_, target), step), pill in page.matrix.pills.items()}
    assert [shown[target, DeployStep.VERIFY].text() for target in ("pi4", "orin")] == ["Verified", "Verified"]
    assert shown["pi4", DeployStep.SWITCH].text() == "Release 3"
    assert shown["pi5", DeployStep.UPLOAD].text() == "Failed"
    assert shown["pi5", DeployStep.UPLOAD].toolTip() == "no space; remove releases"
    assert shown["pi5", DeployStep.CONNECT].text() == "Done", "what went before is not blamed"
    assert not shown["pi5", DeployStep.VERIFY].isVisible(), "what never began says nothing"
    bad.write_text("")
    before = len(asked.read_text().splitlines())
    qtbot.mouseClick(page.retry_button, LEFT)
    qtbot.waitUntil(lambda: not page.model.failed and not page.model.busy, timeout=10_000)
    again = [json.loads(line) for line in asked.read_text().splitlines()[before:]]
    assert [(r["verb"], r["arguments"]["targets"]) for r in again] == [("deploy", ["pi5"])]
    bundles = [r for r in map(json.loads, asked.read_text().splitlines()) if r["verb"] == "bundle"]
    assert len(bundles) == 1, "a variant is packed once for all devices"


def test_that_a_bundle_that_cannot_be_made_fails_all_its_cells(qtbot, page, engine):
    engine.fails("bundle", "not-deployable", "boards do not run this", "make a variant")
    tick(page.variants, 0)
    tick(page.targets, 0, 1)
    qtbot.mouseClick(page.deploy_button, LEFT)
    qtbot.waitUntil(lambda: len(page.model.failed) == 2, timeout=5000)
    assert engine.asked("deploy") == []


def test_that_cancelling_stops_what_waits_and_what_runs(qtbot, page, engine):
    engine.answers("bundle", {"id": "b"})
    engine.answers("deploy", {"wait": True, "events_before": [{"event": "stage", "name": "upload", "detail": ""}]})
    tick(page.variants, 0)
    tick(page.targets, 0, 1, 2)
    qtbot.mouseClick(page.deploy_button, LEFT)
    qtbot.waitUntil(lambda: sum(c.at is DeployStep.UPLOAD for c in page.model.cells.values()) == 2, timeout=8000)
    assert [c.state for c in page.model.cells.values()].count(CellState.WAITING) == 1
    qtbot.mouseClick(page.cancel_button, LEFT)
    qtbot.waitUntil(lambda: not page.model.busy, timeout=8000)
    assert {c.state for c in page.model.cells.values()} == {CellState.CANCELLED}


def test_that_ticked_variants_are_packed_and_measured_in_one_campaign(qtbot, page, engine, window):
    engine.answers("bundle", {"id": "b"})
    engine.answers("profile_run", {"cells": []})
    tick(page.variants, 0, 1)
    tick(page.targets, 1)
    qtbot.mouseClick(page.measure_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("profile_run")) == 1, timeout=8000)
    assert engine.asked("profile_run")[0] == {
        "project": str(window.session.project),
        "bundles": ["b", "b"],
        "targets": ["pi5"],
    }
    assert len(engine.asked("bundle")) == 2
    assert window.pages.currentWidget() is window.page("jobs")


def test_that_what_boards_run_on_goes_with_deploying_measuring_and_rollouts(qtbot, page, engine):
    engine.answers("bundle", {"id": "b"})
    engine.answers("deploy", {"placements": [{"verified": True, "release": 1, "target": "pi5"}]})
    engine.answers("profile_run", {"cells": []})
    engine.answers("fleet_status", {"rollouts": []})
    form = page.run_on
    assert form.asked == {}
    assert not form.fields.isVisible()
    qtbot.mouseClick(form.toggle_button, LEFT)
    assert form.fields.isVisible()
    qtbot.keyClicks(form.runtime.lineEdit(), "litert")
    qtbot.keyClicks(form.delegate.lineEdit(), "/usr/lib/libedgetpu.so.1")
    qtbot.keyClicks(form.options, "device=usb:0, verbose=1")
    wanted = {
        "runtime": "litert",
        "delegate": "/usr/lib/libedgetpu.so.1",
        "delegate_options": ["device=usb:0", "verbose=1"],
    }
    assert form.asked == wanted
    tick(page.variants, 0)
    tick(page.targets, 1)
    qtbot.mouseClick(page.deploy_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("deploy")) == 1 and not page.model.busy, timeout=8000)
    assert wanted.items() <= engine.asked("deploy")[0].items()
    page.in_waves()
    assert page.dialog.on == wanted
    page.dialog.reject()
    qtbot.mouseClick(page.measure_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("profile_run")) == 1, timeout=8000)
    assert wanted.items() <= engine.asked("profile_run")[0].items()
    for verb in (verbs.deploy, verbs.profile_run, verbs.fleet_rollout):
        assert {*wanted, "provider"} <= set(inspect.signature(verb).parameters)


def test_that_a_variant_that_cannot_be_packed_is_not_measured(qtbot, page, engine):
    engine.fails("bundle", "not-deployable", "boards do not run this", "make a variant")
    tick(page.variants, 0)
    tick(page.targets, 1)
    qtbot.mouseClick(page.measure_button, LEFT)
    qtbot.waitUntil(lambda: page.model.trouble != "", timeout=8000)
    assert engine.asked("profile_run") == []
    assert page._matrix_words.text() == "boards do not run this; make a variant"


def test_that_releases_are_shown_and_rolled_back(qtbot, page, engine):
    qtbot.mouseClick(page.look_button, LEFT)
    qtbot.waitUntil(lambda: page.releases.total > 1, timeout=5000)
    assert page.releases.rows[0].pill == ("ok", "Runs now")
    assert page.releases_table.isVisible()
    engine.answers("rollback", {"placements": []})
    qtbot.mouseClick(page.rollback_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("releases")) == 2, timeout=5000)
    assert engine.asked("rollback") == [{"targets": ["pi4"], "slot": "fashion-resnet"}]


def test_that_the_session_leaves_out_what_is_none(tmp_path):
    session = Session(tmp_path)
    assert session.arguments("bundle", {"variant": "a", "data": None}) == {"project": str(tmp_path), "variant": "a"}
    assert session.arguments("device_list", {}) == {}


def test_that_a_check_asks_what_would_travel_and_changes_nothing(qtbot, page, engine):
    engine.answers("bundle", {"id": "b1"})
    planned = {
        "target": "pi4",
        "state": "planned",
        "verified": False,
        "upload": {"bytes": 412_000.0, "seconds": 0.0},
        "reason": "the slot is new",
    }
    engine.answers("deploy", {"placements": [planned]})
    tick(page.variants, 0)
    tick(page.targets, 0)
    qtbot.mouseClick(page.check_button, LEFT)
    qtbot.waitUntil(lambda: bool(page.model.cells) and not page.model.busy, timeout=8000)
    (cell,) = page.model.cells.values()
    assert (cell.state, cell.reason) == (CellState.PLANNED, "412 kB to send; the slot is new")
    assert page.sentence.text() == "Only checked: 1 of 1 can be deployed"
    assert [step for _, step in page.matrix.pills] == [DeployStep.PACK, DeployStep.CONNECT, DeployStep.CHECK]
    assert page.matrix.pills[(cell.variant, "pi4"), DeployStep.CHECK].text() == "Can be deployed"
    assert [call["dry_run"] for call in engine.asked("deploy")] == [True]
    qtbot.mouseClick(page.deploy_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("deploy")) == 2 and not page.model.busy, timeout=8000)
    assert "dry_run" not in engine.asked("deploy")[1]
    assert len(engine.asked("bundle")) == 1, "packed once"

"""The dialogs that several pages lead to, as a person uses them."""

import inspect
import json
import shlex

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from engine import verbs
from engine.cli.main import app
from gui.viewmodels.measuring import How
from gui.widgets.ticks import ticked
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
PATIENT_MS = 30_000
SECRET = "cAnaRy-7c11-sudo"
KEY = "7be5a7ce12340f6d"


def said(verb: str) -> dict:
    return json.loads((CASES / f"{verb}.json").read_text())


def takes(verb: str, asked: dict) -> bool:
    """Whether the real verb has all these arguments."""
    return set(asked) <= set(inspect.signature(getattr(verbs, verb)).parameters)


def understood(command: str) -> bool:
    """Whether the command line knows every word of a command."""
    from typer.main import get_command

    for part in command.split(" && "):
        words, found = shlex.split(part)[1:], get_command(app)
        while hasattr(found, "commands"):
            found = found.commands[words.pop(0)]
        found.make_context("flyweight", words).close()
    return True


def ready(qtbot, window, condition):
    """The dialog in front, once it knows what can be chosen."""
    qtbot.waitUntil(lambda: bool(condition(window.tools.dialog)), timeout=PATIENT_MS)
    return window.tools.dialog


def finish(qtbot, dialog) -> None:
    qtbot.waitUntil(lambda: dialog.steps.document is not None and not dialog.steps.busy, timeout=PATIENT_MS)


@pytest.fixture
def variants(qtbot, window):
    window.go("variants")
    page = window.page("variants")
    qtbot.waitUntil(lambda: bool(page.model.selected) and page.content.isVisible(), timeout=PATIENT_MS)
    yield page
    if window.tools.dialog is not None:
        window.tools.dialog.reject()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=PATIENT_MS)


@pytest.fixture
def devices(qtbot, window):
    window.go("devices")
    page = window.page("devices")
    qtbot.waitUntil(lambda: page.model.device is not None, timeout=PATIENT_MS)
    yield page
    if window.tools.dialog is not None:
        window.tools.dialog.reject()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=PATIENT_MS)


@pytest.fixture
def measuring(qtbot, window, variants):
    qtbot.mouseClick(variants.detail.measure_button, LEFT)
    return ready(qtbot, window, lambda dialog: dialog.variant.count() > 1 and ticked(dialog.targets))


def test_that_a_variant_is_measured_beside_another_with_several_thread_counts(qtbot, variants, measuring, engine):
    assert measuring.variant.currentData() == variants.model.selected[0].id
    measuring.threads.setText("1, 2")
    measuring.against.setCurrentIndex(2)
    measuring.beside.setText("door, gate")
    measuring.layers.setChecked(True)
    qtbot.mouseClick(measuring.around.toggle_button, LEFT)
    measuring.around.editors["declared_power"].setText("2.7")
    assert measuring.words.text() == "Power read off: watts at rest and under load, as in 2.7:4.1"
    qtbot.keyClicks(measuring.around.editors["declared_power"], ":4.1@board")
    qtbot.mouseClick(measuring.start_button, LEFT)
    finish(qtbot, measuring)
    assert engine.asked("bundle") == [], "all variants of the sample project are packed"
    (asked,) = engine.asked("measure")
    assert takes("measure", asked)
    assert asked["bundle"] == variants.model.selected[0].id
    assert asked["against"] == measuring.against.currentData()
    assert (asked["targets"], asked["threads"], asked["beside"]) == (["loopback"], [1, 2], ["door", "gate"])
    assert asked["operators"] is True
    assert asked["declared_power"] == "2.7:4.1@board"
    rows = measuring.sheets.views[0].rows.rows
    assert [line[3].key for line in rows] == [item["latency_ms"]["p50"] for item in said("measure")["readings"]]
    speedups = [item["speedup"] for item in said("measure")["comparisons"]]
    shown = [value for name, value in measuring.facts.shown.items() if name.startswith("Against")]
    assert [words.split("×")[0] for words in shown] == [f"{value:.2f}" for value in speedups]
    qtbot.mouseClick(measuring.copy_button, LEFT)
    command = QGuiApplication.clipboard().text()
    assert "--with door --with gate" in command
    assert "--threads 1,2" in command
    assert understood(command)


def test_that_a_line_of_what_was_measured_shows_how_its_runs_are_spread(qtbot, measuring):
    qtbot.mouseClick(measuring.start_button, LEFT)
    finish(qtbot, measuring)
    (view, *_) = measuring.sheets.views
    for place, reading in enumerate(said("measure")["readings"]):
        view.table.selectRow(place)
        assert view.spread.title.text().endswith(reading["name"])
        assert view.spread.words.text().startswith(f"{sum(reading['histogram']['counts']):,} runs")
    layers = next(view for view in measuring.sheets.views if "Layer" in view.rows.columns[2].title())
    assert layers.rows.total == sum(map(len, said("measure")["layers"])), "all in one table, however many were traced"


def test_that_a_service_is_measured_and_says_what_limits_it(qtbot, measuring, engine):
    assert not measuring.rate.isVisible()
    measuring.how.setCurrentIndex(list(How).index(How.CAMERA))
    assert measuring.rate.isVisible()
    assert not measuring.against.isVisible()
    measuring.rate.setText("fast")
    assert not measuring.start_button.isEnabled()
    assert measuring.words.text() == "Say how many queries come in a second."
    measuring.rate.setText("60")
    qtbot.mouseClick(measuring.start_button, LEFT)
    finish(qtbot, measuring)
    (asked,) = engine.asked("measure_scenario")
    assert takes("measure_scenario", asked)
    assert asked["request"] == {"kind": "camera", "rate_hz": 60.0, "seconds": 10.0}
    (line,) = measuring.sheets.views[0].rows.rows
    stream = said("measure_scenario")["readings"][0]["stream"]
    assert [line[1].key, line[4].key] == [stream["throughput_per_s"], stream["deadline_met"]["value"]]
    assert line[8].text == "preparing the input"
    assert line[1].text.endswith("/s")
    assert not measuring.sheets.views[0].table.horizontalScrollBar().isVisible(), "all columns are seen at once"


def test_that_what_is_not_packed_is_packed_first_and_a_failure_says_what_helps(qtbot, window, variants, engine):
    project = said("project_show") | {"bundles": []}
    engine.answers("project_show", project)
    engine.answers("bundle", {"id": "c0ffee"})
    engine.fails("measure", "golden-failed", "the board computes other outputs", "make the bundle again")
    qtbot.mouseClick(variants.detail.measure_button, LEFT)
    dialog = ready(qtbot, window, lambda made: made.variant.count() > 1 and ticked(made.targets))
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: dialog.pill.text() == "Failed", timeout=PATIENT_MS)
    assert [asked["variant"] for asked in engine.asked("bundle")] == [variants.model.selected[0].id]
    assert engine.asked("measure")[0]["bundle"] == "c0ffee"
    assert dialog.words.text() == "the board computes other outputs; make the bundle again"
    assert dialog.start_button.isVisible()


def test_that_a_measurement_goes_on_when_its_dialog_is_closed_and_is_stopped_from_it(qtbot, window, variants, engine):
    engine.answers("measure", {"wait": True})
    qtbot.mouseClick(variants.detail.measure_button, LEFT)
    dialog = ready(qtbot, window, lambda made: made.variant.count() > 1 and ticked(made.targets))
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("measure")) == 1, timeout=PATIENT_MS)
    dialog.reject()
    assert dialog.steps.busy
    qtbot.mouseClick(variants.detail.measure_button, LEFT)
    again = window.tools.dialog
    assert again is not dialog
    assert again.stop_button.isVisible()
    assert not again.start_button.isVisible()
    qtbot.mouseClick(again.stop_button, LEFT)
    qtbot.waitUntil(lambda: again.pill.text() == "Cancelled", timeout=PATIENT_MS)


def test_that_the_model_of_a_slot_is_tried_on_files_that_are_dropped(qtbot, window, devices, engine):
    devices.more.choose("Try its model on a file…")
    dialog = ready(qtbot, window, lambda made: made.model.count() > 1)
    assert dialog.model.currentText() == "in slot fashion-resnet"
    assert dialog.words.text() == "Choose one or more files."
    for name in ("shoe.png", "notes.txt"):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(f"/home/user/{name}")])
        how = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(dialog, QDragEnterEvent(QPoint(50, 50), *how))
        QApplication.sendEvent(dialog, QDropEvent(QPointF(50, 50), *how))
    assert dialog.files == ["/home/user/shoe.png"], "a text is nothing to try a model on"
    qtbot.mouseClick(dialog.start_button, LEFT)
    finish(qtbot, dialog)
    (asked,) = engine.asked("run")
    assert takes("run", asked)
    assert asked == {"target": "loopback", "files": ["/home/user/shoe.png"], "slot": "fashion-resnet", "top_k": 3}
    lines = [[cell.text for cell in line] for line in dialog.sheets.views[0].rows.rows]
    first = said("run")["predictions"][0]
    assert lines[0] == ["shoe.png", first["classes"][0]["label"], f"{100 * first['classes'][0]['probability']:.1f} %"]
    assert len(lines) == sum(len(item["classes"]) for item in said("run")["predictions"])
    assert understood(dialog.command)


def test_that_a_board_that_did_not_answer_is_asked_again_from_the_dialog(qtbot, window, devices, engine):
    engine.fails("releases", "unreachable", "loopback: no answer", "is it on?")
    engine.fails("device_setup", "unreachable", "pi5: no answer", "is it on?")
    devices.more.choose("Try its model on a file…")
    trying = window.tools.dialog
    qtbot.waitUntil(lambda: trying.words.text() == "loopback: no answer; is it on?", timeout=8000)
    assert (trying.start_button.text(), trying.empty.isVisible()) == ("Ask again", False)
    (engine.folder / "releases.json").unlink()
    qtbot.mouseClick(trying.start_button, LEFT)
    qtbot.waitUntil(lambda: trying.model.findText("in slot fashion-resnet") >= 0, timeout=8000)
    assert (trying.start_button.text(), trying.start_button.isEnabled()) == ("Try it", False)
    trying.reject()
    window.tools.rights("pi5")
    rights = window.tools.dialog
    qtbot.waitUntil(lambda: rights.steps.notice is not None, timeout=8000)
    assert (rights.start_button.text(), rights.empty.isVisible()) == ("Ask again", False)
    (engine.folder / "device_setup.json").unlink()
    qtbot.mouseClick(rights.start_button, LEFT)
    finish(qtbot, rights)
    assert rights.start_button.text() == "Grant what is missing"
    assert engine.asked("device_setup") == [{"name": "pi5"}] * 2, "asking changes nothing"


def test_that_a_variant_is_tried_in_a_slot_of_its_own(qtbot, window, variants, engine, monkeypatch):
    engine.answers("project_show", said("project_show") | {"bundles": []})
    engine.answers("bundle", {"id": "c0ffee"})
    engine.answers("deploy", {"placements": []})
    engine.answers("run", {"predictions": [{"file": "/a/x.csv", "classes": [], "outputs": [[0.25, -1.5]]}]})
    variants.detail.more.choose("Try it on a file…")
    dialog = ready(qtbot, window, lambda made: made.model.count() > 1)
    assert dialog.model.currentText() == variants.model.selected[0].label
    assert dialog.data.currentText() == "fashion-mnist", "how a file becomes an input is learnt from it"
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *args: (["/a/x.csv"], ""))
    qtbot.mouseClick(dialog.choose_button, LEFT)
    qtbot.mouseClick(dialog.start_button, LEFT)
    finish(qtbot, dialog)
    assert engine.asked("bundle")[0]["data"] == "fashion-mnist"
    deployed = {key: engine.asked("deploy")[0][key] for key in ("bundle", "targets", "slot")}
    assert deployed == {"bundle": "c0ffee", "targets": ["loopback"], "slot": "try"}
    assert engine.asked("run")[0]["slot"] == "try"
    assert [cell.text for cell in dialog.sheets.views[0].rows.rows[0]] == ["x.csv", "0.2500, -1.5000"]
    assert understood(dialog.command)


def test_that_a_file_for_a_board_without_network_is_written_where_a_person_says(
    qtbot, window, variants, engine, monkeypatch
):
    variants.detail.more.choose("A file for a board without network…")
    dialog = ready(qtbot, window, lambda made: made.variant.count() > 1)
    dialog.arch.setCurrentIndex(2)
    dialog.python.setCurrentText("3.11")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("", ""))
    qtbot.mouseClick(dialog.start_button, LEFT)
    assert engine.asked("offline") == []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("/home/user/card.pyz", ""))
    qtbot.mouseClick(dialog.start_button, LEFT)
    finish(qtbot, dialog)
    (asked,) = engine.asked("offline")
    assert takes("offline", asked)
    assert asked["bundle"] == variants.model.selected[0].id
    assert (asked["out"], asked["arch"], asked["pythons"]) == ("/home/user/card.pyz", "armv7l", ["3.11"])
    assert dialog.facts.shown["On the board"] == "run python3 card.pyz"
    assert understood(dialog.command)


def test_that_missing_rights_are_granted_with_a_password_that_is_kept_nowhere(
    qtbot, window, devices, engine, monkeypatch
):
    document = said("device_setup")
    for item, state in zip(document["rights"], ("granted", "missing", "absent", "missing"), strict=True):
        item["state"] = state
    engine.answers("device_setup", document)
    window.tools.rights("pi5")
    dialog = window.tools.dialog
    assert not dialog.start_button.isEnabled(), "nothing is known yet"
    finish(qtbot, dialog)
    assert engine.asked("device_setup") == [{"name": "pi5"}], "asking changes nothing"
    states = [line[0].text for line in dialog.sheets.views[0].rows.rows]
    assert states == ["Missing", "Missing", "Granted", "Not on this board"]
    assert dialog.password.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(dialog.password, SECRET)
    engine.answers("device_setup", document | {"act": "applied"})
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: "Done" in dialog.facts.shown, timeout=PATIENT_MS)
    asked = engine.asked("device_setup")[1]
    assert takes("device_setup", asked)
    assert asked == {"name": "pi5", "apply": True, "password": SECRET}
    assert dialog.password.text() == ""
    assert SECRET not in repr([vars(dialog.steps), dialog.steps.run.operation.arguments, list(dialog.steps.run.lines)])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *args: ("/home/user/rights.sh", ""))
    qtbot.mouseClick(dialog.script_button, LEFT)
    qtbot.mouseClick(dialog.undo_button, LEFT)  # the script is being written: nothing else begins
    qtbot.waitUntil(lambda: not dialog.steps.busy, timeout=PATIENT_MS)
    qtbot.mouseClick(dialog.undo_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("device_setup")) == 4, timeout=PATIENT_MS)
    wanted = [{"name": "pi5", "script": "/home/user/rights.sh"}, {"name": "pi5", "undo": True}]
    assert engine.asked("device_setup")[2:] == wanted
    assert understood(dialog.command)
    dialog.reject()
    devices.more.choose("Rights…")
    here = window.tools.dialog
    finish(qtbot, here)
    assert not here.start_button.isEnabled()
    assert here.words.text() == "This is this computer: save the script and run it here with sudo."
    assert here.script_button.isEnabled()


def test_that_keys_are_listed_by_board_and_revoked_or_replaced_only_after_a_question(qtbot, window, devices, engine):
    own = said("device_keys")["own"]
    error = {"code": "unreachable", "message": "door: no answer (port 22)", "remedy": "is it on?"}
    document = {"own": own, "boards": {"loopback": [own, KEY]}, "errors": {"door": error}, "planned": None}
    engine.answers("device_keys", document)
    devices.more.choose("Signing keys of all boards…")
    dialog = window.tools.dialog
    finish(qtbot, dialog)
    assert engine.asked("device_keys") == [{"targets": ["loopback"]}]
    lines = [[cell.text for cell in line] for line in dialog.sheets.views[0].rows.rows]
    assert lines == [[own, "This desktop's", "loopback"], [KEY, "Another's", "loopback"]]
    assert dialog.facts.shown["Not asked"] == "door: door: no answer (port 22); is it on?"
    assert not dialog.revoke_button.isEnabled()
    table = dialog.sheets.views[0].table
    table.selectRow(0)
    assert not dialog.revoke_button.isEnabled(), "this desktop's own key is replaced, not revoked"
    table.selectRow(1)
    qtbot.mouseClick(dialog.revoke_button, LEFT)
    qtbot.mouseClick(dialog.box.defaultButton(), LEFT)
    assert len(engine.asked("device_keys")) == 1, "cancel is the default and revokes nothing"
    qtbot.mouseClick(dialog.revoke_button, LEFT)
    dialog.box.answer("Revoke")
    qtbot.waitUntil(lambda: len(engine.asked("device_keys")) == 2 and not dialog.steps.busy, timeout=PATIENT_MS)
    qtbot.mouseClick(dialog.rotate_button, LEFT)
    dialog.box.answer("Replace")
    qtbot.waitUntil(lambda: len(engine.asked("device_keys")) == 3 and not dialog.steps.busy, timeout=PATIENT_MS)
    revoked, replaced = engine.asked("device_keys")[1:]
    assert takes("device_keys", revoked)
    assert revoked == {"targets": ["loopback"], "revoke": [KEY]}
    assert takes("device_keys", replaced)
    assert replaced == {"targets": ["loopback"], "rotate": True}


def test_that_a_pack_of_an_unknown_key_is_imported_only_when_a_person_trusts_the_key(qtbot, window, engine, tmp_path):
    message = f"/home/user/{KEY[::-1]}.pack: the pack is signed by the unknown key {KEY}"
    remedy = "if you know where it comes from: trust it"
    engine.fails("profile_import", "pack-not-trusted", message, remedy)
    window.command("packs")()
    dialog = window.tools.dialog
    assert not dialog.start_button.isEnabled()
    assert not dialog.trust.isVisible()
    dialog.path.setText("/home/user/kitchen.pack")
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(dialog.trust.isVisible, timeout=PATIENT_MS)
    assert KEY in dialog.trust.text()
    assert not dialog.start_button.isEnabled()
    dialog.trust.setChecked(True)
    engine.answers("profile_import", {"path": "/home/user/kitchen.pack", "key": KEY, "readings": 12, "new": 9})
    assert understood(dialog.command)
    qtbot.mouseClick(dialog.start_button, LEFT)
    finish(qtbot, dialog)
    wanted = [{"path": "/home/user/kitchen.pack"}, {"path": "/home/user/kitchen.pack", "accept_key": KEY}]
    assert engine.asked("profile_import") == wanted
    assert takes("profile_import", wanted[1])
    assert (dialog.facts.shown["Readings in it"], dialog.facts.shown["New here"]) == ("12", "9")
    dialog.path.setText("/home/user/other.pack")
    assert not dialog.trust.isVisible(), "trust is for one pack"
    dialog.reject()


def test_that_a_damaged_store_is_told_and_saved_only_after_a_question(qtbot, window, engine):
    damage = [{"table": "readings", "row": "17", "reason": "the hash does not fit"}]
    engine.answers("profile_check", {"store": "sqlite:///p", "damage": damage, "salvaged": None})
    window.command("packs")()
    dialog = window.tools.dialog
    assert not dialog.save_button.isVisible()
    qtbot.mouseClick(dialog.check_button, LEFT)
    finish(qtbot, dialog)
    assert dialog.facts.shown["Found"] == "1 row is damaged."
    assert [cell.text for cell in dialog.sheets.views[0].rows.rows[0]] == ["readings", "17", "the hash does not fit"]
    qtbot.mouseClick(dialog.save_button, LEFT)
    saved = {"moved_to": "/p.damaged", "readings": 40, "lost": 1, "raw": 38}
    engine.answers("profile_check", {"store": "sqlite:///p", "damage": damage, "salvaged": saved})
    dialog.box.answer("Save what is whole")
    qtbot.waitUntil(lambda: "Saved" in dialog.facts.shown, timeout=PATIENT_MS)
    assert engine.asked("profile_check") == [{}, {"repair": True}]
    assert takes("profile_check", {"repair": True})
    assert dialog.facts.shown["Saved"] == "40 readings kept, 1 lost"
    assert not dialog.save_button.isVisible()
    dialog.reject()


def test_that_predictions_are_marked_as_predicted_and_keep_their_interval(qtbot, window, engine):
    window.command("foresee")()
    dialog = ready(qtbot, window, lambda made: made.device.count() and made.variants.count() > 2)
    assert dialog.words.text() == "Tick at least one variant."
    for place in (0, 2):
        dialog.variants.item(place).setCheckState(Qt.CheckState.Checked)
    dialog.probe.setChecked(True)
    assert understood(dialog.command)
    qtbot.mouseClick(dialog.start_button, LEFT)
    finish(qtbot, dialog)
    (asked,) = engine.asked("profile_predict")
    assert takes("profile_predict", asked)
    assert asked["models"] == [dialog.at_hand.variants[place].id for place in (0, 2)]
    assert asked["micro_benchmark"] is True
    dialog.source.setCurrentIndex(2)
    assert not dialog.variants.isVisible()
    dialog.names.setText("mobilenet_v2")
    dialog.anchors.setText("squeezenet=41.2, resnet18")
    assert not dialog.start_button.isEnabled()
    dialog.anchors.setText("squeezenet=41.2, resnet18=120")
    assert understood(dialog.command)
    qtbot.mouseClick(dialog.start_button, LEFT)
    qtbot.waitUntil(lambda: dialog.steps.verb == "profile_transfer" and not dialog.steps.busy, timeout=PATIENT_MS)
    (asked,) = engine.asked("profile_transfer")
    assert takes("profile_transfer", asked)
    assert (asked["published"], asked["anchors"]) == ("ncnn", {"squeezenet": "41.2", "resnet18": "120"})
    lines = dialog.sheets.views[0].rows.rows
    assert {line[3].text for line in lines} == {"Predicted"}
    for line, model in zip(lines, said("profile_transfer")["models"], strict=True):
        assert (line[0].text, line[1].key) == (model["name"], model["p50_ms"])
        assert line[2].text == " – ".join(f"{end:.3f}" for end in model["interval"])
    dialog.source.setCurrentIndex(1)
    assert understood(dialog.command)
    dialog.reject()


def test_that_deploy_hands_its_ticks_to_the_rarer_dialogs(qtbot, window, engine):
    window.go("deploy")
    page = window.page("deploy")
    qtbot.waitUntil(lambda: page.variants.count() > 2 and page.targets.count() > 0, timeout=PATIENT_MS)
    for box, place in ((page.variants, 1), (page.targets, 0)):
        box.item(place).setCheckState(Qt.CheckState.Checked)
    wanted = ticked(page.variants)[0]
    for words in ("Measure otherwise…", "A file for a board without network…"):
        page.more.choose(words)
        dialog = ready(qtbot, window, lambda made: made.variant.count() > 1)
        assert dialog.variant.currentData() == wanted
        dialog.reject()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=PATIENT_MS)


def test_that_the_palette_leads_to_every_dialog_and_trouble_is_told_there(qtbot, window, engine):
    engine.fails("project_show", "bad-project", "the folder cannot be read", "choose another")
    for command in ("measure", "try", "foresee", "packs", "keys", "offline"):
        window.command(command)()
        assert window.tools.dialog.isVisible()
        assert window.tools.dialog.windowTitle()
        if command != "offline":
            window.tools.dialog.reject()
    dialog = window.tools.dialog
    qtbot.waitUntil(lambda: dialog.words.text() == "the folder cannot be read; choose another", timeout=PATIENT_MS)
    assert not dialog.start_button.isEnabled()
    dialog.reject()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=PATIENT_MS)

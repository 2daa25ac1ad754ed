"""The devices page as a person uses it."""

import json
from dataclasses import fields

import pytest
from PySide6.QtCore import Qt

from engine.deploy.device_settings import DeviceSettings
from engine.deploy.inventory import Device
from engine.verbs.devices import DeviceList
from gui.viewmodels.enrol import EnrolState, EnrolStep
from tests.gui.answering_worker import CASES

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
OLD, NEW = "SHA256:" + "a" * 43, "SHA256:" + "b" * 43
PROBED = json.loads((CASES / "device_probe.json").read_text())


@pytest.fixture
def page(qtbot, window):
    window.go("devices")
    made = window.page("devices")
    qtbot.waitUntil(lambda: made.model.device is not None, timeout=8000)
    return made


@pytest.fixture
def dialog(qtbot, page):
    page.add()
    yield page.dialog
    page.dialog.reject()


def fill(qtbot, dialog) -> None:
    qtbot.keyClicks(dialog.name, "pi5")
    qtbot.keyClicks(dialog.address, "pi@pi5.local")
    qtbot.mouseClick(dialog.go_button, LEFT)
    assert dialog.model.step is EnrolStep.LOGIN
    qtbot.mouseClick(dialog.go_button, LEFT)


def test_that_cards_say_what_is_known_of_each_board_and_share_the_table_s_selection(qtbot, page, engine):
    boards = [{"name": name, "address": f"pi@{name}", "groups": ["shop"]} for name in ("shelf-3", "shelf-4", "new")]
    engine.answers("device_list", {"devices": [{"name": "loopback", "loopback": True}, *boards]})
    page.model.refresh()
    qtbot.waitUntil(lambda: len(page.model.table.rows) == 4 and not page.model.fleet.loading, timeout=8000)
    told = {card.name: (card.kind, card.state, card.known) for card in map(page.model.card, page.model.table.rows)}
    assert told["shelf-3"][:2] == ("warn", "Look at it")
    assert told["shelf-3"][2].startswith("18 readings, the last ")
    assert told["shelf-4"] == ("idle", "Not measured", "nothing measured yet · @shop")
    assert told["loopback"][:2] == ("ok", "Unchanged")
    assert told["new"] == ("idle", "Not measured", "nothing measured yet · @shop")
    assert page.cards.isVisible()
    assert not page.table.isVisible()
    place = page.cards.visualRect(page.cards.model().index(2, 0)).center()
    qtbot.mouseClick(page.cards.viewport(), LEFT, pos=place)
    assert page.model.device.name == "shelf-4"
    qtbot.mouseClick(page.switch_button, LEFT)
    assert [index.row() for index in page.table.selectionModel().selectedRows()] == [2]
    assert not page.cards.isVisible()
    engine.answers("device_list", {"devices": boards[:1]})


def test_that_loopback_is_there_and_cannot_be_forgotten(page):
    assert page.name.text() == "loopback"
    assert not page.forget_button.isEnabled()
    assert page.pill.text() == "Not asked yet"


def test_that_a_board_is_looked_at_and_a_missing_sensor_says_why(qtbot, page):
    qtbot.mouseClick(page.look_button, LEFT)
    qtbot.waitUntil(lambda: page.model.board is not None, timeout=5000)
    assert page.pill.text() == "Answered"
    assert page.board.text() == PROBED["board_name"]
    shown = dict(page.sensors._shown)
    assert shown["Power"].startswith("no sensor: ")
    assert "0" not in shown["Temperature"]
    assert "onnxruntime" in dict(page.facts._shown)["Runtimes"]


def test_that_a_board_that_does_not_answer_says_why(qtbot, page, engine):
    engine.fails("device_probe", "unreachable", "pi5.local does not answer", "is it on?")
    qtbot.mouseClick(page.look_button, LEFT)
    qtbot.waitUntil(lambda: page.pill.text() == "Trouble", timeout=5000)
    assert page.hint.text() == "pi5.local does not answer; is it on?"


CLAIM = {"who": "anna@studio-pc", "what": "a deploy of int8", "held_s": 41.7, "left_s": 19.2}


def test_that_a_board_another_desktop_holds_says_who_and_is_freed_after_a_question(qtbot, page, engine):
    engine.answers("device_unlock", {"name": "loopback", "claim": CLAIM, "holder": None, "freed": False})
    assert not page.held.isVisible()
    qtbot.mouseClick(page.look_button, LEFT)
    qtbot.waitUntil(page.held.isVisible, timeout=8000)
    assert page.held.words.text() == (
        "anna@studio-pc has this board since 42 s: a deploy of int8. It is free in 19 s at the latest."
    )
    assert engine.asked("device_unlock") == [{"name": "loopback", "dry_run": True}]
    qtbot.mouseClick(page.held.free_button, LEFT)
    qtbot.mouseClick(page.held.box.defaultButton(), LEFT)
    assert engine.asked("device_unlock") == [{"name": "loopback", "dry_run": True}], (
        "cancel is the default and frees nothing"
    )
    qtbot.mouseClick(page.held.free_button, LEFT)
    engine.answers("device_unlock", {"name": "loopback", "claim": None, "holder": None, "freed": True})
    page.held.box.answer("Unlock")
    qtbot.waitUntil(lambda: not page.held.isVisible(), timeout=8000)
    assert engine.asked("device_unlock")[1:] == [{"name": "loopback"}, {"name": "loopback", "dry_run": True}]


def test_that_an_agent_that_knows_no_claims_shows_none_and_a_failed_unlock_says_why(qtbot, page, engine):
    engine.fails("device_unlock", "no-leases", "the agent there knows no lease", "update it")
    page.model.look()
    qtbot.waitUntil(lambda: len(engine.asked("device_unlock")) == 1 and not page.model.probe.loading, timeout=8000)
    qtbot.waitUntil(lambda: not page._session.busy, timeout=8000)
    assert not page.held.isVisible()
    engine.answers("device_unlock", {"name": "loopback", "claim": CLAIM, "holder": None, "freed": False})
    page.held.model.ask()
    qtbot.waitUntil(page.held.isVisible, timeout=8000)
    engine.fails("device_unlock", "unreachable", "the link is gone", "try again")
    page.held.model.free()
    qtbot.waitUntil(lambda: "the link is gone" in page.held.words.text(), timeout=8000)


ADAPTERS = json.loads((CASES / "adapter_list.json").read_text())


def test_that_adapters_are_listed_when_they_are_seen_added_and_removed_after_a_question(qtbot, page, engine, tmp_path):
    assert engine.asked("adapter_list") == []
    page.tabs.bar.setCurrentIndex(4)
    panel = page.runtimes
    qtbot.waitUntil(lambda: panel.model.rows.total == 2, timeout=8000)
    assert engine.asked("adapter_list") == [{"targets": ["loopback"]}]
    cells = [[panel.table.model().index(row, column).data() for column in range(4)] for row in range(2)]
    assert ["rknn", "Ready", "rknn", "2.3.2 · NPU"] in cells
    assert any(cell[1] == "Cannot be used" and "hailo_platform" in cell[3] for cell in cells)
    engine.answers("adapter_add", {"boards": {"loopback": ADAPTERS["boards"]["loopback"][:1]}})
    panel.model.add(str(tmp_path / "mine.py"))
    qtbot.waitUntil(lambda: panel.model.rows.total == 1, timeout=8000)
    assert engine.asked("adapter_add") == [{"targets": ["loopback"], "file": str(tmp_path / "mine.py")}]
    assert not panel.remove_button.isEnabled()
    panel.table.selectRow(0)
    engine.answers("adapter_remove", {"boards": {"loopback": []}})
    qtbot.mouseClick(panel.remove_button, LEFT)
    panel.box.answer("Remove")
    qtbot.waitUntil(lambda: panel.words.text().startswith("None was added."), timeout=8000)
    assert engine.asked("adapter_remove") == [{"targets": ["loopback"], "name": "rknn"}]


def test_that_a_file_that_is_no_adapter_says_why_and_the_list_stays(qtbot, page, engine):
    page.tabs.bar.setCurrentIndex(4)
    panel = page.runtimes
    qtbot.waitUntil(lambda: panel.model.rows.total == 2, timeout=8000)
    engine.fails("adapter_add", "no-adapter", "x.py sets no ADAPTER", "end it with: ADAPTER = YourSession")
    panel.model.add("x.py")
    qtbot.waitUntil(lambda: "sets no ADAPTER; end it" in panel.words.text(), timeout=8000)
    assert panel.model.rows.total == 2


def test_that_a_device_is_forgotten_only_after_a_question(qtbot, page, engine):
    own = json.loads((CASES / "device_list.json").read_text())["devices"]
    engine.answers("device_list", {"devices": [*own, {"name": "pi5", "address": "pi@pi5.local"}]})
    engine.answers("device_remove", {"name": "pi5"})
    page.model.refresh()
    qtbot.waitUntil(lambda: len(page.model.table.rows) == 2, timeout=8000)
    page.model.selection.select(["pi5"])
    qtbot.mouseClick(page.forget_button, LEFT)
    assert "pi5" in page.box.text()
    qtbot.mouseClick(page.box.defaultButton(), LEFT)
    assert engine.asked("device_remove") == []
    qtbot.mouseClick(page.forget_button, LEFT)
    page.box.answer("Forget and delete the agent")
    qtbot.waitUntil(lambda: engine.asked("device_remove") == [{"name": "pi5", "purge": True}], timeout=8000)
    qtbot.waitUntil(lambda: not page._session.busy, timeout=8000)


def test_that_the_doctor_shows_its_checks(qtbot, page):
    qtbot.mouseClick(page.check_button, LEFT)
    qtbot.waitUntil(lambda: page.checks_card.isVisible(), timeout=5000)
    assert page.model.checks.total == len(json.loads((CASES / "device_doctor.json").read_text())["checks"])
    assert not page.checks_words.isVisible(), "all is well"


def test_that_what_helps_with_a_failed_check_is_told_in_full(qtbot, page, engine):
    good = {"name": "address", "ok": True, "detail": "192.168.1.7", "remedy": "", "tried": True}
    bad = {"name": "port", "ok": False, "detail": "no answer (port 22)", "remedy": "switch SSH on", "tried": True}
    engine.answers("device_doctor", {"checks": [good, bad, {**bad, "name": "login", "tried": False}]})
    qtbot.mouseClick(page.check_button, LEFT)
    qtbot.waitUntil(lambda: page.checks_words.isVisible(), timeout=5000)
    assert page.checks_words.text() == "no answer (port 22); switch SSH on"


def test_that_nothing_is_connected_before_name_and_address_are_there(qtbot, dialog):
    assert not dialog.go_button.isEnabled()
    qtbot.keyClicks(dialog.name, "pi5")
    assert not dialog.go_button.isEnabled()
    qtbot.keyClicks(dialog.address, "pi@pi5.local")
    assert dialog.go_button.isEnabled()


def test_that_a_step_that_cannot_be_left_says_why_and_an_enrolled_name_what_happens(qtbot, dialog):
    assert dialog.why.text() == "Enter the board's address, as for ssh."
    qtbot.keyClicks(dialog.address, "pi@pi5.local")
    assert dialog.why.text() == "Give the board a name of your own."
    qtbot.keyClicks(dialog.name, "loopback")
    assert dialog.why.text().startswith("loopback is enrolled already")


def test_that_the_keyboard_alone_adds_a_board_step_by_step(qtbot, qapp, dialog, engine):
    steps = [
        ("connect", "pi@pi5.local"),
        ("find Python", "pi@pi5.local"),
        ("check board", "Raspberry Pi 5, aarch64, 8.1 GB memory, Python 3.11.2"),
        ("check sensors", "cpu-thermal"),
        ("install the agent", "pi@pi5.local"),
    ]
    events = [{"event": "stage", "name": name, "detail": detail} for name, detail in steps]
    engine.answers("device_add", {**PROBED, "events_before": events})
    seen: list[EnrolStep] = []
    dialog.model.changed.connect(lambda: seen.append(dialog.model.step))
    dialog.address.setFocus()
    for text, field in (("pi@pi5.local", dialog.address), ("pi5", dialog.name)):
        assert qapp.focusWidget() is field
        qtbot.keyClicks(field, text)
        if field is dialog.address:
            qtbot.keyClick(field, Qt.Key.Key_Tab)
            qtbot.keyClick(qapp.focusWidget(), Qt.Key.Key_Tab)  # past "Find boards"
    for step in (EnrolStep.LOGIN, EnrolStep.LOGIN):
        qtbot.keyClick(qapp.focusWidget(), Qt.Key.Key_Return)
        assert dialog.model.step is step
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.DONE, timeout=8000)
    assert list(dict.fromkeys(seen)) == list(EnrolStep)[1:]
    assert dict(dialog.model.found)["check sensors"] == "cpu-thermal"
    assert dialog.facts.shown["Board"] == PROBED["board_name"]
    assert dialog.stepper.accessibleName()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_that_back_leads_from_every_step_to_the_one_before_and_nothing_typed_is_lost(qtbot, dialog, engine):
    engine.answers("device_add", {**PROBED, "wait": True})
    fill(qtbot, dialog)
    qtbot.waitUntil(lambda: dialog.model.run.operation.pid != 0, timeout=8000)
    qtbot.mouseClick(dialog.back_button, LEFT)
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.FORM, timeout=8000)
    assert dialog.model.step is EnrolStep.LOGIN
    qtbot.mouseClick(dialog.back_button, LEFT)
    assert dialog.model.step is EnrolStep.FIND
    assert (dialog.name.text(), dialog.address.text()) == ("pi5", "pi@pi5.local")
    assert not dialog.back_button.isVisible()


def test_that_a_board_found_nearby_is_taken_into_the_dialog(qtbot, page, dialog, engine):
    host = {"host": "pi5.local", "port": 22, "source": "usual name", "ssh": True, "device": None}
    engine.answers("device_discover", {"hosts": [host]})
    qtbot.mouseClick(dialog.find_button, LEFT)
    qtbot.waitUntil(lambda: page.found.rows.total == 1 and not page.found.query.loading, timeout=8000)
    page.found.table.selectRow(0)
    qtbot.mouseClick(page.found.add_button, LEFT)
    assert dialog.address.text() == "pi5.local"
    assert dialog.isVisible()


def test_that_an_unknown_key_is_shown_and_accepted_by_a_person(qtbot, dialog, engine, page):
    engine.fails("device_add", "host-key-unknown", f"the host key of pi5.local is not known: {NEW}", "compare it")
    fill(qtbot, dialog)
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.UNKNOWN_KEY, timeout=5000)
    assert dialog.new_key.text() == NEW
    assert "accept_fingerprint" not in engine.asked("device_add")[0]
    qtbot.waitUntil(lambda: not page.model.list.loading, timeout=5000)
    listed = len(engine.asked("device_list"))
    engine.answers("device_add", PROBED)
    qtbot.mouseClick(dialog.go_button, LEFT)
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.DONE, timeout=5000)
    assert engine.asked("device_add")[1]["accept_fingerprint"] == NEW
    qtbot.waitUntil(lambda: len(engine.asked("device_list")) == listed + 1, timeout=5000)


def test_that_a_changed_key_is_a_hard_stop_until_a_person_says_it_was_flashed(qtbot, dialog, engine):
    engine.fails("device_add", "host-key-changed", f"the key changed: pinned {OLD}, now {NEW}", "remove it first")
    fill(qtbot, dialog)
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.CHANGED_KEY, timeout=5000)
    assert dialog.old_key.text() == f"before: {OLD}"
    assert dialog.new_key.text() == f"now: {NEW}"
    assert dialog.go_button.text() == "I re-flashed this board"
    engine.fails("device_add", "host-key-unknown", f"not known: {NEW}", "compare it")
    qtbot.mouseClick(dialog.go_button, LEFT)
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.UNKNOWN_KEY, timeout=5000)
    assert engine.asked("device_remove") == [], "the device stays with its groups and tags until the new key is right"
    assert [asked.get("reflashed", False) for asked in engine.asked("device_add")] == [False, True]
    assert all("accept_fingerprint" not in asked for asked in engine.asked("device_add")), "the new key is asked about"


def test_that_another_failure_leads_back_to_the_form(qtbot, dialog, engine):
    engine.fails("device_add", "authentication", "pi5.local accepted no key", "ssh-copy-id pi@pi5.local")
    fill(qtbot, dialog)
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.FAILED, timeout=5000)
    assert "ssh-copy-id" in dialog._words.text()
    assert dialog.go_button.text() == "Try again"
    qtbot.mouseClick(dialog.go_button, LEFT)
    qtbot.waitUntil(lambda: dialog.model.state is EnrolState.FAILED and not dialog.model.run.state.busy, timeout=5000)
    assert len(engine.asked("device_add")) == 2
    qtbot.mouseClick(dialog.back_button, LEFT)
    assert dialog.model.state is EnrolState.FORM
    assert dialog.name.text() == "pi5"


def test_that_a_board_found_nearby_goes_on_to_the_dialog_with_its_address(qtbot, page, engine):
    hosts = [
        {"host": "cam1.local", "port": 22, "source": "usual name", "ssh": True, "device": "cam1"},
        {"host": "pi5.local", "port": 2222, "source": "ssh config", "ssh": True, "device": None},
        {"host": "nas", "port": 22, "source": "ssh config", "ssh": False, "device": None},
    ]
    engine.answers("device_discover", {"hosts": hosts})
    qtbot.mouseClick(page.find_button, LEFT)
    found = page.found
    qtbot.waitUntil(lambda: found.rows.total == 3 and not found.query.loading, timeout=5000)
    allowed = []
    for number in range(3):
        found.table.selectRow(number)
        allowed.append(found.add_button.isEnabled())
    assert allowed == [False, True, False]
    found.table.selectRow(1)
    qtbot.mouseClick(found.add_button, LEFT)
    assert not found.isVisible()
    assert page.dialog.address.text() == "pi5.local:2222"
    page.dialog.reject()


def test_that_boards_of_a_file_are_added_and_each_failure_says_why(qtbot, page, engine, tmp_path):
    error = {"code": "host-key-unknown", "message": "the key is not known", "remedy": "add its fingerprint"}
    rows = [
        {"name": "cam1", "address": "pi@10.0.0.11", "state": "added", "error": None},
        {"name": "cam2", "address": "pi@10.0.0.12", "state": "failed", "error": error},
    ]
    engine.answers("device_add_from", {"devices": rows})
    before = len(engine.asked("device_list"))
    page.add_from(str(tmp_path / "fleet.csv"))
    assert engine.asked("device_add_from") == [], "nothing begins before it is said whether root is meant"
    qtbot.mouseClick(page.fleet.start_button, LEFT)
    qtbot.waitUntil(lambda: page.fleet.rows.total == 2, timeout=5000)
    assert engine.asked("device_add_from") == [{"path": str(tmp_path / "fleet.csv")}]
    assert [row.reason for row in page.fleet.rows.rows] == ["", "the key is not known add its fingerprint"]
    qtbot.waitUntil(lambda: len(engine.asked("device_list")) > before, timeout=5000)
    page.fleet.root.setChecked(True)
    qtbot.mouseClick(page.fleet.start_button, LEFT)
    qtbot.waitUntil(lambda: len(engine.asked("device_add_from")) == 2, timeout=5000)
    assert engine.asked("device_add_from")[1] == {"path": str(tmp_path / "fleet.csv"), "allow_root": True}
    page.fleet.reject()


def inventory(name: str = "cam1", **changes: object) -> dict:
    """What the engine tells of a board with these settings."""
    board = Device(name, "10.0.0.11", user="pi", **changes)
    return DeviceList((board,)).to_json()


def setting(page, name: str):
    return page.settings.editors[name]


def test_that_the_form_of_a_device_has_a_field_for_every_setting_the_engine_has(qtbot, page, engine):
    engine.answers("device_list", inventory(python="/usr/bin/python3.11"))
    engine.answers("device_set", inventory())
    page.model.refresh()
    qtbot.waitUntil(lambda: page.model.device is not None and page.model.device.name == "cam1", timeout=5000)
    assert set(page.settings.editors) == {item.name for item in fields(DeviceSettings)}
    assert not setting(page, "address").isVisible()
    qtbot.mouseClick(page.settings.advanced_button, LEFT)
    assert setting(page, "address").text() == "pi@10.0.0.11"
    assert setting(page, "python").text() == "/usr/bin/python3.11"
    setting(page, "python").setText("")
    setting(page, "python").editingFinished.emit()
    qtbot.waitUntil(lambda: len(engine.asked("device_set")) == 1, timeout=5000)
    assert engine.asked("device_set") == [{"name": "cam1", "changes": {"python": None}}]


def test_that_groups_are_edited_as_a_list(qtbot, page, engine):
    document = inventory(groups=["old", "wall"])
    engine.answers("device_list", document)
    engine.answers("device_set", document)
    page.model.refresh()
    qtbot.waitUntil(lambda: page.settings is not None and setting(page, "groups").text() == "old, wall", timeout=5000)
    setting(page, "groups").setText("wall, @door")
    setting(page, "groups").editingFinished.emit()
    qtbot.waitUntil(lambda: len(engine.asked("device_set")) == 1, timeout=5000)
    assert engine.asked("device_set") == [{"name": "cam1", "changes": {"groups": ["@door", "wall"]}}]


def test_that_tags_are_edited_as_text_and_filter_the_table(qtbot, page, engine):
    document = inventory(tags={"site": "hall"})
    document["devices"] += inventory("cam2", tags={"site": "roof"})["devices"]
    engine.answers("device_list", document)
    engine.answers("device_set", document)
    page.model.refresh()
    qtbot.waitUntil(lambda: page.settings is not None and setting(page, "tags").text() == "site=hall", timeout=5000)
    setting(page, "tags").setText("hall")
    setting(page, "tags").editingFinished.emit()
    assert page.settings.errors["tags"].text() == "This must be KEY=VALUE, separated by commas"
    setting(page, "tags").setText("site=hall, power = battery")
    setting(page, "tags").editingFinished.emit()
    qtbot.waitUntil(lambda: len(engine.asked("device_set")) == 1, timeout=5000)
    assert engine.asked("device_set") == [{"name": "cam1", "changes": {"tags": {"site": "hall", "power": "battery"}}}]
    qtbot.keyClicks(page.needle, "roof")
    assert [row.name for row in page.model.table.rows] == ["cam2"]


def test_that_a_self_test_of_the_board_shows_every_step(qtbot, window, engine):
    steps = [{"name": "protocol", "ok": True, "detail": "1.0"}, {"name": "disk", "ok": False, "detail": "0 of 9 bytes"}]
    steps.append({"name": "sensors", "ok": False, "detail": "not tried: link lost", "tried": False})
    engine.answers("device_selftest", {"name": "loopback", "checks": steps, "board": "x", "fixture": None})
    window.go("devices")
    page = window.page("devices")
    qtbot.waitUntil(lambda: page.model.device is not None and not window.session.busy, timeout=8000)
    qtbot.mouseClick(page.test_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.model.checks.total == 3, timeout=8000)
    assert engine.asked("device_selftest") == [{"name": "loopback"}]
    assert page.checks_card.isVisible()
    assert [row.state[0] for row in page.model.checks.rows] == ["ok", "bad", "idle"]


def test_that_root_is_offered_only_where_the_login_may_be_root_and_is_never_meant_by_itself(qtbot, dialog, engine):
    engine.fails("device_add", "unreachable", "no answer", "is it on?")
    for address, offered in (("pi@pi5.local", False), ("root@pi5.local", True), ("pi5", True)):
        dialog.name.setText("pi5")
        dialog.address.setText(address)
        qtbot.mouseClick(dialog.go_button, LEFT)
        assert dialog.root.isVisible() is offered, address
        qtbot.mouseClick(dialog.back_button, LEFT)
    for meant in (False, True):
        qtbot.mouseClick(dialog.go_button, LEFT)
        dialog.root.setChecked(meant)
        qtbot.mouseClick(dialog.go_button, LEFT)
        qtbot.waitUntil(lambda: dialog.model.state is EnrolState.FAILED, timeout=8000)
        qtbot.mouseClick(dialog.back_button, LEFT)
        qtbot.mouseClick(dialog.back_button, LEFT)
    assert [asked.get("allow_root") for asked in engine.asked("device_add")] == [None, True]

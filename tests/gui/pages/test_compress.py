"""The wizard as a person uses it."""

import json
import re
import subprocess
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit

from engine.compress.presets import CANDIDATES
from engine.measure import choice
from engine.measure.choice import Found, Goal, misses, not_picked
from engine.measure.limits import read_limit
from engine.model.task import Task
from gui.i18n import Language
from gui.operations import OperationState
from gui.viewmodels.saying import said
from gui.viewmodels.wizard import WizardStep
from gui.viewmodels.wizard_state import History, RecipeLine, WizardState, read_state
from gui.widgets.samples import picture
from tests.gui.answering_worker import CASES

from .wizard import FINE, ready

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton
SHOWN = json.loads((CASES / "project_show.json").read_text())["variants"]
COMPRESSED = {"baseline": SHOWN[0], "variants": SHOWN[1:]}
STATE = WizardState(
    "my models/net's.onnx",
    data="photos",
    targets=("pi5",),
    max_accuracy_loss=1.5,
    name="small one",
    steps=(RecipeLine("channel-pruning", {"ratio": 0.5}), RecipeLine("static-quantization")),
)


def pick(wizard, technique: str) -> None:
    names = [
        wizard.steps[3].techniques.item(n).data(Qt.ItemDataRole.UserRole)
        for n in range(wizard.steps[3].techniques.count())
    ]
    wizard.steps[3].techniques.setCurrentRow(names.index(technique))


def test_that_next_says_what_is_lacking_until_nothing_is(qtbot, wizard):
    assert not wizard.next_button.isEnabled()
    assert wizard.reason.text() == "Choose a model."
    qtbot.mouseClick(wizard.steps[0].sample_buttons[0], LEFT)
    qtbot.waitUntil(lambda: wizard.next_button.isEnabled(), timeout=5000)
    assert wizard.reason.text() == ""
    assert wizard.steps[0].card.isVisible()


def test_that_a_model_that_cannot_be_read_stops_the_wizard_with_its_reason(qtbot, wizard, engine):
    engine.fails("inspect", "not-a-model", "cat.jpg is no model", "give an ONNX file")
    wizard.begin("cat.jpg")
    qtbot.waitUntil(lambda: wizard.steps[0].trouble.isVisible(), timeout=5000)
    assert wizard.steps[0]._message.text() == "cat.jpg is no model"
    assert not wizard.next_button.isEnabled()


def test_that_the_whole_wizard_can_be_walked_and_ends_with_variants(qtbot, wizard, engine, window):
    engine.answers("compress", {**COMPRESSED, "events_before": [{"event": "stage", "name": "compress", "detail": "x"}]})
    qtbot.mouseClick(wizard.steps[0].sample_buttons[0], LEFT)
    qtbot.waitUntil(lambda: wizard.next_button.isEnabled(), timeout=5000)
    qtbot.mouseClick(wizard.next_button, LEFT)
    qtbot.mouseClick(wizard.steps[1].built_in[0], LEFT)
    wizard.steps[1].limited.click()
    qtbot.mouseClick(wizard.next_button, LEFT)
    wizard.steps[2].list.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.mouseClick(wizard.next_button, LEFT)
    pick(wizard, "channel-pruning")
    qtbot.mouseClick(wizard.steps[3].add_button, LEFT)
    qtbot.waitUntil(lambda: wizard.next_button.isEnabled(), timeout=5000)
    qtbot.mouseClick(wizard.next_button, LEFT)
    assert wizard.next_button.text() == "Start"
    qtbot.waitUntil(lambda: wizard.model.expected is not None, timeout=5000)
    shown = wizard.steps[4].expected.shown
    assert shown["Time"] == "75 s to 10 min (from the speed of earlier runs of this model)"
    assert shown["Training"] == "up to 57,000 sample passes over 9,500 samples"
    assert shown["Model file"] == "180 kB to 560 kB"
    qtbot.mouseClick(wizard.next_button, LEFT)
    assert wizard.model.run.expected_s == (75.0, 620.0)
    qtbot.waitUntil(lambda: wizard.model.run.state is OperationState.SUCCEEDED, timeout=5000)
    assert engine.asked("compress") == [
        {
            "project": str(window.session.project),
            "model": "sample:fashion-resnet",
            "data": "fashion-mnist",
            "target": "loopback",
            "max_accuracy_loss": 1.0,
            "recipes": [{"version": 1, "name": "recipe", "steps": [{"technique": "channel-pruning", "knobs": {}}]}],
        }
    ]
    assert wizard.steps[5].made.isVisible()
    assert wizard.steps[5].table.model().rowCount() == len(SHOWN)


def test_that_a_compression_can_be_cancelled_in_the_middle(qtbot, wizard, engine):
    engine.answers("compress", {"wait": True, "events_before": [{"event": "stage", "name": "train", "detail": "x"}]})
    ready(qtbot, wizard, WizardStep.REVIEW)
    qtbot.mouseClick(wizard.next_button, LEFT)
    qtbot.waitUntil(lambda: wizard.model.run.step.name == "train", timeout=5000)
    wizard.model.run.flush()
    qtbot.mouseClick(wizard.steps[5].view.cancel_button, LEFT)
    qtbot.waitUntil(lambda: wizard.model.run.state is OperationState.CANCELLED, timeout=5000)
    wizard.model.run.flush()
    assert wizard.steps[5].view.resume_button.isVisible()


def test_that_techniques_that_need_data_say_so_without_it(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.METHODS)
    wizard.model.set(data=None)
    pick(wizard, "soft-label-distillation")
    assert wizard.steps[3]._why_not.text() == "Needs data: choose some in step 2."
    assert not wizard.steps[3].add_button.isEnabled()
    wizard.model.set(data="digits")
    assert wizard.steps[3].add_button.isEnabled()


def test_that_a_plug_in_that_could_not_be_loaded_is_told_below_the_methods(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.METHODS)
    step = wizard.steps[3]
    assert not step.broken.isVisible()
    lost = {f"own{number}": f"package own 1.{number}: ImportError: no module" for number in range(3)}
    wizard.model.catalogue = replace(wizard.model.catalogue, broken=lost)
    step.render_state()
    assert step.broken.isVisible()
    assert step.broken.text().splitlines() == [
        f"own{number} could not be loaded: package own 1.{number}: ImportError: no module" for number in range(2)
    ]
    assert "own2" in step.broken.toolTip()


def test_that_the_form_has_a_field_for_every_knob_and_writes_only_what_differs(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.METHODS)
    for card in wizard.model.catalogue.techniques:
        wizard.model.set(steps=(RecipeLine(card.id),))
        wizard.steps[3].recipe.setCurrentRow(0)
        assert set(wizard.steps[3].form.editors) == {knob.name for knob in card.knobs}
        kinds = {knob.name: type(wizard.steps[3].form.editors[knob.name]) for knob in card.knobs}
        for knob in card.knobs:
            wanted = QCheckBox if knob.type == "bool" else QComboBox if knob.choices else QLineEdit
            assert kinds[knob.name] is wanted, (card.id, knob)
    wizard.model.set(steps=(RecipeLine("channel-pruning"),))
    field = wizard.steps[3].form.editors["ratio"]
    field.setText("0.3")
    field.editingFinished.emit()
    assert wizard.model.state.steps[0].knobs == {"ratio": 0.3}
    field.setText(str(wizard.model.card("channel-pruning").default("ratio")))
    field.editingFinished.emit()
    assert wizard.model.state.steps[0].knobs == {}


@pytest.mark.parametrize("wrong", ["1.5", "-1", "nan", "half", "1e999"])
def test_that_a_value_outside_the_limits_is_marked_and_not_taken(qtbot, wizard, wrong):
    ready(qtbot, wizard, WizardStep.METHODS)
    wizard.model.set(steps=(RecipeLine("channel-pruning"),))
    form = wizard.steps[3].form
    form.editors["ratio"].setText(wrong)
    form.editors["ratio"].editingFinished.emit()
    assert form.editors["ratio"].property("invalid") is True
    assert form.errors["ratio"].isVisible()
    assert wizard.model.state.steps[0].knobs == {}


def test_that_the_chain_checker_speaks_inline_and_its_repair_is_one_click(qtbot, wizard, engine):
    found = json.loads((CASES / "recipe_check.json").read_text())
    ready(qtbot, wizard, WizardStep.METHODS)
    engine.answers("recipe_check", found)
    wizard.model.set(steps=(RecipeLine("static-quantization"), RecipeLine("channel-pruning")))
    qtbot.waitUntil(lambda: wizard.steps[3].verdict.text() == "Cannot run", timeout=5000)
    assert "works on float weights" in wizard.steps[3].problems.text()
    assert not wizard.next_button.isEnabled()
    assert "float weights" in wizard.reason.text()
    engine.answers("recipe_check", FINE)
    qtbot.mouseClick(wizard.steps[3].repair_button, LEFT)
    assert [s.technique for s in wizard.model.state.steps] == ["channel-pruning", "static-quantization"]
    qtbot.waitUntil(lambda: wizard.steps[3].verdict.text() == "Can run", timeout=5000)
    assert wizard.next_button.isEnabled()


def test_that_steps_are_moved_removed_undone_and_redone(qtbot, wizard, window):
    ready(qtbot, wizard, WizardStep.METHODS)
    wizard.model.use_preset("latency")
    before = wizard.model.state.steps
    wizard.steps[3].recipe.setCurrentRow(0)
    qtbot.mouseClick(wizard.steps[3].down_button, LEFT)
    assert wizard.model.state.steps == (before[1], before[0], before[2])
    qtbot.mouseClick(wizard.steps[3].remove_button, LEFT)
    assert wizard.model.state.steps == (before[1], before[2])
    window.command("undo")()
    window.command("undo")()
    assert wizard.model.state.steps == before
    window.command("redo")()
    assert wizard.model.state.steps == (before[1], before[0], before[2])


def test_that_the_state_survives_a_restart(qtbot, wizard, window, tmp_path):
    ready(qtbot, wizard, WizardStep.METHODS)
    wizard.model.use_preset("size")
    wizard.model.save()
    saved = json.loads((tmp_path / "state" / "flyweight" / "wizard.json").read_text())
    assert read_state(saved) == wizard.model.state


def test_that_a_recipe_file_is_read_by_the_worker_and_keeps_the_model(qtbot, wizard, engine, tmp_path):
    ready(qtbot, wizard, WizardStep.METHODS)
    recipe = {"version": 1, "name": "mine", "steps": [{"technique": "graph-fusion", "knobs": {}}]}
    engine.answers("recipe_check", {**FINE, "recipe": recipe, "for": {"target": "loopback"}})
    wizard.model.open_recipe(tmp_path / "mine.yaml")
    qtbot.waitUntil(lambda: wizard.model.state.name == "mine", timeout=5000)
    assert wizard.model.state.model == "sample:fashion-resnet"
    assert wizard.model.state.targets == ("loopback",)
    assert {"recipe": str(tmp_path / "mine.yaml")} in engine.asked("recipe_check")


def test_that_a_broken_recipe_file_shows_its_error_and_changes_nothing(qtbot, wizard, engine, tmp_path):
    before = wizard.model.state
    engine.fails("recipe_check", "recipe-syntax", "mine.yaml, line 3: what is this", "write a list")
    wizard.model.open_recipe(tmp_path / "mine.yaml")
    qtbot.waitUntil(lambda: "line 3" in wizard.reason.text(), timeout=5000)
    assert wizard.model.state == before
    ready(qtbot, wizard, WizardStep.METHODS)
    assert "line 3" not in wizard.reason.text(), "it is told once, not on every step that follows"


def test_that_the_wizard_copies_itself_as_cli_and_python(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.REVIEW)
    qtbot.mouseClick(wizard.steps[4].copy_cli, LEFT)
    assert QGuiApplication.clipboard().text() == wizard.model.state.as_cli()
    qtbot.mouseClick(wizard.steps[4].copy_python, LEFT)
    assert QGuiApplication.clipboard().text() == wizard.model.state.as_python()


def test_that_the_wizard_needs_no_mouse(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.MODEL)
    wizard.next_button.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(3):
        qtbot.keyClick(wizard.next_button, Qt.Key.Key_Space)
    assert wizard.model.step is WizardStep.METHODS
    pick(wizard, "graph-fusion")
    wizard.steps[3].techniques.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(wizard.steps[3].techniques, Qt.Key.Key_Return)
    assert [s.technique for s in wizard.model.state.steps] == ["graph-fusion"]
    QApplication.processEvents()


def test_that_the_focus_stays_in_the_wizard_when_its_button_goes(qtbot, window, wizard):
    ready(qtbot, wizard, WizardStep.TARGET)
    window.activateWindow()
    qtbot.mouseClick(wizard.next_button, LEFT)
    methods = wizard.steps[WizardStep.METHODS]
    assert not wizard.next_button.isEnabled(), "there is no step yet"
    assert QApplication.focusWidget() is methods
    qtbot.keyClick(methods, Qt.Key.Key_Tab)
    assert methods.isAncestorOf(QApplication.focusWidget())
    wizard.back_button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(wizard.back_button, Qt.Key.Key_Space)
    assert wizard.back_button.hasFocus(), "a person goes on with the same key"


def test_that_a_recipe_without_steps_says_how_it_gets_some(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.METHODS)
    methods = wizard.steps[WizardStep.METHODS]
    assert methods._no_steps.isVisible()
    titles = [methods._found_title, methods._recipe_title, methods._knobs_title]
    tops = [title.mapTo(methods, title.rect().center()).y() for title in titles]
    assert max(tops) - min(tops) < 20, "titles of cards stand beside each other"
    wizard.model.add("graph-fusion")
    assert not methods._no_steps.isVisible()


def test_that_the_filter_shows_those_first_that_are_called_so(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.METHODS)
    methods = wizard.steps[WizardStep.METHODS]
    methods.search.setText("ch")  # of batches, too, in what fusion does
    qtbot.waitUntil(lambda: methods.techniques.item(0).text().startswith("Channel pruning"), timeout=5000)
    others = [methods.techniques.item(n).text() for n in range(1, methods.techniques.count())]
    assert any(text.startswith("Operator fusion") for text in others)


def test_that_the_review_tells_each_step_with_what_was_set(qtbot, wizard, window):
    ready(qtbot, wizard, WizardStep.METHODS)
    steps = (RecipeLine("channel-pruning", {"scope": "global", "ratio": 0.25}), RecipeLine("graph-fusion"))
    wizard.model.set(steps=steps)
    qtbot.waitUntil(lambda: not wizard.model.checking, timeout=5000)
    wizard.model.go(WizardStep.REVIEW)
    shown = wizard.steps[WizardStep.REVIEW].facts.shown
    assert shown["Recipe"].splitlines()[0] == "1  Channel pruning · scope global, ratio 0.25"
    window.translation.use(Language.CHINESE)
    qtbot.waitUntil(lambda: "配方" in wizard.steps[WizardStep.REVIEW].facts.shown, timeout=5000)
    said_now = wizard.steps[WizardStep.REVIEW].facts.shown["配方"]
    assert "0.25" in said_now
    assert not re.search("[A-Za-z]{3}", said_now)


def test_that_the_command_line_is_what_the_shell_makes_of_it(tmp_path):
    program = tmp_path / "flyweight"
    program.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n')
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", STATE.as_cli()],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "compress", STATE.model, "--recipe", "small one.json", "--data", "photos", "--target", "pi5",
        "--max-accuracy-loss", "1.5",
    ]  # fmt: skip
    assert json.loads((tmp_path / "small one.json").read_text()) == [step.to_json() for step in STATE.steps]


def test_that_the_script_calls_the_verb_with_the_same_arguments():
    called = {}

    def compress(model, **arguments):
        called.update(arguments, model=model)
        return type("Made", (), {"variants": [type("V", (), {"path": "x"})]})

    source = STATE.as_python().replace("from engine.verbs import compress\n", "")
    exec(compile(source, "script", "exec"), {"compress": compress, "print": lambda text: None})
    assert called == {key: value for key, value in STATE.request().items() if value is not None}


def test_that_the_state_is_a_recipe_the_engine_reads(tmp_path):
    from engine.compress.recipe import load_recipe, recipe_purpose

    path = tmp_path / "mine.json"
    path.write_text(STATE.to_text())
    assert [(s.technique, dict(s.knobs)) for s in load_recipe(path).steps] == [
        (s.technique, dict(s.knobs)) for s in STATE.steps
    ]
    assert recipe_purpose(path)["model"] == STATE.model
    assert read_state(json.loads(path.read_text())) == STATE


def test_that_history_forgets_what_was_taken_back_after_a_new_change():
    history = History(WizardState())
    history.set(WizardState("a"))
    history.set(WizardState("b"))
    assert not history.set(WizardState("b"))
    history.undo()
    history.set(WizardState("c"))
    assert not history.can_redo
    history.undo()
    assert history.now == WizardState("a")


def test_that_a_preset_asks_for_data_and_a_device_before_it_runs(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.METHODS)
    wizard.model.set(data=None, targets=())
    wizard.steps[3].ways[1].click()
    assert wizard.reason.text() == "A preset is judged by accuracy: choose data in step 2."
    wizard.model.set(data="digits")
    assert wizard.reason.text() == "A preset is measured: choose a device in step 3."
    wizard.model.set(targets=("loopback",))
    assert wizard.next_button.isEnabled()
    wizard.steps[3].ways[0].click()
    assert wizard.steps[3].own.isVisible()


def test_that_a_limit_that_is_no_number_is_no_limit(qtbot, wizard):
    ready(qtbot, wizard, WizardStep.TARGET)
    size = wizard.steps[2].limits.fields[1]
    for typed, kept in (("120", 120_000.0), ("many", None), ("-3", None)):
        size.setText(typed)
        size.editingFinished.emit()
        assert wizard.model.state.max_size_bytes == kept


def test_that_a_preset_reads_the_same_for_a_shell_a_script_and_a_file(tmp_path):
    state = WizardState(
        "n.onnx",
        data="d",
        metric="f1_macro",
        targets=("pi5", "pi4"),
        preset="size",
        max_accuracy_loss=2,
        max_size_bytes=90_000,
    )
    program = tmp_path / "flyweight"
    program.write_text('#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word"; done\n')
    program.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", state.as_cli()],
        cwd=tmp_path,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "compress", "n.onnx", "--preset", "size", "--measure", "--data", "d", "--metric", "f1_macro",
        "--target", "pi5", "--target", "pi4",
        "--limit", "accuracy_loss<=2", "--limit", "size_bytes<=90000",
    ]  # fmt: skip
    assert [read_limit(text).most for text in state.limits] == [2, 90_000]
    assert "import choose" in state.as_python()
    assert read_state(json.loads(state.to_text())) == state


def test_that_a_second_compression_is_queued_from_the_wizard(qtbot, wizard, engine, window):
    engine.answers("compress", {"wait": True, "events_before": [{"event": "stage", "name": "train", "detail": "x"}]})
    ready(qtbot, wizard, WizardStep.REVIEW)
    qtbot.mouseClick(wizard.next_button, LEFT)
    first = wizard.model.run
    wizard.model.go(WizardStep.REVIEW)
    assert wizard.next_button.text() == "Add to the queue"
    qtbot.mouseClick(wizard.next_button, LEFT)
    second = wizard.model.run
    assert second is not first
    assert second.waits
    assert wizard.steps[5].view.pill.text() == "Waiting"
    qtbot.mouseClick(wizard.steps[5].view.cancel_button, LEFT)
    first.cancel()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=5000)
    assert len(engine.asked("compress")) == 1


def test_that_the_data_step_shows_samples_as_the_model_sees_them_and_the_rules_in_words(qtbot, wizard, engine):
    ready(qtbot, wizard, WizardStep.DATA)
    qtbot.waitUntil(lambda: wizard.model.preview is not None, timeout=5000)
    asked = engine.asked("data_preview")
    assert asked[0] == {"data": "fashion-mnist", "model": "sample:fashion-resnet"}
    step = wizard.steps[1]
    told = json.loads((CASES / "data_preview.json").read_text())
    first, sample = told["samples"][0], wizard.model.preview.samples[0]
    assert sample.label == first["label"]
    image = picture(sample)
    bright = max(range(28 * 28), key=lambda n: first["values"][n])
    assert image.pixelColor(bright % 28, bright // 28).lightness() == 255
    assert image.pixelColor(0, 0).lightness() == 0
    facts = dict(wizard.model.preview.facts())
    assert facts["Samples"] == "10,000 to train · 500 to calibrate · 5,000 to test"
    assert facts["The model takes"] == "1 × 28 × 28 float32"
    assert facts["Values"] == "0 to 1, then minus 0.286, divided by 0.353"
    assert step.preview.isVisible()
    engine.fails("data_preview", "data-shape", "these samples do not fit", "choose others")
    wizard.model.set(data="other.npz")
    qtbot.waitUntil(lambda: "do not fit" in step._preview_words.text(), timeout=5000)
    assert step.again_button.isVisible()
    assert not step.strip.isVisible()
    wizard.model.set(data=None)
    assert not step.preview.isVisible()


def test_that_every_text_of_a_preset_speaks_chinese(qtbot, window, wizard):
    """The engine's own candidates and reasons, so that a new one cannot be forgotten."""
    found = [Found(name, 100 + n, 0.2 * n, 5.0 - n, (4.9 - n, 5.1 - n), 3.0, 1.1) for n, name in enumerate("abc")]
    limits = [read_limit(text) for text in ("accuracy_loss<=1", "latency_ms<=9", "size_bytes<=5000", "energy_mj<=9")]
    spoken = [reason for goal in Goal for reason in choice.pick(found, goal, limits)[1]]
    spoken += [reason for goal in Goal for reason in choice.pick(found[:1], goal, ())[1]]
    spoken += choice.pick(found, Goal.SIZE, [read_limit("size_bytes<=1")])[1]
    tight = [
        read_limit(text)
        for text in ("accuracy_loss<=0", "latency_ms<=0.1", "size_bytes<=1", "energy_mj<=0.1", "memory_mb=1")
    ]
    spoken += misses(found[1:2], tight)
    spoken += misses([replace(found[0], energy_mj=None)], tight)
    fleet = [replace(item, target=board, metric="f1_macro") for item in found[:2] for board in ("pi5", "pi4")]
    spoken += [reason for goal in Goal for reason in choice.pick(fleet, goal, limits)[1]]
    spoken += misses(fleet[:2], tight)
    spoken += [not_picked(found[0], found[1], goal) for goal in Goal]
    spoken += [candidate.why for candidates in CANDIDATES.values() for candidate in candidates]
    window.translation.use(Language.CHINESE)
    QApplication.processEvents()
    shown = [said(text) for text in spoken]
    assert [text for text in shown if not any("\u4e00" <= letter <= "\u9fff" for letter in text)] == []
    assert said("none of 3 measured candidates is within the limits") == "3 个实测候选都不在限制之内"
    assert said("a sentence nobody knows") == "a sentence nobody knows"


def test_that_the_metric_that_judges_is_one_of_the_data_and_goes_with_the_request(qtbot, wizard, engine):
    ready(qtbot, wizard, WizardStep.DATA)
    step = wizard.steps[1]
    qtbot.waitUntil(lambda: step.judge.count() == 7, timeout=5000)
    assert step.judge.currentText() == "Accuracy"
    assert wizard.model.state.metric is None, "the usual one is not written down"
    step.judge.setCurrentIndex(step.judge.findText("F1, macro"))
    step.judge.activated.emit(step.judge.currentIndex())
    assert wizard.model.state.request()["metric"] == "f1_macro"
    assert step.limit.accessibleName() == "Lose at most, in percentage points of F1, macro"
    wizard.model.undo()
    assert step.judge.currentText() == "Accuracy"
    wizard.model.redo()
    told = json.loads((CASES / "data_preview.json").read_text())
    engine.answers("data_preview", {**told, "metrics": ["map50_95", "map50"]})
    wizard.model.set(data="boxes")
    qtbot.waitUntil(lambda: wizard.reason.text() == "This data has no metric F1, macro: choose another.", timeout=5000)
    assert not wizard.next_button.isEnabled()
    step.judge.setCurrentIndex(step.judge.findData("map50_95"))
    step.judge.activated.emit(step.judge.currentIndex())
    assert wizard.model.state.metric is None
    assert wizard.next_button.isEnabled()
    wizard.model.set(metric="map50")
    wizard.model.set(data=None)
    assert wizard.model.state.request()["metric"] is None, "without data nothing judges"


def test_that_the_task_is_chosen_beside_the_data_and_goes_with_every_request(qtbot, wizard, engine, window):
    ready(qtbot, wizard, WizardStep.DATA)
    step = wizard.steps[1]
    qtbot.waitUntil(lambda: wizard.model.preview is not None, timeout=5000)
    assert (step.task.currentText(), step.task.count()) == ("As the data says", 6)
    assert [step.task.itemData(n) for n in range(1, 6)] == list(Task)
    told = json.loads((CASES / "data_preview.json").read_text())
    engine.answers("data_preview", {**told, "metrics": ["r2", "mae"]})
    step.task.setCurrentIndex(step.task.findText("Regression"))
    step.task.activated.emit(step.task.currentIndex())
    qtbot.waitUntil(lambda: wizard.model.metrics == ("r2", "mae"), timeout=5000)
    assert engine.asked("data_preview")[-1]["task"] == "regression"
    assert step.judge.currentText() == "R²"
    wizard.model.add("static-quantization")
    qtbot.waitUntil(lambda: wizard.model.reachable(WizardStep.REVIEW), timeout=5000)
    wizard.model.go(WizardStep.REVIEW)
    qtbot.waitUntil(lambda: bool(engine.asked("forecast")), timeout=5000)
    assert engine.asked("forecast")[-1]["task"] == "regression"
    assert wizard.steps[4].facts.shown["Task"] == "Regression"
    assert "--data fashion-mnist --task regression" in wizard.model.state.as_cli()
    assert "    task='regression'," in wizard.model.state.as_python()
    assert read_state(wizard.model.state.to_json()) == wizard.model.state, "it is kept in the recipe file"
    wizard.model.set(preset="size")
    assert wizard.model.state.request()["task"] == "regression"
    assert "--task regression" in wizard.model.state.as_cli()
    wizard.model.go(WizardStep.DATA)
    wizard.model.set(data=None)
    assert wizard.model.state.request()["task"] is None, "without labels there is nothing to mean"
    assert not step.task.isEnabled()
    window.translation.use(Language.CHINESE)
    QApplication.processEvents()
    assert [step.task.itemText(n) for n in range(3)] == ["按数据所述", "分类", "回归"]

"""The jobs page as a person uses it."""

import pytest
from PySide6.QtCore import Qt

from gui.i18n import Language
from gui.operations import OperationState
from gui.viewmodels.curves import KEPT_POINTS, MAX_POINTS, Curves
from gui.widgets.run_view import RunView

pytestmark = pytest.mark.ui
JOB = {
    "id": "aa",
    "verb": "compress",
    "state": "interrupted",
    "pid": 7,
    "changed_at": 1.7e9,
    "request": {"model": "net.onnx", "recipes": [{"name": "small", "version": 1, "steps": []}]},
}


@pytest.fixture
def page(window):
    window.go("jobs")
    return window.page("jobs")


def test_that_an_empty_project_says_so(qtbot, page, engine, window):
    engine.answers("job_list", {"jobs": []})
    page.activate()
    qtbot.waitUntil(lambda: page.message.title.text() == "Nothing ran in this project yet", timeout=5000)
    qtbot.mouseClick(page.message.button, Qt.MouseButton.LeftButton)
    assert window.current is window.page("compress")
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)


def test_that_the_journal_of_the_first_job_is_read_at_once(qtbot, page):
    qtbot.waitUntil(lambda: page.model.story is not None and page.view.isVisible(), timeout=5000)
    assert page.view.pill.text() == "Done"
    assert "Pack and sign" in page.view.log.view.toPlainText()
    made = page.asked.shown["What it made"].split("\n")
    assert [path.split("/")[::2] for path in made] == [
        ["variants", name] for name in ("model.onnx", "model.tflite", "model.onnx", "model.onnx")
    ]
    assert page.view.choice.count() == len(page.model.story.curves.names) > 0
    qtbot.waitUntil(lambda: page.view.plot._parts is not None, timeout=5000)


def test_that_what_a_job_was_asked_is_shown(qtbot, page, engine):
    request = {**JOB["request"], "quick": True, "limits": ["size<1", "p50<2"], "target": None}
    engine.answers("job_list", {"jobs": [{**JOB, "request": request}]})
    page.activate()
    qtbot.waitUntil(lambda: page.asked.shown.get("Job") == "aa", timeout=5000)
    more = {"Model": "net.onnx", "Recipes": "small", "Quick run": "yes", "Limits": "size<1, p50<2"}
    assert page.asked.shown == {"Job": "aa", **more}


def test_that_the_log_can_be_filtered(qtbot, page):
    qtbot.waitUntil(lambda: page.model.story is not None, timeout=5000)
    whole = page.view.log.view.toPlainText().splitlines()
    qtbot.keyClicks(page.view.log.search, "measure")
    wanted = [line for line in whole if "measure" in line.lower()]
    qtbot.waitUntil(lambda: page.view.log.view.toPlainText().splitlines() == wanted, timeout=2000)
    assert 0 < len(wanted) < len(whole)


def test_that_an_interrupted_job_is_resumed_with_the_arguments_it_had(qtbot, page, engine, window):
    engine.answers("job_list", {"jobs": [JOB]})
    engine.answers(
        "job_show", {"job": JOB, "events": [{"event": "stage", "name": "train", "detail": "small", "t": 1.0}]}
    )
    page.activate()
    qtbot.waitUntil(
        lambda: page.view.resume_button.isVisible() and page.view.pill.text() == "Interrupted", timeout=5000
    )
    assert page.view.step.text() == "net.onnx · small"
    assert "Resume goes on from its last finished step" in page.view.remedy.text()
    qtbot.mouseClick(page.view.resume_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(engine.asked("compress")) == 1, timeout=5000)
    assert engine.asked("compress")[0] == {"project": str(window.session.project), **JOB["request"]}


def test_that_a_run_of_this_window_is_followed_live_and_cancelled(qtbot, page, engine, window):
    running = {**JOB, "state": "running", "pid": 4_000_000}
    engine.answers("job_list", {"jobs": [running]})
    events = [{"event": "stage", "name": "train", "detail": "small"}]
    events += [{"event": "metric", "name": "loss", "value": 1 / (n + 1), "step": n} for n in range(5)]
    engine.answers("compress", {"wait": True, "events_before": events})
    run = window.session.run("compress", {"model": "net.onnx"})
    qtbot.waitUntil(lambda: page.model.run is run and len(run.curves.points("loss")[0]) == 5, timeout=5000)
    run.flush()
    assert page.view.step.text() == "Fine-tune"
    assert page.view.choice.currentText() == "Loss"
    qtbot.mouseClick(page.view.cancel_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: run.state is OperationState.CANCELLED, timeout=5000)
    assert page.view.resume_button.isVisible()


def test_that_a_failed_journal_says_why(qtbot, page, engine):
    failed = {**JOB, "state": "failed"}
    error = {"message": "no data", "remedy": "give --data", "code": "x"}
    engine.answers("job_list", {"jobs": [failed]})
    engine.answers("job_show", {"job": failed, "events": [{"event": "failed", "error": error}]})
    page.activate()
    qtbot.waitUntil(lambda: page.view.remedy.text() == "no data; give --data", timeout=5000)


def test_that_curves_are_thinned_and_keep_first_and_last():
    curves = Curves()
    for step in range(10 * KEPT_POINTS):
        curves.add("loss", step, float(step))
    x, y = curves.points("loss")
    assert len(x) <= MAX_POINTS
    assert x == y
    assert x == sorted(x)
    assert x[-1] >= 10 * KEPT_POINTS - 64


def test_that_a_second_training_run_goes_on_behind_the_first():
    curves = Curves()
    for step in (0, 1, 2, 0, 1):
        curves.add("loss", step, 1.0)
    assert curves.points("loss")[0] == [0, 1, 2, 3, 4]


def wait_for_a_compression(qtbot, engine, window):
    qtbot.waitUntil(lambda: not window.session.busy, timeout=8000)  # no older answer comes in between
    engine.answers("job_list", {"jobs": []})
    engine.answers("compress", {"wait": True, "events_before": [{"event": "stage", "name": "train", "detail": "x"}]})


def test_that_a_second_job_waits_visibly_and_starts_when_the_first_ends(qtbot, page, engine, window):
    wait_for_a_compression(qtbot, engine, window)
    first = window.session.run("compress", {"model": "one.onnx"})
    second = window.session.run("compress", {"model": "two.onnx"})
    qtbot.waitUntil(lambda: first.step.name == "train", timeout=5000)
    assert (first.state, second.state) == (OperationState.RUNNING, OperationState.WAITING)
    qtbot.waitUntil(lambda: [row.state for row in page.model.table.rows] == ["waiting"], timeout=5000)
    page.model.selection.select([page.model.table.id_at(0)])
    assert page.view.pill.text() == "Waiting"
    assert page.view.step.text() == "Waits for the job before it"
    first.cancel()
    qtbot.waitUntil(lambda: second.step.name == "train", timeout=5000)
    assert [call["model"] for call in engine.asked("compress")] == ["one.onnx", "two.onnx"]
    second.cancel()
    qtbot.waitUntil(lambda: second.state is OperationState.CANCELLED, timeout=5000)


def test_that_a_waiting_job_can_be_taken_out_of_the_queue(qtbot, page, engine, window):
    wait_for_a_compression(qtbot, engine, window)
    first = window.session.run("compress", {"model": "one.onnx"})
    second = window.session.run("choose", {"model": "two.onnx"})
    qtbot.waitUntil(lambda: [row.state for row in page.model.table.rows] == ["waiting"], timeout=8000)
    page.model.selection.select([page.model.table.id_at(0)])
    qtbot.mouseClick(page.view.cancel_button, Qt.MouseButton.LeftButton)
    assert second.state is OperationState.CANCELLED
    qtbot.waitUntil(lambda: page.model.table.total == 0, timeout=5000)
    first.cancel()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=5000)
    assert engine.asked("choose") == []


def test_that_a_run_can_be_ended_with_the_best_so_far(qtbot, engine, window):
    view = RunView(window.style_)
    qtbot.addWidget(view)
    view.show()
    wait_for_a_compression(qtbot, engine, window)
    run = window.session.run("compress", {"model": "one.onnx"})
    view.show_run(run)
    qtbot.waitUntil(lambda: run.step.name == "train", timeout=5000)
    run.flush()
    assert run.can_finish
    view.finish_button.click()
    assert not view.finish_button.isEnabled()
    qtbot.waitUntil(lambda: run.state is OperationState.SUCCEEDED, timeout=5000)
    assert any("the best result so far is kept" in line for line in run.lines)


def test_that_the_worker_tells_how_long_it_runs_and_what_memory_it_holds(qtbot, engine, window):
    view = RunView(window.style_)
    qtbot.addWidget(view)
    view.show()
    wait_for_a_compression(qtbot, engine, window)
    run = window.session.run("compress", {"model": "one.onnx"})
    run.expected_s = (130.0, 500.0)
    view.show_run(run)
    qtbot.waitUntil(lambda: run.memory_bytes is not None, timeout=5000)
    view.render_state()
    assert "2 min to 8 min expected in all" in view.whole.text()
    assert view.whole.text().endswith("MB of memory")
    run.cancel()
    qtbot.waitUntil(lambda: not run.state.busy, timeout=5000)


def test_that_jobs_begun_before_the_page_was_opened_are_on_it(qtbot, engine, window):
    wait_for_a_compression(qtbot, engine, window)
    first = window.session.run("compress", {"model": "one.onnx"})
    second = window.session.run("compress", {"model": "two.onnx"})
    window.go("jobs")
    page = window.page("jobs")
    assert page.model.runs == [first, second]
    qtbot.waitUntil(lambda: [row.state for row in page.model.table.rows] == ["waiting"], timeout=5000)
    second.cancel()
    first.cancel()
    qtbot.waitUntil(lambda: not window.session.busy, timeout=5000)


def test_that_lines_of_the_log_follow_a_change_of_language(qtbot, engine, window):
    stage = {"event": "stage", "name": "baseline", "detail": ""}
    warning = {"event": "log", "message": "2 readings in store", "level": "warning"}
    engine.answers("compress", {"events_before": [stage, warning], "variants": []})
    engine.answers("job_list", {"jobs": []})
    window.go("jobs")
    run = window.session.run("compress", {"model": "m"})
    qtbot.waitUntil(lambda: not run.state.busy, timeout=8000)
    view = window.page("jobs").view
    view.show_run(run)
    before = view.log.view.toPlainText()
    assert "Prepare the original" in before
    assert "Warning: 2 readings in store" in before
    window.looks.use_language(Language.CHINESE)
    qtbot.waitUntil(lambda: view.log.copy_button.text() != "Copy", timeout=5000)
    after = view.log.view.toPlainText()
    assert "Prepare the original" not in after
    assert "Warning" not in after
    assert "readings" not in after
    assert [line[:8] for line in after.splitlines()] == [line[:8] for line in before.splitlines()]
    window.looks.use_language(Language.ENGLISH)
    qtbot.waitUntil(lambda: view.log.view.toPlainText() == before, timeout=5000)


def test_that_the_job_begun_last_is_the_one_looked_at_and_says_what_it_measures_where(qtbot, page, engine, window):
    campaign = {"bundles": ["b1", "b2"], "targets": ["loopback"]}
    begun = {**JOB, "id": "bb", "verb": "profile-run", "state": "running", "pid": 4_000_000, "request": campaign}
    engine.answers("job_list", {"jobs": [JOB]})
    page.activate()
    qtbot.waitUntil(lambda: page.model.selection.first == "aa", timeout=5000)
    engine.answers("job_list", {"jobs": [begun, JOB]})
    engine.answers("profile_run", {"wait": True})
    window.session.run("profile_run", campaign)
    qtbot.waitUntil(lambda: page.model.selection.first == "bb", timeout=5000)
    assert page.model.job.what == "2 bundles · loopback"
    page.model.selection.select(["aa"])
    page.activate()
    qtbot.waitUntil(lambda: not page.model.list.loading, timeout=5000)
    assert page.model.selection.first == "aa", "a person chose another one"

import contextlib
import itertools
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit, QWidget

from gui.bridge import MESSAGES_PER_TURN, WorkerProcess
from gui.i18n import Language
from gui.operations import OperationState
from gui.pages import PAGES
from gui.pages.start.gained import GainCard
from gui.settings import load_settings
from gui.theme.tokens import Theme
from gui.viewmodels.log_line import LogLine
from gui.viewmodels.phases import Phase
from gui.viewmodels.results import read_results
from gui.viewmodels.run import MAX_WAITING_LINES
from gui.widgets.text import ShrinkingText
from gui.window import SMALLEST
from tests.gui.fake_worker import document

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton


def click(qtbot, widget: QWidget):
    assert widget.isVisible()
    qtbot.mouseClick(widget, LEFT)


def start(qtbot, window):
    click(qtbot, window.start_page.empty.run_button)


def until(qtbot, window, state: OperationState, timeout: int = 5000):
    qtbot.waitUntil(lambda: window.model.state is state, timeout=timeout)
    window.model.flush()


def speak(window, language: Language):
    window.translation.use(language)
    QApplication.processEvents()


def shown(window, kind=QWidget) -> list:
    return [w for w in window.findChildren(kind) if w.isVisibleTo(window)]


def log_text(window) -> str:
    return window.start_page.log.view.toPlainText()


def test_that_the_first_screen_has_one_sentence_and_one_primary_button(window):
    assert window.windowTitle() == "Flyweight"
    assert window.start_page.sentence.text() == "Compress a network, put it on a board, measure it there."
    primary = [b for b in shown(window, QAbstractButton) if b.property("primary")]
    assert [b.text() for b in primary] == ["Run the sample project"]
    assert not window.start_page.log.isVisible()
    assert not window.start_page.job.isVisible()


def test_that_a_click_runs_the_sample_and_ends_with_the_table(qtbot, window, opened):
    start(qtbot, window)
    until(qtbot, window, OperationState.SUCCEEDED)
    page, table = window.start_page, window.start_page.gained.table
    model = table.model()
    cells = [[model.index(r, c).data() for c in range(model.columnCount())] for r in range(model.rowCount())]
    assert cells[0] == [
        "baseline", "fashion-resnet", "93.1 % [92.6, 93.7]", "–", "2,801 kB", "2,590 kB", "1.91 ms", "–", "Baseline",
    ]  # fmt: skip
    assert cells[4] == [
        "quarter-guided", "fashion-resnet", "92.5 % [91.9, 93.0]", "0.64 [0.34, 0.94]", "213 kB", "162 kB", "0.37 ms",
        "5.15× [5.02, 5.31]", "Not slower",
    ]  # fmt: skip
    assert table.isColumnHidden(window.model.table.column("model")), "one network needs no column for its name"
    gains = [label.text() for label in page.gained.cards[0].findChildren(QLabel) if label.property("role") == "metric"]
    assert gains == ["16.0×", "5.2×", "0.6"]
    assert "5 of 5 variants" in page.sentence.text()
    assert "This computer (x86-64) · 1 thread · at least 312" in page.gained._conditions.text()
    click(qtbot, page.report_button)
    assert opened == ["/somewhere/report.html"]


@pytest.mark.parametrize(
    ("lost", "interval", "words"),
    [
        (0.6, (0.3, 0.9), "points lost"),
        (-0.6, (-0.9, -0.3), "points gained"),
        (-0.1, (-0.24, 0.04), "points of change, within the noise"),
        (0.1, None, "points of change, within the noise"),
    ],
)
def test_that_a_change_within_its_interval_is_no_gain(qtbot, lost, interval, words):
    best = replace(read_results(document()).recommended("fashion-resnet"), lost_points=lost, lost_ci95=interval)
    card = GainCard("fashion-resnet", best)
    qtbot.addWidget(card)
    assert words in [label.text() for label in card.findChildren(QLabel)]


def test_that_the_full_run_shows_both_networks(qtbot, window):
    click(qtbot, window.start_page.empty.quick)
    assert window.model.quick is False
    start(qtbot, window)
    until(qtbot, window, OperationState.SUCCEEDED)
    assert len(window.start_page.gained.cards) == 2
    assert not window.start_page.gained.table.isColumnHidden(window.model.table.column("model"))


def test_that_running_says_step_share_and_time_left(qtbot, window, script):
    script.scenario = "measure"
    start(qtbot, window)
    qtbot.waitUntil(lambda: window.model.step.eta_s is not None, timeout=5000)
    window.model.flush()
    job = window.start_page.job
    assert job.isVisible()
    assert job.step.text() == "Measure"
    assert job.detail.accessibleName() == "5 variants on loopback, interleaved"
    assert job.words.text() == "62 % of this step · about 2 min left"
    assert job.bar.value() == 620
    assert window.model.phase is Phase.MEASURE
    assert window.start_page.running.stepper.accessibleName() == "4/5 Measure"
    assert "Pack and sign · half-int8" in log_text(window)
    assert not window.command("run").enabled()


def test_that_cancel_ends_in_a_calm_notice_from_which_it_runs_again(qtbot, window, script):
    script.scenario = "patient"
    start(qtbot, window)
    qtbot.waitUntil(lambda: window.model.step.share is not None, timeout=5000)
    window.model.flush()
    click(qtbot, window.start_page.job.cancel_button)
    until(qtbot, window, OperationState.CANCELLED)
    notice = window.start_page.notice
    assert notice.isVisible()
    assert notice.pill.text() == "Cancelled"
    assert notice.retry_button.text() == "Run again"
    script.scenario = "success"
    click(qtbot, notice.retry_button)
    until(qtbot, window, OperationState.SUCCEEDED)


def test_that_stopping_is_said_at_once(qtbot, window, script):
    script.scenario = "deaf"
    start(qtbot, window)
    qtbot.waitUntil(lambda: window.model.step.name == "compress", timeout=5000)
    window.start_page.cancel_command()
    window.model.flush()
    button = window.start_page.job.cancel_button
    assert button.text() == "Stopping…"
    assert not button.isEnabled()
    until(qtbot, window, OperationState.CANCELLED)


def test_that_a_failure_shows_message_remedy_and_retry(qtbot, window, script):
    script.scenario = "error"
    start(qtbot, window)
    until(qtbot, window, OperationState.FAILED)
    notice = window.start_page.notice
    assert notice.message.text() == "loopback has 12 MB of free space, the bundle needs 40 MB"
    assert notice.remedy.text() == "remove old releases: flyweight releases loopback"
    assert notice.pill.text() == "Failed"
    assert "no-space" in log_text(window)
    script.scenario = "success"
    click(qtbot, notice.retry_button)
    until(qtbot, window, OperationState.SUCCEEDED)
    assert not notice.isVisible()


def test_that_the_window_outlives_a_crash_and_says_why(qtbot, window, script):
    script.scenario = "crash"
    start(qtbot, window)
    until(qtbot, window, OperationState.CRASHED)
    assert window.isVisible()
    assert window.start_page.notice.message.text() == "The worker crashed with signal 11 (SIGSEGV)."
    assert "something in a native library" in log_text(window)


def test_that_garbage_neither_harms_nor_passes_as_markup(qtbot, window, script):
    script.scenario = "garbage"
    start(qtbot, window)
    until(qtbot, window, OperationState.SUCCEEDED)
    assert "not json" in log_text(window)
    assert "red<b>" in log_text(window)
    assert "\x1b" not in log_text(window)
    assert window.model.table.rowCount() == 0
    assert not window.start_page.report_button.isVisible()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in shown(window, QLabel) if label.text())


def test_that_a_worker_of_another_version_is_a_failure(qtbot, window, script):
    script.scenario = "future"
    start(qtbot, window)
    until(qtbot, window, OperationState.FAILED)
    assert "version 2" in window.start_page.notice.message.text()


def test_that_a_silent_worker_is_marked(qtbot, window, script, operation):
    script.scenario = "deaf"
    operation._silence.setInterval(100)
    start(qtbot, window)
    qtbot.waitUntil(lambda: window.start_page.job.pill.isVisible(), timeout=5000)
    assert window.start_page.job.pill.text() == "Not responding"


def test_that_a_report_nothing_opens_is_named_in_the_log(qtbot, window):
    window.start_page._opener = lambda path: False
    start(qtbot, window)
    until(qtbot, window, OperationState.SUCCEEDED)
    window.command("open-report")()
    assert window.start_page.log.isVisible()
    assert "/somewhere/report.html" in log_text(window)


def line(text):
    return LogLine("", lambda: text)


def test_that_the_log_follows_its_end_until_told_not_to(qtbot, window, script):
    script.scenario = "patient"
    start(qtbot, window)
    qtbot.waitUntil(lambda: window.model.step.share is not None, timeout=5000)
    log = window.start_page.log
    bar = log.view.verticalScrollBar()
    log.append([line(f"line {n}") for n in range(300)])
    assert bar.value() == bar.maximum() > 0
    log.follow.setChecked(False)
    bar.setValue(3)
    log.append([line("more")] * 50)
    assert bar.value() == 3
    log.follow.setChecked(True)
    assert bar.value() == bar.maximum()


def test_that_a_flood_of_lines_is_handled_in_small_portions(qtbot, window, script, monkeypatch):
    """However many lines wait, one turn of the event loop takes a bounded number of them; time is not looked at."""
    script.scenario = "flood"
    turns, portions = [], []
    read = WorkerProcess._read

    def counted(self) -> None:
        turns.append(0)
        read(self)

    def told(self, message) -> None:
        turns[-1] += 1
        tell(self, message)

    tell = WorkerProcess._tell
    monkeypatch.setattr(WorkerProcess, "_read", counted)
    monkeypatch.setattr(WorkerProcess, "_tell", told)
    window.model.logged.connect(lambda lines: portions.append(len(lines)))
    start(qtbot, window)
    until(qtbot, window, OperationState.SUCCEEDED, 20_000)
    assert sum(turns) > 20_000
    assert max(turns) <= MESSAGES_PER_TURN
    assert max(portions) <= MAX_WAITING_LINES
    assert "line 19999" in log_text(window)


def test_that_language_and_theme_switch_at_once_and_are_remembered(qtbot, window, tmp_path):
    click(qtbot, window.language_button)
    QApplication.processEvents()
    assert window.start_page.empty.run_button.text() == "运行示例项目"
    assert window.language_button.text() == "English"
    click(qtbot, window.theme_button)
    assert window.style_.theme is Theme.DARK
    assert window.grab().toImage().pixelColor(500, 700).lightness() < 60
    saved = load_settings(tmp_path / "window.toml")
    assert (saved.theme, saved.language) == (Theme.DARK, "zh_CN")
    click(qtbot, window.language_button)
    click(qtbot, window.theme_button)
    QApplication.processEvents()
    assert window.start_page.empty.run_button.text() == "Run the sample project"
    assert window.style_.theme is Theme.LIGHT


def test_that_without_a_font_the_window_stays_english_and_names_the_package(qtbot, window, monkeypatch):
    monkeypatch.setattr("gui.looks.can_show", lambda language: language is Language.ENGLISH)
    window.retranslate()
    assert not window.language_button.isEnabled()
    assert "fonts-noto-cjk" in window.language_button.toolTip()
    window.command("toggle-language")()
    assert window.translation.language is Language.ENGLISH


def states(qtbot, window, script):
    """Every look of the page, one after the other."""
    yield "empty"
    for scenario, state in (
        ("measure", OperationState.RUNNING),
        ("error", OperationState.FAILED),
        ("crash", OperationState.CRASHED),
        ("success", OperationState.SUCCEEDED),
    ):
        script.scenario = scenario
        window.model.quick = scenario != "success"
        window.command("run")()
        until(qtbot, window, state)
        if state is OperationState.RUNNING:
            qtbot.waitUntil(lambda: window.model.step.eta_s is not None, timeout=5000)
            window.model.flush()
        yield scenario
        if state is OperationState.RUNNING:
            window.command("cancel")()
            until(qtbot, window, OperationState.CANCELLED)
            yield "cancelled"
    window.command("toggle-log")()
    yield "with log"


def clipped(window, small: bool) -> list[str]:
    """Texts that have less room than they need."""
    found = []
    for widget in shown(window):
        if isinstance(widget, ShrinkingText):
            if not small and widget.text() != widget.accessibleName():
                found.append(widget.accessibleName())
        elif isinstance(widget, QLabel) and widget.text():
            needed = widget.heightForWidth(widget.width()) if widget.wordWrap() else widget.sizeHint().height()
            width = widget.minimumSizeHint().width() if widget.wordWrap() else widget.sizeHint().width()
            if widget.width() < width or widget.height() < needed:
                found.append(widget.text())
        elif isinstance(widget, QAbstractButton) and (
            widget.width() < widget.sizeHint().width() or widget.height() < widget.sizeHint().height()
        ):
            found.append(widget.text())
    return found


def clipped_cells(window) -> list[str]:
    table = window.start_page.gained.table
    if not table.isVisible():
        return []
    found = [
        str(table.model().index(row, column).data())
        for row, column in itertools.product(range(table.model().rowCount()), range(table.model().columnCount()))
        if not table.isColumnHidden(column)
        and table.sizeHintForIndex(table.model().index(row, column)).width() > table.columnWidth(column)
    ]
    head = table.horizontalHeader()
    for column in range(table.model().columnCount()):
        if not table.isColumnHidden(column):
            head.setSortIndicatorShown(head.sortIndicatorSection() == column)  # else Qt counts an arrow nobody sees
            if head.sectionSizeFromContents(column).width() > head.sectionSize(column):
                found.append(str(table.model().headerData(column, Qt.Orientation.Horizontal)))
    head.setSortIndicatorShown(True)
    return found


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("small", [False, True], ids=["large", "smallest"])
def test_that_no_text_is_clipped_in_any_state(qtbot, window, script, language, small):
    speak(window, language)
    if small:
        window.resize(SMALLEST)
    for state in states(qtbot, window, script):
        with contextlib.suppress(qtbot.TimeoutError):  # the layout settles a few events after the text
            qtbot.waitUntil(lambda: not clipped(window, small) and not clipped_cells(window), timeout=1000)
        assert clipped(window, small) == [], state
        assert clipped_cells(window) == [], state
        assert small or not window.start_page.gained.table.horizontalScrollBar().isVisible(), state
        assert not small or (window.width(), window.height()) == (SMALLEST.width(), SMALLEST.height()), state


def test_that_every_text_of_the_window_is_translated(qtbot, window, script):
    names = {
        "Flyweight",
        window.session.name,
        "English",
        "中文",
        "fashion-resnet",
        "fashion-mobilenet",
        "5 variants on loopback, interleaved",
    }
    for state in states(qtbot, window, script):
        speak(window, Language.ENGLISH)
        english = {w.text() for w in [*shown(window, QLabel), *shown(window, QAbstractButton)]}
        speak(window, Language.CHINESE)
        chinese = {w.text() for w in [*shown(window, QLabel), *shown(window, QAbstractButton)]}
        same = {t for t in english & chinese - names if any(c.isalpha() for c in t)}
        engine = {t for t in same if t.startswith(("loopback has", "remove old releases", "goal "))}
        assert same - engine == set(), state


def test_that_every_widget_with_a_focus_has_an_accessible_name(qtbot, window, script):
    for state in states(qtbot, window, script):
        for widget in shown(window):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                name = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
                assert name, f"{state}: {type(widget).__name__}"


def test_that_everything_can_be_done_with_the_keyboard(qtbot, window, script, opened):
    script.scenario = "patient"
    run = window.start_page.empty.run_button
    for _ in range(10):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        if run.hasFocus():
            break
    assert run.hasFocus()
    assert run.property("ring"), "the keyboard's focus shows a ring"
    qtbot.keyClick(run, Qt.Key.Key_Space)
    until(qtbot, window, OperationState.RUNNING)
    qtbot.keyClick(window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, window, OperationState.CANCELLED)
    script.scenario = "success"
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, window, OperationState.SUCCEEDED)
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert window.start_page.log.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert opened == ["/somewhere/report.html"]
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(window, Qt.Key.Key_T, both)
    assert window.style_.theme is Theme.DARK
    qtbot.keyClick(window, Qt.Key.Key_L, both)
    assert window.translation.language is Language.CHINESE


def test_that_the_mouse_leaves_no_ring(qtbot, window):
    click(qtbot, window.start_page.empty.quick)
    assert not window.start_page.empty.quick.property("ring")


def test_that_focus_walks_in_the_order_of_the_eye(qtbot, window):
    page = window.start_page.empty
    nav = [window._nav[spec.id] for spec in PAGES]  # one stop; the arrow keys move inside
    switches = [window.menu_button, window.language_button, window.theme_button]
    order = [nav[0], *switches, page.run_button, page.model_button, page.project_button, page.quick]
    nav[0].setFocus(Qt.FocusReason.TabFocusReason)
    seen = [nav[0]]
    for _ in order[1:]:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == order
    nav[0].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(nav[0], Qt.Key.Key_Down)
    assert nav[1].hasFocus()


def test_that_commands_have_unlike_shortcuts_and_a_title(window):
    assert len({c.shortcut for c in window.commands}) == len(window.commands)
    assert all(c.title and c.shortcut for c in window.commands)


def test_that_closing_ends_the_worker_before_the_window_is_gone(qtbot, window, script, operation):
    script.scenario = "hang"
    start(qtbot, window)
    qtbot.waitUntil(lambda: window.model.step.name == "compress", timeout=5000)
    window.close()
    assert not window.isVisible()
    qtbot.waitUntil(lambda: not operation.state.busy, timeout=5000)
    assert operation.pid == 0


def test_that_both_themes_paint_different_calm_pictures(window):
    light = window.grab().toImage()
    window.style_.use(Theme.DARK)
    dark = window.grab().toImage()
    assert _lightness(light) > 0.9
    assert _lightness(dark) < 0.2


def _lightness(image: QImage) -> float:
    points = [QPoint(x, y) for x in range(10, image.width(), 50) for y in range(10, image.height(), 50)]
    return sum(image.pixelColor(p).lightnessF() for p in points) / len(points)


def test_that_the_log_is_bounded(window):
    window.start_page.log.append([line(f"{n}") for n in range(12_000)])
    assert window.findChild(QPlainTextEdit).blockCount() <= 5000


def test_that_the_start_page_claims_nothing_about_what_other_pages_know(window):
    """The sample did not run; the project may well have readings of its own."""
    assert window.start_page.empty._title.text() == "Three ways to begin"

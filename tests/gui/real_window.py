"""The window on a real screen, used as a person would: ``DISPLAY=:9 python -m tests.gui.real_window PROJECT``.

xdotool moves the mouse and presses the keys; the person looks at the window itself, and goes on when what was waited for is seen.
Each step that was seen is a line on stdout; one that is not seen in time ends the walk with its name.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget

import gui.app
from gui.operations import OperationState
from gui.theme.tokens import Space
from gui.viewmodels.deploy import CellState
from gui.viewmodels.wizard import WizardStep
from gui.window import MainWindow

LOOK_MS = 20
PATIENCE_S = 60.0
Seen = tuple[str, Callable[[], bool]]


class Person:
    """Two hands: a mouse and a keyboard."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window

    def _do(self, *words: object) -> None:
        subprocess.run(["xdotool", *map(str, words)], check=True, timeout=20)

    def focus(self) -> None:
        """There is no window manager that would do it."""
        self._do("windowfocus", int(self.window.winId()))

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Click into the middle of a widget, or at a place in it."""
        assert widget.isVisible(), widget.accessibleName()
        assert widget.isEnabled(), widget.accessibleName()
        place = widget.mapToGlobal(widget.rect().center() if at is None else at)
        self._do("mousemove", place.x(), place.y(), "click", 1)

    def click_row(self, view: QAbstractItemView, row: int, column: int = 0, *, tick: bool = False) -> None:
        """Click a row of a list or a table; ``tick``: its box."""
        place = view.visualRect(view.model().index(row, column))
        x = place.left() + Space.L if tick else place.center().x()
        self.click(view.viewport(), QPoint(x, place.center().y()))

    def press(self, key: str) -> None:
        """Press a key or a chord, as xdotool names them."""
        self._do("key", key)

    def write(self, text: str) -> None:
        """Write into what has the focus."""
        self._do("type", text)


def walk(person: Person) -> Iterator[Seen]:
    """From the start to a saved report; what is yielded has to be seen before it goes on."""
    window = person.window
    yield "window", lambda: window.isVisible() and window.start_page.empty.isVisible()
    person.focus()
    yield "focus", window.isActiveWindow
    person.press("ctrl+3")
    yield from _compress(person, window.page("compress"))
    person.press("ctrl+5")
    variants = window.page("variants")
    yield "variants", lambda: len(variants.model.table.rows) == 2 and not variants.model.query.loading
    person.click_row(variants.table, 1)
    detail = variants.detail
    yield "detail", lambda: bool(variants.model.selected) and detail.spread.isVisible()
    yield "histogram", lambda: detail.spread.plot.isVisible() and "runs from" in detail.spread.words.text()
    person.press("ctrl+7")
    deploy = window.page("deploy")
    yield "deploy", lambda: deploy.variants.count() == 2 and deploy.targets.count() == 1
    person.click_row(deploy.variants, 1, tick=True)
    person.click_row(deploy.targets, 0, tick=True)
    yield "ticked", deploy.deploy_button.isEnabled
    person.click(deploy.deploy_button)
    yield "verified", lambda: [cell.state for cell in deploy.model.cells.values()] == [CellState.VERIFIED]
    yield "idle", lambda: not window.session.busy
    person.click(window._nav["profiles"])
    profiles = window.page("profiles")
    yield "profiles", lambda: profiles.model.chosen is not None and profiles.spread.plot.isVisible()
    person.press("ctrl+9")
    report = window.page("report")
    yield "report", lambda: report.write_button.isVisible() and report.write_button.isEnabled()
    person.click(report.write_button)
    yield "written", report.open_button.isVisible
    print("in", report.written, flush=True)
    person.press("ctrl+q")
    yield "gone", lambda: not window.isVisible()


def _compress(person: Person, page: QWidget) -> Iterator[Seen]:
    """The wizard, from a sample to a variant that is measured here."""
    model, steps = page.model, page.steps
    yield "wizard", lambda: page.isVisible() and model.catalogue is not None and bool(model.device_names)
    person.click(steps[WizardStep.MODEL].sample_buttons[0])
    yield "model", lambda: model.models.facts is not None and page.next_button.isEnabled()
    person.click(page.next_button)
    data = steps[WizardStep.DATA]
    yield "data step", lambda: data.isVisible() and page.next_button.isEnabled()
    assert model.state.data is None, "without data only the latency is known, which is what is cheap"
    person.click(page.next_button)
    target = steps[WizardStep.TARGET]
    yield "target step", lambda: target.isVisible() and target.list.count() == 1
    person.click_row(target.list, 0, tick=True)
    yield "target", lambda: model.state.targets == ("loopback",)
    person.click(page.next_button)
    methods = steps[WizardStep.METHODS]
    yield "methods step", lambda: methods.isVisible() and methods.techniques.count() > 1
    person.click(methods.search)
    yield "search", methods.search.hasFocus
    person.write("graph-fusion")
    yield "found", lambda: methods.techniques.count() == 1
    person.click_row(methods.techniques, 0)
    yield "can be added", methods.add_button.isEnabled
    person.click(methods.add_button)
    yield "recipe", lambda: len(model.state.steps) == 1 and not model.checking and page.next_button.isEnabled()
    person.click(page.next_button)
    yield "review", lambda: steps[WizardStep.REVIEW].isVisible() and not model.forecast.loading
    person.click(page.next_button)
    yield "compressed", lambda: model.run is not None and model.run.state is OperationState.SUCCEEDED
    result = steps[WizardStep.RESULT]
    yield "to measure", result.measure_button.isVisible
    person.click(result.measure_button)
    yield "measured", lambda: not model.front.missing and not model.front.steps.busy and result.front.isVisible()
    yield "shown", lambda: not page.window().session.busy


class Walk:
    """Looks at the window again and again, and lets the person go on."""

    def __init__(self, application: QApplication, window: MainWindow) -> None:
        self._application, self._steps = application, walk(Person(window))
        self._seen: Seen = ("start", lambda: True)
        self._since = time.monotonic()
        self._timer = QTimer(window, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        name, seen = self._seen
        try:
            if seen():
                print(f"{name} {time.monotonic() - self._since:.1f}", flush=True)
                self._seen, self._since = next(self._steps), time.monotonic()
            elif time.monotonic() - self._since > PATIENCE_S:
                raise TimeoutError(f"'{name}' was not seen in {PATIENCE_S:.0f} s")
        except StopIteration:
            self._timer.stop()
        except Exception as error:  # whatever it is, a person is told and the window ends
            self._timer.stop()
            print(f"{name}: {error!r}", file=sys.stderr, flush=True)
            self._application.exit(3)


def main(project: str) -> int:
    """Open the window and walk."""
    build, walks = gui.app.build, []

    def built(**options: object) -> tuple[QApplication, MainWindow]:
        application, window = build(**options)
        print(application.platformName(), window.width(), window.windowTitle(), flush=True)
        walks.append(Walk(application, window))
        return application, window

    gui.app.build = built
    return gui.app.run(["--project", project])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

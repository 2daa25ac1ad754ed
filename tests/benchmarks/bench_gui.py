"""How fast the window is: first window, largest page, a flood of events, a large table, a large project, a plot.

    python -m tests.benchmarks.bench_gui

Budgets: first window 1000 ms; first show of the devices page 100 ms; no turn of the event loop above 50 ms while 50,000
events arrive or a table of 2,000 variants is sorted, filtered and scrolled; a frame of 4 lines of 600 points 20 ms. Times are
CPU times of the thread that paints: on a busy computer they say what the window does, not what its neighbours do.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui.bridge import WorkerProcess
from gui.operations import Operation
from gui.pages.tools import Tools
from gui.pages.variants import VariantsPage
from gui.preload import preload
from gui.theme.style import Style
from gui.theme.tokens import Theme
from gui.viewmodels.curves import Curves
from gui.viewmodels.rows import RowsModel
from gui.viewmodels.run import Run
from gui.viewmodels.selection import Selection
from gui.viewmodels.session import Session
from gui.viewmodels.variants import quantity, read_variants, row_id, variant_columns
from gui.widgets.log import LogPanel
from gui.widgets.plots import LinePlot
from gui.widgets.table import Table

EVENTS = 50_000
VARIANTS = 2_000
FRAMES = 60
FLOOD = f"""
import json, sys
sys.stdin.readline()
def say(**fields): sys.stdout.write(json.dumps({{"v": 1, "seq": 0, "t": 0, **fields}}) + "\\n")
say(event="accepted", verb="flood", pid=1)
for n in range({EVENTS}):
    if n % 5: say(event="log", message=f"line {{n}} " + "x" * 80)
    else: say(event="metric", name="loss", value=1 / (n + 1), step=n)
say(event="result", result={{}})
sys.stdout.flush()
"""
ANSWER = """
import json, sys
from engine import worker
class Answer:
    def to_json(self): return json.load(open(sys.argv[1]))
worker._Verbs = lambda: {"project_show": lambda *, project: Answer()}
sys.exit(worker.main())
"""
RECORDED = Path(__file__).parents[1] / "gui" / "cases" / "project_show.json"
FIRST_WINDOW = """
import time
start, wall = time.process_time(), time.perf_counter()
from gui.app import _check_qt, build
_check_qt()
application, window = build()
window.remembers = False
window.show()
application.processEvents()
window.grab()
print(1000 * (time.process_time() - start), 1000 * (time.perf_counter() - wall))
window.session.shut_down()
while window.session.busy:
    application.processEvents()
window.close()
"""


FIRST_PAGE = """
import time
from gui.app import _check_qt, build
from gui.preload import preload
_check_qt()
application, window = build()
window.remembers = False
window.show()
application.processEvents()
preload().join()
start = time.thread_time()
window.go("devices")
application.processEvents()
print(1000 * (time.thread_time() - start))
window.session.shut_down()
while window.session.busy:
    application.processEvents()
window.close()
"""


def first_window(home: Path) -> None:
    """CPU time and wall time from the first import to the painted window, in a fresh process."""
    environment = {**os.environ, "HOME": str(home)}
    runs = []
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(FIRST_WINDOW)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        runs.append([float(value) for value in done.stdout.split()])
    cpu, wall = min(run[0] for run in runs), min(run[1] for run in runs)
    report("first window, CPU", cpu, 1000)
    report("first window, wall clock", wall, 1000)


def first_page(home: Path) -> None:
    """CPU time of the turn that makes and paints the largest page for the first time, in a fresh process."""
    environment = {**os.environ, "HOME": str(home)}
    program = [sys.executable, "-c", textwrap.dedent(FIRST_PAGE)]
    runs = [
        float(subprocess.run(program, capture_output=True, text=True, check=True, env=environment).stdout)
        for _ in range(3)
    ]
    report("first show of the devices, CPU", min(runs), 100)


def flood(application: QApplication, style: Style) -> None:
    """The longest turn of the event loop while 50,000 events arrive and are shown."""
    operation = Operation("flood", lambda: WorkerProcess([sys.executable, "-S", "-c", FLOOD]))
    run, log, plot = Run(operation), LogPanel(), LinePlot(style)
    run.logged.connect(log.append)
    run.changed.connect(lambda: plot.show_curves(run.curves, run.curves.names, "step"))
    for widget in (log, plot):
        widget.resize(800, 400)
        widget.show()
    turns, last = [], [time.thread_time()]
    probe = QTimer()

    def tick() -> None:
        now = time.thread_time()
        turns.append(1000 * (now - last[0]))
        last[0] = now

    probe.timeout.connect(tick)
    preload().join()  # as behind the first window; the plot is built in some turns of its own
    for _ in range(10):
        application.processEvents()
    last[0] = time.thread_time()
    probe.start(0)
    start = time.perf_counter()
    run.start({})
    while operation.state.busy:
        application.processEvents()
    probe.stop()
    print(f"{EVENTS:,} events in {time.perf_counter() - start:.1f} s, {len(turns):,} turns")
    report("longest turn in the flood", max(turns), 50)
    report("99.9 % of the turns within", statistics.quantiles(turns, n=1000)[-1], 50)


def table(application: QApplication, style: Style) -> None:
    """Sorting, filtering and scrolling 2,000 variants."""
    model = RowsModel(variant_columns(), row_id)
    view = Table(model, style, Selection())
    view.resize(900, 600)
    view.show()
    report("2,000 rows shown", timed(lambda: model.show(read_variants({"variants": many_variants()}))), 50)
    for column in (0, 2, 6):
        worst = max(timed(lambda c=column, o=o: view.sortByColumn(c, o)) for o in Qt.SortOrder)  # type: ignore[misc]
        report(f"sorted by '{model.columns[column].title()}'", worst, 50)
    turns = [timed(application.processEvents) for _ in range(VARIANTS // 50)]
    report("turn of the event loop afterwards, worst", max(turns), 50)
    report("filtered", timed(lambda: model.filter("99")), 50)
    model.filter("")
    application.processEvents()
    bar = view.verticalScrollBar()
    steps = [
        timed(lambda at=at: (bar.setValue(at), view.grab())) for at in range(0, bar.maximum(), bar.maximum() // 50 or 1)
    ]  # type: ignore[misc]
    report("scrolled one page, worst", max(steps), 50)
    application.processEvents()


def many_variants() -> list[dict[str, Any]]:
    """The variants of a large project."""
    return [
        {
            "id": str(n),
            "name": f"variant {n}",
            "model": "net",
            "size_bytes": (n * 7919) % 10_007,
            "packed_bytes": (n * 104_729) % 10_007,
            "score": {"accuracy": {"value": (n % 997) / 1000, "ci95": [(n % 997) / 1010, (n % 997) / 990]}},
        }
        for n in range(VARIANTS)
    ]


def project(application: QApplication, style: Style) -> None:
    """The page of a project with 2,000 variants as long as real ones: opened, another axis, another limit, another selection."""
    recorded = json.loads(RECORDED.read_text())
    made, measured = recorded["variants"], recorded["readings"]
    variants = [
        {**made[n % len(made)], **item, "score": {**made[n % len(made)]["score"], **item["score"]}}
        for n, item in enumerate(many_variants())
    ]
    readings = [
        {
            **measured[n % len(measured)],
            "variant": str(n),
            "latency_ms": {"p50": 1 + (n * 31) % 1009, "ci95_p50": None, "n": 299},
        }
        for n in range(VARIANTS)
    ]
    preload().join()  # as behind the first window
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        answer.write_text(json.dumps({"variants": variants, "readings": readings}))
        session = Session(Path(folder), lambda: WorkerProcess([sys.executable, "-c", ANSWER, str(answer)]))
        window = QWidget()
        page = VariantsPage(session, style, lambda id_: None, Tools(session, style, window))
        page.retranslate()
        page.resize(1150, 860)
        page.show()
        page.activate()
        turns = []
        while session.busy or not page.content.isVisible():
            turns.append(timed(application.processEvents))
        turns += [timed(application.processEvents) for _ in range(40)]
        report("a project of 2,000 variants opened, worst turn", max(turns), 50)
        acts: dict[str, Callable[[], object]] = {
            "another axis": lambda: page.model.show(x=quantity("size")),
            "another limit": lambda: page.model.limit_packed(5000.0),
            "another selection": lambda: page.model.selection.select(["77"]),
        }
        for what, act in acts.items():
            turns = [timed(act), *(timed(application.processEvents) for _ in range(40))]
            report(f"{what}, worst turn", max(turns), 50)
        page.close()
        session.shut_down()


def plot(style: Style) -> None:
    """One frame of 4 lines of 600 points."""
    view = LinePlot(style)
    view.resize(800, 400)
    view.show()
    names = [f"curve {n}" for n in range(4)]
    frames = []
    for frame in range(FRAMES):
        curves = Curves()
        for name in names:
            for step in range(600):
                curves.add(name, step, ((step * 37 + frame * 11) % 101) / 101)
        frames.append(timed(lambda c=curves: (view.show_curves(c, names, "step"), view.grab())))  # type: ignore[misc]
    report("frame of 4 x 600 points, median", statistics.median(frames), 20)


def timed(act: Callable[[], object]) -> float:
    """CPU milliseconds of one call."""
    start = time.thread_time()
    act()
    return 1000 * (time.thread_time() - start)


def report(what: str, milliseconds: float, budget: float) -> None:
    """One line of the result."""
    print(f"{what:<40} {milliseconds:8.1f} ms   budget {budget:.0f} ms   {'ok' if milliseconds <= budget else 'OVER'}")


def main() -> None:
    """Run all of them."""
    with tempfile.TemporaryDirectory() as home:
        first_window(Path(home))
        first_page(Path(home))
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    style = Style(application, Theme.LIGHT)
    flood(application, style)
    table(application, style)
    project(application, style)
    plot(style)


if __name__ == "__main__":
    main()

"""The window answers while a compression floods it with events: what arrives is taken in small portions, a turn each.

How long a turn takes is measured by ``tests/benchmarks/bench_gui.py``; here it is counted what a turn may hold, which no busy
computer changes.
"""

import gc
import sys

import pytest
from PySide6.QtCore import QTimer

from gui.bridge import MESSAGES_PER_TURN, WorkerProcess
from gui.operations import Operation, OperationState
from gui.pages import PAGES
from gui.preload import preload
from gui.viewmodels.run import Run
from gui.widgets.log import LogPanel

pytestmark = pytest.mark.ui
EVENTS = 50_000
FLOOD = f"""
import json, sys
sys.stdin.readline()
def say(**fields): sys.stdout.write(json.dumps({{"v": 1, "seq": 0, "t": 0, **fields}}) + "\\n")
say(event="accepted", verb="compress", pid=1)
kinds = (
    lambda n: say(event="log", message=f"line {{n}}"),
    lambda n: say(event="metric", name="loss", value=1 / (n + 1), step=n),
    lambda n: say(event="progress", done=n, total={EVENTS}, unit="batches"),
    lambda n: say(event="stage", name="train", detail=f"epoch {{n}}"),
)
for n in range({EVENTS}): kinds[n % 4](n)
say(event="result", result={{}})
sys.stdout.flush()
"""


class Probe:
    """A timer of the UI thread that counts how many events came between two of its shots."""

    def __init__(self, operation: Operation) -> None:
        self.portions: list[int] = []
        self._since = 0
        for signal in (operation.log, operation.metric, operation.progress, operation.stage):
            signal.connect(self._came)
        self._timer = QTimer(interval=0)
        self._timer.timeout.connect(self._shot)
        self._timer.start()

    def _came(self, _: object) -> None:
        self._since += 1

    def _shot(self) -> None:
        self.portions.append(self._since)
        self._since = 0

    def stop(self) -> int:
        """No more shots; what came after the last one."""
        self._timer.stop()
        return self._since


def test_that_a_flood_of_fifty_thousand_events_never_keeps_the_window_from_its_timers(qtbot):
    operation = Operation("compress", lambda: WorkerProcess([sys.executable, "-S", "-c", FLOOD]))
    run, log = Run(operation), LogPanel()
    qtbot.addWidget(log)
    log.show()
    run.logged.connect(log.append)
    probe = Probe(operation)
    run.start({})
    qtbot.waitUntil(lambda: not operation.state.busy, timeout=120_000)
    left = probe.stop()
    assert operation.state is OperationState.SUCCEEDED
    assert sum(probe.portions) + left == EVENTS, "every event was told"
    assert max(probe.portions) <= 4 * MESSAGES_PER_TURN, (
        "one portion by its own turn, the others because more can be read"
    )
    assert sum(portion > 0 for portion in probe.portions) >= EVENTS / (2 * MESSAGES_PER_TURN)


def test_that_pages_are_loaded_beside_the_work_and_modules_are_not_looked_at_by_the_collector_then():
    gc.unfreeze()
    preload().join()
    try:
        assert gc.get_freeze_count() > 10_000
        assert {f"gui.pages.{page.id}.page" for page in PAGES} <= sys.modules.keys()
    finally:
        gc.unfreeze()

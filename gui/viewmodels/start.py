"""What the start page shows: the state of the sample run, its step, its log, its results."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject

from engine.events import Stage

from ..operations import Operation
from .phases import Phase, PhaseTracker
from .results import ResultRow, Results, read_results, result_columns, row_id
from .rows import RowsModel
from .run import Run

VERB = "demo"


class StartModel(Run):
    """The run of the sample project."""

    def __init__(
        self, operation: Operation, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(operation, parent, clock)
        self.table: RowsModel[ResultRow] = RowsModel(result_columns(), row_id, self)
        self.quick = True
        self.results: Results | None = None
        self._phases = PhaseTracker()

    @property
    def phase(self) -> Phase | None:
        """The phase the run is in."""
        return self._phases.current

    def run(self) -> None:
        """Start the sample project."""
        if self.state.busy:
            return
        self.results, self._phases = None, PhaseTracker()
        self.start({"quick": self.quick})

    def take(self, document: Mapping[str, Any]) -> None:
        """Read the results."""
        self.results = read_results(document)
        self.table.show(self.results.rows)

    def _on_stage(self, event: Stage) -> None:
        self._phases.stage(event.name)
        super()._on_stage(event)

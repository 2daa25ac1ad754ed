"""What a rollout tells while gates measure several of its boards at once: a bar stands below the board it is of."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ..events import Emit, Event, Log, Progress, Stage


class Telling:
    """Passes events on, one at a time: those of the rollout, and of its gates how far one of them is."""

    def __init__(self, emit: Emit) -> None:
        self._emit, self._lock = emit, threading.Lock()
        self._last: Event | None = None
        self._measuring: list[Stage] = []

    def __call__(self, event: Event) -> None:
        """What the rollout itself tells."""
        with self._lock:
            self._tell(event)

    @contextmanager
    def measuring(self, board: str) -> Iterator[Emit]:
        """While a gate measures this board; takes what the measurement tells.

        Of several boards one shows how far it is until it is done. What else is told in between ends a bar, so its stage
        is told again before the bar goes on.
        """
        stage = Stage("measuring", board)

        def tell(event: Event) -> None:
            with self._lock:
                if isinstance(event, Log):
                    self._tell(event)
                elif isinstance(event, Progress):
                    if not any(item is self._last for item in self._measuring):
                        self._tell(stage)
                    if self._last is stage:
                        self._emit(event)

        with self._lock:
            self._measuring.append(stage)
            self._tell(stage)
        try:
            yield tell
        finally:
            with self._lock:
                self._measuring = [item for item in self._measuring if item is not stage]
                self._last = None if self._last is stage else self._last

    def _tell(self, event: Event) -> None:
        if isinstance(event, (Stage, Progress)):
            self._last = event
        self._emit(event)

"""A worker without a process: it answers every verb with a recording, in the next turn of the event loop.

For the gallery, which asks some hundred times: a process for each answer would be most of its time.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from engine.verbs import techniques
from gui.bridge import WorkerProcess

from .answering_worker import recording


@cache
def catalogue() -> dict[str, Any]:
    """The engine's own list of techniques: pictures show what there is."""
    return techniques().to_json()


class RecordedWorker(WorkerProcess):
    """Answers from ``FOLDER/<verb>.json``, else from the recordings of the real verbs, like ``answering_worker.py``."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._answering = QTimer(self, singleShot=True, interval=0)

    def start(self, verb: str, arguments: Mapping[str, Any]) -> None:
        """Answer soon."""
        self._answering.timeout.connect(lambda: self._answer(verb))
        self._answering.start()

    def cancel(self) -> None:
        """It answers before anybody could stop it."""
        self._asked_to_stop = True

    finish = let_go = terminate = kill = cancel

    def _answer(self, verb: str) -> None:
        try:
            document = catalogue() if verb == "techniques" else recording(self._folder, verb)
        except FileNotFoundError:
            self._exit = (1, None)
            self._read()
            return
        events = [{"event": "accepted", "verb": verb, "pid": 4_000_000}, *document.pop("events_before", [])]
        closing = {"error": document["error"]} if "error" in document else {"result": document}
        lines = [*events, {"event": next(iter(closing)), **closing}]
        sent = (json.dumps({"v": 1, "seq": seq, "t": 0.0, **line}) for seq, line in enumerate(lines))
        self._waiting.extend(self._conversation.feed("".join(f"{line}\n" for line in sent).encode()))
        self._exit = (0, None)
        self._read()

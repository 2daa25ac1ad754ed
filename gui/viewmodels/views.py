"""Views of the variants page under a name: axes, limits, columns. Kept in the user's state folder. No Qt."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ..state_files import read_json, write_text
from . import documents

MAX_VIEWS = 50
MAX_NAME = 60


@dataclass(frozen=True)
class SavedView:
    """What is shown and how; None = no limit. ``hidden`` are ids of columns."""

    name: str
    x: str
    y: str
    max_lost: float | None = None
    max_latency_ms: float | None = None
    max_packed_bytes: float | None = None
    hidden: tuple[str, ...] = ()


class Views:
    """The saved views, in a file that may be missing or damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.all = _read(path)

    def keep(self, view: SavedView) -> None:
        """Save a view; one of the same name is replaced."""
        self.all = [*(item for item in self.all if item.name != view.name), view][-MAX_VIEWS:]
        self._write()

    def drop(self, name: str) -> None:
        """Forget a view."""
        self.all = [item for item in self.all if item.name != name]
        self._write()

    def _write(self) -> None:
        write_text(self._path, json.dumps([asdict(item) for item in self.all]))


def _read(path: Path) -> list[SavedView]:
    views = []
    for item in documents.objects(read_json(path)):
        name = documents.text(item.get("name"))[:MAX_NAME]
        if name:
            views.append(
                SavedView(
                    name,
                    documents.text(item.get("x")),
                    documents.text(item.get("y")),
                    documents.number(item.get("max_lost")),
                    documents.number(item.get("max_latency_ms")),
                    documents.number(item.get("max_packed_bytes")),
                    documents.texts(item.get("hidden")),
                )
            )
    return views[:MAX_VIEWS]

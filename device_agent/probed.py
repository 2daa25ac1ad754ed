"""What a look at the runtimes found, kept for later sessions: to import them takes seconds on a small board.

    probed/<environment | own>.json     of which start of the board and which agent, the mark, what was found

A child says the mark of what it would import (see ``runtimes/mark.py``) before it imports anything, and imports nothing
where the mark is the one that is kept. What was not found is never kept, so that whatever is missing is looked for again.
"""

import os
from typing import Any, Dict, List, Optional

from .contract.codec import dumps
from .store import Store, fsync_folder

OWN = "own"


class Probed:
    """What is kept of one environment.

    Args:
        store: of the agent.
        environment: its hash; None = the interpreter's own packages.
        boot_id: of this start of the board; libraries of the system may be others after the next one.
        agent: id of this agent; another one may know other runtimes.
    """

    def __init__(self, store: Store, environment: Optional[str], boot_id: str, agent: str) -> None:
        self._store, self._name = store, (environment or OWN) + ".json"
        self._state = {"boot": boot_id, "agent": agent}
        try:
            kept = store.read_json("probed", self._name) or {}
        except OSError:
            kept = {}
        self._kept = kept if all(kept.get(key) == value for key, value in self._state.items()) else {}

    @property
    def mark(self) -> Optional[str]:
        """Of what was found; None = nothing is kept."""
        mark = self._kept.get("mark")
        return mark if isinstance(mark, str) and isinstance(self._kept.get("runtimes"), list) else None

    @property
    def runtimes(self) -> List[Dict[str, Any]]:
        """What was found under the mark."""
        return list(self._kept.get("runtimes", []))

    def keep(self, mark: str, runtimes: List[Dict[str, Any]]) -> None:
        """Remember what was found; a disk that takes no more is no reason to fail."""
        folder = self._store.path("probed")
        fresh = os.path.join(folder, "%s.%d" % (self._name, os.getpid()))  # two sessions may look at the same time
        try:
            os.makedirs(folder, exist_ok=True)
            with open(fresh, "wb") as stream:
                stream.write(dumps({**self._state, "mark": mark, "runtimes": runtimes}))
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(fresh, os.path.join(folder, self._name))
            fsync_folder(folder)
        except OSError:
            if os.path.exists(fresh):
                os.unlink(fresh)

"""What a rollout does to a real board: stage, measure against what runs there, switch."""

from collections.abc import Callable, Mapping

from device_agent.contract.errors import AgentError

from ..events import Cancel, Emit, ignore
from ..records import Bundle
from .agent_client import AgentClient
from .connect import connect
from .release import Trial, stage, switch
from .rollout import Outcome
from .rollout_store import BoardRow, Fate
from .transport import Deadline

LOST = ("not-verified", "bundle-damaged", "blob-missing")

Gate = Callable[[str, Bundle, str], tuple[str, str] | None]
"""Asked with board, bundle and the hash of the bundle that runs there; ``(PASS | FAIL | INCONCLUSIVE, why)`` or None."""


class BoardActs:
    """Acts of a rollout over SSH, one connection per step.

    Args:
        bundles: by hash.
        trial: commit only when the board is well.
        gate: measures before the switch; a FAIL rejects the release on that board.
        strict: an INCONCLUSIVE gate rejects, too.
        timeout_s: for each step on each board.
    """

    def __init__(
        self,
        bundles: Mapping[str, Bundle],
        *,
        trial: Trial | None = None,
        gate: Gate | None = None,
        strict: bool = False,
        timeout_s: float = 300.0,
        cancel: Cancel | None = None,
        emit: Emit = ignore,
    ) -> None:
        self._bundles, self._trial, self._gate, self._strict = bundles, trial, gate, strict
        self._timeout_s, self._cancel, self._emit = timeout_s, cancel or Cancel(), emit

    def prepare(self, board: BoardRow, slot: str) -> Outcome:
        """Push and verify, then measure."""
        bundle, deadline = self._bundles[board.bundle], Deadline(self._timeout_s, self._cancel)
        with connect(board.name, cancel=self._cancel, timeout_s=self._timeout_s) as client:
            client.limit = deadline
            release, before = _runs(client, slot)
            if before == board.bundle:
                if client.slots().trial_left_s is None:
                    return Outcome(Fate.COMMITTED, "it runs there already", release)
                return Outcome(Fate.STAGED, "it is on trial there; without a commit the board goes back")
            with client.lease(f"a rollout of {bundle.name}"):
                result = stage(client, bundle, cancel=self._cancel, deadline=deadline)[2]
            if result.state != "verified":
                return Outcome(Fate.REJECTED, result.reason or "the golden check failed")
        if self._gate is None or before is None:
            return Outcome(Fate.STAGED)
        found = self._gate(board.name, bundle, before)
        if found is None:
            return Outcome(Fate.STAGED, "not measured: what runs there is not in this project")
        verdict, why = found
        refused = verdict == "FAIL" or (self._strict and verdict != "PASS")
        return Outcome(Fate.REJECTED if refused else Fate.STAGED, f"gate {verdict}: {why}", verdict=verdict)

    def switch(self, board: BoardRow, slot: str) -> Outcome:
        """Activate; what a killed desktop has activated already is only noted."""
        deadline = Deadline(self._timeout_s, self._cancel)
        with connect(board.name, cancel=self._cancel, timeout_s=self._timeout_s) as client:
            client.limit = deadline
            with client.lease(f"a rollout to slot {slot}"):
                release, now = _runs(client, slot)
                if now == board.bundle and client.slots().trial_left_s is None:
                    return Outcome(Fate.COMMITTED, release=release)
                try:
                    done = switch(client, {slot: board.bundle}, self._trial, self._emit, deadline)
                except AgentError as error:
                    if error.code not in LOST:
                        raise
                    if stage(client, self._bundles[board.bundle], deadline=deadline)[2].state != "verified":
                        return Outcome(Fate.REJECTED, "it was damaged on the board and does not verify any more")
                    done = switch(client, {slot: board.bundle}, self._trial, self._emit, deadline)
        if done.unwell is not None:
            return Outcome(Fate.ROLLED_BACK, f"the trial was not well, the board went back: {done.unwell}")
        return Outcome(Fate.COMMITTED, release=done.releases[slot])


def _runs(client: AgentClient, slot: str) -> tuple[int | None, str | None]:
    """Release and bundle a slot runs now."""
    state = client.slots().slots.get(slot)
    if state is None or state.current is None:
        return None, None
    return state.current, next((item.bundle for item in state.releases if item.release == state.current), None)

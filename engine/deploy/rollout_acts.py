"""What a rollout does to a real board: stage, measure against what runs there, switch."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path

from device_agent.contract.errors import AgentError
from device_agent.contract.manifest import MANIFEST, parse
from device_agent.contract.messages import Release, SlotList

from ..errors import FlyweightError, UnreachableError
from ..events import Cancel, Emit, ignore
from ..records import Bundle
from .agent_client import AgentClient
from .connect import connect
from .release import Staged, Trial, stage_on, switch
from .rollout import PARALLEL, Outcome
from .rollout_store import ROLLBACK, BoardRow, Fate
from .run_on import USUAL, RunOn
from .transport import Deadline
from .uplink import SIGN_S, Uplink

MOST_OPEN = 48
"""Sessions that are left open between preparing and switching: each takes 13 MB of its board, and two threads here."""

LOST = ("not-verified", "bundle-damaged", "blob-missing")

Measuring = Callable[[], AbstractContextManager[Emit]]
"""Entered by a gate while it measures a board: notes that it does, and takes what it tells meanwhile."""

Gate = Callable[[str, Bundle, Release, Measuring], tuple[str, str] | None]
"""Asked with board, bundle and the release that runs there; ``(PASS | FAIL | INCONCLUSIVE, why)`` or None."""


class BoardActs:
    """Acts of a rollout over SSH, one connection per step.

    Args:
        bundles: by hash.
        run: on what every board verifies and runs its bundle.
        trial: commit only when the board is well.
        gate: measures before the switch; a FAIL rejects the release on that board.
        strict: an INCONCLUSIVE gate rejects, too.
        measuring: entered with the board's name while the gate measures it.
        parallel: uploads at the same time.
        timeout_s: for each step on each board; waiting for a turn at uploading does not count.
    """

    def __init__(
        self,
        bundles: Mapping[str, Bundle],
        *,
        run: RunOn = USUAL,
        trial: Trial | None = None,
        gate: Gate | None = None,
        strict: bool = False,
        measuring: Callable[[str], AbstractContextManager[Emit]] = lambda name: nullcontext(ignore),
        parallel: int = PARALLEL,
        timeout_s: float = 300.0,
        cancel: Cancel | None = None,
        emit: Emit = ignore,
    ) -> None:
        self._bundles, self._run, self._trial, self._gate, self._strict = bundles, run, trial, gate, strict
        self._measuring = measuring
        self._timeout_s, self._cancel, self._emit = timeout_s, cancel or Cancel(), emit
        self._uplink = Uplink(parallel)
        self._open: dict[str, tuple[AgentClient, ExitStack]] = {}
        """Sessions with boards that were prepared or approached, and switch next."""
        self._over: list[ExitStack] = []
        """Sessions in which the switch is over: they are closed while other boards switch, or at the end."""
        self._told: dict[str, dict[str, str]] = {}
        """What each board that was prepared was told about ``run``."""

    def prepare(self, board: BoardRow, slot: str) -> Outcome:
        """Push and verify, then measure; the session stays open for the switch where there is room for it."""
        bundle, deadline = self._bundles[board.bundle], Deadline(self._timeout_s, self._cancel)
        with ExitStack() as stack:
            client = stack.enter_context(connect(board.name, cancel=self._cancel, timeout_s=self._timeout_s))
            client.limit, client.uplink = deadline, self._uplink
            found = client.slots()
            before = _running(found, slot)
            told = self._tell(board, client, deadline) if before is not None and before.bundle == board.bundle else None
            if before is not None and before.run == told:
                if found.trial_left_s is None:
                    return Outcome(Fate.COMMITTED, "it runs there already", before.release)
                return Outcome(Fate.STAGED, "it is on trial there; without a commit the board goes back")
            with client.lease(f"a rollout of {bundle.name}"):
                staged = self._stage(client, board, deadline)
            if staged.result.state != "verified":
                return Outcome(Fate.REJECTED, staged.result.reason or "the golden check failed")
            if len(self._open) < MOST_OPEN:
                client.limit = None
                self._open[board.name] = (client, stack.pop_all())
        if self._gate is None or before is None:
            return Outcome(Fate.STAGED)
        judged = self._gate(board.name, bundle, before, lambda: self._measuring(board.name))
        if judged is None:
            return Outcome(Fate.STAGED, "not measured: what runs there is not in this project")
        verdict, why = judged
        refused = verdict == "FAIL" or (self._strict and verdict != "PASS")
        return Outcome(Fate.REJECTED if refused else Fate.STAGED, f"gate {verdict}: {why}", verdict=verdict)

    def switch(self, board: BoardRow, slot: str) -> Outcome:
        """Activate; what a killed desktop has activated already is only noted."""
        deadline = Deadline(self._timeout_s, self._cancel)
        with self._session(board) as client:
            client.limit, client.uplink = deadline, self._uplink
            with client.lease(f"a rollout to slot {slot}"):
                known = client.slots()
                now = _running(known, slot)
                told = self._tell(board, client, deadline)
                serves = now is not None and (now.bundle, now.run) == (board.bundle, told)
                if now is not None and serves and known.trial_left_s is None:
                    return Outcome(Fate.COMMITTED, release=now.release)
                slots, runs = {slot: board.bundle}, {slot: told}
                try:
                    done = switch(client, slots, self._trial, self._emit, deadline, runs, known)
                except AgentError as error:
                    if error.code not in LOST:
                        raise
                    staged = self._stage(client, board, deadline)
                    if staged.result.state != "verified":
                        return Outcome(Fate.REJECTED, "it was damaged on the board and does not verify any more")
                    told = staged.told
                    done = switch(client, {slot: board.bundle}, self._trial, self._emit, deadline, {slot: told})
        if done.unwell is not None:
            return Outcome(Fate.ROLLED_BACK, f"the trial was not well, the board went back: {done.unwell}")
        return Outcome(Fate.COMMITTED, release=done.releases[slot], way_back=way_back(known, slot, board.bundle))

    def approach(self, board: BoardRow) -> None:
        """Open the session in which the switch comes, where none was left open."""
        self._close_over()
        if board.name in self._open:
            return
        stack = ExitStack()
        with suppress(FlyweightError):  # the switch meets it, too, and tells
            client = stack.enter_context(connect(board.name, cancel=self._cancel, timeout_s=self._timeout_s))
            self._open[board.name] = (client, stack)

    def leave(self) -> None:
        """Close all sessions."""
        self._close_over()
        while self._open:
            self._open.popitem()[1][1].close()

    def _close_over(self) -> None:
        with suppress(IndexError):
            while True:
                self._over.pop().close()

    @contextmanager
    def _session(self, board: BoardRow) -> Iterator[AgentClient]:
        """The session that was opened ahead, if it lives, else a new one; after an error it is closed at once."""
        client, stack = self._open.pop(board.name, (None, ExitStack()))
        with stack:
            if client is not None:
                try:
                    client.ping(SIGN_S)
                except UnreachableError:
                    stack.close()
                    client = None
            yield client or stack.enter_context(connect(board.name, cancel=self._cancel, timeout_s=self._timeout_s))
            self._over.append(stack.pop_all())

    def _stage(self, client: AgentClient, board: BoardRow, deadline: Deadline) -> Staged:
        bundle = self._bundles[board.bundle]
        staged = stage_on(client, bundle, self._run, cancel=self._cancel, deadline=deadline)
        self._told[board.name] = staged.told
        return staged

    def _tell(self, board: BoardRow, client: AgentClient, deadline: Deadline) -> dict[str, str]:
        """What this board is told; asked for anew where another process prepared it."""
        if not self._run.asks:
            return {}
        if board.name not in self._told:
            manifest = parse((Path(self._bundles[board.bundle].path) / MANIFEST).read_bytes())
            self._told[board.name] = self._run.prepare(client, manifest, deadline=deadline)[1]
        return self._told[board.name]


def _running(found: SlotList, slot: str) -> Release | None:
    """The release a slot runs."""
    state = found.slots.get(slot)
    if state is None or state.current is None:
        return None
    return next((item for item in state.releases if item.release == state.current), None)


def way_back(before: SlotList, slot: str, bundle: str) -> str:
    """What takes a switch to ``bundle`` back, as the board was before it.

    Returns:
        ``rollback``; the bundle to deploy again where the board takes the switch itself for a way back, and would refuse a
        rollback after it; "" where nothing ran.
    """
    found = before.slots.get(slot)
    current = None if found is None else next((i for i in found.releases if i.release == found.current), None)
    if found is None or current is None:
        return ""
    returns = current.bundle != bundle and any(item.bundle == bundle for item in found.releases)
    return current.bundle if returns else ROLLBACK

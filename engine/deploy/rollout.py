"""A rollout: one release for many boards in waves, stopped by too many failures, resumed after anything.

A wave is a share of all boards that must run the release before the next wave begins (one canary, a tenth, half, all).
In a wave the boards first get, verify and measure the bundle, several at once; nothing serves it yet. Then they switch,
and no more boards are between old and new at a time than may still fail, so that at most one board more than the allowed
failures ever sees a release that does it harm; the way to the boards that come next is taken meanwhile. A board that is
offline, or that another desktop works on, is neither good nor bad; it is picked up later.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..errors import FlyweightError, UnreachableError, UsageError, WorkspaceError
from ..events import Cancel, Emit, Progress, Stage, ignore
from .rollout_store import BAD, OPEN, UNDER_WAY, BoardRow, Fate, RolloutRow, RolloutStore, State

DEFAULT_WAVES = ("1", "10%", "50%", "100%")

PARALLEL = 4
"""Boards that upload at once."""

PER_UPLOAD = 4
"""Boards under way for each of them: the others connect, or verify, which takes their time and not the link's."""

MOST_AT_ONCE = 64

LOOKED_S = 2.0
"""How long one that only looks whether a rollout runs may be in the way of who wants to run it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one step on one board."""

    fate: Fate
    reason: str = ""
    release: int | None = None
    verdict: str | None = None
    way_back: str | None = None


class Acts(Protocol):
    """What a rollout does to a board; errors of a device are caught by the rollout."""

    def prepare(self, board: BoardRow, slot: str) -> Outcome:
        """Push, verify, measure; ``staged``, ``committed`` when it runs there already, or ``rejected``."""

    def switch(self, board: BoardRow, slot: str) -> Outcome:
        """Activate what was prepared: ``committed`` or ``rolled-back``."""

    def approach(self, board: BoardRow) -> None:
        """Take the way to a board whose switch comes soon; changes nothing there, and raises nothing."""

    def leave(self) -> None:
        """End what was prepared or approached, and not switched."""


def wave_sizes(waves: Sequence[str], total: int) -> list[int]:
    """How many boards must run the release at the end of each wave.

    Args:
        waves: ``"3"`` boards or ``"10%"`` of all; the last one becomes all.
        total: number of boards.

    Raises:
        UsageError: a wave is neither.
    """
    sizes: list[int] = []
    for text in waves:
        number = text.strip().removesuffix("%")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not 0 < value <= 1_000_000:
            raise UsageError(
                "bad-wave", f"'{text[:40]}' is no wave", "write numbers of boards or shares: 1,10%,50%,100%"
            )
        size = math.ceil(total * value / 100) if text.strip().endswith("%") else int(value)
        sizes.append(min(max(size, 1), total))
    return sorted({*sizes, total})


class Rollout:
    """Runs one rollout of a store.

    Args:
        store: where it is written.
        id_: which one.
        acts: what is done to a board.
        executor: where it is done; None = a pool of threads, one board each.
    """

    def __init__(
        self,
        store: RolloutStore,
        id_: str,
        acts: Acts,
        *,
        parallel: int = PARALLEL,
        executor: Executor | None = None,
        emit: Emit = ignore,
        cancel: Cancel | None = None,
    ) -> None:
        self._store, self._id, self._acts, self._emit = store, id_, acts, emit
        self._parallel, self._executor = max(parallel, 1), executor
        self._under_way = max(min(self._parallel * PER_UPLOAD, MOST_AT_ONCE), self._parallel)
        self._cancel = cancel or Cancel()
        self._begun, self._steps = time.monotonic(), 0

    def run(self, begin: Callable[[], object] = lambda: None) -> RolloutRow:
        """Go on until it is finished, paused, stopped, or waits for boards that are offline or busy.

        Args:
            begin: writes that it runs; called by its owner, so that nobody reads it as running while nobody runs it.

        Raises:
            WorkspaceError: another process runs it. Cancelled: asked to stop; ``resume`` goes on.
        """
        with _owner(self._store.path, self._id), self._store.kept_open():
            begin()
            # Only the owner may do this: what is under way now was under way when an earlier owner was killed.
            self._store.reset(self._id, UNDER_WAY, {Fate.TRIAL: Fate.STAGED})
            pool = self._executor or ThreadPoolExecutor(self._under_way, thread_name_prefix="flyweight-rollout")
            try:
                while (chosen := self._next_wave()) is not None:
                    self._wave(chosen, pool)
                    self._cancel.check()
            finally:
                if self._executor is None:
                    pool.shutdown(wait=True)
                self._acts.leave()  # what boards under way opened while an error of another one ended the wave
        return self._store.load(self._id)

    def _next_wave(self) -> list[str] | None:
        """The boards that come next; None when there is nothing to do, and then the state says why."""
        rollout = self._store.load(self._id)
        if rollout.state is not State.RUNNING:
            return None
        failures, allowed = _failures(rollout), int(rollout.plan["max_failures"])
        if failures > allowed:
            bad = next(item for item in rollout.boards if item.state in BAD)
            reason = f"failed: {failures}, allowed: {allowed}; {bad.name}: {bad.reason}"
            self._store.set_state(self._id, State.STOPPED, reason, only_from=frozenset({State.RUNNING}))
            return None
        waiting = [item.name for item in rollout.boards if item.state in OPEN]
        if not waiting:
            gone, busy = (sum(item.state is fate for item in rollout.boards) for fate in (Fate.OFFLINE, Fate.BUSY))
            reason = "; ".join([f"offline: {gone}"] * bool(gone) + [f"busy: {busy}"] * bool(busy))
            state = State.WAITING if reason else State.FINISHED
            self._store.set_state(self._id, state, reason, only_from=frozenset({State.RUNNING}))
            return None
        done = sum(item.state is Fate.COMMITTED for item in rollout.boards)
        size = next(size for size in wave_sizes(rollout.plan["waves"], len(rollout.boards)) if size > done)
        self._emit(self._progress(rollout))
        return waiting[: size - done]

    def _progress(self, rollout: RolloutRow) -> Progress:
        """Boards that are through; half of the way is to be staged. The time left is told by the steps of this run."""
        open_ = [item.state for item in rollout.boards if item.state in OPEN | UNDER_WAY]
        staged = sum(state in (Fate.STAGED, Fate.TRIAL) for state in open_)
        left = 2 * len(open_) - staged
        each_s = (time.monotonic() - self._begun) / self._steps if self._steps else None
        eta_s = None if each_s is None or not left else each_s * left
        return Progress(len(rollout.boards) - left / 2, len(rollout.boards), "boards", eta_s)

    def _wave(self, names: Sequence[str], pool: Executor) -> None:
        self._emit(Stage("wave", f"{len(names)} boards: {', '.join(names[:4])}{' ...' if len(names) > 4 else ''}"))
        boards = {item.name: item for item in self._store.load(self._id).boards}
        fresh = [name for name in names if boards[name].state is Fate.PENDING]
        ahead = _Ahead(self._acts, pool, self._parallel)
        try:
            self._all(fresh, Fate.UPLOADING, self._acts.prepare, pool, lambda rollout: self._under_way)
            boards = {item.name: item for item in self._store.load(self._id).boards}
            ready = [name for name in names if boards[name].state is Fate.STAGED]
            self._all(
                ready,
                Fate.TRIAL,
                ahead.switch,
                pool,
                lambda rollout: min(_may_still_fail(rollout), self._parallel),
                ahead.look,
            )
        finally:
            ahead.end()

    def _all(
        self,
        names: Sequence[str],
        meanwhile: Fate,
        act: Callable[[BoardRow, str], Outcome],
        pool: Executor,
        at_once: Callable[[RolloutRow], int],
        soon: Callable[[Sequence[BoardRow]], None] = lambda boards: None,
    ) -> None:
        """Do something to boards, never to more at once than ``at_once`` allows; ends early when the rollout does.

        ``soon`` is told which boards come next.
        """
        todo, running = list(names), dict[Future[Outcome], str]()
        while todo or running:
            rollout = self._store.load(self._id)
            goes_on = rollout.state is State.RUNNING and not self._cancel.requested
            goes_on = goes_on and _failures(rollout) <= int(rollout.plan["max_failures"])
            if not goes_on:
                todo = []
            rows = {item.name: item for item in rollout.boards}
            soon([rows[name] for name in todo])
            while todo and len(running) < at_once(rollout):
                name = todo.pop(0)
                self._store.set_board(self._id, name, meanwhile)
                self._emit(Stage(str(meanwhile), name))
                running[pool.submit(_attempt, act, rows[name], rollout.slot)] = name
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                name, outcome = running.pop(future), future.result()
                more: dict[str, Any] = {"release": outcome.release} if outcome.release is not None else {}
                more |= {"verdict": outcome.verdict} if outcome.verdict is not None else {}
                more |= {"way_back": outcome.way_back} if outcome.way_back is not None else {}
                # What a gate found is why the board runs it: the switch has nothing to add.
                reason = outcome.reason or (rows[name].reason if outcome.fate is Fate.COMMITTED else "")
                self._store.set_board(self._id, name, outcome.fate, reason=reason, **more)
                self._emit(Stage(str(outcome.fate), f"{name} {outcome.reason}".strip()))
                self._steps += 1
                self._emit(self._progress(self._store.load(self._id)))


class _Ahead:
    """Approaches the boards that switch next while others switch: the way there takes seconds, a switch far less.

    A board's approach is handed to the pool before its switch, so the switch never waits for one that cannot begin.
    """

    def __init__(self, acts: Acts, pool: Executor, at_once: int) -> None:
        self._acts, self._pool, self._at_once = acts, pool, at_once
        self._under_way: dict[str, Future[None]] = {}

    def look(self, boards: Sequence[BoardRow]) -> None:
        for board in boards[: self._at_once]:
            if board.name not in self._under_way:
                self._under_way[board.name] = self._pool.submit(self._acts.approach, board)

    def switch(self, board: BoardRow, slot: str) -> Outcome:
        wait([self._under_way[board.name]])
        return self._acts.switch(board, slot)

    def end(self) -> None:
        wait(self._under_way.values())
        self._acts.leave()


def _attempt(act: Callable[[BoardRow, str], Outcome], board: BoardRow, slot: str) -> Outcome:
    """What one board's own errors come to; those of this program pass."""
    try:
        return act(board, slot)
    except UnreachableError as error:
        return Outcome(Fate.OFFLINE, f"{error.message}; {error.remedy}")
    except FlyweightError as error:
        if error.code == "cancelled":
            return Outcome(Fate.PENDING, "cancelled before it was done")
        if error.code == "busy":  # neither good nor bad: another desktop is at it
            return Outcome(Fate.BUSY, f"{error.message}; {error.remedy}")
        return Outcome(Fate.FAILED, f"{error.message}; {error.remedy}")


def _failures(rollout: RolloutRow) -> int:
    return sum(item.state in BAD for item in rollout.boards)


def _may_still_fail(rollout: RolloutRow) -> int:
    return max(int(rollout.plan["max_failures"]) + 1 - _failures(rollout), 1)


@contextmanager
def _owner(database: Path, id_: str) -> Iterator[None]:
    """One process at a time runs a rollout; the system frees the lock of a killed one."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    database.parent.mkdir(parents=True, exist_ok=True)
    with _lock_file(database, id_).open("a") as lock:
        given_up = time.monotonic() + LOOKED_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if is_running(database, id_) or time.monotonic() > given_up:
                    raise WorkspaceError(
                        "rollout-running",
                        f"the rollout {id_} runs in another process",
                        f"see: flyweight fleet status {id_}",
                    ) from None
                time.sleep(0.01)  # somebody only looked whether it runs
            else:
                break
        yield


def is_running(database: Path, id_: str) -> bool | None:
    """Whether a process works on a rollout right now; None where the system cannot tell."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        with _lock_file(database, id_).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: who looks is not in the way of who else looks
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _lock_file(database: Path, id_: str) -> Path:
    return database.with_name(f"rollout-{id_}.lock")


def summary(rollout: RolloutRow) -> Mapping[str, Any]:
    """How many boards are in which state."""
    counts: dict[str, int] = {}
    for item in rollout.boards:
        counts[str(item.state)] = counts.get(str(item.state), 0) + 1
    return counts

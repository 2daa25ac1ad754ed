"""The verbs ``fleet_rollout``, ``fleet_resume``, ``fleet_pause``, ``fleet_cancel`` and ``fleet_status``."""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..deploy.release import Trial
from ..deploy.rollout import DEFAULT_WAVES, PARALLEL, Acts, Rollout, is_running, summary, wave_sizes
from ..deploy.rollout_acts import BoardActs
from ..deploy.rollout_store import AWAY, BAD, OPEN, UNDER_WAY, BoardRow, Fate, RolloutRow, RolloutStore, State
from ..deploy.rollout_telling import Telling
from ..deploy.run_on import RunOn
from ..errors import Cancelled, UsageError
from ..events import Cancel, Emit, ignore
from ..workspace import Workspace
from . import gating
from .bundling import find_bundle
from .deployment import expand

INTERRUPTED = "interrupted"
ENDED = frozenset({State.CANCELLED, State.FINISHED})


@dataclass(frozen=True)
class FleetStatus:
    """A rollout as it stands; ``running`` tells whether a process works on it right now, None where nobody can tell."""

    rollout: RolloutRow
    running: bool | None
    audit: tuple[tuple[float, str | None, str], ...] = ()

    @property
    def state(self) -> str:
        """The state; ``interrupted`` when it should be running and nobody runs it."""
        lost = self.rollout.state is State.RUNNING and self.running is False
        return INTERRUPTED if lost else str(self.rollout.state)

    @property
    def runs_on(self) -> str:
        """In words on what the boards run it; "" = on their usual."""
        return str(RunOn.from_json(self.rollout.plan.get("run")))

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight fleet status --json``."""
        return {
            "rollout": self.rollout.id,
            "slot": self.rollout.slot,
            "state": self.state,
            "reason": self.rollout.reason or None,
            "created": _time(self.rollout.created),
            "plan": dict(self.rollout.plan),
            "counts": dict(summary(self.rollout)),
            "boards": [{**asdict(item), "state": str(item.state)} for item in self.rollout.boards],
            "audit": [{"t": _time(t), "board": board, "what": what} for t, board, what in self.audit],
        }


@dataclass(frozen=True)
class FleetList:
    """All rollouts of a project, the oldest first."""

    rollouts: tuple[FleetStatus, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight fleet status --json`` without a rollout."""
        keys = ("rollout", "slot", "state", "reason", "created", "counts")
        documents = [item.to_json() for item in self.rollouts]
        return {"rollouts": [{key: document[key] for key in keys} for document in documents]}


def fleet_rollout(
    bundle: str,
    targets: Sequence[str] | str,
    *,
    slot: str = "main",
    instead: Mapping[str, str] | None = None,
    waves: Sequence[str] = DEFAULT_WAVES,
    max_failures: int = 0,
    gate: bool = False,
    gate_on: Sequence[str] = (),
    strict: bool = False,
    trial: Trial | None = None,
    runtime: str | None = None,
    provider: str | None = None,
    delegate: str | None = None,
    delegate_options: Sequence[str] = (),
    parallel: int = PARALLEL,
    timeout_s: float = 300.0,
    dry_run: bool = False,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> FleetStatus:
    """Bring a release to many boards in waves.

    Args:
        bundle: what the boards get.
        targets: device names, ``@group``, ``@key=value`` of a tag, ``@all``; their order is that of the waves.
        instead: target -> bundle for boards that get another variant.
        waves: how many boards (``"3"``) or which share (``"10%"``) run it before more follow; the last one is all.
        max_failures: more than so many boards that fail stop the rollout.
        gate: measure against what runs on each board before the switch; FAIL rejects the release there.
        gate_on: what must not be worse, of latency (when none is named), memory, energy, accuracy; names imply ``gate``.
        strict: INCONCLUSIVE rejects, too.
        trial, runtime, provider, delegate, delegate_options: see ``deploy``; of every board, whichever variant it gets. A board
            that has not what is asked for fails.
        parallel: boards that upload at the same time; some more connect or verify meanwhile.
        dry_run: return the plan and touch nothing.

    Raises:
        UsageError: no board, an unknown bundle, a wave that is none. Cancelled: ``fleet_resume`` goes on.
    """
    workspace, run = Workspace.find(project), RunOn.of(runtime, provider, delegate, delegate_options)
    names = expand(targets)
    chosen = dict.fromkeys(names, find_bundle(bundle, workspace))
    for target, key in (instead or {}).items():
        chosen.update({name: find_bundle(key, workspace) for name in expand(target) if name in chosen})
    wave_sizes(waves, len(names))
    quantities = gating.wanted(gate, gate_on)
    plan = {
        "waves": list(waves),
        "max_failures": max_failures,
        "gate": bool(quantities),
        "gate_on": quantities,
        "strict": strict,
        "trial": None if trial is None else trial.to_json(),
        "run": run.to_json() if run.asks else None,
        "parallel": parallel,
        "timeout_s": timeout_s,
    }
    rows = tuple(BoardRow(name, chosen[name].sha256, chosen[name].path) for name in names)
    if dry_run:
        sizes = ", ".join(map(str, wave_sizes(waves, len(names))))
        reason = f"nothing was touched; the waves end at {sizes} boards, at most {max_failures} may fail"
        return FleetStatus(RolloutRow("dry-run", slot, plan, State.PAUSED, reason, 0.0, rows), False)
    store = RolloutStore.of(workspace)
    row = RolloutRow(secrets.token_hex(4), slot, plan, State.RUNNING, "", time.time(), rows)
    return _run(workspace, row, lambda: store.create(row.id, slot, plan, rows), emit, cancel)


def fleet_resume(
    rollout: str | None = None,
    *,
    retry_failed: bool = False,
    dry_run: bool = False,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> FleetStatus:
    """Go on with a rollout that was paused, interrupted or stopped, or that waits for boards; default: the newest of those.

    Args:
        rollout: its id.
        retry_failed: also try the boards again that failed.
        dry_run: return the rollout as it would go on, and touch nothing.

    A board that a later rollout of the slot has brought its release to since is left alone: it would go back to an older one.

    Raises:
        UsageError: it is finished or was cancelled, or later rollouts reached all boards that are left.
    """
    workspace = Workspace.find(project)
    store = RolloutStore.of(workspace)
    again = AWAY | (BAD if retry_failed else frozenset())
    ended = frozenset[State]() if retry_failed else ENDED
    row = store.load(_newest(store, rollout, frozenset(State) - ended, lambda id_: bool(_left(store, id_, again))))
    if row.state in ENDED and not (retry_failed and row.state is State.FINISHED):
        raise UsageError(
            "rollout-ended", f"the rollout {row.id} is {row.state}", "start another one: flyweight fleet rollout"
        )
    later = _later(store, row)
    past = {item.name for item in row.boards if item.state in again | OPEN | UNDER_WAY and item.name in later}
    if dry_run:
        fates = {item.name: Fate.PENDING for item in row.boards if item.state in again}
        fates |= dict.fromkeys(past, Fate.SUPERSEDED)
        boards = tuple(replace(item, state=fates.get(item.name, item.state)) for item in row.boards)
        left = sum(item.state in OPEN for item in boards)
        return FleetStatus(replace(row, boards=boards, reason=f"nothing was touched; boards left: {left}"), False)

    def begin() -> None:
        for name in sorted(past):
            reason = f"the rollout {later[name]} has brought it a later release since"
            store.set_board(row.id, name, Fate.SUPERSEDED, reason=reason)
        store.reset(row.id, again)
        store.set_state(row.id, State.RUNNING)

    return _run(workspace, row, begin, emit, cancel)


def _later(store: RolloutStore, row: RolloutRow) -> dict[str, str]:
    """Boards that a later rollout of the same slot has brought its release to, and which one."""
    rollouts = (store.load(item.id) for item in store.all() if item.created > row.created and item.slot == row.slot)
    return {board.name: item.id for item in rollouts for board in item.boards if board.state is Fate.COMMITTED}


def _left(store: RolloutStore, id_: str, again: frozenset[Fate]) -> list[str]:
    """Boards of a rollout that still wait for its release."""
    row = store.load(id_)
    later = _later(store, row)
    return [item.name for item in row.boards if item.state in again | OPEN | UNDER_WAY and item.name not in later]


def fleet_pause(rollout: str | None = None, *, dry_run: bool = False, project: str | Path | None = None) -> FleetStatus:
    """Let boards that are under way finish, and start no more; works from another process. ``dry_run`` only says so."""
    return _ordered(rollout, State.PAUSED, frozenset({State.RUNNING}), dry_run, project)


def fleet_cancel(
    rollout: str | None = None, *, dry_run: bool = False, project: str | Path | None = None
) -> FleetStatus:
    """End a rollout for good; boards that run the release keep it. ``dry_run`` only says so."""
    return _ordered(rollout, State.CANCELLED, frozenset(State) - ENDED, dry_run, project)


def fleet_status(rollout: str | None = None, *, project: str | Path | None = None) -> "FleetStatus | FleetList":
    """One rollout with its boards and its audit log, or the list of all."""
    store = RolloutStore.of(Workspace.find(project))
    if rollout is None:
        rows = (store.load(row.id) for row in store.all())
        return FleetList(tuple(FleetStatus(row, is_running(store.path, row.id)) for row in rows))
    return _status(store, rollout)


def _ordered(
    rollout: str | None, state: State, only_from: frozenset[State], dry_run: bool, project: str | Path | None
) -> FleetStatus:
    store = RolloutStore.of(Workspace.find(project))
    id_ = _newest(store, rollout, only_from)
    if dry_run and store.load(id_).state in only_from:
        planned = _status(store, id_)
        return replace(planned, rollout=replace(planned.rollout, reason=f"nothing was touched; it would be {state}"))
    if dry_run or not store.set_state(id_, state, "asked by the user", only_from=only_from):
        found = store.load(id_).state
        raise UsageError("rollout-state", f"the rollout {id_} is {found}", f"see: flyweight fleet status {id_}")
    return _status(store, id_)


def _run(
    workspace: Workspace, row: RolloutRow, begin: Callable[[], object], emit: Emit, cancel: Cancel | None
) -> FleetStatus:
    store, told = RolloutStore.of(workspace), Telling(emit)

    def measuring(name: str) -> AbstractContextManager[Emit]:
        store.set_board(row.id, name, Fate.MEASURING)
        return told.measuring(name)

    acts = _acts(workspace, row, measuring, cancel or Cancel())
    try:
        Rollout(store, row.id, acts, parallel=int(row.plan["parallel"]), emit=told, cancel=cancel).run(begin)
    except Cancelled:  # the same command again would start another rollout
        raise Cancelled("cancelled", f"go on with: flyweight fleet resume {row.id}") from None
    return _status(store, row.id)


def _acts(
    workspace: Workspace,
    rollout: RolloutRow,
    measuring: Callable[[str], AbstractContextManager[Emit]],
    cancel: Cancel,
) -> Acts:
    plan = rollout.plan
    bundles = {row.bundle: find_bundle(row.path, workspace) for row in rollout.boards}
    trial, run = plan["trial"], RunOn.from_json(plan.get("run"))
    return BoardActs(
        bundles,
        run=run,
        trial=None if trial is None else Trial(trial["window_s"], tuple(trial["health"]), tuple(trial["hook"])),
        gate=(gating.gate(workspace, run, plan.get("gate_on") or ["latency"], cancel) if plan["gate"] else None),
        strict=bool(plan["strict"]),
        measuring=measuring,
        parallel=int(plan["parallel"]),
        timeout_s=float(plan["timeout_s"]),
        cancel=cancel,
    )


def _newest(
    store: RolloutStore,
    rollout: str | None,
    states: frozenset[State],
    suits: Callable[[str], bool] = lambda id_: True,
) -> str:
    """The one that is named, or the newest in one of these states; where none is, the newest, so that its state is told."""
    if rollout is not None:
        return rollout
    known = store.all()
    if not known:
        raise UsageError(
            "no-rollout", "there is no rollout in this project", "start one: flyweight fleet rollout BUNDLE @all"
        )
    return next((item for item in reversed(known) if item.state in states and suits(item.id)), known[-1]).id


def _status(store: RolloutStore, id_: str) -> FleetStatus:
    return FleetStatus(store.load(id_), is_running(store.path, id_), store.audit(id_))


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")

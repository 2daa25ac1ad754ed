"""The verbs ``deploy``, ``rollback``, ``releases`` and ``offline``."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device_agent.contract.errors import AgentError
from device_agent.contract.messages import SlotState, encode

from ..deploy import release as releasing
from ..deploy.inventory import Inventory
from ..deploy.offline import OfflineFile, write_offline
from ..deploy.packed_upload import Packed
from ..deploy.release import Trial
from ..deploy.rollout import PARALLEL, PER_UPLOAD
from ..deploy.run_on import RunOn
from ..deploy.uplink import Uplink
from ..errors import DeviceError, FlyweightError, UsageError
from ..events import Cancel, Emit, Event, Log, Progress, Stage, ignore
from ..records import Placement
from ..showing import several
from ..workspace import Workspace
from .bundling import find_bundle


@dataclass(frozen=True)
class Deployed:
    """One placement per target, in their order."""

    placements: tuple[Placement, ...]

    def __repr__(self) -> str:
        return several("Deployed", self.placements)

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight deploy --json``."""
        return {"placements": [item.to_json() for item in self.placements]}


@dataclass(frozen=True)
class Releases:
    """Slots of a board."""

    target: str
    slots: Mapping[str, SlotState]
    trial_left_s: float | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight releases --json``; ``current`` and ``releases`` repeat the slot main."""
        slots = {name: encode(state) for name, state in self.slots.items()}
        main = slots.get("main", {"current": None, "releases": []})
        document = {"target": self.target, "slots": slots, "current": main["current"], "releases": main["releases"]}
        return {**document, "trial_left_s": self.trial_left_s}


def deploy(
    bundle: str,
    targets: Sequence[str] | str,
    *,
    slot: str = "main",
    also: Mapping[str, str] | None = None,
    trial: Trial | None = None,
    runtime: str | None = None,
    provider: str | None = None,
    delegate: str | None = None,
    delegate_options: Sequence[str] = (),
    packed: str = "auto",
    dry_run: bool = False,
    timeout_s: float = 300.0,
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Deployed:
    """Push a bundle to boards, verify it there, switch to it atomically.

    Args:
        bundle: id, name or folder of a bundle.
        targets: device names, ``@group``, ``@all`` or ``loopback``.
        slot: name of the slot; made on first use.
        also: slot -> bundle of further slots that switch in the same moment, all or none.
        trial: commit only when the board is well, else it goes back by itself; None = commit at once.
        runtime, provider: on what the board verifies the bundle and the slot then runs it: the id of a runtime (one that comes
            with a board, or of an adapter), cpu, cuda, tensorrt or the runtime's own name; default: the board's usual.
        delegate, delegate_options: of TFLite's interpreter, as in :func:`measure`.
        packed: whether model files travel entropy-coded and are restored on the board: ``auto`` (where the link is so slow
            that it pays), ``always`` (a metered link) or ``never``.
        dry_run: say what would travel and change nothing.
        timeout_s: per target, whatever the link does.

    Returns:
        One placement per target and slot; with several targets, which are served side by side, a failure is recorded in its
        placement and the rest goes on.

    Raises:
        FlyweightError: with a single target, the failure itself.
    """
    workspace, stop = Workspace.find(project), cancel or Cancel()
    run, form = RunOn.of(runtime, provider, delegate, delegate_options), _packed(packed)
    found = find_bundle(bundle, workspace)
    group = {slot: found, **{name: find_bundle(key, workspace) for name, key in (also or {}).items()}}
    if len(group) <= len(also or {}):
        raise UsageError("slot-twice", f"the slot {slot} is named twice", "give every slot one bundle")

    # Alone a board is looked at before anything travels.
    uplink = Uplink(PARALLEL) if len(expand(targets)) > 1 else None

    def place(name: str, emit: Emit) -> tuple[Placement, ...]:
        if dry_run:
            return tuple(
                releasing.preview(item, name, slot=s, run=run, timeout_s=timeout_s) for s, item in group.items()
            )
        if len(group) > 1:
            return releasing.deploy_group(
                group,
                name,
                trial=trial,
                run=run,
                packed=form,
                uplink=uplink,
                timeout_s=timeout_s,
                emit=emit,
                cancel=stop,
            )
        how = releasing.deploy(
            found,
            name,
            slot=slot,
            trial=trial,
            run=run,
            packed=form,
            uplink=uplink,
            timeout_s=timeout_s,
            emit=emit,
            cancel=stop,
        )
        return (how,)

    return Deployed(_each(targets, place, emit, slot, found.sha256, "deploy"))


def _packed(text: str) -> Packed:
    try:
        return Packed(text)
    except ValueError:
        raise UsageError(
            "bad-packed", f"'{text[:40]}' does not say when to pack", f"use one of: {', '.join(Packed)}"
        ) from None


def rollback(
    targets: Sequence[str] | str,
    *,
    slot: str = "main",
    dry_run: bool = False,
    timeout_s: float = 120.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Deployed:
    """Return a slot to the bundle it ran before; that content gets a new release number.

    Args:
        targets: device names, ``@group``, ``@all`` or ``loopback``.
        slot: name of the slot.
        dry_run: say what would run again and change nothing.
        timeout_s: per target.

    Raises:
        FlyweightError: with a single target, the failure itself (no release to return to, unreachable, ...).
    """

    def back(name: str, emit: Emit) -> tuple[Placement, ...]:
        if dry_run:
            return (releasing.preview_rollback(name, slot=slot, timeout_s=timeout_s),)
        return (releasing.rollback(name, slot=slot, timeout_s=timeout_s, emit=emit, cancel=cancel or Cancel()),)

    return Deployed(_each(targets, back, emit, slot, "", "rollback"))


def releases(target: str, *, timeout_s: float = 60.0, cancel: Cancel | None = None) -> Releases:
    """Slots of a board with their releases, newest first."""
    found = releasing.releases(target, timeout_s=timeout_s, cancel=cancel)
    return Releases(target, found.slots, found.trial_left_s)


def offline(
    bundle: str,
    out: str | Path,
    *,
    slot: str = "main",
    pythons: Sequence[str] = (),
    arch: str = "aarch64",
    project: str | Path | None = None,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> OfflineFile:
    """Write one file that installs agent, runtime and release on a board nobody can reach.

    Args:
        bundle: id, name or folder of a bundle.
        out: the file; on the board: ``python3 FILE``.
        pythons: versions of Python on the boards that need a runtime (``"3.11"``); none = they have their own.
        arch: of these boards, ``aarch64``, ``x86_64`` or ``armv7l`` (32-bit).
    """
    found = find_bundle(bundle, Workspace.find(project))
    return write_offline(found, Path(out), slot=slot, pythons=pythons, arch=arch, emit=emit)


def expand(targets: Sequence[str] | str) -> tuple[str, ...]:
    """Device names of targets, see :meth:`Inventory.expand`; unknown names, groups and tags are refused."""
    wanted = [targets] if isinstance(targets, str) else list(targets)
    inventory = Inventory.load()
    names: list[str] = []
    for target in wanted:
        names += inventory.expand(target)
    return tuple(dict.fromkeys(names))


def _each(
    targets: Sequence[str] | str,
    act: Callable[[str, Emit], tuple[Placement, ...]],
    emit: Emit,
    slot: str,
    bundle: str,
    what: str,
) -> tuple[Placement, ...]:
    """Do something (``what``) on every board, several side by side; what fails on one is its placement."""
    names = expand(targets)
    if len(names) == 1:
        emit(Stage(what, names[0]))
        return act(names[0], emit)
    told = _Told(emit, len(names))

    def attempt(name: str) -> tuple[Placement, ...]:
        own = told.of(name)
        own(Stage(what))
        try:
            return act(name, own)
        except (DeviceError, AgentError) as error:
            return (Placement(name, slot, bundle, None, "failed", False, reason=_reason(error)),)
        finally:
            told.done()

    with ThreadPoolExecutor(min(len(names), PARALLEL * PER_UPLOAD), thread_name_prefix="flyweight-deploy") as pool:
        return tuple(item for placed in pool.map(attempt, names) for item in placed)


class _Told:
    """Events of several boards, one after the other and each with its board's name; progress is in boards."""

    def __init__(self, emit: Emit, total: int) -> None:
        self._emit, self._total, self._done = emit, total, 0
        self._lock = threading.Lock()

    def of(self, name: str) -> Emit:
        def emit(event: Event) -> None:
            if isinstance(event, Stage):
                event = Stage(event.name, f"{name}: {event.detail}" if event.detail else name)
            elif isinstance(event, Log):
                event = Log(f"{name}: {event.message}", event.level)
            else:
                return
            with self._lock:
                self._emit(event)

        return emit

    def done(self) -> None:
        with self._lock:
            self._done += 1
            self._emit(Progress(self._done, self._total, "boards"))


def _reason(error: FlyweightError) -> str:
    return f"{error.message}; {error.remedy}"

"""Releases from the desktop's side: push what is missing, have it verified, order the switch; roll back; list."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from device_agent.contract.errors import AgentError, ContractError
from device_agent.contract.manifest import MANIFEST, SIGNATURE, Manifest, fits, parse, runtimes_for
from device_agent.contract.messages import (
    NAME,
    ActivateRequest,
    Golden,
    Release,
    SlotList,
    StageRequest,
    StageResult,
)

from ..errors import RejectedError, UsageError
from ..events import Cancel, Emit, Eta, Progress, Stage, ignore
from ..package.keys import signing_key
from ..records import Bundle, Placement, canonical_json, sha256_hex
from .agent_client import AgentClient
from .connect import connect
from .packed_upload import Link, Packed, put_packed
from .provider import fallback
from .run_on import USUAL, RunOn
from .runtimes import WHEELS
from .transport import Deadline
from .uplink import SMALL_BYTES, Uplink

TRIALS_SINCE = 1
"""The minor version of the protocol that brought trials."""


@dataclass(frozen=True)
class Trial:
    """Serve at once, commit only when all is well; else the board goes back by itself, link or no link.

    Args:
        window_s: how long the board waits for the commit.
        health: words of a command on the board that has to end with 0 three times in a row within the window.
        hook: words of a command run after every switch, such as the restart of the user's service.
    """

    window_s: float = 60.0
    health: tuple[str, ...] = ()
    hook: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The part of an order."""
        return {"window_s": self.window_s, "health": list(self.health), "hook": list(self.hook)}


def deploy(
    bundle: Bundle,
    target: str,
    *,
    slot: str = "main",
    trial: Trial | None = None,
    run: RunOn = USUAL,
    packed: Packed = Packed.AUTO,
    uplink: Uplink | None = None,
    timeout_s: float = 300.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Placement:
    """Push, verify, switch; ``run`` says on what the board verifies the bundle and the slot then runs it.

    ``packed`` says when model files travel entropy-coded.

    With an ``uplink`` the upload waits for its turn among those of other boards; that time is not the board's.

    Returns:
        ``committed``, ``rejected`` with the reason when the board's runtime does not give the golden outputs, or
        ``rolled-back`` when the trial was not well; the release that ran before then keeps running.

    Raises:
        DeviceError: the board cannot be reached, or the deadline passed.
    """
    _check_slot(slot)
    deadline = Deadline(timeout_s, cancel)
    with connect(target, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        client.limit, client.uplink = deadline, uplink
        return deploy_with(
            client,
            bundle,
            target,
            slot=slot,
            trial=trial,
            run=run,
            packed=packed,
            deadline=deadline,
            emit=emit,
            cancel=cancel,
        )


def deploy_group(
    bundles: Mapping[str, Bundle],
    target: str,
    *,
    trial: Trial | None = None,
    run: RunOn = USUAL,
    packed: Packed = Packed.AUTO,
    uplink: Uplink | None = None,
    timeout_s: float = 300.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> tuple[Placement, ...]:
    """Push and verify a bundle for each slot, then switch all slots at the same moment; none when one is rejected."""
    for slot in bundles:
        _check_slot(slot)
    deadline = Deadline(timeout_s, cancel)
    with connect(target, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        client.limit, client.uplink = deadline, uplink
        return _deploy_group(client, bundles, target, trial, run, packed, deadline, emit, cancel)


def _deploy_group(
    client: AgentClient,
    bundles: Mapping[str, Bundle],
    target: str,
    trial: Trial | None,
    run: RunOn,
    packed: Packed,
    deadline: Deadline,
    emit: Emit,
    cancel: Cancel | None,
) -> tuple[Placement, ...]:
    with client.lease(f"a deploy to {len(bundles)} slots"):
        placed, told = {}, {}
        for slot, bundle in bundles.items():
            staged = stage_on(client, bundle, run, packed=packed, emit=emit, cancel=cancel, deadline=deadline)
            told[slot], placed[slot] = staged.told, _rejected(staged, target, slot, bundle)
        bad = [item.slot for item in placed.values() if not item.verified]
        if bad:
            reason = f"nothing was switched, because the bundle for slot {bad[0]} was rejected"
            return tuple(replace(item, reason=item.reason or reason) for item in placed.values())
        deadline.check("activating")
        emit(Stage("activate", f"{len(placed)} slots of {target}"))
        switched = switch(client, {slot: item.bundle for slot, item in placed.items()}, trial, emit, deadline, told)
        written = client.written_bytes()
        return tuple(_as_switched(item, switched, written) for item in placed.values())


def deploy_with(
    client: AgentClient,
    bundle: Bundle,
    target: str,
    *,
    slot: str,
    trial: Trial | None = None,
    run: RunOn = USUAL,
    packed: Packed = Packed.AUTO,
    deadline: Deadline,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Placement:
    """The same over an open session; from the first byte to the commit no other desktop changes the board."""
    with client.lease(f"a deploy of {bundle.name}"):
        staged = stage_on(client, bundle, run, packed=packed, emit=emit, cancel=cancel, deadline=deadline)
        placed = _rejected(staged, target, slot, bundle)
        if not placed.verified:
            return placed
        emit(Stage("activate", f"{bundle.name} in slot {slot} of {target}"))
        deadline.check("activating")
        switched = switch(client, {slot: bundle.sha256}, trial, emit, deadline, {slot: staged.told})
        return _as_switched(replace(placed, state="verified"), switched, client.written_bytes())


def _rejected(staged: "Staged", target: str, slot: str, bundle: Bundle) -> Placement:
    """What a verified bundle is, too, until the switch."""
    verified, upload = staged.result.state == "verified", {"bytes": float(staged.sent), "seconds": staged.seconds}
    told = tuple(_runs_on(item) for item in staged.result.golden)
    place = (target, slot, bundle.sha256, None, "rejected", verified)
    return Placement(*place, _worst(staged.result), upload, staged.result.reason, told)


def _runs_on(golden: Golden) -> dict[str, Any]:
    note = fallback(golden.provider, golden.nodes) if golden.nodes else None
    return {"runtime": golden.runtime, "provider": golden.provider, "nodes": dict(golden.nodes), "fallback": note}


@dataclass(frozen=True)
class Switched:
    """What a switch came to: the release of each slot, and why it went back if it did."""

    releases: Mapping[str, int]
    unwell: str | None = None


def switch(
    client: AgentClient,
    slots: dict[str, str],
    trial: Trial | None,
    emit: Emit,
    deadline: Deadline,
    runs: Mapping[str, dict[str, str]] | None = None,
    known: SlotList | None = None,
) -> Switched:
    """Switch slots, and with a trial commit them once they are well.

    Args:
        runs: on what, where it is not the usual.
        known: what the board told of its slots under the same lease.
    """
    if trial is not None and client.hello.minor < TRIALS_SINCE:
        raise RejectedError(
            "no-trials",
            f"the agent there speaks protocol {client.hello.major}.{client.hello.minor} and knows no trial",
            "update it: flyweight device add NAME ADDRESS; or deploy without --trial, --health and --hook",
        )
    placements, order = activate(client, slots, trial, runs, known)
    if trial is None:
        return Switched(placements)
    emit(Stage("trial", f"{' '.join(trial.health) or 'commit'}, within {trial.window_s:g} s"))
    healthy, detail = client.check_trial(order, min(trial.window_s + 60.0, max(deadline.left, 1.0)))
    if not healthy:
        return Switched(placements, detail)
    client.commit(order)
    return Switched(placements)


def _as_switched(placed: Placement, switched: Switched, written: int | None) -> Placement:
    """What came of the switch; ``written`` is what the board wrote to its disk in all, which wears out an SD card."""
    if written is not None:
        placed = replace(placed, upload={**(placed.upload or {}), "written": float(written)})
    if switched.unwell is not None:
        reason = f"the trial was not well, the board went back: {switched.unwell}"
        return replace(placed, state="rolled-back", reason=reason)
    return replace(placed, state="committed", release=switched.releases[placed.slot])


def _worst(result: StageResult) -> dict[str, float | int | None] | None:
    if not result.golden:
        return None
    differences = [item.max_abs_diff for item in result.golden if item.max_abs_diff is not None]
    agreements = [item.top1_agreement for item in result.golden if item.top1_agreement is not None]
    return {
        "top1_agreement": min(agreements, default=None),
        "max_abs_diff": max(differences, default=None),
        "samples": min(item.samples for item in result.golden),
    }


def stage(
    client: AgentClient,
    bundle: Bundle,
    *,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
    deadline: Deadline | None = None,
) -> tuple[int, float, StageResult]:
    """Push the files of a bundle that the board lacks and have them verified: bytes sent, seconds, verdict."""
    staged = stage_on(client, bundle, USUAL, emit=emit, cancel=cancel, deadline=deadline)
    return staged.sent, staged.seconds, staged.result


@dataclass(frozen=True)
class Staged:
    """Bytes and seconds of the upload, the board's verdict, and on what it was asked to verify."""

    sent: int
    seconds: float
    result: StageResult
    told: dict[str, str]


def stage_on(
    client: AgentClient,
    bundle: Bundle,
    run: RunOn,
    *,
    packed: Packed = Packed.AUTO,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
    deadline: Deadline | None = None,
) -> Staged:
    """The same on what ``run`` asks for; ``packed`` says when model files travel so."""
    deadline = deadline or Deadline(600.0, cancel)
    folder = Path(bundle.path)
    content, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_text().strip()
    manifest = parse(content)
    limit = deadline

    @cache
    def prepared() -> tuple[str | None, dict[str, str]]:
        emit(Stage("check runtimes", manifest.name))
        return run.prepare(client, manifest, emit=emit, deadline=limit)

    if client.uplink is None:  # what it cannot run need not travel
        prepared()
    # Else the next board uploads while this one looks for its runtimes, which takes a small board seconds.
    sent, seconds = push(client, folder, manifest, content, emit, deadline, lambda: prepared()[0], packed)
    environment, told = prepared()
    emit(Stage("verify", manifest.name))
    who, left_s = (sha256_hex(content), signature, bundle.signed_by), max(deadline.left, 1.0)
    return Staged(sent, seconds, client.stage(StageRequest(*who, environment, left_s, told)), told)


def push(
    client: AgentClient,
    folder: Path,
    manifest: Manifest,
    content: bytes,
    emit: Emit,
    deadline: Deadline,
    environment: Callable[[], str | None],
    packed: Packed,
) -> tuple[int, float]:
    """Send manifest and files, small ones together and models last; what the board has does not travel.

    ``environment`` finds the one whose numpy restores what travels packed; it is called only for that.
    """
    total = manifest.sizes() + len(content)
    start, base, eta, link, begun = time.monotonic(), 0, Eta(total), Link(), False

    def begin(done: int, size: int) -> None:
        nonlocal begun  # of what the board has nothing travels, and nothing is told of it
        if not begun:
            emit(Stage("upload", f"{manifest.name}, {(total - base - done) / 1e6:.2f} MB"))
        begun = True

    def report(done: int, size: int) -> None:
        begin(done, size)
        emit(Progress(base + done, total, "bytes", eta.at(base + done)))

    models = {item.file: item for item in manifest.models}
    small = {sha256_hex(content): content} if len(content) < SMALL_BYTES else {}
    items: list[tuple[str, bytes | Path]] = [] if small else [(sha256_hex(content), content)]
    for item in sorted(manifest.files, key=lambda item: item.name in models):
        if item.size < SMALL_BYTES and item.name not in models:
            small[item.sha256] = (folder / item.name).read_bytes()
        else:
            items.append((item.sha256, folder / item.name))
    sizes = {sha256: len(data) if isinstance(data, bytes) else data.stat().st_size for sha256, data in items}
    sizes |= {sha256: len(data) for sha256, data in small.items()}
    with client.uploading(sizes):
        sent = client.put_small(
            small, timeout_s=deadline.check("uploading"), on_blob=lambda sha256, went, seconds: link.saw(went, seconds)
        )
        base = total - sum(sizes[sha256] for sha256, _ in items)  # files with the same content travel once
        for sha256, data in items:
            began, went = time.monotonic(), None
            if isinstance(data, Path) and data.name in models:
                left_s = deadline.check("uploading")
                went = put_packed(
                    client, data, models[data.name], sha256, environment, link, packed, left_s, emit, begin
                )
            if went is None:
                went = client.put_blob(data, sha256, timeout_s=deadline.check("uploading"), on_progress=report)
                link.saw(went, time.monotonic() - began)
            sent += went
            base += sizes[sha256]
    return sent, time.monotonic() - start


def activate(
    client: AgentClient,
    slots: dict[str, str],
    trial: Trial | None = None,
    runs: Mapping[str, dict[str, str]] | None = None,
    known: SlotList | None = None,
) -> tuple[dict[str, int], str]:
    """Switch slots to verified bundles by a signed order under a fresh counter; all or none.

    Returns:
        The release of each slot, and the order's hash.
    """
    state = known or client.slots()
    seen = [item.release for name in slots if name in state.slots for item in state.slots[name].releases]
    greeted = [client.hello.counters.get(name, 0) for name in slots]
    key = signing_key()
    for attempt in range(3):
        counter = max([*seen, *greeted, 0]) + 1 + attempt
        value: dict[str, Any] = {"schema": 1, "device": client.hello.device_id, "counter": counter, "slots": slots}
        value["nonce"] = secrets.token_hex(8)
        if trial is not None:
            value["trial"] = trial.to_json()
        if any((runs or {}).values()):
            value["run"] = {slot: told for slot, told in (runs or {}).items() if told}
        order = canonical_json(value)
        try:
            placements = client.activate(ActivateRequest(order.decode(), key.sign(order), key.id))
        except AgentError as error:
            if error.code != "old-order" or attempt == 2:
                raise
            continue
        if set(placements) != set(slots):
            raise ContractError(f"an order for {sorted(slots)} was answered for {sorted(placements)[:10]}")
        return placements, sha256_hex(order)
    raise AssertionError("unreachable")


def rollback(
    target: str, *, slot: str = "main", timeout_s: float = 120.0, emit: Emit = ignore, cancel: Cancel | None = None
) -> Placement:
    """Return a slot to the bundle before the current one.

    Raises:
        RejectedError: the slot is empty or has no earlier bundle.
    """
    _check_slot(slot)
    deadline = Deadline(timeout_s, cancel)
    with connect(target, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        client.limit = deadline
        with client.lease(f"a rollback of slot {slot}"):
            before = previous(client.slots(), slot, target)
            emit(Stage("rollback", f"slot {slot} of {target}"))
            release = activate(client, {slot: before.bundle}, runs={slot: before.run})[0][slot]
        reason = "rolled back to the bundle before"
        return Placement(target, slot, before.bundle, release, "committed", True, reason=reason)


def preview_rollback(target: str, *, slot: str = "main", timeout_s: float = 60.0) -> Placement:
    """What a rollback would return to, changing nothing: state ``planned``; raises as :func:`rollback` does."""
    _check_slot(slot)
    before = previous(releases(target, timeout_s=timeout_s), slot, target)
    reason = f"what ran as release {before.release} ({before.name}) would run again"
    return Placement(target, slot, before.bundle, None, "planned", True, reason=reason)


def previous(state: SlotList, slot: str, target: str) -> Release:
    """What a slot ran before its current release: another bundle, or the same on something else."""
    found = state.slots.get(slot)
    if found is None or found.current is None:
        raise RejectedError("slot-empty", f"nothing runs in slot {slot}", "deploy a bundle to it first")
    current = next((item for item in found.releases if item.release == found.current), None)
    now, known = (None, None) if current is None else (current.bundle, current.run), [*state.verified]
    known += [item.bundle for item in found.releases if current is not None and item.bundle == current.bundle]
    for item in found.releases:
        if (item.bundle, item.run) != now and item.state == "committed" and item.bundle in known:
            return item
    taken_back = next((i for i in found.releases if (i.bundle, i.run) != now and i.state == "rolled-back"), None)
    if taken_back is not None:
        raise RejectedError(
            "no-earlier-release",
            f"slot {slot} went back already, and runs the earliest bundle it has",
            f"release {taken_back.release} ({taken_back.name}) was taken back; to run it again: "
            f"flyweight deploy {taken_back.bundle[:16]} {target}",
        )
    raise RejectedError(
        "no-earlier-release",
        f"slot {slot} has no earlier bundle on the board",
        f"bring one: flyweight deploy BUNDLE {target}",
    )


def preview(
    bundle: Bundle, target: str, *, slot: str = "main", run: RunOn = USUAL, timeout_s: float = 60.0
) -> Placement:
    """What a deploy would send, changing nothing on the board: state ``planned``."""
    _check_slot(slot)
    folder, deadline = Path(bundle.path), Deadline(timeout_s)
    content = (folder / MANIFEST).read_bytes()
    manifest = parse(content)
    with connect(target, timeout_s=timeout_s) as client:
        client.limit = deadline
        missing = sum(item.size - client.blob_place(item.sha256, item.size)[0] for item in manifest.files)
        missing += len(content) - client.blob_place(sha256_hex(content), len(content))[0]
        have = client.runtimes()
        formats = [model.format for model in manifest.models]
        known = [item for format_ in formats for item in runtimes_for(format_, have, run.runtime)]
        if run.asks and known:
            run.entry(formats, have, manifest.name)
        current = client.slots().slots.get(slot)
        machine = client.hello.machine
        reason = fits(manifest, machine.isa, machine.ram_bytes)
    brought = [name for format_ in formats for name in WHEELS.get(format_, ()) if run.runtime in ("", name)]
    runtime = "the board has its runtime" if known else f"{brought[0]} would be brought" if brought else None
    if runtime is None:
        reason = reason or f"the board has no runtime {run.runtime or ' or '.join(formats)}; add its adapter"
    runs = "the slot is new" if current is None else f"release {current.current} runs there now"
    upload = {"bytes": float(missing), "seconds": 0.0}
    return Placement(target, slot, bundle.sha256, None, "planned", False, None, upload, reason or f"{runtime}; {runs}")


def releases(target: str, *, timeout_s: float = 60.0, cancel: Cancel | None = None) -> SlotList:
    """Slots of a board with their releases, newest first."""
    deadline = Deadline(timeout_s, cancel)
    with connect(target, cancel=cancel, timeout_s=timeout_s) as client:
        client.limit = deadline
        return client.slots()


def running(found: SlotList) -> tuple[str, ...]:
    """What runs now, as ``slot: name``."""
    both = ((slot, item, state.current) for slot, state in found.slots.items() for item in state.releases)
    return tuple(f"{slot}: {item.name}" for slot, item, current in both if item.release == current)


def _check_slot(slot: str) -> None:
    if not NAME.match(slot):
        raise UsageError("bad-slot", f"'{slot[:100]}' is no name for a slot", "use letters, digits, dots, dashes")

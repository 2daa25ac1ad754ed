"""Releases from the desktop's side: push what is missing, have it verified, order the switch; roll back; list."""

import secrets
import time
from pathlib import Path

from device_agent.contract.errors import AgentError, ContractError
from device_agent.contract.manifest import MANIFEST, RUNTIMES, SIGNATURE, Manifest, parse
from device_agent.contract.messages import NAME, ActivateRequest, SlotList, StageRequest, StageResult

from ..errors import RejectedError, UsageError
from ..events import Cancel, Emit, Eta, Progress, Stage, ignore
from ..package.keys import signing_key
from ..records import Bundle, Placement, canonical_json, sha256_hex
from .agent_client import AgentClient
from .connect import connect
from .runtimes import bring_runtime
from .transport import Deadline


def deploy(
    bundle: Bundle,
    target: str,
    *,
    slot: str = "main",
    timeout_s: float = 300.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Placement:
    """Push, verify, switch.

    Returns:
        ``committed``, or ``rejected`` with the reason when the board's runtime does not give the golden outputs; the
        release that ran before then keeps running.

    Raises:
        DeviceError: the board cannot be reached, or the deadline passed.
    """
    _check_slot(slot)
    deadline = Deadline(timeout_s, cancel)
    with connect(target, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        client.limit = deadline
        return deploy_with(client, bundle, target, slot=slot, deadline=deadline, emit=emit, cancel=cancel)


def deploy_with(
    client: AgentClient,
    bundle: Bundle,
    target: str,
    *,
    slot: str,
    deadline: Deadline,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Placement:
    """The same over an open session."""
    sent, seconds, result = stage(client, bundle, emit=emit, cancel=cancel, deadline=deadline)
    upload = {"bytes": float(sent), "seconds": seconds}
    golden = _worst(result)
    if result.state != "verified":
        return Placement(target, slot, bundle.sha256, None, "rejected", False, golden, upload, result.reason)
    emit(Stage("activate", f"{bundle.name} in slot {slot} of {target}"))
    deadline.check("activating")
    release = activate(client, {slot: bundle.sha256})[slot]
    return Placement(target, slot, bundle.sha256, release, "committed", True, golden, upload, None)


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
    deadline = deadline or Deadline(600.0, cancel)
    folder = Path(bundle.path)
    content, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_text().strip()
    manifest = parse(content)
    environment = bring_runtime(client, runtimes_of(manifest), emit=emit, deadline=deadline)
    sent, seconds = push(client, folder, manifest, content, emit, cancel, deadline)
    request = StageRequest(sha256_hex(content), signature, bundle.signed_by, environment, max(deadline.left, 1.0))
    return sent, seconds, client.stage(request)


def runtimes_of(manifest: Manifest) -> list[list[str]]:
    """For each model file the runtimes that can run it."""
    return [RUNTIMES[model.format] for model in manifest.models]


def push(
    client: AgentClient,
    folder: Path,
    manifest: Manifest,
    content: bytes,
    emit: Emit,
    cancel: Cancel | None,
    deadline: Deadline,
) -> tuple[int, float]:
    """Send manifest and files; what the board has does not travel."""
    total = manifest.sizes() + len(content)
    emit(Stage("upload", f"{manifest.name}, {total / 1e6:.2f} MB"))
    start, sent, base, eta = time.monotonic(), 0, 0, Eta(total)

    def report(done: int, size: int) -> None:
        emit(Progress(base + done, total, "bytes", eta.at(base + done)))

    items: list[tuple[str, bytes | Path]] = [(sha256_hex(content), content)]
    items += [(item.sha256, folder / item.name) for item in manifest.files]
    for sha256, data in items:
        sent += client.put_blob(data, sha256, timeout_s=deadline.check("uploading"), on_progress=report)
        base += len(data) if isinstance(data, bytes) else data.stat().st_size
    return sent, time.monotonic() - start


def activate(client: AgentClient, slots: dict[str, str]) -> dict[str, int]:
    """Switch slots to verified bundles by a signed order under a fresh counter; all or none."""
    state = client.slots()
    seen = [item.release for name in slots if name in state.slots for item in state.slots[name].releases]
    known = [client.hello.counters.get(name, 0) for name in slots]
    key = signing_key()
    for attempt in range(3):
        counter = max([*seen, *known, 0]) + 1 + attempt
        order = canonical_json(
            {
                "schema": 1,
                "device": client.hello.device_id,
                "counter": counter,
                "slots": slots,
                "nonce": secrets.token_hex(8),
            }
        )
        try:
            placements = client.activate(ActivateRequest(order.decode(), key.sign(order), key.id))
        except AgentError as error:
            if error.code != "old-order" or attempt == 2:
                raise
            continue
        if set(placements) != set(slots):
            raise ContractError(f"an order for {sorted(slots)} was answered for {sorted(placements)[:10]}")
        return placements
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
        bundle = previous(client.slots(), slot)
        emit(Stage("rollback", f"slot {slot} of {target}"))
        release = activate(client, {slot: bundle})[slot]
        return Placement(target, slot, bundle, release, "committed", True, reason="rolled back to the bundle before")


def previous(state: SlotList, slot: str) -> str:
    """The bundle a slot ran before its current one."""
    found = state.slots.get(slot)
    if found is None or found.current is None:
        raise RejectedError("slot-empty", f"nothing runs in slot {slot}", "deploy a bundle to it first")
    current = next((item.bundle for item in found.releases if item.release == found.current), None)
    for item in found.releases:
        if item.bundle != current and item.state == "committed" and item.bundle in state.verified:
            return item.bundle
    raise RejectedError(
        "no-earlier-release", f"slot {slot} has no earlier bundle on the board", "deploy the one you want"
    )


def releases(target: str, *, timeout_s: float = 60.0) -> SlotList:
    """Slots of a board with their releases, newest first."""
    deadline = Deadline(timeout_s)
    with connect(target, timeout_s=timeout_s) as client:
        client.limit = deadline
        return client.slots()


def _check_slot(slot: str) -> None:
    if not NAME.match(slot):
        raise UsageError("bad-slot", f"'{slot[:100]}' is no name for a slot", "use letters, digits, dots, dashes")

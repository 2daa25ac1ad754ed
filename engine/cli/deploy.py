"""``flyweight deploy``, ``rollback``, ``releases`` and ``offline``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RejectedError, UsageError
from . import completing
from .console import plain, show, size
from .options import (
    AsJson,
    AsJsonLines,
    Delegate,
    DelegateOption,
    Health,
    Hook,
    Project,
    Provider,
    Quiet,
    Runtime,
    Slot,
    Target,
    Targets,
    Timeout,
    TrialWindow,
)

if TYPE_CHECKING:
    from rich.console import Console

    from ..deploy.offline import OfflineFile
    from ..deploy.release import Trial
    from ..verbs.deployment import Deployed, Releases


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("deploy")(deploy)
    app.command("rollback")(rollback)
    app.command("releases")(releases)
    app.command("offline")(offline)


def deploy(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="Id, name or folder of a bundle.", autocompletion=completing.bundle)
    ],
    targets: Targets,
    slot: Slot = "main",
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="SLOT=BUNDLE", help="Switch this slot in the same moment, all or none."),
    ] = None,
    trial: TrialWindow = None,
    health: Health = None,
    hook: Hook = None,
    runtime: Runtime = None,
    provider: Provider = None,
    delegate: Delegate = None,
    delegate_option: DelegateOption = None,
    packed: Annotated[
        str,
        typer.Option(
            "--packed", metavar="WHEN", help="Send models entropy-coded: auto (slow links), always (metered), never."
        ),
    ] = "auto",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would travel; change nothing.")] = False,
    timeout: Timeout = 300.0,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Push a bundle, verify it on the board, switch to it.

    The board's own runtime verifies it before the slot is switched atomically.

    A bundle that fails its golden samples on the board is rejected; the release that ran before keeps running. With
    --health, --hook or --trial the new release serves on trial: unless it is well within the window (60 s), the board
    goes back by itself, even when the link is gone or the power fails. Exits with 1 unless every slot was committed.

    With --runtime or --provider it is verified there, and the slot runs there; a GPU that takes no node of the model is a
    rejection, never a quiet run on the CPU. TensorRT first builds its engines: give --timeout 1200.

    Example: flyweight deploy int8 loopback
    """
    from ..verbs import deploy as verb

    wanted = wanted_trial(trial, health, hook)
    group = dict(_slot_and_bundle(item) for item in also or [])
    result = show(
        lambda emit, cancel: verb(
            bundle,
            targets,
            slot=slot,
            also=group,
            trial=wanted,
            runtime=runtime,
            provider=provider,
            delegate=delegate,
            delegate_options=delegate_option or (),
            packed=packed,
            dry_run=dry_run,
            timeout_s=timeout,
            project=project,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_placements,
    )
    if not dry_run:
        _require_committed(result)


def wanted_trial(window_s: float | None, health: str | None, hook: str | None) -> "Trial | None":
    """The trial the options ask for; a health command or a hook alone takes the usual window."""
    if window_s is None and health is None and hook is None:
        return None
    import shlex

    from ..deploy.release import Trial

    try:
        words = [tuple(shlex.split(text or "")) for text in (health, hook)]
    except ValueError as error:
        raise UsageError("bad-command", f"{error} in --health or --hook", "quote the command as for a shell") from None
    return Trial(window_s or 60.0, *words)


def _slot_and_bundle(text: str) -> tuple[str, str]:
    slot, equals, bundle = text.partition("=")
    if not equals or not bundle:
        raise UsageError("bad-also", f"'{text[:100]}' is not SLOT=BUNDLE", "for example: --also ear=wake-word")
    return slot, bundle


def _require_committed(result: "Deployed") -> None:
    """A script must see by the exit code that a board does not run what it was given."""
    bad = [item for item in result.placements if item.state != "committed"]
    if bad:
        raise RejectedError(
            "not-committed",
            f"{bad[0].target}: {bad[0].state}: {bad[0].reason}"
            + (f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""),
            "the release that ran before keeps running; look at the reason, then deploy again",
        )


def rollback(
    targets: Targets,
    slot: Slot = "main",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would run again; change nothing.")] = False,
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Return a slot to the release before.

    The old content gets a new release number.

    Example: flyweight rollback loopback
    """
    from ..verbs import rollback as verb

    result = show(
        lambda emit, cancel: verb(targets, slot=slot, dry_run=dry_run, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_placements,
    )
    if not dry_run:
        _require_committed(result)


def offline(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="Id, name or folder of a bundle.", autocompletion=completing.bundle)
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write, such as card.pyz.")],
    slot: Slot = "main",
    pythons: Annotated[
        list[str] | None,
        typer.Option("--board-python", metavar="3.11", help="Bring the runtime for this Python (repeatable)."),
    ] = None,
    arch: Annotated[
        str, typer.Option("--board-arch", metavar="ARCH", help="Of these boards: aarch64, x86_64 or armv7l.")
    ] = "aarch64",
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write one file that installs a release from a USB stick.

    For a board nobody can reach over a network: the file holds agent, runtime and release.

    On the board: python3 FILE. Signature, hashes and golden samples are checked there as over the network.

    Example: flyweight offline int8 --out card.pyz --board-python 3.11
    """
    from ..verbs import offline as verb

    show(
        lambda emit, cancel: verb(
            bundle, out, slot=slot, pythons=pythons or (), arch=arch, project=project, emit=emit, cancel=cancel
        ),
        as_json=as_json,
        quiet=quiet,
        render=_offline,
    )


def _offline(result: "OfflineFile", console: "Console") -> None:
    console.print(f"file       {plain(result.path)}  ({size(result.size_bytes)})", soft_wrap=True)
    brings = ", ".join(f"Python {item}" for item in result.runtimes_for) or "none; the board needs its own"
    console.print(f"runtime    {brings}")
    console.print(f"on the board: python3 {plain(Path(result.path).name)}")


def releases(target: Target, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """List the slots of a board with their releases.

    Example: flyweight releases loopback
    """
    from ..verbs import releases as verb

    show(lambda emit, cancel: verb(target, timeout_s=timeout, cancel=cancel), as_json=as_json, render=_releases)


def _placements(result: "Deployed", console: "Console") -> None:
    for item in result.placements:
        head = f"{plain(item.target)}  slot {plain(item.slot)}  {item.state}"
        console.print(head + (f" as release {item.release}" if item.release is not None else ""))
        if item.golden and item.golden.get("top1_agreement") is not None:
            difference = item.golden.get("max_abs_diff")
            console.print(
                f"  golden samples: top-1 agreement {item.golden['top1_agreement']:.0%}, "
                f"largest difference {'unknown' if difference is None else f'{difference:.3g}'}"
            )
        for told in item.runs_on:
            where = f" on {plain(told['provider'])}" if told["provider"] else ""
            console.print(f"  {'verified' if item.verified else 'checked'} by {plain(told['runtime'])}{where}")
            if told["fallback"]:
                console.print(f"  {plain(told['fallback'])}", style="yellow")
        if item.upload and item.state == "planned":
            console.print(f"  {size(item.upload['bytes'])} would travel")
        elif item.upload:
            written = item.upload.get("written")
            disk = "" if written is None else f", {size(written)} written to the board's disk"
            sent = f"sent {size(item.upload['bytes'])} of the bundle in {item.upload['seconds']:.2f} s"
            console.print(f"  {sent if item.upload['bytes'] else 'the board had all of the bundle already'}{disk}")
        if item.reason:
            console.print(f"  {plain(item.reason)}", style="yellow")
    placed = [item for item in result.placements if item.state == "committed" and item.verified]
    if placed and len(placed) == len(result.placements):  # else the error tells how to go on
        slot = "" if placed[0].slot == "main" else f" --slot {plain(placed[0].slot)}"
        console.print(f"next  flyweight run {plain(placed[0].target)} FILE...{slot}", soft_wrap=True)


def _releases(result: "Releases", console: "Console") -> None:
    if not result.slots:
        console.print("nothing is deployed there yet\nnext  flyweight deploy BUNDLE TARGET")
    if result.trial_left_s is not None:
        console.print(f"on trial: goes back in {result.trial_left_s:.0f} s unless it is committed", style="yellow")
    for name, state in sorted(result.slots.items()):
        console.print(f"slot {plain(name)}", style="bold")
        for item in state.releases:
            mark = "*" if item.release == state.current else " "
            console.print(f" {mark} release {item.release:<5} {item.bundle[:16]}  {plain(item.name)}  {item.state}")

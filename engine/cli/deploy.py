"""``flyweight deploy``, ``rollback`` and ``releases``."""

from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show, size
from .options import AsJson, AsJsonLines, Project, Quiet, Slot, Target, Targets, Timeout

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.deployment import Deployed, Releases


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("deploy")(deploy)
    app.command("rollback")(rollback)
    app.command("releases")(releases)


def deploy(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="Id, name or folder of a bundle.")],
    targets: Targets,
    slot: Slot = "main",
    timeout: Timeout = 300.0,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Push a bundle, verify it on the board with the board's own runtime, then switch to it atomically.

    A bundle that fails its golden samples on the board is rejected; the release that ran before keeps running.

    Example: flyweight deploy int8 loopback
    """
    from ..verbs import deploy as verb

    show(
        lambda emit, cancel: verb(
            bundle, targets, slot=slot, timeout_s=timeout, project=project, emit=emit, cancel=cancel
        ),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_placements,
    )


def rollback(
    targets: Targets,
    slot: Slot = "main",
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Return a slot to the release before; the old content gets a new release number.

    Example: flyweight rollback loopback
    """
    from ..verbs import rollback as verb

    show(
        lambda emit, cancel: verb(targets, slot=slot, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_placements,
    )


def releases(target: Target, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """List the slots of a board with their releases.

    Example: flyweight releases loopback
    """
    from ..verbs import releases as verb

    show(lambda emit, cancel: verb(target, timeout_s=timeout), as_json=as_json, render=_releases)


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
        if item.upload:
            console.print(f"  sent {size(item.upload['bytes'])} in {item.upload['seconds']:.2f} s")
        if item.reason:
            console.print(f"  {plain(item.reason)}", style="yellow")


def _releases(result: "Releases", console: "Console") -> None:
    if not result.slots:
        console.print("nothing is deployed there yet\nnext  flyweight deploy BUNDLE TARGET")
    for name, state in sorted(result.slots.items()):
        console.print(f"slot {plain(name)}", style="bold")
        for item in state.releases:
            mark = "*" if item.release == state.current else " "
            console.print(f" {mark} release {item.release:<5} {item.bundle[:16]}  {plain(item.name)}  {item.state}")

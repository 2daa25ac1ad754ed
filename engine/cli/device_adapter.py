"""``flyweight device adapter``: add, list and remove runtimes that a vendor or you wrote an adapter for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .command_help import Application
from .console import plain, show
from .options import AsJson, DryRun, Quiet, Target, Targets, Timeout

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.adapters import Adapters

app = Application("adapter", "Runtimes of vendors (NPUs), one file each.")


@app.command()
def add(
    target: Target,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The adapter, one Python file (docs/adapters.md).")],
    dry_run: DryRun = False,
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put a runtime adapter on a board, signed.

    The board loads it in a limited child and says what it is; then measure, deploy and run take it with --runtime ID.

    Example: flyweight device adapter add rock5 rknn.py
    """
    from ..verbs import adapter_add as verb

    show(
        lambda emit, cancel: verb(target, file, dry_run=dry_run, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


@app.command("list")
def list_(targets: Targets, timeout: Timeout = 60.0, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """List the added adapters, with why one cannot be used.

    Example: flyweight device adapter list rock5
    """
    from ..verbs import adapter_list as verb

    show(
        lambda emit, cancel: verb(targets, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


@app.command()
def remove(
    target: Target,
    name: Annotated[str, typer.Argument(metavar="ID", help="Of the adapter.")],
    dry_run: DryRun = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take an adapter off a board.

    Example: flyweight device adapter remove rock5 rknn
    """
    from ..verbs import adapter_remove as verb

    show(
        lambda emit, cancel: verb(target, name, dry_run=dry_run, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Adapters", console: "Console") -> None:
    if result.planned is not None:
        console.print(f"would {plain(result.planned)}; there now:")
    for board, found in result.boards.items():
        console.print(f"{plain(board)}: {'no adapters' if not found else ''}", style="bold")
        for item in found:
            takes = ", ".join(item.formats) or "unknown"
            head = f"  {plain(item.id)}  takes {plain(takes)}  {item.sha256[:12]}"
            if item.version is None:
                console.print(head)
                console.print(f"    cannot be used there: {plain(item.reason or 'unknown')}", style="yellow")
            else:
                console.print(f"{head}  version {plain(item.version)}, runs on {plain(', '.join(item.providers))}")

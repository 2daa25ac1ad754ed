"""``flyweight profile cover``: the fewest variants that keep the limits of every board."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import LimitError
from . import completing
from .console import plain, show
from .device_show import first_of
from .options import AsJson, Project

if TYPE_CHECKING:
    from rich.console import Console

    from ..measure.covering import CoverReport

NEAREST = 3
"""Variants of which it is told why they do not suit a board."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cover")(cover)


def cover(
    max_latency_ms: Annotated[
        float | None, typer.Option("--max-latency-ms", metavar="MS", min=0, help="Limit of the median on every board.")
    ] = None,
    max_loss: Annotated[
        float, typer.Option("--max-loss", metavar="POINTS", min=0, help="Largest loss of accuracy, in points.")
    ] = 1.0,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL", help="Only variants of this model.")] = None,
    boards: Annotated[
        list[str] | None,
        typer.Option(
            "--board",
            metavar="BOARD|DEVICE",
            help="Board or device (repeatable; default: all).",
            autocompletion=completing.device,
        ),
    ] = None,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            metavar="[BOARD:]NAME=NUMBER",
            help="At most this of latency_ms, memory_mb, energy_mj, size_bytes or accuracy_loss, on one board or on all "
            "(repeatable); BOARD=MS limits a latency.",
        ),
    ] = None,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """The fewest variants that keep the limits of every board.

    And which board gets which. Of a board with several devices the worst counts; what was not measured is within no limit.
    The memory is what the model adds at the peak of its runs, the energy that of one inference, the size that of the packed
    file. Exits with 3 when no variant keeps the limits of a board that was measured.

    Example: flyweight profile cover --max-latency-ms 20 --limit raspberry-pi-zero-2-w=80

    Example: flyweight profile cover --limit latency_ms=20 --limit memory_mb=120 --limit pi-zero:memory_mb=40
    """
    from ..verbs import profile_cover as verb

    result = show(
        lambda emit, cancel: verb(
            max_latency_ms,
            max_loss_points=max_loss,
            model=model,
            boards=boards or (),
            limits=limit or (),
            project=project,
        ),
        as_json=as_json,
        render=_render,
    )
    missed = [board for board in result.cover.left_out if board not in result.unmeasured]
    if missed:
        raise LimitError(
            "no-variant-suits",
            f"no variant keeps the limits of {', '.join(missed)}",
            "compress further, for example: flyweight compress MODEL --data DATA --preset latency --target DEVICE --measure",
        )


def _render(result: "CoverReport", console: "Console") -> None:
    for board, variant in result.cover.assigned.items():
        found = result.nearest(board)
        words = "" if found is None else ", ".join(found.words)
        console.print(plain(f"{board}: {variant}: {words}"), soft_wrap=True)
    for board in result.cover.left_out:
        if board in result.unmeasured:
            console.print(plain(f"{board}: has no fresh reading of them"), style="yellow")
            continue
        console.print(plain(f"{board}: no variant keeps the limits"), style="yellow")
        judged = result.judged[board]
        for item in judged[:NEAREST]:
            console.print(plain(f"  {item.variant}: {'; '.join(item.words)}"), soft_wrap=True)
        if len(judged) > NEAREST:
            console.print(f"  {len(judged) - NEAREST} more are further from them; --json has them all")
    if result.devices:
        names = " ".join(map(plain, result.devices))
        console.print(f"not measured, so not known: {first_of(result.devices)}", style="yellow")
        console.print(f"next  flyweight profile run --bundles BUNDLE... --targets {names}", soft_wrap=True)
    if not result.cover.chosen:
        return
    how = "the fewest possible" if result.cover.exact else "found greedily, perhaps not the fewest"
    console.print(f"{len(result.cover.chosen)} of {result.considered} variants suffice ({how})")

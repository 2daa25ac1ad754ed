"""``flyweight profile history``: the latencies of a device over time."""

from typing import TYPE_CHECKING, Annotated

import typer

from profiles.columns import figure

from . import completing
from .console import plain, show
from .options import AsJson
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.past_readings import PastReadings


def register(app: typer.Typer) -> None:
    """Add the command to the group ``profile``."""
    app.command()(history)


def history(
    name: Annotated[
        str, typer.Argument(metavar="DEVICE", help="Name of the device, or loopback.", autocompletion=completing.device)
    ],
    last: Annotated[int, typer.Option("--last", "-n", metavar="N", help="The newest so many readings.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List the latencies of a device over time.

    Runs of one model after the other, nothing beside it; the oldest first.

    Example: flyweight profile history loopback
    """
    from ..verbs import profile_history as verb

    show(lambda emit, cancel: verb(name, last=last), as_json=as_json, render=_history)


def _history(result: "PastReadings", console: "Console") -> None:
    from rich.table import Table

    from profiles.reading import engine_name

    if not result.readings:
        console.print(f"nothing was measured there yet\nnext  flyweight measure BUNDLE {plain(result.name)}")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("measured (UTC)", "variant", "runtime", "threads", "p50 ms", "95 %", "state"):
        right = title in ("threads", "p50 ms")
        table.add_column(title, overflow="fold", justify="right" if right else "left")
    for item in result.readings:
        latency = item.latency_ms
        interval = "" if latency.ci95_p50 is None else f"[{figure(latency.ci95_p50[0])}, {figure(latency.ci95_p50[1])}]"
        table.add_row(
            plain(item.measured_at[:16].replace("T", " ")),
            plain(item.name or item.variant or item.bundle[:16]),
            plain(engine_name(f"{item.runtime} {item.runtime_version}", item.provider)),
            str(item.threads),
            figure(latency.p50, 4),
            interval,
            str(item.quality),
        )
    print_table(table, console)
    if result.left_out:
        console.print(f"{result.left_out} older readings are not shown (--last N)")

"""``flyweight device watch``, ``log`` and ``history``: what a board does and what was done on it."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from profiles.columns import figure

from ..events import Cancel, Emit, Event, Log, Look
from . import completing
from .console import plain, show
from .options import AsJson, AsJsonLines, Every, Quiet, Seconds, Timeout
from .tables import print_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console

    from ..verbs.board_log import BoardLog, DeviceHistory
    from ..verbs.watching import Watched

KINDS = (("temperature", "temp"), ("frequency", "clock"), ("load", "load"), ("memory", "used"), ("power", "power"))
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Name of the device, or loopback (this computer).", autocompletion=completing.device
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the group ``device``."""
    for command in (watch, log, history):
        app.command()(command)


def watch(
    name: Name,
    every: Every = 1.0,
    seconds: Seconds = 60.0,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Watch temperature, clock, load, memory and power.

    Nothing has to run on the board and nothing is deployed; what it has no sensor for is named with the reason. Ctrl-C
    ends it.

    Example: flyweight device watch loopback --every 1 --seconds 10
    """
    from ..verbs import device_watch as verb

    people = not (as_json or jsonl or quiet)

    def work(emit: Emit, cancel: Cancel) -> "Watched":
        told = _told(emit) if people else emit
        return verb(name, every_s=every, for_s=seconds, timeout_s=timeout, emit=told, cancel=cancel)

    show(work, as_json=as_json, jsonl=jsonl, quiet=quiet, render=_watched)


def _told(emit: Emit) -> Emit:
    """Each look as a line on stdout, whatever else is told where it was."""
    channels: dict[str, Mapping[str, str | None]] = {}

    def tell(event: Event) -> None:
        if not isinstance(event, Look):
            emit(event)
            return
        for sensor, channel in (event.channels or {}).items():
            if channel["reason"] and channels.get(sensor) != channel:
                print(f"no sensor: {plain(sensor)}: {plain(channel['reason'])}", flush=True)
            channels[sensor] = channel
        print(_line(event, channels), flush=True)

    return tell


def _line(look: Look, channels: "Mapping[str, Mapping[str, str | None]]") -> str:
    parts = [time.strftime("%H:%M:%S", time.localtime(look.t))]
    for kind, title in KINDS:
        for sensor, value in look.values.items():
            if sensor.partition(":")[0] == kind and value is not None:
                unit, scope = plain(channels[sensor]["unit"]), plain(channels[sensor]["scope"])
                where = f" {scope}" if kind == "power" else ""
                parts.append(f"{title} {value:.{2 if kind == 'power' else 0}f} {unit}{where}")
                break
    if look.throttling is not None:
        parts.append(f"throttling: {', '.join(look.throttling)}" if look.throttling else "not throttled")
    return "  ".join(parts)


def _figure(value: float | None) -> str:
    return "" if value is None else figure(value, 4)


def _watched(result: "Watched", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("sensor", "least", "mean", "most", "unit", "of", "looks"):
        table.add_column(title, justify="left" if title in ("sensor", "unit", "of") else "right", overflow="fold")
    for item in result.sensors:
        if item.n:
            figures = (_figure(value) for value in (item.least, item.mean, item.most))
            unit, scope = plain(item.channel.unit), plain(item.channel.scope)
            table.add_row(plain(item.sensor), *figures, unit, scope, str(item.n))
    print_table(table, console)
    if result.throttled is None:
        console.print("throttling: this board cannot tell")
    elif result.throttled:
        console.print(f"throttling: {', '.join(result.throttled)}", style="yellow")


def log(
    name: Name,
    lines: Annotated[int, typer.Option("--lines", "-n", metavar="N", help="The newest so many lines.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with every new line; Ctrl-C ends it.")] = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
) -> None:
    """Show what the agent of a board wrote down.

    Switches, trials, refusals, failures and measurements, with who asked for them. The log stays on the board and is
    small: 512 kB at most.

    Example: flyweight device log loopback --lines 20
    """
    from ..verbs import device_log as verb
    from ..verbs.board_log import MAX_FOLLOW_S

    def tell(emit: Emit) -> Emit:
        if not follow or as_json or jsonl:
            return emit
        return lambda event: print(plain(event.message), flush=True) if isinstance(event, Log) else emit(event)

    seconds = MAX_FOLLOW_S if follow else 0.0
    show(
        lambda emit, cancel: verb(
            name, lines=lines, follow_s=seconds, timeout_s=timeout, emit=tell(emit), cancel=cancel
        ),
        as_json=as_json,
        jsonl=jsonl,
        render=None if follow else _log,
    )


def _log(result: "BoardLog", console: "Console") -> None:
    from ..deploy.agent_log import clock_words
    from ..verbs.board_log import line_of

    for entry in result.lines:
        console.print(plain(line_of(entry)))
    if not result.lines:
        console.print("nothing was done on this board yet")
    if result.clock_ahead_s is not None and abs(result.clock_ahead_s) > 60:
        console.print(f"the board's clock is {clock_words(result.clock_ahead_s)}", style="yellow")


def history(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """List what happened to the slots of a board.

    Every deployment, rollback, end of a trial and refusal, from whichever desktop or rollout; the newest first.

    Example: flyweight device history loopback
    """
    from ..verbs import device_history as verb

    show(lambda emit, cancel: verb(name, timeout_s=timeout, cancel=cancel), as_json=as_json, render=_history)


def _history(result: "DeviceHistory", console: "Console") -> None:
    from rich.table import Table

    if not result.events:
        console.print("nothing was deployed there yet\nnext  flyweight deploy BUNDLE TARGET")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("when", "slot", "what", "release", "variant", "from", "reason"):
        table.add_column(title, overflow="fold")
    for item in result.events:
        when = "before the log" if item.t is None else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(item.t))
        cells = (item.slot, item.event, item.release or "", item.variant or item.bundle[:16], item.client, item.reason)
        table.add_row(when, *(plain(cell) for cell in cells))
    print_table(table, console)

"""``flyweight profile compare``: two boards, or the releases, the variants or the past of one."""

from typing import TYPE_CHECKING, Annotated

import typer

from profiles.columns import figure

from ..errors import UsageError
from . import completing
from .console import plain, show
from .options import AsJson
from .tables import print_table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console
    from rich.table import Table

    from profiles.published import PublishedRatio
    from profiles.stale import Stale

    from ..verbs.knowledge import BoardComparison
    from ..verbs.succession import Course, Succession


def register(app: typer.Typer) -> None:
    """Add the command to the group ``profile``."""
    app.command()(compare)


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="Board id or device name.", autocompletion=completing.device)],
    b: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The other one.", autocompletion=completing.device)
    ] = None,
    releases: Annotated[bool, typer.Option("--releases", help="The releases of a slot of A, one by one.")] = False,
    slot: Annotated[
        str, typer.Option("--slot", metavar="NAME", help="Which slot.", autocompletion=completing.slot)
    ] = "main",
    variants: Annotated[bool, typer.Option("--variants", help="The variants of a model that A measured.")] = False,
    model: Annotated[str | None, typer.Option("--model", metavar="MODEL", help="Which model's variants.")] = None,
    over_time: Annotated[bool, typer.Option("--over-time", help="A's first readings and its newest.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put two boards beside each other, or what one board ran.

    Of two boards: the bundles both have measured. Of one: --releases, --variants or --over-time.

    Example: flyweight profile compare pi4 pi5
    """
    if sum((b is not None, releases, variants, over_time)) != 1:
        raise UsageError(
            "compare-what", "name one thing to compare", "give a second board, --releases, --variants or --over-time"
        )
    if b is not None:
        from ..verbs import profile_compare

        other = b
        show(lambda emit, cancel: profile_compare(a, other), as_json=as_json, render=_compared)
    elif releases:
        from ..verbs import profile_releases

        show(lambda emit, cancel: profile_releases(a, slot=slot, cancel=cancel), as_json=as_json, render=_succession)
    elif variants:
        from ..verbs import profile_variants

        show(lambda emit, cancel: profile_variants(a, model=model), as_json=as_json, render=_succession)
    else:
        from ..verbs import profile_over_time

        show(lambda emit, cancel: profile_over_time(a), as_json=as_json, render=_course)


def _table(titles: "Iterable[str]", right: "Iterable[str]", title: str | None = None) -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold", title=title)
    for name in titles:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right")
    return table


def _interval(ci95: "tuple[float, float] | None") -> str:
    return "" if ci95 is None else f"[{ci95[0]:.2f}, {ci95[1]:.2f}]"


def _compared(result: "BoardComparison", console: "Console") -> None:
    from profiles.reading import engine_name

    figures = ("thr", f"{plain(result.a)} ms", f"{plain(result.b)} ms", "speed-up", "95 % interval")
    table = _table(("variant", "runtime"), figures)
    for row in result.rows:
        cells = (str(row.threads), figure(row.a.p50_ms, 4), figure(row.b.p50_ms, 4), f"{row.ratio:.2f}x")
        table.add_row(plain(row.name), plain(engine_name(row.runtime, row.provider)), *cells, _interval(row.ci95))
    if result.rows:
        print_table(table, console)
    stale_note(result.stale, console)
    _published_ratios(result.a, result.b, result.published, console)


def _published_ratios(a: str, b: str, rows: "tuple[PublishedRatio, ...]", console: "Console") -> None:
    if not rows:
        return
    figures = (f"{plain(a)} ms", "thr", f"{plain(b)} ms", "thr", "speed-up")
    table = _table(("model", "source"), figures, "published by others, not measured")
    for row in rows:
        sides = [cell for side in (row.a, row.b) for cell in (figure(side.latency_ms, 4), str(side.threads))]
        table.add_row(plain(row.model), row.source, *sides, f"{row.ratio:.2f}x")
    print_table(table, console)


def stale_note(items: "tuple[Stale, ...]", console: "Console") -> None:
    """How many readings were left out, and the first reason."""
    if items:
        console.print(f"{len(items)} stale readings were left out: {plain(items[0].changed[0])}", style="yellow")


def _succession(result: "Succession", console: "Console") -> None:
    from profiles.reading import engine_name

    first = "release" if result.slot else "variant"
    table = _table((first, *(("bundle",) if result.slot else ()), "runtime"), ("thr", "p50 ms", "speed-up", "95 %"))
    table.add_column("against", overflow="fold")
    for row in result.rows:
        label = plain(row.label) + (" *" if row.label == f"release {result.current}" else "")
        names = (label, plain(row.name)) if result.slot else (label,)
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}x"
        against = row.reason or "" if row.against is None else f"{row.against}{_how(row.paired, row.reason)}"
        p50 = "n/a" if row.side is None else figure(row.side.p50_ms, 4)
        way = (plain(engine_name(row.runtime or "", row.provider)), "" if row.threads is None else str(row.threads))
        table.add_row(*names, way[0], way[1], p50, ratio, _interval(row.ci95), plain(against))
    print_table(table, console)
    if result.slot:
        console.print("* runs now", style="dim")


def _how(paired: bool, reason: str | None) -> str:
    if reason is not None:
        return f" ({reason})"
    return " (same plan)" if paired else " (another run)"


def _course(result: "Course", console: "Console") -> None:
    from profiles.reading import engine_name

    if not result.rows:
        console.print(f"nothing was measured twice on {plain(result.target)} yet")
        return
    figures = ("thr", "first ms", "when", "now ms", "when", "speed-up", "95 %", "n")
    table = _table(("variant", "runtime"), figures)
    table.add_column("what changed", overflow="fold")
    for row in result.rows:
        cells = [cell for side in (row.first, row.now) for cell in (figure(side.p50_ms, 4), side.measured_at[:10])]
        told = (*cells, f"{row.ratio:.2f}x", _interval(row.ci95), str(row.readings))
        table.add_row(
            plain(row.name),
            plain(engine_name(row.runtime, row.provider)),
            str(row.threads),
            *told,
            plain("; ".join(row.changed) or "nothing"),
        )
    print_table(table, console)

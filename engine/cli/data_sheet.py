"""The data sheet ``flyweight profile show`` prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .console import plain

if TYPE_CHECKING:
    from rich.console import Console

    from profiles.published import Published

    from ..verbs.profiling import ProfileDocument, ProfileRow


def data_sheet(result: "ProfileDocument", console: "Console") -> None:
    """Facts of the board, a line a row, what the lines leave out, and figures of others."""
    from rich.table import Table

    console.print(plain(result.name), style="bold")
    for line in result.facts:
        console.print(plain(line))
    if not result.rows:
        console.print("nothing measured yet\nnext  flyweight measure BUNDLE TARGET")
        _published(result.published, console)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("variant", overflow="fold", min_width=16)
    table.add_column("runtime", overflow="fold")
    cells = [row.cells() for row in result.rows]
    names = ("thr", "p50 ms", "95 % interval", "p99 ms", "peak MB", "mJ", "runs/rows", "age", "state")
    # A column nobody has a figure for only takes the room of the names.
    kept = [place for place, _ in enumerate(names, 2) if any(texts[place] != "n/a" for texts in cells)]
    for place in kept:
        table.add_column(names[place - 2], justify="right", no_wrap=True)
    for texts in cells:
        table.add_row(*(plain(texts[place]) for place in (0, 1, *kept)))
    console.print(table)
    _details(result.rows, console)
    for row in result.rows:
        if row.changed:
            console.print(
                f"{plain(row.newest.name or row.newest.model)}: stale ({plain('; '.join(row.changed))})", style="yellow"
            )
    _published(result.published, console)


def _details(rows: "Sequence[ProfileRow]", console: "Console") -> None:
    """What the table leaves out, row by row; what no row has is said once."""
    from rich.padding import Padding
    from rich.table import Table

    from ..verbs.sheet import NO_SENSOR, NOT_MEASURED

    told = [dict(row.details()) for row in rows]
    absent = [name for name in told[0] if all(item[name] == NOT_MEASURED for item in told)]
    untold = [name for name in told[0] if all(item[name] == NO_SENSOR for item in told)]
    for row, item in zip(rows, told, strict=True):
        console.print()
        console.print(plain(f"{row.cells()[0]}, {row.newest.runtime}, {row.newest.threads} thr"), style="bold")
        table = Table.grid(padding=(0, 1))
        for name, text in item.items():
            if name not in absent and name not in untold:
                table.add_row(plain(name), plain(text))
        console.print(Padding(table, (0, 0, 0, 2)))
    if untold or absent:
        console.print()
    if untold:
        console.print(f"{' and '.join(untold)}: {NO_SENSOR}", style="dim")
    if absent:
        options = {"sustained": "--sustained 10", "energy": "--energy"}
        asked = " ".join(options[name] for name in absent if name in options)
        console.print(f"{' and '.join(absent)}: not measured; flyweight measure BUNDLE TARGET {asked}", style="dim")


def _published(figures: "tuple[Published, ...]", console: "Console") -> None:
    """One line a model, one column a configuration, under a title that says whose figures these are."""
    from rich.table import Table

    for source in dict.fromkeys(item.source for item in figures):
        own = [item for item in figures if item.source == source]
        said = own[0].to_json()
        columns = tuple(dict.fromkeys((i.device, i.threads, i.cores) for i in own))
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(f"published: {source}", overflow="fold")
        for device, threads, cores in columns:
            alike = len({name for name, *_ in columns}) == 1
            table.add_column(plain(f"{'' if alike else device + ' '}{threads} thr {cores} ms"), justify="right")
        for model in dict.fromkeys(item.model for item in own):
            at = {(i.device, i.threads, i.cores): i.latency_ms for i in own if i.model == model}
            table.add_row(plain(model), *(f"{at[c]:.4g}" if c in at else "" for c in columns))
        console.print()
        console.print(table)
        console.print(
            plain(f"not measured by you: means of {said['repository']}, commit {said['commit']}"), style="dim"
        )

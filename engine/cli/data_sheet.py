"""The data sheet ``flyweight profile show`` prints."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from profiles.columns import figure

from .console import plain
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from profiles.published import Published

    from ..verbs.profiling import ProfileDocument, ProfileRow


NARROW = ("p99 ms", "peak MB", "mJ", "runs/rows")
WIDTHS = (110, 110, 110, 90)
"""Columns that leave the table on a screen narrower than this; the lines below tell them, too."""
COLUMNS = {
    "p50 ms": "median of the newest reading's runs, with its 95 % interval",
    "peak MB": "what the model adds to the runtime's memory",
    "mJ": "energy of one inference",
    "runs/rows": "timed runs of the newest reading / readings there are",
}
STATES = {
    "noted": "usable, see its remarks",
    "stale": "measured before something changed, not compared until measured again",
    "rejected": "not believable, used nowhere",
    "simulated": "made by a test board, not hardware",
    "declared": "entered by you, not measured",
}
"""What a reader who sees a sheet for the first time cannot know."""


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
    table.add_column("runtime", overflow="fold", min_width=11)
    cells = [row.cells() for row in result.rows]
    names = ("thr", "p50 ms", "95 % interval", "p99 ms", "peak MB", "mJ", "runs/rows", "age", "state")
    # A column nobody has a figure for only takes the room of the names, and so does on a narrow screen what stands below.
    below = NARROW[: sum(console.width < width for width in WIDTHS)]
    kept = [
        place
        for place, name in enumerate(names, 2)
        if name not in below and any(texts[place] != "n/a" for texts in cells)
    ]
    for place in kept:
        table.add_column(names[place - 2], justify="right", no_wrap=True)
    for texts in cells:
        table.add_row(*(plain(texts[place]) for place in (0, 1, *kept)))
    console.print()
    print_table(table, console)
    _legend([names[place - 2] for place in kept], {row.state for row in result.rows}, console)
    _details(result.rows, console)
    for row in result.rows:
        if row.changed:
            console.print(
                f"{plain(row.newest.name or row.newest.model)}: stale ({plain('; '.join(row.changed))})", style="yellow"
            )
    _published(result.published, console)


def _legend(columns: "Sequence[str]", states: "set[str]", console: "Console") -> None:
    """What the columns and the states that occur mean."""
    said = [f"{name}: {text}" for name, text in COLUMNS.items() if name in columns]
    said += [f"{name}: {text}" for name, text in STATES.items() if name in states]
    console.print("; ".join(said), style="dim")


def _details(rows: "Sequence[ProfileRow]", console: "Console") -> None:
    """What the table leaves out, row by row; what no row has is said once."""
    from rich.padding import Padding
    from rich.table import Table

    from ..verbs.sheet import NO_SENSOR, NOT_COMPARED, NOT_MEASURED

    told = [row.details() for row in rows]
    names = tuple(dict.fromkeys(name for item in told for name, _ in item))

    def nowhere(word: str) -> list[str]:
        return [name for name in names if all(text == word for item in told for own, text in item if own == name)]

    absent, untold = nowhere(NOT_MEASURED), nowhere(NO_SENSOR)
    for row, item in zip(rows, told, strict=True):
        console.print()
        console.print(plain(f"{row.cells()[0]}, {row.newest.runtime}, {row.newest.threads} thr"), style="bold")
        table = Table.grid(padding=(0, 1))
        before = ""
        for name, text in item:
            if text not in ("", NOT_COMPARED) and name not in absent and name not in untold:
                table.add_row(plain("" if name == before else name), plain(text))
                before = name
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

    from profiles.published import sources

    for source in dict.fromkeys(item.source for item in figures):
        own = [item for item in figures if item.source == source]
        columns = tuple(dict.fromkeys((i.device, i.threads, i.cores) for i in own))
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(f"published: {source}", overflow="fold")
        for device, threads, cores in columns:
            alike = len({name for name, *_ in columns}) == 1
            table.add_column(plain(f"{'' if alike else device + ' '}{threads} thr {cores} ms"), justify="right")
        for model in dict.fromkeys(item.model for item in own):
            at = {(i.device, i.threads, i.cores): i.latency_ms for i in own if i.model == model}
            table.add_row(plain(model), *(figure(at[c], 4) if c in at else "" for c in columns))
        console.print()
        print_table(table, console)
        origin = sources()[source].repository
        for place, commit in dict.fromkeys((item.repository, item.commit) for item in own):
            copy = "" if place == origin else f", as its copy {place} holds them"
            console.print(
                plain(f"not measured by you: means of {origin}{copy}, commit {commit or 'not known'}"), style="dim"
            )

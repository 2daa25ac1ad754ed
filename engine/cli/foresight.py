"""What ``flyweight profile predict`` shows, and its way from other boards."""

from pathlib import Path
from typing import TYPE_CHECKING

from profiles.columns import figure

from .console import plain, show
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from profiles.memory import PredictedMemory

    from ..verbs.foresight import Predictions
    from ..verbs.transferring import Transferred


def predictions(result: "Predictions", console: "Console") -> None:
    """What ``profile predict`` found on the device's own readings."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    for column in ("predicted ms", "90 % interval", "measured ms", "memory MB", "measured MB"):
        table.add_column(column, justify="right")
    for item in result.models:
        found = item.predicted.interval
        interval = "too few readings" if found is None else f"[{figure(found[0], 4)}, {figure(found[1], 4)}]"
        measured = "" if item.measured_ms is None else figure(item.measured_ms, 4)
        taken = "" if item.measured_mb is None else f"{item.measured_mb:.1f}"
        table.add_row(
            plain(item.name), figure(item.predicted.p50_ms, 4), interval, measured, _memory(item.memory), taken
        )
    print_table(table, console)
    basis = f"{result.readings} readings" + (f", {result.probe}" if result.probe else "")
    console.print(f"predicted from {basis} of {plain(result.target)}, {result.threads} thread; not a measurement")
    for item in result.models:
        if item.predicted.untold:
            kinds = ", ".join(name.replace("_", " ") for name in item.predicted.untold)
            console.print(
                f"{plain(item.name)}: nothing measured there has layers of these kinds: {kinds}; add --micro-benchmark",
                style="yellow",
            )
    if result.measure_next is not None:
        console.print(
            f"next  measuring {plain(result.measure_next)} would teach most; with --operators each of its layers does"
        )


def _transferred(result: "Transferred", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    for column in ("predicted ms", "90 % interval", "known ms"):
        table.add_column(column, justify="right")
    for item in result.models:
        low, high = item.interval
        known = "" if item.anchor is None else f"{figure(item.anchor.latency_ms, 4)} ({item.anchor.origin})"
        table.add_row(plain(item.name), figure(item.latency_ms, 4), f"[{figure(low, 4)}, {figure(high, 4)}]", known)
    print_table(table, console)
    console.print(plain(f"{result.basis}, {result.configurations} configurations; not a measurement"))
    if any(item.anchor is not None for item in result.models):
        console.print("what is known of a model was left out of its own prediction")
    if result.caution is not None:
        console.print(plain(result.caution), style="yellow")
    if result.measure_next is not None:
        console.print(f"next  measuring {plain(result.measure_next)} would teach most")


def _memory(found: "PredictedMemory | None") -> str:
    if found is None:
        return "too few readings"
    interval = "" if found.interval is None else f" [{found.interval[0]:.1f}, {found.interval[1]:.1f}]"
    return f"{found.peak_mb:.1f}{interval}"


def transfer(
    target: str,
    models: list[str],
    other_boards: bool,
    micro_benchmark: bool,
    published: str | None,
    anchors: list[str],
    threads: int,
    project: Path | None,
    as_json: bool,
) -> None:
    """Predict from other boards, as ``profile predict --other-boards|--published`` asks."""
    from ..errors import UsageError
    from ..verbs import profile_transfer as verb

    def found() -> "Transferred":
        if micro_benchmark or (other_boards and published is not None):
            raise UsageError(
                "one-source",
                "a prediction rests on --micro-benchmark, --other-boards or --published, not on two of them",
                "leave out all but one",
            )
        pairs = [item.partition("=") for item in anchors]
        bad = next((item for item, pair in zip(anchors, pairs, strict=True) if not (pair[0] and pair[2])), None)
        if bad is not None:
            raise UsageError("bad-anchor", f"'{bad}' is no anchor", "give --anchor MODEL=MS or --anchor MODEL=BUNDLE")
        given = {name: value for name, _, value in pairs}
        return verb(target, models, published=published, anchors=given, threads=threads, project=project)

    show(lambda emit, cancel: found(), as_json=as_json, render=_transferred)

"""``flyweight measure``: latency and memory on the board, with intervals and a verdict."""

from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show
from .options import AsJson, AsJsonLines, Project, Quiet, Targets, Timeout

if TYPE_CHECKING:
    from rich.console import Console

    from profiles.reading import Comparison, Reading

    from ..verbs.measurement import Measurements


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("measure")(measure)


def measure(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="Id, name or folder of a bundle.")],
    targets: Targets,
    against: Annotated[
        str | None, typer.Option("--against", metavar="BUNDLE", help="Measure this one in the same run and compare.")
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, max=256, help="Threads of the runtime.")] = 1,
    min_runs: Annotated[int, typer.Option("--min-runs", min=30, help="Runs per variant (p99 needs 299).")] = 299,
    min_speedup: Annotated[
        float | None,
        typer.Option("--min-speedup", min=0, help="Exit with 3 unless the speed-up is surely at least this."),
    ] = None,
    max_latency_ms: Annotated[
        float | None,
        typer.Option("--max-latency-ms", min=0, help="Exit with 3 unless the median is surely below this."),
    ] = None,
    timeout: Timeout = 600.0,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Measure a bundle on boards; the readings go into the profile of the hardware.

    With --against both run in interleaved blocks in random order; the speed-up is the ratio of paired block medians with
    its 95 % interval. PASS = surely not slower (3 % margin), FAIL = surely slower, else INCONCLUSIVE.

    Example: flyweight measure int8 loopback --against fp32
    """
    from ..verbs import measure as verb

    show(
        lambda emit, cancel: verb(
            bundle,
            targets,
            against=against,
            threads=threads,
            min_runs=min_runs,
            min_speedup=min_speedup,
            max_latency_ms=max_latency_ms,
            timeout_s=timeout,
            project=project,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Measurements", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("target", "board", "variant", "runtime"):
        table.add_column(column, overflow="fold")
    for column in ("threads", "p50 ms", "95 % interval", "p90", "p99", "runs", "memory MB"):
        table.add_column(column, justify="right", no_wrap=True)
    for reading in result.readings:
        table.add_row(*_row(reading))
    console.print(table)
    for reading in result.readings:
        for reason in reading.reasons:
            console.print(f"{plain(reading.name or reading.model)}: {plain(reason)}", style="yellow")
    for comparison in result.comparisons:
        console.print(_sentence(comparison, {item.bundle: item.name or item.bundle[:12] for item in result.readings}))


def _row(reading: "Reading") -> tuple[str, ...]:
    latency = reading.latency_ms
    interval = "" if latency.ci95_p50 is None else f"[{latency.ci95_p50[0]:.4g}, {latency.ci95_p50[1]:.4g}]"
    peak = reading.memory_mb.run_peak
    return (
        plain(reading.target),
        plain(reading.board),
        plain(reading.name or reading.variant or reading.model),
        f"{reading.runtime} {plain(reading.runtime_version)}",
        str(reading.threads),
        f"{latency.p50:.4g}",
        interval,
        "n/a" if latency.p90 is None else f"{latency.p90:.4g}",
        "n/a" if latency.p99 is None else f"{latency.p99:.4g}",
        f"{latency.n:,}",
        "n/a" if peak is None else f"{peak:.1f}",
    )


def _sentence(item: "Comparison", names: dict[str, str]) -> str:
    low, high = item.ci95
    return (
        f"{plain(names[item.a])} against {plain(names[item.b])} on {plain(item.target)}: "
        f"{item.speedup:.2f}x [{low:.2f}, {high:.2f}]  {item.verdict}{' (equal)' if item.equal else ''}"
    )

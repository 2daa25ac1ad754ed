"""``flyweight measure``: latency and memory on the board, with intervals and a verdict."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from profiles.columns import figure

from . import completing
from .console import plain, show
from .options import AsJson, AsJsonLines, Delegate, DelegateOption, Project, Provider, Quiet, Runtime, Targets, Timeout
from .tables import print_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from profiles.reading import Comparison, Reading

    from ..measure.operators import LayerTime
    from ..verbs.measurement import Measurements

MAX_THREADS = 256
SLOWEST = 12
LONGEST = 80
"""Of a layer's name as it is shown: what tells layers apart stands at the end."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("measure")(measure)


def measure(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="Id, name or folder of a bundle.", autocompletion=completing.bundle)
    ],
    targets: Targets,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="BUNDLE",
            help="Measure this one in the same run and compare.",
            autocompletion=completing.bundle,
        ),
    ] = None,
    threads: Annotated[
        str, typer.Option("--threads", metavar="N[,N...]", help="Threads of the runtime; several give one run each.")
    ] = "1",
    min_runs: Annotated[
        int, typer.Option("--min-runs", metavar="N", min=30, help="Runs per variant (p99 needs 299).")
    ] = 299,
    energy: Annotated[
        bool, typer.Option("--energy", help="Also energy per inference (30 s per variant, needs a power sensor).")
    ] = False,
    operators: Annotated[
        bool,
        typer.Option("--operators", help="Also the time per layer: traced (onnxruntime), or by cut models (TFLite)."),
    ] = False,
    beside: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="SLOT",
            help="Slot whose model runs all the while (repeatable).",
            autocompletion=completing.slot,
        ),
    ] = None,
    plug: Annotated[
        str | None,
        typer.Option(
            "--plug", metavar="URL", help="Energy from a plug: shelly://HOST, shelly1://HOST, tasmota://HOST."
        ),
    ] = None,
    declared_power: Annotated[
        str | None,
        typer.Option(
            "--declared-power",
            metavar="IDLE:LOAD",
            help="Watts you read off a meter at rest and under load (2.7:4.1, or 2.7:4.1@board); marked as declared.",
        ),
    ] = None,
    sustained: Annotated[
        float | None,
        typer.Option(
            "--sustained",
            metavar="MINUTES",
            min=1,
            max=120,
            help="Run so long: the first minute against the warm board.",
        ),
    ] = None,
    before: Annotated[
        str | None, typer.Option("--before", metavar="CMD", help="On the board, before: stops your own service.")
    ] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="CMD", help="On the board, after, whatever happens: starts it.")
    ] = None,
    runtime: Runtime = None,
    provider: Provider = None,
    delegate: Delegate = None,
    delegate_option: DelegateOption = None,
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            metavar="NAME",
            help="As a service instead: server, camera, multi-stream, offline, cold-burst.",
        ),
    ] = None,
    rate: Annotated[
        float, typer.Option("--rate", metavar="HZ", min=0, help="Queries or frames a second (server, camera).")
    ] = 0.0,
    seconds: Annotated[
        float, typer.Option("--seconds", metavar="S", min=1, max=3600, help="Length of a scenario.")
    ] = 10.0,
    burst: Annotated[
        int, typer.Option("--burst", metavar="N", min=1, max=1000, help="Inferences of a cold burst.")
    ] = 8,
    rest: Annotated[
        float,
        typer.Option("--rest", metavar="S", min=0.1, max=500, help="Seconds the board rests before each cold burst."),
    ] = 5.0,
    deadline_ms: Annotated[
        float | None, typer.Option("--deadline-ms", metavar="MS", min=0, help="Of a query (camera: one frame period).")
    ] = None,
    min_speedup: Annotated[
        float | None,
        typer.Option(
            "--min-speedup", metavar="FACTOR", min=0, help="Exit with 3 unless the speed-up is surely at least this."
        ),
    ] = None,
    max_latency_ms: Annotated[
        float | None,
        typer.Option(
            "--max-latency-ms", metavar="MS", min=0, help="Exit with 3 unless the median is surely below this."
        ),
    ] = None,
    timeout: Timeout = 600.0,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Measure a bundle on boards and keep the readings.

    The readings go into the profile of the hardware.

    With --against both run in interleaved blocks in random order; the speed-up is the ratio at which runs of the two agree
    most, round by round, with its 95 % interval. PASS = surely not slower (3 % margin), FAIL = surely slower, else INCONCLUSIVE.

    Example: flyweight measure int8 loopback --against baseline
    """
    from ..verbs import measure as verb

    counts = _counts(threads)
    if scenario is not None:
        given = {
            "--against": against,
            "--energy": energy,
            "--operators": operators,
            "--with": beside,
            "--plug": plug,
            "--declared-power": declared_power,
            "--sustained": sustained,
            "--min-speedup": min_speedup,
            "--max-latency-ms": max_latency_ms,
        }
        _alone([name for name, value in given.items() if value], counts)
        where = _Where(before, after, runtime, provider, delegate, tuple(delegate_option or ()))
        how = _How(rate, seconds, deadline_ms, burst, rest)
        _service(scenario, bundle, targets, how, counts[0], where, timeout, project, as_json, jsonl, quiet)
        return
    show(
        lambda emit, cancel: verb(
            bundle,
            targets,
            against=against,
            threads=counts,
            min_runs=min_runs,
            energy=energy,
            operators=operators,
            beside=beside or (),
            plug=plug,
            declared_power=declared_power,
            sustained=sustained,
            before=before,
            after=after,
            runtime=runtime,
            provider=provider,
            delegate=delegate,
            delegate_options=delegate_option or (),
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


class _Where(NamedTuple):
    """Around what and on what a scenario runs."""

    before: str | None
    after: str | None
    runtime: str | None
    provider: str | None
    delegate: str | None
    delegate_options: tuple[str, ...]


class _How(NamedTuple):
    """A scenario's numbers."""

    rate: float
    seconds: float
    deadline_ms: float | None
    burst: int
    rest: float


def _alone(given: list[str], counts: tuple[int, ...]) -> None:
    """What a scenario does not do is refused, never ignored."""
    if given:
        raise typer.BadParameter(
            f"a scenario takes no {', '.join(given)}; it takes --rate, --seconds, --deadline-ms, --burst, --rest, --threads, "
            "--before, --after, --runtime, --provider and --delegate",
            param_hint="--scenario",
        )
    if len(counts) > 1:
        raise typer.BadParameter("a scenario runs with one number of threads", param_hint="--threads")


def _service(
    scenario: str,
    bundle: str,
    targets: list[str],
    how: "_How",
    threads: int,
    where: "_Where",
    timeout: float,
    project: Path | None,
    as_json: bool,
    jsonl: bool,
    quiet: bool,
) -> None:
    """``--scenario``: the bundle as a service."""
    from ..measure.scenario import Kind, Request
    from ..verbs import measure_scenario as verb

    if scenario not in list(Kind):
        raise typer.BadParameter(f"'{scenario}' is none of {', '.join(Kind)}", param_hint="--scenario")
    request = Request(Kind(scenario), how.rate, how.seconds, how.deadline_ms, rest_s=how.rest)
    if request.kind is Kind.COLD_BURST:
        request = replace(request, per_query=how.burst)
    show(
        lambda emit, cancel: verb(
            bundle,
            targets,
            request,
            threads=threads,
            before=where.before,
            after=where.after,
            runtime=where.runtime,
            provider=where.provider,
            delegate=where.delegate,
            delegate_options=where.delegate_options,
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


def _stream(reading: "Reading", console: "Console") -> None:
    """What a service is judged by."""
    from ..verbs.sheet import service_lines

    for line in service_lines(reading.scenario, reading.stream or {}):
        console.print(plain(line))


def _counts(text: str) -> tuple[int, ...]:
    """``1,2,4`` as numbers."""
    parts = text.split(",")
    if all(part.strip().isdecimal() and 1 <= int(part) <= MAX_THREADS for part in parts):
        return tuple(int(part) for part in parts)
    raise typer.BadParameter(f"'{text}' is no list of numbers from 1 to {MAX_THREADS}", param_hint="--threads")


def _render(result: "Measurements", console: "Console") -> None:
    from rich.table import Table

    from ..verbs.sheet import neighbour_lines

    for board in dict.fromkeys((item.target, item.board) for item in result.readings):
        console.print(f"measured on {plain(board[0])} ({plain(board[1])})")
    table = Table(box=None, pad_edge=False, header_style="bold")
    several = len({item.target for item in result.readings}) > 1
    table.add_column("variant", overflow="fold", min_width=24)
    table.add_column("runtime", no_wrap=True)
    for column in ("threads", "p50 ms", "95 % interval", "p90", "p99", "runs", "memory MB"):
        table.add_column(column, justify="right", no_wrap=True)
    if any(item.energy_mj is not None for item in result.readings):
        table.add_column("energy mJ", justify="right", overflow="fold")
    for reading in result.readings:
        table.add_row(*_row(reading, several)[: len(table.columns)])
    print_table(table, console)
    said = (f"{plain(item.name or item.model)}: {plain(reason)}" for item in result.readings for reason in item.reasons)
    for line in dict.fromkeys(said):
        console.print(line, style="yellow")
    _distributions(result.readings, console)
    _trust(result.readings, console)
    _lasting(result.readings, console)
    for reading in result.readings:
        for line in neighbour_lines(reading):
            console.print(plain(line))
        if reading.stream is not None:
            _stream(reading, console)
    names = {item.bundle: item.name or item.bundle[:12] for item in result.readings}
    for comparison in result.comparisons:
        console.print(_sentence(comparison, names))
        if hint := _slower_integers(comparison, result.readings, names):
            console.print(hint, style="yellow")
    for reading, layers in zip(result.readings, result.layers, strict=False):
        _layers(reading, layers, console)


def _distributions(readings: "tuple[Reading, ...]", console: "Console") -> None:
    """How the runs of each reading are distributed, a line each; the bars are equally wide on a log scale."""
    from rich.table import Table

    from ..verbs.sheet import histogram_line

    several = len({item.target for item in readings}) > 1
    table = Table.grid(padding=(0, 2))
    for reading in readings:
        if line := histogram_line(reading):
            table.add_row(_row(reading, several)[0], f"{reading.threads} thr", line)
    if table.row_count:
        console.print("latency histogram", style="bold")
        print_table(table, console)


def _trust(readings: "tuple[Reading, ...]", console: "Console") -> None:
    """The grade of the board's state and what kept the models in, once for all that were measured together."""
    from ..measure.preflight import OWN
    from ..verbs.sheet import isolation_line

    shown = set()
    for reading in readings:
        if (reading.target, reading.nonce) in shown:
            continue
        shown.add((reading.target, reading.nonce))
        if kept := isolation_line(reading):
            console.print(f"isolation on {plain(reading.target)}: {plain(kept)}")
        if reading.trust is None:
            continue
        bad = [f"{item['name']} ({item['detail']})" for item in reading.trust["checks"] if not item["ok"]]
        own = [f"the agent {item['detail']}" for item in reading.trust["checks"] if item["name"] == OWN and item["ok"]]
        text = "".join(f"; {part}" for part in (", ".join(bad), *own) if part)
        console.print(f"trust in {plain(reading.target)}: {reading.trust['grade']}{plain(text)}")


def _lasting(readings: "tuple[Reading, ...]", console: "Console") -> None:
    """First minute against steady state, with the rank in both."""
    from ..verbs.sheet import warmth_line

    for reading in readings:
        if reading.sustained is None:
            continue
        facts = reading.sustained
        state = "steady" if facts["steady"] else "not steady yet"
        console.print(
            f"{plain(reading.name or reading.model)}: first minute {figure(facts['first_minute_ms'], 4)} ms (rank "
            f"{facts['rank_first_minute']}), after {facts['minutes']:.1f} min {figure(facts['steady_ms'], 4)} ms (rank "
            f"{facts['rank_steady']}), {facts['change']:+.1%}, {state}{warmth_line(facts)}"
        )


def _layers(reading: "Reading", layers: "tuple[LayerTime, ...]", console: "Console") -> None:
    """The slowest layers of a traced run."""
    from rich.table import Table

    if not layers:
        console.print(
            f"{plain(reading.name or reading.model)}: {reading.runtime} does not tell the time of its operators"
        )
        return
    how = "traced" if reading.operators else "by models cut after each operator"
    table = Table(
        box=None,
        pad_edge=False,
        header_style="bold",
        title=f"{plain(reading.name or reading.model)}, {reading.threads} thr, {how}",
    )
    table.add_column("layer", overflow="fold")
    table.add_column("operators", overflow="fold")
    table.add_column("us", justify="right")
    if not reading.operators:
        table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("share", justify="right")
    for row in layers[:SLOWEST]:
        name = row.layer if len(row.layer) <= LONGEST else f"...{row.layer[-LONGEST:]}"
        name = f"{name} (added by the runtime)" if row.added else name
        name = name if row.note is None else f"{name} ({row.note})"
        interval = "" if row.ci95_us is None else f"[{row.ci95_us[0]:.1f}, {row.ci95_us[1]:.1f}]"
        cells = [plain(name), plain(", ".join(row.operators)), f"{row.microseconds:.0f}"]
        table.add_row(*cells, *([] if reading.operators else [interval]), f"{row.share:.1%}")
    print_table(table, console)


def _provider(reading: "Reading") -> str:
    """Where it ran, unless that is the CPU as always."""
    name = plain(reading.provider.removesuffix("ExecutionProvider"))
    return "" if name == "CPU" else f" {name}"


def _row(reading: "Reading", several: bool) -> tuple[str, ...]:
    latency = reading.latency_ms
    interval = (
        "" if latency.ci95_p50 is None else f"[{figure(latency.ci95_p50[0], 4)}, {figure(latency.ci95_p50[1], 4)}]"
    )
    peak, energy = reading.memory_mb.run_peak, reading.energy_mj
    name = plain(reading.name or reading.variant or reading.model)
    return (
        f"{plain(reading.target)}: {name}" if several else name,
        f"{reading.runtime} {plain(reading.runtime_version)}{_provider(reading)}",
        str(reading.threads),
        figure(latency.p50, 4),
        interval,
        "n/a" if latency.p90 is None else figure(latency.p90, 4),
        "n/a" if latency.p99 is None else figure(latency.p99, 4),
        f"{latency.n:,}",
        "n/a" if peak is None else f"{peak:.1f}",
        "n/a" if energy is None else f"{figure(energy['total']['value'])} ({energy['scope']}{_declared(energy)})",
    )


def _declared(energy: "Mapping[str, Any]") -> str:
    return ", declared" if energy["quality"] == "declared" else ""


def _slower_integers(item: "Comparison", readings: "Sequence[Reading]", names: dict[str, str]) -> str:
    """What to do where integers are surely slower than floats; else an empty text."""
    precision = {reading.bundle: reading.precision for reading in readings if reading.target == item.target}
    if item.verdict != "FAIL" or precision.get(item.a) == "float" or precision.get(item.b) != "float":
        return ""
    return (
        f"integers are slower there: keep {plain(names[item.b])}, or let the board choose layer by layer: static-quantization "
        f"with placement: latency-guided, compressed with --target {plain(item.target)}"
    )


def _sentence(item: "Comparison", names: dict[str, str]) -> str:
    low, high = item.ci95
    return (
        f"{plain(names[item.a])} against {plain(names[item.b])} on {plain(item.target)}: "
        f"{item.speedup:.2f}x [{low:.2f}, {high:.2f}]  {item.verdict}{' (equal)' if item.equal else ''}"
    )

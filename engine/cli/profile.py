"""``flyweight profile``: what is known of each hardware."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from profiles.columns import figure

from . import completing
from .command_help import Application, Command
from .console import plain, show
from .data_sheet import data_sheet
from .foresight import predictions, transfer
from .options import AsJson, AsJsonLines, Delegate, DelegateOption, Project, Provider, Quiet, Runtime
from .profile_compare import register as register_compare
from .profile_compare import stale_note
from .profile_cover import register as register_cover
from .profile_fleet import register as register_fleet
from .profile_history import register as register_history
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.campaigns import Campaign, Cell
    from ..verbs.knowledge import Checked, DriftReport, Imported
    from ..verbs.profiling import Exported, ProfileList

LISTED = "flyweight.listed"
"""Where a half-written line keeps what completes the values of its last option."""

app = Application("profile", "Profiles: measured rows per hardware.")


def register(parent: typer.Typer) -> None:
    """Add the group."""
    register_compare(app)
    register_cover(app)
    register_history(app)
    register_fleet(app)
    parent.add_typer(app)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the profiles: boards and how many readings each holds.

    Example: flyweight profile list
    """
    from ..verbs import profile_list as verb

    show(lambda emit, cancel: verb(), as_json=as_json, render=_list)


@app.command("show")
def show_(
    board: Annotated[
        str,
        typer.Argument(
            metavar="BOARD|DEVICE",
            help="Board id or device name, as in 'profile list'.",
            autocompletion=completing.device,
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """The data sheet of one board or device.

    Example: flyweight profile show loopback
    """
    from ..verbs import profile_show as verb

    show(lambda emit, cancel: verb(board), as_json=as_json, render=data_sheet)


@app.command()
def export(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="File to write, by its ending: .json, .csv, .md, .parquet, or .pack (signed)."
        ),
    ],
    board: Annotated[
        str | None,
        typer.Option(
            "--board", metavar="BOARD|DEVICE", help="Only this board or device.", autocompletion=completing.device
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write readings to a file.

    Example: flyweight profile export readings.csv
    """
    from ..verbs import profile_export as verb

    show(lambda emit, cancel: verb(out, board=board), as_json=as_json, render=_exported)


@app.command("import")
def import_(
    pack: Annotated[Path, typer.Argument(metavar="FILE", help="A signed profile pack (.pack).")],
    accept_key: Annotated[
        str | None, typer.Option("--accept-key", metavar="ID", help="Trust this key for this import.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take over the readings of a signed profile pack.

    Example: flyweight profile import kitchen.pack --accept-key 0123456789abcdef
    """
    from ..verbs import profile_import as verb

    show(lambda emit, cancel: verb(pack, accept_key=accept_key), as_json=as_json, render=_imported)


class _Lists(Command):
    """``--bundles A B C`` is the same as ``--bundles A --bundles B --bundles C``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat the option before each further value."""
        spread: list[str] = []
        option = ""
        of = {"--bundles": completing.bundle, "-b": completing.bundle}
        of |= {"--targets": completing.target, "-t": completing.target}
        for word in args:
            if word.startswith("-"):
                option = word if word in of else ""
                spread.append(word)
            else:
                spread += [option, word] if option and spread[-1] != option else [word]
        ctx.meta[LISTED] = of.get(option)
        return super().parse_args(ctx, spread)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """Tab behind the first value of such an option goes on with its values."""
        from click.shell_completion import CompletionItem

        complete = ctx.meta.get(LISTED)
        if complete is None or incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        return [CompletionItem(name) for name in complete(incomplete)]


@app.command(cls=_Lists)
def run(
    bundles: Annotated[
        list[str],
        typer.Option("--bundles", "-b", metavar="BUNDLE...", help="What to measure.", autocompletion=completing.bundle),
    ],
    targets: Annotated[
        list[str],
        typer.Option(
            "--targets",
            "-t",
            metavar="TARGET...",
            help="Devices, @group, @key=value of a tag, @all or loopback.",
            autocompletion=completing.target,
        ),
    ],
    threads: Annotated[
        list[int] | None, typer.Option("--threads", metavar="N", min=1, help="Threads of the runtime (repeatable).")
    ] = None,
    min_runs: Annotated[
        int, typer.Option("--min-runs", metavar="N", min=30, help="Runs per bundle (p99 needs 299).")
    ] = 299,
    energy: Annotated[bool, typer.Option("--energy", help="Also energy per inference.")] = False,
    operators: Annotated[
        bool, typer.Option("--operators", help="Also the time per layer, from which predictions learn (onnxruntime).")
    ] = False,
    runtime: Runtime = None,
    provider: Provider = None,
    delegate: Delegate = None,
    delegate_option: DelegateOption = None,
    only_stale: Annotated[
        bool, typer.Option("--only-stale", help="Skip what was measured under the board's present state.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where the same campaign was cut.")] = False,
    at: Annotated[str | None, typer.Option("--at", metavar="HH:MM", help="Begin at this local time.")] = None,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """A campaign: measure every bundle on every board.

    One bundle after another on each board, boards side by side.

    Example: flyweight profile run --bundles int8 baseline --targets @all --only-stale
    """
    from ..verbs import profile_run as verb

    show(
        lambda emit, cancel: verb(
            bundles,
            targets,
            threads=threads or (1,),
            min_runs=min_runs,
            energy=energy,
            operators=operators,
            runtime=runtime,
            provider=provider,
            delegate=delegate,
            delegate_options=delegate_option or (),
            only_stale=only_stale,
            resume=resume,
            at=at,
            project=project,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_campaign,
    )


@app.command()
def predict(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="Device name or board id.", autocompletion=completing.device)
    ],
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...", help="ONNX files, variants or bundles; names of the table with --published."
        ),
    ],
    threads: Annotated[int, typer.Option("--threads", metavar="N", min=1, max=256, help="Threads of onnxruntime.")] = 1,
    micro_benchmark: Annotated[
        bool, typer.Option("--micro-benchmark", help="First time every kind of operator on the device (10 s).")
    ] = False,
    other_boards: Annotated[
        bool,
        typer.Option("--other-boards", help="Learn from what other boards of your store took for the same bundles."),
    ] = False,
    published: Annotated[
        str | None, typer.Option("--published", metavar="TABLE", help="Learn from a published table: ncnn or xnnpack.")
    ] = None,
    anchors: Annotated[
        list[str] | None,
        typer.Option(
            "--anchor", metavar="MODEL=MS|BUNDLE", help="What a model of the table takes on this device (repeatable)."
        ),
    ] = None,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Predict latency and memory of models not yet measured.

    It learns from those that were measured on the device. A new device with few readings is learnt from other boards:
    --other-boards, or --published ncnn --anchor squeezenet=41.2 --anchor resnet18=120.

    Example: flyweight profile predict pi5 new.onnx --micro-benchmark
    """
    if other_boards or published is not None or anchors:
        transfer(target, models, other_boards, micro_benchmark, published, anchors or [], threads, project, as_json)
        return
    from ..verbs import profile_predict as verb

    show(
        lambda emit, cancel: verb(
            target,
            models,
            threads=threads,
            micro_benchmark=micro_benchmark,
            project=project,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=predictions,
    )


@app.command()
def drift(
    board: Annotated[
        str | None, typer.Argument(metavar="[BOARD|DEVICE]", help="Only this one.", autocompletion=completing.device)
    ] = None,
    alpha: Annotated[
        float,
        typer.Option("--alpha", metavar="P", min=0.0001, max=0.5, help="Probability of any false alarm in the list."),
    ] = 0.05,
    as_json: AsJson = False,
) -> None:
    """Is a board slower than it was, or unlike its sisters?

    Example: flyweight profile drift
    """
    from ..verbs import profile_drift as verb

    show(lambda emit, cancel: verb(board, alpha=alpha), as_json=as_json, render=_drift)


@app.command()
def check(
    repair: Annotated[
        bool, typer.Option("--salvage", help="Move a damaged store aside and keep every row that is whole.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Look for damage in the profile store.

    Rows, samples, and runs with rows missing.

    Example: flyweight profile check
    """
    from ..verbs import profile_check as verb

    show(lambda emit, cancel: verb(repair=repair), as_json=as_json, render=_checked)


def _checked(result: "Checked", console: "Console") -> None:
    console.print(f"{plain(result.store)}: {'whole' if not result.damage else f'{len(result.damage)} damaged'}")
    for item in result.damage:
        console.print(plain(f"{item.table} {item.row}: {item.reason}"), style="yellow")
    if result.salvaged is not None:
        saved = result.salvaged
        console.print(
            f"{saved.readings} readings saved, {saved.lost} rows lost; the old file is {plain(saved.moved_to)}"
        )


def _list(result: "ProfileList", console: "Console") -> None:
    from rich.table import Table

    if not result.profiles:
        console.print("no readings yet\nnext  flyweight measure BUNDLE TARGET   or   flyweight demo --quick")
        _published_boards(result, console)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("board", "devices", "models", "runtimes"):
        table.add_column(column, overflow="fold")
    table.add_column("rows", justify="right")
    table.add_column("last measured (UTC)")
    for item in result.profiles:
        table.add_row(
            plain(item.board),
            plain(", ".join(item.devices)),
            str(item.models),
            plain(", ".join(item.runtimes)),
            str(item.rows),
            (item.last_measured or "")[:16].replace("T", " "),
        )
    print_table(table, console)
    _published_boards(result, console)


def _published_boards(result: "ProfileList", console: "Console") -> None:
    names = ", ".join(board for board in result.published if board.startswith(("raspberry-pi-", "jetson-")))
    text = f"published by others, not measured: {len(result.published)} boards, among them {names}"
    console.print(plain(text), style="dim")


def _exported(result: "Exported", console: "Console") -> None:
    console.print(f"{result.rows} readings written to {result.path}", soft_wrap=True)


def _imported(result: "Imported", console: "Console") -> None:
    console.print(f"{result.new} of {result.readings} readings are new, signed by {result.key}")


def _campaign(result: "Campaign", console: "Console") -> None:
    from rich.table import Table

    targets = list(dict.fromkeys(cell.target for cell in result.cells))
    table = Table(box=None, pad_edge=False, header_style="bold", title="p50 in ms")
    table.add_column("bundle", overflow="fold")
    table.add_column("thr", justify="right")
    for target in targets:
        table.add_column(plain(target), justify="right")
    for name, threads in dict.fromkeys((cell.name, cell.threads) for cell in result.cells):
        row = {cell.target: cell for cell in result.cells if (cell.name, cell.threads) == (name, threads)}
        table.add_row(plain(name), str(threads), *(_cell(row.get(target)) for target in targets))
    print_table(table, console)
    for cell in result.cells:
        if cell.state == "missing":
            console.print(f"{plain(cell.name)} on {plain(cell.target)}: {plain(cell.reason or '')}", style="yellow")


def _cell(cell: "Cell | None") -> str:
    if cell is None or cell.p50_ms is None:
        return "missing"
    return f"{figure(cell.p50_ms, 4)}{' (known)' if cell.state == 'known' else ''}"


def _drift(result: "DriftReport", console: "Console") -> None:
    from rich.table import Table

    from profiles.reading import engine_name

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("device", "variant", "runtime"):
        table.add_column(column, overflow="fold")
    for column in ("thr", "before ms", "now ms", "change", "readings", "verdict"):
        table.add_column(column, justify="right")
    for row in result.rows:
        verdict = "too few readings" if row.p_value is None else "DRIFTED" if row.drifted else "as before"
        figures = (figure(row.before_ms, 4), figure(row.now_ms, 4), f"{row.change:+.1%}", str(row.history + 1), verdict)
        engine = engine_name(row.runtime, row.provider)
        table.add_row(plain(row.target), plain(row.name), plain(engine), str(row.threads), *figures)
    if result.rows:
        print_table(table, console)
    else:
        console.print("no bundle was measured twice on one device yet")
    for item in result.outliers:
        text = f"{item.target} takes {item.ratio:.2f}x the time of the other {item.board} (by chance: {_chance(item.p_value)})"
        console.print(plain(text), style="yellow")
    stale_note(result.stale, console)
    console.print(f"false-alarm rate of the whole list: {result.alpha:g}; five readings of a bundle are needed to tell")


def _chance(p_value: float) -> str:
    return "less than 1 in 10,000" if p_value < 1e-4 else f"{p_value:.2g}"

"""``flyweight fleet``: one release for many boards, in waves."""

from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RejectedError, UsageError
from . import completing
from .command_help import Application
from .console import plain, show, sure
from .deploy import wanted_trial
from .options import (
    AsJson,
    AsJsonLines,
    Delegate,
    DelegateOption,
    DryRun,
    Health,
    Hook,
    Project,
    Provider,
    Quiet,
    Runtime,
    Slot,
    Targets,
    Timeout,
    TrialWindow,
    Yes,
)
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.fleet import FleetList, FleetStatus
    from ..verbs.fleet_watching import BoardNow, FleetWatched

app = Application("fleet", "One release for many boards, in waves.")

INTERRUPTED_WORDS = "interrupted: the process that worked on it is gone; nothing happens until it is resumed"

Rollout = Annotated[str | None, typer.Argument(metavar="[ROLLOUT]", help="Id of a rollout (default: the newest).")]


def register(parent: typer.Typer) -> None:
    """Add the group."""
    parent.add_typer(app)


@app.command()
def rollout(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="Id, name or folder of a bundle.", autocompletion=completing.bundle)
    ],
    targets: Targets,
    slot: Slot = "main",
    instead: Annotated[
        list[str] | None,
        typer.Option("--for", metavar="TARGET=BUNDLE", help="These boards get another variant."),
    ] = None,
    waves: Annotated[
        str, typer.Option("--waves", metavar="1,10%,...", help="Boards or shares that must run it before more follow.")
    ] = "1,10%,50%,100%",
    max_failures: Annotated[
        int,
        typer.Option("--max-failures", metavar="N", min=0, help="More boards than this that fail stop the rollout."),
    ] = 0,
    gate: Annotated[
        bool, typer.Option("--gate", help="Measure against what runs there before the switch; FAIL rejects.")
    ] = False,
    gate_on: Annotated[
        str | None,
        typer.Option(
            "--gate-on", metavar="latency,...", help="What must not be worse: latency, memory, energy, accuracy."
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="With --gate, INCONCLUSIVE rejects, too.")] = False,
    trial: TrialWindow = None,
    health: Health = None,
    hook: Hook = None,
    runtime: Runtime = None,
    provider: Provider = None,
    delegate: Delegate = None,
    delegate_option: DelegateOption = None,
    parallel: Annotated[
        int, typer.Option("--parallel", metavar="N", min=1, max=64, help="Boards that upload at once.")
    ] = 4,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; touch nothing.")] = False,
    timeout: Timeout = 300.0,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Bring a release to many boards in waves.

    It stops at too many failures and goes on after anything.

    In each wave the boards get and verify the bundle first; then they switch, never more at once than may still fail.
    Boards that are offline are left for later: flyweight fleet resume. Exits with 3 when it was stopped.

    --gate measures the latency; --gate-on names what else must not be worse: memory and energy by 5 %, accuracy by 1 point.

    With --runtime, --provider or --delegate every board verifies its bundle there and runs it there, whichever variant it
    gets by --for; a board that lacks it fails, so give boards of another kind a rollout of their own.

    Example: flyweight fleet rollout int8 @cameras --waves 1,10%,100% --max-failures 2
    """
    from ..verbs import fleet_rollout as verb

    others = dict(_pair(item) for item in instead or [])
    chosen = wanted_trial(trial, health, hook)
    _finish(
        show(
            lambda emit, cancel: verb(
                bundle,
                targets,
                slot=slot,
                instead=others,
                waves=[item for item in waves.split(",") if item.strip()],
                max_failures=max_failures,
                gate=gate,
                gate_on=(gate_on or "").split(","),
                strict=strict,
                trial=chosen,
                runtime=runtime,
                provider=provider,
                delegate=delegate,
                delegate_options=delegate_option or (),
                parallel=parallel,
                timeout_s=timeout,
                dry_run=dry_run,
                project=project,
                emit=emit,
                cancel=cancel,
            ),
            as_json=as_json,
            jsonl=jsonl,
            quiet=quiet,
            render=_planned if dry_run else _status,
        )
    )


@app.command()
def resume(
    rollout: Rollout = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Also try the boards again that failed.")
    ] = False,
    dry_run: DryRun = False,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Go on with a rollout after a pause, stop or crash.

    Also when boards are back online.

    Example: flyweight fleet resume
    """
    from ..verbs import fleet_resume as verb

    result = show(
        lambda emit, cancel: verb(
            rollout, retry_failed=retry_failed, dry_run=dry_run, project=project, emit=emit, cancel=cancel
        ),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_status,
    )
    if not dry_run:
        _finish(result)


@app.command()
def pause(rollout: Rollout = None, dry_run: DryRun = False, project: Project = None, as_json: AsJson = False) -> None:
    """Let boards under way finish and start no more.

    From any terminal.

    Example: flyweight fleet pause
    """
    from ..verbs import fleet_pause as verb

    show(lambda emit, cancel: verb(rollout, dry_run=dry_run, project=project), as_json=as_json, render=_status)


@app.command()
def cancel(
    rollout: Rollout = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    project: Project = None,
    as_json: AsJson = False,
) -> None:
    """End a rollout for good; boards that run the release keep it.

    It asks first, because a rollout that was cancelled cannot go on; without a terminal it needs --yes.

    Example: flyweight fleet cancel
    """
    from ..verbs import fleet_cancel as verb

    if not dry_run:
        sure("It cannot go on afterwards. End it?", yes, as_json)
    show(lambda emit, cancel: verb(rollout, dry_run=dry_run, project=project), as_json=as_json, render=_status)


@app.command()
def status(rollout: Rollout = None, project: Project = None, as_json: AsJson = False) -> None:
    """List the rollouts, or show one with every board.

    Example: flyweight fleet status
    """
    from ..verbs import fleet_status as verb
    from ..verbs.fleet import FleetList

    show(
        lambda emit, cancel: verb(rollout, project=project),
        as_json=as_json,
        render=lambda result, console: (
            _list(result, console) if isinstance(result, FleetList) else _status(result, console)
        ),
    )


def _planned(result: "FleetStatus", console: "Console") -> None:
    console.print(f"plan  slot {plain(result.rollout.slot)}  {plain(result.rollout.reason)}", style="bold")
    if result.runs_on:
        console.print(f"on {plain(result.runs_on)}")
    for item in result.rollout.boards:
        console.print(f"{plain(item.name)}  {item.bundle[:16]}")


@app.command()
def watch(
    targets: Targets,
    every: Annotated[float, typer.Option("--every", metavar="S", help="Seconds from look to look, from 0.2 on.")] = 5.0,
    seconds: Annotated[float, typer.Option("--seconds", metavar="S", help="End after so many seconds.")] = 10.0,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """See the sensors of many boards and what runs there.

    Nothing is installed, deployed or measured. A board that does not answer says why. --jsonl streams every look.

    Example: flyweight fleet watch @all --seconds 5
    """
    from ..verbs import fleet_watch as verb

    show(
        lambda emit, cancel: verb(targets, every_s=every, for_s=seconds, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_watched,
    )


def _pair(text: str) -> tuple[str, str]:
    target, equals, bundle = text.partition("=")
    if not equals or not target or not bundle:
        raise UsageError("bad-for", f"'{text[:100]}' is not TARGET=BUNDLE", "for example: --for @jetsons=fp16")
    return target, bundle


class StoppedError(RejectedError):
    """Too many boards failed: the stated limit."""

    exit_code = 3


def _finish(result: "FleetStatus") -> None:
    if result.state == "stopped":
        raise StoppedError(
            "rollout-stopped",
            f"the rollout {result.rollout.id} was stopped",
            f"look at the boards, then: flyweight fleet resume {result.rollout.id} --retry-failed",
        )


def _status(result: "FleetStatus", console: "Console") -> None:
    from rich.table import Table

    from ..deploy.rollout_store import State
    from ..verbs.fleet import INTERRUPTED

    rollout = result.rollout
    console.print(f"rollout {rollout.id}  slot {plain(rollout.slot)}  {result.state}", style="bold")
    if result.runs_on:
        console.print(f"on {plain(result.runs_on)}")
    if result.state == INTERRUPTED:
        console.print(INTERRUPTED_WORDS, style="yellow")
    if rollout.reason:
        console.print(plain(rollout.reason), style="yellow")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("board", "state", "release", "bundle", "attempts", "reason"):
        table.add_column(column, overflow="fold")
    for item in rollout.boards:
        release = "" if item.release is None else str(item.release)
        table.add_row(
            plain(item.name), str(item.state), release, item.bundle[:16], str(item.attempts), plain(item.reason)
        )
    print_table(table, console)
    if result.state in (INTERRUPTED, State.PAUSED, State.WAITING):
        console.print(f"next  flyweight fleet resume {rollout.id}")


def _list(result: "FleetList", console: "Console") -> None:
    from ..verbs.fleet import INTERRUPTED

    if not result.rollouts:
        console.print("no rollout in this project yet\nnext  flyweight fleet rollout BUNDLE @all")
    for item in result.rollouts:
        row = item.rollout
        console.print(f"{row.id}  slot {plain(row.slot)}  {item.state}  {plain(row.reason)}".rstrip())
    lost = next((item.rollout.id for item in reversed(result.rollouts) if item.state == INTERRUPTED), None)
    if lost is not None:
        console.print(INTERRUPTED_WORDS, style="yellow")
        console.print(f"next  flyweight fleet resume {lost}")


def _watched(result: "FleetWatched", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("device", "temp C", "memory MB", "clock MHz", "power W", "runs", "p50 ms", "remark"):
        numeric = title.rpartition(" ")[2] in ("C", "MB", "MHz", "W", "ms")
        table.add_column(title, justify="right" if numeric else "left", overflow="fold")
    for item in result.boards:
        figures = [
            _first(item, kind, digits)
            for kind, digits in (("temperature", 1), ("memory:used", 0), ("frequency", 0), ("power", 2))
        ]
        first = next(iter(item.running or ()), None)
        p50 = None if first is None else first["p50_ms"]
        remark = item.failure or ", ".join(item.throttling or ())
        table.add_row(
            plain(item.name),
            *figures,
            "" if first is None else plain(first["name"]),
            f"{p50:.3f}" if isinstance(p50, float) else "",
            plain(remark),
        )
    print_table(table, console)


def _first(board: "BoardNow", kind: str, digits: int) -> str:
    """The first sensor of a kind that tells something."""
    found = (
        value for sensor, value in board.values.items() if f"{sensor}:".startswith(f"{kind}:") and value is not None
    )
    value = next(found, None)
    return "no sensor" if value is None and board.values else "" if value is None else f"{value:,.{digits}f}"

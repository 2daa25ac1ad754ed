"""``flyweight fleet``: one release for many boards, in waves."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RejectedError, UsageError
from . import completing
from .command_help import Application
from .console import plain, show, sure
from .deploy import wanted_trial
from .device_show import first_of
from .options import (
    AsJson,
    AsJsonLines,
    Delegate,
    DelegateOption,
    DryRun,
    Every,
    Health,
    Hook,
    Project,
    Provider,
    Quiet,
    Runtime,
    Seconds,
    Slot,
    Targets,
    Timeout,
    TrialWindow,
    Yes,
)
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..deploy.rollout_store import BoardRow, RolloutRow
    from ..verbs.fleet import FleetList, FleetStatus
    from ..verbs.fleet_watching import BoardNow, FleetWatched

app = Application("fleet", "One release for many boards, in waves.")

INTERRUPTED_WORDS = "interrupted: the process that worked on it is gone; nothing happens until it is resumed"

Rollout = Annotated[
    str | None,
    typer.Argument(
        metavar="[ROLLOUT]", help="Id of a rollout (default: the newest that suits).", autocompletion=completing.rollout
    ),
]


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
    Boards that are offline or busy are left for later: flyweight fleet resume. Exits with 3 when it was stopped.

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
    from rich.table import Table

    from ..deploy.rollout import wave_sizes

    rollout = result.rollout
    console.print(f"plan  slot {plain(rollout.slot)}  {plain(rollout.reason)}", style="bold")
    if result.runs_on:
        console.print(f"on {plain(result.runs_on)}")
    sizes = wave_sizes(rollout.plan["waves"], len(rollout.boards))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("wave", "board", "bundle"):
        table.add_column(column, overflow="fold")
    for number, item in enumerate(rollout.boards):
        wave = next(place for place, size in enumerate(sizes, 1) if number < size)
        table.add_row(str(wave), plain(item.name), _bundle(item))
    print_table(table, console)
    console.print("next  the same command without --dry-run")


def _bundle(row: "BoardRow") -> str:
    """Name and id, as its folder is called."""
    return plain(Path(row.path).name) or row.bundle[:16]


@app.command()
def watch(
    targets: Targets,
    every: Every = 5.0,
    seconds: Seconds = 10.0,
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
    tagged = text.startswith("@") and text.count("=") > 1  # @KEY=VALUE=BUNDLE
    target, equals, bundle = text.rpartition("=") if tagged else text.partition("=")
    if not equals or not target or not bundle:
        raise UsageError("bad-for", f"'{text[:100]}' is not TARGET=BUNDLE", "for example: --for @jetsons=fp16")
    return target, bundle


class StoppedError(RejectedError):
    """Too many boards failed: the stated limit."""

    exit_code = 3


def _finish(result: "FleetStatus") -> None:
    if result.state != "stopped":
        return
    rollout = result.rollout
    commands = _ways_back(rollout)
    back = f"; to take it back from the boards that run it: {', and: '.join(commands)}"
    raise StoppedError(
        "rollout-stopped",
        f"the rollout {rollout.id} was stopped; {rollout.reason}",
        f"look at the boards, then: flyweight fleet resume {rollout.id} --retry-failed{back if commands else ''}",
    )


def _ways_back(rollout: "RolloutRow") -> list[str]:
    """Commands that return the boards which switched; to some of them the release was itself a way back."""
    from ..deploy.rollout_store import ROLLBACK

    boards: dict[str, list[str]] = {}
    for item in rollout.boards:
        if item.state == "committed" and item.release is not None and item.way_back != "":
            boards.setdefault(item.way_back or ROLLBACK, []).append(item.name)
    slot = "" if rollout.slot == "main" else f" --slot {rollout.slot}"
    return [
        f"flyweight {'rollback' if way == ROLLBACK else f'deploy {way[:16]}'} {' '.join(names)}{slot}"
        for way, names in boards.items()
    ]


def _counted(result: "FleetStatus") -> str:
    """How many boards got it, and what became of the others."""
    counts = dict(result.to_json()["counts"])
    done = counts.pop("committed", 0)
    return ", ".join(
        [f"{done} of {len(result.rollout.boards)} boards got it", *(f"{n} {state}" for state, n in counts.items())]
    )


def _status(result: "FleetStatus", console: "Console") -> None:
    from rich.table import Table

    from ..verbs.fleet import INTERRUPTED

    rollout = result.rollout
    console.print(f"rollout {rollout.id}  slot {plain(rollout.slot)}  {result.state}", style="bold")
    console.print(_counted(result))
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
        table.add_row(plain(item.name), str(item.state), release, _bundle(item), str(item.attempts), plain(item.reason))
    print_table(table, console)
    for line in _next(result):
        console.print(f"next  {line}", soft_wrap=True)


def _next(result: "FleetStatus") -> list[str]:
    """What goes on from here; an error tells it for a rollout that was stopped."""
    from ..deploy.rollout_store import BAD, Fate, State
    from ..verbs.fleet import INTERRUPTED

    rollout, resume = result.rollout, f"flyweight fleet resume {result.rollout.id}"
    gone, busy = (
        [plain(item.name) for item in rollout.boards if item.state is fate] for fate in (Fate.OFFLINE, Fate.BUSY)
    )
    bad = [plain(item.name) for item in rollout.boards if item.state in BAD]
    lines = []
    if result.state == State.WAITING:
        when = [f"{first_of(gone)} {'answers' if len(gone) == 1 else 'answer'} again"] * bool(gone)
        when += [f"{first_of(busy)} {'is' if len(busy) == 1 else 'are'} free again"] * bool(busy)
        lines.append(f"{resume}    when {' and '.join(when)}")
    elif result.state in (INTERRUPTED, State.PAUSED):
        lines.append(resume)
    if bad and result.state in (State.WAITING, State.FINISHED, State.STOPPED):
        lines.append(f"{resume} --retry-failed    once {first_of(bad)} {'is' if len(bad) == 1 else 'are'} mended")
    return lines


def _list(result: "FleetList", console: "Console") -> None:
    from rich.table import Table

    from ..verbs.fleet import INTERRUPTED

    if not result.rollouts:
        console.print("no rollout in this project yet\nnext  flyweight fleet rollout BUNDLE @all")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("rollout", "begun", "slot", "bundle", "state", "boards", "reason"):
        table.add_column(column, overflow="fold")
    for item in result.rollouts:
        row = item.rollout
        begun = time.strftime("%Y-%m-%d %H:%M", time.localtime(row.created))
        names = ", ".join(dict.fromkeys(_bundle(board) for board in row.boards))
        table.add_row(
            row.id, begun, plain(row.slot), names, item.state, _counted(item), plain(row.reason.partition(";")[0])
        )
    print_table(table, console)
    lost = next((item.rollout.id for item in reversed(result.rollouts) if item.state == INTERRUPTED), None)
    if lost is not None:
        console.print(INTERRUPTED_WORDS, style="yellow")
        console.print(f"next  flyweight fleet resume {lost}")
    else:
        console.print(f"next  flyweight fleet status {result.rollouts[-1].rollout.id}    its boards and their reasons")


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

"""``flyweight device``: add, list, probe, remove, set up and check boards."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RejectedError, UsageError
from . import completing, device_adapter, device_add, device_live, device_show
from .command_help import Application
from .console import asked_on_a_terminal, on_a_line_of_its_own, plain, show, sure
from .options import AsJson, DryRun, Quiet, Targets, Timeout, Yes

if TYPE_CHECKING:
    from ..verbs.devices import Unlocked

app = Application("device", "Boards you deploy to: add, list, probe, remove, check.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the device.", autocompletion=completing.device)]


def register(parent: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(device_adapter.app)
    device_live.register(app)
    device_add.register(app)
    app.registered_commands.insert(0, app.registered_commands.pop())  # what a newcomer looks for stands first
    parent.add_typer(app)


def tag_of(text: str) -> tuple[str, str]:
    """Key and value of a tag; UsageError where it is none."""
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError("bad-tag", f"'{text[:100]}' is not KEY=VALUE", "for example: --tag site=hall")
    return key, value


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the boards; loopback (this computer) is always there.

    Example: flyweight device list
    """
    from ..verbs import device_list as verb

    show(lambda emit, cancel: verb(), as_json=as_json, render=device_show.inventory)


@app.command()
def group(
    group: Annotated[
        str,
        typer.Argument(metavar="GROUP", help="Name of the group; use it as @GROUP.", autocompletion=completing.group),
    ],
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Devices.", autocompletion=completing.device)],
    remove: Annotated[bool, typer.Option("--remove", help="Take them out of the group.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put devices into a group; @GROUP then stands for all of them.

    Example: flyweight device group cameras pi5 pi4
    """
    from ..verbs import device_group as verb

    show(
        lambda emit, cancel: verb(group, names, remove=remove, dry_run=dry_run),
        as_json=as_json,
        render=device_show.inventory,
    )


@app.command()
def tag(
    name: Name,
    tags: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE...]", help="All its tags; none takes them away.")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Note facts about a device, such as where it is.

    What is given replaces what was noted. @KEY=VALUE then stands for all devices with this tag.

    Example: flyweight device tag pi5 site=hall power=battery
    """
    from ..verbs import device_tag as verb

    wanted = dict(tag_of(item) for item in tags or [])
    show(lambda emit, cancel: verb(name, wanted, dry_run=dry_run), as_json=as_json, render=device_show.tags)


@app.command("set")
def set_(
    name: Name,
    address: Annotated[
        str | None, typer.Option("--address", metavar="USER@HOST", help="Where it answers now, as for ssh.")
    ] = None,
    identity: Annotated[
        str | None, typer.Option("--identity", metavar="FILE", help="Private key that lets you in; '': what ssh finds.")
    ] = None,
    python: Annotated[
        str | None, typer.Option("--python", metavar="PATH", help="Python on the board; '': the newest it has.")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Change how a device is reached and what runs its agent.

    Groups and tags have commands of their own. The host key stays pinned: behind a new address must be the same board.

    Example: flyweight device set pi5 --address pi@192.168.1.30
    """
    from ..verbs import device_set as verb

    given = {"address": address, "identity": identity, "python": python}
    changes = {key: value for key, value in given.items() if value is not None}
    if not changes:
        raise UsageError("nothing-to-set", "no setting was given", "give --address, --identity or --python")
    show(lambda emit, cancel: verb(name, changes, dry_run=dry_run), as_json=as_json, render=device_show.inventory)


@app.command()
def keys(
    targets: Targets,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Replace this desktop's signing key on all of them.")
    ] = False,
    revoke: Annotated[
        list[str] | None, typer.Option("--revoke", metavar="ID", help="They trust this key never again (repeatable).")
    ] = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List, replace or revoke the signing keys boards trust.

    With --rotate nothing is replaced until every board named trusts the new key; the same command goes on later.

    It asks before a key is revoked, because a board trusts it never again; without a terminal it needs --yes.

    Example: flyweight device keys @all --rotate
    """
    from ..verbs import device_keys as verb

    if rotate and revoke:
        raise UsageError(
            "rotate-alone", "--rotate revokes the old key by itself", "give --revoke in a command of its own"
        )
    if (revoke or rotate) and not dry_run:
        sure("A key that is revoked is never trusted again. Go on?", yes, as_json)
    result = show(
        lambda emit, cancel: verb(
            targets,
            rotate=rotate,
            revoke=revoke or (),
            dry_run=dry_run,
            timeout_s=timeout,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=device_show.keys,
    )
    for name, error in result.errors.items():
        raise RejectedError(error["code"], f"{name}: {error['message']}", error["remedy"])


@app.command()
def discover(timeout: Timeout = 3.0, as_json: AsJson = False) -> None:
    """Look for boards by name; nothing is scanned.

    Hosts of ~/.ssh/config, names boards come with or announce (mDNS), USB-gadget links.

    Example: flyweight device discover
    """
    from ..verbs import device_discover as verb

    show(lambda emit, cancel: verb(timeout_s=timeout), as_json=as_json, render=device_show.discovered)


@app.command()
def probe(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Connect and show board, system, runtimes and sensors.

    A board that has no agent of this version gets it.

    Example: flyweight device probe loopback
    """
    from ..verbs import device_probe as verb

    show(
        lambda emit, cancel: verb(name, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=device_show.facts,
    )


@app.command()
def remove(
    name: Name,
    purge: Annotated[bool, typer.Option("--purge", help="Also delete the agent and its store on the board.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Forget a board; --purge also cleans it.

    With --purge everything Flyweight put on the board is deleted; it asks first, and without a terminal it needs --yes.

    Example: flyweight device remove pi5 --purge
    """
    from ..verbs import device_remove as verb

    if purge and not dry_run:
        sure(f"Everything of Flyweight on {plain(name)} is deleted, its releases, too. Go on?", yes, as_json)
    show(
        lambda emit, cancel: verb(name, purge=purge, dry_run=dry_run, timeout_s=timeout),
        as_json=as_json,
        render=device_show.removed,
    )


@app.command()
def unlock(
    name: Name,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say who has the board; change nothing.")] = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Free a board another desktop holds, by force.

    While a desktop deploys, no other one changes the board. That ends by itself: with its command, with its link, or
    when nothing has come from it for a minute. This ends it now, and what is under way there fails; the board keeps
    the release it runs, and one on trial goes back.

    Example: flyweight device unlock pi5 --dry-run
    """
    from ..verbs import device_unlock as verb

    ask = not yes and not dry_run
    if ask:
        asked_on_a_terminal(as_json)
    show(
        lambda emit, cancel: verb(
            name, dry_run=dry_run, confirm=_confirm_unlock if ask else None, timeout_s=timeout, cancel=cancel
        ),
        as_json=as_json,
        render=device_show.unlocked,
    )


def _confirm_unlock(found: "Unlocked") -> bool:
    on_a_line_of_its_own()
    for line in device_show.holders(found):
        print(line, file=sys.stderr)
    return typer.confirm("End it?", default=False, err=True)


@app.command()
def doctor(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Check a board step by step, from address to disk.

    The steps: address, SSH, host key, login, Python, agent, runtimes, disk.

    Stops at the first step that fails, and exits with 4 (host key, login), 5 (no answer) or 1.

    Example: flyweight device doctor pi5
    """
    from ..verbs import device_doctor as verb

    result = show(lambda emit, cancel: verb(name, timeout_s=timeout), as_json=as_json, render=device_show.checked)
    failed = next((item for item in result.checks if not item.ok), None)
    if failed is not None:
        raise typer.Exit(failed.exit_code)


@app.command()
def setup(
    name: Name,
    apply: Annotated[bool, typer.Option("--apply", help="Grant what is missing, by sudo on the board.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back exactly what --apply changed.")] = False,
    script: Annotated[
        Path | None, typer.Option("--script", metavar="FILE", help="Write the script to run on the board as root.")
    ] = None,
    rights: Annotated[
        list[str] | None, typer.Option("--right", metavar="ID", help="governor, pmic, rapl, gpu (repeatable).")
    ] = None,
    dry_run: DryRun = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """What more rights would let it measure; grant them once.

    Without an option it only lists them; what was granted can be taken back.

    Nothing is needed: without a right its sensor is shown as unavailable. The password of sudo is asked on the terminal
    and kept nowhere.

    Example: flyweight device setup pi5 --apply
    """
    from ..verbs import device_setup as verb

    if sum((apply, undo, script is not None)) > 1:
        raise UsageError("one-of", "--apply, --undo and --script exclude one another", "give one of them")
    ask = not as_json and sys.stdin.isatty()
    show(
        lambda emit, cancel: verb(
            name,
            wanted=rights,
            apply=apply,
            undo=undo,
            script=script,
            dry_run=dry_run,
            ask_password=_password if ask else None,
            timeout_s=timeout,
            emit=emit,
        ),
        as_json=as_json,
        quiet=quiet,
        render=device_show.set_up,
    )


def _password(address: str) -> str:
    import getpass

    on_a_line_of_its_own()
    return getpass.getpass(f"password for sudo on {plain(address)}: ")


@app.command()
def selftest(
    name: Name,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write the captured sensors, without serial numbers."),
    ] = None,
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check every sensor, runtime and step on your board.

    The exported file is what the product's own tests take: with it a board nobody here has seen becomes a known one.

    Example: flyweight device selftest pi5 --export pi5.json
    """
    from ..verbs import device_selftest as verb

    result = show(
        lambda emit, cancel: verb(name, export=export, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=device_show.selftested,
    )
    failed = next((item for item in result.checks if not item.ok), None)
    if failed is not None:
        raise typer.Exit(failed.exit_code)

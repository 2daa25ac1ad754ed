"""``flyweight device``: add, list, probe, remove, set up and check boards."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RejectedError, UsageError
from . import device_adapter, device_live, device_show
from .console import plain, show
from .options import AsJson, Quiet, Targets, Timeout

if TYPE_CHECKING:
    from ..verbs.devices import Unlocked

app = typer.Typer(
    name="device",
    help="Boards you deploy to: add, list, probe, remove, check.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

MAX_PASSWORD = 1024

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the device.")]


def register(parent: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(device_adapter.app)
    device_live.register(app)
    parent.add_typer(app)


@app.command()
def add(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="Your name for the board: letters, digits, . _ -")
    ] = None,
    address: Annotated[
        str | None, typer.Argument(metavar="USER@HOST[:PORT]", help="As for ssh; a Host of ~/.ssh/config works.")
    ] = None,
    fleet: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE", help="Add all boards of a CSV or JSON file (columns name, address, ...)."
        ),
    ] = None,
    identity: Annotated[
        Path | None, typer.Option("--identity", "-i", help="Private key (default: ssh agent, then ~/.ssh).")
    ] = None,
    accept_fingerprint: Annotated[
        str | None,
        typer.Option("--accept-fingerprint", metavar="SHA256:...", help="Accept this host key without asking."),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option("--python", metavar="PATH", help="Python 3.8-3.13 on the board (default: the newest found)."),
    ] = None,
    groups: Annotated[
        list[str] | None, typer.Option("--group", "-g", metavar="GROUP", help="Put it into this group (repeatable).")
    ] = None,
    tags: Annotated[
        list[str] | None, typer.Option("--tag", metavar="KEY=VALUE", help="Note a fact about it (repeatable).")
    ] = None,
    by_password: Annotated[
        bool, typer.Option("--password", help="Log in by password, asked on the terminal; used once, never stored.")
    ] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="The same for scripts: the first line of stdin is the password.")
    ] = False,
    reflashed: Annotated[
        bool, typer.Option("--reflashed", help="You flashed it anew: ask about its new key; groups and tags stay.")
    ] = False,
    allow_root: Annotated[
        bool, typer.Option("--allow-root", help="The login is root, and that is meant; else the agent refuses to run.")
    ] = False,
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Enrol a board: pin its key, install the agent, look at it.

    This desktop's signing key is left there; from then on the board trusts what it signs.

    With --from all boards of a file at once; those that are enrolled already are left alone, so that the same command
    tries only the rest again.

    The login is the user's own, this once: afterwards a key is used that starts the agent and nothing else. So a password
    (--password) is needed only here.

    The agent needs no root and does not run as root unless --allow-root says so. On this computer (loopback, 127.0.0.1) whoever
    runs flyweight as root has said so.

    Example: flyweight device add pi5 pi@raspberrypi.local
    """
    ask = not as_json and sys.stdin.isatty() and not password_stdin
    password = _given_password(by_password, password_stdin, ask, identity)
    if fleet is not None:
        if name is not None or accept_fingerprint is not None or python is not None or groups or tags:
            raise UsageError("from-alone", "--from takes all of that from the file", "use the columns of the file")
        shared = _password_of("all boards without a key") if by_password else password
        _add_fleet(fleet, identity, shared, allow_root, timeout, ask, as_json, quiet)
        return
    if name is None or address is None:
        raise UsageError("missing-argument", "a name and an address are needed", "flyweight device add pi5 pi@HOST")
    from ..verbs import device_add as verb

    show(
        lambda emit, cancel: verb(
            name,
            address,
            identity=identity,
            accept_fingerprint=accept_fingerprint,
            python=python,
            groups=groups or (),
            tags=dict(_tag(item) for item in tags or []),
            confirm=_confirm if ask else None,
            ask_passphrase=_passphrase if ask else None,
            password=password,
            ask_password=_password_of if by_password else None,
            reflashed=reflashed,
            allow_root=allow_root,
            timeout_s=timeout,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=device_show.facts,
    )


def _given_password(asked: bool, stdin: bool, terminal: bool, identity: Path | None) -> str | None:
    """The password that stands on stdin; what else was asked for is checked."""
    if asked and stdin:
        raise UsageError("one-of", "--password and --password-stdin exclude one another", "give one of them")
    if (asked or stdin) and identity is not None:
        raise UsageError("key-or-password", "a key and a password exclude one another", "give one of them")
    if asked and not terminal:
        raise UsageError(
            "no-terminal", "there is no terminal to ask for the password on", "give it on stdin: --password-stdin"
        )
    if not stdin:
        return None
    line = sys.stdin.readline(MAX_PASSWORD).rstrip("\r\n")
    if not line:
        raise UsageError("no-password", "stdin holds no password", "give it in the first line of stdin")
    return line


def _password_of(who: str) -> str:
    import getpass

    return getpass.getpass(f"password of {plain(who)} (used once, not stored): ")


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError("bad-tag", f"'{text[:100]}' is not KEY=VALUE", "for example: --tag site=hall")
    return key, value


def _add_fleet(
    path: Path,
    identity: Path | None,
    password: str | None,
    allow_root: bool,
    timeout: float,
    ask: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    from ..verbs import device_add_from as verb

    result = show(
        lambda emit, cancel: verb(
            path,
            identity=identity,
            confirm=_confirm_all if ask else None,
            password=password,
            allow_root=allow_root,
            timeout_s=timeout,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=device_show.added,
    )
    bad = [item for item in result.rows if item.state == "failed"]
    if bad:
        raise RejectedError(
            "not-all-added",
            f"{len(bad)} of {len(result.rows)} boards were not added: {', '.join(item.name for item in bad[:5])}",
            "look at the reasons, then give the same command again: it tries only these",
        )


def _confirm_all(found: Mapping[str, str]) -> bool:
    print("The host keys of these boards are not known yet:", file=sys.stderr)
    for board, fingerprint in found.items():
        print(f"  {plain(board)}  {plain(fingerprint)}", file=sys.stderr)
    return typer.confirm("Are all of them right?", default=False, err=True)


def _confirm(host: str, fingerprint: str) -> bool:
    print(f"The host key of {plain(host)} is not known yet.\n  {plain(fingerprint)}", file=sys.stderr)
    print("Compare it on the board with: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", file=sys.stderr)
    return typer.confirm("Is it the same?", default=False, err=True)


def _passphrase(key: str) -> str:
    import getpass

    return getpass.getpass(f"passphrase of {plain(key)}: ")


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the boards; loopback (this computer) is always there.

    Example: flyweight device list
    """
    from ..verbs import device_list as verb

    show(lambda emit, cancel: verb(), as_json=as_json, render=device_show.inventory)


@app.command()
def group(
    group: Annotated[str, typer.Argument(metavar="GROUP", help="Name of the group; use it as @GROUP.")],
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Devices.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take them out of the group.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put devices into a group; @GROUP then stands for all of them.

    Example: flyweight device group cameras pi5 pi4
    """
    from ..verbs import device_group as verb

    show(lambda emit, cancel: verb(group, names, remove=remove), as_json=as_json, render=device_show.inventory)


@app.command()
def tag(
    name: Name,
    tags: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE...]", help="All its tags; none takes them away.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Note facts about a device, such as where it is.

    What is given replaces what was noted.

    Example: flyweight device tag pi5 site=hall power=battery
    """
    from ..verbs import device_tag as verb

    wanted = dict(_tag(item) for item in tags or [])
    show(lambda emit, cancel: verb(name, wanted), as_json=as_json, render=device_show.tags)


@app.command()
def keys(
    targets: Targets,
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Replace this desktop's signing key on all of them.")
    ] = False,
    revoke: Annotated[
        list[str] | None, typer.Option("--revoke", metavar="ID", help="They trust this key never again (repeatable).")
    ] = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List, replace or revoke the signing keys boards trust.

    With --rotate nothing is replaced until every board named trusts the new key; the same command goes on later.

    Example: flyweight device keys @all --rotate
    """
    from ..verbs import device_keys as verb

    if rotate and revoke:
        raise UsageError(
            "rotate-alone", "--rotate revokes the old key by itself", "give --revoke in a command of its own"
        )
    result = show(
        lambda emit, cancel: verb(
            targets, rotate=rotate, revoke=revoke or (), timeout_s=timeout, emit=emit, cancel=cancel
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
def probe(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Connect and show board, system, runtimes and sensors.

    Example: flyweight device probe loopback
    """
    from ..verbs import device_probe as verb

    show(lambda emit, cancel: verb(name, timeout_s=timeout, cancel=cancel), as_json=as_json, render=device_show.facts)


@app.command()
def remove(
    name: Name,
    purge: Annotated[bool, typer.Option("--purge", help="Also delete the agent and its store on the board.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be deleted; change nothing.")] = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Forget a board; --purge also cleans it.

    With --purge everything Flyweight put on the board is deleted.

    Example: flyweight device remove pi5 --purge
    """
    from ..verbs import device_remove as verb

    show(
        lambda emit, cancel: verb(name, purge=purge, dry_run=dry_run, timeout_s=timeout),
        as_json=as_json,
        render=device_show.removed,
    )


@app.command()
def unlock(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
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
    if ask and (as_json or not sys.stdin.isatty()):
        raise UsageError("not-confirmed", "there is no terminal to ask on", "give --yes, or --dry-run to look first")
    show(
        lambda emit, cancel: verb(
            name, dry_run=dry_run, confirm=_confirm_unlock if ask else None, timeout_s=timeout, cancel=cancel
        ),
        as_json=as_json,
        render=device_show.unlocked,
    )


def _confirm_unlock(found: "Unlocked") -> bool:
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

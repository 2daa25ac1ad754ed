"""``flyweight device add``: one board, or all of a file."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import RejectedError, UsageError
from . import completing, device_show
from .console import on_a_line_of_its_own, plain, show
from .options import AsJson, DryRun, Quiet, Timeout

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.devices import DeviceFacts

MAX_PASSWORD = 1024


def register(app: typer.Typer) -> None:
    """Add the command to the group ``device``."""
    app.command()(add)


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
        Path | None,
        typer.Option("--identity", "-i", metavar="FILE", help="Private key (default: ssh agent, then ~/.ssh)."),
    ] = None,
    accept_fingerprint: Annotated[
        str | None,
        typer.Option("--accept-fingerprint", metavar="SHA256:...", help="Accept this host key without asking."),
    ] = None,
    python: Annotated[
        str | None,
        typer.Option(
            "--python",
            metavar="PATH",
            help="Python 3.8-3.13 on the board, or a command such as 'docker exec -i box python3' (default: the newest found).",
        ),
    ] = None,
    groups: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            "-g",
            metavar="GROUP",
            help="Put it into this group (repeatable).",
            autocompletion=completing.group,
        ),
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
    dry_run: DryRun = False,
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Enrol a board: pin its key, install the agent, look at it.

    This desktop's signing key is left there; from then on the board trusts what it signs.

    With --from all boards of a file at once; those that are enrolled already are left alone, so that the same command
    tries only the rest again. Its first line names the columns, such as name,address,groups,tag:site; several groups of
    a board are separated by a semicolon.

    The login is the user's own, this once: afterwards a key is used that starts the agent and nothing else. So a password
    (--password) is needed only here.

    The agent needs no root and does not run as root unless --allow-root says so. On this computer (loopback, 127.0.0.1) whoever
    runs flyweight as root has said so.

    With --dry-run the board is reached and looked at, and it says what would be put there.

    Example: flyweight device add pi5 pi@raspberrypi.local
    """
    ask = not as_json and sys.stdin.isatty() and not password_stdin
    password = _given_password(by_password, password_stdin, ask, identity)
    if fleet is not None:
        if name is not None or accept_fingerprint is not None or python is not None or groups or tags:
            raise UsageError("from-alone", "--from takes all of that from the file", "use the columns of the file")
        shared = _password_of("all boards without a key") if by_password else password
        _add_fleet(fleet, identity, shared, allow_root, dry_run, timeout, ask, as_json, quiet)
        return
    if name is None or address is None:
        raise UsageError(
            "missing-argument", "a name and an address are needed", "for example: flyweight device add pi5 pi@HOST"
        )
    from ..verbs import device_add, device_add_plan
    from .device import tag_of

    given: dict[str, Any] = {
        "identity": identity,
        "accept_fingerprint": accept_fingerprint,
        "python": python,
        "groups": groups or (),
        "tags": dict(tag_of(item) for item in tags or []),
        "confirm": _confirm if ask else None,
        "ask_passphrase": _passphrase if ask else None,
        "password": password,
        "ask_password": _password_of if by_password else None,
        "reflashed": reflashed,
        "allow_root": allow_root,
        "timeout_s": timeout,
    }
    if dry_run:
        show(
            lambda emit, cancel: device_add_plan(name, address, **given, emit=emit, cancel=cancel),
            as_json=as_json,
            quiet=quiet,
            render=device_show.add_planned,
        )
        return
    show(
        lambda emit, cancel: device_add(name, address, **given, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_added,
    )


def _added(result: "DeviceFacts", console: "Console") -> None:
    device_show.facts(result, console)
    console.print(f"next       flyweight deploy BUNDLE {plain(result.name)}")


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

    on_a_line_of_its_own()
    return getpass.getpass(f"password of {plain(who)} (used once, not stored): ")


def _add_fleet(
    path: Path,
    identity: Path | None,
    password: str | None,
    allow_root: bool,
    dry_run: bool,
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
            dry_run=dry_run,
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
            f"{len(bad)} of {len(result.rows)} boards were not added: {device_show.first_of([item.name for item in bad])}",
            "look at the reasons, then give the same command again: it tries only these",
        )


def _confirm_all(found: Mapping[str, str]) -> bool:
    on_a_line_of_its_own()
    print("The host keys of these boards are not known yet:", file=sys.stderr)
    for board, fingerprint in found.items():
        print(f"  {plain(board)}  {plain(fingerprint)}", file=sys.stderr)
    return typer.confirm("Are all of them right?", default=False, err=True)


def _confirm(host: str, fingerprint: str) -> bool:
    on_a_line_of_its_own()
    print(f"The host key of {plain(host)} is not known yet.\n  {plain(fingerprint)}", file=sys.stderr)
    print("Compare it on the board with: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", file=sys.stderr)
    return typer.confirm("Is it the same?", default=False, err=True)


def _passphrase(key: str) -> str:
    import getpass

    on_a_line_of_its_own()
    return getpass.getpass(f"passphrase of {plain(key)}: ")

"""``flyweight device``: add, list, probe, remove, set up and check boards."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import RejectedError, UsageError
from .console import plain, show, size
from .options import AsJson, Quiet, Targets, Timeout

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.devices import (
        Checked,
        DeviceFacts,
        DeviceList,
        Discovered,
        FleetAdded,
        Removed,
        SelfTested,
        SetUp,
        TrustedKeys,
    )

app = typer.Typer(
    name="device",
    help="Boards you deploy to: add, list, probe, remove, check.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the device.")]


def register(parent: typer.Typer) -> None:
    """Add the group."""
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
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Enrol a board: pin its key, install the agent, look at it.

    Enrol a board: pin its host key, install the agent and this desktop's signing key, and look at it.

    With --from all boards of a file at once; those that are enrolled already are left alone, so that the same command
    tries only the rest again.

    Example: flyweight device add pi5 pi@raspberrypi.local
    """
    ask = not as_json and sys.stdin.isatty()
    if fleet is not None:
        if name is not None or accept_fingerprint is not None or python is not None or groups or tags:
            raise UsageError("from-alone", "--from takes all of that from the file", "use the columns of the file")
        _add_fleet(fleet, identity, timeout, ask, as_json, quiet)
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
            timeout_s=timeout,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=_facts,
    )


def _tag(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError("bad-tag", f"'{text[:100]}' is not KEY=VALUE", "for example: --tag site=hall")
    return key, value


def _add_fleet(path: Path, identity: Path | None, timeout: float, ask: bool, as_json: bool, quiet: bool) -> None:
    from ..verbs import device_add_from as verb

    result = show(
        lambda emit, cancel: verb(
            path, identity=identity, confirm=_confirm_all if ask else None, timeout_s=timeout, emit=emit, cancel=cancel
        ),
        as_json=as_json,
        quiet=quiet,
        render=_added,
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


def _added(result: "FleetAdded", console: "Console") -> None:
    for item in result.rows:
        console.print(f"{plain(item.name)}  {plain(item.address)}  {item.state}")
        if item.error is not None:
            console.print(f"  {plain(item.error['message'])}\n  -> {plain(item.error['remedy'])}", style="yellow")


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

    show(lambda emit, cancel: verb(), as_json=as_json, render=_list)


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

    show(lambda emit, cancel: verb(group, names, remove=remove), as_json=as_json, render=_list)


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

    List the signing keys boards trust; replace this desktop's, or revoke one that was lost.

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
        render=_keys,
    )
    for name, error in result.errors.items():
        raise RejectedError(error["code"], f"{name}: {error['message']}", error["remedy"])


@app.command()
def discover(timeout: Timeout = 3.0, as_json: AsJson = False) -> None:
    """Look for boards by name; nothing is scanned.

    Look for boards: hosts of ~/.ssh/config, the names boards come with, USB-gadget links. Nothing is scanned.

    Example: flyweight device discover
    """
    from ..verbs import device_discover as verb

    show(lambda emit, cancel: verb(timeout_s=timeout), as_json=as_json, render=_discovered)


@app.command()
def probe(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Connect and show board, system, runtimes and sensors.

    Example: flyweight device probe loopback
    """
    from ..verbs import device_probe as verb

    show(lambda emit, cancel: verb(name, timeout_s=timeout, cancel=cancel), as_json=as_json, render=_facts)


@app.command()
def remove(
    name: Name,
    purge: Annotated[bool, typer.Option("--purge", help="Also delete the agent and its store on the board.")] = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Forget a board; --purge also cleans it.

    Forget a board; with --purge delete everything Flyweight put on it.

    Example: flyweight device remove pi5 --purge
    """
    from ..verbs import device_remove as verb

    show(lambda emit, cancel: verb(name, purge=purge, timeout_s=timeout), as_json=as_json, render=_removed)


@app.command()
def doctor(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Check a board step by step, from address to disk.

    Check a board step by step: address, SSH, host key, login, Python, agent, runtimes, disk.

    Stops at the first step that fails, and exits with 4 (host key, login), 5 (no answer) or 1.

    Example: flyweight device doctor pi5
    """
    from ..verbs import device_doctor as verb

    result = show(lambda emit, cancel: verb(name, timeout_s=timeout), as_json=as_json, render=_checked)
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

    List what more rights on a board would let Flyweight measure; grant them once, or take them back.

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
        render=_set_up,
    )


def _password(address: str) -> str:
    import getpass

    return getpass.getpass(f"password for sudo on {plain(address)}: ")


def _set_up(result: "SetUp", console: "Console") -> None:
    for item in result.rights:
        console.print(f"{item.state:8} {plain(item.id):9} {plain(item.unlocks)}")
    if result.script is not None:
        console.print(f"written: {plain(result.script)}; on the board: sudo sh {plain(Path(result.script).name)} apply")
    elif result.act != "none":
        console.print(f"{result.act}")
    elif any(item.state == "missing" for item in result.rights):
        console.print(f"grant them: flyweight device setup {plain(result.name)} --apply   (--undo takes them back)")


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

    Check every sensor, unit, runtime and protocol step on your board.

    The exported file is what the product's own tests take: with it a board nobody here has seen becomes a known one.

    Example: flyweight device selftest pi5 --export pi5.json
    """
    from ..verbs import device_selftest as verb

    result = show(
        lambda emit, cancel: verb(name, export=export, timeout_s=timeout, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_selftested,
    )
    failed = next((item for item in result.checks if not item.ok), None)
    if failed is not None:
        raise typer.Exit(failed.exit_code)


def _selftested(result: "SelfTested", console: "Console") -> None:
    _checked(result, console)
    if result.fixture is not None:
        console.print(f"written: {plain(result.fixture)}")


def _facts(result: "DeviceFacts", console: "Console") -> None:
    from profiles.board import jetpack

    hello, machine = result.hello, result.hello.machine
    console.print(f"{plain(result.name)}  {plain(result.board_name)}", style="bold")
    console.print(f"address    {plain(result.address)}")
    console.print(f"identity   {plain(hello.device_id)} ({plain(hello.device_id_source)})")
    console.print(
        f"system     {plain(machine.os)}, {plain(machine.kernel)}, {plain(machine.arch)}, {plain(machine.libc)}"
    )
    if machine.l4t is not None:
        console.print(f"L4T        {plain(machine.l4t)}, JetPack {jetpack(machine.l4t) or 'unknown'}")
    console.print(
        f"CPU        {plain(machine.cpu_model or 'unknown')}, {machine.cpus} cores, {size(machine.ram_bytes)} RAM"
    )
    console.print(f"disk free  {size(machine.disk_free_bytes)}")
    console.print(
        f"agent      {hello.agent_id[:16]}, protocol {hello.major}.{hello.minor}, Python {plain(hello.python)}"
    )
    for item in result.runtimes:
        console.print(f"runtime    {plain(item.id)} {plain(item.version)}  {plain(', '.join(item.providers))}")
    if not result.runtimes:
        console.print("runtime    none yet; the first deploy brings one")
    for sample in hello.samples:
        value = (
            f"unavailable: {plain(sample.reason)}" if sample.value is None else f"{sample.value:g} {plain(sample.unit)}"
        )
        console.print(f"sensor     {plain(sample.sensor)}: {value}")


def _removed(result: "Removed", console: "Console") -> None:
    console.print(f"{plain(result.name)} removed" + (", and everything of it on the board" if result.purged else ""))


def _checked(result: "Checked | SelfTested", console: "Console") -> None:
    for check in result.checks:
        console.print(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {plain(check.detail)}")
        if check.remedy and not check.ok:
            console.print(f"     -> {plain(check.remedy)}")


def _keys(result: "TrustedKeys", console: "Console") -> None:
    for name, ids in result.boards.items():
        shown = (f"{plain(item)} (this desktop)" if item == result.own else plain(item) for item in ids)
        console.print(f"{plain(name)}  {', '.join(shown)}")
    for name, error in result.errors.items():
        console.print(f"{plain(name)}  {plain(error['message'])}", style="yellow")


def _discovered(result: "Discovered", console: "Console") -> None:
    for item in result.hosts:
        state = f"is {item.device}" if item.device else ("answers" if item.ssh else "does not answer now")
        console.print(f"{plain(item.host)}  {item.source}  {plain(state)}")
        if item.ssh and not item.device:
            console.print(f"  flyweight device add NAME USER@{plain(item.host)}")
    if not result.hosts:
        console.print("no board was found; add one by its address: flyweight device add pi5 pi@192.168.1.20")


def _list(result: "DeviceList", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "address", "board", "identity", "groups"):
        table.add_column(column, overflow="fold")
    for item in result.devices:
        table.add_row(
            plain(item.name),
            plain(item.address),
            plain(item.board or ""),
            plain(item.device_id or ""),
            plain(" ".join(item.groups)),
        )
    console.print(table)
    for name, others in sorted(result.clones.items()):
        console.print(f"warning: {plain(name)} shows the same identity as {plain(', '.join(others))}", style="yellow")
    if len(result.devices) == 1:
        console.print("\nadd a board: flyweight device add pi5 pi@raspberrypi.local")

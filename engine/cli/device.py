"""``flyweight device``: add, list, probe, remove and check boards."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show, size
from .options import AsJson, Quiet, Timeout

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.devices import Checked, DeviceFacts, DeviceList, Removed

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
    name: Annotated[str, typer.Argument(metavar="NAME", help="Your name for the board: letters, digits, . _ -")],
    address: Annotated[
        str, typer.Argument(metavar="USER@HOST[:PORT]", help="As for ssh; a Host of ~/.ssh/config works.")
    ],
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
    timeout: Timeout = 120.0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Enrol a board: pin its host key, install the agent and this desktop's signing key, and look at it.

    Example: flyweight device add pi5 pi@raspberrypi.local
    """
    from ..verbs import device_add as verb

    confirm = None if as_json or not sys.stdin.isatty() else _confirm
    show(
        lambda emit, cancel: verb(
            name,
            address,
            identity=identity,
            accept_fingerprint=accept_fingerprint,
            python=python,
            confirm=confirm,
            ask_passphrase=_passphrase if confirm else None,
            timeout_s=timeout,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=_facts,
    )


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
def probe(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Connect and show board, system, runtimes and sensors.

    Example: flyweight device probe loopback
    """
    from ..verbs import device_probe as verb

    show(lambda emit, cancel: verb(name, timeout_s=timeout), as_json=as_json, render=_facts)


@app.command()
def remove(
    name: Name,
    purge: Annotated[bool, typer.Option("--purge", help="Also delete the agent and its store on the board.")] = False,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Forget a board; with --purge delete everything Flyweight put on it.

    Example: flyweight device remove pi5 --purge
    """
    from ..verbs import device_remove as verb

    show(lambda emit, cancel: verb(name, purge=purge, timeout_s=timeout), as_json=as_json, render=_removed)


@app.command()
def doctor(name: Name, timeout: Timeout = 60.0, as_json: AsJson = False) -> None:
    """Check a board step by step: address, SSH, host key, login, Python, agent, runtimes, disk.

    Stops at the first step that fails, and exits with 4 (host key, login), 5 (no answer) or 1.

    Example: flyweight device doctor pi5
    """
    from ..verbs import device_doctor as verb

    result = show(lambda emit, cancel: verb(name, timeout_s=timeout), as_json=as_json, render=_checked)
    failed = next((item for item in result.checks if not item.ok), None)
    if failed is not None:
        raise typer.Exit(failed.exit_code)


def _facts(result: "DeviceFacts", console: "Console") -> None:
    hello, machine = result.hello, result.hello.machine
    console.print(f"{plain(result.name)}  {plain(result.board_name)}", style="bold")
    console.print(f"address    {plain(result.address)}")
    console.print(f"identity   {plain(hello.device_id)} ({plain(hello.device_id_source)})")
    console.print(
        f"system     {plain(machine.os)}, {plain(machine.kernel)}, {plain(machine.arch)}, {plain(machine.libc)}"
    )
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


def _checked(result: "Checked", console: "Console") -> None:
    for check in result.checks:
        console.print(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {plain(check.detail)}")
        if check.remedy and not check.ok:
            console.print(f"     -> {plain(check.remedy)}")


def _list(result: "DeviceList", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "address", "board", "identity"):
        table.add_column(column, overflow="fold")
    for item in result.devices:
        table.add_row(plain(item.name), plain(item.address), plain(item.board or ""), plain(item.device_id or ""))
    console.print(table)
    if len(result.devices) == 1:
        console.print("\nadd a board: flyweight device add pi5 pi@raspberrypi.local")

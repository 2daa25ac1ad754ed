"""What ``flyweight device`` prints: one function per result, for people."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .console import plain, size
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.devices import (
        Checked,
        DeviceFacts,
        DeviceList,
        Discovered,
        Removed,
        SelfTested,
        SetUp,
        TrustedKeys,
        Unlocked,
    )
    from ..verbs.enrolment import AddPlanned, FleetAdded

MAX_NOTES, LONGEST_NOTE = 3, 120
"""Of what a board remarks about itself."""

SHOWN = 5
"""Names of boards in one line."""


def facts(result: "DeviceFacts", console: "Console") -> None:
    """What a board is and has."""
    from profiles.board import descriptions, jetpack
    from profiles.verified import verified_by

    from ..deploy.isolation import words

    hello, machine = result.hello, result.hello.machine
    console.print(f"{plain(result.name)}  {plain(result.board_name)}", style="bold")
    console.print(f"address    {plain(result.address)}")
    described = next((item for item in descriptions() if item.id == result.board), None)
    if described is not None:
        seen = verified_by(result.board)
        console.print(f"described  its facts were confirmed by the selftests of {seen.boards} such boards")
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
    for note in hello.notes[:MAX_NOTES]:
        console.print(f"note       {plain(note)[:LONGEST_NOTE]}", style="yellow")
    for item in result.runtimes:
        console.print(f"runtime    {plain(item.id)} {plain(item.version)}  {plain(', '.join(item.providers))}")
    if not result.runtimes:
        console.print("runtime    none yet; the first deploy brings one")
    closed = result.isolation is None or result.isolation.network is not None
    console.print(f"a model    {plain(words(result.isolation))}", style=None if closed else "yellow")
    for sample in hello.samples:
        value = (
            f"unavailable: {plain(sample.reason)}" if sample.value is None else f"{sample.value:g} {plain(sample.unit)}"
        )
        console.print(f"sensor     {plain(sample.sensor)}: {value}")


def add_planned(result: "AddPlanned", console: "Console") -> None:
    """What a board is, and what adding it would do."""
    console.print(f"{plain(result.name)} would be added: {plain(result.address)}", style="bold")
    console.print(f"host key   {plain(result.fingerprint)}\nPython     {plain(result.python)}")
    for step, found in result.checks:
        console.print(f"{step:10} {plain(found)}")
    for line in result.would:
        console.print(f"would {line}")


def inventory(result: "DeviceList", console: "Console") -> None:
    """The inventory."""
    from rich.table import Table

    from ..deploy.enrol import RE_KEY

    table = Table(box=None, pad_edge=False, header_style="bold")
    tagged = any(item.tags for item in result.devices)
    for column in ("name", "address", "board", "identity", "groups", *["tags"] * tagged):
        table.add_column(column, overflow="fold")
    for item in result.devices:
        table.add_row(
            plain(item.name),
            plain(item.address),
            plain(item.board or ""),
            plain(item.device_id or ""),
            plain(" ".join(item.groups)),
            *[plain(" ".join(f"{key}={value}" for key, value in item.tags.items()))] * tagged,
        )
    print_table(table, console)
    shared = {frozenset((name, *others)) for name, others in result.clones.items()}
    for names in sorted(sorted(item) for item in shared if not any(item < other for other in shared)):
        console.print(
            f"warning: {plain(first_of(names))} share a host key, machine id or identity that should be one board's own\n"
            f"  -> {RE_KEY}",
            style="yellow",
        )
    if result.lacking:
        name = plain(result.lacking[0])
        console.print(
            f"no agent of this version yet: {plain(first_of(result.lacking))}; the next deployment or measurement brings "
            f"it, or at once: flyweight device probe {name}",
            soft_wrap=True,
        )
    if all(item.loopback for item in result.devices):
        console.print("\nadd a board: flyweight device add pi5 pi@raspberrypi.local")


def first_of(names: Sequence[str]) -> str:
    """The first names of a list, and how many more there are."""
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown} and {len(names) - SHOWN} more"


def added(result: "FleetAdded", console: "Console") -> None:
    """Boards of a file, then each reason once with its boards."""
    from rich.table import Table

    reasons: dict[tuple[str, str], list[str]] = {}
    table = Table(box=None, pad_edge=False, show_header=False)
    for item in result.rows:
        table.add_row(plain(item.name), plain(item.address), item.state)
        if item.error is not None:
            reasons.setdefault((item.error["message"], item.error["remedy"]), []).append(item.name)
    print_table(table, console)
    for (message, remedy), names in reasons.items():
        console.print(f"{plain(first_of(names))}: {plain(message)}\n  -> {plain(remedy)}", style="yellow")
    if not reasons and not any(item.state == "planned" for item in result.rows):
        console.print("next  flyweight device list   or   flyweight fleet rollout BUNDLE @all")


def discovered(result: "Discovered", console: "Console") -> None:
    """Hosts that could be added."""
    for item in result.hosts:
        state = f"is {item.device}" if item.device else ("answers" if item.ssh else "does not answer now")
        state += " at a new address" if item.moved else ""
        console.print(f"{plain(item.host)}  {item.source}  {plain(state)}")
        if item.moved:
            console.print(f"  flyweight device add {plain(item.device or '')} USER@{plain(item.host)}", soft_wrap=True)
        if item.ssh and not item.device:
            console.print(f"  flyweight device add NAME USER@{plain(item.host)}", soft_wrap=True)
    if not result.hosts:
        console.print("no board was found; add one by its address:\n  flyweight device add pi5 pi@192.168.1.20")


def keys(result: "TrustedKeys", console: "Console") -> None:
    """Signing keys that boards trust."""
    if result.planned is not None:
        console.print(f"{plain(result.planned)}; they trust now:")
    for name, ids in result.boards.items():
        shown = (f"{plain(item)} (this desktop)" if item == result.own else plain(item) for item in ids)
        console.print(f"{plain(name)}  {', '.join(shown)}")
    for name, error in result.errors.items():
        console.print(f"{plain(name)}  {plain(error['message'])}", style="yellow")


def checked(result: "Checked | SelfTested", console: "Console") -> None:
    """Checks in their order."""
    for check in result.checks:
        mark = "ok  " if check.ok else "FAIL" if check.tried else "-   "
        console.print(f"{mark} {check.name}: {plain(check.detail)}")
        if check.remedy and not check.ok:
            console.print(f"     -> {plain(check.remedy)}")


def selftested(result: "SelfTested", console: "Console") -> None:
    """Checks, and where the fixture lies."""
    checked(result, console)
    if result.fixture is not None:
        console.print(f"written: {plain(result.fixture)}")


def holders(result: "Unlocked") -> list[str]:
    """Who has a board, a line each."""
    lines = []
    if result.claim is not None:
        claim = result.claim
        lines.append(
            f"{plain(claim.who)} has it for {plain(claim.what)} since {claim.held_s:.0f} s ago; "
            f"it is free in {claim.left_s:.0f} s unless more comes from there"
        )
    if result.holder is not None:
        lines.append(plain(result.holder))
    return lines


def unlocked(result: "Unlocked", console: "Console") -> None:
    """Who had a board, and whether it is free now."""
    for line in holders(result):
        console.print(line)
    if result.freed:
        console.print(f"{plain(result.name)} is free")
    elif result.claim is None and result.holder is None:
        console.print(f"nobody holds {plain(result.name)}")
    else:
        console.print(
            f"nothing was changed; free it: flyweight device unlock {plain(result.name)} --yes", soft_wrap=True
        )


def set_up(result: "SetUp", console: "Console") -> None:
    """Rights, and what was changed."""
    for item in result.rights:
        state = "not on this board" if item.state == "absent" else item.state
        console.print(f"{state:17} {plain(item.id):9} {plain(item.unlocks)}")
    if result.script is not None:
        console.print(f"written: {plain(result.script)}; on the board: sudo sh {plain(Path(result.script).name)} apply")
    elif result.act == "planned":
        for line in result.would:
            console.print(f"would {plain(line)}")
    elif result.act != "none":
        console.print(f"{result.act}")
    elif any(item.state == "missing" for item in result.rights):
        console.print(f"grant them: flyweight device setup {plain(result.name)} --apply   (--undo takes them back)")


def removed(result: "Removed", console: "Console") -> None:
    """A forgotten board."""
    if result.planned:
        also = ", and everything of it on the board" if result.purged else ""
        console.print(f"{plain(result.name)} would be removed{also}")
        for text in result.runs:
            console.print(f"  which runs there now in slot {plain(text)}", style="yellow")
        return
    kept = "; agent and releases stay on the board: to clear it, too, add it again and remove it with --purge"
    also = ", and everything of it on the board" if result.purged else kept
    console.print(f"{plain(result.name)} removed{also}", soft_wrap=True)


def tags(result: "DeviceList", console: "Console") -> None:
    """A device and what is noted of it."""
    for item in result.devices:
        noted = "  ".join(f"{plain(key)}={plain(value)}" for key, value in item.tags.items())
        console.print(f"{plain(item.name)}  {noted or 'no tags'}")

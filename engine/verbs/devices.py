"""The verbs about boards: ``device_list``, ``device_probe``, ``device_setup``, ``device_selftest``, ..."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from device_agent.contract.measuring import Isolation
from device_agent.contract.messages import Claim, Hello, Right, Runtime, encode
from profiles.board import identify, jetpack
from profiles.verified import verified_by

from ..deploy import enrol, rights
from ..deploy import selftest as selftests
from ..deploy.agent_archive import build
from ..deploy.agent_client import LEASES_SINCE
from ..deploy.connect import connect, open_transport
from ..deploy.device_settings import DeviceSettings, change, schema
from ..deploy.discovery import Found, discover
from ..deploy.doctor import Check, examine
from ..deploy.inventory import Device, Inventory, check_name
from ..deploy.release import releases, running
from ..deploy.seen import last_agents
from ..deploy.trusted_keys import KeyChange
from ..errors import RejectedError, UsageError
from ..events import Cancel, Emit, Stage, ignore
from ..package.keys import signing_key
from ..records import Bundle, Format, Recipe
from ..workspace import write_atomic


@dataclass(frozen=True)
class DeviceFacts:
    """What a board says of itself, and the board id the table gives it."""

    name: str
    address: str
    board: str
    board_name: str
    hello: Hello
    runtimes: tuple[Runtime, ...]
    isolation: Isolation | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device probe --json``."""
        return {
            "name": self.name,
            "address": self.address,
            "board": self.board,
            "board_name": self.board_name,
            "verified_by": verified_by(self.board).boards,
            "jetpack": jetpack(self.hello.machine.l4t),
            "device_id": self.hello.device_id,
            "hello": encode(self.hello),
            "runtimes": [encode(item) for item in self.runtimes],
            "isolation": None if self.isolation is None else encode(self.isolation),
        }


@dataclass(frozen=True)
class DeviceList:
    """The inventory."""

    devices: tuple[Device, ...]
    clones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device list --json``; ``clones`` are devices that show the same identity.

        ``agent`` is ``other-version`` where this desktop last talked to an agent that is not of its version, else None.

        ``settings`` is the schema of what can be set, and of each device its values.
        """
        return {
            "devices": [
                {
                    **item.to_json(),
                    "clones": list(self.clones.get(item.name, ())),
                    "agent": "other-version" if item.name in self.lacking else None,
                    "settings": DeviceSettings.of(item).to_json(),
                }
                for item in self.devices
            ],
            "settings": schema(),
        }


@dataclass(frozen=True)
class Removed:
    """A forgotten board; with ``planned`` it is still there, and ``runs`` are the slots a purge would delete."""

    name: str
    purged: bool
    planned: bool = False
    runs: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device remove --json``."""
        return {"name": self.name, "purged": self.purged, "planned": self.planned, "runs": list(self.runs)}


@dataclass(frozen=True)
class Checked:
    """Result of the doctor: checks in their order; the first failing one is where to begin."""

    name: str
    checks: tuple[Check, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device doctor --json``."""
        return {
            "name": self.name,
            "ok": all(item.ok for item in self.checks),
            "checks": [
                {"name": c.name, "ok": c.ok, "detail": c.detail, "remedy": None if c.ok else c.remedy, "tried": c.tried}
                for c in self.checks
            ],
        }


@dataclass(frozen=True)
class TrustedKeys:
    """Which signing keys boards trust; ``own`` is this desktop's. With ``planned`` nothing was changed, only asked for."""

    own: str
    boards: Mapping[str, tuple[str, ...]]
    errors: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    planned: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device keys --json``."""
        return {
            "own": self.own,
            "boards": {name: list(keys) for name, keys in self.boards.items()},
            "errors": {name: dict(error) for name, error in self.errors.items()},
            "planned": self.planned,
        }


def device_keys(
    targets: Sequence[str],
    *,
    rotate: bool = False,
    revoke: Sequence[str] = (),
    dry_run: bool = False,
    timeout_s: float = 60.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> TrustedKeys:
    """List, replace or revoke the signing keys that boards trust.

    Args:
        targets: device names, ``@group`` or ``@all``.
        rotate: make a new key for this desktop, have all these boards trust it, then use it and revoke the old one.
            When a board cannot be reached nothing is replaced; the same call goes on later.
        revoke: ids of keys these boards shall trust never again.
        dry_run: reach the boards and list their keys; change nothing there or here.
    """
    names = tuple(dict.fromkeys(name for target in targets for name in Inventory.load().expand(target)))
    change = KeyChange(names, timeout_s=timeout_s, emit=emit, cancel=cancel or Cancel())
    if dry_run:
        boards, errors = change.apply()
        planned = _planned_keys(boards, errors, rotate, revoke)
    else:
        boards, errors = change.rotate() if rotate else change.apply(revoke=tuple(revoke))
        planned = None
    return TrustedKeys(signing_key().id, boards, {name: error.to_json() for name, error in errors.items()}, planned)


def _planned_keys(
    boards: Mapping[str, tuple[str, ...]], errors: Mapping[str, Exception], rotate: bool, revoke: Sequence[str]
) -> str:
    if rotate:
        missing = f", which waits until {', '.join(errors)} can be reached" if errors else ""
        return f"{len(boards)} boards would trust a new key of this desktop in place of {signing_key().id}{missing}"
    trust = {key: [name for name, keys in boards.items() if key in keys] for key in revoke}
    parts = [f"{key} on {', '.join(names) or 'no board: none trusts it'}" for key, names in trust.items()]
    return f"revoked for good would be {'; '.join(parts)}" if parts else "nothing would change"


def device_list() -> DeviceList:
    """All boards; ``loopback`` is always the first."""
    inventory, agents = Inventory.load(), last_agents()
    boards = [item for item in inventory.all() if not item.loopback and item.device_id in agents]
    own = build().agent_id if boards else None
    lacking = tuple(item.name for item in boards if agents[item.device_id or ""] != own)
    return DeviceList(inventory.all(), inventory.clones(), lacking)


def device_group(group: str, names: Sequence[str], *, remove: bool = False, dry_run: bool = False) -> DeviceList:
    """Put devices into a group, or take them out; returns who is in it then (with ``dry_run`` who would be)."""
    check_name(group)
    inventory = Inventory.load()
    for name in names:
        inventory.get(name)
    if dry_run:
        of = {item.name for item in inventory.all() if group in item.groups}
        then = of - set(names) if remove else of | set(names)
        return DeviceList(tuple(item for item in inventory.all() if item.name in then))
    for name in names:
        groups = set(inventory.get(name).groups) - {group} | (set() if remove else {group})
        inventory.update(name, groups=tuple(sorted(groups)))
    return DeviceList(tuple(item for item in inventory.all() if group in item.groups))


def device_tag(name: str, tags: Mapping[str, str], *, dry_run: bool = False) -> DeviceList:
    """Replace the tags of a device; returns the device (with ``dry_run`` as it would be).

    Raises:
        UsageError: a key that is empty, too long, or has a comma or an equals sign; a value with a comma.
    """
    return device_set(name, {"tags": tags}, dry_run=dry_run)


def device_set(name: str, changes: Mapping[str, Any], *, dry_run: bool = False) -> DeviceList:
    """Change settings of a device (see :class:`engine.deploy.device_settings.DeviceSettings`); what is not named stays.

    Returns:
        The device, with ``dry_run`` as it would be.

    Raises:
        UsageError: an unknown setting, or a value it cannot have.
    """
    return DeviceList((change(name, changes, dry_run=dry_run),))


@dataclass(frozen=True)
class Discovered:
    """Boards that could be added."""

    hosts: tuple[Found, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device discover --json``."""
        return {"hosts": [asdict(item) for item in self.hosts]}


def device_discover(*, timeout_s: float = 3.0) -> Discovered:
    """Look for boards: hosts of ~/.ssh/config or announced by mDNS, names boards usually have, and USB-gadget links."""
    return Discovered(discover(timeout_s))


def device_probe(
    name: str, *, timeout_s: float = 60.0, emit: Emit = ignore, cancel: Cancel | None = None
) -> DeviceFacts:
    """Connect and ask a board for what it is and has."""
    device = Inventory.load().get(name)
    with connect(name, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        hello = client.hello
        runtimes, isolation = tuple(client.runtimes()), client.isolation()
    match = identify(hello.board, hello.machine)
    return DeviceFacts(name, device.address, match.id, match.name, hello, runtimes, isolation)


def device_remove(name: str, *, purge: bool = False, dry_run: bool = False, timeout_s: float = 60.0) -> Removed:
    """Forget a board; ``purge`` also deletes the agent and its store there first, ``dry_run`` tells what that would end."""
    if dry_run:
        runs = running(releases(name, timeout_s=timeout_s)) if purge else ()
        return Removed(Inventory.load().get(name).name, purge, True, runs)
    enrol.remove_device(name, purge=purge, timeout_s=timeout_s)
    return Removed(name, purge)


def device_doctor(name: str, *, timeout_s: float = 60.0) -> Checked:
    """Check a board step by step and stop at the first step that fails."""
    return Checked(name, tuple(examine(Inventory.load().get(name), timeout_s=timeout_s)))


@dataclass(frozen=True)
class Unlocked:
    """Who had a board: the desktop that claims it, and the process at it; ``freed`` when both were ended."""

    name: str
    claim: Claim | None
    holder: str | None
    freed: bool

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device unlock --json``."""
        claim = None if self.claim is None else encode(self.claim)
        return {"name": self.name, "claim": claim, "holder": self.holder, "freed": self.freed}


def device_unlock(
    name: str,
    *,
    dry_run: bool = False,
    confirm: Callable[[Unlocked], bool] | None = None,
    timeout_s: float = 60.0,
    cancel: Cancel | None = None,
) -> Unlocked:
    """Free a board that another desktop deploys to or measures on; what was under way there ends as after a cut link.

    Args:
        dry_run: only say who has it.
        confirm: asked with that; False leaves everything as it is.

    Raises:
        RejectedError: the agent there keeps no desktop away for longer than one operation.
    """
    with connect(name, cancel=cancel, timeout_s=timeout_s) as client:
        if client.hello.minor < LEASES_SINCE:
            raise RejectedError(
                "no-leases",
                f"the agent there speaks protocol {client.hello.major}.{client.hello.minor} and knows no lease",
                "update it: flyweight device add NAME ADDRESS",
            )
        found = Unlocked(name, *client.lease_state(), freed=False)
        nobody = found.claim is None and found.holder is None
        if nobody or dry_run or (confirm is not None and not confirm(found)):
            return found
        client.lease_state(end=True)
        return replace(found, freed=True)


@dataclass(frozen=True)
class SetUp:
    """What the agent's user may do on a board, and what was changed."""

    name: str
    rights: tuple[Right, ...]
    act: str  # none | planned | applied | undone
    script: str | None = None
    would: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device setup --json``."""
        return {
            "name": self.name,
            "rights": [encode(item) for item in self.rights],
            "act": self.act,
            "script": self.script,
            "would": list(self.would),
        }


def device_setup(
    name: str,
    *,
    wanted: Sequence[str] | None = None,
    apply: bool = False,
    undo: bool = False,
    script: str | Path | None = None,
    dry_run: bool = False,
    password: str | None = None,
    ask_password: Callable[[str], str] | None = None,
    timeout_s: float = 60.0,
    emit: Emit = ignore,
) -> SetUp:
    """List the rights that make measuring better on a board; grant them once by sudo, or take them back.

    Args:
        wanted: names of rights; default: all that are missing.
        apply: grant them.
        undo: restore every mode and membership that ``apply`` changed.
        script: write the script there instead; it runs on the board as root.
        dry_run: look at the rights, and say which would be granted or taken back.
        password: for sudo, if it wants one; sent to the board and kept nowhere.
        ask_password: instead: called with the board's address when sudo wants a password, which is kept nowhere.

    Raises:
        UsageError: an unknown right. AuthenticationError: sudo was refused. RejectedError: the script failed.
    """
    device = Inventory.load().get(name)
    with connect(name, timeout_s=timeout_s) as client:
        found = client.rights()
    chosen = tuple(wanted or (item.id for item in found if item.state == "missing"))
    text = rights.script(chosen)
    if dry_run:
        granted = f"grant {', '.join(chosen)}" if chosen else "grant nothing: none is missing"
        act = "take back what --apply changed" if undo else granted
        return SetUp(name, found, "planned", would=(act if script is None else f"write the script that would {act}",))
    if script is not None:
        write_atomic(Path(script), text.encode(), 0o755)
        return SetUp(name, found, "none", str(script))
    if not apply and not undo:
        return SetUp(name, found, "none")
    if device.loopback:
        raise UsageError(
            "setup-here", "loopback starts the agent and nothing else", "write the script with --script and run it here"
        )
    if apply and not chosen:
        return SetUp(name, found, "none")
    emit(Stage("undo" if undo else "apply", device.address))
    # The user's own login: this desktop's key starts the agent and nothing else.
    with open_transport(replace(device, restricted=False), timeout_s=timeout_s) as transport:
        free = rights.needs_no_password(transport, timeout_s)
        if password is None and not free and ask_password is not None:
            password = ask_password(device.address)
        rights.change(transport, chosen, undo=undo, free=free, password=password, timeout_s=timeout_s)
    with connect(name, timeout_s=timeout_s) as client:  # a new login has the new groups
        return SetUp(name, client.rights(), "undone" if undo else "applied")


@dataclass(frozen=True)
class SelfTested:
    """Checks of a board, and where the captured fixture lies."""

    name: str
    board: str
    checks: tuple[Check, ...]
    fixture: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device selftest --json``."""
        checks = Checked(self.name, self.checks).to_json()
        return {**checks, "board": self.board, "fixture": self.fixture}


def device_selftest(
    name: str,
    *,
    export: str | Path | None = None,
    timeout_s: float = 120.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> SelfTested:
    """Check every sensor, unit, runtime and protocol step on a board, and capture its sensors for the tests.

    Args:
        export: where the fixture goes: the sensors' texts and what they mean, without serial numbers or names.
    """
    with connect(name, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
        done = selftests.selftest(client, _test_bundle, emit=emit, cancel=cancel)
        board = identify(client.hello.board, client.hello.machine).id
    if export is None or done.fixture is None:
        return SelfTested(name, board, done.checks)
    write_atomic(Path(export), selftests.to_text(done.fixture).encode())
    return SelfTested(name, board, done.checks, str(export))


def _test_bundle(form: Format, folder: Path) -> Bundle:
    """A small network that comes with the product, with golden samples."""
    from ..model.datasets import open_data
    from ..model.samples import sample
    from ..package.bundle import make_bundle

    net = sample("fashion-mobilenet")
    file = net.onnx_int8 if form is Format.ONNX else net.tflite_int8
    return make_bundle(
        {form: file},
        data=open_data("fashion-mnist:shipped"),
        recipe=Recipe(()),
        name=f"selftest-{form}",
        out_dir=folder,
        signing_key=signing_key(),
        model="selftest",
    )

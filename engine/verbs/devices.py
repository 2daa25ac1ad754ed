"""The verbs about boards: ``device_add``, ``device_list``, ``device_probe``, ``device_setup``, ``device_selftest``, ..."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from device_agent.contract.messages import Claim, Hello, Right, Runtime, encode
from profiles.board import identify, jetpack
from profiles.verified import verified_by

from ..deploy import enrol, host_keys, rights
from ..deploy import selftest as selftests
from ..deploy.agent_client import LEASES_SINCE
from ..deploy.connect import connect, open_transport
from ..deploy.discovery import Found, discover
from ..deploy.doctor import Check, examine
from ..deploy.enrol_fleet import enrol_fleet
from ..deploy.fleet_file import read_fleet
from ..deploy.inventory import Device, Inventory, check_name
from ..deploy.release import releases, running
from ..deploy.trusted_keys import KeyChange
from ..errors import RejectedError, UsageError
from ..events import Cancel, Emit, Event, Stage, ignore
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
        }


@dataclass(frozen=True)
class DeviceList:
    """The inventory."""

    devices: tuple[Device, ...]
    clones: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device list --json``; ``clones`` are devices that show the same identity."""
        return {
            "devices": [{**item.to_json(), "clones": list(self.clones.get(item.name, ()))} for item in self.devices]
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
                {"name": c.name, "ok": c.ok, "detail": c.detail, "remedy": None if c.ok else c.remedy}
                for c in self.checks
            ],
        }


@dataclass(frozen=True)
class AddPlanned:
    """A board that could be added: what it is, and what would be put there and written down here."""

    name: str
    address: str
    fingerprint: str
    python: str
    checks: tuple[tuple[str, str], ...]
    would: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device add --dry-run --json``."""
        checks = [{"name": step, "found": found} for step, found in self.checks]
        return {**asdict(self), "checks": checks, "would": list(self.would), "planned": True}


WOULD_ADD = (
    "put the agent and this desktop's signing key into ~/.flyweight of that user",
    "add a line for this desktop's own SSH key to ~/.ssh/authorized_keys; it starts the agent and nothing else",
    "pin the host key, and put the board into this desktop's inventory",
)


def device_add_plan(name: str, address: str, **arguments: Any) -> AddPlanned:
    """Reach a board and look at it as ``device_add`` does, which takes the same arguments; put nothing there.

    Raises:
        HostKeyError, AuthenticationError, UnreachableError, RejectedError: what would stand in the way.
    """
    checks: list[tuple[str, str]] = []
    emit, password = arguments.pop("emit", ignore), arguments.pop("password", None)

    def told(event: Event) -> None:
        if isinstance(event, Stage) and event.name.startswith("check "):
            checks.append((event.name.removeprefix("check "), event.detail))
        emit(event)

    arguments["groups"] = tuple(arguments.get("groups", ()))
    arguments["ask_password"] = _answering(password) or arguments.pop("ask_password", None)
    device = enrol.add_device(name, address, **arguments, dry_run=True, emit=told)
    assert device.host_key is not None  # a board that was reached has shown one
    shown = host_keys.fingerprint(device.host_key)
    return AddPlanned(name, device.address, shown, device.python or "python3", tuple(checks), WOULD_ADD)


def device_add(
    name: str,
    address: str,
    *,
    identity: Path | None = None,
    accept_fingerprint: str | None = None,
    python: str | None = None,
    groups: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
    confirm: Callable[[str, str], bool] | None = None,
    ask_passphrase: Callable[[str], str] | None = None,
    password: str | None = None,
    ask_password: Callable[[str], str] | None = None,
    reflashed: bool = False,
    allow_root: bool = False,
    timeout_s: float = 120.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> DeviceFacts:
    """Enrol a board: pin its host key, install the agent and this desktop's signing key, and look at it.

    Args:
        address: ``user@host[:port]`` or a Host of ~/.ssh/config.
        accept_fingerprint: ``SHA256:...`` of the host key; without it ``confirm`` is asked, without both it is refused.
        python: path of a Python 3.8-3.13 on the board; default: the newest found.
        confirm: called with host and fingerprint, returns whether the key is right.
        password: of the user on the board, used for this login alone and kept nowhere; then this desktop's key is used.
        ask_password: instead: called with ``user@host`` once the host key is right.
        reflashed: the board was flashed anew: the key pinned for this name counts no longer and the new one has to be
            accepted; its groups and tags stay.
        allow_root: the login is root, and that is meant; without it the agent refuses to run as root. For ``loopback`` and
            addresses of this computer it is said by itself when this program runs as root.

    Raises:
        HostKeyError: unknown or changed host key. AuthenticationError: no key was accepted. UnreachableError: no answer.
    """
    enrol.add_device(
        name,
        address,
        identity=identity,
        accept_fingerprint=accept_fingerprint,
        python=python,
        groups=tuple(groups),
        tags=tags,
        confirm=confirm,
        ask_passphrase=ask_passphrase,
        ask_password=_answering(password) or ask_password,
        reflashed=reflashed,
        allow_root=allow_root,
        timeout_s=timeout_s,
        emit=emit,
        cancel=cancel or Cancel(),
    )
    emit(Stage("look", name))
    return device_probe(name, timeout_s=timeout_s)


def _answering(password: str | None) -> Callable[[str], str] | None:
    return None if password is None else lambda who: password


@dataclass(frozen=True)
class Enrolled:
    """What became of one row of a fleet file: ``added``, ``planned``, ``known`` (nothing to do) or ``failed`` with the error."""

    name: str
    address: str
    state: str
    error: Mapping[str, str] | None = None


@dataclass(frozen=True)
class FleetAdded:
    """All rows of a fleet file."""

    rows: tuple[Enrolled, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device add --from --json``."""
        return {"devices": [asdict(item) for item in self.rows]}


def device_add_from(
    path: Path,
    *,
    identity: Path | None = None,
    confirm: Callable[[Mapping[str, str]], bool] | None = None,
    password: str | None = None,
    allow_root: bool = False,
    dry_run: bool = False,
    parallel: int = 8,
    timeout_s: float = 120.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> FleetAdded:
    """Enrol all boards of a CSV or JSON file, several at once; boards that are enrolled already are left alone.

    Args:
        path: see :mod:`engine.deploy.fleet_file`.
        identity: private key for rows that name none.
        confirm: asked once with all unknown fingerprints by ``name (address)``; without it those boards fail.
        password: of the boards whose row names no key, the same for all; used for this login alone and kept nowhere.
        allow_root: where the login is root, that is meant.
        dry_run: only look; boards that could be added are ``planned``.
        parallel: boards at once.

    Raises:
        UsageError: the file is wrong; no board was touched then.
    """
    return FleetAdded(
        tuple(
            Enrolled(row.name, row.address, state, None if error is None else error.to_json())
            for row, state, error in enrol_fleet(
                read_fleet(path),
                identity,
                confirm,
                ask_password=_answering(password),
                allow_root=allow_root,
                dry_run=dry_run,
                parallel=parallel,
                timeout_s=timeout_s,
                emit=emit,
                cancel=cancel,
            )
        )
    )


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
    inventory = Inventory.load()
    return DeviceList(inventory.all(), inventory.clones())


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
    for key, value in tags.items():
        if not 0 < len(key) <= 64 or set(key) & set(",=\n") or len(value) > 256 or set(value) & set(",\n"):
            raise UsageError("bad-tag", f"'{key[:100]}={value[:100]}' is no tag", "write KEY=VALUE without commas")
    if dry_run:
        return DeviceList((replace(Inventory.load().get(name), tags=dict(sorted(tags.items()))),))
    return DeviceList((Inventory.load().update(name, tags=dict(sorted(tags.items()))),))


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


def device_probe(name: str, *, timeout_s: float = 60.0, cancel: Cancel | None = None) -> DeviceFacts:
    """Connect and ask a board for what it is and has."""
    device = Inventory.load().get(name)
    with connect(name, cancel=cancel, timeout_s=timeout_s) as client:
        hello = client.hello
        runtimes = tuple(client.runtimes())
    match = identify(hello.board, hello.machine)
    return DeviceFacts(name, device.address, match.id, match.name, hello, runtimes)


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
                "update it: flyweight device add NAME ...",
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
    script: Path | None = None,
    dry_run: bool = False,
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
        ask_password: called with the board's address when sudo wants a password, which is kept nowhere.

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
        write_atomic(script, text.encode(), 0o755)
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
        password = None if free or ask_password is None else ask_password(device.address)
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
    export: Path | None = None,
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
    if export is not None:
        write_atomic(export, selftests.to_text(done.fixture).encode())
    return SelfTested(name, board, done.checks, None if export is None else str(export))


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

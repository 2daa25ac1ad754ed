"""The verbs that add boards: ``device_add``, ``device_add_plan`` and ``device_add_from``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..deploy import enrol, host_keys
from ..deploy.enrol_fleet import enrol_fleet
from ..deploy.fleet_file import read_fleet
from ..errors import FlyweightError
from ..events import Cancel, Emit, Event, Stage, ignore
from .devices import DeviceFacts, device_probe


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
    identity: str | Path | None = None,
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
        python: path of a Python 3.8-3.13 on the board, or a command of plain words that ends in one; default: the newest found.
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
        identity=None if identity is None else Path(identity),
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
    path: str | Path,
    *,
    identity: str | Path | None = None,
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
            Enrolled(row.name, row.address, state, None if error is None else _told(error, path))
            for row, state, error in enrol_fleet(
                read_fleet(Path(path)),
                None if identity is None else Path(identity),
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


def _told(error: FlyweightError, path: str | Path) -> dict[str, str]:
    """The error of a row; a fingerprint that is wrong there is put right there."""
    told = error.to_json()
    if error.code == "host-key-mismatch":
        told["remedy"] = f"{error.remedy}; if it is the board's, correct its fingerprint in {path}"
    return told

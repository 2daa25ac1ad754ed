"""Enrols many boards at once: first all fingerprints are collected and shown in one table, then the boards are added."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from ..errors import FlyweightError
from ..events import Cancel, Emit, Stage, ignore
from .enrol import add_device
from .fleet_file import Row
from .host_keys import UnknownHostKeyError
from .inventory import Inventory, parse_address
from .ssh_login import AskPassword

Result = tuple[Row, str, FlyweightError | None]


def enrol_fleet(
    rows: Sequence[Row],
    identity: Path | None,
    confirm: Callable[[Mapping[str, str]], bool] | None,
    *,
    ask_password: AskPassword | None = None,
    allow_root: bool = False,
    dry_run: bool = False,
    parallel: int = 8,
    timeout_s: float = 120.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> tuple[Result, ...]:
    """Add every board that is not enrolled yet: row, ``added``/``planned``/``known``/``failed``, and the error.

    Args:
        rows: of a fleet file.
        identity: private key for rows that name none.
        confirm: asked once with fingerprints by ``name (address)``; True = all of them are right.
        ask_password: log in by password to the boards whose row names no key.
        allow_root: where the login is root, that is meant.
        dry_run: look at the boards; put nothing there and write nothing down.
    """
    stop = cancel or Cancel()

    def add(row: Row) -> Result:
        if stop.requested:
            return row, "failed", FlyweightError("cancelled", "cancelled", "run the same command again")
        emit(Stage("add", f"{row.name} {row.address}"))
        try:
            add_device(
                row.name,
                row.address,
                identity=Path(row.identity) if row.identity else identity,
                ask_password=None if row.identity else ask_password,
                accept_fingerprint=row.fingerprint,
                python=row.python,
                groups=row.groups,
                tags=row.tags,
                allow_root=allow_root,
                dry_run=dry_run,
                timeout_s=timeout_s,
                cancel=stop,
            )
        except UnknownHostKeyError as error:  # a person may still say that it is right
            emit(Stage("unknown host key", row.name))
            return row, "failed", error
        except FlyweightError as error:
            emit(Stage("failed", f"{row.name}: {error.message}"))
            return row, "failed", error
        state = "planned" if dry_run else "added"
        emit(Stage(state, row.name))
        return row, state, None

    results: dict[str, Result] = {row.name: (row, "known", None) for row in rows if _is_known(row)}
    fresh = [row for row in rows if row.name not in results]
    with ThreadPoolExecutor(max(parallel, 1), thread_name_prefix="flyweight-add") as pool:
        results.update({row.name: (row, state, error) for row, state, error in pool.map(add, fresh)})
        unknown = [
            replace(row, fingerprint=error.found)
            for row, _, error in results.values()
            if isinstance(error, UnknownHostKeyError) and error.host == parse_address(row.address)[1]
        ]
        asked = {f"{row.name} ({row.address})": str(row.fingerprint) for row in unknown}
        if asked and confirm is not None and not stop.requested and confirm(asked):
            results.update({row.name: (row, state, error) for row, state, error in pool.map(add, unknown)})
    stop.check()
    return tuple(results[row.name] for row in rows)


def _is_known(row: Row) -> bool:
    """Whether a board is enrolled under this name and address, so that only the rest is tried again."""
    user, host, port = parse_address(row.address)
    for item in Inventory.load().all():
        if item.name == row.name:
            same = (item.user, item.host, item.port) == (user, host, port or 22)
            return same and item.device_id is not None
    return False

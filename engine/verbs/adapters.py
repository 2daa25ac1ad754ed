"""The verbs ``adapter_add``, ``adapter_list`` and ``adapter_remove``: runtimes of vendors on your boards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from device_agent.contract.messages import Adapter, encode

from ..deploy import adapters
from ..deploy.agent_client import AgentClient
from ..deploy.connect import connect
from ..events import Cancel, Emit, Stage, ignore
from .deployment import expand


@dataclass(frozen=True)
class Adapters:
    """The adapters that were added to each board; with ``planned`` those that are there, and what was not done."""

    boards: Mapping[str, tuple[Adapter, ...]]
    planned: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of ``flyweight device adapter list --json``."""
        boards = {name: [encode(item) for item in found] for name, found in self.boards.items()}
        return {"boards": boards, "planned": self.planned}


def adapter_add(
    targets: Sequence[str] | str,
    file: str | Path,
    *,
    dry_run: bool = False,
    timeout_s: float = 120.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Adapters:
    """Put a runtime adapter (one Python file, docs/adapters.md) on boards; each loads it in a limited child first.

    With ``dry_run`` the file is checked, and the boards tell what they have.

    Raises:
        UsageError: the file is no adapter. AgentError: a board cannot load it.
    """
    file = Path(file)
    content = adapters.read(file)
    if dry_run:
        return replace(adapter_list(targets, timeout_s=timeout_s, emit=emit, cancel=cancel), planned=f"add {file.name}")
    return _on_each(
        targets, lambda client: adapters.change(client, add=content), timeout_s, emit, cancel, f"add {file.name}"
    )


def adapter_list(
    targets: Sequence[str] | str, *, timeout_s: float = 60.0, emit: Emit = ignore, cancel: Cancel | None = None
) -> Adapters:
    """The adapters users added to boards; one that cannot be used there says why."""
    return _on_each(targets, lambda client: adapters.listed(client)[1], timeout_s, emit, cancel, "list")


def adapter_remove(
    targets: Sequence[str] | str,
    name: str,
    *,
    dry_run: bool = False,
    timeout_s: float = 60.0,
    emit: Emit = ignore,
    cancel: Cancel | None = None,
) -> Adapters:
    """Take an adapter off boards; slots that run on it have no runtime then.

    With ``dry_run`` the boards tell what they have, and nothing is taken off.

    Raises:
        UsageError: a board has no such adapter.
    """
    if dry_run:
        found = adapter_list(targets, timeout_s=timeout_s, emit=emit, cancel=cancel)
        has = [board for board, items in found.boards.items() if any(item.id == name for item in items)]
        return replace(found, planned=f"remove {name} from {', '.join(has) or 'no board: none has it'}")
    return _on_each(
        targets, lambda client: adapters.change(client, remove=name), timeout_s, emit, cancel, f"remove {name}"
    )


def _on_each(
    targets: Sequence[str] | str,
    act: Callable[[AgentClient], tuple[Adapter, ...]],
    timeout_s: float,
    emit: Emit,
    cancel: Cancel | None,
    what: str,
) -> Adapters:
    found = {}
    for name in expand(targets):
        emit(Stage("adapter", f"{what} on {name}"))
        with connect(name, emit=emit, cancel=cancel, timeout_s=timeout_s) as client:
            found[name] = act(client)
    return Adapters(found)

"""From raw board strings to a board id, by the descriptions in ``boards/*.toml``.

The agent reports strings only; what they mean is knowledge of the desktop, versioned with it.
"""

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from device_agent.contract.messages import Board, Machine

from .errors import ProfileError


@dataclass(frozen=True)
class Description:
    """One kind of hardware.

    Attributes:
        id: stable, kebab-case (``raspberry-pi-5``).
        compatible: device-tree strings that name it, most specific.
        models: prefixes of the device-tree model string (a revision may follow).
        facts: CPU, memory, power sensors, ... each with ``source``; ``verified`` is False until a board showed it.
    """

    id: str
    name: str
    version: int
    compatible: tuple[str, ...]
    models: tuple[str, ...]
    verified: bool
    source: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BoardMatch:
    """What a board is: id, name, how it was found out, and its description where there is one."""

    id: str
    name: str
    by: str  # compatible | model | cpu | unknown
    description: Description | None = None


@cache
def descriptions() -> tuple[Description, ...]:
    """All descriptions that come with the product.

    Raises:
        ProfileError: a file is damaged; names it.
    """
    found = []
    for file in sorted(resources.files(__package__).joinpath("boards").iterdir(), key=lambda item: item.name):
        if not file.name.endswith(".toml"):
            continue
        try:
            value = tomllib.loads(file.read_text(encoding="utf-8"))
            found += [_description(item, value) for item in value["board"]]
        except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise ProfileError("board-file", f"{file.name}: {error}", "install Flyweight again") from None
    return tuple(found)


def _description(item: dict[str, Any], file: dict[str, Any]) -> Description:
    known = {"id", "name", "compatible", "model", "verified"}
    return Description(
        item["id"],
        item["name"],
        file["version"],
        tuple(item.get("compatible", ())),
        tuple(item.get("model", ())),
        item.get("verified", False),
        file["source"],
        {key: value for key, value in item.items() if key not in known},
    )


def identify(board: Board, machine: Machine) -> BoardMatch:
    """The board of some raw strings: compatible exact, then the longest model prefix, then the CPU.

    A board that no description knows gets an id made from its own strings, so its readings never mix with others.
    """
    for compatible in board.compatible:
        for item in descriptions():
            if compatible in item.compatible:
                return BoardMatch(item.id, item.name, "compatible", item)
    model = board.model or ""
    prefixed = [(len(p), item) for item in descriptions() for p in item.models if model.startswith(p)]
    if prefixed:
        item = max(prefixed, key=lambda pair: pair[0])[1]
        return BoardMatch(item.id, item.name, "model", item)
    if model:
        return BoardMatch(slug(model), model, "model")
    if machine.cpu_model:
        name = f"{machine.cpu_model}, {machine.cpus} cores"
        return BoardMatch(f"pc-{slug(machine.cpu_model)}-{machine.cpus}c", name, "cpu")
    return BoardMatch(f"unknown-{slug(machine.arch)}", f"unknown {machine.arch} board", "unknown")


def slug(text: str) -> str:
    """Letters and digits of a foreign text, joined by dashes, at most 60 of them."""
    cleaned = re.sub(r"\((?:r|tm)\)|processor|cpu", " ", text.lower())
    return re.sub(r"[^a-z0-9]+", "-", cleaned).strip("-")[:60].strip("-") or "unnamed"

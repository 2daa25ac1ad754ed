"""From raw board strings to a board id, by the descriptions in ``boards/*.toml``.

The agent reports strings only; what they mean is knowledge of the desktop, versioned with it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from device_agent.contract.messages import Board, Machine

from .errors import ProfileError

SCHEMA = 1
REVISION = re.compile(r" (?:Rev|V|v|Version) ?\d[\w.]*$")
"""What a model string may carry behind the name: ``Raspberry Pi 5 Model B Rev 1.1``."""

NO_NAME = re.compile(
    r"^$|to be filled|o\.e\.m|default string|system (product|manufacturer)|not (specified|applicable)|none|unknown|invalid",
    re.IGNORECASE,
)
VIRTUAL = re.compile(r"qemu|kvm|vmware|virtualbox|innotek|xen|bochs|virtual machine|firecracker", re.IGNORECASE)


@dataclass(frozen=True)
class Description:
    """One kind of hardware.

    Attributes:
        id: stable, kebab-case (``raspberry-pi-5``).
        version: of its file.
        compatible: device-tree strings that name it.
        models: model strings; a revision may follow, and one that ends in ``*`` is a prefix.
        verified: whether a board of this kind confirmed the facts.
        unverified: names of the facts that rest on general knowledge alone.
        source: where strings and facts come from.
        facts: CPU, memory, instructions, power sensor, ...
    """

    id: str
    name: str
    version: int
    compatible: tuple[str, ...]
    models: tuple[str, ...]
    verified: bool
    unverified: tuple[str, ...]
    source: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class BoardMatch:
    """What a board is: id, name, how it was found out, and its description where there is one."""

    id: str
    name: str
    by: str  # compatible | model | dmi | cpu | unknown
    description: Description | None = None


@cache
def descriptions() -> tuple[Description, ...]:
    """All descriptions that come with the product.

    Raises:
        ProfileError: a file is damaged; names it.
    """
    found: list[Description] = []
    for file in sorted(resources.files(__package__).joinpath("boards").iterdir(), key=lambda item: item.name):
        if file.name.endswith(".toml"):
            found += parse(file.name, file.read_text(encoding="utf-8"))
    return tuple(found)


def parse(name: str, text: str) -> list[Description]:
    """The descriptions of one file.

    Args:
        name: of the file, for errors.
        text: TOML.

    Raises:
        ProfileError: the file is damaged or of another schema.
    """
    try:
        value = tomllib.loads(text)
        if value["schema"] != SCHEMA:
            raise ProfileError("board-file", f"{name} has schema {value['schema']}, not {SCHEMA}", "update Flyweight")
        return [_description(item, value) for item in value["board"]]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ProfileError("board-file", f"{name}: {error}", "install Flyweight again") from None


def _description(item: dict[str, Any], file: dict[str, Any]) -> Description:
    known = {"id", "name", "compatible", "model", "verified", "unverified"}
    return Description(
        item["id"],
        item["name"],
        file["version"],
        tuple(item.get("compatible", ())),
        tuple(item.get("model", ())),
        item.get("verified", False),
        tuple(item.get("unverified", ())),
        file["source"],
        {key: value for key, value in item.items() if key not in known},
    )


def identify(board: Board, machine: Machine) -> BoardMatch:
    """The board of some raw strings: compatible exact, then the model, then a PC's DMI name and processor.

    A board that no description knows gets an id made from its own strings, so its readings never mix with others.
    """
    for compatible in board.compatible:
        for item in descriptions():
            if compatible in item.compatible:
                return BoardMatch(item.id, item.name, "compatible", item)
    model = REVISION.sub("", (board.model or "").strip())
    fitting = [(len(known), item) for item in descriptions() for known in item.models if fits(known, model)]
    if fitting:
        item = max(fitting, key=lambda pair: pair[0])[1]
        return BoardMatch(item.id, item.name, "model", item)
    if model:
        return BoardMatch(slug(model), model, "model")
    return _computer(board, machine)


def fits(known: str, model: str) -> bool:
    """Whether a board's model string, with or without its revision, is a known one."""
    name = REVISION.sub("", model.strip())
    return name.startswith(known[:-1]) if known.endswith("*") else name == known


def _computer(board: Board, machine: Machine) -> BoardMatch:
    """A PC or virtual machine: product and processor together, since either alone says too little of its speed."""
    parts = [part.strip() for part in (board.dmi or "").split(" / ")]
    named = [part for part in parts[:2] if not NO_NAME.search(part)]
    product = "" if VIRTUAL.search(board.dmi or "") else " ".join(dict.fromkeys(named))
    cpu = machine.cpu_model or ""
    cores = f"{machine.cpus} core" + "s" * (machine.cpus != 1)
    if product and cpu:
        return BoardMatch(f"pc-{slug(product)}-{slug(cpu)}-{machine.cpus}c", f"{product}, {cpu}, {cores}", "dmi")
    if cpu:
        return BoardMatch(f"pc-{slug(cpu)}-{machine.cpus}c", f"{cpu}, {cores}", "cpu")
    if product:
        return BoardMatch(f"pc-{slug(product)}-{machine.cpus}c", f"{product}, {cores}", "dmi")
    return BoardMatch(f"unknown-{slug(machine.arch)}", f"unknown {machine.arch} board", "unknown")


JETPACKS = (
    ("32.7", "4.6"), ("35.1", "5.0.2"), ("35.2.1", "5.1"), ("35.3.1", "5.1.1"), ("35.4.1", "5.1.2"), ("35.5", "5.1.3"),
    ("35.6", "5.1.4 to 5.1.6"), ("36.3", "6.0"), ("36.4.0", "6.1"), ("36.4.3", "6.2"), ("36.4.4", "6.2.1"), ("36.4.7", "6.2.1"),
    ("36.5", "6.2.2"), ("38.2", "7.0"), ("38.4", "7.1"), ("39.2", "7.2"),
)  # fmt: skip
"""Releases of L4T and the JetPack each belongs to (NVIDIA's archive, as jetson_stats lists it)."""


def jetpack(l4t: str | None) -> str | None:
    """The JetPack of a release of L4T; None for one that is not known.

    >>> jetpack("36.4.4"), jetpack("32.7.4"), jetpack("36.4"), jetpack("99.1")
    ('6.2.1', '4.6', '6.1', None)
    """
    if l4t is None:
        return None
    parts = l4t.split(".")
    full = ".".join([*parts, "0"]) if len(parts) == 2 else l4t
    fitting = [(known, name) for known, name in JETPACKS if f"{full}.".startswith(f"{known}.")]
    return max(fitting, key=lambda pair: len(pair[0]))[1] if fitting else None


def slug(text: str) -> str:
    """Letters and digits of a foreign text, joined by dashes, at most 60 of them."""
    cleaned = re.sub(r"\((?:r|tm)\)|\bprocessor\b|\bcpu\b", " ", text.lower())
    return re.sub(r"[^a-z0-9]+", "-", cleaned).strip("-")[:60].strip("-") or "unnamed"

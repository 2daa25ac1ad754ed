"""How many boards confirmed what a description says: counted in the fixtures that ``flyweight device selftest`` writes.

Only a fixture that somebody's board wrote counts, so a board nobody owns stays at 0. ``make docs`` counts the fixtures of
``tests/cases/sensors`` into ``verified.json``, which comes with the product.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from device_agent.contract.messages import Board, Machine

from .board import Description, fits, identify
from .errors import ProfileError

SCHEMA = 1
RAM_SHARE = (0.75, 1.02)
"""What of a board's memory its system shows: the firmware keeps some."""


@dataclass(frozen=True)
class Verified:
    """Boards that wrote a fixture, and how many of them confirmed each fact."""

    boards: int = 0
    facts: Mapping[str, int] = field(default_factory=dict)

    def of(self, fact: str) -> str:
        """How sure a fact is that rests on general knowledge: ``verified by n boards``, or ``not verified``."""
        count = self.facts.get(fact, 0)
        return f"verified by {count} board{'s' * (count != 1)}" if count else "not verified"


def confirmed(item: Description, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Which facts of a description a fixture bears out.

    Args:
        item: of the board.
        seen: the fixture: ``machine`` (compatible, model, isa, ram_bytes) and ``expected`` samples by sensor.
    """
    machine, found = seen["machine"], []
    if set(machine["compatible"]) & set(item.compatible):
        found.append("compatible")
    if any(fits(known, machine["model"] or "") for known in item.models):
        found.append("model")
    wanted = item.facts.get("isa")
    if isinstance(wanted, list) and wanted and set(wanted) <= set(machine["isa"]):
        found.append("isa")
    low, high = RAM_SHARE
    sizes = item.facts.get("ram_mb")
    shown_mb = machine["ram_bytes"] / (1 << 20)
    if isinstance(sizes, list) and any(low * size <= shown_mb <= high * size for size in sizes):
        found.append("ram_mb")
    power = [value for name, (value, *_) in seen["expected"].items() if name.partition(":")[0] == "power"]
    if any(value is not None for value in power) and not str(item.facts.get("power_sensor", "none")).startswith("none"):
        found.append("power_sensor")
    return tuple(found)


def count(fixtures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The content of ``verified.json`` for captured fixtures; those no board wrote are left out."""
    boards: dict[str, dict[str, Any]] = {}
    for seen in fixtures:
        machine = seen.get("machine")
        if not isinstance(machine, dict):
            continue
        blank = Machine(
            machine["arch"], None, machine["cpus"], machine["isa"], machine["ram_bytes"], 0, "", "", "", "", ""
        )
        match = identify(Board(machine["model"], machine["compatible"]), blank)
        if match.description is None:
            continue
        row = boards.setdefault(match.id, {"boards": 0, "facts": {}})
        row["boards"] += 1
        for fact in confirmed(match.description, seen):
            row["facts"][fact] = row["facts"].get(fact, 0) + 1
    return {"schema": SCHEMA, "boards": dict(sorted(boards.items()))}


@cache
def _table() -> dict[str, Verified]:
    try:
        value = json.loads(resources.files(__package__).joinpath("verified.json").read_text(encoding="utf-8"))
        if value["schema"] != SCHEMA:
            raise ProfileError("verified-file", f"verified.json has schema {value['schema']}", "update Flyweight")
        return {name: Verified(row["boards"], row["facts"]) for name, row in value["boards"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ProfileError("verified-file", f"verified.json: {error}", "install Flyweight again") from None


def verified_by(board: str) -> Verified:
    """Of a board id; nobody where none wrote a fixture."""
    return _table().get(board, Verified())

"""Which power rail of a Jetson counts the whole module, and the sum of rails where none does.

Sub-rails are part of the total and must never be added to it. AGX boards have no rail for the total: the sum of theirs leaves
the carrier board out. Rails of other boards are not added up, because what hangs on them is not known.
"""

from typing import FrozenSet, List, Sequence, Tuple

from ..contract.messages import Sample
from .sample import measured

TOTAL = frozenset({"POM_5V_IN", "VDD_IN"})
ADDED: Tuple[Tuple[str, FrozenSet[str], FrozenSet[str]], ...] = (
    ("AGX Orin", frozenset({"VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"}), frozenset({"VDDQ_VDD2_1V8AO"})),
    ("AGX Xavier", frozenset({"GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"}), frozenset()),
)
"""Boards without a total rail: the rails that must all be there, and those that may."""
UNCONNECTED = frozenset({"NC", ""})


def scope(rail: str) -> str:
    """What a rail feeds."""
    return "module" if rail in TOTAL else "soc"


def added(chip: str, rails: Sequence[Sample], source: str) -> List[Sample]:
    """The sum of a board's rails, where the board is one of those without a total rail; else nothing."""
    known = {item.sensor.rpartition("/")[2]: item.value for item in rails if item.sensor.startswith("power:")}
    if TOTAL.intersection(known):
        return []
    for board, needed, optional in ADDED:
        values = [known[name] for name in (needed | optional) if name in known]
        if needed.issubset(known) and all(value is not None for value in values):
            total = sum(value for value in values if value is not None)
            return [measured("power:%s/sum" % chip, total, "W", source, "sum of the rails of " + board, "module")]
    return []

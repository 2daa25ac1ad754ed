"""The parts of a report by their names; a person chooses which of them it has."""

from collections.abc import Iterable
from enum import StrEnum

from ..errors import UsageError


class Part(StrEnum):
    """What a report can tell, in its order."""

    RESULT = "result"
    NOTES = "notes"
    PLOT = "plot"
    TABLE = "table"
    EFFICIENCY = "efficiency"
    REMARKS = "remarks"
    RECIPES = "recipes"
    EFFECTS = "effects"
    COVER = "cover"
    METHOD = "method"
    MACHINE = "machine"
    LIMITS = "limits"


ALL_PARTS = frozenset(Part)


def chosen_parts(names: Iterable[str] | None) -> frozenset[Part]:
    """The parts with these names; all of them for None.

    Raises:
        UsageError: there is no part of that name, or none was chosen.

    >>> sorted(chosen_parts(["table", "plot"]))
    [<Part.PLOT: 'plot'>, <Part.TABLE: 'table'>]
    """
    if names is None:
        return ALL_PARTS
    wanted = [name.strip() for name in names if name.strip()]
    unknown = [name for name in wanted if name not in list(Part)]
    if unknown or not wanted:
        said = f"a report has no section '{unknown[0]}'" if unknown else "no section was chosen"
        raise UsageError("unknown-section", said, f"choose of: {', '.join(Part)}")
    return frozenset(map(Part, wanted))

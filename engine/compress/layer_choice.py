"""Which layers a technique leaves alone: patterns of names given by the user."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from ..errors import RecipeError


def matches(name: str, patterns: Iterable[object]) -> bool:
    """True where a layer's name is, or fits, one of the patterns (``stem*``, ``*.shortcut.0``)."""
    return any(fnmatchcase(name, str(pattern)) for pattern in patterns)


def check_patterns(patterns: Iterable[object], names: Iterable[str], technique: str) -> None:
    """Every pattern must fit at least one layer: a misspelt exclusion would silently do nothing.

    Raises:
        RecipeError: names the pattern and some layers.
    """
    known = list(names)
    for pattern in patterns:
        if not isinstance(pattern, str) or not any(fnmatchcase(name, pattern) for name in known):
            some = ", ".join(known[:6]) + (", ..." if len(known) > 6 else "")
            raise RecipeError(
                "no-such-layer", f"{technique}: exclude={pattern!r} fits no layer of this model", f"layers are: {some}"
            )

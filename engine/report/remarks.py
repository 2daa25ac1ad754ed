"""Remarks that several variants share are said once, with the numbers they differ in as ranges."""

import re
from collections.abc import Iterable, Sequence

NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<![\w.,])\d+(?:\.\d+)?")


def merge(said: Iterable[tuple[str, str]]) -> list[tuple[str, list[str]]]:
    """Sentences with who says them, those that differ in their numbers only as one.

    >>> merge([("had 49% of 2", "a"), ("had 51% of 2", "b"), ("hot", "a")])
    [('had 49–51% of 2', ['a', 'b']), ('hot', ['a'])]
    """
    by_shape: dict[str, list[tuple[str, str]]] = {}
    for sentence, who in said:
        by_shape.setdefault(NUMBER.sub("#", sentence), []).append((sentence, who))
    return [(ranged([one for one, _ in found]), [who for _, who in found]) for found in by_shape.values()]


def ranged(sentences: Sequence[str]) -> str:
    """One sentence for several that differ in their numbers only, each number as the range it has.

    >>> ranged(["2 of 76,928", "13 of 1,304"])
    '2–13 of 1,304–76,928'
    """
    columns = iter(zip(*(NUMBER.findall(sentence) for sentence in sentences), strict=True))

    def spread(match: re.Match[str]) -> str:
        values = sorted(set(next(columns)), key=lambda number: float(number.replace(",", "")))
        return values[0] if len(values) == 1 else f"{values[0]}–{values[-1]}"

    return NUMBER.sub(spread, sentences[0])


def by_reason(skipped: Iterable[tuple[str, str]], shown: int) -> list[tuple[str, Sequence[str], int]]:
    """Layers that were left alone, by reason: the reason, the first so many layers, how many more there are."""
    found: dict[str, list[str]] = {}
    for layer, reason in skipped:
        found.setdefault(reason, []).append(layer)
    return [(reason, layers[:shown], max(len(layers) - shown, 0)) for reason, layers in found.items()]

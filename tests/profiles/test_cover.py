"""Minimum set cover against brute force."""

from itertools import chain, combinations

import numpy as np
import pytest

from profiles.cover import cover


def brute(fits):
    variants = sorted({v for options in fits.values() for v in options})
    subsets = chain.from_iterable(combinations(variants, size) for size in range(len(variants) + 1))
    return next(len(s) for s in subsets if all(set(s) & set(o) for o in fits.values() if o))


@pytest.mark.parametrize("seed", range(20))
def test_that_no_smaller_cover_exists(seed):
    draw = np.random.default_rng(seed)
    fits = {f"b{b}": {f"v{v}": float(draw.uniform(1, 9)) for v in range(7) if draw.random() < 0.35} for b in range(6)}
    found = cover(fits)
    assert found.exact
    assert len(found.chosen) == brute(fits)
    assert set(found.left_out) == {b for b, o in fits.items() if not o}
    for board, variant in found.assigned.items():
        assert fits[board][variant] == min(fits[board][v] for v in found.chosen if v in fits[board])


def test_that_of_equally_small_covers_the_faster_one_wins():
    assert cover({"a": {"x": 5.0, "y": 1.0}, "b": {"x": 5.0, "y": 1.0}}).chosen == ("y",)


def test_that_many_variants_are_covered_greedily_and_said_so():
    fits = {f"b{b}": {f"v{v}": 1.0 for v in range(30) if v % 5 == b} for b in range(5)}
    found = cover(fits)
    assert not found.exact
    assert len(found.chosen) == 5
    assert set(found.assigned) == set(fits)


def test_that_nothing_to_cover_needs_nothing():
    assert cover({}).chosen == ()
    assert cover({"a": {}}).left_out == ("a",)

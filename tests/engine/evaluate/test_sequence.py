"""Error rates against a distance computed from its recursive definition."""

from functools import cache

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.sequence import Sequences, decoded, edit_distance
from engine.model.task import Decoding


def recursive(a, b):
    @cache
    def distance(i, j):
        if not i or not j:
            return i + j
        return min(distance(i - 1, j) + 1, distance(i, j - 1) + 1, distance(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    return distance(len(a), len(b))


def test_that_the_distance_is_the_recursive_one():
    random = np.random.default_rng(0)
    for _ in range(30):
        a, b = (random.integers(0, 4, random.integers(0, 9)).tolist() for _ in range(2))
        assert edit_distance(a, b) == recursive(tuple(a), tuple(b))


def test_that_characters_give_both_rates():
    letters = "abcdeghlnorstuw "
    wanted, got = ["the cat sat", "hello world"], ["the bat sat on", "hello word"]
    found = Sequences(
        [[letters.index(c) for c in text] for text in got],
        [[letters.index(c) for c in text] for text in wanted],
        list(letters),
    )
    values = found.values(np.ones((1, 2)))
    assert values["wer"][0] == pytest.approx((2 + 1) / (3 + 2))
    edits = sum(recursive(a, b) for a, b in zip(got, wanted, strict=True))
    assert values["cer"][0] == pytest.approx(edits / 22)
    assert found.value() == pytest.approx(1 - 3 / 5)


def test_that_symbols_without_a_space_are_words():
    values = Sequences([[1, 2, 3], [4]], [[1, 3], [4]]).values(np.ones((1, 2)))
    assert values["wer"][0] == pytest.approx(1 / 3)
    assert values["exact"][0] == 0.5
    assert "cer" not in values


def test_that_ctc_joins_repeats_and_drops_blanks():
    path = np.array([[0, 3, 3, 0, 3, 2, 2, 0]])
    scores = np.eye(4)[path]
    assert decoded(scores, Decoding.CTC) == [[3, 3, 2]]
    assert decoded(scores, Decoding.TOKENS) == [path[0].tolist()]
    assert decoded(np.array([[5, 1, -1, -1]]), Decoding.TOKENS) == [[5, 1]]


def test_that_numbers_without_symbols_are_refused():
    with pytest.raises(DataError, match="no sequence of symbols"):
        decoded(np.zeros((3, 4)), Decoding.TOKENS)

"""Fidelity against direct computation and at its undefined edges."""

import json
import warnings

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.fidelity import fidelity

A = np.random.default_rng(0).normal(size=(50, 10)).astype(np.float32)
B = A + np.random.default_rng(1).normal(size=(50, 10)).astype(np.float32) * 0.1


def test_that_the_three_values_equal_their_definitions():
    found = fidelity(A, B)
    a, b = A.astype(float).reshape(-1), B.astype(float).reshape(-1)
    assert found.cosine == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    assert found.sqnr_db == pytest.approx(10 * np.log10((a**2).sum() / ((a - b) ** 2).sum()))
    assert found.top1_agreement == (A.argmax(1) == B.argmax(1)).mean()


def test_that_a_copy_agrees_fully_and_has_no_finite_ratio():
    found = fidelity(A, A)
    assert found.top1_agreement == 1
    assert found.cosine == pytest.approx(1)
    assert found.cosine <= 1
    assert found.sqnr_db is None


@pytest.mark.parametrize("broken", [np.zeros_like(A), np.full_like(A, np.nan), np.full_like(A, np.inf)])
def test_that_undefined_values_are_none_and_never_nan(broken):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for found in (fidelity(A, broken), fidelity(broken, A)):
            assert found.cosine is None
            json.dumps(found.to_json(), allow_nan=False)


def test_that_answers_that_are_no_numbers_agree_with_nothing():
    assert fidelity(A, np.full_like(A, np.nan)).top1_agreement == 0


def test_that_huge_values_do_not_overflow():
    found = fidelity(A.astype(float) * 1e300, B.astype(float) * 1e300)
    assert found.cosine == pytest.approx(fidelity(A, B).cosine, abs=1e-6)
    assert found.sqnr_db == pytest.approx(fidelity(A, B).sqnr_db, abs=1e-3)


def test_that_maps_have_no_top1():
    assert fidelity(A.reshape(5, 10, 10), B.reshape(5, 10, 10)).top1_agreement is None


def test_that_other_shapes_are_refused():
    with pytest.raises(DataError, match="cannot be compared"):
        fidelity(A, B[:3])

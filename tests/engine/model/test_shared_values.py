"""Weights that came clustered are told from those that rounding left with few values."""

import numpy as np
import pytest

from engine.model.shared_values import clustered

RANDOM = np.random.default_rng(0)


def as_bytes(values):
    return np.rint(values / np.abs(values).max() * 127).astype(np.int8)


@pytest.mark.parametrize("outlier", [15, 40])
def test_that_bytes_that_one_large_value_leaves_few_steps_are_no_clusters(outlier):
    weights = RANDOM.normal(size=(64, 64))
    weights[0, 0] = outlier
    rounded = as_bytes(weights)
    assert 16 < len(np.unique(rounded)) < 64
    assert clustered([rounded]) is None


@pytest.mark.parametrize("count", [4, 16, 32, 60])
def test_that_bytes_of_a_codebook_are_clusters_pruned_or_not(count):
    codebook = np.quantile(RANDOM.normal(size=20_000), (np.arange(count) + 0.5) / count)
    weights = as_bytes(codebook[RANDOM.integers(0, count, (64, 64))])
    pruned = np.where(RANDOM.random(weights.shape) < 0.8, 0, weights).astype(np.int8)
    found = clustered([weights, pruned])
    assert found.tensors == 2
    assert count - 8 <= found.values <= count + 1  # neighbouring entries may fall on one byte; zeros are one more


def test_that_integers_of_few_bits_in_bytes_are_no_clusters():
    assert clustered([RANDOM.integers(-1, 2, (64, 64)).astype(np.int8)]) is None

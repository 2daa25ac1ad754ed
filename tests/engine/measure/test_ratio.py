"""The ratio of two variants against simulated machines whose truth is known, and the verdict on it."""

import numpy as np
import pytest

from engine.measure import ratio
from engine.measure.ratio import Ratio
from engine.measure.verdict import is_equal, judge
from profiles.reading import Verdict


@pytest.mark.parametrize(("rounds", "covered"), [(6, 0.90), (20, 0.92), (60, 0.92)])
def test_that_the_interval_of_a_paired_ratio_covers_the_truth_although_the_machine_drifts(rounds, covered):
    draw, hits = np.random.default_rng(rounds), 0
    for _ in range(200):
        drift = np.exp(np.cumsum(draw.normal(0, 0.05, rounds)))
        reference = [speed * draw.lognormal(0, 0.1, 15) for speed in drift]
        subject = [speed * draw.lognormal(0, 0.1, 15) / 2 for speed in drift]
        low, high = ratio.paired_ratio(reference, subject).ci95
        hits += low <= 2 <= high
    assert hits / 200 >= covered


def test_that_a_variant_compared_with_itself_comes_out_as_one_within_its_interval():
    draw, hits, equal = np.random.default_rng(11), 0, 0
    for _ in range(100):
        drift = np.exp(np.cumsum(draw.normal(0, 0.1, 40)))
        one, other = ([speed * draw.lognormal(0, 0.03, 20) for speed in drift] for _ in range(2))
        found = ratio.paired_ratio(one, other)
        assert found.value == pytest.approx(1, abs=0.03)
        hits += found.ci95[0] <= 1 <= found.ci95[1]
        equal += is_equal(found)
    assert hits / 100 >= 0.92
    assert equal / 100 >= 0.98


def disturbed(draw, rounds, runs, speed):
    """Rounds on a machine where other work holds up a share of the runs that changes from round to round, for either side."""
    found = []
    for _ in range(rounds):
        held = draw.random(runs) < draw.beta(1, 1)
        found.append(speed * draw.lognormal(0, 0.02, runs) * np.where(held, draw.lognormal(0.5, 0.2, runs), 1.0))
    return found


def test_that_on_a_disturbed_machine_the_interval_is_honest_and_narrower_than_that_of_medians():
    draw, hits, widths, medians = np.random.default_rng(4), 0, [], []
    for _ in range(60):
        one, other = disturbed(draw, 60, 40, 1.0), disturbed(draw, 60, 40, 1.05)
        found = ratio.paired_ratio(one, other)
        hits += found.ci95[0] <= 1 / 1.05 <= found.ci95[1]
        widths.append(np.log(found.ci95[1] / found.ci95[0]))
        medians.append(np.median(np.log([np.median(a) / np.median(b) for a, b in zip(one, other, strict=True)])))
    assert hits >= 54
    assert np.median(widths) < 0.03
    assert np.std(medians) * 2 * 1.96 > 2 * np.median(widths)  # the control: block medians jump with the share held up


def test_that_the_ratio_is_where_the_smoothed_distribution_of_all_pairs_is_highest():
    from scipy.optimize import minimize_scalar

    draw = np.random.default_rng(8)
    one, other = disturbed(draw, 12, 20, 1.0), disturbed(draw, 12, 20, 2.0)
    gaps = np.array([np.log(a)[:, None] - np.log(b)[None, :] for a, b in zip(one, other, strict=True)])
    best = minimize_scalar(
        lambda at: -(np.maximum(1 - ((gaps - at) / 0.1) ** 2, 0) ** 3).sum(), bounds=(-0.75, -0.63), method="bounded",
        options={"xatol": 1e-9},
    )  # fmt: skip
    assert np.log(ratio.paired_ratio(one, other).value) == pytest.approx(best.x, abs=1e-6)


def test_that_blocks_of_different_length_and_rounds_far_off_do_no_harm():
    one = [np.full(3 + i % 70, 2.0) for i in range(20)]
    other = [np.full(1 + i % 40, 1.0 if i else 9.0) for i in range(20)]
    found = ratio.paired_ratio(one, other)
    assert (found.value, found.pairs) == (pytest.approx(2), 20)
    assert found.ci95 == (pytest.approx(2), pytest.approx(2))


def test_that_swapping_both_sides_gives_the_reciprocal_ratio():
    draw = np.random.default_rng(2)
    one, other = [draw.lognormal(0, 0.1, 9) for _ in range(21)], [draw.lognormal(0.3, 0.1, 9) for _ in range(21)]
    there, back = ratio.paired_ratio(one, other), ratio.paired_ratio(other, one)
    assert there.value == pytest.approx(1 / back.value)
    assert there.ci95 == pytest.approx((1 / back.ci95[1], 1 / back.ci95[0]), rel=1e-3)


def test_that_the_bootstrap_is_repeatable():
    draw = np.random.default_rng(2)
    blocks = [draw.lognormal(0, 0.1, 9) for _ in range(21)]
    assert ratio.paired_ratio(blocks, blocks[::-1]) == ratio.paired_ratio(blocks, blocks[::-1])


def test_that_five_rounds_carry_no_interval():
    with pytest.raises(ValueError, match="at least 6"):
        ratio.paired_ratio([np.ones(3)] * 5, [np.ones(3)] * 5)


def test_that_resembling_rounds_are_resampled_in_runs():
    draw = np.random.default_rng(0)
    assert ratio.block_length(draw.normal(size=100)) == 1
    assert ratio.block_length(np.cumsum(draw.normal(size=100))) == 10
    assert ratio.block_length(np.ones(100)) == 1


@pytest.mark.parametrize(
    ("low", "high", "verdict", "equal"),
    [
        (1.9, 2.1, Verdict.PASS, False),
        (0.97, 1.02, Verdict.PASS, True),
        (0.9, 0.96, Verdict.FAIL, False),
        (0.96, 1.01, Verdict.INCONCLUSIVE, False),
        (0.9, 0.97, Verdict.INCONCLUSIVE, False),
        (0.98, 1.05, Verdict.PASS, False),
    ],
)
def test_that_the_verdict_follows_the_margin(low, high, verdict, equal):
    found = Ratio((low + high) / 2, (low, high), 40)
    assert (judge(found), is_equal(found)) == (verdict, equal)

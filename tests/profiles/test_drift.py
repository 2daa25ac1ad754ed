"""Drift against a device's own history, outliers among sisters; rates against simulated truth."""

from dataclasses import replace

import numpy as np
import pytest

from profiles.drift import by_chance, drift, outliers, student_tail

from .test_compare import timed
from .test_stale import row


def history(values, **changes):
    return [row(0, day + 1, latency_ms=timed(float(v), 0.001), **changes) for day, v in enumerate(values)]


@pytest.mark.parametrize("freedom", [1, 3, 4, 10, 100])
def test_that_the_tail_of_students_t_equals_scipys(freedom):
    from scipy.stats import t

    for value in (0.0, 0.1, 1.0, 2.5, 8.0, 40.0):
        assert student_tail(value, freedom) == pytest.approx(2 * t.sf(value, freedom), rel=1e-8, abs=1e-14)


def test_that_a_planted_slowdown_of_five_percent_is_found_nearly_always():
    draw, found = np.random.default_rng(3), 0
    for _ in range(100):
        values = np.exp(draw.normal(0, 0.006, 8))
        values[-1] *= 1.05
        (one,) = drift(history(values))
        found += one.drifted and one.change > 0
    assert found >= 90


def test_that_false_alarms_of_the_whole_list_stay_at_the_stated_rate():
    draw, alarms = np.random.default_rng(4), 0
    for _ in range(200):
        fleet = []
        for device in range(5):
            fleet += history(np.exp(draw.normal(0, 0.008, 8)), device_id=f"d{device}", target=f"t{device}")
        alarms += any(item.drifted for item in drift(fleet))
    assert alarms / 200 <= 0.08


def test_that_a_short_history_tells_nothing():
    (found,) = drift(history([1.0, 1.0, 1.0, 2.0]))
    assert (found.p_value, found.drifted, found.history) == (None, False, 3)
    assert drift(history([1.0])) == ()


def test_that_constant_history_is_not_taken_for_a_perfect_one():
    (found,) = drift(history([1.0] * 6 + [1.004]))
    assert not found.drifted


def test_that_a_change_with_a_known_cause_is_not_drift():
    rows = history([1.0, 1.0, 1.0, 1.0, 1.0])
    newer = row(0, 20, latency_ms=timed(2.0, 0.001), kernel="9.9")
    assert drift([*rows, newer]) == ()  # all others are stale now


def fleet(slow=1.0, count=6, seed=0):
    draw = np.random.default_rng(seed)
    rows = []
    for device in range(count):
        own = np.exp(draw.normal(0, 0.005)) * (slow if device == 2 else 1.0)
        for index, base in ((0, 4.0), (2, 2.0), (3, 1.0)):
            time = timed(float(base * own * np.exp(draw.normal(0, 0.002))))
            rows.append(row(index, 1, device_id=f"d{device}", target=f"t{device}", latency_ms=time))
    return rows


def test_that_a_slow_device_of_a_fleet_is_named_and_a_healthy_fleet_is_left_in_peace():
    (found,) = outliers(fleet(slow=1.2))
    assert (found.target, found.rows) == ("t2", 3)
    assert found.ratio == pytest.approx(1.2, rel=0.02)
    assert sum(bool(outliers(fleet(seed=seed))) for seed in range(50)) <= 5
    assert outliers(fleet(slow=2.0, count=3)) == ()


@pytest.mark.parametrize("count", [4, 5, 8, 20])
def test_that_healthy_fleets_of_any_size_are_accused_no_more_often_than_stated(count):
    draw, alarms = np.random.default_rng(5), 0
    for _ in range(200):
        times = np.exp(draw.normal(0, 0.03, count))
        rows = [
            row(0, 1, device_id=f"d{n}", target=f"t{n}", latency_ms=timed(float(time))) for n, time in enumerate(times)
        ]
        alarms += bool(outliers(rows, 0.05))
    assert alarms <= 20  # 10 are expected; more than 20 come by chance once in a thousand


def test_that_devices_with_one_name_in_two_places_are_two_devices():
    rows = fleet(slow=1.2)
    same = [replace(item, target="loopback") for item in rows]
    assert [(found.target, found.rows) for found in outliers(same)] == [("loopback", 3)]


def test_that_what_ran_on_another_provider_is_no_drift():
    rows = history([1.0, 1.001, 0.999, 1.0, 1.0])
    gpu = replace(row(0, 20, latency_ms=timed(0.2, 0.001)), provider="CUDAExecutionProvider")
    (found,) = drift([*rows, gpu])
    assert (found.provider, found.drifted) == ("CPUExecutionProvider", False)


def test_that_a_larger_score_is_less_likely_also_beyond_what_was_drawn():
    chances = [by_chance(score, 6) for score in (1.0, 5.0, 50.0, 5_000.0, 50_000.0)]
    assert chances == sorted(chances, reverse=True)
    assert (chances[0], chances[1]) == (pytest.approx(0.945, abs=0.01), pytest.approx(0.061, abs=0.01))
    assert 0 < chances[-1] < 1e-6

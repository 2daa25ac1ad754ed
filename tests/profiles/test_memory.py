"""Memory from weights and activations: found again from data made by a known rule, covered by its interval."""

import numpy as np

from profiles.memory import Footprint, predict_memory


def made(count: int, seed: int, noise: float) -> list[Footprint]:
    draw = np.random.default_rng(seed)
    sizes = draw.uniform(0.1, 20.0, (count, 2))
    peaks = 1.8 * sizes[:, 0] + 1.1 * sizes[:, 1] + 2.5 + draw.normal(0, noise, count)
    return [Footprint(w * 1e6, a * 1e6, float(p)) for (w, a), p in zip(sizes, peaks, strict=True)]


def test_that_the_rule_behind_the_readings_is_found():
    found = predict_memory(made(6, 1, 0.0), Footprint(10e6, 3e6))
    assert found is not None
    assert abs(found.peak_mb - (18 + 3.3 + 2.5)) < 1e-6
    assert found.interval is None  # six readings are too few for one
    assert found.to_json()["origin"] == "predicted"


def test_that_fewer_than_three_readings_say_nothing():
    assert predict_memory(made(2, 1, 0.0), Footprint(1e6, 1e6)) is None


def test_that_costs_are_never_negative_and_neither_is_a_prediction():
    odd = [Footprint(1e6, 9e6, 9.0), Footprint(9e6, 1e6, 1.0), Footprint(5e6, 5e6, 5.0)]
    found = predict_memory(odd, Footprint(50e6, 0.0))
    assert found is not None
    assert found.peak_mb >= 0


def test_that_the_interval_covers_at_its_level():
    hits = 0
    for seed in range(200):
        *known, wanted = made(16, seed, 0.5)
        found = predict_memory(known, wanted)
        assert found is not None
        assert found.interval is not None
        hits += found.interval[0] <= wanted.peak_mb <= found.interval[1]
    assert hits / 200 >= 0.86  # 0.9 within three standard errors of 200 trials

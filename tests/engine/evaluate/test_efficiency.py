"""Efficiency figures against the definitions, written out."""

import pytest

from engine.evaluate.efficiency import Taken, efficiency


def test_that_every_figure_is_the_one_of_its_definition():
    original = Taken(1000, 900, 5000, 0.8, {"pi": 20.0, "jetson": 5.0})
    small = Taken(250, 100, 1000, 0.75, {"pi": 8.0}, {"pi": 12.5}, {"cpu_s": 3.0, "peak_rss_mb": 400.0})
    found = efficiency(small, original)
    assert found["predictions_per_s"] == {"pi": 125.0}
    assert found["bytes_per_score"] == pytest.approx(250 / 0.75)
    assert found["performance_difference"] == pytest.approx(0.8 - 0.75)
    gained = found["improvement"]
    assert (gained["size"], gained["macs"]) == (0.75, 0.8)
    assert gained["packed"] == pytest.approx(8 / 9)
    assert gained["latency"] == {"pi": pytest.approx(0.6)}, "only where both were measured"
    cost = {"cpu_s": 3.0, "wall_s": None, "peak_rss_mb": 400.0, "decode_cpu_s": None, "load_ms": {"pi": 12.5}}
    assert found["cost"] == cost


def test_that_what_was_not_measured_is_missing_and_not_zero():
    alone = efficiency(Taken(1000, 900, None, None), None)
    assert (alone["predictions_per_s"], alone["bytes_per_score"], alone["improvement"]) == ({}, None, None)
    assert alone["performance_difference"] is None
    assert alone["cost"]["cpu_s"] is None
    beside = efficiency(Taken(10, 10, 5, 0.0), Taken(1000, 900, None, None))
    assert (beside["bytes_per_score"], beside["performance_difference"]) == (None, None)
    assert beside["improvement"]["macs"] is None

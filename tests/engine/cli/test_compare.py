"""What ``flyweight compare`` says of efficiency: less or more, never a negative gain."""

from engine.cli.compare import _efficiency
from engine.evaluate.efficiency import Taken, efficiency


def test_that_a_larger_latency_is_more_and_a_smaller_file_is_less():
    original = Taken(1000, 900, 10, 0.9, {"pi5": 1.0})
    told = _efficiency(efficiency(Taken(390, 200, 10, 0.9, {"pi5": 1.83}), original))
    assert "size 61% less; latency on pi5 83% more" in told
    assert "-" not in told

"""First minute against steady state, on a simulated board that gets hot in a known way."""

from dataclasses import replace

import numpy as np
import pytest

from device_agent.contract.messages import Block, MeasureResult, Trace
from engine.measure.plan import measure_on
from engine.measure.sustained import rule, sustained

from .board import FakeBoard, subject


def heating(minutes: float, slow: list[float], settle: float = 1.0):
    """Blocks of two models once a second; model ``i`` goes from 1 + 0.1 i ms to ``slow[i]`` times that after two minutes."""
    blocks, samples = [], [[], []]
    for second in range(int(minutes * 60)):
        for index in range(2):
            warm = min(second / 120, settle)
            base = (1 + 0.1 * index) * (1 + (slow[index] - 1) * warm) * 1e6
            blocks.append(Block(second, index, len(samples[index]), 5, second * 10**9 + index * 10**8, 10**7, 10**7))
            samples[index] += [int(base)] * 5
    result = MeasureResult("n", "d", [], blocks, None, "half-width")  # type: ignore[arg-type]
    return result, [np.array(item, dtype=np.int64) for item in samples]


def test_that_the_ranks_of_the_first_minute_and_of_the_warm_board_may_differ():
    first, second = sustained(*heating(10, [1.2, 1.0]))
    # The first model's median over its first minute lies a quarter of the way up; warm it takes 1.2 ms.
    assert first.first_ms == pytest.approx(1 + 0.2 * 30 / 120, rel=0.01)
    assert first.last_ms == pytest.approx(1.2, rel=1e-6)
    assert first.change == pytest.approx(1.2 / first.first_ms - 1)
    assert (second.first_ms, second.last_ms) == (pytest.approx(1.1), pytest.approx(1.1))
    assert (first.rank_first, second.rank_first) == (1, 2)
    assert (first.rank_last, second.rank_last) == (2, 1)
    assert first.steady
    assert second.steady


def test_that_a_board_that_is_still_getting_slower_is_not_steady():
    first, _ = sustained(*heating(5, [4.0, 1.0], settle=9.0))
    assert not first.steady
    assert first.change > 1


def test_that_a_part_without_a_run_gives_nothing():
    result, samples = heating(5, [1.0, 1.0])
    result.blocks[:] = [block for block in result.blocks if block.entry == 0 or block.round < 100]
    assert sustained(result, samples) is None


def test_that_the_rule_lasts_as_long_as_asked_whatever_the_interval():
    made = rule(3.0, 2, 299)
    assert (made.min_s, made.max_s, made.min_n) == (90.0, 90.0, 299)
    fake = FakeBoard([200, 100])
    found = measure_on(fake, "b", [subject(0), subject(1)], baselines=[None, 0], minutes=3.0)
    assert fake.plans[0].stop == made
    assert all(item.sustained is not None and not item.plain for item in found.readings)
    assert [item.sustained["rank_steady"] for item in found.readings] == [2, 1]


def warm(minutes: float, per_minute: float, clocks: tuple[float, float] = (2400.0, 1800.0)) -> list[Trace]:
    """A look a second: degrees that rise evenly, a clock that falls half way."""
    seconds = range(int(minutes * 60))
    times = [second * 10**9 for second in seconds]
    degrees = [40 + per_minute * second / 60 for second in seconds]
    mhz = [clocks[0] if second < 30 * minutes else clocks[1] for second in seconds]
    return [
        Trace("temperature:cpu-thermal", "C", "/sys", "sysfs", "measured", "soc", times, degrees),
        Trace("frequency:policy0", "MHz", "/sys", "sysfs", "measured", "soc", times, mhz),
        Trace("frequency:policy4", "MHz", "/sys", "sysfs", "measured", "soc", times, [2400.0] * len(times)),
    ]


def test_that_a_board_that_still_gets_warmer_is_not_steady_though_its_latency_is():
    result, samples = heating(10, [1.0, 1.0])
    assert sustained(result, samples)[0].steady
    first, _ = sustained(replace(result, warmth=warm(10, 2.0)), samples)
    assert not first.steady
    assert first.warmth.c_per_min == pytest.approx(2.0)
    assert (first.warmth.start_c, first.warmth.steady_c) == (pytest.approx(41, abs=0.1), pytest.approx(58, abs=0.1))
    assert (first.warmth.start_mhz, first.warmth.steady_mhz) == (2400, 1800)
    calm, _ = sustained(replace(result, warmth=warm(10, 0.1)), samples)
    assert calm.steady
    assert sustained(result, samples)[0].to_json()["c_per_min"] is None


def test_that_a_trace_that_does_not_fit_together_tells_nothing():
    result, samples = heating(5, [1.0, 1.0])
    (degrees, *_) = warm(5, 9.0)
    for broken in (replace(degrees, values=degrees.values[:-1]), replace(degrees, values=[float("nan")] * 300)):
        found = sustained(replace(result, warmth=[broken]), samples)[0]
        assert found.steady
        assert (found.warmth.start_c, found.warmth.c_per_min) == (None, None)

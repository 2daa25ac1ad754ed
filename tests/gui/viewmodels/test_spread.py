"""How latencies are spread, as the window draws it; the engine's own histograms are what it has to read."""

import json
from itertools import pairwise

import numpy as np
import pytest

from engine.measure.histogram import Histogram
from gui.viewmodels.spread import GAP, TAIL, read_spread
from tests.gui.answering_worker import CASES

READINGS = json.loads((CASES / "measure.json").read_text())["readings"]


def spread_of(samples_ms, **latency):
    kept = Histogram.of((np.asarray(samples_ms) * 1e6).astype(np.int64)).to_json()
    return read_spread({"histogram": kept, "latency_ms": latency})


@pytest.mark.parametrize("reading", READINGS, ids=lambda r: f"{r['name']}, threads {r['threads']}")
def test_that_bars_stand_in_their_order_and_hold_every_run(reading):
    spread = read_spread(reading)
    assert spread.runs == reading["latency_ms"]["n"]
    bars = spread.bars()
    assert len(bars) == len(reading["histogram"]["counts"])
    assert all(left < right for left, right, _ in bars)
    assert all(one[1] <= other[0] + 1e-9 for one, other in pairwise(bars))
    assert bars[0][0] == 0
    assert bars[-1][1] == pytest.approx(spread.width)


def test_that_equal_bars_are_one_wide_and_a_slow_tail_stands_apart():
    rng = np.random.default_rng(0)
    spread = spread_of([*rng.normal(5.0, 0.05, 990).clip(4.8, 5.2), *rng.uniform(20, 60, 10)], p50=5.0, p99=21.0)
    assert spread.has_tail
    *body, tail = spread.bars()
    assert [right - left for left, right, _ in body] == pytest.approx(
        [1.0] * len(body), abs=5e-3
    )  # edges have five digits
    assert tail[0] - body[-1][1] == pytest.approx(GAP)
    assert tail[1] - tail[0] == pytest.approx(TAIL)
    assert 0 < spread.place(5.0) < len(body) < tail[0] < spread.place(21.0) < tail[1]
    assert f"{tail[2]} slower than" in spread.words
    assert "p50 5.00 ms · p99 21.0 ms" in spread.words


def test_that_ticks_are_round_latencies_at_their_places():
    spread = spread_of(np.geomspace(1.0, 12.0, 400))
    assert [words for _, words in spread.ticks()] == ["1", "2", "5", "10"]
    assert all(place == pytest.approx(spread.place(float(words))) for place, words in spread.ticks())
    narrow = spread_of(np.linspace(5.01, 5.19, 400))
    assert [words for _, words in narrow.ticks()] == ["5.05", "5.1", "5.15"]


def test_that_runs_are_counted_in_round_steps_up_to_the_highest_bar():
    spread = read_spread({"histogram": {"edges_ms": [1.0, 1.1, 1.21], "counts": [3058, 12]}})
    assert [place for place, _ in spread.run_ticks()] == [0.0, 1000.0, 2000.0, 3000.0]
    few = read_spread({"histogram": {"edges_ms": [1.0, 1.1], "counts": [1]}})
    assert few.run_ticks() == [(0.0, "0"), (1.0, "1")]


def test_that_equal_runs_are_one_bar():
    spread = spread_of([2.5] * 300, p50=2.5, p90=2.5, p99=2.5)
    assert spread.counts == (300,)
    assert spread.bars() == [(0.0, pytest.approx(1.0), 300)]
    assert spread.place(2.5) == 0.0


@pytest.mark.parametrize(
    "kept",
    [
        None,
        {},
        {"edges_ms": [], "counts": []},
        {"edges_ms": [1.0, 2.0], "counts": []},
        {"edges_ms": [1.0, 2.0], "counts": [1, 2]},
        {"edges_ms": [0.0, 2.0], "counts": [1]},
        {"edges_ms": [2.0, 1.0], "counts": [1]},
        {"edges_ms": [1.0, None], "counts": [1]},
        {"edges_ms": [1.0, 2.0], "counts": [-1]},
        {"edges_ms": [1.0, 2.0, 3.0], "counts": [0, 0]},
        {"edges_ms": "wide", "counts": 3},
    ],
)
def test_that_what_is_no_histogram_is_none(kept):
    assert read_spread({"histogram": kept, "latency_ms": {"p50": 1.0}}) is None

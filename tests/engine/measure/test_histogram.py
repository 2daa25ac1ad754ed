"""The histogram of a run: every run is in a bar, a slow few do not squash the others."""

import json

import numpy as np
import pytest

from engine.measure.histogram import BARS, Histogram
from profiles.wellformed import FACTS


def skewed(slow=0):
    """Five thousand runs of about half a millisecond, the last of them slow."""
    samples = np.random.default_rng(0).lognormal(np.log(500_000), 0.05, 5000)
    samples[len(samples) - slow :] = np.linspace(5e6, 2e7, slow)
    return samples.astype(np.int64)


@pytest.mark.parametrize("slow", [0, 1, 50])
def test_that_every_run_is_in_a_bar_and_the_counts_are_those_of_numpy(slow):
    samples = skewed(slow)
    found = Histogram.of(samples)
    assert sum(found.counts) == 5000
    assert found.edges_ms[0] <= samples.min() / 1e6 < samples.max() / 1e6 <= found.edges_ms[-1]
    assert np.histogram(samples / 1e6, found.edges_ms)[0].tolist() == list(found.counts)


def test_that_slow_runs_share_one_bar_and_the_others_keep_theirs():
    found = Histogram.of(skewed(50))
    assert found.has_tail
    assert BARS <= len(found.body) <= BARS + 1
    assert found.counts[-1] == (skewed(50) / 1e6 >= found.edges_ms[-2]).sum() >= 50
    assert found.counts[-1] < 0.03 * 5000
    assert found.edges_ms[-1] == pytest.approx(20)
    assert max(found.body) < 0.4 * 5000, "the body is spread over its bars"
    widths = np.diff(np.log(found.edges_ms[: len(found.body) + 1]))
    assert widths == pytest.approx(np.full(len(found.body), widths.mean()), rel=0.02)


def test_that_runs_that_are_all_alike_and_a_single_run_have_one_bar():
    for samples in (np.full(300, 123_456), np.array([7])):
        found = Histogram.of(samples)
        assert found.counts == (len(samples),)
        assert not found.has_tail
        assert found.edges_ms[0] < found.edges_ms[1]


def test_that_the_line_shows_two_modes_and_says_how_many_were_slower():
    samples = np.concatenate([np.full(100, 1_000_000), np.full(50, 1_090_000), [9_000_000]])
    line = Histogram.of(samples).text()
    bars = line.split(" ms")[0].split(" ", 1)[1].rsplit(" ", 1)[0]
    assert bars[0] == "█"
    assert bars[-1] == "▄"
    assert set(bars[1:-1]) == {" "}
    assert line.endswith("1 of 151 slower, up to 9 ms")


def test_that_it_travels_as_json_and_what_is_no_histogram_is_told():
    found = Histogram.of(skewed(3))
    said = json.loads(json.dumps(found.to_json()))
    assert Histogram.from_json(said) == found
    whole = FACTS["histogram"]
    assert whole(said)
    for change in ({"counts": said["counts"][:-1]}, {"counts": [-1, *said["counts"][1:]]}, {"edges_ms": "much"}):
        assert not whole({**said, **change})

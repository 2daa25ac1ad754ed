"""Boards beside each other."""

import math

import numpy as np
import pytest

from profiles.compare import compare_boards
from profiles.reading import Latency, Origin, Quality

from .test_stale import row


def timed(p50, width=0.002, n=400):
    return Latency(p50, None, None, None, p50, p50, p50, (p50 * math.exp(-width), p50 * math.exp(width)), n)


def test_that_the_ratio_of_two_boards_is_that_of_their_medians():
    a = [row(0, 1, latency_ms=timed(20.0)), row(2, 1, latency_ms=timed(10.0))]
    b = [row(0, 1, board="pi5", target="pi5", device_id="d5", latency_ms=timed(4.0))]
    (found,) = compare_boards(a, b)
    assert found.ratio == pytest.approx(5)
    assert found.ci95[0] < 5 < found.ci95[1]
    assert found.to_json()["speedup"] == found.ratio


def test_that_the_interval_covers_the_truth_95_times_of_100():
    draw, hits = np.random.default_rng(1), 0
    for _ in range(400):
        logs = draw.normal(0, math.hypot(0.01, 0.004 / math.sqrt(2)), 2)
        a, b = (timed(float(np.exp(v)), 1.96 * 0.01) for v in logs)
        (found,) = compare_boards([row(0, latency_ms=a)], [row(0, device_id="d5", latency_ms=b)])
        hits += found.ci95[0] <= 1 <= found.ci95[1]
    assert 0.92 <= hits / 400 <= 0.98


def test_that_what_processes_differ_by_is_added_where_one_ran_and_is_there_already_where_several_did():
    half = {}
    for ran in (1, 8):
        a, b = (row(0, device_id=name, latency_ms=timed(2.0, 1.96 * 0.001), processes=ran) for name in ("d4", "d5"))
        low, high = compare_boards([a], [b])[0].ci95
        half[ran] = math.log(high / low) / 2 / 1.96
    assert half[1] == pytest.approx(math.hypot(0.001 * math.sqrt(2), 0.004), rel=1e-3)
    assert half[8] == pytest.approx(0.001 * math.sqrt(2), rel=1e-3)


def test_that_stale_rejected_and_simulated_rows_take_no_part():
    a = row(0, latency_ms=timed(20.0))
    for other in (
        row(0, device_id="d5", origin=Origin.SIMULATED),
        row(0, device_id="d5", quality=Quality.REJECTED),
        row(0, device_id="d5", threads=4),
    ):
        assert compare_boards([a], [other]) == ()
    old, new = row(0, 1, device_id="d5"), row(2, 9, device_id="d5", kernel="7.0")
    assert compare_boards([a], [old, new]) == ()


def test_that_the_newest_reading_counts_and_no_interval_gives_none():
    b = [row(0, 1, device_id="d5", latency_ms=timed(1.0)), row(0, 2, device_id="d5", latency_ms=timed(2.0))]
    assert compare_boards([row(0, latency_ms=timed(4.0))], b)[0].ratio == pytest.approx(2)
    bare = Latency(1.0, None, None, None, 1.0, 1.0, 1.0, None, 5)
    assert compare_boards([row(0)], [row(0, device_id="d5", latency_ms=bare)])[0].ci95 is None


def test_that_a_gpu_on_one_board_is_not_set_against_the_processor_of_another():
    a = row(0, latency_ms=timed(20.0))
    gpu = row(0, 2, device_id="d5", provider="CUDAExecutionProvider", latency_ms=timed(1.0))
    assert compare_boards([a], [gpu]) == ()
    (found,) = compare_boards([a], [gpu, row(0, 1, device_id="d5", latency_ms=timed(10.0))])
    assert (found.ratio, found.provider) == (pytest.approx(2), "CPUExecutionProvider")

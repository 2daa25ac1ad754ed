"""Columns of figures: one unit, one number of decimals, nothing that is there reads as zero."""

import random

import pytest

from profiles.columns import byte_counts, figures


@pytest.mark.parametrize(
    ("counts", "texts"),
    [
        ([1_240_000, 338_000, 101_000, 79_200], ["1,240 kB", "338 kB", "101 kB", "79 kB"]),
        ([25_600_000, 6_500_000, 900_000], ["25.60 MB", "6.50 MB", "0.90 MB"]),
        ([480, 96, 12], ["480 B", "96 B", "12 B"]),
        ([12_340, 2_500], ["12.34 kB", "2.50 kB"]),
        ([4.2e9, 3.9e9, 1.1e9], ["4.20 GB", "3.90 GB", "1.10 GB"]),
    ],
)
def test_that_all_sizes_of_a_column_have_the_unit_of_its_median(counts, texts):
    scale = byte_counts(counts)
    assert [scale.text(count) for count in counts] == texts


def test_that_decimals_show_the_smallest_and_do_not_pretend_more_of_the_largest():
    assert figures([0.2391, 0.1172, 0.0489], "ms", of_least=3).text(0.0489) == "0.0489 ms"
    assert figures([0.2391, 0.1172, 0.0489]).text(0.0489) == "0.049"
    assert figures([41.83, 0.0489]).text(41.83) == "41.830"
    assert figures([1204.0, 3.2]).text(3.2) == "3.2"
    assert figures([None, 0.0]).text(0.0) == "0"
    assert byte_counts([]).text(7) == "7 B"


def test_that_a_slow_board_in_the_column_makes_no_fast_one_read_as_zero():
    scale = figures([1500.4, 0.02], "ms")
    assert [scale.text(value) for value in (1500.4, 0.02)] == ["1,500.40 ms", "0.02 ms"]
    draw = random.Random(1)
    for _ in range(300):
        values = [10 ** draw.uniform(-3.9, 5) for _ in range(6)]
        scale = figures(values)
        assert all(float(scale.text(value).replace(",", "")) > 0 for value in values)


def test_that_points_stand_below_each_other_and_only_zero_reads_as_zero_within_three_magnitudes():
    draw = random.Random(0)
    for _ in range(300):
        least = 10 ** draw.uniform(-2, 9)
        values = [least * 10 ** draw.uniform(0, 3) for _ in range(draw.randint(1, 9))] + [least]
        for scale in (byte_counts(round(v) for v in values), figures(values)):
            texts = [scale.text(value).split()[0] for value in values]
            assert len({len(text.partition(".")[2]) for text in texts}) == 1
            if scale.unit in ("kB", "MB", "GB"):
                assert all(float(text.replace(",", "")) > 0 for text in texts)

"""Thinning by estimates and picking by measurements, checked against cases small enough to decide by hand."""

from dataclasses import replace

import pytest

from engine.errors import UsageError
from engine.measure.choice import Expected, Found, Goal, misses, not_picked, pick, thin
from engine.measure.limits import Limit, read_limit

ONE_POINT = Limit("accuracy_loss", 1.0)
FUSED = Found("fused", 1_000_000, 0.0, 2.0, (1.9, 2.1), speedup=1.1)
INT8 = Found("int8", 260_000, 0.3, 1.00, (0.98, 1.02), speedup=2.0)
CUT = Found("cut", 130_000, 0.9, 0.50, (0.49, 0.51), speedup=4.0)
HARSH = Found("harsh", 40_000, 2.4, 0.20, (0.19, 0.21), speedup=10.0)


def test_that_a_harsher_candidate_stays_only_if_it_promises_something():
    expected = {
        "fused": Expected(1000, 2.0),
        "same": Expected(1005, 1.98),
        "slower-but-smaller": Expected(500, 3.0),
        "cut": Expected(300, 1.0),
        "worse-cut": Expected(310, 1.2),
    }
    stay, out = thin(expected, [], keep=9)
    assert stay == ("fused", "slower-but-smaller", "cut")
    assert out["same"].endswith("than fused, which changes less")
    assert "cut" in out["worse-cut"]


def test_that_what_is_estimated_far_beyond_a_limit_is_not_compressed():
    expected = {"big": Expected(1200, 1.0), "near": Expected(1090, 1.4), "slow": Expected(500, 1.6)}
    stay, out = thin(expected, [Limit("size_bytes", 1000), Limit("latency_ms", 1.0)], keep=9)
    assert stay == ("near",), "an estimate is not exact, so what is close to a limit is tried"
    assert "1,200 bytes" in out["big"]
    assert "1.600 ms" in out["slow"]


def test_that_no_more_stay_than_asked_and_both_ends_are_kept():
    expected = {f"c{i}": Expected(1000 - 100 * i, 2.0 - 0.2 * i) for i in range(7)}
    stay, out = thin(expected, [], keep=3)
    assert stay == ("c0", "c3", "c6")
    assert thin(expected, [], keep=1)[0] == ("c3",), "the gentlest alone would be as good as the original"
    assert all("at most 3" in reason for reason in out.values())


def test_that_a_candidate_for_another_runtime_is_not_ruled_out_by_timings_it_does_not_have():
    stay, _ = thin({"cut": Expected(500, 1.0), "cut-litert": Expected(500, None)}, [], keep=9)
    assert stay == ("cut", "cut-litert")


def test_that_without_timings_size_alone_decides():
    stay, _ = thin({"a": Expected(1000, None), "b": Expected(1000, None), "c": Expected(500, None)}, [], keep=9)
    assert stay == ("a", "c")


@pytest.mark.parametrize(
    ("goal", "best"), [(Goal.LATENCY, "cut"), (Goal.SIZE, "cut"), (Goal.ACCURACY, "fused")], ids=str
)
def test_that_each_goal_takes_its_own_best_within_the_limits(goal, best):
    chosen, reasons = pick([FUSED, INT8, CUT, HARSH], goal, [ONE_POINT])
    assert chosen == best
    assert "of 3 within the limits" in reasons[0]
    assert "accuracy loss within 1 point" in reasons


def test_that_candidates_as_fast_as_the_fastest_are_told_apart_by_accuracy():
    close = Found("close", 150_000, 0.2, 0.51, (0.50, 0.52))
    chosen, reasons = pick([CUT, close], Goal.LATENCY, [ONE_POINT])
    assert chosen == "close"
    assert "as good as cut in that, but loses less accuracy" in reasons


def test_that_those_alike_in_loss_and_speed_are_told_apart_by_size_and_each_is_told_what_decided():
    small = Found("small", 40_000, -0.08, 0.089, (0.088, 0.090))
    plain = Found("plain", 156_000, 0.0, 0.087, (0.086, 0.088))
    slow = Found("slow", 30_000, 0.02, 0.2, (0.19, 0.21))
    chosen, reasons = pick([plain, small, slow], Goal.ACCURACY, [ONE_POINT])
    assert chosen == "small"
    assert reasons[1:3] == ("as good as slow in that, but is faster", "as good as plain in that, but is smaller")
    assert not_picked(plain, small, Goal.ACCURACY).endswith("small is the better choice: 156,000 bytes against 40,000")
    assert not_picked(slow, small, Goal.ACCURACY).endswith("small is the better choice: 0.200 ms against 0.089 ms")
    assert pick([plain, small], Goal.LATENCY, [ONE_POINT])[0] == "small"


def test_that_of_two_alike_in_everything_neither_is_said_to_be_better():
    one, other = Found("one", 1000, 0.30, 1.0, (0.99, 1.01)), Found("other", 990, 0.31, 1.0, (0.99, 1.01))
    chosen, reasons = pick([one, other], Goal.LATENCY, [])
    assert (chosen, reasons[1]) == ("one", "as good as other in all that counts")
    assert not_picked(other, one, Goal.LATENCY) == "within the limits, and as good as one in all that counts"


def test_that_a_latency_is_within_its_limit_only_with_its_whole_interval():
    assert misses([INT8], [Limit("latency_ms", 1.01)]) == ("latency (upper end) is 1.02, the limit is 1.01 ms",)
    assert misses([INT8], [Limit("latency_ms", 1.02)]) == ()


def test_that_what_was_not_measured_is_never_within_a_limit():
    assert misses([INT8], [Limit("energy_mj", 5.0)]) == ("energy is unknown, the limit is 5 mJ",)
    assert pick([INT8], Goal.LATENCY, [Limit("energy_mj", 5.0)])[0] is None


def test_that_nothing_is_picked_when_nothing_is_within_the_limits():
    assert pick([HARSH], Goal.SIZE, [ONE_POINT]) == (None, ("none of 1 measured candidates is within the limits",))


def test_that_the_others_are_told_what_the_picked_one_did_better():
    assert "1.000 ms against 0.500 ms" in not_picked(INT8, CUT, Goal.LATENCY)


@pytest.mark.parametrize(
    "wrong", ["accuracy_loss", "accuracy_loss<1", "speed<=2", "latency_ms<=-1", "latency_ms<=nan", "size_bytes<=inf"]
)
def test_that_a_limit_that_cannot_be_read_is_refused_with_what_can_be_limited(wrong):
    with pytest.raises(UsageError) as error:
        read_limit(wrong)
    assert "accuracy_loss (points)" in error.value.remedy


def on(board, found, latency_ms, **changes):
    return replace(
        found, target=board, latency_ms=latency_ms, latency_ci95=(latency_ms * 0.98, latency_ms * 1.02), **changes
    )


def test_that_a_limit_must_be_kept_on_every_board_and_the_board_that_breaks_it_is_named():
    found = [on("pi5", INT8, 1.0), on("pi3", INT8, 4.0), on("pi5", CUT, 0.5), on("pi3", CUT, 1.5)]
    limits = [ONE_POINT, Limit("latency_ms", 2.0)]
    assert misses(found[:2], limits) == ("on pi3: latency (upper end) is 4.08, the limit is 2 ms",)
    chosen, reasons = pick(found, Goal.ACCURACY, limits)
    assert chosen == "cut", "int8 loses less, but not within the limit on the slower board"
    assert "within the limits on each of 2 boards" in reasons
    assert [reason for reason in reasons if reason.startswith("on pi3: ")] == [
        "on pi3: 4.00x the speed of the original, measured side by side"
    ]
    assert pick(found[::2], Goal.ACCURACY, limits)[0] == "int8", "on the faster board alone it would be this one"


def test_that_latencies_of_several_boards_count_alike_whichever_is_slow():
    """0.5 and 8 ms against 1 and 5 ms: the sum would say the second, the ratios (half, 1.6 times) say the first."""
    found = [on("pi5", INT8, 0.5), on("pi3", INT8, 8.0), on("pi5", FUSED, 1.0), on("pi3", FUSED, 5.0)]
    chosen, reasons = pick(found, Goal.LATENCY, [])
    assert chosen == "int8"
    assert reasons[0] == "lowest latency of 2 within the limits: 2.000 ms (geometric mean of 2 boards)"


def test_that_an_outline_too_slow_for_one_board_is_not_compressed():
    expected = {"a": Expected(900, 1.0, {"pi5": 0.5, "pi3": 2.0}), "b": Expected(800, 0.9, {"pi5": 0.8, "pi3": 1.0})}
    stay, out = thin(expected, [Limit("latency_ms", 1.0)], keep=9)
    assert stay == ("b",)
    assert "2.000 ms" in out["a"]


def test_that_reasons_name_the_metric_that_judges():
    found = [replace(item, metric="f1_macro") for item in (FUSED, INT8, HARSH)]
    chosen, reasons = pick(found, Goal.ACCURACY, [ONE_POINT])
    assert chosen == "fused"
    assert reasons[0] == "least loss of f1_macro of 2 within the limits: +0.00 points"
    assert "loss of f1_macro within 1 point" in reasons
    assert misses(found[2:], [ONE_POINT]) == ("loss of f1_macro is 2.4, the limit is 1 point",)

"""A limit that is missed is said last: what was made or measured is shown all the same."""

from types import SimpleNamespace

import pytest

from engine.cli.console import show
from engine.cli.measure import _slower_integers
from engine.errors import LimitError
from engine.verbs.measurement import Measurements, _check_limits
from engine.verbs.presets import _compress


def reading(bundle, p50, precision="float"):
    latency = SimpleNamespace(p50=p50, ci95_p50=(p50 * 0.9, p50 * 1.1))
    return SimpleNamespace(bundle=bundle, target="pi5", latency_ms=latency, precision=precision)


def compared(speedup, verdict="FAIL"):
    return SimpleNamespace(
        a="a", b="b", target="pi5", speedup=speedup, ci95=(speedup - 0.1, speedup + 0.1), verdict=verdict
    )


def measured(speedup, p50):
    return Measurements((reading("a", p50, "int8"), reading("b", 1.0)), (compared(speedup),))


@pytest.mark.parametrize("as_json", [False, True])
def test_that_what_was_made_is_shown_before_the_limit_it_misses(capsys, as_json):
    def work(emit, cancel):
        raise LimitError("accuracy-loss", "it loses 3 points", "raise it", SimpleNamespace(name="harsh"))

    with pytest.raises(LimitError, match="3 points"):
        show(work, as_json=as_json, render=lambda result, console: console.print(f"made {result.name}"))
    assert capsys.readouterr().out == ("" if as_json else "made harsh\n")


def test_that_every_limit_that_is_missed_is_told_with_the_measurement():
    found = measured(0.5, 2.0)
    with pytest.raises(LimitError) as caught:
        _check_limits(found, SimpleNamespace(name="int8", sha256="a"), 1.5, 1.0)
    assert caught.value.message == (
        "int8 is not surely 1.5x faster: 0.50x [0.40, 0.60] on pi5; the median of int8 is not surely below 1 ms: 2 ms on pi5"
    )
    assert (caught.value.exit_code, caught.value.result) == (3, found)
    _check_limits(measured(2.0, 0.5), SimpleNamespace(name="int8", sha256="a"), 1.5, 1.0)


def test_that_integers_slower_than_floats_get_the_ways_out():
    names = {"a": "int8", "b": "baseline"}
    readings = measured(0.5, 2.0).readings
    told = _slower_integers(compared(0.5), readings, names)
    assert told.startswith("integers are slower there: keep baseline, or let the board choose")
    assert "placement: latency-guided" in told
    assert _slower_integers(compared(0.5, "INCONCLUSIVE"), readings, names) == ""
    assert _slower_integers(compared(0.5), (reading("a", 2.0), reading("b", 1.0)), names) == ""


def test_that_nothing_left_to_measure_says_why_of_each():
    with pytest.raises(LimitError) as caught:
        _compress(None, [], {"fused": "estimated at 9,000 bytes, the limit is 100"})
    assert "fused: estimated at 9,000 bytes, the limit is 100" in caught.value.message

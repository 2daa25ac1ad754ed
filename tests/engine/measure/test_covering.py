"""Which variant for which board by several limits: what is not known is never within one."""

from dataclasses import replace

import pytest

from engine.errors import UsageError
from engine.measure.covering import cover_boards, labels
from engine.measure.limits import Limit, Miss, read_board_limit

from ...profiles.test_compare import timed
from ...profiles.test_stale import row
from ..report.sample import RESNET, variant

VARIANTS = [variant("fashion-resnet", entry, index) for index, entry in enumerate(RESNET)]
BASE, INT8, PRUNED = VARIANTS[0], VARIANTS[2], VARIANTS[6]


def of(which, day=1, peak=10.0, energy=None, **changes):
    """A reading of a variant on a board; memory in MB, energy in mJ with its upper end."""
    made = row(VARIANTS.index(which), day, **changes)
    total = None if energy is None else {"total": {"value": energy[0], "ci95": [0.0, energy[1]]}, "sensor": "plug"}
    return replace(made, memory_mb=replace(made.memory_mb, run_peak=peak), energy_mj=total)


def test_that_each_limit_rules_out_what_is_over_it_and_says_by_how_much():
    limits = [Limit("latency_ms", 5), Limit("memory_mb", 12), Limit("size_bytes", INT8.packed_bytes)]
    readings = [
        of(BASE, peak=30.0, latency_ms=timed(4.0)),
        of(INT8, peak=11.0, latency_ms=timed(2.0)),
        of(PRUNED, peak=12.5, latency_ms=timed(1.0)),
    ]
    found = cover_boards(VARIANTS, readings, ["pc-intel-xeon-2c"], limits)
    assert found.cover.assigned == {"pc-intel-xeon-2c": INT8.name}
    first, *others = found.judged["pc-intel-xeon-2c"]
    assert first.misses == ()
    missed = {item.variant: {miss.limit.name: miss.over for miss in item.misses} for item in others}
    assert missed[BASE.name] == {"memory_mb": 18.0, "size_bytes": BASE.packed_bytes - INT8.packed_bytes}
    assert missed[PRUNED.name]["memory_mb"] == 0.5
    tight = cover_boards([PRUNED], readings, ["pc-intel-xeon-2c"], [Limit("memory_mb", 12)])
    assert tight.cover.left_out == ("pc-intel-xeon-2c",)
    assert tight.nearest("pc-intel-xeon-2c").words == ("memory is 12.5 MB, 0.5 over the limit of 12",)


@pytest.mark.parametrize(
    ("name", "noun"), [("memory_mb", "memory"), ("energy_mj", "energy"), ("accuracy_loss", "accuracy loss")]
)
def test_that_what_is_not_known_is_within_no_limit_and_is_said_to_be_unknown(name, noun):
    known = of(INT8, energy=(3.0, 4.0))
    bare = replace(of(INT8), memory_mb=replace(known.memory_mb, run_peak=None))
    for which, reading, served in ((INT8, known, True), (replace(INT8, loss_points=None), bare, False)):
        found = cover_boards([which], [reading], [reading.board], [Limit(name, 1000.0)])
        assert bool(found.cover.assigned) is served
    (only,) = found.judged[reading.board]
    assert only.misses == (Miss(Limit(name, 1000.0), None),)
    assert only.words == (f"{noun} is not known, the limit is 1,000 {only.misses[0].limit.to_json()['unit']}",)
    assert found.to_json()["judged"][reading.board][0]["missed"][0]["over"] is None


def test_that_of_an_energy_the_upper_end_counts_and_that_of_the_newest_reading_that_has_one():
    readings = [of(INT8, 1, energy=(9.0, 9.9)), of(INT8, 2, energy=(3.0, 4.5)), of(INT8, 3)]
    for most, served in ((4.4, False), (4.6, True)):
        found = cover_boards([INT8], readings, [readings[0].board], [Limit("energy_mj", most)])
        assert bool(found.cover.assigned) is served


def test_that_a_device_runs_a_variant_as_it_keeps_most_limits_and_the_worst_device_of_a_board_counts():
    quick = of(INT8, latency_ms=timed(1.0), peak=20.0)
    lean = replace(of(INT8, latency_ms=timed(3.0), peak=5.0), runtime="litert")
    limits = [Limit("latency_ms", 5), Limit("memory_mb", 8)]
    found = cover_boards([INT8], [quick, lean], [quick.board], limits)
    assert found.nearest(quick.board).figures["memory_mb"] == 5.0
    other = replace(quick, device_id="second", target="second")
    found = cover_boards([INT8], [quick, lean, other], [quick.board, "second"], limits)
    assert found.cover.left_out == (quick.board, "second")
    assert found.nearest(quick.board).words[0].startswith("memory is 20 MB")
    unknown = replace(other, memory_mb=replace(other.memory_mb, run_peak=None))
    (only,) = cover_boards([INT8], [lean, unknown], [quick.board], limits).judged[quick.board]
    assert only.figures["memory_mb"] is None


def test_that_the_limit_of_a_board_goes_before_that_of_all():
    here, there = of(INT8, peak=10.0), replace(of(INT8, peak=10.0), board="pi-zero", target="z", device_id="z")
    own = [(None, Limit("memory_mb", 12)), ("pi-zero", Limit("memory_mb", 8))]
    found = cover_boards(
        [INT8], [here, there], [here.board, "pi-zero"], [Limit("memory_mb", 1), Limit("latency_ms", 9)], own
    )
    assert (list(found.cover.assigned), found.cover.left_out) == ([here.board], ("pi-zero",))
    assert found.for_all == (Limit("memory_mb", 12), Limit("latency_ms", 9))
    assert found.to_json()["limits_ms"] == {here.board: 9, "pi-zero": 9}


def test_that_two_variants_of_one_name_stay_two():
    twin = replace(INT8, id="f" * 64, model="n")
    third = replace(INT8, id="e" * 64)
    assert labels([INT8, twin]) == {INT8.id: f"{INT8.model} {INT8.name}", twin.id: f"n {INT8.name}"}
    assert len(set(labels([INT8, twin, third]).values())) == 3


@pytest.mark.parametrize(
    "text", ["", "pi4", "pi4=", "pi4=0", "pi4=-1", "pi4=nan", "=3", "pi4:speed=3", "pi4:memory_mb=x", "memory_mb"]
)
def test_that_what_is_no_limit_is_refused(text):
    with pytest.raises(UsageError, match="is no limit"):
        read_board_limit(text)


def test_that_a_limit_is_read_with_its_board():
    assert read_board_limit("energy_mj<=5") == (None, Limit("energy_mj", 5.0))
    assert read_board_limit("pi4=50") == ("pi4", Limit("latency_ms", 50.0))
    assert read_board_limit("pi@desk:size_bytes = 9e4") == ("pi@desk", Limit("size_bytes", 90000.0))

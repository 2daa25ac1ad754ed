"""How fast models beside ran with and without the measured one: recomputed from raw runs with known speeds."""

import zlib
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from device_agent.contract.messages import Block, NeighbourResult
from engine.errors import RejectedError
from engine.measure.beside import neighbour_words, neighbours, starts
from engine.measure.plan import measure_on
from profiles.reading import Reading
from profiles.wellformed import reading_fault

from .board import TODAY, FakeBoard, subject

MS = 1_000_000
GAP_NS = 2_000
"""Between two runs of a block."""


def beside(speeds_ms, *, slots=("door",), spoil=None, drift=1.0, waits=0.0):
    """A change of a board's answer: neighbours that run beside its blocks, and alone for a moment every few rounds.

    Args:
        speeds_ms: of each neighbour: its time alone, and beside each entry.
        slots: their names.
        spoil: changes the list of results and that of their samples.
        drift: how many times slower everything is at the end than at the beginning.
        waits: share of the runs beside that wait so long for the processor that they take ten times as long.
    """

    def apply(result, raw):
        draw = np.random.default_rng(1)
        moved, windows, shift = [], [], 100 * MS
        for number, block in enumerate(result.blocks):
            if block.round % 4 == 0 and (number == 0 or result.blocks[number - 1].round != block.round):
                windows += [block.start_ns + shift, block.start_ns + shift + 150 * MS]
                shift += 151 * MS
            moved.append(replace(block, start_ns=block.start_ns + shift))
        last = moved[-1].start_ns + moved[-1].wall_ns
        windows += [last + 1000, last + 150 * MS]
        edges, found, every = np.array([b.start_ns for b in moved]), [], []
        for slot, speeds in zip(slots, speeds_ms, strict=True):
            blocks, samples, now = [], [], windows[0] - 50 * MS
            while now < windows[-1]:
                start, before = now, len(samples)
                while now < start + 20 * MS:
                    at = int(np.searchsorted(edges, now, side="right")) - 1
                    running = moved[at] if at >= 0 and now < moved[at].start_ns + moved[at].wall_ns else None
                    middle = speeds[0] if running is None else speeds[1 + running.entry]
                    middle *= drift ** ((now - windows[0]) / (windows[-1] - windows[0]))
                    middle *= 10 if running is not None and draw.random() < waits else 1
                    samples.append(int(middle * MS * draw.lognormal(0, 0.02)))
                    now += samples[-1] + GAP_NS
                blocks.append(Block(len(blocks), 0, before, len(samples) - before, start, now - start, 0))
                now += 10_000
            found.append(NeighbourResult(slot, len(samples), blocks))
            every.append(samples)
        if spoil is not None:
            spoil(found, every)
        parts = [zlib.decompress(raw), *(np.array(s, dtype="<i8").tobytes() for s in every)]
        packed = zlib.compress(b"".join(parts))
        return replace(result, blocks=moved, neighbours=found, alone_ns=windows, raw_bytes=len(packed)), packed

    return apply


def measured(change, slots=("door",), entries=1):
    board = FakeBoard([5000.0] * entries, rounds=40, hello=TODAY, change=change)
    subjects = [subject(index) for index in range(entries)]
    found = measure_on(board, "pi", subjects, baselines=[None] * entries, beside=slots)
    assert board.plans[0].neighbours
    return found.readings


def test_that_the_slowdown_of_a_neighbour_is_that_of_its_runs_beside_against_those_alone():
    (reading,) = measured(beside([(1.0, 1.5)]))
    (item,) = reading.neighbours
    assert item["slot"] == "door"
    assert item["alone_p50_ms"] == pytest.approx(1.0, rel=0.01)
    assert item["p50_ms"] == pytest.approx(1.5, rel=0.01)
    assert item["alone_runs_per_s"] == pytest.approx(1000, rel=0.02)
    assert item["runs_per_s"] == pytest.approx(1000 / 1.5, rel=0.02)
    for ratio, ends in (("slowdown", "ci95"), ("p50_ratio", "p50_ratio_ci95")):
        low, high = item[ends]
        assert 1.4 < low < item[ratio] < high < 1.6
        assert low < 1.5 * 1.01
        assert item[ratio] == pytest.approx(1.5, rel=0.02)
    assert item["n"] > 1000 < 2 * item["alone_n"]
    assert Reading.from_json(reading.to_json()) == reading
    assert reading_fault(reading.to_json()) is None
    assert neighbour_words(item, "int8").startswith("door beside int8: 6")


def test_that_a_machine_that_becomes_slower_all_the_while_makes_no_slowdown():
    (reading,) = measured(beside([(1.0, 1.0)], drift=2.0))
    (item,) = reading.neighbours
    assert item["slowdown"] == pytest.approx(1.0, abs=0.02)
    assert item["ci95"][0] < 1.01
    assert item["ci95"][1] > 0.99


def test_that_a_model_that_waits_now_and_then_makes_fewer_runs_at_the_same_median():
    (reading,) = measured(beside([(1.0, 1.0)], waits=0.1))
    (item,) = reading.neighbours
    assert item["p50_ratio"] == pytest.approx(1.0, abs=0.02)
    assert item["slowdown"] == pytest.approx(1.9, rel=0.1)


def test_that_each_of_several_models_has_its_own_effect_on_each_neighbour():
    slots = ("door", "gate")
    one, two = measured(beside([(1.0, 1.2, 2.0), (3.0, 3.0, 4.5)], slots=slots), slots, 2)
    assert [round(item["slowdown"], 1) for item in one.neighbours] == [1.2, 1.0]
    assert [round(item["slowdown"], 1) for item in two.neighbours] == [2.0, 1.5]


def slow(run_ms, alone_ms, beside_ms, *, turns=20, slower=2.0):
    """One neighbour whose runs may lie over the edges of the moments alone: what is left of one then takes longer."""
    ends = np.cumsum([0.0, *[alone_ms, beside_ms] * turns, alone_ms])
    work = np.cumsum([0.0, *[alone_ms, beside_ms / slower] * turns, alone_ms])
    marks = (np.interp(np.arange(0, work[-1], run_ms), work, ends) * MS).astype(int)
    samples, edges = np.diff(marks), (ends * MS).astype(int).tolist()
    other = [
        Block(n, 0, n, 1, int(start), int(took), 0) for n, (start, took) in enumerate(zip(marks, samples, strict=False))
    ]
    turns_ns = zip(edges[1::2], edges[2::2], strict=False)
    own = [Block(n, 0, n, 1, begin, end - begin, 0) for n, (begin, end) in enumerate(turns_ns)]
    windows = [edge for pair in zip(edges[::2], edges[1::2], strict=True) for edge in pair]
    result = SimpleNamespace(blocks=own, alone_ns=windows, neighbours=[NeighbourResult("door", len(samples), other)])
    return neighbours(result, 0, [samples])[0]


@pytest.mark.parametrize(("run_ms", "alone_ms", "beside_ms"), [(7, 150, 600), (100, 300, 600), (400, 1200, 2400)])
def test_that_runs_that_lie_partly_beside_and_partly_alone_count_for_neither(run_ms, alone_ms, beside_ms):
    item = slow(run_ms, alone_ms, beside_ms)
    for key in ("slowdown", "p50_ratio"):
        assert item[key] == pytest.approx(2.0, rel=1e-3)
    assert item["alone_p50_ms"] == pytest.approx(run_ms, rel=1e-3)


def test_that_a_neighbour_that_is_slower_than_the_moments_alone_are_long_has_no_figure():
    item = slow(400, 150, 600)
    assert [item[key] for key in ("slowdown", "ci95", "p50_ratio", "alone_p50_ms", "alone_n")] == [None] * 4 + [0]


def test_that_a_neighbour_with_too_few_runs_has_no_figure():
    def brief(result, raw):
        return replace(beside_[0], alone_ns=beside_[0].alone_ns[:6]), beside_[1]

    def change(result, raw):
        beside_[:] = beside([(10.0, 30.0)])(result, raw)
        return brief(*beside_)

    beside_ = []
    (reading,) = measured(change)
    (item,) = reading.neighbours
    assert (item["slowdown"], item["ci95"], item["p50_ratio"]) == (None, None, None)
    assert item["n"] > 0
    assert neighbour_words(item, "int8") == f"door made too few runs beside int8 to tell how fast it was ({item['n']})"
    assert reading_fault(reading.to_json()) is None


def test_that_an_agent_that_tells_nothing_of_neighbours_leaves_them_out():
    (reading,) = measured(None)
    assert reading.neighbours == ()
    assert reading.options["beside"] == "door"


def renamed(found, samples):
    found[0] = replace(found[0], slot="gate")


def backwards(found, samples):
    found[0] = replace(found[0], blocks=[*found[0].blocks[:-2], *found[0].blocks[:-3:-1]])


def timeless(found, samples):
    samples[0][5] = 0


def shifted(found, samples):
    found[0] = replace(found[0], blocks=[replace(found[0].blocks[0], first=1), *found[0].blocks[1:]])


@pytest.mark.parametrize("lie", [renamed, backwards, timeless, shifted])
def test_that_what_does_not_fit_together_is_refused(lie):
    with pytest.raises(RejectedError):
        measured(beside([(1.0, 1.5)], spoil=lie))


def test_that_runs_begin_where_their_block_says_with_the_time_around_them_between_them():
    blocks = [Block(0, 0, 0, 3, 1000, 330, 0), Block(1, 0, 3, 1, 5000, 50, 0)]
    assert starts(blocks, np.array([100, 100, 100, 40])).tolist() == [1000, 1110, 1220, 5000]


def test_that_rates_of_fast_models_and_times_of_slow_ones_are_written_out():
    item = {
        "slot": "door", "slowdown": 1.5, "ci95": [1.4, 1.6], "runs_per_s": 12345.6, "alone_runs_per_s": 18518.4,
        "p50_ratio": None, "n": 9,
    }  # fmt: skip
    words = neighbour_words(item, "int8")
    assert words == "door beside int8: 12,346 runs a second instead of 18,518 without it, 1.50x [1.40, 1.60] slower"

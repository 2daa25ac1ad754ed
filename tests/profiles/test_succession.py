"""Releases, variants and one bundle over time, on one device."""

import math

import pytest

from profiles.reading import Comparison, Quality, Verdict
from profiles.succession import Step, over_time, succession, variants_of

from .test_compare import timed
from .test_stale import row


def compared(a, b, speedup, nonce, day=1):
    return Comparison(
        a.bundle, b.bundle, a.target, speedup, (speedup / 1.02, speedup * 1.02), Verdict.PASS, 0.03, False, 40, nonce,
        f"2026-11-{day:02d}T10:00:00.000+00:00",
    )  # fmt: skip


def steps(*readings):
    return [Step(f"release {number}", item.bundle, "x") for number, item in enumerate(readings, 1)]


def test_that_each_release_is_compared_with_the_one_before_it_and_not_with_the_first():
    one, two, three = (row(i, latency_ms=timed(t)) for i, t in ((0, 8.0), (2, 4.0), (6, 1.0)))
    found = succession(steps(one, two, three), [three, one, two], [])
    assert [item.label for item in found] == ["release 1", "release 2", "release 3"]
    assert [item.against for item in found] == [None, "release 1", "release 2"]
    assert [item.ratio for item in found] == [None, pytest.approx(2), pytest.approx(4)]
    assert not any(item.paired for item in found)
    to_first = succession(steps(one, two, three), [one, two, three], [], to_first=True)
    assert [item.ratio for item in to_first] == [None, pytest.approx(2), pytest.approx(8)]


def test_that_the_paired_blocks_of_one_plan_are_preferred_in_either_direction():
    one, two = (row(i, nonce="plan", latency_ms=timed(t)) for i, t in ((0, 8.0), (2, 4.0)))
    other = row(2, 2, nonce="alone", latency_ms=timed(5.0))
    readings = [one, two, other]
    (_, found) = succession(steps(one, two), readings, [compared(two, one, 1.9, "plan")])
    assert (found.ratio, found.paired, found.side.p50_ms) == (1.9, True, 5.0)
    assert found.ci95 == (1.9 / 1.02, 1.9 * 1.02)
    (_, found) = succession(steps(one, two), readings, [compared(one, two, 0.5, "plan")])
    assert found.ratio == pytest.approx(2)
    assert found.ci95 == (pytest.approx(2 / 1.02), pytest.approx(2 * 1.02))
    (_, found) = succession(steps(one, two), readings, [compared(two, one, 1.9, "of another plan")])
    assert (found.ratio, found.paired) == (pytest.approx(8 / 5), False)
    plans = [compared(two, one, 1.9, "plan"), compared(two, one, 1.7, "alone", 2)]
    (_, found) = succession(steps(one, two), [*readings, row(0, 2, nonce="alone")], plans)
    assert found.ratio == 1.7


def test_that_a_release_that_went_back_or_was_not_measured_says_so():
    one, two, stranger = row(0, 1), row(2, 1), row(6, 1)
    told = [Step("release 1", one.bundle, "x"), Step("release 2", one.bundle, "x"), *steps(stranger)]
    found = succession(told, [one, two], [])
    assert [item.reason for item in found] == [None, "the same bundle", "not measured here"]
    assert found[2].side is found[2].ratio is None
    old = row(0, 1, kernel="5")
    (found,) = succession(steps(old), [old, row(2, 9)], [])
    assert found.reason.startswith("its reading is stale (kernel: 5 -> ")
    assert found.to_json()["reading"] is None


def test_that_runtimes_and_thread_counts_are_series_of_their_own():
    readings = [row(i, threads=n, nonce=f"{i}{n}", latency_ms=timed(8.0 / n)) for i in (0, 2) for n in (1, 4)]
    found = succession(steps(readings[0], readings[2]), readings, [])
    assert [(item.label, item.threads) for item in found] == [
        ("release 1", 1), ("release 2", 1), ("release 1", 4), ("release 2", 4)
    ]  # fmt: skip


def test_that_a_variant_on_another_runtime_stands_against_the_first_where_one_plan_measured_both():
    base, other, more = row(0, nonce="p"), row(1, nonce="p"), row(2, nonce="p")
    assert (base.runtime, other.runtime) == ("onnxruntime", "litert")
    order = steps(base, other, more)
    found = succession(order, [base, other, more], [compared(other, base, 0.8, "p")], to_first=True)
    told = {item.label: (item.runtime, item.against, item.ratio) for item in found}
    assert told["release 2"] == ("litert", "release 1", 0.8)
    assert told["release 3"][1] == "release 1"
    (alone,) = [item for item in succession(order, [base, other, more], [], to_first=True) if item.runtime == "litert"]
    assert alone.against is None


def test_that_variants_begin_with_what_the_others_were_measured_against():
    base, quick, slow = (row(i, nonce="p", latency_ms=timed(t)) for i, t in ((0, 5.0), (2, 1.0), (6, 9.0)))
    plans = [compared(quick, base, 5.0, "p"), compared(slow, base, 0.6, "p")]
    assert [s.bundle for s in variants_of("sample:fashion-resnet", [quick, slow, base], plans)] == [
        base.bundle, quick.bundle, slow.bundle
    ]  # fmt: skip
    assert variants_of("sample:fashion-resnet", [quick, slow, base], [])[0].bundle == slow.bundle
    assert variants_of("other", [base], []) == ()


def test_that_over_time_the_first_and_the_newest_reading_stand_beside_what_changed():
    first, rejected, now = (
        row(0, 1, latency_ms=timed(6.0)),
        row(0, 3, latency_ms=timed(99.0), quality=Quality.REJECTED),
        row(0, 5, latency_ms=timed(3.0), kernel="7.0", os="Debian 13"),
    )
    alone = row(2, 2)
    (found,) = over_time([now, alone, rejected, first])
    assert (found.ratio, found.readings) == (pytest.approx(2), 2)
    assert found.ci95[0] < 2 < found.ci95[1]
    assert math.log(found.ci95[1] / found.ci95[0]) > 2 * math.sqrt(2) * 0.002
    assert [text.split(":")[0] for text in found.changed] == ["system", "kernel"]
    assert found.to_json()["first"]["p50_ms"] == 6.0
    assert over_time([alone]) == ()


def test_that_each_provider_is_a_series_of_its_own():
    cpu = [row(0, 1), row(2, 1)]
    gpu = [row(index, 2, provider="CUDAExecutionProvider", latency_ms=timed(0.1)) for index in (0, 2)]
    steps = [Step("a", cpu[0].bundle, "a"), Step("b", cpu[1].bundle, "b")]
    rows = succession(steps, [*cpu, *gpu], [])
    assert [(item.label, item.provider) for item in rows] == [
        ("a", "CPUExecutionProvider"),
        ("b", "CPUExecutionProvider"),
        ("a", "CUDAExecutionProvider"),
        ("b", "CUDAExecutionProvider"),
    ]
    assert over_time([*cpu, *gpu]) == ()

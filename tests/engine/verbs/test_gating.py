"""What a rollout's gate says of latency, memory, energy and accuracy, and of all of them together."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from device_agent.contract.messages import Release
from engine.errors import UsageError
from engine.events import Cancel, Progress
from engine.records import Bundle, Estimate
from engine.verbs import gating
from engine.verbs.gating import Judged
from engine.workspace import Workspace
from profiles.reading import Comparison, Verdict

from ..report.sample import RESNET, reading, variant

BASE = reading("fashion-resnet", RESNET[0], 0)


def peak(megabytes):
    return replace(BASE, memory_mb=replace(BASE.memory_mb, run_peak=megabytes))


def using(millijoule, half, sensor="power:ina3221"):
    total = {"value": millijoule, "ci95": [millijoule - half, millijoule + half]}
    return replace(BASE, energy_mj={"total": total, "sensor": sensor})


def losing(points, half, index=1):
    loss = Estimate(points, (points - half, points + half), 2000)
    return replace(variant("fashion-resnet", RESNET[index], index), loss_points=loss)


@pytest.mark.parametrize(
    ("new", "old", "verdict"),
    [
        (peak(40.0), peak(50.0), "PASS"),
        (peak(52.4), peak(50.0), "PASS"),
        (peak(54.0), peak(50.0), "INCONCLUSIVE"),
        (peak(55.1), peak(50.0), "FAIL"),
        (peak(None), peak(50.0), "INCONCLUSIVE"),
    ],
)
def test_that_memory_may_grow_by_a_twentieth_and_not_by_a_tenth(new, old, verdict):
    assert gating.memory(new, old).verdict == verdict


def test_that_energy_is_judged_by_the_interval_of_the_ratio_without_the_gain_both_share():
    gain = 1.96 * 0.015
    assert gating.energy(using(10, 10 * gain), using(10, 10 * gain)).verdict == "PASS", (
        "the same sensor, the same error"
    )
    assert gating.energy(using(10, 2), using(10, 2)).verdict == "INCONCLUSIVE"
    assert gating.energy(using(13, 0.6), using(10, 0.5)).verdict == "FAIL"
    assert gating.energy(using(7, 0.6), using(10, 0.5)).verdict == "PASS"
    assert gating.energy(using(7, 0.6), using(10, 0.5, "power:plug")).verdict == "INCONCLUSIVE", "another sensor"
    assert gating.energy(replace(BASE, energy_mj=None), using(10, 1)).verdict == "INCONCLUSIVE"


def test_that_accuracy_is_judged_by_what_both_lost_on_the_same_samples():
    original = replace(variant("fashion-resnet", RESNET[0], 0), loss_points=None)
    assert gating.accuracy(losing(0.2, 0.3), original).verdict == "PASS"
    assert gating.accuracy(losing(2.0, 0.3), original).verdict == "FAIL"
    assert gating.accuracy(losing(0.9, 0.3), original).verdict == "INCONCLUSIVE"
    assert gating.accuracy(losing(2.0, 0.3), losing(1.9, 0.3, 2)).verdict == "PASS", "what runs there has lost it, too"
    assert gating.accuracy(original, losing(2.0, 0.3)).verdict == "PASS"
    stranger, unscored = replace(losing(0, 0.1), baseline="other"), replace(losing(0, 0.1), loss_points=None)
    for new in (None, stranger, unscored):
        assert gating.accuracy(new, original).verdict == "INCONCLUSIVE"


def test_that_one_failure_fails_and_only_all_passes_pass():
    good, bad, unknown = Judged("PASS", ""), Judged("FAIL", ""), Judged("INCONCLUSIVE", "")
    assert gating.overall([good, unknown, bad]) == "FAIL"
    assert gating.overall([good, unknown]) == "INCONCLUSIVE"
    assert gating.overall([good, good]) == "PASS"


def test_that_the_gate_measures_each_release_on_what_it_runs_on_and_says_all_it_found(tmp_path, monkeypatch):
    new, old = Bundle("a", "new", "/a", 1, "a" * 64, "k"), Bundle("b", "old", "/b", 1, "b" * 64, "k")
    asked, told = {}, []

    def measure_bundles(bundles, target, **named):
        asked.update(named, bundles=bundles, target=target)
        compared = Comparison("a" * 64, "b" * 64, target, 1.5, (1.4, 1.6), Verdict.PASS, 0.03, False, 12, "n")
        return (peak(70.0), peak(50.0)), (compared,)

    monkeypatch.setattr(gating, "measure_bundles", measure_bundles)
    monkeypatch.setattr(gating, "find_bundle", lambda key, workspace: old)
    run = gating.RunOn.of(provider="cuda")
    gate = gating.gate(Workspace.find(tmp_path), run, ["latency", "memory"], Cancel())
    verdict, why = gate(
        "pi", new, Release(3, old.sha256, "committed", "old", {"runtime": "rknn"}), lambda: nullcontext(told.append)
    )
    assert verdict == "FAIL"
    assert why == (
        "latency PASS: 1.50x [1.40, 1.60] as fast as what runs there; "
        "memory FAIL: 70.0 MB of memory, 50.0 MB what runs there"
    )
    assert asked["bundles"] == [new, old]
    assert [str(item) for item in asked["run"]] == ["provider cuda", "runtime rknn"]
    assert asked["energy"] is None
    asked["emit"](event := Progress(1, 4, "round", 30.0))
    assert told == [event], "how far the measurement is reaches whoever asked"


def test_that_a_gate_on_something_unknown_is_a_usage_error():
    with pytest.raises(UsageError, match="colour"):
        gating.wanted(True, ["latency", "colour"])

"""A plan from bundles to readings, against a simulated board whose true times are known."""

import hashlib
import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from device_agent.contract.errors import ContractError
from device_agent.contract.measuring import Isolation
from device_agent.contract.messages import MeasurePlan, StopRule, decode, encode
from engine.errors import RejectedError
from engine.events import Progress
from engine.measure import plan
from engine.measure.plan import measure_on
from engine.verbs.sheet import isolation_line
from profiles.reading import Origin, Quality, Verdict
from profiles.store import ProfileStore
from profiles.wellformed import reading_fault

from . import board
from .board import FakeBoard, subject


def measured(fake, count=2, baselines=None, **options):
    subjects = [subject(i) for i in range(count)]
    return measure_on(fake, "pi5", subjects, baselines=baselines or [None, *[0] * (count - 1)], **options)


def test_that_a_reading_tells_what_kept_the_model_in_and_the_store_keeps_it(tmp_path):
    told = Isolation("filter", None, 120, 64 << 20, 512)
    reading = measured(FakeBoard([200], change=board.entry(0, isolation=told)), 1).readings[0]
    with ProfileStore.open(tmp_path / "profiles.sqlite") as store:
        store.add_many([(reading, None)])
        (kept,) = store.readings()
    assert decode(Isolation, kept.isolation) == told
    assert reading_fault(json.loads(json.dumps(kept.to_json()))) is None
    assert isolation_line(kept).startswith("no network (a filter of system calls); at most 120 s")
    with pytest.raises(ContractError):
        measured(FakeBoard([200], change=board.entry(0, isolation=replace(told, cpu_s=-1))), 1)


def halved_processor_time(result, raw):
    return replace(result, blocks=[replace(item, cpu_ns=item.cpu_ns // 2) for item in result.blocks]), raw


def test_that_readings_carry_everything_that_makes_them_comparable():
    fake = FakeBoard([200, 100], drift=0.003)
    reading = measured(fake).readings[1]
    assert (reading.target, reading.device_id, reading.bundle, reading.model, reading.variant) == (
        "pi5", "device-1", f"{1:064x}", "sample:net", "variant-1",
    )  # fmt: skip
    assert (reading.runtime, reading.runtime_version, reading.provider, reading.threads) == (
        "onnxruntime", "1.32.0", "CPUExecutionProvider", 1,
    )  # fmt: skip
    assert (reading.governor, reading.temperature_c, reading.throttled, reading.boot_id) == (
        "performance",
        51.5,
        False,
        "boot-1",
    )
    assert (reading.first_ms, reading.load_ms) == (0.9, 5.0)
    assert reading.isolation is None, "this board's agent is too old to tell"
    assert reading.memory_mb.run_peak == pytest.approx(7.34, abs=0.01)
    assert (reading.origin, reading.quality, reading.reasons) == (Origin.MEASURED, Quality.OK, ())
    assert reading.nonce == fake.plans[0].nonce
    assert reading.cpu_utilisation == pytest.approx(0.99, abs=0.001)
    assert reading.board == "pc-intel-xeon-2-70ghz-2c"


def test_that_figures_are_computed_again_from_the_raw_samples():
    result = measured(FakeBoard([200, 100]))
    for reading, raw in zip(result.readings, result.raw, strict=True):
        samples = np.frombuffer(zlib.decompress(raw), dtype="<i8") / 1e6
        assert hashlib.sha256(raw).hexdigest() == reading.raw_sha256
        assert reading.latency_ms.n == len(samples) == 600
        assert (reading.latency_ms.p50, reading.latency_ms.p99) == pytest.approx(np.percentile(samples, [50, 99]))


def test_that_the_speed_up_is_found_although_the_machine_drifts():
    compared = measured(FakeBoard([200, 100, 210], drift=0.05), 3).comparisons
    assert compared[0].speedup == pytest.approx(2, rel=0.02)
    assert compared[0].ci95[0] <= 2 <= compared[0].ci95[1]
    assert (compared[0].verdict, compared[0].equal, compared[0].pairs) == (Verdict.PASS, False, 30)
    assert (compared[0].a, compared[0].b) == (f"{1:064x}", f"{0:064x}")
    assert compared[1].verdict is Verdict.FAIL


def test_that_a_bundle_against_itself_is_one_within_its_interval():
    hits = 0
    for seed in range(40):
        compared = measured(FakeBoard([150, 150], seed=seed, drift=0.05)).comparisons[0]
        hits += compared.ci95[0] <= 1 <= compared.ci95[1]
        assert compared.verdict is Verdict.PASS
        assert compared.equal
    assert hits >= 35


def test_that_the_interval_holds_what_differs_between_processes_of_one_model(monkeypatch):
    """Each process is a little luckier or unluckier than the other for its whole life; the rounds alone cannot see that."""
    widen, within = plan.between_processes, []
    monkeypatch.setattr(plan, "between_processes", lambda ratio: within.append(ratio) or widen(ratio))
    hits = narrow = 0
    for seed in range(60):
        compared = measured(FakeBoard([150, 150], seed=seed, runs=400, layout=0.003 / np.sqrt(2))).comparisons[0]
        hits += compared.ci95[0] <= 1 <= compared.ci95[1]
        narrow += within[-1].ci95[0] <= 1 <= within[-1].ci95[1]
    assert hits / 60 >= 0.93
    assert narrow / 60 < 0.85  # the control: without it the interval is too narrow


def compared_of(seeds, medians, **more):
    """Comparisons on a board whose processes differ as those of a Xeon with AMX do."""
    fakes = (FakeBoard(medians, seed=s, rounds=48, layout=0.011 / np.sqrt(2), drift=0.01, **more) for s in range(seeds))
    return [measured(fake).comparisons[0] for fake in fakes]


def test_that_several_processes_show_what_one_of_each_cannot():
    """Identical models: with one process of each, one pair in two seems to differ; with eight, hardly one in twenty does."""
    alone, several = compared_of(60, [150, 150]), compared_of(60, [150, 150], hello=board.TODAY)
    held = [[c.ci95[0] <= 1 <= c.ci95[1] for c in found] for found in (alone, several)]
    assert np.mean(held[0]) < 0.8  # the control
    assert np.mean(held[1]) >= 0.9
    assert np.median([c.ci95[1] - c.ci95[0] for c in several]) < 0.025


def test_that_a_slowdown_of_five_percent_fails_although_processes_differ():
    found = compared_of(40, [150, 157.5], hello=board.TODAY)
    assert sum(c.verdict is Verdict.FAIL for c in found) >= 28
    assert sum(c.ci95[1] < 1 for c in found) >= 36
    assert not any(c.verdict is Verdict.PASS for c in found)


def test_that_the_interval_of_a_median_is_the_model_s_when_several_processes_ran_it():
    held = {1: 0, 8: 0}
    for seed in range(60):
        for hello in (board.HELLO, board.TODAY):
            fake = FakeBoard([150], seed=seed, rounds=48, layout=0.011 / np.sqrt(2), drift=0.0, hello=hello)
            reading = measured(fake, 1).readings[0]
            low, high = reading.latency_ms.ci95_p50
            held[reading.processes] += low <= 0.150 <= high
    assert held[1] < 40  # the control
    assert held[8] >= 55


def test_that_only_a_board_that_knows_them_is_asked_for_processes_and_a_run_of_minutes_has_one():
    asked = {}
    for name, hello, more in (
        ("old", replace(board.HELLO, minor=6), {}),
        ("now", board.TODAY, {}),
        ("short", board.TODAY, {"stop": StopRule(min_s=0.5)}),
        ("minutes", board.TODAY, {"minutes": 1.0}),
    ):
        fake = FakeBoard([150, 150], rounds=48, hello=hello)
        readings = measured(fake, **more).readings
        asked[name] = (fake.plans[0].processes, fake.plans[0].min_blocks)
        assert {item.processes for item in readings} == {asked[name][0]}
    assert asked == {"old": (1, 20), "now": (8, 48), "short": (2, 20), "minutes": (1, 20)}


def test_that_each_subject_is_compared_with_its_own_baseline():
    compared = measured(FakeBoard([200, 100, 90, 30]), 4, [None, 0, None, 2]).comparisons
    assert [(c.a[-1], c.b[-1]) for c in compared] == [("1", "0"), ("3", "2")]
    assert [round(c.speedup) for c in compared] == [2, 3]


def test_that_the_plan_survives_the_wire_and_states_runtime_and_environment():
    fake = FakeBoard([200, 100])
    measured(fake, stop=StopRule(min_n=500), seed=7)
    sent = fake.plans[0]
    assert decode(MeasurePlan, encode(sent)) == sent
    assert (sent.stop.min_n, sent.seed, sent.entries[0].runtime.id, sent.entries[0].env) == (
        500,
        7,
        "onnxruntime",
        "env-1",
    )
    assert sent.nonce != (measured(fake) and fake.plans[1].nonce)


def test_that_progress_is_told_with_the_time_left():
    events = []
    measured(FakeBoard([200, 100]), emit=events.append)
    told = [event for event in events if isinstance(event, Progress)]
    assert [(item.done, item.total, item.unit, item.eta_s) for item in told[-2:]] == [
        (28, 30, "measure", 2.0),
        (29, 30, "measure", 1.0),
    ]


def test_that_a_fake_root_makes_the_readings_simulated():
    hello = replace(board.HELLO, root="/tmp/fake")
    assert {r.origin for r in measured(FakeBoard([200, 100], hello=hello)).readings} == {Origin.SIMULATED}


def test_that_a_board_without_the_runtime_is_told_by_name():
    fake = FakeBoard([200])
    lite = replace(subject(0), format="tflite")
    with pytest.raises(RejectedError, match="no runtime for v0"):
        measure_on(fake, "pi5", [lite], baselines=[None])


def test_that_too_few_rounds_give_readings_that_say_so_and_no_comparison():
    result = measured(FakeBoard([200, 100], rounds=5))
    assert result.comparisons == ()
    assert "only 5 rounds" in result.readings[1].reasons[0]
    assert [r.quality for r in result.readings] == [Quality.OK, Quality.NOTED]
    assert measured(FakeBoard([200, 100], rounds=5), baselines=[None, None]).readings[1].reasons == ()


def test_that_a_short_plan_has_blocks_short_enough_for_twenty_rounds():
    fake = FakeBoard([200, 100])
    measured(fake, stop=StopRule(max_s=0.6))
    measured(fake)
    assert [sent.block_s for sent in fake.plans] == [pytest.approx(0.015), 0.05]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r, raw: (replace(r, nonce="other"), raw), "does not belong to this plan"),
        (lambda r, raw: (replace(r, device_id="device-2"), raw), "does not belong to this plan"),
        (lambda r, raw: (replace(r, entries=r.entries[:1]), raw), "other data"),
        (board.entry(error="the child died"), "the child died"),
        (board.entry(samples=599), "other data"),
        (board.entry(samples=-1), "announces"),
        (board.entry(samples=10**12), "announces"),
        (lambda r, raw: (r, raw[:-20]), "other data"),
        (lambda r, raw: (r, raw + b"more"), "other data"),
        (lambda r, raw: (r, b"no zlib"), "unpacked"),
        (lambda r, raw: (r, zlib.compress(bytes(10_000_000))), "other data"),
        (board.times(lambda v: v - v), "took no time"),
        (board.times(lambda v: np.where(np.arange(len(v)) == 7, -5, v)), "took no time"),
        (board.block(start_ns=0), "fit together"),
        (board.block(wall_ns=0), "fit together"),
        (board.block(cpu_ns=-1), "fit together"),
        (board.block(process=1), "fit together"),  # one entry of a round alone, and it comes back
        (board.block(index=-1, process=-1), "fit together"),
        (board.block(count=19), "every sample"),
        (board.block(first=0), "every sample"),
        (lambda r, raw: (replace(r, blocks=r.blocks[:-1]), raw), "every sample"),
        (lambda r, raw: (replace(r, blocks=[]), raw), "every sample"),
        (lambda r, raw: (replace(r, blocks=[*r.blocks, r.blocks[-1]]), raw), "fit together"),
    ],
)
def test_that_an_answer_that_does_not_fit_is_refused(change, message):
    from engine.errors import FlyweightError

    with pytest.raises(FlyweightError, match=message) as caught:
        measured(FakeBoard([200, 100], change=change))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (board.conditions(throttled=True), "throttled"),
        (board.conditions(boot_id="boot-2"), "started anew"),
        (board.times(lambda v: v * 3), "longer than their block"),
        (board.times(lambda v: np.full(len(v), int(v.min()))), "clock stood still"),
        (board.block(cpu_ns=10**12), "more processor time"),
        (board.entry(load_ns=0), "took no time"),
        (board.entry(memory=board.Memory(1, 1, 10**15)), "more memory than the board has"),
        (board.entry(memory=board.Memory(-1, 1, 1)), "less than none"),
    ],
)
def test_that_an_implausible_answer_becomes_a_rejected_reading_without_a_verdict(change, reason):
    result = measured(FakeBoard([200, 100], change=change))
    rejected = [r for r in result.readings if r.quality is Quality.REJECTED]
    assert rejected
    assert any(reason in text for r in rejected for text in r.reasons)
    assert result.comparisons[0].verdict is Verdict.INCONCLUSIVE
    assert not result.comparisons[0].equal


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (board.conditions(steal=0.3), "30% of the processor time was taken"),
        (board.entry(warmup_steady=False), "before the latency was steady"),
        (lambda r, raw: (replace(r, stopped="max-s"), raw), "time limit"),
        (halved_processor_time, "contended: the model had"),
    ],
)  # fmt: skip
def test_that_a_disturbed_run_is_noted_and_keeps_its_verdict(change, reason):
    result = measured(FakeBoard([200, 100], change=change))
    assert result.readings[0].quality is Quality.NOTED
    assert any(reason in text for text in result.readings[0].reasons)
    assert result.comparisons[0].verdict is Verdict.PASS


def test_that_a_missing_or_rejected_sensor_is_unknown_and_never_zero():
    hot = board.Sample("temperature:cpu", 400.0, "C", "/sys", "sysfs", 0, "rejected")
    result = measured(FakeBoard([200, 100], change=board.conditions(after=[hot], throttled=None, governor=None)))
    assert (result.readings[0].temperature_c, result.readings[0].throttled, result.readings[0].governor) == (
        None,
        None,
        None,
    )
    bare = board.entry(memory=board.Memory(None, None, None))
    assert measured(FakeBoard([200, 100], change=bare)).readings[0].memory_mb.run_peak is None

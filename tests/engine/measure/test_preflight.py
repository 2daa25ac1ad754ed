"""What is known of a board around a run: the grade, and rounds that were disturbed."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from device_agent.contract.messages import Conditions, Preflight
from engine.measure.plan import measure_on
from engine.measure.preflight import Grade, grade
from engine.verbs.sheet import trust_line
from profiles.reading import Quality, Reading

from .board import FakeBoard, subject

CALM = Preflight(0.1, 4, 3_000_000_000, 4_000_000_000, 0, "mains", ["performance"], 45.0, 1_000_000)


def around(**changes) -> Conditions:
    after = changes.pop("probe_after_ns", 1_020_000)
    pinned = changes.pop("pinned_governor", None)
    own = changes.pop("agent_cpu_ns", 4_000_000)
    state = replace(CALM, **changes)
    run = {"preflight": state, "probe_after_ns": after, "pinned_governor": pinned, "agent_cpu_ns": own}
    return Conditions([], [], None, "b", "k", 0.1, 0.0, None, **run, agent_wall_ns=1_000_000_000)


@pytest.mark.parametrize(
    ("changes", "wanted", "named"),
    [
        ({}, Grade.HIGH, set()),
        ({"load_1min": 2.0}, Grade.FAIR, {"load"}),
        ({"power_source": "battery", "governors": ["ondemand"]}, Grade.FAIR, {"power", "governor"}),
        ({"power_source": "battery", "governors": ["schedutil"], "temperature_c": 71.0}, Grade.LOW,
         {"power", "governor", "temperature"}),
        ({"ram_available_bytes": 100_000_000}, Grade.LOW, {"memory"}),
        ({"probe_after_ns": 1_110_000}, Grade.LOW, {"clock"}),
        ({"governors": ["ondemand"], "pinned_governor": "performance"}, Grade.HIGH, set()),
        ({"agent_cpu_ns": 60_000_000}, Grade.FAIR, {"agent"}),
        ({"load_1min": None, "power_source": "unknown", "governors": [], "temperature_c": None, "probe_ns": 0,
          "ram_available_bytes": None}, Grade.HIGH, set()),
    ],
)  # fmt: skip
def test_that_the_grade_follows_from_what_was_found(changes, wanted, named):
    found = grade(around(**changes))
    assert found.grade is wanted
    assert {item.name for item in found.checks if not item.ok} == named
    assert grade(replace(around(), preflight=None)) is None


def test_that_what_the_agent_itself_took_is_stated_and_an_agent_that_does_not_tell_is_not_blamed():
    (own,) = [item for item in grade(around()).checks if item.name == "agent"]
    assert own.detail == "took 0.4% of a processor itself"
    assert trust_line(SimpleNamespace(trust=grade(around()).to_json())).endswith(
        "; the agent took 0.4% of a processor itself"
    )
    assert [item for item in grade(replace(around(), agent_wall_ns=0)).checks if item.name == "agent"] == []


def test_that_the_grade_is_kept_with_the_reading():
    fake = FakeBoard([200], change=lambda result, raw: (replace(result, conditions=around()), raw))
    (reading,) = measure_on(fake, "pi5", [subject(0)], baselines=[None]).readings
    assert reading.trust["grade"] == "high"
    assert {item["name"] for item in reading.trust["checks"]} >= {"load", "memory", "governor", "clock"}
    assert Reading.from_json(reading.to_json()).trust == reading.trust


def disturbed(rounds, why="steal", slower=5):
    """The rounds named, ``slower`` times as slow as they were, and marked by the board."""
    import zlib

    def change(result, raw):
        values = np.frombuffer(zlib.decompress(raw), dtype="<i8").copy()
        starts = np.concatenate([[0], np.cumsum([item.samples for item in result.entries])])
        blocks, shift = [], 0
        for block in result.blocks:
            changed = replace(block, start_ns=block.start_ns + shift)
            if block.round in rounds:
                first = starts[block.entry] + block.first
                values[first : first + block.count] *= slower
                changed = replace(changed, wall_ns=block.wall_ns * slower, disturbed=why)
                shift += block.wall_ns * (slower - 1)
            blocks.append(changed)
        return replace(result, blocks=blocks), zlib.compress(values.astype("<i8").tobytes())

    return change


def test_that_disturbed_rounds_are_left_out_and_figures_rest_on_the_others():
    fake = FakeBoard([200, 100], rounds=40, drift=0.0, change=disturbed(range(10, 16)))
    clean = measure_on(FakeBoard([200, 100], rounds=40, drift=0.0), "b", [subject(0), subject(1)], baselines=[None, 0])
    found = measure_on(fake, "b", [subject(0), subject(1)], baselines=[None, 0])
    for reading, reference in zip(found.readings, clean.readings, strict=True):
        assert reading.latency_ms.n == 34 * 20
        assert reading.latency_ms.max < 1.2 * reference.latency_ms.max
        assert reading.quality is Quality.NOTED
        assert "6 of 40 rounds were disturbed and left out" in reading.reasons[-1]
    assert found.comparisons[0].pairs == 34
    assert found.comparisons[0].speedup == pytest.approx(2, rel=0.05)


def test_that_a_few_disturbed_rounds_are_not_worth_a_word():
    fake = FakeBoard([200], rounds=40, drift=0.0, change=disturbed([3]))
    (reading,) = measure_on(fake, "b", [subject(0)], baselines=[None]).readings
    assert (reading.quality, reading.reasons) == (Quality.OK, ())
    assert reading.latency_ms.n == 39 * 20


@pytest.mark.parametrize("why", ["throttled", "swap", "steal", "gap"])
def test_that_a_run_that_stayed_disturbed_is_rejected_with_the_reason(why):
    words = {"throttled": "throttled", "swap": "swapped", "steal": "other machines", "gap": "fell silent"}
    fake = FakeBoard([200], rounds=40, drift=0.0, change=disturbed(range(5, 30), why))
    (reading,) = measure_on(fake, "b", [subject(0)], baselines=[None]).readings
    assert reading.quality is Quality.REJECTED
    assert "25 of 40 rounds" in reading.reasons[0]
    assert words[why] in reading.reasons[0]
    assert reading.latency_ms.n == 800

"""What is asked of the engine for every way of measuring, and when it cannot begin."""

import inspect
import shlex

import numpy as np
import pytest
from typer.main import get_command

from engine import verbs
from engine.cli.main import app
from engine.measure.scenario import Kind, Request, burst
from gui.viewmodels.measured import read_measured
from gui.viewmodels.measuring import AROUND, How, MeasureAsked, amount, counts_of
from gui.viewmodels.steps import Step

ASKED = MeasureAsked(
    "v2",
    ("pi5", "loopback"),
    threads=(1, 2),
    against="v0",
    beside=("door",),
    energy=True,
    rate_hz=30.0,
    deadline_ms=40.0,
)


def asked(how: How, **changes: object) -> MeasureAsked:
    threads = (1,) if how.service else (1, 2)
    return MeasureAsked(**{**vars(ASKED), "how": how, "threads": threads, **changes})


@pytest.mark.parametrize("how", How)
def test_that_every_way_of_measuring_asks_what_its_verb_takes_and_what_the_command_line_understands(how):
    wanted = asked(how)
    assert wanted.lacking == ""
    (step,) = wanted.work({"v0", "v2"})
    given = step.arguments([])
    assert set(given) <= set(inspect.signature(getattr(verbs, step.verb)).parameters)
    assert (given["bundle"], given["targets"]) == ("v2", ["pi5", "loopback"])
    if how.service:
        rated = {"rate_hz": 30.0, "deadline_ms": 40.0} if how in (How.SERVER, How.CAMERA) else {}
        burst = {"per_query": 8, "rest_s": 5.0} if how is How.BURST else {}
        assert given["request"] == {"kind": how.value, "seconds": 10.0, **rated, **burst}
        assert given["threads"] == 1
    assert ("sustained" in given) is (how is How.SUSTAINED)
    assert ("against" in given) is (how is How.SINGLE)
    words = shlex.split(wanted.command({"v2": "half int8"}))
    assert ("--burst" in words and "--rest" in words) is (how is How.BURST)
    command = get_command(app).commands["measure"]  # type: ignore[attr-defined]
    found = command.make_context("measure", words[2:]).params
    assert (found["bundle"], list(found["targets"])) == ("half int8", ["pi5", "loopback"])
    assert found["scenario"] == (how.value if how.service else None)
    assert found["threads"] == ("1" if how.service else "1,2")
    assert found["sustained"] == (5.0 if how is How.SUSTAINED else None)


def test_that_only_what_is_not_packed_is_packed_first():
    steps = asked(How.SINGLE).work({"v0"})
    assert [step.verb for step in steps] == ["bundle", "measure"]
    assert steps[0].arguments([]) == {"variant": "v2"}
    given = steps[1].arguments([{"id": "c0ffee"}])
    assert (given["bundle"], given["against"]) == ("c0ffee", "v0")
    both: list[Step] = asked(How.SINGLE).work(())
    given = both[-1].arguments([{"id": "a"}, {"id": "b"}])
    assert (given["bundle"], given["against"]) == ("a", "b")
    assert [step.verb for step in asked(How.CAMERA).work(())] == ["bundle", "measure_scenario"], "nothing to compare"


@pytest.mark.parametrize(
    ("how", "changes", "words"),
    [
        (How.SINGLE, {"targets": ()}, "device"),
        (How.SINGLE, {"threads": ()}, "Threads"),
        (How.OFFLINE, {"threads": (1, 2)}, "one count of threads"),
        (How.CAMERA, {"rate_hz": None}, "queries come in a second"),
        (How.MULTI, {"seconds": None}, "how many seconds"),
        (How.BURST, {"burst": 2.5}, "1 to 1000"),
        (How.BURST, {"rest_s": 501.0}, "0.1 to 500"),
        (How.SUSTAINED, {"minutes": 0.5}, "1 to 120"),
        (How.SINGLE, {"around": {"min_runs": "29"}}, "from 30 on"),
        (How.SINGLE, {"around": {"declared_power": "4 W"}}, "2.7:4.1"),
        (How.SUSTAINED, {"around": {"plug": "http://plug"}}, "shelly://"),
        (How.CAMERA, {"around": {"before": "systemctl stop door"}}, "fill in both"),
        (How.SINGLE, {"around": {"declared_power": "2.7:4.1"}, "energy": True}, "choose one"),
    ],
)
def test_that_what_cannot_begin_says_why(how, changes, words):
    assert words in asked(how, **changes).lacking


@pytest.mark.parametrize("how", How)
def test_that_runs_service_and_meter_reach_the_verb_and_the_command_line_where_they_have_a_meaning(how):
    around = {"min_runs": "600", "before": "systemctl stop 'my door'", "after": "systemctl start door"}
    around |= {"plug": "shelly://10.0.0.4", "declared_power": ""}
    wanted = asked(how, around=around, energy=False)
    assert wanted.lacking == ""
    (step,) = wanted.work({"v0", "v2"})
    given = step.arguments([])
    assert set(given) <= set(inspect.signature(getattr(verbs, step.verb)).parameters)
    told = {name: value for name, value in given.items() if name in AROUND}
    expected = {name: around[name] for name in ("before", "after")}
    expected |= {} if how.service else {"plug": around["plug"]}
    expected |= {"min_runs": 600} if how is How.SINGLE else {}
    assert told == expected
    command = get_command(app).commands["measure"]  # type: ignore[attr-defined]
    found = command.make_context("measure", shlex.split(wanted.command({}))[2:]).params
    assert {name: found[name] for name in told} == told


def test_that_the_first_answer_after_a_rest_stands_beside_those_behind_it():
    table = np.array([[4e6, 0, 0, 0], [2e6, 0, 0, 0], [5e6, 0, 0, 0], [2e6, 0, 0, 0]] * 4, dtype=np.int64)
    told = burst(table, Request(Kind.COLD_BURST, per_query=2))
    sheet = read_measured({"readings": [{"target": "pi5", "stream": {"burst": told}}]}).sheets[0]
    ((target, bursts, first, later, ratio),) = sheet.lines
    assert (target.text, bursts.text) == ("pi5", "8")
    assert (first.key, later.key, ratio.key) == (4.5, 2.0, 2.25)


def test_that_counts_and_amounts_are_read_or_refused():
    assert counts_of("1, 2,4") == (1, 2, 4)
    assert [counts_of(text) for text in ("", "0", "1;2", "300", "-1")] == [()] * 5
    assert amount("2.5") == 2.5
    assert [amount(text) for text in ("", "0", "-1", "inf", "nan", "x")] == [None] * 6


def test_that_what_a_model_of_another_slot_lost_is_a_table_and_what_is_not_known_a_dash():
    known = {
        "slot": "door", "runs_per_s": 2202.4, "alone_runs_per_s": 3507.0, "slowdown": 1.6, "ci95": [1.5, 1.7], "p50_ms": 0.1619,
        "alone_p50_ms": 0.1627,
    }  # fmt: skip
    few = {**dict.fromkeys(known), "slot": "gate"}
    slow = {**known, "slot": "yard", "runs_per_s": 0.42, "alone_runs_per_s": 0.81}
    found = read_measured({"readings": [{"name": "int8", "target": "pi5", "neighbours": [known, few, slow]}]})
    (sheet,) = [item for item in found.sheets if item.title == "Models beside"]
    told = [[cell.text for cell in line] for line in sheet.lines]
    assert told[0] == ["door", "int8", "pi5", "2,202", "3,507", "1.60× [1.50, 1.70]", "0.162", "0.163"]
    assert set(told[1][3:]) == {"–"}
    assert told[2][3:5] == ["0.42", "0.81"]
    plain = read_measured({"readings": [{"name": "int8", "target": "pi5", "neighbours": []}]})
    assert "Models beside" not in [item.title for item in plain.sheets]

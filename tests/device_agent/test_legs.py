"""Several processes of each model in one plan: when they change, what stays the first one's, and what ends with them."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.measuring import Block, MeasurePlan, PlanEntry, RuntimeChoice, StopRule
from device_agent.entries import Entry
from device_agent.legs import RENEWAL_SHARE, Legs
from engine.measure.ratio import between_processes, paired_ratio

from .session import Agent, Made, entry, plan
from .test_adapters import PRODUCT, add, matrix_bundle, stage
from .test_bench import measure
from .test_detached import LONG, process_of, read, start

LUCKY = PRODUCT.replace(
    b"        import numpy\n",
    b"""        import numpy, os, time
        self._clock = time.perf_counter_ns
        with open(options["counter"], "ab") as stream:
            stream.write(b"x")
            number = stream.tell()
        if str(number) == options.get("broken"):
            raise RuntimeError("no memory left")
        luck = float(options["lucks"].split()[(number - 1) % len(options["lucks"].split())])
        self._takes_ns = 150_000 * float(options["slower"]) * luck
""",
).replace(
    b"    def run(self, inputs):\n",
    b"""    def run(self, inputs):
        end = self._clock() + self._takes_ns
        while self._clock() < end:
            pass
""",
)
"""An adapter whose every process draws its own speed for its whole life, in the order in which processes load the model."""


@pytest.fixture
def lucky(agent: Agent, tmp_path: Path):
    """Entries of the adapter's model; each call begins with the first luck."""
    add(agent, LUCKY)
    made = matrix_bundle()
    spare = {"counter": str(tmp_path / "golden"), "lucks": "1", "slower": "1"}
    assert stage(agent, made, runtime="product", **spare)["state"] == "verified"

    def entries(lucks: str, *slower: float, **more: str) -> list[dict]:
        counter = tmp_path / f"loads-{len(list(tmp_path.iterdir()))}"
        options = {"counter": str(counter), "lucks": lucks, **more}
        runtime = {"id": "product", "provider": "NPU"}
        return [
            {
                "bundle": made.id,
                "file": "model.matrix",
                "runtime": {**runtime, "options": {**options, "slower": str(x)}},
            }
            for x in slower
        ]

    return entries


def sides(result, samples) -> tuple[list[np.ndarray], list[np.ndarray], list[int]]:
    """Rounds of both entries, and which process ran each."""
    rounds = sorted({block.round for block in result.blocks})
    found = [
        {b.round: own[b.first : b.first + b.count] for b in result.blocks if b.entry == number}
        for number, own in enumerate(samples)
    ]
    ran_by = {block.round: block.process for block in result.blocks}
    return [found[0][r] for r in rounds], [found[1][r] for r in rounds], [ran_by[r] for r in rounds]


def test_that_what_processes_differ_by_is_told_apart_from_what_models_do(agent: Agent, lucky):
    """Every process is 4 % quicker or slower for its life: one of each looks like two models, four of each do not."""
    stop = {"min_n": 400, "min_s": 0.2, "max_s": 20.0, "half_width": 0.5}
    luck = "1.04 1 1.04 1 1.04 1 1.04 1"  # which entry starts first alternates, so each is the slower one twice
    measured = measure(agent, lucky(luck, 1, 1), stop=stop, min_blocks=32, processes=4)
    reference, subject, ran_by = sides(*measured)
    assert sorted(set(ran_by)) == [0, 1, 2, 3]
    alone = ran_by.count(0)
    low, high = between_processes(paired_ratio(reference[:alone], subject[:alone])).ci95
    assert low > 1.01, (low, high)
    low, high = between_processes(paired_ratio(reference, subject, ran_by)).ci95
    assert low < 1 < high
    own = [np.median(np.concatenate([reference[i] for i in range(len(ran_by)) if ran_by[i] == k])) for k in range(4)]
    assert max(own) / min(own) > 1.02, "each of them was a process of its own"


def test_that_the_rounds_are_shared_and_memory_load_and_warm_up_are_the_first_process_s(agent: Agent, tiny: Made):
    assert agent.stage(tiny)["state"] == "verified"
    stop = {"min_n": 90, "min_s": 0.09, "max_s": 20.0, "half_width": 0.5}
    result, samples = measure(agent, [entry(tiny.id)] * 2, stop=stop, min_blocks=9, processes=3)
    assert [item.error for item in result.entries] == [None, None]
    _, _, ran_by = sides(result, samples)
    assert ran_by == sorted(ran_by)
    assert all(ran_by.count(number) >= 3 for number in range(3))
    for found, own in zip(result.entries, samples, strict=True):
        assert found.samples == len(own) >= 90
        assert None not in (found.memory.runtime_base, found.memory.model_load, found.memory.run_peak)
        assert found.memory.run_peak >= found.memory.model_load
        assert sum(found.providers.values()) >= 2
    gaps = [b.start_ns - a.start_ns - a.wall_ns for a, b in zip(result.blocks, result.blocks[1:], strict=False)]
    renewed = [gap for gap, a, b in zip(gaps, result.blocks, result.blocks[1:], strict=False) if a.process != b.process]
    assert len(renewed) >= 2
    assert min(renewed) > 30e6, "a process that starts takes its time"


def test_that_an_entry_whose_later_process_fails_keeps_what_it_gave_and_the_others_go_on(agent: Agent, lucky):
    good, bad = lucky("1", 1, 1)
    bad["runtime"]["options"] = {**bad["runtime"]["options"], "counter": good["runtime"]["options"]["counter"] + "b"}
    bad["runtime"]["options"]["broken"] = "2"
    stop = {"min_n": 60, "min_s": 0.06, "max_s": 20.0, "half_width": 0.5}
    reply, _ = agent.result(agent.send("measure", plan([good, bad], stop=stop, min_blocks=6, processes=3)))
    assert reply["entries"][0]["error"] is None
    assert "no memory left" in reply["entries"][1]["error"]
    assert reply["entries"][1]["samples"] > 0
    assert {block["process"] for block in reply["blocks"] if block["entry"] == 0} >= {0, 1, 2}
    assert {block["process"] for block in reply["blocks"] if block["entry"] == 1} == {0}


def children(process: int) -> set[int]:
    return set(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def alive(process: int) -> bool:
    """Whether it still does something: one that ended and was not asked for yet has no words."""
    path = Path(f"/proc/{process}/cmdline")
    return path.exists() and path.read_bytes() != b""


@pytest.mark.parametrize("end", ["cancel", "kill"])
def test_that_a_plan_that_ends_in_the_middle_of_a_leg_leaves_no_process(agent: Agent, tiny: Made, end: str):
    assert agent.stage(tiny)["state"] == "verified"
    stop = {**LONG, "min_n": 60, "min_s": 1.0}
    start(agent, tiny, end, stop=stop, processes=64)
    deadline, seen = time.monotonic() + 60, set()
    while len(seen) < 3:  # the first leg's process and two later ones
        assert time.monotonic() < deadline
        job = process_of(end)
        seen |= set() if job is None else children(job)
    if end == "cancel":
        assert agent.request("job.cancel", {"job": end})["state"] == "done"
    else:
        os.kill(job, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while read(agent, 0, end, 0)[0] == "running" or any(map(alive, (job, *seen))):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("more", [{"processes": 0}, {"processes": 65}, {"processes": 2, "shared_child": True}])
def test_that_a_plan_of_impossible_processes_is_refused(agent: Agent, more: dict):
    with pytest.raises(AgentError, match="1 to 64 processes, candidates share one"):
        agent.request("measure", plan([entry("f" * 64)], **more))


class Course:
    """Legs of a plan of two entries, driven by blocks of 50 ms of 100 runs each, without a board."""

    def __init__(self, processes: int, renewal_s: float, **stop) -> None:
        spec = PlanEntry("b", "f", RuntimeChoice("onnxruntime"))
        asked = MeasurePlan([spec] * 2, "n", 0, StopRule(**stop), processes=processes)
        self.legs, self.blocks, self.lengths = Legs(asked, renewal_s), [], [0]
        self.entries, self.renewal_s = [Entry(number, spec) for number in range(2)], renewal_s

    def run(self, rounds: int, disturbed=lambda number: "") -> list[int]:
        """Rounds of each leg."""
        for number in range(rounds):
            self.blocks += [Block(number, i, 0, 100, 0, 50_000_000, 0, disturbed(number)) for i in range(2)]
            self.lengths[-1] += 1
            if self.legs.over(self.entries, self.blocks):
                self.legs.begin(number + 1, self.renewal_s)
                self.lengths.append(0)
        return self.lengths


def test_that_the_least_of_the_rule_is_shared_and_equal_legs_follow():
    course = Course(8, 0.5)
    lengths = course.run(80)
    assert lengths[:8] == [5] * 8, "2 s are eight times a quarter of a second"
    assert course.legs.renewals_left == 0
    assert set(lengths[8:-1]) == {5}


def test_that_the_runs_of_a_slow_model_are_shared_as_well():
    assert Course(4, 0.1, min_n=4000).run(40)[:4] == [10] * 4


@pytest.mark.parametrize(("renewal_s", "legs"), [(1.0, 8), (4.0, 4), (7.0, 2), (30.0, 1)])
def test_that_a_model_that_loads_slowly_gets_fewer_processes(renewal_s: float, legs: int):
    course = Course(8, renewal_s)
    least = course.run(40)
    assert len([length for length in least if length]) == legs
    assert (legs - 1) * renewal_s <= RENEWAL_SHARE * 2 * StopRule().max_s


def test_that_past_the_first_legs_a_leg_lasts_as_long_as_starting_does_and_what_goes_beyond_the_share_is_counted():
    course = Course(8, 1.6)
    lengths = course.run(200)
    assert lengths[:8] == [5] * 8
    assert set(lengths[8:-1]) == {16}
    begun = len(lengths) - 1
    assert course.legs.beyond_s == pytest.approx((begun * 1.6 - RENEWAL_SHARE * 40) / 2)


def test_that_processes_that_came_to_start_slowly_are_not_started_as_often_as_planned():
    course = Course(8, 1.0)
    course.renewal_s = 5.0  # from now on
    assert course.run(40) == [5, 5, 5, 25]
    assert course.legs.renewals_left == 0


def test_that_disturbed_rounds_are_no_part_of_a_leg():
    assert Course(8, 0.5).run(40, lambda number: "swap" if number % 2 else "")[0] == 9

"""Power sampled by the real agent on boards made of captured files."""

import json
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from device_agent.bench import Bench
from device_agent.contract.measuring import EnergyPlan
from device_agent.contract.messages import EnergyRun, EntryResult, Sample, Trace, decode
from device_agent.sampler import cut, gap, unwrapped, usable, watched
from device_agent.sensors import read_power
from device_agent.sensors.texts import Kept
from profiles.board import identify

from .sensors.test_sensors import CASES, tree
from .session import Agent, Made
from .test_bench import entry, plan

WHOLE_BOARDS = {
    "pi5": ("raspberry-pi-5", "power:pmic/rails", 10.7998944469885750),
    "pi4-throttled": ("raspberry-pi-4b", None, None),
    "orin-nano-jp6": ("jetson-orin-nano", "power:ina3221/VDD_IN", 2.95596),
    "nano-jp4": ("jetson-nano", "power:ina3221/POM_5V_IN", 0.943),
    "agx-orin": ("jetson-agx-orin", "power:ina3221/sum", 6.993),
}
ENERGY = {"window_s": 0.6, "idle_s": 0.3, "period_s": 0.05}


def captured(name: str, folder: Path) -> str:
    return tree(folder, json.loads((CASES / f"{name}.json").read_text())["raw"])


@pytest.mark.parametrize("name", WHOLE_BOARDS)
def test_that_the_agent_knows_board_and_sensors_of_a_captured_board(name: str, pyz: Path, store: Path, tmp_path: Path):
    from device_agent.contract.messages import Hello

    board, sensor, value = WHOLE_BOARDS[name]
    with Agent(pyz, store, root=captured(name, tmp_path / "root")) as agent:
        hello = decode(Hello, agent.hello)
    assert identify(hello.board, hello.machine).id == board
    power = {item.sensor: item.value for item in hello.samples if item.unit == "W" and item.value is not None}
    assert power.get(str(sensor)) == (None if value is None else pytest.approx(value))
    if sensor is None:
        assert power == {}
        assert any(item.sensor == "power" and item.reason for item in hello.samples)


def measured(agent: Agent, tiny: Made, **more) -> EntryResult:
    agent.stage(tiny)
    reply, _ = agent.result(agent.send("measure", {**plan([entry(tiny.id)]), **more}))
    assert reply["origin"] == "simulated"
    return decode(EntryResult, reply["entries"][0])


def test_that_energy_comes_with_instants_runs_and_the_trace_of_the_whole_module(
    pyz: Path, store: Path, tiny: Made, tmp_path: Path
):
    with Agent(pyz, store, root=captured("orin-nano-jp6", tmp_path / "root")) as agent:
        found = measured(agent, tiny, energy=ENERGY).energy
    assert found is not None
    instants = found.instants_ns
    assert instants == sorted(instants)
    assert (instants[1] - instants[0]) / 1e9 == pytest.approx(0.3, abs=0.25)
    assert (instants[3] - instants[2]) / 1e9 >= 0.6
    assert found.runs > 10
    (trace,) = found.traces  # the sub-rail is part of VDD_IN
    assert (trace.sensor, trace.scope, trace.quality) == ("power:ina3221/VDD_IN", "module", "measured")
    assert set(trace.values) == {2.95596}
    assert trace.t_ns[0] <= instants[0] + 2e8
    assert len(trace.t_ns) >= 12
    assert np.median(np.diff(trace.t_ns)) / 1e9 == pytest.approx(0.05, abs=0.03)


def test_that_a_board_without_a_sensor_says_why_and_waits_for_nothing(
    pyz: Path, store: Path, tiny: Made, tmp_path: Path
):
    with Agent(pyz, store, root=captured("pi4-throttled", tmp_path / "root")) as agent:
        start = time.monotonic()
        found = measured(agent, tiny, energy={**ENERGY, "idle_s": 60.0}).energy
        assert time.monotonic() - start < 50
    assert found is not None
    assert (found.instants_ns, found.traces) == ([], [])
    assert "no power monitor" in str(found.reason)


def test_that_operators_are_timed_where_the_runtime_tells(agent: Agent, tiny: Made):
    agent.stage(tiny)
    reply, _ = agent.result(agent.send("measure", {**plan([entry(tiny.id)]), "operators": True}))
    found = decode(EntryResult, reply["entries"][0]).operators
    assert found
    assert all(item.runs == 25 and item.provider == "CPUExecutionProvider" for item in found)
    assert all(item.median_us >= 0 and item.op for item in found)


def test_that_details_of_too_many_entries_are_refused(agent: Agent, tiny: Made):
    from device_agent.contract.errors import AgentError

    with pytest.raises(AgentError, match="at most 16 entries"):
        agent.result(agent.send("measure", {**plan([entry(tiny.id)] * 17), "energy": ENERGY}))


def test_that_single_rails_are_left_out_where_a_total_is_known(tmp_path: Path):
    sensors = [item.sensor for item in usable(read_power(captured("agx-orin", tmp_path)))]
    assert sensors == ["power:ina3221/sum"]


def test_that_a_counter_is_unwrapped_and_a_fall_without_a_known_range_ends_it():
    assert unwrapped([90.0, 95.0, 5.0, 9.0], 100.0) == [0.0, 5.0, 15.0, 19.0]
    assert unwrapped([90.0, 95.0, 5.0, 9.0], None) == [0.0, 5.0]
    assert unwrapped([], 100.0) == []


def test_that_a_gap_is_a_step_of_more_than_three_usual_ones():
    def trace(*t):
        return Trace("power:a", "W", "/s", "m", "measured", "board", list(t), [1.0] * len(t))

    assert not gap([trace(0, 10, 20, 50, 60, 70), trace(), trace(5)])
    assert gap([trace(0, 10, 20, 30), trace(0, 10, 20, 51, 61, 71)])


def test_that_energy_with_a_gap_is_taken_once_more_and_no_third_time(monkeypatch: pytest.MonkeyPatch):
    def run(*t):
        return EnergyRun(
            [0, 1, 2, 3, 4, 5], 9, [Trace("power:a", "W", "/s", "m", "measured", "board", list(t), [1.0] * len(t))]
        )

    silent, whole = run(0, 10, 20, 90, 100, 110), run(0, 10, 20, 30)
    for answers, kept in (([silent, whole], whole), ([silent, silent], silent), ([whole], whole)):
        bench, entry, left = Bench.__new__(Bench), SimpleNamespace(index=0, energy=None), list(answers)
        bench._root = "/nowhere"
        monkeypatch.setattr(Bench, "_energy_of", lambda self, plan, item, why, left=left: left.pop(0))
        bench._energy(EnergyPlan(always=True), [entry], lambda document: None)
        assert entry.energy is kept
        assert left == []


def test_that_a_cut_keeps_one_sample_on_either_side():
    whole = Trace("power:a", "W", "/s", "m", "measured", "board", [0, 10, 20, 30, 40, 50], [0.0, 1, 2, 3, 4, 5])
    (part,) = cut([whole], 18, 31)
    assert (part.t_ns, part.values) == ([10, 20, 30, 40], [1, 2, 3, 4])
    assert cut([whole], 60, 70) == []


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.json")))
def test_that_files_kept_open_tell_what_single_readings_tell(name: str, tmp_path: Path):
    root = captured(name, tmp_path)
    looks = watched(root)
    for _ in range(2):
        found = usable([item for look in looks for item in look()])
        assert {told(item) for item in found} == {told(item) for item in usable(read_power(root))}


def told(item: Sample) -> tuple:
    return (item.sensor, item.value, item.unit, item.source, item.method, item.quality, item.scope)


CHANGES = [
    ("orin-nano-jp6", "curr1_input", [("700", 700 * 0.004968), ("-5", None), ("x", None), ("900", 900 * 0.004968)]),
    ("pc-rapl", "energy_uj", [("5000000", 5.0), ("-1", None), ("", None), ("7000000", 7.0)]),
    (
        "pi5",
        "pmic_read_adc",
        [("A_A current(0)=2A\nA_V volt(1)=5V\n", 10.0), ("A_A current(0)=99A\nA_V volt(1)=5V\n", None)],
    ),
]


@pytest.mark.parametrize(("name", "file", "steps"), CHANGES, ids=[name for name, _, _ in CHANGES])
def test_that_a_kept_file_is_checked_anew_at_every_look(name: str, file: str, steps: list, tmp_path: Path):
    """The voltage of the Orin Nano's first rail stays at 4968 mV; an absurd value is told by nobody, never as 0."""
    root = captured(name, tmp_path)
    looks = watched(root)
    (path,) = [path for path in Path(root).rglob(file) if path.parent.name in ("hwmon3", "intel-rapl:0", "vcio_gencmd")]
    for text, expected in steps:
        path.write_text(text)
        (sample, *_) = looks[-1]()
        assert sample.value == (None if expected is None else pytest.approx(expected))
        assert (sample.quality in ("rejected", "unavailable")) == (expected is None) == bool(sample.reason)


def test_that_a_file_that_went_away_is_missing_and_read_again_when_it_is_back(tmp_path: Path):
    path = tmp_path / "power1_input"
    value = Kept(str(tmp_path), "power1_input")
    assert value() is None
    path.write_text("7\n")
    assert value() == "7"
    value.close()
    path.unlink()
    assert value() is None
    path.write_text("8\n")
    assert value() == "8"
    value.close()

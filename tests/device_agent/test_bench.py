"""Measuring on the board: interleaved blocks, the stop rule, entries that fail alone."""

import array
import itertools
import os
import signal
import statistics
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from device_agent.bench import half_width, narrow
from device_agent.contract.errors import AgentError
from device_agent.contract.messages import Hello, MeasureResult, ScenarioPlan, ScenarioResult, StopRule, decode
from device_agent.scenarios import queries
from engine.measure.scenario import Kind, Request, due_ns, why_not

from .session import Agent, Made, bundle, endless_loop, entry, plan, trust
from .test_golden import fashion_bundle


def measure(agent: Agent, entries: list[dict[str, Any]], **more: Any) -> tuple[MeasureResult, list[np.ndarray]]:
    reply, raw = agent.result(agent.send("measure", plan(entries, **more)))
    result = decode(MeasureResult, reply)
    assert result.raw_bytes == len(raw)
    samples = np.frombuffer(zlib.decompress(raw), dtype="<i8")
    ends = np.cumsum([item.samples for item in result.entries])
    assert ends[-1] == len(samples)
    return result, np.split(samples, ends[:-1])


@pytest.fixture(scope="module")
def session(pyz: Path, tiny: Made, tmp_path_factory: pytest.TempPathFactory):
    """One agent with a verified bundle for the tests that only measure."""
    home = tmp_path_factory.mktemp("bench") / "store"
    trust(home)
    with Agent(pyz, home) as agent:
        assert agent.stage(tiny)["state"] == "verified"
        yield agent


@pytest.fixture
def ready(session: Agent) -> Agent:
    session.events.clear()
    return session


def test_that_a_measurement_brings_samples_blocks_memory_and_conditions(ready: Agent, tiny: Made):
    result, (samples,) = measure(ready, [entry(tiny.id)])
    (found,) = result.entries
    assert (result.nonce, result.device_id, result.origin) == ("n-1", ready.hello["device_id"], "measured")
    assert found.samples == len(samples) >= 50
    assert found.error is None
    assert samples.min() > 0
    assert found.load_ns > 0
    assert found.first_ns > 0
    assert found.isolation is not None
    assert found.isolation.network in ("namespace", "filter")
    assert found.isolation.file_bytes == 64 << 20
    assert (found.runtime.id, found.threads) == ("onnxruntime", 1)
    assert found.providers == {"CPUExecutionProvider": sum(found.providers.values())}
    assert sum(found.providers.values()) >= 2
    memory = found.memory
    assert None not in (memory.runtime_base, memory.model_load, memory.run_peak)
    assert memory.runtime_base > 10_000_000  # type: ignore[operator]
    assert memory.run_peak >= memory.model_load > 0  # type: ignore[operator]
    assert result.conditions.boot_id == ready.hello["machine"]["boot_id"]
    assert len(result.conditions.before) == len(result.conditions.after) > 0


def test_that_a_provider_the_board_lacks_costs_its_entry_alone_and_is_named(ready: Agent, tiny: Made):
    lacking = entry(tiny.id)
    lacking["runtime"] = {"id": "onnxruntime", "provider": "CUDAExecutionProvider"}
    result, samples = measure(ready, [lacking, entry(tiny.id)])
    assert "has no CUDAExecutionProvider, only: " in result.entries[0].error
    assert (result.entries[0].samples, result.entries[1].error) == (0, None)
    assert len(samples[1]) >= 50


def test_that_every_round_runs_one_block_of_every_entry_in_a_random_order(ready: Agent, tiny: Made):
    result, samples = measure(ready, [entry(tiny.id), entry(tiny.id), entry(tiny.id)])
    assert [item.error for item in result.entries] == [None] * 3
    rounds = [list(group) for _, group in itertools.groupby(result.blocks, key=lambda block: block.round)]
    assert len(rounds) >= 5
    assert all(sorted(block.entry for block in group) == [0, 1, 2] for group in rounds)
    assert len({tuple(block.entry for block in group) for group in rounds}) > 1
    for number, own in enumerate(samples):
        blocks = [block for block in result.blocks if block.entry == number]
        assert [block.first for block in blocks] == list(
            itertools.accumulate([block.count for block in blocks[:-1]], initial=0)
        )
        assert sum(block.count for block in blocks) == len(own)
        assert all(own[b.first : b.first + b.count].sum() <= b.wall_ns for b in blocks)
    assert all(a.start_ns + a.wall_ns <= b.start_ns for a, b in itertools.pairwise(result.blocks)), "never two at once"
    assert sum(block.cpu_ns for block in result.blocks) > 0


def test_that_the_same_seed_gives_the_same_order(ready: Agent, tiny: Made):
    orders = []
    for seed in (5, 5, 6):
        result, _ = measure(ready, [entry(tiny.id)] * 3, seed=seed, warmup_max_s=0.05, shared_child=True)
        orders.append([block.entry for block in result.blocks][:15])
    assert orders[0] == orders[1] != orders[2]


def test_that_a_model_against_itself_is_as_fast_as_itself(ready: Agent, tiny: Made):
    result, _ = measure(ready, [entry(tiny.id)] * 2, min_blocks=20)
    medians: dict[int, list[float]] = {0: [], 1: []}
    for block in result.blocks:
        medians[block.entry].append(block.wall_ns / block.count)
    ratio = statistics.median(a / b for a, b in zip(medians[0], medians[1], strict=True))
    assert 0.7 < ratio < 1.4


def test_that_onnxruntime_and_litert_run_in_one_plan(agent: Agent):
    both = fashion_bundle()
    assert agent.stage(both)["state"] == "verified"
    entries = [entry(both.id), entry(both.id, "model.tflite", "litert")]
    result, samples = measure(agent, entries, block_s=0.01)
    assert [item.runtime.id for item in result.entries] == ["onnxruntime", "litert"]
    assert all(item.error is None for item in result.entries)
    assert all(len(own) >= 50 for own in samples)


def test_that_an_entry_that_fails_costs_its_own_part_only(ready: Agent, tiny: Made):
    entries = [
        entry(tiny.id),
        entry(tiny.id, runtime="made-up"),
        entry("f" * 64),
        entry(tiny.id, "golden.npz"),
        entry(tiny.id, "no-such-file.onnx"),
    ]
    reply, _ = ready.result(ready.send("measure", plan(entries)))
    errors = [item["error"] for item in reply["entries"]]
    assert errors[0] is None
    assert "unknown runtime" in errors[1]
    assert "not verified" in errors[2]
    assert all(errors[3:])
    assert {block["entry"] for block in reply["blocks"]} == {0}


def test_that_a_damaged_model_file_is_not_measured(agent: Agent, tiny: Made):
    agent.stage(tiny)
    path = agent.home / "bundles" / tiny.id / "model.onnx"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    result, _ = measure(agent, [entry(tiny.id)])
    assert "damaged" in str(result.entries[0].error)


def test_that_a_plan_with_no_entry_left_still_has_a_result(agent: Agent):
    reply, raw = agent.result(agent.send("measure", plan([entry("f" * 64)])))
    assert (reply["blocks"], reply["stopped"], zlib.decompress(raw)) == ([], "max-s", b"")


@pytest.mark.parametrize(("least", "longest_s"), [(10, 0.3), (10**9, 0.9)])
def test_that_the_longest_time_ends_a_measurement_that_stays_wide(
    ready: Agent, tiny: Made, least: int, longest_s: float
):
    """With too few runs it goes on a little: three times as long, and no more."""
    stop = {"min_n": least, "min_s": 0.1, "max_s": 0.3, "half_width": 1e-9}
    result, _ = measure(ready, [entry(tiny.id)], stop=stop)
    assert result.stopped == "max-s"
    assert longest_s <= sum(block.wall_ns for block in result.blocks) / 1e9 < longest_s + 0.7


def test_that_a_narrow_interval_ends_it_earlier(ready: Agent, tiny: Made):
    stop = {"min_n": 50, "min_s": 0.05, "max_s": 30.0, "half_width": 0.5}
    result, _ = measure(ready, [entry(tiny.id)], stop=stop)
    assert result.stopped == "half-width"
    assert sum(block.wall_ns for block in result.blocks) < 5e9


def test_that_the_deadline_ends_a_measurement(agent: Agent):
    looping = bundle(endless_loop(), expected=np.zeros((16, 1, 8, 8), np.float32), purpose="trial")
    agent.stage(looping)
    start = time.monotonic()
    with pytest.raises(AgentError, match="deadline"):
        agent.request("measure", plan([entry(looping.id)]), deadline_s=1.0)
    assert time.monotonic() - start < 5
    assert agent.request("ping")


def test_that_progress_says_what_is_done_and_how_long_it_takes(ready: Agent, tiny: Made):
    measure(ready, [entry(tiny.id)], min_blocks=40)
    stages = [item["stage"] for item in ready.events]
    assert stages[:2] == ["load", "warm-up"]
    shares = [item["done"] for item in ready.events if item["stage"] == "measure"]
    assert shares == sorted(shares)
    assert all(0 <= item <= 1 for item in shares)
    assert all(item["eta_s"] >= 0 for item in ready.events if item["stage"] == "measure")


def test_that_candidates_can_share_one_process(ready: Agent, tiny: Made):
    result, samples = measure(ready, [entry(tiny.id)] * 3, shared_child=True)
    assert all(len(own) >= 50 for own in samples)
    assert all(item.memory.run_peak is None and item.providers == {} for item in result.entries)


def test_that_another_root_makes_the_result_simulated(pyz: Path, store: Path, tiny: Made, tmp_path: Path):
    zone = tmp_path / "sys/class/thermal/thermal_zone0"
    zone.mkdir(parents=True)
    (zone / "type").write_text("cpu-thermal\n")
    (zone / "temp").write_text("51500\n")
    with Agent(pyz, store, root=str(tmp_path)) as agent:
        agent.stage(tiny)
        result, _ = measure(agent, [entry(tiny.id)])
        assert result.origin == "simulated"
        (told,) = result.warmth
        assert (told.sensor, told.unit, set(told.values)) == ("temperature:cpu-thermal", "C", {51.5})
        first, last = result.blocks[0].start_ns, result.blocks[-1].start_ns
        assert first < told.t_ns[0], "between two rounds, on the clock of the blocks"
        assert told.t_ns[-1] < last + int(20e9)
        assert agent.hello["root"] == str(tmp_path)


def test_that_nothing_is_reported_to_the_maker_of_a_runtime(ready: Agent, tiny: Made):
    """onnxruntime 1.32 keeps a device id and a queue of events below the home folder unless it is told not to."""
    measure(ready, [entry(tiny.id)])
    assert not list(ready.home.rglob("*onnxruntime*"))
    assert not (ready.home / ".cache").exists()


def test_that_the_interval_of_the_median_is_that_of_the_binomial_ranks():
    from scipy.stats import binom

    values = np.random.default_rng(1).lognormal(size=999)
    ordered = np.sort(values)
    low, high = (int(binom.ppf(q, 999, 0.5)) for q in (0.025, 0.975))
    expected = (ordered[high] - ordered[low]) / 2 / ordered[499]
    assert half_width([int(v * 1e9) for v in values]) == pytest.approx(expected, rel=0.1)


def test_that_many_samples_are_thinned_without_changing_the_interval_much():
    values = (np.random.default_rng(2).normal(1e6, 5e4, 400_000)).astype(np.int64)
    ordered = np.sort(values)
    spread = 0.98 * len(values) ** 0.5
    exact = (ordered[int(2e5 + spread)] - ordered[int(2e5 - spread)]) / 2 / ordered[200_000]
    assert half_width(array.array("q", values.tolist())) == pytest.approx(exact, rel=0.35)


def test_that_the_stop_rule_wants_runs_time_and_a_narrow_interval():
    stop = StopRule(min_n=10, min_s=1.0, max_s=9.0, half_width=0.01)
    assert narrow([100] * 10, int(1e9), stop)
    assert not narrow([100] * 9, int(1e9), stop)
    assert not narrow([100] * 10, int(0.9e9), stop)
    assert not narrow([50, 150] * 5, int(1e9), stop)
    assert not narrow([], int(1e9), stop)


def test_that_models_of_other_slots_run_beside_and_an_empty_slot_is_named(ready: Agent, tiny: Made):
    ready.activate({"main": tiny.id}, 1)
    result, _ = measure(ready, [entry(tiny.id)], beside=["main"])
    assert result.entries[0].error is None
    with pytest.raises(AgentError, match="nothing runs in slot door"):
        measure(ready, [entry(tiny.id)], beside=["door"])
    with pytest.raises(AgentError, match="share one process"):
        measure(ready, [entry(tiny.id)], beside=["main"], shared_child=True)
    assert ready.request("ping")


def test_that_a_model_beside_tells_every_run_with_the_plan_and_alone(ready: Agent, tiny: Made):
    ready.activate({"main": tiny.id}, 1)
    reply, raw = ready.result(ready.send("measure", plan([entry(tiny.id)], beside=["main"], neighbours=True)))
    result = decode(MeasureResult, reply)
    (other,) = result.neighbours
    assert other.slot == "main"
    own = result.entries[0].samples
    samples = np.frombuffer(zlib.decompress(raw), dtype="<i8")
    assert len(samples) == own + other.samples
    assert samples.min() > 0
    assert [b.first for b in other.blocks] == [0, *np.cumsum([b.count for b in other.blocks])[:-1].tolist()]
    assert sum(b.count for b in other.blocks) == other.samples
    alone = list(zip(result.alone_ns[::2], result.alone_ns[1::2], strict=True))
    rounds = 1 + result.blocks[-1].round
    assert len(alone) >= 2 + (rounds - 1) // 3
    assert all(end - begin > 0.14e9 for begin, end in alone)
    assert not [1 for b in result.blocks for begin, end in alone if b.start_ns < end and b.start_ns + b.wall_ns > begin]
    first, last = result.blocks[0], result.blocks[-1]
    assert alone[0][1] <= first.start_ns
    assert last.start_ns + last.wall_ns <= alone[-1][0]
    assert any(b.start_ns < last.start_ns and b.start_ns + b.wall_ns > first.start_ns for b in other.blocks)


def test_that_a_long_run_beside_keeps_blocks_of_all_its_time():
    from device_agent import entries as module

    class Model:
        samples, warmup_runs = array.array("q"), 0

    neighbour = module.Neighbour.__new__(module.Neighbour)
    neighbour._entry, neighbour._timed, neighbour.runs, neighbour.blocks = Model(), True, 0, []
    started = itertools.count()

    def block(number: int) -> module.Block:
        start, first = next(started), len(neighbour._entry.samples)
        neighbour._entry.samples.extend([start + 1] * 3)
        return module.Block(number, 0, first, 3, start, 1, 0)

    neighbour._entry.block = block
    for _ in range(3000):
        neighbour._turn()
    assert neighbour.runs == 9000
    assert 100 < len(neighbour.blocks) <= module.KEPT_BLOCKS
    assert neighbour.blocks[0].start_ns == 0
    assert neighbour.blocks[-1].start_ns > 2900
    for number, kept in enumerate(neighbour.blocks):
        assert kept.round == number
        assert list(neighbour._entry.samples[kept.first : kept.first + 3]) == [kept.start_ns + 1] * 3


@pytest.mark.parametrize(("run_s", "least_s"), [(0.001, 0.15), (0.1, 0.3)])
def test_that_a_moment_alone_and_the_time_to_the_next_hold_several_runs_of_the_slowest(run_s: float, least_s: float):
    from device_agent import entries as module

    neighbour = module.Neighbour.__new__(module.Neighbour)
    neighbour.ended, neighbour.blocks = False, [module.Block(0, 0, 0, 2, 0, int(2e9 * run_s), 0)]
    alone = module.Alone([neighbour], lambda: None)
    alone.wait()
    begin, end = alone.times_ns
    assert least_s <= (end - begin) / 1e9 < 2 * least_s
    alone.times_ns[-1] = end + int(1e9)
    assert not alone.is_due(3)
    alone.times_ns[-1] = end - int(3e9 * run_s)
    assert [alone.is_due(rounds) for rounds in (1, 2, 3, 4)] == [False, False, True, True]


def test_that_a_model_that_stops_running_beside_ends_the_measurement(ready: Agent, tiny: Made):
    """Killed as the kernel does when memory runs out: what is measured after that had nothing beside it."""
    ready.activate({"main": tiny.id}, 1)
    number = ready.send(
        "measure", plan([entry(tiny.id)], beside=["main"], stop={"min_n": 50, "min_s": 1.5, "max_s": 3.0})
    )
    end = time.monotonic() + 20
    # The second process starts when the model beside is loaded.
    while len(children := models_of(ready.process.pid)) < 2 and time.monotonic() < end:
        time.sleep(0.02)
    os.kill(children[0], signal.SIGKILL)
    with pytest.raises(AgentError, match="did not run beside to the end"):
        ready.result(number)


def models_of(agent: int) -> list[int]:
    """Processes of an agent that run a model, the one that was started first in front."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(fields[1]) == agent and b"child" in command:
            found.append((int(fields[19]), int(path.parent.name)))
    return [pid for _, pid in sorted(found)]


@pytest.mark.parametrize(
    ("kind", "rate"), [("server", 300.0), ("camera", 100.0), ("multi-stream", 0.0), ("offline", 0.0)]
)
def test_that_a_model_runs_as_a_service_and_every_query_is_accounted_for(
    ready: Agent, tiny: Made, kind: str, rate: float
):
    request = {"entry": entry(tiny.id), "nonce": "n", "kind": kind, "seconds": 0.3, "rate_hz": rate}
    reply, raw = ready.result(ready.send("scenario", request))
    table = np.frombuffer(zlib.decompress(raw), "<i8").reshape(-1, 4)
    assert len(table) == reply["queries"] >= 10
    served = table[table[:, 0] >= 0]
    assert len(served) > 0
    assert (served[:, 1:].sum(axis=1) <= served[:, 0] + 1000).all()
    assert reply["origin"] == "measured"
    if rate:
        assert reply["queries"] == round(rate * 0.3)
        assert reply["wall_ns"] >= 0.1e9
    assert reply["columns"] == 4, "a desktop that does not ask for more knows no more"
    assert reply["raw"] == (kind == "camera")
    if kind == "camera":
        assert (served[:, 1] > 0).all(), "frames are decoded from the bundle's raw files"
    result, asked = decode(ScenarioResult, reply), Request(Kind(kind), rate_hz=rate, seconds=0.3)
    assert why_not(table, result, asked, due_ns(len(table), asked), decode(Hello, ready.hello)) == ()
    assert result.conditions.preflight is not None
    assert result.conditions.preflight.probe_ns > 0
    assert result.conditions.probe_after_ns > 0


def test_that_a_camera_decodes_the_raw_files_of_the_bundle_and_a_desktop_of_today_is_told_how_long_it_takes(
    ready: Agent, tiny: Made
):
    request = {"entry": entry(tiny.id), "nonce": "n", "kind": "camera", "seconds": 0.3, "rate_hz": 100.0, "columns": 5}
    reply, raw = ready.result(ready.send("scenario", request))
    assert reply["columns"] == 5
    table = np.frombuffer(zlib.decompress(raw), "<i8").reshape(reply["queries"], 5)
    served = table[table[:, 0] >= 0]
    assert (table[table[:, 0] < 0] == -1).all()
    assert (served[:, 1:] > 0).all(), "every part takes time"
    assert (served[:, 1:].sum(axis=1) <= served[:, 0] + 1000).all()
    with pytest.raises(AgentError, match="no table of 6 columns"):
        ready.result(ready.send("scenario", {**request, "columns": 6}))


def test_that_many_more_queries_than_can_be_served_are_refused_with_the_rate_that_can(tiny: Made):
    asked = decode(
        ScenarioPlan, {"entry": entry(tiny.id), "nonce": "n", "kind": "server", "seconds": 2.0, "rate_hz": 500.0}
    )
    assert queries(asked, 0.008) == 1000
    with pytest.raises(AgentError, match="serves about 100 queries a second here, not 500"):
        queries(asked, 0.010)
    assert queries(replace(asked, kind="camera"), 0.010) == 1000, "a camera drops what is too much"


def test_that_a_board_rests_before_each_of_at_least_six_cold_bursts(ready: Agent, tiny: Made):
    request = {
        "entry": entry(tiny.id),
        "nonce": "n",
        "kind": "cold-burst",
        "seconds": 0.3,
        "rate_hz": 10.0,
        "per_query": 5,
    }
    reply, raw = ready.result(ready.send("scenario", request))
    table = np.frombuffer(zlib.decompress(raw), "<i8").reshape(-1, 4)
    assert len(table) == reply["queries"] == 6 * 5
    assert (table[:, 0] > 0).all()
    assert (table[:, 2] <= table[:, 0]).all()
    assert reply["wall_ns"] >= 6 * 0.1e9 + table[:, 0].sum()
    for change in ({"rate_hz": 0.0}, {"rate_hz": 0.001}, {"per_query": 0}):
        with pytest.raises(AgentError, match="bursts have"):
            ready.result(ready.send("scenario", {**request, **change}))


def test_that_a_scenario_that_cannot_be_is_refused(ready: Agent, tiny: Made):
    for change in ({"kind": "dream"}, {"seconds": 0.0}, {"kind": "server", "rate_hz": 0.0}, {"seconds": 1e9}):
        request = {"entry": entry(tiny.id), "nonce": "n", "kind": "offline", "seconds": 0.3, **change}
        with pytest.raises(AgentError) as caught:
            ready.result(ready.send("scenario", request))
        assert caught.value.code == "bad-plan"

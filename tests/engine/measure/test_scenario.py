"""Services: waiting counts, drops count, and a board that leaves the waiting out is caught."""

import zlib
from dataclasses import replace

import numpy as np
import pytest

from device_agent.contract.errors import ContractError
from device_agent.contract.messages import Conditions, EntryResult, Memory, Runtime, ScenarioResult
from device_agent.contract.schedule import schedule
from device_agent.runtimes.stream import outdated
from engine.deploy.run_on import RunOn
from engine.errors import RejectedError
from engine.measure.scenario import Kind, Request, most_waiting, run_scenario, wilson
from engine.measure.service import Service as Pause
from profiles.reading import Quality

from .board import CPU, HELLO, subject


def queue(due_ns, services_ns):
    """Latencies of a single server that takes one query after another, from when each was due."""
    free, found = 0, []
    for due, service_ns in zip(due_ns, services_ns, strict=True):
        free = max(free, due) + service_ns
        found.append(free - due)
    return found


class Service:
    """A board that serves the schedule in a time that hardly differs; ``change`` alters table and wall, ``said`` the result."""

    raw, said = False, {}

    def __init__(self, service_ms, change=None):
        self.hello, self._service, self._change = HELLO, int(service_ms * 1e6), change

    def runtimes(self):
        return (Runtime("onnxruntime", "1.32.0", [CPU], "2.4", None, ["onnx"], CPU),)

    def scenario(self, plan, on_event=None):
        count = int(plan.rate_hz * plan.seconds) or 200
        due = schedule(plan.kind, count, plan.rate_hz or 1.0, plan.seed)
        closed = plan.kind in ("multi-stream", "offline", "cold-burst")
        services = [self._service + i % 7 - 3 for i in range(count)]
        latencies = services if closed else queue(due, services)
        table = np.array([[t, 0, s, 0] for t, s in zip(latencies, services, strict=True)], dtype="<i8")
        ends = [d + t for d, t in zip(due, latencies, strict=True)]
        wall = sum(services) if closed else max(ends)
        if self._change is not None:
            table, wall = self._change(table, wall)
        columns = table.shape[1]
        entry = EntryResult(0, 5_000_000, 900_000, 50, True, self.runtimes()[0], 1, Memory(1, 1, 1))
        conditions = Conditions([], [], None, "boot-1", "6.1", 0.1, 0.0, False)
        result = ScenarioResult(
            plan.nonce, self.hello.device_id, count, int(wall), int(wall * 0.99), 0, self.raw, entry, conditions,
            columns=columns,
        )  # fmt: skip
        return replace(result, **self.said), zlib.compress(table.astype("<i8").tobytes())


def served(service_ms, request, change=None):
    return run_scenario(Service(service_ms, change), "pi5", subject(0), request)[0]


def test_that_random_arrivals_have_the_rate_that_was_asked_for_and_exponential_gaps():
    from scipy.stats import kstest

    due = np.array(schedule("server", 5000, 200.0, 3))
    gaps = np.diff(due) / 1e9
    assert 5000 / (due[-1] / 1e9) == pytest.approx(200, rel=0.05)
    assert kstest(gaps, "expon", args=(0, 1 / 200)).pvalue > 0.01
    assert schedule("camera", 4, 50.0, 0) == [0, 20_000_000, 40_000_000, 60_000_000]


def test_that_waiting_for_a_busy_model_counts_as_latency():
    """At 80 % load the mean wait of a queue with fixed service time is 2 service times (Pollaczek and Khinchine)."""
    found = served(4.0, Request(Kind.SERVER, rate_hz=200, seconds=60))
    assert found.latency_ms.mean == pytest.approx(4.0 + 0.8 * 4.0 / (2 * 0.2), rel=0.25)
    assert found.stream["wait_ms"] == pytest.approx(found.latency_ms.p50 - 4.0, abs=0.01)
    assert served(4.0, Request(Kind.OFFLINE, seconds=2)).stream["wait_ms"] is None
    assert found.scenario == "server-style"
    assert not found.plain


def test_that_waiting_that_was_left_out_is_caught():
    """A closed loop that starts its clock when the model is free: coordinated omission."""

    def omitted(table, wall):
        table[:, 0] = table[:, 2] + 1000
        return table, wall

    for service_ms in (20.0, 2.0, 0.5):  # overloaded, half busy, a tenth busy
        found = served(service_ms, Request(Kind.SERVER, rate_hz=200, seconds=5), omitted)
        assert found.quality is Quality.REJECTED
        assert any("coordinated omission" in reason for reason in found.reasons)
        assert served(service_ms, Request(Kind.SERVER, rate_hz=200, seconds=5)).quality is not Quality.REJECTED
    honest = served(20.0, Request(Kind.SERVER, rate_hz=200, seconds=5))
    assert honest.quality is Quality.NOTED
    assert any("above what the board can serve" in reason for reason in honest.reasons)


def test_that_queries_that_are_skipped_or_moved_are_caught():
    """Other forms of the omission: fewer queries than were due, and a clock that starts when the query is taken up."""

    def shorter(table, wall):
        return table[: len(table) // 2], wall

    board = Service(2.0, shorter)
    board.said = {"queries": 500}
    found = run_scenario(board, "pi5", subject(0), Request(Kind.SERVER, rate_hz=200, seconds=5))[0]
    assert any("fewer than the rate asks for" in reason for reason in found.reasons)

    def since_taken_up(table, wall):
        table[100:, 0] = table[100:, 2]
        return table, wall

    found = served(4.5, Request(Kind.CAMERA, rate_hz=230, seconds=5), since_taken_up)
    assert any("coordinated omission" in reason for reason in found.reasons)


def test_that_the_queries_that_waited_are_counted_here_and_not_believed():
    """Half the queries wait at the end of a second in which twice as many came as could be served."""
    board = Service(10.0)
    board.said = {"backlog": 1_000_000}
    assert run_scenario(board, "pi5", subject(0), Request(Kind.CAMERA, rate_hz=50, seconds=4))[0].stream["backlog"] == 0
    overloaded = run_scenario(board, "pi5", subject(0), Request(Kind.CAMERA, rate_hz=200, seconds=1))[0]
    assert overloaded.stream["backlog"] in (99, 100)  # when all 200 are due, half of them are served
    table, due = np.array([[t, 0, 10, 0] for t in (10, 20, 30, 40)]), np.array([0, 0, 0, 0])
    assert most_waiting(table, due) == 3  # all at once: three wait while the first is begun


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"disturbed": "throttled"}, "the board throttled"),
        ({"conditions": {"boot_id": "boot-2"}}, "started anew"),
        ({"cpu_ns": 10**15}, "more processor time"),
        ({"disturbed": "swap"}, "memory was swapped"),
        ({"conditions": {"steal": 0.2}}, "20% of the processor time was taken"),
        ({"entry": {"warmup_steady": False}}, "before the latency was steady"),
        ({"cpu_ns": 10**8}, "contended"),
    ],
)
def test_that_a_scenario_says_what_its_reading_suffered_from(said, reason):
    plain = served(2.0, Request(Kind.OFFLINE, seconds=2))
    assert (plain.quality, plain.reasons) == (Quality.OK, ())

    class Told(Service):
        def scenario(self, plan, on_event=None):
            result, table = super().scenario(plan, on_event)
            changes = {
                key: replace(getattr(result, key), **value) if isinstance(value, dict) else value
                for key, value in said.items()
            }
            return replace(result, **changes), table

    found = run_scenario(Told(2.0), "pi5", subject(0), Request(Kind.OFFLINE, seconds=2))[0]
    grave = reason in ("the board throttled", "started anew", "more processor time")
    assert found.quality is (Quality.REJECTED if grave else Quality.NOTED)
    assert any(reason in item for item in found.reasons)


def test_that_a_clock_that_stands_still_is_not_believed():
    def frozen(table, wall):
        table[:, 0] = table[:, 2] = 2_000_000
        return table, wall

    found = served(2.0, Request(Kind.OFFLINE, seconds=2), frozen)
    assert any("clock stood still" in item for item in found.reasons)


def test_that_dropped_frames_are_counted_and_miss_their_deadline():
    def every_third(table, wall):
        table[::3] = -1
        return table, wall

    found = served(5.0, Request(Kind.CAMERA, rate_hz=50, seconds=6), every_third)
    assert found.stream["dropped"] == 100
    assert found.stream["deadline_ms"] == 20
    assert found.stream["deadline_met"]["value"] == pytest.approx(200 / 300)
    assert found.latency_ms.n == 200
    assert "100 of 300 frames were dropped" in found.reasons[0]


@pytest.mark.parametrize(
    ("due", "now", "depth", "lost"),
    [
        ([0, 10, 20, 30], 5, 1, 0),
        ([0, 10, 20, 30], 25, 1, 2),
        ([0, 10, 20, 30], 25, 2, 1),
        ([0, 10, 20, 30], 99, 1, 3),
    ],
)
def test_that_a_camera_overwrites_all_but_the_newest_frames(due, now, depth, lost):
    assert outdated(due, 0, now, depth) == lost


def staged(*columns):
    """A camera of 5 ms a frame whose parts (prepare, infer, finish and, of a newer agent, decode) take so many ms."""
    board = Service(
        5.0, lambda table, wall: (np.array([[row[0], *(ms * 1e6 for ms in columns)] for row in table]), wall)
    )
    board.raw = True
    return run_scenario(board, "pi5", subject(0), Request(Kind.CAMERA, rate_hz=50, seconds=2))[0].stream


def test_that_decoding_is_told_apart_from_preparing_and_the_longest_part_is_named():
    found = staged(0.75, 1.5, 0.25, 2.0)
    assert found["stages_ms"] == {"decode": 2.0, "prepare": 0.75, "infer": 1.5, "finish": 0.25}
    assert found["limiting_stage"] == "decode"


def test_that_an_older_agent_leaves_decoding_within_preparing():
    found = staged(2.75, 1.5, 0.25)
    assert found["stages_ms"] == {"decode": None, "prepare": 2.75, "infer": 1.5, "finish": 0.25}
    assert found["limiting_stage"] == "prepare"


def test_that_throughput_counts_samples_and_offline_has_no_deadline():
    multi = served(8.0, Request(Kind.MULTI_STREAM, seconds=2, per_query=8))
    assert multi.stream["throughput_per_s"] == pytest.approx(1000)
    offline = served(2.0, Request(Kind.OFFLINE, seconds=2))
    assert offline.stream["throughput_per_s"] == pytest.approx(500)
    assert offline.stream["deadline_met"] is None


def cold(first_ms, later_ms, inferences=4, rest_s=2.0, wall_s=None):
    """A board whose first inference after a rest takes longer: 200 inferences in bursts."""
    times = np.resize([first_ms] + [later_ms] * (inferences - 1), 200) * 1e6

    class Board(Service):
        def scenario(self, plan, on_event=None):
            self.plan = plan
            return super().scenario(replace(plan, rate_hz=0.0), on_event)

    def change(table, wall):
        table[:, 0] = table[:, 2] = times
        return table, (rest_s * 200 / inferences + times.sum() / 1e9 if wall_s is None else wall_s) * 1e9

    board = Board(later_ms, change)
    return board, Request(Kind.COLD_BURST, per_query=inferences, rest_s=rest_s)


def test_that_the_first_answer_after_a_rest_is_told_from_those_behind_it():
    board, request = cold(30.0, 20.0)
    found = run_scenario(board, "pi5", subject(0), request)[0]
    assert board.plan.kind == "cold-burst"
    assert (board.plan.rate_hz, board.plan.per_query) == (0.5, 4)
    burst = found.stream["burst"]
    assert (burst["bursts"], burst["inferences"], burst["rest_s"]) == (50, 4, 2.0)
    assert burst["first_ms"]["value"] == pytest.approx(30)
    assert burst["later_ms"]["value"] == pytest.approx(20)
    assert burst["first_to_later"] == {"value": pytest.approx(1.5), "ci95": [pytest.approx(1.5)] * 2}
    assert burst["whole_ms"]["value"] == pytest.approx(30 + 3 * 20)
    assert (found.scenario, found.options["rest_s"], found.options["burst"]) == ("cold-burst", "2", "4")
    assert found.quality is Quality.OK
    assert not found.plain


def test_that_a_burst_of_one_has_nothing_behind_it_and_rests_that_were_left_out_are_caught():
    board, request = cold(30.0, 20.0, inferences=1)
    burst = run_scenario(board, "pi5", subject(0), request)[0].stream["burst"]
    assert burst["later_ms"] is None
    assert burst["first_to_later"] is None
    hurried, request = cold(30.0, 20.0, wall_s=9.0)
    found = run_scenario(hurried, "pi5", subject(0), request)[0]
    assert found.quality is Quality.REJECTED
    assert any("was not cold" in reason for reason in found.reasons)
    board, request = cold(30.0, 20.0)
    with pytest.raises(RejectedError, match="not whole"):
        run_scenario(board, "pi5", subject(0), replace(request, per_query=7))


def test_that_an_answer_that_does_not_fit_is_refused():
    request = Request(Kind.SERVER, rate_hz=50, seconds=2)
    with pytest.raises(ContractError, match="other data"):
        served(1.0, request, lambda table, wall: (table[:-1], wall))
    with pytest.raises(ContractError, match="6 columns"):
        served(1.0, request, lambda table, wall: (np.hstack([table, table[:, :2]]), wall))
    with pytest.raises(ContractError, match="took no time"):
        served(1.0, request, lambda table, wall: (table * 0, wall))
    with pytest.raises(RejectedError, match="no query was served"):
        served(1.0, request, lambda table, wall: (table * 0 - 1, wall))
    hurried = served(1.0, request, lambda table, wall: (table, wall / 5))
    assert any("faster than they were scheduled" in reason for reason in hurried.reasons)


def test_that_the_interval_of_a_share_equals_scipys():
    from scipy.stats import binomtest

    for hits, count in ((0, 20), (7, 50), (98, 100), (30, 30)):
        theirs = binomtest(hits, count).proportion_ci(method="wilson")
        assert wilson(hits, count) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_that_readings_of_services_come_back_from_json_as_they_were():
    from profiles.reading import Reading

    found = replace(served(5.0, Request(Kind.CAMERA, rate_hz=50, seconds=6)), options={})
    assert Reading.from_json(found.to_json()) == found


class Gpu(Service):
    """A board with CUDA; ``nodes`` is what its trace says, ``said`` what it says of the paused service."""

    def __init__(self, nodes, said=None):
        def change(table, wall):
            return table, wall

        super().__init__(1, change)
        self.hello, self._nodes, self._said = replace(HELLO, minor=4), nodes, said

    def runtimes(self):
        return (Runtime("onnxruntime", "1.23.0", [CUDA, CPU], "2.4", None, ["onnx"], CPU),)

    def scenario(self, plan, on_event=None):
        self.plan = plan
        result, table = super().scenario(plan, on_event)
        found = replace(result.entry, providers=self._nodes)
        return replace(result, entry=found, conditions=replace(result.conditions, service=self._said)), table


CUDA = "CUDAExecutionProvider"


def on_gpu(board, **how):
    return run_scenario(board, "pi5", subject(0), Request(Kind.OFFLINE), **how)[0]


def test_that_a_scenario_runs_on_the_provider_and_its_reading_says_where_nodes_fell_back(home):
    board = Gpu({CUDA: 28, CPU: 12})
    reading = on_gpu(board, run=RunOn.of(provider="cuda"))
    assert (board.plan.entry.runtime.provider, reading.provider) == (CUDA, CUDA)
    assert "12 of 40 nodes fell back to CPU" in reading.reasons
    assert on_gpu(Gpu({CPU: 40}), run=RunOn.of(provider="cuda")).quality is Quality.REJECTED


def test_that_a_scenario_pauses_the_service_by_a_signed_order_and_notes_when_it_was_not_resumed(home):
    service = Pause.of("stop app", "start app")
    board = Gpu({CPU: 40}, "paused and resumed")
    assert on_gpu(board, service=service).quality is Quality.OK
    assert '"kind":"service"' in board.plan.service.order
    assert "exit code 1" in on_gpu(Gpu({CPU: 40}, "start app: exit code 1"), service=service).reasons[0]
    with pytest.raises(RejectedError, match="cannot pause"):
        on_gpu(Service(1), service=service)


@pytest.mark.parametrize(
    "options", [["--against", "b"], ["--energy"], ["--operators"], ["--threads", "1,2"], ["--min-speedup", "2"]]
)
def test_that_what_a_scenario_does_not_do_is_refused_instead_of_ignored(options):
    from typer.testing import CliRunner

    from engine.cli.main import app

    done = CliRunner().invoke(app, ["measure", "a", "loopback", "--scenario", "offline", *options])
    assert done.exit_code == 2
    assert "scenario" in done.output

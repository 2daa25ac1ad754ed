"""The printed data sheet, from rows as the verb gives them."""

import io
from dataclasses import replace
from types import SimpleNamespace

from rich.console import Console

from engine.cli.data_sheet import data_sheet
from engine.verbs.profiling import ProfileRow
from engine.verbs.sheet import (
    NO_SENSOR,
    NOT_MEASURED,
    Fact,
    cold_line,
    conditions_line,
    histogram_line,
    latency_line,
    memory_line,
    service_lines,
    sustained_line,
    thermal_line,
)
from profiles.reading import MemoryMb

from ..report.sample import RESNET, reading


def _row(name: str, energy_mj: str, sustained: str) -> SimpleNamespace:
    cells = (name, "onnxruntime 1.32.0", "1", "0.38", "[0.37, 0.39]", "0.5", "14.3", energy_mj, "900/1", "1 min", "ok")
    facts = (("trust", "good"), ("sustained", sustained), ("energy", NOT_MEASURED))
    newest = SimpleNamespace(runtime="onnxruntime", threads=1, name=name, model=name)
    return SimpleNamespace(cells=lambda: cells, details=lambda: facts, newest=newest, changed=(), state="ok")


def _printed(*rows: SimpleNamespace, width: int = 120) -> str:
    told = io.StringIO()
    document = SimpleNamespace(name="pi5", facts=("board  Raspberry Pi 5",), rows=rows, published=())
    data_sheet(document, Console(file=told, width=width))
    return told.getvalue()


def test_that_what_no_row_has_is_said_once_with_how_to_get_it():
    told = _printed(_row("a", "n/a", NOT_MEASURED), _row("b", "n/a", NOT_MEASURED))
    assert told.count(NOT_MEASURED) == 1
    assert "flyweight measure BUNDLE TARGET --sustained 10 --energy" in told
    assert "mJ" not in told


def test_that_what_one_row_has_is_shown_for_all():
    told = _printed(_row("a", "12", "1.02x the first minute"), _row("b", "n/a", NOT_MEASURED))
    assert "mJ" in told
    assert "1.02x the first minute" in told
    assert [line.split()[0] for line in told.splitlines() if NOT_MEASURED in line] == ["sustained", "energy:"]


def test_that_a_board_without_a_sensor_says_so_once():
    row = _row("a", "n/a", NOT_MEASURED)
    row.details = lambda: (("trust", "good"), ("thermal", NO_SENSOR))
    assert _printed(row, row).count(NO_SENSOR) == 1


def test_that_a_narrow_screen_keeps_age_and_state_and_tells_the_rest_below():
    told = _printed(_row("fashion-resnet.half-int8", "12", NOT_MEASURED), width=80)
    assert all(len(line) <= 80 for line in told.splitlines())
    assert " ".join(told.splitlines()[3].split()) == "variant runtime thr p50 ms 95 % interval age state"
    assert "peak MB" not in told
    assert "peak MB: what the model adds" in " ".join(_printed(_row("a", "12", NOT_MEASURED)).split())


def test_that_states_are_explained_where_they_occur():
    row = _row("a", "12", NOT_MEASURED)
    row.state = "stale"
    assert "stale: measured before something changed" in " ".join(_printed(row).split())
    assert "stale" not in _printed(_row("a", "12", NOT_MEASURED))


def test_that_a_service_and_a_cold_burst_are_told_in_words():
    camera = {
        "throughput_per_s": 31.24, "queries": 180, "dropped": 85, "backlog": 1, "deadline_ms": 16.67, "limiting_stage": "prepare",
        "deadline_met": {"value": 0.017, "ci95": [0.006, 0.048]},
        "stages_ms": {"decode": 3.25, "finish": 0.2, "infer": 0.6, "prepare": 22.2},
    }  # fmt: skip
    assert service_lines("camera", camera) == (
        "camera: 31.24 a second, 180 queries, 85 dropped, at most 1 waiting",
        "within 16.67 ms: 1.7% [0.6%, 4.8%]",
        "stages: decode 3.25 ms -> prepare 22.2 ms -> infer 0.6 ms -> finish 0.2 ms; prepare limits",
    )
    older = {**camera, "stages_ms": {"finish": 0.2, "infer": 0.6, "prepare": 25.5}}
    assert service_lines("camera", older)[2] == (
        "stages: prepare 25.5 ms -> infer 0.6 ms -> finish 0.2 ms (decoding is part of prepare); prepare limits"
    )
    figure = {"value": 1.5, "ci95": [1.25, 1.75]}
    burst = {"bursts": 6, "inferences": 8, "rest_s": 5.0, "whole_ms": figure, "first_ms": figure, "later_ms": figure,
             "first_to_later": figure}  # fmt: skip
    told = service_lines("cold-burst", {"burst": burst, "deadline_met": None, "stages_ms": None})
    assert told == (
        "cold-burst: 6 bursts of 8, each after 5 s of rest; a burst takes 1.5 [1.25, 1.75] ms",
        "first inference 1.5 [1.25, 1.75] ms, those behind it 1.5 [1.25, 1.75] ms: 1.5 [1.25, 1.75] times as long",
    )


def test_that_times_of_minutes_are_written_out_and_not_as_powers_of_ten():
    one = reading("a", RESNET[0], 0, load_ms=64_321.0, first_ms=12_345.6)
    slow = replace(
        one.latency_ms, mean=71_570.4, p50=70_123.4, p90=12_345.0, max=1_234_567.0, ci95_p50=(69_999.6, 71_000.0)
    )
    one = replace(one, latency_ms=slow)
    assert latency_line(one).startswith("mean 71,570, p90 12,345")
    assert "slowest 1,234,567 ms" in latency_line(one)
    assert cold_line(one) == "load 64,321 ms, first inference 12,346 ms"
    assert ProfileRow(one, 1).cells()[3:5] == ("70,123", "[70,000, 71,000]")


def test_that_the_distribution_of_the_runs_is_a_line_of_bars_with_units():
    told = reading("a", RESNET[0], 0, histogram={"edges_ms": [1.0, 1.1, 1.21, 9.0], "counts": [40, 80, 1]})
    assert histogram_line(told) == "1 ▄█ 1.21 ms, 1 of 121 slower, up to 9 ms"
    assert histogram_line(reading("a", RESNET[0], 0)) == ""


def test_that_the_tail_is_told_with_the_runs_and_the_processes_that_made_them():
    one = reading("a", RESNET[0], 0)
    assert latency_line(one).endswith(f" ms of {one.latency_ms.n} runs by 1 process")
    assert latency_line(replace(one, processes=8)) == latency_line(one).replace("1 process", "8 processes")


def test_that_cold_start_memory_and_heat_are_told_in_words():
    item = reading(
        "fashion-resnet",
        RESNET[0],
        0,
        load_ms=37.24,
        first_ms=0.781,
        temperature_c=61.04,
        throttled=False,
        memory_mb=MemoryMb(46.1, 13.9, 14.0, 30.5),
    )
    assert cold_line(item) == "load 37.2 ms, first inference 0.781 ms"
    assert memory_line(item) == (
        "the runtime alone 46.1 MB; the model adds 13.9 MB once loaded, 14.0 MB at the peak of the runs; "
        "whole process 30.5 MB with shared pages divided (PSS)"
    )
    assert thermal_line(item) == "61.0 C after the run, not throttled"
    missing = reading("fashion-resnet", RESNET[0], 0, load_ms=None, temperature_c=None, throttled=True)
    assert cold_line(missing).startswith("load unknown")
    assert thermal_line(missing) == "no temperature after the run, throttled"
    assert thermal_line(reading("fashion-resnet", RESNET[0], 0, temperature_c=None, throttled=None)) == NO_SENSOR


def test_that_each_row_says_when_on_what_and_under_what_it_was_measured():
    one = replace(reading("fashion-resnet", RESNET[0], 0), cpu_utilisation=0.4, steal=0.013, threads=2)
    assert conditions_line(one) == (
        f"{one.measured_at[:10]} {one.measured_at[11:16]} UTC; {one.precision} weights on CPU, 2 threads; "
        f"governor unknown, power mode unknown; {one.os}, kernel {one.kernel}; "
        "the model had 40% of its threads' processor time; other machines 1.3%"
    )
    bare = conditions_line(replace(one, cpu_utilisation=None, steal=None, governor=None))
    assert "governor unknown" in bare
    assert "%" not in bare


def test_that_a_query_that_waits_before_it_begins_says_how_long():
    facts = {
        "throughput_per_s": 50.0,
        "queries": 300,
        "dropped": 0,
        "backlog": 3,
        "deadline_met": None,
        "stages_ms": None,
    }
    assert service_lines("server-style", {**facts, "wait_ms": 5.0}) == (
        "server-style: 50 a second, 300 queries, 0 dropped, at most 3 waiting, begun 5 ms (median) after each was due",
    )
    assert "begun 44,100 ms" in service_lines("server-style", {**facts, "wait_ms": 44_100.0})[0]
    assert service_lines("offline-style", {**facts, "wait_ms": None})[0].endswith("at most 3 waiting")


def test_that_a_sustained_run_tells_how_warm_the_board_became_where_a_sensor_does():
    bare = {"first_minute_ms": 4.0, "steady_ms": 5.0, "minutes": 10.0, "change": 0.25, "steady": False}
    warm = {"start_c": 45.0, "steady_c": 78.5, "c_per_min": 0.75, "start_mhz": 2400.0, "steady_mhz": 1800.0}
    line = "5 ms after 10.0 min, first minute 4 ms (+25.0%), not steady yet"
    assert sustained_line(Fact(bare, "")) == line
    told = f"{line}; 45.0 -> 78.5 C (+0.75 C a minute at the end); clock 2400 -> 1800 MHz"
    assert sustained_line(Fact({**bare, **warm}, "")) == told

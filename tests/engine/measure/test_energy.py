"""Energy from power traces: against closed forms, against scipy, and against traces that lie."""

from dataclasses import replace

import numpy as np
import pytest

from device_agent.contract.messages import EnergyRun, Trace
from engine.measure.energy import integrate, of_run, to_watts, why_not, window

S = 1_000_000_000
INSTANTS = [0, 10 * S, 10 * S, 22 * S, 22 * S, 32 * S]


def trace(watts=None, *, seed=0, hz=10, idle=2.0, load=5.0, noise=0.02, sensor="power:ina3221/VDD_IN", **changes):
    """Idle, load, idle with a little noise, sampled at ``hz`` from just before to just after the run."""
    draw = np.random.default_rng(seed)
    t = np.arange(-S // hz, 32 * S + S // hz + 1, S // hz) + draw.integers(0, S // hz // 20, 1)
    if watts is None:
        watts = np.where((t >= 10 * S) & (t < 22 * S), load, idle) + draw.normal(0, noise, len(t))
    made = Trace(sensor, "W", "/sys", "hwmon", "measured", "module", [int(v) for v in t], [float(v) for v in watts])
    return replace(made, **changes)


def run(*traces, runs=600, instants=INSTANTS):
    return EnergyRun(list(instants), runs, list(traces))


def test_that_the_trapezoid_equals_scipys_with_interpolated_edges():
    from scipy.integrate import trapezoid

    draw = np.random.default_rng(1)
    t = np.sort(draw.integers(0, 100 * S, 400)).astype(float)
    watts = draw.uniform(1, 9, 400)
    start, end = 17 * S, 71 * S
    fine = np.union1d(t, [start, end])
    fine = fine[(fine >= start) & (fine <= end)]
    assert integrate(t, watts, start, end) == pytest.approx(trapezoid(np.interp(fine, t, watts), fine) / 1e9)


def test_that_uneven_steps_are_integrated_as_they_were():
    t = np.array([0, 1, 5, 6, 10]) * float(S)
    assert integrate(t, np.array([0.0, 1, 5, 6, 10]), 0, 10 * S) == pytest.approx(50)


def test_that_energy_per_inference_is_load_times_time_over_runs():
    found = of_run(run(trace()))
    assert found.reasons == ()
    assert found.energy_mj["total"]["value"] == pytest.approx(5.0 * 12 / 600 * 1e3, rel=0.01)
    assert found.energy_mj["dynamic"]["value"] == pytest.approx(3.0 * 12 / 600 * 1e3, rel=0.02)
    assert found.power_mw == pytest.approx(5000, rel=0.01)
    assert (found.energy_mj["scope"], found.energy_mj["quality"]) == ("module", "measured")


def test_that_the_interval_covers_the_truth_when_the_sensors_gain_is_wrong_by_its_stated_share():
    draw, hits = np.random.default_rng(5), 0
    for seed in range(100):
        gain = 1 + draw.normal(0, 0.015)
        watts = np.asarray(trace(seed=seed, noise=0.2).values) * gain
        low, high = of_run(run(trace(watts))).energy_mj["dynamic"]["ci95"]
        hits += low <= 60 <= high
    assert hits >= 90


def test_that_drift_between_the_idle_windows_widens_the_interval():
    calm = of_run(run(trace())).energy_mj["dynamic"]["ci95"]
    t = np.asarray(trace().t_ns)
    warming = np.where(t >= 22 * S, 2.6, np.where(t >= 10 * S, 5.0, 2.0)) + np.random.default_rng(0).normal(
        0, 0.02, len(t)
    )
    drifted = of_run(run(trace(warming))).energy_mj["dynamic"]["ci95"]
    assert drifted[1] - drifted[0] > 2 * (calm[1] - calm[0])


def test_that_neighbouring_samples_that_resemble_count_for_less():
    draw = np.random.default_rng(2)
    slow = np.repeat(draw.normal(5, 0.5, 70), 5)[: len(trace().t_ns)]
    slow = np.pad(slow, (0, len(trace().t_ns) - len(slow)), mode="edge")
    found = window(trace(slow), *INSTANTS[2:4])
    assert found.effective_n < 60
    assert window(trace(), *INSTANTS[2:4]).effective_n > 80


def test_that_a_joule_counter_gives_the_same_as_the_power_behind_it():
    power = trace(noise=0.0)
    t = np.asarray(power.t_ns)
    joules = np.concatenate([[0], np.cumsum(np.asarray(power.values)[:-1] * np.diff(t) / 1e9)])
    counter = replace(power, sensor="energy:package-0", unit="J", values=[float(v) for v in joules], scope="soc")
    assert to_watts(counter).unit == "W"
    found = of_run(run(counter)).energy_mj
    assert found["total"]["value"] == pytest.approx(100, rel=0.02)


def test_that_measured_comes_before_estimated_and_scopes_are_kept_apart():
    estimate = trace(idle=3.0, load=6.3, quality="estimated", scope="board", sensor="power:pmic/board")
    found = of_run(run(estimate, trace(sensor="power:pmic/rails"))).energy_mj
    assert (found["sensor"], found["scope"]) == ("power:pmic/rails", "module")
    assert [(item["sensor"], item["scope"], item["quality"]) for item in found["others"]] == [
        ("power:pmic/board", "board", "estimated")
    ]


def damaged(change):
    made = trace()
    return change(made, np.asarray(made.t_ns), np.asarray(made.values))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda m, t, w: replace(m, values=[2.0] * len(t)), "stands still"),
        (lambda m, t, w: replace(m, values=[float(v) for v in np.where(t > 15 * S, -1, w)]), "cannot be true"),
        (lambda m, t, w: replace(m, values=[float(v) for v in np.where(t > 15 * S, 5000, w)]), "cannot be true"),
        (lambda m, t, w: replace(m, values=[float("nan"), *m.values[1:]]), "fit together"),
        (lambda m, t, w: replace(m, values=m.values[:-1]), "fit together"),
        (lambda m, t, w: replace(m, t_ns=m.t_ns[::-1]), "backwards"),
        (lambda m, t, w: replace(m, t_ns=[m.t_ns[0], *m.t_ns[:-1]]), "backwards"),
        (
            lambda m, t, w: replace(
                m,
                t_ns=[v for v in m.t_ns if not 14 * S < v < 16 * S],
                values=[p for v, p in zip(m.t_ns, m.values, strict=True) if not 14 * S < v < 16 * S],
            ),
            "gap",
        ),
        (lambda m, t, w: replace(m, t_ns=m.t_ns[:-80], values=m.values[:-80]), "whole run"),
        (lambda m, t, w: replace(m, t_ns=m.t_ns[::5], values=m.values[::5]), "too few"),
    ],
)
def test_that_a_trace_that_cannot_be_true_is_rejected_with_its_reason(change, reason):
    made = damaged(change)
    assert reason in why_not(made, run(made))
    found = of_run(run(made))
    assert found.energy_mj is None
    assert found.power_mw is None
    assert reason in found.reasons[0]


def test_that_a_second_sensor_answers_where_the_first_one_lies():
    frozen = trace([2.0] * len(trace().t_ns), scope="board", sensor="power:hat/in")
    found = of_run(run(frozen, trace()))
    assert found.energy_mj["sensor"] == "power:ina3221/VDD_IN"
    assert "power:hat/in rejected" in found.reasons[0]


def test_that_no_sensor_is_a_reason_and_never_a_zero():
    found = of_run(EnergyRun(reason="the kernel knows no power monitor"))
    assert (found.energy_mj, found.power_mw) == (None, None)
    assert "no power monitor" in found.reasons[0]
    assert of_run(None).reasons == ()
    assert "not finished" in of_run(run(trace(), runs=0)).reasons[0]
    assert "not finished" in of_run(run(trace(), instants=INSTANTS[:4])).reasons[0]


def test_that_work_that_does_not_show_is_said():
    found = of_run(run(trace(load=2.0, noise=0.3)))
    assert any("hardly shows" in reason for reason in found.reasons)


def test_that_one_in_fifty_clean_traces_at_most_is_refused():
    refused = sum(of_run(run(trace(seed=seed, noise=0.3))).energy_mj is None for seed in range(100))
    assert refused <= 2

"""Times of operators as differences of cut models: known ones come out, noise is called noise, and the real board tells some."""

from pathlib import Path

import numpy as np
import pytest

from engine.deploy.connect import connect
from engine.deploy.run_on import RunOn
from engine.errors import RejectedError
from engine.measure.truncated import NOISE, Asked, differences, time_parts
from engine.model.tflite_cutting import Part
from tests.device_agent.runtimes import delegates

PARTS = tuple(Part(f"layer{number}", ("CONV_2D",)) for number in range(4))
TRUE_US = (50.0, 200.0, 0.0, 20.0)


def simulated(rounds: int, noise: float, seed: int = 0) -> list[dict[int, float]]:
    """Medians of blocks: the sums of the parts, times a speed that drifts from round to round, plus noise of each block."""
    draw = np.random.default_rng(seed)
    speed = np.exp(np.cumsum(draw.normal(0, 0.01, rounds)))
    sums = np.cumsum(TRUE_US) * 1e3
    return [
        {number: float(total * speed[number] * draw.lognormal(0, noise)) for number in range(rounds)} for total in sums
    ]


def test_that_known_times_come_out_and_an_operator_that_costs_nothing_is_noise():
    found = {row.layer: row for row in differences(PARTS, simulated(60, 0.005))}
    for part, true in zip(PARTS, TRUE_US, strict=True):
        row = found[part.name]
        assert row.ci95_us is not None
        if true:
            assert row.microseconds == pytest.approx(true, rel=0.25)
            assert row.note != NOISE
        else:
            assert row.note == NOISE
            assert row.share == 0.0
    assert sum(row.share for row in found.values()) == pytest.approx(1.0)


def test_that_the_intervals_hold_the_truth_about_as_often_as_they_say():
    steady = [
        {number: float(total * np.random.default_rng((seed, number, place)).lognormal(0, 0.01)) for number in range(40)}
        for seed in range(40)
        for place, total in enumerate(np.cumsum(TRUE_US) * 1e3)
    ]
    held = 0
    for start in range(0, len(steady), 4):
        row = next(item for item in differences(PARTS, steady[start : start + 4]) if item.layer == "layer1")
        held += row.ci95_us[0] <= 200.0 <= row.ci95_us[1]
    assert held >= 35, f"{held} of 40 intervals hold the truth"


def test_that_a_part_with_too_few_rounds_tells_no_time():
    few = simulated(30, 0.01)
    few[1] = {number: value for number, value in few[1].items() if number < 5}
    found = {row.layer: row for row in differences(PARTS, few)}
    assert "only 5 rounds" in found["layer1"].note
    assert found["layer1"].ci95_us is None
    assert "only 5 rounds" in found["layer2"].note
    assert found["layer3"].ci95_us is not None


@pytest.mark.device
def test_that_a_board_times_the_parts_of_a_real_file(tmp_path: Path, home):
    (tmp_path / "m.tflite").write_bytes(delegates.network())
    with connect("loopback") as client:
        found = time_parts(client, Asked(tmp_path / "m.tflite", 1, RunOn.of(delegate="none")))
    assert sorted(row.operators for row in found) == [("ADD",), ("LOGISTIC",)]
    assert all(row.ci95_us is not None and row.ci95_us[0] <= row.microseconds <= row.ci95_us[1] for row in found)
    assert [row.microseconds for row in found] == sorted((row.microseconds for row in found), reverse=True)


def test_that_an_old_agent_is_not_asked(tmp_path: Path):
    from types import SimpleNamespace

    with pytest.raises(RejectedError, match="parts of TFLite"):
        time_parts(SimpleNamespace(hello=SimpleNamespace(minor=3)), Asked(tmp_path / "x", 1, RunOn()))

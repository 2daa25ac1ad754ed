"""R13: throttled and absurd runs are flagged, clean ones left in peace."""

import numpy as np
import pytest

from engine.measure.plan import measure_on
from profiles.reading import Quality

from . import board
from .board import FakeBoard, subject


def slowed(share, shape):
    """The samples of a board that gets slower by ``share`` towards the end, at once or bit by bit; nothing else tells."""

    def alter(values):
        place = np.arange(len(values)) / len(values)
        course = {
            "step": (place > 0.5).astype(float),
            "late": (place > 0.7).astype(float),
            "ramp": place,
            "saturating": 1 - np.exp(-4 * place),
        }[shape]
        return (values * (1 + share * course)).astype(np.int64)

    return alter


def reading(change=None, seed=0, **more):
    fake = FakeBoard([200], rounds=60, runs=20, seed=seed, change=change, **{"drift": 0.003, **more})
    return measure_on(fake, "pi5", [subject(0)], baselines=[None]).readings[0]


def longer(alter):
    """The altered samples in blocks that are as much longer, so that only the course of the times tells."""

    def apply(result, raw):
        from dataclasses import replace

        result, raw = board.times(alter)(result, raw)
        now, blocks = 0, []
        for item in result.blocks:
            wall = item.wall_ns * 3
            blocks.append(replace(item, start_ns=now, wall_ns=wall, cpu_ns=int(wall * 0.99)))
            now += wall + 1000
        return replace(result, blocks=blocks), raw

    return apply


@pytest.mark.parametrize("shape", ["step", "late", "ramp", "saturating"])
@pytest.mark.parametrize("share", [0.3, 0.5, 0.8, 1.2])
@pytest.mark.parametrize("seed", range(3))
def test_that_a_board_that_throttles_silently_is_flagged(share, shape, seed):
    found = reading(longer(slowed(share, shape)), seed)
    assert found.quality is not Quality.OK
    assert any("slower from the beginning to the end" in reason for reason in found.reasons)


def test_that_two_of_a_hundred_clean_runs_at_most_are_flagged():
    flagged = [seed for seed in range(100) if reading(seed=seed).quality is not Quality.OK]
    assert len(flagged) <= 2


@pytest.mark.parametrize(
    "alter",
    [
        lambda v: v // 1000,  # microseconds taken for nanoseconds
        lambda v: v * 1000,  # nanoseconds multiplied once more
    ],
)
def test_that_an_error_of_units_contradicts_the_blocks(alter):
    """A board that counts in another unit than its block clock says: the runs do not fit into their blocks, or fill none."""
    found = reading(board.times(alter))
    assert found.quality is not Quality.OK
    assert any("longer than their block" in r or "of their blocks" in r for r in found.reasons)

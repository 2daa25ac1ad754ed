"""Many runs that cannot be believed and many that can: all of the first are refused or rejected, none of the second are."""

from dataclasses import replace

import numpy as np
import pytest

from engine.errors import RejectedError
from engine.measure.plan import measure_on
from profiles.reading import Quality

from .board import FakeBoard, block, conditions, entry, subject, times
from .test_preflight import disturbed


def verdict(fake: FakeBoard) -> str:
    try:
        (reading,) = measure_on(fake, "b", [subject(0)], baselines=[None]).readings
    except RejectedError:
        return "refused"
    return str(reading.quality)


def blocks(**scaled):
    """Fields of every block multiplied."""

    def apply(result, raw):
        changed = [
            replace(item, **{name: int(getattr(item, name) * by) for name, by in scaled.items()})
            for item in result.blocks
        ]
        return replace(result, blocks=changed), raw

    return apply


def at(position: int, value: int):
    def alter(values: np.ndarray) -> np.ndarray:
        values[position] = value
        return values

    return times(alter)


def _frozen(by: int):
    return times(lambda values: np.full_like(values, values[0] // by))


BAD = {
    **{f"throttled {m} us": (m, conditions(throttled=True)) for m in (50, 200, 900, 5000)},
    **{f"{why} in {n} of 30 rounds": (200, disturbed(range(n), why, slower))
       for why, slower in (("throttled", 2), ("swap", 8), ("steal", 3)) for n in (16, 22, 30)},
    **{f"clock stood still, 1/{by}": (200, _frozen(by)) for by in (1, 2, 3)},
    **{f"sample {position} is {value}": (200, at(position, value))
       for position in (0, 17, 599) for value in (0, -1, -(1 << 40))},
    **{f"milliseconds taken for ns: /{by}": (200, times(lambda v, by=by: np.maximum(v // by, 1))) for by in (100, 1000)},
    **{f"runs {by} times longer than their blocks": (200, times(lambda v, by=by: v * by)) for by in (2, 1000)},
    **{f"{by} times the processor time there is": (200, blocks(cpu_ns=by)) for by in (2.2, 10, 1000)},
    **{f"{name} took {value}": (200, entry(**{name: value})) for name in ("load_ns", "first_ns") for value in (0, -5)},
    "another start of the board": (200, conditions(boot_id="boot-2")),
    "a block before the one before": (200, block(7, start_ns=1)),
    "a block that took no time": (200, block(3, wall_ns=0)),
    "a block that took time back": (200, block(3, wall_ns=-5)),
    "a block of nothing": (200, block(4, count=0)),
    "samples without a block": (200, block(29, count=3)),
    "another plan's answer": (200, lambda result, raw: (replace(result, nonce="other"), raw)),
    "another board's answer": (200, lambda result, raw: (replace(result, device_id="other"), raw)),
}  # fmt: skip


def _more() -> dict:
    from device_agent.contract.messages import Memory

    sizes = {"below zero": -1, "above the board's": 1 << 40}
    return {
        f"memory {name}, {word}": (200, entry(memory=replace(Memory(40 << 20, 5 << 20, 7 << 20), **{name: size})))
        for name in ("runtime_base", "model_load", "run_peak")
        for word, size in sizes.items()
    }


BAD |= _more()


def test_that_there_are_enough_of_them():
    assert len(BAD) >= 40


@pytest.mark.parametrize("name", BAD)
def test_that_a_run_that_cannot_be_believed_is_not(name: str):
    median, change = BAD[name]
    assert verdict(FakeBoard([median], drift=0.001, change=change)) in ("refused", "rejected")


def test_that_at_most_one_of_fifty_good_runs_is_suspected():
    found = [verdict(FakeBoard([100 + 20 * seed], seed=seed, drift=0.003)) for seed in range(50)]
    assert sum(item != str(Quality.OK) for item in found) <= 1

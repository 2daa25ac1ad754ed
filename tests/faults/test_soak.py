"""The judgement of the soak, on series that are known; ``make faults`` lets it run for half an hour."""

import pytest

from .soak import LIMITS, MIB, leaks

FLAT = {name: 1000 for name in LIMITS}


def series(count: int = 40, **slopes: float) -> list[dict[str, int]]:
    return [{name: int(FLAT[name] + slopes.get(name, 0) * number) for name in FLAT} for number in range(count)]


def test_that_what_stays_the_same_is_no_leak():
    assert leaks(series()) == []


def test_that_what_is_loaded_once_in_the_warm_up_is_no_leak():
    assert leaks([{**FLAT, "desktop_rss": 0, "desktop_files": 0}] * 3 + series()) == []


@pytest.mark.parametrize(
    ("name", "slope"),
    [("desktop_rss", MIB / 2), ("agent_rss", MIB / 10), ("desktop_files", 0.1), ("agent_files", 1), ("threads", 0.1),
     ("left", 0.2), ("agents", 0.1), ("store", 10_000)],
)  # fmt: skip
def test_that_what_grows_a_little_with_every_cycle_is_found(name: str, slope: float):
    (found,) = leaks(series(**{name: slope}))
    assert found.startswith(f"{name} +")


def test_that_one_large_cycle_is_no_leak():
    cycles = series()
    cycles[20] = {name: 10**9 for name in cycles[20]}
    assert leaks(cycles) == []

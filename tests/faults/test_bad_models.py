"""The quick part of bad models; ``make faults`` sends all of them."""

from pathlib import Path

from tests.device_agent.conftest import disk, pyz, store

from .bad_models import LIMIT_S, bundles, serving, trial

__all__ = ["disk", "pyz", "store"]

QUICK = {"empty", "cut at 50%", "160 GB", "external data outside", "other weights"}


def test_that_bad_models_are_rejected_with_a_reason_and_the_good_one_goes_on(pyz: Path, store: Path):
    agent, good = serving(pyz, store)
    with agent:
        seen = trial(agent, good, QUICK)
    assert {item["name"] for item in seen} == QUICK
    for item in seen:
        assert item["said"][0] == "rejected", item
        assert item["said"][1] not in ("", "None"), item
        assert item["seconds"] < LIMIT_S + 5
        assert item["serves"]


def test_that_there_are_enough_of_them():
    names = [name for name, _ in bundles()]
    assert len(names) == len(set(names)) >= 25

"""Two desktops at one board: every order is whole, every number is given once."""

import threading
from pathlib import Path

import pytest

from engine.package.keys import signing_key
from tests.device_agent.conftest import disk, pyz, store
from tests.device_agent.session import KEY_ID, Agent, Made, bundle, classifier

from .races import careless, deploys, race

__all__ = ["disk", "pyz", "store"]


@pytest.fixture
def made(pyz: Path, store: Path, home: Path) -> list[Made]:
    """Two bundles verified on the board, which trusts this desktop."""
    key = signing_key()
    (store / "keys" / f"{key.id}.pub").write_text(key.public.hex() + "\n")
    made = [bundle(), bundle(classifier(seed=1), name="other")]
    with Agent(pyz, store) as agent:
        assert [agent.stage(item)["state"] for item in made] == ["verified", "verified"]
    return made


@pytest.fixture
def bundles(made: list[Made]) -> list[str]:
    return [item.id for item in made]


def test_that_no_desktop_gets_between_the_steps_of_another_ones_deploy(pyz: Path, store: Path, made: list[Made]):
    seen = deploys(pyz, store, made, KEY_ID, 5)
    assert seen["deploys"] == 10
    assert seen["turns"] >= 1
    assert seen["faults"] == []


def test_that_a_board_without_regard_for_a_lease_would_be_found(
    pyz: Path, store: Path, made: list[Made], tmp_path: Path
):
    both_hold_it = threading.Barrier(len(made))
    seen = deploys(careless(pyz, tmp_path), store, made, KEY_ID, 5, lambda: both_hold_it.wait(60))
    assert seen["faults"].count("lease-lost") >= 5


def test_that_two_desktops_never_mix_their_orders(pyz: Path, store: Path, bundles: list[str]):
    seen = race(pyz, store, bundles, 20)
    assert seen["orders"] == 40
    assert seen["highest"] >= 40
    assert seen["faults"] == []


def test_that_a_board_without_a_lock_would_be_found(pyz: Path, store: Path, bundles: list[str], tmp_path: Path):
    import zipfile

    unlocked = tmp_path / "unlocked.pyz"
    with zipfile.ZipFile(pyz) as source, zipfile.ZipFile(unlocked, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "device_agent/store.py":
                content = content.replace(b"fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)", b"pass")
            target.writestr(name, content)
    assert any(race(unlocked, store, bundles, 25)["faults"] for _ in range(10))

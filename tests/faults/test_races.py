"""Two desktops at one board: every order is whole, every number is given once."""

from pathlib import Path

import pytest

from engine.package.keys import signing_key
from tests.device_agent.conftest import disk, pyz, store
from tests.device_agent.session import Agent, bundle, classifier

from .races import race

__all__ = ["disk", "pyz", "store"]


@pytest.fixture
def bundles(pyz: Path, store: Path, home: Path) -> list[str]:
    """Two bundles verified on the board, which trusts this desktop."""
    key = signing_key()
    (store / "keys" / f"{key.id}.pub").write_text(key.public.hex() + "\n")
    made = [bundle(), bundle(classifier(seed=1), name="other")]
    with Agent(pyz, store) as agent:
        assert [agent.stage(item)["state"] for item in made] == ["verified", "verified"]
    return [item.id for item in made]


def test_that_two_desktops_never_mix_their_orders(pyz: Path, store: Path, bundles: list[str]):
    seen = race(pyz, store, bundles, 20)
    assert seen["orders"] == 40
    assert seen["highest"] >= 40
    assert seen["faults"] == []


def test_that_a_board_without_a_lock_would_be_found(pyz: Path, store: Path, bundles: list[str], tmp_path: Path):
    import zipfile

    careless = tmp_path / "careless.pyz"
    with zipfile.ZipFile(pyz) as source, zipfile.ZipFile(careless, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "device_agent/store.py":
                content = content.replace(b"fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)", b"pass")
            target.writestr(name, content)
    assert race(careless, store, bundles, 25)["faults"] != []

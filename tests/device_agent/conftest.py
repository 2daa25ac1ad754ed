"""One archive of the agent for all tests, and a store of its own for each."""

import os
import tempfile
from pathlib import Path

import pytest

from engine.deploy import agent_archive

from .session import Agent, Made, bundle, classifier, trust


@pytest.fixture(scope="session")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("installed") / "agent" / "agent.pyz"
    path.parent.mkdir()
    path.write_bytes(agent_archive.content())
    return path


@pytest.fixture
def disk(tmp_path: Path):
    """A folder in memory where there is one: the agent syncs everything, and a real disk makes that slow."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="flyweight-test-") as folder:
        yield Path(folder)


@pytest.fixture
def store(disk: Path) -> Path:
    folder = disk / "board" / ".flyweight"
    trust(folder)
    return folder


@pytest.fixture
def agent(pyz: Path, store: Path):
    with Agent(pyz, store) as session:
        yield session


@pytest.fixture(scope="session")
def tiny() -> Made:
    """A good bundle."""
    return bundle()


@pytest.fixture(scope="session")
def other() -> Made:
    """Another good bundle."""
    return bundle(classifier(seed=1), name="other")


@pytest.fixture(scope="session")
def prepared(pyz: Path, tiny: Made, other: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store on which both bundles are verified, to start from a copy of it."""
    folder = tmp_path_factory.mktemp("prepared") / "store"
    trust(folder)
    with Agent(pyz, folder) as agent:
        assert [agent.stage(item)["state"] for item in (tiny, other)] == ["verified", "verified"]
    return folder

"""One archive of the agent for all tests, and a store of its own for each."""

from pathlib import Path

import pytest

from engine.deploy import agent_archive

from .session import Agent, Made, bundle, trust


@pytest.fixture(scope="session")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("agent") / "agent.pyz"
    path.write_bytes(agent_archive.content())
    return path


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "board" / ".flyweight"
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

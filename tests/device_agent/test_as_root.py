"""An agent that an SSH login starts as root answers only where its enrolment said that root is meant."""

import os
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError

from .session import Agent

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN: only root starts an agent as root")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an SSH server tells the programs it starts."""
    monkeypatch.setattr("tests.device_agent.session.MORE", {"SSH_CONNECTION": "192.0.2.1 5 192.0.2.2 22"})


def test_that_a_login_as_root_is_refused_with_the_remedy_and_nothing_is_done_for_it(
    pyz: Path, store: Path, elsewhere: None
):
    with Agent(pyz, store, greet=False) as agent:
        with pytest.raises(AgentError, match="does not run as root") as refused:
            agent.request("hello", {"major": 1, "minor": 0})
        assert refused.value.code == "runs-as-root"
        assert "--allow-root" in refused.value.remedy
        assert "flyweight@HOST" in refused.value.remedy
        with pytest.raises(AgentError, match="first request"):
            agent.request("blob.open", {"sha256": "0" * 64, "size": 1})


def test_that_a_login_as_root_that_is_meant_is_served_and_remarked(pyz: Path, store: Path, elsewhere: None):
    (store / "allow-root").touch()
    with Agent(pyz, store) as agent:
        assert any("root" in note for note in agent.hello["notes"])


def test_that_an_agent_started_on_the_machine_itself_needs_no_leave(pyz: Path, store: Path):
    with Agent(pyz, store) as agent:
        assert agent.hello["device_id"]

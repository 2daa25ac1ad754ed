"""Desktop and agent of neighbouring minor versions understand each other; the older one is a frozen archive."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from device_agent.contract.messages import Hello, MeasurePlan, PlanEntry, RuntimeChoice, SlotList, StopRule, encode
from device_agent.contract.version import MAJOR, MINOR
from engine.deploy.agent_client import AgentClient
from engine.deploy.release import Trial, activate, switch
from engine.deploy.transport import Deadline
from engine.errors import RejectedError
from engine.events import ignore
from engine.measure.plan import processes
from engine.measure.trust import check_answer, unpack_raw
from engine.package.keys import signing_key
from tests.device_agent.conftest import disk, pyz, store
from tests.device_agent.session import Agent, Made, bundle
from tests.faults.links import Fault, FaultyLine

__all__ = ["disk", "pyz", "store"]

OLD = Path(__file__).parents[1] / "cases" / "agents" / "agent-1.0.pyz"
"""The agent of protocol 1.0, as it was before trials."""


@pytest.fixture
def trusting(store: Path, home: Path) -> Path:
    """A store that trusts this desktop and the tests."""
    key = signing_key()
    (store / "keys" / f"{key.id}.pub").write_text(key.public.hex() + "\n")
    return store


@pytest.fixture
def client(trusting: Path):
    """This desktop, greeted by the old agent, on whose board a bundle is verified."""
    line = FaultyLine(OLD, trusting, Fault("none", True, -1))
    yield AgentClient(line, line, timeout_s=30)
    line.end()


@pytest.fixture
def made(trusting: Path) -> Made:
    made = bundle()
    with Agent(OLD, trusting) as old:
        assert (old.hello["major"], old.hello["minor"]) == (1, 0)
        assert old.stage(made)["state"] == "verified"
    return made


def test_that_the_frozen_agent_is_the_one_that_was_frozen():
    assert (MAJOR, MINOR) >= (1, 1)
    digest = hashlib.sha256(OLD.read_bytes()).hexdigest()
    assert digest == "bc294b465e741e58f58bf3312bfd6cc24a1fb11c70a6d17b6efb1de07c232eb0"


def test_that_this_desktop_works_with_an_agent_one_minor_older(made: Made, client: AgentClient):
    content = b"weights" * 1000
    assert client.put_blob(content, hashlib.sha256(content).hexdigest()) == len(content)
    assert activate(client, {"main": made.id})[0] == {"main": 1}
    listed = client.slots()
    assert listed.slots["main"].current == 1
    assert listed.trial_left_s is None


def test_that_an_older_agent_is_not_asked_for_a_trial_it_would_not_hold(made: Made, client: AgentClient):
    with pytest.raises(RejectedError, match="trial"):
        switch(client, {"main": made.id}, Trial(60), ignore, Deadline(30))
    assert client.slots().slots == {}


def test_that_an_older_agent_that_knows_no_lease_is_not_asked_for_one(made: Made, client: AgentClient):
    with client.lease("a deploy"):
        assert activate(client, {"main": made.id})[0] == {"main": 1}


def test_that_an_older_agent_measures_with_one_process_whatever_it_is_asked(made: Made, client: AgentClient):
    assert processes(StopRule(), client.hello.minor) == 1
    entry = PlanEntry(made.id, "model.onnx", RuntimeChoice("onnxruntime"))
    stop = StopRule(min_n=30, min_s=0.02, max_s=0.5, half_width=0.5)
    plan = MeasurePlan(
        [entry], "nonce", 0, stop, 0.002, 10, warmup_max_s=0.1, processes=8
    )  # which it has never heard of
    result, raw = client.measure(plan)
    check_answer(plan, result, unpack_raw(result, raw), client.hello)
    assert len(result.blocks) >= 10
    assert {block.process for block in result.blocks} == {0}


def test_that_an_older_desktop_reads_what_this_agent_says(trusting: Path, pyz: Path):
    with Agent(pyz, trusting) as agent:
        said = {"Hello": agent.hello, "SlotList": agent.request("slot.list")}
    assert said["SlotList"] == encode(SlotList())
    assert said["Hello"]["minor"] == MINOR
    program = (
        "import json, sys; sys.path.insert(0, sys.argv[1]); from device_agent.contract import messages\n"
        "for name, value in json.load(sys.stdin).items(): messages.decode(getattr(messages, name), value)\n"
        "from device_agent.contract.version import MINOR; print(MINOR)"
    )
    command = [sys.executable, "-I", "-S", "-c", program, str(OLD)]
    done = subprocess.run(command, input=json.dumps(said), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr
    assert Hello.__name__ in said


def test_that_an_older_store_is_taken_over_by_this_agent_and_given_back(made: Made, trusting: Path, pyz: Path):
    with Agent(OLD, trusting) as old:
        old.activate({"main": made.id}, 1)
    with Agent(pyz, trusting) as new:
        assert new.slots()["main"]["current"] == 1
        new.activate({"main": made.id, "ear": made.id}, 2)
    with Agent(OLD, trusting) as old:
        assert {name: slot["current"] for name, slot in old.slots().items()} == {"main": 2, "ear": 2}
        assert old.activate({"main": made.id}, 3) == {"main": 3}

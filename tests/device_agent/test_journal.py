"""The agent's log: what was done stands in it, it stays small, and nothing depends on it."""

import json
from pathlib import Path

import pytest

from device_agent import journal
from device_agent.contract.errors import AgentError
from device_agent.store import Store

from .session import Agent, bundle


def lines(agent: Agent, cursor: str = "", limit: int = 1 << 16) -> tuple[str, list[dict]]:
    reply, payload = agent.result(agent.send("log.read", {"limit": limit, "cursor": cursor}))
    return reply["cursor"], [json.loads(line) for line in payload.splitlines()]


@pytest.fixture
def kept(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "kept"))


def test_that_switches_trials_and_refusals_stand_in_the_log_in_their_order(agent: Agent):
    made = bundle()
    assert lines(agent) == ("0:0", [])
    agent.stage(made)
    agent.activate({"main": made.id}, 1)
    with pytest.raises(AgentError):
        agent.activate({"main": made.id}, 1, trial={"window_s": 60})
    order = {"window_s": 60, "health": ["false"], "hook": []}
    agent.activate({"main": made.id, "ear": made.id}, 2, trial=order)
    cursor, said = lines(agent)
    assert [line["what"] for line in said] == ["bundle.stage", "activate", "failed", "activate"]
    assert said[0]["state"] == "verified"
    assert said[1]["slots"] == {"main": [1, made.id, json.loads(made.manifest)["name"]]}
    assert (said[1]["trial"], said[3]["trial"]) == (False, True)
    assert (said[2]["op"], said[2]["code"]) == ("slot.activate", "old-order")
    again, more = lines(agent, cursor)
    assert (again, more) == (cursor, [])


def test_that_a_trial_that_is_not_well_says_why_it_went_back(agent: Agent):
    made = bundle()
    agent.stage(made)
    agent.activate({"main": made.id}, 1)
    agent.activate({"main": made.id}, 2, trial={"window_s": 1.0, "health": ["sh", "-c", "echo hot; false"], "hook": []})
    name = json.loads((agent.home / "active" / "state.json").read_text())["order"]
    cursor = lines(agent)[0]
    assert agent.request("slot.check", {"order": name})["healthy"] is False
    said = lines(agent, cursor)[1]
    assert [line["what"] for line in said] == ["revert"]
    assert (said[0]["tried"], said[0]["back"]) == ({"main": 2}, {"main": 1})
    assert said[0]["said"].endswith("hot")


def test_that_no_command_of_a_trial_is_written_down(agent: Agent):
    made = bundle()
    agent.stage(made)
    agent.activate({"main": made.id}, 1, trial={"window_s": 60, "health": ["true", "secret-token"], "hook": []})
    assert "secret-token" not in (agent.home / "log" / "agent.log").read_text()


def test_that_the_log_stays_small_and_the_newest_lines_are_read(kept: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(journal, "MAX_FILE_BYTES", 4000)
    cursor = ""
    seen: list[int] = []
    for number in range(200):
        journal.note(kept, "test", number=number)
        if number % 20 == 19:
            cursor, data = journal.read(kept, 1 << 20, cursor)
            seen += [json.loads(line)["number"] for line in data.splitlines()]
    assert seen == list(range(200)), "whoever follows it sees every line once, across rotations"
    sizes = {path.name: path.stat().st_size for path in Path(kept.path("log")).iterdir()}
    assert set(sizes) == {"agent.log", "agent.log.1"}
    assert max(sizes.values()) < 4000 + 300
    few = [json.loads(line)["number"] for line in journal.read(kept, 500, "")[1].splitlines()]
    assert few == list(range(200 - len(few), 200))
    assert few


def test_that_a_line_torn_by_a_power_cut_costs_no_other_line(kept: Store):
    journal.note(kept, "before")
    with Path(kept.path("log", "agent.log")).open("ab") as stream:
        stream.write(b'{"t": 1, "what": "to')
    cursor, data = journal.read(kept, 1 << 20, "")
    assert [json.loads(line)["what"] for line in data.splitlines()] == ["before"]
    journal.note(kept, "after")
    torn, after = journal.read(kept, 1 << 20, cursor)[1].splitlines()
    assert torn == b'{"t": 1, "what": "to'
    assert json.loads(after)["what"] == "after"


def test_that_a_log_that_cannot_be_written_stops_nothing(kept: Store):
    Path(kept.path("log")).write_text("in the way")
    journal.note(kept, "lost")
    assert journal.read(kept, 1000, "") == ("0:0", b"")


def test_that_a_line_names_the_desktop_it_came_from(kept: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SSH_CONNECTION", "192.168.1.7 50022 192.168.1.30 22")
    journal.note(kept, "asked")
    assert json.loads(journal.read(kept, 1000, "")[1])["from"] == "192.168.1.7"


def test_that_long_texts_are_cut(kept: Store):
    journal.note(kept, "long", said="x" * 5000)
    assert len(json.loads(journal.read(kept, 1 << 20, "")[1])["said"]) == journal.MAX_TEXT

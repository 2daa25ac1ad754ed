"""A desktop that deploys has the board until it is done, gone or silent; who is refused is told all of that."""

import signal
import zipfile
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError

from .session import Agent, Made, bundle, classifier, entry, order, plan

CLAIM = {"who": "ann@lab", "what": "a deploy of tiny"}
SHORT_S = 0.4


def impatient(pyz: Path, folder: Path, lease_s: float = SHORT_S) -> Path:
    """The agent with a lease and a wait of other lengths."""
    path = folder / "impatient.pyz"
    with zipfile.ZipFile(pyz) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            content = content.replace(b"LEASE_S = 60.0", b"LEASE_S = %g" % lease_s)
            target.writestr(name, content.replace(b"LOCK_WAIT_S = 3.0", b"LOCK_WAIT_S = 0.1"))
    return path


@pytest.fixture
def quick(pyz: Path, disk: Path) -> Path:
    """An agent that answers at once that the board is taken."""
    return impatient(pyz, disk, 60.0)


def refused(act) -> AgentError:
    with pytest.raises(AgentError) as caught:
        act()
    return caught.value


def test_that_between_two_operations_of_a_deploy_no_other_desktop_changes_or_measures(
    quick: Path, store: Path, tiny: Made
):
    with Agent(quick, store) as ann, Agent(quick, store) as ben:
        ann.stage(tiny)
        ann.request("lease.take", CLAIM)
        acts = [
            lambda: ben.put(b"other"),
            lambda: ben.stage(tiny),
            lambda: ben.activate({"main": tiny.id}, 1),
            lambda: ben.request("measure", plan([entry(tiny.id)])),
            lambda: ben.request("lease.take", {"who": "ben@desk", "what": "a deploy"}),
            lambda: ben.request("keys.change", order(ben.hello["device_id"], {}, 1)),
        ]
        for act in acts:
            error = refused(act)
            assert error.code == "busy"
            assert error.message.startswith("ann@lab has this board for a deploy of tiny since ")
            assert "free in " in error.remedy
        assert ben.slots() == {}  # looking is free
        assert ann.activate({"main": tiny.id}, 1) == {"main": 1}
        ann.request("lease.drop")
        assert ben.activate({"main": tiny.id}, 2) == {"main": 2}


@pytest.mark.parametrize("end", [Agent.close, Agent.kill])
def test_that_a_session_that_ends_frees_the_board_at_once(quick: Path, store: Path, end):
    with Agent(quick, store) as ben:
        ann = Agent(quick, store)
        ann.request("lease.take", CLAIM)
        assert refused(lambda: ben.put(b"x")).code == "busy"
        end(ann)
        ben.put(b"x")


def test_that_a_silent_desktop_loses_the_board_and_is_told_when_it_comes_back(
    pyz: Path, store: Path, disk: Path, tiny: Made
):
    agent = impatient(pyz, disk)
    with Agent(agent, store) as ann, Agent(agent, store) as ben:
        ann.stage(tiny)
        ann.request("lease.take", CLAIM)
        assert refused(lambda: ben.put(b"x")).code == "busy"
        while ben.request("lease.show")["lease"] is not None:
            pass
        assert ben.activate({"main": tiny.id}, 1) == {"main": 1}
        assert refused(lambda: ann.activate({"main": tiny.id}, 2)).code == "lease-lost"
        assert ann.slots()["main"]["current"] == 1
        assert ann.activate({"main": tiny.id}, 3) == {"main": 3}  # it was told; what it does now it does knowingly


def test_that_a_desktop_that_goes_on_keeps_the_board_for_longer_than_one_lease(pyz: Path, store: Path, disk: Path):
    agent = impatient(pyz, disk)
    with Agent(agent, store) as ann, Agent(agent, store) as ben:
        ann.request("lease.take", CLAIM)
        held = 0.0
        for number in range(100_000):
            ann.put(b"%d" % number)
            claim = ben.request("lease.show")["lease"]
            assert claim["who"] == "ann@lab"
            assert 0 < claim["left_s"] <= SHORT_S
            held = claim["held_s"]
            if held > 2 * SHORT_S:
                break
        assert held > 2 * SHORT_S
        assert refused(lambda: ben.put(b"x")).code == "busy"


def test_that_a_silent_desktop_keeps_the_board_as_long_as_nobody_else_comes(pyz: Path, store: Path, disk: Path):
    agent = impatient(pyz, disk, 0.001)
    with Agent(agent, store) as ann:
        ann.request("lease.take", CLAIM)
        ann.put(b"x")
        assert ann.request("lease.show") == {"lease": None, "holder": None}  # its own is no other's


def test_that_a_lease_from_before_the_last_start_of_the_board_is_none(pyz: Path, store: Path):
    words = '{"who": "ann", "what": "a deploy", "desktop": "", "process": 1, "since_s": 0, "until_s": 1e12}'
    (store / "lease").write_text(words)
    with Agent(pyz, store) as ben:
        assert ben.request("lease.show")["lease"] is None
        ben.put(b"x")
    assert not (store / "lease").exists()


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff", b'{"who": 1, "what": 2, "since_s": null, "until_s": 3}']
)
def test_that_a_damaged_lease_keeps_nobody_away(pyz: Path, store: Path, content: bytes):
    import fcntl

    (store / "lease").write_bytes(content)
    with (store / "lease").open("rb") as stream, Agent(pyz, store) as ben:
        fcntl.flock(stream, fcntl.LOCK_EX)
        ben.put(b"x")


def test_that_a_desktop_that_comes_again_need_not_wait_for_its_own_dead_session(quick: Path, store: Path):
    own = {**CLAIM, "desktop": "d" * 32}
    with Agent(quick, store) as dead, Agent(quick, store) as again, Agent(quick, store) as ben:
        dead.request("lease.take", own)
        name = dead.put(b"begun")
        dead.send("blob.put", {"sha256": name[::-1], "size": 10, "offset": 0})  # and then its link is silent
        while ben.request("lease.show")["holder"] is None:
            pass
        assert refused(lambda: ben.request("lease.take", {**CLAIM, "desktop": "e" * 32})).code == "busy"
        assert refused(lambda: ben.request("lease.take", CLAIM)).code == "busy"
        again.request("lease.take", own)
        assert dead.process.wait(10) == 0
        again.put(b"more")
        assert refused(lambda: ben.put(b"x")).code == "busy"


def test_that_an_idle_dead_session_of_a_desktop_is_told_when_it_wakes_up(quick: Path, store: Path):
    own = {**CLAIM, "desktop": "d" * 32}
    with Agent(quick, store) as dead, Agent(quick, store) as again:
        dead.request("lease.take", own)
        again.request("lease.take", own)
        assert refused(lambda: dead.put(b"x")).code == "lease-lost"
        again.put(b"y")


def test_that_unlocking_ends_the_lease_and_whatever_holds_the_store(quick: Path, store: Path, tiny: Made):
    other = bundle(classifier(seed=1), name="other")
    with Agent(quick, store) as ann, Agent(quick, store) as ben:
        ann.stage(tiny)
        ann.request("lease.take", CLAIM)
        long = {"min_n": 100_000, "min_s": 60.0, "max_s": 120.0, "half_width": 1e-9}
        ann.send("measure", plan([entry(tiny.id)], stop=long))
        from device_agent.contract import codec

        codec.read_json(ann._stdout.read)  # its first event: it is at it
        found = ben.request("lease.break")
        assert found["lease"]["who"] == "ann@lab"
        assert f"(process {ann.process.pid}," in found["holder"]
        assert ann.process.wait(10) == 0
        ben.stage(other)


def test_that_unlocking_ends_an_agent_that_hears_no_signal(quick: Path, store: Path, monkeypatch: pytest.MonkeyPatch):
    from device_agent import holder

    with Agent(quick, store) as ann:
        name = ann.put(b"begun")
        ann.send("blob.put", {"sha256": name[::-1], "size": 10, "offset": 0})
        while holder.who(str(store / "lock")) is None:
            pass
        ann.process.send_signal(signal.SIGSTOP)
        monkeypatch.setattr(holder, "END_S", 0.2)
        holder.end(str(store / "lock"))
        assert ann.process.wait(10) == -signal.SIGKILL


def test_that_unlocking_a_free_board_changes_nothing(pyz: Path, store: Path):
    with Agent(pyz, store) as ben:
        assert ben.request("lease.break") == {"lease": None, "holder": None}
        ben.put(b"x")

"""The session: frames in, frames out, whatever comes."""

import contextlib
import json
import os
import signal
import struct
import subprocess
import time
from pathlib import Path

import pytest

from device_agent.contract import codec
from device_agent.contract.errors import AgentError
from device_agent.contract.version import MAJOR, MINOR
from device_agent.generations import Generations, State
from device_agent.operations import written_bytes
from device_agent.store import Store

from .session import Agent, sha256


def test_that_the_hello_tells_versions_board_machine_and_sensors(agent: Agent):
    hello = agent.hello
    assert (hello["major"], hello["minor"]) == (MAJOR, MINOR)
    assert hello["root"] == "/"
    assert hello["machine"]["cpus"] >= 1
    assert hello["machine"]["ram_bytes"] > 1e8
    assert hello["machine"]["libc"].startswith("glibc")
    assert hello["machine"]["boot_id"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert {item["unit"] for item in hello["samples"]} >= {"C", "MHz", "W"}
    assert all(item["reason"] for item in hello["samples"] if item["value"] is None)


def test_that_the_agent_id_is_the_hash_of_the_archive(agent: Agent, pyz: Path):
    assert agent.hello["agent_id"] == sha256(pyz.read_bytes())


def test_that_the_random_device_id_stays_the_same(agent: Agent, pyz: Path):
    assert agent.hello["device_id_source"] == "random"
    with Agent(pyz, agent.home) as again:
        assert again.hello["device_id"] == agent.hello["device_id"]


def test_that_two_agents_on_a_fresh_store_agree_on_the_device_id(pyz: Path, store: Path):
    pairs = [Agent(pyz, store, greet=False) for _ in range(4)]
    try:
        requests = [(agent, agent.send("hello", {"major": 1, "minor": 0})) for agent in pairs]
        assert len({agent.result(request)[0]["device_id"] for agent, request in requests}) == 1
    finally:
        for agent in pairs:
            agent.close()


def test_that_an_agent_says_when_it_runs_as_root(agent: Agent):
    assert any("root" in note for note in agent.hello["notes"]) == (os.geteuid() == 0)


def test_that_the_agent_ends_when_stdin_closes(agent: Agent):
    assert agent.close() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_that_a_signal_ends_the_agent_cleanly(agent: Agent, number: signal.Signals):
    agent.process.send_signal(number)
    assert agent.process.wait(5) == 0


def test_that_shutdown_is_answered_before_the_end(agent: Agent):
    assert agent.request("shutdown") == {}
    assert agent.process.wait(5) == 0


def test_that_another_major_version_is_refused_with_the_remedy(pyz: Path, store: Path):
    with Agent(pyz, store, greet=False) as agent:
        with pytest.raises(AgentError, match="protocol 2") as caught:
            agent.request("hello", {"major": 2, "minor": 0})
        assert caught.value.code == "version"
        assert "device add" in caught.value.remedy
        with pytest.raises(AgentError, match="hello"):
            agent.request("slot.list")


def test_that_fields_of_a_newer_minor_version_are_ignored(pyz: Path, store: Path):
    with Agent(pyz, store, greet=False) as agent:
        assert agent.request("hello", {"major": 1, "minor": 7, "news": [1, 2]})["major"] == 1


def test_that_a_repeated_id_gets_the_stored_reply(agent: Agent):
    first = agent.request("ping", id="same")
    assert agent.request("ping", id="same") == first
    assert agent.request("ping", id="other") != first


def test_that_a_repeated_upload_is_answered_and_its_chunks_are_skipped(agent: Agent):
    content = b"c" * 100
    args = {"sha256": sha256(content), "size": 100, "offset": 0}
    for _ in range(2):
        name = agent.send("blob.put", args, id="upload")
        agent.send_raw(codec.chunk_header(100) + content)
        assert agent.result(name)[0] == {"bytes": 100}
    assert agent.request("ping")


def test_that_stored_replies_are_bounded(agent: Agent):
    first = agent.request("ping", id="first")
    for _ in range(64):
        agent.request("ping")
    assert agent.request("ping", id="first") != first


def test_that_a_session_tells_what_it_wrote_to_disks(agent: Agent, tmp_path: Path):
    assert agent.request("ping")["written"] == 0, "the store lies in memory, which is no disk"
    told = tmp_path / "io"
    told.write_text("rchar: 5\nwchar: 7\nread_bytes: 0\nwrite_bytes: 1052672\ncancelled_write_bytes: 0\n")
    assert written_bytes(str(told)) == 1_052_672
    assert written_bytes(str(tmp_path / "none")) is None


def test_that_a_session_that_is_asked_for_hours_stays_small(agent: Agent, store: Path):
    history = [
        {"release": n, "bundle": f"{n:064x}", "state": "committed", "name": f"net {n}"} for n in range(50, 0, -1)
    ]
    slots = {name: {"current": 50, "releases": history} for name in ("main", "second")}
    Generations(Store(str(store))).switch(State({"number": 1, "slots": slots}))
    for _ in range(10):
        agent.request("slot.list")
    before = agent.rss_bytes()
    for _ in range(70):
        assert len(agent.slots()["main"]["releases"]) == 50
    grown = agent.rss_bytes() - before
    assert grown < 3 << 16, f"{grown} bytes; 64 stored replies of 16 kB each would show"


def test_that_what_only_looks_is_done_anew_and_what_changes_is_not(agent: Agent, store: Path):
    """Else a session that watches a board for hours would keep the replies it had, and answer with an old one."""
    assert agent.request("slot.list", id="looked")["slots"] == {}
    assert agent.request("lease.take", {"who": "a", "what": "b"}, id="taken")
    slots = {"main": {"current": 1, "releases": [{"release": 1, "bundle": "0" * 64, "state": "committed"}]}}
    Generations(Store(str(store))).switch(State({"number": 1, "slots": slots}))
    assert agent.request("slot.list", id="looked")["slots"]["main"]["current"] == 1
    assert agent.request("lease.drop") == {}
    assert agent.request("lease.take", {"who": "a", "what": "b"}, id="taken")["seconds"] > 0
    assert agent.request("lease.show")["lease"] is None, "the second answer took nothing"


def test_that_an_unknown_operation_is_an_answer_and_not_the_end(agent: Agent):
    with pytest.raises(AgentError, match="does not know 'rm -rf'"):
        agent.request("rm -rf")
    assert agent.request("ping")


@pytest.mark.parametrize(
    ("op", "args"),
    [
        ("blob.open", {"sha256": "../../etc/passwd", "size": 1}),
        ("blob.open", {"sha256": "0" * 64, "size": -1}),
        ("blob.open", {"sha256": "0" * 64, "size": True}),
        ("blob.open", {"sha256": "0" * 64, "size": "1"}),
        ("blob.open", {}),
        ("bundle.stage", {"manifest": "/etc/passwd", "signature": "00", "key": "k"}),
        ("bundle.stage", {"manifest": "0" * 64, "signature": "00", "key": "k"}),
        ("slot.activate", {"order": "{}", "signature": "zz", "key": "k"}),
        ("predict", {"slot": "../../..", "inputs": [{"sha256": "0" * 64, "kind": "png"}]}),
        ("predict", {"slot": "main", "inputs": []}),
        ("env.install", {"env": "../x", "wheels": []}),
        ("env.install", {"env": "0" * 64, "wheels": []}),
        ("env.install", {"env": "0" * 64, "wheels": 7}),
        ("runtimes", {"env": "/"}),
        ("measure", {"entries": [], "nonce": "n", "seed": 1}),
        ("measure", {"entries": [{"bundle": "../..", "file": "x", "runtime": {"id": "r"}}], "nonce": "n"}),
        ("measure", 5),
    ],
)
def test_that_bad_arguments_are_an_answer_with_a_remedy_and_not_the_end(agent: Agent, op: str, args: object):
    with pytest.raises(AgentError) as caught:
        agent.request(op, args)  # type: ignore[arg-type]
    assert caught.value.code not in ("", "agent-failed")
    assert caught.value.remedy
    assert agent.request("ping")


@pytest.mark.parametrize(
    "data",
    [
        b"Z\x00\x00\x00\x01x",
        struct.pack(">cI", b"J", 2**31),
        struct.pack(">cI", b"C", 4) + b"abcd",
        struct.pack(">cI", b"J", 3) + b"[1]",
        struct.pack(">cI", b"J", 8) + b'{"a":NaN',
        struct.pack(">cI", b"J", 2) + b"{}",
        struct.pack(">cI", b"J", 4) + b"\xff\xfe\x00\x00",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_that_a_session_out_of_step_ends_with_an_error_frame(agent: Agent, data: bytes):
    agent.send_raw(data)
    message = agent.answer()
    assert message["id"] == ""
    assert message["error"]["code"] == "contract"
    assert agent.process.wait(5) == 1


def test_that_a_stream_cut_inside_a_frame_ends_the_agent(agent: Agent):
    agent.send_raw(codec.HEADER.pack(b"J", 500) + b'{"id"')
    assert agent.close() == 0


def test_that_hostile_nesting_and_numbers_are_refused(agent: Agent):
    text = json.dumps({"id": "a", "op": "ping", "args": {"x": 2**70}}).encode()
    agent.send_raw(codec.HEADER.pack(b"J", len(text)) + text)
    assert "64 bits" in agent.answer()["error"]["message"]


def test_that_an_upload_which_stalls_beyond_its_deadline_ends_the_session(agent: Agent):
    """What follows would be content, and content must never be read as a request."""
    name = agent.send("blob.put", {"sha256": "0" * 64, "size": 1000, "offset": 0}, deadline_s=0.3)
    agent.send_raw(codec.chunk_header(1000) + b"x" * 10)
    start = time.monotonic()
    with pytest.raises(AgentError, match="deadline"):
        agent.result(name)
    assert time.monotonic() - start < 5
    assert agent.process.wait(5) == 1


def test_that_a_request_inside_an_upload_is_out_of_step(agent: Agent):
    agent.send("blob.put", {"sha256": "0" * 64, "size": 1000, "offset": 0})
    agent.send("ping")
    assert "out of step" in agent.answer()["error"]["message"]
    assert agent.process.wait(5) == 1


def test_that_a_second_desktop_is_told_that_the_board_is_busy(agent: Agent, pyz: Path):
    agent.send("blob.put", {"sha256": "0" * 64, "size": 1000, "offset": 0})
    part = agent.home / "staging" / ("0" * 64 + ".part")
    while not part.exists():
        assert agent.process.poll() is None
        time.sleep(0.01)
    with Agent(pyz, agent.home) as other:
        with pytest.raises(AgentError) as caught:
            other.request("blob.open", {"sha256": "1" * 64, "size": 5}, deadline_s=0.2)
        assert caught.value.code == "busy"


def test_that_a_session_which_is_about_to_end_is_waited_for(agent: Agent, pyz: Path):
    agent.send("blob.put", {"sha256": "0" * 64, "size": 1000, "offset": 0})
    part = agent.home / "staging" / ("0" * 64 + ".part")
    while not part.exists():
        time.sleep(0.01)
    with Agent(pyz, agent.home) as other:
        name = other.send("blob.open", {"sha256": "1" * 64, "size": 5})
        time.sleep(0.1)
        agent.kill()
        assert other.result(name)[0] == {"offset": 0, "complete": False}


def test_that_the_idle_agent_stays_below_its_memory_budget(agent: Agent):
    assert agent.rss_bytes() <= 16_500_000, "budget 15 MB, with room for other builds of Python"


def test_that_the_archive_is_small(pyz: Path):
    assert pyz.stat().st_size <= 200_000


def test_that_nothing_a_library_prints_gets_between_the_frames(pyz: Path, store: Path, tmp_path: Path):
    """The agent's stdout is a private copy: file descriptor 1 leads to stderr."""
    with Agent(pyz, store) as agent:
        assert os.path.realpath(f"/proc/{agent.process.pid}/fd/1") == os.path.realpath(
            f"/proc/{agent.process.pid}/fd/2"
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT RUN: root alone mounts the small disk it needs")
def test_that_a_full_disk_is_told_in_words(pyz: Path, tmp_path: Path):
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "small", disk], check=True)
    try:
        with Agent(pyz, disk / ".flyweight") as agent:
            with contextlib.suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
                while filler.write(bytes(4096)):
                    pass
            with pytest.raises(AgentError) as full:
                agent.request("lease.take", {"who": "a", "what": "x" * 100, "desktop": "d"})
            assert (full.value.code, full.value.message) == ("no-space", "the board's disk is full")
            assert "free some space" in full.value.remedy
            (disk / "filler").unlink()
            assert agent.request("lease.take", {"who": "a", "what": "x", "desktop": "d"})
    finally:
        subprocess.run(["umount", "-l", disk], check=True)

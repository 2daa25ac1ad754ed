"""Who is refused is told who holds the board, since when, and what ends it; nothing is written down for that."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError
from device_agent.holder import describe

from .sensors.test_sensors import tree
from .session import Agent, Made, entry, plan

LONG = {"min_n": 100_000, "min_s": 60.0, "max_s": 120.0, "half_width": 1e-9}


def test_that_a_refused_desktop_is_told_the_process_that_holds_the_board_and_killing_it_frees_the_board(
    pyz: Path, store: Path, tiny: Made
):
    with Agent(pyz, store) as first, Agent(pyz, store) as second:
        first.stage(tiny)
        first.send("measure", plan([entry(tiny.id)], stop=LONG))
        while not first.events:
            first.events.append(_event(first))
        with pytest.raises(AgentError) as caught:
            second.put(b"content")
        assert caught.value.code == "busy"
        assert f"(process {first.process.pid}, its session began " in caught.value.message
        assert caught.value.remedy.endswith(f"kill {first.process.pid}")
        os.kill(first.process.pid, signal.SIGTERM)
        first.process.wait(20)
        second.put(b"content")


def _event(agent: Agent) -> dict:
    from device_agent.contract import codec

    return codec.read_json(agent._stdout.read)["event"]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("python3\0agent.pyz\0serve\0", "a desktop at 192.0.2.7 changes or measures this board right now"),
        ("python3\0agent.pyz\0job\0", "a measurement of a desktop at 192.0.2.7 goes on without it right now"),
    ],
)
def test_that_the_desktop_is_named_by_the_address_it_came_from(tmp_path: Path, command: str, message: str):
    lock = tmp_path / "lock"
    lock.touch()
    root = tree(
        tmp_path / "proc",
        {
            "locks": f"1: POSIX  ADVISORY  WRITE 9 08:01:{lock.stat().st_ino} 0 EOF\n"
            f"2: FLOCK  ADVISORY  WRITE 8 08:02:{lock.stat().st_ino} 0 EOF\n"
            f"3: FLOCK  ADVISORY  WRITE 713 08:01:{lock.stat().st_ino} 0 EOF\n",
            "8/cmdline": "somebody\0else\0",
            "713/cmdline": command,
            "713/environ": "HOME=/home/pi\0SSH_CONNECTION=192.0.2.7 50000 192.0.2.9 22\0",
            "713/stat": "713 (python3 (x)) S 1 " + "0 " * 17 + f"{100 * os.sysconf('SC_CLK_TCK')} 0\n",
            "uptime": "142.5 100.0\n",
        },
    )
    said, remedy = describe(str(lock), str(root))
    assert said == f"{message} (process 713, its session began 42 s ago)"
    assert remedy.endswith("kill 713")


def test_that_a_board_whose_kernel_does_not_tell_still_answers(tmp_path: Path):
    (tmp_path / "lock").touch()
    assert describe(str(tmp_path / "lock"), str(tmp_path / "nothing"))[0].startswith("another desktop")


def test_that_a_lock_without_an_agent_names_nobody(tmp_path: Path):
    lock = tmp_path / "lock"
    program = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print('held', flush=True); input()"
    command = [sys.executable, "-c", program, str(lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert describe(str(lock))[0].startswith("another desktop")
        holder.communicate(b"\n")

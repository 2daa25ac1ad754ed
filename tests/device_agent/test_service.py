"""A real service is paused for a run and resumed after it, however the run ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from device_agent.contract.errors import AgentError

from .session import KEY, KEY_ID, Agent, Made, entry, order, plan, sha256

LONG = {"min_n": 100_000, "min_s": 60.0, "max_s": 120.0, "half_width": 1e-9}
DAEMON = """
import os, subprocess, sys
null = subprocess.DEVNULL
process = subprocess.Popen(["sleep", "600"], stdin=null, stdout=null, stderr=null, start_new_session=True)
open(sys.argv[1], "w").write(str(process.pid))
open(sys.argv[2], "a").write("start\\n")
"""
STOP = """
import os, signal, sys, time
open(sys.argv[2] + ".begun", "w").close()
time.sleep(float(sys.argv[3]))
os.kill(int(open(sys.argv[1]).read()), signal.SIGTERM)
open(sys.argv[2], "a").write("stop\\n")
"""


class Service:
    """A process that sleeps, with commands that stop it and start it, and what they did in turn."""

    def __init__(self, folder: Path, slow_s: float = 0.0) -> None:
        self.pid_file, self.log = folder / "pid", folder / "log"
        self.start = [sys.executable, "-I", "-S", "-c", DAEMON, str(self.pid_file), str(self.log)]
        self.stop = [sys.executable, "-I", "-S", "-c", STOP, str(self.pid_file), str(self.log), str(slow_s)]
        subprocess.run(self.start, check=True)

    def runs(self) -> bool:
        try:
            words = Path(f"/proc/{self.pid_file.read_text()}/cmdline").read_bytes()
        except OSError:
            return False
        return words.startswith(b"sleep\0")

    @property
    def did(self) -> list[str]:
        return self.log.read_text().split()

    def end(self) -> None:
        if self.runs():
            os.kill(int(self.pid_file.read_text()), signal.SIGKILL)


@pytest.fixture
def service(tmp_path: Path):
    made = Service(tmp_path)
    yield made
    made.end()


def wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def signed(agent: Agent, pause: list[str], resume: list[str], **more: Any) -> dict[str, str]:
    words = {"kind": "service", "pause": pause, "resume": resume, **more}
    return order(agent.hello["device_id"], {}, 1, **words)


def asked(agent: Agent, made: Made, service: dict[str, str], **more: Any) -> dict[str, Any]:
    return plan([entry(made.id)], service=service, **more)


def test_that_the_service_is_paused_for_the_run_and_resumed_after_it(agent: Agent, tiny: Made, service: Service):
    agent.stage(tiny)
    name = agent.send("measure", asked(agent, tiny, signed(agent, service.stop, service.start)))
    wait(lambda: not service.runs())
    result, _ = agent.result(name)
    assert result["conditions"]["service"] == "paused and resumed"
    assert service.runs()
    assert service.did == ["start", "stop", "start"]
    assert not (agent.home / "restore.json").exists()


@pytest.mark.parametrize("moment", ["measuring", "pausing"])
def test_that_the_service_comes_back_when_the_agent_is_killed(
    pyz: Path, store: Path, tiny: Made, tmp_path: Path, moment: str
):
    service = Service(tmp_path, slow_s=0.7 if moment == "pausing" else 0.0)
    try:
        agent = Agent(pyz, store)
        agent.stage(tiny)
        agent.send("measure", asked(agent, tiny, signed(agent, service.stop, service.start), stop=LONG))
        wait(service.log.with_suffix(".begun").exists)
        assert (store / "restore.json").exists()
        if moment == "measuring":
            wait(lambda: not service.runs())
        agent.kill()
        assert service.did == ["start", "stop"] if moment == "measuring" else service.did == ["start"]
        wait(lambda: not (store / "restore.json").exists())
        assert service.did == ["start", "stop", "start"]
        assert service.runs()
    finally:
        service.end()


def test_that_the_service_comes_back_when_the_child_that_runs_the_model_is_killed(
    agent: Agent, tiny: Made, service: Service
):
    agent.stage(tiny)
    name = agent.send("measure", asked(agent, tiny, signed(agent, service.stop, service.start), stop=LONG))
    wait(lambda: bool(_children(agent.process.pid)))
    killed = _children(agent.process.pid)
    os.kill(killed[0], signal.SIGKILL)
    result, _ = agent.result(name)
    assert result["entries"][0]["error"]
    assert service.did == ["start", "stop", "start"]
    assert service.runs()


def _children(parent: int) -> list[int]:
    """Processes of the agent that run a model."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = (path.parent / "cmdline").read_bytes().split(b"\0")
            if int(path.read_text().rsplit(")", 1)[1].split()[1]) == parent and b"child" in words:
                found.append(int(path.parent.name))
        except (OSError, IndexError):
            continue
    return found


def test_that_the_next_agent_resumes_what_nobody_did_even_after_a_restart_of_the_board(
    agent: Agent, service: Service, pyz: Path, store: Path
):
    import json

    request = signed(agent, service.stop, service.start)
    agent.close()
    subprocess.run(service.stop, check=True)
    note = {"schema": 1, "boot_id": "an earlier boot", "governors": {}, "service": request}
    (store / "restore.json").write_text(json.dumps(note))
    with Agent(pyz, store):
        assert service.did == ["start", "stop", "start"]
    assert not (store / "restore.json").exists()


def test_that_a_note_whose_order_was_changed_runs_nothing(agent: Agent, service: Service, pyz: Path, store: Path):
    import json

    request = signed(agent, service.stop, service.start)
    agent.close()
    changed = {**request, "order": request["order"].replace(str(service.log), str(service.log) + "x")}
    (store / "restore.json").write_text(json.dumps({"schema": 1, "boot_id": "", "governors": {}, "service": changed}))
    with Agent(pyz, store):
        assert service.did == ["start"]
        assert not service.log.with_name("logx").exists()


@pytest.mark.parametrize(
    ("pause", "resume", "more", "code"),
    [
        (["false"], ["true"], {}, "pause-failed"),
        (["no-such-program-here"], ["true"], {}, "pause-failed"),
        ([], ["true"], {}, "bad-order"),
        (["true"], [], {}, "bad-order"),
        (["true"], "true", {}, "bad-order"),
        (["true"], ["true"], {"kind": "keys"}, "bad-order"),
        (["true"], ["true"], {"device": "another"}, "other-device"),
    ],
)
def test_that_nothing_is_measured_when_the_order_cannot_be_followed(
    agent: Agent, tiny: Made, pause: Any, resume: Any, more: dict[str, Any], code: str
):
    import json

    request = signed(agent, pause, resume)
    text = json.dumps({**json.loads(request["order"]), **more}, sort_keys=True)
    request = {"order": text, "signature": KEY.sign(text.encode()).hex(), "key": KEY_ID}
    with pytest.raises(AgentError) as caught:
        agent.request("measure", asked(agent, tiny, request))
    assert caught.value.code == code
    assert not (agent.home / "restore.json").exists()


def test_that_unsigned_commands_are_never_run(agent: Agent, tiny: Made, service: Service):
    request = signed(agent, service.stop, service.start)
    for wrong in ({"signature": "00" * 64}, {"key": sha256(b"x")[:16]}):
        with pytest.raises(AgentError):
            agent.request("measure", asked(agent, tiny, {**request, **wrong}))
    assert service.did == ["start"]
    assert service.runs()


def test_that_a_service_that_does_not_come_back_is_told_with_the_result(agent: Agent, tiny: Made):
    agent.stage(tiny)
    said = [sys.executable, "-c", "import sys; sys.exit('unit not found')"]
    result, _ = agent.result(agent.send("measure", asked(agent, tiny, signed(agent, ["true"], said))))
    assert result["conditions"]["service"] == "the command that resumes the service failed: unit not found"
    assert result["entries"][0]["samples"] > 0


def test_that_a_scenario_pauses_the_service_and_resumes_it(agent: Agent, tiny: Made, service: Service):
    agent.stage(tiny)
    request = {"entry": entry(tiny.id), "nonce": "n-1", "kind": "offline", "seconds": 0.2}
    result = agent.request("scenario", {**request, "service": signed(agent, service.stop, service.start)})
    assert service.did == ["start", "stop", "start"]
    assert result["conditions"]["service"] == "paused and resumed"
    assert service.runs()

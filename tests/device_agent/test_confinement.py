"""What the process of a model may do on a board: no network, and it is the first to go where memory runs out."""

import socket
from pathlib import Path

import pytest

from device_agent.children import ChildProcess, describe_adapter
from device_agent.contract.errors import AgentError

RAM = 1 << 33
CALLS_HOME = """
import socket
with socket.create_connection(("127.0.0.1", {port}), 2) as link:
    link.sendall(b"secret")
"""


def test_that_memory_that_runs_out_ends_the_model_and_not_the_boards_services():
    with ChildProcess([], 20, RAM) as child:
        child.ask({"do": "probe", "mark": None}, 60.0)
        assert int(Path(f"/proc/{child.pid}/oom_score_adj").read_text()) == 1000
    assert int(Path("/proc/self/oom_score_adj").read_text()) < 1000


def test_that_the_process_of_a_model_reaches_no_network(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        code = CALLS_HOME.format(port=server.getsockname()[1])
        exec(code)  # the control: without a limited child it gets through
        taken, _ = server.accept()
        assert taken.recv(10) == b"secret"
        taken.close()
        path = tmp_path / "spy.py"
        path.write_text(code)
        with pytest.raises(AgentError):
            describe_adapter([], str(path), RAM)
        with pytest.raises(TimeoutError):
            server.accept()


def test_that_it_has_a_network_of_its_own_without_a_way_out():
    with ChildProcess([], 20, RAM) as child:
        child.ask({"do": "probe", "mark": None}, 60.0)
        own, its = (Path(f"/proc/{who}/ns/net").readlink() for who in ("self", child.pid))
        assert own != its
        routes = Path(f"/proc/{child.pid}/net/route").read_text().splitlines()[1:]
        assert routes == []

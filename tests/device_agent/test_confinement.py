"""What the process of a model may do on a board: no network, and it is the first to go where memory runs out."""

import json
import os
import platform
import socket
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from device_agent.children import ChildProcess, describe_adapter
from device_agent.contract.errors import AgentError
from device_agent.runtimes import network
from device_agent.runtimes.network import AARCH64, ARM, X86_64, Calls, program

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


WITHOUT_NAMESPACES = """
import ctypes, json, os, socket, struct, subprocess, sys, threading
sys.path.insert(0, sys.argv[2])
from device_agent.runtimes import child, network

def tried(family):
    try:
        socket.socket(getattr(socket, family)).close()
        return "made"
    except OSError as error:
        return error.strerror

# A kernel that lets nobody make a namespace: unshare is refused.
unshare = {"x86_64": 272, "aarch64": 97, "armv7l": 337}[os.uname().machine]
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, unshare), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7FFF0000)]
steps = b"".join(struct.pack("=HBBI", *step) for step in steps)
library = ctypes.CDLL(None, use_errno=True)
one, zero, mode = ctypes.c_ulong(1), ctypes.c_ulong(0), ctypes.c_ulong(2)
assert library.prctl(38, one, zero, zero, zero) == 0
assert library.prctl(22, mode, ctypes.byref(network._Program(4, steps)), zero, zero) == 0
own = os.readlink("/proc/self/ns/net")
if sys.argv[1] == "careless":
    network.refuse_sockets = lambda library: False
kept = child._confine(os.getppid())
assert os.readlink("/proc/self/ns/net") == own
found = {family: tried(family) for family in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_UNIX")}
late = threading.Thread(target=lambda: found.update(thread=tried("AF_INET")))
late.start()
late.join()
code = "import socket\\ntry:\\n    socket.socket()\\n    print('made')\\nexcept OSError as error:\\n    print(error.strerror)"
found["program"] = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip()
socket.socketpair()
if os.uname().machine == "x86_64":
    library.syscall(41 | 0x40000000, 2, 1, 0)
    found["x32"] = os.strerror(ctypes.get_errno())
found["wall"] = kept["network"]
library.syscall(425, 8, None)
found["io_uring"] = os.strerror(ctypes.get_errno())
print(json.dumps(found))
"""


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="the numbers of its system calls are not known here"
)
@pytest.mark.parametrize("wall", ["filter", "careless"])
def test_that_where_no_namespace_can_be_made_every_socket_but_a_local_one_is_refused(wall: str):
    words = [sys.executable, "-c", WITHOUT_NAMESPACES, wall, str(Path(network.__file__).parents[2])]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("AF_UNIX") == "made"
    assert found.pop("wall") == (None if wall == "careless" else "filter"), "it finds out by trying"
    if wall == "careless":  # the control: nothing else stands in the way
        assert {found[name] for name in ("AF_INET", "thread", "program")} == {"made"}
    else:
        assert set(found.values()) == {os.strerror(1)}, found


def verdict(known: Calls, audit: int, number: int, first: int) -> int:
    """What the kernel would answer to a call: the filter, executed step by step."""
    data, place, held = struct.pack("=iIQQ", number, audit, 0, first), 0, 0
    steps = list(struct.iter_unpack("=HBBI", program(known)))
    while True:
        code, yes, no, value = steps[place]
        place += 1
        if code == 0x06:
            return value
        if code == 0x20:
            held = int.from_bytes(data[value : value + 4], "little")
        else:
            place += yes if (held == value if code == 0x15 else held >= value) else no


@pytest.mark.parametrize(("machine", "pointer_bytes", "known", "connect"), [
    ("x86_64", 8, X86_64, 42), ("aarch64", 8, AARCH64, 203), ("armv7l", 4, ARM, 283), ("aarch64", 4, ARM, 283),
])  # fmt: skip
def test_that_the_filter_of_each_architecture_refuses_sockets_alone(
    machine: str, pointer_bytes: int, known: Calls, connect: int
):
    assert network.calls(machine, pointer_bytes) == known
    refused, allowed = 0x00050001, 0x7FFF0000
    for family, expected in ((1, allowed), (2, refused), (10, refused), (16, refused), (2 | 1 << 40, refused)):
        assert verdict(known, known.audit, known.socket, family) == expected
    assert verdict(known, known.audit, connect, 2) == allowed
    assert verdict(known, known.audit, network.IO_URING_SETUP, 0) == refused
    assert verdict(known, known.audit, known.foreign + known.socket, 1) == refused
    assert verdict(known, 0x40000003, connect, 0) == refused, "a call as on i386, whose numbers mean something else"


def test_that_an_architecture_whose_calls_are_not_known_has_no_filter():
    assert [network.calls(*item) for item in (("riscv64", 8), ("i686", 4), ("x86_64", 4))] == [None] * 3

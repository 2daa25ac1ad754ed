"""The limited child process: every way to die has words, nothing is left behind."""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from engine.errors import Cancelled, DataError, ModelError
from engine.events import Cancel
from engine.model.child import GIB, PARSE, Limits, printable, run_limited, temporary_workdir


@pytest.fixture(autouse=True)
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine says that it has nothing else to do."""
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))


TASKS = """
import ctypes, json, os, pathlib, socket, subprocess, sys, time

def echo(p): return p
def environment(p): return dict(os.environ)
def endless(p):
    while True: pass
def sleep(p):
    time.sleep(60)
def memory(p): return {"n": len(bytearray(64 << 30))}
def segfault(p): ctypes.string_at(0)
def abort(p): os.abort()
def leave(p): os._exit(3)
def answer_much(p): return {"x": "a" * (64 << 20)}
def wrong_error(p): raise ZeroDivisionError("what \\x1b[31mred\\x1b[0m is")
def typed_error(p):
    from engine.errors import DataError
    raise DataError("a-code", "a message", "a remedy")
def big_file(p):
    pathlib.Path("big").write_bytes(bytes(1 << 20))
    with open("big", "ab") as stream:
        stream.write(bytes(8 << 20))
def write_outside(p):
    try:
        pathlib.Path(p["path"]).write_text("x")
    except OSError as error:
        return {"refused": error.strerror}
    return {"refused": None}
def network(p):
    try:
        socket.create_connection(("127.0.0.1", p["port"]), 2).close()
    except OSError as error:
        return {"refused": str(error)}
    return {"refused": None}
def network_by_landlock(p):
    from engine.model.isolation import give_up_writing
    applied = give_up_writing([])
    return {"applied": applied, **network(p)}
def grandchild(p):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    return {"pid": child.pid}
def slow_stage(p):
    from engine.model.child_side import stage
    stage("counting sheep", 0.3)
    time.sleep(60)
def chatter(p):
    sys.stdout.write("x" * (8 << 20))
    sys.stderr.write("y" * (8 << 20))
    return {"done": True}
def where(p):
    pathlib.Path("left").write_text("something")
    return {"cwd": os.getcwd(), "tmp": os.environ["TMPDIR"]}
"""
SHORT = Limits(wall_s=5.0, cpu_s=3)


@pytest.fixture(autouse=True)
def tasks(tmp_path, monkeypatch):
    (tmp_path / "child_tasks.py").write_text(TASKS)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def run(name, payload=None, limits=SHORT, **options):
    return run_limited(f"child_tasks:{name}", stdin_json=payload or {}, limits=limits, what="net.onnx", **options)


def test_that_a_payload_comes_back():
    payload = {"text": "grüße", "numbers": [1, 2.5, None]}
    assert run("echo", payload) == payload


def test_that_an_argument_vector_answers_on_the_descriptor_it_is_told():
    program = (
        "import json, os, sys; p = json.load(sys.stdin); "
        "os.write(int(os.environ['FLYWEIGHT_REPORT_FD']), json.dumps({'result': {'got': p['a']}}).encode() + b'\\n')"
    )
    assert run_limited([sys.executable, "-c", program], stdin_json={"a": 7}, limits=SHORT) == {"got": 7}


def test_that_an_endless_loop_is_ended_by_its_cpu_time():
    with pytest.raises(ModelError, match=r"net.onnx did not finish within 1 s") as caught:
        run("endless", limits=replace(SHORT, cpu_s=1, wall_s=30))
    assert caught.value.code == "too-slow"


def test_that_a_sleeping_child_is_ended_by_the_wall_clock():
    start = time.monotonic()
    with pytest.raises(ModelError, match="did not finish within"):
        run("sleep", limits=replace(SHORT, wall_s=0.5))
    assert time.monotonic() - start < 4


def test_that_a_stage_has_its_own_clock_and_is_named():
    with pytest.raises(ModelError, match="while: counting sheep"):
        run("slow_stage", limits=replace(SHORT, wall_s=30))


def test_that_asking_for_too_much_memory_is_named_with_the_limit():
    with pytest.raises(ModelError, match=r"more memory than the limit of 1.0 GiB") as caught:
        run("memory", limits=replace(SHORT, address_bytes=GIB))
    assert caught.value.code == "out-of-memory"


@pytest.mark.parametrize(("task", "signal"), [("segfault", "SIGSEGV"), ("abort", "SIGABRT")])
def test_that_a_crash_is_told_by_its_signal(task, signal):
    with pytest.raises(ModelError, match=signal) as caught:
        run(task)
    assert caught.value.code == "crashed"


def test_that_a_child_that_leaves_without_an_answer_is_an_error():
    with pytest.raises(ModelError, match="exit status 3"):
        run("leave")


def test_that_an_answer_beyond_the_limit_is_refused():
    with pytest.raises(ModelError, match="beyond the limit"):
        run("answer_much")


def test_that_errors_keep_their_class_code_and_remedy():
    with pytest.raises(DataError) as caught:
        run("typed_error")
    assert (caught.value.code, caught.value.message, caught.value.remedy) == ("a-code", "a message", "a remedy")


def test_that_foreign_text_carries_no_terminal_escapes():
    with pytest.raises(ModelError) as caught:
        run("wrong_error")
    assert "what red is" in caught.value.message
    assert "\x1b" not in caught.value.message
    assert printable("a\x1b[96mb\r\n\tc\x07") == "ab c"


def test_that_much_output_neither_blocks_nor_harms():
    assert run("chatter") == {"done": True}


def test_that_a_file_beyond_the_limit_cannot_be_written():
    with pytest.raises(ModelError, match="File too large"):
        run("big_file", limits=replace(SHORT, file_bytes=4 << 20))


def test_that_the_working_folder_is_private_and_gone_afterwards():
    seen = run("where")
    assert seen["cwd"] == seen["tmp"]
    assert not Path(seen["cwd"]).exists()


def test_that_writing_outside_the_working_folder_is_refused(tmp_path):
    target = tmp_path / "trace"
    answer = run("write_outside", {"path": str(target)})
    if answer["refused"] is None:
        pytest.skip("this kernel has no Landlock")
    assert not target.exists()
    with temporary_workdir() as folder:
        assert run("write_outside", {"path": str(folder / "inside")}, workdir=folder)["refused"] is None


def test_that_the_network_is_out_of_reach():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert run("network", {"port": port}, isolate=False)["refused"] is None
        answer = run("network", {"port": port})
    if answer["refused"] is None:
        pytest.skip("this kernel gives no user namespaces")
    assert "nreachable" in answer["refused"] or "denied" in answer["refused"]


def test_that_tcp_is_refused_even_where_namespaces_are_not_to_be_had():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = run("network_by_landlock", {"port": server.getsockname()[1]}, isolate=False)
    if not answer["applied"] or answer["refused"] is None:
        pytest.skip("this kernel's Landlock knows no TCP")
    assert "Permission denied" in answer["refused"]


def test_that_secrets_in_the_environment_stay_with_the_parent(monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "x")
    monkeypatch.setenv("https_proxy", "http://user:password@proxy")
    seen = run("environment")
    assert "SECRET_TOKEN" not in seen
    assert "https_proxy" not in seen


def test_that_grandchildren_end_with_the_child():
    pid = run("grandchild")["pid"]
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline and psutil.pid_exists(pid):
        if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.02)
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_that_a_cancel_ends_the_child():
    cancel, before = Cancel(), {child.pid for child in psutil.Process().children()}
    cancel.set()
    with pytest.raises(Cancelled):
        run("sleep", limits=replace(SHORT, wall_s=30), cancel=cancel)
    started = [child for child in psutil.Process().children() if child.pid not in before]
    assert not [child for child in started if child.status() != psutil.STATUS_ZOMBIE]


def test_that_nothing_is_left_in_the_temporary_folder(tmp_path, monkeypatch):
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    run("where")
    with pytest.raises(ModelError):
        run("abort")
    assert list(folder.iterdir()) == []


def test_that_limits_grow_with_the_file():
    large = PARSE.scaled_to(1 << 30)
    assert large.address_bytes == PARSE.address_bytes + 6 * (1 << 30)
    assert large.wall_s > PARSE.wall_s + 40


def test_that_a_child_kept_waiting_by_a_busy_machine_is_not_taken_for_an_endless_loop(monkeypatch: pytest.MonkeyPatch):
    slow = [sys.executable, "-c", SLEEPER]
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    with pytest.raises(ModelError) as caught:
        run_limited(slow, limits=replace(PARSE, wall_s=1.0))
    assert caught.value.code == "too-slow"
    monkeypatch.setattr("os.getloadavg", lambda: (1e6, 0.0, 0.0))
    assert run_limited(slow, limits=replace(PARSE, wall_s=1.0)) == {"ended": True}


def test_that_on_a_busy_machine_a_stage_gets_more_of_its_own_time_not_of_the_whole(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.getloadavg", lambda: (1e6, 0.0, 0.0))
    start = time.monotonic()
    with pytest.raises(ModelError) as caught:
        run_limited([sys.executable, "-c", LATE_STAGE], limits=replace(PARSE, wall_s=600.0))
    assert caught.value.code == "too-slow"
    assert time.monotonic() - start < 300, "half of the whole wall was given to a stage of half a second"


LATE_STAGE = """
import json, os, time
os.write(int(os.environ["FLYWEIGHT_REPORT_FD"]), json.dumps({"stage": "one inference", "within_s": 0.5}).encode() + b"\\n")
time.sleep(1000)
"""

SLEEPER = """
import json, os, time
time.sleep(1.6)
os.write(int(os.environ["FLYWEIGHT_REPORT_FD"]), json.dumps({"result": {"ended": True}}).encode() + b"\\n")
"""

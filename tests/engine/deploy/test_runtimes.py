"""A board without a runtime gets one from the desktop; nothing else on it is touched."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from device_agent.contract.messages import Board as BoardStrings
from device_agent.contract.messages import Hello, Machine
from engine.deploy import release
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.deploy.runtimes import PINS, bring_runtime, fetch, find_pin, platforms
from engine.deploy.transport import Deadline
from engine.errors import RejectedError, UnreachableError
from engine.workspace import user_cache_dir

from .boards import Board


def _hello(python: str, arch: str = "aarch64", libc: str = "glibc 2.36") -> Hello:
    machine = Machine(arch, None, 4, [], 4 << 30, 8 << 30, "Debian", "6.6", libc, "pi", "boot")
    return Hello(1, 0, "a", "d", "serial", BoardStrings(), machine, python, "/home/pi/.flyweight")


@pytest.mark.parametrize(
    ("python", "libc", "runtime", "package"),
    [
        ("3.8.10", "glibc 2.31", "onnxruntime", "onnxruntime==1.19.2"),
        ("3.8.10", "glibc 2.31", "tflite-runtime", "tflite-runtime==2.13.0"),
        ("3.9.2", "glibc 2.31", "litert", "ai-edge-litert==2.1.0"),
        ("3.10.12", "glibc 2.35", "onnxruntime", "onnxruntime==1.23.2"),
        ("3.11.2", "glibc 2.36", "onnxruntime", "onnxruntime==1.32.0"),
        ("3.13.5", "glibc 2.41", "litert", "ai-edge-litert==2.3.0"),
    ],
)
def test_that_the_table_knows_what_runs_on_each_python(python, libc, runtime, package):
    pin = find_pin(_hello(python, libc=libc), runtime)
    assert pin is not None
    assert pin.packages[0] == package


def test_that_a_32_bit_board_gets_tflite_and_is_told_to_bring_the_twin_of_an_onnx_bundle():
    board = _hello("3.11.2", "armv7l")
    pin = find_pin(board, "tflite-runtime")
    assert pin is not None
    assert pin.packages == ("tflite-runtime==2.14.0",), "numpy is the board's own"
    assert find_pin(board, "onnxruntime") is find_pin(board, "litert") is None
    assert find_pin(_hello("3.11.2"), "tflite-runtime") is None
    bare = SimpleNamespace(hello=board, runtimes=lambda: ())
    with pytest.raises(RejectedError) as raised:
        bring_runtime(bare, ["onnx"])  # type: ignore[arg-type]
    assert "--twin" in raised.value.remedy


def test_that_numpy_stays_below_2_for_tflite_runtime():
    for pin in PINS:
        if pin.runtime == "tflite-runtime" and pin.architectures != ("armv7l",):
            assert any(item.startswith("numpy==1.") for item in pin.packages)


@pytest.mark.parametrize(
    "hello",
    [_hello("3.11.2", "armv7l"), _hello("3.7.3"), _hello("3.11.2", libc="musl"), _hello("3.11.2", libc="glibc 2.24")],
)
def test_that_a_board_no_wheel_fits_is_refused_with_a_reason(hello: Hello):
    class Bare:
        def __init__(self) -> None:
            self.hello = hello

        def runtimes(self):
            return ()

    with pytest.raises(RejectedError) as raised:
        bring_runtime(Bare(), ["onnx"])
    assert hello.machine.arch in raised.value.message


def test_that_wheel_tags_go_from_new_to_old():
    tags = platforms("aarch64", (2, 31))
    assert tags[0] == "manylinux_2_31_aarch64"
    assert tags[-1] == "manylinux2014_aarch64"


def test_that_wheels_that_cannot_be_fetched_are_an_error_and_leave_nothing_behind(monkeypatch, tmp_path: Path):
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(RejectedError, match="could not be fetched") as raised:
        fetch(PINS[0], "aarch64", Deadline(60))
    missing = PINS[0].packages[0]
    assert raised.value.message.endswith(f"the package index has no {missing} for this board's Python and processor")
    assert list((user_cache_dir() / "wheels").iterdir()) == []


def test_that_without_a_network_the_wheels_fail_in_a_few_words(monkeypatch):
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")  # nobody listens there
    monkeypatch.setenv("PIP_RETRIES", "1")
    with pytest.raises(RejectedError) as raised:
        fetch(PINS[0], "aarch64", Deadline(60))
    assert raised.value.message == "the wheels for the board could not be fetched: the package index does not answer"


def test_that_a_download_ends_at_its_deadline():
    with pytest.raises(UnreachableError, match="wheels"):
        fetch(PINS[0], "aarch64", Deadline(0.2))
    assert list((user_cache_dir() / "wheels").iterdir()) == []


def _bare_python() -> Path | None:
    """Another Python 3.12 or 3.13 on this computer that has no onnxruntime."""
    folders = [
        *Path("~/.pyenv/versions").expanduser().glob("3.1[23]*/bin"),
        *(Path(p) for p in os.environ["PATH"].split(":")),
    ]
    real_home = Path(f"/{'root' if os.geteuid() == 0 else 'home/' + os.environ.get('USER', '')}")
    folders += list((real_home / ".pyenv" / "versions").glob("3.1[23]*/bin"))
    for folder in folders:
        for name in ("python3.13", "python3.12"):
            found = shutil.which(name, path=str(folder))
            if found is None or Path(found).resolve() == Path(sys.executable).resolve():
                continue
            probe = subprocess.run([found, "-I", "-c", "import onnxruntime"], capture_output=True, check=False)
            if probe.returncode and b"No module named" in probe.stderr:
                return Path(found)
    return None


@pytest.mark.device
@pytest.mark.slow
def test_that_a_board_without_a_runtime_gets_the_wheels_and_runs_the_model(sshd: Board, bundles):
    python = _bare_python()
    if python is None:
        pytest.skip("this computer has no second Python 3.12 or 3.13 to stand in for a bare board")
    shutil.rmtree(sshd.home)
    sshd.home.mkdir()
    add_device("bare", sshd.address, identity=sshd.identity, accept_fingerprint=sshd.fingerprint, python=str(python))
    with connect("bare") as client:
        assert client.runtimes() == ()
    placed = release.deploy(bundles["int8"], "bare", timeout_s=300)
    assert placed.state == "committed", placed.reason
    with connect("bare") as client:
        found = client.runtimes()
    assert [item.id for item in found] == ["onnxruntime"]
    assert found[0].env
    assert {item.name for item in sshd.home.iterdir()} == {".flyweight"}
    again = release.deploy(bundles["float"], "bare", timeout_s=60)
    assert again.state == "committed"
    shutil.rmtree(sshd.home)
    sshd.home.mkdir()

"""Deploy, verify, switch, roll back: the same over the loopback device and over OpenSSH."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import paramiko
import psutil
import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.messages import PredictInput, PredictRequest, Release, SlotState
from device_agent.contract.releasing import SlotList
from engine.deploy import release, run_on
from engine.deploy.connect import connect
from engine.deploy.enrol import remove_device
from engine.deploy.inventory import Inventory
from engine.deploy.loopback import Loopback
from engine.deploy.transport import Deadline
from engine.errors import Cancelled, RejectedError, UnreachableError, UsageError
from engine.events import Cancel, Event, Progress, Stage
from engine.records import sha256_hex
from engine.verbs import rollback

from .boards import Board, Proxy

pytestmark = pytest.mark.device


def test_that_a_bundle_is_verified_switched_to_and_rolled_back(target: str, bundles):
    first = release.deploy(bundles["float"], target)
    assert (first.state, first.verified, first.release) == ("committed", True, 1)
    assert first.golden is not None
    assert first.golden["top1_agreement"] == 1.0
    assert first.upload is not None
    assert first.upload["bytes"] > bundles["float"].size_bytes * 0.9
    second = release.deploy(bundles["int8"], target)
    assert second.release == 2
    assert second.upload is not None
    assert second.upload["written"] >= 0, "what the board's disk had to bear"
    planned = rollback(target, dry_run=True).placements[0]
    assert (planned.state, planned.bundle, planned.release) == ("planned", bundles["float"].sha256, None)
    assert "release 1 (float)" in planned.reason
    assert release.releases(target).slots["main"].current == 2
    back = release.rollback(target)
    assert (back.bundle, back.release) == (bundles["float"].sha256, 3)
    state = release.releases(target).slots["main"]
    assert state.current == 3
    assert [item.release for item in state.releases] == [3, 2, 1]


def test_that_only_missing_files_travel(target: str, bundles):
    told: list[Event] = []
    release.deploy(bundles["int8"], target, emit=told.append)
    uploads = [event.detail for event in told if isinstance(event, Stage) and event.name == "upload"]
    assert len(uploads) == 1
    assert re.fullmatch(r"int8, \d+\.\d\d MB", uploads[0])
    told.clear()
    again = release.deploy(bundles["int8"], target, slot="other", emit=told.append)
    assert "verify" in [event.name for event in told if isinstance(event, Stage)]
    assert "upload" not in [event.name for event in told if isinstance(event, Stage)], "nothing travels"
    assert again.upload is not None
    assert again.upload["bytes"] == 0
    assert set(release.releases(target).slots) == {"main", "other"}


def test_that_the_board_predicts_raw_images_through_the_contract(target: str, bundles):
    release.deploy(bundles["int8"], target)
    pictures = sorted(Path(bundles["int8"].path).glob("*.png"))
    with connect(target) as client:
        wanted = []
        for path in pictures:
            content = path.read_bytes()
            client.put_blob(content, sha256_hex(content))
            wanted.append(PredictInput(sha256_hex(content), "png", path.name))
        answers = client.predict(PredictRequest("main", wanted, 3))
    for answer in answers:
        shares = [item["probability"] for item in answer["classes"]]
        assert len(shares) == 3
        assert shares == sorted(shares, reverse=True)
        assert 0 < sum(shares) <= 1.0001


def test_that_a_model_with_other_outputs_is_rejected_and_the_old_release_keeps_running(
    target: str, bundles, tmp_path, signing
):
    import numpy as np

    from device_agent.contract.manifest import MANIFEST, SIGNATURE, parse, to_bytes
    from engine.package.keys import signing_key

    release.deploy(bundles["int8"], target)
    folder = tmp_path / "wrong"
    shutil.copytree(bundles["float"].path, folder)
    with np.load(folder / "golden.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays = {name: -value if "output" in name else value for name, value in arrays.items()}
    np.savez(folder / "golden.npz", **arrays)
    manifest = parse((folder / MANIFEST).read_bytes())
    content = (folder / "golden.npz").read_bytes()
    files = [
        replace(f, sha256=sha256_hex(content), size=len(content)) if f.name == "golden.npz" else f
        for f in manifest.files
    ]
    signed = to_bytes(replace(manifest, files=files))
    (folder / MANIFEST).write_bytes(signed)
    (folder / SIGNATURE).write_text(signing_key(signing).sign(signed) + "\n")
    wrong = replace(bundles["float"], path=str(folder), sha256=sha256_hex(signed))
    placed = release.deploy(wrong, target)
    assert (placed.state, placed.verified, placed.release) == ("rejected", False, None)
    assert placed.reason
    assert release.releases(target).slots["main"].current == 1


def test_that_a_bundle_signed_by_a_stranger_is_refused_by_the_board(target: str, bundles, tmp_path):
    from device_agent.contract.manifest import MANIFEST, SIGNATURE
    from engine.package.keys import signing_key

    stranger = signing_key(tmp_path / "stranger")
    folder = tmp_path / "forged"
    shutil.copytree(bundles["int8"].path, folder)
    (folder / SIGNATURE).write_text(stranger.sign((folder / MANIFEST).read_bytes()))
    with pytest.raises(AgentError, match="trust"):
        release.deploy(replace(bundles["int8"], path=str(folder), signed_by=stranger.id), target)
    with pytest.raises(AgentError):
        release.deploy(replace(bundles["int8"], path=str(folder)), target)
    assert release.releases(target).slots == {}


def test_that_rollback_of_an_empty_slot_or_a_first_release_says_why(target: str, bundles):
    with pytest.raises(RejectedError, match="nothing runs"):
        release.rollback(target)
    release.deploy(bundles["int8"], target)
    with pytest.raises(RejectedError, match="no earlier bundle"):
        release.rollback(target)
    release.deploy(bundles["float"], target)
    release.rollback(target)
    with pytest.raises(RejectedError, match="went back already") as again:
        release.rollback(target)
    assert again.value.remedy.endswith(f"(float) was taken back; to run it again: flyweight deploy "
                                       f"{bundles['float'].sha256[:16]} {target}")  # fmt: skip


def test_that_an_earlier_release_that_left_the_board_is_not_told_as_taken_back():
    state = SlotState(2, [Release(2, "b" * 64, "committed", "new"), Release(1, "a" * 64, "committed", "old")])
    with pytest.raises(RejectedError, match="no earlier bundle"):
        release.previous(SlotList({"main": state}, []), "main", "board")
    assert release.previous(SlotList({"main": state}, ["a" * 64]), "main", "board").name == "old"


def test_that_a_cut_upload_resumes_from_the_verified_prefix(board: Board, proxy: Proxy):
    content = os.urandom(6_000_000)
    digest = sha256_hex(content)
    with connect("far") as client:
        proxy.cut_after = proxy.forwarded + 3_000_000
        with pytest.raises(UnreachableError):
            client.put_blob(content, digest, timeout_s=20)
    proxy.cut_after = None
    time.sleep(0.3)
    part = board.home / ".flyweight" / "staging" / f"{digest}.part"
    assert 0 < part.stat().st_size < len(content)
    have = part.stat().st_size
    with connect("far") as client:
        assert client.put_blob(content, digest) <= len(content) - have + 262_144
    assert sha256_hex((board.home / ".flyweight" / "blobs" / digest).read_bytes()) == digest


def test_that_a_damaged_prefix_is_found_and_the_upload_starts_again(board: Board, proxy: Proxy):
    content = os.urandom(4_000_000)
    digest = sha256_hex(content)
    with connect("far") as client:
        proxy.cut_after = proxy.forwarded + 2_000_000
        with pytest.raises(UnreachableError):
            client.put_blob(content, digest, timeout_s=20)
    proxy.cut_after = None
    time.sleep(0.3)
    part = board.home / ".flyweight" / "staging" / f"{digest}.part"
    damaged = bytearray(part.read_bytes())
    damaged[1000] ^= 1
    part.write_bytes(damaged)
    with connect("far") as client:
        try:
            client.put_blob(content, digest)
        except AgentError:
            client.put_blob(content, digest)
    assert sha256_hex((board.home / ".flyweight" / "blobs" / digest).read_bytes()) == digest


def test_that_a_deploy_over_a_dead_link_ends_with_its_timeout(board: Board, proxy: Proxy, bundles):
    proxy.bytes_per_s = 50_000
    start = time.monotonic()
    with pytest.raises(UnreachableError):
        release.deploy(bundles["float"], "far", timeout_s=2)
    assert time.monotonic() - start < 2 + 15
    assert release.releases("board").slots == {}


@pytest.mark.parametrize("moment", ["before", "upload", "activate"])
def test_that_a_deploy_over_a_link_that_stalls_ends_with_its_timeout(board: Board, proxy: Proxy, bundles, moment: str):
    def stall(event) -> None:
        if isinstance(event, Stage) and event.name == moment:
            proxy.stalled.set()

    if moment == "before":
        proxy.stalled.set()
    start = time.monotonic()
    with pytest.raises(UnreachableError):
        release.deploy(bundles["float"], "far", timeout_s=2, emit=stall)
    assert time.monotonic() - start < 2 + 5
    proxy.stalled.clear()


def test_that_a_board_that_hangs_while_it_verifies_ends_with_the_timeout(board: Board, bundles, monkeypatch):
    monkeypatch.setattr(run_on, "bring_runtime", lambda client, *_, **__: (freeze(board), None)[1])
    processes = []

    def freeze(board: Board) -> None:
        """The agent stops as a board does whose kernel is stuck: the link is up, nobody answers."""
        for process in psutil.Process(board.process.pid).children(recursive=True):
            if ".flyweight/agent" in " ".join(process.cmdline()):
                process.suspend()
                processes.append(process)

    start = time.monotonic()
    with pytest.raises(UnreachableError):
        release.deploy(bundles["int8"], "board", timeout_s=4)
    assert time.monotonic() - start < 4 + 5
    assert processes
    for process in processes:
        process.resume()


@pytest.mark.parametrize("stalled", [False, True], ids=["slow link", "stalled link"])
def test_that_cancel_during_an_upload_stops_it_at_once(board: Board, proxy: Proxy, bundles, stalled: bool):
    proxy.bytes_per_s = 400_000
    cancel, asked = Cancel(), []

    def stop(event) -> None:
        if isinstance(event, Progress) and not asked:
            if stalled:
                proxy.stalled.set()
            asked.append(time.monotonic())
            threading.Timer(0.3, cancel.set).start()

    with pytest.raises(Cancelled):
        release.deploy(bundles["float"], "far", cancel=cancel, emit=stop)
    assert time.monotonic() - asked[0] < 2.5
    proxy.stalled.clear()


def test_that_a_desktop_killed_in_the_middle_of_a_deploy_converges_when_it_deploys_again(
    board: Board, proxy: Proxy, bundles, home
):
    proxy.bytes_per_s = 600_000
    command = [sys.executable, "-m", "engine.cli.main", "deploy", bundles["float"].path, "far", "--jsonl"]
    for wait in (0.4, 0.9, 1.4):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("name") == "upload":
                break
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    proxy.bytes_per_s = None
    placed = release.deploy(bundles["float"], "far")
    assert placed.state == "committed"
    state = release.releases("board").slots["main"]
    assert state.current == placed.release


def test_that_a_missing_agent_is_installed_again_by_itself(board: Board, bundles):
    shutil.rmtree(board.home / ".flyweight" / "agent")
    assert release.deploy(bundles["int8"], "board").state == "committed"


def test_that_purge_leaves_nothing_on_the_board(board: Board, bundles):
    release.deploy(bundles["int8"], "board")
    assert (board.home / ".flyweight").exists()
    remove_device("board", purge=True)
    assert list(board.home.iterdir()) == []
    with pytest.raises(UsageError):
        Inventory.load().get("board")


def test_that_the_slot_link_points_at_usable_files(board: Board, bundles):
    release.deploy(bundles["int8"], "board")
    current = board.home / ".flyweight" / "slots" / "main" / "current"
    assert (current / "model.onnx").read_bytes() == (Path(bundles["int8"].path) / "model.onnx").read_bytes()
    picture = next(Path(bundles["int8"].path).glob("*.png"))
    done = subprocess.run(
        [sys.executable, current / "run.py", picture, "--json"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def _with_home(home: Path) -> list[psutil.Process]:
    """Processes that were started for this test's home."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(home) in process.environ().get("XDG_DATA_HOME", "") + process.environ().get("HOME", ""):
                found.append(process)
    return found


def test_that_nothing_outlives_a_desktop_that_is_killed_while_it_uses_loopback(home: Path):
    program = (
        "import time\nfrom engine.deploy.connect import connect\n"
        "with connect('loopback') as client:\n client.runtimes()\n print('up', flush=True)\n time.sleep(60)"
    )
    desktop = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert desktop.stdout is not None
    assert desktop.stdout.readline() == b"up\n"
    assert len(_with_home(home)) >= 3, "desktop, server and agent"
    desktop.kill()
    desktop.communicate()
    end = time.monotonic() + 5
    while _with_home(home) and time.monotonic() < end:
        time.sleep(0.1)
    assert _with_home(home) == []


def test_that_two_first_uses_of_loopback_share_its_keys(home: Path):
    program = (
        "from engine.deploy.connect import connect\nwith connect('loopback') as client: print(client.hello.device_id)"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0] == said[1] != b""


def test_that_a_folder_named_like_a_package_does_not_get_in_the_way(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("engine", "device_agent", "asyncio"):
        Path(name).mkdir()
        (Path(name) / "__init__.py").write_text("raise RuntimeError('the user owns this')\n")
    with connect("loopback") as client:
        assert client.hello.device_id


def test_that_loopback_runs_the_agent_and_nothing_else():
    with Loopback() as transport:
        for command in ("id", "sh -c id", f"{sys.executable} -c 'print(1)'", ""):
            channel = transport.run(command, Deadline(5)) if command else None
            if channel is not None:
                assert channel.read(100, Deadline(5)) == b""
                assert "only the agent" in channel.stderr_tail
        ssh = transport._ssh._transport
        for kind in ("session", "direct-tcpip"):
            with pytest.raises(paramiko.SSHException):
                opened = ssh.open_channel(kind, ("127.0.0.1", 22), ("127.0.0.1", 0), timeout=5)
                opened.invoke_subsystem("sftp")


def test_that_nothing_outlives_a_loopback_command(bundles, home):
    before = {process.pid for process in psutil.Process().children(recursive=True)}
    release.deploy(bundles["int8"], "loopback")
    time.sleep(0.2)
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before

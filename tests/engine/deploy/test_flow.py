"""Deploy, verify, switch, roll back: the same over the loopback device and over OpenSSH."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.messages import PredictInput, PredictRequest
from engine.deploy import release
from engine.deploy.connect import connect
from engine.deploy.enrol import remove_device
from engine.deploy.inventory import Inventory
from engine.errors import Cancelled, RejectedError, UnreachableError, UsageError
from engine.events import Cancel, Progress
from engine.records import sha256_hex

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
    back = release.rollback(target)
    assert (back.bundle, back.release) == (bundles["float"].sha256, 3)
    state = release.releases(target).slots["main"]
    assert state.current == 3
    assert [item.release for item in state.releases] == [3, 2, 1]


def test_that_only_missing_files_travel(target: str, bundles):
    release.deploy(bundles["int8"], target)
    again = release.deploy(bundles["int8"], target, slot="other")
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
        release.deploy(bundles["float"], "far", timeout_s=3)
    assert time.monotonic() - start < 3 + 15
    assert release.releases("board").slots == {}


def test_that_cancel_during_an_upload_stops_it(board: Board, proxy: Proxy, bundles):
    proxy.bytes_per_s = 400_000
    cancel = Cancel()
    with pytest.raises((Cancelled, UnreachableError)):
        release.deploy(
            bundles["float"],
            "far",
            cancel=cancel,
            emit=lambda event: cancel.set() if isinstance(event, Progress) else None,
        )
    assert cancel.requested


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


def test_that_nothing_outlives_a_loopback_command(bundles, home):
    import psutil

    before = {process.pid for process in psutil.Process().children(recursive=True)}
    release.deploy(bundles["int8"], "loopback")
    time.sleep(0.2)
    assert {process.pid for process in psutil.Process().children(recursive=True)} <= before

"""Arm64 boards: Debian userlands under qemu-user behind OpenSSH, with the real aarch64 wheels. Run by ``make faults``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine.deploy import release
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from engine.verbs import run
from tests.engine.deploy import boards
from tests.engine.deploy.conftest import bundles, same_key, signing

from .userland import EmulatedBoard, emulation, missing, userland

__all__ = ["bundles", "same_key", "signing"]

RELEASES = {"bullseye": "3.9.", "bookworm": "3.11.", "trixie": "3.13."}
"""Debian's releases with the Python that comes with each."""

SLOW_S = 240.0
"""Until an emulated agent has greeted, on a computer that has other things to do."""

REASON = missing("arm64")
pytestmark = [pytest.mark.device, pytest.mark.slow, pytest.mark.skipif(REASON is not None, reason=str(REASON))]


@pytest.fixture(scope="module", params=RELEASES)
def debian(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def pi(debian: str, tmp_path_factory: pytest.TempPathFactory):
    root = userland("arm64", debian, tmp_path_factory.mktemp("arm64") / "root")
    emulator = emulation("arm64", debian, tmp_path_factory.mktemp("emulator") / "root")
    board = EmulatedBoard(tmp_path_factory.mktemp("pi"), root, emulator)
    yield board
    board.stop()


@pytest.fixture
def enrolled(pi: boards.Board, home: Path) -> boards.Board:
    add_device("pi", pi.address, identity=pi.identity, accept_fingerprint=pi.fingerprint, timeout_s=SLOW_S)
    return pi


def test_that_an_arm64_board_gets_its_runtime_verifies_and_predicts(enrolled: boards.Board, debian: str, bundles):
    with connect("pi", timeout_s=SLOW_S) as client:
        assert client.hello.machine.arch == "aarch64"
        assert client.hello.python.startswith(RELEASES[debian])
        assert client.runtimes() == ()
    for name in ("float", "int8"):
        placed = release.deploy(bundles[name], "pi", timeout_s=900)
        assert placed.state == "committed", placed.reason
        assert placed.golden is not None
        print(f"{debian}, Python {RELEASES[debian]}x, {name} on onnxruntime: {_words(placed.golden)}")
        assert placed.golden["top1_agreement"] == 1.0
    pictures = sorted(Path(bundles["int8"].path).glob("*.png"))[:2]
    for answer in run("pi", pictures, timeout_s=300).predictions:
        assert answer["classes"][0]["probability"] > 0.3


def _words(golden: Mapping[str, Any]) -> str:
    return f"top-1 {golden['top1_agreement']:.0%} of {golden['samples']}, off by {golden['max_abs_diff']:.2g} at most"


def test_that_an_arm64_board_runs_tflite_twins_on_litert(
    enrolled: boards.Board, debian: str, signing: Path, tmp_path: Path
):
    net = sample("fashion-mobilenet")
    made = make_bundle(
        {Format.TFLITE: net.tflite_int8},
        data=open_data("fashion-mnist:shipped"),
        recipe=Recipe(()),
        name="twin",
        out_dir=tmp_path,
        signing_key=signing_key(signing),
        model="m",
    )
    placed = release.deploy(made, "pi", slot="tflite", timeout_s=900)
    assert placed.state == "committed", placed.reason
    assert placed.golden is not None
    print(f"{debian}, Python {RELEASES[debian]}x, int8 on LiteRT: {_words(placed.golden)}")

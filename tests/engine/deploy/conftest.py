"""One sshd for the session, bundles made once, and the user's keys the same in every test's home."""

import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engine.deploy.enrol import add_device
from engine.deploy.inventory import Inventory
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from engine.workspace import user_data_dir

from .boards import SSHD, Board, Proxy


@pytest.fixture(scope="session")
def signing(tmp_path_factory):
    """Folder of the signing key that all bundles of these tests are signed with."""
    folder = tmp_path_factory.mktemp("signing")
    signing_key(folder)
    return folder


@pytest.fixture(autouse=True)
def same_key(signing: Path, home: Path) -> None:
    """The key of the session in this test's home."""
    folder = home / ".local/share/flyweight/keys"
    folder.mkdir(parents=True)
    for file in signing.iterdir():
        shutil.copy2(file, folder / file.name)


@pytest.fixture(scope="session")
def bundles(signing: Path, tmp_path_factory):
    """Two releases of one network: int8 and float."""
    net, data, out = sample("fashion-mobilenet"), open_data("fashion-mnist:shipped"), tmp_path_factory.mktemp("bundles")
    files = {"int8": net.onnx_int8, "float": net.onnx}
    return {
        name: make_bundle(
            {Format.ONNX: path},
            data=data,
            recipe=Recipe(()),
            name=name,
            out_dir=out,
            signing_key=signing_key(signing),
            model="m",
        )
        for name, path in files.items()
    }


@pytest.fixture(scope="session")
def sshd(tmp_path_factory):
    if not SSHD:
        pytest.fail("OpenSSH's sshd is missing: apt-get install openssh-server")
    board = Board(tmp_path_factory.mktemp("sshd"))
    yield board
    board.stop()


@pytest.fixture(scope="session")
def snapshot(tmp_path_factory) -> Path:
    """What the first enrolment leaves behind: the board's home and the desktop's inventory."""
    return tmp_path_factory.mktemp("snapshot")


def empty(folder: Path) -> None:
    """Delete a board's home; an agent whose link was just cut may still put something there."""
    end = time.monotonic() + 30
    while folder.exists():
        shutil.rmtree(folder, ignore_errors=True)
        assert time.monotonic() < end


@pytest.fixture
def board(sshd: Board, snapshot: Path):
    """The sshd board, freshly enrolled as ``board``; enrolled once, put back afterwards."""
    inventory = user_data_dir() / "devices.json"
    empty(sshd.home)
    if (snapshot / "home").exists():
        shutil.copytree(snapshot / "home", sshd.home, symlinks=True)
        shutil.copy2(snapshot / "devices.json", inventory)
    else:
        sshd.home.mkdir()
        add_device(
            "board",
            sshd.address,
            identity=sshd.identity,
            accept_fingerprint=sshd.fingerprint,
            python=sys.executable,
            timeout_s=30,
        )
        shutil.copytree(sshd.home, snapshot / "home", symlinks=True)
        shutil.copy2(inventory, snapshot / "devices.json")
    return sshd


@pytest.fixture(params=["loopback", "sshd"])
def target(request):
    """Name of a device: the loopback board, or the one behind OpenSSH."""
    if request.param == "loopback":
        return "loopback"
    request.getfixturevalue("board")
    return "board"


@pytest.fixture
def proxy(board: Board):
    """A misbehaving link to the board, which is enrolled behind it as ``far``."""
    link = Proxy(board.port)
    inventory = Inventory.load()
    inventory.put(replace(inventory.get("board"), name="far", port=link.port))
    yield link
    link.close()

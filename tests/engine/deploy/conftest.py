"""One sshd for the session, bundles made once, and the user's keys the same in every test's home."""

import shutil
import sys
from pathlib import Path

import pytest

from engine.deploy.enrol import add_device
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe

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


@pytest.fixture
def board(sshd: Board):
    """The sshd board, enrolled as ``board`` with an empty home."""
    shutil.rmtree(sshd.home)
    sshd.home.mkdir()
    add_device(
        "board",
        sshd.address,
        identity=sshd.identity,
        accept_fingerprint=sshd.fingerprint,
        python=sys.executable,
        timeout_s=30,
    )
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
    add_device(
        "far",
        f"{board.user}@127.0.0.1:{link.port}",
        identity=board.identity,
        accept_fingerprint=board.fingerprint,
        python=sys.executable,
        timeout_s=30,
    )
    yield link
    link.close()

"""Arm64 boards: Debian userlands under qemu-user behind OpenSSH, with the real aarch64 wheels. Run by ``make faults``.

Its interpreter, the agent and the runtimes are those of a Raspberry Pi; kernel, memory and speed are this computer's. The
emulator is registered in a user namespace of its own, so that nothing of this computer is changed.
"""

import os
import shutil
import subprocess
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

__all__ = ["bundles", "same_key", "signing"]

BINFMT = Path("/usr/lib/binfmt.d/qemu-aarch64.conf")
PACKAGES = "python3,python3-minimal,libpython3-stdlib,libstdc++6,libgomp1,ca-certificates,dash,coreutils,base-files"
RELEASES = {"bullseye": "3.9.", "bookworm": "3.11.", "trixie": "3.13."}
"""Debian's releases with the Python that comes with each."""

ENTER = """#!/bin/sh
exec unshare --user --map-root-user --mount /bin/sh -c '
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc && cat {binfmt} > /proc/sys/fs/binfmt_misc/register &&
mount --rbind /proc "$0/proc" && mount --rbind /sys "$0/sys" &&
exec chroot "$0" /bin/sh -c "cd /home/pi && exec env -i HOME=/home/pi \\
PATH=/usr/bin:/bin LANG=C.UTF-8 /bin/sh -c \\"\\$0\\"" "$SSH_ORIGINAL_COMMAND"' {root}
"""


def missing() -> str | None:
    """Why this cannot run here."""
    if os.environ.get("FLYWEIGHT_ARM64") != "1":
        return "NOT RUN: it takes minutes; make faults runs it"
    if not shutil.which("mmdebstrap") or not BINFMT.exists():
        return "NOT RUN: it needs apt-get install mmdebstrap qemu-user-static"
    probe = "mount -t binfmt_misc none /proc/sys/fs/binfmt_misc"
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", probe], capture_output=True, check=False
    )
    return (
        "NOT RUN: this kernel gives a user namespace no binfmt_misc (it needs Linux 6.7)" if done.returncode else None
    )


REASON = missing()
pytestmark = [pytest.mark.device, pytest.mark.slow, pytest.mark.skipif(REASON is not None, reason=str(REASON))]


def source(release: str) -> list[str]:
    """The archive this computer uses, without updates: those of an old release are taken away while it is still listed."""
    words = ["apt-get", "indextargets", "--format", "$(SITE)|$(RELEASE)|$(COMPONENT)"]
    told = subprocess.run(words, capture_output=True, text=True, check=False).stdout.split()
    sites = [site for site, name, part in (line.split("|") for line in told) if part == "main" and "-" not in name]
    return [f"deb {site} {release} main" for site in sites if site.rstrip("/").endswith("/debian")][:1]


@pytest.fixture(scope="module", params=RELEASES)
def debian(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def arm64(debian: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("arm64") / "root"
    command = ["mmdebstrap", "--variant=extract", "--arch=arm64", f"--include={PACKAGES}", debian, str(root)]
    done = subprocess.run([*command, *source(debian)], check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    (root / "home" / "pi").mkdir(parents=True)
    (root / "sys").mkdir(exist_ok=True)
    return root


@pytest.fixture(scope="module")
def pi(arm64: Path, tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boards, "ENTER", ENTER.replace("{root}", str(arm64)).replace("{binfmt}", str(BINFMT)))
        patch.setattr(boards.Board, "__init__", _board_init)
        board = boards.Board(tmp_path_factory.mktemp("pi"))
    yield board
    board.stop()


_original = boards.Board.__init__


def _board_init(self: boards.Board, folder: Path, extra: str = "") -> None:
    """The script is no template of ``str.format`` here: it holds braces of the shell."""
    script, boards.ENTER = boards.ENTER, "{home}"
    _original(self, folder, extra)
    (folder / "enter").write_text(script)


@pytest.fixture
def enrolled(pi: boards.Board, home: Path) -> boards.Board:
    add_device("pi", pi.address, identity=pi.identity, accept_fingerprint=pi.fingerprint, timeout_s=240)
    return pi


def test_that_an_arm64_board_gets_its_runtime_verifies_and_predicts(enrolled: boards.Board, debian: str, bundles):
    with connect("pi", timeout_s=60) as client:
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

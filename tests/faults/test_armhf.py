"""A 32-bit board: Debian's armhf under qemu-user, the real armv7 wheel, the board's own numpy. Run by ``make faults``."""

from pathlib import Path

import pytest

from engine.deploy import release
from engine.deploy.connect import connect
from engine.deploy.enrol import add_device
from engine.errors import RejectedError
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Bundle, Format, Recipe
from engine.verbs import run
from tests.engine.deploy.conftest import bundles, same_key, signing

from .userland import EmulatedBoard, binfmt, missing, userland

__all__ = ["bundles", "same_key", "signing"]

SLOW_S = 240.0
REASON = missing("armhf")
pytestmark = [pytest.mark.device, pytest.mark.slow, pytest.mark.skipif(REASON is not None, reason=str(REASON))]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With numpy, whose libraries a script of Debian's would link into their place."""
    made = userland("armhf", "bookworm", tmp_path_factory.mktemp("armhf") / "root", ",python3-numpy")
    libraries = made / "usr" / "lib" / "arm-linux-gnueabihf"
    for name in ("blas", "lapack"):
        (libraries / f"lib{name}.so.3").symlink_to(f"{name}/lib{name}.so.3")
    return made


@pytest.fixture(scope="module")
def pi(root: Path, tmp_path_factory: pytest.TempPathFactory):
    board = EmulatedBoard(tmp_path_factory.mktemp("pi"), root, binfmt("armhf"))
    yield board
    board.stop()


@pytest.fixture
def twin(signing: Path, tmp_path: Path) -> Bundle:
    """An ONNX file with its TFLite twin."""
    net = sample("fashion-mobilenet")
    return make_bundle(
        {Format.ONNX: net.onnx_int8, Format.TFLITE: net.tflite_int8},
        data=open_data("fashion-mnist:shipped"),
        recipe=Recipe(()),
        name="twin",
        out_dir=tmp_path,
        signing_key=signing_key(signing),
        model="m",
    )


def test_that_a_32_bit_board_runs_the_twin_and_refuses_what_has_none(
    pi: EmulatedBoard, twin: Bundle, bundles, home: Path
):
    add_device("pi", pi.address, identity=pi.identity, accept_fingerprint=pi.fingerprint, timeout_s=SLOW_S)
    with connect("pi", timeout_s=SLOW_S) as client:
        assert client.hello.machine.arch == "armv7l"
        assert client.runtimes() == ()
    with pytest.raises(RejectedError) as refused:
        release.deploy(bundles["int8"], "pi", timeout_s=900)
    assert "--twin" in refused.value.remedy
    placed = release.deploy(twin, "pi", timeout_s=900)
    assert placed.state == "committed", placed.reason
    assert placed.golden is not None
    assert placed.golden["top1_agreement"] == 1.0
    assert placed.runs_on[0]["runtime"].startswith("tflite-runtime 2.14")
    golden = placed.golden
    found = f"top-1 {golden['top1_agreement']:.0%} of {golden['samples']}, off by {golden['max_abs_diff']:.2g} at most"
    print(f"bookworm armhf, Python 3.11.x, int8 on tflite-runtime and the board's numpy: {found}")
    pictures = sorted(Path(twin.path).glob("*.png"))[:2]
    for answer in run("pi", pictures, timeout_s=300).predictions:
        assert answer["classes"][0]["probability"] > 0.3

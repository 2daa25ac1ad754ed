"""A runtime the product does not know: added to a board, and then deployed to, measured and predicted with over SSH."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from device_agent.contract.messages import StopRule
from engine.cli.main import app
from engine.deploy.run_on import RunOn
from engine.errors import RejectedError, UsageError
from engine.events import Cancel, ignore
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from engine.verbs import adapter_add, adapter_remove, deploy, releases, rollback, run
from engine.verbs.measurement import measure_bundles
from tests.device_agent.session import classifier, run_onnx

DOCS = Path(__file__).parents[3] / "docs" / "adapters"
SHORT = StopRule(min_n=30, min_s=0.02, max_s=0.3, half_width=0.2)

pytestmark = [pytest.mark.device, pytest.mark.usefixtures("short_warmup")]


@pytest.fixture
def made(tmp_path: Path, home: Path):
    """A small network, with random golden samples."""
    (tmp_path / "net.onnx").write_bytes(classifier())
    return make_bundle(
        {Format.ONNX: tmp_path / "net.onnx"},
        data=None,
        recipe=Recipe(()),
        name="net",
        out_dir=tmp_path / "bundles",
        signing_key=signing_key(),
        model="net",
    )


def test_that_a_model_is_deployed_measured_and_run_on_a_runtime_that_was_added(made, tmp_path: Path):
    (added,) = adapter_add("loopback", DOCS / "onnx_reference.py").boards["loopback"]
    assert (added.id, added.formats, added.reason) == ("onnx-reference", ["onnx"], None)
    (placed,) = deploy(made.path, "loopback").placements
    assert placed.runs_on[0]["runtime"].startswith("onnxruntime ")
    (placed,) = deploy(made.path, "loopback", runtime="onnx-reference").placements
    assert (placed.state, placed.release) == ("committed", 2)
    assert placed.runs_on[0]["runtime"].startswith("onnx-reference ")
    assert placed.golden["top1_agreement"] == 1.0
    x = np.random.default_rng(1).random((1, 8, 8)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    own = run("loopback", [tmp_path / "x.npy"]).predictions[0]
    np.testing.assert_allclose(own["outputs"][0], run_onnx(classifier(), x[None])[0], rtol=1e-3, atol=1e-3)
    (reading,), _ = measure_bundles(
        [made],
        "loopback",
        threads=1,
        stop=SHORT,
        timeout_s=120,
        emit=ignore,
        cancel=Cancel(),
        run=RunOn.of("onnx-reference"),
    )
    assert (reading.runtime, reading.provider) == ("onnx-reference", "CPU")
    assert reading.runtime_version == added.version
    assert reading.latency_ms.n >= 30
    (back,) = rollback("loopback").placements
    assert back.bundle == made.sha256
    assert releases("loopback").slots["main"].releases[0].run == {}, "back to the same bundle on the usual runtime"


def test_that_what_a_board_cannot_use_is_listed_with_its_reason_and_refused_with_a_remedy(made):
    runner, command = CliRunner(), ["device", "adapter"]
    done = runner.invoke(app, [*command, "add", "loopback", str(DOCS / "rknn.py"), "--json"])
    assert done.exit_code == 0, done.output
    (added,) = json.loads(done.stdout)["boards"]["loopback"]
    assert (added["id"], added["version"]) == ("rknn", None)
    assert "rknn" in added["reason"]
    assert "cannot be used there" in runner.invoke(app, [*command, "list", "loopback"]).stdout
    with pytest.raises(RejectedError, match="no runtime rknn") as caught:
        deploy(made.path, "loopback", runtime="rknn")
    assert "adapter list" in caught.value.remedy
    with pytest.raises(UsageError, match="no adapter 'npu'"):
        adapter_remove("loopback", "npu")
    assert "no adapters" in runner.invoke(app, [*command, "remove", "loopback", "rknn"]).stdout


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = (\n", "no Python 3.8"),
        ("match x:\n  case 1: pass\n", "no Python 3.8"),
        ("x = 1\n", "sets no ADAPTER"),
        ("import numpy\nADAPTER = 1\n", "imports numpy at its top"),
    ],
)
def test_that_a_file_that_cannot_be_an_adapter_is_refused_before_anything_travels(
    tmp_path: Path, text: str, words: str
):
    (tmp_path / "a.py").write_text(text)
    with pytest.raises(UsageError, match=words):
        adapter_add("no-such-board", tmp_path / "a.py")


def test_that_a_vendors_file_travels_in_the_bundle_with_the_outputs_of_the_file_it_was_made_from(tmp_path: Path):
    from device_agent.contract.manifest import parse

    (tmp_path / "net.onnx").write_bytes(classifier())
    (tmp_path / "net.rknn").write_bytes(b"RKNN" * 10)
    both = make_bundle(
        {Format.ONNX: tmp_path / "net.onnx"},
        data=None,
        recipe=Recipe(()),
        name="net",
        out_dir=tmp_path,
        signing_key=signing_key(),
        attached={"rknn": tmp_path / "net.rknn"},
        allowed=0.1,
    )
    folder = Path(both.path)
    manifest = parse((folder / "manifest.json").read_bytes())
    onnx, rknn = manifest.models
    golden = np.load(folder / "golden.npz")
    expected = golden[f"{onnx.file}/output_0"]
    assert (rknn.file, rknn.format) == ("model.rknn", "rknn")
    np.testing.assert_array_equal(golden["model.rknn/output_0"], expected)
    assert rknn.tolerance.atol == pytest.approx(0.1 * (expected.max() - expected.min()))
    assert (folder / "model.rknn").read_bytes() == b"RKNN" * 10


def test_that_an_attached_file_needs_a_format_of_its_own(tmp_path: Path):
    from engine.errors import BundleError

    (tmp_path / "net.onnx").write_bytes(classifier())
    with pytest.raises(BundleError, match="no format"):
        make_bundle(
            {Format.ONNX: tmp_path / "net.onnx"},
            data=None,
            recipe=Recipe(()),
            name="net",
            out_dir=tmp_path,
            signing_key=signing_key(),
            attached={"onnx": tmp_path / "net.onnx"},
        )

"""A delegate is verified with the bundle: a missing, broken or idle one is a rejection with its reason, never a quiet CPU run."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.io import InputContract, IoContract
from device_agent.contract.manifest import BundleFile, GoldenSet, Manifest, ModelFile, Tolerance, to_bytes

from .runtimes import delegates
from .session import KEY_ID, Agent, Made, npz, plan, sha256


@pytest.fixture(scope="module")
def made() -> Made:
    x = np.random.default_rng(0).random((16, 4)).astype(np.float32)
    golden = npz({"input_0": x, "model.tflite/output_0": delegates.expected(x).astype(np.float32)})
    files = {"model.tflite": delegates.network(), "golden.npz": golden}
    manifest = Manifest(
        "sigmoid",
        [BundleFile(k, sha256(v), len(v), "model") for k, v in sorted(files.items())],
        [ModelFile("model.tflite", "tflite", "float", Tolerance("float", 1e-4))],
        IoContract([InputContract("x", "tensor", [4])]),
        GoldenSet("golden.npz", 16),
    )
    return Made(to_bytes(manifest), files)


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> Path:
    if delegates.compiler() is None:
        pytest.skip("NOT RUN: this machine has no C compiler to build the delegate with")
    return delegates.build(tmp_path_factory.mktemp("delegate"))


def stage(agent: Agent, made: Made, delegate: object, **options: str) -> dict:
    for content in [*made.files.values(), made.manifest]:
        agent.put(content)
    run = {"provider": "DELEGATE", "delegate": str(delegate), **{f"delegate.{k}": v for k, v in options.items()}}
    request = {"manifest": made.id, "signature": made.signature, "key": KEY_ID, "run": run}
    return agent.request("bundle.stage", request)


def test_that_a_bundle_is_verified_and_measured_on_a_delegate(agent: Agent, made: Made, library: Path):
    result = stage(agent, made, library)
    assert result["state"] == "verified", result
    assert result["golden"][0]["nodes"] == {"DELEGATE": 1, "CPU": 1}
    choice = {"id": "litert", "provider": "DELEGATE", "options": {"delegate": str(library)}}
    entry = {"bundle": made.id, "file": "model.tflite", "runtime": choice}
    (measured,) = agent.request("measure", plan([entry]))["entries"]
    assert measured["error"] is None
    assert measured["providers"] == {"DELEGATE": 1, "CPU": 1}


def test_that_a_delegate_that_is_wrong_idle_or_broken_rejects_the_bundle_with_the_reason(
    agent: Agent, made: Made, library: Path
):
    for delegate, options, words in (
        (library, {"bias": "1"}, "differs by"),
        (library, {"take": "nothing"}, "nothing of it ran on DELEGATE, all on CPU"),
        (library, {"speed": "11"}, "no such option"),
        (library.with_name("libedgetpu.so.1"), {}, "cannot open shared object"),
        ("libm.so.6", {}, "undefined symbol: tflite_plugin_create_delegate"),
    ):
        result = stage(agent, made, delegate, **options)
        assert result["state"] == "rejected", words
        assert words in result["reason"]
    assert agent.request("ping")


def test_that_a_library_that_was_pushed_into_the_store_is_never_loaded(agent: Agent, made: Made, library: Path):
    pushed = agent.home / "blobs" / agent.put(library.read_bytes())
    elsewhere = agent.home.parent / "libtiny.so"
    elsewhere.symlink_to(pushed)
    for path in (pushed, elsewhere, "../libtiny.so"):
        with pytest.raises(AgentError) as caught:
            stage(agent, made, path)
        assert caught.value.code == "delegate-refused"
    choice = {"id": "litert", "provider": "DELEGATE", "options": {"delegate": str(pushed)}}
    with pytest.raises(AgentError, match="no library that was installed"):
        agent.request("measure", plan([{"bundle": made.id, "file": "model.tflite", "runtime": choice}]))
    elsewhere.unlink()
    shutil.copy(library, elsewhere)
    assert stage(agent, made, elsewhere)["state"] == "verified", "the same library, installed by the board's owner"

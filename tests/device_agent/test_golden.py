"""A bundle is believed only after this board's own runtime gave the expected outputs."""

import time
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.io import InputContract, IoContract
from device_agent.contract.manifest import Needs, Tolerance

from .session import LABELS, Agent, Made, bundle, classifier, endless_loop, entry, pixels, plan, run_onnx

SAMPLES = Path(__file__).parents[2] / "engine" / "model" / "samples"


def test_that_a_good_bundle_is_verified_with_its_figures(agent: Agent, tiny: Made):
    result = agent.stage(tiny)
    assert result["state"] == "verified"
    (golden,) = result["golden"]
    assert (golden["passed"], golden["samples"], golden["top1_agreement"]) == (True, 16, 1.0)
    assert golden["runtime"].startswith("onnxruntime ")
    assert agent.request("slot.list")["verified"] == [tiny.id]


def test_that_other_outputs_than_expected_are_rejected_with_the_reason(agent: Agent):
    wrong = bundle(expected=np.zeros((16, 4), np.float32))
    result = agent.stage(wrong)
    assert result["state"] == "rejected"
    assert "differs by" in result["reason"]
    assert not (agent.home / "bundles" / wrong.id).exists()
    assert list((agent.home / "bundles").iterdir()) == []


def test_that_a_rejected_bundle_cannot_be_activated(agent: Agent):
    wrong = bundle(expected=np.zeros((16, 4), np.float32))
    agent.stage(wrong)
    with pytest.raises(AgentError, match="not verified"):
        agent.activate({"main": wrong.id}, 1)
    assert agent.slots() == {}


def test_that_outputs_within_the_tolerance_pass(agent: Agent):
    x = ((pixels() / 255.0 - 0.5) / 0.25).astype("float32")[:, None]
    close = run_onnx(classifier(), x) + np.float32(0.04)
    assert agent.stage(bundle(expected=close, tolerance=Tolerance("float", 0.05)))["state"] == "verified"
    assert agent.stage(bundle(expected=close, tolerance=Tolerance("float", 0.01)))["state"] == "rejected"


def test_that_a_different_pre_processing_fails_on_the_raw_samples(agent: Agent, tiny: Made):
    other = InputContract("x", "image", [1, 8, 8], colour="gray", mean=[0.4], std=[0.25])
    result = agent.stage(tiny.changed(io=IoContract([other], LABELS)))
    assert result["state"] == "rejected"
    assert "pre-processing of first.png" in result["reason"]


def test_that_a_model_that_never_ends_is_stopped_and_rejected(agent: Agent):
    looping = bundle(endless_loop(), expected=np.zeros((16, 1, 8, 8), np.float32))
    start = time.monotonic()
    result = agent.stage(looping, timeout_s=1.5)
    assert time.monotonic() - start < 8
    assert result["state"] == "rejected"
    assert "stopped" in result["reason"]
    assert agent.request("ping")


def test_that_the_deadline_of_the_request_ends_a_golden_check(agent: Agent):
    looping = bundle(endless_loop(), expected=np.zeros((16, 1, 8, 8), np.float32))
    for content in [*looping.files.values(), looping.manifest]:
        agent.put(content)
    request = {"manifest": looping.id, "signature": looping.signature, "key": "", "timeout_s": 60.0}
    request["key"] = agent.hello["keys"][0]
    start = time.monotonic()
    with pytest.raises(AgentError, match="deadline"):
        agent.request("bundle.stage", request, deadline_s=1.0)
    assert time.monotonic() - start < 5
    assert agent.request("ping")


@pytest.mark.parametrize("content", [b"", b"\x08\x08", b"not a model", bytes(1000)])
def test_that_a_file_that_is_no_model_is_rejected_and_the_agent_lives(agent: Agent, content: bytes):
    result = agent.stage(bundle(content, expected=np.zeros((16, 4), np.float32)))
    assert result["state"] == "rejected"
    assert result["reason"]
    assert agent.request("ping")


def test_that_a_child_that_crashes_rejects_the_bundle_and_the_agent_lives(agent: Agent):
    """A flat buffer whose root points into nowhere makes the interpreter read outside the file."""
    header = (0x10).to_bytes(4, "little") + b"TFL3" + b"\xff\xff\xff\x7f" * 64
    both = bundle(more_models={"model.tflite": ("tflite", header, np.zeros((16, 4), np.float32))})
    result = agent.stage(both)
    assert result["state"] == "rejected"
    assert result["golden"][0]["passed"]
    assert not result["golden"][1]["passed"]
    assert agent.request("ping")


def test_that_a_bundle_for_another_processor_or_more_memory_is_rejected(agent: Agent, tiny: Made):
    assert "lacks made-up" in agent.stage(tiny.changed(needs=Needs(["made-up"])))["reason"]
    assert "memory" in agent.stage(tiny.changed(needs=Needs([], 10**15)))["reason"]


def test_that_a_signature_by_another_key_is_refused(agent: Agent, tiny: Made):
    for content in [*tiny.files.values(), tiny.manifest]:
        agent.put(content)
    request = {"manifest": tiny.id, "signature": tiny.signature, "key": agent.hello["keys"][0]}
    for changed, code in [
        ({"signature": "00" * 64}, "signature-wrong"),
        ({"signature": tiny.signature[:-2]}, "signature-wrong"),
        ({"signature": "not hex"}, "signature-wrong"),
        ({"key": "f" * 16}, "key-unknown"),
        ({"key": "../x"}, "key-unknown"),
    ]:
        with pytest.raises(AgentError) as caught:
            agent.request("bundle.stage", {**request, **changed})
        assert caught.value.code == code


def test_that_a_missing_file_is_named(agent: Agent, tiny: Made):
    agent.put(tiny.manifest)
    request = {"manifest": tiny.id, "signature": tiny.signature, "key": agent.hello["keys"][0]}
    with pytest.raises(AgentError, match="is not on the board") as caught:
        agent.request("bundle.stage", request)
    assert caught.value.code == "blob-missing"


def test_that_a_blob_damaged_on_the_board_is_found_and_sent_anew(agent: Agent, tiny: Made):
    name = agent.put(tiny.files["model.onnx"])
    path = agent.home / "blobs" / name
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(AgentError) as caught:
        agent.stage(tiny)
    assert caught.value.code == "blob-damaged"
    assert agent.stage(tiny)["state"] == "verified"


def test_that_a_trial_bundle_is_timed_but_never_activated(agent: Agent):
    trial = bundle(purpose="trial")
    assert agent.stage(trial) == {"bundle": trial.id, "state": "verified", "golden": [], "reason": None}
    assert agent.request("measure", plan([entry(trial.id)]))["entries"][0]["samples"] >= 50
    with pytest.raises(AgentError, match="trial"):
        agent.activate({"main": trial.id}, 1)


def test_that_an_onnx_and_a_tflite_file_are_both_checked(agent: Agent):
    """The shipped network in both formats; LiteRT's expected outputs come from LiteRT in this process."""
    result = agent.stage(fashion_bundle())
    assert result["state"] == "verified", result
    assert [item["runtime"].split()[0] for item in result["golden"]] == ["onnxruntime", "litert"]


def fashion_bundle() -> Made:
    """The shipped MobileNet in both formats, with random images as golden samples."""
    from ai_edge_litert.interpreter import Interpreter

    onnx, tflite = (SAMPLES / f"fashion-mobilenet.{kind}" for kind in ("onnx", "tflite"))
    interpreter = Interpreter(model_path=str(tflite), num_threads=1)
    interpreter.allocate_tensors()
    (need,) = interpreter.get_input_details()
    x = np.random.default_rng(0).random((16, *need["shape"][1:])).astype(np.float32)
    outputs = []
    for i in range(16):
        interpreter.set_tensor(need["index"], x[i : i + 1])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]))
    return two_formats(onnx.read_bytes(), tflite.read_bytes(), x, np.concatenate(outputs))


def two_formats(onnx: bytes, tflite: bytes, x: np.ndarray, tflite_y: np.ndarray) -> Made:
    import onnxruntime

    from device_agent.contract.manifest import BundleFile, GoldenSet, Manifest, ModelFile, to_bytes

    from .session import npz, sha256

    session = onnxruntime.InferenceSession(onnx, providers=["CPUExecutionProvider"])
    (need,) = session.get_inputs()
    shape = [16 if not isinstance(size, int) else size for size in need.shape]
    fed = x.reshape([len(x), *shape[1:]])
    y = np.concatenate([session.run(None, {need.name: fed[i : i + 1]})[0] for i in range(len(x))])
    arrays = {"model.onnx/input_0": fed, "model.onnx/output_0": y}
    arrays.update({"model.tflite/input_0": x, "model.tflite/output_0": tflite_y})
    files = {"model.onnx": onnx, "model.tflite": tflite, "golden.npz": npz(arrays)}
    tolerance = Tolerance("float", 1e-3, 1e-3)
    manifest = Manifest(
        "fashion",
        [BundleFile(k, sha256(v), len(v), "model") for k, v in sorted(files.items())],
        [ModelFile("model.onnx", "onnx", "float", tolerance), ModelFile("model.tflite", "tflite", "float", tolerance)],
        IoContract([InputContract(need.name, "tensor", list(fed.shape[1:]))]),
        GoldenSet("golden.npz", 16),
    )
    return Made(to_bytes(manifest), files)

"""On what a board runs a model: what the user says, what the board has, what the agent is told."""

from types import SimpleNamespace

import pytest

from device_agent.contract.io import InputContract, IoContract
from device_agent.contract.manifest import GoldenSet, Manifest, ModelFile, Tolerance
from device_agent.contract.messages import Runtime
from engine.deploy.run_on import USUAL, RunOn
from engine.errors import RejectedError, UsageError

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
PLAIN = Runtime("onnxruntime", "1.32", [CPU], formats=["onnx"], default=CPU)
JETSON = Runtime("onnxruntime", "1.23", [CUDA, CPU], env="own", formats=["onnx"], default=CPU)
LITERT = Runtime("litert", "2.3", ["CPU", "XNNPACK", "DELEGATE"], formats=["tflite"], default="CPU")
NPU = Runtime("rknn", "2.3", ["NPU"], formats=["rknn", "onnx"], default="NPU", adapter="a" * 64)
MANIFEST = Manifest(
    "net",
    [],
    [ModelFile(f"model.{kind}", kind, "float", Tolerance("float", 0.1)) for kind in ("onnx", "tflite")],
    IoContract([InputContract("x", "tensor", [1])]),
    GoldenSet("", 0),
)


def board(*runtimes: Runtime, minor: int = 4):
    return SimpleNamespace(hello=SimpleNamespace(major=1, minor=minor), runtimes=lambda: runtimes)


def prepared(run: RunOn, *runtimes: Runtime, **more: int):
    return run.prepare(board(*runtimes, **more), MANIFEST)


def test_that_nothing_is_told_where_nothing_is_asked_for_and_that_old_agents_stay_usable():
    assert prepared(USUAL, PLAIN, minor=1) == (None, {})
    assert prepared(USUAL, NPU, LITERT) == (None, {}), "what a user added is never taken unasked for a common format"


def test_that_the_provider_is_told_by_its_own_name_in_the_environment_that_has_it():
    assert prepared(RunOn.of(provider="cuda"), PLAIN, JETSON) == ("own", {"provider": CUDA})
    assert prepared(RunOn.of("rknn"), PLAIN, NPU) == (None, {"runtime": "rknn"})
    assert prepared(RunOn.of("rknn", "NPU"), PLAIN, NPU) == (None, {"runtime": "rknn", "provider": "NPU"})


def test_that_a_delegate_takes_the_tflite_file_of_a_bundle_with_both():
    run = RunOn.of(delegate="libedgetpu.so.1", delegate_options=["device=usb"])
    told = {"provider": "DELEGATE", "delegate": "libedgetpu.so.1", "delegate.device": "usb"}
    assert prepared(run, PLAIN, LITERT) == (None, told)
    assert not run.takes("onnx", [PLAIN, LITERT])
    assert run.takes("tflite", [PLAIN, LITERT])
    assert prepared(RunOn.of(delegate="xnnpack"), PLAIN, LITERT) == (None, {"provider": "XNNPACK"})
    assert prepared(RunOn.of(delegate="none"), LITERT) == (None, {"provider": "CPU", "delegate": "none"})


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (RunOn.of(provider="cuda"), "with cuda: onnxruntime 1.32 has CPUExecutionProvider"),
        (RunOn.of("hailo"), "no runtime hailo for net"),
        (RunOn.of("onnxruntime", "NPU"), "with NPU"),
    ],
)
def test_that_what_a_board_lacks_is_refused_with_what_it_has(run: RunOn, words: str):
    with pytest.raises(RejectedError, match=words) as caught:
        prepared(run, PLAIN)
    assert caught.value.remedy


def test_that_an_old_agent_is_not_asked_for_what_it_would_ignore():
    for run in (RunOn.of(provider="cuda"), RunOn.of(delegate="none"), RunOn.of("litert")):
        with pytest.raises(RejectedError, match="the usual only"):
            prepared(run, JETSON, LITERT, minor=3)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"provider": "npu"}, "provider-unknown"),
        ({"runtime": "../x"}, "bad-runtime"),
        ({"runtime": "x", "provider": "a b"}, "bad-provider"),
        ({"provider": "cuda", "delegate": "xnnpack"}, "one-of"),
        ({"delegate_options": ["a=b"]}, "no-delegate"),
        ({"delegate": "lib.so", "delegate_options": ["a"]}, "bad-option"),
    ],
)
def test_that_what_cannot_be_meant_is_a_usage_error(how: dict, code: str):
    with pytest.raises(UsageError) as caught:
        RunOn.of(**how)
    assert caught.value.code == code

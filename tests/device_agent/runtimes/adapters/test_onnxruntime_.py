"""A provider is believed when the session has it, and where the nodes ran is counted from the runtime's own trace."""

import types
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.errors import AgentError
from device_agent.runtimes.adapters import onnxruntime_
from device_agent.runtimes.adapters.onnxruntime_ import CPU, CUDA, TENSORRT, OnnxRuntimeSession, placed

from ...session import classifier

FEED = [np.zeros((1, 1, 8, 8), np.float32)]


def kernel(name: str, index: int, provider: str, op: str) -> dict:
    """An event of the shape onnxruntime 1.32 writes, less its figures of memory."""
    details = {"op_name": op, "provider": provider, "node_index": str(index), "output_size": "16"}
    return {"cat": "Node", "ph": "X", "dur": 9, "ts": 100 + index, "name": f"{name}_kernel_time", "args": details}


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "model.onnx").write_bytes(classifier())
    return str(tmp_path / "model.onnx")


def stand_in(*offered: str, usable: str) -> types.SimpleNamespace:
    """A build that lists providers and can use one of them, as one without CUDA's libraries does; keeps what it was asked."""
    asked: list = []

    def session(path, settings, providers):
        asked.append(providers)
        return types.SimpleNamespace(get_providers=lambda: [usable])

    return types.SimpleNamespace(
        __version__="1.23.0", get_available_providers=lambda: list(offered), InferenceSession=session, asked=asked
    )


@pytest.mark.parametrize("provider", [CUDA, TENSORRT])
def test_that_a_build_without_the_provider_is_told_with_what_it_has_and_a_remedy(model: str, provider: str):
    with pytest.raises(AgentError, match=f"no {provider}, only: .*{CPU}") as caught:
        OnnxRuntimeSession(model, provider, 1, {})
    assert caught.value.code == "no-provider"
    assert "install" in caught.value.remedy


def test_that_a_session_that_quietly_took_the_cpu_is_an_error():
    build = stand_in(TENSORRT, CUDA, CPU, usable=CPU)
    with pytest.raises(AgentError, match="would run on CPUExecutionProvider") as caught:
        onnxruntime_._open(build, "m", CUDA, None, {})
    assert caught.value.code == "provider-unusable"
    assert build.asked == [[(CUDA, {}), CPU]]


def test_that_tensorrt_hands_its_nodes_on_to_cuda_and_keeps_engines_by_version(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(onnxruntime_, "tensorrt_version", lambda: "100300")
    build = stand_in(TENSORRT, CUDA, CPU, usable=TENSORRT)
    onnxruntime_._open(build, "m", TENSORRT, None, {"engine_cache": str(tmp_path / "b" / "orin")})
    ((name, options), *behind) = build.asked[0]
    folder = tmp_path / "b" / "orin" / "onnxruntime-1.23.0-tensorrt-100300"
    assert (name, behind) == (TENSORRT, [CUDA, CPU])
    assert options == {"trt_engine_cache_enable": "1", "trt_engine_cache_path": str(folder)}
    assert folder.is_dir()


def test_that_the_cpu_is_asked_for_as_before_and_answers(model: str):
    session = OnnxRuntimeSession(model, CPU, 1, {})
    assert session._session.get_providers() == [CPU]
    assert session.run(FEED)[0].shape == (1, 4)


def test_that_a_trace_of_mixed_providers_counts_every_node_once():
    events = [kernel(f"conv{i}", i, CUDA, "Conv") for i in range(28)]
    events += [kernel("Resize", 30 + i, CPU, "Resize") for i in range(11)]  # nameless nodes share the operator's name
    events += [kernel("body", 3, CPU, "Add")] * 50  # the body of a loop: an event for each turn
    events += [kernel("Memcpy", 60, CUDA, "MemcpyToHost"), kernel("Memcpy_1", 61, CUDA, "MemcpyFromHost")]
    assert placed(events) == {CUDA: 28, CPU: 12}


def test_that_several_runs_of_a_real_trace_count_like_one(model: str):
    once, often = (onnxruntime_._trace(model, CPU, 1, {}, FEED, runs) for runs in (1, 5))
    assert len(often) == 5 * len(once)
    assert placed(often) == placed(once) == {CPU: len(once)}


def test_that_a_provider_that_is_listed_and_takes_no_node_shows_in_the_table(model: str):
    """onnxruntime's wheels list a provider for Azure that has no kernels: the session has it, the nodes run elsewhere."""
    import onnxruntime

    azure = "AzureExecutionProvider"
    if azure not in onnxruntime.get_available_providers():
        pytest.skip("this build does not list it")
    assert OnnxRuntimeSession(model, azure, 1, {})._session.get_providers()[0] == azure
    table = OnnxRuntimeSession.placement(model, azure, {}, FEED)
    assert list(table) == [CPU]

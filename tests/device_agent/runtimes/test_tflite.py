"""TFLite's interpreter with delegates: what is asked for is there or it is an error, and which operators it took is counted."""

import numpy as np
import pytest

from device_agent.contract.errors import AgentError
from device_agent.runtimes.adapters.litert import LiteRtSession
from device_agent.runtimes.tflite import CPU, DELEGATE, XNNPACK, count_taken

from . import delegates

X = np.array([[0, 1, 2, 3]], np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("tflite") / "m.tflite"
    path.write_bytes(delegates.network())
    return str(path)


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> str:
    if delegates.compiler() is None:
        pytest.skip("NOT RUN: this machine has no C compiler to build the delegate with")
    return str(delegates.build(tmp_path_factory.mktemp("delegate")))


def test_that_an_external_delegate_computes_what_it_takes_and_is_counted(model: str, library: str):
    session = LiteRtSession(model, DELEGATE, 1, {"delegate": library, "delegate.bias": "2"})
    np.testing.assert_allclose(session.run([X])[0], delegates.expected(X) + 2, rtol=1e-5)
    options = {"delegate": library, "delegate.bias": "0"}
    assert LiteRtSession.placement(model, DELEGATE, options, [X]) == {DELEGATE: 1, CPU: 1}


def test_that_a_delegate_that_takes_nothing_shows_in_the_table(model: str, library: str):
    options = {"delegate": library, "delegate.take": "nothing"}
    assert LiteRtSession.placement(model, DELEGATE, options, [X]) == {CPU: 2}


def test_that_xnnpack_and_plain_kernels_are_what_they_say(model: str):
    assert LiteRtSession.placement(model, XNNPACK, {}, [X]) == {XNNPACK: 2}
    assert LiteRtSession.placement(model, CPU, {}, [X]) == {}, "as it comes, nothing is claimed"
    for provider, options, parts in ((XNNPACK, {}, 1), (CPU, {}, 1), (CPU, {"delegate": "none"}, 0)):
        session = LiteRtSession(model, provider, 1, options)
        names = [item["op_name"] for item in session._interpreter._get_ops_details()]
        assert names.count("DELEGATE") == parts, (provider, options)
        np.testing.assert_allclose(session.run([X])[0], delegates.expected(X), rtol=1e-5)


@pytest.mark.parametrize(
    ("provider", "options"),
    [("CUDAExecutionProvider", {}), (DELEGATE, {}), (DELEGATE, {"delegate": "none"}), (CPU, {"delegate": "libx.so"})],
)
def test_that_a_provider_that_does_not_fit_its_options_is_an_error(model: str, provider: str, options: dict):
    with pytest.raises(AgentError, match="only: CPU, XNNPACK, DELEGATE") as caught:
        LiteRtSession(model, provider, 1, options)
    assert "--delegate" in caught.value.remedy


def operator(name: str, inputs: list[int], outputs: list[int]) -> dict:
    return {"op_name": name, "inputs": inputs, "outputs": outputs}


def test_that_only_operators_between_a_delegates_inputs_and_outputs_count_as_taken():
    graph = [operator("CONV_2D", [0, 1], [2]), operator("RELU", [2], [3]), operator("ADD", [3, 2], [4])]
    graph += [operator("SOFTMAX", [4], [5])]
    assert count_taken(graph) == (0, 4)
    assert count_taken([*graph, operator("DELEGATE", [2], [4])]) == (2, 2)
    assert count_taken([*graph, operator("DELEGATE", [2], [3]), operator("DELEGATE", [4], [5])]) == (2, 2)
    assert count_taken([*graph, operator("DELEGATE", [0, 1], [5])]) == (4, 0)

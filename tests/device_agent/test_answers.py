"""Samples through a verified model on the board: the answers are the runtime's own, and the samples are not kept."""

import numpy as np
import pytest

from device_agent.contract.errors import AgentError

from .session import Agent, Made, classifier, entry, npz, run_onnx


@pytest.fixture
def samples() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((5, 1, 8, 8)).astype(np.float32)


@pytest.fixture
def staged(agent: Agent, tiny: Made) -> Made:
    agent.stage(tiny)
    return tiny


def ask(agent: Agent, bundle: Made, blob: str) -> np.ndarray:
    reply, raw = agent.result(agent.send("answers", {"entry": entry(bundle.id), "samples": blob}))
    (output,) = reply["outputs"]
    return np.frombuffer(raw, output["dtype"]).reshape(output["shape"])


def test_that_each_sample_is_answered_as_the_runtime_answers_it_alone(agent: Agent, staged: Made, samples: np.ndarray):
    found = ask(agent, staged, agent.put(npz({"input_0": samples})))
    wanted = np.concatenate([run_onnx(classifier(), samples[i : i + 1]) for i in range(5)])
    assert found.dtype == np.float32
    assert (found == wanted).all()


def test_that_samples_are_deleted_but_never_what_a_bundle_is_made_of(agent: Agent, staged: Made, samples: np.ndarray):
    blob = agent.put(npz({"input_0": samples}))
    ask(agent, staged, blob)
    assert not (agent.home / "blobs" / blob).exists()
    golden = agent.put(staged.files["golden.npz"])
    assert ask(agent, staged, golden).shape == (16, 4)
    assert (agent.home / "blobs" / golden).exists()


def test_that_samples_which_do_not_fit_are_an_error_and_not_the_end(agent: Agent, staged: Made, samples: np.ndarray):
    with pytest.raises(AgentError, match="not on the board"):
        ask(agent, staged, "0" * 64)
    with pytest.raises(AgentError, match="Got: 4"):
        ask(agent, staged, agent.put(npz({"input_0": samples[:, :, :4]})))
    assert agent.request("ping")

"""Pipelines: cuts that compute the same, balanced as well as any, and figures of every way. No speed is asserted."""

from itertools import combinations, pairwise

import numpy as np
import onnxruntime
import pytest

from engine.errors import ModelError, UsageError
from engine.measure.pipeline import WAYS, Pipelined, pipelined
from engine.model.cost import count_macs
from engine.model.cutting import _balanced, cut
from engine.model.save import to_onnx
from engine.records import Estimate
from engine.verbs import pipeline
from tests.engine.compress.toys import state_of

NETWORKS = ("residual", "mobile", "unet", "concat", "vision-transformer", "lstm", "text-transformer")


def graph_of(name):
    state = state_of(name)
    return state, to_onnx(state.module, state.inputs)


def feed_of(state, batch=1):
    generator = np.random.default_rng(0)
    return {
        spec.name: generator.integers(0, 30, (batch, *spec.shape[1:]))
        if spec.dtype == "int64"
        else generator.normal(size=(batch, *spec.shape[1:])).astype(np.float32)
        for spec in state.inputs
    }


def session(model):
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("name", NETWORKS)
def test_that_the_stages_of_every_network_compute_what_the_model_computes(name):
    state, model = graph_of(name)
    stages = cut(model, 2)
    values = feed_of(state, batch=3)
    expected = session(model).run(None, values)
    for stage in stages:
        made = session(stage.model).run(list(stage.outputs), {key: values[key] for key in stage.inputs})
        values |= dict(zip(stage.outputs, made, strict=True))
    for item, array in zip(model.graph.output, expected, strict=True):
        assert values[item.name] == pytest.approx(array, abs=1e-5)
    assert sum(stage.macs for stage in stages) == count_macs(model)
    assert all(stage.macs > 0 for stage in stages)


@pytest.mark.parametrize("stages", [2, 3, 4])
def test_that_no_other_cut_has_a_smaller_largest_stage(stages):
    costs = np.random.default_rng(stages).integers(1, 100, 9).tolist()
    places = list(range(1, 9))

    def largest(borders):
        ends = [0, *borders, 9]
        return max(sum(costs[a:b]) for a, b in pairwise(ends))

    found = _balanced(costs, places, stages)
    assert len(found) == stages - 1
    assert largest(found) == min(largest(some) for some in combinations(places, stages - 1))


def test_that_every_way_is_measured_and_the_stages_are_left_as_files(tmp_path):
    state, model = graph_of("residual")
    found = pipelined(model, feed_of(state), 2, seconds=0.3, out=tmp_path / "parts")
    said = found.to_json()
    assert set(said["ways"]) == set(WAYS)
    for way in said["ways"].values():
        for figure in way.values():
            assert figure["ci95"][0] <= figure["value"] <= figure["ci95"][1]
            assert figure["value"] > 0
    assert found.max_abs_diff <= 1e-5
    assert sorted(path.name for path in (tmp_path / "parts").iterdir()) == ["stage-1.onnx", "stage-2.onnx"]
    assert said["stages"][0]["handed_bytes"] > 0


@pytest.mark.parametrize(
    ("one", "threads", "cores", "words"),
    [
        ((1.7, 1.9), (1.2, 1.4), 2, "more than one core and more than threads"),
        ((1.7, 1.9), (0.9, 1.1), 2, "no clear gain over threads"),
        ((0.7, 0.8), (0.5, 0.6), 2, "less than one core"),
        ((1.7, 1.9), (1.2, 1.4), 1, "share 1 cores"),
    ],
)
def test_that_the_words_follow_the_intervals(one, threads, cores, words):
    _, model = graph_of("residual")
    both = (Estimate(sum(one) / 2, one, 12), Estimate(sum(threads) / 2, threads, 12))
    assert words in Pipelined(cut(model, 2), {}, *both, 0.0, cores).words


def test_that_too_many_stages_are_refused():
    _, model = graph_of("residual")
    with pytest.raises(ModelError, match="make no 16 stages"):
        cut(model, 16)
    with pytest.raises(UsageError, match="1 stages"):
        pipeline("sample:fashion-resnet", stages=1)

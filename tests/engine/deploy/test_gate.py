"""``fleet rollout --gate`` on a real board: a release that is surely slower than what runs there is not switched to."""

import pytest

from device_agent.contract.messages import StopRule
from engine.model.datasets import open_data
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from engine.verbs import deploy, fleet_rollout, releases
from engine.verbs.bundling import remember
from engine.workspace import Workspace

pytestmark = [pytest.mark.device, pytest.mark.usefixtures("short_warmup")]


@pytest.fixture
def pair(tmp_path, monkeypatch, board):
    """A small network and one of many times its work, both in a project."""
    monkeypatch.chdir(tmp_path)
    workspace = Workspace.find(tmp_path)
    data = open_data("fashion-mnist:shipped")

    def made(name, file):
        bundle = make_bundle(
            {Format.ONNX: file},
            data=data,
            recipe=Recipe(()),
            name=name,
            out_dir=workspace.bundles_dir,
            signing_key=signing_key(),
            model="m",
        )
        remember(bundle, workspace)
        return bundle

    return made("light", sample("fashion-mobilenet").onnx), made("heavy", heavy(tmp_path))


def heavy(folder):
    """The same network with a matrix product that leaves its answer as it is, and takes time."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(sample("fashion-mobilenet").onnx)
    graph = model.graph
    old = graph.output[0].name
    for node in graph.node:
        node.output[:] = ["answer" if item == old else item for item in node.output]
        node.input[:] = ["answer" if item == old else item for item in node.input]
    graph.initializer.append(numpy_helper.from_array(np.zeros((600, 600), np.float32), "zero"))
    graph.initializer.append(numpy_helper.from_array(np.zeros((), np.float32), "nothing"))
    # The product depends on the input, so that no runtime computes it once and for all.
    graph.node.append(helper.make_node("ReduceMax", [graph.input[0].name], ["most"], keepdims=0))
    graph.node.append(helper.make_node("Add", ["zero", "most"], ["filled"]))
    graph.node.append(helper.make_node("MatMul", ["filled", "zero"], ["product"]))
    graph.node.append(helper.make_node("ReduceMax", ["product"], ["worked"], keepdims=0))
    graph.node.append(helper.make_node("Mul", ["worked", "nothing"], ["zeroed"]))
    graph.node.append(helper.make_node("Add", ["answer", "zeroed"], [old]))
    path = folder / "heavy.onnx"
    onnx.save(model, path)
    return path


def test_that_the_gate_stops_a_slower_release_and_lets_a_faster_one_through(pair, monkeypatch):
    monkeypatch.setattr("engine.verbs.gating.StopRule", lambda: StopRule(min_n=40, min_s=0.3, max_s=1.5))
    light, heavier = pair
    assert deploy(light.id, "board").placements[0].state == "committed"
    stopped = fleet_rollout(heavier.id, "board", gate=True)
    (row,) = stopped.rollout.boards
    assert (str(row.state), row.verdict) == ("rejected", "FAIL")
    assert "as fast as what runs there" in row.reason
    assert releases("board").slots["main"].current == 1
    assert deploy(heavier.id, "board").placements[0].state == "committed"
    passed = fleet_rollout(light.id, "board", gate=True, strict=True)
    (row,) = passed.rollout.boards
    assert (str(row.state), row.verdict) == ("committed", "PASS")
    assert releases("board").slots["main"].current == 3

"""Predictions through the verb: from readings of this project's bundles, and from a kept micro-benchmark."""

from dataclasses import replace

import pytest

from engine.errors import UsageError
from engine.measure.features import operators, parts
from engine.measure.probe import Chain, probe_models
from engine.model.samples import sample
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from engine.verbs import foresight, profile_predict
from engine.verbs.bundling import remember
from engine.workspace import Workspace
from profiles.predict import Known, Source, total
from profiles.store import ProfileStore

from ...profiles.test_compare import timed
from ...profiles.test_predict import COSTS
from ...profiles.test_stale import row


def cost(model):
    return sum(COSTS[name] * amount for name, amount in total(operators(model)).items())


@pytest.fixture
def project(tmp_path):
    """A project with the float and the int8 network, both measured on the loopback board of a known cost."""
    import onnx

    workspace, net = Workspace(tmp_path), sample("fashion-mobilenet")
    for index, (name, path) in enumerate((("float", net.onnx), ("int8", net.onnx_int8))):
        made = make_bundle(
            {Format.ONNX: path}, data=None, recipe=Recipe(()), name=name, out_dir=workspace.bundles_dir,
            signing_key=signing_key(), model="m",
        )  # fmt: skip
        remember(made, workspace)
        taken = timed(cost(onnx.load(path)))
        with ProfileStore.open() as store:
            store.add(row(0, 1, nonce=f"n{index}", bundle=made.sha256, latency_ms=taken))
    return tmp_path


def test_that_readings_of_the_projects_bundles_are_what_predictions_rest_on(project):
    found = profile_predict("loopback", ["float", str(sample("fashion-resnet").onnx)], project=project)
    assert found.readings == 2
    assert found.models[0].measured_ms == pytest.approx(found.models[0].predicted.p50_ms, rel=0.2)
    assert found.models[1].measured_ms is None
    assert found.models[1].predicted.interval is None
    assert found.measure_next == str(sample("fashion-resnet").onnx)
    assert found.to_json()["models"][1]["origin"] == "predicted"


def test_that_traced_operators_of_two_readings_price_a_network_unlike_both(project, tmp_path, monkeypatch):
    """Each operator's time is its cost; without the trace the same two readings cannot tell kinds of layers apart."""
    import onnx

    path = tmp_path / "new.onnx"
    model = Chain(16, 32, False).conv(3, 3, out=48).pooled().dense(1, 10).model()
    path.write_bytes(model.SerializeToString())

    def error():
        found = profile_predict("loopback", [str(path)], project=project)
        return abs(found.models[0].predicted.p50_ms / cost(model) - 1), found.probe

    blind, _ = error()
    nets = {item.sha256: onnx.load(f"{item.path}/model.onnx") for item in Workspace(project).bundles()}
    with ProfileStore.open() as store:
        for item in store.readings():
            told = tuple(
                {
                    "name": part.names[0],
                    "op": "Conv",
                    "median_us": 1e6 * sum(COSTS[n] * v for n, v in part.operator.amounts.items()),
                }
                for part in parts(nets[item.bundle])
            )
            store.add(
                replace(item, nonce=f"{item.nonce}-traced", measured_at="2026-11-09T10:00:00+00:00", operators=told)
            )
    seeing, basis = error()
    assert basis.endswith("traced operators")
    monkeypatch.setattr(foresight, "MOST_TRACED", 1)
    assert 0 < int(error()[1].split()[0]) < int(basis.split()[0]), "those of the newest reading alone"
    assert seeing < blind / 2


def test_that_a_kept_micro_benchmark_helps_where_readings_are_few(project, tmp_path):
    probes = [Known(operators(model), cost(model), Source.PROBE) for model in probe_models()]
    foresight._keep("d0", 1, probes)
    path = tmp_path / "new.onnx"
    model = Chain(16, 32, True).conv(3, 3, out=48).pooled().dense(1, 10).model()
    path.write_bytes(model.SerializeToString())
    found = profile_predict("loopback", [str(path)], project=project)
    assert found.probe == f"{len(probes)} rows of the micro-benchmark"
    assert found.models[0].predicted.p50_ms == pytest.approx(cost(model), rel=0.15)


def test_that_nothing_to_predict_from_names_both_ways_out(project):
    with pytest.raises(UsageError, match="no bundle of this project") as caught:
        profile_predict("pi5", ["float"], project=project)
    assert "--micro-benchmark" in caught.value.remedy
    with pytest.raises(UsageError, match="no ONNX graph"):
        profile_predict("loopback", [str(sample("fashion-mobilenet").tflite)], project=project)

"""A new board learnt from a few anchors: by readings of other boards, and by a published table."""

import json
import math

import numpy as np
import pytest

from engine.cli.main import main
from engine.errors import UsageError
from engine.package.bundle import make_bundle
from engine.package.keys import signing_key
from engine.records import Format, Recipe
from engine.verbs import profile_transfer
from engine.verbs.bundling import remember
from engine.workspace import Workspace
from profiles.published import published
from profiles.reading import Origin, Quality
from profiles.store import ProfileStore

from ...profiles.test_compare import timed
from ...profiles.test_stale import row

NEW = "raspberry-pi-4b"
TRUTH = {
    item.model: item.latency_ms for item in published(NEW) if (item.source, item.threads, item.cores) == ("ncnn", 4, "all")
}  # fmt: skip
ANCHORS = ("squeezenet", "mobilenet", "resnet18", "vgg16_int8", "shufflenet")
SIZES = (1.0, 3.0, 9.0)


def declared(names=ANCHORS):
    return {name: str(TRUTH[name]) for name in names}


@pytest.fixture
def project(tmp_path):
    """Three bundles whose latencies on six other boards are a speed times a size; the new board has read two."""
    from engine.model.samples import sample

    workspace, net = Workspace(tmp_path), sample("fashion-mobilenet")
    made = []
    for name in ("small", "middle", "large"):
        bundle = make_bundle(
            {Format.ONNX: net.onnx}, data=None, recipe=Recipe(()), name=name, out_dir=workspace.bundles_dir,
            signing_key=signing_key(), model=name,
        )  # fmt: skip
        remember(bundle, workspace)
        made.append(bundle.sha256)
    draw = np.random.default_rng(0)

    def reading(board, speed, index, **changes):
        where = {"board": board, "target": board, "device_id": board, "nonce": f"{board}-{index}"}
        latency = timed(speed * SIZES[index] * math.exp(draw.normal(0, 0.01)))
        name = ("small", "middle", "large")[index]
        return row(0, 1, **{**where, "bundle": made[index], "name": name, "latency_ms": latency, **changes})

    rows = [reading(f"board{n}", 2.0**n, index) for n in range(6) for index in range(3)]
    rows += [reading("new", 5.0, index) for index in range(2)]
    rows.append(reading("hot", 0.01, 2, quality=Quality.REJECTED, reasons=("throttled",)))
    with ProfileStore.open() as store:
        store.add_many([(item, None) for item in rows])
    return tmp_path


def test_that_a_bundle_other_boards_measured_is_predicted_from_anchors_on_the_new_one(project):
    found = profile_transfer("new", ["large"], project=project)
    (item,) = found.models
    assert item.latency_ms == pytest.approx(45.0, rel=0.1)
    assert item.interval[0] < 45.0 < item.interval[1]
    assert item.anchor is None
    assert (found.boards, found.configurations, found.measure_next) == (6, 6, "large")
    assert found.basis == "predicted from 2 anchors on this board (2 measured) and readings of 6 other boards"
    assert found.caution is None
    assert found.to_json()["models"][0]["origin"] == "predicted"


def test_that_a_measured_model_is_left_out_of_its_own_prediction_and_stands_beside_it(project):
    (item,) = profile_transfer("new", ["middle"], project=project).models
    assert item.anchors == 1
    assert (item.anchor.origin, item.anchor.latency_ms) == (Origin.MEASURED, pytest.approx(15.0, rel=0.05))
    assert item.latency_ms == pytest.approx(15.0, rel=0.15)
    assert item.latency_ms != item.anchor.latency_ms


def test_that_a_board_without_anchors_is_told_what_to_measure_first(project):
    with pytest.raises(UsageError, match="no model that other boards have is known on 'elsewhere'") as caught:
        profile_transfer("elsewhere", ["large"], project=project)
    assert "middle" in caught.value.remedy


def test_that_declared_anchors_place_a_board_in_the_published_table_which_holds_none_of_its_own_figures(tmp_path):
    wanted = [name for name in TRUTH if name not in ANCHORS and name not in ("vision_transformer", "FastestDet")]
    found = profile_transfer(NEW, wanted, published="ncnn", anchors=declared(), threads=4, project=tmp_path)
    errors = [abs(item.latency_ms / TRUTH[item.name] - 1) for item in found.models]
    covered = [item.interval[0] <= TRUTH[item.name] <= item.interval[1] for item in found.models]
    others = {item.board for item in published() if item.source == "ncnn" and item.cores != "gpu"} - {NEW}
    assert np.median(errors) < 0.15
    assert np.mean(covered) > 0.75
    assert found.boards <= len(others)
    assert "(5 declared) and published ncnn figures of" in found.basis


def test_that_an_anchor_may_be_a_reading_and_the_other_runtime_is_then_cautioned_of(project):
    found = profile_transfer(
        "new", ["resnet50"], published="ncnn", anchors={"resnet18": "middle", "squeezenet": "2"},
        project=project,
    )  # fmt: skip
    assert {item.name: item.origin for item in found.anchors} == {
        "resnet18": Origin.MEASURED, "squeezenet": Origin.DECLARED
    }  # fmt: skip
    assert found.caution == "the anchors ran with onnxruntime, the table's models with ncnn: no interval covers that"
    with pytest.raises(UsageError, match="'large' was not measured on this board"):
        profile_transfer("new", ["resnet50"], published="ncnn", anchors={"resnet18": "large"}, project=project)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"published": "mlperf"}, "no published table"),
        ({"models": ["resnet51"]}, "have 'resnet51'"),
        ({"anchors": {"resnet18": "-4"}}, "no latency"),
        ({"anchors": {"mynet": "4"}}, "have 'mynet'"),
        ({"published": None}, "names models of a published table"),
    ],
)
def test_that_what_cannot_be_learnt_from_is_named(changes, message, tmp_path):
    given = {"models": ["resnet50"], "published": "ncnn", "anchors": {"resnet18": "40"}, **changes}
    with pytest.raises(UsageError, match=message):
        profile_transfer(NEW, given.pop("models"), **given, project=tmp_path)


def test_that_the_command_says_where_its_figures_come_from(tmp_path, capsys):
    pairs = [part for name in ANCHORS for part in ("--anchor", f"{name}={TRUTH[name]}")]
    command = ["profile", "predict", NEW, "resnet50", "--published", "ncnn", *pairs, "--project", str(tmp_path)]
    assert main(command) == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "predicted from 5 anchors on this board (5 declared) and published ncnn figures of" in text
    assert "not a measurement" in text
    assert main([*command, "--json"]) == 0
    (item,) = json.loads(capsys.readouterr().out)["models"]
    assert item["interval"][0] < item["p50_ms"] < item["interval"][1]
    assert main([*command, "--other-boards"]) != 0

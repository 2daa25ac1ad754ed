"""A preset over the real thing: a small network, real training, the loopback device. And what it refuses beforehand."""

import sys
from dataclasses import replace

import pytest
import torch
from torch import nn

from engine.compress import registry
from engine.compress.presets import CANDIDATES
from engine.compress.registry import find
from engine.compress.technique import Offer
from engine.deploy.enrol import add_device
from engine.errors import UsageError
from engine.events import Cancel, Stage
from engine.measure.limits import Limit
from engine.verbs import choose
from engine.verbs.bundling import find_bundle
from engine.workspace import Workspace

from ..deploy.boards import Board


def net():
    """Digits, wide enough that pruning has something to take."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.Conv2d(32, 64, 3, stride=2), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(576, 10)), (torch.zeros(1, 1, 8, 8),)


@pytest.fixture
def second_board(tmp_path):
    """A board behind OpenSSH, enrolled as ``pi``."""
    board = Board(tmp_path / "sshd")
    board.home.mkdir(exist_ok=True)
    told = {"identity": board.identity, "accept_fingerprint": board.fingerprint, "python": sys.executable}
    add_device("pi", board.address, **told, timeout_s=30)
    yield "pi"
    board.stop()


@pytest.mark.device
@pytest.mark.slow
@pytest.mark.usefixtures("short_warmup")
def test_that_a_preset_is_thinned_compressed_measured_on_every_board_and_picked_with_reasons(
    tmp_path, monkeypatch, second_board
):
    tried = [item for item in CANDIDATES["accuracy"] if item.name in ("fused", "int8", "cut25-int8")]
    tried.insert(1, replace(tried[0], name="fused-again"))
    monkeypatch.setattr("engine.compress.presets.CANDIDATES", {"accuracy": tuple(tried)})
    offered = replace(find("graph-fusion"), offers=(Offer("accuracy", "what a package adds", (("graph-fusion", {}),)),))
    monkeypatch.setitem(registry._TECHNIQUES, "graph-fusion", offered)
    stages, cancel = [], Cancel()

    def watch(event):
        if isinstance(event, Stage):
            stages.append((event.name, event.detail))
            if (event.name, event.detail) == ("compress", "int8"):
                cancel.finish()

    choice = choose(
        f"{__name__}:net", preset="accuracy", target=["loopback", second_board], data="digits", metric="f1_macro",
        keep=4, min_runs=40,
        limits=["accuracy_loss<=100", "latency_ms<=1000"], project=tmp_path, emit=watch, cancel=cancel,
    )  # fmt: skip
    told = choice.to_json()
    states = {item["name"]: item["state"] for item in told["candidates"]}
    measured = [name for name, state in states.items() if state == "measured"]
    assert states["int8"] == "measured"
    assert states["fused-again"] == "thinned", "neither smaller nor faster than the same recipe before it"
    assert states["graph-fusion"] == "thinned", "what a technique offers is estimated like the preset's own"
    assert states["cut25-int8"] == "stopped", "asked to finish before its turn"
    assert all(item["reasons"] for item in told["candidates"])
    assert [name for name, detail in stages if name == "measure"] == ["measure"] * 2, (
        "one interleaved plan on each board"
    )
    assert {detail for name, detail in stages if name == "compress"} == set(measured)
    least = min(item["found"]["loss_points"] for item in told["candidates"] if item["found"])
    chosen = next(item for item in told["candidates"] if item["chosen"])
    assert chosen["found"]["loss_points"] <= least + 0.1
    assert chosen["variant"] == told["chosen"]
    workspace = Workspace(tmp_path)
    kept = {variant.id for variant in workspace.variants()}
    assert {variant["id"] for variant in told["variants"]} <= kept
    assert find_bundle(chosen["bundle"], workspace).variant == told["chosen"]
    assert {reading["variant"] for reading in told["readings"]} == {v["id"] for v in told["variants"]} | {
        told["baseline"]["id"]
    }
    assert len(told["comparisons"]) == 2 * len(measured)
    assert {reading["target"] for reading in told["readings"]} == {"loopback", "pi"}
    for item in told["candidates"]:
        boards = {found["target"]: found for found in item["boards"]}
        assert set(boards) == ({"loopback", "pi"} if item["state"] == "measured" else set())
        if boards:
            first, second = (found["latency_ms"] for found in boards.values())
            assert item["found"]["latency_ms"] == pytest.approx((first * second) ** 0.5)
    assert set(told["best_on"]) == {"loopback", "pi"}
    assert told["metric"] == "f1_macro"
    by_id = {variant["id"]: variant for variant in told["variants"]}
    assert chosen["found"]["loss_points"] == by_id[told["chosen"]]["losses"]["f1_macro"]["value"]
    kept_chosen = next(variant for variant in workspace.variants() if variant.id == told["chosen"])
    assert kept_chosen.losses["f1_macro"].value == chosen["found"]["loss_points"]
    assert any("loss of f1_macro within 100 points" in reason for reason in told["reasons"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [({"preset": "tiny"}, "unknown-preset"), ({"data": None}, "no-data"), ({"limits": ["speed<=3"]}, "bad-limit")],
)
def test_that_a_choice_that_cannot_be_made_is_refused_before_anything_runs(tmp_path, asked, code):
    given = {"preset": "size", "data": "digits", **asked}
    with pytest.raises(UsageError) as error:
        choose("sample:fashion-mobilenet", target="nowhere", project=tmp_path, **given)
    assert error.value.code == code
    assert not (tmp_path / ".flyweight").exists()


def test_that_a_limit_tells_its_unit():
    assert Limit("latency_ms", 2.0).to_json() == {"name": "latency_ms", "most": 2.0, "unit": "ms"}

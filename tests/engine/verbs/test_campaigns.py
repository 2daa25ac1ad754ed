"""Campaigns: what is measured on what, what is known already, and what one bad bundle does to the others."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import pytest

from device_agent.contract.measuring import OperatorTime, Preflight
from device_agent.contract.messages import Runtime
from engine.errors import RejectedError, UsageError
from engine.events import Cancel
from engine.records import Bundle, Format, Recipe, Variant
from engine.verbs import campaigns, profile_run
from engine.workspace import Workspace
from profiles.store import ProfileStore

from ...device_agent.session import bundle, classifier
from ..measure.board import CPU, HELLO, MACHINE, FakeBoard

CUDA = "CUDAExecutionProvider"


class Board(FakeBoard):
    """A board whose runtime has a GPU; ``verified`` notes what it was asked to verify, and on what."""

    def __init__(self):
        super().__init__([200.0] * 8, hello=replace(HELLO, machine=replace(MACHINE, governor="performance")))
        self.verified = []

    def runtimes(self):
        return (Runtime("onnxruntime", "1.32.0", [CUDA, CPU], "2.4", "env-1", ["onnx"], CPU),)


@pytest.fixture
def board(tmp_path, monkeypatch):
    """A simulated board called ``pi``, and the bundles ``good`` and ``bad``, the second of which it refuses."""
    monkeypatch.chdir(tmp_path)
    fake, known = Board(), {}
    for seed, name in enumerate(("good", "bad")):
        made, folder = bundle(classifier(seed=seed), name=name), tmp_path / name
        folder.mkdir()
        made.write(folder)
        known[name] = Bundle(made.id[:16], name, str(folder), 1, made.id, "k")

    @contextmanager
    def connect(target, **named):
        yield fake

    def verify(client, item, run, emit, cancel):
        client.verified.append((item.name, run))
        if item.name == "bad":
            raise RejectedError("golden-failed", "the board does not compute the golden outputs", "make it again")
        run.entry(["onnx"], client.runtimes(), item.name)

    monkeypatch.setattr(campaigns, "connect", connect)
    monkeypatch.setattr(campaigns, "verify", verify)
    monkeypatch.setattr(campaigns, "expand", lambda targets: ("pi",))
    monkeypatch.setattr(campaigns, "find_bundle", lambda key, workspace: known[key])
    return fake


def states(campaign):
    return {cell.name: cell.state for cell in campaign.cells}


def test_that_a_bundle_the_board_refuses_is_missing_with_the_reason_and_stops_nothing_else(board):
    seen = profile_run(["bad", "good"], "pi")
    assert states(seen) == {"bad": "missing", "good": "measured"}
    assert "golden outputs" in next(cell.reason for cell in seen.cells if cell.name == "bad")
    assert json.loads(json.dumps(seen.to_json()))["missing"] == 1


def test_that_a_campaign_verifies_and_measures_on_what_is_asked_for(board):
    assert states(profile_run(["good"], "pi", provider="cuda")) == {"good": "measured"}
    assert board.verified[0][1].provider == "cuda"
    assert [entry.runtime.provider for entry in board.plans[0].entries] == [CUDA]
    with ProfileStore.open() as store:
        assert [item.provider for item in store.readings()] == [CUDA]


def test_that_a_campaign_traces_operators_where_that_is_asked_for(board):
    profile_run(["good"], "pi")
    profile_run(["good"], "pi", operators=True)
    assert [plan.operators for plan in board.plans] == [False, True]


def test_that_a_fresh_reading_without_operators_is_stale_where_they_are_asked_for(board):
    told = OperatorTime("conv", "Conv", CPU, 3.0, 9)
    profile_run(["good"], "pi")
    board._change = lambda result, raw: (
        replace(result, entries=[replace(item, operators=[told]) for item in result.entries]), raw
    )  # fmt: skip
    assert states(profile_run(["good"], "pi", operators=True, only_stale=True)) == {"good": "measured"}
    assert states(profile_run(["good"], "pi", operators=True, only_stale=True)) == {"good": "known"}
    assert states(profile_run(["good"], "pi", only_stale=True)) == {"good": "known"}


def test_that_only_stale_asks_for_a_reading_on_the_same_provider(board):
    profile_run(["good"], "pi", provider="cuda")
    assert states(profile_run(["good"], "pi", provider="cuda", only_stale=True)) == {"good": "known"}
    assert states(profile_run(["good"], "pi", only_stale=True)) == {"good": "measured"}
    assert states(profile_run(["good"], "pi", only_stale=True)) == {"good": "known"}
    assert states(profile_run(["good"], "pi", delegate="none", only_stale=True)) == {"good": "missing"}


def test_that_what_no_runtime_can_have_is_a_usage_error_before_anything_is_touched(board):
    with pytest.raises(UsageError, match="no provider"):
        profile_run(["good"], "pi", provider="npu")
    assert board.verified == []


def test_that_a_variant_is_compared_with_its_original_where_both_are_in_one_plan(board, monkeypatch, tmp_path):
    made, workspace = {}, Workspace.find(tmp_path)
    for seed, (name, original) in enumerate((("half", "0ri9"), ("baseline", None), ("stranger", "e15e"))):
        content, folder = bundle(classifier(seed=seed), name=name), tmp_path / name
        folder.mkdir()
        content.write(folder)
        id_ = "0ri9" if original is None else f"{seed}-{name}"
        variant = Variant(id_, name, "net", original, "", Format.ONNX, Recipe((), name), 9, 9, 9, 9, 9, "0")
        workspace.save_variant(variant, {Format.ONNX: b"-"})
        made[name] = Bundle(content.id[:16], name, str(folder), 1, content.id, "k", id_, "net")
    monkeypatch.setattr(campaigns, "find_bundle", lambda key, workspace: made[key])
    profile_run(list(made), "pi", project=tmp_path)
    with ProfileStore.open() as store:
        assert [(item.a, item.b) for item in store.comparisons()] == [(made["half"].sha256, made["baseline"].sha256)]


def held(result, raw):
    """As a board answers that set its own governor for the run."""
    ready = Preflight(0.1, 2, 9 << 30, 10 << 30, 0, "mains", ["ondemand"], 40.0, 1_000_000)
    held = {
        "governor": "performance",
        "pinned_governor": "performance",
        "preflight": ready,
        "probe_after_ns": 1_000_000,
    }
    return replace(result, conditions=replace(result.conditions, **held)), raw


def test_that_what_was_measured_with_its_clocks_held_is_known_though_the_board_idles_otherwise(board, monkeypatch):
    board.hello = replace(HELLO, machine=replace(MACHINE, governor="ondemand"))
    board._change = held
    assert states(profile_run(["good"], "pi", only_stale=True)) == {"good": "measured"}
    assert states(profile_run(["good"], "pi", only_stale=True)) == {"good": "known"}
    board.hello = replace(board.hello, machine=replace(board.hello.machine, kernel="9.9"))
    assert states(profile_run(["good"], "pi", only_stale=True)) == {"good": "measured"}


def test_that_a_campaign_that_goes_on_keeps_what_is_good_and_measures_again_what_was_rejected(board):
    board._change = lambda result, raw: (
        replace(result, conditions=replace(result.conditions, throttled=True)), raw
    )  # fmt: skip
    first = profile_run(["good"], "pi")
    assert states(first) == {"good": "missing"}
    assert "throttled" in first.cells[0].reason
    board._change = None
    assert states(profile_run(["good"], "pi", resume=True)) == {"good": "measured"}
    assert states(profile_run(["good"], "pi", resume=True)) == {"good": "measured"}
    assert len(board.plans) == 2


class Clock(datetime):
    """A clock on the wall that a suspended computer finds an hour on."""

    told = 0

    @classmethod
    def now(cls, tz=None):
        cls.told += 1
        return datetime(2026, 1, 1, 23, 0) if cls.told == 1 else datetime(2026, 1, 2, 0, 31)


def test_that_a_campaign_that_waits_goes_by_the_clock_on_the_wall(monkeypatch):
    monkeypatch.setattr(campaigns, "datetime", Clock)
    events = []
    campaigns._wait("00:30", events.append, Cancel())
    assert [event.detail for event in events] == ["until 2026-01-02 00:30"]

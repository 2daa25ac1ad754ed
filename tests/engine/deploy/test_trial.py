"""Deploys on trial and in groups, from the desktop's side."""

from pathlib import Path

import pytest

from engine.deploy import release
from engine.deploy.connect import connect
from engine.deploy.rollout_acts import BoardActs
from engine.deploy.rollout_store import BoardRow, Fate
from engine.errors import RejectedError, UsageError

from .boards import Board

pytestmark = pytest.mark.device


def current(board: Board, slot: str = "main") -> str:
    return (board.home / ".flyweight" / "slots" / slot / "current").resolve().name


def test_that_a_well_trial_is_committed(target: str, bundles):
    placed = release.deploy(bundles["int8"], target, trial=release.Trial(20, ("true",), ("true",)))
    assert (placed.state, placed.release, placed.reason) == ("committed", 1, None)
    assert release.releases(target).trial_left_s is None


def test_that_an_unwell_trial_returns_to_the_release_before(board: Board, bundles):
    release.deploy(bundles["float"], "board")
    placed = release.deploy(
        bundles["int8"], "board", trial=release.Trial(1, ("sh", "-c", "echo service is down; exit 1"))
    )
    assert (placed.state, placed.release) == ("rolled-back", None)
    assert placed.reason is not None
    assert "service is down" in placed.reason
    assert current(board) == bundles["float"].sha256
    again = release.deploy(bundles["int8"], "board")
    assert (again.state, again.release) == ("committed", 3)
    assert release.rollback("board").bundle == bundles["float"].sha256


def test_that_slots_of_a_group_switch_together_or_not_at_all(board: Board, bundles, tmp_path):
    both = {"eye": bundles["int8"], "ear": bundles["float"]}
    placed = release.deploy_group(both, "board")
    assert {item.slot: (item.state, item.release) for item in placed} == {
        "eye": ("committed", 1),
        "ear": ("committed", 1),
    }
    back = release.deploy_group(
        {"eye": bundles["float"], "ear": bundles["int8"]}, "board", trial=release.Trial(1, ("false",))
    )
    assert [item.state for item in back] == ["rolled-back", "rolled-back"]
    assert (current(board, "eye"), current(board, "ear")) == (bundles["int8"].sha256, bundles["float"].sha256)
    with pytest.raises(UsageError):
        release.deploy_group({"../x": bundles["int8"]}, "board")


def test_that_a_preview_says_what_would_travel_and_changes_nothing(board: Board, bundles):
    seen = release.preview(bundles["int8"], "board")
    assert seen.state == "planned"
    assert seen.upload is not None
    assert seen.upload["bytes"] > bundles["int8"].size_bytes * 0.9
    assert seen.reason is not None
    assert "the slot is new" in seen.reason
    assert release.releases("board").slots == {}
    release.deploy(bundles["int8"], "board")
    again = release.preview(bundles["int8"], "board")
    assert again.upload is not None
    assert again.upload["bytes"] == 0
    assert "release 1 runs there now" in (again.reason or "")


def test_that_an_order_on_trial_outlives_the_session_that_gave_it(board: Board, bundles):
    release.deploy(bundles["float"], "board")
    with connect("board") as client:
        release.stage(client, bundles["int8"])
        _, order = release.activate(client, {"main": bundles["int8"].sha256}, release.Trial(600))
    with connect("board") as client:
        assert client.slots().trial_left_s is not None
        client.commit(order)
    assert current(board) == bundles["int8"].sha256
    assert Path(board.home / ".flyweight" / "slots" / "main" / "current" / "run.py").is_file()


def test_that_a_rollout_finishes_what_a_lost_link_left_on_trial(board: Board, bundles):
    release.deploy(bundles["float"], "board")
    new = bundles["int8"]
    with connect("board") as client:  # and here the link is lost: nobody commits
        release.stage(client, new)
        release.activate(client, {"main": new.sha256}, release.Trial(600))
    acts = BoardActs({new.sha256: new}, trial=release.Trial(20, ("true",)))
    row = BoardRow("board", new.sha256, new.path)
    assert acts.prepare(row, "main").fate is Fate.STAGED, "on trial is not committed"
    assert acts.switch(row, "main").fate is Fate.COMMITTED
    with connect("board") as client:
        assert client.slots().trial_left_s is None
    assert current(board) == new.sha256
    assert acts.prepare(row, "main").fate is Fate.COMMITTED


def test_that_a_rollout_knows_what_takes_its_switch_back_also_where_a_rollback_would_be_refused(board: Board, bundles):
    new, old = bundles["int8"], bundles["float"]
    acts = BoardActs({item.sha256: item for item in (new, old)})

    def to(bundle) -> str | None:
        row = BoardRow("board", bundle.sha256, bundle.path)
        assert acts.prepare(row, "main").fate is Fate.STAGED
        return acts.switch(row, "main").way_back

    try:
        assert to(old) == "", "nothing ran before"
        assert to(new) == "rollback"
        assert to(old) == new.sha256
    finally:
        acts.leave()
    with pytest.raises(RejectedError, match="went back already"):
        release.rollback("board")
    assert release.deploy(new, "board").state == "committed"
    assert current(board) == new.sha256

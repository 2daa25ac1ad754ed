"""What a board runs outlives records that cannot be read, records that were damaged, and a disk that is full."""

import errno
import os
from pathlib import Path

import pytest

from device_agent import generations, trial
from device_agent.contract.messages import Release, SlotState
from device_agent.desktop import Unattended
from device_agent.generations import Generations, State
from device_agent.operations import Operations
from device_agent.store import Store

OLD, NEW, EAR = "a" * 64, "b" * 64, "e" * 64
BOOT = trial.boot_id()


@pytest.fixture
def board(disk: Path) -> Generations:
    """Two slots, each with a release; the ear's came first."""
    found = Generations(Store(str(disk / "store")))
    for bundle in (OLD, NEW, EAR):
        Path(found.store.path("bundles", bundle)).mkdir()
    found.switch(State().after("1", 5, {"ear": EAR}, {EAR: "ear"}))
    found.switch(found.state().after("2", 7, {"main": OLD}, {OLD: "old"}))
    return found


def serves(board: Generations) -> dict[str, str]:
    """What programs see that follow the slots."""
    folder = Path(board.store.path("slots"))
    return {item.name: (item / "current").resolve().name for item in folder.iterdir() if (item / "current").exists()}


def on_trial(board: Generations, window_s: float = 60.0) -> None:
    before = board.state()
    following = before.after("3", 8, {"main": NEW}, {NEW: "new"})
    wanted = {"window_s": window_s, "health": [], "hook": []}
    board.switch(following, trial.begin(following, before, wanted, BOOT))


def damage(board: Generations, how: str) -> None:
    path = Path(board.store.path("active", "state.json"))
    content = path.read_bytes()
    path.write_bytes({"zeros": b"\0" * len(content), "flip": content.replace(b'"main": 7', b'"main": 2'),
                      "cut": content[:40], "gone": b""}[how])  # fmt: skip
    assert path.read_bytes() != content
    if how == "gone":
        path.unlink()


@pytest.mark.parametrize("how", ["zeros", "flip", "cut", "gone"])
def test_that_a_damaged_record_costs_no_slot_what_it_runs(board: Generations, how: str):
    damage(board, how)
    state = board.state()
    assert state.salvaged
    assert (state.current("main"), state.current("ear")) == (OLD, EAR)
    assert state.counters["ear"] == 5, "as the generation before says"
    board.switch(state.after("4", state.counters["main"] + 1, {"main": NEW}, {NEW: "new"}))
    board.collect()
    assert serves(board) == {"main": NEW, "ear": EAR}
    assert not board.state().salvaged


def test_that_a_person_hears_of_a_damaged_record(board: Generations):
    greeting = {"major": 1, "minor": 0}
    hello = Operations(board.store.home, "/", Unattended(9.0, "/none"), lambda event: None).handlers["hello"]
    assert not any("damaged" in note for note in hello(greeting)[0]["notes"])
    damage(board, "cut")
    assert any("damaged" in note for note in hello(greeting)[0]["notes"])


@pytest.mark.parametrize("number", [errno.EIO, errno.EMFILE])
def test_that_a_record_that_cannot_be_read_just_now_is_an_error_and_no_empty_board(
    board: Generations, number: int, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*arguments: object, **named: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", refuse)
        for act in (board.state, board.collect):
            with pytest.raises(OSError, match=os.strerror(number)):
                act()
    assert serves(board) == {"main": OLD, "ear": EAR}


def test_that_a_record_of_an_older_agent_has_no_checksum_and_is_believed(board: Generations):
    value = board.state().to_bytes()
    assert State.of(value) is not None
    plain = value.replace(b'"check": ', b'"unknown": ')
    assert plain != value
    assert (State.of(plain) or State()).counters == {"main": 7, "ear": 5}


def test_that_the_generation_before_is_kept_and_older_ones_go(board: Generations):
    for number in range(4):
        board.switch(board.state().after(str(number), 10 + number, {"main": NEW}, {NEW: "new"}))
        board.collect()
    assert {item.name for item in Path(board.store.path("generations")).iterdir()} == {"5", "6"}


def test_that_a_trial_goes_back_on_a_disk_that_its_release_has_filled(
    board: Generations, monkeypatch: pytest.MonkeyPatch
):
    refused = []

    def full(path: str, content: bytes) -> None:
        refused.append(path)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    on_trial(board)
    board.collect()
    assert serves(board) == {"main": NEW, "ear": EAR}
    monkeypatch.setattr(generations, "write_durably", full)
    assert trial.revert(board, "full") == {"main": 7}
    assert not refused
    assert serves(board) == {"main": OLD, "ear": EAR}
    state = board.state()
    assert (state.reverts, state.trial, state.counters["main"]) == (1, None, 8)
    assert [(item.release, item.state) for item in state.slots["main"].releases] == [
        (8, "rolled-back"),
        (7, "committed"),
    ]


def test_that_without_a_prepared_way_back_a_full_disk_keeps_the_trial_and_says_so(
    board: Generations, monkeypatch: pytest.MonkeyPatch
):
    """The control of the test above: it is the prepared generation that helps."""
    on_trial(board)
    Path(board.store.path("active.back")).unlink()

    def full(path: str, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(generations, "write_durably", full)
    with pytest.raises(OSError, match="No space"):
        trial.revert(board, "full")
    assert serves(board)["main"] == NEW


@pytest.mark.parametrize("change", ["other", "cut", "none"])
def test_that_only_the_very_way_back_of_this_trial_is_taken(board: Generations, change: str):
    on_trial(board)
    place = Path(os.path.realpath(board.store.path("active.back"))) / "state.json"
    if change == "other":
        place.write_bytes(State().after("9", 99, {"main": EAR}, {EAR: "ear"}).to_bytes())
    elif change == "cut":
        place.write_bytes(place.read_bytes()[:50])
    else:
        place.unlink()
    trial.revert(board, "asked")
    assert serves(board) == {"main": OLD, "ear": EAR}
    assert board.state().counters == {"main": 8, "ear": 5}


def test_that_a_commit_on_a_full_disk_fails_and_the_trial_can_still_go_back(
    board: Generations, monkeypatch: pytest.MonkeyPatch
):
    on_trial(board)

    def full(path: str, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(generations, "write_durably", full)
    with pytest.raises(OSError, match="No space"):
        trial.commit(board, "3")
    trial.revert(board, "asked")
    assert serves(board)["main"] == OLD


def test_that_a_committed_trial_leaves_no_way_back_behind(board: Generations):
    on_trial(board)
    trial.commit(board, "3")
    board.collect()
    assert not os.path.lexists(board.store.path("active.back"))
    assert serves(board) == {"main": NEW, "ear": EAR}
    assert board.state().slots["main"] == SlotState(
        8, [Release(8, NEW, "committed", "new"), Release(7, OLD, "committed", "old")]
    )


def test_that_the_watcher_outlives_a_disk_that_fails_for_a_while(board: Generations, monkeypatch: pytest.MonkeyPatch):
    on_trial(board, window_s=-1.0)
    failures, real = [], trial.recover

    def failing(store: Store, root: str) -> None:
        if len(failures) < 2:
            failures.append(store)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(store, root)

    monkeypatch.setattr(trial, "recover", failing)
    monkeypatch.setattr(trial, "AGAIN_S", 0.01)
    assert trial.watch(board.store.home, "/") == 0
    assert len(failures) == 2
    assert serves(board)["main"] == OLD


def test_that_a_board_whose_trial_cannot_go_back_lets_desktops_in_and_tells(
    board: Generations, monkeypatch: pytest.MonkeyPatch
):
    on_trial(board, window_s=-1.0)

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(trial, "recover", full)
    session = Operations(board.store.home, "/", Unattended(9.0, "/none"), lambda event: None)
    notes = session.handlers["hello"]({"major": 1, "minor": 0})[0]["notes"]
    assert any("cannot go back: No space left" in note for note in notes)

"""What a rollout tells: how far it is, what its gates measure and found, and how each board is taken back."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

from engine.cli.main import main
from engine.deploy.rollout import Outcome, Rollout
from engine.deploy.rollout_store import BoardRow, Fate, RolloutStore
from engine.deploy.rollout_telling import Telling
from engine.events import Event, Log, Metric, Progress, Stage
from engine.records import Bundle
from engine.verbs import fleet, fleet_rollout
from engine.workspace import Workspace

from .fleets import NEW, create
from .test_rollout import Scripted, fates


def told_of(events: list[Event]) -> list[str]:
    return [
        f"{event.name} {event.detail}".strip() if isinstance(event, Stage) else f"{event.done:g}"
        for event in events
        if isinstance(event, (Stage, Progress))
    ]


def test_that_a_gate_is_told_as_its_own_stage_with_how_far_it_is():
    events: list[Event] = []
    telling = Telling(events.append)
    telling(Stage("uploading", "pi"))
    with telling.measuring("pi") as tell:
        tell(Stage("verify", "int8 on pi"))
        tell(Metric("p50", 1.0, 1))
        tell(Progress(1, 4, "round", 30.0))
        tell(Log("pi: it is warm", "warning"))
        tell(Progress(2, 4, "round", 20.0))
    assert told_of(events) == ["uploading pi", "measuring pi", "1", "2"]
    assert [event.message for event in events if isinstance(event, Log)] == ["pi: it is warm"]


def test_that_of_several_boards_one_bar_is_drawn_below_its_own_board():
    events: list[Event] = []
    telling = Telling(events.append)
    with telling.measuring("b") as second:
        with telling.measuring("a") as first:
            second(Progress(1, 9))  # nobody sees whose it would be
            first(Progress(2, 9))
            telling(Stage("staged", "c"))
            first(Progress(3, 9))
            second(Progress(4, 9))
        second(Progress(5, 9))
    assert told_of(events) == ["measuring b", "measuring a", "2", "staged c", "measuring a", "3", "measuring b", "5"]


def test_that_every_step_moves_the_bar_and_the_time_left_is_told(tmp_path: Path):
    told: list[Event] = []
    Rollout(create(tmp_path, 10, 0), "r1", Scripted(tmp_path), emit=told.append).run()
    bars = [event for event in told if isinstance(event, Progress)]
    done = [bar.done for bar in bars]
    assert done == sorted(done)
    assert len(set(done)) == 21, "two steps for each of ten boards"
    assert (done[0], done[-1]) == (0, 10)
    assert bars[0].eta_s is None, "nothing is known before the first step"
    assert all(bar.eta_s and bar.eta_s > 0 for bar in bars[1:] if bar.done < 10)


def test_that_what_a_gate_found_is_still_told_of_a_board_that_switched(tmp_path: Path):
    class Gated(Scripted):
        def prepare(self, board: BoardRow, slot: str) -> Outcome:
            return Outcome(Fate.STAGED, "gate PASS: 1.70x as fast", verdict="PASS")

    store = create(tmp_path, 2, 0)
    Rollout(store, "r1", Gated(tmp_path)).run()
    assert {(str(row.state), row.verdict, row.reason) for row in store.load("r1").boards} == {
        ("committed", "PASS", "gate PASS: 1.70x as fast")
    }


def test_that_a_board_whose_gate_measures_is_told_so_with_the_time_left(tmp_path: Path, monkeypatch):
    told: list[Event] = []
    seen: list[str] = []

    class Measuring(Scripted):
        def prepare(self, board: BoardRow, slot: str) -> Outcome:
            with self.measuring(board.name) as tell:
                tell(Progress(1, 4, "round", 30.0))
                seen.extend(str(row.state) for row in store().load(store().all()[0].id).boards)
            return super().prepare(board, slot)

    def store() -> RolloutStore:
        return RolloutStore.of(Workspace.find(tmp_path))

    def acts(workspace, row, measuring, cancel):
        made = Measuring(tmp_path)
        made.measuring = measuring
        return made

    monkeypatch.setattr(fleet, "_acts", acts)
    monkeypatch.setattr(fleet, "find_bundle", lambda key, workspace: Bundle("a", "new", "/a", 1, NEW, "k"))
    monkeypatch.setattr(fleet, "expand", lambda targets: ("hall",))
    assert fleet_rollout("new", "hall", project=tmp_path, emit=told.append).state == "finished"
    assert seen == ["measuring"]
    place = next(n for n, event in enumerate(told) if isinstance(event, Stage) and event.name == "measuring")
    assert told[place].detail == "hall"
    assert isinstance(bar := told[place + 1], Progress)
    assert bar.eta_s == 30.0


def test_that_a_stopped_rollout_names_for_each_board_the_command_that_takes_it_back(
    tmp_path: Path, monkeypatch, capsys
):
    ways = {"b00": "rollback", "b01": "f" * 64, "b02": "", "b04": None}

    class Knowing(Scripted):
        def switch(self, board: BoardRow, slot: str) -> Outcome:
            return replace(super().switch(board, slot), way_back=ways.get(board.name))

    project = tmp_path / "p"
    root = Workspace.find(project).root
    root.mkdir(parents=True)
    store = create(root, 5, 0)
    plan = {**store.load("r1").plan, "waves": ["100%"], "parallel": 1}
    with sqlite3.connect(store.path) as link:  # as a version before wrote it
        link.execute("ALTER TABLE boards DROP COLUMN way_back")
        link.execute("PRAGMA user_version=1")
        link.execute("UPDATE rollouts SET plan=?", (json.dumps(plan),))
    link.close()
    monkeypatch.setattr(fleet, "_acts", lambda *asked: Knowing(tmp_path, {"b03": "harm"}))
    assert main(["fleet", "resume", "r1", "--project", str(project)]) == 3
    assert fates(store) | {"b04": ""} == dict.fromkeys(("b00", "b01", "b02"), "committed") | {
        "b03": "rolled-back",
        "b04": "",
    }
    told = capsys.readouterr().err
    assert f"flyweight rollback b00, and: flyweight deploy {'f' * 16} b01" in told
    assert "b02" not in told.partition("take it back")[2]

"""Rollouts: waves, too many failures, pause and resume, boards that are offline, a desktop that is killed."""

import fcntl
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from device_agent.contract.errors import AgentError
from engine.cli.main import main
from engine.deploy import release
from engine.deploy.inventory import Inventory
from engine.deploy.rollout import Outcome, Rollout, is_running, wave_sizes
from engine.deploy.rollout_store import AWAY, BoardRow, Fate, RolloutStore, State
from engine.errors import Cancelled, UsageError, WorkspaceError
from engine.events import Cancel
from engine.verbs import fleet_cancel, fleet_pause, fleet_resume, fleet_rollout, fleet_status
from engine.workspace import Workspace

from .boards import Board
from .fleets import NEW, FileBoards, create, ordeal, run_killed


class Scripted(FileBoards):
    """Boards without chance: faults by name."""

    def __init__(self, folder: Path, faults: dict[str, str] | None = None) -> None:
        super().__init__(folder, 0)
        self.faults, self.order = faults or {}, list[str]()
        self.at_once = self.most = 0
        self.hooked = lambda name: None

    def fault(self, name: str) -> str:
        return self.faults.get(name, "none")

    def switch(self, board: BoardRow, slot: str) -> Outcome:
        with self._lock:
            self.order.append(board.name)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        self.hooked(board.name)
        try:
            return super().switch(board, slot)
        finally:
            with self._lock:
                self.at_once -= 1


def fates(store: RolloutStore) -> dict[str, str]:
    return {row.name: str(row.state) for row in store.load("r1").boards}


@pytest.mark.parametrize(
    ("waves", "total", "sizes"),
    [
        (["1", "10%", "50%", "100%"], 50, [1, 5, 25, 50]),
        (["1", "10%"], 3, [1, 3]),
        (["3"], 2, [2]),
        (["10%"], 9, [1, 9]),
    ],
)
def test_that_waves_grow_to_all_boards(waves: list[str], total: int, sizes: list[int]):
    assert wave_sizes(waves, total) == sizes


@pytest.mark.parametrize("wave", ["0", "-1", "many", "", "nan", "1e9"])
def test_that_a_wave_that_is_none_is_refused(wave: str):
    with pytest.raises(UsageError):
        wave_sizes([wave], 10)


def test_that_every_board_gets_the_release_and_the_canary_is_alone(tmp_path: Path):
    store, acts = create(tmp_path, 20, 3), Scripted(tmp_path)
    done = Rollout(store, "r1", acts, parallel=8).run()
    assert done.state is State.FINISHED
    assert set(fates(store).values()) == {"committed"}
    assert acts.order[0] == "b00"
    assert sorted(acts.order) == sorted(fates(store))
    assert acts.most <= 4, "no more boards between old and new than may fail, and one"


def test_that_a_bad_canary_stops_everything(tmp_path: Path):
    store = create(tmp_path, 20, 0)
    done = Rollout(store, "r1", Scripted(tmp_path, {"b00": "harm"})).run()
    assert done.state is State.STOPPED
    assert "b00: not well" in done.reason
    assert [name for name, fate in fates(store).items() if fate != "pending"] == ["b00"]


def test_that_failures_up_to_the_limit_are_borne_and_one_more_stops(tmp_path: Path):
    store = create(tmp_path, 20, 1)
    acts = Scripted(tmp_path, {"b03": "harm", "b08": "reject", "b12": "harm"})
    assert Rollout(store, "r1", acts).run().state is State.STOPPED
    assert fates(store)["b03"] == "rolled-back"
    assert fates(store)["b08"] == "rejected"
    assert "b12" not in acts.order


def test_that_an_offline_canary_is_replaced_and_picked_up_later(tmp_path: Path):
    store, acts = create(tmp_path, 5, 0), Scripted(tmp_path, {"b00": "offline"})
    assert Rollout(store, "r1", acts).run().state is State.WAITING
    assert acts.order[0] == "b01"
    assert fates(store)["b00"] == "offline"
    acts.faults.clear()
    store.reset("r1", frozenset({Fate.OFFLINE}))
    store.set_state("r1", State.RUNNING)
    assert Rollout(store, "r1", acts).run().state is State.FINISHED
    assert acts.order.count("b01") == 1, "what is done is not done again"


def test_that_a_board_another_desktop_holds_is_told_as_busy_with_by_whom_and_picked_up_later(tmp_path: Path, capsys):
    class Held(Scripted):
        held = True

        def prepare(self, board: BoardRow, slot: str) -> Outcome:
            if self.held and board.name == "b01":
                raise AgentError(
                    "busy", "ada@desk has this board for a deployment since 4 s ago", "wait until it is done"
                )
            return super().prepare(board, slot)

    project = tmp_path / "p"
    folder = Workspace.find(project).root
    folder.mkdir(parents=True, exist_ok=True)
    store, acts = create(folder, 3, 0), Held(folder, {"b02": "offline"})
    done = Rollout(store, "r1", acts).run()
    assert (done.state, done.reason) == (State.WAITING, "offline: 1; busy: 1")
    assert fates(store) == {"b00": "committed", "b01": "busy", "b02": "offline"}
    assert main(["fleet", "status", "r1", "--project", str(project)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "1 of 3 boards got it, 1 busy, 1 offline" in told
    assert "ada@desk has this board for a deployment" in told
    assert "next flyweight fleet resume r1 when b02 answers again and b01 is free again" in told
    assert fleet_resume("r1", project=project, dry_run=True).to_json()["counts"] == {"committed": 1, "pending": 2}
    acts.held = False
    acts.faults.clear()
    store.reset("r1", AWAY)
    store.set_state("r1", State.RUNNING)
    assert Rollout(store, "r1", acts).run().state is State.FINISHED


def test_that_a_pause_from_elsewhere_lets_boards_under_way_finish(tmp_path: Path):
    store, acts = create(tmp_path, 10, 0), Scripted(tmp_path)
    acts.hooked = lambda name: store.set_state("r1", State.PAUSED) if name == "b04" else None
    assert Rollout(store, "r1", acts).run().state is State.PAUSED
    assert [name for name, fate in fates(store).items() if fate == "committed"] == [f"b0{n}" for n in range(5)]
    store.set_state("r1", State.RUNNING)
    assert Rollout(store, "r1", acts).run().state is State.FINISHED
    assert len(acts.order) == 10


def test_that_the_way_to_the_next_boards_is_taken_while_others_switch(tmp_path: Path):
    store, acts = create(tmp_path, 12, 0), Scripted(tmp_path)
    ahead, left = dict[str, int](), list[set[str]]()
    acts.approach = lambda board: ahead.setdefault(board.name, len(acts.order))
    acts.leave = lambda: left.append(set(ahead))
    assert Rollout(store, "r1", acts, parallel=3).run().state is State.FINISHED
    assert acts.most == 1, "none may fail, so one at a time is between old and new"
    for place, name in enumerate(acts.order):
        assert place - 3 <= ahead[name] <= place
    assert any(ahead[name] < place for place, name in enumerate(acts.order))
    assert left[-1] == set(acts.order)


def test_that_boards_verify_while_others_upload(tmp_path: Path):
    """More boards than may upload at once are under way, or the link is idle while they verify."""
    store, acts = create(tmp_path, 16, 16), Scripted(tmp_path)
    store.set_board("r1", "b00", Fate.COMMITTED)
    inside, met = threading.Barrier(4, timeout=10), []

    def prepare(board: BoardRow, slot: str) -> Outcome:
        if board.name in ("b04", "b05", "b06", "b07"):  # of the wave of eight
            met.append(inside.wait())
        return Outcome(Fate.STAGED)

    acts.prepare = prepare
    assert Rollout(store, "r1", acts, parallel=1).run().state is State.FINISHED
    assert len(met) == 4


def test_that_cancel_stops_between_boards_and_can_go_on(tmp_path: Path):
    store, acts, cancel = create(tmp_path, 10, 0), Scripted(tmp_path), Cancel()
    acts.hooked = lambda name: cancel.set() if name == "b02" else None
    with pytest.raises(Cancelled):
        Rollout(store, "r1", acts, cancel=cancel).run()
    assert len(acts.order) == 3
    assert Rollout(store, "r1", acts).run().state is State.FINISHED


HELD = """
import sys, threading
from pathlib import Path
from engine.deploy.rollout import Rollout
from engine.deploy.rollout_store import RolloutStore
from tests.engine.deploy.fleets import FileBoards

class Held(FileBoards):
    def switch(self, board, slot):
        print("switching", flush=True)
        threading.Event().wait()

Rollout(RolloutStore(Path(sys.argv[1])), "r1", Held(Path(sys.argv[2]), 3)).run()
"""


def test_that_a_rollout_whose_process_was_killed_is_told_as_interrupted_with_how_to_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    project = tmp_path / "p"
    store = create(Workspace.find(project).root, 2, 0)
    told = ["fleet", "status", "--project", str(project)]
    with subprocess.Popen(
        [sys.executable, "-c", HELD, store.path, tmp_path], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as alive:
        assert alive.stdout is not None
        assert alive.stdout.readline() == b"switching\n"
        assert main(told) == main([*told, "r1"]) == 0
        assert "interrupted" not in capsys.readouterr().out
        assert fleet_status(project=project).to_json()["rollouts"][0]["state"] == "running"
        alive.kill()
    assert alive.returncode == -signal.SIGKILL
    assert fleet_status(project=project).to_json()["rollouts"][0]["state"] == "interrupted"
    assert fleet_status("r1", project=project).to_json()["state"] == "interrupted"
    for words in (told, [*told, "r1"]):
        assert main(words) == 0
        said = capsys.readouterr().out
        assert "running" not in said
        assert "the process that worked on it is gone" in " ".join(said.split())
        assert "next  flyweight fleet resume r1" in said
    assert Rollout(store, "r1", Scripted(tmp_path)).run().state is State.FINISHED
    assert main([*told, "r1"]) == 0
    assert "resume" not in capsys.readouterr().out


def test_that_a_rollout_is_never_seen_as_interrupted_between_being_written_and_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    project, seen = tmp_path / "p", []
    store = RolloutStore(Workspace.find(project).root / "rollouts.db")
    plan = {"waves": ["100%"], "max_failures": 0, "parallel": 2}
    store.create("r1", "main", plan, [BoardRow(f"b{n:02}", NEW, "/bundle") for n in range(2)])
    store.set_state("r1", State.PAUSED)
    write = RolloutStore.set_state

    def written(self, id_: str, state: State, reason: str = "", **only) -> bool:
        done = write(self, id_, state, reason, **only)
        seen.append(fleet_status(id_, project=project).state)
        return done

    monkeypatch.setattr(RolloutStore, "set_state", written)
    monkeypatch.setattr("engine.verbs.fleet._acts", lambda *asked: Scripted(tmp_path))
    assert fleet_resume("r1", project=project).rollout.state is State.FINISHED
    assert seen[0] == "running"
    assert "interrupted" not in seen


def test_that_who_only_looks_is_in_nobodys_way(tmp_path: Path):
    store, seen = create(tmp_path, 2, 0), []
    with (tmp_path / "rollout-r1.lock").open("a") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        leave = threading.Timer(0.1, lambda: fcntl.flock(looking, fcntl.LOCK_UN))
        seen.append(is_running(store.path, "r1"))
        leave.start()
        assert Rollout(store, "r1", Scripted(tmp_path)).run().state is State.FINISHED
        leave.join()
    assert seen == [False]


def test_that_without_a_name_the_newest_rollout_that_can_be_asked_for_is_meant(tmp_path: Path):
    project = tmp_path / "p"
    store = RolloutStore(Workspace.find(project).root / "rollouts.db")
    for id_, state in (("old", State.PAUSED), ("interrupted", State.RUNNING), ("new", State.FINISHED)):
        store.create(id_, "main", {"waves": ["100%"], "max_failures": 0}, [BoardRow("b", "0" * 64, str(tmp_path))])
        store.set_state(id_, state)
        time.sleep(0.002)
    assert fleet_resume(project=project, dry_run=True).rollout.id == "interrupted"
    assert fleet_pause(project=project).rollout.id == "interrupted"
    assert fleet_cancel(project=project).rollout.id == "interrupted"
    assert fleet_cancel(project=project).rollout.id == "old"
    with pytest.raises(UsageError, match="the rollout new is finished") as nothing:
        fleet_resume(project=project)
    assert "start another one" in nothing.value.remedy
    assert fleet_resume(project=project, dry_run=True, retry_failed=True).rollout.id == "new"


def test_that_no_board_goes_back_to_what_an_earlier_rollout_still_has_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    project = tmp_path / "p"
    store = RolloutStore.of(Workspace.find(project))
    boards = [BoardRow(name, "0" * 64, str(tmp_path / "int8-0000")) for name in ("hall", "yard")]
    for id_, fates in (("first", ("committed", "offline")), ("later", ("committed", "committed"))):
        store.create(id_, "main", {"waves": ["1", "100%"], "max_failures": 0}, boards)
        for board, fate in zip(boards, fates, strict=True):
            store.set_board(id_, board.name, Fate(fate), reason="no answer" if fate == "offline" else "")
        store.set_state(id_, State.WAITING if "offline" in fates else State.FINISHED)
        time.sleep(0.002)
    with pytest.raises(UsageError, match="the rollout later is finished"):
        fleet_resume(project=project)
    planned = fleet_resume("first", project=project, dry_run=True)
    assert planned.to_json()["counts"] == {"committed": 1, "superseded": 1}
    store.create("door", "door", {"waves": ["100%"], "max_failures": 0}, boards)
    store.set_state("door", State.FINISHED)
    assert fleet_resume("first", project=project, dry_run=True).to_json()["counts"] == planned.to_json()["counts"]
    store.set_board("later", "yard", Fate.FAILED)
    assert fleet_resume("first", project=project, dry_run=True).to_json()["counts"] == {"committed": 1, "pending": 1}
    assert main(["fleet", "status", "--project", str(project)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "main int8-0000 waiting 1 of 2 boards got it, 1 offline" in told
    assert main(["fleet", "status", "first", "--project", str(project)]) == 0
    assert "next flyweight fleet resume first when yard answers again" in " ".join(capsys.readouterr().out.split())


def test_that_a_board_which_a_later_rollout_reached_is_left_alone_and_the_rollout_ends(tmp_path: Path, monkeypatch):
    project = tmp_path / "p"
    store = RolloutStore.of(Workspace.find(project))
    acts = Scripted(tmp_path)
    monkeypatch.setattr("engine.verbs.fleet._acts", lambda *asked: acts)
    plan = {"waves": ["100%"], "max_failures": 0, "parallel": 2}
    for id_, left in (("first", Fate.OFFLINE), ("later", Fate.COMMITTED)):
        store.create(id_, "main", plan, [BoardRow(name, NEW, str(tmp_path)) for name in ("hall", "yard")])
        store.set_board(id_, "yard", left)
        time.sleep(0.002)
    store.set_state("first", State.WAITING)
    done = fleet_resume("first", project=project)
    assert done.state == "finished"
    assert {row.name: str(row.state) for row in done.rollout.boards} == {"hall": "committed", "yard": "superseded"}
    assert "rollout later has brought it a later release" in done.rollout.boards[1].reason
    assert acts.order == ["hall"]


def test_that_no_session_is_left_open_when_an_error_of_this_program_ends_a_rollout(tmp_path: Path):
    """One that was left open would be closed while the interpreter ends, which then waited for ever."""

    seen: list[str] = []

    class Breaking(Scripted):
        def prepare(self, board: BoardRow, slot: str) -> Outcome:
            if board.name == "b02":
                raise EOFError("of a library")
            time.sleep(0.3 if board.name == "b03" else 0)
            seen.append(board.name)
            return super().prepare(board, slot)

        def leave(self) -> None:
            seen.append("left")

    store, acts = create(tmp_path, 4, 0), Breaking(tmp_path)
    with pytest.raises(EOFError):
        Rollout(store, "r1", acts, parallel=4).run()
    assert "b03" in seen
    assert seen[-1] == "left"


def test_that_one_process_at_a_time_runs_a_rollout(tmp_path: Path):
    store, acts, inside, leave = create(tmp_path, 2, 0), Scripted(tmp_path), threading.Event(), threading.Event()

    def hold(name: str) -> None:
        inside.set()
        assert leave.wait(10)

    acts.hooked = hold
    first = threading.Thread(target=Rollout(store, "r1", acts).run)
    first.start()
    assert inside.wait(10)
    assert is_running(store.path, "r1")
    with pytest.raises(WorkspaceError, match="another process"):
        Rollout(store, "r1", Scripted(tmp_path)).run()
    leave.set()
    first.join()
    assert not is_running(store.path, "r1")


@pytest.mark.parametrize("seed", range(4))
def test_that_no_board_is_in_an_unknown_state_after_kills_and_faults(tmp_path: Path, seed: int):
    seen = ordeal(tmp_path, seed)
    assert seen["kills"] > 0
    assert seen["wrong"] == 0, seen


def test_that_the_ordeal_finds_a_planted_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(RolloutStore, "reset", lambda *arguments: 0)
    wrong = 0
    for seed in range(3):
        (tmp_path / str(seed)).mkdir()
        wrong += ordeal(tmp_path / str(seed), seed, boards=12)["wrong"]
    assert wrong > 0


def test_that_every_step_is_in_the_audit_log(tmp_path: Path):
    store = create(tmp_path, 2, 0)
    assert run_killed(store, tmp_path, 1, 2)
    Rollout(store, "r1", Scripted(tmp_path)).run()
    said = [f"{board} {what}" for _, board, what in store.audit("r1")]
    assert said[0] == "None created for 2 boards"
    assert "b01 committed" in said
    assert said[-1] == "None finished"


@pytest.mark.device
def test_that_real_boards_get_a_release_in_waves_and_offline_ones_later(board: Board, bundles, tmp_path, home, capsys):
    inventory = Inventory.load()
    inventory.update("board", groups=("hall",))
    inventory.put(replace(inventory.get("board"), name="dark", port=1, groups=("hall",)))
    release.deploy(bundles["float"], "board")
    path, project = bundles["int8"].path, tmp_path / "project"
    plan = fleet_rollout(path, "@hall", provider="cpu", dry_run=True, project=project)
    assert [row.name for row in plan.rollout.boards] == ["board", "dark"]
    assert main(["fleet", "rollout", path, "@hall", "--waves", "1,50%", "--project", str(project), "--dry-run"]) == 0
    assert " ".join(capsys.readouterr().out.split()) == (
        "plan slot main nothing was touched; the waves end at 1, 2 boards, at most 0 may fail "
        f"wave board bundle 1 board {Path(path).name} 2 dark {Path(path).name} next the same command without --dry-run"
    )
    assert plan.to_json()["plan"]["run"] == {"runtime": "", "provider": "cpu", "options": {}}
    assert plan.runs_on == "provider cpu"
    done = fleet_rollout(path, "@hall", provider="cpu", project=project, timeout_s=60)
    assert done.state == "waiting"
    assert done.to_json()["counts"] == {"committed": 1, "offline": 1}
    now = release.releases("board").slots["main"]
    assert (now.current, now.releases[0].run) == (2, {"provider": "CPUExecutionProvider"})
    inventory.update("dark", port=board.port)
    resumed = fleet_resume(project=project)
    assert resumed.state == "finished"
    rows = {row.name: row for row in resumed.rollout.boards}
    assert rows["dark"].reason == "it runs there already"
    assert rows["dark"].bundle == bundles["int8"].sha256 != NEW
    assert release.releases("board").slots["main"].current == 2
    usual = fleet_rollout(path, "board", project=project, timeout_s=60)
    assert usual.to_json()["counts"] == {"committed": 1}, "the same bundle on something else is another release"
    assert release.releases("board").slots["main"].releases[0].run == {}
    lacking = fleet_rollout(path, "board", provider="cuda", project=project, timeout_s=60)
    assert lacking.state == "stopped"
    assert "cuda" in lacking.rollout.boards[0].reason
    assert len(fleet_status(project=project).to_json()["rollouts"]) == 3
    stop = Cancel()
    stop.set()
    with pytest.raises(Cancelled) as ended:
        fleet_rollout(path, "board", project=project, cancel=stop)
    begun = fleet_status(project=project).to_json()["rollouts"][-1]["rollout"]
    assert ended.value.remedy == f"go on with: flyweight fleet resume {begun}", (
        "the same command would start another one"
    )

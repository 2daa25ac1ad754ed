"""A job can be watched, cancelled, killed and resumed."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from engine.errors import Cancelled, WorkspaceError
from engine.events import Cancel, Log, Stage
from engine.jobs import Job, JobState, list_jobs, read_events
from engine.workspace import Workspace


def test_that_every_event_is_journalled_and_passed_on(tmp_path: Path):
    seen = []
    with Job(Workspace(tmp_path), "compress", {"model": "m"}, seen.append) as job:
        job.emit(Stage("fine-tune"))
        job.emit(Log("hello"))
    events = read_events(job.folder)
    assert [e["event"] for e in events] == ["started", "stage", "log", "finished"]
    assert [type(e) for e in seen] == [Stage, Log]
    assert list_jobs(Workspace(tmp_path))[0].state is JobState.FINISHED


def test_that_a_finished_step_is_read_from_its_memo(tmp_path: Path):
    calls = []

    def work() -> bytes:
        calls.append(1)
        return b"result"

    for _ in range(2):
        with Job(Workspace(tmp_path), "compress", {"model": "m"}) as job:
            assert job.memo("step 1", work) == b"result"
    assert len(calls) == 1


def test_that_a_damaged_memo_is_computed_again(tmp_path: Path):
    with Job(Workspace(tmp_path), "compress", {}) as job:
        job.memo("step", lambda: b"good")
        (memo,) = (job.folder / "memo").iterdir()
        memo.write_bytes(memo.read_bytes()[:-1] + b"X")
        assert job.memo("step", lambda: b"again") == b"again"


def test_that_cancel_stops_before_the_next_step_and_is_recorded(tmp_path: Path):
    cancel = Cancel()
    with pytest.raises(Cancelled), Job(Workspace(tmp_path), "compress", {}, cancel=cancel) as job:
        job.memo("first", lambda: b"1")
        cancel.set()
        job.memo("second", lambda: pytest.fail("a step ran after cancel"))
    assert list_jobs(Workspace(tmp_path))[0].state is JobState.CANCELLED


def test_that_a_failure_is_journalled_with_its_remedy(tmp_path: Path):
    def fail() -> None:
        with Job(Workspace(tmp_path), "compress", {}):
            raise WorkspaceError("full", "the disk is full", "delete something")

    with pytest.raises(WorkspaceError):
        fail()
    info = list_jobs(Workspace(tmp_path))[0]
    assert info.state is JobState.FAILED
    assert read_events(info.folder)[-1]["error"]["remedy"] == "delete something"


KILLED = textwrap.dedent("""
    import sys, time
    from pathlib import Path
    from engine.jobs import Job
    from engine.workspace import Workspace

    folder, steps = Path(sys.argv[1]), int(sys.argv[2])
    with Job(Workspace(folder), "train", {"steps": steps}) as job:
        total = 0
        for step in range(steps):
            def work(step=step):
                with (folder / "work.log").open("a") as log:
                    log.write(f"{step}\\n")
                time.sleep(0.03)
                return str(step * step).encode()
            total += int(job.memo(f"step {step}", work))
            print(step, flush=True)
    print("total", total, flush=True)
""")


def _run(tmp_path: Path, kill_after: int | None) -> str:
    process = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path), "12"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    last = ""
    for line in process.stdout:
        last = line.strip()
        if kill_after is not None and last == str(kill_after):
            os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    return last


def test_that_a_job_killed_with_sigkill_resumes_where_it_stopped(tmp_path: Path):
    _run(tmp_path, kill_after=3)
    assert list_jobs(Workspace(tmp_path))[0].state is JobState.INTERRUPTED
    _run(tmp_path, kill_after=8)
    assert _run(tmp_path, kill_after=None) == f"total {sum(i * i for i in range(12))}"
    worked = [int(line) for line in (tmp_path / "work.log").read_text().split()]
    assert len(worked) <= 12 + 2, "only the step that ran at each kill may be worked on twice"
    assert sorted(set(worked)) == list(range(12))
    assert list_jobs(Workspace(tmp_path))[0].state is JobState.FINISHED


def test_that_a_line_torn_by_a_crash_does_not_hide_the_rest_of_the_journal(tmp_path: Path):
    with Job(Workspace(tmp_path), "compress", {}) as job:
        job.emit(Log("kept"))
    with (job.folder / "events.jsonl").open("a") as journal:
        journal.write('{"event": "log", "mess')
    assert [e["event"] for e in read_events(job.folder)] == ["started", "log", "finished"]


def test_that_the_same_job_does_not_run_twice_at_once(tmp_path: Path):
    holder = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        with Job(Workspace(tmp_path), "compress", {}) as job:
            pass
        start = int(Path(f"/proc/{holder.pid}/stat").read_text().rpartition(")")[2].split()[19])
        (job.folder / "job.json").write_text(
            json.dumps({"verb": "compress", "arguments": {}, "pid": holder.pid, "start": start})
        )
        (job.folder / "events.jsonl").write_text("")
        with pytest.raises(WorkspaceError, match=str(holder.pid)), Job(Workspace(tmp_path), "compress", {}):
            pass
    finally:
        holder.kill()
        holder.wait()

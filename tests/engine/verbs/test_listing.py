"""What front ends list and ask."""

import json

import pytest

from engine.errors import RecipeError, UsageError
from engine.jobs import Job
from engine.verbs import job_list, job_show, project_show, recipe_check
from engine.worker import _typed
from engine.workspace import Workspace


def test_that_an_empty_project_has_nothing_and_is_no_error(tmp_path):
    document = project_show(project=tmp_path).to_json()
    lists = ("variants", "bundles", "readings", "comparisons", "damaged")
    assert document == {"folder": str(tmp_path), **{name: [] for name in lists}}
    assert job_list(project=tmp_path).jobs == ()
    assert list(tmp_path.iterdir()) == [], "looking at a project writes nothing"


def test_that_a_job_tells_how_its_verb_was_called(tmp_path):
    request = {"model": "net.onnx", "recipes": [{"version": 1, "name": "x", "steps": []}]}
    with Job(Workspace(tmp_path), "compress", {"model": "hash"}, request=request):
        pass
    with Job(Workspace(tmp_path), "compress", {"model": "other"}):
        pass
    jobs = {job["id"]: job for job in job_list(project=tmp_path).to_json()["jobs"]}
    assert [job["request"] for job in jobs.values() if job["request"]] == [request]
    assert {job["state"] for job in jobs.values()} == {"finished"}
    one = next(id_ for id_, job in jobs.items() if job["request"])
    story = job_show(one, project=tmp_path).to_json()
    assert [event["event"] for event in story["events"]] == ["started", "finished"]


def test_that_a_damaged_job_file_does_not_hide_the_others(tmp_path):
    with Job(Workspace(tmp_path), "compress", {"model": "a"}) as job:
        pass
    (job.folder / "job.json").write_text("[1]")
    with Job(Workspace(tmp_path), "compress", {"model": "b"}) as other:
        pass
    (job.folder / "job.json").write_text("{ torn")
    assert [item.id for item in job_list(project=tmp_path).jobs] == [other.id]


def test_that_an_unknown_job_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(UsageError, match="no job 'nothing'"):
        job_show("nothing", project=tmp_path)


def test_that_a_bad_chain_is_reported_and_repaired_without_running():
    steps = [{"technique": "static-quantization"}, {"technique": "channel-pruning"}]
    document = recipe_check(steps).to_json()
    assert [p["step"] for p in document["problems"] if p["fatal"]] == [2]
    assert [step["technique"] for step in document["repaired"]] == ["channel-pruning", "static-quantization"]


def test_that_missing_data_is_a_problem_of_the_step_that_needs_it():
    document = recipe_check([{"technique": "static-quantization"}], has_data=False).to_json()
    assert [p["step"] for p in document["problems"]] == [1]
    assert document["repaired"] is None


def test_that_a_recipe_file_keeps_what_the_wizard_wrote_beside_the_steps(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"steps": [{"technique": "graph-fusion"}], "for": {"model": "net.onnx"}}))
    assert recipe_check(path).to_json()["for"] == {"model": "net.onnx"}


def test_that_an_unreadable_recipe_is_an_error_with_its_line(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("- technique: graph-fusion\n- technique: {\n")
    with pytest.raises(RecipeError, match="line"):
        recipe_check(path)


def test_that_texts_become_paths_only_where_a_verb_takes_nothing_but_paths(tmp_path):
    from pathlib import Path

    assert _typed(Path | None, "a") == Path("a")
    assert _typed(Path, "a") == Path("a")
    assert _typed(Path | str, "a") == "a"
    assert _typed(str, "a") == "a"
    assert _typed(Path | None, None) is None

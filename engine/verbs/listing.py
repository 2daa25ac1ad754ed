"""The verbs ``project_show``, ``job_list``, ``job_show`` and ``recipe_check``: what a front end lists and asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.reading import Comparison, Reading

from ..compress.chain import Problem, find_problems, repaired
from ..compress.recipe import load_recipe, recipe_purpose
from ..errors import UsageError, WorkspaceError
from ..jobs import JobInfo, list_jobs, read_events, read_owner
from ..records import Bundle, Recipe, Variant
from ..showing import several
from ..workspace import Workspace
from .reporting import newest

MAX_EVENTS = 5000


@dataclass(frozen=True)
class ProjectContents:
    """What a project holds, with the newest reading of every variant on every device."""

    folder: str
    variants: tuple[Variant, ...]
    bundles: tuple[Bundle, ...]
    readings: tuple[Reading, ...]
    comparisons: tuple[Comparison, ...]
    damaged: tuple[WorkspaceError, ...] = ()
    """Why records of variants and bundles cannot be read; they are in no list."""

    def __repr__(self) -> str:
        parts = (*self.variants, *self.bundles, *self.readings, *self.comparisons, *self.damaged)
        return several("ProjectContents", parts, repr(self.folder))

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {
            "folder": self.folder,
            "variants": [
                {**item.to_json(), "confusion": None if item.score is None else item.score.confusion}
                for item in self.variants
            ],
            "bundles": [item.to_json() for item in self.bundles],
            "readings": [item.to_json() for item in self.readings],
            "comparisons": [item.to_json() for item in self.comparisons],
            "damaged": [item.to_json() for item in self.damaged],
        }


@dataclass(frozen=True)
class JobList:
    """The jobs of a project, the newest first."""

    jobs: tuple[JobInfo, ...]

    def __repr__(self) -> str:
        return several("JobList", self.jobs)

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {"jobs": [_job(item) for item in self.jobs]}


@dataclass(frozen=True)
class JobStory:
    """A job and the events of its journal; the oldest are left out where there are too many."""

    job: JobInfo
    events: tuple[Mapping[str, Any], ...]

    def __repr__(self) -> str:
        return f"JobStory({self.job!r}: {len(self.events)} events)"

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {"job": _job(self.job), "events": list(self.events)}


@dataclass(frozen=True)
class CheckedRecipe:
    """A recipe that can be read, and what the chain checker says about it."""

    recipe: Recipe
    problems: tuple[Problem, ...]
    better: Recipe | None
    purpose: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {
            "recipe": self.recipe.to_json(),
            "problems": [
                {"step": p.step, "message": p.message, "remedy": p.remedy, "fatal": p.fatal} for p in self.problems
            ],
            "for": dict(self.purpose),
            "repaired": None if self.better is None else [step.to_json() for step in self.better.steps],
        }


def project_show(*, project: str | Path | None = None) -> ProjectContents:
    """Variants, bundles and newest measurements of a project; an empty project is no error."""
    workspace = Workspace.find(project)
    variants, unread = workspace.read_variants()
    bundles, unlisted = workspace.read_bundles()
    readings, comparisons = newest(variants, None) if variants else ((), ())
    damaged = (*unread.values(), *unlisted.values())
    return ProjectContents(str(workspace.folder), variants, bundles, readings, comparisons, damaged)


def job_list(*, project: str | Path | None = None) -> JobList:
    """The jobs of a project: running, finished, failed, cancelled, interrupted; the newest first."""
    jobs = list_jobs(Workspace.find(project))
    return JobList(tuple(sorted(jobs, key=lambda job: _touched(job.folder), reverse=True)))


def job_show(job: str, *, project: str | Path | None = None) -> JobStory:
    """One job with the events of its journal.

    Args:
        job: its id, as ``job_list`` tells it.

    Raises:
        UsageError: the project has no such job.
    """
    for item in list_jobs(Workspace.find(project)):
        if item.id == job:
            return JobStory(item, tuple(read_events(item.folder)[-MAX_EVENTS:]))
    raise UsageError("unknown-job", f"there is no job '{job}' in this project", "refresh the list of jobs")


def recipe_check(
    recipe: Path | str | Sequence[Any] | Mapping[str, Any], *, has_data: bool = True, has_device: bool = True
) -> CheckedRecipe:
    """Read a recipe and say what is wrong with its chain before anything runs.

    Args:
        recipe: a file, or a list of steps.
        has_data, has_device: whether there will be data, and a board to time candidates on.

    Raises:
        RecipeError: it cannot be read; names the step, the value and what would be right.
    """
    loaded = load_recipe(recipe)
    problems = find_problems(loaded, has_data=has_data, has_device=has_device)
    better = repaired(loaded) if any(problem.fatal for problem in problems) else None
    if better is not None and better.steps == loaded.steps:
        better = None
    purpose = recipe_purpose(Path(recipe)) if isinstance(recipe, (str, Path)) else {}
    return CheckedRecipe(loaded, problems, better, purpose)


def _job(item: JobInfo) -> dict[str, Any]:
    owner = read_owner(item.folder)
    return {
        "id": item.id,
        "verb": item.verb,
        "arguments": dict(item.arguments),
        "request": owner.get("request"),
        "state": item.state.value,
        "pid": owner.get("pid"),
        "changed_at": _touched(item.folder),
    }


def _touched(folder: Path) -> float:
    """Unix time of the last line of the journal."""
    try:
        return (folder / "events.jsonl").stat().st_mtime
    except OSError:
        return 0.0

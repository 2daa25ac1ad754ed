"""Jobs as their journals tell them, with those this window runs on top."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from . import documents, wording
from .curves import Curves
from .dates import when
from .log_line import LogLine
from .rows import ColumnSpec
from .saying import said, with_remedy

KINDS = {
    "waiting": "idle",
    "running": "info",
    "finished": "ok",
    "failed": "bad",
    "cancelled": "idle",
    "interrupted": "warn",
}

MADE_SHOWN = 6


@dataclass(frozen=True)
class JobRow:
    """One job; ``request`` are the arguments its verb is called with to go on, None for jobs that cannot."""

    id: str
    verb: str
    state: str
    request: Mapping[str, Any] | None
    pid: int | None
    changed_at: float | None

    @property
    def what(self) -> str:
        """Model and recipe, or how much is measured where, as far as they are known."""
        asked = self.request or {}
        parts = [documents.text(asked.get("model"))]
        parts += [documents.text(r.get("name")) for r in documents.objects(asked.get("recipes"))]
        parts += [documents.text(asked.get("preset")), documents.text(asked.get("target"))]
        if bundles := len(documents.texts(asked.get("bundles"))):
            several = QCoreApplication.translate("Jobs", "{0} bundles").format(bundles)
            parts.append(QCoreApplication.translate("Jobs", "1 bundle") if bundles == 1 else several)
            parts.append(", ".join(documents.texts(asked.get("targets"))))
        if self.verb == "demo":
            parts = ["fashion-resnet" if asked.get("quick") else "fashion-resnet, fashion-mobilenet"]
        return " · ".join(filter(None, parts)) or self.id

    @property
    def resumable(self) -> bool:
        """True for a job that ended early and whose arguments are known."""
        return self.request is not None and self.state in ("failed", "cancelled", "interrupted")


def job_about(verb: str, arguments: Mapping[str, Any]) -> str:
    """What a job of this window is about: model and recipe, or how much is measured where; empty where neither is known."""
    return JobRow("", verb, "", arguments, None, None).what


def read_jobs(document: Mapping[str, Any] | None) -> list[JobRow]:
    """The jobs of a document of ``job_list``."""
    return [_row(item) for item in documents.objects((document or {}).get("jobs"))]


def _row(item: Mapping[str, Any]) -> JobRow:
    request = item.get("request")
    return JobRow(
        documents.text(item.get("id")),
        documents.text(item.get("verb")),
        documents.text(item.get("state")),
        request if isinstance(request, dict) else None,
        documents.whole(item.get("pid")),
        documents.number(item.get("changed_at")),
    )


def interrupted(document: Mapping[str, Any] | None) -> list[JobRow]:
    """Jobs whose process went away before they were done."""
    return [job for job in read_jobs(document) if job.state == "interrupted"]


def asked(request: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The arguments a job was started with, as far as they can be read in a line."""
    return [(argument(name), text) for name, value in (request or {}).items() if (text := _written(value))]


def made_lines(made: Sequence[str]) -> str:
    """What a job made, the newest last; of many only the last ones are named."""
    left_out = len(made) - MADE_SHOWN
    more = [QCoreApplication.translate("Jobs", "and {0} before").format(left_out)] if left_out > 0 else []
    return "\n".join([*more, *map(wording.within_project, made[-MADE_SHOWN:])])


def argument(name: str) -> str:
    """An argument of a verb in words; one without words keeps its own name."""
    return {
        "model": QCoreApplication.translate("Jobs", "Model"),
        "data": QCoreApplication.translate("Jobs", "Data set"),
        "task": QCoreApplication.translate("Jobs", "Task"),
        "recipes": QCoreApplication.translate("Jobs", "Recipes"),
        "preset": QCoreApplication.translate("Jobs", "Preset"),
        "goal": QCoreApplication.translate("Jobs", "Goal"),
        "metric": QCoreApplication.translate("Jobs", "Judged by"),
        "target": QCoreApplication.translate("Jobs", "Device"),
        "targets": QCoreApplication.translate("Jobs", "Devices"),
        "bundles": QCoreApplication.translate("Jobs", "Bundles"),
        "variants": QCoreApplication.translate("Jobs", "Variants"),
        "limits": QCoreApplication.translate("Jobs", "Limits"),
        "max_accuracy_loss": QCoreApplication.translate("Jobs", "Points lost at most"),
        "trials": QCoreApplication.translate("Jobs", "Trials"),
        "threads": QCoreApplication.translate("Jobs", "Threads"),
        "slot": QCoreApplication.translate("Jobs", "Slot"),
        "quick": QCoreApplication.translate("Jobs", "Quick run"),
        "seed": QCoreApplication.translate("Jobs", "Random seed"),
        "out": QCoreApplication.translate("Jobs", "Output folder"),
        "arch": QCoreApplication.translate("Jobs", "Architecture"),
        "project": QCoreApplication.translate("Jobs", "Project"),
    }.get(name, said(name.replace("_", " ")))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return QCoreApplication.translate("Jobs", "yes") if value else QCoreApplication.translate("Jobs", "no")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_written, value)))
    if isinstance(value, dict):
        return documents.text(value.get("name"))
    return "" if value is None else str(value)


def row_id(row: JobRow) -> str:
    """Identity of a row."""
    return row.id


def columns() -> tuple[ColumnSpec[JobRow], ...]:
    """Columns of the table of jobs."""
    return (
        ColumnSpec("what", lambda: QCoreApplication.translate("Jobs", "Job"), lambda job: job.what),
        ColumnSpec("verb", lambda: QCoreApplication.translate("Jobs", "Kind"), lambda job: wording.work(job.verb)),
        ColumnSpec(
            "state",
            lambda: QCoreApplication.translate("Jobs", "State"),
            lambda job: job_state(job.state),
            pill=lambda job: KINDS.get(job.state, "idle"),
        ),
        ColumnSpec(
            "changed",
            lambda: QCoreApplication.translate("Jobs", "Last sign of life"),
            lambda job: when(job.changed_at),
            key=lambda job: job.changed_at,
            number=True,
        ),
    )


def job_state(state: str) -> str:
    """State of a job in one word."""
    return {
        "waiting": QCoreApplication.translate("Jobs", "Waiting"),
        "running": QCoreApplication.translate("Jobs", "Running"),
        "finished": QCoreApplication.translate("Jobs", "Done"),
        "failed": QCoreApplication.translate("Jobs", "Failed"),
        "cancelled": QCoreApplication.translate("Jobs", "Cancelled"),
        "interrupted": QCoreApplication.translate("Jobs", "Interrupted"),
    }.get(state, state)


@dataclass(frozen=True)
class Story:
    """A job's journal for reading: lines of its log, its curves, its last failure."""

    lines: tuple[LogLine, ...]
    curves: Curves
    failure: str
    made: tuple[str, ...] = ()  # files and variants, in the order they came


def read_story(document: Mapping[str, Any]) -> Story:
    """The document of ``job_show``."""
    lines: list[LogLine] = []
    curves, failure, made = Curves(), "", []
    for event in documents.objects(document.get("events")):
        say = _line(event, curves)
        if event.get("event") == "failed":
            error = documents.object_(event.get("error"))
            failure = with_remedy(documents.text(error.get("message")), documents.text(error.get("remedy")))
        if event.get("event") == "artifact":
            made.append(documents.text(event.get("path") or event.get("id")))
        if say is not None:
            stamp = documents.number(event.get("t"))
            clock = QLocale.c().toString(QDateTime.fromSecsSinceEpoch(int(stamp)), "HH:mm:ss") if stamp else ""
            lines.append(LogLine(clock, say))
    return Story(tuple(lines), curves, failure, tuple(dict.fromkeys(filter(None, made))))


def _line(event: Mapping[str, Any], curves: Curves) -> Callable[[], str] | None:
    """What says one event in a line; progress is left out."""
    kind = event.get("event")
    if kind == "stage":
        return partial(wording.stage_line, documents.text(event.get("name")), documents.text(event.get("detail")))
    if kind == "metric":
        value, step = documents.number(event.get("value")), documents.number(event.get("step"))
        if value is None:
            return None
        name = documents.text(event.get("name"))
        curves.add(name, step or 0.0, value)
        return partial(wording.metric_line, name, value, step or 0.0)
    if kind == "log":
        return partial(wording.log_line, documents.text(event.get("message")), documents.text(event.get("level")))
    if kind == "artifact":
        where = documents.text(event.get("path") or event.get("id"))
        return partial(wording.artifact_line, documents.text(event.get("what")), where)
    if kind == "failed":
        message = documents.text(documents.object_(event.get("error")).get("message"))
        return partial(said, message) if message else partial(job_state, "failed")
    return partial(job_state, kind) if kind in ("finished", "cancelled") else None

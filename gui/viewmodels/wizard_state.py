"""What the wizard is set to, as one value: it is the recipe file, the undo step, the autosave and the command line. No Qt."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.records import RECIPE_VERSION

from . import documents


@dataclass(frozen=True)
class RecipeLine:
    """One step of the recipe; only knobs that differ from their defaults are kept."""

    technique: str
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As it stands in a recipe file."""
        return {"technique": self.technique, "knobs": dict(self.knobs)}


@dataclass(frozen=True)
class WizardState:
    """Everything a person sets in the wizard. ``max_accuracy_loss`` is in percentage points of ``metric``, None = the main one.

    ``task`` is what the labels mean; None = as the data says.

    With a ``preset`` its candidates are tried and measured on all ``targets``; without one the ``steps`` are run.
    """

    model: str = ""
    arch: str | None = None
    data: str | None = None
    task: str | None = None
    metric: str | None = None
    targets: tuple[str, ...] = ()
    max_accuracy_loss: float | None = None
    name: str = "recipe"
    steps: tuple[RecipeLine, ...] = ()
    preset: str | None = None
    max_latency_ms: float | None = None
    max_size_bytes: float | None = None
    max_energy_mj: float | None = None

    @property
    def verb(self) -> str:
        """What will run."""
        return "compress" if self.preset is None else "choose"

    @property
    def judged_by(self) -> str | None:
        """The metric that judges; without data none does."""
        return None if self.data is None else self.metric

    @property
    def asked_task(self) -> str | None:
        """The task, where there are labels to mean something."""
        return None if self.data is None else self.task

    @property
    def target(self) -> str | list[str] | None:
        """The devices as the verbs and recipe files take them."""
        return list(self.targets) if len(self.targets) > 1 else next(iter(self.targets), None)

    @property
    def limits(self) -> list[str]:
        """The limits as the verb ``choose`` reads them."""
        given = {
            "accuracy_loss": self.max_accuracy_loss,
            "latency_ms": self.max_latency_ms,
            "size_bytes": self.max_size_bytes,
            "energy_mj": self.max_energy_mj,
        }
        return [f"{name}<={value:g}" for name, value in given.items() if value is not None]

    def to_json(self) -> dict[str, Any]:
        """The recipe file; ``for`` holds what is not part of the recipe."""
        purpose = {
            "model": self.model or None,
            "arch": self.arch,
            "data": self.data,
            "task": self.task,
            "metric": self.metric,
            "target": self.target,
            "max_accuracy_loss": self.max_accuracy_loss,
            "preset": self.preset,
            "max_latency_ms": self.max_latency_ms,
            "max_size_bytes": self.max_size_bytes,
            "max_energy_mj": self.max_energy_mj,
        }
        return {
            "version": RECIPE_VERSION,
            "name": self.name,
            "steps": [step.to_json() for step in self.steps],
            "for": {key: value for key, value in purpose.items() if value is not None},
        }

    def to_text(self) -> str:
        """The content of a recipe file; JSON is YAML as well."""
        return json.dumps(self.to_json(), indent=2, ensure_ascii=False) + "\n"

    def request(self) -> dict[str, Any]:
        """Arguments of the verb that will run."""
        if self.preset is not None:
            return {
                "model": self.model,
                "preset": self.preset,
                "target": self.target,
                "data": self.data,
                "task": self.asked_task,
                "metric": self.judged_by,
                "limits": self.limits,
                "arch": self.arch,
            }
        recipe = {"version": RECIPE_VERSION, "name": self.name, "steps": [step.to_json() for step in self.steps]}
        return {
            "model": self.model,
            "recipes": [recipe],
            "data": self.data,
            "task": self.asked_task,
            "metric": self.judged_by,
            "target": self.target,
            "arch": self.arch,
            "max_accuracy_loss": self.max_accuracy_loss,
        }

    @property
    def _told(self) -> tuple[tuple[str, str | None], ...]:
        """Options that a recipe and a preset share."""
        targets = [("--target", name) for name in self.targets]
        judged = (("--task", self.asked_task), ("--metric", self.judged_by))
        return (("--data", self.data), *judged, *targets, ("--arch", self.arch))

    def as_cli(self) -> str:
        """The same on the command line; a recipe is written to a file first."""
        if self.preset is not None:
            return self._preset_as_cli()
        file = f"{self.name}.json"
        recipe = json.dumps([step.to_json() for step in self.steps], indent=2, ensure_ascii=False)
        words = ["flyweight", "compress", self.model, "--recipe", file]
        for option, value in (
            *self._told,
            ("--max-accuracy-loss", None if self.max_accuracy_loss is None else f"{self.max_accuracy_loss:g}"),
        ):
            if value is not None:
                words += [option, value]
        return f"cat > {shlex.quote(file)} <<'RECIPE'\n{recipe}\nRECIPE\n{shlex.join(words)}\n"

    def _preset_as_cli(self) -> str:
        words = ["flyweight", "compress", self.model, "--preset", str(self.preset), "--measure"]
        for option, value in self._told:
            if value is not None:
                words += [option, value]
        for limit in self.limits:
            words += ["--limit", limit]
        return shlex.join(words) + "\n"

    def as_python(self) -> str:
        """The same as a script."""
        asked = {key: value for key, value in self.request().items() if value is not None and key != "model"}
        lines = [f"    {key}={value!r}," for key, value in asked.items()]
        body = "\n".join([f"    {self.model!r},", *lines])
        last = "made.variants[-1].path" if self.preset is None else "made.chosen, made.reasons"
        return f"from engine.verbs import {self.verb}\n\nmade = {self.verb}(\n{body}\n)\nprint({last})\n"


def read_state(document: Mapping[str, Any]) -> WizardState:
    """The inverse of :meth:`WizardState.to_json`; what is missing or of another type stays as it is by default."""
    purpose = documents.object_(document.get("for"))
    return WizardState(
        model=documents.text(purpose.get("model")),
        arch=documents.text(purpose.get("arch")) or None,
        data=documents.text(purpose.get("data")) or None,
        task=documents.text(purpose.get("task")) or None,
        metric=documents.text(purpose.get("metric")) or None,
        targets=documents.texts(purpose.get("target")) or tuple(filter(None, [documents.text(purpose.get("target"))])),
        max_accuracy_loss=documents.number(purpose.get("max_accuracy_loss")),
        name=documents.text(document.get("name")) or "recipe",
        steps=read_steps(document.get("steps")),
        preset=documents.text(purpose.get("preset")) or None,
        max_latency_ms=documents.number(purpose.get("max_latency_ms")),
        max_size_bytes=documents.number(purpose.get("max_size_bytes")),
        max_energy_mj=documents.number(purpose.get("max_energy_mj")),
    )


def read_steps(value: object) -> tuple[RecipeLine, ...]:
    """The steps of a recipe."""
    return tuple(
        RecipeLine(documents.text(item.get("technique")), dict(documents.object_(item.get("knobs"))))
        for item in documents.objects(value)
        if documents.text(item.get("technique"))
    )


class History:
    """Undo and redo of values."""

    def __init__(self, first: WizardState, limit: int = 200) -> None:
        self._past: list[WizardState] = []
        self._future: list[WizardState] = []
        self._limit = limit
        self.now = first

    @property
    def can_undo(self) -> bool:
        """True when there is an earlier value."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """True when a value was taken back."""
        return bool(self._future)

    def set(self, value: WizardState) -> bool:
        """A new value; what was taken back is forgotten. False when nothing changed."""
        if value == self.now:
            return False
        self._past = [*self._past, self.now][-self._limit :]
        self._future.clear()
        self.now = value
        return True

    def undo(self) -> bool:
        """Go one value back."""
        if not self._past:
            return False
        self._future.append(self.now)
        self.now = self._past.pop()
        return True

    def redo(self) -> bool:
        """Take the last undo back."""
        if not self._future:
            return False
        self._past.append(self.now)
        self.now = self._future.pop()
        return True

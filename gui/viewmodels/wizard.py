"""The compress wizard: its state with undo, what each step still lacks, the chain checker's words, the run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from ..state_files import read_json, write_text
from . import documents
from .choice import Choice, read_choice
from .expected import Expected, read_expected
from .measured_front import MeasuredFront
from .metrics import metric_name
from .models import ModelsModel
from .preview import Preview, read_preview
from .query import Query
from .run import Run
from .saying import said
from .session import Session
from .techniques import Catalogue, TechniqueCard, read_catalogue
from .variants import VariantRow, read_variants
from .wizard_state import History, RecipeLine, WizardState, read_state, read_steps

CHECK_AFTER_MS = 300
SAVE_AFTER_MS = 500


class WizardStep(IntEnum):
    """The steps in their order."""

    MODEL = 0
    DATA = 1
    TARGET = 2
    METHODS = 3
    REVIEW = 4
    RESULT = 5


@dataclass(frozen=True)
class Problem:
    """What the chain checker says of a step (counted from 1); a fatal one keeps the recipe from running."""

    step: int
    message: str
    remedy: str
    fatal: bool


class WizardModel(QObject):
    """Holds one :class:`WizardState` and everything that follows from it."""

    changed = Signal()
    result_changed = Signal()

    def __init__(self, session: Session, autosave: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._autosave = autosave
        self.step = WizardStep.MODEL
        self.history = History(_saved(autosave))
        self.models = ModelsModel(session, self)
        self.techniques = Query(session, "techniques", self)
        self.devices = Query(session, "device_list", self)
        self.check = Query(session, "recipe_check", self)
        self.opening = Query(session, "recipe_check", self)
        self.forecast = Query(session, "forecast", self)
        self.looking = Query(session, "data_preview", self)
        self.preview: Preview | None = None
        self._looked_at: tuple[str | None, ...] = ()
        self.catalogue: Catalogue | None = None
        self.run: Run | None = None
        self.variants: tuple[VariantRow, ...] = ()
        self.choice: Choice | None = None
        self.front = MeasuredFront(session, self)
        self._forecast_of: WizardState | None = None
        self._check_soon = _soon(self, CHECK_AFTER_MS, self._check)
        self._save_soon = _soon(self, SAVE_AFTER_MS, self.save)
        self.techniques.answered.connect(self._catalogued)
        self.opening.answered.connect(self._opened)
        self.looking.answered.connect(self._looked)
        for source in (
            self.techniques,
            self.devices,
            self.check,
            self.models,
            self.opening,
            self.forecast,
            self.looking,
            self.front,
        ):
            source.changed.connect(self.changed)
        if self.state.model:
            self.models.open(self.state.model)
        self._check_soon.start()

    @property
    def state(self) -> WizardState:
        """What is set now."""
        return self.history.now

    def load(self) -> None:
        """Ask the engine for techniques and devices."""
        if self.catalogue is None:
            self.techniques.load()
        self.devices.load()

    def set(self, **changes: Any) -> None:
        """Change some of the state; one step of undo."""
        before = self.state
        if not self.history.set(replace(before, **changes)):
            return
        self._follow(before)

    def undo(self) -> None:
        """Take the last change back."""
        before = self.state
        if self.history.undo():
            self._follow(before)

    def redo(self) -> None:
        """Bring it back."""
        before = self.state
        if self.history.redo():
            self._follow(before)

    def _follow(self, before: WizardState) -> None:
        if self.state.model != before.model and self.state.model:
            self.models.open(self.state.model)
        self._look()
        self._check_soon.start()
        self._save_soon.start()
        self.changed.emit()

    def add(self, technique: str) -> None:
        """Append a step with all defaults."""
        self.set(steps=(*self.state.steps, RecipeLine(technique)))

    def remove(self, place: int) -> None:
        """Take a step out."""
        self.set(steps=self.state.steps[:place] + self.state.steps[place + 1 :])

    def move(self, place: int, by: int) -> None:
        """Move a step up (-1) or down (+1)."""
        steps, to = list(self.state.steps), place + by
        if 0 <= to < len(steps):
            steps.insert(to, steps.pop(place))
            self.set(steps=tuple(steps))

    def set_knob(self, place: int, name: str, value: Any) -> None:
        """Turn a knob of a step; a default is not written down."""
        line = self.state.steps[place]
        card = self.card(line.technique)
        knobs = {key: kept for key, kept in line.knobs.items() if key != name}
        if card is None or value != card.default(name):
            knobs[name] = value
        changed = RecipeLine(line.technique, knobs)
        self.set(steps=(*self.state.steps[:place], changed, *self.state.steps[place + 1 :]))

    def measure_preset(self, name: str | None) -> None:
        """Try the candidates of a preset; None goes back to a recipe of one's own."""
        self.set(preset=name)

    def use_preset(self, name: str) -> None:
        """Replace the recipe by one of those to start with."""
        if self.catalogue is not None and name in self.catalogue.presets:
            self.set(steps=read_steps(self.catalogue.presets[name]), name=name)

    def repair(self) -> None:
        """Take the order the chain checker proposes."""
        if self.repaired is not None:
            self.set(steps=self.repaired)

    def card(self, technique: str) -> TechniqueCard | None:
        """What is known of a technique."""
        return None if self.catalogue is None else self.catalogue.find(technique)

    def why_not(self, card: TechniqueCard) -> str:
        """Why a technique cannot be added now; empty when it can."""
        return self.tr("Needs data: choose some in step 2.") if card.needs_data and not self.state.data else ""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the chain checker said about the present steps."""
        if not self._checked_is_current:
            return ()
        return tuple(
            Problem(
                documents.whole(item.get("step")) or 0,
                documents.text(item.get("message")),
                documents.text(item.get("remedy")),
                item.get("fatal") is True,
            )
            for item in documents.objects((self.check.document or {}).get("problems"))
        )

    @property
    def repaired(self) -> tuple[RecipeLine, ...] | None:
        """A better order, if the chain checker has one."""
        found = (self.check.document or {}).get("repaired") if self._checked_is_current else None
        return read_steps(found) if found else None

    @property
    def checking(self) -> bool:
        """True until the chain checker has seen the present steps."""
        return bool(self.state.steps) and not self._checked_is_current and self.check.failure is None

    @property
    def _checked_is_current(self) -> bool:
        return self.check.document is not None and self.check.arguments == self._question() and not self.check.loading

    def _question(self) -> dict[str, Any]:
        return {
            "recipe": [step.to_json() for step in self.state.steps],
            "has_data": self.state.data is not None,
            "has_device": bool(self.state.targets),
        }

    def _check(self) -> None:
        if self.state.steps:
            self.check.load(**self._question())

    def lacks(self, step: WizardStep) -> str:
        """What keeps a person from leaving this step; empty when nothing does."""
        state = self.state
        if step is WizardStep.MODEL:
            if not state.model:
                return self.tr("Choose a model.")
            if self.models.query.failure is not None:
                return self.tr("This model cannot be read.")
            return "" if self.models.facts is not None else self.tr("The model is being read…")
        if step is WizardStep.DATA and state.judged_by and self.metrics and state.judged_by not in self.metrics:
            return self.tr("This data has no metric {0}: choose another.").format(metric_name(state.judged_by))
        if step is WizardStep.METHODS:
            return self._recipe_lacks() if state.preset is None else self._preset_lacks()
        if step is WizardStep.REVIEW and self.run is None:
            return self.tr("Start the compression.")
        return ""

    def _recipe_lacks(self) -> str:
        if not self.state.steps:
            return self.tr("Add at least one method, or take a preset.")
        if self.check.failure is not None and not self.check.loading:
            return said(self.check.failure.message)
        if self.checking:
            return self.tr("The recipe is being checked…")
        fatal = [problem for problem in self.problems if problem.fatal]
        return self.tr("Step {0}: {1}").format(fatal[0].step, said(fatal[0].message)) if fatal else ""

    def _preset_lacks(self) -> str:
        if self.state.data is None:
            return self.tr("A preset is judged by accuracy: choose data in step 2.")
        if not self.state.targets:
            return self.tr("A preset is measured: choose a device in step 3.")
        return ""

    def reachable(self, step: WizardStep) -> bool:
        """True when nothing before this step is lacking."""
        return all(not self.lacks(earlier) for earlier in WizardStep if earlier < step)

    def go(self, step: WizardStep) -> None:
        """Go to a step that can be reached."""
        if self.reachable(step) and step != self.step:
            self.step = step
            self.opening.forget()  # what was wrong with a file was told
            if step is WizardStep.REVIEW:
                self._ask_forecast()
            self._look()
            self.changed.emit()

    def _look(self) -> None:
        """Ask for samples of the data while step 2 is shown."""
        state = self.state
        wanted = (state.data, state.task, state.model, state.arch)
        if self.step is not WizardStep.DATA or wanted == self._looked_at:
            return
        self._looked_at, self.preview = wanted, None
        self.looking.forget()
        if state.data is not None:
            self.looking.load(data=state.data, task=state.task, model=state.model or None, arch=state.arch)

    def look_again(self) -> None:
        """Ask once more."""
        self._looked_at = ()
        self._look()

    def _looked(self) -> None:
        asked = self.looking.arguments
        if (asked.get("data"), asked.get("task")) == (self.state.data, self.state.task):
            self.preview = read_preview(self.looking.document or {})

    @property
    def metrics(self) -> tuple[str, ...]:
        """What can judge a model on the chosen data, the usual one first; empty until the data was read."""
        return () if self.preview is None else self.preview.metrics

    @property
    def metric(self) -> str:
        """What judges; the usual one where none was chosen."""
        return self.state.judged_by or next(iter(self.metrics), "accuracy")

    def choose_metric(self, name: str) -> None:
        """Let a metric judge; the usual one is not written down."""
        self.set(metric=None if name == next(iter(self.metrics), "accuracy") else name)

    def _ask_forecast(self) -> None:
        state = self.state
        steps = [line.to_json() for line in state.steps] if state.preset is None else None
        self._forecast_of = state
        self.forecast.load(
            model=state.model,
            recipe=steps,
            preset=state.preset,
            data=state.data,
            task=state.asked_task,
            arch=state.arch,
        )

    @property
    def expected(self) -> Expected | None:
        """Time and size to expect of what is set now; None until the engine has told."""
        if self._forecast_of != self.state or self.forecast.loading or self.forecast.failure is not None:
            return None
        return read_expected(self.forecast.document or {})

    def start(self) -> None:
        """Run the compression in the worker, or queue it behind the one that runs."""
        self.variants, self.choice = (), None
        self.front.forget()
        self.opening.forget()
        self.run = _Compression(self._session, self)
        self.run.expected_s = None if self.expected is None else self.expected.seconds
        self.step = WizardStep.RESULT
        self._session.start(self.run, self.state.request())
        self.changed.emit()

    @property
    def must_wait(self) -> bool:
        """True while other heavy work goes first."""
        return self._session.heavy

    def take_result(self, document: Mapping[str, Any]) -> None:
        """The compression is done."""
        self.choice = read_choice(document) if "candidates" in document else None
        self.variants = tuple(read_variants({**document, "variants": _all_variants(document)}))
        if self.choice is None:
            self.front.follow(self.variants, self.state)
        self.result_changed.emit()

    def open_recipe(self, path: Path) -> None:
        """Read a recipe file through the worker: it may come from anywhere."""
        self.opening.load(recipe=str(path))

    def _opened(self) -> None:
        document = self.opening.document or {}
        recipe = {**documents.object_(document.get("recipe")), "for": document.get("for")}
        found = read_state(recipe)
        kept = self.state
        self.set(
            **vars(replace(found, model=found.model or kept.model, data=found.data or kept.data)),
        )

    def save_recipe(self, path: Path) -> None:
        """Write the recipe file.

        Raises:
            OSError: the file cannot be written.
        """
        path.write_text(self.state.to_text(), encoding="utf-8")

    def save(self) -> None:
        """Keep the state for the next start; a folder that cannot be written is no reason to stop working."""
        if self._autosave is not None:
            write_text(self._autosave, self.state.to_text())

    def _catalogued(self) -> None:
        self.catalogue = read_catalogue(self.techniques.document or {})

    @property
    def device_names(self) -> Sequence[tuple[str, str]]:
        """Name and address of every device."""
        found = documents.objects((self.devices.document or {}).get("devices"))
        return [(documents.text(item.get("name")), documents.text(item.get("address"))) for item in found]


class _Compression(Run):
    """The run of the wizard; hands its document back."""

    def __init__(self, session: Session, wizard: WizardModel) -> None:
        super().__init__(session.operation(wizard.state.verb), wizard)
        self._wizard = wizard

    def take(self, document: Mapping[str, Any]) -> None:
        """The compression is done; an earlier one stays on the jobs page."""
        if self._wizard.run is self:
            self._wizard.take_result(document)


def _all_variants(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    baseline = document.get("baseline")
    return [*([baseline] if isinstance(baseline, dict) else []), *documents.objects(document.get("variants"))]


def _soon(parent: QObject, after_ms: int, slot: Any) -> QTimer:
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(slot)
    return timer


def _saved(path: Path | None) -> WizardState:
    found = None if path is None else read_json(path)
    return read_state(found) if isinstance(found, dict) else WizardState()

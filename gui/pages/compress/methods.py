"""Step 4: techniques to the left, the recipe in the middle, the knobs of its selected step to the right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QRadioButton, QWidget

from ...theme.style import Style
from ...theme.tokens import Space
from ...viewmodels.saying import said, trouble, with_remedy
from ...viewmodels.techniques import TechniqueCard
from ...viewmodels.wizard import WizardModel
from ...viewmodels.wizard_state import RecipeLine
from ...widgets.flow import Flow
from ...widgets.form import KnobForm
from ...widgets.layout import Card, Scrolled, button, column, row
from ...widgets.search import SearchField
from ...widgets.text import Pill, Text
from ...widgets.two_lines import KIND_ROLE, OFF, TwoLines
from .preset import PresetCard
from .step import Step, knobs_of, title_of

MARGINS = (Space.L, Space.M, Space.M, Space.M)
PRESETS = ("size", "latency", "accuracy")
SHOWN_BROKEN = 2  # the list needs the place; a tooltip has all
LEAST_RECIPE = 44  # pixels of a small window: one step


class MethodsStep(Step):
    """Everything here is made from what the engine declares: a new technique appears by itself."""

    def __init__(self, model: WizardModel, style: Style, parent: QWidget | None = None) -> None:
        super().__init__(model, style, parent)
        self._found_title, self._recipe_title, self._knobs_title = (Text("card-title") for _ in range(3))
        self.search = SearchField(lambda text: self._fill_techniques())
        self.search.setFixedWidth(150)
        self.techniques = QListWidget()
        self.techniques.itemActivated.connect(lambda item: self._add())
        self.techniques.currentItemChanged.connect(lambda: self._describe())
        self.techniques.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        TwoLines(self.techniques, style)
        self._about, self._why_not = Text("caption", wrap=True), Text("caption", wrap=True)
        self.add_button = button(self._add)
        self.broken = Text("caption", wrap=True)
        left = Card()
        inside = column(
            Flow(self._found_title, None, self.search),
            self.techniques,
            self._about,
            self._why_not,
            row(self.add_button, None),
            self.broken,
            margins=MARGINS,
        )
        inside.setStretch(1, 1)
        left.setLayout(inside)
        self.presets = [button(lambda n=n: self.model.use_preset(n)) for n in PRESETS]  # type: ignore[misc]
        for made in self.presets:
            made.setProperty("small", True)
        self._presets_name, self._no_steps = Text("muted"), Text("muted", wrap=True)
        self.recipe = QListWidget()
        TwoLines(self.recipe, style)
        self.recipe.setMinimumHeight(LEAST_RECIPE)
        self.recipe.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.recipe.currentRowChanged.connect(lambda row: self._show_knobs())
        self.up_button = button(lambda: self._move(-1))
        self.down_button = button(lambda: self._move(1))
        self.remove_button = button(self._remove)
        self.verdict, self.problems = Pill("ok"), Text(wrap=True)
        self.repair_button = button(self.model.repair)
        middle = Card()
        inside = column(
            self._recipe_title,
            Flow(self._presets_name, *self.presets),
            self._no_steps,
            self.recipe,
            Flow(self.up_button, self.down_button, self.remove_button),
            row(self.verdict, None),
            self.problems,
            row(self.repair_button, None),
            margins=MARGINS,
        )
        inside.setStretch(3, 1)
        middle.setLayout(inside)
        self._form_place = column()
        self.knobs_area = Scrolled(self._form_place)
        self.form: KnobForm | None = None
        self._form_of: object = None
        self._no_step = Text("muted", wrap=True)
        right = Card()
        self._no_knobs = QWidget()
        self._no_knobs.setLayout(column(self._no_step, None))  # below the title, and the rest of the card empty
        inside = column(self._knobs_title, self._no_knobs, self.knobs_area, margins=MARGINS)
        inside.setStretch(1, 1)
        inside.setStretch(2, 1)
        right.setLayout(inside)
        self.own = QWidget()
        parts = row(left, middle, right, gap=Space.M)
        for place, share in ((0, 4), (1, 4), (2, 5)):
            parts.setStretch(place, share)
        self.own.setLayout(parts)
        self._way = Text("muted")
        self.ways = [QRadioButton() for _ in (None, *PRESETS)]
        for way, name in zip(self.ways, (None, *PRESETS), strict=True):
            way.clicked.connect(lambda _=False, n=name: self.model.measure_preset(n))
        self.preset = PresetCard(model, style)
        whole = column(Flow(self._way, *self.ways, gap=Space.L), self.own, self.preset, gap=Space.M)
        whole.setStretch(1, 1)
        whole.setStretch(2, 1)
        self.setLayout(whole)
        self._shown_steps: object = None
        self._shown_catalogue: object = None

    def sentence(self) -> str:
        """What this step is for."""
        if self.model.state.preset is not None:
            return self.tr("A preset tries several recipes, measures them on the device and picks the best.")
        return self.tr("Methods work one after the other, from the top of the recipe to its end.")

    def retranslate(self) -> None:
        """Set the texts."""
        self._found_title.setText(self.tr("Methods"))
        self._recipe_title.setText(self.tr("Recipe"))
        self._knobs_title.setText(self.tr("Settings of this step"))
        self._no_step.setText(self.tr("Select a step of the recipe to see its settings."))
        self._no_steps.setText(self.tr("Nothing yet: choose a method and add it, or start with one of these."))
        self.search.setPlaceholderText(self.tr("Filter"))
        self.search.setAccessibleName(self.tr("Filter the methods"))
        self.techniques.setAccessibleName(self.tr("Methods"))
        self.recipe.setAccessibleName(self.tr("Recipe"))
        self.add_button.setText(self.tr("Add to the recipe"))
        self._presets_name.setText(self.tr("Start with:"))
        for made, text in zip(self.presets, (self.tr("Size"), self.tr("Latency"), self.tr("Accuracy")), strict=True):
            made.setText(text)
        self.up_button.setText(self.tr("Up"))
        self.down_button.setText(self.tr("Down"))
        self.remove_button.setText(self.tr("Remove"))
        self.repair_button.setText(self.tr("Repair the order"))
        self._way.setText(self.tr("How to choose:"))
        ways = (
            self.tr("My own recipe"),
            self.tr("Measured: smallest"),
            self.tr("Measured: fastest"),
            self.tr("Measured: most accurate"),
        )
        for way, text in zip(self.ways, ways, strict=True):
            way.setText(text)
        self.preset.retranslate()
        self._shown_catalogue = self._shown_steps = self._form_of = None
        self.render_state()

    def render_state(self) -> None:
        """Show what the model says."""
        preset = self.model.state.preset
        for way, name in zip(self.ways, (None, *PRESETS), strict=True):
            way.setChecked(name == preset)
        self.own.setVisible(preset is None)
        self.preset.setVisible(preset is not None)
        self.preset.render_state()
        if self._shown_catalogue != (self.model.catalogue, self.model.state.data):
            self._shown_catalogue = (self.model.catalogue, self.model.state.data)
            self._fill_techniques()
        self._fill_recipe()
        self._show_problems()
        self._show_knobs()

    def _fill_techniques(self) -> None:
        kept = self._technique_id()
        self.techniques.clear()
        for card in self._matching(self.search.text().strip().casefold()):
            reason = self.model.why_not(card)
            needs = self.tr("needs data") if card.needs_data else self.tr("needs no data")
            item = QListWidgetItem(f"{said(card.name)}\n{reason or f'{said(card.family)} · {needs}'}")
            item.setData(KIND_ROLE, OFF if reason else None)
            item.setData(Qt.ItemDataRole.UserRole, card.id)
            item.setToolTip(card.paper)
            self.techniques.addItem(item)
            if card.id == kept:
                self.techniques.setCurrentItem(item)
        broken = {} if self.model.catalogue is None else self.model.catalogue.broken
        lines = [self.tr("{0} could not be loaded: {1}").format(name, why) for name, why in broken.items()]
        self.broken.setText("\n".join(lines[:SHOWN_BROKEN]))
        self.broken.setToolTip("\n".join(lines))
        self.broken.setVisible(bool(lines))
        self._describe()

    def _matching(self, needle: str) -> list[TechniqueCard]:
        """The methods that have these letters somewhere, those first that have them in their names."""
        catalogue = self.model.catalogue
        names = (
            {card.id: f"{said(card.name)} {card.name} {card.id}" for card in catalogue.techniques} if catalogue else {}
        )
        found = [
            card
            for card in (() if catalogue is None else catalogue.techniques)
            if needle in f"{names[card.id]} {said(card.family)} {said(card.summary)}".casefold()
        ]
        return sorted(found, key=lambda card: needle not in names[card.id].casefold())

    def _technique_id(self) -> str | None:
        item = self.techniques.currentItem() if self.techniques.count() else None
        return None if item is None else item.data(Qt.ItemDataRole.UserRole)

    def _technique(self) -> TechniqueCard | None:
        chosen = self._technique_id()
        return None if chosen is None else self.model.card(chosen)

    def _describe(self) -> None:
        card = self._technique()
        reason = "" if card is None else self.model.why_not(card)
        self._about.setText("" if card is None else said(card.summary))
        self._about.setVisible(card is not None)
        self._why_not.setText(reason)
        self._why_not.setVisible(bool(reason))
        self.add_button.setEnabled(card is not None and not reason)

    def _add(self) -> None:
        card = self._technique()
        if card is not None and not self.model.why_not(card):
            self.model.add(card.id)
            self.recipe.setCurrentRow(self.recipe.count() - 1)

    def _fill_recipe(self) -> None:
        wanted = (self.model.state.steps, self.model.catalogue)
        if wanted == self._shown_steps:
            return
        self._shown_steps = wanted
        place = self.recipe.currentRow()
        self.recipe.blockSignals(True)
        self.recipe.clear()
        for number, line in enumerate(self.model.state.steps, 1):
            card = self.model.card(line.technique)
            set_to = knobs_of(line, card) or self.tr("all settings as they come")
            self.recipe.addItem(f"{number}  {title_of(line, card)}\n{set_to}")
        self.recipe.setCurrentRow(min(max(place, 0), self.recipe.count() - 1))
        self.recipe.blockSignals(False)

    def _show_problems(self) -> None:
        steps, problems = bool(self.model.state.steps), self.model.problems
        self.verdict.setVisible(steps)
        self._no_steps.setVisible(not steps)
        fatal = any(problem.fatal for problem in problems)
        failure = self.model.check.failure if not self.model.check.loading else None
        if self.model.checking:
            self.verdict.show_state("idle", self.tr("Checking…"))
        elif fatal or failure is not None:
            self.verdict.show_state("bad", self.tr("Cannot run"))
        elif problems:
            self.verdict.show_state("warn", self.tr("Can run, with advice"))
        else:
            self.verdict.show_state("ok", self.tr("Can run"))
        lines = [f"{p.step}: {with_remedy(p.message, p.remedy)}" for p in problems]
        if failure is not None:
            lines = [trouble(failure)]
        self.problems.setText("\n".join(lines))
        self.problems.setVisible(steps and bool(lines))
        self.repair_button.setVisible(steps and self.model.repaired is not None)
        place, count = self.recipe.currentRow(), self.recipe.count()
        self.up_button.setEnabled(place > 0)
        self.down_button.setEnabled(0 <= place < count - 1)
        self.remove_button.setEnabled(place >= 0)

    def _show_knobs(self) -> None:
        place, steps = self.recipe.currentRow(), self.model.state.steps
        line = steps[place] if 0 <= place < len(steps) else None
        card = None if line is None else self.model.card(line.technique)
        self._no_knobs.setVisible(card is None)
        self.knobs_area.setVisible(card is not None)
        wanted = (place, None if card is None else card.id)
        self._place_changed(place)
        if line is None or card is None or (wanted == self._form_of and self._form_says(line, card)):
            return
        advanced = self.form is not None and self.form.shows_advanced
        self._form_of = wanted
        self._values = dict(line.knobs)
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
        self.form = KnobForm(
            card.knobs, line.knobs, lambda name, value: self._turn(place, name, value), advanced=advanced
        )
        self._form_place.addWidget(self.form)
        self.form.show()  # in this turn, as what was there before is gone

    def _place_changed(self, place: int) -> None:
        self.up_button.setEnabled(place > 0)
        self.down_button.setEnabled(0 <= place < self.recipe.count() - 1)
        self.remove_button.setEnabled(place >= 0)

    def _turn(self, place: int, name: str, value: object) -> None:
        self._values[name] = value
        self.model.set_knob(place, name, value)

    def _form_says(self, line: RecipeLine, card: TechniqueCard) -> bool:
        """True when the form has these values already: it made them itself and must not be built anew."""
        return all(self._values.get(k.name, k.default) == line.knobs.get(k.name, k.default) for k in card.knobs)

    def _move(self, by: int) -> None:
        place = self.recipe.currentRow()
        if 0 <= place + by < self.recipe.count():
            self.model.move(place, by)
            self.recipe.setCurrentRow(place + by)

    def _remove(self) -> None:
        if self.recipe.currentRow() >= 0:
            self.model.remove(self.recipe.currentRow())

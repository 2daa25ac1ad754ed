"""The one form generator takes any schema that is declared like a technique: here the space of a search."""

import json
from dataclasses import dataclass, fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit

from engine.compress.technique import Takes, Technique, knob
from engine.errors import RecipeError
from gui.viewmodels.techniques import read_knob
from gui.widgets.form import KnobForm

pytestmark = pytest.mark.ui


@dataclass(frozen=True)
class Space:
    """What a search may try, and for how long."""

    ratio: tuple[float, float] = knob((0.2, 0.8), "Share of the channels that go.", min=0.0, max=0.95)
    bits: list[str] = knob(["8"], "Widths that are tried.", choices=("4", "8", "16"))
    sampler: str = knob("tpe", "How the next trial is chosen.", choices=("grid", "random", "tpe", "nsga2"))
    trials: int = knob(50, "Trials at most.", min=1, max=100_000)
    minutes: float = knob(30.0, "Time at most.", unit="min", min=0.1)
    prune: bool = knob(True, "Stop hopeless trials early.")
    seed: int = knob(0, "Of the sampler.", min=0, advanced=True)


SEARCH = Technique("space", "Space", "search", (), "", "", Space, lambda state, config, context: state, Takes.ONNX)


@pytest.fixture
def form(qtbot):
    knobs = [read_knob(item) for item in json.loads(json.dumps(SEARCH.to_json()))["knobs"]]
    told: dict[str, object] = {}
    made = KnobForm(knobs, {}, told.__setitem__)
    made.told = told
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_a_search_space_has_a_field_of_the_right_kind_for_each_of_its_knobs(form):
    assert set(form.editors) == {item.name for item in fields(Space)}
    kinds = {name: type(editor) for name, editor in form.editors.items() if name != "bits"}
    assert kinds == {
        "ratio": QLineEdit,
        "sampler": QComboBox,
        "trials": QLineEdit,
        "minutes": QLineEdit,
        "prune": QCheckBox,
        "seed": QLineEdit,
    }
    ticks = form.editors["bits"].findChildren(QCheckBox)
    assert [(box.text(), box.isChecked()) for box in ticks] == [("4", False), ("8", True), ("16", False)]
    assert form.editors["ratio"].text() == "0.2 – 0.8"
    assert not form.editors["seed"].isVisible(), "advanced"
    assert all(editor.accessibleName() for editor in form.editors.values())


@pytest.mark.parametrize("typed", ["0.1 – 0.5", "0.1, 0.5", "0.1..0.5", "0.1 to 0.5"])
def test_that_a_range_is_typed_as_people_write_one(qtbot, form, typed):
    field = form.editors["ratio"]
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert form.told == {"ratio": [0.1, 0.5]}
    assert not form.errors["ratio"].isVisible()
    assert SEARCH.configure(form.told).ratio == [0.1, 0.5]


@pytest.mark.parametrize(
    "typed", ["0.5", "0.5 – 0.1", "0.1 – 0.96", "-0.1 – 0.5", "low – high", "0.1 – 0.2 – 0.3", "nan, 1"]
)
def test_that_what_is_no_range_within_the_limits_is_said_and_not_taken(qtbot, form, typed):
    field = form.editors["ratio"]
    field.setText(typed)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert form.told == {}
    assert form.errors["ratio"].text() == "This must be two numbers, low – high, each 0 – 0.95"
    assert form.errors["ratio"].isVisible()


def test_that_several_choices_are_ticked_and_at_least_one(form):
    four, eight, _ = form.editors["bits"].findChildren(QCheckBox)
    four.click()
    assert form.told == {"bits": ["4", "8"]}
    eight.click()
    four.click()
    assert form.told == {"bits": ["4"]}, "none is no choice"
    assert form.errors["bits"].text() == "Tick at least one."
    assert form.errors["bits"].isVisible()
    eight.click()
    assert not form.errors["bits"].isVisible()
    assert SEARCH.configure(form.told).bits == ["8"]


def test_that_the_budget_of_a_search_keeps_its_limits(qtbot, form):
    field = form.editors["trials"]
    field.setText("0")
    field.editingFinished.emit()
    assert form.errors["trials"].isVisible()
    field.setText("200")
    field.editingFinished.emit()
    assert form.told == {"trials": 200}


@pytest.mark.parametrize(
    "values", [{"ratio": [0.5, 0.1]}, {"ratio": [0.1]}, {"ratio": [0.1, 2.0]}, {"ratio": 0.3}, {"bits": ["8", "3"]}]
)
def test_that_the_engine_refuses_the_same(values):
    with pytest.raises(RecipeError):
        SEARCH.configure(values)

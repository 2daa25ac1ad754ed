"""A list with ticks that may be long."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from gui.widgets.sieve import MANY, Sieve
from gui.widgets.ticks import fill, ticked

pytestmark = pytest.mark.ui
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def sieve(qtbot):
    made = Sieve(QListWidget())
    qtbot.addWidget(made)
    made.show()
    return made


def boards(count: int) -> list[tuple[str, str]]:
    return [(f"b{n}", f"{'kitchen' if n % 2 else 'garage'}-{n:02d}") for n in range(count)]


def test_that_a_short_list_has_nothing_to_filter(sieve):
    fill(sieve.box, boards(MANY))
    assert not sieve.bar.isVisible()
    fill(sieve.box, boards(MANY + 1))
    assert sieve.bar.isVisible()


def test_that_all_means_what_is_shown_and_other_ticks_stay(qtbot, sieve):
    fill(sieve.box, boards(30))
    sieve.box.item(0).setCheckState(Qt.CheckState.Checked)
    qtbot.keyClicks(sieve.needle, "Kitch")
    assert [item.text() for item in sieve.shown] == [f"kitchen-{n:02d}" for n in range(1, 30, 2)]
    assert sieve.all_button.text() == "All"
    qtbot.mouseClick(sieve.all_button, LEFT)
    assert ticked(sieve.box) == ["b0", *(f"b{n}" for n in range(1, 30, 2))]
    assert sieve.all_button.text() == "None"
    qtbot.mouseClick(sieve.all_button, LEFT)
    assert ticked(sieve.box) == ["b0"]
    sieve.needle.clear()
    assert len(sieve.shown) == 30


def test_that_a_list_that_becomes_short_hides_nothing(qtbot, sieve):
    fill(sieve.box, boards(30))
    qtbot.keyClicks(sieve.needle, "no such board")
    assert sieve.shown == []
    assert not sieve.all_button.isEnabled()
    fill(sieve.box, boards(3))
    assert len(sieve.shown) == 3

import pytest

from gui.widgets.choices import choice_box, choose_from, chosen

pytestmark = pytest.mark.ui


def test_that_a_box_is_as_wide_as_its_choices_after_a_change_of_language(qtbot):
    box = choice_box()
    qtbot.addWidget(box)
    choose_from(box, [("latency", "延迟"), ("size", "体积")], "size")
    box.show()
    narrow = box.sizeHint().width()
    choose_from(box, [("latency", "Latency p50 (ms), measured"), ("size", "Size")])
    wanted = box.fontMetrics().horizontalAdvance("Latency p50 (ms), measured")
    assert box.sizeHint().width() >= wanted > narrow
    assert chosen(box) == "size"

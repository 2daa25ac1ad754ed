"""Tables without a mouse."""

import pytest
from PySide6.QtCore import Qt

pytestmark = pytest.mark.ui
ALT = Qt.KeyboardModifier.AltModifier


def test_that_a_table_is_sorted_by_any_column_without_a_mouse(qtbot, window):
    window.go("variants")
    page = window.page("variants")
    qtbot.waitUntil(lambda: len(page.model.table.rows) > 2 and page.table.isVisible(), timeout=5000)
    table, names = page.table, lambda: [row.name for row in page.model.table.rows]
    head = table.horizontalHeader()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(table, Qt.Key.Key_Right, ALT)
    first = head.sortIndicatorSection()
    assert not table.isColumnHidden(first)
    qtbot.keyClick(table, Qt.Key.Key_Up, ALT)
    assert names() == sorted(names(), key=str.casefold)
    qtbot.keyClick(table, Qt.Key.Key_Down, ALT)
    assert names() == sorted(names(), key=str.casefold, reverse=True)
    qtbot.keyClick(table, Qt.Key.Key_Right, ALT)
    assert head.sortIndicatorSection() > first
    qtbot.keyClick(table, Qt.Key.Key_Left, ALT)
    assert head.sortIndicatorSection() == first

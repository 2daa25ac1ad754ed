"""Lines of plots on screens of every fineness."""

import pytest

from gui.viewmodels.curves import Curves
from gui.widgets.plots import LinePlot

pytestmark = pytest.mark.ui


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_that_a_line_is_as_wide_on_a_fine_screen_as_on_a_plain_one(qtbot, look, monkeypatch, ratio):
    monkeypatch.setattr(LinePlot, "devicePixelRatioF", lambda self: ratio)
    plot, curves = LinePlot(look), Curves()
    for step in range(3):
        curves.add("loss", step, 1.0 / (1 + step))
    qtbot.addWidget(plot)
    plot.show_curves(curves, ["loss"], "step")
    plot.show()
    qtbot.waitUntil(lambda: bool(plot._lines), timeout=5000)
    (line,) = plot._lines.values()
    assert line.opts["pen"].widthF() == 2 * ratio, "in pixels of the device"

"""What the bars of a board's card hold."""

from engine.events import Look
from gui.viewmodels.glance import _Board, _gauge


def test_that_a_bar_of_a_board_in_the_cold_or_of_a_battery_that_is_charged_is_empty_and_no_less():
    board = _Board()
    board.take(Look(0.0, {"temperature:cpu": 21.0, "power:battery": 4.0}))
    board.take(Look(1.0, {"temperature:cpu": -12.5, "power:battery": -3.0}))
    cold, charged = _gauge(board, "temperature"), _gauge(board, "power")
    assert (cold.words, cold.share, cold.over) == ("-12.5 °C", 0.0, False)
    assert (charged.words, charged.share) == ("-3.0 W", 0.0)

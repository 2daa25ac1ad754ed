"""What a rollout tells while its gates measure: the stage that runs, and a bar that is of the board above it."""

from engine.deploy.rollout_telling import Telling
from engine.events import Event, Log, Metric, Progress, Stage


def told_of(events: list[Event]) -> list[str]:
    return [
        f"{event.name} {event.detail}".strip() if isinstance(event, Stage) else f"{event.done:g}"
        for event in events
        if isinstance(event, (Stage, Progress))
    ]


def test_that_a_gate_is_told_as_its_own_stage_with_how_far_it_is():
    events: list[Event] = []
    telling = Telling(events.append)
    telling(Stage("uploading", "pi"))
    with telling.measuring("pi") as tell:
        tell(Stage("verify", "int8 on pi"))
        tell(Metric("p50", 1.0, 1))
        tell(Progress(1, 4, "round", 30.0))
        tell(Log("pi: it is warm", "warning"))
        tell(Progress(2, 4, "round", 20.0))
    assert told_of(events) == ["uploading pi", "measuring pi", "1", "2"]
    assert [event.message for event in events if isinstance(event, Log)] == ["pi: it is warm"]


def test_that_of_several_boards_one_bar_is_drawn_below_its_own_board():
    events: list[Event] = []
    telling = Telling(events.append)
    with telling.measuring("b") as second:
        with telling.measuring("a") as first:
            second(Progress(1, 9))  # nobody sees whose it would be
            first(Progress(2, 9))
            telling(Stage("staged", "c"))
            first(Progress(3, 9))
            second(Progress(4, 9))
        second(Progress(5, 9))
    assert told_of(events) == ["measuring b", "measuring a", "2", "staged c", "measuring a", "3", "measuring b", "5"]

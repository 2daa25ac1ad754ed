"""Deploying to several boards at once."""

import threading

import pytest

from engine.errors import Cancelled, UnreachableError
from engine.events import Cancel, Progress, Stage
from engine.records import Bundle, Placement
from engine.verbs import deploy, deployment

NAMES = ("attic", "barn", "cellar")


@pytest.fixture
def boards(monkeypatch: pytest.MonkeyPatch) -> threading.Barrier:
    """Three boards that only go on together; the second one does not answer."""
    together = threading.Barrier(len(NAMES), timeout=10)

    def place(bundle, name, *, slot, emit, cancel, **named):
        together.wait()
        emit(Stage("upload", "net, 0.50 MB"))
        emit(Progress(1, 2, "bytes"))
        cancel.check()
        if name == "barn":
            raise UnreachableError("unreachable", "no answer", "switch it on")
        return Placement(name, slot, bundle.sha256, 1, "committed", True)

    monkeypatch.setattr(deployment, "expand", lambda targets: NAMES)
    monkeypatch.setattr(deployment, "find_bundle", lambda key, workspace: Bundle("b", "net", "/b", 1, "0" * 64, "k"))
    monkeypatch.setattr(deployment.releasing, "deploy", place)
    return together


def test_that_boards_are_served_side_by_side_and_a_failure_is_one_placement(boards: threading.Barrier):
    told = []
    placed = deploy("net", "@all", emit=told.append).placements
    assert [(item.target, item.state) for item in placed] == [
        ("attic", "committed"),
        ("barn", "failed"),
        ("cellar", "committed"),
    ]
    assert placed[1].reason == "no answer; switch it on"
    details = {item.detail for item in told if isinstance(item, Stage)}
    assert {f"{name}: net, 0.50 MB" for name in NAMES} <= details
    progress = [(item.done, item.total, item.unit) for item in told if isinstance(item, Progress)]
    assert progress == [(1, 3, "boards"), (2, 3, "boards"), (3, 3, "boards")], "bytes of three boards are no progress"


def test_that_a_cancel_ends_all_of_them(boards: threading.Barrier):
    cancel = Cancel()
    cancel.set()
    with pytest.raises(Cancelled):
        deploy("net", "@all", cancel=cancel)

"""What ``flyweight deploy`` prints."""

import pytest
from rich.console import Console

from engine.cli.deploy import _placements
from engine.records import Placement
from engine.verbs.deployment import Deployed


def test_that_what_was_sent_is_said_of_the_bundle_and_a_board_that_had_it_is_named(capsys: pytest.CaptureFixture[str]):
    """A runtime that travels is told by its own stages; "sent 0 B" below one of 45 MB was read as nothing at all."""
    place = ("pi5", "main", "0" * 64, 4, "committed", True)
    uploads = ({"bytes": 260_000.0, "seconds": 0.5}, {"bytes": 0.0, "seconds": 0.0, "written": 45_000_000.0})
    _placements(Deployed(tuple(Placement(*place, upload=item) for item in uploads)), Console(width=100))
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert lines == [
        "  sent 260 kB of the bundle in 0.50 s",
        "  the board had all of the bundle already, 45.0 MB written to the board's disk",
    ]

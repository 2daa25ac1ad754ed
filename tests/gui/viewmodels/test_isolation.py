"""What kept a model in, in the words of the window."""

import pytest

from gui.viewmodels.devices import read_board
from gui.viewmodels.isolation import isolation_words
from gui.viewmodels.measured import read_measured
from gui.viewmodels.profiles import read_readings

pytestmark = pytest.mark.ui
WALLED = {"network": "filter", "memory_bytes": 4_000_000_000, "cpu_s": 120, "file_bytes": 67_108_864, "open_files": 512}
OPEN = dict.fromkeys(WALLED)
TOO_OLD = "unknown: the agent was too old to tell"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            WALLED,
            "no network (a filter of system calls); "
            "at most 4.0 GB of address space, 120 s of processor time, 67.1 MB per file, 512 open files",
        ),
        (OPEN, "the network is open to a model; no limit on address space, processor time, file size, open files"),
        (
            {**WALLED, "network": "a vault", "cpu_s": None, "open_files": None},
            "no network (a vault); at most 4.0 GB of address space, 67.1 MB per file; "
            "no limit on processor time, open files",
        ),
        (None, TOO_OLD),
    ],
)
def test_that_each_wall_is_told_held_or_missing_and_no_answer_is_unknown(qapp, told, words):
    assert isolation_words(told) == words


def test_that_a_board_and_its_readings_tell_it(qapp):
    assert dict(read_board({"isolation": OPEN}).facts)["Isolation"] == isolation_words(OPEN)
    assert dict(read_board({"isolation": None}).facts)["Isolation"] == TOO_OLD
    assert dict(read_board({}).facts)["Isolation"] == "", "who adds a board was not told yet"
    rows = read_readings(
        {"rows": [{"origin": "measured", "isolation": WALLED}, {"origin": "measured"}, {"origin": "published"}]}
    )
    assert [row.isolation for row in rows] == [isolation_words(WALLED), TOO_OLD, ""]


def test_that_a_measurement_tells_it_once_or_per_device_where_devices_differ(qapp):
    here, there = {"target": "pi4", "isolation": WALLED}, {"target": "old", "isolation": None}
    assert dict(read_measured({"readings": [here, here]}).facts)["Isolation"] == isolation_words(WALLED)
    told = dict(read_measured({"readings": [here, there, here]}).facts)
    assert (told["Isolation on pi4"], told["Isolation on old"]) == (isolation_words(WALLED), TOO_OLD)

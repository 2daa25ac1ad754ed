"""The report tells which walls held, and that it is unknown where no agent told."""

import re
from dataclasses import replace

import pytest

from engine.report.html import render
from engine.report.isolation import isolation_text
from engine.report.texts import LANGUAGES, Texts
from profiles.reading import Origin

from .sample import report

WALLED = {"network": "filter", "memory_bytes": 4_000_000_000, "cpu_s": 120, "file_bytes": 67_108_864, "open_files": 512}
OPEN = dict.fromkeys(WALLED)
ENGLISH = Texts("en")
TOO_OLD = "unknown: the agent was too old to tell"


def told(*isolations):
    readings = report().readings
    return isolation_text(
        [replace(readings[0], target=f"board{n}", isolation=i) for n, i in enumerate(isolations)], ENGLISH
    )


def test_that_walls_that_hold_and_those_that_do_not_are_told():
    assert told(WALLED, WALLED) == (
        "no network for the model (a filter of system calls); "
        "at most 4.0 GB of address space, 120 s of processor time, 67 MB per file, 512 open files"
    )
    assert told(OPEN) == (
        "the network is open to the model; no limit on address space, processor time, file size, open files"
    )
    assert told({**OPEN, "network": "a vault"}).startswith("no network for the model (a vault); no limit on")


def test_that_boards_that_differ_are_told_by_name_and_an_old_agent_is_unknown():
    assert told(None) == TOO_OLD
    words = told(OPEN, None)
    assert words.startswith("board0: the network is open")
    assert words.endswith(f"· board1: {TOO_OLD}")
    predicted = replace(report().readings[0], origin=Origin.PREDICTED, isolation=None)
    assert isolation_text([predicted], ENGLISH) == "", "nothing ran"


@pytest.mark.parametrize("language", LANGUAGES)
def test_that_the_section_on_how_it_was_measured_says_it(language):
    texts, data = Texts(language), report()
    data = replace(data, readings=tuple(replace(item, isolation=WALLED) for item in data.readings))
    page = render(data, language)
    said = re.search(rf"<dt>{texts('isolation')}</dt><dd>([^<]+)</dd>", page)
    assert said is not None
    assert said[1] == isolation_text(data.readings, texts)
    assert "512" in said[1]

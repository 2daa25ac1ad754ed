import re

import pytest

from gui.i18n import Language, Translation
from gui.operations import OperationState
from gui.protocol import Crash
from gui.viewmodels import wording
from gui.viewmodels.phases import Phase


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "a few seconds left"),
        (41, "about 40 s left"),
        (118, "about 2 min left"),
        (3600, "about 60 min left"),
    ],
)
def test_that_the_rest_is_rounded_to_what_a_person_needs(seconds, words):
    assert wording.time_left(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (213_400, "213 kB"), (2_801_334, "2.8 MB"), (12_000, "12.0 kB")],
)
def test_that_sizes_are_decimal_units(count, words):
    assert wording.size(count) == words


def test_that_a_value_without_an_interval_stands_alone():
    assert wording.with_interval(1.234, None, 1, "×") == "1.2×"
    assert wording.with_interval(None, (1, 2), 1) == "–"


def test_that_every_end_of_a_worker_has_a_reason_in_words():
    assert "run out of memory" in wording.crash(Crash(9, 9))
    assert wording.crash(Crash(6, 6)) == "The worker crashed with signal 6 (SIGABRT)."
    assert "exit code 7" in wording.crash(Crash(7))


def test_that_every_state_and_phase_has_a_word():
    assert len({wording.state(s) for s in OperationState}) == len(OperationState)
    assert len({wording.phase(p) for p in Phase}) == len(Phase)


def test_that_an_unknown_stage_keeps_its_name():
    assert wording.stage("static-quantization") == "static-quantization"


def test_that_lines_of_a_log_about_techniques_and_metrics_speak_the_language_of_the_window(qapp):
    translation = Translation(qapp)
    translation.use(Language.CHINESE)
    try:
        lines = (
            wording.stage_line("Student network", "step 1 of 2"),
            wording.stage_line("train", "distillation of a student: 2 epochs of 9,500 samples"),
            wording.stage_line("train", "fine-tuning: 1 epoch of 500 samples"),
            wording.metric_line("training accuracy", 0.5, 1),
            wording.stage_line("measure", "1 bundle on loopback, interleaved, 1 thread"),
        )
    finally:
        translation.use(Language.ENGLISH)
    assert [word for line in lines for word in re.findall("[A-Za-z]{3,}", line) if word != "loopback"] == []

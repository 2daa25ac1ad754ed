from datetime import UTC, datetime, timedelta

import pytest

from gui.viewmodels.dates import age, when, when_iso
from gui.viewmodels.wording import NO_VALUE

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=400), "400 days ago"),
    ],
)
def test_that_an_age_is_rounded_down_to_what_a_person_needs(qapp, passed, words):
    assert age((NOW - passed).isoformat(), NOW.timestamp()) == words


def test_that_the_month_of_a_time_is_a_word(qapp):
    here = NOW.astimezone().replace(tzinfo=None)
    assert when(NOW.timestamp()) == when_iso(NOW.isoformat()) == f"4 Mar 2026 {here:%H:%M}"


def test_that_no_time_is_a_dash(qapp):
    assert [when(None), when_iso("soon"), age("")] == [NO_VALUE] * 3

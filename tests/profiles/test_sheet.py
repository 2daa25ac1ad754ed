"""The data sheet of a board: newest reading, history, age; nothing that was not measured."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from profiles.reading import Origin, Quality
from profiles.sheet import data_sheet

from ..engine.report.sample import RESNET, reading

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def at(hour, p50=None, **changes):
    item = reading("fashion-resnet", RESNET[0], 0, measured_at=f"2026-11-24T{hour:02d}:00:00.000+00:00", **changes)
    return item if p50 is None else replace(item, latency_ms=replace(item.latency_ms, p50=p50))


def test_that_a_row_shows_the_newest_reading_with_its_history_and_age():
    sheet = data_sheet("board", [at(11, 0.3), at(9, 0.1), at(10, 0.2)], NOON)
    (row,) = sheet.rows
    assert row.latest.latency_ms.p50 == 0.3
    assert [past.p50_ms for past in row.history] == [0.1, 0.2, 0.3]
    assert (row.age_s, row.runs) == (3600.0, 3 * 4210)
    assert row.to_json()["readings"] == 3


@pytest.mark.parametrize("origin", [Origin.SIMULATED, Origin.PREDICTED, Origin.PUBLISHED, Origin.DECLARED])
def test_that_only_measured_readings_enter(origin):
    sheet = data_sheet("board", [at(9), at(10, origin=origin)], NOON)
    assert (len(sheet.rows[0].history), sheet.left_out) == (1, 1)
    assert data_sheet("board", [at(9, origin=origin)], NOON).rows == ()


def test_that_rejected_readings_do_not_enter_and_noted_ones_do():
    sheet = data_sheet("board", [at(9, quality=Quality.NOTED), at(10, quality=Quality.REJECTED)], NOON)
    assert (len(sheet.rows[0].history), sheet.left_out) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"runtime": "litert"}, {"runtime_version": "1.0"}, {"threads": 4}, {"provider": "CUDA"}, {"power_mode": "MAXN"},
        {"bundle": "b" * 64},
        {"options": {"spin": "0"}}, {"board": "raspberry-pi-5"}, {"scenario": "offline"},
    ],
)  # fmt: skip
def test_that_readings_under_other_conditions_are_rows_of_their_own(changes):
    assert len(data_sheet("board", [at(9), at(10, **changes)], NOON).rows) == 2


def test_that_two_devices_of_one_board_share_a_sheet():
    sheet = data_sheet("board", [at(9), at(10, target="kitchen", device_id="d1")], NOON)
    assert sheet.devices == ("kitchen", "loopback")
    assert len(sheet.rows) == 1

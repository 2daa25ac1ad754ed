"""Transfer between boards: against a dense Gaussian computed otherwise, and on the published table."""

import math
from collections import Counter

import numpy as np
import pytest

from profiles.errors import ProfileError
from profiles.transfer import Transfer
from tests.benchmarks.bench_transfer import configurations, leave_out

NAMES = [f"net{i}" for i in range(8)]


def boards(count, seed=0, holes=0.0, scatter=0.01):
    """Boards of two kinds: speed, one property that separates models, a little scatter."""
    draw = np.random.default_rng(seed)
    base, tilt = np.linspace(0, 3, 8), np.array([-1, 1, -1, 1, -1, 1, -1, 1])
    rows = []
    for _ in range(count):
        logs = base + draw.normal(0, 1) + draw.normal(0, 0.3) * tilt + draw.normal(0, scatter, 8)
        rows.append({n: math.exp(v) for n, v in zip(NAMES, logs, strict=True) if draw.random() >= holes})
    return rows


def test_that_two_anchors_find_speed_and_property_of_a_new_board():
    transfer = Transfer(boards(40))
    for row in boards(10, seed=1):
        anchors = {name: row[name] for name in transfer.choose(2)}
        for name, item in transfer.predict(anchors).items():
            assert item.latency_ms == pytest.approx(row[name], rel=0.12)


def test_that_one_of_each_kind_is_chosen_first():
    first, second = Transfer(boards(40)).choose(2)
    assert NAMES.index(first) % 2 != NAMES.index(second) % 2


def test_that_holes_in_the_table_cost_little():
    transfer, errors = Transfer(boards(60, holes=0.4)), []
    for row in boards(20, seed=2):
        anchors = {name: row[name] for name in transfer.choose(3)}
        errors += [abs(item.latency_ms / row[name] - 1) for name, item in transfer.predict(anchors).items()]
    assert np.median(errors) < 0.06


def test_that_what_was_measured_is_not_predicted_and_not_chosen_again():
    transfer = Transfer(boards(20))
    assert set(transfer.predict({"net0": 1.0, "net3": 2.0})) == set(NAMES) - {"net0", "net3"}
    chosen = transfer.choose(3, available=["net0", "net1", "net5"], given=["net0"])
    assert chosen[0] == "net0"
    assert set(chosen) == {"net0", "net1", "net5"}


def test_that_intervals_cover_at_their_level_and_narrow_with_anchors():
    transfer, inside, widths = Transfer(boards(60, scatter=0.05)), [], {2: [], 5: []}
    for row in boards(60, seed=3, scatter=0.05):
        for count in widths:
            for name, item in transfer.predict({n: row[n] for n in transfer.choose(count)}).items():
                inside.append(item.interval[0] <= row[name] <= item.interval[1])
                widths[count].append(math.log(item.interval[1] / item.interval[0]))
    assert 0.85 <= np.mean(inside) <= 0.99
    assert np.mean(widths[5]) < np.mean(widths[2])


def test_that_a_part_of_the_published_table_is_predicted_as_well_as_is_claimed():
    rows = configurations()
    some = {"raspberry-pi-4b", "khadas-vim3", "jetson-nano", "rdk-x3", "orange-pi-5", "tinker-board"}
    found = leave_out(rows, lambda row: row[0].board if row[0].board in some else "others")
    errors = [error for board in some for error, _ in found[board]]
    assert Counter(len(found[board]) >= 20 for board in some) == {True: 6}
    assert np.median(errors) <= 0.06


def test_that_too_few_boards_or_no_known_anchor_are_refused_with_a_remedy():
    with pytest.raises(ProfileError, match="4 configurations are known"):
        Transfer(boards(4))
    with pytest.raises(ProfileError, match="no other board") as caught:
        Transfer(boards(20)).predict({"other": 1.0})
    assert caught.value.remedy.startswith("measure net")

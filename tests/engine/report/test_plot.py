"""The Pareto plot: the right points on the front, ticks that enclose, labels that never touch."""

import random
import re
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from engine.report import plot
from engine.report.data import pareto
from engine.report.plot import Point


def points(count, seed):
    draw = random.Random(seed)
    raw = [(draw.uniform(0.05, 0.5), draw.uniform(85, 92)) for _ in range(count)]
    front = pareto(raw)
    return [
        Point(
            f"variant-{i}",
            x,
            y,
            (x * 0.98, x * 1.02),
            (y - 0.4, y + 0.4),
            i in front,
            emphasised=i == 0,
            baseline=i == 1,
        )
        for i, (x, y) in enumerate(raw)
    ]


def draw(shown):
    return ElementTree.fromstring(plot.pareto_plot(shown, x_title="x", y_title="y", description="d"))


@pytest.mark.parametrize("seed", range(20))
def test_that_the_front_is_what_comparing_all_pairs_gives(seed):
    chance = random.Random(seed)
    raw = [(chance.randint(1, 9), chance.randint(1, 9)) for _ in range(12)]
    front = pareto(raw)

    def beaten(i):
        x, y = raw[i]
        return any(
            (a <= x and b >= y and (a, b) != (x, y)) or ((a, b) == (x, y) and j < i) for j, (a, b) in enumerate(raw)
        )

    assert front == {i for i in range(12) if not beaten(i)}


def test_that_points_without_a_value_are_never_on_the_front():
    assert pareto([(None, 99.0), (1.0, None), (2.0, 50.0)]) == {2}


@pytest.mark.parametrize(
    ("low", "high"), [(0.3, 4.2), (0.07, 0.24), (91.2, 92.4), (0, 1), (5, 5), (1e-6, 3e-6), (1, 9000)]
)
def test_that_ticks_enclose_the_values_evenly(low, high):
    found = plot.ticks(low, high, 6)
    assert found[0] <= low
    assert high <= found[-1]
    steps = {round((b - a) / (found[1] - found[0]), 6) for a, b in pairwise(found)}
    assert steps == {1.0}
    assert 2 <= len(found) <= 9


@pytest.mark.parametrize("seed", range(15))
def test_that_labels_touch_neither_one_another_nor_a_point(seed):
    root = draw(points(14, seed))
    labels = [t for t in root.iter("text") if "halo" in t.get("class", "")]
    boxes = []
    for label in labels:
        x, y = float(label.get("x")), float(label.get("y")) - 4
        boxes.append(plot.Box(x, y - 6, x + plot.text_width(label.text), y + 6))
    circles = [plot.Box(*(float(c.get("cx")) - 5, float(c.get("cy")) - 5, float(c.get("cx")) + 5, float(c.get("cy")) + 5))
               for c in root.iter("circle") if c.get("class") != "ring"]  # fmt: skip
    assert labels
    for i, box in enumerate(boxes):
        assert not any(box.meets(other) for other in boxes[i + 1 :])
        assert not any(box.meets(other) for other in circles)
        assert box.left >= plot.LEFT
        assert box.right <= plot.WIDTH


def test_that_front_points_are_filled_and_beaten_ones_hollow():
    shown = points(14, 3)
    kinds = [c.get("class") for c in draw(shown).iter("circle")]
    drawn = plot.visible(shown)
    assert kinds.count("front") == sum(p.on_front for p in drawn)
    assert kinds.count("dominated") == sum(not p.on_front for p in drawn)
    assert kinds.count("ring") == 1


def test_that_the_staircase_never_falls_from_left_to_right():
    stairs = next(p for p in draw(points(14, 5)).iter("path") if p.get("class") == "stairs")
    heights = [float(v) for v in re.findall(r"V([\d.]+)", stairs.get("d"))]
    assert heights == sorted(heights, reverse=True)  # up on the screen is down in pixels


def test_that_a_collapsed_variant_does_not_squash_the_plot():
    shown = [Point("fp32", 1, 92, None, None, True, baseline=True), Point("broken", 0.9, 40, None, None, True),
             Point("slow", 9, 92.5, None, None, True), Point("int8", 0.5, 91.8, None, None, True)]  # fmt: skip
    assert [p.label for p in plot.visible(shown)] == ["fp32", "int8"]


def test_that_one_point_and_equal_points_can_be_drawn():
    same = Point("a", 1.0, 50.0, None, None, True)
    assert draw([same]) is not None
    assert draw([same, same]) is not None
    assert plot.pareto_plot([], x_title="", y_title="", description="") == ""


def test_that_markup_in_a_label_is_text():
    assert "<b>" not in plot.pareto_plot(
        [Point("<b>&", 1, 2, None, None, True)], x_title="", y_title="", description='"><b>'
    )

"""Average precision against a second computation in plain Python, written from COCO's definition alone."""

import numpy as np
import pytest

from engine.errors import DataError
from engine.evaluate.detection import Detection, Found, boxes_of, overlaps
from engine.evaluate.resampling import estimates, paired_losses
from engine.model.task import Boxes


def iou(a, b):
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def average_precision(found, labels, number, threshold):
    """Mean over recalls 0, 0.01, ... 1 of the best precision at that recall or a higher one."""
    total = sum(int(row[0]) == number for rows in labels for row in rows)
    ranked = sorted(
        (
            (-float(score), image, tuple(box))
            for image, one in enumerate(found)
            for box, score, kind in zip(one.boxes, one.scores, one.classes, strict=True)
            if kind == number
        ),
        key=lambda item: item[0],
    )
    taken, curve, hits = set(), [], 0
    for rank, (_, image, box) in enumerate(ranked, start=1):
        free = [
            (iou(box, row[1:]), place)
            for place, row in enumerate(labels[image])
            if int(row[0]) == number and (image, place) not in taken
        ]
        best = max(free, key=lambda item: item[0], default=(0.0, None))
        if best[1] is not None and best[0] >= threshold:
            taken.add((image, best[1]))
            hits += 1
        curve.append((hits / total, hits / rank))
    points = [max((p for r, p in curve if r >= level / 100 - 1e-12), default=0.0) for level in range(101)]
    return sum(points) / 101


@pytest.fixture
def scene():
    """Twelve images: true boxes, shifted detections, misses, false ones, doubles."""
    random = np.random.default_rng(3)
    found, labels = [], np.full((12, 3, 5), -1.0)
    for image in range(12):
        boxes, scores, classes = [], [], []
        for row in range(random.integers(1, 4)):
            corner, side = random.uniform(0, 20, 2), random.uniform(4, 12, 2)
            kind = random.integers(0, 3)
            labels[image, row] = kind, *corner, *(corner + side)
            for _ in range(random.integers(0, 3)):
                shift = random.normal(0, 0.8, 4)
                boxes.append(labels[image, row, 1:] + shift)
                scores.append(random.random())
                classes.append(kind if random.random() < 0.8 else (kind + 1) % 3)
        order = np.argsort(-np.array(scores))
        found.append(
            Found(np.array(boxes).reshape(-1, 4)[order], np.array(scores)[order], np.array(classes, int)[order])
        )
    return found, labels


def test_that_map_is_the_one_of_the_definition(scene):
    found, labels = scene
    values = Detection(found, labels, 3).values(np.ones((1, 12)))
    table = [[average_precision(found, labels, k, t) for t in np.linspace(0.5, 0.95, 10)] for k in range(3)]
    assert 0.1 < np.mean(table) < 0.9
    assert values["map50_95"][0] == pytest.approx(np.mean(table), abs=1e-9)
    assert values["map50"][0] == pytest.approx(np.mean([row[0] for row in table]), abs=1e-9)
    by_class = estimates(Detection(found, labels, 3).per_class())
    for k in range(3):
        assert by_class[str(k)].value == pytest.approx(np.mean(table[k]), abs=1e-9)
        assert by_class[str(k)].ci95[0] <= by_class[str(k)].value <= by_class[str(k)].ci95[1]
        assert by_class[str(k)].n == 12


def test_that_the_loss_of_a_class_is_drawn_in_pairs(scene):
    found, labels = scene
    whole = Detection(found, labels, 3)
    blind = [
        Found(one.boxes[one.classes != 1], one.scores[one.classes != 1], one.classes[one.classes != 1]) for one in found
    ]
    losses = paired_losses(whole.per_class(), Detection(blind, labels, 3).per_class())
    assert (losses["0"].value, losses["0"].ci95) == (0.0, (0.0, 0.0)), "the same boxes in every draw"
    table = [average_precision(found, labels, 1, threshold) for threshold in np.linspace(0.5, 0.95, 10)]
    assert losses["1"].value == pytest.approx(100 * np.mean(table))
    assert losses["1"].ci95[0] < losses["1"].value < losses["1"].ci95[1]


def test_that_a_weighting_is_the_same_as_repeating_images(scene):
    found, labels = scene
    rows = np.sort(np.random.default_rng(0).integers(0, 12, 12))
    weights = np.bincount(rows, minlength=12)[None].astype(float)
    weighted = Detection(found, labels, 3).values(weights)["map50"][0]
    repeated = [found[row] for row in rows]
    wanted = [average_precision(repeated, labels[rows], k, 0.5) for k in range(3)]
    assert weighted == pytest.approx(
        np.mean(wanted), abs=0.02
    )  # copies of one image stand together in both, not in one order


def test_that_intervals_hold_the_value(scene):
    estimate = estimates(Detection(*scene, 3))["map50_95"]
    assert estimate.ci95[0] < estimate.value < estimate.ci95[1]
    assert estimate.n == 12


def test_that_suppression_keeps_the_best_of_overlapping_boxes_of_one_class():
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30], [0, 0, 10, 4]], float)
    scores = np.array([[0.6, 0.05], [0.9, 0.1], [0.3, 0.0], [0.8, 0.02]])
    (found,) = boxes_of([boxes[None], scores[None]], Boxes.XYXY, 2)
    for number, wanted in ((0, [1, 3, 2]), (1, [1, 3, 2])):
        own = found.boxes[found.classes == number]
        assert own.tolist() == boxes[wanted].tolist(), "box 0 overlaps box 1 by more than a half"
    assert found.scores.tolist() == sorted(found.scores, reverse=True)
    for i in range(4):
        assert overlaps(boxes[i : i + 1], boxes)[0] == pytest.approx([iou(boxes[i], b) for b in boxes])


def test_that_every_way_of_writing_boxes_gives_the_same_boxes():
    corners = np.array([[[0, 0, 10, 10], [1, 0, 11, 10], [20, 20, 30, 30]]], float)
    scores = np.array([[[0.6, 0.1], [0.9, 0.2], [0.1, 0.7]]])
    centres = np.concatenate([(corners[..., :2] + corners[..., 2:]) / 2, corners[..., 2:] - corners[..., :2]], axis=2)
    both = np.concatenate([corners, scores], axis=2)
    outputs = [[corners, scores], [scores, corners], [both], [both.transpose(0, 2, 1)]]
    answers = [boxes_of(item, Boxes.XYXY, 2)[0] for item in outputs]
    answers.append(boxes_of([centres, scores], Boxes.CXCYWH, 2)[0])
    for answer in answers:
        assert answer.boxes[:2].tolist() == [[1, 0, 11, 10], [20, 20, 30, 30]]
        assert answer.classes[:2].tolist() == [0, 1]
        assert answer.scores.tolist() == sorted(answer.scores, reverse=True)
    final = np.array([[[20, 20, 30, 30, 0.7, 1], [1, 0, 11, 10, 0.9, 0]]], float)
    (one,) = boxes_of([final], Boxes.FINAL, 2)
    assert one.classes.tolist() == [0, 1]


def test_that_outputs_without_boxes_are_refused_with_the_shapes_wanted():
    with pytest.raises(DataError, match=r"\[3, 8, 8\]") as caught:
        boxes_of([np.zeros((1, 3, 8, 8))], Boxes.XYXY, 2)
    assert "[n, boxes, 6]" in caught.value.remedy

"""Images that are not prepared as the original was taught are pointed out, with the file that says how they are."""

import numpy as np
import pytest
from PIL import Image

from engine.evaluate.preparation_reason import preparation_notes
from engine.model.datasets.folder import ImageFolder
from engine.records import Estimate, Score
from engine.verbs import compress


@pytest.fixture
def photos(tmp_path):
    for number in range(20):
        path = tmp_path / "photos" / f"{number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((28, 28), number, np.uint8)).save(path)
    return tmp_path / "photos"


def scored(right):
    return Score({"accuracy": Estimate(right, None, 20)}, "photos")


def test_that_an_original_that_answers_few_images_right_is_pointed_out(photos):
    (note,) = preparation_notes(scored(0.184), ImageFolder(photos))
    assert "answers 18.4% right" in note
    assert "flyweight.json of photos" in note
    assert preparation_notes(scored(0.5), ImageFolder(photos)) == ()
    assert preparation_notes(scored(None), ImageFolder(photos)) == ()
    assert preparation_notes(Score({"miou": Estimate(0.1, None, 20)}, "photos"), ImageFolder(photos)) == ()


def test_that_compress_notes_it_at_the_original(photos, tmp_path):
    made = compress("sample:fashion-mobilenet", data=str(photos), recipes=[[]], project=tmp_path)
    value = made.baseline.score.metrics["accuracy"].value
    assert value < 0.5, "dark squares are no clothes"
    assert [f"{value:.1%} right" in note for note in made.baseline.notes] == [True]

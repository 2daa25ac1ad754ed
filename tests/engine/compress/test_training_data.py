"""Crops are parts of the image, blown up, the same again for the same seed and view."""

import numpy as np
import torch

from engine.compress.training_data import SMALLEST_CROP, View


def test_that_a_crop_is_a_stretched_part_of_the_image_and_can_be_made_again():
    height, width = 20, 30
    places = torch.stack(torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")).float()
    images, rows = places.expand(50, 2, height, width), np.arange(50)
    view = View("crop", 0, 7, 1)
    cropped = view.apply(images, rows)
    assert torch.equal(cropped, view.apply(images, rows))
    assert torch.equal(cropped[10:12], view.apply(images[:2], rows[10:12]))
    for image in cropped.numpy():
        y, x = image[0, :, 0], image[1, 0, :]
        assert np.array_equal(image[0], np.repeat(y[:, None], width, 1))
        assert np.array_equal(image[1], np.repeat(x[None], height, 0))
        for line, size in ((y, height), (x, width)):
            assert (np.diff(line) >= 0).all()
            assert 0 <= line[0] <= line[-1] < size
            assert line[-1] - line[0] >= SMALLEST_CROP * size - 2
    assert len({image.tobytes() for image in cropped.numpy()}) > 40
    flipped = View("crop-flip", 0, 7, 1).apply(images, rows)[:, 1, 0].numpy()
    assert {bool(line[0] > line[-1]) for line in flipped} == {True, False}

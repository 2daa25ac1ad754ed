"""Pre- and post-processing against Pillow and scipy."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from device_agent.contract.errors import ContractError
from device_agent.contract.io import (
    InputContract,
    IoContract,
    OutputContract,
    check,
    decode_png,
    image_tensor,
    postprocess,
    preprocess,
)

RANDOM = np.random.default_rng(7)


def picture(height, width, channels):
    """Smooth parts and noise, so that an encoder picks different filters."""
    rows, columns = np.mgrid[0:height, 0:width]
    base = (rows * 3 + columns * 5)[:, :, None] + np.arange(channels) * 40
    noise = RANDOM.integers(0, 60, (height, width, channels)) * (rows > height // 2)[:, :, None]
    return ((base + noise) % 256).astype(np.uint8)


def as_png(pixels, mode=None):
    stream = io.BytesIO()
    image = Image.fromarray(pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels)
    (image if mode is None else image.convert(mode)).save(stream, "PNG")
    return stream.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def filtered_png(pixels, filters, depth=8, colour=2, interlace=0):
    """An encoder that applies the filters it is told, row by row, as the specification writes them."""
    height, width, channels = pixels.shape
    step = channels
    lines, above = [], np.zeros(width * channels, np.int64)
    for row, kind in zip(pixels.reshape(height, -1).astype(np.int64), filters, strict=True):
        left = np.concatenate([np.zeros(step, np.int64), row[:-step]])
        corner = np.concatenate([np.zeros(step, np.int64), above[:-step]])
        guess = [paeth(*three) for three in zip(left, above, corner, strict=True)] if kind == 4 else 0
        guess = {0: 0, 1: left, 2: above, 3: (left + above) // 2, 4: np.array(guess)}.get(kind, 0)
        lines.append(bytes([kind]) + ((row - guess) % 256).astype(np.uint8).tobytes())
        above = row
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = zlib.compress(b"".join(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def paeth(left, up, corner):
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P", "1"])
@pytest.mark.parametrize("size", [(28, 28), (1, 1), (1, 17), (33, 1), (61, 40)])
def test_that_a_png_decodes_to_the_pixels_pillow_reads(mode, size):
    content = as_png(picture(*size, 3), mode)
    image = Image.open(io.BytesIO(content))
    wanted = np.asarray(image.convert({"P": "RGB", "1": "L"}.get(mode, mode)))
    assert (decode_png(content) == wanted).all()


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_that_packed_palette_and_gray_pngs_decode_like_pillow(depth):
    image = Image.fromarray(picture(9, 13, 3)).quantize(1 << depth)
    stream = io.BytesIO()
    image.save(stream, "PNG", bits=depth)
    assert stream.getvalue()[24] == depth
    assert (decode_png(stream.getvalue()) == np.asarray(image.convert("RGB"))).all()


@pytest.mark.parametrize("filters", [[0] * 6, [1] * 6, [2] * 6, [3] * 6, [4] * 6, [4, 1, 3, 0, 2, 4]])
def test_that_every_row_filter_is_undone(filters):
    pixels = picture(6, 11, 3)
    assert (decode_png(filtered_png(pixels, filters)) == pixels).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([(1, 0), (3, 2), (4, 6), (2, 4)]), st.data())
def test_that_any_mixture_of_filters_is_undone(height, width, kind, data):
    channels, colour = kind
    filters = data.draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    pixels = np.random.default_rng(height * 10 + width).integers(0, 256, (height, width, channels), dtype=np.uint8)
    decoded = decode_png(filtered_png(pixels, filters, colour=colour))
    assert (decoded.reshape(pixels.shape) == pixels).all()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"GIF89a", "not a PNG"),
        (as_png(picture(8, 8, 1))[:-30], "no image|damaged|too early"),
        (filtered_png(picture(4, 4, 3), [0, 0, 0, 0], interlace=1), "interlace"),
        (filtered_png(picture(4, 4, 3), [0, 0, 0, 0], depth=16), "16 bits"),
        (filtered_png(picture(4, 4, 3), [5, 0, 0, 0]), "unknown filter"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 2, 0, 0, 0)), "no image"),
        (
            b"\x89PNG\r\n\x1a\n"
            + chunk(b"IHDR", struct.pack(">IIBBBBB", 1 << 30, 1 << 30, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(bytes(100))),
            "is not read",
        ),
    ],
)
def test_that_a_bad_png_is_refused_with_the_reason(content, words):
    with pytest.raises(ContractError, match=words):
        decode_png(content)


def test_that_no_flipped_byte_of_a_png_goes_unnoticed():
    content = as_png(picture(5, 5, 1))
    for place in range(8, len(content) - 12):
        damaged = bytearray(content)
        damaged[place] ^= 0x10
        try:
            decoded = decode_png(bytes(damaged))
        except ContractError:
            continue
        assert (decoded == decode_png(content)).all(), f"byte {place}"


def test_that_a_small_file_cannot_inflate_beyond_its_header():
    header = struct.pack(">IIBBBBB", 4, 4, 8, 0, 0, 0, 0)
    bomb = zlib.compress(bytes(50_000_000), 9)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", bomb)
    assert decode_png(content).shape == (4, 4)


@pytest.mark.parametrize(("have", "want"), [((10, 14), (28, 20)), ((40, 30), (17, 9)), ((5, 5), (5, 9))])
def test_that_stretching_is_bilinear_with_half_pixel_centres(have, want):
    from scipy.ndimage import map_coordinates

    pixels = picture(*have, 1)
    contract = InputContract("x", "image", [1, *want], colour="gray")
    places = [(np.arange(new) + 0.5) * old / new - 0.5 for old, new in zip(have, want, strict=True)]
    wanted = map_coordinates(
        pixels[:, :, 0].astype(float), np.meshgrid(*places, indexing="ij"), order=1, mode="nearest"
    )
    assert np.allclose(image_tensor(contract, pixels)[0] * 255, wanted, atol=1e-4)


def test_that_enlarging_agrees_with_pillow():
    pixels = picture(12, 9, 1)[:, :, 0]
    wanted = np.asarray(Image.fromarray(pixels.astype(np.float32)).resize((27, 24), Image.Resampling.BILINEAR))
    found = image_tensor(InputContract("x", "image", [1, 24, 27], colour="gray"), pixels)[0] * 255
    assert np.allclose(found, wanted, atol=1e-3)


def test_that_center_crop_keeps_the_aspect_and_the_middle():
    pixels = np.zeros((20, 40), np.uint8)
    pixels[:, 10:30] = 255
    found = image_tensor(InputContract("x", "image", [1, 20, 20], colour="gray", resize="center-crop"), pixels)
    assert (found == 1).all()


def test_that_gray_follows_pillows_luma():
    pixels = RANDOM.integers(0, 256, (20, 20, 3), dtype=np.uint8)
    found = image_tensor(InputContract("x", "image", [1, 20, 20], colour="gray"), pixels)[0] * 255
    assert (np.rint(found) == np.asarray(Image.fromarray(pixels).convert("L"))).all()


def test_that_colour_layout_mean_and_std_are_applied_in_this_order():
    pixels = RANDOM.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    mean, std = [0.1, 0.2, 0.3], [0.5, 0.6, 0.7]
    chw = image_tensor(InputContract("x", "image", [3, 4, 4], colour="bgr", mean=mean, std=std), pixels)
    wanted = (pixels[:, :, ::-1] / 255 - mean) / std
    assert np.allclose(chw.transpose(1, 2, 0), wanted, atol=1e-6)
    hwc = image_tensor(InputContract("x", "image", [4, 4, 3], layout="HWC", colour="bgr", mean=mean, std=std), pixels)
    assert (hwc.transpose(2, 0, 1) == chw).all()


def test_that_an_integer_input_is_quantized_and_clipped():
    pixels = np.array([[0, 128, 255]], np.uint8)
    contract = InputContract("x", "image", [1, 1, 3], "int8", colour="gray", scale=1 / 100, zero_point=50)
    assert image_tensor(contract, pixels).tolist() == [[[50, 100, 127]]]


def test_that_gray_pictures_feed_a_colour_model():
    pixels = picture(3, 3, 1)
    found = image_tensor(InputContract("x", "image", [3, 3, 3]), pixels)
    assert (found[0] == found[1]).all()
    assert (found[0] == found[2]).all()


def test_that_npy_pixels_npy_tensors_and_csv_lines_give_the_same_input():
    contract = InputContract("x", "image", [1, 2, 2], colour="gray", mean=[0.5], std=[0.5])
    pixels = np.array([[0, 255], [51, 102]], np.uint8)
    png = preprocess(contract, as_png(pixels), "png")
    as_pixels, as_tensor = io.BytesIO(), io.BytesIO()
    np.save(as_pixels, pixels)
    np.save(as_tensor, png)
    assert (preprocess(contract, as_pixels.getvalue(), "npy") == png).all()
    assert (preprocess(contract, as_tensor.getvalue(), "npy") == png).all()
    line = ",".join(str(value) for value in png.reshape(-1).tolist()).encode() + b"\n"
    assert np.allclose(preprocess(contract, line, "csv"), png)


def test_that_a_jpeg_is_read_where_pillow_is():
    stream = io.BytesIO()
    Image.fromarray(picture(16, 16, 3)).save(stream, "JPEG")
    contract = InputContract("x", "image", [3, 16, 16])
    wanted = np.asarray(Image.open(io.BytesIO(stream.getvalue()))).transpose(2, 0, 1) / 255
    assert np.allclose(preprocess(contract, stream.getvalue(), "jpeg"), wanted)


def test_that_a_board_without_a_jpeg_decoder_says_what_to_send(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(ContractError) as caught:
        preprocess(InputContract("x", "image", [3, 16, 16]), b"\xff\xd8", "jpeg")
    assert "PNG" in caught.value.remedy


def test_that_an_array_of_objects_is_never_unpickled():
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ContractError, match="npy"):
        preprocess(InputContract("x", "tensor", [1]), stream.getvalue(), "npy")


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"1,2,x", "csv", "plain numbers"),
        (b"1,2", "csv", "2 values, the model takes 3"),
        (b"nonsense", "npy", "npy"),
        (b"", "npy", "npy"),
        (b"x", "png", "takes a tensor"),
        (b"x", "gif", "gif"),
    ],
)
def test_that_a_sample_that_does_not_fit_is_refused(content, kind, words):
    with pytest.raises(ContractError, match=words):
        preprocess(InputContract("x", "tensor", [3]), content, kind)


@pytest.mark.parametrize(
    "contract",
    [
        InputContract("x", "sound", [1]),
        InputContract("x", "tensor", [0]),
        InputContract("x", "tensor", [-1, -1]),
        InputContract("x", "tensor", [1 << 40]),
        InputContract("x", "tensor", [1], dtype="object"),
        InputContract("x", "tensor", [1], scale=0.0),
        InputContract("x", "image", [1, 28]),
        InputContract("x", "image", [1, 28, 28], colour="rgb"),
        InputContract("x", "image", [3, 8, 8], mean=[0.5, 0.5]),
        InputContract("x", "image", [3, 8, 8], std=[0.5, 0.0, 0.5]),
        InputContract("x", "image", [3, 8, 8], layout="WHC"),
    ],
)
def test_that_a_contract_that_cannot_be_carried_out_is_refused(contract):
    with pytest.raises(ContractError):
        check(IoContract([contract]))


def test_that_the_answer_holds_the_likeliest_classes_with_softmax_probabilities():
    logits = np.array([1.0, 3.0, 2.0, -1.0])
    answer = postprocess(OutputContract("classification", ["a", "b", "c"]), [logits], 3)
    wanted = np.exp(logits) / np.exp(logits).sum()
    assert [item["label"] for item in answer] == ["b", "c", "a"]
    assert np.allclose([item["probability"] for item in answer], wanted[[1, 2, 0]])
    assert postprocess(OutputContract("classification", ["a"]), [logits], 9)[-1]["label"] == "3"


def test_that_an_integer_output_becomes_real_before_it_becomes_probabilities():
    contract = OutputContract("classification", scale=0.1, zero_point=-5)
    answer = postprocess(contract, [np.array([-5, 5, 15], np.int8)], 3)
    wanted = np.exp([2.0, 1.0, 0.0]) / np.exp([2.0, 1.0, 0.0]).sum()
    assert np.allclose([item["probability"] for item in answer], wanted)


def test_that_huge_logits_do_not_overflow():
    answer = postprocess(OutputContract("classification", ["a", "b"]), [np.array([1e30, -1e30])], 2)
    assert [item["probability"] for item in answer] == [1.0, 0.0]


def test_that_raw_outputs_have_no_classes():
    assert postprocess(OutputContract(), [np.zeros(3)], 2) == []

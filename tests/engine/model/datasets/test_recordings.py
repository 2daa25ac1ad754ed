"""Folders of recordings against waveforms computed here."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError
from engine.model.datasets import open_data
from engine.records import TensorSpec

RATE = 8000


def write(path: Path, samples: np.ndarray, width: int = 2, channels: int = 1, rate: int = RATE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scale = 1 << (8 * width - 1)
    whole = np.clip(np.rint(samples * scale), -scale, scale - 1).astype(np.int64)
    content = b"".join(
        int(value + (128 if width == 1 else 0)).to_bytes(width, "little", signed=width > 1)
        for value in np.repeat(whole, channels)
    )
    with wave.open(str(path), "wb") as stream:
        stream.setnchannels(channels)
        stream.setsampwidth(width)
        stream.setframerate(rate)
        stream.writeframes(content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    for name in ("no", "yes", "ünï côdé"):
        for number in range(10):
            write(tmp_path / "words" / name / f"{number}.wav", random.uniform(-0.9, 0.9, 400))
    return tmp_path / "words"


@pytest.mark.parametrize("shape", [(None, 400), (None, 1, 400), (None, 400, 1), (None, None)])
def test_that_waveforms_take_the_shape_of_the_model(folder: Path, shape):
    data = open_data(str(folder), [TensorSpec("wave", shape, "float32")])
    assert data.classes == ("no", "yes", "ünï côdé")
    assert data.count("all") == 30 == sum(data.count(split) for split in ("train", "calibration", "test"))
    batch = next(data.batches("all", 30))
    assert batch.inputs[0].shape == (30, *(400 if size is None else size for size in shape[1:]))
    assert sorted(batch.labels.tolist()) == sorted([0, 1, 2] * 10)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_that_every_width_is_decoded_to_its_values(tmp_path: Path, width: int, channels: int):
    samples = np.sin(np.arange(100) / 7) * 0.8
    write(tmp_path / "d" / "a" / "x.wav", samples, width, channels)
    data = open_data(str(tmp_path / "d"), [TensorSpec("x", (None, 100), "float32")])
    found = next(data.batches("all", 1)).inputs[0][0]
    np.testing.assert_allclose(found, samples, atol=1.01 / (1 << (8 * width - 1)))


def test_that_short_recordings_end_in_silence_and_long_ones_are_cut(tmp_path: Path):
    write(tmp_path / "d" / "a" / "short.wav", np.full(50, 0.5))
    write(tmp_path / "d" / "a" / "long.wav", np.full(150, 0.25))
    data = open_data(str(tmp_path / "d"), [TensorSpec("x", (None, 100), "float32")])
    sums = sorted(float(item.sum()) for item in next(data.batches("all", 2)).inputs[0])
    assert sums == pytest.approx([25.0, 25.0])


def test_that_the_stated_rate_and_length_are_kept(tmp_path: Path):
    time = np.arange(800) / 16000
    write(tmp_path / "d" / "a" / "x.wav", np.sin(2 * np.pi * 100 * time) * 0.5, rate=16000)
    (tmp_path / "d" / "flyweight.json").write_text(json.dumps({"rate": 8000, "length": 300}))
    data = open_data(str(tmp_path / "d"), [TensorSpec("x", (None, None), "float32")])
    found = next(data.batches("all", 1)).inputs[0][0]
    assert found.shape == (300,)
    np.testing.assert_allclose(found, np.sin(2 * np.pi * 100 * np.arange(300) / 8000) * 0.5, atol=2e-4)


def test_that_a_raw_sample_is_what_the_model_gets(folder: Path):
    from device_agent.contract.io import preprocess

    data = open_data(str(folder), [TensorSpec("x", (None, 1, 400), "float32")])
    sample = data.raw("test", 0)
    assert sample.kind == "wav"
    expected = next(data.batches("test", 1)).inputs[0][0]
    np.testing.assert_array_equal(preprocess(data.contract.inputs[0], sample.content, sample.kind), expected)


def test_that_a_model_that_takes_no_waveform_is_told(folder: Path):
    with pytest.raises(DataError, match="takes no waveform"):
        open_data(str(folder), [TensorSpec("x", (None, 1, 28, 28), "float32")])


@pytest.mark.parametrize("content", [b"", b"RIFF", b"RIFF\x10\0\0\0WAVEfmt \x10\0\0\0", b"\x1b[31m" * 50])
def test_that_a_damaged_recording_is_named(folder: Path, content: bytes):
    (folder / "no" / "0.wav").write_bytes(content)
    with pytest.raises(DataError, match=r"0\.wav cannot be read") as caught:
        list(open_data(str(folder), [TensorSpec("x", (None, 400), "float32")]).batches("all", 8))
    assert "\x1b" not in caught.value.message

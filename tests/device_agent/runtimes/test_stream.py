"""A stream of real JPEG and wav files: what each part of a query takes is told apart."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest

from device_agent.contract.io import InputContract, IoContract, OutputContract, preprocess
from device_agent.contract.messages import encode
from device_agent.runtimes.stream import Stream

QUERIES = 8


class Recorder:
    """A model that keeps what it is fed."""

    def __init__(self) -> None:
        self.fed: list[np.ndarray] = []

    def dtypes(self) -> list[str]:
        return ["float32"]

    def run(self, feed: list[np.ndarray]) -> list[np.ndarray]:
        self.fed.append(feed[0])
        return [np.array([[0.1, 0.9]], dtype=np.float32)]


def streamed(contract: InputContract, path: Path, kind: str, columns: int = 5) -> tuple[Recorder, np.ndarray]:
    """What a model was fed, and the table of the queries."""
    io_contract = encode(IoContract([contract], OutputContract("classification")))
    request = {"kind": "camera", "count": QUERIES, "rate_hz": 40.0, "depth": QUERIES, "seed": 0, "per_query": 1,
               "columns": columns, "io": io_contract, "raw": [{"path": str(path), "kind": kind}]}  # fmt: skip
    model = Recorder()
    answer, table = Stream(model, [], request).run()  # type: ignore[arg-type]
    assert answer["raw"]
    return model, np.frombuffer(table, "<i8").reshape(QUERIES, columns)


def photograph(path: Path, size: int) -> Path:
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 255, (size, size, 3), dtype=np.uint8)
    image.fromarray(pixels).save(path, "JPEG")
    return path


def recording(path: Path, seconds: int, rate: int) -> Path:
    stream = io.BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.random.default_rng(0).integers(-9999, 9999, 2 * seconds * rate, dtype="<i2").tobytes())
    path.write_bytes(stream.getvalue())
    return path


def test_that_a_jpeg_that_fits_is_mostly_decoding_and_one_to_be_scaled_up_mostly_preparing(tmp_path: Path):
    small = photograph(tmp_path / "small.jpg", 64)
    model, table = streamed(InputContract("x", "image", [3, 8, 8]), photograph(tmp_path / "large.jpg", 800), "jpeg")
    _, prepare, _, _, decode = np.median(table, axis=0)
    assert decode > prepare > 0
    wanted = InputContract("x", "image", [3, 512, 512])
    model, table = streamed(wanted, small, "jpeg")
    _, prepare, infer, finish, decode = np.median(table, axis=0)
    assert prepare > decode > 0
    assert min(infer, finish) > 0
    np.testing.assert_array_equal(model.fed[0][0], preprocess(wanted, small.read_bytes(), "jpeg"))


def test_that_a_recording_is_decoded_and_then_resampled(tmp_path: Path):
    path = recording(tmp_path / "a.wav", 2, 16000)
    contract = InputContract("x", "audio", [1, 8000], rate_hz=8000)
    model, table = streamed(contract, path, "wav")
    assert (table[:, 1:] > 0).all()
    assert (table[:, 1:].sum(axis=1) <= table[:, 0]).all()
    np.testing.assert_array_equal(model.fed[0][0], preprocess(contract, path.read_bytes(), "wav"))


def test_that_a_desktop_that_reads_four_columns_gets_decoding_within_preparing(tmp_path: Path):
    path = photograph(tmp_path / "large.jpg", 800)
    contract = InputContract("x", "image", [3, 8, 8])
    five, four = streamed(contract, path, "jpeg")[1], streamed(contract, path, "jpeg", columns=4)[1]
    assert four.shape == (QUERIES, 4)
    assert np.median(four[:, 1]) > np.median(five[:, 4]) / 2 > np.median(five[:, 1]) / 2

"""Recordings as model input, against values computed here; files of every width are in the tests of the data sets."""

import io
import struct
import wave

import numpy as np
import pytest

from device_agent.contract.errors import ContractError
from device_agent.contract.io import InputContract, IoContract, check, preprocess
from device_agent.contract.wav import decode_wav


def recording(samples, rate=8000, channels=1):
    stream = io.BytesIO()
    with wave.open(stream, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.asarray(samples, "<i2").tobytes())
    return stream.getvalue()


def audio(shape, rate_hz=None, **more):
    return InputContract("x", "audio", shape, rate_hz=rate_hz, **more)


def test_that_channels_are_averaged_and_values_lie_between_minus_one_and_one():
    samples, rate = decode_wav(recording([16384, -16384, 32767, 32767, -32768, 0], rate=16000, channels=2))
    assert rate == 16000
    np.testing.assert_allclose(samples, [0, 32767 / 32768, -0.5])


def test_that_a_recording_is_resampled_cut_and_padded_to_the_shape_of_the_model():
    tone = 20000 * np.sin(2 * np.pi * 50 * np.arange(1600) / 16000)
    found = preprocess(audio([1, 300], 8000), recording(tone, rate=16000), "wav")
    assert (found.shape, found.dtype) == ((1, 300), np.float32)
    wanted = 20000 / 32768 * np.sin(2 * np.pi * 50 * np.arange(300) / 8000)
    np.testing.assert_allclose(found[0], wanted, atol=1e-3)
    short = preprocess(audio([10]), recording([8192] * 4), "wav")
    np.testing.assert_allclose(short, [0.25] * 4 + [0] * 6)


def test_that_an_integer_model_gets_integers():
    contract = audio([4], dtype="int8", scale=1 / 64, zero_point=3)
    found = preprocess(contract, recording([16384, -16384, 32767, 0]), "wav")
    np.testing.assert_array_equal(found, np.array([35, -29, 67, 3], np.int8))


def test_that_a_finished_tensor_is_taken_too():
    stream = io.BytesIO()
    np.save(stream, np.arange(4, dtype=np.float32))
    np.testing.assert_array_equal(preprocess(audio([1, 4]), stream.getvalue(), "npy"), [[0, 1, 2, 3]])


@pytest.mark.parametrize(("kind", "said"), [("image", "unknown kind of sample"), ("tensor", "tensor, not a wav")])
def test_that_other_models_refuse_a_recording(kind, said):
    contract = InputContract("x", kind, [1, 2, 2], colour="gray")
    with pytest.raises(ContractError, match=said):
        preprocess(contract, recording([0] * 4), "wav")


def test_that_a_model_of_recordings_refuses_a_photo():
    with pytest.raises(ContractError, match="takes recordings, not a png") as caught:
        preprocess(audio([4]), b"\x89PNG\r\n\x1a\n", "png")
    assert ".wav" in caught.value.remedy


good = recording(range(100))
HOSTILE = {
    "empty": b"",
    "head only": good[:20],
    "no samples": recording([]),
    "not PCM": good[:20] + struct.pack("<H", 85) + good[22:],
    "zero channels": good[:22] + struct.pack("<H", 0) + good[24:],
    "zero hertz": good[:24] + struct.pack("<I", 0) + good[28:],
    "endless rate": good[:24] + struct.pack("<I", 0xFFFFFFFF) + good[28:],
    "48 bits": good[:34] + struct.pack("<H", 48) + good[36:],
    "claims 4 GB": good[:40] + struct.pack("<I", 0xFFFFFFF0) + good[44:60],
    "random": np.random.default_rng(0).bytes(500),
    "RIFF and noise": b"RIFF\xff\xff\xff\xffWAVE" + np.random.default_rng(1).bytes(500),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_that_hostile_recordings_are_refused_with_a_remedy(content):
    with pytest.raises(ContractError) as caught:
        preprocess(audio([4], 8000), content, "wav")
    assert caught.value.remedy


def test_that_every_cut_of_a_recording_is_read_or_refused():
    for end in range(len(good)):
        try:
            found = preprocess(audio([100]), good[:end], "wav")
        except ContractError:
            continue
        assert found.shape == (100,)


@pytest.mark.parametrize(
    ("contract", "said"),
    [(audio([2, 3]), "no waveform"), (audio([4], 0), "rate of 0 Hz"), (audio([4], 10**9), "rate of 1000000000 Hz")],
)
def test_that_impossible_contracts_are_refused(contract, said):
    with pytest.raises(ContractError, match=said):
        check(IoContract([contract]))

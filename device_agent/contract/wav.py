"""Recordings as model input: PCM ``.wav`` files become mono waveforms of one rate and length.

Source: Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft, 1991), chunk ``fmt``/``data``.
"""

import io
import wave
from typing import TYPE_CHECKING, List, Optional, Tuple

from .errors import ContractError

if TYPE_CHECKING:
    import numpy

MAX_SAMPLES = 64_000_000
MAX_RATE_HZ = 10_000_000
_REMEDY = "give an intact PCM .wav of 8, 16, 24 or 32 bits"


def decode_wav(content: bytes) -> "Tuple[numpy.ndarray, int]":
    """Mono samples (channels averaged, float64 ``[n]``, -1..1) and the rate in Hz.

    Raises:
        ContractError: not a PCM wav, damaged, empty or longer than 64 million samples.
    """
    try:
        with wave.open(io.BytesIO(content), "rb") as stream:
            channels, width, rate = stream.getnchannels(), stream.getsampwidth(), stream.getframerate()
            if stream.getnframes() * channels > MAX_SAMPLES:
                raise ContractError("the recording is longer than 64 million samples", "cut it")
            data = stream.readframes(stream.getnframes())
    except (wave.Error, EOFError, OSError, RuntimeError) as error:
        raise ContractError("not a .wav file: %s" % (str(error)[:200] or "it ends too early"), _REMEDY) from None
    values = _integers(data, width)
    if values is None or not len(values) or len(values) % channels or not 0 < rate <= MAX_RATE_HZ:
        raise ContractError(
            "a recording of %d bits, %d channels, %d Hz and %d bytes" % (8 * width, channels, rate, len(data)), _REMEDY
        )
    mono: numpy.ndarray = values.reshape(-1, channels).mean(axis=1)
    return mono, rate


def waveform(content: bytes, rate_hz: Optional[int], shape: List[int]) -> "numpy.ndarray":
    """A recording as the model takes it; ``content`` is of a PCM ``.wav`` file, the rest as in :func:`fitted`."""
    return fitted(*decode_wav(content), rate_hz, shape)


def fitted(samples: "numpy.ndarray", have_hz: int, rate_hz: Optional[int], shape: List[int]) -> "numpy.ndarray":
    """Mono samples in the rate and length that the model takes.

    Args:
        samples: ``[n]``, -1..1.
        have_hz: their rate.
        rate_hz: what the model was trained with; None keeps the recording's own.
        shape: one axis holds the samples, the others are 1; what is too long is cut, what is too short ends in silence.

    Returns:
        float32 of ``shape``, -1..1.
    """
    import numpy

    length = 1
    for size in shape:
        length *= size
    values = resampled(samples, have_hz, rate_hz or have_hz)[:length]
    padded: numpy.ndarray = numpy.pad(values, (0, length - len(values))).astype(numpy.float32).reshape(shape)
    return padded


def resampled(samples: "numpy.ndarray", have_hz: int, want_hz: int) -> "numpy.ndarray":
    """Linear interpolation between the samples: the same on every platform, no filter."""
    import numpy

    if have_hz == want_hz:
        return samples
    count = max(1, round(len(samples) * want_hz / have_hz))
    if count > MAX_SAMPLES:
        raise ContractError("the recording is longer than 64 million samples at %d Hz" % want_hz, "cut it")
    places = numpy.arange(count) * (have_hz / want_hz)
    values: numpy.ndarray = numpy.interp(places, numpy.arange(len(samples)), samples)
    return values


def _integers(content: bytes, width: int) -> "Optional[numpy.ndarray]":
    import numpy

    content = content[: len(content) - len(content) % width]
    if width == 1:  # the only width without a sign
        return (numpy.frombuffer(content, numpy.uint8).astype(numpy.float64) - 128) / 128
    if width in (2, 4):
        return numpy.frombuffer(content, "<i%d" % width).astype(numpy.float64) / (1 << (8 * width - 1))
    if width == 3:
        padded = numpy.zeros((len(content) // 3, 4), numpy.uint8)
        padded[:, 1:] = numpy.frombuffer(content, numpy.uint8).reshape(-1, 3)
        return numpy.frombuffer(padded.tobytes(), "<i4").astype(numpy.float64) / (1 << 31)
    return None

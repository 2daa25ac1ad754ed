"""The I/O contract of a bundle: how a raw sample becomes the model's input, and outputs become an answer.

One numpy reference of it runs on desktop and board alike; numpy is imported inside the functions because the agent
itself never loads it. Plain ``tensor`` contracts (arrays in, arrays out) are legal for models without a data set.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from .errors import ContractError
from .wav import MAX_RATE_HZ, decode_wav, fitted

if TYPE_CHECKING:
    import numpy


@dataclass(frozen=True)
class InputContract:
    """One input of the model.

    Attributes:
        name: name of the tensor in the model file.
        kind: ``image``, ``audio`` (one axis of ``shape`` holds the samples, the others are 1) or ``tensor``.
        shape: without the batch axis, as the model wants it (``[1, 28, 28]``).
        dtype: numpy name of what the model takes (``float32``, ``uint8``, ``int8``).
        layout: ``CHW`` or ``HWC``; images only.
        colour: ``gray``, ``rgb`` or ``bgr``; images only.
        resize: ``stretch`` (bilinear, aspect not kept) or ``center-crop`` (shorter side fits, then cut); images only.
        mean, std: per channel, applied to values of 0..1: ``(x / 255 - mean) / std``.
        scale, zero_point: quantization of an integer input, applied after normalisation.
        rate_hz: samples a second the model was trained with; audio only, None = that of the recording.
    """

    name: str
    kind: str
    shape: List[int]
    dtype: str = "float32"
    layout: str = "CHW"
    colour: str = "rgb"
    resize: str = "stretch"
    mean: List[float] = field(default_factory=list)
    std: List[float] = field(default_factory=list)
    scale: Optional[float] = None
    zero_point: Optional[int] = None
    rate_hz: Optional[int] = None


@dataclass(frozen=True)
class OutputContract:
    """What the outputs mean: ``classification`` (labels, softmax, top-k) or ``none`` (raw arrays).

    ``scale`` and ``zero_point`` turn an integer output back into real numbers first.
    """

    kind: str = "none"
    labels: List[str] = field(default_factory=list)
    activation: str = "softmax"  # softmax | none: what turns the model's output into probabilities
    scale: Optional[float] = None
    zero_point: Optional[int] = None


@dataclass(frozen=True)
class IoContract:
    """Inputs and outputs together, as they stand in a manifest."""

    inputs: List[InputContract]
    output: OutputContract = field(default_factory=OutputContract)
    version: int = 1


MAX_PIXELS = 64_000_000
MAX_VALUES = 1 << 28
DTYPES = (
    "float16",
    "float32",
    "float64",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "uint32",
    "int32",
    "uint64",
    "int64",
    "bool",
)
_CHOICES = {
    "kind": ("image", "audio", "tensor"),
    "layout": ("CHW", "HWC"),
    "colour": ("gray", "rgb", "bgr"),
    "resize": ("stretch", "center-crop"),
    "dtype": DTYPES,
}


def check(contract: IoContract) -> None:
    """Refuse a contract that cannot be carried out.

    Raises:
        ContractError: names the input and the field.
    """
    for item in contract.inputs:
        where = "input %s" % item.name[:80]
        for name, choices in _CHOICES.items():
            if getattr(item, name) not in choices:
                raise ContractError("%s: unknown %s %r" % (where, name, getattr(item, name)[:40]))
        values = 1
        for size in item.shape:
            values *= max(size, 0)
        if not 0 < values <= MAX_VALUES or len(item.shape) > 16:
            raise ContractError("%s: the shape %s is not possible" % (where, item.shape[:16]))
        if item.scale is not None and item.scale <= 0:
            raise ContractError("%s: a quantization scale of %g" % (where, item.scale))
        if item.kind == "image":
            _check_image(item, where)
        if item.kind == "audio" and sum(size != 1 for size in item.shape) > 1:
            raise ContractError("%s: the shape %s holds no waveform" % (where, item.shape[:16]))
        if item.rate_hz is not None and not 0 < item.rate_hz <= MAX_RATE_HZ:
            raise ContractError("%s: a rate of %d Hz" % (where, item.rate_hz))
    if contract.output.kind not in ("classification", "none") or contract.output.activation not in ("softmax", "none"):
        raise ContractError("the output's kind %r is not known" % contract.output.kind[:40])


def _check_image(item: InputContract, where: str) -> None:
    if len(item.shape) != 3:
        raise ContractError("%s: an image has three axes, the contract has %s" % (where, item.shape[:16]))
    channels = item.shape[0] if item.layout == "CHW" else item.shape[2]
    if channels != (1 if item.colour == "gray" else 3):
        raise ContractError("%s: %d channels do not fit %s" % (where, channels, item.colour))
    for name, values in (("mean", item.mean), ("std", item.std)):
        if len(values) not in (0, 1, channels) or (name == "std" and 0 in values):
            raise ContractError("%s: %s of %s does not fit %d channels" % (where, name, values[:16], channels))


def preprocess(contract: InputContract, content: bytes, kind: str) -> "numpy.ndarray":
    """One raw sample as the model's input, without the batch axis: decoded, then prepared.

    Args:
        contract: of the input.
        content: the file's bytes.
        kind: ``png`` or ``jpeg`` (images), ``npy`` (an array: pixels 0..255 of shape ``[h, w]`` or ``[h, w, c]`` for an
            image input when it is uint8, else the finished tensor), ``csv`` (one line of numbers), ``wav`` (audio).

    Raises:
        ContractError: the bytes are no such file, or do not fit the contract.
    """
    return prepare(contract, decode_file(contract, content, kind))


@dataclass(frozen=True)
class Decoded:
    """What a file holds: pixels, numbers, or the mono samples of a recording with its rate."""

    values: "numpy.ndarray"
    rate_hz: Optional[int] = None


def decode_file(contract: InputContract, content: bytes, kind: str) -> Decoded:
    """Read a file of a raw sample; the arguments and errors are those of :func:`preprocess`."""
    if kind == "csv":
        return Decoded(_csv(content))
    if kind == "npy":
        return Decoded(_npy(content))
    if kind == "wav" and contract.kind == "audio":
        return Decoded(*decode_wav(content))
    if contract.kind != "image":
        also = ".wav, " if contract.kind == "audio" else ""
        what = "recordings" if contract.kind == "audio" else "a tensor"
        raise ContractError("the model takes %s, not a %s" % (what, kind[:40]), "give %s.npy or .csv files" % also)
    if kind == "png":
        return Decoded(decode_png(content))
    if kind == "jpeg":
        return Decoded(_jpeg(content))
    raise ContractError("unknown kind of sample: %r" % kind[:40], "give .png, .jpg, .npy or .csv files")


def prepare(contract: InputContract, decoded: Decoded) -> "numpy.ndarray":
    """Make a decoded sample the model's input: colour, size, scale, layout and type of pixels; rate and length of a wave.

    Raises:
        ContractError: it does not fit the contract.
    """
    import numpy

    values = decoded.values
    if decoded.rate_hz is not None:
        return _tensor(contract, fitted(values, decoded.rate_hz, contract.rate_hz, contract.shape))
    if contract.kind == "image" and values.dtype == numpy.uint8:
        return image_tensor(contract, values)
    return _tensor(contract, values)


def image_tensor(contract: InputContract, pixels: "numpy.ndarray") -> "numpy.ndarray":
    """Pixels as the model's input: colour, resize, scale to 0..1, mean and std, layout, integer quantization.

    Args:
        contract: of the input.
        pixels: uint8 ``[h, w]``, ``[h, w, 1]``, ``[h, w, 3]`` or ``[h, w, 4]`` (alpha is dropped).
    """
    import numpy

    channels_first = contract.layout == "CHW"
    channels, height, width = contract.shape if channels_first else (contract.shape[2], *contract.shape[:2])
    image = _colour(pixels, contract.colour).astype(numpy.float64)
    image = _fit(image, height, width, contract.resize)
    if image.shape[2] != channels:
        raise ContractError("the image has %d channels, the model takes %d" % (image.shape[2], channels))
    values = image / 255.0
    if contract.mean:
        values = values - numpy.asarray(contract.mean, dtype=numpy.float64)
    if contract.std:
        values = values / numpy.asarray(contract.std, dtype=numpy.float64)
    if channels_first:
        values = values.transpose(2, 0, 1)
    result: numpy.ndarray = numpy.ascontiguousarray(_quantized(contract, values))
    return result


def _quantized(contract: InputContract, values: "numpy.ndarray") -> "numpy.ndarray":
    import numpy

    dtype = numpy.dtype(contract.dtype)
    if contract.scale is None or dtype.kind == "f":
        return values.astype(dtype)
    limits = numpy.iinfo(dtype)
    steps: numpy.ndarray = numpy.rint(values / contract.scale) + (contract.zero_point or 0)
    return steps.clip(limits.min, limits.max).astype(dtype)


def _colour(pixels: "numpy.ndarray", colour: str) -> "numpy.ndarray":
    """``[h, w, 1]`` for gray (ITU-R 601 luma, rounded), ``[h, w, 3]`` for rgb and bgr."""
    import numpy

    if pixels.dtype != numpy.uint8 or pixels.ndim not in (2, 3) or 0 in pixels.shape:
        raise ContractError(
            "pixels must be uint8 of shape [h, w] or [h, w, c], got %s %s" % (pixels.dtype, pixels.shape)
        )
    image = pixels[:, :, None] if pixels.ndim == 2 else pixels
    count = image.shape[2]
    if count not in (1, 2, 3, 4):
        raise ContractError("an image of %d channels is not known" % count)
    image = image[:, :, : 1 if count < 3 else 3]
    if colour == "gray":
        if image.shape[2] == 1:
            return image
        luma = image.astype(numpy.uint32) @ numpy.array([19595, 38470, 7471], dtype=numpy.uint32)
        return ((luma + 0x8000) >> 16).astype(numpy.uint8)[:, :, None]
    if image.shape[2] == 1:
        image = numpy.repeat(image, 3, axis=2)
    return image[:, :, ::-1] if colour == "bgr" else image


def _fit(image: "numpy.ndarray", height: int, width: int, resize: str) -> "numpy.ndarray":
    if resize == "center-crop":
        have_height, have_width = image.shape[:2]
        scale = max(height / have_height, width / have_width)
        scaled = _bilinear(image, max(round(have_height * scale), height), max(round(have_width * scale), width))
        top, left = (scaled.shape[0] - height) // 2, (scaled.shape[1] - width) // 2
        return scaled[top : top + height, left : left + width]
    return _bilinear(image, height, width)


def _bilinear(image: "numpy.ndarray", height: int, width: int) -> "numpy.ndarray":
    """Bilinear with half-pixel centres, edges clamped, no antialiasing: the same on every platform."""
    for axis, size in ((0, height), (1, width)):
        have = image.shape[axis]
        if have == size:
            continue
        import numpy

        place = numpy.clip((numpy.arange(size) + 0.5) * have / size - 0.5, 0, have - 1)
        low = numpy.floor(place).astype(numpy.int64)
        high = numpy.minimum(low + 1, have - 1)
        shape = [1, 1, 1]
        shape[axis] = size
        weight = (place - low).reshape(shape)
        image = numpy.take(image, low, axis) * (1 - weight) + numpy.take(image, high, axis) * weight
    return image


def _tensor(contract: InputContract, array: "numpy.ndarray") -> "numpy.ndarray":
    import numpy

    wanted = 1
    for size in contract.shape:
        wanted *= size
    if array.size != wanted:
        raise ContractError("the sample has %d values, the model takes %d %s" % (array.size, wanted, contract.shape))
    array = array.reshape(contract.shape)
    if array.dtype == numpy.dtype(contract.dtype):
        return numpy.ascontiguousarray(array)
    return numpy.ascontiguousarray(_quantized(contract, array.astype(numpy.float64)))


def _csv(content: bytes) -> "numpy.ndarray":
    import numpy

    try:
        text = content.decode("utf-8").replace("\n", ",")
        return numpy.array([float(item) for item in text.split(",") if item.strip()])
    except ValueError as error:
        raise ContractError(
            "the CSV holds no plain numbers: %s" % error, "give one line of comma-separated numbers"
        ) from None


def _npy(content: bytes) -> "numpy.ndarray":
    import io

    import numpy

    try:
        array = numpy.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise ContractError("not a .npy file: %s" % str(error)[:200], "save it with numpy.save") from None
    if not isinstance(array, numpy.ndarray) or array.dtype.kind not in "fiub" or array.size > MAX_PIXELS:
        raise ContractError("the .npy file holds no plain array of numbers", "save it with numpy.save")
    return array


def _jpeg(content: bytes) -> "numpy.ndarray":
    import io

    import numpy

    try:
        from PIL import Image
    except ImportError:
        raise ContractError("this board has no JPEG decoder (Pillow)", "send PNG files instead") from None
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise ContractError("the image has more than %d pixels" % MAX_PIXELS)
            return numpy.asarray(image.convert("L" if image.mode == "L" else "RGB"))
    except (OSError, SyntaxError) as error:
        raise ContractError("not a JPEG file: %s" % str(error)[:200], "send an intact file") from None


def postprocess(contract: OutputContract, outputs: List["numpy.ndarray"], top_k: int = 5) -> List[Dict[str, Any]]:
    """The answer for one sample: the ``top_k`` classes, most likely first; empty for contracts without meaning.

    Args:
        contract: of the output.
        outputs: one array per output, without the batch axis.
        top_k: how many classes.
    """
    import numpy

    if contract.kind != "classification" or not outputs:
        return []
    scores = numpy.asarray(outputs[0], dtype=numpy.float64).reshape(-1)
    if contract.scale is not None:
        scores = (scores - (contract.zero_point or 0)) * contract.scale
    if contract.activation == "softmax":
        scores = numpy.exp(scores - scores.max())
        scores = scores / scores.sum()
    order = numpy.argsort(-scores, kind="stable")[:top_k]
    labels = contract.labels
    return [
        {"label": labels[i] if i < len(labels) else str(i), "index": int(i), "probability": float(scores[i])}
        for i in order
    ]


PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by colour type


def decode_png(content: bytes) -> "numpy.ndarray":
    """Decode a non-interlaced PNG of up to 8 bits (gray, gray-alpha, RGB, RGBA, palette): uint8 ``[h, w]``, ``[h, w, c]``.

    Source: PNG specification (W3C, third edition), with a cap on pixels and on the inflated size.

    Raises:
        ContractError: not a PNG, damaged, too large, or of a kind that is not read.
    """
    import struct
    import zlib

    import numpy

    if not content.startswith(PNG_MAGIC):
        raise ContractError("not a PNG file", "send an intact PNG")
    chunks = _png_chunks(content)
    header, palette, data = chunks[b"IHDR"], chunks[b"PLTE"], chunks[b"IDAT"]
    if len(header) != 13 or not data:
        raise ContractError("the PNG holds no image", "send an intact PNG")
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">IIBBBBB", header)
    small = depth in (1, 2, 4) and colour in (0, 3)
    if (depth != 8 and not small) or interlace or compression or filtering or colour not in _CHANNELS:
        raise ContractError(
            "a PNG of %d bits, colour type %d, interlace %d is not read" % (depth, colour, interlace),
            "save it with 8 bits and without interlacing",
        )
    if not 0 < width * height <= MAX_PIXELS:
        raise ContractError("a PNG of %d x %d pixels is not read" % (width, height), "scale it down")
    channels = _CHANNELS[colour]
    stride = (width * channels * depth + 7) // 8
    wanted = height * (stride + 1)
    try:
        raw = zlib.decompressobj().decompress(data, wanted)
    except zlib.error as error:
        raise ContractError("the PNG is damaged: %s" % error, "send an intact PNG") from None
    if len(raw) != wanted:
        raise ContractError("the PNG ends too early", "send an intact PNG")
    rows = numpy.frombuffer(raw, dtype=numpy.uint8).reshape(height, stride + 1)
    values = _unfilter(rows[:, 0], rows[:, 1:], channels)
    if small:
        values = _unpacked(values, depth, width)
        if colour == 0:
            values = values * numpy.uint8(255 // ((1 << depth) - 1))
    pixels = values.reshape(height, width, channels)
    if colour == 3:
        table = numpy.frombuffer(palette, dtype=numpy.uint8).reshape(-1, 3) if len(palette) % 3 == 0 else None
        if table is None or not len(table) or int(pixels.max()) >= len(table):
            raise ContractError("the PNG's palette is damaged", "send an intact PNG")
        painted: numpy.ndarray = table[pixels[:, :, 0]]
        return painted
    return pixels[:, :, 0] if channels == 1 else pixels


def _png_chunks(content: bytes) -> Dict[bytes, bytes]:
    """Header, palette and joined image data of a PNG, each chunk's checksum verified."""
    import struct
    import zlib

    found: Dict[bytes, List[bytes]] = {b"IHDR": [], b"PLTE": [], b"IDAT": []}
    position = len(PNG_MAGIC)
    while position + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, position)
        body = content[position + 8 : position + 8 + length]
        checksum = content[position + 8 + length : position + 12 + length]
        if len(checksum) < 4 or zlib.crc32(kind + body) != int.from_bytes(checksum, "big"):
            raise ContractError("the PNG is damaged at byte %d" % position, "send an intact PNG")
        if kind == b"IEND":
            break
        if kind in found:
            found[kind].append(body)
        position += 12 + length
    return {kind: b"".join(parts) for kind, parts in found.items()}


def _unpacked(rows: "numpy.ndarray", depth: int, width: int) -> "numpy.ndarray":
    """Values of 1, 2 or 4 bits, highest bits first, as one byte each."""
    import numpy

    shifts = numpy.arange(8 - depth, -1, -depth, dtype=numpy.uint8)
    values = (rows[:, :, None] >> shifts) & numpy.uint8((1 << depth) - 1)
    return values.reshape(len(rows), -1)[:, :width]


def _unfilter(filters: "numpy.ndarray", rows: "numpy.ndarray", step: int) -> "numpy.ndarray":
    """Undo the row filters 0-4 (none, sub, up, average, Paeth).

    Every value depends on its left, upper and upper left neighbour, so all values of one anti-diagonal can be had at
    once: with one column and row of zeros in front, those of a diagonal lie ``width`` apart in the flat array.

    Args:
        filters: uint8 ``[h]``, the filter of each row.
        rows: uint8 ``[h, width * step]``.
        step: bytes of one pixel.
    """
    import numpy

    if int(filters.max()) > 4:
        raise ContractError("the PNG uses an unknown filter %d" % int(filters.max()), "send an intact PNG")
    if not filters.any():
        return rows
    height, width = len(rows), rows.shape[1] // step
    grid = numpy.zeros((height + 1, width + 1, step), dtype=numpy.int16)
    grid[1:, 1:] = rows.reshape(height, width, step)
    flat = grid.reshape(-1, step)
    kinds = filters.astype(numpy.intp)[:, None]
    for diagonal in range(height + width - 1):
        first, last = max(0, diagonal - width + 1), min(height - 1, diagonal)
        start = (first + 1) * (width + 1) + diagonal - first + 1
        stop = start + (last - first) * width + 1

        def behind(distance: int, start: int = start, stop: int = stop) -> "numpy.ndarray":
            return flat[start - distance : stop - distance : width]

        left, up, corner = behind(1), behind(width + 1), behind(width + 2)
        to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
        nearer = numpy.where(to_up <= to_corner, up, corner)
        paeth = numpy.where((to_left <= to_up) & (to_left <= to_corner), left, nearer)
        guess = numpy.choose(kinds[first : last + 1], [numpy.zeros_like(up), left, up, (left + up) >> 1, paeth])
        flat[start:stop:width] = (behind(0) + guess) & 255
    return grid[1:, 1:].astype(numpy.uint8).reshape(rows.shape)

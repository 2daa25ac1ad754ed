"""The packed container: a model file with its weights entropy-coded, restored bit for bit.

Zeros, narrow integers and codebooks only pay in a file that is coded for them. Weights are taken out of the ONNX or TFLite file,
grouped by width, and every group is stored in the shortest of several codes: zlib, LZMA, or order-0 range coding (rANS,
Duda 2013, arXiv:1311.2540) of bytes; floats are split into byte planes, and sparse ones into a mask and the values left.

Layout (little endian): magic ``FLWP``, version (u8), SHA-256 of the original (32), its length (u64), number of weight
segments (u32), then three coded streams: segment table, the file without its weights, and the groups.
"""

import hashlib
import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import ModelError
from ..records import Format

MAGIC = b"FLWP"
VERSION = 1
MAX_BYTES = 8 << 30
MIN_SEGMENT = 64
SPARSE_SHARE = 0.12
WIDTHS = (1, 2, 4, 8)
HEADER = struct.Struct("<4sB32sQI")
SEGMENT = np.dtype([("offset", "<u8"), ("length", "<u8"), ("width", "<u1")])

RAW, ZLIB, LZMA, RANS = 0, 1, 2, 3
PRECISION = 12
LOW = 1 << 16


@dataclass(frozen=True)
class Segment:
    """Bytes of one weight tensor in the file, ``width`` bytes an element."""

    offset: int
    length: int
    width: int


def pack(content: bytes, format_: Format) -> bytes:
    """Code a model file.

    Args:
        content: an ONNX or TFLite file; any other format is coded as plain bytes.
        format_: of the file.

    Returns:
        The container; ``unpack`` gives back exactly ``content``.
    """
    segments = sorted(_segments(content, format_), key=lambda item: item.offset)
    table = np.array([(s.offset, s.length, s.width) for s in segments], dtype=SEGMENT)
    rest, position = [], 0
    for item in segments:
        rest.append(content[position : item.offset])
        position = item.offset + item.length
    rest.append(content[position:])
    streams = [_table_bytes(table), b"".join(rest)]
    out = [HEADER.pack(MAGIC, VERSION, hashlib.sha256(content).digest(), len(content), len(segments))]
    out += [_coded(item) for item in streams]
    for width in WIDTHS:
        group = b"".join(content[s.offset : s.offset + s.length] for s in segments if s.width == width)
        out.append(_group(np.frombuffer(group, dtype=np.uint8), width))
    return b"".join(out)


def unpack(packed: bytes) -> bytes:
    """Restore the model file.

    Raises:
        ModelError: not a container, damaged, of a newer version, or larger than allowed.
    """
    try:
        return _unpacked(packed)
    except (struct.error, ValueError, IndexError, zlib.error, lzma.LZMAError, OverflowError) as error:
        raise ModelError("packed-damaged", f"the packed model is damaged: {error}", "make it again") from None


def _unpacked(packed: bytes) -> bytes:
    magic, version, digest, length, count = HEADER.unpack_from(packed)
    if magic != MAGIC:
        raise ModelError("not-packed", "this is no packed model", "give a file made by Flyweight")
    if version != VERSION or length > MAX_BYTES:
        raise ModelError("packed-version", f"version {version} or size {length} is not read", "update Flyweight")
    reader = _Reader(packed, HEADER.size, length)
    raw_table = reader.stream()
    if len(raw_table) != count * SEGMENT.itemsize:
        raise ValueError("the segment table has another length")
    table = _table_from(raw_table)
    rest = memoryview(reader.stream())
    groups = {width: memoryview(_ungroup(reader, width)) for width in WIDTHS}
    taken = dict.fromkeys(WIDTHS, 0)
    out, position, used = bytearray(), 0, 0
    for offset, size, width in table.tolist():
        if offset < position or width not in taken:
            raise ValueError("the segment table is out of order")
        out += rest[used : used + offset - position]
        used += offset - position
        out += groups[width][taken[width] : taken[width] + size]
        taken[width] += size
        position = offset + size
    out += rest[used:]
    result = bytes(out)
    if len(result) != length or hashlib.sha256(result).digest() != digest:
        raise ValueError("the restored file has another hash")
    return result


def _table_bytes(table: np.ndarray) -> bytes:
    """Field by field with differences of offsets, which compresses well."""
    if not len(table):
        return b""
    gaps = np.diff(table["offset"].astype(np.int64), prepend=0).astype("<i8")
    return gaps.tobytes() + table["length"].astype("<u8").tobytes() + table["width"].tobytes()


def _table_from(content: bytes) -> np.ndarray:
    count = len(content) // SEGMENT.itemsize
    table = np.zeros(count, dtype=SEGMENT)
    table["offset"] = np.cumsum(np.frombuffer(content, "<i8", count))
    table["length"] = np.frombuffer(content, "<u8", count, 8 * count)
    table["width"] = np.frombuffer(content, "<u1", count, 16 * count)
    return table


def _segments(content: bytes, format_: Format) -> Iterator[Segment]:
    if format_ is Format.ONNX:
        yield from _onnx_segments(content)
    elif format_ is Format.TFLITE:
        yield from _tflite_segments(content)


def _onnx_segments(content: bytes) -> Iterator[Segment]:
    """Raw data of the initializers; each is found in the file by its own bytes, in order."""
    import onnx

    model = onnx.load_from_string(content)
    position = 0
    for tensor in model.graph.initializer:
        raw = tensor.raw_data
        if len(raw) < MIN_SEGMENT:
            continue
        place = content.find(raw, position)
        if place < 0:
            continue
        width = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        yield Segment(place, len(raw) - len(raw) % width, width if width in WIDTHS else 1)
        position = place + len(raw)


def _tflite_segments(content: bytes) -> Iterator[Segment]:
    """Buffers of the flatbuffer; the tensors that use them tell the width."""
    from ai_edge_litert import schema_py_generated as schema

    model = schema.Model.GetRootAs(bytearray(content), 0)
    widths: dict[int, int] = {}
    for g in range(model.SubgraphsLength()):
        graph = model.Subgraphs(g)
        for t in range(graph.TensorsLength()):
            tensor = graph.Tensors(t)
            widths.setdefault(tensor.Buffer(), 4 if tensor.Type() in (0, 2) else 8 if tensor.Type() == 4 else 1)
    position = 0
    found = []
    for index in range(model.BuffersLength()):
        buffer = model.Buffers(index)
        size = buffer.DataLength()
        if size >= MIN_SEGMENT:
            raw = buffer.DataAsNumpy().tobytes()
            place = content.find(raw)
            if place >= 0:
                width = widths.get(index, 1)
                found.append(Segment(place, size - size % width, width))
    for item in sorted(found, key=lambda s: s.offset):
        if item.offset >= position:
            yield item
            position = item.offset + item.length


def _group(data: np.ndarray, width: int) -> bytes:
    """All weights of one width: byte planes, and for sparse ones a mask first."""
    elements = data.reshape(-1, width)
    zero = ~elements.any(axis=1)
    sparse = width > 1 and len(elements) > 0 and zero.mean() > SPARSE_SHARE
    out = [struct.pack("<QB", len(elements), int(sparse))]
    if sparse:
        out.append(_coded(np.packbits(zero).tobytes()))
        elements = elements[~zero]
    out += [_coded(np.ascontiguousarray(elements[:, plane]).tobytes()) for plane in range(width)]
    return b"".join(out)


def _ungroup(reader: "_Reader", width: int) -> bytes:
    count, sparse = struct.unpack("<QB", reader.take(9))
    if count * width > reader.limit:
        raise ValueError("a group is larger than the file")
    elements = np.zeros((count, width), dtype=np.uint8)
    rows: np.ndarray = np.ones(count, dtype=bool)
    if sparse:
        rows = ~np.unpackbits(np.frombuffer(reader.stream(), dtype=np.uint8), count=count).astype(bool)
    for plane in range(width):
        elements[rows, plane] = np.frombuffer(reader.stream(), dtype=np.uint8)
    return elements.tobytes()


def _coded(data: bytes) -> bytes:
    """The shortest code of some bytes: kind (u8), coded length (u32), original length (u64), code."""
    candidates = [(RAW, data), (ZLIB, zlib.compress(data, 9))]
    if len(data) > MIN_SEGMENT:
        filters = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 3, "pb": 0}]
        candidates.append((LZMA, lzma.compress(data, lzma.FORMAT_RAW, filters=filters)))
        candidates.append((RANS, rans_encode(data)))
    kind, code = min(candidates, key=lambda item: len(item[1]))
    return struct.pack("<BIQ", kind, len(code), len(data)) + code


class _Reader:
    """Reads coded streams, never beyond the announced size."""

    def __init__(self, content: bytes, position: int, limit: int) -> None:
        self._content, self._position, self.limit = content, position, limit + SEGMENT.itemsize * 1_000_000

    def take(self, count: int) -> bytes:
        """The next bytes."""
        part = self._content[self._position : self._position + count]
        if len(part) != count:
            raise ValueError("it ends too early")
        self._position += count
        return part

    def stream(self) -> bytes:
        """The next coded stream, decoded."""
        kind, coded, length = struct.unpack("<BIQ", self.take(13))
        if length > self.limit:
            raise ValueError("a stream is larger than the file")
        code = self.take(coded)
        if kind == RAW:
            data = code
        elif kind == ZLIB:
            data = zlib.decompressobj().decompress(code, length + 1)
        elif kind == LZMA:
            filters = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 3, "pb": 0}]
            data = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters).decompress(code, length + 1)
        elif kind == RANS:
            data = rans_decode(code, length)
        else:
            raise ValueError(f"unknown code {kind}")
        if len(data) != length:
            raise ValueError("a stream has another length")
        return data


def _lanes(length: int) -> int:
    """Interleaved coders: more for long data, because each costs four bytes."""
    return int(min(max(length // 1024, 4), 512))


def _frequencies(data: np.ndarray) -> np.ndarray:
    """Counts scaled to a sum of 4096; every byte that occurs keeps at least 1."""
    counts = np.bincount(data, minlength=256).astype(np.float64)
    total = 1 << PRECISION
    scaled = np.where(counts > 0, np.maximum(np.floor(counts * total / counts.sum()), 1), 0).astype(np.int64)
    while scaled.sum() != total:
        step = 1 if scaled.sum() < total else -1
        able = np.where(
            (scaled > (1 if step < 0 else 0)) & (counts > 0),
            counts / np.maximum(scaled, 1),
            -1.0 if step > 0 else np.inf,
        )
        scaled[int(able.argmax() if step > 0 else np.where(scaled > 1, able, np.inf).argmin())] += step
    return scaled


def rans_encode(data: bytes) -> bytes:
    """Order-0 rANS of bytes in interleaved lanes with 12-bit frequencies and 16-bit renormalisation."""
    symbols = np.frombuffer(data, dtype=np.uint8)
    lanes = _lanes(len(symbols))
    frequency = _frequencies(symbols)
    start = np.concatenate([[0], np.cumsum(frequency)[:-1]])
    padding = (-len(symbols)) % lanes
    rows = np.concatenate([symbols, np.full(padding, frequency.argmax(), dtype=np.uint8)]).reshape(-1, lanes)
    state = np.full(lanes, LOW, dtype=np.int64)
    words = []
    for row in rows[::-1]:
        f = frequency[row]
        full = state >= f << (32 - PRECISION)
        words.append((state[full] & 0xFFFF).astype("<u2"))
        state[full] >>= 16
        state = ((state // f) << PRECISION) + start[row] + state % f
    used = np.packbits(frequency > 0).tobytes()
    table = zlib.compress(used + frequency[frequency > 0].astype("<u2").tobytes(), 9)
    body = np.concatenate(words[::-1]) if words else np.zeros(0, "<u2")
    return struct.pack("<H", len(table)) + table + state.astype("<u4").tobytes() + body.tobytes()


def rans_decode(code: bytes, length: int) -> bytes:
    """Inverse of :func:`rans_encode`."""
    (size,) = struct.unpack_from("<H", code)
    table = zlib.decompressobj().decompress(code[2 : 2 + size], 32 + 512 + 1)
    frequency = np.zeros(256, dtype=np.int64)
    frequency[np.unpackbits(np.frombuffer(table[:32], np.uint8)).astype(bool)] = np.frombuffer(table[32:], "<u2")
    if frequency.sum() != 1 << PRECISION:
        raise ValueError("the frequencies do not add up")
    start = np.concatenate([[0], np.cumsum(frequency)[:-1]])
    symbol_of = np.repeat(np.arange(256, dtype=np.uint8), frequency)
    lanes = _lanes(length)
    state = np.frombuffer(code, "<u4", lanes, 2 + size).astype(np.int64)
    words = np.frombuffer(code[2 + size + 4 * lanes :], "<u2").astype(np.int64)
    count = -(-length // lanes)
    out, position = np.zeros((count, lanes), dtype=np.uint8), 0
    for row in range(count):
        slot = state & ((1 << PRECISION) - 1)
        symbols = symbol_of[slot]
        out[row] = symbols
        state = frequency[symbols] * (state >> PRECISION) + slot - start[symbols]
        low = state < LOW
        needed = int(low.sum())
        if position + needed > len(words):
            raise ValueError("the code ends too early")
        state[low] = (state[low] << 16) | words[position : position + needed]
        position += needed
    return out.reshape(-1)[:length].tobytes()

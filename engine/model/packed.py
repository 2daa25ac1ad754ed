"""The packed container: a model file with its weights entropy-coded, restored bit for bit.

Zeros and narrow integers only pay in a file that is coded for them. Weights are taken out of the ONNX or TFLite file and put into
units: a large tensor is one, the small ones of a kind are one together. Every unit becomes byte planes (one per byte of
its values; a sparse unit first gives a mask of its zeros), and every plane is stored in the shortest of: as it is, zlib, LZMA,
bit-packed, rANS with the table of alike planes, rANS with a table of its own.

A tensor of wide values of which only a few differ (clustered, rounded to few bits, by whichever tool) is a unit of its own:
a codebook of at most 256 values, and one index a value.

Layout, little endian: magic ``FLWP``, version u8, SHA-256 of the original (32 bytes), its length u64; then blocks. A block is
kind u8, length of the original u32, length of the code u32, code. Block 1 holds the spans of the tensors, block 2 the file
without them, block 3 the shared tables; then the planes of the units. The width of a span has its highest bit set where the
span has a codebook; its planes are then the codebook's bytes and the indices. Bit-packed code is the number of bits
(u8) and the values, lowest bit first. Version 2, without codebooks and bit-packing, is still read.

    >>> from engine.records import Format
    >>> content = bytes(4096)
    >>> packed = pack(content, Format.ONNX)
    >>> unpack(packed) == content, len(packed) < 200
    (True, True)
"""

from __future__ import annotations

import hashlib
import lzma
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import ModelError
from ..records import Format
from . import rans
from .tensor_spans import KINDS, Span, tensor_spans

MAGIC, VERSION = b"FLWP", 3
READABLE = (2, 3)
MAX_BYTES = 4 << 30
SPARSE_SHARE = 0.05
LZMA_UP_TO = 1 << 24  # above this LZMA costs seconds and wins nothing on weights
PLANE_BYTES = 1 << 24  # longer planes are cut, so that coding needs little memory
LARGE_VALUES = 1 << 13  # a tensor from this size on is a unit of its own
CODEBOOK_VALUES = 256
MIN_CODEBOOK_COUNT = 64
RAW, ZLIB, LZMA, RANS, RANS_OF_GROUP, BITS = range(6)

_HEADER = struct.Struct("<4sB32sQ")
_BLOCK = struct.Struct("<BII")
_TABLE_BYTES = 2 * 256
_CODEBOOK = 0x80
_TABLE, _INDEX = -2, -3
_LZMA_FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 3, "lp": 0, "pb": 0, "dict_size": LZMA_UP_TO}]

_Group = tuple[str, int, int]
"""Kind, bytes a value, and which byte of the value (-1: the mask of zeros, -2: a codebook, -3: its indices)."""


@dataclass(frozen=True)
class _Plane:
    group: _Group
    symbols: np.ndarray


def pack(content: bytes, format: Format) -> bytes:
    """Code a model file.

    Args:
        content: an ONNX or TFLite file; what is neither, or damaged, is coded as plain bytes.
        format: of the file.

    Returns:
        The container; :func:`unpack` gives back exactly ``content``.

    Raises:
        ModelError: the file is larger than 4 GiB.
    """
    if len(content) > MAX_BYTES:
        raise ModelError("too-large-to-pack", f"the file has {len(content)} bytes", f"at most {MAX_BYTES} are packed")
    spans = tuple(_with_codebook(content, span) for span in tensor_spans(content, str(format)))
    units = [list(_planes(content, unit)) for unit in _units(spans)]
    tables = _tables([plane for planes in units for plane in planes])
    out = [_HEADER.pack(MAGIC, VERSION, hashlib.sha256(content).digest(), len(content))]
    out.append(_block(_spans_to_bytes(spans)))
    out += [_block(part) for part in _cut(_rest(content, spans))]
    out.append(_block(b"".join(_key(group) + table.astype("<u2").tobytes() for group, table in tables.items())))
    out += [_coded_plane(plane, tables.get(plane.group)) for planes in units for plane in planes]
    return b"".join(out)


def unpack(packed: bytes) -> bytes:
    """Restore the model file.

    Raises:
        ModelError: not a container, damaged, cut, of another version, or larger than allowed.
    """
    if packed[:4] != MAGIC:
        raise ModelError("not-packed", "this is no packed model", "give a file made by Flyweight")
    try:
        return _unpacked(packed)
    except ModelError:
        raise
    except (struct.error, ValueError, IndexError, zlib.error, lzma.LZMAError, OverflowError) as error:
        raise ModelError(
            "packed-damaged", f"the packed model is damaged: {error or type(error).__name__}", "pack it again"
        ) from None


def _unpacked(packed: bytes) -> bytes:
    _, version, digest, length = _HEADER.unpack_from(packed)
    if version not in READABLE or length > MAX_BYTES:
        raise ModelError(
            "packed-version", f"a packed model of version {version} and {length} bytes is not read", "update Flyweight"
        )
    reader = _Reader(packed, _HEADER.size)
    spans = _spans_from_bytes(reader.block(length), length)
    if version < VERSION and any(span.codebook for span in spans):
        raise ValueError("its version knows no codebooks")
    rest_length = length - sum(span.size for span in spans)
    rest = b"".join(reader.block(size) for size in _cut_sizes(rest_length))
    tables = _tables_from_bytes(reader.block(length))
    values = bytearray(length)
    for unit in _units(spans):
        _restore(values, unit, reader, tables)
    used, position = 0, 0
    for span in (*spans, Span(length, 0, KINDS[0], 1)):
        gap = span.start - position
        values[position : span.start] = rest[used : used + gap]
        used, position = used + gap, span.start + span.size
    content = bytes(values)
    if len(content) != length or hashlib.sha256(content).digest() != digest or not reader.at_end:
        raise ValueError("its hash does not fit")
    return content


def _rest(content: bytes, spans: Sequence[Span]) -> bytes:
    parts, position = [], 0
    for span in spans:
        parts.append(content[position : span.start])
        position = span.start + span.size
    return b"".join([*parts, content[position:]])


def _cut_sizes(length: int) -> list[int]:
    """Sizes of the blocks a long stream is cut into; a stream of nothing is one empty block."""
    return [min(PLANE_BYTES, length - start) for start in range(0, max(length, 1), PLANE_BYTES)]


def _cut(data: bytes) -> list[bytes]:
    return [data[start : start + PLANE_BYTES] for start in range(0, max(len(data), 1), PLANE_BYTES)]


def _units(spans: Sequence[Span]) -> list[tuple[Span, ...]]:
    """Small tensors of a kind together, large ones alone, very large ones cut."""
    small: dict[tuple[str, int], list[Span]] = {}
    large: list[tuple[Span, ...]] = []
    for span in spans:
        if span.codebook:
            large.append((span,))
            continue
        if span.size < LARGE_VALUES * span.width:
            small.setdefault((span.kind, span.width), []).append(span)
            continue
        step = PLANE_BYTES * span.width
        for start in range(0, span.size, step):
            large.append((Span(span.start + start, min(step, span.size - start), span.kind, span.width),))
    return [*(tuple(unit) for unit in small.values()), *large]


def _planes(content: bytes, unit: tuple[Span, ...]) -> Iterator[_Plane]:
    """A mask (empty where the unit is not sparse), then one plane per byte of the values; or codebook and indices."""
    kind, width = unit[0].kind, unit[0].width
    flat = b"".join(content[span.start : span.start + span.size] for span in unit)
    values = np.frombuffer(flat, np.uint8).reshape(-1, width)
    if unit[0].codebook:
        table, indices = np.unique(_whole(values), return_inverse=True)
        yield _Plane((kind, width, _TABLE), np.frombuffer(table.tobytes(), np.uint8))
        yield _Plane((kind, width, _INDEX), indices.reshape(-1).astype(np.uint8))
        return
    if width > 1:
        zero = ~values.any(axis=1)
        mask = np.empty(0, np.uint8)
        if zero.mean() > SPARSE_SHARE:
            mask, values = np.packbits(zero), values[~zero]
        yield _Plane((kind, width, -1), mask)
    for byte in range(width):
        yield _Plane((kind, width, byte), np.ascontiguousarray(values[:, byte]))


def _restore(content: bytearray, unit: tuple[Span, ...], reader: _Reader, tables: dict[_Group, np.ndarray]) -> None:
    """Read the planes of a unit and write its bytes where they belong."""
    kind, width = unit[0].kind, unit[0].width
    count = sum(span.size for span in unit) // width
    if unit[0].codebook:
        table = reader.plane(CODEBOOK_VALUES * width, tables.get((kind, width, _TABLE)))
        indices = reader.plane(count, tables.get((kind, width, _INDEX)))
        if table.size % width or indices.size != count:
            raise ValueError("a codebook has another length")
        restored = table.reshape(-1, width)[indices]  # an index beyond the codebook is an IndexError
        content[unit[0].start : unit[0].start + unit[0].size] = restored.tobytes()
        return
    values, kept = np.zeros((count, width), np.uint8), np.ones(count, bool)
    if width > 1:
        mask = reader.plane(-(-count // 8), tables.get((kind, width, -1)))
        if mask.size:
            kept = ~np.unpackbits(mask, count=count).astype(bool)
    wanted = int(kept.sum())
    for byte in range(width):
        symbols = reader.plane(wanted, tables.get((kind, width, byte)))
        if symbols.size != wanted:
            raise ValueError("a plane has another length")
        values[kept, byte] = symbols
    flat, start = values.tobytes(), 0
    for span in unit:
        content[span.start : span.start + span.size] = flat[start : start + span.size]
        start += span.size


def _with_codebook(content: bytes, span: Span) -> Span:
    """The span, marked where its values are few enough for a codebook to pay."""
    count = span.size // span.width
    if span.width == 1 or count < MIN_CODEBOOK_COUNT or span.size > PLANE_BYTES:
        return span
    values = _whole(np.frombuffer(content, np.uint8, span.size, span.start).reshape(-1, span.width))
    distinct = np.unique(values[: 16 * CODEBOOK_VALUES]).size  # most tensors are told by their beginning
    if distinct <= CODEBOOK_VALUES:
        distinct = np.unique(values).size
    bits = max(1, int(distinct - 1).bit_length())
    pays = distinct <= CODEBOOK_VALUES and distinct * span.width + count * bits / 8 < span.size / 2
    return replace(span, codebook=True) if pays else span


def _whole(values: np.ndarray) -> np.ndarray:
    """Rows of 2, 4 or 8 bytes as whole numbers."""
    return np.ascontiguousarray(values).view(f"<u{values.shape[1]}").reshape(-1)


def _tables(planes: Sequence[_Plane]) -> dict[_Group, np.ndarray]:
    """One table for all planes of a group; only where two planes share it."""
    counts: dict[_Group, list[np.ndarray]] = {}
    for plane in planes:
        if plane.symbols.size:
            counts.setdefault(plane.group, []).append(np.bincount(plane.symbols, minlength=256))
    return {group: rans.frequencies(np.sum(items, axis=0)) for group, items in counts.items() if len(items) > 1}


def _key(group: _Group) -> bytes:
    return struct.pack("<BBb", KINDS.index(group[0]), group[1], group[2])


def _tables_from_bytes(content: bytes) -> dict[_Group, np.ndarray]:
    size = 3 + _TABLE_BYTES
    if len(content) % size:
        raise ValueError("tables are cut")
    tables = {}
    for start in range(0, len(content), size):
        kind, width, byte = struct.unpack_from("<BBb", content, start)
        tables[(KINDS[kind], width, byte)] = np.frombuffer(content, "<u2", 256, start + 3).astype(np.int64)
    return tables


def _spans_to_bytes(spans: Sequence[Span]) -> bytes:
    """Columns of gaps, sizes, kinds and widths: alike numbers beside each other code well."""
    ends = [0, *(span.start + span.size for span in spans)]
    gaps = np.array([span.start - end for span, end in zip(spans, ends, strict=False)], "<u4")
    sizes = np.array([span.size for span in spans], "<u4")
    kinds = bytes(KINDS.index(span.kind) for span in spans)
    widths = bytes(span.width | (_CODEBOOK if span.codebook else 0) for span in spans)
    return gaps.tobytes() + sizes.tobytes() + kinds + widths


def _spans_from_bytes(content: bytes, length: int) -> list[Span]:
    count, left = divmod(len(content), 10)
    gaps = np.frombuffer(content, "<u4", count).astype(np.int64)
    sizes = np.frombuffer(content, "<u4", count, 4 * count).astype(np.int64)
    kinds, widths = content[8 * count : 9 * count], content[9 * count :]
    starts = np.cumsum(gaps + sizes) - sizes
    if left or (count and int(starts[-1] + sizes[-1]) > length):
        raise ValueError("its tensors lie outside the file")
    spans = [
        Span(int(a), int(b), KINDS[k], w & ~_CODEBOOK, codebook=bool(w & _CODEBOOK))
        for a, b, k, w in zip(starts, sizes, kinds, widths, strict=True)
    ]
    if any(span.width not in (1, 2, 4, 8) or span.size % span.width for span in spans):
        raise ValueError("a tensor has a strange width")
    return spans


def _block(data: bytes, extra: Sequence[tuple[int, bytes]] = ()) -> bytes:
    """The shortest code of some bytes."""
    candidates = [(RAW, data), (ZLIB, zlib.compress(data, 9)), *extra]
    if 64 < len(data) <= LZMA_UP_TO and len(candidates[1][1]) < 0.98 * len(data):
        candidates.append((LZMA, lzma.compress(data, lzma.FORMAT_RAW, filters=_LZMA_FILTERS)))
    kind, code = min(candidates, key=lambda item: len(item[1]))
    return _BLOCK.pack(kind, len(data), len(code)) + code


def _coded_plane(plane: _Plane, shared: np.ndarray | None) -> bytes:
    """As a block, with rANS among the candidates."""
    symbols = plane.symbols
    if symbols.size == 0:
        return _block(b"")
    counts = np.bincount(symbols, minlength=256)
    own = rans.frequencies(counts)
    own_table = zlib.compress(own.astype("<u2").tobytes(), 9)
    extra = [(BITS, _bit_packed(symbols))] if int(symbols.max()) < 128 else []
    own_bits = rans.cost_bits(counts, own) + 8 * (2 + len(own_table))
    if shared is not None and rans.cost_bits(counts, shared) <= own_bits:
        extra.append((RANS_OF_GROUP, rans.encode(symbols, shared)))
    else:
        extra.append((RANS, struct.pack("<H", len(own_table)) + own_table + rans.encode(symbols, own)))
    return _block(symbols.tobytes(), extra)


def _bit_packed(symbols: np.ndarray) -> bytes:
    """Number of bits, then the values with so many bits each, lowest bit first."""
    bits = max(1, int(symbols.max()).bit_length())
    flat = np.unpackbits(symbols.reshape(-1, 1), axis=1, count=bits, bitorder="little")
    return bytes([bits]) + np.packbits(flat.reshape(-1), bitorder="little").tobytes()


def _bit_unpacked(code: bytes, length: int) -> np.ndarray:
    bits = code[0]
    if not 1 <= bits <= 8 or len(code) != 1 + -(-length * bits // 8):
        raise ValueError("bit-packed values have another length")
    flat = np.unpackbits(np.frombuffer(code, np.uint8, offset=1), count=length * bits, bitorder="little")
    return np.packbits(flat.reshape(length, bits), axis=1, bitorder="little").reshape(-1)


class _Reader:
    """Reads blocks one after the other, none longer than announced to be allowed."""

    def __init__(self, content: bytes, position: int) -> None:
        self._content, self._position = content, position

    @property
    def at_end(self) -> bool:
        """True when every byte was read."""
        return self._position == len(self._content)

    def block(self, limit: int) -> bytes:
        """The next block of plain bytes."""
        return self.plane(limit, None).tobytes()

    def plane(self, limit: int, shared: np.ndarray | None) -> np.ndarray:
        """The next block as ``uint8[n]``, n at most ``limit``."""
        kind, length, coded = _BLOCK.unpack_from(self._content, self._position)
        start = self._position + _BLOCK.size
        code = self._content[start : start + coded]
        if length > limit or len(code) != coded:
            raise ValueError("a block is cut or longer than allowed")
        self._position = start + coded
        data = (
            np.frombuffer(_plain(kind, code, length), np.uint8)
            if kind <= LZMA
            else _symbols(kind, code, length, shared)
        )
        if data.size != length:
            raise ValueError("a block has another length")
        return data


def _plain(kind: int, code: bytes, length: int) -> bytes:
    if kind == RAW:
        return code
    if kind == ZLIB:
        return zlib.decompressobj().decompress(code, length + 1)
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=_LZMA_FILTERS).decompress(code, length + 1)


def _symbols(kind: int, code: bytes, length: int, shared: np.ndarray | None) -> np.ndarray:
    if kind == BITS:
        return _bit_unpacked(code, length)
    if kind == RANS_OF_GROUP and shared is not None:
        return rans.decode(code, shared, length)
    if kind != RANS:
        raise ValueError(f"unknown code {kind}")
    (size,) = struct.unpack_from("<H", code)
    table = zlib.decompressobj().decompress(code[2 : 2 + size], _TABLE_BYTES + 1)
    return rans.decode(code[2 + size :], np.frombuffer(table, "<u2").astype(np.int64), length)

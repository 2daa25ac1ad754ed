"""The packed container, read: a model file with its weights entropy-coded comes back bit for bit.

Desktop and board share this reader; numpy is imported inside the functions because the agent itself never loads it.

Layout, little endian: magic ``FLWP``, version u8, SHA-256 of the original (32 bytes), its length u64; then blocks. A block is
kind u8, length of the original u32, length of the code u32, code. Block 1 holds the spans of the tensors, block 2 the file
without them, block 3 the shared tables; then the planes of the units. Weights are taken out of the file and put into units: a
large tensor is one, the small ones of a kind are one together. Every unit is byte planes (one per byte of its values; a unit of
wider values first has a mask of its zeros, or an empty one). The width of a span has its highest bit set where the
span has a codebook: its planes are the codebook's bytes and one index a value. Every plane is stored as it is, by zlib, by
LZMA, bit-packed (the number of bits as u8 and the values, lowest bit first), or by rANS with the table of alike planes or one
of its own.
Version 2, without codebooks and bit-packing, is still read.

rANS: order-0 coding of bytes by interleaved range asymmetric numeral systems. Symbol ``i`` belongs to lane ``i % lanes``; each
step codes one symbol of every lane. States are 32 bits wide and are renormalised by 16-bit words; states come first, then words.
Source: Duda, "Asymmetric numeral systems" (2013); Giesen, "Interleaved entropy coders" (2014).
"""

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

from .errors import ContractError

if TYPE_CHECKING:
    import numpy

MAGIC, VERSION = b"FLWP", 3
READABLE = (2, 3)
MAX_BYTES = 4 << 30
PLANE_BYTES = 1 << 24  # longer planes are cut, so that coding needs little memory
LARGE_VALUES = 1 << 13  # a tensor from this size on is a unit of its own
LZMA_UP_TO = 1 << 24  # above this LZMA costs seconds and wins nothing on weights
CODEBOOK_VALUES = 256
RAW, ZLIB, LZMA, RANS, RANS_OF_GROUP, BITS = range(6)
KINDS = ("f", "b", "i", "u")
MASK, TABLE, INDEX = -1, -2, -3

HEADER = struct.Struct("<4sB32sQ")
BLOCK = struct.Struct("<BII")
TABLE_BYTES = 2 * 256
CODEBOOK_BIT = 0x80

SCALE_BITS = 14
TOTAL = 1 << SCALE_BITS
LOW = 1 << 16
_SYMBOLS_PER_LANE = 1024
_MAX_LANES = 8192

Group = Tuple[str, int, int]
"""Kind, bytes a value, and which byte of the value (-1: the mask of zeros, -2: a codebook, -3: its indices)."""


@dataclass(frozen=True, order=True)
class Span:
    """Bytes ``start`` to ``start + size`` hold values of ``width`` bytes; ``size`` is a multiple of it.

    ``codebook`` says that few of them differ.
    """

    start: int
    size: int
    kind: str
    width: int
    codebook: bool = field(default=False)


def lzma_filters() -> List[Dict[str, Any]]:
    """How LZMA is set; a Python without it raises ImportError."""
    import lzma

    return [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 3, "lp": 0, "pb": 0, "dict_size": LZMA_UP_TO}]


def unpack(packed: bytes, limit: int = MAX_BYTES) -> bytes:
    """Restore the model file.

    Args:
        packed: the whole container.
        limit: the most bytes the model may have; nothing is reserved for a container that announces more.

    Raises:
        ContractError: not a container, damaged, cut, of another version, or larger than allowed.
    """
    if packed[:4] != MAGIC:
        raise ContractError("this is no packed model", "give a file made by Flyweight", "not-packed")
    try:
        return _unpacked(packed, limit)
    except ContractError:
        raise
    except (struct.error, ValueError, IndexError, zlib.error, EOFError, OverflowError) as error:
        raise _damaged(error) from None
    except Exception as error:
        if type(error).__name__ != "LZMAError":  # its module is missing from some Pythons, so it has no name here
            raise
        raise _damaged(error) from None


def _damaged(error: Exception) -> ContractError:
    return ContractError(
        "the packed model is damaged: %s" % (str(error) or type(error).__name__), "pack it again", "packed-damaged"
    )


def _unpacked(packed: bytes, limit: int) -> bytes:
    _, version, digest, length = HEADER.unpack_from(packed)
    if version not in READABLE or length > min(limit, MAX_BYTES):
        raise ContractError(
            "a packed model of version %d and %d bytes is not read" % (version, length),
            "update Flyweight",
            "packed-version",
        )
    reader = _Reader(packed, HEADER.size)
    spans = _spans_from_bytes(reader.block(length), length)
    if version < VERSION and any(span.codebook for span in spans):
        raise ValueError("its version knows no codebooks")
    rest_length = length - sum(span.size for span in spans)
    rest = b"".join([reader.block(size) for size in cut_sizes(rest_length)])
    tables = _tables_from_bytes(reader.block(length))
    values = bytearray(length)
    for unit in units(spans):
        _restore(values, unit, reader, tables)
    used, position = 0, 0
    for span in [*spans, Span(length, 0, KINDS[0], 1)]:
        gap = span.start - position
        values[position : span.start] = rest[used : used + gap]
        used, position = used + gap, span.start + span.size
    content = bytes(values)
    if len(content) != length or hashlib.sha256(content).digest() != digest or not reader.at_end:
        raise ValueError("its hash does not fit")
    return content


def cut_sizes(length: int) -> List[int]:
    """Sizes of the blocks a long stream is cut into; a stream of nothing is one empty block."""
    return [min(PLANE_BYTES, length - start) for start in range(0, max(length, 1), PLANE_BYTES)]


def units(spans: Sequence[Span]) -> List[Tuple[Span, ...]]:
    """Small tensors of a kind together, large ones alone, very large ones cut."""
    small: Dict[Tuple[str, int], List[Span]] = {}
    large: List[Tuple[Span, ...]] = []
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


def _restore(
    content: bytearray, unit: Tuple[Span, ...], reader: "_Reader", tables: "Dict[Group, numpy.ndarray[Any, Any]]"
) -> None:
    """Read the planes of a unit and write its bytes where they belong."""
    import numpy

    kind, width = unit[0].kind, unit[0].width
    count = sum(span.size for span in unit) // width
    if unit[0].codebook:
        table = reader.plane(CODEBOOK_VALUES * width, tables.get((kind, width, TABLE)))
        indices = reader.plane(count, tables.get((kind, width, INDEX)))
        if table.size % width or indices.size != count:
            raise ValueError("a codebook has another length")
        restored = table.reshape(-1, width)[indices]  # an index beyond the codebook is an IndexError
        content[unit[0].start : unit[0].start + unit[0].size] = restored.tobytes()
        return
    values = numpy.zeros((count, width), numpy.uint8)
    kept: Any = slice(None)
    wanted = count
    if width > 1:
        mask = reader.plane(-(-count // 8), tables.get((kind, width, MASK)))
        if mask.size:
            kept = numpy.flatnonzero(numpy.unpackbits(mask, count=count) == 0)
            wanted = int(kept.size)
    for byte in range(width):
        symbols = reader.plane(wanted, tables.get((kind, width, byte)))
        if symbols.size != wanted:
            raise ValueError("a plane has another length")
        values[kept, byte] = symbols
    flat, start = values.reshape(-1).data, 0
    for span in unit:
        content[span.start : span.start + span.size] = flat[start : start + span.size]
        start += span.size


def _tables_from_bytes(content: bytes) -> "Dict[Group, numpy.ndarray[Any, Any]]":
    import numpy

    size = 3 + TABLE_BYTES
    if len(content) % size:
        raise ValueError("tables are cut")
    tables = {}
    for start in range(0, len(content), size):
        kind, width, byte = struct.unpack_from("<BBb", content, start)
        tables[(KINDS[kind], width, byte)] = numpy.frombuffer(content, "<u2", 256, start + 3).astype(numpy.int64)
    return tables


def _spans_from_bytes(content: bytes, length: int) -> List[Span]:
    import numpy

    count, left = divmod(len(content), 10)
    gaps = numpy.frombuffer(content, "<u4", count).astype(numpy.int64)
    sizes = numpy.frombuffer(content, "<u4", count, 4 * count).astype(numpy.int64)
    kinds, widths = content[8 * count : 9 * count], content[9 * count :]
    starts = numpy.cumsum(gaps + sizes) - sizes
    if left or (count and int(starts[-1] + sizes[-1]) > length):
        raise ValueError("its tensors lie outside the file")
    spans = [
        Span(int(a), int(b), KINDS[k], w & ~CODEBOOK_BIT, bool(w & CODEBOOK_BIT))
        for a, b, k, w in zip(starts, sizes, kinds, widths)
    ]
    if any(span.width not in (1, 2, 4, 8) or span.size % span.width for span in spans):
        raise ValueError("a tensor has a strange width")
    return spans


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
        return bytes(self.plane(limit, None).tobytes())

    def plane(self, limit: int, shared: "Optional[numpy.ndarray[Any, Any]]") -> "numpy.ndarray[Any, Any]":
        """The next block as ``uint8[n]``, n at most ``limit``."""
        import numpy

        kind, length, coded = BLOCK.unpack_from(self._content, self._position)
        start = self._position + BLOCK.size
        code = self._content[start : start + coded]
        if length > limit or len(code) != coded:
            raise ValueError("a block is cut or longer than allowed")
        self._position = start + coded
        plain = kind <= LZMA
        data = numpy.frombuffer(_plain(kind, code, length), "u1") if plain else _symbols(kind, code, length, shared)
        if data.size != length:
            raise ValueError("a block has another length")
        return data


def _plain(kind: int, code: bytes, length: int) -> bytes:
    if kind == RAW:
        return code
    if kind == ZLIB:
        return zlib.decompressobj().decompress(code, length + 1)
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=lzma_filters()).decompress(code, length + 1)


def _symbols(
    kind: int, code: bytes, length: int, shared: "Optional[numpy.ndarray[Any, Any]]"
) -> "numpy.ndarray[Any, Any]":
    import numpy

    if kind == BITS:
        return _bit_unpacked(code, length)
    if kind == RANS_OF_GROUP and shared is not None:
        return decode(code, shared, length)
    if kind != RANS:
        raise ValueError("unknown code %d" % kind)
    (size,) = struct.unpack_from("<H", code)
    table = zlib.decompressobj().decompress(code[2 : 2 + size], TABLE_BYTES + 1)
    return decode(code[2 + size :], numpy.frombuffer(table, "<u2").astype(numpy.int64), length)


def _bit_unpacked(code: bytes, length: int) -> "numpy.ndarray[Any, Any]":
    import numpy

    bits = code[0]
    if not 1 <= bits <= 8 or len(code) != 1 + -(-length * bits // 8):
        raise ValueError("bit-packed values have another length")
    flat = numpy.unpackbits(numpy.frombuffer(code, numpy.uint8, offset=1), count=length * bits, bitorder="little")
    return numpy.packbits(flat.reshape(length, bits), axis=1, bitorder="little").reshape(-1)


def lanes_for(count: int) -> int:
    """Number of lanes for so many symbols; four bytes of state each."""
    return max(1, min(_MAX_LANES, count // _SYMBOLS_PER_LANE))


def decode(coded: bytes, table: "numpy.ndarray[Any, Any]", count: int) -> "numpy.ndarray[Any, Any]":
    """The ``uint8[count]`` that rANS coded with frequencies that sum to ``TOTAL``.

    Raises:
        ValueError: the bytes or the table are damaged.
    """
    import numpy

    if table.shape != (256,) or int(table.min()) < 0 or int(table.sum()) != TOTAL:
        raise ValueError("frequencies do not add up")
    lanes = lanes_for(count)
    if len(coded) < 4 * lanes or len(coded) % 2:
        raise ValueError("coded bytes are cut")
    state = numpy.frombuffer(coded, "<u4", lanes).astype(numpy.uint32)
    words = numpy.frombuffer(coded, "<u2", offset=4 * lanes).astype(numpy.uint32)
    symbol_at = numpy.repeat(numpy.arange(256, dtype=numpy.uint8), table)
    frequency_at = table.astype(numpy.uint32)[symbol_at]
    beyond_at = numpy.arange(TOTAL, dtype=numpy.uint32) - (numpy.cumsum(table) - table).astype(numpy.uint32)[symbol_at]
    shift, mask, low, word = (numpy.uint32(value) for value in (SCALE_BITS, TOTAL - 1, LOW, 16))
    out = numpy.empty(count, numpy.uint8)
    used = 0
    for step in range(-(-count // lanes)):
        symbols = out[step * lanes : (step + 1) * lanes]
        x = state[: symbols.size]
        slot = (x & mask).astype(numpy.intp)
        symbol_at.take(slot, out=symbols)
        x >>= shift
        x *= frequency_at.take(slot)
        x += beyond_at.take(slot)
        empty = numpy.flatnonzero(x < low)
        if empty.size:
            if used + empty.size > words.size:
                raise ValueError("coded bytes are cut")
            x[empty] = (x[empty] << word) | words[used : used + empty.size]
            used += empty.size
    if used != words.size or (state != low).any():
        raise ValueError("coded bytes are damaged")
    return out

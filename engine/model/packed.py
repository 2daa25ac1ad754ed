"""The packed container: a model file with its weights entropy-coded, restored bit for bit.

Zeros and narrow integers only pay in a file that is coded for them. Weights are taken out of the ONNX or TFLite file and put into
units: a large tensor is one, the small ones of a kind are one together. Every unit becomes byte planes (one per byte of
its values; a sparse unit first gives a mask of its zeros), and every plane is stored in the shortest of: as it is, zlib, LZMA,
bit-packed, rANS with the table of alike planes, rANS with a table of its own.

A tensor of wide values of which only a few differ (clustered, rounded to few bits, by whichever tool) is a unit of its own:
a codebook of at most 256 values, and one index a value.

The layout is that of :mod:`device_agent.contract.packed`, the reader that desktop and board share.

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
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from device_agent.contract import packed as container
from device_agent.contract.errors import ContractError
from device_agent.contract.packed import (
    BITS,
    BLOCK,
    CODEBOOK_BIT,
    CODEBOOK_VALUES,
    HEADER,
    INDEX,
    KINDS,
    LZMA,
    LZMA_UP_TO,
    MAGIC,
    MASK,
    MAX_BYTES,
    PLANE_BYTES,
    RANS,
    RANS_OF_GROUP,
    RAW,
    TABLE,
    VERSION,
    ZLIB,
    Group,
    Span,
    lzma_filters,
    units,
)

from ..errors import ModelError
from ..records import Format
from . import rans
from .tensor_spans import tensor_spans

SPARSE_SHARE = 0.05
MIN_CODEBOOK_COUNT = 64
SAMPLE_BYTES = 1 << 16
SAMPLE_LEVEL = 6
"""Of zlib, where it only tells what a sample is worth: 9 takes some four times as long on exponents of float weights."""


@dataclass(frozen=True)
class _Plane:
    group: Group
    symbols: np.ndarray

    @cached_property
    def counts(self) -> np.ndarray:
        """How often each of the 256 symbols occurs."""
        return np.bincount(self.symbols, minlength=256)


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
    planes = [plane for unit in units(spans) for plane in _planes(content, unit)]
    tables = _tables(planes)
    out = [HEADER.pack(MAGIC, VERSION, hashlib.sha256(content).digest(), len(content))]
    keyed = b"".join(_key(group) + table.astype("<u2").tobytes() for group, table in tables.items())
    plain = [_spans_to_bytes(spans), *_cut(_rest(content, spans)), keyed]
    out += _blocks([(data, _coders(data)) for data in (np.frombuffer(part, np.uint8) for part in plain)])
    out += _blocks([_plane_coders(plane, tables.get(plane.group)) for plane in planes])
    return b"".join(out)


def unpack(packed: bytes) -> bytes:
    """Restore the model file.

    Raises:
        ModelError: not a container, damaged, cut, of another version, or larger than allowed.
    """
    try:
        return container.unpack(packed)
    except ContractError as error:
        raise ModelError(error.code, error.message, error.remedy) from None


def unpack_task(payload: dict[str, Any]) -> dict[str, Any]:
    """In a limited child: restore the file ``path`` as ``out``."""
    Path(payload["out"]).write_bytes(unpack(Path(payload["path"]).read_bytes()))
    return {}


def _rest(content: bytes, spans: Sequence[Span]) -> bytes:
    parts, position = [], 0
    for span in spans:
        parts.append(content[position : span.start])
        position = span.start + span.size
    return b"".join([*parts, content[position:]])


def _cut(data: bytes) -> list[bytes]:
    return [data[start : start + PLANE_BYTES] for start in range(0, max(len(data), 1), PLANE_BYTES)]


def _planes(content: bytes, unit: tuple[Span, ...]) -> Iterator[_Plane]:
    """A mask (empty where the unit is not sparse), then one plane per byte of the values; or codebook and indices."""
    kind, width = unit[0].kind, unit[0].width
    parts = [np.frombuffer(content, np.uint8, span.size, span.start) for span in unit]
    values = (parts[0] if len(parts) == 1 else np.concatenate(parts)).reshape(-1, width)
    if unit[0].codebook:
        table, indices = np.unique(_whole(values), return_inverse=True)
        yield _Plane((kind, width, TABLE), np.frombuffer(table.tobytes(), np.uint8))
        yield _Plane((kind, width, INDEX), indices.reshape(-1).astype(np.uint8))
        return
    if width > 1:
        zero = _whole(values) == 0
        mask = np.empty(0, np.uint8)
        if zero.mean() > SPARSE_SHARE:
            mask, values = np.packbits(zero), values[~zero]
        yield _Plane((kind, width, MASK), mask)
    for byte in range(width):
        yield _Plane((kind, width, byte), np.ascontiguousarray(values[:, byte]))


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


def _tables(planes: Sequence[_Plane]) -> dict[Group, np.ndarray]:
    """One table for all planes of a group; only where two planes share it."""
    counts: dict[Group, list[np.ndarray]] = {}
    for plane in planes:
        if plane.symbols.size:
            counts.setdefault(plane.group, []).append(plane.counts)
    return {group: rans.frequencies(np.sum(items, axis=0)) for group, items in counts.items() if len(items) > 1}


def _key(group: Group) -> bytes:
    return struct.pack("<BBb", KINDS.index(group[0]), group[1], group[2])


def _spans_to_bytes(spans: Sequence[Span]) -> bytes:
    """Columns of gaps, sizes, kinds and widths: alike numbers beside each other code well."""
    ends = [0, *(span.start + span.size for span in spans)]
    gaps = np.array([span.start - end for span, end in zip(spans, ends, strict=False)], "<u4")
    sizes = np.array([span.size for span in spans], "<u4")
    kinds = bytes(KINDS.index(span.kind) for span in spans)
    widths = bytes(span.width | (CODEBOOK_BIT if span.codebook else 0) for span in spans)
    return gaps.tobytes() + sizes.tobytes() + kinds + widths


@dataclass(frozen=True)
class _Coder:
    """One way to code some bytes.

    Attributes:
        kind: of the block.
        size: about how many bytes the code has.
        code: makes it, of what rANS makes of ``work``.
        work: for rANS; None for another coder, which is given nothing.
    """

    kind: int
    size: float
    code: Callable[[bytes], bytes]
    work: rans.Work | None = None


def _blocks(wanted: Sequence[tuple[np.ndarray, Sequence[_Coder]]]) -> list[bytes]:
    """A short code of each ``uint8[n]``: that of the coder which keeps its promise best."""
    by_rans = iter(rans.encode([coder.work for _, coders in wanted for coder in coders if coder.work is not None]))
    blocks = []
    for data, coders in wanted:
        codes = [(coder.kind, coder.code(b"" if coder.work is None else next(by_rans))) for coder in coders]
        kind, code = min([(RAW, data.tobytes()), *codes], key=lambda item: len(item[1]))
        blocks.append(BLOCK.pack(kind, data.size, len(code)) + code)
    return blocks


def _coders(data: np.ndarray, extra: Sequence[_Coder] = ()) -> list[_Coder]:
    """The coders to try: on few bytes all of them, on many those that promise most."""
    if data.size > SAMPLE_BYTES:
        return _promising(data, extra)
    short = _zlib(data.data)
    coders = [_Coder(ZLIB, len(short), lambda _: short), *(coder for coder in extra if coder.size < data.size)]
    if data.size > 64 and len(short) < 0.98 * data.size:
        coders.append(_Coder(LZMA, len(short), lambda _: _lzma(data.data)))
    return coders


def _promising(data: np.ndarray, extra: Sequence[_Coder]) -> list[_Coder]:
    """The coders to try on many bytes, told by what they make of the middle.

    Most bytes of float weights are noise that nothing makes smaller, and all coders on all of it take a second per megabyte.
    """
    start = (data.size - SAMPLE_BYTES) // 2
    sample, share = data[start : start + SAMPLE_BYTES], data.size / SAMPLE_BYTES
    coders = [_Coder(ZLIB, share * len(_zlib(sample.data, SAMPLE_LEVEL)), lambda _: _zlib(data.data)), *extra]
    least = min(coder.size for coder in coders)
    if data.size <= LZMA_UP_TO and coders[0].size < 0.98 * data.size and not _varied(coders[0].size, least, data.size):
        coders.append(_Coder(LZMA, share * len(_lzma(sample.data)), lambda _: _lzma(data.data)))
    worth = min(0.995 * data.size, 1.05 * min(coder.size for coder in coders))
    return [coder for coder in coders if coder.size <= worth]


def _varied(by_zlib: float, least: float, size: int) -> bool:
    """Without repeats that LZMA could find, as exponents of weights are: zlib is far behind what symbols alone tell."""
    return least > 0.2 * size and by_zlib > 1.15 * least


def _zlib(data: bytes | memoryview, level: int = 9) -> bytes:
    return zlib.compress(data, level)


def _lzma(data: memoryview) -> bytes:
    # A dictionary larger than the data finds nothing more, and clearing it takes longer than coding.
    filters = [{**item, "dict_size": max(4096, len(data))} for item in lzma_filters()]
    return lzma.compress(data, lzma.FORMAT_RAW, filters=filters)


def _plane_coders(plane: _Plane, shared: np.ndarray | None) -> tuple[np.ndarray, list[_Coder]]:
    """Of the plane's symbols, with rANS among them."""
    symbols, counts = plane.symbols, plane.counts
    if symbols.size == 0:
        return symbols, []
    own = rans.frequencies(counts)
    own_table = _zlib(own.astype("<u2").tobytes())
    extra = []
    if (top := int(np.flatnonzero(counts)[-1])) < 128:
        extra.append(_Coder(BITS, max(1, top.bit_length()) * symbols.size / 8, lambda _: _bit_packed(symbols)))
    own_bits = rans.cost_bits(counts, own) + 8 * (2 + len(own_table))
    if shared is not None and (bits := rans.cost_bits(counts, shared)) <= own_bits:
        extra.append(_Coder(RANS_OF_GROUP, bits / 8, lambda code: code, (symbols, shared)))
    else:
        head = struct.pack("<H", len(own_table)) + own_table
        extra.append(_Coder(RANS, own_bits / 8, lambda code: head + code, (symbols, own)))
    return symbols, _coders(symbols, extra)


def _bit_packed(symbols: np.ndarray) -> bytes:
    """Number of bits, then the values with so many bits each, lowest bit first."""
    bits = max(1, int(symbols.max()).bit_length())
    flat = np.unpackbits(symbols.reshape(-1, 1), axis=1, count=bits, bitorder="little")
    return bytes([bits]) + np.packbits(flat.reshape(-1), bitorder="little").tobytes()

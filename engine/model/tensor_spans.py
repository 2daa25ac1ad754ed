"""Where the tensors lie in the bytes of a model file: protobuf (ONNX) and flatbuffers (TFLite) read by their wire form.

Nothing is decoded or copied; a damaged or hostile file ends in ValueError. Only spans of at least 64 bytes are told.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from device_agent.contract.packed import Span

MIN_BYTES = 64
_MAX_DEPTH = 16
_MAX_SPANS = 1 << 18

# ONNX TensorProto.DataType -> (kind, bytes a value); kinds group tensors whose bytes are distributed alike
_ONNX_TYPES = {
    1: ("f", 4),
    2: ("u", 1),
    3: ("i", 1),
    4: ("u", 2),
    5: ("i", 2),
    6: ("i", 4),
    7: ("i", 8),
    10: ("f", 2),
    11: ("f", 8),
    12: ("u", 4),
    13: ("u", 8),
    16: ("b", 2),
}
_TFLITE_TYPES = {
    0: ("f", 4),
    1: ("f", 2),
    2: ("i", 4),
    3: ("u", 1),
    4: ("i", 8),
    7: ("i", 2),
    9: ("i", 1),
    10: ("f", 8),
    15: ("u", 4),
    16: ("u", 2),
    18: ("b", 2),
}


def tensor_spans(content: bytes, format_: str) -> tuple[Span, ...]:
    """Spans in order, without overlaps; none where the file is of another format or damaged."""
    try:
        found = sorted(_onnx(content) if format_ == "onnx" else _tflite(content) if format_ == "tflite" else ())
    except (ValueError, struct.error, IndexError):
        return ()
    spans: list[Span] = []
    end = 0
    for span in found:
        if span.start >= end and span.start + span.size <= len(content):
            spans.append(span)
            end = span.start + span.size
    return tuple(spans)


def _span(start: int, size: int, what: tuple[str, int] | None) -> Span | None:
    if what is None or size < MIN_BYTES:
        return None
    kind, width = what
    return Span(start, size - size % width, kind, width)


def _onnx(content: bytes) -> list[Span]:
    spans: list[Span] = []
    for field, start, end in _fields(content, 0, len(content)):
        if field == 7:
            _graph(content, start, end, spans, 0)
    return spans


def _graph(content: bytes, start: int, end: int, spans: list[Span], depth: int) -> None:
    if depth > _MAX_DEPTH:
        raise ValueError("graphs too deep")
    for field, low, high in _fields(content, start, end):
        if field == 5:
            _tensor(content, low, high, spans)
        elif field == 1:
            for inner, a, b in _fields(content, low, high):
                if inner == 5:
                    _attribute(content, a, b, spans, depth)


def _attribute(content: bytes, start: int, end: int, spans: list[Span], depth: int) -> None:
    for field, low, high in _fields(content, start, end):
        if field in (5, 10):
            _tensor(content, low, high, spans)
        elif field in (6, 11):
            _graph(content, low, high, spans, depth + 1)


def _tensor(content: bytes, start: int, end: int, spans: list[Span]) -> None:
    data_type, raw = 0, None
    position = start
    while position < end:
        key, position = _varint(content, position, end)
        if key & 7 == 0:
            value, position = _varint(content, position, end)
            if key >> 3 == 2:
                data_type = value
            continue
        low, position = _skip(content, key & 7, position, end)
        if key >> 3 == 9 or (key >> 3 == 4 and key & 7 == 2):
            raw = (low, position - low)
    if raw is not None:
        span = _span(*raw, _ONNX_TYPES.get(data_type))
        if span is not None:
            spans.append(span)
            if len(spans) > _MAX_SPANS:
                raise ValueError("too many tensors")


def _fields(content: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Length-delimited fields of a message: number, start and end of the content."""
    position = start
    while position < end:
        key, position = _varint(content, position, end)
        low, position = _skip(content, key & 7, position, end)
        if key & 7 == 2:
            yield key >> 3, low, position


def _skip(content: bytes, wire: int, position: int, end: int) -> tuple[int, int]:
    """Start and end of a field's content."""
    size = {1: 8, 5: 4}.get(wire)
    if wire == 0:
        _, after = _varint(content, position, end)
        return position, after
    if wire == 2:
        size, position = _varint(content, position, end)
    if size is None or position + size > end:
        raise ValueError("not protobuf")
    return position, position + size


def _varint(content: bytes, position: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while position < end and shift < 64:
        byte = content[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("not protobuf")


def _tflite(content: bytes) -> list[Span]:
    model = _Table(content, struct.unpack_from("<I", content, 0)[0])
    types: dict[int, int] = {}
    for subgraph in model.tables(2):
        for tensor in subgraph.tables(0):
            types.setdefault(tensor.number(2, "<I"), tensor.number(1, "<b"))
    spans = []
    for index, buffer in enumerate(model.tables(4)):
        what = _TFLITE_TYPES.get(types.get(index, -1))
        inline = buffer.vector(0)
        outside = (buffer.number(1, "<Q"), buffer.number(2, "<Q"))
        start, size = inline if inline is not None else outside
        span = _span(start, size, what)
        if span is not None:
            spans.append(span)
    return spans


class _Table:
    """A flatbuffers table: fields found through its vtable, every read inside the file or a struct.error."""

    def __init__(self, content: bytes, position: int) -> None:
        self._content, self._position = content, position
        vtable = position - struct.unpack_from("<i", content, position)[0]
        if vtable < 0:
            raise ValueError("not flatbuffers")
        size = struct.unpack_from("<H", content, vtable)[0]
        self._offsets = struct.unpack_from(f"<{max(0, size // 2 - 2)}H", content, vtable + 4)

    def _field(self, index: int) -> int | None:
        offset = self._offsets[index] if index < len(self._offsets) else 0
        return self._position + offset if offset else None

    def number(self, index: int, form: str) -> int:
        """A scalar field; 0 where it is not there."""
        place = self._field(index)
        return 0 if place is None else int(struct.unpack_from(form, self._content, place)[0])

    def vector(self, index: int) -> tuple[int, int] | None:
        """Start and length of a vector field."""
        place = self._field(index)
        if place is None:
            return None
        start = place + struct.unpack_from("<I", self._content, place)[0]
        return start + 4, struct.unpack_from("<I", self._content, start)[0]

    def tables(self, index: int) -> Iterator[_Table]:
        """The tables of a vector field."""
        start, count = self.vector(index) or (0, 0)
        if count > _MAX_SPANS:
            raise ValueError("too many tables")
        for place in range(start, start + 4 * count, 4):
            yield _Table(self._content, place + struct.unpack_from("<I", self._content, place)[0])

"""Frames on the wire: ``kind`` (1 byte: J or C), ``length`` (4 bytes, big endian), payload.

``J`` carries one strict JSON object, ``C`` a raw chunk of a blob. Both are capped, so that neither side can make the
other hold unbounded memory. The codec reads from and writes to plain binary file objects.
"""

import json
import struct
from typing import Any, BinaryIO, Callable, Dict, List, Tuple

from .errors import ContractError

JSON_KIND = b"J"
CHUNK_KIND = b"C"
MAX_JSON_BYTES = 1 << 20
MAX_CHUNK_BYTES = 1 << 20
MAX_DEPTH = 12
MAX_INT = (1 << 63) - 1
HEADER = struct.Struct(">cI")

Json = Dict[str, Any]


def _reject_constant(text: str) -> None:
    raise ContractError("JSON holds " + text + ", which is not a number of the contract")


def _no_duplicates(pairs: List[Tuple[str, Any]]) -> Json:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ContractError("JSON object names a key twice")
    return result


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise ContractError("JSON is nested deeper than %d" % MAX_DEPTH)
    if isinstance(value, dict):
        for item in value.values():
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > MAX_INT:
        raise ContractError("JSON holds an integer beyond 64 bits")
    elif isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        raise ContractError("JSON holds a number that is not finite")


def loads(payload: bytes) -> Json:
    """Decode one strict JSON object: UTF-8, no NaN, no duplicate keys, bounded depth and integers.

    Raises:
        ContractError: the payload breaks one of these rules.
    """
    if len(payload) > MAX_JSON_BYTES:
        raise ContractError("JSON of %d bytes exceeds the cap of %d" % (len(payload), MAX_JSON_BYTES))
    try:
        value = json.loads(payload.decode("utf-8"), parse_constant=_reject_constant, object_pairs_hook=_no_duplicates)
    except ContractError:
        raise
    except (ValueError, RecursionError) as error:
        raise ContractError("frame is not JSON: %s" % str(error)[:200]) from None
    if not isinstance(value, dict):
        raise ContractError("frame holds a %s where an object is expected" % type(value).__name__)
    _check(value, 0)
    return value


def dumps(message: Json) -> bytes:
    """Encode one object compactly; raises ContractError when it cannot be sent."""
    try:
        payload = json.dumps(message, allow_nan=False, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except (TypeError, ValueError) as error:
        raise ContractError("message cannot be encoded: %s" % error) from None
    if len(payload) > MAX_JSON_BYTES:
        raise ContractError("message of %d bytes exceeds the cap of %d" % (len(payload), MAX_JSON_BYTES))
    return payload


def write_json(stream: BinaryIO, message: Json) -> None:
    """Write one JSON frame and flush."""
    payload = dumps(message)
    stream.write(HEADER.pack(JSON_KIND, len(payload)) + payload)
    stream.flush()


def chunk_header(length: int) -> bytes:
    """Header of a chunk frame of ``length`` bytes."""
    if not 0 < length <= MAX_CHUNK_BYTES:
        raise ContractError("chunk of %d bytes is outside 1..%d" % (length, MAX_CHUNK_BYTES))
    return HEADER.pack(CHUNK_KIND, length)


def write_chunk(stream: BinaryIO, data: bytes) -> None:
    """Write one chunk frame; the caller flushes after the last one."""
    stream.write(chunk_header(len(data)))
    stream.write(data)


def read_exactly(read: Callable[[int], bytes], count: int) -> bytes:
    """Collect ``count`` bytes from ``read``; EOFError when the stream ends inside them."""
    parts = []
    while count:
        part = read(count)
        if not part:
            raise EOFError("the stream ended inside a frame")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_frame(read: Callable[[int], bytes]) -> Tuple[bytes, bytes]:
    """Read one frame: ``(JSON_KIND | CHUNK_KIND, payload)``.

    Args:
        read: returns at most n bytes, b"" at the end of the stream.

    Raises:
        EOFError: the stream ended (cleanly before a header, or inside a frame).
        ContractError: unknown kind or a length above the cap; the stream is out of step and must be closed.
    """
    kind, length = HEADER.unpack(read_exactly(read, HEADER.size))
    cap = {JSON_KIND: MAX_JSON_BYTES, CHUNK_KIND: MAX_CHUNK_BYTES}.get(kind)
    if cap is None:
        raise ContractError("unknown kind of frame: 0x%02x" % kind[0])
    if length > cap:
        raise ContractError("frame announces %d bytes, the cap is %d" % (length, cap))
    return kind, read_exactly(read, length)


def read_json(read: Callable[[int], bytes]) -> Json:
    """Read one frame that must be JSON."""
    kind, payload = read_frame(read)
    if kind != JSON_KIND:
        raise ContractError("a chunk came where a message was expected")
    return loads(payload)

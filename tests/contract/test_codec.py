"""Frames: whatever bytes come, the answer is a frame or one of two errors, in bounded memory."""

import contextlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device_agent.contract import codec
from device_agent.contract.errors import ContractError

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(
    SCALARS | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
MESSAGES = st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=12), VALUES, max_size=5)


def trickle(data: bytes, step: int):
    """A stream that gives at most ``step`` bytes at a time, as pipes do."""
    stream = io.BytesIO(data)
    return lambda count: stream.read(min(count, step))


@given(st.lists(MESSAGES | st.binary(min_size=1, max_size=300), max_size=6), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_that_what_is_written_is_read_back_however_it_is_cut(items: list, step: int):
    stream = io.BytesIO()
    for item in items:
        (codec.write_chunk if isinstance(item, bytes) else codec.write_json)(stream, item)
    read = trickle(stream.getvalue(), step)
    for item in items:
        if isinstance(item, bytes):
            assert codec.read_frame(read) == (codec.CHUNK_KIND, item)
        else:
            assert codec.read_json(read) == item
    with pytest.raises(EOFError):
        codec.read_frame(read)


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_that_any_bytes_give_a_frame_or_one_of_two_errors(data: bytes):
    read = trickle(data, 64)
    try:
        while True:
            kind, payload = codec.read_frame(read)
            assert kind in (codec.JSON_KIND, codec.CHUNK_KIND)
            if kind == codec.JSON_KIND:
                assert isinstance(codec.loads(payload), dict)
    except (EOFError, ContractError):
        pass


@given(MESSAGES, st.data())
@settings(max_examples=80, deadline=None)
def test_that_a_flipped_byte_never_gives_anything_but_an_object_or_an_error(message: dict, data):
    stream = io.BytesIO()
    codec.write_json(stream, message)
    changed = bytearray(stream.getvalue())
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(EOFError, ContractError):
        assert isinstance(codec.read_json(trickle(bytes(changed), 50)), dict)


@pytest.mark.parametrize("kind", [codec.JSON_KIND, codec.CHUNK_KIND])
def test_that_a_frame_above_the_cap_is_refused_before_it_is_read(kind: bytes):
    asked = []

    def read(count: int) -> bytes:
        asked.append(count)
        return codec.HEADER.pack(kind, 0xFFFFFFFF)[:count]

    with pytest.raises(ContractError, match="4294967295"):
        codec.read_frame(read)
    assert sum(asked) == codec.HEADER.size


@pytest.mark.parametrize(
    "text",
    [
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": -Infinity}',
        '{"a": 1e999}',
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        '{"a": 9223372036854775808}',
        '{"a": ' + "[" * 13 + "]" * 13 + "}",
        '{"a": ' + "[" * 100_000 + "]" * 100_000 + "}",
        "[]",
        '"text"',
        "",
        "{",
        "{'a': 1}",
    ],
)
def test_that_json_outside_the_rules_is_refused(text: str):
    with pytest.raises(ContractError):
        codec.loads(text.encode())


def test_that_text_that_is_not_utf8_is_refused():
    with pytest.raises(ContractError):
        codec.loads(b'{"a": "\xff"}')


def test_that_what_cannot_be_read_is_not_written():
    for message in ({"a": float("nan")}, {"a": object()}, {"a": "x" * codec.MAX_JSON_BYTES}):
        with pytest.raises(ContractError):
            codec.dumps(message)
    for length in (0, codec.MAX_CHUNK_BYTES + 1):
        with pytest.raises(ContractError):
            codec.chunk_header(length)


def test_that_the_frame_is_what_the_contract_says():
    stream = io.BytesIO()
    codec.write_json(stream, {"id": "1", "op": "ping"})
    payload = b'{"id":"1","op":"ping"}'
    assert stream.getvalue() == b"J" + len(payload).to_bytes(4, "big") + payload
    assert json.loads(payload) == {"id": "1", "op": "ping"}

"""A model that came packed is restored by a limited child; what is foreign, damaged or too large ends there."""

import hashlib

import pytest

from device_agent.contract.errors import AgentError
from device_agent.contract.packed import HEADER, MAGIC, VERSION
from engine.model.packed import pack
from engine.model.samples import sample
from engine.records import Format

from .session import Agent, sha256

CONTENT = sample("fashion-mobilenet").onnx_int8.read_bytes()
PACKED = pack(CONTENT, Format.ONNX)


def unpack(agent: Agent, packed: str, content: bytes = CONTENT) -> dict:
    return agent.request("blob.unpack", {"packed": packed, "sha256": sha256(content), "size": len(content)})


def blobs(agent: Agent) -> set[str]:
    return {path.name for path in (agent.home / "blobs").iterdir()}


def test_that_the_restored_blob_is_the_original_and_the_packed_one_is_gone(agent: Agent):
    packed = agent.put(PACKED)
    assert unpack(agent, packed) == {"bytes": len(CONTENT)}
    assert (agent.home / "blobs" / sha256(CONTENT)).read_bytes() == CONTENT
    assert blobs(agent) == {sha256(CONTENT)}
    assert list((agent.home / "staging").iterdir()) == []


def test_that_an_order_that_was_lost_on_its_way_back_can_be_repeated(agent: Agent):
    unpack(agent, agent.put(PACKED))
    assert unpack(agent, agent.put(PACKED)) == {"bytes": len(CONTENT)}
    assert blobs(agent) == {sha256(CONTENT)}


@pytest.mark.parametrize(
    ("packed", "code"),
    [
        (b"no container", "not-packed"),
        (PACKED[:-1], "packed-damaged"),
        (PACKED[:200] + bytes([PACKED[200] ^ 1]) + PACKED[201:], "packed-damaged"),
        (HEADER.pack(MAGIC, VERSION, bytes(32), 3 << 30) + bytes(64), "packed-version"),
        (HEADER.pack(MAGIC, 99, hashlib.sha256(CONTENT).digest(), len(CONTENT)), "packed-version"),
        (pack(CONTENT[:-1], Format.ONNX), "hash-wrong"),
    ],
    ids=["text", "cut", "changed", "3 GB announced", "unknown version", "other content"],
)
def test_that_what_does_not_restore_the_announced_content_is_refused_and_leaves_no_blob(agent: Agent, packed, code):
    name = agent.put(packed)
    with pytest.raises(AgentError) as refused:
        unpack(agent, name)
    assert refused.value.code == code
    assert sha256(CONTENT) not in blobs(agent)
    assert not list((agent.home / "staging").glob("*.unpacked"))
    assert agent.request("ping")


def test_that_a_packed_blob_that_is_not_there_is_named(agent: Agent):
    with pytest.raises(AgentError, match="not on the board"):
        unpack(agent, sha256(PACKED))

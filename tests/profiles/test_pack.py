"""Signed profile packs: what was signed comes back, what was changed does not."""

import hashlib
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.package.keys import verify
from profiles.errors import ProfileError
from profiles.pack import open_pack, to_pack
from profiles.reading import Origin

from ..engine.report.sample import report
from .test_stale import row

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
ID = hashlib.sha256(PUBLIC).hexdigest()[:16]
ROWS = [row(0), row(1, origin=Origin.SIMULATED)]


def packed(version=None):
    text = to_pack(ROWS, report().comparisons[:1], ID, PUBLIC, lambda content: KEY.sign(content).hex())
    return text.encode() if version is None else text.replace('"version": 1', f'"version": {version}').encode()


def opened(content, trusted=True):
    return open_pack(content, lambda key, named: PUBLIC if trusted and key == ID else None, verify)


def test_that_a_pack_brings_back_what_was_put_in():
    found = opened(packed())
    assert list(found.readings) == ROWS
    assert found.comparisons == report().comparisons[:1]
    assert found.readings[1].origin is Origin.SIMULATED
    assert found.key == ID


def test_that_every_changed_figure_is_noticed():
    document = json.loads(packed())
    document["readings"][0]["latency_ms"]["p50"] /= 2
    with pytest.raises(ProfileError, match="changed after it was signed"):
        opened(json.dumps(document).encode())
    document = json.loads(packed())
    document["readings"][1]["origin"] = "measured"
    with pytest.raises(ProfileError, match="changed after it was signed"):
        opened(json.dumps(document).encode())


def test_that_an_unknown_key_is_refused_with_the_way_to_trust_it():
    with pytest.raises(ProfileError) as caught:
        opened(packed(), trusted=False)
    assert caught.value.code == "pack-not-trusted"
    assert f"--accept-key {ID}" in caught.value.remedy


def test_that_another_key_under_the_same_id_is_refused():
    other = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()
    document = json.loads(packed())
    document["public"] = other.hex()
    with pytest.raises(ProfileError):
        opened(json.dumps(document).encode())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": "other"}', b"[" * 100_000, b"\xff\xfe"])
def test_that_what_is_no_pack_is_a_clear_error(content):
    with pytest.raises(ProfileError) as caught:
        opened(content)
    assert caught.value.code == "pack-damaged"


def test_that_a_newer_pack_asks_for_an_update():
    with pytest.raises(ProfileError, match="version 2"):
        opened(packed(2))

"""Signed profile packs: what was signed comes back, what was changed does not."""

import hashlib
import json
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.package.keys import verify
from engine.verbs.profiling import ProfileRow
from engine.verbs.sheet import newest_fact
from profiles import pack
from profiles.errors import ProfileError
from profiles.pack import open_pack, to_pack
from profiles.reading import Origin
from profiles.sheet import data_sheet
from profiles.store import ProfileStore, canonical

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


def test_that_half_a_character_or_no_number_in_a_pack_is_a_clear_error():
    for told in (b'"\\ud800"', b"NaN", b"1e999"):
        with pytest.raises(ProfileError) as caught:
            opened(packed().replace(b'"kernel": "', b'"more": ' + told + b', "kernel": "', 1))
        assert caught.value.code == "pack-damaged"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"format": "other"}', b"[" * 100_000, b"\xff\xfe"])
def test_that_what_is_no_pack_is_a_clear_error(content):
    with pytest.raises(ProfileError) as caught:
        opened(content)
    assert caught.value.code == "pack-damaged"


def test_that_a_newer_pack_asks_for_an_update():
    with pytest.raises(ProfileError, match="version 2"):
        opened(packed(2))


def test_that_a_pack_that_could_not_be_taken_over_is_not_made(monkeypatch):
    assert opened(packed())
    monkeypatch.setattr(pack, "MAX_BYTES", len(packed()) - 1)
    with pytest.raises(ProfileError, match="2 readings are too many for one pack") as caught:
        packed()
    assert "--board" in caught.value.remedy


def signed(change):
    """A pack that its owner signed after ``change`` was made to it."""
    document = json.loads(packed())
    del document["signature"]
    change(document)
    body = canonical(document).encode(errors="surrogatepass")
    return json.dumps({**document, "signature": KEY.sign(body).hex()}).encode()


ENERGY = {
    "total": {"value": 2.0, "ci95": [1.9, 2.1]}, "dynamic": {"value": 1.0, "ci95": [0.9, 1.1]},
    "scope": "module", "sensor": "power:ina3221/VDD_IN", "quality": "measured",
}  # fmt: skip
MALFORMED = [
    ("energy_mj", "much"),
    ("energy_mj", {**ENERGY, "total": {"value": 2.0}}),
    ("energy_mj", {**ENERGY, "dynamic": {"value": "1", "ci95": [0, 1]}}),
    ("energy_mj", {**ENERGY, "total": {"value": 2.0, "ci95": [3.0, 1.0]}}),
    ("trust", {"grade": "high", "checks": [1]}),
    ("sustained", {"steady": "yes"}),
    ("operators", [{"name": "a"}]),
    ("measured_at", "2026-11-01T00:00:00"),
    ("measured_at", "yesterday"),
    ("threads", "4"),
    ("threads", True),
    ("board", "b" * 81),
    ("model", "a\u0000b"),
    ("model", "\u001b[2J"),
    ("latency_ms", {"p50": 1.0}),
    ("isa", "neon"),
    ("options", {"a": 1}),
    ("reasons", [1]),
    ("origin", "believed"),
    ("scenario", None),
]


@pytest.mark.parametrize(("field", "value"), MALFORMED, ids=[f"{i}-{name}" for i, (name, _) in enumerate(MALFORMED)])
def test_that_a_signed_pack_with_a_malformed_field_is_refused_by_its_name(field, value):
    with pytest.raises(ProfileError) as caught:
        opened(signed(lambda document: document["readings"][1].update({field: value})))
    assert caught.value.code == "pack-damaged"
    assert ("readings[1]: " + field) in caught.value.message or field == "origin"


def test_that_a_latency_of_nothing_or_not_finite_is_refused():
    for value in (0, -1.0, True, None, 1e300):
        with pytest.raises(ProfileError, match=r"readings\[0\]: latency_ms"):
            opened(signed(lambda document, v=value: document["readings"][0]["latency_ms"].update(p50=v)))


def test_that_a_whole_energy_passes():
    found = opened(signed(lambda document: document["readings"][0].update(energy_mj=ENERGY)))
    assert found.readings[0].energy_mj == ENERGY


def test_that_mutated_packs_are_refused_or_can_be_stored_and_shown(tmp_path):
    """Two hundred seeded mutations of signed documents: whatever is let in comes out of a store and its data sheet."""
    draw, let_in, refused = random.Random(6), 0, set()
    with ProfileStore.open(tmp_path / "profiles.sqlite") as store:
        for _ in range(200):
            try:
                pack = opened(signed(lambda document: mutate(document, draw)))
            except ProfileError as error:
                refused.add(error.code)
                continue
            let_in += 1
            store.add_many([(item, None) for item in pack.readings], pack.comparisons)
            data_sheet("loopback", pack.readings).to_json()
            for item in pack.readings:
                facts = [
                    newest_fact([item], lambda r, n=name: getattr(r, n), ()) for name in ("sustained", "energy_mj")
                ]
                row = ProfileRow(item, 1, (), *facts)
                json.dumps([row.cells(), row.details(), row.to_json()], allow_nan=False)
        assert store.check() == ()
    assert refused == {"pack-damaged"}
    assert 10 <= let_in <= 150  # the control: some mutations are harmless, most are not


STRANGE = (None, True, 0, -1, 10**400, 1e300, "", "x" * 5000, "\ud800", [], {}, [[]], {"a": {}}, [1, 2], "2026", -0.0)


def mutate(document, draw):
    """Put something strange in one place of the document, anywhere below its readings and comparisons, or leave it out."""
    document["readings"][0].update(energy_mj=json.loads(json.dumps(ENERGY)))
    place = document[draw.choice(("readings", "readings", "comparisons"))]
    while True:
        key = draw.choice(list(place) if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or draw.random() < 0.2:
            break
        place = inner
    if draw.random() < 0.2:
        del place[key]
    else:
        place[key] = draw.choice(STRANGE)

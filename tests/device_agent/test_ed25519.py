"""The verifier without packages, compared with OpenSSL through ``cryptography`` case by case."""

import time
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from device_agent import ed25519
from device_agent.ed25519 import ORDER, P, verify


def openssl(key: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


RFC_8032 = [  # section 7.1: TEST 1, 2, 3 and SHA(abc); TEST 1024 is a line of sign.input
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
        "2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17a"
        "d9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_that_the_vectors_of_the_rfc_verify_and_their_changes_do_not(key: str, message: str, signature: str):
    public, text, signed = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    assert openssl(public, text, signed), "the vector itself"
    assert verify(public, text, signed)
    for place in (0, 31, 32, 63):
        changed = bytearray(signed)
        changed[place] ^= 1
        assert not verify(public, text, bytes(changed))
    assert not verify(public, text + b"x", signed)


def test_that_the_vectors_of_the_original_authors_verify():
    """Every eighth line of sign.input; the last line has a message of a kilobyte."""
    import cryptography_vectors

    folder = Path(cryptography_vectors.__file__).parent / "asymmetric" / "Ed25519"
    lines = (folder / "sign.input").read_text().splitlines()
    assert len(lines) == 1024
    for line in lines[::8] + lines[-1:]:
        _, key, message, signed, _ = line.split(":")
        public, text, signature = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signed)[:64]
        assert verify(public, text, signature), line[:80]
        assert not verify(public, text + b"!", signature), line[:80]


def encode(x: int, y: int) -> bytes:
    return (y | (x & 1) << 255).to_bytes(32, "little")


def small_order_points() -> list[tuple[int, int]]:
    """All eight points whose order divides 8, from one of order 8 found by search."""
    for seed in range(1, 100):
        y = seed
        point = ed25519._decode(y.to_bytes(32, "little"))
        if point is None:
            continue
        torsion = ed25519._multiply(ORDER, point)
        points = [ed25519._multiply(i, torsion) for i in range(8)]
        affine = {_affine(item) for item in points}
        if len(affine) == 8:
            return sorted(affine)
    raise AssertionError("no point of order 8 found")


def _affine(point: tuple[int, int, int, int]) -> tuple[int, int]:
    inverse = pow(point[2], P - 2, P)
    return point[0] * inverse % P, point[1] * inverse % P


def not_canonical() -> list[bytes]:
    """Encodings of y with p added, and of x = 0 with its sign set."""
    raised = [(y + P).to_bytes(32, "little") for y in range(19)]
    signed = [(y + P | 1 << 255).to_bytes(32, "little") for y in range(19)]
    return [*raised, *signed, (1 | 1 << 255).to_bytes(32, "little"), (P - 1 | 1 << 255).to_bytes(32, "little")]


KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
SIGNED = KEY.sign(b"order")


def test_that_a_scalar_at_or_above_the_group_order_is_refused_as_by_openssl():
    scalar = int.from_bytes(SIGNED[32:], "little")
    for raised in [scalar + n * ORDER for n in range(1, 16) if scalar + n * ORDER < 1 << 256]:
        forged = SIGNED[:32] + raised.to_bytes(32, "little")
        assert verify(PUBLIC, b"order", forged) is openssl(PUBLIC, b"order", forged) is False
    for scalar in (ORDER - 1, ORDER, ORDER + 1, (1 << 255) - 1, (1 << 256) - 1, 0):
        forged = SIGNED[:32] + scalar.to_bytes(32, "little")
        assert verify(PUBLIC, b"order", forged) is openssl(PUBLIC, b"order", forged)


def test_that_a_commitment_that_is_not_canonical_is_refused_as_by_openssl():
    for encoded in not_canonical():
        forged = encoded + SIGNED[32:]
        assert verify(PUBLIC, b"order", forged) is openssl(PUBLIC, b"order", forged) is False


def test_that_the_eight_small_order_points_are_what_they_should_be():
    points = small_order_points()
    assert len(points) == 8
    assert (0, 1) in points
    assert (0, P - 1) in points


def test_that_keys_of_small_order_are_refused_although_openssl_takes_some():
    """Under such a key anyone can sign: with S = 0 and R = the identity the equation holds for one message in eight.

    Here the two verifiers may differ, on purpose; no honest key is of small order.
    """
    taken_by_openssl = 0
    for x, y in small_order_points():
        key = encode(x, y)
        for commitment in small_order_points():
            forged = encode(*commitment) + bytes(32)
            for number in range(4):
                message = b"forged %d" % number
                assert not verify(key, message, forged)
                taken_by_openssl += openssl(key, message, forged)
    assert taken_by_openssl > 0, "the cases must be forgeries that a plain verifier lets through"


def test_that_commitments_of_small_order_are_judged_as_by_openssl():
    for x, y in small_order_points():
        for scalar in (0, 1, int.from_bytes(SIGNED[32:], "little")):
            forged = encode(x, y) + scalar.to_bytes(32, "little")
            assert verify(PUBLIC, b"order", forged) is openssl(PUBLIC, b"order", forged)


def test_that_a_key_with_a_small_order_part_is_judged_as_by_openssl():
    """The equation without cofactor: adding a point of order 8 to R or A must break a signature."""
    for x, y in small_order_points()[:4]:
        torsion = (x, y, 1, x * y % P)
        for encoded in (PUBLIC, SIGNED[:32]):
            point = ed25519._decode(encoded)
            assert point is not None
            mixed = encode(*_affine(ed25519._add(point, torsion)))
            key, signature = (mixed, SIGNED) if encoded == PUBLIC else (PUBLIC, mixed + SIGNED[32:])
            assert verify(key, b"order", signature) is openssl(key, b"order", signature)


def test_that_keys_off_the_curve_or_not_canonical_are_refused():
    off = [bytes([n]) + bytes(31) for n in range(2, 40) if ed25519._decode(bytes([n]) + bytes(31)) is None]
    assert len(off) > 5
    for key in [*off, *not_canonical()]:
        assert not verify(key, b"order", SIGNED)
    for key in off:
        assert not openssl(key, b"order", SIGNED)


@pytest.mark.parametrize("length", [0, 31, 33, 63, 65, 128])
def test_that_other_lengths_are_refused(length: int):
    assert not verify(PUBLIC, b"order", bytes(length))
    assert not verify(bytes(length), b"order", SIGNED)


def test_that_random_changes_are_judged_as_by_openssl():
    import random

    dice = random.Random(8032)
    for number in range(60):
        key = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        message, public = dice.randbytes(number), key.public_key().public_bytes_raw()
        signature = bytearray(key.sign(message))
        assert verify(public, message, bytes(signature))
        signature[dice.randrange(64)] ^= 1 << dice.randrange(8)
        assert verify(public, message, bytes(signature)) is openssl(public, message, bytes(signature))


def test_that_one_verification_is_quick():
    best = min(_timed() for _ in range(5))
    assert best < 0.05, f"{best * 1000:.1f} ms"


def _timed() -> float:
    start = time.perf_counter()
    assert verify(PUBLIC, b"order", SIGNED)
    return time.perf_counter() - start

"""Profile packs: readings and comparisons as one signed JSON document, to pass on what a board was measured to do.

The signature (ed25519) is over the canonical JSON of everything but itself. A pack is data: nothing of it is run, a database
file is never taken over. Raw samples stay at home; their hashes travel. What was simulated stays simulated.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .errors import ProfileError
from .reading import Comparison, Reading
from .store import canonical
from .wellformed import comparison_fault, reading_fault

FORMAT = "flyweight-profile-pack"
VERSION = 1
MAX_BYTES = 256 << 20
EXPORT = "ask for one again; it is written by: flyweight profile export FILE.pack"


@dataclass(frozen=True)
class Pack:
    """An opened pack; ``key`` is the id of the key that signed it."""

    key: str
    made_at: str
    readings: tuple[Reading, ...]
    comparisons: tuple[Comparison, ...]


def to_pack(
    readings: Sequence[Reading],
    comparisons: Sequence[Comparison],
    key: str,
    public: bytes,
    sign: Callable[[bytes], str],
) -> str:
    """The text of a pack.

    Args:
        readings, comparisons: what it holds.
        key: id of the signing key.
        public: raw public key, 32 bytes; lets a reader check what it then decides to trust.
        sign: signature in hex of some bytes.

    Raises:
        ProfileError: it would be larger than what :func:`open_pack` takes.
    """
    body = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "key": key,
        "public": public.hex(),
        "readings": [item.to_json() for item in readings],
        "comparisons": [item.to_json() for item in comparisons],
    }
    signature = sign(canonical(body).encode())
    text = json.dumps({**body, "signature": signature}, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if len(text.encode()) > MAX_BYTES:
        raise _too_large(f"{len(readings):,} readings are too many for one pack")
    return text


def open_pack(
    content: bytes, public_of: Callable[[str, bytes], bytes | None], verify: Callable[[bytes, bytes, str], bool]
) -> Pack:
    """A pack whose signature fits a key that is trusted.

    Args:
        content: of the file.
        public_of: the trusted public key for an id and the public key the pack names; None refuses it.
        verify: ``(public, content, signature)``.

    Raises:
        ProfileError: no pack, a newer one, not trusted, or changed since it was signed.
    """
    body = _parsed(content)
    signature = body.pop("signature", "")
    if body["version"] > VERSION:
        raise ProfileError(
            "pack-newer", f"the pack has version {body['version']}, this program knows {VERSION}", "update Flyweight"
        )
    try:
        key, named = str(body["key"])[:64], bytes.fromhex(str(body["public"]))
    except ValueError:
        raise _damaged("its key is no key") from None
    public = public_of(key, named)
    if public is None:
        raise ProfileError(
            "pack-not-trusted",
            f"the pack is signed by the unknown key {key}",
            f"if you know where it comes from: flyweight profile import FILE --accept-key {key}",
        )
    try:
        content = canonical(body).encode()
    except (ValueError, RecursionError):  # half of a character, a number that is none, lists within lists
        raise _damaged("it holds text or numbers that are none") from None
    if not verify(public, content, str(signature)):
        raise _damaged("its signature does not fit: it was changed after it was signed")
    for name, fault in (("readings", reading_fault), ("comparisons", comparison_fault)):
        if not isinstance(body[name], list):
            raise _damaged(f"{name} are no list")
        for place, item in enumerate(body[name]):
            found = fault(item)
            if found is not None:
                raise _damaged(f"{name}[{place}]: {found}")
    try:
        readings = tuple(Reading.from_json(item) for item in body["readings"])
        comparisons = tuple(Comparison.from_json(item) for item in body["comparisons"])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _damaged(f"a row cannot be read ({type(error).__name__})") from None
    return Pack(key, str(body["made_at"])[:40], readings, comparisons)


def _parsed(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_BYTES:
        raise _too_large(f"it has more than the {MAX_BYTES >> 20} MiB of a profile pack")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise _damaged("it is no JSON document", EXPORT) from None
    wanted = {"format", "version", "key", "public", "readings", "comparisons", "made_at"}
    if (
        not isinstance(body, dict)
        or not wanted <= set(body)
        or body["format"] != FORMAT
        or type(body["version"]) is not int
    ):
        raise _damaged("it is no profile pack", EXPORT)
    return body


def _damaged(reason: str, remedy: str = "ask for it again") -> ProfileError:
    return ProfileError("pack-damaged", f"the profile pack cannot be used: {reason}", remedy)


def _too_large(message: str) -> ProfileError:
    return ProfileError(
        "pack-too-large", message, "one board at a time: flyweight profile export FILE.pack --board BOARD"
    )

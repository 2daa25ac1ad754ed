"""Changed bytes and the attacks The Update Framework names, against the real agent."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device_agent.contract.errors import AgentError
from device_agent.contract.manifest import BundleFile, parse, to_bytes
from tests.device_agent.session import KEY_ID, Agent, Made, bundle, classifier, order, sha256

STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(200, 232)))


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ (1 << place % 8)]) + content[place + 1 :]


def stage_raw(agent: Agent, manifest: bytes, signature: str) -> str:
    """What the board says to a manifest: ``verified``, ``rejected`` or the code of its refusal."""
    request = {"manifest": agent.put(manifest), "signature": signature, "key": KEY_ID, "timeout_s": 30.0}
    try:
        return str(agent.request("bundle.stage", request)["state"])
    except AgentError as error:
        return error.code


def flip_manifest(agent: Agent, made: Made, places: Iterator[int]) -> dict[str, int]:
    """Answers to manifests with one byte changed, under the signature of the true one."""
    seen: dict[str, int] = {}
    for place in places:
        answer = stage_raw(agent, flipped(made.manifest, place), made.signature)
        seen[answer] = seen.get(answer, 0) + 1
    return seen


def flip_signature(agent: Agent, made: Made, places: Iterator[int]) -> dict[str, int]:
    """The same with one byte of the signature changed."""
    seen: dict[str, int] = {}
    for place in places:
        signature = flipped(bytes.fromhex(made.signature), place).hex()
        answer = stage_raw(agent, made.manifest, signature)
        seen[answer] = seen.get(answer, 0) + 1
    return seen


def flip_files(agent: Agent, made: Made) -> dict[str, int]:
    """Bytes of blobs on the board changed before the bundle is staged."""
    seen: dict[str, int] = {}
    for content in made.files.values():
        blob = agent.home / "blobs" / sha256(content)
        for place in {0, len(content) // 2, len(content) - 1}:
            for item in made.files.values():
                agent.put(item)
            blob.write_bytes(flipped(content, place))
            answer = stage_raw(agent, made.manifest, made.signature)
            seen[answer] = seen.get(answer, 0) + 1
    return seen


def attacks(agent: Agent, good: Made, newer: Made) -> dict[str, str]:
    """Each attack by name with the board's answer; every one must be a refusal.

    Args:
        agent: on a board that runs ``newer`` as release 2 after ``good`` as release 1.
        good: the release before.
        newer: the release that runs.
    """
    device = agent.hello["device_id"]

    def ordered(slots: dict[str, str], counter: int, **more: object) -> str:
        request = order(device, slots, counter)
        request.update({key: str(value) for key, value in more.items()})
        return _answer(lambda: agent.request("slot.activate", request))

    def staged(made: Made, signature: str | None = None, key: str = KEY_ID) -> str:
        for content in made.files.values():
            agent.put(content)
        request = {"manifest": agent.put(made.manifest), "signature": signature or made.signature, "key": key}
        return _answer(lambda: agent.request("bundle.stage", {**request, "timeout_s": 30.0}))

    mixed = parse(good.manifest)
    other = parse(newer.manifest)
    wrong_files = [other.file(item.name) if item.name == "golden.npz" else item for item in mixed.files]
    mixed_bytes = to_bytes(replace(mixed, files=wrong_files))
    endless = replace(mixed, files=[BundleFile("x", "0" * 64, 1 << 50, "model"), *mixed.files])
    many = replace(mixed, files=[BundleFile(f"f{n}", "0" * 64, 1, "model") for n in range(300)])
    foreign = order("another-board", {"main": good.id}, 9)
    replayed = order(device, {"main": good.id}, 1)
    text = json.dumps({"schema": 1, "device": device, "counter": 9, "slots": {"main": good.id}})
    stranger = {"order": text, "signature": STRANGER.sign(text.encode()).hex(), "key": KEY_ID}
    upload = {"sha256": sha256(b"small"), "size": 1 << 60}
    return {
        "arbitrary software": staged(good, STRANGER.sign(good.manifest).hex()),
        "unknown key": staged(good, STRANGER.sign(good.manifest).hex(), sha256(b"nobody")[:16]),
        "rollback": ordered({"main": good.id}, 1),
        "replay": _answer(lambda: agent.request("slot.activate", replayed)),
        "fast-forward beyond the counter's range": ordered({"main": good.id}, 1 << 70),
        "freeze by the same number": ordered({"main": good.id}, 2),
        "mix and match": stage_raw(agent, mixed_bytes, good.signature),
        "wrong software: a trial as a release": _trial(agent, device),
        "wrong device": _answer(lambda: agent.request("slot.activate", foreign)),
        "endless data: a file without end": staged(replace(good, manifest=to_bytes(endless))),
        "endless data: an upload without end": _answer(lambda: agent.request("blob.open", upload)),
        "extraneous files": staged(replace(good, manifest=to_bytes(many))),
        "order of a stranger": _answer(lambda: agent.request("slot.activate", stranger)),
        "unsigned": staged(good, "00" * 64),
    }


def _trial(agent: Agent, device: str) -> str:
    made = bundle(classifier(seed=5), name="timed", purpose="trial")
    agent.stage(made)
    return _answer(lambda: agent.request("slot.activate", order(device, {"main": made.id}, 9)))


def _answer(act: Callable[[], object]) -> str:
    try:
        return f"accepted: {act()}"[:200]
    except AgentError as error:
        return error.code


def board_with_two_releases(agent: Agent) -> tuple[Made, Made]:
    """A board that runs the second of two releases."""
    good, newer = bundle(), bundle(classifier(seed=1), name="newer")
    for counter, made in enumerate((good, newer), start=1):
        assert agent.stage(made)["state"] == "verified"
        agent.activate({"main": made.id}, counter)
    return good, newer


def runs(home: Path) -> str:
    return (home / "slots/main/current").resolve().name

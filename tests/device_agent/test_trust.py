"""Which keys a board trusts: added and revoked by order of a trusted key, and never brought back."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from device_agent.contract.errors import AgentError

from .session import KEY, KEY_ID, Agent, Made, sha256, trust

NEW = Ed25519PrivateKey.from_private_bytes(bytes(range(100, 132)))
NEW_HEX = NEW.public_key().public_bytes_raw().hex()
NEW_ID = sha256(bytes.fromhex(NEW_HEX))[:16]


def change(agent: Agent, key: Ed25519PrivateKey = KEY, key_id: str = KEY_ID, **fields: Any) -> list[str]:
    value = {"schema": 1, "kind": "keys", "device": agent.hello["device_id"], "add": [], "revoke": [], **fields}
    text = json.dumps(value)
    request = {"order": text, "signature": key.sign(text.encode()).hex(), "key": key_id}
    return agent.request("keys.change", request)["keys"]


def test_that_a_key_is_replaced_by_order_of_the_old_one(agent: Agent, pyz: Path, tiny: Made):
    assert change(agent, add=[NEW_HEX]) == sorted([KEY_ID, NEW_ID])
    assert change(agent, NEW, NEW_ID, revoke=[KEY_ID]) == [NEW_ID]
    with pytest.raises(AgentError) as caught:
        agent.stage(tiny)
    assert caught.value.code == "key-revoked"
    trust(agent.home)
    with Agent(pyz, agent.home) as again:
        assert again.hello["keys"] == [NEW_ID], "an enrolment does not bring a revoked key back"
        with pytest.raises(AgentError) as caught:
            change(again, NEW, NEW_ID, add=[KEY.public_key().public_bytes_raw().hex()])
        assert caught.value.code == "key-revoked"


def test_that_the_last_key_stays(agent: Agent):
    with pytest.raises(AgentError, match="1 to 32 keys"):
        change(agent, revoke=[KEY_ID])
    assert change(agent) == [KEY_ID]


def test_that_a_stranger_or_another_board_changes_nothing(agent: Agent):
    for arguments, code in (
        ({"key": NEW}, "signature-wrong"),
        ({"key": NEW, "key_id": NEW_ID}, "key-unknown"),
        ({"device": "another"}, "other-device"),
        ({"kind": "slots"}, "bad-order"),
        ({"add": ["zz" * 32]}, "bad-order"),
        ({"revoke": ["../../x"]}, "bad-order"),
        ({"add": NEW_HEX}, "bad-order"),
    ):
        with pytest.raises(AgentError) as caught:
            change(agent, **{"add": [NEW_HEX], **arguments})  # type: ignore[arg-type]
        assert caught.value.code == code
    assert change(agent) == [KEY_ID]


def test_that_an_order_for_keys_is_no_order_for_slots_and_the_other_way_round(agent: Agent):
    text = json.dumps({"schema": 1, "kind": "keys", "device": agent.hello["device_id"], "add": [NEW_HEX]})
    request = {"order": text, "signature": KEY.sign(text.encode()).hex(), "key": KEY_ID}
    with pytest.raises(AgentError, match="form"):
        agent.request("slot.activate", request)
    text = json.dumps({"schema": 1, "device": agent.hello["device_id"], "counter": 1, "slots": {"main": "0" * 64}})
    request = {"order": text, "signature": KEY.sign(text.encode()).hex(), "key": KEY_ID}
    with pytest.raises(AgentError, match="does not change keys"):
        agent.request("keys.change", request)

"""Replacing the desktop's signing key on boards, and what it opens before and after."""

from dataclasses import replace

import pytest

from device_agent.contract.errors import AgentError
from engine.deploy import release
from engine.deploy.inventory import Inventory
from engine.deploy.trusted_keys import KeyChange
from engine.package.keys import signing_key, trusted_keys

from .boards import Board

pytestmark = pytest.mark.device


def test_that_a_key_is_replaced_everywhere_or_nowhere(board: Board, bundles):
    release.deploy(bundles["float"], "board")
    release.deploy(bundles["int8"], "board")
    old = signing_key()
    inventory = Inventory.load()
    inventory.put(replace(inventory.get("board"), name="dark", port=1))
    boards, errors = KeyChange(("board", "dark")).rotate()
    assert set(errors) == {"dark"}
    assert len(boards["board"]) == 2
    assert signing_key().id == old.id, "a board that is off would be lost"
    inventory.remove("dark")
    boards, errors = KeyChange(("board",)).rotate()
    assert errors == {}
    assert boards == {"board": (signing_key().id,)}
    assert signing_key().id != old.id
    assert old.id in trusted_keys(), "bundles of the old key can still be opened here"
    assert release.rollback("board").bundle == bundles["float"].sha256
    with pytest.raises(AgentError) as caught:
        release.deploy(bundles["int8"], "board", slot="other")
    assert caught.value.code == "key-revoked"


def test_that_a_listing_changes_nothing(board: Board):
    assert KeyChange(("board",)).apply() == ({"board": (signing_key().id,)}, {})

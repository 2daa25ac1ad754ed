"""One desktop at a time from the first byte to the commit; the other one is told who, and can end it by force."""

import getpass
import json
import socket

import pytest

from device_agent.contract.errors import AgentError
from engine.cli.main import main
from engine.deploy import release
from engine.deploy.connect import connect
from engine.verbs import device_unlock

pytestmark = pytest.mark.device


@pytest.fixture
def held(home):
    """The loopback board while this user deploys to it from somewhere else."""
    with connect("loopback") as client:
        client.alone = None
        with client.lease("a deploy of tiny"):
            yield client


def test_that_a_deploy_to_a_board_another_desktop_has_says_who_and_how_to_end_it(held, bundles):
    with pytest.raises(AgentError) as caught:
        release.deploy(bundles["int8"], "loopback")
    assert caught.value.code == "busy"
    who = f"{getpass.getuser()}@{socket.gethostname()}"
    assert caught.value.message.startswith(f"{who} has this board for a deploy of tiny since ")
    assert caught.value.remedy.endswith("flyweight device unlock loopback")


def test_that_unlocking_asks_shows_who_and_then_frees_the_board(held, bundles, capsys):
    asked = []
    for looked in (
        device_unlock("loopback", dry_run=True),
        device_unlock("loopback", confirm=lambda found: bool(asked.append(found))),
    ):
        assert looked.claim is not None
        assert (looked.claim.what, looked.freed) == ("a deploy of tiny", False)
        assert 0 < looked.claim.left_s <= 60
    assert len(asked) == 1
    assert main(["device", "unlock", "loopback", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["freed"] is True
    assert release.deploy(bundles["int8"], "loopback").state == "committed"
    with pytest.raises(AgentError) as caught:
        held.put_blob(b"more", "0" * 64)
    assert caught.value.code == "lease-lost"
    assert main(["device", "unlock", "loopback", "--dry-run"]) == 0
    assert capsys.readouterr().out == "nobody holds loopback\n"


def test_that_unlocking_without_a_terminal_has_to_be_confirmed(home):
    assert main(["device", "unlock", "loopback"]) == 2


def test_that_another_command_of_this_desktop_is_told_that_there_is_one(home, bundles):
    with connect("loopback") as client, client.lease("a deploy of tiny"):
        with pytest.raises(AgentError, match="another command of this desktop") as caught:
            release.deploy(bundles["int8"], "loopback")
        assert caught.value.code == "busy"

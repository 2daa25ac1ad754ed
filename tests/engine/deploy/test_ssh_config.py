"""What is taken from ~/.ssh/config, and that a bad one is a warning."""

from pathlib import Path

import pytest

from engine.deploy.ssh_config import HostSettings, host_settings
from engine.events import Log, ignore


@pytest.fixture
def config(home: Path):
    (home / ".ssh").mkdir(mode=0o700)
    return home / ".ssh" / "config"


def test_that_without_a_file_a_host_is_its_own_name():
    assert host_settings("pi", ignore) == HostSettings("pi")


def test_that_an_alias_gives_host_port_user_key_and_jumps(config: Path):
    config.write_text(
        "Host pi\n  HostName 10.0.0.7\n  Port 2222\n  User me\n  IdentityFile /k\n  IdentitiesOnly yes\n"
        "  ProxyJump a@one:22, two\n"
    )
    assert host_settings("pi", ignore) == HostSettings("10.0.0.7", 2222, "me", ("/k",), True, ("a@one:22", "two"))
    assert host_settings("other", ignore) == HostSettings("other")


@pytest.mark.parametrize("content", [b"Host *\n  Port twenty-two\n", b"\xff\xfe\x00", b"Match\n", b'Host "\n'])
def test_that_a_broken_file_never_stops_anybody(config: Path, content: bytes):
    config.write_bytes(content)
    said: list[Log] = []
    assert host_settings("pi", said.append) == HostSettings("pi")
    assert [event.level for event in said] == ["warning"]


def test_that_a_proxy_command_that_is_not_used_is_said(config: Path):
    config.write_text("Host pi\n  ProxyCommand nc %h %p\n")
    said: list[Log] = []
    host_settings("pi", said.append)
    assert "ProxyCommand" in said[0].message

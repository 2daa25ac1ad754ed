"""The store's own promises that need no agent around it."""

import hashlib
from pathlib import Path

import pytest

from device_agent import hashing, store
from device_agent.contract.errors import AgentError
from device_agent.store import Store


@pytest.fixture
def board(disk: Path) -> Store:
    return Store(str(disk / "home"))


def test_that_the_store_is_private(board: Store):
    assert Path(board.home).stat().st_mode & 0o077 == 0


def test_that_a_serial_number_names_the_board_and_zeros_do_not(board: Store):
    assert board.device_id("10000000abcdef01") == ("10000000abcdef01", "serial")
    made = board.device_id("0000000000000000")
    assert made[1] == "random"
    assert board.device_id(None) == made


def test_that_an_upload_that_does_not_fit_on_the_disk_is_refused_first(board: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(store, "free_bytes", lambda folder: 164_000_000)
    assert board.open_blob("0" * 64, 90_000_000) == (0, False)
    with pytest.raises(AgentError, match="164 MB free") as caught:
        board.open_blob("0" * 64, 100_000_000)
    assert caught.value.code == "no-space"


def test_that_a_part_longer_than_the_blob_is_thrown_away(board: Store):
    Path(board.path("staging", "0" * 64 + ".part")).write_bytes(b"x" * 100)
    assert board.open_blob("0" * 64, 50) == (0, False)


def test_that_keys_must_be_named_by_their_hash(board: Store):
    key = bytes(range(32))
    name = hashlib.sha256(key).hexdigest()[:16]
    for file, text in {
        f"{name}.pub": key.hex(),
        "0123456789abcdef.pub": key.hex(),
        "short.pub": "00",
        "binary.pub": "\x00",
        "notes.txt": key.hex(),
    }.items():
        Path(board.path("keys", file)).write_text(text)
    assert board.keys() == {name: key}


def test_that_the_lock_is_for_one(board: Store):
    board.lock()
    with pytest.raises(AgentError, match="another desktop"):
        Store(board.home).lock()
    board.unlock()
    other = Store(board.home)
    other.lock()
    other.unlock()


@pytest.mark.parametrize("size", [0, 1, 1000, hashing.LARGE_BYTES + 1])
def test_that_both_kinds_of_hashing_agree(size: int, disk: Path):
    content = bytes(size)
    (disk / "f").write_bytes(content)
    expected = hashlib.sha256(content).hexdigest()
    assert hashing.sha256_hex(content) == hashing.file_sha256(str(disk / "f")) == expected
    assert hashing.sha512(content) == hashlib.sha512(content).digest()

"""The signing key on disk, and signatures against another implementation."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from device_agent import ed25519
from engine.errors import WorkspaceError
from engine.package.keys import FILE, key_id, signing_key, trusted_keys, verify


def test_that_the_key_is_made_once_and_private_to_the_user(tmp_path):
    first = signing_key(tmp_path / "keys")
    assert signing_key(tmp_path / "keys") == first
    assert stat.S_IMODE((tmp_path / "keys" / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [FILE]
    assert first.id == key_id(first.public)
    assert len(first.id) == 16


def test_that_the_default_place_is_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    signing_key()
    assert (tmp_path / "flyweight" / "keys" / FILE).is_file()


def test_that_many_first_uses_at_once_agree_on_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: signing_key(tmp_path / "keys").id, range(16)))
    assert len(set(found)) == 1


def test_that_two_processes_agree_on_one_key(tmp_path):
    program = (
        "import sys, pathlib; from engine.package.keys import signing_key as k; print(k(pathlib.Path(sys.argv[1])).id)"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "keys")]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    answers = {child.communicate(timeout=60)[0] for child in children}
    assert len(answers) == 1
    assert answers != {b""}


def test_that_a_key_others_can_read_is_refused_with_the_line_that_helps(tmp_path):
    signing_key(tmp_path)
    (tmp_path / FILE).chmod(0o644)
    with pytest.raises(WorkspaceError, match="0644") as caught:
        signing_key(tmp_path)
    assert "chmod 600" in caught.value.remedy


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_that_a_damaged_key_is_not_replaced_in_silence(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(WorkspaceError, match="no ed25519 key"):
        signing_key(tmp_path)
    assert (tmp_path / FILE).read_bytes() == content


def test_that_a_key_behind_a_link_is_refused(tmp_path):
    signing_key(tmp_path / "real")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / FILE).symlink_to(tmp_path / "real" / FILE)
    with pytest.raises(OSError, match=FILE):
        signing_key(tmp_path / "linked")


def test_that_the_agent_and_the_desktop_agree_on_signatures(tmp_path):
    key = signing_key(tmp_path)
    for content in (b"", b"a", bytes(1000)):
        signature = key.sign(content)
        assert verify(key.public, content, signature)
        assert ed25519.verify(key.public, content, bytes.fromhex(signature))
        assert not verify(key.public, content + b"x", signature)
        assert not ed25519.verify(key.public, content + b"x", bytes.fromhex(signature))


@pytest.mark.parametrize("signature", ["", "zz", "00" * 64, "00" * 63, "é"])
def test_that_what_is_no_signature_does_not_verify(tmp_path, signature):
    assert not verify(signing_key(tmp_path).public, b"a", signature)


def test_that_public_keys_beside_the_own_one_are_trusted(tmp_path):
    own, other = signing_key(tmp_path / "a"), signing_key(tmp_path / "b")
    (tmp_path / "a" / "colleague.pub").write_text(other.public.hex() + "\n")
    (tmp_path / "a" / "broken.pub").write_text("no key")
    assert trusted_keys(tmp_path / "a") == {own.id: own.public, other.id: other.public}


def test_that_the_private_part_never_shows_in_messages(tmp_path):
    assert "_private" not in repr(signing_key(tmp_path))

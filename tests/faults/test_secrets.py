"""Passphrases and private keys appear nowhere but where the user keeps them: not in logs, answers, files or arguments."""

import io
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import psutil
import pytest

from engine.cli.console import report
from engine.deploy import release
from engine.deploy.enrol import add_device
from engine.errors import AuthenticationError
from engine.package.keys import signing_key
from tests.engine.deploy.boards import Board, keygen
from tests.engine.deploy.conftest import bundles, same_key, signing, sshd

__all__ = ["bundles", "same_key", "signing", "sshd"]

CANARY = "c4n4ry-passphrase-7731"
ROOT = Path(__file__).parents[2]


def holders(folders: list[Path], secrets: list[bytes], allowed: set[Path]) -> list[Path]:
    """Files that hold one of the secrets and should not."""
    found = []
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and path.resolve() not in allowed:
                content = path.read_bytes()
                found += [path for secret in secrets if secret in content]
    return found


@pytest.mark.device
def test_that_no_secret_is_written_anywhere(sshd: Board, bundles, home: Path, tmp_path: Path):
    identity = tmp_path / "encrypted"
    keygen(identity, passphrase=CANARY)
    allowed_keys = sshd.folder / "authorized_keys"
    before = allowed_keys.read_text()
    allowed_keys.write_text(before + identity.with_suffix(".pub").read_text())
    said, arguments = io.StringIO(), set[str]()

    def emit(event) -> None:
        said.write(str(event.to_json()))
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it ended while it was looked at
                arguments.update(process.cmdline())

    try:
        with redirect_stdout(said), redirect_stderr(said):
            with pytest.raises(AuthenticationError) as caught:
                add_device("x", sshd.address, identity=identity, accept_fingerprint=sshd.fingerprint, emit=emit,
                           ask_passphrase=lambda path: CANARY + "-wrong")  # fmt: skip
            report(caught.value, True)
            report(RuntimeError("a fault of the program"), False)
            add_device("x", sshd.address, identity=identity, accept_fingerprint=sshd.fingerprint, python=sys.executable,
                       ask_passphrase=lambda path: CANARY, emit=emit)  # fmt: skip
            with pytest.raises(AuthenticationError) as caught:
                release.deploy(bundles["int8"], "x", emit=emit)  # nobody is there to ask
            report(caught.value, True)
    finally:
        allowed_keys.write_text(before)
    body = b"".join(identity.read_bytes().splitlines()[1:-1])[40:120]
    own = signing_key()
    raw = own._private.private_bytes_raw()
    secrets = [CANARY.encode(), body, raw, raw.hex().encode()]
    allowed = {identity.resolve()}
    assert holders([home, tmp_path, sshd.home], secrets, allowed) == []
    for secret in (CANARY, raw.hex()):
        assert secret not in said.getvalue()
        assert not [text for text in arguments if secret in text]
    assert (home / ".local/share/flyweight/devices.json").exists()
    assert len(said.getvalue()) > 100
    (tmp_path / "leak").write_text(f"passphrase={CANARY}")
    assert holders([tmp_path], secrets, allowed) == [tmp_path / "leak"], "the control: a leak is found"


def test_that_the_tree_holds_no_policy_that_trusts_strangers_and_no_shell_strings():
    names = subprocess.run(["git", "ls-files", "-z", "*.py"], cwd=ROOT, capture_output=True, check=True).stdout
    forbidden = re.compile(
        "Auto" + "AddPolicy|Warning" + "Policy|shell" + r"\s*=\s*True|os\." + "system|pickle" + r"\.load"
    )
    bad = []
    for name in names.decode().split("\0"):
        if name.startswith(("engine/", "device_agent/", "profiles/", "gui/")):
            bad += [name] if forbidden.search((ROOT / name).read_text()) else []
    assert bad == []

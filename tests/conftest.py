"""Every test has a home of its own: nothing is read from or written to the user's folders."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home with XDG folders inside it; the current folder is a fresh one too."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    for name, sub in (("DATA", ".local/share"), ("CACHE", ".cache"), ("CONFIG", ".config"), ("STATE", ".local/state")):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / sub))
    for name in ("FLYWEIGHT_PROJECT", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)
    return folder

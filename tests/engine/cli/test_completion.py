"""Tab on a real terminal: each shell sets itself up as users do, then keys are typed in a fresh one."""

import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.cli import completion
from engine.cli.main import main

ROOT = Path(__file__).parents[3]
PROMPT_S, ANSWER_S = 20.0, 30.0
IDENTIFY, ANSWER = b"\x1b[c", b"\x1b[?62c"
"""Newer versions of fish ask the terminal what it is, and wait."""


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command in a folder of its own, as in an environment that is not on the path."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("TERM", "xterm")
    path = tmp_path / "own tools" / "flyweight"
    path.parent.mkdir()
    path.write_text(f"#!{sys.executable}\nfrom engine.cli.entry import run\nrun()\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_that_tab_completes_a_technique_at_the_first_press(shell, program, monkeypatch):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    if shell == "fish":  # it completes only commands that it finds
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    done = subprocess.run(
        [shell, "-c", f"'{program}' --install-completion; true"], capture_output=True, text=True, timeout=60
    )
    assert f"Tab completes in every {shell}" in done.stdout, done.stderr
    assert "channel-pruning" in _typed([shell, "-i"], "flyweight techniques channel-p\t", "channel-pruning")


def test_that_setting_up_twice_leaves_the_start_file_with_one_line(program, home):
    (home / ".bashrc").write_text("alias ll='ls -l'")
    for _ in range(2):
        subprocess.run(["bash", "-c", f"'{program}' --install-completion; true"], check=True, timeout=60)
    first, second = (home / ".bashrc").read_text().splitlines()
    assert first == "alias ll='ls -l'"
    assert second.startswith("source ")


def test_that_a_shell_without_a_script_is_told_which_have_one(monkeypatch, capsys):
    monkeypatch.setattr(completion, "_parents", lambda: iter(("make", "sshd")))
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert main(["--show-completion"]) == 2
    assert "Tab completes in bash, zsh and fish, not in 'tcsh'" in capsys.readouterr().err


def test_that_a_home_that_cannot_be_written_is_told_what_to_do_by_hand(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr(completion, "_parents", lambda: iter(("bash",)))
    assert main(["--install-completion"]) == 1
    assert "flyweight --show-completion" in capsys.readouterr().err


def _typed(command: list[str], keys: str, wanted: str) -> str:
    """What the terminal of ``command`` shows after ``keys``, read until ``wanted`` is there."""
    process, terminal = pty.fork()
    if process == 0:
        os.execvp(command[0], command)
    try:
        _read(terminal, "#" if os.geteuid() == 0 else "$", PROMPT_S)
        os.write(terminal, keys.encode())
        return _read(terminal, wanted, ANSWER_S)
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


def _read(terminal: int, wanted: str, most_s: float) -> str:
    seen, end = b"", time.monotonic() + most_s
    while wanted not in seen.decode(errors="replace") and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            seen += (got := os.read(terminal, 65536))
            if IDENTIFY in got:
                os.write(terminal, ANSWER)
    return seen.decode(errors="replace")

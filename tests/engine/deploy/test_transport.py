"""The watchdog of waits that have no timeout of their own."""

import subprocess
import sys

import pytest

WHILE_THE_INTERPRETER_ENDS = """
import sys
from engine.deploy.transport import Deadline, Watchdog

class Session:
    def __del__(self, dog=Watchdog, deadline=Deadline, system=sys):
        print("finalizing:", system.is_finalizing(), flush=True)
        {before}
        with dog(None, deadline(60)):
            print("closed", flush=True)

kept = Session()
kept.itself = kept
"""
"""A session that nobody closed is closed by the interpreter's last collection, when no thread can begin any more."""


def ended(before: str, timeout_s: float) -> list[str]:
    command = [sys.executable, "-c", WHILE_THE_INTERPRETER_ENDS.format(before=before)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=True)
    return done.stdout.splitlines()


def test_that_a_watchdog_does_not_hold_up_an_interpreter_that_ends():
    assert ended("pass", 60) == ["finalizing: True", "closed"]
    with pytest.raises(subprocess.TimeoutExpired):  # the control: it starts its thread then, and waits for it for ever
        ended("system.is_finalizing = lambda: False", 3)

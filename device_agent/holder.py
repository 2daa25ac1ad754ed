"""Who holds the store's lock: the kernel knows, so that nothing has to be written down and nothing can be out of date."""

import os
import signal
import time
from typing import Callable, Dict, Optional, Tuple

from .board import read_text

END_S = 5.0
"""How long a process gets to end by itself: it puts back what it pinned."""

LOOK_S = 0.05


def describe(path: str, proc: str = "/proc") -> Tuple[str, str]:
    """Who holds the lock on a file and since when, and what ends it: a sentence each.

    Args:
        path: of the locked file.
        proc: where the kernel tells.
    """
    process = _holder(path, proc)
    if process is None:
        return "another desktop changes or measures this board right now", "try again in a moment"
    words = (read_text(proc, process, "cmdline") or "").split("\0")
    client = _environment(proc, process).get("SSH_CONNECTION", "").split(" ")[0]
    who = "a desktop at " + client if client else "a desktop"
    what = "a measurement of %s goes on without it" % who if "job" in words else who + " changes or measures this board"
    seconds = _seconds(proc, process)
    since = "" if seconds is None else ", its session began %d s ago" % seconds
    return (
        "%s right now (process %s%s)" % (what, process, since),
        "try again in a moment; it ends with its desktop's command. To end it by force, on the board: kill " + process,
    )


def who(path: str, proc: str = "/proc") -> Optional[str]:
    """The sentence about the process that has a file's lock; None when no agent has it."""
    return None if _holder(path, proc) is None else describe(path, proc)[0]


def end(path: str, check: Callable[[], None] = lambda: None, proc: str = "/proc", only: Optional[int] = None) -> None:
    """End the agent that has a file's lock, by force when it does not go by itself; it is safe at every moment.

    Args:
        path: of the locked file.
        check: called meanwhile; raises when it must stop.
        proc: where the kernel tells.
        only: end no other process than this one.
    """
    process = _holder(path, proc)
    if process is None or int(process) == os.getpid() or (only is not None and int(process) != only):
        return
    for number, seconds in ((signal.SIGTERM, END_S), (signal.SIGKILL, END_S)):
        try:
            os.kill(int(process), number)
        except ProcessLookupError:
            return
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if _holder(path, proc) != process:
                return
            check()
            time.sleep(LOOK_S)


def _holder(path: str, proc: str) -> Optional[str]:
    """Process that has the flock of a file, from lines like ``1: FLOCK  ADVISORY  WRITE 713 08:01:2621 0 EOF``."""
    try:
        inode = os.stat(path).st_ino
    except FileNotFoundError:
        return None
    for line in (read_text(proc, "locks") or "").splitlines():
        words = line.split()
        if len(words) == 8 and words[1] == "FLOCK" and words[5].rpartition(":")[2] == str(inode):
            # Another file system may have the same number; its holder is no agent.
            called = (read_text(proc, words[4], "cmdline") or "").split("\0")
            if words[4].isdigit() and {"serve", "gate", "job"} & set(called):
                return words[4]
    return None


def _environment(proc: str, process: str) -> Dict[str, str]:
    text = read_text(proc, process, "environ") or ""
    return dict(item.partition("=")[::2] for item in text.split("\0"))


def _seconds(proc: str, process: str) -> Optional[int]:
    """Age of a process by the clock that runs since the boot."""
    try:
        start = float((read_text(proc, process, "stat") or "").rpartition(")")[2].split()[19])
        return int(float((read_text(proc, "uptime") or "").split()[0]) - start / os.sysconf("SC_CLK_TCK"))
    except (IndexError, ValueError):
        return None

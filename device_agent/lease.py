"""A desktop's claim on the board over a whole deploy: upload, verify, switch, commit.

The store's lock covers one operation; between two of them another desktop could switch to something else. The file
``lease`` says whose the board is meanwhile. Its holder keeps the file locked, so a session that ends, however that happens,
or a board that starts anew, frees it at once. A session that lives and is silent (its link is dead, and nobody told it)
loses its claim to whoever comes once ``LEASE_S`` have passed since its last operation, by the clock that runs since the
boot: wall time plays no part; and at once to its own desktop when that comes again. Whoever takes over puts a file of its
own in place, by which the old holder learns of it.

Everything here but ``other``, ``ghost_of`` and ``drop`` is called with the store's lock held.
"""

import json
import os
import time
from typing import Any, Dict, Optional, Tuple

from .contract.errors import AgentError
from .store import Store

LEASE_S = 60.0
MAX_TEXT = 80
FILE_BYTES = 4096
"""Written at once and never grown: to renew it needs no space on a full disk."""


class Lease:
    """One session's view of the claim on a store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._path = store.path("lease")
        self._stream: Any = None
        self._words: Dict[str, Any] = {}

    def take(self, who: str, what: str, desktop: str = "") -> None:
        """Claim the board; the caller has looked that nobody else has.

        Args:
            who: told to other desktops, as ``user@host``.
            what: told to other desktops.
            desktop: names a desktop that has at most one session with a claim at a time: an earlier one is dead.
        """
        import fcntl

        fresh = self._path + ".new"
        stream = open(fresh, "wb", buffering=0)  # noqa: SIM115 - held open for as long as the claim is
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._words = {"who": who[:MAX_TEXT], "what": what[:MAX_TEXT], "desktop": desktop[:MAX_TEXT]}
            self._words.update(process=os.getpid(), since_s=time.monotonic())
            self._write(stream)
            os.replace(fresh, self._path)
        except BaseException:
            stream.close()
            raise
        self._stream = stream

    def _write(self, stream: Any) -> None:
        words = {**self._words, "until_s": time.monotonic() + LEASE_S}
        os.pwrite(stream.fileno(), json.dumps(words).encode("ascii").ljust(FILE_BYTES), 0)

    def renew(self) -> None:
        """Count the time from now again, if the claim is this session's."""
        if self._is_mine():
            self._write(self._stream)

    def drop(self) -> None:
        """Give the claim up, also one that was lost; whoever comes next removes the file."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def check(self) -> None:
        """AgentError when this session had a claim and has it no more."""
        if self._stream is not None and not self._is_mine():
            self.drop()
            raise AgentError(
                "lease-lost",
                "the board was taken from this desktop: it was silent for more than %d s, or somebody unlocked the board"
                % LEASE_S,
                "look at what runs there, then deploy again",
            )

    def end(self) -> None:
        """Take the claim from whoever has it."""
        if os.path.exists(self._path):
            os.unlink(self._path)

    def tidy(self) -> None:
        """Remove a claim that holds no more: a silent desktop that comes back learns that others were here meanwhile."""
        if not self._is_mine():
            self.end()

    def other(self) -> Optional[Dict[str, Any]]:
        """Another session's claim while it holds: ``who``, ``what``, ``held_s`` and ``left_s``; None = there is none."""
        words = self._others_words()
        now = time.monotonic()
        if words is None or now >= words["until_s"]:
            return None
        return {
            "who": words["who"],
            "what": words["what"],
            "held_s": now - words["since_s"],
            "left_s": words["until_s"] - now,
        }

    def ghost_of(self, desktop: str) -> Optional[int]:
        """Process of an earlier session of a desktop that has its claim still; None = there is none."""
        words = self._others_words()
        return int(words["process"]) if words is not None and desktop and words["desktop"] == desktop else None

    def _others_words(self) -> Optional[Dict[str, Any]]:
        if self._is_mine():
            return None
        try:
            with open(self._path, "rb") as stream:
                if not _is_locked(stream):
                    return None
                words = json.loads(stream.read(FILE_BYTES).decode("ascii"))
            kinds = {"who": str, "what": str, "desktop": str, "process": int, "since_s": float, "until_s": float}
            return {name: kind(words[name]) for name, kind in kinds.items()}
        except (OSError, ValueError, KeyError, TypeError):
            return None  # it is not there; nobody but this module writes it

    def _is_mine(self) -> bool:
        if self._stream is None:
            return False
        try:
            there, mine = os.stat(self._path), os.fstat(self._stream.fileno())
        except FileNotFoundError:
            return False
        return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)


def describe(claim: Dict[str, Any]) -> Tuple[str, str]:
    """Who has the board, since when and until when, and what ends it: a sentence each."""
    return (
        "%s has this board for %s since %d s ago" % (claim["who"], claim["what"], claim["held_s"]),
        "wait until it is done; if nothing more comes from there the board is free in %d s" % (claim["left_s"] + 1),
    )


def _is_locked(stream: Any) -> bool:
    import fcntl

    try:
        fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False

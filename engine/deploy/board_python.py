"""Which Python of a board runs the agent, and how a constant program is run there.

Everything that runs on the board here is a constant of this file; what varies travels over stdin.
"""

import re
import shlex

from ..errors import RejectedError, UsageError
from .transport import Deadline, Transport, Watchdog

PYTHON_PATH = re.compile(r"^[A-Za-z0-9_./][A-Za-z0-9_.+/-]{0,199}\Z")
COMMAND_WORD = re.compile(r"^[A-Za-z0-9_.+/:=@,-]{1,200}\Z")
MAX_COMMAND_WORDS = 32
OLDEST, NEWEST = (3, 8), (3, 13)
MAX_ANSWER = 65536

PROBE = 'import sys,zlib,hashlib,json;print("FOUND",sys.version_info[0],sys.version_info[1],sys.executable)'

FIND_PYTHONS = "exec sh -c " + shlex.quote(
    f"probe='{PROBE}'; "
    "for p in python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python3 "
    "/usr/bin/python3 /usr/local/bin/python3 /opt/conda/bin/python3; "
    'do "$p" -I -S -c "$probe" </dev/null 2>/dev/null; done; true'
)
"""Prints ``FOUND major minor path`` for every Python 3 that starts and has what the agent needs."""


def check_python(text: str) -> str:
    """A path, or the words of a command that ends in an interpreter, as it may stand in a command; UsageError otherwise.

    No shell expands them: each is one plain word.
    """
    words = text.split(" ")
    fitting = PYTHON_PATH.match(words[0]) and all(COMMAND_WORD.match(word) for word in words[1:])
    if not fitting or len(words) > MAX_COMMAND_WORDS:
        raise UsageError(
            "bad-python",
            f"'{text[:100]}' is no path of an interpreter, and no command of plain words",
            "give a path such as /usr/bin/python3.11, or a command such as 'docker exec -i box python3'; put anything else into "
            "a script on the board and give its path",
        )
    return text


def newest_python(transport: Transport, timeout_s: float) -> str:
    """The newest Python 3.8-3.13 on the board.

    Raises:
        RejectedError: there is none; the remedy is the line to type there.
    """
    answer = run_constant(transport, FIND_PYTHONS, b"", timeout_s)
    found = sorted(
        {_python_line(line) for line in answer.splitlines() if line.startswith("FOUND ")} - {None}, reverse=True
    )  # type: ignore[type-var]
    fitting = [item for item in found if item is not None and OLDEST <= item[0] <= NEWEST]
    if fitting:
        return fitting[0][1]
    seen = ", ".join(f"{item[0][0]}.{item[0][1]}" for item in found if item is not None) or "none"
    raise RejectedError(
        "no-python",
        f"the agent runs on Python 3.8 to 3.13; this board has: {seen}",
        "on the board: sudo apt-get install -y python3.8   (or give another one: --python PATH)",
    )


def given_python(transport: Transport, python: str, timeout_s: float) -> str:
    """The interpreter that was asked for, once it has said on the board that it is one the agent runs on.

    Raises:
        UsageError: as :func:`check_python`. RejectedError: it is not there, or is no such Python.
    """
    check_python(python)
    answer = run_constant(transport, program(python, PROBE, site=False), b"", timeout_s)
    found = [_version(line) for line in answer.splitlines() if line.startswith("FOUND ")]
    if any(item is not None and OLDEST <= item <= NEWEST for item in found):
        return python
    said = [f"it is Python {item[0]}.{item[1]}" for item in found if item is not None]
    said = said or [words(line)[:120] for line in answer.strip().splitlines()[-1:]] or ["it says nothing"]
    raise RejectedError(
        "no-python",
        f"'{python[:100]}' is no Python 3.8 to 3.13 on the board: {said[0]}",
        "look there with: which -a python3; or leave --python out: the newest one that fits is taken",
    )


def _version(line: str) -> tuple[int, int] | None:
    parts = line.split(" ", 3)
    return (int(parts[1]), int(parts[2])) if len(parts) == 4 and parts[1].isdigit() and parts[2].isdigit() else None


def _python_line(line: str) -> tuple[tuple[int, int], str] | None:
    version, path = _version(line), line.split(" ", 3)[-1]
    return None if version is None or not PYTHON_PATH.match(path) else (version, path)


def run_constant(transport: Transport, command: str, stdin: bytes, timeout_s: float) -> str:
    """Run a constant command, feed it, and read its bounded answer."""
    deadline = Deadline(timeout_s)
    with Watchdog(transport, deadline):
        channel = transport.run(command, deadline)
        if stdin:
            channel.write(stdin, deadline)
        channel.finish_writing()
        answer = b""
        while len(answer) < MAX_ANSWER:
            data = channel.read(4096, deadline)
            if not data:
                break
            answer += data
        said = channel.stderr_tail
        channel.close()
    return answer.decode("utf-8", "replace") or said


def words(value: object) -> str:
    """Foreign text in one short line."""
    text = ", ".join(map(str, value[:8])) if isinstance(value, list) else value if isinstance(value, str) else ""
    return "".join(c for c in text if c.isprintable())[:120]


def program(python: str, source: str, *, site: bool = False) -> str:
    """A command in one line, because not every login shell takes several lines in quotes; ``site`` finds packages, too."""
    bare = "-I" if site else "-I -S"
    return f"{shlex.join(python.split())} {bare} -c {shlex.quote(f'exec({source!r})')}"

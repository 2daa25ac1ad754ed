"""How a command runs and prints: one JSON document or a readable page, progress on a terminal, errors with a remedy."""

import io
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import IO, TYPE_CHECKING, Any, Protocol, TypeVar, cast

from ..errors import Cancelled, FlyweightError, LimitError, UsageError, of_the_system
from ..events import Artifact, Cancel, Emit, Event, Log, Metric, Progress, Stage, warnings_told

if TYPE_CHECKING:
    from rich.console import Console

PLAIN_WIDTH = 120
LOG_EVERY_S = 30.0
D = TypeVar("D", bound="Document")


_kept: dict[str, IO[str]] = {}
"""Copies of the standard streams that only this module writes on; empty while people read (see below)."""


class Document(Protocol):
    """Anything a verb returns: it knows its JSON form."""

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""


def plain(text: object) -> str:
    """Text without control characters, so that foreign names cannot steer the terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def sure(question: str, yes: bool, as_json: bool) -> None:
    """Ask a person before what cannot be taken back, unless ``--yes`` was given.

    Raises:
        UsageError: there is nobody to ask.
        Cancelled: the answer was no.
    """
    if yes:
        return
    asked_on_a_terminal(as_json)
    import typer

    if not typer.confirm(question, default=False, err=True):
        raise Cancelled("nothing was changed", "give the command again when you are sure")


def asked_on_a_terminal(as_json: bool) -> None:
    """UsageError where nobody can be asked: a program that means it gives ``--yes``."""
    if as_json or not sys.stdin.isatty():
        raise UsageError("not-confirmed", "there is no terminal to ask on", "give --yes, or --dry-run to look first")


def keep_streams() -> None:
    """For ``--json`` and ``--jsonl``: from now on the standard streams carry what this module prints and nothing else.

    Libraries, native code and the user's own ``module:factory`` may print whatever they like: it goes to the terminal
    if there is one on stderr, else nowhere. Called once, by the process that was started for one command.
    """
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        terminal = os.isatty(2)
        _kept["stdout"] = os.fdopen(os.dup(1), "w", encoding="ascii")
        os.dup2(2 if terminal else nowhere, 1)
        if not terminal:
            _kept["stderr"] = os.fdopen(os.dup(2), "w", encoding="ascii")
            os.dup2(nowhere, 2)
    except OSError:  # a stream was closed by who started us
        return


def _stream(name: str) -> IO[str]:
    own: IO[str] = getattr(sys, name)
    return _kept.get(name, own)


def page() -> "Console":
    """The console that readable results are printed on (stdout); a letter that its encoding lacks becomes ``?``."""
    from rich.console import Console

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")

    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", PLAIN_WIDTH))
    return Console(width=width, markup=False, highlight=False, emoji=False)


def show(
    work: Callable[[Emit, Cancel], D],
    *,
    as_json: bool = False,
    jsonl: bool = False,
    quiet: bool = False,
    render: Callable[[D, "Console"], None] | None = None,
) -> D:
    """Run a verb and print what it returns.

    ``work`` gets an ``emit`` and a ``cancel``; SIGINT and SIGTERM ask it to stop at its next step, a second one stops
    at once. Errors pass through to :func:`report`; what was made or measured before a limit was missed is shown first.
    """
    cancel = Cancel()
    previous = {number: signal.signal(number, _stopper(cancel)) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        emit = _emitter(as_json, jsonl, quiet)
        with warnings_told(emit):
            result = work(emit, cancel)
        on_a_line_of_its_own()
    except SystemExit as error:
        raise FlyweightError(
            "foreign-exit",
            f"the code that was called ended the program (exit code {error.code})",
            "remove sys.exit() from what module:factory runs",
        ) from error
    except LimitError as error:
        if render is not None and error.result is not None and not (as_json or jsonl):
            on_a_line_of_its_own()
            render(cast("D", error.result), page())
        raise
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    if as_json:
        print_json(result.to_json())
    elif jsonl:
        _line({"event": "result", "result": result.to_json()})
    elif render is not None:
        render(result, page())
    return result


def _stopper(cancel: Cancel) -> Callable[[int, FrameType | None], None]:
    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.requested:
            raise KeyboardInterrupt
        cancel.set()
        if sys.stderr.isatty():
            print("\nstopping at the next step (press Ctrl-C again to stop at once) ...", file=sys.stderr)

    return stop


def print_json(document: dict[str, Any]) -> None:
    """One strict JSON document on stdout, in ASCII: foreign names cannot steer the terminal it may land on."""
    from ..worker import strict_json

    print(json.dumps(json.loads(strict_json(document)), indent=2), file=_stream("stdout"), flush=True)


def _line(value: dict[str, Any]) -> None:
    from ..worker import strict_json

    print(strict_json(value).decode(), file=_stream("stdout"), flush=True)


def _emitter(as_json: bool, jsonl: bool, quiet: bool) -> Emit:
    if jsonl:
        return lambda event: _line(event.to_json())
    if sys.stderr.isatty():
        return (lambda event: None) if quiet else _drawn.setdefault("line", ProgressLine())
    # Where a document goes to a program, stderr is for its error alone.
    return (lambda event: None) if quiet or as_json else ProgressLog()


class ProgressLine:
    """Progress on a terminal: one line that is rewritten, a new line per stage. Several threads may tell of theirs."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.RLock()
        self._stage = ""
        self._metric = ""
        self._open = False

    def __call__(self, event: Event) -> None:
        """Draw one event."""
        with self._one_at_a_time:
            self._show(event)

    def end(self) -> None:
        """Leave the line that is being rewritten, if there is one: what follows begins below it."""
        with self._one_at_a_time:
            self._close()

    def _show(self, event: Event) -> None:
        if isinstance(event, Stage):
            self._close()
            self._stage, self._metric = plain(f"{event.name} {event.detail}".strip()), ""
            self._draw(self._stage)
        elif isinstance(event, Progress):
            self._draw(f"{self._stage}  {_bar(event)}{self._metric}")
        elif isinstance(event, Metric):
            self._metric = f"  {plain(event.name)} {event.value:.4g}"
        elif isinstance(event, Log):
            self._close()
            sys.stderr.write(("warning: " if event.level == "warning" else "") + plain(event.message) + "\n")
        elif isinstance(event, Artifact) and event.path:
            self._close()
            sys.stderr.write(plain(f"{event.what}: {event.path}") + "\n")

    def _draw(self, text: str) -> None:
        width = os.get_terminal_size(sys.stderr.fileno()).columns if sys.stderr.isatty() else PLAIN_WIDTH
        sys.stderr.write("\r\x1b[2K" + text[: max(width - 1, 20)])
        sys.stderr.flush()
        self._open = True

    def _close(self) -> None:
        if self._open:
            sys.stderr.write("\n")
            sys.stderr.flush()
            self._open = False


_drawn: dict[str, ProgressLine] = {}
"""The line of this process's terminal."""


def on_a_line_of_its_own() -> None:
    """Before a question or a result: the progress that stands on the terminal keeps its line."""
    if line := _drawn.get("line"):
        line.end()


class ProgressLog:
    """Progress in a file or a pipe: a line per stage, how far it is twice a minute, warnings; nothing is rewritten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._start = clock, clock()
        self._stage = ""
        self._told = self._start

    def __call__(self, event: Event) -> None:
        """Write what is worth a line."""
        if isinstance(event, Stage):
            stage = f"{event.name} {event.detail}".strip()
            if stage != self._stage:
                self._stage = stage
                self._write(stage)
        elif isinstance(event, Progress) and event.total and self._clock() - self._told >= LOG_EVERY_S:
            eta = "" if event.eta_s is None else f", about {duration(event.eta_s)} left"
            self._write(f"{self._stage}: {min(event.done / event.total, 1):.0%}{eta}")
        elif isinstance(event, Log):
            self._write(("warning: " if event.level == "warning" else "") + event.message)
        elif isinstance(event, Artifact) and event.path:
            self._write(f"{event.what}: {event.path}")

    def _write(self, text: str) -> None:
        self._told = self._clock()
        minutes, seconds = divmod(int(self._told - self._start), 60)
        print(f"[{minutes}:{seconds:02d}] {plain(text)}", file=sys.stderr, flush=True)


def _bar(event: Progress) -> str:
    share = min(max(event.done / event.total, 0.0), 1.0) if event.total else 0.0
    filled = round(share * 24)
    eta = "" if event.eta_s is None else f"  about {duration(event.eta_s)} left"
    return "━" * filled + "╌" * (24 - filled) + f" {share:4.0%}{eta}"


def duration(seconds: float) -> str:
    """Seconds in words, rounded to what a person needs: ``40 s``, ``3 min``."""
    return f"{max(round(seconds), 1)} s" if seconds < 90 else f"{round(seconds / 60)} min"


def size(count: float) -> str:
    """Bytes as a report writes them: ``1.24 MB``."""
    from ..report import rows  # loads the profile's records, which no help text needs

    return rows.size(count)


def report(error: BaseException, as_json: bool) -> int:
    """Print an error on stderr; returns the exit code. Never a traceback: that goes to a file the message names."""
    if isinstance(error, KeyboardInterrupt):
        error = Cancelled()
    if not isinstance(error, FlyweightError):
        error = of_the_system(error) or _unexpected(error)
    if sys.stderr.isatty() and not as_json:
        sys.stderr.write("\r\x1b[2K")
    if as_json:
        fields = {"error": {k: plain(v) for k, v in error.to_json().items()}}
        print(json.dumps(fields), file=_stream("stderr"), flush=True)
    else:
        print(f"error: {plain(error.message)}\n  -> {plain(error.remedy)}", file=sys.stderr)
    return error.exit_code


def _unexpected(error: BaseException) -> FlyweightError:
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(error))
    try:
        from ..workspace import user_cache_dir

        folder: Path | None = user_cache_dir()
    except FlyweightError:
        folder = None
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="crash-", suffix=".txt", delete=False) as stream:
        stream.write(text)
    return FlyweightError(
        "internal",
        f"unexpected {type(error).__name__}: {str(error)[:300]}",
        f"this is a fault of Flyweight; please report it with the file {stream.name}",
    )

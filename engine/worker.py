"""Runs one verb in a process of its own and tells another program about it, as JSON lines.

    in    {"verb": "demo", "arguments": {"quick": true}}      first line
          {"control": "cancel"}                               any time later
          {"control": "finish"}                               stop improving, end with the best so far
    out   {"v": 1, "seq": 0, "t": ..., "event": "accepted", "verb": "demo", "pid": ...}
          the events of :mod:`engine.events`, ``heartbeat`` every two seconds, and one closing line;
          before a long result its long lists, in portions: {"event": "part", "name": ..., "items": [...]}
          {"event": "result", "result": ...} | {"event": "error", "error": {...}} | {"event": "cancelled", ...}

The end of stdin means that the parent is gone: the work is asked to stop and the process ends within two seconds, so
nothing is left behind. SIGTERM asks it to stop, too. Whatever libraries print goes to stderr: the lines travel on a
private copy of descriptor 1.
"""

import json
import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import is_dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any, Protocol, get_args

from .errors import Cancelled, FlyweightError, UsageError, of_the_system
from .events import Cancel, Event, Log, warnings_told

PROTOCOL_VERSION = 1
HEARTBEAT_S = 2.0
PARENT_GONE_S = 2.0
MAX_REQUEST_BYTES = 1 << 20
MAX_EVENT_BYTES = 1 << 16
MAX_RESULT_BYTES = 1 << 24
PART_BYTES = 1 << 16
"""A longer list of a result is sent in portions of about this size, so that no line keeps its reader long."""
MAX_MESSAGE_CHARACTERS = 4000
GONE_EXIT_CODE = 130


class Document(Protocol):
    """What a verb returns: it knows its JSON form."""

    def to_json(self) -> dict[str, Any]:
        """The document."""


Verb = Callable[..., Document]


class _Verbs(Mapping[str, Verb]):
    """The verbs by name; the module of a verb is loaded when it is asked for."""

    def __getitem__(self, name: str) -> Verb:
        from . import verbs

        if name not in verbs.VERBS:
            raise KeyError(name)
        found: Verb = getattr(verbs, name)
        return found

    def __iter__(self) -> Iterator[str]:
        from .verbs import VERBS

        return iter(VERBS)

    def __len__(self) -> int:
        from .verbs import VERBS

        return len(VERBS)


class _Channel:
    """Numbered lines out; one writer at a time; silent once the reader is gone or the closing line is written."""

    def __init__(self, stream: IO[bytes], cancel: Cancel) -> None:
        self._stream = stream
        self._cancel = cancel
        self._lock = threading.Lock()
        self._seq = 0
        self._open = True

    def send(self, event: str, fields: Mapping[str, Any], limit_bytes: int = MAX_EVENT_BYTES) -> bool:
        """Write one line; False when it would be longer than the limit."""
        with self._lock:
            return self._send(event, fields, limit_bytes)

    def close(self, event: str, fields: Mapping[str, Any], limit_bytes: int = MAX_EVENT_BYTES) -> bool:
        """Write the closing line; nothing follows it."""
        with self._lock:
            if not self._send(event, fields, limit_bytes):
                return False
            self._open = False
            return True

    def _send(self, event: str, fields: Mapping[str, Any], limit_bytes: int) -> bool:
        if not self._open:
            return True
        head = {"v": PROTOCOL_VERSION, "seq": self._seq, "t": time.time(), "event": event}
        line = strict_json({**fields, **head})
        if len(line) > limit_bytes:
            return False
        try:
            self._stream.write(line + b"\n")
            self._stream.flush()
        except (OSError, ValueError):  # the reader is gone: nobody waits for the result
            self._open = False
            self._cancel.set()
        self._seq += 1
        return True


def strict_json(value: Any) -> bytes:
    """One line of ASCII that every JSON reader takes: what JSON has no number for (NaN, infinity) becomes null."""
    try:
        return json.dumps(value, allow_nan=False, default=str).encode()
    except ValueError:
        return json.dumps(_finite(value), allow_nan=False, default=str).encode()


def _finite(value: Any) -> Any:
    """The same value with None for what JSON has no number for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def main() -> int:
    """Entry point of ``python -m engine.worker``: serves stdin and a private copy of stdout; returns the exit code."""
    channel = os.fdopen(os.dup(1), "wb", buffering=0)
    control = os.fdopen(os.dup(0), "rb", buffering=0)
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return serve(_Verbs(), control, channel)


def serve(verbs: Mapping[str, Verb], control: IO[bytes], channel: IO[bytes]) -> int:
    """Read one request, run its verb, write its events and its end.

    Args:
        verbs: name -> callable; a callable that names ``emit`` or ``cancel`` among its arguments gets them.
        control: requests, one JSON object a line; its end is taken for the end of the parent.
        channel: receives the lines.

    Returns:
        The exit code: 0 result, the error's own code, 130 cancelled.
    """
    cancel = Cancel()
    out = _Channel(channel, cancel)
    done = threading.Event()
    previous = _on_sigterm(cancel)
    try:
        name, arguments = _request(control.readline(MAX_REQUEST_BYTES))
        threading.Thread(target=_listen, args=(control, cancel, done), name="control", daemon=True).start()
        out.send("accepted", {"verb": name, "pid": os.getpid()})
        threading.Thread(target=_beat, args=(out, done), name="heartbeat", daemon=True).start()
        result = _run(verbs, name, arguments, out, cancel)
    except (Cancelled, KeyboardInterrupt) as error:
        stopped = error if isinstance(error, Cancelled) else Cancelled()
        out.close("cancelled", {"error": _bounded(stopped)})
        return stopped.exit_code
    except FlyweightError as error:
        out.close("error", {"error": _bounded(error)})
        return error.exit_code
    except (Exception, SystemExit) as error:
        out.close("error", {"error": _bounded(of_the_system(error) or _unexpected(error))})
        return 1
    else:
        if _tell(out, result):
            return 0
        too_large = FlyweightError(
            "result-too-large",
            f"the result of '{name}' is larger than {MAX_RESULT_BYTES >> 20} MiB",
            f"run it on the command line: flyweight {name.replace('_', ' ')} --json",
        )
        out.close("error", {"error": _bounded(too_large)})
        return too_large.exit_code
    finally:
        done.set()
        if previous is not None:
            signal.signal(signal.SIGTERM, previous)


def _tell(out: _Channel, result: Mapping[str, Any]) -> bool:
    """Write the result; False when it is too large."""
    whole = len(strict_json(result))
    if whole > MAX_RESULT_BYTES:
        return False
    rest = dict(result)
    for name, items in result.items() if whole > PART_BYTES else ():
        if isinstance(items, list) and (size := len(strict_json(items))) > PART_BYTES:
            many = max(1, len(items) * PART_BYTES // size)
            for start in range(0, len(items), many):
                out.send("part", {"name": name, "items": items[start : start + many]}, MAX_RESULT_BYTES)
            rest[name] = []
    return out.close("result", {"result": rest}, MAX_RESULT_BYTES)


def _on_sigterm(cancel: Cancel) -> Any:
    """SIGTERM asks the work to stop; the previous handler, or None outside the main thread."""
    if threading.current_thread() is not threading.main_thread():
        return None

    def stop(number: int, frame: FrameType | None) -> None:
        cancel.set()

    return signal.signal(signal.SIGTERM, stop)


def _request(line: bytes) -> tuple[str, dict[str, Any]]:
    try:
        request = json.loads(line)
        name, arguments = request["verb"], request.get("arguments", {})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _bad_request("the first line is no request") from None
    if not isinstance(name, str) or not isinstance(arguments, dict):
        raise _bad_request("'verb' must be a text and 'arguments' an object")
    return name, arguments


def _bad_request(message: str) -> UsageError:
    return UsageError("bad-request", message, 'write one line: {"verb": "demo", "arguments": {"quick": true}}')


def _listen(control: IO[bytes], cancel: Cancel, done: threading.Event) -> None:
    """Follow the parent's words; when they end, end."""
    while line := _line(control):
        try:
            wanted = json.loads(line).get("control")
        except (ValueError, AttributeError, RecursionError):
            continue
        if wanted == "cancel":
            cancel.set()
        elif wanted == "finish":
            cancel.finish()
    cancel.set()
    if not done.wait(PARENT_GONE_S):
        os._exit(GONE_EXIT_CODE)


def _line(control: IO[bytes]) -> bytes:
    try:
        return control.readline(MAX_REQUEST_BYTES)
    except (OSError, ValueError):
        return b""


def _beat(out: _Channel, done: threading.Event) -> None:
    while not done.wait(HEARTBEAT_S):
        out.send("heartbeat", {})


def _run(
    verbs: Mapping[str, Verb], name: str, arguments: Mapping[str, Any], out: _Channel, cancel: Cancel
) -> dict[str, Any]:
    if name not in verbs:
        raise UsageError("unknown-verb", f"there is no verb '{name}'", f"use one of: {', '.join(sorted(verbs))}")
    verb = verbs[name]
    emit = _emitter(out)
    with warnings_told(emit):
        return verb(**_checked(name, verb, arguments, emit, cancel)).to_json()


def _checked(
    name: str, verb: Verb, arguments: Mapping[str, Any], emit: Callable[[Event], None], cancel: Cancel
) -> dict[str, Any]:
    """The arguments of the call, with ``emit`` and ``cancel`` where the verb takes them."""
    import inspect

    signature = inspect.signature(verb)
    known = set(signature.parameters) - {"emit", "cancel"}
    if unknown := sorted(set(arguments) - known):
        raise UsageError(
            "unknown-argument",
            f"'{name}' has no argument {', '.join(map(repr, unknown))}",
            f"use: {', '.join(sorted(known)) or 'no arguments'}",
        )
    own = {"emit": emit, "cancel": cancel}
    arguments = {key: _typed(signature.parameters[key].annotation, value) for key, value in arguments.items()}
    call = {**arguments, **{key: value for key, value in own.items() if key in signature.parameters}}
    try:
        signature.bind(**call)
    except TypeError as error:
        raise UsageError("missing-argument", f"'{name}': {error}", f"see: flyweight {name} --help") from None
    return call


def _typed(annotation: Any, value: Any) -> Any:
    """JSON has neither paths nor records: a text becomes a path, an object a record, where the verb takes one."""
    wanted = set(get_args(annotation)) or {annotation}
    if isinstance(value, str) and Path in wanted and str not in wanted:
        return Path(value)
    record = next((kind for kind in wanted if is_dataclass(kind)), None)
    return value if record is None or not isinstance(value, dict) else _record(record, value)


def _record(kind: Any, value: Mapping[str, Any]) -> Any:
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(dict(value))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise UsageError(
            "bad-argument", f"{kind.__name__} {name}: {first['msg']}", "see what the verb takes: help(engine.verbs)"
        ) from None


def _emitter(out: _Channel) -> Callable[[Event], None]:
    def emit(event: Event) -> None:
        fields = event.to_json()
        if not out.send(event.kind, fields):
            left = f"an event of kind '{event.kind}' was longer than {MAX_EVENT_BYTES} bytes and left out"
            out.send("log", Log(left, "warning").to_json())

    return emit


def _bounded(error: FlyweightError) -> dict[str, str]:
    return {key: value[:MAX_MESSAGE_CHARACTERS] for key, value in error.to_json().items()}


def _unexpected(error: BaseException) -> FlyweightError:
    """A fault of ours: the trace goes to stderr, the reader gets one sentence."""
    import traceback

    traceback.print_exception(error, file=sys.stderr)
    return FlyweightError(
        "internal",
        f"unexpected {type(error).__name__}: {str(error)[:300]}",
        "this is a fault of Flyweight; please report it with the log",
    )


if __name__ == "__main__":
    sys.exit(main())

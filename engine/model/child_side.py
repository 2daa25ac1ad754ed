"""The child's half of :mod:`engine.model.child`: give up rights, run one function, report on a private descriptor.

Lines of JSON go to the report descriptor: ``{"stage", "within_s"}`` while it works, then one of ``{"result"}`` or
``{"error": {"class", "code", "message", "remedy"}}``. Started by the parent only, with the settings as its argument and
the payload on stdin.
"""

import importlib
import json
import os
import sys
from typing import Any

from . import isolation

REPORT_VARIABLE = "FLYWEIGHT_REPORT_FD"

_report_descriptor: int | None = None


def stage(name: str, within_s: float | None = None) -> None:
    """Tell the parent what begins now, and after how many seconds it should give up on it; no-op outside a child."""
    if _report_descriptor is not None:
        _send({"stage": name, "within_s": within_s})


def _send(value: dict[str, Any]) -> None:
    data = json.dumps(value, allow_nan=False).encode() + b"\n"
    while data and _report_descriptor is not None:
        data = data[os.write(_report_descriptor, data) :]


def main() -> None:
    """Entry of the child process."""
    global _report_descriptor
    settings = json.loads(sys.argv[1])
    isolation.die_with_parent(settings["parent"])
    _report_descriptor = int(settings["report_fd"])
    os.umask(0o077)
    if settings["isolate"]:
        isolation.give_up_network()
        isolation.give_up_writing(settings["writable"])
    isolation.limit_resources(settings["limits"])
    if settings["argv"]:
        os.environ[REPORT_VARIABLE] = str(_report_descriptor)
        os.set_inheritable(_report_descriptor, True)
        os.execvp(settings["argv"][0], settings["argv"])
    sys.exit(_run(settings["task"]))


def _run(task: str) -> int:
    try:
        payload = json.loads(sys.stdin.buffer.read())
        module, _, name = task.partition(":")
        function = getattr(importlib.import_module(module), name or "main")
        _send({"result": function(payload)})
    except MemoryError:
        _send(_error("ModelError", "out-of-memory", "it needs more memory than the limit allows", ""))
    except Exception as error:
        _send(_describe(error))
    sys.stdout.flush()
    os._exit(0)  # native libraries may hang or crash in their destructors; everything is reported


def _describe(error: Exception) -> dict[str, Any]:
    from ..errors import FlyweightError

    if isinstance(error, FlyweightError):
        return _error(type(error).__name__, error.code, error.message, error.remedy)
    text = f"{type(error).__name__}: {error}"
    if any(word in text for word in ("bad_alloc", "bad_array_new_length", "llocat", "MemoryError", "ENOMEM")):
        return _error("ModelError", "out-of-memory", "it needs more memory than the limit allows", "")
    return _error("ModelError", "unreadable", text[:2000], "")


def _error(kind: str, code: str, message: str, remedy: str) -> dict[str, Any]:
    return {"error": {"class": kind, "code": code, "message": message, "remedy": remedy}}

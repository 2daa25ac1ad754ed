"""Finds the adapters: the files beside this one, and the plug-ins a user put on this board."""

import importlib
import os
import pkgutil
import sys
from typing import Any, Dict, List, Sequence, Type

from ..contract.errors import AgentError
from ..contract.manifest import FORMAT
from ..contract.messages import NAME
from . import adapters as package
from .session import Session

Adapter = Type[Session]


def built_in() -> Dict[str, Adapter]:
    """The adapters that come with the agent, by id."""
    names = sorted(item.name for item in pkgutil.iter_modules(package.__path__))
    found = [getattr(importlib.import_module("." + name, package.__name__), "ADAPTER", None) for name in names]
    return {item.runtime: item for item in map(_checked, found)}


def plug_in(path: str) -> Adapter:
    """The adapter in a file.

    Raises:
        AgentError: it cannot be loaded, holds no adapter, or calls itself like one that comes with the agent.
    """
    from importlib.machinery import SourceFileLoader
    from importlib.util import module_from_spec, spec_from_loader

    name = "%s._plug_in_%d" % (package.__name__, len(sys.modules))
    loader = SourceFileLoader(name, path)
    spec = spec_from_loader(name, loader)
    wrote, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        module = module_from_spec(spec)  # type: ignore[arg-type]
        sys.modules[name] = module
        loader.exec_module(module)
    except Exception as error:
        text = "%s: %s" % (type(error).__name__, str(error)[:300])
        raise AgentError("adapter-broken", "the file cannot be loaded: " + text, "repair the file") from None
    finally:
        sys.dont_write_bytecode = wrote
    adapter = _checked(getattr(module, "ADAPTER", None))
    if adapter.runtime in built_in():
        raise AgentError(
            "adapter-name",
            "the adapter calls itself %s, like one that comes with the agent" % adapter.runtime,
            "give it another id",
        )
    return adapter


def find(runtime: str, files: Sequence[str] = ()) -> Adapter:
    """The adapter of a runtime.

    Args:
        runtime: its id.
        files: plug-ins of this board, each named ``<id>.py``; only the one that is meant is loaded.

    Raises:
        AgentError: there is none, or its file is broken.
    """
    have = built_in()
    if runtime in have:
        return have[runtime]
    added = {os.path.basename(path)[: -len(".py")]: path for path in files}
    if runtime in added:
        return plug_in(added[runtime])
    known = ", ".join([*have, *sorted(added)])
    raise AgentError("unknown-runtime", "unknown runtime %r" % runtime[:40], "use one of: " + known)


def taking(format_: str, files: Sequence[str] = ()) -> List[Adapter]:
    """Adapters for a model format: what comes with the agent first, then plug-ins; broken ones are left out."""
    found = [item for item in built_in().values() if format_ in item.formats]
    for path in sorted(files):
        try:
            adapter = plug_in(path)
        except AgentError:
            continue
        if format_ in adapter.formats:
            found.append(adapter)
    return found


def _checked(adapter: Any) -> Adapter:
    if not isinstance(adapter, type) or not issubclass(adapter, Session):
        raise AgentError("no-adapter", "the file has no ADAPTER that is a Session", "see docs/adapters.md")
    lacking = sorted(getattr(adapter, "__abstractmethods__", ()))
    if lacking:
        raise AgentError("no-adapter", "the adapter lacks %s" % ", ".join(lacking), "see docs/adapters.md")
    if not NAME.match(str(adapter.runtime)):
        raise AgentError("no-adapter", "the adapter has no id made of letters, digits, . _ -", "set its runtime")
    formats = adapter.formats
    if not isinstance(formats, tuple) or not formats or not all(FORMAT.match(str(item)) for item in formats):
        raise AgentError("no-adapter", "the adapter names no format it takes", 'for example: formats = ("rknn",)')
    return adapter

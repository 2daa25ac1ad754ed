"""``module:factory``: the user's own code, imported from the current folder or a file and called in this process."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import ModelError

_REMEDY = "name it package.module:function, or path/to/file.py:function; it is called without arguments"


def is_factory(spec: str) -> bool:
    """True for ``module:name`` and ``file.py:name``; False for paths and for ``sample:`` names."""
    module, colon, name = spec.rpartition(":")
    if not colon or not name.isidentifier() or module == "sample":
        return False
    return module.endswith(".py") or all(part.isidentifier() for part in module.split("."))


def load_factory(spec: str) -> Callable[[], Any]:
    """Import what a spec names.

    Raises:
        ModelError: the module cannot be imported, or has no such callable.
    """
    module_name, _, name = spec.rpartition(":")
    if not is_factory(spec):
        raise ModelError("bad-factory", f"'{spec}' is not of the form module:function", _REMEDY)
    try:
        module = _from_file(Path(module_name)) if module_name.endswith(".py") else _import(module_name)
    except (Exception, SystemExit) as error:  # importing runs the user's code
        raise ModelError(
            "factory-import", f"cannot import '{module_name}': {type(error).__name__}: {error}", _REMEDY
        ) from error
    factory = getattr(module, name, None)
    if not callable(factory):
        raise ModelError("bad-factory", f"'{module_name}' has no function '{name}'", _REMEDY)
    result: Callable[[], Any] = factory
    return result


def call_factory(spec: str) -> Any:
    """Import and call.

    Raises:
        ModelError: it cannot be imported, or raises.
    """
    factory = load_factory(spec)
    try:
        return factory()
    except (Exception, SystemExit) as error:  # the user's code
        raise ModelError("factory-failed", f"{spec}() fails: {type(error).__name__}: {error}", _REMEDY) from error


def _import(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here in sys.path:
        return importlib.import_module(name)
    sys.path.insert(0, here)  # users name modules as they see them from where they stand
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(here)


def _from_file(path: Path) -> ModuleType:
    specification = importlib.util.spec_from_file_location(f"_flyweight_user_{path.stem}", path.resolve())
    if specification is None or specification.loader is None or not path.is_file():
        message = f"no Python file {path}"
        raise FileNotFoundError(message)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # pickling and dataclasses look the module up
    specification.loader.exec_module(module)
    return module

"""``python3 -I -S AGENT.pyz serve`` answers a desktop over stdin and stdout; child, sample and job are for the agent itself.

serve [--home DIR] [--root DIR]   DIR of the store (~/.flyweight); another root makes every reading "simulated"
watch [--home DIR] [--root DIR]   makes a release on trial go back when it is not committed in time
start [--home DIR] [--root DIR]   for a start-up unit: what was on trial when the power went goes back, then it ends
gate, enrol, withdraw, purge      a desktop's own SSH key: what it starts, lets it in, takes it back, deletes everything
version                           protocol and Python
"""

import os
import signal
import sys
import types
from typing import Any, Dict, List, Optional


def main(arguments: Optional[List[str]] = None) -> int:
    """Run one of: serve, watch, start (each [--home DIR] [--root DIR]), child [FOLDER...], version."""
    arguments = sys.argv[1:] if arguments is None else arguments
    command = arguments[0] if arguments else "help"
    if command == "child":
        from .runtimes.child import main as child

        return child(arguments[1:])
    if command == "sample":
        from .sampler import main as sample

        return sample(arguments[1:])
    if command == "job":
        options = _options(arguments[1:], "--name")
        if options is None or "--name" not in options:
            return 2
        from .detached import main as job

        _stay_small()
        return job(options["--home"], options["--root"], options["--name"])
    if command == "restore":
        options = _options(arguments[1:], "--run")
        if options is None:
            return 2
        _stay_small()
        from .pinning import guard

        return guard(options["--home"], options["--root"], options.get("--run"))
    if command in ("serve", "watch", "start"):
        options = _options(arguments[1:])
        if options is None:
            print("usage: %s [--home DIR] [--root DIR]" % command, file=sys.stderr)
            return 2
        _stay_small()
        acts = {"serve": _serve, "watch": _watch, "start": _start}
        return acts[command](options["--home"], options["--root"])
    if command in ("gate", "enrol", "withdraw", "purge"):
        _stay_small()
        from . import gate

        return gate.gate(dict(os.environ)) if command == "gate" else getattr(gate, command)()
    if command == "version":
        from .contract.version import MAJOR, MINOR

        print("flyweight agent, protocol %d.%d, Python %d.%d.%d" % (MAJOR, MINOR, *sys.version_info[:3]))
        return 0
    print(__doc__, file=sys.stderr)
    return 0 if command in ("help", "-h", "--help") else 2


class _Inspect(types.ModuleType):
    """Stands in for ``inspect`` until something asks for more than the annotations of a class."""

    @staticmethod
    def get_annotations(cls: type) -> Dict[str, Any]:
        """What ``dataclasses`` asks for since Python 3.12: the class's own annotations."""
        return dict(vars(cls).get("__annotations__", {}))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or sys.modules.get(self.__name__) is not self:
            raise AttributeError(name)
        del sys.modules[self.__name__]
        self.__dict__.update(vars(__import__(self.__name__)))
        return getattr(self, name)


def _stay_small() -> None:
    """``dataclasses`` imports all of ``inspect``, which costs 1.5 MB, for records without a docstring; ours have one."""
    sys.modules.setdefault("inspect", _Inspect("inspect"))


def _options(arguments: List[str], *more: str) -> Optional[Dict[str, str]]:
    options = {"--home": os.path.join(os.path.expanduser("~"), ".flyweight"), "--root": "/"}
    while arguments:
        name = arguments.pop(0)
        if (name not in options and name not in more) or not arguments:
            return None
        options[name] = arguments.pop(0)
    return options


def _watch(home: str, root: str) -> int:
    from .trial import watch

    return watch(home, root)


def _start(home: str, root: str) -> int:
    from .store import Store
    from .trial import recover

    if os.path.isdir(home):
        from .pinning import recover as restore

        for act in (recover, restore):
            try:
                act(Store(home), root)
            except OSError as error:  # the program that waits for this shall start all the same
                print("flyweight: %s" % error, file=sys.stderr)
    return 0


def _serve(home: str, root: str) -> int:
    from .desktop import Desktop, DesktopGone
    from .server import Server

    # The channel is a private copy of stdout, so that nothing printed by mistake can get between two frames.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    signal.signal(signal.SIGHUP, lambda number, frame: sys.exit(0))
    try:
        return Server(home, root, Desktop(0), out).serve()
    except (BrokenPipeError, DesktopGone):
        return 0


if __name__ == "__main__":
    sys.exit(main())

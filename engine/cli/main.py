"""The commands, in the order of the flow, and the one place where an error becomes an exit code.

Nothing heavy is imported here: ``flyweight --help`` must answer at once.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.completion import completion_init  # type: ignore[attr-defined]  # it has no public door

from ..errors import Cancelled, FlyweightError
from . import (
    bundle,
    compare,
    completion,
    compress,
    demo,
    deploy,
    device,
    doctor,
    effects,
    evaluate,
    explain,
    export,
    fleet,
    gui,
    inspect,
    measure,
    pipeline,
    profile,
    report,
    robustness,
    run_on_board,
    sensitivity,
    techniques,
    worker,
)
from .command_help import Application
from .console import keep_streams
from .console import report as report_error

app = Application(
    "flyweight",
    "Compress a neural network, deploy it to your own board over SSH, measure it there.\n\n"
    "Start here: flyweight demo --quick",
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(show: bool) -> None:
    if show:
        from importlib.metadata import version

        print(version("flyweight-studio"))
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
    install_completion: completion.Install = False,
    show_completion: completion.Show = False,
) -> None:
    """Compress, deploy over SSH, measure."""


for module in (
    demo,
    inspect,
    techniques,
    sensitivity,
    compress,
    evaluate,
    compare,
    explain,
    effects,
    robustness,
    pipeline,
    export,
    bundle,
):
    module.register(app)
for group in (device, deploy, fleet, run_on_board, measure, profile, report, doctor, gui, worker):
    group.register(app)


def run(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the command ``flyweight``."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if _for_programs(arguments):
        keep_streams()
    sys.exit(main(arguments))


def main(arguments: Sequence[str]) -> int:
    """Run one command line; returns its exit code."""
    as_json = _for_programs(arguments)
    if completion.ASKED in os.environ:
        completion_init()
    try:
        code = _root().main(args=list(arguments), prog_name="flyweight", standalone_mode=False)
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except typer.Abort:
        return report_error(Cancelled("not confirmed; nothing was changed", "answer y, or give --yes"), as_json)
    except Exception as error:
        context = getattr(error, "ctx", None)
        if context is not None and str(getattr(error, "message", "")) == context.get_help():
            print(context.get_help(), file=sys.stderr)  # called without a command
            return 2
        return report_error(_as_usage(error), as_json)
    except KeyboardInterrupt as error:
        return report_error(error, as_json)
    return code if isinstance(code, int) else 0


def _for_programs(arguments: Sequence[str]) -> bool:
    return "--json" in arguments or "--jsonl" in arguments


def _root() -> Any:
    """All commands. Switches beside them default to False, not None, which typer would load pydantic to understand."""
    root = typer.main.get_command(app)
    for parameter in root.get_params(typer.Context(root)):
        if parameter.default is None:
            parameter.default = False
    return root


def _as_usage(error: Exception) -> Exception:
    """Errors of the parser become usage errors with the same form as all others."""
    format_message = getattr(error, "format_message", None)
    if format_message is None or isinstance(error, FlyweightError):
        return error
    from ..errors import UsageError

    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "flyweight"
    message = format_message().rstrip(".")
    return UsageError("usage", (message[:1].lower() + message[1:]) or "wrong usage", f"see: {path} --help")


if __name__ == "__main__":
    run()

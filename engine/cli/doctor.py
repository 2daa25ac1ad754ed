"""``flyweight doctor``: is this computer ready?"""

from typing import TYPE_CHECKING

import typer

from .console import plain, show
from .options import AsJson

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.diagnosis import Diagnosis


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(as_json: AsJson = False) -> None:
    """Check this installation: versions, folders, keys, store.

    Also the extras and the agent's archive. Exits with 1 when something is wrong.

    Example: flyweight doctor
    """
    from ..verbs import doctor as verb

    result = show(lambda emit, cancel: verb(), as_json=as_json, render=_render)
    if not all(check.ok for check in result.checks):
        raise typer.Exit(1)


def _render(result: "Diagnosis", console: "Console") -> None:
    for check in result.checks:
        console.print(f"{'ok  ' if check.ok else 'FAIL'} {check.name}: {plain(check.detail)}")
        if check.remedy and not check.ok:
            console.print(f"     -> {plain(check.remedy)}")
    if result.agent_path is not None:
        console.print(f"agent archive  {result.agent_path}", soft_wrap=True)

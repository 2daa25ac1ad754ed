"""``flyweight run``: predict on the board."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show
from .options import AsJson, Provider, Runtime, Slot, Target, Timeout

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.prediction import Predicted


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    target: Target,
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Images, .npy or .csv files; - reads the standard input.")
    ],
    slot: Slot = "main",
    top_k: Annotated[int, typer.Option("--top-k", metavar="K", min=1, max=100, help="How many classes to show.")] = 3,
    runtime: Runtime = None,
    provider: Provider = None,
    timeout: Timeout = 60.0,
    as_json: AsJson = False,
) -> None:
    """Predict on the board with the slot's model.

    Through the bundle's own pre- and post-processing.

    It runs on what the slot was deployed for; --runtime and --provider ask for something else its bundle was verified on.

    Example: flyweight run loopback shoe.png
    """
    from ..verbs import run as verb

    show(
        lambda emit, cancel: verb(
            target,
            files,
            slot=slot,
            top_k=top_k,
            runtime=runtime,
            provider=provider,
            timeout_s=timeout,
            cancel=cancel,
        ),
        as_json=as_json,
        render=_render,
    )


def _render(result: "Predicted", console: "Console") -> None:
    for item in result.predictions:
        answer = (
            ", ".join(f"{plain(a['label'])} {a['probability']:.1%}" for a in item["classes"]) if item["classes"] else ""
        )
        console.print(f"{plain(item['file'])}: {answer or plain(item['outputs'])}", soft_wrap=True)

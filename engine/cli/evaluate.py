"""``flyweight evaluate``: what a model is worth on data, with intervals."""

from typing import TYPE_CHECKING, Annotated

import typer

from . import completing
from .console import plain, show
from .options import Arch, AsJson, Project, Provider, Quiet, Runtime, Split, TaskOption

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.evaluation import Evaluated
    from ..verbs.on_device import OnDevice


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("evaluate")(evaluate)


def evaluate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="VARIANT|FILE", help="A variant of the project, or a model file.", autocompletion=completing.variant
        ),
    ],
    data: Annotated[str, typer.Option("--data", metavar="DATA", help="Data set with labels.")],
    against: Annotated[
        str | None, typer.Option("--against", metavar="FILE", help="The original, for fidelity and the loss in points.")
    ] = None,
    split: Annotated[
        Split | None,
        typer.Option(
            "--split", help="Part of the data (default: all of it; test where the variant was made with this data)."
        ),
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", metavar="N", min=1, help="Use only the first N samples.")
    ] = None,
    cross_validate: Annotated[
        int | None,
        typer.Option(
            "--cross-validate", metavar="K", min=2, max=100, help="Also each metric over K folds of the data."
        ),
    ] = None,
    task: TaskOption = None,
    on: Annotated[
        str | None,
        typer.Option(
            "--on",
            metavar="TARGET",
            help="A device whose own runtime answers; compared with this computer.",
            autocompletion=completing.device,
        ),
    ] = None,
    runtime: Runtime = None,
    provider: Provider = None,
    arch: Arch = None,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Accuracy, F1, ROC-AUC, fidelity, with 95 % intervals.

    Data for another task gives its metrics instead: R2 and errors, mAP@50 and mAP@50:95 with the AP of each class, mIoU
    with the IoU and accuracy of each class, word and character errors.

    With --on the board's own runtime answers: the metrics are those of the board, and how its answers differ from this
    computer's is told beside them.

    Example: flyweight evaluate int8 --data fashion-mnist --on pi5
    """
    from ..verbs import evaluate as verb

    show(
        lambda emit, cancel: verb(
            model,
            data=data,
            against=against,
            split=split,
            samples=samples,
            task=task,
            arch=arch,
            cross_validate=cross_validate,
            on=on,
            runtime=runtime,
            provider=provider,
            project=project,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Evaluated", console: "Console") -> None:
    if result.device is not None:
        device = result.device
        where = f"on {device.target} ({device.board}), {device.runtime}, {device.provider}: {device.samples:,} samples"
        console.print(plain(where), style="bold")
    kind = "IoU" if result.class_accuracy else "AP"
    by_class = {f"{kind} {name}": estimate for name, estimate in result.classes.items()}
    by_class |= {f"accuracy {name}": estimate for name, estimate in result.class_accuracy.items()}
    for name, estimate in {**result.score.metrics, **by_class}.items():
        value = "undefined" if estimate.value is None else f"{estimate.value:.4f}"
        interval = "" if estimate.ci95 is None else f"  [{estimate.ci95[0]:.4f}, {estimate.ci95[1]:.4f}]"
        console.print(f"{plain(name):<22} {value}{interval}  n = {estimate.n:,}")
    if result.device is not None and result.fidelity is not None:
        console.print("against the original, answered by this computer:")
    if result.loss_points is not None and result.loss_points.value is not None:
        low, high = result.loss_points.ci95 or (0.0, 0.0)
        console.print(f"{'loss in points':<22} {result.loss_points.value:+.2f}  [{low:+.2f}, {high:+.2f}]  paired")
    if result.fidelity is not None:
        for name, value in result.fidelity.to_json().items():
            console.print(f"{name:<22} " + ("undefined" if value is None else f"{value:.4f}"))
    if result.folds is not None:
        for name, estimate in result.folds.mean.items():
            value = "undefined in a fold" if estimate.value is None else f"{estimate.value:.4f}"
            interval = "" if estimate.ci95 is None else f"  [{estimate.ci95[0]:.4f}, {estimate.ci95[1]:.4f}]"
            console.print(f"{plain(name):<22} {value}{interval}  mean of {result.folds.k} folds")
    if result.device is not None:
        _beside(result.device, console)


def _beside(device: "OnDevice", console: "Console") -> None:
    """How the board's answers differ from those of this computer."""
    console.print("against this computer, same file and samples:")
    lost = device.loss_points
    if lost is not None and lost.value is not None:
        low, high = lost.ci95 or (0.0, 0.0)
        console.print(f"  {'loss in points':<20} {lost.value:+.2f}  [{low:+.2f}, {high:+.2f}]  paired")
    for name, value in device.fidelity.to_json().items():
        console.print(f"  {name:<20} " + ("undefined" if value is None else f"{value:.4f}"))

"""``flyweight compress``: a model and a recipe in, compressed variants out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import plain, show, size
from .options import Arch, AsJson, AsJsonLines, Data, Model, Project, Quiet, Seed, TaskOption
from .quality import heading, quality, signed

if TYPE_CHECKING:
    from rich.console import Console

    from ..records import Variant
    from ..verbs.compression import Compressed


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compress")(compress)


def compress(
    model: Model,
    data: Data = None,
    recipe: Annotated[
        list[Path] | None,
        typer.Option("--recipe", metavar="FILE", help="Recipe file (YAML or JSON); give it again for more variants."),
    ] = None,
    preset: Annotated[
        str | None, typer.Option("--preset", metavar="NAME", help="size, latency or accuracy instead of a recipe file.")
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--target", metavar="DEVICE", help="Time candidates on this device where a technique asks for it."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Also write the model files here.")] = None,
    max_accuracy_loss: Annotated[
        float | None,
        typer.Option("--max-accuracy-loss", metavar="POINTS", min=0, help="Exit with 3 when a variant loses more."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="Name of the variant (default: the recipe's).")] = None,
    task: TaskOption = None,
    arch: Arch = None,
    seed: Seed = 0,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Compress a model with a recipe and evaluate what came out.

    A recipe is a list of steps, for example:

        - technique: channel-pruning
          knobs: {ratio: 0.5}
        - technique: soft-label-distillation
        - technique: static-quantization

    Example: flyweight compress sample:fashion-resnet --data fashion-mnist --preset size
    """
    from ..verbs import compress as verb

    show(
        lambda emit, cancel: verb(
            model,
            data=data,
            recipes=recipe or (),
            preset=preset,
            target=target,
            out=out,
            max_accuracy_loss=max_accuracy_loss,
            name=name,
            task=task,
            arch=arch,
            seed=seed,
            project=project,
            emit=emit,
            cancel=cancel,
        ),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Compressed", console: "Console") -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("variant")
    table.add_column("id")
    scores = [item.score for item in (result.baseline, *result.variants)]
    for column in (heading(scores), "loss (points)", "parameters", "zeros", "size", "packed"):
        table.add_column(column, justify="right", no_wrap=True)
    for variant in (result.baseline, *result.variants):
        table.add_row(*_row(variant, result.baseline))
    console.print(table)
    for variant in result.variants:
        for skip in variant.skipped:
            console.print(f"{plain(variant.name)}: {plain(skip.layer)} skipped: {plain(skip.reason)}", style="yellow")
        for note in variant.notes:
            console.print(f"{plain(variant.name)}: {plain(note)}")
    if result.variants:
        last = result.variants[-1]
        console.print(f"\nfile   {last.path}\nnext   flyweight bundle {last.id}")


def _row(variant: "Variant", baseline: "Variant") -> tuple[str, ...]:
    smaller = baseline.packed_bytes / variant.packed_bytes if variant.packed_bytes else 0
    return (
        plain(variant.name),
        variant.id[:8],
        quality(variant.score),
        signed(variant.loss_points),
        f"{variant.parameters:,}",
        f"{variant.sparsity:.0%}",
        size(variant.size_bytes),
        f"{size(variant.packed_bytes)} ({smaller:.1f}x)",
    )

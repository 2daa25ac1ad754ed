"""``flyweight compress``: a model and a recipe in, compressed variants out."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import LimitError, UsageError
from . import completing, forecasts
from .console import plain, show
from .options import Arch, AsJson, AsJsonLines, Data, MetricOption, Model, Project, Quiet, Seed, TaskOption
from .quality import heading, quality, signed
from .tables import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from profiles.columns import Scale

    from ..records import Skip, Variant
    from ..verbs.compression import Compressed
    from ..verbs.presets import Choice

SHOWN = 3
"""Layers that are named where one reason holds for more."""
NOTABLE_POINTS = 1.0
"""A loss above this, surely, is what fine-tuning is for."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compress")(compress)


def compress(
    model: Model,
    data: Data = None,
    metric: MetricOption = None,
    recipe: Annotated[
        list[Path] | None,
        typer.Option("--recipe", metavar="FILE", help="Recipe file (YAML or JSON); repeatable, a variant each."),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            metavar="NAME",
            help="size, latency or accuracy instead of a recipe file.",
            autocompletion=completing.preset,
        ),
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="DEVICE",
            autocompletion=completing.device,
            help="Time candidates on this device where a technique asks for it (repeatable).",
        ),
    ] = None,
    measured: Annotated[
        bool,
        typer.Option(
            "--measure",
            help="With --preset and --target: try the preset's candidate recipes, measure them on each target, pick the "
            "best within the limits on all of them.",
        ),
    ] = False,
    limit: Annotated[
        list[str] | None,
        typer.Option(
            "--limit",
            metavar="NAME=NUMBER",
            help="With --measure, at most: accuracy_loss (points; 1 if nothing is limited), latency_ms, memory_mb, size_bytes, "
            "energy_mj (repeatable).",
        ),
    ] = None,
    keep: Annotated[
        int, typer.Option("--keep", metavar="N", min=1, help="With --measure: compress this many candidates.")
    ] = 5,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Also write the model files here.")] = None,
    max_accuracy_loss: Annotated[
        float | None,
        typer.Option(
            "--max-accuracy-loss", metavar="POINTS", min=0, help="Exit with 3 when a variant loses more of the metric."
        ),
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name of the variant (default: the recipe's).")
    ] = None,
    task: TaskOption = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Check it, say how long it may take and how large the file may be; run nothing."
        ),
    ] = False,
    arch: Arch = None,
    seed: Seed = 0,
    project: Project = None,
    as_json: AsJson = False,
    jsonl: AsJsonLines = False,
    quiet: Quiet = False,
) -> None:
    """Compress a model with a recipe and evaluate what came out.

    A recipe is a list of steps, for example:

    \b
        - technique: channel-pruning
          knobs: {ratio: 0.5}
        - technique: soft-label-distillation
        - technique: static-quantization

    With --measure a preset is a list of candidate recipes: they are thinned by estimates, the rest is compressed and
    measured on the board, and the best within the limits is picked with its reasons. Exit code 3: none is within them.
    Several --target: a candidate must keep the limits on each of them.

    --dry-run tells beforehand, in ranges: from the speed of earlier runs of this model on this computer, if there are any.

    Example: flyweight compress sample:fashion-resnet --data fashion-mnist --preset size

    Example: flyweight compress net.onnx --data photos --preset latency --target pi5 --measure --limit accuracy_loss=1
    """  # noqa: D301 (click wants the character)
    from ..verbs import compress as verb

    if dry_run:
        forecasts.foretell(
            model, recipe or [], preset, measured, has_device=bool(target),
            data=data, task=task, arch=arch, keep=keep, project=project,
            as_json=as_json,
        )  # fmt: skip
        return
    if measured:
        _choose(
            model,
            {
                "preset": preset, "target": target, "data": data, "metric": metric, "limits": limit or (), "keep": keep,
                "task": task, "arch": arch, "seed": seed, "project": project, "max_accuracy_loss": max_accuracy_loss,
                "recipe": recipe, "out": out,
            },
            as_json=as_json,
            jsonl=jsonl,
            quiet=quiet,
        )  # fmt: skip
        return
    if limit:
        raise UsageError(
            "limit-without-measure", "--limit needs --measure", "add --measure, or use --max-accuracy-loss"
        )
    show(
        lambda emit, cancel: verb(
            model,
            data=data,
            metric=metric,
            recipes=recipe or (),
            preset=preset,
            target=target or None,
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
        render=lambda result, console: _render(result, console, data, task),
    )


def _choose(model: str, asked: dict[str, Any], *, as_json: bool, jsonl: bool, quiet: bool) -> None:
    """The measured way of a preset."""
    from ..verbs import choose

    unfit = [name for name in ("recipe", "out") if asked.pop(name)]
    if unfit or not asked["preset"] or not asked["target"]:
        raise UsageError(
            "measure-needs-preset",
            f"--measure does not go with --{unfit[0]}" if unfit else "--measure needs --preset and --target",
            "for example: --preset latency --target loopback --measure",
        )
    most = asked.pop("max_accuracy_loss")
    if most is not None:
        asked["limits"] = [*asked["limits"], f"accuracy_loss<={most:g}"]
    result = show(
        lambda emit, cancel: choose(model, emit=emit, cancel=cancel, **asked),
        as_json=as_json,
        jsonl=jsonl,
        quiet=quiet,
        render=_render_choice,
    )
    if result.chosen is None:
        raise LimitError(
            "nothing-within-limits", result.reasons[0], "raise a limit; all measured variants are kept in the project"
        )


def _render_choice(result: "Choice", console: "Console") -> None:
    from rich.table import Table

    from profiles.columns import byte_counts

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("candidate")
    loss = "loss (points)" if result.metric == "accuracy" else f"{result.metric} lost (points)"
    several = len(result.targets) > 1
    times = [
        f"{column}{f' {plain(board)}' if several else ''}" for board in result.targets for column in ("p50 ms", "speed")
    ]
    for column in (loss, "packed", *times):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("why")
    packed_scale = byte_counts(item.found[0].packed_bytes for item in result.tried if item.found)
    for item in result.tried:
        first = item.found[0] if item.found else None
        packed, lost = (
            ("", "") if first is None else (packed_scale.text(first.packed_bytes), _points(first.loss_points))
        )
        times = [
            cell
            for found in item.found
            for cell in (
                "" if found.latency_ms is None else f"{found.latency_ms:.3f}",
                "" if found.speedup is None else f"{found.speedup:.2f}x",
            )
        ] or [""] * 2 * len(result.targets)
        row = (lost, packed, *times, plain("; ".join(item.reasons)))
        table.add_row("*" if item.chosen else "", plain(item.candidate.name), *row)
    print_table(table, console)
    chosen = result.chosen
    if several:
        for board, best in result.best_on.items():
            console.print(f"on {plain(board)} alone: {'none within the limits' if best is None else plain(best)}")
    if chosen is None or chosen.variant is None or chosen.bundle is None:
        console.print(plain(result.reasons[0]), style="yellow")
        return
    console.print(f"\nchosen {plain(chosen.candidate.name)}: {plain('; '.join(result.reasons))}")
    console.print(
        f"file   {chosen.variant.path}\nnext   flyweight deploy {chosen.bundle.id} {' '.join(map(plain, result.targets))}",
        soft_wrap=True,
    )


def _render(result: "Compressed", console: "Console", data: str | None, task: str | None) -> None:
    from rich.table import Table

    from profiles.columns import byte_counts

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("variant")
    table.add_column("id")
    scores = [item.score for item in (result.baseline, *result.variants)]
    metrics = tuple(dict.fromkeys(name for item in result.variants for name in item.losses))
    losses = ("loss (points)", *(f"{name} lost (points)" for name in metrics))
    for column in (heading(scores), *losses, "parameters", "zeros", "size", "packed", "smaller"):
        table.add_column(column, justify="right", no_wrap=True)
    shown = (result.baseline, *result.variants)
    sizes, packed = byte_counts(item.size_bytes for item in shown), byte_counts(item.packed_bytes for item in shown)
    for variant in shown:
        table.add_row(*_row(variant, result.baseline, metrics, sizes, packed))
    print_table(table, console)
    for variant in shown:
        for line in _skips(variant.skipped):
            console.print(f"{plain(variant.name)}: {plain(line)}", style="yellow")
        for note in variant.notes:
            console.print(f"{plain(variant.name)}: {plain(note)}")
        if idle := _untrained(variant):
            why = f"nothing was trained after {idle}: give it epochs (3 is a start), or let soft-label-distillation follow"
            console.print(f"{plain(variant.name)}: {plain(why)}", style="yellow")
    if result.variants:
        last = result.variants[-1]
        samples = "" if data is None else f" --data {shlex.quote(plain(data))}"
        samples += "" if task is None else f" --task {task}"
        console.print(f"\nfile   {last.path}\nnext   flyweight bundle {last.id}{samples}", soft_wrap=True)


def _untrained(variant: "Variant") -> str:
    """Techniques that can fine-tune and were not asked to, where more than a point was surely lost; else an empty text."""
    from ..compress.registry import find

    lost = variant.loss_points
    if lost is None or lost.ci95 is None or lost.ci95[0] < NOTABLE_POINTS:
        return ""
    epochs = {step.technique: find(step.technique).configure(step.knobs) for step in variant.recipe.steps}
    idle = [name for name, config in epochs.items() if getattr(config, "epochs", None) == 0]
    return ", ".join(idle) if len(idle) == sum(hasattr(config, "epochs") for config in epochs.values()) else ""


def _skips(skipped: "Sequence[Skip]") -> list[str]:
    """A line for every reason: deep networks have dozens of layers with the same one."""
    layers: dict[str, list[str]] = {}
    for skip in skipped:
        layers.setdefault(skip.reason, []).append(skip.layer)
    lines = []
    for reason, names in layers.items():
        more = f" and {len(names) - SHOWN} more layers" if len(names) > SHOWN else ""
        lines.append(f"{', '.join(names[:SHOWN])}{more} skipped: {reason}")
    return lines


def _points(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}"


def _row(
    variant: "Variant", baseline: "Variant", metrics: tuple[str, ...], sizes: "Scale", packed: "Scale"
) -> tuple[str, ...]:
    smaller = baseline.packed_bytes / variant.packed_bytes if variant.packed_bytes else 0
    return (
        plain(variant.name),
        variant.id[:8],
        quality(variant.score),
        signed(variant.loss_points),
        *(signed(variant.losses.get(name)) for name in metrics),
        f"{variant.parameters:,}",
        f"{variant.sparsity:.0%}",
        sizes.text(variant.size_bytes),
        packed.text(variant.packed_bytes),
        f"{smaller:.1f}x",
    )

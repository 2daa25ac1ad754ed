"""``flyweight compare``: models side by side."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import UsageError
from . import completing
from .console import plain, show, size
from .options import AsJson, Data, Project, Quiet, Split, TaskOption
from .quality import heading, quality, signed
from .tables import print_table

if TYPE_CHECKING:
    from rich.console import Console

    from ..verbs.evaluation import Compared


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("compare")(compare)


def compare(
    models: Annotated[
        list[str],
        typer.Argument(
            metavar="MODEL...",
            help="Variants or model files; the first is the original.",
            autocompletion=completing.variant,
        ),
    ],
    data: Data = None,
    split: Annotated[Split | None, typer.Option("--split", help="Part of the data (default: as for evaluate).")] = None,
    task: TaskOption = None,
    layers: Annotated[bool, typer.Option("--layers", help="Layer by layer, what differs (2 to 4 models).")] = False,
    all_layers: Annotated[bool, typer.Option("--all-layers", help="The same with the layers that are equal.")] = False,
    project: Project = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Put models side by side: size, MACs and quality.

    Parameters, MACs, bytes, packed bytes and, with --data, accuracy of each.

    Quality is the main metric of the data's task; the loss in points is paired with the first model, sample by sample. Below
    the table, where it is known: predictions per second, bytes per score, improvement (E0 - E1) / E0, cost of making it.

    Example: flyweight compare original.onnx small.onnx --data fashion-mnist
    """
    if layers or all_layers:
        from .compare_layers import layers as by_layer

        if data is not None:
            raise UsageError("layers-alone", "--layers runs nothing, so it takes no --data", "see: flyweight explain")
        by_layer(models, all_layers, project, as_json, quiet)
        return
    from ..verbs import compare as verb

    show(
        lambda emit, cancel: verb(models, data=data, split=split, task=task, project=project, emit=emit, cancel=cancel),
        as_json=as_json,
        quiet=quiet,
        render=_render,
    )


def _render(result: "Compared", console: "Console") -> None:
    from rich.table import Table

    from profiles.columns import byte_counts

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("model", overflow="fold")
    for column in (
        heading(row.score for row in result.rows),
        "loss (points)",
        "parameters",
        "not zero",
        "MACs",
        "activations",
        "size",
    ):
        table.add_column(column, justify="right")
    table.add_column("packed", justify="right")
    activations = byte_counts(row.info.peak_activation_bytes for row in result.rows)
    sizes, packed = (
        byte_counts(row.info.size_bytes for row in result.rows),
        byte_counts(r.packed_bytes for r in result.rows),
    )
    for row in result.rows:
        peak = row.info.peak_activation_bytes
        table.add_row(
            plain(row.name),
            "" if row.score is None else quality(row.score),
            signed(row.loss_points),
            f"{row.info.parameters:,}",
            f"{row.info.nonzero_parameters:,}",
            "unknown" if row.info.macs is None else f"{row.info.macs:,}",
            "unknown" if peak is None else activations.text(peak),
            sizes.text(row.info.size_bytes),
            packed.text(row.packed_bytes),
        )
    print_table(table, console)
    for row in result.rows:
        said = _efficiency(row.efficiency)
        if said:
            console.print(f"{plain(row.name)}: {said}")


def _efficiency(found: dict[str, Any]) -> str:
    """What is known of it, in words."""
    cost = found["cost"]
    parts = [f"{value:,.0f} predictions/s on {plain(name)}" for name, value in found["predictions_per_s"].items()]
    if found["bytes_per_score"] is not None:
        parts.append(f"{size(round(found['bytes_per_score']))} per score")
    gained = found["improvement"] or {}
    shares = {"size": gained.get("size"), **{f"latency on {k}": v for k, v in gained.get("latency", {}).items()}}
    parts += [
        f"{plain(name)} {abs(value):.0%} {'less' if value >= 0 else 'more'}"
        for name, value in shares.items()
        if value is not None
    ]
    if cost["cpu_s"] is not None:
        peak = "" if cost["peak_rss_mb"] is None else f", {cost['peak_rss_mb']:,.0f} MB at most"
        parts.append(f"made in {cost['cpu_s']:.1f} CPU s{peak}")
    parts += [f"loads in {value:.0f} ms on {plain(name)}" for name, value in cost["load_ms"].items()]
    return "; ".join(parts)

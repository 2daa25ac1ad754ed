"""Options that several commands share, so that they read and mean the same everywhere."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from . import completing

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="Model file, sample:fashion-resnet, or module:factory of your own code.")
]
Arch = Annotated[
    str | None,
    typer.Option("--arch", metavar="MODULE:FACTORY", help="Architecture for a state dict or safetensors file."),
]
Data = Annotated[
    str | None,
    typer.Option(
        "--data",
        metavar="DATA",
        help="fashion-mnist, digits, class folders of images or wavs, an .npz, CSV, Parquet, or module:factory.",
    ),
]
MetricOption = Annotated[
    str | None,
    typer.Option(
        "--metric",
        metavar="NAME",
        help="What judges: accuracy, top5_accuracy, f1_macro, roc_auc_macro, ...; r2, mae; map50; miou; wer. By default the "
        "task's first.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else there.")]
AsJsonLines = Annotated[bool, typer.Option("--jsonl", help="Stream events as JSON lines on stdout, the result last.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen; change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
Split = Literal["train", "calibration", "test", "all"]
TaskOption = Annotated[
    Literal["classification", "regression", "detection", "segmentation", "sequence"] | None,
    typer.Option("--task", help="What the labels mean, where the data does not say it."),
]
Project = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Project folder (default: the nearest with .flyweight, else here)."),
]
Target = Annotated[
    str,
    typer.Argument(
        metavar="TARGET",
        help="Device name, or loopback (this computer over SSH).",
        autocompletion=completing.device,
    ),
]
Targets = Annotated[
    list[str],
    typer.Argument(
        metavar="TARGET...",
        help="Device names, @group, @key=value of a tag, @all, or loopback.",
        autocompletion=completing.target,
    ),
]
Runtime = Annotated[
    str | None,
    typer.Option("--runtime", metavar="ID", help="Of the board's runtimes: onnxruntime, litert, or an added adapter."),
]
Provider = Annotated[
    str | None,
    typer.Option("--provider", metavar="NAME", help="Of the runtime: cpu, cuda, tensorrt, or its own name."),
]
Delegate = Annotated[
    str | None,
    typer.Option(
        "--delegate", metavar="NAME|PATH", help="Of TFLite: xnnpack (usual), none, or a library of the board."
    ),
]
DelegateOption = Annotated[
    list[str] | None,
    typer.Option("--delegate-option", metavar="KEY=VALUE", help="Of that library (repeatable)."),
]
Slot = Annotated[
    str,
    typer.Option(
        "--slot",
        metavar="NAME",
        help="Slot on the board; a board runs several models.",
        autocompletion=completing.slot,
    ),
]
Every = Annotated[float, typer.Option("--every", metavar="S", help="Seconds from look to look, from 0.2 on.")]
Seconds = Annotated[float, typer.Option("--seconds", metavar="S", help="End after so many seconds.")]
TrialWindow = Annotated[
    float | None,
    typer.Option("--trial", metavar="S", min=1, max=86400, help="Go back by itself unless well within S seconds."),
]
Health = Annotated[
    str | None,
    typer.Option("--health", metavar="CMD", help="Command on the board that must succeed three times in a row."),
]
Hook = Annotated[
    str | None,
    typer.Option("--hook", metavar="CMD", help="Command on the board after every switch, such as a restart."),
]
Timeout = Annotated[
    float,
    typer.Option("--timeout", metavar="S", min=1, help="Give up after this many seconds, whatever the link does."),
]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of everything random.")]

"""The outcomes as a page."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import onnxruntime
import torch

from .task import Entry, Outcome

INTRODUCTION = """
Every task: one original, recipes of this product, and plain scripts of peers on the same file with the same data. Accuracy is on
samples that neither training nor recipe saw; losses are paired, with 95 % intervals. Speed-ups (95 % intervals) come from one
interleaved plan per task on the loopback board, one thread, batch 1, against the original on onnxruntime. Factors are original /
result; packed is the entropy-coded file. The volume is that of facts about fronts: (1 - loss / 5 points) x (log2 speed-up / 4) x
(log2 packed / 6) that the variants cover together. A claim is met by a variant that keeps all its bounds at once, speed by the
lower end of its interval.
""".strip()


def page(outcomes: Sequence[Outcome]) -> str:
    """Markdown: a section per task."""
    machine = f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    versions = f"torch {torch.__version__}, onnxruntime {onnxruntime.__version__}"
    made = f"Made by `python -m tests.benchmarks.claims` on {datetime.now(UTC):%Y-%m-%d} ({machine}, {versions})."
    parts = ["# Published claims", "", made, "", INTRODUCTION, ""]
    for outcome in outcomes:
        parts += _section(outcome)
    return "\n".join(parts).rstrip() + "\n"


def _section(outcome: Outcome) -> list[str]:
    task = outcome.task
    latency = "" if outcome.latency_ms is None else f", p50 {outcome.latency_ms:.3f} ms"
    lines = [f"## {task.name[0].upper()}{task.name[1:]}", "", f"Original: {outcome.original}{latency}.", ""]
    lines += ["| variant | points lost | file | packed | speed-up |", "|---|---|---|---|---|"]
    lines += [_row(entry) for entry in outcome.entries]
    lines += ["", "| claim | met by |", "|---|---|"]
    lines += [f"| {claim.text} | {', '.join(outcome.met(claim)) or 'none'} |" for claim in task.claims]
    goal = "" if task.goal is None else f"; goal {task.goal}"
    lines += [
        "",
        f"Volume: Flyweight {outcome.volume(ours=True):.3f}, peers {outcome.volume(ours=False):.3f}{goal}.",
        "",
    ]
    if task.note:
        lines += [task.note, ""]
    return lines


def _row(entry: Entry) -> str:
    low, high = entry.loss.ci95 or (float("nan"), float("nan"))
    speed = "not timed"
    if entry.speedup is not None:
        speed = f"{entry.speedup.speedup:.2f}x [{entry.speedup.ci95[0]:.2f}, {entry.speedup.ci95[1]:.2f}]"
    name = f"**{entry.name}**" if entry.ours else entry.name
    loss = f"{entry.loss_points:+.2f} [{low:+.2f}, {high:+.2f}]"
    return f"| {name} | {loss} | {entry.smaller:.1f}x | {entry.packed:.1f}x | {speed} |"


def _processor() -> str:
    """Name of the processor, as Linux tells it."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())

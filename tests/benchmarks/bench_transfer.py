"""How well a board's latencies are predicted from five models measured there and other boards' published figures.

Every device of the published ncnn table in turn is left out with all its configurations (processors only), five anchors are
chosen without looking at it, and the other models are predicted. Then whole classes of processor cores are left out. Nothing is
timed, so the figures are the same on every machine. Goals: median error <= 6 % for a device, <= 15 % for a new class.
Run: python -m tests.benchmarks.bench_transfer [ANCHORS]
"""

import sys
from collections.abc import Callable, Sequence

import numpy as np

from profiles.published import Published, table
from profiles.transfer import Transfer

OUTSIDE = ("vision_transformer", "FastestDet")
"""Models that half of the boards lack."""

Row = tuple[Published, ...]


def configurations(source: str = "ncnn", fewest: int = 10) -> list[Row]:
    """Configurations of processors with at least so many models."""
    rows = (tuple(item for item in row if item.model not in OUTSIDE) for row in table(source))
    return [row for row in rows if row[0].cores != "gpu" and len(row) >= fewest]


def classes_left_out(source: str, anchors: int) -> dict[str, list[tuple[float, bool]]]:
    """As :func:`leave_out` for every class of cores; of a table with few models as many anchors as leave one to predict."""
    rows = configurations(source) or configurations(source, 4)
    return leave_out(rows, lambda row: row[0].processor, min(anchors, min(map(len, rows)) - 1))


def leave_out(
    rows: Sequence[Row], group: Callable[[Row], str], anchors: int = 5
) -> dict[str, list[tuple[float, bool]]]:
    """Relative error and whether the 90 % interval covers, of each prediction, by the group that was left out."""
    found: dict[str, list[tuple[float, bool]]] = {}
    for name in sorted({group(row) for row in rows}):
        boards = {row[0].board for row in rows if group(row) == name}
        known = [{i.model: i.latency_ms for i in row} for row in rows if row[0].board not in boards]
        transfer = Transfer(known)
        for row in (row for row in rows if group(row) == name):
            truth = {item.model: item.latency_ms for item in row}
            chosen = transfer.choose(anchors, truth)
            for model, item in transfer.predict({m: truth[m] for m in chosen}).items():
                if model in truth:
                    inside = item.interval[0] <= truth[model] <= item.interval[1]
                    found.setdefault(name, []).append((abs(item.latency_ms / truth[model] - 1), inside))
    return found


def told(found: dict[str, list[tuple[float, bool]]]) -> str:
    """Median, mean, share within 10 % and coverage."""
    errors, inside = (
        np.array(part) for part in zip(*(pair for pairs in found.values() for pair in pairs), strict=True)
    )
    return (
        f"median error {np.median(errors):.1%}, mean {errors.mean():.1%}, within 10 % {np.mean(errors <= 0.1):.0%}, "
        f"90 % interval covers {inside.mean():.0%} ({len(errors)} predictions)"
    )


def main() -> None:
    anchors = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    rows = configurations()
    devices = leave_out(rows, lambda row: row[0].board, anchors)
    print(f"{anchors} anchors, one of {len(devices)} devices left out: {told(devices)}")
    classes = classes_left_out("ncnn", anchors)
    print(f"{anchors} anchors, one of {len(classes)} classes of cores left out: {told(classes)}")
    for name, pairs in classes.items():
        print(f"  {name}: median error {np.median([error for error, _ in pairs]):.1%}")


if __name__ == "__main__":
    main()

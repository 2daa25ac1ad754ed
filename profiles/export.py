"""Readings as JSON, CSV, Markdown or Parquet."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from .errors import ProfileError
from .reading import Reading

VERSION = 1
COLUMNS = (
    "origin", "board", "target", "model", "variant", "name", "runtime", "runtime_version", "provider", "precision", "threads",
    "p50_ms", "p50_low_ms", "p50_high_ms", "p90_ms", "p95_ms", "p99_ms", "mean_ms", "n", "load_ms", "first_ms", "run_peak_mb",
    "temperature_c", "throttled", "governor", "power_mode", "quality", "reasons", "measured_at", "bundle",
)  # fmt: skip


def to_text(chosen: Sequence[Reading], kind: str) -> str:
    """Readings as text.

    Args:
        chosen: which.
        kind: ``json`` (everything), ``csv`` or ``markdown`` (one line each).

    Raises:
        ProfileError: another kind.
    """
    if kind == "json":
        document = {"version": VERSION, "readings": [item.to_json() for item in chosen]}
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    if kind == "csv":
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _harmless(value) for name, value in _flat(item).items()} for item in chosen)
        return out.getvalue()
    if kind == "markdown":
        lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
        lines += ["| " + " | ".join(_cell(value) for value in _flat(item).values()) + " |" for item in chosen]
        return "\n".join(lines) + "\n"
    raise ProfileError("unknown-kind", f"readings cannot be written as '{kind}'", "use json, csv or markdown")


NUMBERS = frozenset(name for name in COLUMNS if name.endswith(("_ms", "_mb", "_c")))


def to_parquet(chosen: Sequence[Reading]) -> bytes:
    """Readings as a Parquet file: the columns of the CSV form, numbers as numbers.

    Raises:
        ImportError: pyarrow is not installed.
    """
    import pyarrow
    from pyarrow import parquet

    def kind(name: str) -> Any:
        if name in NUMBERS:
            return pyarrow.float64()
        return {"threads": pyarrow.int32(), "n": pyarrow.int32(), "throttled": pyarrow.bool_()}.get(
            name, pyarrow.string()
        )

    rows = [_flat(item) for item in chosen]
    schema = pyarrow.schema([(name, kind(name)) for name in COLUMNS])
    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema), out)
    return out.getvalue()


def _flat(item: Reading) -> dict[str, Any]:
    time, interval = item.latency_ms, item.latency_ms.ci95_p50 or (None, None)
    values = {
        **item.to_json(),
        "p50_ms": time.p50,
        "p50_low_ms": interval[0],
        "p50_high_ms": interval[1],
        "p90_ms": time.p90,
        "p95_ms": time.p95,
        "p99_ms": time.p99,
        "mean_ms": time.mean,
        "n": time.n,
        "run_peak_mb": item.memory_mb.run_peak,
        "reasons": "; ".join(item.reasons),
    }
    return {name: values[name] for name in COLUMNS}


def _harmless(value: Any) -> Any:
    """A foreign text that a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _cell(value: Any) -> str:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<").split())

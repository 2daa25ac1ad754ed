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
    "scenario", "options", "min_ms", "max_ms", "p90_low_ms", "p90_high_ms", "p99_low_ms", "p99_high_ms", "processes",
    "runtime_base_mb", "model_load_mb", "pss_mb", "energy_mj", "energy_low_mj", "energy_high_mj", "dynamic_energy_mj",
    "energy_scope", "energy_quality", "power_mw", "queries_per_s", "deadline_met", "cpu_utilisation", "steal", "trust", "os",
    "kernel", "device_id", "nonce",
)  # fmt: skip
"""New ones come behind the others."""


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


SHARES = ("cpu_utilisation", "steal", "deadline_met")
NUMBERS = frozenset(
    name for name in COLUMNS if name.endswith(("_ms", "_mb", "_c", "_mj", "_mw", "_per_s")) or name in SHARES
)
COUNTS = ("threads", "n", "processes")


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
        if name in COUNTS:
            return pyarrow.int32()
        return pyarrow.bool_() if name == "throttled" else pyarrow.string()

    rows = [_flat(item) for item in chosen]
    schema = pyarrow.schema([(name, kind(name)) for name in COLUMNS])
    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema), out)
    return out.getvalue()


def _flat(item: Reading) -> dict[str, Any]:
    time, memory = item.latency_ms, item.memory_mb
    energy, stream = item.energy_mj or {}, item.stream or {}
    total, dynamic = energy.get("total") or {}, energy.get("dynamic") or {}
    values = {
        **item.to_json(),
        **_ends("p50", "ms", time.ci95_p50),
        **_ends("p90", "ms", time.ci95_p90),
        **_ends("p99", "ms", time.ci95_p99),
        **_ends("energy", "mj", total.get("ci95")),
        "options": "; ".join(f"{name}={value}" for name, value in sorted(item.options.items())),
        "min_ms": time.min,
        "max_ms": time.max,
        "runtime_base_mb": memory.runtime_base,
        "model_load_mb": memory.model_load,
        "pss_mb": memory.pss,
        "energy_mj": total.get("value"),
        "dynamic_energy_mj": dynamic.get("value"),
        "energy_scope": energy.get("scope"),
        "energy_quality": energy.get("quality"),
        "queries_per_s": stream.get("throughput_per_s"),
        "deadline_met": (stream.get("deadline_met") or {}).get("value"),
        "trust": (item.trust or {}).get("grade"),
        "p50_ms": time.p50,
        "p90_ms": time.p90,
        "p95_ms": time.p95,
        "p99_ms": time.p99,
        "mean_ms": time.mean,
        "n": time.n,
        "run_peak_mb": item.memory_mb.run_peak,
        "reasons": "; ".join(item.reasons),
    }
    return {name: values[name] for name in COLUMNS}


def _ends(name: str, unit: str, interval: Sequence[float] | None) -> dict[str, float | None]:
    """Both ends of an interval as columns."""
    low, high = interval or (None, None)
    return {f"{name}_low_{unit}": low, f"{name}_high_{unit}": high}


def _harmless(value: Any) -> Any:
    """A foreign text that a spreadsheet would run as a formula gets an apostrophe."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _cell(value: Any) -> str:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<").split())

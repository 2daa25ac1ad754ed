"""Figures of a report as text: the same rounding in HTML, Markdown and CSV."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from profiles.columns import Scale, byte_counts
from profiles.columns import figures as figures_alike
from profiles.reading import Quality

from ..records import Estimate, RecipeStep
from .data import Row, Section
from .texts import Texts

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
MAX_NAME = 400


def clean(text: str) -> str:
    """A foreign text without control characters and direction overrides, at most 400 characters."""
    return CONTROL.sub("", text).replace("\n", " ").replace("\t", " ")[:MAX_NAME]


def model_name(model: str) -> str:
    """A model as people call it: without ``sample:`` and folders."""
    return clean(model.removeprefix("sample:").rpartition("/")[2] or model)


def size(count: float) -> str:
    """Bytes in decimal units, three figures: ``94.5 kB``."""
    value, unit = count, "B"
    for following in ("kB", "MB", "GB"):
        if float(f"{value:.3g}") < 1000:  # 999.9 kB is 1.00 MB
            break
        value, unit = value / 1000, following
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:#.3g} {unit}"


def percent(estimate: Estimate | None) -> tuple[str, str]:
    """A share in percent and its interval."""
    if estimate is None or estimate.value is None:
        return "", ""
    interval = estimate.ci95
    return (
        f"{100 * estimate.value:.2f} %",
        "" if interval is None else f"{100 * interval[0]:.1f}–{100 * interval[1]:.1f}",
    )


def signed(value: float) -> str:
    """Points with their sign and a real minus; nothing is ``-0.00``."""
    rounded = round(value, 2)
    return "0.00" if rounded == 0 else f"{rounded:+.2f}".replace("-", "\N{MINUS SIGN}")


def points(estimate: Estimate | None) -> tuple[str, str]:
    """A loss in points as what is gained or lost (minus = worse) and its interval."""
    if estimate is None or estimate.value is None:
        return "", ""
    interval = estimate.ci95
    return signed(-estimate.value), "" if interval is None else f"{signed(-interval[1])} … {signed(-interval[0])}"


@dataclass(frozen=True)
class Columns:
    """How the figures of a section's table are written: each column in one unit, with one number of decimals."""

    size: Scale
    packed: Scale
    time: Scale
    tail: Scale
    memory: Scale


def columns(rows: Sequence[Row]) -> Columns:
    """From the figures there are."""
    readings = [row.reading for row in rows if row.reading is not None]
    return Columns(
        byte_counts(row.variant.size_bytes for row in rows),
        byte_counts(row.variant.packed_bytes for row in rows),
        figures_alike((row.p50_ms for row in rows), of_least=3),
        figures_alike(item.latency_ms.p99 for item in readings),
        figures_alike(item.memory_mb.run_peak for item in readings),
    )


def milliseconds(value: float | None) -> str:
    """Three figures, four from 1,000 on."""
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 else f"{value:#.3g}"


def times(value: float | None) -> str:
    """A ratio: ``3.42×``, ``14.2×``."""
    return "" if value is None else f"{value:.2f}×" if value < 10 else f"{value:.1f}×"


def step_text(step: RecipeStep) -> str:
    """A step with the knobs that were set."""
    knobs = ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in step.knobs.items()
    )
    return clean(step.technique + (f" ({knobs})" if knobs else ""))


def metric_name(metric: str | None, texts: Texts) -> str:
    """A metric in the language of the report; unknown ones as they are."""
    key = f"metric_{metric or 'accuracy'}"
    return texts(key) if key in texts else clean((metric or "").replace("_", " "))


def verdict(row: Row, texts: Texts) -> tuple[str, str]:
    """Word and style of the state of a row."""
    if row.reading is not None and row.reading.quality is Quality.REJECTED:
        return texts("rejected"), "bad"
    if row.baseline:
        return texts("baseline"), "idle"
    if row.comparison is None:
        return "", "idle"
    if row.comparison.equal:
        return texts("equal"), "idle"
    if row.comparison.ci95[0] >= 1 + row.comparison.margin:
        return texts("surely_faster"), "ok"
    return texts(str(row.comparison.verdict)), {"PASS": "ok", "FAIL": "bad"}.get(str(row.comparison.verdict), "warn")


COLUMNS = (
    "model", "target", "variant", "recipe", "metric", "score", "score_low", "score_high", "loss_points", "loss_low", "loss_high",
    "size_bytes", "packed_bytes", "smaller", "p50_ms", "p50_low_ms", "p50_high_ms", "p99_ms", "runs", "speedup", "speedup_low",
    "speedup_high", "verdict", "memory_mb", "quality", "recommended",
)  # fmt: skip


def figures(section: Section, row: Row) -> dict[str, str | int | float | None]:
    """One row for CSV: numbers as they are, units in the names, None where nothing is known."""
    variant, reading, compared, lost = row.variant, row.reading, row.comparison, row.variant.loss_points
    time = None if reading is None else reading.latency_ms
    score_low, score_high = _bounds(None if row.score is None else row.score.ci95)
    loss_low, loss_high = _bounds(None if lost is None else lost.ci95)
    p50_low, p50_high = _bounds(None if time is None else time.ci95_p50)
    fast_low, fast_high = _bounds(None if compared is None else compared.ci95)
    values = (
        section.model, section.target, variant.name or variant.id, " > ".join(step_text(s) for s in variant.recipe.steps),
        row.metric, None if row.score is None else row.score.value, score_low, score_high,
        None if lost is None else lost.value, loss_low, loss_high, variant.size_bytes, variant.packed_bytes, row.smaller,
        row.p50_ms, p50_low, p50_high, None if time is None else time.p99, None if time is None else time.n,
        None if compared is None else compared.speedup, fast_low, fast_high,
        "baseline" if row.baseline else None if compared is None else str(compared.verdict),
        None if reading is None else reading.memory_mb.run_peak, None if reading is None else str(reading.quality),
        "yes" if row.recommended else "",
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def _bounds(interval: tuple[float, float] | None) -> tuple[float | None, float | None]:
    return (None, None) if interval is None else interval


def to_csv(sections: Sequence[Section]) -> str:
    """All rows as CSV; a foreign name that a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for section in sections:
        for row in section.rows:
            values = figures(section, row)
            writer.writerow({k: _harmless(v) if isinstance(v, str) else v for k, v in values.items()})
    return out.getvalue()


def _harmless(text: str) -> str:
    cleaned = clean(text) if len(text) <= MAX_NAME else CONTROL.sub("", text)
    return f"'{cleaned}" if cleaned[:1] in ("=", "+", "-", "@") else cleaned


def markdown_table(section: Section, texts: Texts) -> list[str]:
    """The variants of a section as lines of a Markdown table."""
    metric = next((row.metric for row in section.rows if row.metric), None)
    keys = ("change", "size", "packed", "ratio", "p50", "speedup", "verdict", "memory")
    shown = columns(section.rows)
    names = [texts("variant"), titled(metric_name(metric, texts)), *(texts(key) for key in keys)]
    return [
        "| " + " | ".join(markdown_text(name) for name in names) + " |",
        "|---|" + "---:|" * (len(names) - 1),
        *(
            "| " + " | ".join(markdown_text(item) for item in _markdown_row(row, shown, texts)) + " |"
            for row in section.rows
        ),
    ]


def titled(word: str) -> str:
    """A word as the head of a column; one that is written in its own way (mAP@50) stays so."""
    return word[:1].upper() + word[1:] if word.partition(" ")[0].islower() else word


def _markdown_row(row: Row, shown: Columns, texts: Texts) -> list[str]:
    compared, variant = row.comparison, row.variant
    speed = "" if compared is None else f"{times(compared.speedup)} [{compared.ci95[0]:.2f}, {compared.ci95[1]:.2f}]"
    peak = None if row.reading is None else row.reading.memory_mb.run_peak
    score, score_interval = percent(row.score)
    lost, lost_interval = points(variant.loss_points)
    return [
        clean(variant.name or variant.id) + (f" ({texts('recommended')})" if row.recommended else ""),
        score + (f" [{score_interval}]" if score_interval else ""),
        lost + (f" [{lost_interval}]" if lost_interval else ""),
        shown.size.text(variant.size_bytes),
        shown.packed.text(variant.packed_bytes),
        times(row.smaller),
        "" if row.p50_ms is None else shown.time.text(row.p50_ms),
        speed,
        verdict(row, texts)[0],
        "" if peak is None else shown.memory.text(peak),
    ]


def markdown_text(text: str) -> str:
    """A foreign text in Markdown: nothing in it is taken for markup."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", text) if re.search(r"[\\`*<>|]", text) else text

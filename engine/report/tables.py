"""Tables of a report as headings and cells, the same in HTML and Markdown: data sheet, efficiency and cost, effects.

The figures of efficiency are those of :mod:`engine.evaluate.efficiency`, as ``flyweight compare --json`` has them. What was
not measured is an empty cell; a column without any value is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from profiles.columns import Scale, byte_counts, figure, figures
from profiles.reading import Reading

from ..evaluate.efficiency import Taken, efficiency
from ..measure.covering import Judged
from ..measure.limits import Limit
from .data import ReportData, Row, Section
from .effects import Effect, effects
from .rows import clean, metric_name, milliseconds, model_name, percent, points, signed, times, titled
from .texts import Texts

ERROR_METRICS = ("wer",)
"""Metrics that count errors, where the others grow with quality."""

STAGES = {"decode": "stage_decode", "prepare": "stage_prepare", "infer": "stage_infer", "finish": "stage_finish"}
"""Parts of a query in their order, with the keys of their names."""

LIMITED = {
    "accuracy_loss": ("limit_accuracy_loss", "unit_accuracy_loss"), "latency_ms": ("limit_latency_ms", "unit_latency_ms"),
    "memory_mb": ("limit_memory_mb", "unit_memory_mb"), "size_bytes": ("limit_size_bytes", "unit_size_bytes"),
    "energy_mj": ("limit_energy_mj", "unit_energy_mj"),
}  # fmt: skip
"""What can be limited, with the keys of its name and its unit."""

Table = tuple[list[str], list[list[str]]]


def efficiency_table(section: Section, texts: Texts) -> Table | None:
    """Heads and rows; None where nothing is known of any variant.

    Columns: predictions per second, bytes of the file for each point of a full score, the share (E0 - E1) / E0 that is
    saved of size, latency and MACs, CPU seconds and peak memory of making it, CPU seconds to unpack it, time to load it.
    """
    base = next((row for row in section.rows if row.baseline), None)
    original = None if base is None else _taken(base)
    found = [efficiency(_taken(row), None if row.baseline else original) for row in section.rows]
    per_score = byte_counts(item["bytes_per_score"] for item in found)
    columns: list[tuple[str, Callable[[Mapping[str, Any]], str]]] = [
        ("per_second", lambda f: _only(f["predictions_per_s"], "{:,.0f}")),
        ("per_score", lambda f: "" if f["bytes_per_score"] is None else per_score.text(f["bytes_per_score"])),
        ("saved_size", lambda f: _share((f["improvement"] or {}).get("size"))),
        ("saved_latency", lambda f: _share(next(iter((f["improvement"] or {}).get("latency", {}).values()), None))),
        ("saved_macs", lambda f: _share((f["improvement"] or {}).get("macs"))),
        ("made_in", lambda f: _number(f["cost"]["cpu_s"], "{:,.1f}")),
        ("made_memory", lambda f: _number(f["cost"]["peak_rss_mb"], "{:,.0f}")),
        ("unpacked_in", lambda f: _number(f["cost"]["decode_cpu_s"], "{:.3f}")),
        ("loads_in", lambda f: _only(f["cost"]["load_ms"], "{:.1f}")),
    ]
    cells = {key: [words(figures) for figures in found] for key, words in columns}
    shown = [key for key, values in cells.items() if any(values)]
    if not shown:
        return None
    names = [clean(row.variant.name or row.variant.id) for row in section.rows]
    rows = [[name, *(cells[key][place] for key in shown)] for place, name in enumerate(names)]
    return [texts("variant"), *(texts(key) for key in shown)], rows


def sheet(section: Section, texts: Texts) -> Table | None:
    """The data sheet of the recommended variant: each figure of the original, of the variant, and what changed."""
    chosen = section.recommended
    base = next((row for row in section.rows if row.baseline), None)
    if chosen is None or base is None or base is chosen:
        return None
    changed = points(chosen.variant.loss_points)[0]
    metric = titled(metric_name(chosen.metric, texts))
    rows = [
        [f"{metric} (%)", _bare(percent(base.score)[0]), _bare(percent(chosen.score)[0]), changed],
        _line(texts("size"), base, chosen, lambda row: row.variant.size_bytes, byte_counts),
        _line(texts("packed"), base, chosen, lambda row: row.variant.packed_bytes, byte_counts),
        _line(texts("parameters"), base, chosen, lambda row: row.variant.parameters, _whole),
        _line(texts("macs"), base, chosen, lambda row: row.variant.macs, _whole),
        _timed(_line(texts("p50"), base, chosen, lambda row: row.p50_ms, _three), chosen),
        _line(texts("p99"), base, chosen, _p99, _three),
        _line(texts("memory"), base, chosen, _peak, _tenths),
        _line(texts("loads_in"), base, chosen, _load, _tenths),
    ]
    heads = [texts("figure"), texts("original"), clean(chosen.variant.name or chosen.variant.id), texts("changed")]
    return heads, [line for line in rows if line[1] or line[2]]


def services_table(section: Section, services: Sequence[Reading], texts: Texts) -> Table | None:
    """Scenarios of the section's variants on its board, with the parts of a query; None where none was run."""
    names = {row.variant.id: clean(row.variant.name or row.variant.id) for row in section.rows}
    own = [item for item in services if item.variant in names and item.target == section.target]
    found = [(item, item.stream) for item in own if item.stream is not None]
    columns: list[tuple[str, Callable[[Mapping[str, Any]], str]]] = [
        ("per_second_served", lambda s: "" if s.get("throughput_per_s") is None else figure(s["throughput_per_s"], 4)),
        ("in_time", _in_time),
        ("dropped", lambda s: _number(s.get("dropped"), "{:,}")),
        *((key, partial(_stage, name=name)) for name, key in STAGES.items()),
        ("limits_stage", lambda s: texts(STAGES[s["limiting_stage"]]) if s.get("limiting_stage") in STAGES else ""),
    ]
    cells = {key: [words(stream) for _, stream in found] for key, words in columns}
    shown = [key for key, values in cells.items() if any(values)]
    if not shown:
        return None
    rows = [
        [
            names[item.variant or ""],
            _scenario(item),
            milliseconds(item.latency_ms.p50),
            *(cells[key][i] for key in shown),
        ]
        for i, (item, _) in enumerate(found)
    ]
    return [texts("variant"), texts("scenario"), texts("p50"), *(texts(key) for key in shown)], rows


def beside_table(section: Section, services: Sequence[Reading], texts: Texts) -> Table | None:
    """The section's variants while models of other slots ran, and what that did to those; None where none was measured so."""
    names = {row.variant.id: clean(row.variant.name or row.variant.id) for row in section.rows}
    found = [item for item in services if item.variant in names and item.target == section.target]
    rows = [
        [
            names[item.variant or ""],
            milliseconds(item.latency_ms.p50),
            clean(other["slot"]),
            *("" if other[key] is None else milliseconds(other[key]) for key in ("p50_ms", "alone_p50_ms")),
            *("" if other[key] is None else figure(other[key]) for key in ("runs_per_s", "alone_runs_per_s")),
            ""
            if other["ci95"] is None
            else f"{times(other['slowdown'])} [{other['ci95'][0]:.2f}, {other['ci95'][1]:.2f}]",
        ]
        for item in found
        for other in item.neighbours
    ]
    heads = (
        "variant",
        "p50",
        "beside_slot",
        "beside_p50",
        "beside_alone",
        "beside_rate",
        "beside_rate_alone",
        "beside_slowdown",
    )
    return ([texts(head) for head in heads], rows) if rows else None


def _scenario(item: Reading) -> str:
    rate = (item.stream or {}).get("rate_hz")
    return clean(item.scenario + (f", {rate:g} Hz" if rate else ""))


def _stage(stream: Mapping[str, Any], name: str) -> str:
    return milliseconds((stream.get("stages_ms") or {}).get(name))


def _in_time(stream: Mapping[str, Any]) -> str:
    met = stream.get("deadline_met")
    if met is None:
        return ""
    low, high = met["ci95"]
    return f"{met['value']:.1%} [{low:.1%}, {high:.1%}] ≤ {figure(stream['deadline_ms'], 4)} ms"


def _line(
    name: str,
    base: Row,
    chosen: Row,
    value: Callable[[Row], float | None],
    scale: Callable[[Sequence[float | None]], Scale],
) -> list[str]:
    before, after = value(base), value(chosen)
    words = scale([before, after]).text
    ratio = before / after if before and after else None
    return [name, "" if before is None else words(before), "" if after is None else words(after), _ratio(ratio)]


def _timed(line: list[str], chosen: Row) -> list[str]:
    """The median's line with the speed-up of the paired runs, as everywhere on the page: medians of all runs divide unlike it."""
    return line if chosen.comparison is None else [*line[:3], _ratio(chosen.comparison.speedup)]


def _whole(values: Sequence[float | None]) -> Scale:
    return Scale()


def _tenths(values: Sequence[float | None]) -> Scale:
    return Scale(decimals=1)


def _three(values: Sequence[float | None]) -> Scale:
    return figures(values, of_least=3)


def _ratio(value: float | None) -> str:
    """How many times less, or more."""
    if value is None:
        return ""
    if round(value, 3) == 1:
        return "="
    return ("÷ " if value >= 1 else "× ") + times(max(value, 1 / value)).removesuffix("×")


def _p99(row: Row) -> float | None:
    return None if row.reading is None else row.reading.latency_ms.p99


def _peak(row: Row) -> float | None:
    return None if row.reading is None else row.reading.memory_mb.run_peak


def _load(row: Row) -> float | None:
    return None if row.reading is None else row.reading.load_ms


def _bare(value: str) -> str:
    return value.removesuffix(" %")


def _taken(row: Row) -> Taken:
    variant, reading = row.variant, row.reading
    worth = None if row.score is None else row.score.value
    if worth is not None and row.metric in ERROR_METRICS:
        worth = 1 - worth
    load_ms = None if reading is None else reading.load_ms
    return Taken(
        variant.size_bytes,
        variant.packed_bytes,
        variant.macs,
        worth,
        {} if reading is None else {reading.target: reading.latency_ms.p50},
        {} if reading is None or load_ms is None else {reading.target: load_ms},
        variant.cost,
    )


def _only(by_device: Mapping[str, float], form: str) -> str:
    """The value of the section's own device."""
    return next((form.format(value) for value in by_device.values()), "")


def _number(value: float | None, form: str) -> str:
    return "" if value is None else form.format(value)


def _share(value: float | None) -> str:
    """A saved share in percent; what grew has a minus."""
    if value is None:
        return ""
    rounded = round(100 * value)
    return f"{rounded:+d} %".replace("-", "\N{MINUS SIGN}") if rounded else "0 %"


def cover_table(data: ReportData, texts: Texts) -> Table | None:
    """Which variant for which board and how far from its limits it stays, or which limits the nearest one misses by how much."""
    found = data.cover
    if found is None:
        return None
    rows = []
    for board in found.limits:
        item, served = found.nearest(board), board in found.cover.assigned
        if item is None:
            rows.append([clean(board), "", texts("cover_unmeasured")])
            continue
        name = clean(item.variant)
        words = texts("semicolon").join(cover_words(item, texts))
        rows.append([clean(board), name if served else texts("cover_none", variant=name), words])
    return [texts("cover_board"), texts("variant"), texts("cover_limits")], rows


def cover_words(item: Judged, texts: Texts) -> list[str]:
    """The limits that are missed, or how far from them a variant stays."""

    def said(key: str, limit: Limit, **figures: float) -> str:
        noun, unit = map(texts, LIMITED[limit.name])
        return texts(key, noun=noun, unit=unit, most=figure(limit.most), **{k: figure(v) for k, v in figures.items()})

    if not item.misses:
        values = ((limit, item.figures[limit.name]) for limit in item.limits)
        return [said("cover_kept", limit, value=value) for limit, value in values if value is not None]
    return [
        said("cover_unknown", miss.limit)
        if miss.value is None or miss.over is None
        else said("cover_missed", miss.limit, value=miss.value, over=miss.over)
        for miss in item.misses
    ]


def effects_table(data: ReportData, texts: Texts) -> Table | None:
    """What each technique did, over all models and devices; None where no recipe has a step."""
    rows = effects(data.variants, data.readings, data.comparisons)
    if not rows:
        return None
    keys = ("effect_technique", "variant", "effect_device", "ratio", "packed", "speedup", "change")
    return [texts(key) for key in keys], [_effect(row, texts) for row in rows]


def _effect(row: Effect, texts: Texts) -> list[str]:
    speed, lost = texts("not_measured"), row.loss_points
    if row.speed_factor is not None and row.speed_ci95 is not None:
        speed = f"{row.speed_factor:.2f}× [{row.speed_ci95[0]:.2f}, {row.speed_ci95[1]:.2f}]"
    change = texts("points_unknown") if lost is None or lost.value is None else signed(-lost.value)
    if lost is not None and lost.value is not None and lost.ci95 is not None:
        change += f" [{signed(-lost.ci95[1])}, {signed(-lost.ci95[0])}]"
    return [
        " + ".join(row.techniques),
        f"{model_name(row.model)}: {clean(row.name or row.variant)}",
        clean(row.target or texts("not_measured")),
        f"{row.size_factor:.2f}×",
        f"{row.packed_factor:.2f}×",
        speed,
        change,
    ]

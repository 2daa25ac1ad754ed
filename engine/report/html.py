"""The report as ONE self-contained HTML file: no script, no picture, no request leaves the page.

Every text that comes from a model, a board or a user goes through :func:`text`; the page forbids everything but its own
style sheet by a content security policy.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from html import escape
from importlib import resources

from profiles.reading import Origin, Reading, engine_name

from ..records import Variant
from .data import MAX_LOSS_POINTS, ReportData, Row, Section, acceptable, best, sections
from .facts import machine_facts, method_facts
from .histogram_plot import section_histograms
from .overview import caveats, glance, provenance
from .parts import ALL_PARTS, Part
from .plot import Plot, Point, pareto_plot, visible
from .remarks import by_reason, merge
from .rows import (
    Columns,
    clean,
    columns,
    metric_name,
    milliseconds,
    model_name,
    percent,
    points,
    signed,
    size,
    step_text,
    times,
    titled,
    verdict,
)
from .tables import Table, beside_table, cover_table, effects_table, efficiency_table, services_table, sheet
from .texts import Texts

SHOWN_SKIPS = 4
BAR_PX = 64
SECTION_PARTS = {Part.RESULT, Part.PLOT, Part.TABLE, Part.EFFICIENCY, Part.REMARKS, Part.RECIPES}
"""Parts that stand below the name of a network."""


def text(value: object) -> str:
    """A foreign value as harmless HTML."""
    return escape(clean(str(value)))


def render(data: ReportData, language: str = "en", parts: Collection[Part] = ALL_PARTS) -> str:
    """The whole page, with these parts.

    Raises:
        UsageError: there is no such language.
    """
    texts = Texts(language)
    found = sections(data)
    style = resources.files(__package__).joinpath("report.css").read_text(encoding="utf-8")
    names = ", ".join(dict.fromkeys(model_name(section.model) for section in found))
    lines = [
        "<!doctype html>",
        f'<html lang="{language.replace("_", "-")}"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{text(texts('title'))}: {text(names)}</title>",
        f"<style>\n{style}</style></head><body><main>",
        _header(data, found, names, texts),
        _notes(data, texts) if Part.NOTES in parts else "",
        _glance(found, texts) if len(found) > 1 and Part.RESULT in parts else "",
        *(
            _section(place, section, data, texts, parts)
            for place, section in enumerate(found)
            if SECTION_PARTS & set(parts)
        ),
        _across(texts("effects"), texts("effects_text"), effects_table(data, texts)) if Part.EFFECTS in parts else "",
        _across(texts("cover"), texts("cover_text"), cover_table(data, texts)) if Part.COVER in parts else "",
        _how(data, found, texts, parts),
        _limits(data, texts) if Part.LIMITS in parts else "",
        f"<footer>{text(texts('footer'))}</footer></main></body></html>\n",
    ]
    return "\n".join(line for line in lines if line)


def _header(data: ReportData, found: Sequence[Section], names: str, texts: Texts) -> str:
    facts = [texts("variants", count=len(data.variants))]
    targets = dict.fromkeys(section.target for section in found if section.target)
    if targets:
        board = data.device.board_name if data.device is not None and len(targets) == 1 else None
        facts.append(texts("measured_on", target=", ".join(targets)) + (f" ({board})" if board else ""))
    facts.append(texts("made", time=_when(data.made_at)))
    simulated = any(reading.origin is Origin.SIMULATED for reading in data.readings)
    warning = f'<p class="card"><span class="pill warn">{text(texts("simulated"))}</span></p>' if simulated else ""
    return (
        f'<header><div class="brand">Flyweight</div><h1>{text(texts("title"))}</h1>'
        f'<p class="muted">{text(names)} · {" · ".join(text(fact) for fact in facts)}</p>{warning}</header>'
    )


def _notes(data: ReportData, texts: Texts) -> str:
    if not data.notes:
        return ""
    items = "".join(f"<li>{text(texts.said(note))}</li>" for note in data.notes)
    return f'<div class="card"><h2>{text(texts("notes"))}</h2><ul>{items}</ul></div>'


def _glance(found: Sequence[Section], texts: Texts) -> str:
    """All networks in a line each; a click leads to its part of the page."""
    items = "".join(
        f'<dt><a href="#network-{place}">{text(name)}</a></dt><dd>{text(gain)}</dd>'
        for place, (name, gain) in enumerate(glance(found, texts))
    )
    return f'<div class="card"><h2>{text(texts("glance"))}</h2><dl class="recipes">{items}</dl></div>'


def _across(title: str, below: str, table: Table | None) -> str:
    """A table about all networks together."""
    card = _figures(title, below, table)
    return f"<section>{card}</section>" if card else ""


def _when(moment: str) -> str:
    try:
        return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return moment


def _section(place: int, section: Section, data: ReportData, texts: Texts, parts: Collection[Part]) -> str:
    where = f' <span class="muted">· {text(section.target)}</span>' if section.target else ""
    made: dict[Part, Callable[[], str]] = {
        Part.RESULT: lambda: _result(section, data, texts, parts) + _figures(texts("sheet"), "", sheet(section, texts)),
        Part.PLOT: lambda: _plot(section, texts) + _histograms(section, texts),
        Part.TABLE: lambda: _table(section, texts) + _services(section, data, texts),
        Part.EFFICIENCY: lambda: _figures(
            texts("efficiency"), texts("efficiency_text"), efficiency_table(section, texts)
        ),
        Part.REMARKS: lambda: _remarks(section, texts),
        Part.RECIPES: lambda: _recipes(section, texts),
    }
    cards = [make() for part, make in made.items() if part in parts]
    return "\n".join(
        [f'<section id="network-{place}"><h2>{text(model_name(section.model))}{where}</h2>', *cards, "</section>"]
    )


def _figures(title: str, words: str, table: Table | None) -> str:
    """A card with a plain table; nothing without one."""
    if table is None:
        return ""
    heads, rows = table
    head = "".join(f"<th>{text(name)}</th>" for name in heads)
    body = "\n".join("<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<div class="card"><div class="head"><h2>{text(title)}</h2><span class="muted">{text(words)}</span></div>'
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></div>'
    )


def _result(section: Section, data: ReportData, texts: Texts, parts: Collection[Part]) -> str:
    row = section.recommended
    if row is None:
        return f'<div class="card result"><p>{text(reason(section, texts))}</p></div>'
    base = next((item for item in section.rows if item.baseline), None)
    metrics = "".join(
        f"<div>{item}</div>" for item in (_smaller(row, base, texts), _faster(row, base, texts), _change(row, texts))
    )
    return (
        f'<div class="card result"><div class="head"><h2>{text(row.variant.name or row.variant.id)}</h2>'
        f'<span class="pill info">{text(texts("recommended"))}</span>{_placed(row, data, texts)}</div>'
        f'<div class="metrics">{metrics}</div>'
        f'<p class="muted">{text(reason(section, texts))}</p>{_trust(row, base, texts, parts)}</div>'
    )


def _trust(row: Row, base: Row | None, texts: Texts, parts: Collection[Part]) -> str:
    """Where the figures above come from, and what their readings say against themselves."""
    origin, against = provenance(row, texts), caveats(row, base, texts)
    more = f' <a href="#method">{text(texts("method"))}</a>' if origin and Part.METHOD in parts else ""
    lines = [f'<p class="muted small">{text(origin)}{more}</p>'] if origin else []
    if against:
        said = text(texts("semicolon").join(against))
        lines.append(f'<p class="small"><span class="pill warn">{text(texts("caveats"))}</span> {said}</p>')
    return f'<div class="trust">{"".join(lines)}</div>' if lines else ""


def reason(section: Section, texts: Texts) -> str:
    """Why the recommended variant is recommended, or why none is."""
    chosen, own = section.recommended, best(section.rows)
    if chosen is None:
        key = "nothing_chosen" if any(item.comparison for item in section.rows) else "not_compared"
        return texts(key, limit=f"{MAX_LOSS_POINTS:g}")
    if own is None or chosen.variant.id != own.variant.id:
        return texts("chosen_by_caller")
    count = sum(acceptable(row) for row in section.rows)
    words = "chosen_alone" if count == 1 else "chosen_because"
    return texts(words, count=count, limit=f"{MAX_LOSS_POINTS:g}")


def _placed(row: Row, data: ReportData, texts: Texts) -> str:
    for item in reversed(data.placements):
        if row.reading is not None and item.bundle == row.reading.bundle and item.verified:
            return f'<span class="pill ok">{text(texts("verified_on", target=item.target, slot=item.slot))}</span>'
    return ""


def _metric(figure: str, word: str, detail: str) -> str:
    return f'<div class="metric">{text(figure)} <small>{text(word)}</small></div><div class="muted small">{text(detail)}</div>'


def _smaller(row: Row, base: Row | None, texts: Texts) -> str:
    before = "" if base is None else size(base.variant.packed_bytes)
    detail = texts("smaller_detail", before=before, after=size(row.variant.packed_bytes))
    return _metric(times(row.smaller), texts("smaller"), detail)


def _faster(row: Row, base: Row | None, texts: Texts) -> str:
    if row.comparison is None:
        return _metric("–", texts("faster"), texts("not_measured"))
    ratio, (low, high) = row.comparison.speedup, row.comparison.ci95
    before = "" if base is None else milliseconds(base.p50_ms)
    detail = texts("speed_detail", before=before, after=milliseconds(row.p50_ms), low=f"{low:.2f}", high=f"{high:.2f}")
    return _metric(times(ratio), texts("faster" if ratio >= 1 else "slower"), detail)


def _change(row: Row, texts: Texts) -> str:
    lost, metric = row.variant.loss_points, metric_name(row.metric, texts)
    if lost is None or lost.value is None:
        return _metric("–", texts("points", metric=metric), texts("points_unknown"))
    detail = ""
    if lost.ci95 is not None:
        detail = texts("points_detail", low=signed(-lost.ci95[1]), high=signed(-lost.ci95[0]), n=f"{lost.n:,}")
    return _metric(signed(-lost.value), texts("points", metric=metric), detail)


def section_plot(section: Section, texts: Texts) -> Plot | None:
    """Metric against latency; None where fewer than two variants have both."""
    base = next((row.points for row in section.rows if row.baseline), None)
    drawn = [_point(row, base) for row in section.rows if row.p50_ms is not None and row.points is not None]
    if len(drawn) < 2:
        return None
    metric = metric_name(next((row.metric for row in section.rows if row.metric), None), texts)
    runs = min(reading.latency_ms.n for reading in section.readings)
    subtitle = texts(
        "plot_subtitle", target=clean(section.target or ""), threads=_threads(section.readings, texts), n=f"{runs:,}"
    )
    hidden = len(drawn) - len(visible(drawn))
    if hidden:
        subtitle += " · " + texts("off_scale", count=hidden)
    title = texts("plot", metric=titled(metric))
    svg = pareto_plot(
        drawn,
        x_title=texts("axis_latency"),
        y_title=texts("axis_score", metric=metric),
        description=clean(title),
    )
    return Plot(title, subtitle, svg)


def _plot(section: Section, texts: Texts) -> str:
    plot = section_plot(section, texts)
    if plot is None:
        return ""
    keys = "".join(
        f'<svg class="key" viewBox="0 0 12 12"><circle class="{kind}" cx="6" cy="6" r="4.5"/></svg> {text(texts(key))} &nbsp; '
        for kind, key in (("front", "legend_front"), ("dominated", "legend_dominated"))
    )
    return _drawn(plot, f'<span class="muted small">{keys}</span>')


def _drawn(plot: Plot, legend: str = "") -> str:
    head = f'<div class="head"><h2>{text(plot.title)}</h2><span class="muted">{text(plot.conditions)}</span></div>'
    return f'<div class="card">{head}{legend}<div class="drawn">{plot.svg}</div></div>'


def _histograms(section: Section, texts: Texts) -> str:
    plot = section_histograms(section, texts)
    return "" if plot is None else _drawn(plot)


def _services(section: Section, data: ReportData, texts: Texts) -> str:
    served = _figures(texts("services"), texts("services_text"), services_table(section, data.services, texts))
    return served + _figures(texts("beside"), texts("beside_text"), beside_table(section, data.services, texts))


def _point(row: Row, base: float | None) -> Point:
    """A variant in the plot; its vertical whisker is the paired interval of the change against the original."""
    assert row.reading is not None
    assert row.points is not None
    lost = row.variant.loss_points
    paired = None if row.baseline or base is None or lost is None or lost.ci95 is None else lost.ci95
    return Point(
        clean(row.variant.name or row.variant.id)[:40],
        row.reading.latency_ms.p50,
        row.points,
        row.reading.latency_ms.ci95_p50,
        None if paired is None or base is None else (base - paired[1], base - paired[0]),
        row.on_front,
        row.recommended,
        row.baseline,
    )


def _threads(readings: Iterable[Reading], texts: Texts) -> str:
    counts = sorted({reading.threads for reading in readings})
    key = "thread" if counts == [1] else "thread_many"
    return texts(key, count=", ".join(str(count) for count in counts))


def _table(section: Section, texts: Texts) -> str:
    metric = next((row.metric for row in section.rows if row.metric), None)
    keys = ["change", "size", "packed", "ratio", "p50", "p99", "speedup", "verdict", "memory"]
    names = [
        texts("variant"),
        titled(metric_name(metric, texts)),
        *(texts(k) for k in keys),
    ]
    fastest = max((row.comparison.speedup for row in section.rows if row.comparison is not None), default=1.0)
    head = "".join(f"<th>{text(name)}</th>" for name in names)
    shown = columns(section.rows)
    body = "\n".join(_table_row(row, fastest, shown, texts) for row in section.rows)
    subtitle = f'<span class="muted">{text(texts("table_subtitle"))}</span>'
    title = f'<div class="head"><h2>{text(texts("table"))}</h2>{subtitle}</div>'
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="card">{title}<div class="scroll">{table}</div></div>'


def _table_row(row: Row, fastest: float, shown: Columns, texts: Texts) -> str:
    variant, reading, compared = row.variant, row.reading, row.comparison
    name = f"<b>{text(variant.name or variant.id)}</b>"
    if row.recommended:
        name += f' <span class="pill info">{text(texts("recommended"))}</span>'
    if reading is not None:
        name += f"<small>{text(engine_name(reading.runtime, reading.provider))}</small>"
    word, style = verdict(row, texts)
    time = None if reading is None else reading.latency_ms
    interval = None if time is None else time.ci95_p50
    speed = ("", "")
    if compared is not None:
        speed = (times(compared.speedup), f"{compared.ci95[0]:.2f}–{compared.ci95[1]:.2f}")
    bar = (
        ""
        if compared is None
        else f'<span class="bar" style="width:{BAR_PX * min(compared.speedup / fastest, 1):.0f}px"></span>'
    )
    peak = None if reading is None else reading.memory_mb.run_peak
    cells = [
        name,
        _cell(*percent(row.score)),
        _changed(row),
        _cell(shown.size.text(variant.size_bytes)),
        _cell(shown.packed.text(variant.packed_bytes)),
        _cell("" if row.baseline else times(row.smaller)),
        _cell(
            texts("not_measured") if row.p50_ms is None else shown.time.text(row.p50_ms),
            "" if interval is None else f"{shown.time.text(interval[0])}–{shown.time.text(interval[1])}",
        ),
        _cell("" if time is None else texts("few_runs") if time.p99 is None else shown.tail.text(time.p99)),
        _cell(*speed) + bar,
        f'<span class="pill {style}">{text(word)}</span>' if word else "",
        _cell("" if peak is None else shown.memory.text(peak)),
    ]
    chosen = ' class="chosen"' if row.recommended else ""
    return f"<tr{chosen}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _changed(row: Row) -> str:
    """The change of the metric; red where surely more than a point is lost."""
    lost = row.variant.loss_points
    if row.baseline or lost is None:
        return ""
    cell = _cell(*points(lost))
    surely = lost.ci95 is not None and lost.ci95[0] > MAX_LOSS_POINTS
    return f'<span class="lost">{cell}</span>' if surely else cell


def _cell(value: str, interval: str = "") -> str:
    return text(value) + (f"<small>{text(interval)}</small>" if interval else "")


def remarks(section: Section, texts: Texts) -> Sequence[tuple[str, Sequence[str]]]:
    """Warnings of the readings and notes of the variants, each with its variants; those of several said once."""
    found = merge(
        (said, row.variant.name or row.variant.id)
        for row in section.rows
        for said in (*(() if row.reading is None else row.reading.reasons), *row.variant.notes)
    )
    return [(texts.said(said), names) for said, names in found]


def _remarks(section: Section, texts: Texts) -> str:
    items = "".join(
        f'<li>{text(said)} <span class="muted">({", ".join(text(name) for name in names)})</span></li>'
        for said, names in remarks(section, texts)
    )
    if not items:
        return ""
    return f'<div class="card"><h2>{text(texts("warnings"))}</h2><ul>{items}</ul></div>'


def _recipes(section: Section, texts: Texts) -> str:
    items = "".join(
        f"<dt>{text(row.variant.name or row.variant.id)}</dt><dd>{_recipe(row.variant, row.baseline, texts)}</dd>"
        for row in section.rows
    )
    return f'<div class="card"><h2>{text(texts("recipes"))}</h2><dl class="recipes">{items}</dl></div>'


def _recipe(variant: Variant, baseline: bool, texts: Texts) -> str:
    if not variant.recipe.steps:
        return f'<span class="muted">{text(texts("no_steps" if baseline else "twin"))}</span>'
    arrow = ' <span class="arrow">→</span> '
    steps = arrow.join(f'<span class="step">{text(step_text(step))}</span>' for step in variant.recipe.steps)
    note = ""
    for why, layers, more in by_reason(((item.layer, item.reason) for item in variant.skipped), SHOWN_SKIPS):
        listed = [*map(clean, layers), *([texts("more", count=more)] if more else [])]
        said = texts("skipped", layers=", ".join(listed), reason=clean(texts.said(why)))
        note += f'<div class="muted small">{escape(said)}</div>'
    return f'<div class="steps">{steps}</div>{note}'


def _how(data: ReportData, found: Sequence[Section], texts: Texts, parts: Collection[Part]) -> str:
    cards = []
    if data.readings and Part.METHOD in parts:
        cards.append((texts("how"), _list(method_facts(data, found, texts))))
    if data.readings and Part.MACHINE in parts:
        cards.append((texts("machine"), _list(machine_facts(data, texts))))
    made = "".join(f'<div class="card"><h2>{text(title)}</h2>{facts}</div>' for title, facts in cards)
    return f'<section id="method">{made}</section>' if made else ""


def _list(items: Iterable[tuple[str, str]]) -> str:
    return (
        "<dl>" + "".join(f"<dt>{text(name)}</dt><dd>{escape(value)}</dd>" for name, value in items if value) + "</dl>"
    )


def limits(data: ReportData, texts: Texts) -> Sequence[str]:
    """What the report does not say."""
    keys = ["limit_hardware", "limit_intervals", "limit_packed"]
    if all(reading.power_mw is None for reading in data.readings):
        keys.append("limit_power")
    return [texts(key) for key in keys]


def _limits(data: ReportData, texts: Texts) -> str:
    items = "".join(f"<li>{text(line)}</li>" for line in limits(data, texts))
    return f'<section><div class="card"><h2>{text(texts("limits"))}</h2><ul>{items}</ul></div></section>'

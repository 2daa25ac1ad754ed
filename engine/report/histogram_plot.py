"""Latency histograms as small SVG plots beside each other, each on its own scale: their shape is what is compared."""

from collections.abc import Callable, Sequence
from functools import partial
from html import escape
from math import log

from profiles.columns import figure

from ..measure.histogram import Histogram
from .data import Section
from .plot import Plot
from .rows import clean
from .texts import Texts

ACROSS = 4
WIDTH, CELL_HEIGHT = 1040, 128
CELL = WIDTH / ACROSS
MARGIN, TOP, BOTTOM, GAP = 12, 30, 34, 2
TAIL = 14
"""Width of the bar for what was slower, which has no scale."""
LONGEST = 36
"""Letters of a name that fit over a plot."""


def section_histograms(section: Section, texts: Texts) -> Plot | None:
    """The latencies of each variant's reading; None where no reading keeps its histogram."""
    found = [
        (clean(row.variant.name or row.variant.id), Histogram.from_json(row.reading.histogram))
        for row in section.rows
        if row.reading is not None and row.reading.histogram is not None
    ]
    if not found:
        return None
    svg = histogram_plot(found, description=texts("histogram"), slower=partial(texts, "histogram_slower"))
    return Plot(texts("histogram"), texts("histogram_text"), svg)


def histogram_plot(found: Sequence[tuple[str, Histogram]], *, description: str, slower: Callable[..., str]) -> str:
    """An ``<svg>`` element; empty text for none. Colours come from the page's style sheet.

    Args:
        found: names with what is drawn.
        description: for people who cannot see it.
        slower: says the tail in words, from its ``count`` and ``limit`` (ms).
    """
    if not found:
        return ""
    height = CELL_HEIGHT * -(-len(found) // ACROSS)
    parts = [f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(description)}">']
    for place, (name, histogram) in enumerate(found):
        left, top = CELL * (place % ACROSS), CELL_HEIGHT * (place // ACROSS)
        parts.append(f'<g transform="translate({left:.0f} {top})">')
        parts += _cell(name, histogram, slower)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>"])


def _cell(name: str, histogram: Histogram, slower: Callable[..., str]) -> list[str]:
    body, edges = histogram.body, histogram.edges_ms
    right, floor = CELL - MARGIN, CELL_HEIGHT - BOTTOM
    end = right - (TAIL + GAP if histogram.has_tail else 0)
    low, high = log(edges[0]), log(edges[len(body)])
    scale = (end - MARGIN) / ((high - low) or 1.0)
    places = [MARGIN + scale * (log(edge) - low) for edge in edges[: len(body) + 1]]
    highest = max(histogram.counts)
    shown = name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
    lines = [
        f'<text class="label" x="{MARGIN}" y="16">{escape(shown)}</text>',
        f'<line class="axis" x1="{MARGIN}" x2="{right:.1f}" y1="{floor}" y2="{floor}"/>',
    ]
    spans = [(places[i], places[i + 1], n, "column") for i, n in enumerate(body)]
    if histogram.has_tail:
        spans.append((right - TAIL, right + GAP, histogram.counts[-1], "tail"))
    for start, stop, count, kind in spans:
        tall = (floor - TOP) * count / highest
        if count:
            tall = max(tall, 1.0)  # one run of thousands is still seen
        lines.append(
            f'<rect class="{kind}" x="{start:.1f}" y="{floor - tall:.1f}" width="{max(stop - start - GAP, 0.5):.1f}" '
            f'height="{tall:.1f}"/>'
        )
    lines.append(f'<text x="{MARGIN}" y="{floor + 14}">{figure(edges[0])}</text>')
    lines.append(f'<text x="{end:.1f}" y="{floor + 14}" text-anchor="end">{figure(edges[len(body)])} ms</text>')
    if histogram.has_tail:
        words = slower(count=f"{histogram.counts[-1]:,}", limit=figure(edges[-1]))
        lines.append(f'<text x="{right:.1f}" y="{floor + 27}" text-anchor="end">{escape(words)}</text>')
    return lines

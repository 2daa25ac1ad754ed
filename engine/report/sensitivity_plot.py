"""The sensitivity of every layer as a picture: a row per layer, a column per change, darker where more is lost. SVG."""

from html import escape
from math import sqrt

from ..compress.sensitivity import Sensitivity

ROW, CELL, GAP = 22, 92, 6
LETTER = 6.6
HEAD, LEAST_WIDTH = 84, 560
SCALE, STEPS = 96, 24
FULL_POINTS = 20.0
"""A loss of so many points has the darkest colour."""
COLOURS = ((228, 232, 239), (47, 95, 222), (27, 33, 48))
"""From nothing lost to all: light to dark in one hue, so that everybody sees the order. Those of the window's plot."""
DARK = 0.44
"""From this share of the way on, white is easier to read than black."""


def sensitivity_plot(found: Sensitivity) -> str:
    """A self-contained ``<svg>`` document; the number in a cell is the loss of accuracy in points, below zero a gain.

    The colour goes by the root of the loss, so that one point and three are told apart, too; from 20 points on it stays.
    """
    changes = list(dict.fromkeys((row.change, row.amount) for row in found.rows))
    layers = list(dict.fromkeys(row.layer for row in found.rows))
    lost = {(row.layer, row.change, row.amount): 100 * (found.accuracy - row.accuracy) for row in found.rows}
    left = 16 + LETTER * max((len(layer) for layer in layers), default=8)
    width = max(left + len(changes) * (CELL + GAP) + 16, LEAST_WIDTH)
    height = HEAD + len(layers) * ROW + 16
    untouched = f"untouched: {found.metric} {100 * found.accuracy:.2f} % of {found.n:,} samples"
    if found.metric == "R2":
        untouched = f"untouched: R2 {found.accuracy:.4f} of {found.n:,} samples"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>Points of {escape(found.metric)} lost when one layer alone is changed; {escape(untouched)}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        '<text x="16" y="24" font-size="14" font-weight="bold">Points lost when one layer alone is changed</text>',
        f'<text x="16" y="44" fill="#5a6375">{escape(untouched)}</text>',
        *_scale(width - 16),
    ]
    for column, (change, amount) in enumerate(changes):
        words = f"{100 * amount:.0f} % zeros" if change == "sparsity" else f"{amount:g} bits"
        x = left + column * (CELL + GAP) + CELL / 2
        parts.append(f'<text x="{x:.1f}" y="{HEAD - 12}" text-anchor="middle" fill="#5a6375">{escape(words)}</text>')
    for number, layer in enumerate(layers):
        y = HEAD + number * ROW
        name = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in layer)
        parts.append(f'<text x="16" y="{y + 15}">{escape(name)}</text>')
        for column, (change, amount) in enumerate(changes):
            points = lost.get((layer, change, amount))
            if points is None:
                continue
            x = left + column * (CELL + GAP)
            share = sqrt(min(max(points / FULL_POINTS, 0.0), 1.0))
            ink = "#ffffff" if share > DARK else "#000000"
            parts.append(f'<rect x="{x:.1f}" y="{y}" width="{CELL}" height="{ROW - 3}" rx="3" fill="{colour(share)}"/>')
            parts.append(
                f'<text x="{x + CELL / 2:.1f}" y="{y + 14}" text-anchor="middle" fill="{ink}">'
                f"{round(points, 1) + 0.0:.1f}</text>"
            )
    return "\n".join([*parts, "</svg>"]) + "\n"


def colour(share: float) -> str:
    """The colour of a cell, ``share`` from 0 to 1."""
    low, high, part = (*COLOURS[:2], 2 * share) if share < 0.5 else (*COLOURS[1:], 2 * share - 1)
    return "rgb({},{},{})".format(*(round(a * (1 - part) + b * part) for a, b in zip(low, high, strict=True)))


def _scale(right: float) -> list[str]:
    """What the colours mean, with its end at ``right``."""
    words, step = f"{FULL_POINTS:.0f} or more", SCALE / STEPS
    start = right - LETTER * len(words) - SCALE - GAP
    bars = [
        f'<rect x="{start + n * step:.1f}" y="35" width="{step + 0.5:.1f}" height="9" fill="{colour(n / (STEPS - 1))}"/>'
        for n in range(STEPS)
    ]
    return [
        f'<text x="{start - GAP:.1f}" y="44" text-anchor="end" fill="#5a6375">0</text>',
        *bars,
        f'<text x="{right:.1f}" y="44" text-anchor="end" fill="#5a6375">{words}</text>',
    ]

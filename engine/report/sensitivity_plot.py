"""The sensitivity of every layer as a picture: a row per layer, a column per change, darker where more is lost. SVG."""

from html import escape

from ..compress.sensitivity import Sensitivity

ROW, CELL, GAP = 22, 92, 6
LETTER = 6.6
HEAD = 64
_FULL_POINTS = 20.0
"""A loss of so many points has the darkest colour."""


def sensitivity_plot(found: Sensitivity) -> str:
    """A self-contained ``<svg>`` document; the number in a cell is the loss of accuracy in points.

    Colours go from white (nothing lost) to red (20 points or more); numbers say the same for who cannot see them.
    """
    changes = list(dict.fromkeys((row.change, row.amount) for row in found.rows))
    layers = list(dict.fromkeys(row.layer for row in found.rows))
    lost = {(row.layer, row.change, row.amount): 100 * (found.accuracy - row.accuracy) for row in found.rows}
    left = 16 + LETTER * max((len(layer) for layer in layers), default=8)
    width, height = left + len(changes) * (CELL + GAP) + 16, HEAD + len(layers) * ROW + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" font-family="sans-serif" font-size="12" role="img">',
        f"<title>Loss of {found.metric} in points when one layer alone is changed (untouched: {found.accuracy:.2%} of "
        f"{found.n} samples)</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        f'<text x="16" y="22" font-weight="bold">Points lost when one layer alone is changed, n = {found.n}</text>',
    ]
    for column, (change, amount) in enumerate(changes):
        words = f"{amount:.0%} zeros" if change == "sparsity" else f"{amount:g} bits"
        x = left + column * (CELL + GAP) + CELL / 2
        parts.append(f'<text x="{x:.1f}" y="{HEAD - 12}" text-anchor="middle" fill="#444444">{escape(words)}</text>')
    for number, layer in enumerate(layers):
        y = HEAD + number * ROW
        name = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in layer)
        parts.append(f'<text x="16" y="{y + 15}">{escape(name)}</text>')
        for column, (change, amount) in enumerate(changes):
            points = lost.get((layer, change, amount))
            if points is None:
                continue
            x = left + column * (CELL + GAP)
            share = min(max(points / _FULL_POINTS, 0.0), 1.0)
            colour = f"rgb(255,{255 - round(150 * share)},{255 - round(175 * share)})"
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{CELL}" height="{ROW - 3}" rx="3" fill="{colour}" stroke="#dddddd"/>'
            )
            parts.append(f'<text x="{x + CELL / 2:.1f}" y="{y + 14}" text-anchor="middle">{points:+.1f}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"

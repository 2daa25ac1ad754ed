"""The Pareto plot as hand-written SVG: staircase front, hollow beaten points, whiskers, labels where there is room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from profiles.columns import figure

WIDTH, HEIGHT = 1040, 400
LEFT, RIGHT, TOP, BOTTOM = 62, 26, 14, 52
RADIUS = 5.5
LETTER, WIDE_LETTER, LINE = 6.1, 11.0, 13
OFF_POINTS = 8.0
"""Points that lie this many points below the best, or are this many times slower than the baseline, are counted only."""
OFF_TIMES = 3.0


@dataclass(frozen=True)
class Point:
    """One variant in the plot: ``x`` in ms (less is better), ``y`` in percent (more is better), each with its interval."""

    label: str
    x: float
    y: float
    x_ci95: tuple[float, float] | None
    y_ci95: tuple[float, float] | None
    on_front: bool
    emphasised: bool = False
    baseline: bool = False


@dataclass(frozen=True)
class Plot:
    """The plot of a section: ``svg`` takes its colours from the page's style sheet."""

    title: str
    conditions: str
    svg: str


@dataclass(frozen=True)
class Box:
    """A rectangle on the canvas that is taken."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether both share some of the canvas."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


@dataclass(frozen=True)
class Scale:
    """Maps values to pixels, linearly."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Pixel of a value; values outside end at the edge."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


def visible(points: Sequence[Point]) -> tuple[Point, ...]:
    """The points that fit on a plot without squashing the others."""
    if not points:
        return ()
    best = max(point.y for point in points)
    reference = next((point.x for point in points if point.baseline), max(point.x for point in points))
    return tuple(p for p in points if p.y >= best - OFF_POINTS and p.x <= OFF_TIMES * reference)


def pareto_plot(points: Sequence[Point], *, x_title: str, y_title: str, description: str) -> str:
    """An ``<svg>`` element; empty text where there is nothing to draw. Colours come from the page's style sheet.

    Args:
        points: only those of :func:`visible` are drawn.
        x_title: of the axis, says which direction is good. y_title: likewise.
        description: for people who cannot see it.
    """
    shown = visible(points)
    if not shown:
        return ""
    x_ticks, y_ticks = _x_ticks(shown), _y_ticks(shown)
    across = Scale(x_ticks[0], x_ticks[-1], LEFT, WIDTH - RIGHT)
    up = Scale(y_ticks[0], y_ticks[-1], HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(description)}">',
        *_grid(x_ticks, y_ticks, across, up),
        *_stairs(shown, across, up),
        *_whiskers(shown, across, up),
        *_dots(shown, across, up),
        *_labels(shown, across, up),
        f'<text class="title" x="{(LEFT + WIDTH - RIGHT) / 2:.1f}" y="{HEIGHT - 10}" text-anchor="middle" '
        f'xml:space="preserve">{escape(x_title)}</text>',
        f'<text class="title" transform="translate(14 {(TOP + HEIGHT - BOTTOM) / 2:.1f}) rotate(-90)" '
        f'text-anchor="middle" xml:space="preserve">{escape(y_title)}</text>',
        "</svg>",
    ]
    return "\n".join(parts)


def ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    """Round values that enclose ``low`` and ``high``, about so many steps of 1, 2, 2.5 or 5 times a power of ten.

    >>> ticks(0.3, 4.2, 5)
    (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    """
    span = (high - low) or abs(high) or 1.0
    power = 10.0 ** floor(log10(span / about))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power * about >= span * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return tuple(round(i * step, 12) for i in range(first, max(last, first + 1) + 1))


def _x_ticks(points: Sequence[Point]) -> tuple[float, ...]:
    low = min(point.x for point in points)
    high = max((point.x_ci95 or (0, point.x))[1] if point.baseline else point.x for point in points)
    return ticks(0.0 if low < 0.5 * high else low - 0.1 * (high - low), high * 1.04, 8)


def _y_ticks(points: Sequence[Point]) -> tuple[float, ...]:
    values = [point.y for point in points]
    spread = max(max(values) - min(values), 0.6)
    return ticks(min(values) - 0.2 * spread, min(max(values) + 0.35 * spread, 100.0), 5)


def _grid(x_ticks: Sequence[float], y_ticks: Sequence[float], across: Scale, up: Scale) -> Iterable[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for value in x_ticks:
        x = across(value)
        yield f'<line class="gridline" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>'
        yield f'<text x="{x:.1f}" y="{bottom + 17}" text-anchor="middle">{value:g}</text>'
    for value in y_ticks:
        y = up(value)
        yield f'<line class="gridline" x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>'
    yield f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{bottom}H{right}"/>'


def _stairs(points: Sequence[Point], across: Scale, up: Scale) -> Iterable[str]:
    front = sorted((point for point in points if point.on_front), key=lambda point: point.x)
    if not front:
        return
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    path = f"M{across(front[0].x):.1f} {up(front[0].y):.1f}"
    for point in front[1:]:
        path += f"H{across(point.x):.1f}V{up(point.y):.1f}"
    path += f"H{right}"
    yield f'<path class="area" d="{path}V{bottom}H{across(front[0].x):.1f}Z"/>'
    yield f'<path class="stairs" d="{path}"/>'


def _whiskers(points: Sequence[Point], across: Scale, up: Scale) -> Iterable[str]:
    for point in points:
        x, y = across(point.x), up(point.y)
        if point.x_ci95 is not None:
            low, high = across(point.x_ci95[0]), across(point.x_ci95[1])
            yield f'<line class="whisker" x1="{low:.1f}" x2="{high:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'
        if point.y_ci95 is not None:
            low, high = up(point.y_ci95[0]), up(point.y_ci95[1])
            yield f'<line class="whisker" x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}"/>'


def _dots(points: Sequence[Point], across: Scale, up: Scale) -> Iterable[str]:
    for point in sorted(points, key=lambda item: (item.on_front, item.emphasised)):
        x, y = across(point.x), up(point.y)
        if point.emphasised:
            yield f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS + 4}"/>'
        kind = "front" if point.on_front else "dominated"
        title = f"{point.label}: {figure(point.x, 4)} ms, {point.y:.2f} %"
        yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}"><title>{escape(title)}</title></circle>'


def _labels(points: Sequence[Point], across: Scale, up: Scale) -> Iterable[str]:
    """Front first, up-left (the empty side of the front); a label that finds no free place is dropped."""
    taken = [_around(across(p.x), up(p.y)) for p in points]
    taken += _walls(points, across, up)
    canvas = Box(LEFT + 2, TOP - 4, WIDTH - RIGHT + 20, HEIGHT - BOTTOM - 2)
    order = sorted(points, key=lambda p: (not p.emphasised, not p.baseline, not p.on_front, p.x))
    for point in order:
        x, y, width = across(point.x), up(point.y), text_width(point.label)
        for left, middle in _places(x, y, width, point.on_front):
            box = Box(left - 2, middle - LINE / 2, left + width + 2, middle + LINE / 2)
            inside = canvas.left <= box.left and box.right <= canvas.right
            if not inside or not canvas.top <= box.top or box.bottom > canvas.bottom:
                continue
            if any(box.meets(other) for other in taken):
                continue
            taken.append(box)
            style = "label halo" if point.on_front else "quiet halo"
            weight = ' font-weight="600"' if point.emphasised else ""
            yield f'<text class="{style}"{weight} x="{left:.1f}" y="{middle + 4:.1f}">{escape(point.label)}</text>'
            break


def _around(x: float, y: float) -> Box:
    reach = RADIUS + 1
    return Box(x - reach, y - reach, x + reach, y + reach)


def _walls(points: Sequence[Point], across: Scale, up: Scale) -> list[Box]:
    """The staircase, as boxes that labels keep away from."""
    front = sorted((point for point in points if point.on_front), key=lambda point: point.x)
    boxes = []
    for point, following in zip(front, [*front[1:], None], strict=True):
        end = WIDTH - RIGHT if following is None else across(following.x)
        y = up(point.y)
        boxes.append(Box(across(point.x), y - 1, end, y + 1))
        if following is not None:
            boxes.append(Box(end - 1, up(following.y), end + 1, y))
    return boxes


def _places(x: float, y: float, width: float, on_front: bool) -> Sequence[tuple[float, float]]:
    """Left edge and middle line of the places a label may take, the best first."""
    gap, rise = RADIUS + 4, RADIUS + LINE / 2 + 2
    up_left, above, left = (x - width - 3, y - rise), (x - width / 2, y - rise), (x - width - gap, y)
    up_right, right = (x + 3, y - rise), (x + gap, y)
    down_right, below, down_left = (x + 3, y + rise), (x - width / 2, y + rise), (x - width - 3, y + rise)
    if on_front:
        return (up_left, above, left, up_right, down_right, below, down_left)
    return (right, down_right, below, up_right, down_left, above, left, up_left)


def text_width(text: str) -> float:
    """Estimated width of a label in pixels at 11 px."""
    return sum(WIDE_LETTER if ord(letter) > 0x2E80 else LETTER for letter in text)

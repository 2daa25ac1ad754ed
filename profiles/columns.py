"""Figures of one column alike: one unit and one number of decimals, so that they are compared by looking.

The command line, the report and the window write their tables with it; only how a number is written differs.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

BYTES = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
FIGURES_OF_MEDIAN = 3
FIGURES_OF_MOST = 5
MOST_DECIMALS = 4


@dataclass(frozen=True)
class Scale:
    """How the figures of a column are written: as ``value / factor`` with so many decimals, then the unit."""

    unit: str = ""
    factor: float = 1.0
    decimals: int = 0

    def text(self, value: float) -> str:
        """The figure with its unit: ``1,240 kB``."""
        return f"{value / self.factor:,.{self.decimals}f} {self.unit}".rstrip()


def figure(value: float, digits: int = 3) -> str:
    """One figure by itself: so many digits, or all before the point; never a power of ten.

    >>> figure(0.12345), figure(999.7), figure(123456.0), figure(71570.4, 4), figure(0.16824, 4)
    ('0.123', '1,000', '123,456', '71,570', '0.1682')
    >>> figure(0.00001234), figure(-2e-7)
    ('0.0000123', '-0.0000002')
    """
    if abs(value) >= 10**digits - 0.5:
        return f"{value:,.0f}"
    short = f"{value:,.{digits}g}"
    if "e" not in short:
        return short
    return f"{value:.{digits - 1 - math.floor(math.log10(abs(value)))}f}".rstrip("0")


def figures(values: Iterable[float | None], unit: str = "", of_least: int = 2) -> Scale:
    """Decimals that show three figures of the median and ``of_least`` of the smallest, and five of the largest at most.

    One figure of the smallest is shown whatever the largest is, down to 0.0001.

    >>> figures([0.049, 0.239, 1.5], "ms").text(0.239)
    '0.239 ms'
    >>> figures([12.31, 41.8]).text(41.8)
    '41.8'
    """
    return Scale(unit, 1.0, _decimals(_known(values), of_least))


def byte_counts(values: Iterable[float | None]) -> Scale:
    """The unit of the median.

    >>> scale = byte_counts([1_240_000, 338_000, 101_000, 79_200, None])
    >>> [scale.text(value) for value in (1_240_000, 79_200)]
    ['1,240 kB', '79 kB']
    """
    known = _known(values)
    middle = median_low(known) if known else 0.0
    unit, factor = next((pair for pair in BYTES if middle >= pair[1]), ("B", 1.0))
    return Scale(unit, factor, 0 if unit == "B" else _decimals([value / factor for value in known], 2))


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None and value > 0]


def _decimals(known: list[float], of_least: int) -> int:
    if not known:
        return 0
    wanted = max(FIGURES_OF_MEDIAN - _digits(median_low(known)), of_least - _digits(min(known)))
    most = max(
        FIGURES_OF_MOST - _digits(max(known)), 1 - _digits(min(known))
    )  # nothing that was measured is written as 0
    return max(min(wanted, most, MOST_DECIMALS), 0)


def _digits(value: float) -> int:
    """Digits before the point: 3 of 338, 1 of 1.24, 0 of 0.24, -1 of 0.024."""
    return math.floor(math.log10(value)) + 1

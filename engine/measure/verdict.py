"""What a comparison says, given a margin: not slower, slower, or not known."""

from profiles.reading import Verdict

from .ratio import Ratio

MARGIN = 0.03


def judge(ratio: Ratio, margin: float = MARGIN) -> Verdict:
    """PASS: surely at least ``1 - margin`` times as fast; FAIL: surely slower than that; else INCONCLUSIVE.

    >>> judge(Ratio(2.0, (1.9, 2.1), 40)).value
    'PASS'
    >>> judge(Ratio(0.9, (0.85, 0.99), 40)).value
    'INCONCLUSIVE'
    """
    low, high = ratio.ci95
    if low >= 1 - margin:
        return Verdict.PASS
    return Verdict.FAIL if high < 1 - margin else Verdict.INCONCLUSIVE


def is_equal(ratio: Ratio, margin: float = MARGIN) -> bool:
    """Whether the whole interval lies inside 1 -+ margin."""
    return ratio.ci95[0] >= 1 - margin and ratio.ci95[1] <= 1 + margin

"""Intervals of metrics that are no plain share: the samples are drawn again with replacement (Efron, 1979).

A metric of this kind is computed from sums over samples, so drawing again is a matter of weighting them: the number of
times a sample was drawn. Samples, not pixels or boxes, are the unit, because those of one image belong together.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import numpy as np

from ..errors import DataError
from ..records import Estimate
from .metrics import SEED, wilson

_BLOCK = 50


class Sampled(ABC):
    """What a model's answers on samples amount to, for any weighting of the samples.

    Attributes:
        main: the metric that speaks for the model.
        shares: metrics that lie between 0 and 1, whatever the data.
        resamples: how often the samples are drawn again for an interval.
    """

    main: str
    shares: frozenset[str]
    resamples: int = 1000

    @property
    @abstractmethod
    def n(self) -> int:
        """Number of samples."""

    @abstractmethod
    def values(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Every metric ``[draws]`` for weights ``[draws, n]``; NaN where it is undefined."""

    def goodness(self, weights: np.ndarray, metric: str | None = None) -> np.ndarray:
        """A metric (by default the main one) as a number that grows with quality and is 1 for a perfect model."""
        return self.values(weights)[metric or self.main]

    def value(self, metric: str | None = None) -> float:
        """Goodness on the samples as they are."""
        return float(self.goodness(np.ones((1, self.n)), metric)[0])


def draws(n: int, resamples: int, seed: int = SEED) -> Iterator[np.ndarray]:
    """Blocks of weights ``[draws, n]``; the same for the same number of samples, so that two models share them."""
    generator = np.random.default_rng(seed)
    for start in range(0, resamples, _BLOCK):
        size = min(_BLOCK, resamples - start)
        yield generator.multinomial(n, np.full(n, 1 / n), size=size).astype(np.float64)


def estimates(sampled: Sampled) -> dict[str, Estimate]:
    """Every metric with a percentile bootstrap interval.

    Where no draw differs from another (all right, or all wrong) a share takes Wilson's interval of so many samples.
    """
    n = sampled.n
    points = {name: float(value[0]) for name, value in sampled.values(np.ones((1, n))).items()}
    blocks = [sampled.values(weights) for weights in draws(n, sampled.resamples)]
    found = {}
    for name, point in points.items():
        drawn = np.concatenate([block[name] for block in blocks])
        known = drawn[np.isfinite(drawn)]
        if not np.isfinite(point):
            found[name] = Estimate(None, None, n)
        elif name in sampled.shares and (not len(known) or known.min() == known.max()):
            found[name] = Estimate(point, wilson(round(point * n), n).ci95, n)
        else:
            low, high = np.quantile(known, (0.025, 0.975)) if len(known) else (point, point)
            found[name] = Estimate(point, (float(min(low, point)), float(max(high, point))), n)
    return found


def paired_loss(original: Sampled, variant: Sampled, metric: str | None = None) -> Estimate:
    """What a variant lost of a metric's goodness, in hundredths; both are drawn again together, sample by sample.

    Args:
        original, variant: judged on the same samples.
        metric: by default the main one.

    Raises:
        DataError: they were not judged on the same samples by the same metric.
    """
    if original.n != variant.n or original.main != variant.main:
        raise DataError(
            "not-paired",
            f"{original.n} samples of the original and {variant.n} of the variant cannot be paired",
            "evaluate both on the same split with as many samples",
        )
    n = original.n
    point = 100 * (original.value(metric) - variant.value(metric))
    if not np.isfinite(point):
        return Estimate(None, None, n)
    with np.errstate(invalid="ignore"):
        drawn = [
            100 * (original.goodness(w, metric) - variant.goodness(w, metric)) for w in draws(n, original.resamples)
        ]
    known = np.concatenate(drawn)
    low, high = np.quantile(known[np.isfinite(known)], (0.025, 0.975))
    return Estimate(point, (float(min(low, point)), float(max(high, point))), n)


def paired_losses(original: Sampled, variant: Sampled) -> dict[str, Estimate]:
    """What a variant lost of every metric both have, in hundredths, drawn again together; metrics must grow with quality."""
    n = original.n
    ones = np.ones((1, n))
    points = _differences(original, variant, ones)
    drawn = [_differences(original, variant, weights) for weights in draws(n, original.resamples)]
    found = {}
    for name, point in points.items():
        known = np.concatenate([block[name] for block in drawn])
        known = known[np.isfinite(known)]
        value = float(point[0])
        if not np.isfinite(value) or not len(known):
            found[name] = Estimate(None, None, n)
            continue
        low, high = np.quantile(known, (0.025, 0.975))
        found[name] = Estimate(value, (float(min(low, value)), float(max(high, value))), n)
    return found


def _differences(original: Sampled, variant: Sampled, weights: np.ndarray) -> dict[str, np.ndarray]:
    first, second = original.values(weights), variant.values(weights)
    return {name: 100 * (first[name] - second[name]) for name in first if name in second}

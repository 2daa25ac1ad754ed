"""Latency on a new board from a few models measured there, by what many other boards took for the same models.

Every known configuration (a board with a thread count) is a row of log latencies, each with an unknown speed of its own. Without
that speed the rows are draws of one Gaussian: mean and covariance come from expectation-maximisation over the holes of the
table, shrunk towards independence. Anchors condition it (a Gaussian process over models). The covariance is fitted anew for the
board in question with more weight on boards whose anchors are alike, so an A53 is learnt from the A53s. Anchors are chosen
greedily: each the one that leaves least uncertainty about the rest. Source of the idea: Lu et al., HELP, NeurIPS 2021 (few
samples a device); the estimator is plain multivariate normal regression, Little and Rubin, ch. 11.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .errors import ProfileError

SPEED_VARIANCE = 4.0
"""Of the unknown speed of a board, in squared log units: wide against what boards differ by."""

NOISE = 0.03
"""Standard deviation of one figure on a log scale."""

SHRINK = 0.02
NEARNESS = 0.05
"""Distance (root mean square of log anchors) at which a board counts half."""

STEPS = 6
MIN_ROWS = 5
Z_90 = 1.6448536269514722


@dataclass(frozen=True)
class Transferred:
    """A prediction in milliseconds with its 90 % interval."""

    latency_ms: float
    interval: tuple[float, float]


class Transfer:
    """Other boards' latencies, ready to predict from.

    Args:
        rows: one mapping from model to milliseconds for each configuration; models may be missing.

    Raises:
        ProfileError: there are fewer than five configurations, or a latency is not above zero.
    """

    def __init__(self, rows: Sequence[Mapping[str, float]]) -> None:
        if len(rows) < MIN_ROWS or any(not value > 0 for row in rows for value in row.values()):
            raise ProfileError(
                "too-few-boards", f"{len(rows)} configurations are known", f"transfer needs at least {MIN_ROWS}"
            )
        self.models = tuple(sorted({model for row in rows for model in row}))
        self._logs = np.array([[math.log(row[m]) if m in row else math.nan for m in self.models] for row in rows])
        self._even = _gaussian(self._logs, np.ones(len(rows)))

    def choose(self, count: int, available: Collection[str] | None = None, given: Sequence[str] = ()) -> list[str]:
        """The models to measure first on a new board, most telling first.

        Args:
            count: how many, those already measured included.
            available: models that can be measured there; default all.
            given: measured already.
        """
        prior = self._even[1] + SPEED_VARIANCE
        chosen = [self.models.index(name) for name in given if name in self.models]
        allowed = [i for i, name in enumerate(self.models) if available is None or name in available]
        while len(chosen) < count and any(i not in chosen for i in allowed):
            left = {
                i: float(np.sqrt(np.maximum(np.diag(_posterior(prior, [*chosen, i])[1]), 0)).mean())
                for i in allowed
                if i not in chosen
            }
            chosen.append(min(left, key=lambda i: left[i]))
        return [self.models[i] for i in chosen]

    def predict(self, anchors: Mapping[str, float]) -> dict[str, Transferred]:
        """Latency of every other model.

        Args:
            anchors: milliseconds of the models measured on the new board.

        Raises:
            ProfileError: none of the anchors is known of other boards.
        """
        names = [name for name in anchors if name in self.models]
        if not names:
            raise ProfileError(
                "no-anchor", "no other board has measured these models", f"measure {', '.join(self.choose(5))}"
            )
        places = [self.models.index(name) for name in names]
        values = np.array([math.log(anchors[name]) for name in names])
        mean, spread = _gaussian(self._logs, self._weights(places, values))
        gain, after = _posterior(spread + SPEED_VARIANCE, places)
        centre = mean + gain @ (values - mean[places])
        half = Z_90 * np.sqrt(np.maximum(np.diag(after), 0) + NOISE**2)
        return {
            name: Transferred(math.exp(c), (math.exp(c - h), math.exp(c + h)))
            for name, c, h in zip(self.models, centre.tolist(), half.tolist(), strict=True)
            if name not in anchors
        }

    def _weights(self, places: Sequence[int], values: np.ndarray) -> np.ndarray:
        """One weight a row, the more the more alike its anchors; an anchor it lacks counts as far off as boards usually are."""
        logs = self._logs[:, places]
        known = ~np.isnan(logs)
        gaps = np.where(known, logs - values, 0.0)
        gaps = np.where(known, gaps - (gaps.sum(axis=1) / np.maximum(known.sum(axis=1), 1))[:, None], 0.0)
        usual = np.diag(self._even[1])[places]
        distance = np.sqrt(((gaps**2).sum(axis=1) + (~known * usual).sum(axis=1)) / len(places))
        weights: np.ndarray = 1 / (NEARNESS**2 + distance**2)
        weights /= weights.mean()
        return weights


def _posterior(prior: np.ndarray, places: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Gain on the anchors, and covariance once they are known."""
    noisy = prior[np.ix_(places, places)] + NOISE**2 * np.eye(len(places))
    gain = np.linalg.solve(noisy, prior[places]).T
    return gain, prior - gain @ prior[places]


def _gaussian(logs: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of the rows without their own speed, by expectation-maximisation over what is missing."""
    models, seen = logs.shape[1], ~np.isnan(logs)
    own = np.nanmean(logs, axis=1)
    mean = np.nanmean(logs - own[:, None], axis=0)
    spread, centring = 0.1 * np.eye(models), np.eye(models) - 1 / models
    for _ in range(STEPS):
        prior, filled, doubt = spread + SPEED_VARIANCE, np.where(seen, logs, 0.0), np.zeros((models, models))
        for row, known in enumerate(seen):
            missing = ~known
            if not missing.any():
                continue
            across = prior[np.ix_(known, missing)]
            gain = np.linalg.solve(prior[np.ix_(known, known)] + 1e-4 * np.eye(known.sum()), across).T
            filled[row, missing] = mean[missing] + gain @ (logs[row] - mean)[known]
            doubt[np.ix_(missing, missing)] += weights[row] * (prior[np.ix_(missing, missing)] - gain @ across)
        shape = filled - filled.mean(axis=1, keepdims=True)
        mean = (weights @ shape) / weights.sum()
        gaps = shape - mean
        spread = (gaps.T * weights @ gaps + centring @ doubt @ centring) / weights.sum()
        spread = (1 - SHRINK) * spread + SHRINK * np.trace(spread) / models * np.eye(models)
    return mean, spread

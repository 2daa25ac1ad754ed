"""How close a model's outputs are to the original's on the same inputs; needs no labels."""

import numpy as np

from ..errors import DataError
from ..records import Fidelity


def fidelity(original: np.ndarray, variant: np.ndarray) -> Fidelity:
    """Top-1 agreement, cosine and signal-to-quantization-noise ratio of all outputs taken together.

    Cosine is None where one side is all zeros or not finite, SQNR also where nothing differs (it would be infinite);
    agreement is None for outputs without classes. An answer that is not a number agrees with nothing.

    Args:
        original: outputs ``[n, ...]`` of the original.
        variant: outputs of the variant for the same inputs.

    Raises:
        DataError: the shapes differ.

    >>> round(fidelity(np.array([[1.0, 2.0]]), np.array([[2.0, 4.0]])).cosine, 6)
    1.0
    """
    if original.shape != variant.shape:
        raise DataError(
            "not-paired",
            f"outputs of shape {original.shape} and {variant.shape} cannot be compared",
            "compare models with the same outputs on the same samples",
        )
    wanted, got = original.astype(np.float64), variant.astype(np.float64)
    return Fidelity(_agreement(wanted, got), _cosine(wanted, got), _sqnr_db(wanted, got))


def _agreement(wanted: np.ndarray, got: np.ndarray) -> float | None:
    if wanted.ndim != 2 or wanted.shape[1] < 2 or not len(wanted):
        return None
    numbers = ~np.isnan(wanted).any(axis=1) & ~np.isnan(got).any(axis=1)
    return float(((wanted.argmax(axis=1) == got.argmax(axis=1)) & numbers).mean())


def _cosine(wanted: np.ndarray, got: np.ndarray) -> float | None:
    a, b = _unit(wanted), _unit(got)
    if a is None or b is None:
        return None
    return float(np.clip((a * b).sum(), -1.0, 1.0))


def _unit(values: np.ndarray) -> np.ndarray | None:
    """Scaled to length one in two steps, so that huge values do not overflow."""
    largest = np.abs(values).max() if values.size else 0.0
    if not np.isfinite(largest) or largest == 0:
        return None
    scaled = values / largest
    result: np.ndarray = scaled / np.sqrt((scaled**2).sum())
    return result


def _sqnr_db(wanted: np.ndarray, got: np.ndarray) -> float | None:
    largest = np.abs(wanted).max() if wanted.size else 0.0
    if largest == 0 or not (np.isfinite(largest) and np.isfinite(got).all()):
        return None
    signal = ((wanted / largest) ** 2).sum()
    noise = ((wanted / largest - got / largest) ** 2).sum()
    if noise == 0 or not np.isfinite(noise):
        return None
    return float(10 * np.log10(signal / noise))

"""How close a model's outputs are to the original's on the same inputs; needs no labels."""

from collections.abc import Sequence

import numpy as np

from ..records import Fidelity


def fidelity(original: Sequence[np.ndarray], variant: Sequence[np.ndarray]) -> Fidelity:
    """Top-1 agreement, cosine similarity and signal-to-quantization-noise ratio of the first output.

    Args:
        original: outputs ``[n, ...]`` of the original.
        variant: outputs of the variant on the same inputs.

    Returns:
        None where a figure is undefined: no classes, a vector of zeros, no noise at all, shapes that differ.
    """
    if not original or not variant or original[0].shape != variant[0].shape or original[0].size == 0:
        return Fidelity(None, None, None)
    wanted = original[0].astype(np.float64).reshape(len(original[0]), -1)
    got = variant[0].astype(np.float64).reshape(len(variant[0]), -1)
    if not (np.isfinite(wanted).all() and np.isfinite(got).all()):
        return Fidelity(None, None, None)
    agreement = None
    if wanted.shape[1] > 1:
        agreement = float((wanted.argmax(axis=1) == got.argmax(axis=1)).mean())
    lengths = np.linalg.norm(wanted, axis=1) * np.linalg.norm(got, axis=1)
    known = lengths > 0
    cosine = float(((wanted * got).sum(axis=1)[known] / lengths[known]).mean()) if known.any() else None
    noise, signal = float(((wanted - got) ** 2).sum()), float((wanted**2).sum())
    sqnr = float(10 * np.log10(signal / noise)) if noise > 0 and signal > 0 else None
    return Fidelity(agreement, cosine, sqnr)

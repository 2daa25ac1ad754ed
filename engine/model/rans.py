"""Order-0 entropy coding of bytes: interleaved range asymmetric numeral systems, vectorised over lanes with numpy.

The form of the code, and how it is read, is in :mod:`device_agent.contract.packed`.

Source: Duda, "Asymmetric numeral systems" (2013); Giesen, "Interleaved entropy coders" (2014).

    >>> import numpy as np
    >>> symbols = np.repeat(np.arange(4, dtype=np.uint8), [900, 60, 30, 10])
    >>> table = frequencies(np.bincount(symbols, minlength=256))
    >>> from device_agent.contract.packed import decode
    >>> coded = encode(symbols, table)
    >>> bool((decode(coded, table, symbols.size) == symbols).all()), len(coded) < 90
    (True, True)
"""

from __future__ import annotations

import numpy as np

from device_agent.contract.packed import LOW, SCALE_BITS, TOTAL, lanes_for


def frequencies(counts: np.ndarray) -> np.ndarray:
    """Counts ``int[256]`` scaled to sum to ``TOTAL``; what occurs keeps at least 1.

    Raises:
        ValueError: nothing occurs.
    """
    total = int(counts.sum())
    if total <= 0:
        raise ValueError("no symbols")
    scaled = np.where(counts > 0, np.maximum(1, np.round(counts * (TOTAL / total))), 0).astype(np.int64)
    rest = TOTAL - int(scaled.sum())
    for index in np.argsort(-scaled, kind="stable"):
        if rest == 0:
            break
        change = rest if rest > 0 else max(rest, 1 - int(scaled[index]))
        scaled[index] += change
        rest -= change
    return scaled


def cost_bits(counts: np.ndarray, table: np.ndarray) -> float:
    """Bits it takes to code symbols of these counts with a table; infinite where the table lacks one of them."""
    present = counts > 0
    if (table[present] == 0).any():
        return float("inf")
    return float((counts[present] * (SCALE_BITS - np.log2(table[present]))).sum())


def encode(symbols: np.ndarray, table: np.ndarray) -> bytes:
    """Code ``uint8[n]`` with frequencies that sum to ``TOTAL``: states, then words."""
    lanes = lanes_for(symbols.size)
    frequency = table.astype(np.uint64)
    start = np.concatenate(([0], np.cumsum(frequency)[:-1])).astype(np.uint64)
    frequency_of, start_of = frequency[symbols], start[symbols]
    state = np.full(lanes, LOW, np.uint64)
    shift, word = np.uint64(SCALE_BITS), np.uint64(16)
    limit = np.uint64(32 - SCALE_BITS)
    chunks = []
    for step in reversed(range(-(-symbols.size // lanes))):
        f = frequency_of[step * lanes : (step + 1) * lanes]
        x = state[: f.size]
        full = x >= (f << limit)
        chunks.append(x[full].astype("<u2"))
        x = np.where(full, x >> word, x)
        quotient = x // f
        state[: f.size] = (quotient << shift) + (x - quotient * f) + start_of[step * lanes : step * lanes + f.size]
    words = np.concatenate(chunks[::-1]) if chunks else np.empty(0, "<u2")
    return state.astype("<u4").tobytes() + words.astype("<u2").tobytes()

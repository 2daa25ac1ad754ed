"""Order-0 entropy coding of bytes: interleaved range asymmetric numeral systems, vectorised over lanes with numpy.

Symbol ``i`` belongs to lane ``i % lanes``; each step codes one symbol of every lane. States are 32 bits wide and are
renormalised by 16-bit words.

Source: Duda, "Asymmetric numeral systems" (2013); Giesen, "Interleaved entropy coders" (2014).

    >>> import numpy as np
    >>> symbols = np.repeat(np.arange(4, dtype=np.uint8), [900, 60, 30, 10])
    >>> table = frequencies(np.bincount(symbols, minlength=256))
    >>> coded = encode(symbols, table)
    >>> bool((decode(coded, table, symbols.size) == symbols).all()), len(coded) < 90
    (True, True)
"""

from __future__ import annotations

import numpy as np

SCALE_BITS = 14
TOTAL = 1 << SCALE_BITS
_LOW = 1 << 16
_SYMBOLS_PER_LANE = 1024
_MAX_LANES = 8192


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


def lanes_for(count: int) -> int:
    """Number of lanes for so many symbols; four bytes of state each."""
    return max(1, min(_MAX_LANES, count // _SYMBOLS_PER_LANE))


def encode(symbols: np.ndarray, table: np.ndarray) -> bytes:
    """Code ``uint8[n]`` with frequencies that sum to ``TOTAL``: states, then words."""
    lanes = lanes_for(symbols.size)
    frequency = table.astype(np.uint64)
    start = np.concatenate(([0], np.cumsum(frequency)[:-1])).astype(np.uint64)
    frequency_of, start_of = frequency[symbols], start[symbols]
    state = np.full(lanes, _LOW, np.uint64)
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


def decode(coded: bytes, table: np.ndarray, count: int) -> np.ndarray:
    """The ``uint8[count]`` that :func:`encode` coded.

    Raises:
        ValueError: the bytes or the table are damaged.
    """
    if table.shape != (256,) or int(table.min()) < 0 or int(table.sum()) != TOTAL:
        raise ValueError("frequencies do not add up")
    lanes = lanes_for(count)
    if len(coded) < 4 * lanes or len(coded) % 2:
        raise ValueError("coded bytes are cut")
    state = np.frombuffer(coded, "<u4", lanes).astype(np.uint64)
    words = np.frombuffer(coded, "<u2", offset=4 * lanes).astype(np.uint64)
    frequency = table.astype(np.uint64)
    start = np.concatenate(([0], np.cumsum(frequency)[:-1])).astype(np.uint64)
    symbol_at = np.repeat(np.arange(256, dtype=np.uint8), table)
    shift, mask, low, word = np.uint64(SCALE_BITS), np.uint64(TOTAL - 1), np.uint64(_LOW), np.uint64(16)
    out = np.empty(count, np.uint8)
    used = 0
    for step in range(-(-count // lanes)):
        symbols = out[step * lanes : (step + 1) * lanes]
        x = state[: symbols.size]
        slot = x & mask
        symbols[:] = symbol_at[slot]
        x = frequency[symbols] * (x >> shift) + slot - start[symbols]
        empty = x < low
        need = int(np.count_nonzero(empty))
        if need:
            if used + need > words.size:
                raise ValueError("coded bytes are cut")
            x[empty] = (x[empty] << word) | words[used : used + need]
            used += need
        state[: symbols.size] = x
    if used != words.size or (state != low).any():
        raise ValueError("coded bytes are damaged")
    return out

"""Order-0 entropy coding of bytes: interleaved range asymmetric numeral systems, vectorised over lanes with numpy.

The form of the code, and how it is read, is in :mod:`device_agent.contract.packed`.

Source: Duda, "Asymmetric numeral systems" (2013); Giesen, "Interleaved entropy coders" (2014).

    >>> import numpy as np
    >>> symbols = np.repeat(np.arange(4, dtype=np.uint8), [900, 60, 30, 10])
    >>> table = frequencies(np.bincount(symbols, minlength=256))
    >>> from device_agent.contract.packed import decode
    >>> [coded] = encode([(symbols, table)])
    >>> bool((decode(coded, table, symbols.size) == symbols).all()), len(coded) < 90
    (True, True)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from device_agent.contract.packed import LOW, SCALE_BITS, TOTAL, lanes_for

Work = tuple[np.ndarray, np.ndarray]
"""Symbols ``uint8[n]``, n at least 1, and the frequencies to code them with."""

_BATCH_LANES = 8192
_BATCH_WORKS = 255  # 256 symbols of each, and one more, are told apart by 16 bits


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


def encode(works: Sequence[Work]) -> list[bytes]:
    """Code ``uint8[n]`` each with its frequencies, which sum to ``TOTAL``: states, then words.

    All are coded side by side: a network has a hundred planes of a few hundred lanes, and numpy takes time a call, not a lane.
    """
    coded: list[bytes] = [b""] * len(works)
    for batch in _batches(works):
        for number, code in zip(batch, _together([works[number] for number in batch]), strict=True):
            coded[number] = code
    return coded


def _batches(works: Sequence[Work]) -> Iterator[list[int]]:
    """Numbers of works that fit beside each other into the processor's cache; those of many steps first."""
    batch: list[int] = []
    lanes = 0
    for number in sorted(range(len(works)), key=lambda n: -_steps(works[n][0].size)):
        own = lanes_for(works[number][0].size)
        if batch and (lanes + own > _BATCH_LANES or len(batch) == _BATCH_WORKS):
            yield batch
            batch, lanes = [], 0
        batch.append(number)
        lanes += own
    if batch:
        yield batch


def _steps(count: int) -> int:
    return -(-count // lanes_for(count))


def _together(works: Sequence[Work]) -> list[bytes]:
    """Works of falling numbers of steps, one column a lane.

    A lane that has no symbol in its work's last step is given one that is certain: it changes no state.
    Whole numbers below 2 ** 53 are exact as floats, and processors divide floats many at a time.
    """
    frequency = np.concatenate([*(table for _, table in works), [TOTAL]]).astype(np.float64)
    start = np.concatenate([*(np.cumsum(table) - table for _, table in works), [0]]).astype(np.float64)
    gap, limit = TOTAL - frequency, frequency * (1 << (32 - SCALE_BITS))
    widths = [lanes_for(symbols.size) for symbols, _ in works]
    ends, steps = np.cumsum(widths), np.array([_steps(symbols.size) for symbols, _ in works])
    work_of = np.repeat(np.arange(len(works), dtype=np.uint8), widths)
    state = np.full(int(ends[-1]), LOW, np.float64)
    rows = np.full((int(steps[0]), int(ends[-1])), 256 * len(works), np.uint16)
    for number, (symbols, _) in enumerate(works):
        column = slice(int(ends[number]) - widths[number], int(ends[number]))
        whole = symbols.size // widths[number]
        rows[:whole, column] = symbols[: whole * widths[number]].reshape(whole, -1)
        rows[:whole, column] += 256 * number
        if (rest := symbols[whole * widths[number] :]).size:
            rows[whole, column.start : column.start + rest.size] = rest + np.uint16(256 * number)
    words, lanes = [], []
    for step in reversed(range(len(rows))):
        now = rows[step, : ends[np.count_nonzero(steps > step) - 1]].astype(np.intp)
        x = state[: now.size]
        full = np.flatnonzero(x >= limit.take(now))
        wide = x[full].astype(np.uint32)
        words.append(wide.astype("<u2"))
        lanes.append(full)
        x[full] = wide >> 16
        quotient = np.floor(x / frequency.take(now))
        x += quotient * gap.take(now) + start.take(now)
    return _parted(state, np.concatenate(words[::-1]), work_of[np.concatenate(lanes[::-1])], ends)


def _parted(state: np.ndarray, words: np.ndarray, work_of_word: np.ndarray, ends: np.ndarray) -> list[bytes]:
    """Each work's own states and words, in their order."""
    order = np.argsort(work_of_word, kind="stable")
    counts = np.bincount(work_of_word, minlength=len(ends))
    parts = np.split(words[order], np.cumsum(counts)[:-1])
    states = np.split(state.astype("<u4"), ends[:-1])
    return [own.tobytes() + part.tobytes() for own, part in zip(states, parts, strict=True)]

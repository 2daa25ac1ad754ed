"""What processes of one model differ by, told from the readings of several: the part of an interval that runs cannot show.

Where the memory of a process happens to lie makes it a little faster or slower for its whole life, so runs of one process are a
cluster, and processes are what is independent (Kalibera and Jones 2013, "Rigorous benchmarking in reasonable time"). The spread
of an estimate over processes is found by leaving out one at a time (delete-a-group jackknife) and, because a handful of
processes tells a variance badly, moderated by what is expected of one (Smyth 2004): both count by their degrees of freedom, and
the interval is that of Student's t with the sum of them.
"""

import math
from collections.abc import Sequence

import numpy as np

from .statistics import Z_95

PROCESS_SPREAD = 0.004
"""Relative standard deviation of the ratio of two processes that run the same model, where only one of each ran: nothing but
this known size tells of it then (GUM, type B evaluation). Measured as 0.0034 over 24 pairs of identical models on one quiet
x86-64 machine; a Xeon with AMX showed 0.0104 to 0.0116 over 76 pairs, where aligned inputs, other allocators and fixed addresses
changed nothing. Differences below 3 % that rest on one process each are not to be trusted there."""
EXPECTED_SPREAD = 0.008
"""The same where several processes ran, before their own spread is looked at: between what the two machines showed."""
EXPECTED_FREEDOM = 4
"""Degrees of freedom that the expectation counts as: simulated with true spreads of 0.002 to 0.013 and five to fifteen processes,
intervals of 95 % miss the truth in 0.3 to 8 %, those of 99 % in 0 to 2 %."""


def jackknife(left_out: np.ndarray) -> float:
    """Standard error of an estimate from its values when each process in turn is left out.

    >>> round(jackknife(np.array([0.0, 0.01, 0.02])), 4)
    0.0115
    """
    count = len(left_out)
    return math.sqrt((count - 1) / count * float(((left_out - left_out.mean()) ** 2).sum()))


def half_width(within: float, left_out: Sequence[float], single: float = 1.0) -> float:
    """Half of the 95 % interval of a logarithm, for the model and not for the processes that happened to run it.

    Args:
        within: half of the interval that the runs alone give.
        left_out: the estimate without each process in turn; none where there was one process.
        single: variance of the estimate over that of a ratio: 1 for a ratio of two processes, 0.5 for the time of one.
    """
    count = len(left_out)
    if count < 2:
        return math.hypot(within, Z_95 * PROCESS_SPREAD * math.sqrt(single))
    expected = (within / Z_95) ** 2 + single * EXPECTED_SPREAD**2 / count
    found = jackknife(np.asarray(left_out)) ** 2
    variance = (EXPECTED_FREEDOM * expected + (count - 1) * found) / freedom(count)
    return student(freedom(count)) * math.sqrt(variance)


def median_interval(samples: np.ndarray, sizes: Sequence[int], within: tuple[float, float]) -> tuple[float, float]:
    """95 % interval of a model's median, from runs of several of its processes.

    Args:
        samples: ``[n]`` above 0, process by process.
        sizes: runs of each process; of a single one, what processes differ by is as :data:`PROCESS_SPREAD` has it.
        within: the interval by the runs alone.
    """
    ends = np.cumsum(sizes)
    left_out = [
        math.log(float(np.median(np.delete(samples, slice(end - size, end)))))
        for size, end in zip(sizes, ends, strict=True)
        if len(sizes) > 1
    ]
    middle = float(np.median(samples))
    low, high = (half_width(abs(math.log(edge / middle)), left_out, single=0.5) for edge in within)
    return middle * math.exp(-low), middle * math.exp(high)


def freedom(count: int) -> int:
    """Degrees of freedom of an interval over so many processes, two or more."""
    return EXPECTED_FREEDOM + count - 1


def student(degrees: int) -> float:
    """Student's t that 2.5 % are above, by the first terms of Cornish and Fisher's expansion; within 1 % from 4 degrees on.

    >>> round(student(5), 2), round(student(11), 2)
    (2.57, 2.2)
    """
    z, n = Z_95, degrees
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * n**3)
    return z + (z**3 + z) / (4 * n) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * n**2) + third

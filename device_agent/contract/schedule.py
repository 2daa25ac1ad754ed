"""When the queries of a scenario are due: made from its seed, so that the desktop knows what the board had to keep to."""

import random
from typing import List


def schedule(kind: str, count: int, rate_hz: float, seed: int) -> List[int]:
    """Nanoseconds from the start at which each query is due; all 0 where one follows the other."""
    if kind == "server":
        draw, now, due = random.Random(seed), 0.0, []
        for _ in range(count):
            now += draw.expovariate(rate_hz)
            due.append(int(now * 1e9))
        return due
    if kind == "camera":
        return [int(i * 1e9 / rate_hz) for i in range(count)]
    return [0] * count

"""Power sampled at a steady rate by a process of its own, so that neither the agent nor a model's process is held up.

The process appends one JSON line per look to an unnamed file and ends when its stdin closes. Stamps are taken by the reader of
each sensor, so that uneven steps are integrated as they were. Only the sources that told something at the first look are asked
again, through files that stay open, which keeps the cost at a fraction of a percent of a core.
"""

import gc
import json
import os
import select
import subprocess
import tempfile
import time
from typing import Any, Callable, Dict, List, Optional, Tuple

from .children import invocation
from .contract.measuring import Trace
from .contract.messages import Sample
from .sensors import POWER_SOURCES, powercap, read_power
from .sensors.sample import CLOCK
from .sensors.texts import Kept, Look

START_S, STOP_S = 10.0, 2.0
MAX_LOOKS = 40_000
LONGEST_STEP = 3
"""In usual steps: beyond that the desktop computes no energy from a trace."""
Line = Dict[str, Tuple[int, float]]


def usable(samples: List[Sample]) -> List[Sample]:
    """The samples that tell the power or energy of something larger than a single rail; single rails where nothing else is."""
    told = [item for item in samples if item.value is not None and item.unit in ("W", "J")]
    whole = [item for item in told if item.scope != "soc" or item.unit == "J"]
    return whole or told


def reason(samples: List[Sample]) -> Optional[str]:
    """Why no power can be sampled; None when it can."""
    if usable(samples):
        return None
    said = [item.reason for item in samples if item.unit == "W" and item.reason]
    return said[0] if said else "no sensor of this board measures power"


class Sampler:
    """A running sampler; a context manager.

    Args:
        root: where sensors are read.
        period_s: time from look to look.
    """

    def __init__(self, root: str, period_s: float) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the sampler
        self._root = root
        self._process = subprocess.Popen(
            [*invocation(["-I", "-S"]), "sample", root, repr(period_s)],
            stdin=subprocess.PIPE,
            stdout=self._file,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> "Sampler":
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self._file.close()

    def _stop(self) -> None:
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait(self, check: Callable[[], None]) -> None:
        """Return when the first look is in: an interpreter takes a moment to start."""
        end = time.monotonic() + START_S
        while os.fstat(self._file.fileno()).st_size == 0 and time.monotonic() < end:
            check()
            time.sleep(0.02)

    def finish(self) -> List[Trace]:
        """Stop, and hand out one trace per sensor: watt as sampled, joule counters unwrapped."""
        self._stop()
        self._file.seek(0)
        looks: List[Line] = []
        for line in self._file.read().splitlines():
            try:
                looks.append(json.loads(line))
            except ValueError:
                continue  # the last line of a process that was killed
        wraps = powercap.ranges(self._root)
        return [
            trace
            for item in usable(read_power(self._root))
            for trace in [_trace(item, looks, wraps.get(item.sensor))]
            if trace.t_ns
        ]


def _trace(item: Sample, looks: List[Line], wraps_at: Optional[float]) -> Trace:
    found = [look[item.sensor] for look in looks if item.sensor in look]
    values = [float(value) for _, value in found]
    if item.unit == "J":
        values = unwrapped(values, wraps_at)
    return Trace(
        item.sensor, item.unit, item.source, item.method, item.quality, item.scope, [int(t) for t, _ in found], values
    )


def unwrapped(values: List[float], wraps_at: Optional[float]) -> List[float]:
    """Joules since the first value of a counter that starts again at ``wraps_at``; a fall that is no wrap ends the series."""
    total, found = 0.0, [0.0] if values else []
    for index, after in enumerate(values[1:]):
        before = values[index]
        if after < before and wraps_at is None:
            break
        total += powercap.difference(before, after, wraps_at or 0.0)
        found.append(total)
    return found


def cut(traces: List[Trace], start_ns: int, end_ns: int) -> List[Trace]:
    """The part of each trace between two instants, and the one sample beyond on either side."""
    found = []
    for trace in traces:
        inside = [i for i, t in enumerate(trace.t_ns) if start_ns <= t <= end_ns]
        if inside:
            first, last = max(inside[0] - 1, 0), inside[-1] + 2
            part = (trace.t_ns[first:last], trace.values[first:last])
            found.append(Trace(trace.sensor, trace.unit, trace.source, trace.method, trace.quality, trace.scope, *part))
    return found


def gap(traces: List[Trace]) -> bool:
    """Whether a sensor fell silent for longer than three of its usual steps."""
    for trace in traces:
        steps = sorted(after - before for before, after in zip(trace.t_ns, trace.t_ns[1:]))
        if steps and steps[-1] > LONGEST_STEP * steps[len(steps) // 2]:
            return True
    return False


def main(arguments: List[str]) -> int:
    """Look until stdin closes.

    Args:
        arguments: root of the sensors, seconds from look to look.
    """
    root, period_s = arguments[0], float(arguments[1])
    due = time.monotonic()
    looks = watched(root)
    gc.disable()  # nothing here refers to itself
    for _ in range(MAX_LOOKS):
        samples = [item for look in looks for item in look()]
        found: Dict[str, Any] = {item.sensor: (item.t_monotonic_ns, item.value) for item in usable(samples)}
        os.write(1, json.dumps(found).encode() + b"\n")
        due += period_s
        ready, _, _ = select.select([0], [], [], max(due - time.monotonic(), 0.0))
        if ready:
            return 0
    return 0


def watched(root: str) -> List[Look]:
    """What is asked again and again: the power and energy of those sources that told some at a first look.

    Their files stay open. Every look goes through the same checks as a single reading.
    """
    found: List[Look] = []
    for source in POWER_SOURCES:
        told = [(look, look()) for look in source(root, Kept)]
        if usable([item for _, samples in told for item in samples]):
            found.extend(look for look, samples in told if any(item.unit in ("W", "J") for item in samples))
    if not found:
        from .sensors import tegrastats

        found.extend(tegrastats.watch(root))
    return found


def now_ns() -> int:
    """The clock that stamps the samples."""
    return time.clock_gettime_ns(CLOCK)


__all__ = ["Sampler", "cut", "gap", "main", "now_ns", "reason", "unwrapped", "usable", "watched"]

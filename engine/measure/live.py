"""A board's sensors look after look: watts from counters of energy, bits of throttling as words, what is missing with its reason.

Nothing here is a measurement for the profile: looks are for a person who watches a board, whatever runs there or does not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from device_agent.contract.messages import Sample

NOW_BITS = {0: "under-voltage", 1: "frequency capped", 2: "throttled", 3: "soft temperature limit"}
"""Of a Raspberry Pi's ``get_throttled``: what is so at this moment (bits 16 to 19 say that it was so since the boot)."""

NOTHING_TOLD = "the agent there does not tell it"
EXPECTED = {
    "temperature": "C",
    "frequency": "MHz",
    "load": "%",
    "memory": "MB",
    "power": "W",
}
"""What a person looks for; a kind of which a board says nothing at all is listed with that as the reason."""


@dataclass(frozen=True)
class Channel:
    """What a sensor is; ``reason`` is set while it has no value."""

    unit: str
    scope: str
    source: str
    method: str
    quality: str
    reason: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """One entry of ``sensors``."""
        return asdict(self)


@dataclass(frozen=True)
class Seen:
    """One look: values by sensor, what throttles the board now (None: it cannot tell), and what each sensor is."""

    at_s: float
    values: Mapping[str, float | None]
    throttling: tuple[str, ...] | None
    channels: Mapping[str, Channel]


class Watcher:
    """Turns what the agent samples into looks; remembers the last one."""

    def __init__(self) -> None:
        self._before: dict[str, Sample] = {}
        self._first_ns: int | None = None

    def prime(self, samples: Sequence[Sample]) -> None:
        """Remember what counters say, so that the first look can already tell what shows between two."""
        self._before = {item.sensor: item for item in samples}

    def look(self, samples: Sequence[Sample]) -> Seen:
        """The next look; its time is the board's own clock, counted from the first."""
        now = {item.sensor: item for item in samples}
        stamp = max((item.t_monotonic_ns for item in samples), default=0)
        if self._first_ns is None:
            self._first_ns = stamp
        throttling = _throttling(self._before, now)
        others = [self._shown(item) for item in samples if not item.sensor.startswith("thrott")]
        shown = list({item.sensor: item for item in reversed(others)}.values())[::-1]  # the first of a name counts
        shown += [_missing(kind, unit) for kind, unit in EXPECTED.items() if not _has(shown, kind)]
        # A kind that tells something needs no line about another source of it that does not.
        telling = {item.sensor.partition(":")[0] for item in shown if item.value is not None}
        kept = [item for item in shown if item.value is not None or item.sensor not in telling]
        self._before = now
        return Seen(
            (stamp - self._first_ns) / 1e9,
            {item.sensor: item.value for item in kept},
            throttling,
            {item.sensor: _channel(item) for item in kept},
        )

    def _shown(self, item: Sample) -> Sample:
        """The sample; a counter of energy becomes the mean power since the last look."""
        if item.unit != "J":
            return item
        _, colon, place = item.sensor.partition(":")
        sensor = f"power{colon}{place}"
        before = self._before.get(item.sensor)
        watts, reason = None, item.reason
        if item.value is not None:
            reason = "it shows between two looks; this was the first"
        if item.value is not None and before is not None and before.value is not None:
            seconds, joules = (item.t_monotonic_ns - before.t_monotonic_ns) / 1e9, item.value - before.value
            reason = "the counter of energy began anew"
            if seconds > 0 and joules >= 0:
                watts, reason = joules / seconds, None
        quality = "unavailable" if watts is None else item.quality
        method = "energy between two looks"
        return Sample(sensor, watts, "W", item.source, method, item.t_monotonic_ns, quality, item.scope, reason)


def _has(samples: Sequence[Sample], kind: str) -> bool:
    return any(item.sensor.partition(":")[0] == kind for item in samples)


def _missing(kind: str, unit: str) -> Sample:
    return Sample(kind, None, unit, "", "none", 0, "unavailable", "board", NOTHING_TOLD)


def _channel(item: Sample) -> Channel:
    return Channel(item.unit, item.scope, item.source, item.method, item.quality, item.reason)


def _throttling(before: Mapping[str, Sample], now: Mapping[str, Sample]) -> tuple[str, ...] | None:
    """What holds the board back: bits of its firmware, or that a counter of events grew; None where it cannot tell."""
    flags, count = now.get("throttled"), now.get("throttle_count")
    if flags is not None and flags.value is not None:
        bits = int(flags.value)
        return tuple(word for bit, word in NOW_BITS.items() if bits >> bit & 1)
    earlier = before.get("throttle_count")
    if count is None or count.value is None or earlier is None or earlier.value is None:
        return None
    return ("throttled",) if count.value > earlier.value else ()

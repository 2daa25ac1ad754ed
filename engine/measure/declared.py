"""Energy from power that a person read off a meter: for boards without a sensor, and never mixed with what was measured.

The uncertainty is that of the last digit that was typed in (a uniform half step, GUM type B), nothing else is known of the meter.
"""

import math
import re
from dataclasses import dataclass, replace
from typing import Any, Self

from profiles.reading import Quality, Reading

from ..errors import UsageError
from .energy import LARGEST_W
from .statistics import Z_95

SENSOR = "meter"
SCOPES = ("wall", "board", "module", "soc")
_FORM = re.compile(r"(\d{1,3}(?:\.\d{1,4})?):(\d{1,3}(?:\.\d{1,4})?)(?:@([a-z]+))?")


@dataclass(frozen=True)
class DeclaredPower:
    """Watts at rest and while the model runs back to back, with their standard uncertainty, and what the meter sees."""

    idle_w: float
    load_w: float
    u_idle_w: float
    u_load_w: float
    scope: str

    @classmethod
    def of(cls, text: str) -> Self:
        """``IDLE:LOAD`` or ``IDLE:LOAD@SCOPE`` in watts.

        Raises:
            UsageError: it is not of this form, or the board would draw less under load than at rest.

        >>> DeclaredPower.of("2.7:4.1").scope, DeclaredPower.of("0.5:0.93@module").load_w
        ('wall', 0.93)
        """
        match = _FORM.fullmatch(text)
        scope = "wall" if match is None else match[3] or "wall"
        if match is None or scope not in SCOPES:
            raise UsageError(
                "bad-power",
                f"'{text[:40]}' is no pair of watts",
                f"write what the meter shows at rest and under load: 2.7:4.1 (wall), or 2.7:4.1@{'|'.join(SCOPES[1:])}",
            )
        idle, load = float(match[1]), float(match[2])
        if not 0 <= idle <= load <= LARGEST_W or load == 0:
            raise UsageError(
                "bad-power", f"{idle:g} W at rest and {load:g} W under load cannot be", "give rest first, then load"
            )
        return cls(idle, load, _step(match[1]), _step(match[2]), scope)

    def energy(self, reading: Reading) -> dict[str, Any]:
        """Energy per inference in millijoule, by the mean latency: watts times milliseconds."""
        mean = reading.latency_ms.mean
        return {
            "total": _with_interval(self.load_w * mean, self.u_load_w * mean),
            "dynamic": _with_interval(
                (self.load_w - self.idle_w) * mean, math.hypot(self.u_load_w, self.u_idle_w) * mean
            ),
            "idle_mw": self.idle_w * 1e3,
            "load_mw": self.load_w * 1e3,
            "inferences": reading.latency_ms.n,
            "sensor": SENSOR,
            "scope": self.scope,
            "quality": "declared",
            "method": "typed in by the user, times the mean latency",
            "source": "a meter outside the board",
        }

    def put_on(self, reading: Reading) -> Reading:
        """The reading with this energy, which names itself declared; a rejected one stays without."""
        if reading.quality is Quality.REJECTED:
            return reading
        return replace(reading, energy_mj=self.energy(reading), power_mw=self.load_w * 1e3)


def _step(text: str) -> float:
    """Standard deviation of a number that was rounded to its last digit."""
    digits = len(text.partition(".")[2])
    return float(10.0**-digits / math.sqrt(12))


def _with_interval(value: float, u: float) -> dict[str, Any]:
    return {"value": value, "ci95": [value - Z_95 * u, value + Z_95 * u]}

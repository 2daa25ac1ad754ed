"""Reads documents of the engine tolerantly: what is missing or of another type reads as None. No Qt in here."""

import math
from collections.abc import Mapping
from typing import Any

Interval = tuple[float, float]


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def object_(value: object) -> Mapping[str, Any]:
    """An object, empty where there is none."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    """A text, empty where there is none."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def number(value: object) -> float | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def whole(value: object) -> int | None:
    """A whole number."""
    found = number(value)
    return None if found is None else int(found)


def interval(value: object) -> Interval | None:
    """A pair of numbers."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    low, high = number(value[0]), number(value[1])
    return None if low is None or high is None else (low, high)


def engine(item: Mapping[str, Any]) -> str:
    """Runtime, its version where it is told, and its provider, unless that is the processor, which goes without saying."""
    provider = text(item.get("provider")).removesuffix("ExecutionProvider")
    named = provider if provider not in ("CPU", "XNNPACK") else ""
    return " ".join(filter(None, (text(item.get("runtime")), text(item.get("runtime_version")), named)))

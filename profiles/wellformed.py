"""What a foreign reading or comparison must be before it is taken over: every field of its kind, finite, and of sane length.

The records themselves are plain dataclasses that believe what they are given, which is right for what this program measured. A
pack comes from somebody else, and a store may hold rows of a pack that an older program took over.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from .schema import comparisons, readings

Check = Callable[[Any], bool]

MAX_TEXT, MAX_ITEMS, MAX_DEPTH = 4000, 100_000, 12
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""What no terminal and no database should be given: control characters but tab and new line, halves of characters."""
LARGEST = 1e15
"""Of a number in any unit used here."""


def number(value: Any) -> bool:
    """A finite number that is no truth value."""
    return type(value) in (int, float) and -LARGEST < value < LARGEST


def text(value: Any) -> bool:
    """Text of sane length that can be stored and shown anywhere."""
    return isinstance(value, str) and len(value) <= MAX_TEXT and (value.isprintable() or CONTROL.search(value) is None)


def maybe(check: Check) -> Check:
    """None, or what passes."""
    return lambda value: value is None or check(value)


def among(*fields: tuple[str, Check]) -> Check:
    """A document with at least these fields."""
    return lambda value: (
        isinstance(value, Mapping) and all(name in value and check(value[name]) for name, check in fields)
    )


def each(check: Check) -> Check:
    """A list whose items pass."""
    return lambda value: isinstance(value, list | tuple) and len(value) <= MAX_ITEMS and all(map(check, value))


def pair(value: Any) -> bool:
    """A lower and an upper bound."""
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(number, value)) and value[0] <= value[1]


def plain(value: Any, depth: int = 0) -> bool:
    """JSON of sane depth, without numbers that are none."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return text(value)
    if isinstance(value, int | float):
        return number(value)
    if depth >= MAX_DEPTH or not isinstance(value, Mapping | list | tuple) or len(value) > MAX_ITEMS:
        return False
    if isinstance(value, Mapping):
        return all(text(name) and plain(item, depth + 1) for name, item in value.items())
    return all(plain(item, depth + 1) for item in value)


def moment(value: Any) -> bool:
    """ISO 8601 with its zone."""
    try:
        return text(value) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


def above_zero(value: Any) -> bool:
    """A time that something took."""
    return number(value) and value > 0


def count(value: Any) -> bool:
    """A whole number from 1 on."""
    return type(value) is int and 1 <= value < 2**31


def amount(value: Any) -> bool:
    """A whole number from 0 on."""
    return type(value) is int and 0 <= value < LARGEST


def truth(value: Any) -> bool:
    """True or False."""
    return isinstance(value, bool)


def share(value: Any) -> bool:
    """From nothing upwards: of CPU time it may be a little more than all."""
    return number(value) and value >= 0


FIGURE = among(("value", number), ("ci95", pair))
LATENCY = among(
    *((name, above_zero) for name in ("p50", "mean", "min", "max")),
    *((name, maybe(above_zero)) for name in ("p90", "p95", "p99")),
    ("ci95_p50", maybe(pair)),
    ("n", count),
)
BARS = among(("edges_ms", each(above_zero)), ("counts", each(lambda value: type(value) is int and value >= 0)))
READING: Mapping[str, Check] = {
    **dict.fromkeys(
        ("target", "device_id", "board", "bundle", "model", "runtime", "runtime_version", "provider", "precision"), text
    ),
    **dict.fromkeys(("kernel", "os", "boot_id", "nonce", "origin", "quality"), text),
    **dict.fromkeys(("variant", "slot", "power_mode", "governor"), maybe(text)),
    **dict.fromkeys(("first_ms", "load_ms", "temperature_c"), maybe(number)),
    "threads": lambda value: type(value) is int and 0 <= value < 2**31,
    "latency_ms": LATENCY,
    "memory_mb": among(*((name, maybe(number)) for name in ("runtime_base", "model_load", "run_peak"))),
    "throttled": maybe(truth),
    "reasons": each(text),
    "isa": each(text),
    "measured_at": moment,
}
READING_MORE: Mapping[str, Check] = {
    "cpu_utilisation": maybe(share),
    "processes": count,
    "steal": maybe(share),
    "raw_sha256": maybe(text),
    "power_mw": maybe(number),
    "options": lambda value: isinstance(value, Mapping) and all(text(k) and text(v) for k, v in value.items()),
    "scenario": text,
    "name": maybe(text),
}
FACTS: Mapping[str, Check] = {
    "energy_mj": among(
        ("total", FIGURE), ("dynamic", FIGURE), *((name, text) for name in ("scope", "sensor", "quality"))
    ),
    "sustained": among(
        ("steady", truth), *((name, number) for name in ("minutes", "first_minute_ms", "steady_ms", "change"))
    ),
    "trust": among(("grade", text), ("checks", each(among(("name", text), ("ok", truth), ("detail", text))))),
    "isolation": among(
        ("network", maybe(text)),
        *((name, maybe(amount)) for name in ("memory_bytes", "cpu_s", "file_bytes", "open_files")),
    ),
    "stream": lambda value: isinstance(value, Mapping),
    "histogram": lambda value: BARS(value) and len(value["edges_ms"]) == len(value["counts"]) + 1,
    "operators": each(among(("name", text), ("op", text), ("median_us", number))),
    "neighbours": each(
        among(
            ("slot", text),
            *((name, maybe(above_zero)) for name in ("p50_ms", "alone_p50_ms", "p50_ratio", "slowdown")),
            *((name, maybe(share)) for name in ("runs_per_s", "alone_runs_per_s")),
            *((name, maybe(pair)) for name in ("ci95_p50", "alone_ci95_p50", "p50_ratio_ci95", "ci95")),
            *((name, amount) for name in ("n", "alone_n")),
        )
    ),
}
"""What a reading may also hold. A malformed one costs itself only: the latency beside it is still worth something."""
READING_WHOLE: Mapping[str, Check] = {**READING_MORE, **FACTS}
COMPARISON: Mapping[str, Check] = {
    "a": text, "b": text, "target": text, "speedup": above_zero, "ci95": pair, "verdict": text, "margin": number,
    "equal": truth, "pairs": count,
}  # fmt: skip
COMPARISON_MORE: Mapping[str, Check] = {"nonce": text, "measured_at": lambda value: value == "" or moment(value)}


def reading_fault(value: Any, facts: bool = True) -> str | None:
    """Why a document is no reading, by the field at fault; None when it is one.

    Args:
        value: parsed JSON.
        facts: whether energy and its like are looked at as well.
    """
    return _fault(value, READING, READING_WHOLE if facts else READING_MORE) or _too_long(value, readings)


def comparison_fault(value: Any) -> str | None:
    """Why a document is no comparison; None when it is one."""
    return _fault(value, COMPARISON, COMPARISON_MORE) or _too_long(value, comparisons)


def without_bad_facts(value: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A reading's document without the facts that are malformed, and their names."""
    bad = [
        name
        for name, check in FACTS.items()
        if value.get(name) is not None and not (check(value[name]) and plain(value[name]))
    ]
    return {name: item for name, item in value.items() if name not in bad}, bad


def _fault(value: Any, needed: Mapping[str, Check], more: Mapping[str, Check]) -> str | None:
    if not isinstance(value, Mapping):
        return "it is no document"
    for name, check in needed.items():
        if name not in value:
            return f"{name} is missing"
        if not check(value[name]):
            return f"{name} is malformed"
    for name, check in more.items():
        found = value.get(name)
        if found is not None and not (check(found) and plain(found)):
            return f"{name} is malformed"
        if found is None and name in value and not _nothing_allowed(name, check):
            return f"{name} is missing"
    return None


def _nothing_allowed(name: str, check: Check) -> bool:
    return (name in FACTS and name != "operators") or check(None)


def _too_long(value: Mapping[str, Any], table: sa.Table) -> str | None:
    for name, longest in _longest(table).items():
        if isinstance(value.get(name), str) and len(value[name]) > longest:
            return f"{name} is longer than {longest}"
    return None


@cache
def _longest(table: sa.Table) -> Mapping[str, int]:
    """What the table's columns take at most."""
    lengths = ((column.name, getattr(column.type, "length", None)) for column in table.columns)
    return {name: length for name, length in lengths if length is not None}

"""What kept a model's process in while it was measured, in the report's language. No answer is unknown, never "no"."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from profiles.reading import Origin, Reading

from .rows import clean
from .texts import Texts

WALLS = {"namespace": "isolation_namespace", "filter": "isolation_filter"}
LIMITS: tuple[tuple[str, str, str, Callable[[int], str]], ...] = (
    ("memory_bytes", "isolation_memory", "isolation_no_memory", lambda count: f"{count / 1e9:.1f} GB"),
    ("cpu_s", "isolation_cpu", "isolation_no_cpu", lambda seconds: f"{seconds} s"),
    ("file_bytes", "isolation_file", "isolation_no_file", lambda count: f"{count / 1e6:.0f} MB"),
    ("open_files", "isolation_files", "isolation_no_files", str),
)


def isolation_text(readings: Sequence[Reading], texts: Texts) -> str:
    """What held in all runs; where it was not the same everywhere, each board's own, by its name."""
    ran = [reading for reading in readings if reading.origin in (Origin.MEASURED, Origin.SIMULATED)]
    told = [(reading.target, _words(reading.isolation, texts)) for reading in ran]
    if len({words for _, words in told}) < 2:
        return told[0][1] if told else ""
    return " · ".join(f"{clean(target)}: {words}" for target, words in dict.fromkeys(told))


def _words(found: Mapping[str, Any] | None, texts: Texts) -> str:
    if found is None:
        return texts("isolation_unknown")
    held = [texts(words, limit=shown(found[key])) for key, words, _, shown in LIMITS if found.get(key) is not None]
    missing = [texts(words) for key, _, words, _ in LIMITS if found.get(key) is None]
    network, comma = found.get("network"), texts("isolation_comma")
    wall = "isolation_open" if network is None else WALLS.get(network, "isolation_other")
    parts = [texts(wall, wall=clean(network or ""))]
    if held:
        parts.append(texts("isolation_held", limits=comma.join(held)))
    if missing:
        parts.append(texts("isolation_missing", limits=comma.join(missing)))
    return texts("semicolon").join(parts)

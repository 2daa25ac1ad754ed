"""What a reader wants first: where the headline's figures come from, what speaks against them, all networks at a glance."""

from collections.abc import Sequence

from profiles.reading import engine_name

from .data import Row, Section
from .remarks import merge
from .rows import clean, model_name, signed, times
from .texts import Texts


def provenance(row: Row, texts: Texts) -> str:
    """How the time of a variant was measured, in one line; empty where it was not."""
    reading = row.reading
    if reading is None:
        return ""
    key = "provenance" if reading.threads == 1 else "provenance_many"
    return texts(
        key,
        n=f"{reading.latency_ms.n:,}",
        runtime=clean(f"{engine_name(reading.runtime, reading.provider)} {reading.runtime_version}"),
        threads=reading.threads,
        target=clean(reading.target),
        board=clean(reading.board),
        time=reading.measured_at[:16].replace("T", " "),
    )


def caveats(row: Row, base: Row | None, texts: Texts) -> list[str]:
    """What the readings behind the headline say against themselves, each once."""
    readings = [item.reading for item in (row, base) if item is not None and item.reading is not None]
    return [texts.said(said) for said, _ in merge((reason, "") for reading in readings for reason in reading.reasons)]


def glance(found: Sequence[Section], texts: Texts) -> list[tuple[str, str]]:
    """Each network with what its recommended variant gains, in the order of the page."""
    return [(model_name(section.model), _gain(section.recommended, texts)) for section in found]


def _gain(row: Row | None, texts: Texts) -> str:
    if row is None:
        return texts("nothing_recommended")
    lost, compared = row.variant.loss_points, row.comparison
    parts = [clean(row.variant.name or row.variant.id), f"{times(row.smaller)} {texts('smaller')}"]
    if compared is not None:
        parts.append(f"{times(compared.speedup)} {texts('faster' if compared.speedup >= 1 else 'slower')}")
    if lost is not None and lost.value is not None:
        parts.append(f"{signed(-lost.value)} {texts('points_short')}")
    return " · ".join(parts)

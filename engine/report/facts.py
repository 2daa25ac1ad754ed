"""How it was measured and on which machine, as names with their words: the last cards of a report."""

from collections.abc import Iterable, Sequence

from .data import DeviceFacts, ReportData, Section
from .isolation import isolation_text
from .rows import clean, metric_name
from .texts import Texts


def method_facts(data: ReportData, found: Sequence[Section], texts: Texts) -> Iterable[tuple[str, str]]:
    """How it was measured: what, and its words."""
    readings, compared = data.readings, data.comparisons
    counts = [reading.latency_ms.n for reading in readings]
    low, high = f"{min(counts):,}", f"{max(counts):,}"
    yield texts("method"), texts("method_text")
    if compared:
        yield texts("runs"), texts("runs_text", low=low, high=high, pairs=min(item.pairs for item in compared))
        margin = compared[0].margin
        yield (
            texts("rule"),
            texts("rule_text", above=f"{1 + margin:.2f}", bound=f"{1 - margin:.2f}", margin=f"{100 * margin:g}"),
        )
    else:
        yield texts("runs"), texts("runs_plain", low=low, high=high)
    ran = [reading.processes for reading in readings]
    if max(ran) > 1:
        yield texts("processes"), texts("processes_text", low=min(ran), high=max(ran))
    scored = next((row for section in found for row in section.rows if row.score is not None), None)
    if scored is not None and scored.score is not None and scored.variant.score is not None:
        metric = metric_name(scored.metric, texts)
        data_name = clean(scored.variant.score.data)
        yield texts("accuracy_data"), texts("accuracy_text", metric=metric, data=data_name, n=f"{scored.score.n:,}")
    bases = [reading.memory_mb.runtime_base for reading in readings if reading.memory_mb.runtime_base is not None]
    if bases:
        low, high = f"{min(bases):.0f}", f"{max(bases):.0f}"
        yield texts("memory_rule"), texts("memory_text", base=low if low == high else f"{low}–{high}")
    yield (
        texts("runtimes"),
        "; ".join(sorted({clean(f"{r.runtime} {r.runtime_version}, {r.provider}") for r in readings})),
    )
    yield texts("threads"), ", ".join(str(count) for count in sorted({r.threads for r in readings}))
    used = [reading.cpu_utilisation for reading in readings if reading.cpu_utilisation is not None]
    if used:
        yield texts("cpu_share"), texts("cpu_share_text", low=f"{min(used):.0%}", high=f"{max(used):.0%}")
    yield texts("isolation"), isolation_text(readings, texts)


def machine_facts(data: ReportData, texts: Texts) -> Iterable[tuple[str, str]]:
    """Where it was measured: what, and its words."""
    device = data.device or DeviceFacts.from_readings(data.readings)
    newest = max(data.readings, key=lambda item: item.measured_at)
    unknown = texts("not_known")
    if device is not None:
        yield texts("device"), clean(device.name)
        yield texts("board"), clean(" · ".join(item for item in (device.board_name, device.board) if item))
        cores = "" if device.cpus is None else f" × {device.cpus}"
        yield (
            texts("cpu"),
            clean(f"{device.cpu_model or ''}{cores if device.cpu_model else ''} {device.arch or ''}".strip()),
        )
        yield texts("isa"), clean(" ".join(device.isa))
        yield texts("ram"), "" if device.ram_bytes is None else f"{device.ram_bytes / 2**30:.1f} GiB"
        parts = (device.os, f"Linux {device.kernel}" if device.kernel else None, device.libc)
        yield texts("system"), clean(" · ".join(item for item in parts if item))
    yield texts("governor"), clean(newest.governor or unknown)
    yield texts("power_mode"), clean(newest.power_mode or unknown)
    yield texts("temperature"), unknown if newest.temperature_c is None else f"{newest.temperature_c:.1f} °C"
    yield texts("throttled"), unknown if newest.throttled is None else texts("yes" if newest.throttled else "no")
    if device is not None:
        yield texts("identity"), clean(device.device_id or newest.device_id)
        yield texts("agent"), clean((device.agent_id or "")[:16])
    yield texts("boot"), clean(newest.boot_id)

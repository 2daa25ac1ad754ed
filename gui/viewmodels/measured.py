"""What a measurement found, as facts and tables."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Cell, Findings, Line, Sheet
from .isolation import isolation_words
from .saying import said
from .spread import read_spread
from .steps import Document

BURST_FIGURES = (("first_ms", 3), ("later_ms", 3), ("first_to_later", 2))


def read_measured(document: Document) -> Findings:
    """The document of ``flyweight measure --json``."""
    readings = documents.objects(document.get("readings"))
    streamed = any(documents.object_(item.get("stream")) for item in readings)
    table = _service_table(readings) if streamed else _table(readings)
    layers = _layers(readings, document.get("layers"))
    sheets = (*_bursts(readings), table, *_beside(readings), *_lasting(readings), *layers, *_remarks(readings))
    return Findings((*_compared(document, readings), *_facts(readings)), sheets)


def _name(reading: Mapping[str, Any]) -> str:
    return documents.text(reading.get("name")) or documents.text(reading.get("model"))


def _facts(readings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What is told once: cold start, that energy was not measured, and trust in the board."""
    facts = []
    for reading in readings:
        load, first = documents.number(reading.get("load_ms")), documents.number(reading.get("first_ms"))
        if load is not None and first is not None:
            words = QCoreApplication.translate("Measuring", "{0} to load, {1} for the first answer")
            told = words.format(wording.milliseconds(load), wording.milliseconds(first))
            facts.append((QCoreApplication.translate("Measuring", "Cold start"), told))
            break
    alone = [reading for reading in readings if not documents.object_(reading.get("stream"))]
    if alone and all(_energy_mj(reading) is None for reading in alone):
        missing = QCoreApplication.translate("Measuring", "not measured")
        facts.append((QCoreApplication.translate("Measuring", "Energy"), missing))
    trust = documents.text(documents.object_(readings[0].get("trust")).get("grade")) if readings else ""
    if trust:
        facts.append((QCoreApplication.translate("Measuring", "Trust in the board"), grade_words(trust)))
    return [*facts, *_isolation(readings)]


def _isolation(readings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What kept the models in, once where it was the same for all; else per device."""
    title = QCoreApplication.translate("Measuring", "Isolation")
    told = [(documents.text(item.get("target")), isolation_words(item.get("isolation"))) for item in readings]
    if len({words for _, words in told}) < 2:
        return [(title, words) for _, words in told[:1]]
    on = QCoreApplication.translate("Measuring", "Isolation on {0}")
    return [(on.format(device), words) for device, words in dict.fromkeys(told)]


def _remarks(readings: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    """Why readings are not clean."""
    lines: tuple[Line, ...] = tuple(
        (
            Cell(_name(reading)),
            Cell(documents.text(reading.get("target"))),
            _whole(reading.get("threads")),
            Cell(said(text)),
        )
        for reading in readings
        for text in documents.texts(reading.get("reasons"))
    )
    heads = (
        QCoreApplication.translate("Measuring", "Variant"),
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "Threads"),
        QCoreApplication.translate("Measuring", "Remark"),
    )
    title = QCoreApplication.translate("Measuring", "Remarks")
    return [Sheet(title, heads, frozenset({2}), lines, wide=3)] if lines else []


def _compared(document: Document, readings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    names = {documents.text(item.get("bundle")): _name(item) for item in readings}
    threads = {documents.text(item.get("nonce")): documents.whole(item.get("threads")) for item in readings}
    several = len({count for count in threads.values() if count is not None}) > 1
    facts = []
    for item in documents.objects(document.get("comparisons")):
        told = wording.with_interval(
            documents.number(item.get("speedup")), documents.interval(item.get("ci95")), 2, "×"
        )
        against = names.get(documents.text(item.get("b")), "")
        verdict = wording.verdict(documents.text(item.get("verdict")))
        on = documents.text(item.get("target"))
        title = QCoreApplication.translate("Measuring", "Against {0}").format(against)
        count = threads.get(documents.text(item.get("nonce")))
        if several and count is not None:
            many = QCoreApplication.translate("Measuring", "Against {0}, threads: {1}")
            title = many.format(against, count)
        facts.append((title, " · ".join(filter(None, (told, verdict, on)))))
    return facts


def _table(readings: Sequence[Mapping[str, Any]]) -> Sheet:
    """Energy has a column where any reading has it; that none has is said once, among the facts."""
    energies = [_energy_mj(reading) for reading in readings]
    known = any(energy is not None for energy in energies)
    heads = (
        QCoreApplication.translate("Measuring", "Variant"),
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "Threads"),
        QCoreApplication.translate("Measuring", "Latency p50 (ms)"),
        QCoreApplication.translate("Measuring", "p90 (ms)"),
        QCoreApplication.translate("Measuring", "p99 (ms)"),
        QCoreApplication.translate("Measuring", "Runs"),
        *((QCoreApplication.translate("Measuring", "Energy (mJ)"),) if known else ()),
    )
    lines = []
    for reading, energy in zip(readings, energies, strict=True):
        latency = documents.object_(reading.get("latency_ms"))
        p50 = documents.number(latency.get("p50"))
        lines.append(
            (
                Cell(_name(reading)),
                Cell(documents.text(reading.get("target"))),
                _whole(reading.get("threads")),
                Cell(wording.with_interval(p50, documents.interval(latency.get("ci95_p50")), 3), p50),
                _figure(latency.get("p90"), 3),
                _figure(latency.get("p99"), 3),
                _whole(latency.get("n")),
                *((_figure(energy, 2),) if known else ()),
            )
        )
    words = QCoreApplication.translate("Measuring", "Median with its 95 % interval; p99 needs 299 runs.")
    return Sheet(
        QCoreApplication.translate("Measuring", "Readings"),
        heads,
        frozenset(range(2, len(heads))),
        tuple(lines),
        words,
        spreads=tuple(map(read_spread, readings)),
    )


def _energy_mj(reading: Mapping[str, Any]) -> float | None:
    return documents.number(documents.object_(documents.object_(reading.get("energy_mj")).get("total")).get("value"))


def _service_table(readings: Sequence[Mapping[str, Any]]) -> Sheet:
    heads = (
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "Throughput"),
        QCoreApplication.translate("Measuring", "p50 (ms)"),
        QCoreApplication.translate("Measuring", "p99 (ms)"),
        QCoreApplication.translate("Measuring", "In time"),
        QCoreApplication.translate("Measuring", "Queries"),
        QCoreApplication.translate("Measuring", "Dropped"),
        QCoreApplication.translate("Measuring", "Backlog"),
        QCoreApplication.translate("Measuring", "What limits"),
    )
    lines: list[Line] = []
    for reading in readings:
        stream, latency = documents.object_(reading.get("stream")), documents.object_(reading.get("latency_ms"))
        met = documents.number(documents.object_(stream.get("deadline_met")).get("value"))
        limiting = documents.text(stream.get("limiting_stage"))
        lines.append(
            (
                Cell(documents.text(reading.get("target"))),
                _figure(stream.get("throughput_per_s"), 1, "/s"),
                _figure(latency.get("p50"), 3),
                _figure(latency.get("p99"), 3),
                Cell(wording.share(met), met),
                _whole(stream.get("queries")),
                _whole(stream.get("dropped")),
                _whole(stream.get("backlog")),
                Cell(stage_name(limiting) if limiting else wording.NO_VALUE),
            )
        )
    words = QCoreApplication.translate("Measuring", "In time: the share of queries answered within their deadline.")
    return Sheet(
        QCoreApplication.translate("Measuring", "As a service"),
        heads,
        frozenset(range(1, 8)),
        tuple(lines),
        words,
        wide=8,
        spreads=tuple(map(read_spread, readings)),
    )


def _bursts(readings: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    """The first answer after a rest, and the others of its burst."""
    heads = (
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "Bursts"),
        QCoreApplication.translate("Measuring", "First (ms)"),
        QCoreApplication.translate("Measuring", "Those behind it (ms)"),
        QCoreApplication.translate("Measuring", "First to others"),
    )
    lines: list[Line] = []
    for reading in readings:
        if told := documents.object_(documents.object_(reading.get("stream")).get("burst")):
            figures = (_median(told.get(name), digits) for name, digits in BURST_FIGURES)
            lines.append((Cell(documents.text(reading.get("target"))), _whole(told.get("bursts")), *figures))
    title = QCoreApplication.translate("Measuring", "After a rest")
    words = QCoreApplication.translate("Measuring", "Medians over the bursts, with their 95 % intervals.")
    return [Sheet(title, heads, frozenset(range(1, 5)), tuple(lines), words)] if lines else []


def _median(value: object, digits: int) -> Cell:
    told = documents.object_(value)
    middle = documents.number(told.get("value"))
    return Cell(wording.with_interval(middle, documents.interval(told.get("ci95")), digits), middle)


def grade_words(grade: str) -> str:
    """How far a board's state can be trusted while it was measured."""
    return {
        "high": QCoreApplication.translate("Measuring", "high: nothing spoke against it"),
        "fair": QCoreApplication.translate("Measuring", "fair: one or two things spoke against it"),
        "low": QCoreApplication.translate("Measuring", "low: its figures may be off"),
    }.get(grade, grade)


def stage_name(name: str) -> str:
    """A stage of a query in words."""
    return {
        "decode": QCoreApplication.translate("Measuring", "reading the file"),
        "prepare": QCoreApplication.translate("Measuring", "preparing the input"),
        "infer": QCoreApplication.translate("Measuring", "the network"),
        "finish": QCoreApplication.translate("Measuring", "reading the answer"),
    }.get(name, name)


def _beside(readings: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    """The models of other slots that ran meanwhile: what each lost."""
    lines: tuple[Line, ...] = tuple(
        (
            Cell(documents.text(item.get("slot"))),
            Cell(_name(reading)),
            Cell(documents.text(reading.get("target"))),
            _rate(item.get("runs_per_s")),
            _rate(item.get("alone_runs_per_s")),
            _ratio(item.get("slowdown"), item.get("ci95")),
            _figure(item.get("p50_ms"), 3),
            _figure(item.get("alone_p50_ms"), 3),
        )
        for reading in readings
        for item in documents.objects(reading.get("neighbours"))
    )
    heads = (
        QCoreApplication.translate("Measuring", "Slot"),
        QCoreApplication.translate("Measuring", "Beside"),
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "Runs/s"),
        QCoreApplication.translate("Measuring", "Alone (runs/s)"),
        QCoreApplication.translate("Measuring", "Slower"),
        QCoreApplication.translate("Measuring", "p50 (ms)"),
        QCoreApplication.translate("Measuring", "Alone (ms)"),
    )
    title = QCoreApplication.translate("Measuring", "Models beside")
    words = QCoreApplication.translate(
        "Measuring", "A model that waits for the processor now and then makes fewer runs at the same median."
    )
    return [Sheet(title, heads, frozenset(range(3, 8)), lines, words)] if lines else []


def _ratio(value: object, ci95: object) -> Cell:
    found = documents.number(value)
    return Cell(wording.with_interval(found, documents.interval(ci95), 2, "×"), found)


def _lasting(readings: Sequence[Mapping[str, Any]]) -> list[Sheet]:
    lines = []
    for reading in readings:
        fact = documents.object_(reading.get("sustained"))
        if not fact:
            continue
        steady = fact.get("steady") is True
        change = documents.number(fact.get("change"))
        lines.append(
            (
                Cell(_name(reading)),
                Cell(documents.text(reading.get("target"))),
                _figure(fact.get("first_minute_ms"), 3),
                _figure(fact.get("steady_ms"), 3),
                Cell(wording.NO_VALUE if change is None else f"{100 * change:+.1f} %", change),
                Cell(
                    QCoreApplication.translate("Measuring", "steady")
                    if steady
                    else QCoreApplication.translate("Measuring", "not steady yet"),
                    pill="ok" if steady else "warn",
                ),
            )
        )
    heads = (
        QCoreApplication.translate("Measuring", "Variant"),
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "First minute (ms)"),
        QCoreApplication.translate("Measuring", "Warm (ms)"),
        QCoreApplication.translate("Measuring", "Change"),
        QCoreApplication.translate("Measuring", "State"),
    )
    title = QCoreApplication.translate("Measuring", "First minute and warm")
    return [Sheet(title, heads, frozenset({2, 3, 4}), tuple(lines), pills=frozenset({5}))] if lines else []


def _layers(readings: Sequence[Mapping[str, Any]], layers: object) -> list[Sheet]:
    """The time of every layer, of all readings that were traced in one table: a tab of each would be wider than the window."""
    told = zip(readings, layers if isinstance(layers, list) else [], strict=False)
    lines: tuple[Line, ...] = tuple(
        (
            Cell(_name(reading)),
            _whole(reading.get("threads")),
            Cell(documents.text(item.get("layer"))),
            Cell(", ".join(documents.texts(item.get("operators")))),
            _figure(item.get("microseconds"), 0),
            Cell(wording.share(documents.number(item.get("share"))), documents.number(item.get("share"))),
        )
        for reading, rows in told
        for item in documents.objects(rows)
    )
    heads = (
        QCoreApplication.translate("Measuring", "Variant"),
        QCoreApplication.translate("Measuring", "Threads"),
        QCoreApplication.translate("Measuring", "Layer"),
        QCoreApplication.translate("Measuring", "Operators"),
        QCoreApplication.translate("Measuring", "Time (µs)"),
        QCoreApplication.translate("Measuring", "Share"),
    )
    title = QCoreApplication.translate("Measuring", "Layers")
    return [Sheet(title, heads, frozenset({1, 4, 5}), lines)] if lines else []


def _figure(value: object, decimals: int, unit: str = "") -> Cell:
    found = documents.number(value)
    return Cell(wording.NO_VALUE) if found is None else Cell(wording.number(found, decimals) + unit, found)


def _rate(value: object) -> Cell:
    """Runs a second: a slow model makes less than one."""
    return _figure(value, 0 if (documents.number(value) or 0.0) >= 100 else 2)


def _whole(value: object) -> Cell:
    found = documents.whole(value)
    return Cell(wording.count(found), found)

"""Measuring a variant on boards as a person asks for it: how the queries come, with how many threads, beside what."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents, wording
from .findings import Cell, Findings, Line, Sheet
from .saying import said
from .steps import Document, Step

AROUND = ("min_runs", "pause", "resume", "plug", "declared_power")
"""Arguments of the verb that are seldom wanted: how many runs, what happens before and after, where energy comes from."""
NOT_OF_A_SERVICE = ("min_runs", "plug", "declared_power")
WATTS = re.compile(r"\d+(\.\d+)?:\d+(\.\d+)?(@\w+)?")
PLUG = re.compile(r"(shelly|shelly1|tasmota)://")
BURST_FIGURES = (("first_ms", 3), ("later_ms", 3), ("first_to_later", 2))


class How(StrEnum):
    """How queries come; all but the first and the last are scenarios of the engine by that name."""

    SINGLE = "single-stream"
    SERVER = "server"
    CAMERA = "camera"
    MULTI = "multi-stream"
    OFFLINE = "offline"
    BURST = "cold-burst"
    SUSTAINED = "sustained"

    @property
    def service(self) -> bool:
        """True where the model is measured as a service."""
        return self not in (How.SINGLE, How.SUSTAINED)

    @property
    def rated(self) -> bool:
        """True where queries come at a rate, whether the board keeps up or not."""
        return self in (How.SERVER, How.CAMERA)


def how_title(how: How) -> str:
    """Its name."""
    return {
        How.SINGLE: QCoreApplication.translate("Measuring", "One after the other"),
        How.SERVER: QCoreApplication.translate("Measuring", "Server: at random"),
        How.CAMERA: QCoreApplication.translate("Measuring", "Camera: at a fixed rate"),
        How.MULTI: QCoreApplication.translate("Measuring", "Several at once"),
        How.OFFLINE: QCoreApplication.translate("Measuring", "All at once"),
        How.BURST: QCoreApplication.translate("Measuring", "Bursts after a rest"),
        How.SUSTAINED: QCoreApplication.translate("Measuring", "For minutes, until warm"),
    }[how]


def how_sentence(how: How) -> str:
    """What it answers."""
    return {
        How.SINGLE: QCoreApplication.translate(
            "Measuring", "Latency of a single query with its interval, and what a cold start takes."
        ),
        How.SERVER: QCoreApplication.translate(
            "Measuring", "Latency counts from the moment a query was due: a board that falls behind shows it."
        ),
        How.CAMERA: QCoreApplication.translate(
            "Measuring", "How many frames come through in time, and which stage holds them up."
        ),
        How.MULTI: QCoreApplication.translate("Measuring", "Latency of eight queries that come together."),
        How.OFFLINE: QCoreApplication.translate("Measuring", "How many samples a second when none has to wait."),
        How.BURST: QCoreApplication.translate(
            "Measuring", "The first answer of a board that rested, against those right behind it."
        ),
        How.SUSTAINED: QCoreApplication.translate(
            "Measuring", "The first minute against the steady state of the warm board."
        ),
    }[how]


@dataclass(frozen=True)
class MeasureAsked:
    """What a person filled in; what this way of measuring has no use for is left out of its arguments."""

    variant: str = ""
    targets: tuple[str, ...] = ()
    how: How = How.SINGLE
    threads: tuple[int, ...] = (1,)
    against: str = ""
    beside: tuple[str, ...] = ()
    energy: bool = False
    layers: bool = False
    rate_hz: float | None = None
    seconds: float | None = 10.0
    deadline_ms: float | None = None
    minutes: float | None = 5.0
    burst: float | None = 8.0
    rest_s: float | None = 5.0
    on: Mapping[str, Any] = field(default_factory=dict)
    around: Mapping[str, str] = field(default_factory=dict)
    """Of :data:`AROUND`, as it was typed."""

    @property
    def lacking(self) -> str:
        """Why it cannot begin; empty when it can."""
        if not self.variant or not self.targets:
            return QCoreApplication.translate("Measuring", "Choose a variant and tick at least one device.")
        if not self.threads:
            return QCoreApplication.translate("Measuring", "Threads: write one count, or several with commas between.")
        if self.how.service and len(self.threads) > 1:
            return QCoreApplication.translate("Measuring", "A service runs with one count of threads.")
        if self.how.rated and not self.rate_hz:
            return QCoreApplication.translate("Measuring", "Say how many queries come in a second.")
        if self.how.service and not self.seconds:
            return QCoreApplication.translate("Measuring", "Say for how many seconds.")
        if self.how is How.BURST and (self.burst is None or not self.burst.is_integer() or self.burst > 1000):
            return QCoreApplication.translate("Measuring", "Say how many answers a burst has: 1 to 1000.")
        if self.how is How.BURST and (self.rest_s is None or not 0.1 <= self.rest_s <= 500):
            return QCoreApplication.translate("Measuring", "Say for how many seconds it rests: 0.1 to 500.")
        if self.how is How.SUSTAINED and (self.minutes is None or not 1 <= self.minutes <= 120):
            return QCoreApplication.translate("Measuring", "Say for how many minutes: 1 to 120.")
        return self._around_lacks

    @property
    def _around_lacks(self) -> str:
        around = self._around
        runs = around.get("min_runs", "")
        if runs and not (runs.isdecimal() and 30 <= int(runs) <= 1_000_000):
            return QCoreApplication.translate("Measuring", "Runs at least: a whole number from 30 on.")
        if not WATTS.fullmatch(around.get("declared_power", "1:1")):
            return QCoreApplication.translate(
                "Measuring", "Power read off: watts at rest and under load, as in 2.7:4.1"
            )
        if not PLUG.match(around.get("plug", "shelly://")):
            return QCoreApplication.translate("Measuring", "Plug: shelly://HOST, shelly1://HOST or tasmota://HOST")
        if ("pause" in around) is not ("resume" in around):
            return QCoreApplication.translate(
                "Measuring", "What is stopped before must be started after: fill in both."
            )
        own_sensor = self.energy and self.how is How.SINGLE
        if "declared_power" in around and (own_sensor or "plug" in around):
            return QCoreApplication.translate("Measuring", "Energy is read off, or measured: choose one.")
        return ""

    @property
    def _around(self) -> dict[str, str]:
        """What was filled in and this way of measuring has a use for."""
        left_out = () if self.how is How.SINGLE else ("min_runs",) if self.how is How.SUSTAINED else NOT_OF_A_SERVICE
        return {name: text for name in AROUND if name not in left_out and (text := self.around.get(name, ""))}

    @property
    def verb(self) -> str:
        """The engine's verb."""
        return "measure_scenario" if self.how.service else "measure"

    def arguments(self, bundle: str, against: str = "") -> dict[str, Any]:
        """Arguments of the verb."""
        around: dict[str, Any] = self._around
        if "min_runs" in around:
            around["min_runs"] = int(around["min_runs"])
        found: dict[str, Any] = {"bundle": bundle, "targets": list(self.targets), **self.on, **around}
        if self.how.service:
            rate = self.rate_hz if self.how.rated else None
            request = {"kind": self.how.value, "rate_hz": rate, "seconds": self.seconds}
            request["deadline_ms"] = self.deadline_ms if self.how.rated else None
            if self.how is How.BURST:
                request |= {"per_query": None if self.burst is None else int(self.burst), "rest_s": self.rest_s}
            request = {key: value for key, value in request.items() if value is not None}
            return {**found, "request": request, "threads": self.threads[0]}
        found["threads"] = list(self.threads)
        if self.beside:
            found["beside"] = list(self.beside)
        if self.how is How.SUSTAINED:
            return {**found, "sustained": self.minutes}
        more = {"against": against or None, "energy": self.energy or None, "operators": self.layers or None}
        return {**found, **{key: value for key, value in more.items() if value}}

    def work(self, packed: Collection[str]) -> list[Step]:
        """The steps: what is not among the packed variants is packed first."""
        wanted = [self.variant, *([self.against] if self.against and self.how is How.SINGLE else [])]
        missing = [variant for variant in wanted if variant not in packed]

        def last(answers: Sequence[Document]) -> dict[str, Any]:
            made = {variant: documents.text(answer.get("id")) for variant, answer in zip(missing, answers, strict=True)}
            keys = [made.get(variant, variant) for variant in wanted]
            return self.arguments(*keys)

        return [*(_pack(variant) for variant in missing), Step(self.verb, last)]

    def command(self, names: Mapping[str, str]) -> str:
        """The same for a terminal; variants by these names."""
        asked = self.arguments(names.get(self.variant, self.variant), names.get(self.against, self.against))
        request = documents.object_(asked.pop("request", None))
        words = ["flyweight", "measure", asked.pop("bundle"), *asked.pop("targets")]
        counts = asked.pop("threads")
        told = {**request, **asked}
        names_of = {"kind": "scenario", "rate_hz": "rate", "beside": "with", "delegate_options": "delegate-option"}
        names_of |= {"per_query": "burst", "rest_s": "rest"}
        for key, value in told.items():
            option = "--" + names_of.get(key, key).replace("_", "-")
            for item in value if isinstance(value, list) else [value]:
                words += [option] if item is True else [option, f"{item:g}" if isinstance(item, float) else str(item)]
        counts = counts if isinstance(counts, list) else [counts]
        if counts != [1]:
            words += ["--threads", ",".join(map(str, counts))]
        return shlex.join(words)


def _pack(variant: str) -> Step:
    return Step("bundle", lambda answers: {"variant": variant})


def counts_of(text: str) -> tuple[int, ...]:
    """``1, 2, 4`` as thread counts; empty where something else was typed."""
    parts = [part.strip() for part in text.split(",")]
    fine = all(part.isdecimal() and 1 <= int(part) <= 256 for part in parts)
    return tuple(int(part) for part in parts) if fine else ()


def amount(text: str) -> float | None:
    """A positive number; None where something else was typed."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if 0 < found < float("inf") else None


def read_measured(document: Document) -> Findings:
    """The document of ``flyweight measure --json``."""
    readings = documents.objects(document.get("readings"))
    streamed = any(documents.object_(item.get("stream")) for item in readings)
    table = _service_table(readings) if streamed else _table(readings)
    sheets = [*_bursts(readings), table, *_lasting(readings), *_remarks(readings)]
    for reading, layers in zip(readings, document.get("layers") or [], strict=False):
        if lines := documents.objects(layers):
            sheets.append(_layers(reading, lines))
    return Findings((*_compared(document, readings), *_facts(readings)), tuple(sheets))


def _name(reading: Mapping[str, Any]) -> str:
    return documents.text(reading.get("name")) or documents.text(reading.get("model"))


def _facts(readings: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """What is told once: cold start, and trust in the board."""
    facts = []
    for reading in readings:
        load, first = documents.number(reading.get("load_ms")), documents.number(reading.get("first_ms"))
        if load is not None and first is not None:
            words = QCoreApplication.translate("Measuring", "{0} to load, {1} for the first answer")
            told = words.format(wording.milliseconds(load), wording.milliseconds(first))
            facts.append((QCoreApplication.translate("Measuring", "Cold start"), told))
            break
    trust = documents.text(documents.object_(readings[0].get("trust")).get("grade")) if readings else ""
    if trust:
        facts.append((QCoreApplication.translate("Measuring", "Trust in the board"), grade_words(trust)))
    return facts


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
    heads = (
        QCoreApplication.translate("Measuring", "Variant"),
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "Threads"),
        QCoreApplication.translate("Measuring", "Latency p50 (ms)"),
        QCoreApplication.translate("Measuring", "p90 (ms)"),
        QCoreApplication.translate("Measuring", "p99 (ms)"),
        QCoreApplication.translate("Measuring", "Runs"),
        QCoreApplication.translate("Measuring", "Energy (mJ)"),
    )
    lines = []
    for reading in readings:
        latency = documents.object_(reading.get("latency_ms"))
        energy = documents.object_(documents.object_(reading.get("energy_mj")).get("total"))
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
                _energy(energy.get("value")),
            )
        )
    words = QCoreApplication.translate("Measuring", "Median with its 95 % interval; p99 needs 299 runs.")
    return Sheet(
        QCoreApplication.translate("Measuring", "Readings"), heads, frozenset(range(2, 8)), tuple(lines), words
    )


def _energy(value: object) -> Cell:
    found = documents.number(value)
    missing = QCoreApplication.translate("Measuring", "not measured")
    return Cell(missing) if found is None else Cell(wording.number(found, 2), found)


def _service_table(readings: Sequence[Mapping[str, Any]]) -> Sheet:
    heads = (
        QCoreApplication.translate("Measuring", "Device"),
        QCoreApplication.translate("Measuring", "Answers a second"),
        QCoreApplication.translate("Measuring", "Latency p50 (ms)"),
        QCoreApplication.translate("Measuring", "p99 (ms)"),
        QCoreApplication.translate("Measuring", "In time"),
        QCoreApplication.translate("Measuring", "Queries"),
        QCoreApplication.translate("Measuring", "Dropped"),
        QCoreApplication.translate("Measuring", "Most waiting"),
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
                _figure(stream.get("throughput_per_s"), 1),
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
        QCoreApplication.translate("Measuring", "As a service"), heads, frozenset(range(1, 8)), tuple(lines), words
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


def _layers(reading: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Sheet:
    lines = tuple(
        (
            Cell(documents.text(item.get("layer"))),
            Cell(", ".join(documents.texts(item.get("operators")))),
            _figure(item.get("microseconds"), 0),
            Cell(wording.share(documents.number(item.get("share"))), documents.number(item.get("share"))),
        )
        for item in rows
    )
    heads = (
        QCoreApplication.translate("Measuring", "Layer"),
        QCoreApplication.translate("Measuring", "Operators"),
        QCoreApplication.translate("Measuring", "Time (µs)"),
        QCoreApplication.translate("Measuring", "Share"),
    )
    title = QCoreApplication.translate("Measuring", "Layers of {0}").format(_name(reading))
    return Sheet(title, heads, frozenset({2, 3}), lines)


def _figure(value: object, decimals: int) -> Cell:
    found = documents.number(value)
    return Cell(wording.NO_VALUE) if found is None else Cell(wording.number(found, decimals), found)


def _whole(value: object) -> Cell:
    found = documents.whole(value)
    return Cell(wording.count(found), found)

"""Measuring a variant on boards as a person asks for it: how the queries come, with how many threads, beside what."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QCoreApplication

from . import documents
from .steps import Document, Step

AROUND = ("min_runs", "before", "after", "plug", "declared_power")
"""Arguments of the verb that are seldom wanted: how many runs, what happens before and after, where energy comes from."""
NOT_OF_A_SERVICE = ("min_runs", "plug", "declared_power")
WATTS = re.compile(r"\d+(\.\d+)?:\d+(\.\d+)?(@\w+)?")
PLUG = re.compile(r"(shelly|shelly1|tasmota)://")


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
        if ("before" in around) is not ("after" in around):
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

"""One measured run, bound to everything that makes it comparable: the record of a hardware profile."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, Self


class Origin(StrEnum):
    """Where a row comes from; rows of different origin are never mixed in one aggregate."""

    MEASURED = "measured"
    PREDICTED = "predicted"
    PUBLISHED = "published"
    DECLARED = "declared"
    SIMULATED = "simulated"


class Quality(StrEnum):
    """How far a reading can be trusted; the reasons say why."""

    OK = "ok"
    NOTED = "noted"
    REJECTED = "rejected"


class Verdict(StrEnum):
    """Outcome of a comparison with a margin."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"


@dataclass(frozen=True)
class Latency:
    """Latency in milliseconds. ``p99`` is None below 299 samples: no distribution-free bound exists there."""

    p50: float
    p90: float | None
    p95: float | None
    p99: float | None
    mean: float
    min: float
    max: float
    ci95_p50: tuple[float, float] | None
    n: int
    ci95_p90: tuple[float, float] | None = None
    ci95_p99: tuple[float, float] | None = None  # None also where so few runs bound it on one side only
    ci95_p95: tuple[float, float] | None = None

    def __repr__(self) -> str:
        low, high = self.ci95_p50 or (None, None)
        bounds = "" if low is None or high is None else f" [{low:.4g}, {high:.4g}]"
        p90 = "" if self.p90 is None else f", p90 {self.p90:.4g}"
        return f"Latency(p50 {self.p50:.4g} ms{bounds}{p90}, n={self.n})"

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`; fields of a newer version are ignored."""
        known = {name: value[name] for name in LATENCY_FIELDS if name in value}
        pairs = {name: known.get(name) for name in INTERVALS}
        return cls(**{**known, **{name: None if pair is None else (pair[0], pair[1]) for name, pair in pairs.items()}})


INTERVALS = ("ci95_p50", "ci95_p90", "ci95_p95", "ci95_p99")
LATENCY_FIELDS = frozenset(item.name for item in fields(Latency))


@dataclass(frozen=True)
class MemoryMb:
    """Resident memory in MB (1e6 bytes): runtime alone, added by loading, added at the peak of running."""

    runtime_base: float | None
    model_load: float | None
    run_peak: float | None
    pss: float | None = None  # the whole process, pages others use too counted by share
    group_peak: float | None = None  # of its control group

    def to_json(self) -> dict[str, Any]:
        """JSON form."""
        return dict(vars(self))


@dataclass(frozen=True)
class Reading:
    """One run of one bundle on one device. Missing values are None."""

    target: str
    device_id: str
    board: str
    bundle: str
    model: str
    variant: str | None
    slot: str | None
    runtime: str
    runtime_version: str
    provider: str
    precision: str
    threads: int
    power_mode: str | None
    governor: str | None
    latency_ms: Latency
    first_ms: float | None
    load_ms: float | None
    memory_mb: MemoryMb
    temperature_c: float | None
    throttled: bool | None
    origin: Origin
    quality: Quality
    reasons: tuple[str, ...]
    kernel: str
    os: str
    boot_id: str
    isa: tuple[str, ...]
    nonce: str
    measured_at: str  # UTC, ISO 8601
    cpu_utilisation: float | None = None  # process CPU time / wall / threads
    steal: float | None = None
    raw_sha256: str | None = None
    energy_mj: Mapping[str, Any] | None = None
    power_mw: float | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    scenario: str = "single-stream"
    name: str | None = None  # of the bundle, for people
    stream: Mapping[str, Any] | None = None  # of a scenario: rate, drops, deadline, throughput, stages
    operators: tuple[Mapping[str, Any], ...] = ()  # median time of each, from a traced run
    trust: Mapping[str, Any] | None = None  # grade of the board's state around the run, and the checks it rests on
    isolation: Mapping[str, Any] | None = None  # what kept the model's process in; None = the agent was too old to tell
    sustained: Mapping[str, Any] | None = None  # of a run of minutes: its first minute against its steady state
    histogram: Mapping[str, Any] | None = (
        None  # of the latencies: ``edges_ms`` of the bars and the runs in each, ``counts``
    )
    neighbours: tuple[Mapping[str, Any], ...] = ()  # models beside: how fast they ran with this one, and without it
    processes: int = 1  # that ran the model one after another; of several, the interval of the median is the model's

    def __repr__(self) -> str:
        said = f"Reading({self.name or self.bundle[:8]!r} on {self.target}: {self.latency_ms!r}"
        way = (
            f"{self.runtime} {self.runtime_version}, {self.provider}, {self.threads} thread{'s' * (self.threads != 1)}"
        )
        return f"{said}, {way}, {self.origin}, {self.measured_at})"

    @property
    def plain(self) -> bool:
        """Whether the model ran by itself, one query after another: only such readings are compared and predicted from."""
        return self.scenario == "single-stream" and not self.options

    @property
    def way(self) -> tuple[str, str, int]:
        """On what it ran: runtime, provider and threads. Only what ran alike is put into one series."""
        return self.runtime, self.provider, self.threads

    @property
    def imported(self) -> bool:
        """Whether another desktop measured it and its pack was taken over."""
        return "@" in self.target

    @property
    def on_processor(self) -> bool:
        """Whether it ran on the processor itself, not on a GPU or NPU."""
        return self.provider.removesuffix(PROVIDER_ENDING) in PROCESSOR

    def to_json(self) -> dict[str, Any]:
        """The document READING of the CLI contract."""
        value = dict(vars(self))
        value["latency_ms"], value["memory_mb"] = self.latency_ms.to_json(), self.memory_mb.to_json()
        value["origin"], value["quality"] = str(self.origin), str(self.quality)
        value["reasons"], value["isa"] = list(self.reasons), list(self.isa)
        for name in LISTED:
            value[name] = [_copied(item) for item in value[name]]
        for name in NESTED:
            value[name] = _copied(value[name])
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`; fields of a newer version are ignored.

        Raises:
            KeyError, TypeError, ValueError: a field is missing or of the wrong kind.
        """
        known = {name: value[name] for name in READING_FIELDS if name in value}
        known["latency_ms"] = Latency.from_json(known["latency_ms"])
        known["memory_mb"] = MemoryMb(**known["memory_mb"])
        known["origin"], known["quality"] = Origin(known["origin"]), Quality(known["quality"])
        known["reasons"], known["isa"] = tuple(known["reasons"]), tuple(known["isa"])
        for name in LISTED:
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


@dataclass(frozen=True)
class Comparison:
    """``speedup`` = time of ``b`` / time of ``a``, run by run in interleaved blocks: above 1, ``a`` is faster than ``b``."""

    a: str
    b: str
    target: str
    speedup: float
    ci95: tuple[float, float]
    verdict: Verdict
    margin: float
    equal: bool
    pairs: int
    nonce: str = ""  # of the plan both were measured in
    measured_at: str = ""  # UTC, ISO 8601

    def __repr__(self) -> str:
        low, high = self.ci95
        names = f"{self.a[:8]!r} against {self.b[:8]!r} on {self.target}"
        return f"Comparison({names}: {self.speedup:.3f}x [{low:.3f}, {high:.3f}], {self.verdict})"

    def to_json(self) -> dict[str, Any]:
        """One entry of ``comparisons``."""
        value = dict(vars(self))
        value["verdict"] = str(self.verdict)
        value["ci95"] = list(self.ci95)
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The inverse of :meth:`to_json`; fields of a newer version are ignored."""
        known = {name: value[name] for name in COMPARISON_FIELDS if name in value}
        known["verdict"], known["ci95"] = Verdict(known["verdict"]), (known["ci95"][0], known["ci95"][1])
        return cls(**known)


READING_FIELDS, COMPARISON_FIELDS = (tuple(item.name for item in fields(kind)) for kind in (Reading, Comparison))
"""Names, kept because a query reads hundreds of records."""


def named_by(target: str, key: str) -> str:
    """The name of another desktop's device here: no device of one's own has an ``@`` in its name.

    >>> named_by("loopback", "278641505c8719c5"), named_by("pi5@11111111", "278641505c8719c5")
    ('loopback@27864150', 'pi5@27864150')
    """
    return f"{target.partition('@')[0][:64]}@{key[:8]}"


PROVIDER_ENDING, PROCESSOR = "ExecutionProvider", ("CPU", "XNNPACK")
"""What runtimes call the processor itself, which goes without saying."""


def engine_name(runtime: str, provider: str | None) -> str:
    """A runtime with its provider, unless that is the processor.

    >>> engine_name("onnxruntime", "CUDAExecutionProvider"), engine_name("litert", "XNNPACK")
    ('onnxruntime on CUDA', 'litert')
    """
    place = (provider or "").removesuffix(PROVIDER_ENDING)
    return runtime if place in ("", *PROCESSOR) else f"{runtime} on {place}"


LISTED = ("operators", "neighbours")
NESTED = ("energy_mj", "options", "stream", "trust", "isolation", "sustained", "histogram")
"""Fields of a reading that are documents themselves."""


def _copied(value: Any) -> Any:
    """A document whose parts belong to nobody else; ``dataclasses.asdict`` does the same in ten times the time."""
    if isinstance(value, Mapping):
        return {name: _copied(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_copied, value))
    return value
